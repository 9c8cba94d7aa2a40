"""A real course folder whose one assignment is gates, cut to four questions, so that a class of many is graded soon."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

from autograder import notebook
from tests.corpus.broken.recipe import ASSIGNMENT, POINTS, start

_COURSE = """\
name: broken
title: Broken notebooks
limits:
  call_seconds: 5
  cell_seconds: 10
  submission_seconds: 60
  memory_mb: 512
assignments:
  - name: gates
    title: Gates
"""


def write_course(repository: Path, folder: Path) -> Path:
    """Write the course into `folder`: the notebook and both suites hold four questions, the rest is as it is."""
    begin = start(repository)
    assignment = Path("assignments") / ASSIGNMENT
    suites = (assignment / "checks.py", Path("tests/hidden") / f"test_{ASSIGNMENT}.py")
    reference = Path("reference") / f"{ASSIGNMENT}.py"
    misconceptions = Path("reference/misconceptions") / f"{ASSIGNMENT}.py"
    for part in (*suites, reference, misconceptions, Path("nbgrader_config.py")):
        (folder / part).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(repository / part, folder / part)
    for package in (reference.parent, misconceptions.parent):
        (folder / package / "__init__.py").touch()
    for suite in suites:
        _cut_suite(folder / suite)
    (folder / assignment / f"{ASSIGNMENT}.ipynb").write_text(notebook.write(begin.blank), encoding="utf-8")
    (folder / "course.yml").write_text(_COURSE, encoding="utf-8")
    return folder


def _cut_suite(path: Path) -> None:
    """Leave out the tests of all other questions."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    tree.body = [node for node in tree.body if _question(node) in (None, *POINTS)]
    path.write_text(ast.unparse(tree), encoding="utf-8")


def _question(node: ast.stmt) -> str | None:
    """Return the question that a test is marked with."""
    marks = node.decorator_list if isinstance(node, ast.FunctionDef) else []
    for mark in marks:
        if (
            isinstance(mark, ast.Call)
            and ast.unparse(mark.func) == "question"
            and isinstance(mark.args[0], ast.Constant)
        ):
            return str(mark.args[0].value)
    return None
