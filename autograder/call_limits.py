"""The limits that a test sets for its own calls: those of another test that runs at the same time are its own."""

from __future__ import annotations

from contextlib import AbstractContextManager
from contextvars import ContextVar

from autograder.bound import bound

_seconds: ContextVar[float | None] = ContextVar("the time limit that a test sets for its calls", default=None)
_training: ContextVar[bool] = ContextVar("whether calls have the processor time of a training", default=False)
_strict: ContextVar[bool] = ContextVar("whether numbers that overflow or are undefined raise", default=False)


def seconds() -> float | None:
    """Return the time limit of a call here, None where nobody has set one."""
    return _seconds.get()


def training() -> bool:
    """Tell whether calls have the processor time of a training here."""
    return _training.get()


def strict() -> bool:
    """Tell whether numbers that overflow or are undefined raise here."""
    return _strict.get()


def within(seconds: float) -> AbstractContextManager[object]:
    """Let each call inside the `with` take so many seconds."""
    return bound(_seconds, seconds)


def as_training() -> AbstractContextManager[object]:
    """Let calls inside the `with` have the processor time of a training."""
    return bound(_training, True)


def strictly() -> AbstractContextManager[object]:
    """Let numbers that overflow or are undefined raise in calls inside the `with`."""
    return bound(_strict, True)
