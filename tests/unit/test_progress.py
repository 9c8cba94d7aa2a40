"""`progress`: this notebook as it is now, the others as they were saved."""

from __future__ import annotations

import json
import operator
import weakref
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograder
from autograder import workbench
from autograder.guide import Guide
from autograder.learner import memory
from autograder.learner.assignments import OwnAssignment
from autograder.learner.display import RESULT
from autograder.learner.progress import saved_rows
from tests.minicourse import CHECKS


def check_cell(question: str, *results: Any) -> dict[str, Any]:
    outputs = [{"output_type": "display_data", "data": {RESULT: result}} for result in results]
    return {"cell_type": "code", "source": f'check("{question}")', "outputs": outputs}


RIGHT = {"question": "square", "state": "right", "passed": 1, "checks": 1}


@pytest.fixture
def course(tmp_path: Path) -> Iterator[Path]:
    """Two assignments, of which the second was worked on before."""
    for name, cells in (
        ("mini", [check_cell("double"), check_cell("square")]),
        ("other", [check_cell("double"), check_cell("square", RIGHT)]),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / "checks.py").write_text(CHECKS)
        (tmp_path / name / f"{name}.ipynb").write_text(json.dumps({"cells": cells}))
    yield tmp_path
    workbench.close_all()


def test_the_whole_course_at_a_glance(
    course: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every question of this notebook is checked, and the others are told by their saved outputs."""
    monkeypatch.chdir(course / "mini")
    exec("progress()", {"progress": autograder.progress, "double": lambda x: 2 * x, "square": lambda x: x})
    said = capsys.readouterr().out
    assert "mini (this notebook) – 1 of 2 questions right so far" in said
    assert "✓ double  1 of 1" in said
    assert "✗ square  0 of 1" in said
    assert "other (as saved) – 1 of 2 questions right so far" in said
    assert "· double  not attempted" in said


def test_what_was_right_is_not_run_again(
    course: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A question that passed its check counts as right until a function of the notebook is another one."""
    monkeypatch.chdir(course / "mini")
    calls: list[float] = []
    names = {"__name__": "__main__", "check": autograder.check, "progress": autograder.progress, "calls": calls}
    exec("def twice(x):\n    calls.append(x)\n    return 2 * x\ndef double(x):\n    return twice(x)", names)
    exec("check('double')", names)
    once = len(calls)
    exec("def square(x):\n    return x * x\nprogress()", names)
    assert len(calls) == once
    exec("def twice(x):\n    calls.append(x)\n    return x\nprogress()", names)
    assert len(calls) > once
    said = capsys.readouterr().out
    assert said.count("✓ double  1 of 1") == 1
    assert said.count("✗ double  0 of 1") == 1


RIGHT_IF = "def double(x):\n    return SCALE * x\ncheck('double')"


@pytest.mark.parametrize(
    "change",
    [
        "SCALE = 3",
        "del SCALE",
        "def double(x):\n    return x",
        "sum = 0",
        "import pathlib\npathlib.Path('checks.py').write_text(pathlib.Path('checks.py').read_text() + '\\n')",
    ],
)
def test_what_an_answer_rests_on_is_looked_at(
    course: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], change: str
) -> None:
    """A global, a function, a built-in name or the checks themselves: where one is another, the question runs again."""
    monkeypatch.chdir(course / "mini")
    names: dict[str, Any] = {"__name__": "__main__", "check": autograder.check, "SCALE": 2}
    exec(RIGHT_IF, names)
    assert memory.recall("double", names, Path()) is not None
    exec("other = 1", names)
    assert memory.recall("double", names, Path()) is not None
    exec(change, names)
    assert memory.recall("double", names, Path()) is None


def test_what_is_remembered_keeps_no_array_alive(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Large data that a notebook has replaced are gone, and something else in their place is noticed."""
    monkeypatch.chdir(course / "mini")
    names: dict[str, Any] = {"check": autograder.check, "SCALE": 2, "data": np.ones(3)}
    gone = weakref.ref(names["data"])
    exec(RIGHT_IF, names)
    names["data"] = None
    assert gone() is None
    assert memory.recall("double", names, Path()) is None


def test_a_callable_object_that_is_replaced_is_run_again(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer need not be a function."""
    monkeypatch.chdir(course / "mini")
    names: dict[str, Any] = {"check": autograder.check, "double": partial(operator.mul, 2)}
    exec("check('double')", names)
    assert memory.recall("double", names, Path()) is not None
    names["double"] = partial(operator.mul, 3)
    assert memory.recall("double", names, Path()) is None


@pytest.mark.parametrize("notebooks", [(), ("a.ipynb", "b.ipynb")])
def test_no_notebook_file_is_needed(
    course: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], notebooks: tuple[str, ...]
) -> None:
    """Where a program keeps the notebook elsewhere, as Colab does, the checks say which questions there are."""
    monkeypatch.chdir(course / "mini")
    (course / "mini" / "mini.ipynb").unlink()
    for name in notebooks:
        (course / "mini" / name).write_text(json.dumps({"cells": [check_cell("double"), check_cell("dubble")]}))
    exec("progress()", {"progress": autograder.progress, "double": lambda x: 2 * x})
    said = capsys.readouterr().out
    assert "mini (this notebook) – 1 of 2 questions right so far" in said


def test_a_folder_that_cannot_be_used_hides_no_other(
    course: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The others are told as they were saved, and what is wrong with this one."""
    (course / "empty").mkdir()
    (course / "empty" / "checks.py").write_text(CHECKS)
    monkeypatch.chdir(course / "mini")
    exec("progress()", {"progress": autograder.progress})
    said = capsys.readouterr().out
    assert "other (as saved) – 1 of 2 questions right so far" in said
    assert "there is no notebook with check cells" in said


@pytest.mark.parametrize(
    "result",
    [
        None,
        3,
        [],
        {},
        {"state": "won"},
        {"state": ["right"]},
    ],
)
def test_outputs_that_are_none_of_ours(course: Path, result: Any) -> None:
    """What other programs have written into a notebook counts for nothing."""
    path = course / "odd.ipynb"
    path.write_text(json.dumps({"cells": [check_cell("double", result)]}))
    assert [row.state for row in saved_rows(OwnAssignment(path, Guide()))] == ["not attempted"]


def test_outside_of_an_assignment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line says where to go."""
    monkeypatch.chdir(tmp_path)
    exec("progress()", {"progress": autograder.progress})
    assert capsys.readouterr().out.startswith("progress: there is no checks.py in")
