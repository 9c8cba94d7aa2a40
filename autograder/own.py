"""A function of a submission that is not the right one, as something to differentiate and to build upon.

Whoever got a forward wrong has paid for it there. What builds on it is judged by what that forward really computes, as
long as it computes something: a constant or a straight line earns nothing.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from autograder.errors import CallFailed, Mismatch
from autograder.gradient_checks import gradient_agrees
from autograder.values import Array, Unusable, plain_array

_RAY = (-1.5, 0.0, 0.5, 2.0)
_BENT = 1e-3  # of the largest value: less than that is a straight line with a pretext
_SAME = 1e-6
_VANISHING = 1e-3
_OTHER_DATA = 1.5
_LIVELY = 0.02

Call = Callable[[Sequence[Any]], Any]


class OwnFunction:
    """The value of `call(inputs)` near `inputs`, an array like `weights`.

    `moved` are the positions of the inputs that it is differentiated by; the others are labels, data and settings.
    """

    def __init__(self, call: Call, inputs: Sequence[Any], *, moved: Sequence[int], weights: Any) -> None:
        self._call = call
        self._moved = frozenset(moved)
        self._inputs = [as_floats(value) if place in self._moved else value for place, value in enumerate(inputs)]
        self._weights = np.asarray(weights, dtype=np.float64)

    def explains(self, name: str, got: Any, position: int, right: Any) -> bool:
        """Tell whether `got` is the gradient of the weighted sum of values by one input, and is worth something."""
        point = self._inputs[position]
        rng = np.random.default_rng(zlib.crc32(self._weights.tobytes()))
        try:
            with np.errstate(all="ignore"):
                if not self.is_bent() or not self.depends_on_its_data():
                    return False
                evidence = gradient_agrees(name, got, self._sum_by(position), point, rng=rng)
                return evidence.checked >= evidence.skipped and self._is_telling(got, right, point)
        except (CallFailed, Mismatch, TypeError, ValueError):
            return False

    def is_bent(self) -> bool:
        """Tell whether most values are more than a straight line along the ray from 0 through the moved inputs.

        Raises CallFailed or Mismatch where the function fails on the way.
        """
        start = self._value(self._scaled(0.0))
        rise = self._value(self._inputs) - start
        bent = np.zeros(start.shape, dtype=bool)
        for t in _RAY:
            there = self._value(self._scaled(t))
            scale = max(float(np.max(np.abs(a), initial=0.0)) for a in (start, rise, there))
            bent |= np.abs(there - (start + t * rise)) > _BENT * scale
        return bool(np.mean(bent) >= 0.5)

    def depends_on_its_data(self) -> bool:
        """Tell whether other numbers in any array that is not moved, or other labels, change the value."""
        here = self._value(self._inputs)
        for place, value in enumerate(self._inputs):
            if place in self._moved or not isinstance(value, np.ndarray):
                continue
            other = np.roll(value, 1) if value.dtype.kind in "iub" else _OTHER_DATA * value
            there = self._value([*self._inputs[:place], other, *self._inputs[place + 1 :]])
            if not np.array_equal(other, value) and np.allclose(there, here, rtol=_BENT, atol=0.0):
                return False
        return True

    def _value(self, inputs: Sequence[Any]) -> Array:
        value = self._call(inputs)
        array = plain_array(value, like=self._weights)
        if isinstance(array, Unusable) or array.shape != self._weights.shape:
            raise Mismatch("out", "shape", "`out` is no array of the right shape", path="out", got=value, expected=None)
        return array.astype(np.float64)

    def _sum_by(self, position: int) -> Callable[[Any], Any]:
        def weighted_sum(value: Any) -> Any:
            inputs = [*self._inputs[:position], value, *self._inputs[position + 1 :]]
            return np.sum(self._weights * self._value(inputs))

        return weighted_sum

    def _scaled(self, t: float) -> list[Any]:
        return [_times(t, value) if place in self._moved else value for place, value in enumerate(self._inputs)]

    def _is_telling(self, got: Any, right: Any, point: Any) -> bool:
        """Tell whether a gradient shows more than the weights, the point or one number everywhere, and is not tiny."""
        if isinstance(right, Mapping):
            return all(self._is_telling(got[key], value, point[key]) for key, value in right.items())
        ours, wanted = np.asarray(got, dtype=np.float64), np.asarray(right, dtype=np.float64)
        if np.max(np.abs(ours), initial=0.0) <= _VANISHING * np.max(np.abs(wanted), initial=0.0):
            return False
        plain = [np.ones_like(ours), point] + [self._weights] * (self._weights.shape == ours.shape)
        return ours.size == 1 or not any(
            _is_multiple(ours, other) and not _is_multiple(wanted, other) for other in plain
        )


def tells_apart(value: Any, right: Any) -> bool:
    """Tell whether wrong values `value` still distinguish what the `right` ones do, at a comparable scale.

    Along each axis they vary where the right ones do; if rows are scores, more than one class wins where it should.
    """
    ours, wanted = np.asarray(value, dtype=np.float64), np.asarray(right, dtype=np.float64)
    if np.max(np.abs(ours), initial=0.0) < _LIVELY * np.max(np.abs(wanted), initial=0.0):
        return False
    if any(np.mean(ours.std(axis)) < _LIVELY * np.mean(wanted.std(axis)) for axis in range(wanted.ndim)):
        return False
    winners = [len(set(np.argmax(array, axis=1).tolist())) for array in (ours, wanted) if array.ndim == 2]
    return not winners or winners[0] >= min(2, winners[1])


def as_floats(value: Any) -> Any:
    """Return an array, or each array of a dict, in float64."""
    if isinstance(value, Mapping):
        return {key: np.asarray(item, dtype=np.float64) for key, item in value.items()}
    return np.asarray(value, dtype=np.float64)


def _times(t: float, value: Any) -> Any:
    return {key: t * item for key, item in value.items()} if isinstance(value, dict) else t * value


def _is_multiple(array: Array, other: Array) -> bool:
    size = float(np.sum(other * other))
    factor = float(np.sum(array * other)) / size if size else 0.0
    return bool(np.max(np.abs(array - factor * other), initial=0.0) <= _SAME * np.max(np.abs(array), initial=0.0))
