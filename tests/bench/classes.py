"""The same class twice: for nbgrader alone, with the tests in the notebook, and for the autograder."""

from __future__ import annotations

import shutil
from pathlib import Path

from autograder import notebook
from autograder.course import Assignment, Course

ASSIGNMENT = "gates"
COPIED = ("course.yml", "nbgrader_config.py", "assignments", "reference", "tests/hidden")

PLAIN_CONFIG = """\
c = get_config()
c.CourseDirectory.source_directory = "assignments"
c.Execute.timeout = 120
"""

RUNNER = '''\
"""Runs the tests of one question on the notebook's functions, in the notebook's own kernel."""

import inspect
import itertools

import numpy as np
from autograder.local import LocalSubmission

import checks
import gates as reference
import hidden


def run(question, names):
    given = {"submission": LocalSubmission(names), "reference": reference, "rng": np.random.default_rng(0)}
    for module in (checks, hidden):
        for test in vars(module).values():
            marks = getattr(test, "pytestmark", [])
            if any(mark.name == "question" and mark.args[0] == question for mark in marks):
                for case in cases([mark for mark in marks if mark.name == "parametrize"]):
                    wanted = inspect.signature(test).parameters
                    test(**{name: value for name, value in {**given, **case}.items() if name in wanted})


def cases(marks):
    axes = []
    for mark in marks:
        names = [name.strip() for name in mark.args[0].split(",")] if isinstance(mark.args[0], str) else mark.args[0]
        values = [getattr(value, "values", None) or (value if len(names) > 1 else (value,)) for value in mark.args[1]]
        axes.append([dict(zip(names, value)) for value in values])
    for combination in itertools.product(*axes):
        yield {name: value for part in combination for name, value in part.items()}
'''


def ours(course: Course, folder: Path) -> None:
    """Write a copy of the course into `folder`."""
    for name in COPIED:
        source, target = course.root / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, target)


def plain(course: Course, folder: Path) -> None:
    """Write the same assignment for nbgrader alone: every test of both suites runs in the student's kernel."""
    assignment = course.assignment(ASSIGNMENT)
    source = folder / "assignments" / ASSIGNMENT
    source.mkdir(parents=True)
    (folder / "nbgrader_config.py").write_text(PLAIN_CONFIG)
    (source / "runner.py").write_text(RUNNER)
    shutil.copy2(assignment.checks_path, source / "checks.py")
    shutil.copy2(assignment.suite_path, source / "hidden.py")
    shutil.copy2(assignment.reference_path, source / "gates.py")
    (source / f"{ASSIGNMENT}.ipynb").write_text(_with_tests(notebook.write(assignment.notebook)))


def hand_in(assignment: Assignment, folder: Path, count: int, *, tests_inside: bool) -> list[Path]:
    """Write `count` right submissions, no two with the same bytes, and return their paths."""
    sources = notebook.function_sources(assignment.reference_path.read_text())
    paths = []
    for number in range(count):
        solved = notebook.solve(assignment.notebook, sources)
        solved.cells.append(notebook.new_cell("code", f"mine = {number}", {}))
        text = notebook.write(solved)
        path = folder / "submitted" / f"student{number:03}" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(_with_tests(text) if tests_inside else text)
        paths.append(path)
    return paths


def _with_tests(text: str) -> str:
    """Return the notebook with each check cell calling the runner instead of `check`."""
    changed = notebook.read(text.encode())
    for cell in changed.cells:
        if notebook.is_check(cell):
            cell.source = f'from runner import run\nrun("{notebook.grade_id(cell)}", globals())'
    return notebook.write(changed)
