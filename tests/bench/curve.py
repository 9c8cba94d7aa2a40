"""A curve of memory over the submissions graded: whether it is flat, and as a plot of characters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rich.table import Table

FLAT = 200.0
"""kB for each 1,000 submissions: with ten times as many as were measured, that is still nothing."""
_WIDTH = 40


@dataclass(frozen=True)
class Point:
    """After so many submissions: the MB that stay with the command itself, with the graders, and with their sandboxes.

    `most` is what all processes had at most, with the submissions that ran then. It is PSS, what stays is RSS: that
    counts a page that three processes share three times, so `stays` may be more.
    """

    submissions: int
    command: float
    graders: float
    sandboxes: float
    most: float

    @property
    def stays(self) -> float:
        """The MB that stay, all together."""
        return self.command + self.graders + self.sandboxes


def slope(submissions: Sequence[float], megabytes: Sequence[float], *, after: float) -> float:
    """Return the growth in kB for each 1,000 submissions from the point `after` on, without the largest step.

    One step is no growth: Python's table of names is laid out anew once, with room for what comes. What grows again
    and again is, in small steps or large ones. ValueError where fewer than three points are left.
    """
    x, y = np.asarray(submissions, dtype=float), np.asarray(megabytes, dtype=float)
    late = x >= after
    if late.sum() < 3:
        msg = f"{late.sum()} points from {after:g} submissions on; two steps need three, so grade more of them"
        raise ValueError(msg)
    further, growth = np.diff(x[late]), np.diff(y[late])
    others = np.arange(len(growth)) != np.argmax(growth)
    return float(growth[others].sum() / further[others].sum() * 1000 * 1000)


def table(points: Sequence[Point]) -> Table:
    """Return the curve, the plot drawn from 0."""
    shown = Table(show_edge=False)
    for name in ("submissions", "command", "graders", "sandboxes", "all", "PSS at most"):
        shown.add_column(name, justify="right")
    shown.add_column("", no_wrap=True)
    scale = max(point.stays for point in points)
    for point in points:
        parts = (point.command, point.graders, point.sandboxes, point.stays, point.most)
        bar = "#" * round(_WIDTH * point.stays / scale)
        shown.add_row(f"{point.submissions:,}", *(f"{part:.1f}" for part in parts), bar)
    return shown
