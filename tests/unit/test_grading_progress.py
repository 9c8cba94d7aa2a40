"""Whoever grades a class sees how far it is."""

from __future__ import annotations

import contextlib
import os
import pty
import sys

import pytest

from autograder.instructor.progress import with_progress
from autograder.record import Grade


def grade(student: str, score: float) -> Grade:
    """Return a grade of which only student and score matter."""
    return Grade(
        course="c",
        assignment="a",
        student=student,
        submission="0",
        suite="0",
        framework="0",
        graded_at="2026-01-01T00:00:00Z",
        seed="0",
        sandbox="full",
        outcome="graded",
        score=score,
        max_score=4.0,
    )


GRADES = [grade("ada", 2.5), None, grade("bob", 4.0)]


def test_lines_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    """In a file each grade has a line on standard error; all are passed on, also what could not be graded."""
    assert list(with_progress(iter(GRADES), 3)) == GRADES
    shown = capsys.readouterr()
    assert shown.err == "ada: 2.5 of 4\nbob: 4 of 4\n"
    assert shown.out == ""


def read_all(descriptor: int) -> str:
    """Return what a terminal that is closed on the other side has shown, and close it here."""
    shown = b""
    with os.fdopen(descriptor, "rb", buffering=0) as screen, contextlib.suppress(OSError):  # at its end
        while part := screen.read(1 << 16):
            shown += part
    return shown.decode()


def test_a_bar_in_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a terminal a bar says how many there are, how many a minute, and nothing of a single student."""
    monkeypatch.setenv("TERM", "xterm")
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w", encoding="utf-8") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        assert list(with_progress(iter(GRADES), 3)) == GRADES
    shown = read_all(ours)
    for part in ("grading", "3/3", "a minute"):
        assert part in shown
    assert "ada" not in shown


def test_nothing_is_lost_where_standard_error_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python has no standard error where it was closed before; the grades come all the same."""
    monkeypatch.setattr(sys, "stderr", None)
    assert list(with_progress(iter(GRADES), 3)) == GRADES
