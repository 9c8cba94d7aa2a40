"""What follows from the messages of a process that runs a notebook, also where it was ended in the middle."""

from __future__ import annotations

import json
from typing import Any

import pytest

from autograder.guide import TimeLimits
from autograder.learner.told import Told
from autograder.learner.watchdog import STUCK

LATE = {"late": {"name": "f", "reason": "the call ran longer than 2 s and was stopped", "line": 3, "text": "while 1:"}}
ASKED = {"asked": "f", "checks": ["One.", "Two.", "Three."], "hidden": 4}
AT_F = {"at": "the checks of `f`", "cell": None}
WRONG = {"question": "f", "state": "wrong", "passed": 0, "checks": 1, "message": "no", "text": ""}


def told(*messages: dict[str, Any] | bytes) -> Told:
    listener = Told(TimeLimits(call_seconds=2, cell_seconds=5))
    for message in messages:
        listener.hear(message if isinstance(message, bytes) else json.dumps(message).encode())
    return listener


@pytest.mark.parametrize("end", [LATE, STUCK + b"0:00:03)!"])
def test_the_check_that_took_too_long_has_the_message(end: dict[str, Any] | bytes) -> None:
    """What passed before stands, and what comes after did not run."""
    listener = told(AT_F, ASKED, {"check": ["One.", "passed", ""]}, end)
    is_late, row = listener.ended_late()
    assert is_late
    assert row is not None
    assert (row.question, row.state, row.passed, row.checks) == ("f", "wrong", 1, 3)
    assert row.message.startswith("`f`: the call ran longer than 2 s and was stopped")
    assert ("line 3" in row.message) is (end is LATE)
    assert row == listener.rows["f"]
    assert "· not run  Three." in row.text


@pytest.mark.parametrize("end", [LATE, STUCK])
def test_a_cell_that_took_too_long_is_left_out_next_time(end: dict[str, Any] | bytes) -> None:
    """No question is ended by that, and its number is known."""
    listener = told({"at": "cell 7", "cell": 7}, end)
    assert listener.place == "cell 7"
    assert listener.ended_late() == (True, None)
    assert list(listener.late_cells) == [7]
    assert "was stopped" in listener.late_cells[7]["reason"]
    assert listener.ended_late() == (False, None)


@pytest.mark.parametrize("messages", [(), (AT_F, ASKED), (LATE,), (STUCK,), (AT_F, STUCK), (b"{", b"3", b"", b"\xff")])
def test_an_end_that_is_nobodys_delay(messages: tuple[dict[str, Any] | bytes, ...]) -> None:
    """Where nothing was at work there is nothing to leave out, and whoever began again would do so for ever."""
    assert told(*messages).ended_late() == (False, None)


def test_a_problem_is_told_once() -> None:
    """The row of a question says why its cell failed, but not where the answer is right all the same."""
    of_f, of_none = {"problem": "the cell of `f` failed", "of": "f"}, {"problem": "cell 3 failed", "of": None}
    assert told(of_f, of_none, of_none).problems == ("the cell of `f` failed", "cell 3 failed")
    assert told(of_f, of_none, {"row": WRONG}).problems == ("cell 3 failed",)
    assert told(of_f, {"row": {**WRONG, "state": "right"}}).problems == ("the cell of `f` failed",)
