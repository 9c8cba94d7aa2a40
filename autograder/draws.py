"""Random inputs for suites: no zeros, no ones, no kinks nearby, no two axes of one length.

A right answer on such inputs is never zero throughout, one throughout or the input itself by accident.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

_LEAST, _SPREAD = 0.5, 1.5

__all__ = ["labels", "mixed", "sizes", "strided", "whole"]


def sizes(rng: np.random.Generator, count: int, *, low: int = 2, high: int = 7) -> list[int]:
    """Draw `count` lengths of axes from `low` to `high`, no two alike, so that a mistaken axis shows in the shape."""
    return [int(n) for n in rng.permutation(np.arange(low, high + 1))[:count]]


def mixed(rng: np.random.Generator, *shape: int) -> NDArray[np.float64]:
    """Draw numbers of size 0.5 to 2, away from every kink at 0; with two or more of them, both signs occur."""
    size = math.prod(shape)
    drawn = rng.uniform(-_SPREAD, _SPREAD, size=size)
    if size > 1 and np.count_nonzero(drawn > 0) in (0, size):
        drawn[rng.integers(size)] *= -1.0
    return (drawn + np.copysign(_LEAST, drawn)).reshape(shape)


def whole(rng: np.random.Generator, *shape: int) -> NDArray[np.int64]:
    """Draw whole numbers (int64) of size 2 to 5; with two or more of them, both signs occur."""
    return (np.sign(mixed(rng, *shape)) * rng.integers(2, 6, size=shape)).astype(np.int64)


def strided(rng: np.random.Generator, rows: int, columns: int) -> NDArray[np.float64]:
    """Draw a matrix like `mixed` whose entries do not lie side by side in memory."""
    return mixed(rng, 2 * columns, 3 * rows)[::2, ::-3].T


def labels(rng: np.random.Generator, count: int, classes: int) -> NDArray[np.int64]:
    """Draw labels 0 … classes − 1 in no order; each class occurs where there are enough of them."""
    sure: Any = np.arange(min(count, classes))
    drawn = np.concatenate([sure, rng.integers(classes, size=count - len(sure))])
    return rng.permutation(drawn).astype(np.int64)
