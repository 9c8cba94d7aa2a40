"""`check`: the visible checks of one question on the functions at hand, in words."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograder
from autograder.errors import AutograderError
from autograder.learner.check import CheckFailed, as_text, run_checks
from tests.minicourse import CHECKS


def unwritten(x: Any) -> Any:
    raise NotImplementedError


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a released notebook, and nothing of the course around it."""
    (tmp_path / "checks.py").write_text(CHECKS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("function", "outcome", "words"),
    [
        (lambda x: 2 * x, "passed", ""),
        (lambda x: x + 2, "failed", "`out`"),
        (lambda _: None, "failed", "None"),
        (unwritten, "not attempted", "not attempted yet"),
        (lambda x: x[0], "failed", "TypeError"),
        (lambda _: np.float32(6), "passed", ""),
    ],
)
def test_three_outcomes(folder: Path, function: Callable[[Any], Any], outcome: str, words: str) -> None:
    """Right, wrong and not attempted are told apart, with something to do about it."""
    (result,) = run_checks("double", {"double": function}, folder)
    assert result.outcome == outcome
    assert words in result.message


def test_a_missing_function_is_named(folder: Path) -> None:
    """A function that is not there yet is named."""
    (result,) = run_checks("double", {}, folder)
    assert "double" in result.message


def test_unknown_question_lists_the_nearest(folder: Path) -> None:
    """A mistyped question is answered with the one that was meant."""
    with pytest.raises(AutograderError, match=r"no question 'dubble' .* did you mean double"):
        run_checks("dubble", {}, folder)


def test_missing_checks_say_where_to_go(tmp_path: Path) -> None:
    """Outside of the assignment's folder the message says what to do."""
    with pytest.raises(AutograderError, match=r"there is no checks\.py in .* open the notebook in the folder"):
        run_checks("double", {}, tmp_path)


def test_broken_checks_are_said_to_be_ours(folder: Path) -> None:
    """A damaged checks.py is no fault in the student's answer."""
    (folder / "checks.py").write_text("def test_(:")
    with pytest.raises(AutograderError, match=r"checks\.py cannot be read; get a fresh copy"):
        run_checks("double", {}, folder)


def test_text_has_a_line_a_check_and_one_message(folder: Path) -> None:
    """The report is short: how many pass, which, and one thing to look at."""
    results = run_checks("double", {"double": lambda x: -2 * x}, folder)
    lines = as_text("double", results).splitlines()
    assert lines[0] == "double: 0 of 1 visible checks pass"
    assert lines[1] == "  ✗ failed  Three becomes six."
    assert lines[2].startswith("→ ")


def test_check_takes_the_callers_functions(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Outside of a notebook the functions are those of the file that calls."""
    exec("def double(x):\n    return 2 * x\ncheck('double')", {"check": autograder.check})
    assert "1 of 1 visible checks pass" in capsys.readouterr().out


def test_check_raises_where_a_notebook_is_validated(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under `nbgrader validate` a failing check fails its cell; elsewhere it only prints."""
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    with pytest.raises(CheckFailed, match="0 of 1 visible checks pass"):
        exec("check('double')", {"check": autograder.check, "double": unwritten})
    monkeypatch.delenv("NBGRADER_EXECUTION")
    exec("check('double')", {"check": autograder.check, "double": unwritten})


def test_nothing_is_left_behind(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Checking leaves neither files nor search paths behind, and a module called `checks` is what it was."""
    others = types.ModuleType("checks")
    monkeypatch.setitem(sys.modules, "checks", others)
    paths = list(sys.path)
    run_checks("double", {"double": lambda x: 2 * x}, folder)
    assert sys.path == paths
    assert sys.modules["checks"] is others
    assert {path.name for path in folder.iterdir()} <= {"checks.py", "__pycache__"}
