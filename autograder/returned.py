"""What a call returned, and what it did to its arguments."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import numpy as np

from autograder.errors import CallFailed, Mismatch
from autograder.failures import UNREADABLE
from autograder.values import is_handle, opened

_MANY = 1000
_NONE: dict[str, Any] = {}
_unpacked: ContextVar[dict[str, Any]] = ContextVar("what a call returned", default=_NONE)
_TOLD_OTHERWISE = ("NotImplementedError", *UNREADABLE)

__all__ = ["count", "items_of", "quietly", "raises", "siblings", "unchanged", "unpack"]


def unpack(value: Any, *names: str, of: str | None = None) -> tuple[Any, ...]:
    """Return the values that a function, called `of`, returned as a tuple with one item for each of `names`.

    A list counts as a tuple; so does an array with one row for each name unless one of them is a `cache`. Raises
    Mismatch of kind "structure".
    """
    items = None if type(value) is np.ndarray and "cache" in names else items_of(value)
    if items is not None and len(items) == len(names):
        _unpacked.set(dict(zip(names, items, strict=True)))
        return tuple(items)
    who = f"`{of}`" if of else "the function"
    wanted = f"({', '.join(names)})"
    result = of or "result"
    summary = f"{who} returned {_returned(value, items)}, expected {wanted}"
    if value is None:
        summary = f"{who} returned None, expected {wanted}: did you forget `return`?"
    raise Mismatch(result, "structure", summary, path=result, got=value, expected=names)


def siblings(value: Any) -> dict[str, Any]:
    """Return the values by name of the call that was unpacked last, where `value` is one of them, else nothing."""
    unpacked = _unpacked.get()
    if value is None or isinstance(value, int | str):  # Python has each of these once for all calls
        return {}
    return dict(unpacked) if any(item is value for item in unpacked.values()) else {}


def _returned(value: Any, items: list[Any] | tuple[Any, ...] | None) -> str:
    if items is not None:
        return count(len(items)) if len(items) < 10 else "many values"
    if is_handle(value):
        return "one object"
    if type(value) is np.ndarray:
        return "one array"
    return "a dict" if type(value) is dict else "a single value"


def unchanged(name: str, after: Any, before: Any, *, of: str | None = None) -> None:
    """Check that a call left its argument `name` as it was, to the last bit; raises Mismatch of kind "argument".

    `after` is the argument after the call, `before` a copy from before it, `of` the name of the function.
    """
    if _identical(after, before):
        return
    what = f"`{of}` changed its argument `{name}`" if of else f"`{name}` was changed"
    summary = f"{what} in place: work on a copy"
    raise Mismatch(name, "argument", summary, path=name, got=after, expected=before)


def raises(exception: str, name: str, call: Callable[[], Any]) -> None:
    """Check that `call` ends in the exception of this type name; `name` is what the student calls the called thing.

    Raises Mismatch of kind "structure" where it returns, and the CallFailed of any other failure; one by an exception
    of another type says which it should be.
    """
    try:
        value = call()
    except CallFailed as failure:
        if failure.exception == exception:
            return
        if failure.kind != "raised" or failure.advice or failure.exception in _TOLD_OTHERWISE:
            raise
        raise failure.advised(f"Raise {exception} here instead.") from None
    summary = f"`{name}` should raise {exception} here, and did not"
    raise Mismatch(name, "structure", summary, path=name, got=value, expected=exception)


def quietly(submission: Any, function: str, *arguments: Any) -> Any:
    """Return what the submission's `function` returns, where no number on the way overflows or becomes NaN.

    Raises Mismatch of kind "nan" where numpy has something to warn of, even if it does not show in the result.
    """
    try:
        with submission.strict_numbers():
            return getattr(submission, function)(*arguments)
    except CallFailed as failure:
        if failure.exception != "FloatingPointError":
            raise
    summary = f"numpy warns when `{function}` gets the numbers of this check: something is too large or undefined"
    raise Mismatch(function, "nan", summary, path=function, got=None, expected=None)


def _identical(after: Any, before: Any) -> bool:
    if isinstance(before, np.ndarray):
        same_form = type(after) is np.ndarray and (after.shape, after.dtype) == (before.shape, before.dtype)
        return same_form and bool(np.array_equal(after, before, equal_nan=before.dtype.kind in "fc"))
    if isinstance(before, list | tuple):
        same_form = type(after) in (list, tuple) and len(after) == len(before)
        return same_form and all(map(_identical, after, before))
    if isinstance(before, dict):
        same_form = type(after) is dict and after.keys() == before.keys()
        return same_form and all(_identical(after[key], value) for key, value in before.items())
    if isinstance(before, float | complex | np.inexact):
        same_form = type(after) in (float, type(before))
        return same_form and bool(after == before or (after != after and before != before))
    if before is None or isinstance(before, bool | int | str | np.generic):
        return type(after) is type(before) and bool(after == before)
    return True


def items_of(value: Any) -> list[Any] | tuple[Any, ...] | None:
    """Return the items of a list, a tuple or an array with axes; None for everything else."""
    value = opened(value)
    if type(value) is np.ndarray and value.ndim:
        return list(value[:_MANY])  # more are never looked at: an array may have a hundred million rows
    return value if type(value) in (list, tuple) else None


def count(items: int) -> str:
    """Return "1 value", "2 values" and so on."""
    return f"{items} value" + ("s" if items != 1 else "")
