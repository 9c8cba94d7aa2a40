"""The course that the hostile class is graded in: four small questions, short limits, and a canary in every corner."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from nbformat import NotebookNode

from autograder import notebook
from tests.attack_table.meadow_suites import CHECKS, HIDDEN
from tests.corpus.attacks.recipe import POINTS
from tests.minicourse import role

ASSIGNMENT = "meadow"

COURSE = """\
name: pasture
title: A course to be attacked
limits:
  call_seconds: 1
  cell_seconds: 2
  submission_seconds: 8
  memory_mb: 256
  output_kb: 64
assignments:
  - name: meadow
    title: Meadow
"""

STUBS: Mapping[str, str] = {
    "double": '''\
def double(x):
    """Return twice the array x."""
    raise NotImplementedError("write your code here")''',
    "total": '''\
def total(x, y):
    """Return the sum of x times y, a number."""
    raise NotImplementedError("write your code here")''',
    "Scale": '''\
class Scale:
    """A gate that multiplies its input by k."""

    def __init__(self, k):
        raise NotImplementedError("write your code here")

    def forward(self, x):
        """Return k times x."""
        raise NotImplementedError("write your code here")

    def backward(self, dout):
        """Return the gradient with respect to x."""
        raise NotImplementedError("write your code here")''',
    "normalise": '''\
def normalise(X):
    """Return (out, mean): the rows of X minus their means, and these means as a column."""
    raise NotImplementedError("write your code here")''',
}

REFERENCE = '''\
"""The solutions."""

import numpy as np

CANARY = "<reference>"


def double(x):
    """Return twice the array x: <docstring>."""
    return 2 * x


def total(x, y):
    """Return the sum of x times y."""
    return float(np.sum(x * y))


class Scale:
    """A gate that multiplies its input by k."""

    def __init__(self, k):
        self.k = k

    def forward(self, x):
        """Return k times x."""
        return self.k * x

    def backward(self, dout):
        """Return the gradient with respect to x."""
        return self.k * dout


def normalise(X):
    """Return the rows of X minus their means, and these means."""
    mean = X.mean(axis=1, keepdims=True)
    return X - mean, mean
'''

MISCONCEPTIONS = '''\
"""Known wrong variants: <misconceptions>."""

from autograder.misconceptions import misconception


@misconception("double", hint="The array is to be doubled, not squared.")
def squared(x):
    return x * x


@misconception("normalise", hint="The means are those of the rows, not of the columns.")
def columns(X):
    mean = X.mean(axis=0, keepdims=True)
    return X - mean, mean
'''


def assignment_notebook() -> NotebookNode:
    """Return the assignment's own notebook: prose, an import, and a stub and a check cell for each question."""
    imports = "import numpy as np\nfrom autograder import check"
    cells = [notebook.new_cell("markdown", "# Meadow", {}, "title")]
    cells.append(notebook.new_cell("code", imports, role("imports", locked=True), "imports"))
    for name, points in POINTS.items():
        stub, graded = role(f"{name}-solution", solution=True), role(name, grade=True, locked=True, points=points)
        cells.append(notebook.new_cell("code", STUBS[name], stub, f"{name}-solution"))
        cells.append(notebook.new_cell("code", f'check("{name}")', graded, name))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return notebook.new_notebook(cells, {"kernelspec": kernel})


def write(folder: Path, canaries: Mapping[str, str]) -> None:
    """Write the course into `folder`, with a word of `canaries` at each place that is a file of the course."""
    masked = "".join(chr(ord(letter) ^ 1) for letter in canaries["memory"])
    texts = {
        "course.yml": COURSE,
        "reference/__init__.py": "",
        "reference/misconceptions/__init__.py": "",
        f"reference/{ASSIGNMENT}.py": REFERENCE,
        f"reference/misconceptions/{ASSIGNMENT}.py": MISCONCEPTIONS,
        f"assignments/{ASSIGNMENT}/checks.py": CHECKS,
        f"assignments/{ASSIGNMENT}/{ASSIGNMENT}.ipynb": notebook.write(assignment_notebook()),
        f"tests/hidden/test_{ASSIGNMENT}.py": HIDDEN,
        ".course-secret": "<secret>\n",
    }
    for name, text in texts.items():
        for place, word in {**canaries, "masked": masked}.items():
            text = text.replace(f"<{place}>", word)
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
