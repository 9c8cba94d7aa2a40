"""Calls that may take only so long, where somebody watches; without a watch every call has all the time there is."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar
from typing import Protocol

from autograder import call_limits
from autograder.bound import bound


class Watch(Protocol):
    """Ends what takes too long."""

    def call(self, name: str, *, seconds: float | None, training: bool) -> AbstractContextManager[object]:
        """Let the call of `name` inside the `with` take its time: `seconds` where a test has set a limit."""


_watch: ContextVar[Watch | None] = ContextVar("who watches the calls", default=None)


def watched_by(watch: Watch) -> AbstractContextManager[object]:
    """Let `watch` watch the calls inside the `with`."""
    return bound(_watch, watch)


def call(name: str) -> AbstractContextManager[object]:
    """Let the call of `name` inside the `with` be watched, where anybody does."""
    watch = _watch.get()
    if watch is None:
        return nullcontext()
    return watch.call(name, seconds=call_limits.seconds(), training=call_limits.training())
