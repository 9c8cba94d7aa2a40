"""A submission may import what the exercises are about, and nothing that would solve them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from autograder.sandbox import Cell, Sandbox

UNDONE = """
import importlib, importlib.machinery, importlib.util, os, sys
import numpy as np

packages = os.path.dirname(os.path.dirname(np.__file__))
sys.meta_path[:] = [
    importlib.machinery.BuiltinImporter, importlib.machinery.FrozenImporter, importlib.machinery.PathFinder
]
importlib.invalidate_caches()

def imported(name):
    try: importlib.import_module(name)
    except ModuleNotFoundError as error: return str(error)
    return "imported"

def loaded(name):
    spec = importlib.util.spec_from_file_location(name, f"{packages}/{name}/__init__.py")
    try: spec.loader.exec_module(importlib.util.module_from_spec(spec))
    except OSError as error: return type(error).__name__
    return "loaded"
"""


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
        "import matplotlib.pyplot as plt; plt.contourf([[0, 1], [1, 2]]); plt.show()",
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


OTHERS = ["sklearn", "scipy", "joblib", "msgspec", "pytest", "nbgrader"]


@pytest.mark.parametrize("name", OTHERS)
def test_without_the_hook_they_are_not_there_either(either: Sandbox, name: str) -> None:
    """A submission that removes what refuses imports finds no package: there is nothing to read at its place."""
    with either.load([Cell("undone", UNDONE)], seed=1) as submission:
        assert submission.imported(name) == f"No module named {name!r}"
        assert submission.loaded(name) in ("FileNotFoundError", "PermissionError")


def test_elsewhere_the_same_code_finds_them() -> None:
    """Outside of the sandbox the packages are there: that they are out of reach is its doing."""
    code = f"{UNDONE}\nprint([name for name in {OTHERS} if imported(name) != 'imported'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    "name", ["mpl_toolkits.mplot3d", "PIL.Image", "matplotlib.backends.backend_svg", "fontTools.ttLib", "numpy.f2py"]
)
def test_late_parts_of_matplotlib_and_numpy_are_there(either: Sandbox, name: str) -> None:
    """What a notebook with figures imports late needs no look into the folder of packages, which is closed."""
    with either.load([Cell("figures", "from matplotlib import cm"), Cell("undone", UNDONE)], seed=1) as submission:
        assert submission.imported(name) == "imported"
