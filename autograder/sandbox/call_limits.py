"""The limits that a test sets for its own calls: those of another test that runs at the same time are its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

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


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Let each call inside the `with` take so many seconds."""
    token = _seconds.set(seconds)
    try:
        yield
    finally:
        _seconds.reset(token)


@contextmanager
def as_training() -> Iterator[None]:
    """Let calls inside the `with` have the processor time of a training."""
    token = _training.set(True)
    try:
        yield
    finally:
        _training.reset(token)


@contextmanager
def strictly() -> Iterator[None]:
    """Let numbers that overflow or are undefined raise in calls inside the `with`."""
    token = _strict.set(True)
    try:
        yield
    finally:
        _strict.reset(token)
