"""A context variable that has another value inside a `with` block."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

Value = TypeVar("Value")


@contextmanager
def bound(variable: ContextVar[Value], value: Value) -> Iterator[Value]:
    """Give the variable a value inside the `with` block, and the one it had afterwards, whatever ends the block."""
    token = variable.set(value)
    try:
        yield value
    finally:
        variable.reset(token)
