"""Constant factors, and what to call them: N, 2, ½, the sign."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_TWO = "2"


@dataclass(frozen=True)
class FactorWords:
    """A factor in words that complete "`dW` …"."""

    text: str
    is_sign_alone: bool = False


def constant_factor(got: Floats, expected: Floats, factors: Mapping[str, float], *, fit: float) -> FactorWords | None:
    """Return words if `got` is `expected` times −1, 2, ½ or one of the named `factors`, up or down; else None.

    Every entry has to fit, to `fit` times the largest one. Several names with one value are all given.
    """
    bound = fit * float(np.max(np.abs(expected), initial=0.0))
    values = {_TWO: 2.0, **{name: float(value) for name, value in factors.items() if _is_telling(value)}}
    for sign in (1.0, -1.0):
        if sign < 0 and np.all(np.abs(got + expected) <= bound):
            return FactorWords("has the wrong sign", is_sign_alone=True)
        if sign < 0 and expected.size == 1:
            return None  # of two single numbers, one is often enough minus twice the other
        large = [name for name, value in values.items() if np.all(np.abs(got / value - sign * expected) <= bound)]
        small = [name for name, value in values.items() if np.all(np.abs(got * value - sign * expected) <= bound)]
        if large or small:
            names = large or small
            is_count = all(values[name] > 1 and values[name].is_integer() for name in names)
            text = (_too_large if large else _too_small)(names, is_count)
            return FactorWords(("has the wrong sign and " if sign < 0 else "") + text)
    return None


def _is_telling(value: float) -> bool:
    return bool(np.isfinite(value)) and abs(value) not in (0.0, 1.0)


def _too_large(names: list[str], is_count: bool) -> str:
    if names == [_TWO]:
        return "is twice as large as it should be: is there a 2 too many, or something counted twice?"
    name = " or ".join(names)
    if not is_count:
        return f"is the right one times {name}: is this factor too many, or a division by it missing?"
    if len(names) == 1:
        return f"is {name} times too large: did you forget to divide by {name}?"
    return f"is {name} times too large: is there a factor too many, or a division missing?"


def _too_small(names: list[str], is_count: bool) -> str:
    if names == [_TWO]:
        return "is half as large as it should be: is a factor 2 missing, or a ½ too many?"
    name = " or ".join(names)
    if not is_count:
        return f"is the right one divided by {name}: is this factor missing, or a division too many?"
    if len(names) == 1:
        return f"is {name} times too small: is it divided by {name} where it should not be?"
    return f"is {name} times too small: is a factor missing, or a division too many?"
