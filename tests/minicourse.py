"""A course of two tiny questions, for tests of the framework that need no real assignment."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path

from nbformat import NotebookNode

from autograder import notebook

STUB = '''\
def {name}(x):
    """Return a number made of x."""
    raise NotImplementedError("write your code here")'''

RIGHT = {"double": "def double(x):\n    return 2 * x", "square": "def square(x):\n    return x * x"}

COURSE = """\
name: mini
title: A tiny course
limits:
  call_seconds: 1
  cell_seconds: 2
  submission_seconds: 30
assignments:
  - name: mini
    title: Tiny
"""

REFERENCE = '''\
def double(x):
    """Return a number made of x."""
    return 2 * x


def square(x):
    """Return a number made of x."""
    return x * x
'''

MISCONCEPTIONS = """\
from autograder.misconceptions import misconception


@misconception("double", hint="You added a constant instead of scaling.")
def added_two(x):
    return x + 2


@misconception("square", hint="The exponent is too large.")
def cubed(x):
    return x * x * x
"""

CHECKS = '''\
import pytest
from autograder.compare import agree


@pytest.mark.question("double")
def test_three(submission):
    """Three becomes six."""
    agree("out", submission.double(3.0), 6.0)


@pytest.mark.question("square")
def test_four(submission):
    """Four becomes sixteen."""
    agree("out", submission.square(4.0), 16.0)
'''

HIDDEN = '''\
import pytest
from autograder.compare import agree


@pytest.mark.question("double")
@pytest.mark.weight(2)
@pytest.mark.parametrize("size", [1, 5])
def test_random(submission, reference, rng, size):
    """Random numbers are doubled."""
    x = rng.normal(size=size)
    agree("out", submission.double(x), reference.double(x))


@pytest.mark.question("square")
def test_square(submission, reference, rng):
    """Random numbers are squared."""
    x = rng.normal(size=3)
    agree("out", submission.square(x), reference.square(x))
'''


def assignment_notebook() -> NotebookNode:
    """Return the assignment's own notebook: an import, and a stub and a check cell for each question."""
    imports = "import numpy as np\nfrom autograder import check"
    cells = [notebook.new_cell("code", imports, role("imports", locked=True), "imports")]
    for name, points in (("double", 5), ("square", 3)):
        stub, graded = role(f"{name}-solution", solution=True), role(name, grade=True, locked=True, points=points)
        cells.append(notebook.new_cell("code", STUB.format(name=name), stub, f"{name}-solution"))
        cells.append(notebook.new_cell("code", f'check("{name}")', graded, name))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return notebook.new_notebook(cells, {"kernelspec": kernel})


def role(name: str, **changes: object) -> dict[str, object]:
    """Return the nbgrader metadata of a cell."""
    plain = {"schema_version": 3, "grade": False, "locked": False, "solution": False, "task": False}
    return {"nbgrader": {**plain, "grade_id": name, "cell_type": "code", **changes}}


def answered(sources: Mapping[str, str] = RIGHT) -> bytes:
    """Return a submission with `sources` in the solution cells, as bytes."""
    return notebook.write(notebook.solve(assignment_notebook(), sources)).encode()


def write_course(folder: Path, **changes: str) -> Path:
    """Write the course into `folder`; `changes` replace the text of `course`, `reference`, `hidden`, `checks`, …."""
    texts = {
        "course.yml": changes.get("course", COURSE),
        "reference/__init__.py": "",
        "reference/misconceptions/__init__.py": "",
        "reference/mini.py": changes.get("reference", REFERENCE),
        "reference/misconceptions/mini.py": changes.get("misconceptions", MISCONCEPTIONS),
        "assignments/mini/checks.py": changes.get("checks", CHECKS),
        "assignments/mini/mini.ipynb": changes.get("notebook", notebook.write(assignment_notebook())),
        "tests/hidden/test_mini.py": changes.get("hidden", HIDDEN),
    }
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
    return folder
