"""How wrong the entries of an array are, in one order for messages and pictures alike."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_SMALL = 1e-3
_ALIKE = 6
"""Digits to which relative errors are compared: those of a constant factor differ by rounding alone."""


def relative_errors(got: Floats, expected: Floats) -> Floats:
    """Return |got − expected| relative to |expected|, or to a thousandth of the largest where that is more.

    Entries that are not finite in either array, and not the same in both, are infinitely wrong.
    """
    scale = float(np.max(np.abs(expected[np.isfinite(expected)]), initial=0.0)) or 1.0
    with np.errstate(all="ignore"):
        errors = np.abs(got - expected) / np.maximum(np.abs(expected), _SMALL * scale)
    same = (got == expected) | (np.isnan(got) & np.isnan(expected))
    return np.where(same, 0.0, np.where(np.isfinite(errors), errors, np.inf))


def worst_first(got: Floats, expected: Floats, wrong: NDArray[np.bool_]) -> list[tuple[int, ...]]:
    """Return the places of the `wrong` entries, those with the largest relative error first.

    Of entries that are off by the same share, the one with the largest difference comes first.
    """
    places = np.argwhere(wrong)
    relative = relative_errors(got, expected)[wrong]
    with np.errstate(all="ignore"):
        difference = np.nan_to_num(np.abs(got - expected)[wrong], nan=np.inf)
    order = np.lexsort((-difference, -_rounded(relative)))
    return [tuple(int(i) for i in places[rank]) for rank in order]


def _rounded(numbers: Floats) -> Any:
    """Return positive numbers to a few digits, infinite ones as they are."""
    finite = np.isfinite(numbers) & (numbers > 0)
    with np.errstate(all="ignore"):
        power = 10.0 ** (_ALIKE - np.ceil(np.log10(np.where(finite, numbers, 1.0))))
        return np.where(finite, np.round(np.where(finite, numbers, 0.0) * power) / power, numbers)
