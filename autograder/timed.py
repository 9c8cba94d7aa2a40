"""Calls that may take only so long, where somebody watches; without a watch every call has all the time there is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import Protocol

from autograder.bound import bound


class Watch(Protocol):
    """Ends what takes too long."""

    def call(self, name: str, *, seconds: float | None, training: bool) -> AbstractContextManager[object]:
        """Let the call of `name` inside the `with` take its time: `seconds` where a test has set a limit."""


_watch: ContextVar[Watch | None] = ContextVar("who watches the calls", default=None)
_seconds: ContextVar[float | None] = ContextVar("the limit that a test sets for its local calls", default=None)
_training: ContextVar[bool] = ContextVar("whether local calls have the time of a training", default=False)


def watched_by(watch: Watch) -> AbstractContextManager[object]:
    """Let `watch` watch the calls inside the `with`."""
    return bound(_watch, watch)


def call(name: str) -> AbstractContextManager[object]:
    """Let the call of `name` inside the `with` be watched, where anybody does."""
    watch = _watch.get()
    return nullcontext() if watch is None else watch.call(name, seconds=_seconds.get(), training=_training.get())


@contextmanager
def within(call_seconds: float | None = None) -> Iterator[None]:
    """Let each call inside the `with` take so many seconds."""
    with bound(_seconds, call_seconds):
        yield


@contextmanager
def as_training() -> Iterator[None]:
    """Let calls inside the `with` have the processor time of a training."""
    with bound(_training, True):
        yield
