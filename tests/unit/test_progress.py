"""`progress`: this notebook as it is now, the others as they were saved."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import autograder
from autograder import workbench
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
    assert [row.state for row in saved_rows(path)] == ["not attempted"]


def test_outside_of_an_assignment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line says where to go."""
    monkeypatch.chdir(tmp_path)
    exec("progress()", {"progress": autograder.progress})
    assert capsys.readouterr().out.startswith("progress: there is no checks.py in")
