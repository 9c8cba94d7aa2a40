"""From an untrusted value to a plain array of numbers, or the reason why it is none.

The value may be anything that came back from a submission. Its type is compared by identity, so that no method of a
class that a student wrote is ever called, and work is bounded by what the caller expects.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

MAX_DEPTH = 32
SPARE_ENTRIES = 100_000
_OBJECTS = "holds Python objects where numbers are expected: are its rows of different lengths?"
_SPECIAL = "is a special kind of array (a matrix or a masked array, say): return a plain `np.ndarray`"
_NUMPY_SCALARS = frozenset(np.sctypeDict.values())


@dataclass(frozen=True)
class Unusable:
    """Why a value is no array of numbers; `words` complete the sentence "`dx` …" and hold nothing of the value."""

    kind: Literal["type", "shape"]
    words: str


def is_handle(value: object) -> bool:
    """Tell whether `value` stands for an object that stayed with the submission."""
    return getattr(type(value), "is_handle", False) is True


def opened(value: Any) -> Any:
    """Return the plain form of a named tuple, a default dict and the like; any other value as it is."""
    contents = getattr(value, "_contents", None) if is_handle(value) else None
    return value if contents is None else contents


def plain_array(value: object, *, like: Array) -> Array | Unusable:
    """Return `value` as an array of bool, int or float; lists and tuples of numbers count as arrays.

    `like` is the expected array: a nested list with vastly more entries than it has is refused before it is copied.
    """
    return _convert(value, _Budget(4 * like.size + SPARE_ENTRIES), depth=0)


class _Budget:
    """How many more list entries may be looked at: lists can share their parts and be exponentially large."""

    def __init__(self, entries: int) -> None:
        self.entries = entries

    def spent(self, entries: int) -> bool:
        self.entries -= entries
        return self.entries < 0


def _convert(value: object, budget: _Budget, depth: int) -> Array | Unusable:
    value = opened(value)
    if type(value) is np.ndarray:
        return _checked_array(value)
    if type(value) in _NUMPY_SCALARS:
        return _checked_array(np.asarray(value))
    if type(value) in (int, float):
        return _numbers(value)
    if type(value) is bool:
        return np.asarray(value)
    if isinstance(value, list | tuple) and type(value) in (list, tuple):
        return _stack(value, budget, depth)
    return Unusable("type", _not_numbers(value))


def _checked_array(array: Array) -> Array | Unusable:
    if array.dtype.kind in "biuf":
        return array
    words = {
        "c": "holds complex numbers where real ones are expected",
        "U": "holds text where numbers are expected",
        "S": "holds text where numbers are expected",
        "O": _OBJECTS,
    }
    return Unusable("type", words.get(array.dtype.kind, "holds something else than numbers"))


def _numbers(value: object) -> Array | Unusable:
    """Return a number, or a flat sequence of int and float, as an array."""
    try:
        array = np.asarray(value)
        return array if array.dtype.kind in "iuf" else np.asarray(value, dtype=np.float64)
    except OverflowError:
        return Unusable("type", "holds a whole number that is too large for floating point")


def _stack(items: list[Any] | tuple[Any, ...], budget: _Budget, depth: int) -> Array | Unusable:
    if depth >= MAX_DEPTH:
        return Unusable("shape", "is nested far too deeply")
    if budget.spent(len(items)):
        return Unusable("shape", "has far more entries than it should")
    if set(map(type, items)) <= {int, float}:
        return _numbers(items)
    parts: list[Array] = []
    for item in items:
        part = _convert(item, budget, depth + 1)
        if isinstance(part, Unusable):
            return part
        if type(item) is np.ndarray and budget.spent(part.size):
            return Unusable("shape", "has far more entries than it should")
        if parts and part.shape != parts[0].shape:
            return Unusable("shape", "has rows of different lengths")
        if parts and (part.dtype.kind == "b") != (parts[0].dtype.kind == "b"):
            return Unusable("type", "mixes numbers with True and False")
        parts.append(part)
    return np.stack(parts)


def _not_numbers(value: object) -> str:
    if value is None:
        return "is None: did you forget `return`?"
    if is_handle(value) and getattr(value, "type_name", None) == "ndarray":
        return _OBJECTS
    if is_handle(value) and getattr(value, "type_name", None) in ("matrix", "MaskedArray"):
        return _SPECIAL
    if is_handle(value):
        return "is an object of a class, not plain numbers: return an array or a number"
    if isinstance(value, np.ndarray):
        return _SPECIAL
    words = {
        str: "is text, not numbers",
        bytes: "is a piece of bytes, not numbers",
        complex: "is a complex number where a real one is expected",
        dict: "is a dict, not numbers",
        set: "is a set, which has no order: return an array",
    }
    return words.get(type(value), "is neither a number nor an array")
