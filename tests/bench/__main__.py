"""`make bench`: nbgrader alone against the autograder, in one run, as seconds and ratios."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from autograder.course import Course
from autograder.sandbox import Limits, Sandbox
from tests.bench import classes, learner

ROUNDS = 3
FEW, MANY = 2, 12
WORKERS = 200

Seconds = list[float]


def main() -> None:
    """Measure and print."""
    course = Course.find(Path(__file__).parent)
    console = Console()
    further: dict[str, Seconds] = {"nbgrader alone": [], "nbgrader with autograder": [], "autograder grade": []}
    for number in range(ROUNDS):
        console.print(f"round {number + 1} of {ROUNDS}")
        for name, times in further.items():  # interleaved, so that a busy machine slows all of them alike
            few, many = (_grading(course, name, count) for count in (FEW, MANY))
            times.append((many - few) / (MANY - FEW))
    console.print(_further_table(further))
    console.print(_workers_line(_worker_starts()))
    console.print(learner.table(course))


def _grading(course: Course, name: str, count: int) -> float:
    """Return the seconds for grading a fresh class of `count` with one of the three commands."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        folder.chmod(0o755)
        alone = name == "nbgrader alone"
        (classes.plain if alone else classes.ours)(course, folder)
        assignment = course.assignment(classes.ASSIGNMENT)
        submissions = classes.hand_in(assignment, folder, count, tests_inside=alone)
        if name == "autograder grade":
            arguments = ["autograder.cli", "grade", classes.ASSIGNMENT, *map(str, submissions)]
        else:
            _run(["nbgrader", "generate_assignment", classes.ASSIGNMENT], folder)
            arguments = ["nbgrader", "autograde", classes.ASSIGNMENT]
        return _run(arguments, folder)


def _run(arguments: Sequence[str], folder: Path) -> float:
    scripts = sysconfig.get_path("scripts")  # nbgrader calls `alembic` by name
    environment = {**os.environ, "PATH": os.pathsep.join([scripts, os.environ["PATH"]])}
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        sys.exit(f"{' '.join(arguments[:3])} ended with status {done.returncode}:\n{done.stderr[-3000:]}")
    return time.monotonic() - started


def _worker_starts() -> Seconds:
    """Return the seconds from asking for a worker until it has answered its first question, from a warm zygote."""
    starts = []
    with Sandbox() as sandbox:
        for _ in range(WORKERS):
            started = time.perf_counter()
            submission = sandbox.load([], limits=Limits(), seed=0)
            submission.has("anything")  # the worker is started when it is first needed
            starts.append(time.perf_counter() - started)
            submission.close()
    return starts


def _further_table(further: dict[str, Seconds]) -> Table:
    base = statistics.median(further["nbgrader alone"])
    table = Table("each further submission", "min s", "median s", "max s", "times as fast", show_edge=False)
    for name, times in further.items():
        median = statistics.median(times)
        numbers = (f"{value:.3f}" for value in (min(times), median, max(times)))
        table.add_row(name, *numbers, f"{base / median:.1f}")
    return table


def _workers_line(starts: Seconds) -> str:
    low, median, high = (1000 * value for value in (min(starts), statistics.median(starts), max(starts)))
    return f"a worker from a warm zygote: min {low:.1f}, median {median:.1f}, max {high:.1f} ms ({len(starts)} starts)"


if __name__ == "__main__":
    main()
