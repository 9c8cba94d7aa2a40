"""`python -m tests.bench.memory`: whether memory stays flat while one run grades thousands of submissions."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from bisect import bisect_left
from collections import deque
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from autograder.course import Course
from tests.bench import curve, speed_class, speed_course, tree
from tests.bench.curve import FLAT, Point
from tests.bench.speed_class import CRASH, RIGHT, SLIP, STUB
from tests.bench.speed_course import NAME
from tests.bench.stays import Seen, Stays
from tests.bench.tree import Watch

SUBMISSIONS, STEP, JOBS = 10_000, 500, 2
WARM = 2
"""Steps after which the curve has to be flat."""
PAUSE = 0.5
WIDTH = 112
MIXTURE = (RIGHT, SLIP, RIGHT, STUB, RIGHT, SLIP, RIGHT, STUB, RIGHT, CRASH)

Samples = Sequence[tuple[float, Seen]]


def main() -> None:
    """Grade, and print the curve."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.memory", description=__doc__)
    parser.add_argument("--submissions", type=int, default=SUBMISSIONS, metavar="N")
    count = parser.parse_args().submissions
    if count < 10:
        parser.error("a curve needs 10 submissions or more")
    step = min(STEP, max(1, count // 10))
    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDTH)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        folder.chmod(0o755)
        course = Course.find(Path(__file__).parent)
        made = speed_course.write(course, folder)
        sources = speed_course.sources(course)
        paths = speed_class.hand_in(made.assignment(NAME), sources, folder, count, mixture=MIXTURE)
        console.print(f"{count:,} submissions are written; grading them, {JOBS} at a time")
        started = time.monotonic()
        reached, samples = _grade(paths, folder, step)
        seconds = time.monotonic() - started
    points = _points(reached, samples, step)
    console.print(curve.table(points))
    console.print("MB: RSS of processes that stay, the least in the second half of each step; PSS of all processes")
    peak = max(seen.whole for _, seen in samples)
    console.print(f"{peak:.0f} MB at most, {count / seconds:.1f} submissions a second")
    try:
        console.print(verdict(points, after=WARM * step))
    except ValueError as error:
        sys.exit(str(error))
    if count < SUBMISSIONS:
        console.print(f"caches fill in the first thousand; whether it is flat, {SUBMISSIONS:,} tell")


def verdict(points: Sequence[Point], *, after: float) -> str:
    """Return whether memory is flat, and where it is not, who grows; ValueError where there are too few points."""
    submissions = [point.submissions for point in points]
    parts = {
        "all": [point.stays for point in points],
        "the command": [point.command for point in points],
        "the graders": [point.graders for point in points],
        "their sandboxes": [point.sandboxes for point in points],
    }
    slopes = {name: curve.slope(submissions, values, after=after) for name, values in parts.items()}
    said = "flat" if slopes["all"] <= FLAT else "not flat"
    each = ", ".join(f"{name} {value:+.0f}" for name, value in slopes.items())
    within = f"kB for each 1,000 submissions after the first {after:,}, without the largest step"
    return f"{said} (limit {FLAT:g}); {within}: {each}"


def _grade(paths: Sequence[Path], folder: Path, step: int) -> tuple[list[float], Samples]:
    """Return the times when each `step` of submissions was graded, and the memory seen in between."""
    command = tree.python("autograder.cli", "grade", NAME, "--jobs", str(JOBS), *map(str, paths))
    with (folder / "table.txt").open("w") as table:
        process = subprocess.Popen(
            command, cwd=folder, env=tree.environment(), stdout=table, stderr=subprocess.PIPE, text=True
        )
        reached: list[float] = []
        said: deque[str] = deque(maxlen=6)
        graded = 0
        with Watch(process.pid, Stays(), pause=PAUSE) as watch:
            for line in process.stderr or ():
                said.append(line)
                graded += " of " in line and line.startswith("student")
                if graded == step * (len(reached) + 1):
                    reached.append(time.monotonic())
        status = process.wait()
    if status not in (0, 1) or graded != len(paths):  # 1: what made its worker crash is not gradable
        sys.exit(f"{graded} of {len(paths)} were graded, and the command ended with status {status}:\n{''.join(said)}")
    return reached, watch.samples


def _points(reached: Sequence[float], samples: Samples, step: int) -> list[Point]:
    """Return for each step the least that stayed in its second half, and the most that was seen.

    At the first look nothing has stayed. A submission that runs for very long may be there at two looks; at the next
    it is not.
    """
    times, points, begin = [when for when, _ in samples], [], 0
    for index, when in enumerate(reached):
        end = bisect_left(times, when)
        seen = [look for _, look in samples[begin:end]]
        if seen:
            least = map(min, zip(*(look.staying for look in seen[len(seen) // 2 :]), strict=True))
            points.append(Point(step * (index + 1), *least, most=max(look.whole for look in seen)))
        begin = end
    return points


if __name__ == "__main__":
    main()
