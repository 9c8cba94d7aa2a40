"""How fast a scalar function changes: differences along a direction, with what is known about their error."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.together import each

Floats = NDArray[np.float64]

DOUBLE = float(np.finfo(np.float64).eps)
"""The relative rounding error of a function that computes in float64."""

STEP = float(np.cbrt(DOUBLE))
"""Truncation and rounding error of a central difference are in balance here for a function of size and scale 1."""

_ROUNDINGS = 4
_NEARBY = (1e-7, 1e-5, 1e-4, 1e-3)
_STANDSTILL = 0.7
_POINTS, _GLANCE = 33, 8
_QUANTILE = 0.7
_EXACT = 1e-12
_PLACES = _POINTS * np.modf(np.arange(_POINTS) * (math.sqrt(5) - 1) / 2)[0]
"""Where the points lie, the first few of them spread like all. Evenly spaced values may be on a line after rounding."""


class FlatFunction:
    """A scalar function of one array, or of a dict of arrays, seen as a function of one flat vector.

    The function is given arrays of its own each time, so it cannot change the point that it is differentiated at.
    """

    def __init__(self, function: Callable[[Any], Any], point: Any) -> None:
        self._function = function
        self._named = isinstance(point, Mapping)
        self._is_number = not isinstance(point, np.ndarray | list | tuple | Mapping)
        parts = dict(point) if isinstance(point, Mapping) else {"": point}
        self.parts: dict[str, Floats] = {name: np.array(part, dtype=np.float64) for name, part in parts.items()}
        self.theta: Floats = np.concatenate([part.ravel() for part in self.parts.values()] or [np.zeros(0)])
        self.scales: Floats = np.maximum(1.0, np.abs(self.theta))

    def __call__(self, theta: Floats) -> float:
        """Return the value at `theta`; TypeError where that is not one number."""
        parts = self.split(theta)
        argument: Any = parts if self._named else parts[""]
        if self._is_number:
            argument = argument[()]
        with np.errstate(all="ignore"):
            value = np.asarray(self._function(argument), dtype=np.float64)
        if value.size != 1:
            msg = f"the function to differentiate has to return one number, not an array of shape {value.shape}"
            raise TypeError(msg)
        return float(value.reshape(()))

    @cached_property
    def middle(self) -> float:
        """The value at the point itself, computed when it is first needed."""
        return self(self.theta)

    def split(self, vector: Floats) -> dict[str, Any]:
        """Return copies of the pieces of a flat vector, each in its own shape."""
        pieces = {}
        for name, (start, stop) in self.ranges().items():
            pieces[name] = vector[start:stop].reshape(self.parts[name].shape).copy()
        return pieces

    def ranges(self) -> dict[str, tuple[int, int]]:
        """Return where each array lies in the flat vector."""
        ranges, start = {}, 0
        for name, part in self.parts.items():
            ranges[name] = (start, start + part.size)
            start += part.size
        return ranges

    def place(self, position: int) -> tuple[str, tuple[int, ...]]:
        """Return the name of the array and the index in it that a position of the flat vector belongs to."""
        for name, (start, stop) in self.ranges().items():
            if position < stop:
                index = np.unravel_index(position - start, self.parts[name].shape)
                return name, tuple(int(i) for i in index)
        raise IndexError(position)

    def range_of(self, position: int) -> tuple[int, int]:
        """Return where the array that a position belongs to lies in the flat vector."""
        return next(limits for limits in self.ranges().values() if position < limits[1])

    def entry(self, position: int) -> Floats:
        """Return the direction that moves one entry alone, by 1 or in proportion to its size where that is more."""
        direction = np.zeros_like(self.theta)
        direction[position] = self.scales[position]
        return direction


@dataclass(frozen=True)
class Slope:
    """A derivative along a direction: the central difference, and a bound of its rounding noise.

    `moved` is the direction that was really taken, because a small step of a large number is rounded. `above` and
    `below` are the values of the function on the two sides, `step` away.
    """

    central: float
    noise: float
    moved: Floats
    above: float
    below: float
    step: float

    @property
    def is_finite(self) -> bool:
        """Whether both values of the function that it was made from are finite."""
        return math.isfinite(self.central)

    def gap(self, middle: float) -> float:
        """Return the difference between the one-sided slopes; `middle` is the value between the two."""
        return abs((self.above - middle) - (middle - self.below)) / self.step


def slopes(f: FlatFunction, directions: Sequence[Floats], *, step: float, precision: float = DOUBLE) -> list[Slope]:
    """Return the slopes of `f` at its point along each of the directions, for two calls of `f` each.

    `precision` is the relative error of the values of `f`.
    """
    sides = [f.theta + side * step * direction for direction in directions for side in (1, -1)]
    values = each(f, sides)
    return [
        Slope(
            central=(above - below) / (2 * step),
            noise=_ROUNDINGS * precision * max(abs(above), abs(below)) / step,
            moved=(up - down) / (2 * step),
            above=above,
            below=below,
            step=step,
        )
        for up, down, above, below in zip(sides[::2], sides[1::2], values[::2], values[1::2], strict=True)
    ]


def precision_of(f: FlatFunction) -> float:
    """Return the relative error of the values of `f`: about 1e-16 where it computes in float64, 1e-7 in float32.

    Between points very near each other a smooth function is a parabola, and what is left of its third differences is
    rounding. Not the largest is taken, because a kink shows in a few of them, and not the median, because in float32
    several points in a row may be one. Where most of them are, the points are moved farther apart. Where the first few
    points lie on a parabola to twelve digits nothing is rounded to float32, and the others are not asked for.
    """
    for distance in _NEARBY:
        values = _nearby(f, distance, _PLACES[:_GLANCE])
        if _is_exact(values):
            return DOUBLE
        values = np.append(values, _nearby(f, distance, _PLACES[_GLANCE:]))[np.argsort(_PLACES)]
        if np.mean(np.diff(values) == 0) < _STANDSTILL:
            break
    size = float(np.max(np.abs(values)))
    return max(DOUBLE, float(np.quantile(np.abs(_third_differences(values)), _QUANTILE)) / size) if size else DOUBLE


def _nearby(f: FlatFunction, distance: float, places: Floats) -> Floats:
    """Return the values of `f` at some places of a line that begins at its point."""
    direction = distance * f.scales / math.sqrt(max(1, f.theta.size))
    return np.array(each(f, [f.theta + place * direction for place in places]))


def _is_exact(values: Floats) -> bool:
    """Tell whether the values at the first places all differ, and lie on a parabola up to rounding in float64."""
    powers = np.vander(_PLACES[:_GLANCE] / _POINTS, 3)
    off = values - powers @ np.linalg.lstsq(powers, values, rcond=None)[0]
    differ = len(np.unique(values)) == len(values)
    return differ and bool(np.max(np.abs(off)) <= _EXACT * np.max(np.abs(values)))


def _third_differences(values: Floats) -> Floats:
    """Return how far each four values at neighbouring places are off a parabola, as if these were evenly spaced."""
    places = np.sort(_PLACES)
    four = np.lib.stride_tricks.sliding_window_view(places, 4)
    apart = four[:, :, None] - four[:, None, :] + np.eye(4)
    weights = 1 / np.prod(apart, axis=2)
    weights *= 8 / np.sum(np.abs(weights), axis=1, keepdims=True)  # 1, -3, 3 and -1 where they are
    differences: Floats = np.sum(weights * np.lib.stride_tricks.sliding_window_view(values, 4), axis=1)
    return differences


def numerical_gradient(f: Callable[[Any], Any], x: Any, *, h: float = STEP) -> Floats:
    """Return the gradient of the scalar function `f` at `x`, an array of any shape, by central differences.

    The step is `h` for an entry of size up to 1 and in proportion to larger ones. `x` is left as it was.
    """
    flat = FlatFunction(f, x)
    gradient = np.zeros_like(flat.theta)
    for position in range(flat.theta.size):
        change = slopes(flat, [flat.entry(position)], step=h)[0].central
        gradient[position] = change / flat.scales[position]
    return gradient.reshape(np.shape(x))
