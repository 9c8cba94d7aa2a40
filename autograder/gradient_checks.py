"""Is this the gradient of that function? The answer is evidence, or a Mismatch that names the entry."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, NoReturn

import numpy as np

from autograder.compare import dict_like, entry_path, numbers
from autograder.errors import Mismatch
from autograder.slopes import DOUBLE, FlatFunction, Floats, Slope, precision_of, slope

DEFAULT_RTOL = 1e-5
SMALL = 400
DIRECTIONS = 5
DIRECTIONS_PER_ARRAY = 2
FLOOR = 1e-2
"""An entry below this share of its array's largest one is judged as if it were that large."""

ROUGH = 1e-10
"""A function whose values are less exact than this computes in float32 somewhere inside."""

ROUGH_RTOL = 1e-2
"""What can be asked of a numerical derivative of such a function: with the best step it is exact to some 1e-4."""

_SHRINK = (1.0, 1 / 8, 1 / 64)
"""A smaller step gets rid of a kink nearby, which is why an entry is tried again before it is called wrong."""

_Verdict = Literal["right", "wrong", "kink"]


@dataclass(frozen=True)
class GradientEvidence:
    """What a passed check rests on.

    `checked` counts the entries or directions that agree, `skipped` those at a kink, where there is no derivative.
    """

    max_relative_error: float
    method: Literal["entries", "directions"]
    checked: int
    skipped: int


def gradient_agrees(
    name: str,
    got: Any,
    f: Callable[[Any], Any],
    x: Any,
    *,
    rng: np.random.Generator,
    rtol: float = DEFAULT_RTOL,
    inputs: Mapping[str, Any] | None = None,
    factors: Mapping[str, float] | None = None,
) -> GradientEvidence:
    """Check that `got` is the gradient of the scalar function `f` at `x`, an array or a dict of arrays.

    Up to 400 entries are differentiated one by one. Larger points are judged along random directions, over all arrays
    at once and over each alone, and a wrong entry is then found by halving. A function that computes in float32 is
    differentiated with larger steps, and agreement to 1e-2 is enough. Raises Mismatch where they differ or are not
    finite, ValueError where nothing could be judged because every entry is at a kink.
    """
    flat = FlatFunction(f, x)
    ours = _flat_gradient(name, got, x, flat)
    check = _Check(name, flat, ours, rtol, rng, dict(inputs or {}), dict(factors or {}), middle=flat(flat.theta))
    with np.errstate(all="ignore"):
        evidence = check.run_as_exactly_as_possible()
    if not evidence.checked:
        msg = f"no entry of `{name}` could be checked: the function has a kink everywhere near this point; move it"
        raise ValueError(msg)
    return evidence


def _flat_gradient(name: str, got: Any, x: Any, flat: FlatFunction) -> Floats:
    """Return untrusted `got` as one finite vector in the order of `flat`."""
    got = dict_like(name, got, flat.parts) if isinstance(x, Mapping) else {"": got}
    arrays = {}
    for key, part in flat.parts.items():
        label = _label(name, key)
        array = numbers(label, got[key], part)
        arrays[key] = array.astype(np.float64)
        bad = np.argwhere(~np.isfinite(arrays[key]))
        if len(bad):
            index = tuple(int(i) for i in bad[0])
            path = entry_path(label, index)
            words = "is NaN" if np.isnan(arrays[key][index]) else "is infinite"
            raise Mismatch(label, "nan", f"`{path}` {words}", path=path, got=array, expected=None)
    return np.concatenate([array.ravel() for array in arrays.values()] or [np.zeros(0)])


def _label(name: str, key: str) -> str:
    return f'{name}["{key}"]' if key else name


@dataclass(frozen=True)
class _Check:
    """One gradient check: the function, the gradient in question, and how close they have to be."""

    name: str
    flat: FlatFunction
    ours: Floats
    rtol: float
    rng: np.random.Generator
    inputs: dict[str, Any]
    factors: dict[str, float]
    middle: float
    precision: float = DOUBLE

    @property
    def step(self) -> float:
        """The step at which truncation and rounding are in balance."""
        return float(np.cbrt(self.precision))

    def run_as_exactly_as_possible(self) -> GradientEvidence:
        """Check with fine steps; in doubt find out how exact the function is, and if need be take larger ones."""
        try:
            evidence = self.run()
        except Mismatch:
            if rough := self._rough():
                return rough.run()
            raise
        rough = self._rough() if evidence.skipped else None
        return rough.run() if rough else evidence

    def _rough(self) -> _Check | None:
        """Return the check that suits a function of float32 precision, or None where the function is exact."""
        precision = precision_of(self.flat)
        if not ROUGH < precision < ROUGH_RTOL:
            return None
        return replace(self, rtol=max(self.rtol, ROUGH_RTOL), precision=precision)

    def run(self) -> GradientEvidence:
        """Check a small point entry by entry, a large one along directions."""
        return self.by_entries() if self.flat.theta.size <= SMALL else self.by_directions()

    def by_entries(self) -> GradientEvidence:
        """Differentiate by each entry, one after the other."""
        entries = [self.flat.entry(position) for position in range(self.flat.theta.size)]
        slopes = [self._slope(entry, self.step) for entry in entries]
        numeric = np.array([one.central for one in slopes]) / self.flat.scales if slopes else np.zeros(0)
        floors = np.zeros_like(numeric)
        for start, stop in self.flat.ranges().values():
            floors[start:stop] = FLOOR * np.max(np.abs(numeric[start:stop]), initial=0.0)
        verdicts: list[_Verdict] = []
        errors = np.zeros_like(numeric)
        for position, entry in enumerate(entries):
            floor = floors[position] * self.flat.scales[position]
            verdict, errors[position] = self._judge(entry, self.step, floor, slopes[position])
            verdicts.append(verdict)
        if "wrong" in verdicts:
            wrong = np.array([verdict == "wrong" for verdict in verdicts])
            self._wrong_entry(int(np.argmax(np.where(wrong, errors, -1.0))), numeric)
        right = np.array([verdict == "right" for verdict in verdicts], dtype=bool)
        worst = float(np.max(errors, where=right, initial=0.0))
        return GradientEvidence(worst, "entries", verdicts.count("right"), verdicts.count("kink"))

    def by_directions(self) -> GradientEvidence:
        """Differentiate along random directions, and look for the entry where one of them fails."""
        directions = self._directions()
        step = self.step / math.sqrt(self.flat.theta.size)
        slopes = [self._slope(direction, step) for direction in directions]
        worst, checked, skipped = 0.0, 0, 0
        for direction, first in zip(directions, slopes, strict=True):
            verdict, error = self._judge(direction, step, self._typical(direction, directions, slopes), first)
            if verdict == "wrong":
                self._find_entry(direction, step)
            worst = max(worst, error) if verdict == "right" else worst
            checked += verdict == "right"
            skipped += verdict == "kink"
        return GradientEvidence(worst, "directions", checked, skipped)

    def _directions(self) -> list[Floats]:
        """Every entry moves in every direction, up or down, so that none can hide."""
        ranges = [(0, self.flat.theta.size)] * DIRECTIONS
        if len(self.flat.parts) > 1:
            ranges += [r for r in self.flat.ranges().values() if r[0] < r[1] for _ in range(DIRECTIONS_PER_ARRAY)]
        directions = []
        for start, stop in ranges:
            direction = np.zeros_like(self.flat.theta)
            direction[start:stop] = self.rng.choice((-1.0, 1.0), stop - start) * self.flat.scales[start:stop]
            directions.append(direction)
        return directions

    def _typical(self, direction: Floats, directions: list[Floats], slopes: list[Slope]) -> float:
        """Return the typical slope over the same arrays: a slope near 0 by chance is not judged by its own size."""
        same = [
            one.central
            for other, one in zip(directions, slopes, strict=True)
            if np.array_equal(other != 0, direction != 0)
        ]
        return FLOOR * float(np.sqrt(np.mean(np.square(same))))

    def _slope(self, direction: Floats, step: float) -> Slope:
        one = slope(self.flat, direction, step=step, middle=self.middle, precision=self.precision)
        if not one.is_finite:
            self._not_finite()
        return one

    def _judge(self, direction: Floats, step: float, floor: float, first: Slope) -> tuple[_Verdict, float]:
        """Return a verdict on one direction and the relative error there; a doubt is settled with smaller steps."""
        ours = float(self.ours @ direction)
        one = first
        for shrink in _SHRINK if self.precision == DOUBLE else _SHRINK[:1]:  # rounding grows as the step shrinks
            one = first if shrink == 1 else self._slope(direction, step * shrink)
            error = abs(ours - one.central)
            size = max(abs(ours), abs(one.central), floor)
            if error <= self.rtol * size + one.noise:
                return "right", error / size if error else 0.0
        explained = error <= one.gap and one.gap > 4 * one.noise
        return ("kink" if explained else "wrong"), error / size

    def _find_entry(self, direction: Floats, step: float) -> NoReturn:
        """Halve a direction that fails, keep the worse half, and name the entry that is left."""
        positions = np.flatnonzero(direction)
        while len(positions) > 1:
            halves = np.array_split(positions, 2)
            positions = max(halves, key=lambda half: self._error(direction, half, step))
        self._wrong_entry(int(positions[0]), None)

    def _error(self, direction: Floats, positions: Any, step: float) -> float:
        part = np.zeros_like(direction)
        part[positions] = direction[positions]
        return abs(float(self.ours @ part) - self._slope(part, step).central)

    def _wrong_entry(self, position: int, numeric: Floats | None) -> NoReturn:
        key, index = self.flat.place(position)
        path = entry_path(_label(self.name, key), index)
        raise Mismatch(
            _label(self.name, key),
            "value",
            f"`{path}` is wrong",
            path=path,
            got=self.flat.split(self.ours)[key],
            expected=None if numeric is None else self.flat.split(numeric)[key],
            inputs=self.inputs,
            factors=self.factors,
        )

    def _not_finite(self) -> NoReturn:
        words = f"`{self.name}` cannot be checked: the function that it is the gradient of is not finite here"
        raise Mismatch(self.name, "nan", words, path=self.name, got=None, expected=None)
