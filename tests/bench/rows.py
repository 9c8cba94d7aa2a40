"""Ratios with their goals, and what each command cost, as tables."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.table import Table

from tests.bench.tree import Usage


@dataclass(frozen=True)
class Ratio:
    """How many times as fast one thing is as another, round by round, and how many times it should be.

    `values` are of seconds by the clock, `processor` of processor seconds, which a busy machine disturbs less.
    """

    label: str
    goal: float | None
    values: Sequence[float]
    processor: Sequence[float]

    @property
    def verdict(self) -> str:
        """Whether the median of `values` is what it should be."""
        if self.goal is None:
            return ""
        if any(map(math.isnan, self.values)):
            return "too few submissions to tell"
        return "reached" if statistics.median(self.values) >= self.goal else "not reached"


def ratios(slow: Sequence[float], fast: Sequence[float]) -> list[float]:
    """Return slow / fast for each round; where there are fewer slow runs, the last one stands for those not made.

    NaN where a time is not above 0: the difference of two runs with few submissions is no more than noise.
    """
    pairs = [(slow[min(index, len(slow) - 1)], each) for index, each in enumerate(fast)]
    return [longer / shorter if longer > 0 and shorter > 0 else math.nan for longer, shorter in pairs]


def further(few: Sequence[float], many: Sequence[float], difference: int) -> list[float]:
    """Return the seconds for each further submission: what `difference` more of them took, without the start."""
    return [(longer - shorter) / difference for shorter, longer in zip(few, many, strict=False)]


def seconds(usages: Sequence[Usage]) -> list[float]:
    """Return the seconds by the clock."""
    return [usage.seconds for usage in usages]


def processor(usages: Sequence[Usage]) -> list[float]:
    """Return the processor seconds of all processes."""
    return [usage.processor for usage in usages]


def ratio_table(rows: Sequence[Ratio], title: str) -> Table:
    """Return the table of ratios."""
    shown = _table(title, "how many times as fast", "min", "median", "max", "runs", "by processor", "goal", "")
    for row in rows:
        numbers = [f"{value:.2f}" for value in (*spread(row.values), statistics.median(row.processor))]
        goal = "" if row.goal is None else f"{row.goal:g}"
        shown.add_row(row.label, *numbers[:3], str(len(row.values)), numbers[3], goal, row.verdict)
    return shown


def cost_table(costs: Mapping[str, Sequence[Usage]], peaks: Mapping[str, Sequence[float]]) -> Table:
    """Return the table of seconds, processor seconds and memory, where looked at, of each command and all below it."""
    shown = _table(
        "what it costs, with all processes", "command", "min s", "median s", "max s", "runs", "processor s", "peak MB"
    )
    for name, usages in costs.items():
        times = (f"{value:.2f}" for value in spread(seconds(usages)))
        used = statistics.median(processor(usages))
        peak = f"{max(peaks[name]):.0f}" if name in peaks else ""
        shown.add_row(name, *times, str(len(usages)), f"{used:.1f}", peak)
    return shown


def further_table(each: Mapping[str, tuple[Sequence[float], Sequence[float]]]) -> Table:
    """Return the table of seconds, and of processor seconds, for each further submission."""
    shown = _table("each further submission", "command", "min s", "median s", "max s", "runs", "processor s")
    for name, (times, used) in each.items():
        numbers = (f"{value:.3f}" for value in spread(times))
        shown.add_row(name, *numbers, str(len(times)), f"{statistics.median(used):.3f}")
    return shown


def _table(title: str, label: str, *numbers: str) -> Table:
    shown = Table(title=title, title_justify="left", show_edge=False)
    shown.add_column(label)
    for name in numbers:
        shown.add_column(name, justify="right" if name else "left", no_wrap=True)
    return shown


def spread(values: Sequence[float]) -> tuple[float, float, float]:
    """Return minimum, median and maximum."""
    return min(values), statistics.median(values), max(values)
