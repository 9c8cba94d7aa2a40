"""What every gradient check needs: slopes, a verdict on one of them, and the Mismatch that names an entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NoReturn

import numpy as np

from autograder.compare import entry_path
from autograder.errors import Mismatch
from autograder.slopes import DOUBLE, FlatFunction, Floats, Slope, slopes

FLOOR = 1e-2
"""An entry below this share of its array's largest one is judged as if it were that large."""

Verdict = Literal["right", "wrong", "kink"]

_SHRINK = (1.0, 1 / 8, 1 / 64)
"""A smaller step gets rid of a kink nearby, which is why an entry is tried again before it is called wrong."""


@dataclass(frozen=True)
class GradientEvidence:
    """What a passed check rests on.

    `checked` counts the entries or directions that agree, `skipped` those at a kink, where there is no derivative.
    """

    max_relative_error: float
    method: Literal["entries", "directions"]
    checked: int
    skipped: int


@dataclass(frozen=True)
class Check:
    """One gradient check: the function, the gradient in question, and how close they have to be."""

    name: str
    flat: FlatFunction
    ours: Floats
    rtol: float
    rng: np.random.Generator
    inputs: dict[str, Any]
    factors: dict[str, float]
    precision: float = DOUBLE

    @property
    def step(self) -> float:
        """The step at which truncation and rounding are in balance."""
        return float(np.cbrt(self.precision))

    @property
    def is_exact(self) -> bool:
        """Whether the function computes in float64 throughout."""
        return self.precision == DOUBLE

    @property
    def shrinks(self) -> Sequence[float]:
        """The shares of a step that are tried one after the other; rounding grows as the step shrinks."""
        return _SHRINK if self.is_exact else _SHRINK[:1]

    def slope(self, direction: Floats, step: float) -> Slope:
        """Return the slope of the function; raises Mismatch where it is not finite."""
        return self.slopes([direction], step)[0]

    def slopes(self, directions: Sequence[Floats], step: float) -> list[Slope]:
        """Return the slopes along several directions; raises Mismatch where one is not finite."""
        found = slopes(self.flat, directions, step=step, precision=self.precision)
        if not all(one.is_finite for one in found):
            words = f"`{self.name}` cannot be checked: the function that it is the gradient of is not finite here"
            raise Mismatch(self.name, "nan", words, path=self.name, got=None, expected=None)
        return found

    def error(self, one: Slope) -> float:
        """Return by how much the gradient in question differs from a slope."""
        return float(self.ours @ one.moved) - one.central

    def explains(self, one: Slope) -> bool:
        """Tell whether a kink, where the two one-sided slopes differ, may be all that is wrong."""
        gap = one.gap(self.flat.middle)
        return abs(self.error(one)) <= gap and gap > 4 * one.noise

    def judge_entry(self, position: int, floor: float, first: Slope | None = None) -> tuple[Verdict, float]:
        """Return a verdict on one entry and its relative error; a doubt is settled with smaller steps.

        An entry below `floor` is judged as if it were that large. `first` is its slope with the first step.
        """
        direction, before, error = self.flat.entry(position), None, 0.0
        for shrink in self.shrinks:
            one = first if shrink == 1 and first else self.slope(direction, self.step * shrink)
            if before and self._stands_still(one, before):
                return "wrong", error
            is_right, error = self.first_look(position, floor, one)
            if is_right:
                return "right", error
            before = one
        return ("kink" if self.explains(one) else "wrong"), error

    def _stands_still(self, one: Slope, before: Slope) -> bool:
        """Tell whether a step is none to a function that rounds its point: a longer one moved it, and to both sides.

        Where the function really is flat, and not farther away, the longer step has crossed a kink.
        """
        return not one.central and before.gap(self.flat.middle) < abs(before.central)

    def first_look(self, position: int, floor: float, one: Slope) -> tuple[bool, float]:
        """Tell whether one entry agrees with a slope along it, and return its relative error."""
        error = abs(self.error(one))
        size = max(abs(float(self.ours @ one.moved)), abs(one.central), floor * self.flat.scales[position])
        return error <= self.rtol * size + one.noise, error / size if error else 0.0

    def wrong_entry(self, position: int, numeric: Floats | None = None) -> NoReturn:
        """Raise the Mismatch that names an entry, with the `numeric` gradient where all of it is known."""
        key, index = self.flat.place(position)
        path = entry_path(label(self.name, key), index)
        raise Mismatch(
            label(self.name, key),
            "value",
            f"`{path}` is wrong",
            path=path,
            got=self.flat.split(self.ours)[key],
            expected=None if numeric is None else self.flat.split(numeric)[key],
            inputs=self.inputs,
            factors=self.factors,
        )


def label(name: str, key: str) -> str:
    """Return what an array is called in a message: `grads["W1"]`, or `dx` alone."""
    return f'{name}["{key}"]' if key else name
