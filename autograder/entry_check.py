"""A small gradient, checked entry by entry."""

from __future__ import annotations

import numpy as np

from autograder.verdicts import FLOOR, Check, GradientEvidence


def check_entries(check: Check) -> GradientEvidence:
    """Differentiate by each entry, one after the other; raises Mismatch that names the worst one that is wrong."""
    flat = check.flat
    slopes = [check.slope(flat.entry(position), check.step) for position in range(flat.theta.size)]
    numeric = np.array([one.central for one in slopes]) / flat.scales if slopes else np.zeros(0)
    floors = np.zeros_like(numeric)
    for start, stop in flat.ranges().values():
        floors[start:stop] = FLOOR * np.max(np.abs(numeric[start:stop]), initial=0.0)
    judged = [check.judge_entry(position, floors[position], one) for position, one in enumerate(slopes)]
    verdicts = np.array([verdict for verdict, _ in judged])
    errors = np.array([error for _, error in judged])
    if np.any(verdicts == "wrong"):
        check.wrong_entry(int(np.argmax(np.where(verdicts == "wrong", errors, -1.0))), numeric)
    right = verdicts == "right"
    worst = float(np.max(errors, where=right, initial=0.0))
    return GradientEvidence(worst, "entries", int(np.sum(right)), int(np.sum(verdicts == "kink")))
