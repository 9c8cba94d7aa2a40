"""A grader's sandbox starts while the grader does other things; whoever asks for it gets it, or why there is none."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from autograder import grader_start
from autograder.errors import SandboxError
from autograder.grader_start import Opening


class Slow:
    """A sandbox that starts when it is let."""

    may_start = threading.Event()
    closed = 0

    def __init__(self, *, unsafe: bool) -> None:
        self.unsafe = unsafe
        assert self.may_start.wait(10)

    def close(self) -> None:
        Slow.closed += 1


@pytest.fixture(autouse=True)
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sandboxes are slow ones, of which none has started yet."""
    monkeypatch.setattr(grader_start, "Sandbox", Slow)
    monkeypatch.setattr(Slow, "may_start", threading.Event())
    monkeypatch.setattr(Slow, "closed", 0)


@pytest.mark.parametrize("unsafe", [False, True])
def test_it_starts_meanwhile(unsafe: bool) -> None:
    """Nobody waits for it before it is asked for, and then there is one."""
    opening = Opening(unsafe=unsafe)
    assert not Slow.may_start.is_set()
    Slow.may_start.set()
    sandbox: Any = opening.sandbox()
    assert sandbox is opening.sandbox()
    assert sandbox.unsafe is unsafe
    opening.close()
    assert Slow.closed == 1


def test_one_that_nobody_asked_for_is_closed() -> None:
    """It is closed even where it has not started yet, and nothing is left behind."""
    opening = Opening(unsafe=False)
    threading.Timer(0.05, Slow.may_start.set).start()
    opening.close()
    assert Slow.closed == 1


@pytest.mark.parametrize("error", [SandboxError("no filter here"), OSError("no memory"), KeyboardInterrupt()])
def test_why_there_is_none(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Whoever asks gets what its start has raised, each time, and nothing is closed."""

    def refuse(*, unsafe: bool) -> None:
        raise error

    monkeypatch.setattr(grader_start, "Sandbox", refuse)
    opening = Opening(unsafe=False)
    for _ in range(2):
        with pytest.raises(type(error)) as caught:
            opening.sandbox()
        assert caught.value is error
    opening.close()
    assert Slow.closed == 0
