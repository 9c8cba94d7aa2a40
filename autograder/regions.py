"""Probes for where an array is wrong: a row, a column, one entry, or where an input has a certain sign."""

from __future__ import annotations

import numpy as np

from autograder.residual import UPSTREAM, Finding, Pair

__all__ = ["by_sign_of_input", "diagonal", "one_part"]


def by_sign_of_input(pair: Pair) -> Finding | None:
    """Find an array that is wrong only where one input is negative, positive or 0."""
    names = [name for name, value in pair.inputs.items() if value.shape == pair.got.shape]
    for group in (set(names) - set(UPSTREAM), set(names) & set(UPSTREAM)):
        found = [finding for name in names if name in group and (finding := _only_where(pair, name))]
        if len(found) == 1:
            return found[0]
    return None


def _only_where(pair: Pair, name: str) -> Finding | None:
    value, wrong = pair.inputs[name], pair.wrong
    if not (np.any(value < 0) and np.any(value > 0)):
        return None  # an identity matrix, say, has its place for every number, and sorts nothing by sign
    if not wrong.all() and not np.any(wrong & (value != 0)):
        return Finding("zero inputs", f"is wrong only where `{name}` is exactly 0")
    for region, sign in ((value < 0, "negative"), (value > 0, "positive")):
        inside, outside = np.count_nonzero(wrong & region), np.count_nonzero(~wrong & ~region)
        whole = np.array_equal(wrong, region) and min(inside, outside) >= 2
        if not np.any(wrong & ~region) and (whole or min(inside, outside) >= 4):
            return Finding(f"{sign} inputs", f"is wrong only where `{name}` is {sign}")
    return None


def one_part(pair: Pair) -> Finding | None:
    """Find an array that is right but for one entry, row or column."""
    wrong = pair.wrong
    if wrong.size >= 3 and np.count_nonzero(wrong) == 1:
        return Finding("one entry", f"is right but for one entry, `{pair.path}`")
    for axis, word in enumerate(("row", "column")[: wrong.ndim if wrong.ndim > 1 else 0]):
        lines = np.flatnonzero(wrong.any(axis=tuple(a for a in range(wrong.ndim) if a != axis)))
        if wrong.shape[axis] >= 3 and len(lines) == 1 and np.count_nonzero(wrong) >= 2:
            return Finding(f"one {word}", f"is right but for {word} {lines[0]}, counted from 0")
    return None


def diagonal(pair: Pair) -> Finding | None:
    """Find a square array that is wrong on the diagonal only, or everywhere else."""
    if pair.got.ndim != 2 or pair.got.shape[0] != pair.got.shape[1] or len(pair.got) < 3:
        return None
    on = np.eye(len(pair.got), dtype=bool)
    if not np.any(pair.wrong & ~on):
        return Finding("diagonal", "is wrong on the diagonal only")
    if not np.any(pair.wrong & on) and np.count_nonzero(pair.wrong) >= 3:
        return Finding("off the diagonal", "is right on the diagonal and wrong beside it")
    return None
