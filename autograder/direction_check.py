"""A gradient checked along random directions: the price does not grow with the number of entries."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.direction_verdicts import FINE, NOISE, SHRINK, Judged, judge_exactly, judge_one, judge_roughly, size_of
from autograder.slopes import Floats
from autograder.verdicts import FLOOR, Check, GradientEvidence

DIRECTIONS = 5

_GLANCES = 2
_NEAREST = 0.5
"""In a glance no two entries move alike, and each at least this share of its reach: so no errors cancel out."""

_QUIET = 1e-8
"""A slope whose rounding noise may be a larger share of it than this is not judged at a glance."""

_REACH = 5.0
"""All entries together move this many times as far as one that is moved alone."""

_SEARCHES = ((1.0, 1.0), (1 / 16, math.sqrt(2)), (1 / 256, 1.0))
"""The first step of a search, and its growth as fewer entries move: from the least rounding to the fewest kinks."""

_SINGLE_RTOL = 2e-4
"""What can be asked of a gradient in float32: with inputs of size 1000 right ones are off by up to 7e-5."""

_DIRECTIONS_ALONE = 3
_ALONE = 10
"""Where an array is judged alone, float32 somewhere in its making weighs more: this many times `rtol` is allowed."""

_LEFT = 0.7
"""The share of the doubts that may be left when the one entry that is blamed for them is put right."""


def check_directions(check: Check) -> GradientEvidence:
    """Differentiate along random directions, all arrays at once; raises Mismatch that names a wrong entry.

    A coarse disagreement says that the gradient is wrong. A fine one is a doubt, and may be due to a single entry:
    it is looked for, and is judged alone by the same rule as in a small check.
    """
    if _is_single(check.ours):
        check = replace(check, rtol=max(check.rtol, _SINGLE_RTOL))
    reaches = _reaches(check)
    directions = [check.rng.choice((-1.0, 1.0), reaches.size) * reaches for _ in range(DIRECTIONS)]
    judged = (judge_exactly if check.is_exact else judge_roughly)(check, directions)
    if all(one.finding == "kink" for one in judged):
        judged = _judge_arrays(check)
    _find_fault(check, judged)
    agreed = [one.relative for one in judged if one.finding != "kink"]
    return GradientEvidence(max(agreed, default=0.0), "directions", len(agreed), len(judged) - len(agreed))


def agrees_at_a_glance(check: Check) -> GradientEvidence | None:
    """Return evidence where two random directions agree as closely as they can, None in the slightest doubt.

    A gradient that passes is right, unless what is wrong with it cancels out to eight digits along both of them.
    """
    reaches = _reaches(check)
    if not np.all(np.isfinite(reaches)):
        return None
    signs = check.rng.choice((-1.0, 1.0), (_GLANCES, reaches.size))
    directions = [*(signs * check.rng.uniform(_NEAREST, 1.0, signs.shape) * reaches)]
    worst = 0.0
    for direction, one in zip(directions, check.slopes(directions, 1.0), strict=True):
        size, error = max(size_of(check.ours * direction), abs(one.central)), abs(check.error(one))
        if not one.central or one.noise > _QUIET * size or error > FINE * size + NOISE * one.noise:
            return None
        worst = max(worst, error / size)
    return GradientEvidence(worst, "directions", _GLANCES, 0)


def _reaches(check: Check) -> Floats:
    """Return how far each entry moves: in every array so far that each array has the same share in the slope.

    A fault in an array of small gradients is then seen as well as one in an array of large ones.
    """
    ranges = _filled(check)
    norms = [size_of((check.ours * check.flat.scales)[start:stop]) for start, stop in ranges]
    largest = int(np.argmax(norms))
    start, stop = ranges[largest]
    reach = (_REACH if check.is_exact else 1.0) * check.step / math.sqrt(stop - start)
    reaches = np.zeros_like(check.flat.theta)
    for (start, stop), norm in zip(ranges, norms, strict=True):
        farther = norms[largest] / norm if norm else math.inf
        reaches[start:stop] = min(reach * farther, check.step)
    return reaches * check.flat.scales


def _is_single(gradient: Floats) -> bool:
    """Tell whether a gradient has no more digits than float32 has: then so exact is its agreement at best."""
    return bool(np.array_equal(gradient, gradient.astype(np.float32)))


def _find_fault(check: Check, judged: list[Judged]) -> None:
    """Raise the Mismatch for the entry that a disagreement is due to; a doubt that leads to none is dismissed."""
    failed = [one for one in judged if one.finding == "wrong"]
    doubtful = [one for one in judged if one.finding == "doubtful"]
    if not failed and doubtful:
        failed = [one for one in _judge_arrays(check) if one.finding == "wrong"]
    if not failed and not doubtful:
        return
    worst = max(failed or doubtful, key=lambda one: one.relative)
    for step, growth in _SEARCHES:
        position = _worst_entry(check, step * worst.direction, growth)
        if not failed and not _is_to_blame(check, position, doubtful):
            continue
        start, stop = check.flat.range_of(position)
        floor = FLOOR * float(np.max(np.abs(check.ours[start:stop])))
        if check.judge_entry(position, floor)[0] == "wrong":
            check.wrong_entry(position)
    if failed:
        check.wrong_entry(position)


def _judge_arrays(check: Check) -> list[Judged]:
    """Judge each array alone: a doubt may be all that a small share shows, and a kink may concern some of them only."""
    lenient = replace(check, rtol=_ALONE * check.rtol)
    judged = []
    for limits in _filled(check):
        directions = [_direction_within(check, limits) for _ in range(_DIRECTIONS_ALONE)]
        if check.is_exact:
            judged += [judge_one(lenient, direction, SHRINK) for direction in directions]
        else:
            judged += judge_roughly(check, directions)
    return judged


def _filled(check: Check) -> list[tuple[int, int]]:
    """Return where each array that has entries lies in the flat vector."""
    return [limits for limits in check.flat.ranges().values() if limits[0] < limits[1]]


def _direction_within(check: Check, limits: tuple[int, int]) -> Floats:
    """Return a random direction in which the entries of one array move, each as far as the others."""
    start, stop = limits
    direction = np.zeros_like(check.flat.theta)
    reach = check.step / math.sqrt(stop - start)
    direction[start:stop] = check.rng.choice((-reach, reach), stop - start) * check.flat.scales[start:stop]
    return direction


def _is_to_blame(check: Check, position: int, doubtful: list[Judged]) -> bool:
    """Tell whether most of the doubts go away with one entry; if not, they are about the rounding of the gradient."""
    one = check.slope(check.flat.entry(position), check.step)
    fault = check.error(one) / check.flat.scales[position]
    left = [doubt.error - fault * doubt.direction[position] for doubt in doubtful]
    return float(np.linalg.norm(left)) <= _LEFT * float(np.linalg.norm([doubt.error for doubt in doubtful]))


def _worst_entry(check: Check, direction: Floats, growth: float) -> int:
    """Halve a direction, keep the worse half, and return the entry that is left.

    With each halving the entries that still move do so `growth` times as far.
    """
    positions = np.flatnonzero(direction)
    while len(positions) > 1:
        direction = growth * direction
        first, second = np.array_split(positions, 2)
        positions = first if _error_of(check, direction, first) > _error_of(check, direction, second) else second
    return int(positions[0])


def _error_of(check: Check, direction: Floats, positions: Any) -> float:
    part = np.zeros_like(direction)
    limit = check.step * check.flat.scales[positions]
    part[positions] = np.clip(direction[positions], -limit, limit)
    return abs(check.error(check.slope(part, 1.0)))
