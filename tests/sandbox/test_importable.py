"""A submission may import what the exercises are about, and nothing that would solve them."""

from __future__ import annotations

import pytest

from autograder.sandbox import Cell, Sandbox


@pytest.mark.parametrize(
    "name", ["sklearn", "sklearn.svm", "scipy.optimize", "nbgrader", "requests", "pytest", "no_such_module"]
)
def test_other_packages_are_not_there(sandbox: Sandbox, name: str) -> None:
    """What happens to be installed where grading happens cannot be imported, and the message says so."""
    with sandbox.load([Cell("imports", f"import {name}")], seed=1) as submission:
        (run,) = submission.runs
    assert run.failure is not None
    assert run.failure.exception == "ModuleNotFoundError"


@pytest.mark.parametrize(
    "statement",
    [
        "import numpy.polynomial, numpy.ma, numpy.testing",
        "import matplotlib.pyplot as plt; plt.plot([1, 2]); plt.show()",
        "from mpl_toolkits.mplot3d import Axes3D",
        "import math, json, decimal, concurrent.futures, unittest.mock",
        "from IPython.display import display, HTML",
        "from autograder import check, anything",
        "import autograder.learner.figures.gates",
    ],
)
def test_what_notebooks_need_is_there(sandbox: Sandbox, statement: str) -> None:
    """Python's own modules, numpy and matplotlib import as always."""
    with sandbox.load([Cell("imports", statement)], seed=1) as submission:
        (run,) = submission.runs
    assert run.failure is None
