"""A check that is interrupted: one message, nothing of ours, and the next call as good as ever."""

from __future__ import annotations

import _thread
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

import autograder
from autograder import workbench
from autograder.learner.results import run_checks
from autograder.learner.stopped import Stopped
from tests.minicourse import CHECKS

ENDLESS = "def double(x):\n    y = x\n    while True: y = y + 1\n    return y\n"
NEVER = 60.0


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An assignment whose checks are ready."""
    (tmp_path / "checks.py").write_text(CHECKS)
    monkeypatch.chdir(tmp_path)
    workbench.workbench(tmp_path)
    yield tmp_path
    workbench.close_all()


@pytest.fixture
def soon() -> Iterator[Callable[[], None]]:
    """A function that has Ctrl-C pressed in a moment, also where whoever started the tests made Python ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(0.5, _thread.interrupt_main)
    yield timer.start
    timer.cancel()
    timer.join()
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def double_is_endless(folder: Path, soon: Callable[[], None]) -> Path:
    """The folder after an endless answer to `double` was interrupted."""
    names: dict[str, Any] = {}
    exec(ENDLESS, names)
    soon()
    with pytest.raises(KeyboardInterrupt):
        run_checks("double", names, folder)
    return folder


def test_the_next_answer_is_judged_as_it_is(double_is_endless: Path) -> None:
    """Nothing of the check that was stopped is in the way of the same check."""
    right: dict[str, Any] = {"double": lambda x: 2 * x}
    assert [result.outcome for result in run_checks("double", right, double_is_endless)] == ["passed"]
    wrong: dict[str, Any] = {"double": lambda x: 3 * x}
    assert [result.outcome for result in run_checks("double", wrong, double_is_endless)] == ["failed"]


def test_another_question_is_judged_as_it_is(double_is_endless: Path) -> None:
    """Nor is it in the way of other checks."""
    results = run_checks("square", {"square": lambda x: x * x}, double_is_endless)
    assert [result.outcome for result in results] == ["passed"]


@pytest.mark.parametrize("call", ["check('double')", "hint('double')", "progress()"])
def test_an_interrupt_is_told_in_one_line(
    folder: Path, soon: Callable[[], None], capsys: pytest.CaptureFixture[str], call: str
) -> None:
    """The line of the student's own is named, and what follows in the cell does not run."""
    (folder / "mini.ipynb").write_text('{"cells": []}')
    ours = ("check", "hint", "progress")
    names: dict[str, Any] = {name: getattr(autograder, name) for name in ours}
    exec(ENDLESS, names)
    soon()
    with pytest.raises(Stopped):
        exec(f"{call}\nprint('went on')", names)
    said = capsys.readouterr().out
    assert said == f"{call.partition('(')[0]}: stopped in line 3; look for a loop that does not end\n"


def test_in_a_notebook_the_line_is_quoted_and_no_frame_of_ours_is_shown(folder: Path, soon: Callable[[], None]) -> None:
    """IPython prints the message and that the cell was interrupted, and stops what was to run after it."""
    shell = InteractiveShell.instance()
    try:
        shell.run_cell(f"from autograder import check\n{ENDLESS}", silent=True)
        soon()
        with capture_output() as captured:
            result = shell.run_cell("check('double')")
    finally:
        InteractiveShell.clear_instance()
    assert isinstance(result.error_in_exec, KeyboardInterrupt)
    said = captured.stdout + captured.stderr
    assert "stopped in line 4: `while True: y = y + 1`; look for a loop that does not end" in said
    assert "Traceback" not in said
    assert "/autograder/" not in said
    assert len(said.splitlines()) < 6


def test_an_interrupt_while_the_checks_are_read_leaves_no_session(
    tmp_path: Path, soon: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever does not wait for the first check can ask again."""
    (tmp_path / "checks.py").write_text(f"import time\ntime.sleep(1.5)\n{CHECKS}")
    before = threading.active_count()
    soon()
    with pytest.raises(KeyboardInterrupt):
        run_checks("double", {"double": lambda x: 2 * x}, tmp_path)
    for thread in threading.enumerate():
        if thread.name == "autograder checks":
            thread.join(NEVER)
    assert threading.active_count() <= before + 1  # the timer
    assert [result.outcome for result in run_checks("double", {"double": lambda x: 2 * x}, tmp_path)] == ["passed"]
    workbench.close_all()
