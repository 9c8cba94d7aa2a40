"""What most answers are: right at first glance. All else is for whoever says what is wrong."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

_NUMBERS = frozenset([float, np.float64])
_DOUBLE = np.dtype(np.float64)


def is_right(got: Any, expected: Any, *, rtol: float, atol: float | None) -> bool:
    """Tell whether `got` is a number or array like `expected`, no entry off by more than `atol`.

    Where that is None it is `rtol` times the largest expected entry. False says nothing: it may be right all the same.
    """
    if type(expected) in _NUMBERS:
        allowed = rtol * abs(float(expected)) if atol is None else atol
        return type(got) in _NUMBERS and math.isfinite(expected) and abs(float(got) - float(expected)) <= allowed
    if not _is_alike(got, expected):
        return False
    with np.errstate(all="ignore"):
        largest = float(np.abs(expected).max())
        allowed = rtol * largest if atol is None else atol
        return largest < math.inf and float(np.abs(got - expected).max()) <= allowed


def _is_alike(got: Any, expected: Any) -> bool:
    """Tell whether both are arrays of float64, of one shape and with entries."""
    if type(got) is not np.ndarray or type(expected) is not np.ndarray or not expected.size:
        return False
    return bool(got.dtype == _DOUBLE == expected.dtype) and got.shape == expected.shape
