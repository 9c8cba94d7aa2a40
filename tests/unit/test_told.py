"""What follows from the messages of a process that runs a notebook, also where it was ended in the middle."""

from __future__ import annotations

import json
from typing import Any

import pytest

from autograder.learner.told import Told

REASON = "the call ran longer than 2 s and was stopped"
BEGUN = {"begun": {"name": "f", "reason": REASON}}
LATE = {"late": {"name": "f", "reason": REASON, "line": 3, "text": "while 1:"}}
ASKED = {"asked": "f", "checks": ["One.", "Two.", "Three."], "hidden": 4}
AT_F = {"at": "the checks of `f`", "cell": None}
WRONG = {"question": "f", "state": "wrong", "passed": 0, "checks": 1, "message": "no", "text": ""}


def told(*messages: dict[str, Any] | bytes) -> Told:
    listener = Told()
    for message in messages:
        listener.hear(message if isinstance(message, bytes) else json.dumps(message).encode())
    return listener


@pytest.mark.parametrize("by_timer", [False, True])
def test_the_check_that_took_too_long_has_the_message(by_timer: bool) -> None:
    """What passed before stands, what comes after did not run, and the call is named that had begun."""
    other = {"begun": {"name": "g", "reason": "the call ran longer than 1 s and was stopped"}}
    end = () if by_timer else (LATE,)
    listener = told(AT_F, ASKED, other, {"check": ["One.", "passed", ""]}, BEGUN, *end)
    is_late, row = listener.stopped(by_timer=by_timer)
    assert is_late
    assert row is not None
    assert (row.question, row.state, row.passed, row.checks) == ("f", "wrong", 1, 3)
    assert row.message.startswith("`f`: the call ran longer than 2 s and was stopped")
    assert ("line 3" in row.message) is not by_timer
    assert row == listener.rows["f"]
    assert "· not run  Three." in row.text


def test_an_end_after_the_last_check_takes_nothing_back() -> None:
    """All that was to be checked has been, and only the row was not told any more."""
    listener = told(AT_F, ASKED, *({"check": [title, "passed", ""]} for title in ASKED["checks"]), LATE)
    is_late, row = listener.stopped(by_timer=False)
    assert is_late
    assert row is not None
    assert (row.state, row.passed, row.checks) == ("right", 3, 3)


@pytest.mark.parametrize("by_timer", [False, True])
def test_a_cell_that_took_too_long_is_left_out_next_time(by_timer: bool) -> None:
    """No question is ended by that, and its number is known."""
    listener = told({"at": "cell 7", "cell": 7}, BEGUN, *(() if by_timer else (LATE,)))
    assert listener.place == "cell 7"
    assert listener.stopped(by_timer=by_timer) == (True, None)
    line, text = (None, "") if by_timer else (3, "while 1:")
    assert listener.late_cells == {7: {"reason": REASON, "line": line, "text": text}}
    assert listener.stopped(by_timer=by_timer) == (False, None)


@pytest.mark.parametrize("by_timer", [False, True])
@pytest.mark.parametrize("messages", [(), (AT_F, ASKED), (LATE,), (BEGUN,), (AT_F, BEGUN), (b"{", b"3", b"", b"\xff")])
def test_an_end_that_is_nobodys_delay(messages: tuple[dict[str, Any] | bytes, ...], by_timer: bool) -> None:
    """Where nothing was at work there is nothing to leave out, and whoever began again would do so for ever."""
    assert told(*messages).stopped(by_timer=by_timer) == (False, None)


def test_a_problem_is_told_once() -> None:
    """The row of a question says why its cell failed, but not where the answer is right all the same."""
    of_f, of_none = _problem(2, "the cell of `f` failed", "f"), _problem(3, "cell 3 failed")
    assert told(of_f, of_none, of_none).problems == ("the cell of `f` failed", "cell 3 failed")
    assert told(of_f, of_none, {"row": WRONG}).problems == ("cell 3 failed",)
    assert told(of_f, {"row": {**WRONG, "state": "right"}}).problems == ("the cell of `f` failed",)


def test_a_problem_of_one_cell_is_told_once_whatever_its_words() -> None:
    """They may hold a time or an address, and each process that runs the cell tells them anew; the last words count."""
    assert told(_problem(3, "it is 10:00"), _problem(4, "no"), _problem(3, "it is 10:01")).problems == (
        "it is 10:01",
        "no",
    )


def _problem(number: int, text: str, question: str | None = None) -> dict[str, Any]:
    return {"problem": text, "in": number, "of": question}
