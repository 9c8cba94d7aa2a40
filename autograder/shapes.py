"""How a wrong shape is related to the right one, in words that give neither shape away."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.values import Array

_RELATIVE = 1e-6


_LARGEST = 1000
"""How many times as many entries an array may have and still be examined."""


def shape_words(got: Array, expected: Array) -> str:
    """Return what completes "`dx` …" for arrays whose shapes differ; values are used only to recognise a sum."""
    if got.size > _LARGEST * max(expected.size, 1):
        return "has far more entries than it should have"
    with np.errstate(all="ignore"):
        ours, right = got.astype(np.float64), expected.astype(np.float64)
        row = _of_another_length(ours, right) if expected.dtype.kind == "f" else None  # a label is soon like another
        return row or _words(ours, right)


def _words(got: Array, expected: Array) -> str:
    if got.ndim == 0:
        return _for_single_number(got, expected)
    if expected.ndim == 0:
        return _for_expected_number(got, expected)
    if got.ndim == expected.ndim and got.shape == expected.shape[::-1]:
        return "has the axes of the expected shape swapped: is there one transpose too many or too few?"
    if got.size == expected.size:
        return _for_same_size(got, expected)
    return _missing_sum(got, expected) or _summed(got, expected) or _for_other_size(got, expected)


def _for_single_number(got: Array, expected: Array) -> str:
    if expected.size == 1:
        return "is a single number, expected an array with one entry"
    if _close(got, expected.sum()):
        return "is a single number, the sum of the expected array: do not sum over all axes"
    if expected.size and _close(got, expected.mean()):
        return "is a single number, the mean of the expected array: do not average over all axes"
    return "is a single number, expected an array"


def _for_expected_number(got: Array, expected: Array) -> str:
    if got.size == 1:
        return "is an array with one entry, expected a single number"
    if _close(got.sum(), expected):
        return "is an array, expected a single number: its sum"
    if got.size and _close(got.mean(), expected):
        return "is an array, expected a single number: its mean"
    return "is an array, expected a single number"


def _for_same_size(got: Array, expected: Array) -> str:
    if _without_ones(got) == _without_ones(expected):
        if got.ndim > expected.ndim:
            return "has an axis of length 1 too many"
        if got.ndim < expected.ndim:
            return "has lost an axis of length 1"
    if got.ndim == 1:
        return "is flattened: give it the expected shape back with `reshape`"
    if sorted(got.shape) == sorted(expected.shape):
        return "has the axes of the expected shape in another order"
    return "has the right number of entries in another shape"


def _missing_sum(got: Array, expected: Array) -> str | None:
    """Recognise an array that still has an axis, usually that of the batch, to be summed over."""
    for axis in range(got.ndim):
        if got.ndim == expected.ndim + 1 and got.shape[:axis] + got.shape[axis + 1 :] == expected.shape:
            if _close(got.sum(axis=axis), expected):
                return f"has one axis too many: it is not summed over axis {axis} yet"
            if got.shape[axis] and _close(got.mean(axis=axis), expected):
                return f"has one axis too many: it is not averaged over axis {axis} yet"
    return "has one axis too many" if got.ndim == expected.ndim + 1 else None


def _summed(got: Array, expected: Array) -> str | None:
    """Recognise an array that was summed over an axis which should have stayed."""
    if expected.shape == (*got.shape, *got.shape) and got.ndim == 1 and _close(np.diag(got), expected):
        return "is a vector, the diagonal of the expected matrix: return the whole matrix"
    lost = [axis for axis in range(expected.ndim) if got.shape == expected.shape[:axis] + expected.shape[axis + 1 :]]
    for axis in lost:
        if _close(got, expected.sum(axis=axis)):
            return f"has one axis too few: it is summed over axis {axis}, which should stay"
    for axis in range(expected.ndim if got.ndim > 1 else 0):
        if got.shape == (*expected.shape[:axis], 1, *expected.shape[axis + 1 :]):
            return f"has length 1 along axis {axis}, which should stay as it is: was it summed?"
    if len(lost) == 1:
        return f"has one axis too few: does `np.sum` or `np.max` take axis {lost[0]} away?"
    return "has one axis too few" if got.ndim == expected.ndim - 1 else None


def _of_another_length(got: Array, expected: Array) -> str | None:
    """Recognise a row of numbers that are right as far as they go."""
    common = min(got.size, expected.size)
    if got.ndim != 1 or expected.ndim != 1 or not common:
        return None
    if _close(got[:common], expected[:common]):
        if got.size > expected.size:
            return "has the right entries, and too many after them: does a loop end one step too late?"
        return "ends too early: is `return` inside a loop, or does the loop end one step too early?"
    if _close(got[-common:], expected[-common:]):
        more = "too many before them" if got.size > expected.size else "the first ones are missing"
        return f"has the right entries at its end, and {more}"
    return None


def _for_other_size(got: Array, expected: Array) -> str:
    if got.ndim > expected.ndim:
        return "has too many axes"
    if got.ndim < expected.ndim:
        return "has too few axes"
    pairs = zip(got.shape, expected.shape, strict=True)
    wrong = [axis for axis, (ours, right) in enumerate(pairs) if ours != right]
    if len(wrong) == 1:
        return f"has the wrong length along axis {wrong[0]}"
    return "has the wrong length along axes " + " and ".join(map(str, wrong))


def _without_ones(array: Array) -> tuple[int, ...]:
    return tuple(length for length in array.shape if length != 1)


def _close(got: Array | np.number[Any], expected: Array | np.number[Any]) -> bool:
    with np.errstate(all="ignore"):
        floor = _RELATIVE * float(np.max(np.abs(expected), initial=0.0))
        return bool(np.all(np.abs(got - expected) <= floor)) and floor > 0
