"""Functions that do not wait for one another, such as the values that a difference is made of.

Where each calls a submission in another process, all of these calls go there in one message.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol, TypeVar

Result = TypeVar("Result")


class Sender(Protocol):
    """Who can send several calls at once."""

    def together(self, functions: Sequence[Callable[[], Result]]) -> list[Result]:
        """Return what the functions return, each called without arguments."""


_SENDER: ContextVar[Sender | None] = ContextVar("who sends calls", default=None)


@contextmanager
def sent_by(submission: Any) -> Iterator[None]:
    """Let the calls of `together` inside the `with` be sent by this submission, if it is one that can."""
    token = _SENDER.set(submission if hasattr(type(submission), "together") else None)
    try:
        yield
    finally:
        _SENDER.reset(token)


def together(functions: Sequence[Callable[[], Result]]) -> list[Result]:
    """Return what the functions return, in order. They may be begun more than once, and the last call counts."""
    sender = _SENDER.get()
    return [function() for function in functions] if sender is None else sender.together(functions)
