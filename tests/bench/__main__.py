"""`make bench`: one class, graded by nbgrader alone and by the autograder, in one run, as ratios."""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from rich.console import Console

from autograder.course import Course
from tests.bench import learner, processors, rows, tree, workers
from tests.bench.rows import Ratio, further, processor, ratios, seconds
from tests.bench.stage import Stage
from tests.bench.tree import Usage

SUBMISSIONS, FEW, ROUNDS, LONG_ROUNDS = 200, 20, 3, 1
PAIRS = 3
"""How often a round runs `autograder grade` with each number of jobs: that is quick, and the ratio is a small one."""
QUICK = 12
JOBS = 2
OTTERS = 4
"""Submissions that Otter grades in a round; its command takes one at a time."""
OTTER = "otter run, 1"
EACH_OTTER = "otter run, a command for each"
WIDTH = 112

T = TypeVar("T")
Found = dict[str, list[T]]
"""What was measured of each command."""
Costs = Found[Usage]
WHATS = seconds, processor
"""By the clock, and by processor."""
Each = dict[str, tuple[list[float], list[float]]]

CAPTION = """\

The class: {count} submissions of four questions (sigmoid gate, two-layer forward, SVM loss, softmax loss), the
same answers and the same {tests} tests for all: one half is right, a quarter has one known slip, a quarter one
stub left. nbgrader alone runs the tests in the notebook's kernel, where a question ends with its first test that
fails. Every submission's points were looked at after every run. Commands take turns within a round. Processor
seconds are those of the command and all its descendants. Memory is the PSS of all of them together at its peak
(RSS of those processes that only root may look into), in runs of their own, for looking takes time.
"""


def main() -> None:
    """Measure and print."""
    parsed = _arguments()
    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDTH)
    console.print(f"{len(os.sched_getaffinity(0))} processors; {processors.line(JOBS)}")
    course = Course.find(Path(__file__).parent)
    few = min(FEW, parsed.submissions // 2)
    with tempfile.TemporaryDirectory() as scratch:
        Path(scratch).chmod(0o755)
        stage = Stage(course, Path(scratch) / "time", tree.cost)
        costs: Costs = {}
        for number in range(parsed.rounds):
            console.print(f"round {number + 1} of {parsed.rounds}, load {os.getloadavg()[0]:.2f}")
            _round(stage, costs, few, parsed.submissions, pairs=PAIRS, is_long=number < parsed.long_rounds)
        console.print("a round that looks at the memory")
        peaks: Found[float] = {}
        _round(Stage(course, Path(scratch) / "memory", tree.peak), peaks, few, parsed.submissions)
        _print(console, costs, peaks, few, parsed.submissions, sum(stage.tests.values()))
        if not parsed.only_classes:
            console.print(workers.line())
            console.print(learner.table(course))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--submissions", type=int, default=SUBMISSIONS, metavar="N", help="of the class; at least 4")
    parser.add_argument("--rounds", type=int, default=ROUNDS, metavar="N")
    parser.add_argument(
        "--long-rounds",
        type=int,
        default=LONG_ROUNDS,
        metavar="N",
        help=f"rounds in which nbgrader alone grades the whole class, about five minutes each (default {LONG_ROUNDS})",
    )
    parser.add_argument("--only-classes", action="store_true", help="do not measure what a student waits for")
    parser.add_argument("--quick", action="store_true", help=f"one round with {QUICK} submissions, to see that it runs")
    parsed = parser.parse_args()
    if parsed.quick:
        parsed.submissions, parsed.rounds, parsed.only_classes = QUICK, 1, True
    if parsed.submissions < 4 or parsed.rounds < 1 or parsed.long_rounds < 1:
        parser.error("a class has 4 submissions or more, and is graded in 1 round or more")
    return parsed


def _round(stage: Stage[T], found: Found[T], few: int, many: int, *, pairs: int = 1, is_long: bool = False) -> None:
    """Measure each command, one after another, so that a busy machine slows all of them alike."""

    def add(name: str, *measured: T) -> None:
        for each in measured:
            found.setdefault(name, []).append(each)

    for pair in range(pairs):
        _pair(stage, add, few, many, jobs=(JOBS, 1) if pair % 2 == 0 else (1, JOBS))
    add(OTTER, *stage.otter(OTTERS))  # before the long ones: it may be installed, and not work
    for count in (few, many):
        if count == few or is_long:
            add(_alone(count), stage.autograde(count, alone=True))
        add(_plug_in(count), stage.autograde(count, alone=False))


def _pair(stage: Stage[T], add: Callable[..., None], few: int, many: int, *, jobs: Sequence[int]) -> None:
    """Measure `autograder grade` with these numbers of jobs, one after the other."""
    for count in jobs:
        name = _two if count == JOBS else _one
        first, *again = stage.grade(many, jobs=count, again=count == JOBS)
        add(name(many), first)
        add(_again(many), *again)
        add(name(few), *stage.grade(few, jobs=count))


def _two(count: int) -> str:
    return f"autograder grade --jobs {JOBS}, {count}"


def _one(count: int) -> str:
    return f"autograder grade --jobs 1, {count}"


def _again(count: int) -> str:
    return f"autograder grade again, {count}"


def _alone(count: int) -> str:
    return f"nbgrader autograde alone, {count}"


def _plug_in(count: int) -> str:
    return f"nbgrader autograde with the plug-in, {count}"


def _command(name: str) -> str:
    return name.rpartition(", ")[0]


def _further(costs: Costs, few: int, many: int) -> Each:
    """Return, by command, the seconds and the processor seconds for each further submission."""
    found: Each = {}
    for name in (_alone, _plug_in, _one, _two):
        clock, used = (further(what(costs[name(few)]), what(costs[name(many)]), many - few) for what in WHATS)
        found[_command(name(few))] = clock, used
    if OTTER in costs:
        found[EACH_OTTER] = seconds(costs[OTTER]), processor(costs[OTTER])
    return found


def _ratios(costs: Costs, each: Each, few: int, many: int) -> list[Ratio]:
    def commands(label: str, goal: float, slow: str, fast: str) -> Ratio:
        clock, used = (ratios(what(costs[slow]), what(costs[fast])) for what in WHATS)
        return Ratio(label, goal, clock, used)

    def each_further(label: str, goal: float | None, slow: str, fast: str) -> Ratio:
        return Ratio(label, goal, *map(ratios, each[slow], each[fast]))

    alone, plug_in, one, two = (_command(name(few)) for name in (_alone, _plug_in, _one, _two))
    found = [
        commands(f"autograder grade than nbgrader alone, {many}", 30, _alone(many), _two(many)),
        commands(f"with the plug-in than alone, {few}", 3, _alone(few), _plug_in(few)),
        each_further("with the plug-in than alone, each further", 8, alone, plug_in),
        commands(f"two jobs than one, {many}", 1.9, _one(many), _two(many)),
        each_further("two jobs than one, each further", 1.9, one, two),
        commands(f"graded again than the first time, {many}", 20, _two(many), _again(many)),
    ]
    if EACH_OTTER in each:
        found.append(each_further("with the plug-in than Otter, each", None, EACH_OTTER, plug_in))
    return found


def _print(console: Console, costs: Costs, peaks: Found[float], few: int, many: int, tests: int) -> None:
    each = _further(costs, few, many)
    console.print(CAPTION.format(count=many, tests=tests), soft_wrap=True)
    order = sorted(costs, key=lambda name: -int(name.rpartition(", ")[2]))
    for table in (
        rows.ratio_table(_ratios(costs, each, few, many), f"goals, which are for {SUBMISSIONS} and {FEW} submissions"),
        rows.further_table(each),
        rows.cost_table({name: costs[name] for name in order}, peaks),
    ):
        console.print(table)
        console.print()


if __name__ == "__main__":
    main()
