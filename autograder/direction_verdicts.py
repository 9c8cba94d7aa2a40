"""What a slope along a direction in which many entries move says about a gradient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from autograder.slopes import Floats, Slope
from autograder.verdicts import Check

FINE = 1e-9
"""A direction that agrees this closely, as a share of its typical slope, leaves no doubt."""

NOISE = 0.5
"""The share of the bound of rounding noise that is allowed for on top: the noise of a mean is well below its bound."""

SHRINK = (1.0, 1 / 4, 1 / 16, 1 / 64, 1 / 256, 1 / 4096)
"""A doubt is settled by smaller steps, which truncation and kinks fade with and a wrong entry does not."""

_RATIO = 4
_FAR = 1 / 64
"""A doubt goes to this step at once where rounding allows: the smaller a step, the fewer kinks it crosses.

Down to there each step of `SHRINK` is `_RATIO` times the next. Beyond it, noise would hide a small fault in one entry.
"""

_SETTLED = 0.5
"""A smaller step at which more than this share of the first error would be allowed for settles nothing."""

_LOOSE = 1e-6
"""A smaller step that allows for more than this share of the slope leaves the doubt whether an array is wrong."""

_ROUGH_SHRINK = (1.0, 1 / 4, 1 / 16, 1 / 64)
"""In float32 steps are long and cross kinks: of these, the one with the least error from kinks and rounding counts."""

_KINKS = 3.0
"""What kinks may do to a slope, in multiples of what they did to all slopes together, as a root mean square."""

_MOST_KINKS = 0.05
_MOST_NOISE = 0.25
"""Where kinks or rounding may be to blame for more than these shares of a slope, nothing is said about it."""

Finding = Literal["right", "doubtful", "wrong", "kink"]


@dataclass(frozen=True)
class Judged:
    """What was found along one direction: the error of the slope, the typical slope, and the last step taken."""

    finding: Finding
    error: float
    size: float
    direction: Floats
    shrink: float

    @property
    def relative(self) -> float:
        """The error as a share of the typical slope."""
        return abs(self.error) / self.size if self.size else 0.0


def judge_exactly(check: Check, directions: list[Floats]) -> list[Judged]:
    """Judge directions one after the other, each from the step on that the one before was right with."""
    judged: list[Judged] = []
    for direction in directions:
        longest = judged[-1].shrink if judged else 1.0
        judged.append(judge_one(check, direction, [shrink for shrink in SHRINK if shrink <= longest]))
    return judged


def judge_one(check: Check, direction: Floats, shrinks: Sequence[float]) -> Judged:
    """Judge one direction, with smaller steps where it does not agree at once."""
    typical = size_of(check.ours * direction)
    errors: list[float] = []
    coarsely = False
    longest = 1.0
    for shrink in shrinks:
        if shrink > longest:
            continue
        one = check.slope(direction, shrink)
        error, noise = check.error(one), NOISE * one.noise
        size = max(typical, abs(one.central))
        if errors and noise > _SETTLED * abs(errors[0]):
            break
        if abs(error) <= FINE * size + noise and (not errors or noise <= _LOOSE * size):
            return Judged("right", error, size, direction, shrink)
        errors.append(error)
        longest = _finer(shrink, noise * shrink, min(_SETTLED * abs(errors[0]), _LOOSE * size))
        coarsely |= abs(error) <= check.rtol * size + one.noise
    if coarsely:
        return Judged("doubtful", min(errors, key=abs), size, direction, shrinks[0])
    return Judged("kink" if check.explains(one) else "wrong", error, size, direction, shrinks[0])


def _finer(shrink: float, noise: float, allowed: float) -> float:
    """Return the step to try after `shrink`; `noise` is that of a full step, `allowed` what still settles a doubt."""
    finer = shrink / _RATIO
    while finer > _FAR and noise <= allowed * finer / _RATIO:
        finer /= _RATIO
    return finer


def judge_roughly(check: Check, directions: list[Floats]) -> list[Judged]:
    """Judge directions where the function computes in float32: what kinks do to a slope is seen from all of them."""
    typical = size_of(check.ours * directions[0])
    trials = [[check.slope(direction, shrink) for direction in directions] for shrink in _ROUGH_SHRINK]
    unsure = [_kinks(check, slopes, finer) for slopes, finer in pairwise(trials)]
    best = int(np.argmin([kinks + slopes[0].noise for kinks, slopes in zip(unsure, trials, strict=False)]))
    slopes, kinks = trials[best], unsure[best]
    judged = []
    for direction, one, finer in zip(directions, slopes, trials[best + 1], strict=True):
        size = max(typical, abs(one.central))
        finding = _rough_finding(check, one, finer, kinks, size)
        judged.append(Judged(finding, check.error(one), size, direction, one.step))
    return judged


def _rough_finding(check: Check, one: Slope, finer: Slope, kinks: float, size: float) -> Finding:
    """Return what a slope and one from a finer step say together, where kinks may make them wrong by `kinks`."""
    excess, again = (abs(check.error(that)) - check.rtol * size - that.noise for that in (one, finer))
    if min(excess, again) > kinks:
        return "wrong"
    is_clear = excess <= _MOST_KINKS * size and one.noise <= _MOST_NOISE * size
    return "right" if is_clear else "kink"


def _kinks(check: Check, slopes: list[Slope], finer: list[Slope]) -> float:
    """Return by how much kinks may make slopes wrong, seen from the gaps between the sides and from finer steps."""
    gaps = [one.gap(check.flat.middle) for one in slopes]
    changes = [one.central - other.central for one, other in zip(slopes, finer, strict=True)]
    return _KINKS * float(np.sqrt(np.mean(np.square(gaps)) + np.mean(np.square(changes))))


def size_of(vector: Floats) -> float:
    """Return the length of a vector, also of one whose squares are too small for a number."""
    largest = float(np.max(np.abs(vector), initial=0.0))
    return largest * float(np.linalg.norm(vector / largest)) if largest else 0.0
