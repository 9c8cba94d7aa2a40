"""What the probes look at: a wrong array beside the right one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["FIT", "UPSTREAM", "Finding", "Floats", "Pair", "fits"]

FIT = 1e-6
UPSTREAM = ("dout", "dz", "dscores")

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Finding:
    """A probe that fits: its name, and words that complete "`dx` …"."""

    name: str
    words: str


@dataclass(frozen=True)
class Pair:
    """The two arrays, finite and of one shape, and what was known about the call."""

    name: str
    path: str
    got: Floats
    expected: Floats
    inputs: dict[str, Floats]
    factors: dict[str, float]

    @property
    def scale(self) -> float:
        """The size of the largest expected entry."""
        return float(np.max(np.abs(self.expected), initial=0.0))

    @property
    def wrong(self) -> NDArray[np.bool_]:
        """Where the two differ."""
        return np.abs(self.got - self.expected) > FIT * self.scale


def fits(one: Floats, other: Floats) -> bool:
    """Tell whether two arrays are the same, entry by entry, by the scale of the second."""
    return bool(np.all(np.abs(one - other) <= FIT * np.max(np.abs(other), initial=0.0)))
