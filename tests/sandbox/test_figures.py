"""Matplotlib is loaded for submissions that draw, and is there for all others as if it were."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from autograder.errors import SandboxError
from autograder.limits import Limits
from autograder.sandbox import Cell, CellRun, Sandbox, host, launch

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
    "inline, of what was set to something else": "import matplotlib\nmatplotlib.use('agg')\n%matplotlib inline\n"
    + IMPORT
    + "plt.plot([1, 2])",
    "in three dimensions": IMPORT + "plt.figure().add_subplot(projection='3d').plot([1, 2], [1, 2], [1, 2])",
    "unseen": IMPORT + "getattr(plt, 'pl' + 'ot')([1, 2])",
    "unseen, by the package": "import matplotlib as m, importlib\n"
    "importlib.import_module('matplotlib' + '.pyplot')\ngetattr(getattr(m, 'py' + 'plot'), 'pl' + 'ot')([1, 2])",
    "unseen, in three dimensions": IMPORT
    + "getattr(plt, 'figure')().add_subplot(projection='3d').plot([1, 2], [1, 2], [1, 2])",
}
LATER = "import importlib, sys, matplotlib as m\nload = lambda name: importlib.import_module('matplotlib' + name)\n"
MEANWHILE = """
import threading
start, seen = threading.Barrier(6), []
def use():
    start.wait()
    try:
        seen.append(callable(getattr(plt, 'pl' + 'ot')))
    except BaseException as error:
        seen.append(repr(error))
threads = [threading.Thread(target=use) for _ in range(6)]
for thread in threads: thread.start()
for thread in threads: thread.join()
seen
"""
IMPORTED_MEANWHILE = """
import importlib, threading
start, seen = threading.Barrier(2), []
def use():
    start.wait()
    seen.append(callable(getattr(plt, 'pl' + 'ot')))
def part():
    start.wait()
    try:
        importlib.import_module('matplotlib' + '.colors')
    except ImportError:
        pass
threads = [threading.Thread(target=each) for each in (use, part)]
for thread in threads: thread.start()
for thread in threads: thread.join()
seen, callable(importlib.import_module('matplotlib' + '.colors').to_rgb)
"""
FAILS = """
import sys
before = {**vars(plt)}
sys.modules['matplotlib' + '.figure'] = None
try:
    getattr(plt, 'gcf')
except ImportError:
    print('failed')
print({**vars(plt)} == before)
del sys.modules['matplotlib' + '.figure']
callable(getattr(plt, 'gcf'))
"""


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


@pytest.mark.parametrize("magic", ["%matplotlib inline", "%matplotlib", "%matplotlib notebook"])
def test_asking_for_figures_loads_nothing(fresh: Sandbox, magic: str) -> None:
    """The magic that most notebooks begin with costs nothing either: figures are shown in any case."""
    assert texts(run(fresh, f"{magic}\n{IMPORT}{magic}\n{IS_LOADED}")) == ["False"]


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


@pytest.mark.parametrize(
    "source",
    [
        "callable(load('.cm').viridis), load('.colors').to_rgb('r') == (1, 0, 0)",
        "isinstance(load('.cm')._colormaps['viridis'], load('.colors').Colormap), load('.colors') is m.colors",
        "load('.colors').__spec__.loader.name == load('.colors').__name__, load('.ticker') is m.ticker",
        "load('.backends.backend_agg').FigureCanvasAgg is not None, load('.cbook') is m.cbook",
        "importlib.reload(load('.pyplot')) is load('.pyplot'), load('.pyplot').__spec__ is not None",
    ],
)
def test_a_part_is_there_before_anything_is_used(fresh: Sandbox, source: str) -> None:
    """A module of the package can be the first thing that is imported, and is there once."""
    assert texts(run(fresh, LATER + source)) == ["(True, True)"]


def test_a_part_that_is_not_there(fresh: Sandbox) -> None:
    """A module that the package does not have cannot be imported."""
    failure = run(fresh, LATER + "load('.colours')").failure
    assert failure is not None
    assert failure.exception == "ModuleNotFoundError"


def test_several_threads_at_once(fresh: Sandbox) -> None:
    """Whoever comes while it is being loaded waits for it."""
    assert texts(run(fresh, IMPORT + MEANWHILE)) == [repr([True] * 6)]


def test_a_part_in_another_thread(fresh: Sandbox) -> None:
    """Two threads that need what the other one is importing do not wait for each other for ever."""
    assert texts(run(fresh, IMPORT + IMPORTED_MEANWHILE)) == ["([True], True)"]


@pytest.mark.parametrize("name", ["show", "gcf"])
def test_what_was_set_before_stays(fresh: Sandbox, name: str) -> None:
    """What a submission puts in the place of a function is not undone when the rest is loaded."""
    source = f"setattr(plt, '{name}', 3)\ncallable(getattr(plt, 'plot')), getattr(plt, '{name}')"
    assert texts(run(fresh, IMPORT + source)) == ["(True, 3)"]


def test_a_load_that_fails(fresh: Sandbox) -> None:
    """The error is the submission's to see, and it is loaded when it is used again."""
    done = run(fresh, IMPORT + FAILS)
    assert texts(done) == ["True"]
    assert [output["text"] for output in done.outputs if output["output_type"] == "stream"] == ["failed\nTrue\n"]


def test_a_slow_disk_is_waited_for(fresh: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """To load it may take as long as to start; other processes are there sooner or never."""
    assert host._IMPORT_SECONDS >= launch._READY_SECONDS
    monkeypatch.setattr(host, "_IMPORT_SECONDS", 0.01)
    with pytest.raises(SandboxError, match="timed out"):
        fresh._host.worker(Limits(), 1, figures=True)
    assert texts(run(fresh, "1 + 1")) == ["2"]


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
