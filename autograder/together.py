"""Calls that do not need each other's results, made at once where whoever makes them has a way to do so."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from contextvars import ContextVar
from typing import Any, TypeVar

from autograder.bound import bound

Given = TypeVar("Given")
Result = TypeVar("Result")
AtOnce = Callable[[Callable[[Any], Any], Sequence[Any]], list[Any]]

_at_once: ContextVar[AtOnce | None] = ContextVar("how calls are made at once", default=None)


def each(function: Callable[[Given], Result], arguments: Sequence[Given]) -> list[Result]:
    """Return what `function` returns for each of the arguments, in order; raises the first exception of theirs.

    The calls may overlap: `function` has to be one that does not mind.
    """
    at_once = _at_once.get()
    return [function(each) for each in arguments] if at_once is None else at_once(function, arguments)


def calling(at_once: AtOnce) -> AbstractContextManager[object]:
    """Let `each` make its calls by `at_once` inside the `with` block."""
    return bound(_at_once, at_once)
