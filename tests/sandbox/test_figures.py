"""Matplotlib is loaded for submissions that draw, and is there for all others as if it were."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from autograder.sandbox import Cell, CellRun, Sandbox

IMPORT = "import matplotlib.pyplot as plt\n"
IS_LOADED = "import sys\n'figure' in vars(sys.modules['matplotlib' + '.pyplot'])"
DRAWN = {
    "as everybody does": IMPORT + "plt.plot([1, 2]); plt.show()",
    "at the end of the cell": IMPORT + "plt.plot([1, 2])",
    "by another name": "from matplotlib import pyplot\npyplot.plot([1, 2])",
    "with what was imported from it": "from matplotlib.pyplot import plot, show\nplot([1, 2]); show()",
    "with all of it": "from matplotlib.pyplot import *\nplot([1, 2])",
    "with pylab": "from pylab import *\nplot([1, 2])",
    "inline": "%matplotlib inline\n" + IMPORT + "plt.plot([1, 2])",
    "in three dimensions": IMPORT + "plt.figure().add_subplot(projection='3d').plot([1, 2], [1, 2], [1, 2])",
    "unseen": IMPORT + "getattr(plt, 'pl' + 'ot')([1, 2])",
    "unseen, by the package": "import matplotlib as m, importlib\n"
    "importlib.import_module('matplotlib' + '.pyplot')\ngetattr(getattr(m, 'py' + 'plot'), 'pl' + 'ot')([1, 2])",
    "unseen, in three dimensions": IMPORT
    + "getattr(plt, 'figure')().add_subplot(projection='3d').plot([1, 2], [1, 2], [1, 2])",
}


@pytest.fixture
def fresh() -> Iterator[Sandbox]:
    """A sandbox in which nobody has drawn yet."""
    with Sandbox() as sandbox:
        yield sandbox


def run(sandbox: Sandbox, source: str) -> CellRun:
    with sandbox.load([Cell("cell 1", source)], seed=1) as submission:
        return submission.runs[0]


def texts(done: CellRun) -> list[Any]:
    assert done.failure is None, done.failure
    return [output["data"]["text/plain"] for output in done.outputs if output["output_type"] == "execute_result"]


def test_an_import_loads_nothing(fresh: Sandbox) -> None:
    """The usual line at the head of a notebook costs nothing, as often as it is there."""
    assert texts(run(fresh, IMPORT + IMPORT + "import matplotlib\n" + IS_LOADED)) == ["False"]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (IMPORT + "import sys; plt is sys.modules[plt.__name__], plt.__name__, type(plt).__name__", "'module'"),
        (IMPORT + "getattr(plt, 'gcf').__module__", "'matplotlib.pyplot'"),
        (IMPORT + "setattr(plt, 'mine', 3); getattr(plt, 'mine'), callable(getattr(plt, 'plot'))", "(3, True)"),
        (IMPORT + "import inspect; inspect.ismodule(plt), plt.__spec__.name", "(True, 'matplotlib.pyplot')"),
        (IMPORT + "'plot' in dir(plt)", "True"),
        ("import matplotlib as m; isinstance(getattr(m, '__version__'), str)", "True"),
    ],
)
def test_what_is_used_is_there(fresh: Sandbox, source: str, text: str) -> None:
    """It is the module itself, whatever is asked of it first."""
    (shown,) = texts(run(fresh, source))
    assert text in shown


def test_what_is_not_there_is_not_there(fresh: Sandbox) -> None:
    """A wrong name is an AttributeError, as in any module."""
    failure = run(fresh, IMPORT + "getattr(plt, 'plott')").failure
    assert failure is not None
    assert failure.exception == "AttributeError"


@pytest.mark.parametrize("source", DRAWN.values(), ids=DRAWN.keys())
def test_drawing(fresh: Sandbox, source: str) -> None:
    """However somebody draws, the figure is shown, and nothing else: no warning, no trace of what was loaded when."""
    done = run(fresh, source)
    assert done.failure is None
    figures = [output for output in done.outputs if "image/png" in output.get("data", {})]
    assert len(figures) == 1
    assert [output for output in done.outputs if output["output_type"] == "stream"] == []


def test_after_somebody_has_drawn(fresh: Sandbox) -> None:
    """It is loaded once, for all who come later; the figure is the same before and after."""
    drawings = [run(fresh, DRAWN["at the end of the cell"]).outputs for _ in range(2)]
    assert [output["data"].get("image/png") for output in drawings[0]] == [
        output["data"].get("image/png") for output in drawings[1]
    ]
    assert texts(run(fresh, IMPORT + IS_LOADED)) == ["True"]
    assert texts(run(fresh, "import os; sorted(os.listdir('.'))")) == ["[]"]


def test_without_a_folder_of_its_own(one_layer: Sandbox) -> None:
    """Where a submission has nowhere to write, it is loaded from the start."""
    assert texts(run(one_layer, IMPORT + IS_LOADED)) == ["True"]
    assert run(one_layer, DRAWN["unseen"]).failure is None
