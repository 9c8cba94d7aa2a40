"""A small gradient, checked entry by entry."""

from __future__ import annotations

import numpy as np

from autograder.slopes import Floats
from autograder.verdicts import FLOOR, Check, GradientEvidence


def check_entries(check: Check) -> GradientEvidence:
    """Differentiate by each entry; raises Mismatch that names the worst one that is wrong.

    What disagrees is looked at again with smaller steps, from the worst entry on: a wrong gradient costs little more
    than a right one, and only what turns out to be a kink leads to the next.
    """
    flat = check.flat
    slopes = check.slopes([flat.entry(position) for position in range(flat.theta.size)], check.step)
    numeric = np.array([one.central for one in slopes]) / flat.scales if slopes else np.zeros(0)
    floors = _floors(check, numeric)
    looks = [check.first_look(position, floors[position], one) for position, one in enumerate(slopes)]
    doubtful = [position for position, (is_right, _) in enumerate(looks) if not is_right]
    errors = [error for is_right, error in looks if is_right]
    for position in sorted(doubtful, key=lambda position: -looks[position][1]):
        verdict, error = check.judge_entry(position, floors[position], slopes[position])
        if verdict == "wrong":
            check.wrong_entry(position, numeric)
        if verdict == "right":
            errors.append(error)
    return GradientEvidence(max(errors, default=0.0), "entries", len(errors), len(looks) - len(errors))


def _floors(check: Check, numeric: Floats) -> Floats:
    """Return, for each entry, the size below which it is judged as if it were that large."""
    floors = np.zeros_like(numeric)
    for start, stop in check.flat.ranges().values():
        floors[start:stop] = FLOOR * np.max(np.abs(numeric[start:stop]), initial=0.0)
    return floors
