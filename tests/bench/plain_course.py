"""The same assignment for nbgrader alone: its check cells run the same tests in the student's kernel."""

from __future__ import annotations

from pathlib import Path

from autograder import notebook
from tests.bench import speed_course
from tests.bench.speed_course import NAME

CONFIG = """\
c = get_config()
c.CourseDirectory.source_directory = "assignments"
c.Execute.timeout = 120
"""
CELL = 'from runner import run\nrun("{question}", globals())'

RUNNER = '''\
"""Runs the tests of one question on the notebook's functions, in the notebook's own kernel.

Of pytest the tests need marks and cases only. A stand-in for these spares every kernel the import.
"""

import inspect
import itertools
import sys
import types


class Mark:
    def __init__(self, name, args=(), kwargs=None):
        self.name, self.args, self.kwargs, self.mark = name, args, kwargs or {{}}, self

    def __call__(self, *args, **kwargs):
        if not inspect.isfunction(args[0] if args else None):
            return Mark(self.name, args, kwargs)
        args[0].pytestmark = [*getattr(args[0], "pytestmark", []), self]
        return args[0]


class Marks:
    def __getattr__(self, name):
        return Mark(name)


class Case:
    def __init__(self, *values, marks=(), id=None):
        self.values, self.marks = values, marks if isinstance(marks, (tuple, list)) else (marks,)


stand_in = types.ModuleType("pytest")
stand_in.mark, stand_in.param = Marks(), Case
sys.modules.setdefault("pytest", stand_in)
sys.path[:0] = {places!r}

import numpy as np
import checks
import {name} as reference
import test_{name} as hidden
from autograder.local import LocalSubmission


def run(question, names):
    given = {{"submission": LocalSubmission(names), "reference": reference, "rng": np.random.default_rng(0)}}
    count = 0
    for test, values in tests_of(question):
        wanted = inspect.signature(test).parameters
        test(**{{name: value for name, value in {{**given, **values}}.items() if name in wanted}})
        count += 1
    print(f"{{count}} tests passed")


def tests_of(question):
    for test in [*vars(checks).values(), *vars(hidden).values()]:
        marks = getattr(test, "pytestmark", [])
        for values, of_case in cases([mark for mark in marks if mark.name == "parametrize"]):
            if any(mark.name == "question" and mark.args[0] == question for mark in [*marks, *of_case]):
                yield test, values


def cases(marks):
    axes = []
    for mark in marks:
        names = [name.strip() for name in mark.args[0].split(",")] if isinstance(mark.args[0], str) else mark.args[0]
        axes.append([one_case(names, case) for case in mark.args[1]])
    for combination in itertools.product(*axes):
        values = {{name: value for part, _ in combination for name, value in part.items()}}
        yield values, [mark for _, of_case in combination for mark in of_case]


def one_case(names, case):
    if isinstance(case, Case):
        return dict(zip(names, case.values)), case.marks
    return dict(zip(names, case if len(names) > 1 else (case,))), ()
'''


def write(scratch: Path, folder: Path) -> None:
    """Write the assignment into `folder`; its tests stay in the `scratch` course that was written before."""
    source = folder / "assignments" / NAME
    source.mkdir(parents=True)
    (folder / "nbgrader_config.py").write_text(CONFIG)
    (source / "runner.py").write_text(runner(scratch))
    original = scratch / "assignments" / NAME / f"{NAME}.ipynb"
    (source / f"{NAME}.ipynb").write_text(with_tests(original.read_text(encoding="utf-8")), encoding="utf-8")


def runner(scratch: Path) -> str:
    """Return the module that check cells import: it finds tests and reference in the `scratch` course."""
    places = [scratch / "assignments" / NAME, scratch / "tests" / "hidden", scratch / "reference"]
    return RUNNER.format(places=[str(place) for place in places], name=NAME)


def with_tests(text: str) -> str:
    """Return the notebook with each check cell calling the runner instead of `check`."""
    changed = notebook.read(text.encode())
    for cell in changed.cells:
        if notebook.is_check(cell):
            cell.source = CELL.format(question=notebook.grade_id(cell))
        elif notebook.grade_id(cell) == "imports":
            cell.source = cell.source.removesuffix(speed_course.CHECK)
    return notebook.write(changed)
