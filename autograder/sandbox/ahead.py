"""Calls of a submission that are known before the first one is answered, sent in one message.

Each function is begun to see what it calls, and stopped there; all these calls are made; then each function is run with
the answer that waits for it. Whatever has no answer waiting is asked for as usual, so that nothing depends on this but
the number of messages.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import numpy as np

from autograder.sandbox.channel import Message

Result = TypeVar("Result")
Answers = Callable[[Sequence[Message]], list[Any]]

_MOST_CALLS = 64
_MOST_BYTES = 1 << 20
_SHARE = 0.25
"""Of the time of one call: by what the first one took, all calls of a message are expected to take no longer."""


class _Begun(BaseException):
    """Stops a function at its first call."""

    def __init__(self, message: Message) -> None:
        self.message = message


class Ahead:
    """What is known of calls to come: `None` where nothing is, and the next call is made as usual."""

    def __init__(self) -> None:
        self._looking = False
        self._waiting: tuple[Message, Any] | None = None
        self._calls = 0

    def answer_to(self, message: Message) -> tuple[Any] | None:
        """Return the answer that waits for a call, in a tuple of its own; None where it has to be asked for."""
        if self._looking:
            raise _Begun(message)
        self._calls += 1
        waiting, self._waiting = self._waiting, None
        return (waiting[1],) if waiting is not None and _is_same(waiting[0], message) else None

    def run(self, functions: Sequence[Callable[[], Result]], answers: Answers, call_seconds: float) -> list[Result]:
        """Return what the functions return. The first one is run as usual, and tells what the others will do.

        A function that makes several calls is left alone: the second one may depend on what the first one left behind.
        """
        start, before = time.monotonic(), self._calls
        results = [function() for function in functions[:1]]
        seconds, calls = time.monotonic() - start, self._calls - before
        most = min(_MOST_CALLS, int(_SHARE * call_seconds / max(seconds, 1e-6))) if calls == 1 else 0
        messages = [self._first_call(function) for function in functions[1:]] if most > 1 else []
        for message, answer in _answered(messages, answers, most):
            self._waiting = None if message is None else (message, answer)
            try:
                results.append(functions[len(results)]())
            finally:
                self._waiting = None
        return results + [function() for function in functions[len(results) :]]

    def _first_call(self, function: Callable[[], Any]) -> Message | None:
        """Return the first call that a function makes, None where it makes none or fails before it."""
        self._looking = True
        try:
            function()
        except _Begun as begun:
            return begun.message
        except Exception:
            return None  # it fails again when it is run
        finally:
            self._looking = False
        return None


def _answered(messages: Sequence[Message | None], answers: Answers, most: int) -> Iterator[tuple[Message | None, Any]]:
    """Yield each call with its answer, up to the first one that has none."""
    for some in _groups(messages, most):
        calls = [message for message in some if message is not None]
        found = iter(answers(calls) if calls else [])
        for message in some:
            try:
                yield message, None if message is None else next(found)
            except StopIteration:
                return


def _groups(messages: Sequence[Message | None], most: int) -> Iterator[list[Message | None]]:
    """Yield the calls in groups that one message may carry."""
    group: list[Message | None] = []
    size = 0
    for message in messages:
        more = _bytes_of(message)
        if group and (len(group) == most or size + more > _MOST_BYTES):
            yield group
            group, size = [], 0
        group.append(message)
        size += more
    if group:
        yield group


def _bytes_of(value: Any) -> int:
    if isinstance(value, np.ndarray):
        return value.nbytes
    if isinstance(value, dict):
        return sum(map(_bytes_of, value.values()))
    return sum(map(_bytes_of, value)) if isinstance(value, list | tuple) else 0


def _is_same(known: Message, asked: Message) -> bool:
    """Tell whether it is the call that was looked at: of the same function, with as many arguments."""
    (target, method, arguments, *_), (other, its, values, *_) = known[1], asked[1]
    return (target, method, len(arguments)) == (other, its, len(values))
