"""`make memory`: what stays is told apart from what comes and goes, and what grows from what does not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from tests.bench import curve, memory, tree
from tests.bench.curve import Point
from tests.bench.stays import Seen, Stays

BLOCK = 30_000_000
HOLDS = f"import time; block = bytearray({BLOCK}); print(flush=True); time.sleep(600)"
HAS_A_CHILD = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {HOLDS!r}])"
COMES_AND_GOES = f"""
import os, sys
for _ in sys.stdin:
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        block = bytearray({BLOCK})
        print(flush=True)
        os.read(read, 1)
        os._exit(0)
    sys.stdin.readline()
    os.write(write, b".")
    os.waitpid(child, 0)
    print(flush=True)
"""

Run = Callable[[str], subprocess.Popen[str]]


@pytest.fixture
def run() -> Iterator[Run]:
    """A function that runs code in a process, which ends with the test together with all below it."""
    processes = []

    def started(code: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", code]
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, start_new_session=True)
        processes.append(process)
        return process

    yield started
    for process in processes:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def test_slope() -> None:
    """The slope is that of the late part, whatever the first part does, and is found under noise."""
    rng = np.random.default_rng(0)
    x = np.arange(500, 10_500, 500)
    y = np.where(x < 1000, 0.0, 300 + 0.002 * x) + 0.01 * rng.standard_normal(len(x))
    assert curve.slope(x, y, after=1000) == pytest.approx(2000, rel=0.01)
    with pytest.raises(ValueError, match="1 points from 10000 submissions on"):
        curve.slope(x, y, after=10_000)


@pytest.mark.parametrize(
    ("every", "grows"), [(10_000, False), (6_000, False), (4_500, True), (3_000, True), (1_000, True)]
)
def test_steps(every: int, grows: bool) -> None:
    """Two megabytes once are no growth, and twice they are."""
    x = np.arange(500, 10_500, 500)
    found = curve.slope(x, 200 + 2.0 * (x // every), after=1000)
    assert (found > curve.FLAT) is grows
    assert found == 0 or grows


@pytest.mark.parametrize(("growth", "said"), [(0.0, "flat"), (-1.0, "flat"), (0.001, "not flat")])
def test_verdict(growth: float, said: str) -> None:
    """Memory that stays or falls is flat, and one that grows by a megabyte for each 1,000 is not."""
    points = [Point(n, 60.0 + growth * n, 150.0, 140.0, 400.0) for n in range(500, 5500, 500)]
    assert memory.verdict(points, after=1000).startswith(f"{said} (")


@pytest.mark.parametrize(("leak", "said"), [(0.0, "flat"), (0.0005, "not flat")])
def test_what_runs_at_the_moment_is_no_growth(leak: float, said: str) -> None:
    """A submission that is there at two looks moves what is seen by a tenth, and hides no growth of half a kilobyte."""
    rng = np.random.default_rng(0)
    step, count, seen_in_a_step = 500, 10_000, 40
    reached = [float(n) for n in range(step, count + 1, step)]
    times = np.linspace(0, count, count // step * seen_in_a_step, endpoint=False)
    staying = [(30.0, 100.0, 64.0 + leak * when + 6.5 * rng.integers(0, 3)) for when in times]
    staying[0] = (0.0, 0.0, 0.0)  # nothing stays at the first look
    samples = [(when, Seen(sum(parts), parts)) for when, parts in zip(times, staying, strict=True)]
    points = memory._points(reached, samples, step)
    assert [point.submissions for point in points] == reached
    least = [64.0 + leak * (when - step / 2) for when in reached]
    assert [point.sandboxes for point in points] == pytest.approx(least, abs=leak * step / 4)
    assert [point.most for point in points] == [
        max(seen.whole for when, seen in samples if end - step <= when < end) for end in reached
    ]
    assert memory.verdict(points, after=1000).startswith(f"{said} (")


def test_memory_by_depth(run: Run) -> None:
    """What stays is told apart by depth: the process itself, its children, and what is below them."""
    outer = run(
        f"import subprocess, sys; subprocess.run([sys.executable, '-c', {HAS_A_CHILD!r}], stdin=subprocess.PIPE)"
    )
    assert outer.stdout is not None
    outer.stdout.readline()
    look = Stays()
    first, second = look(outer.pid), look(outer.pid)
    assert first.staying == (0, 0, 0)
    itself, children, deeper = second.staying
    assert 0 < itself < 30 < deeper < 60
    assert 0 < children < 30
    assert second.whole == pytest.approx(tree.memory(outer.pid), rel=0.01)
    assert BLOCK / 1e6 < second.whole < itself + children + deeper


def test_what_comes_and_goes_does_not_stay(run: Run) -> None:
    """A child that is new at each look counts among all, and not among what stays."""
    process = run(COMES_AND_GOES)
    assert process.stdin is not None
    assert process.stdout is not None
    look = Stays()
    seen = []
    for _ in range(4):
        for line in ("begin", "end"):
            process.stdin.write(f"{line}\n")
            process.stdin.flush()
            process.stdout.readline()
            if line == "begin":
                seen.append(look(process.pid))
    assert all(one.staying[1:] == (0, 0) for one in seen)
    assert all(0 < one.staying[0] < BLOCK / 1e6 < one.whole for one in seen[1:])


def test_memory_of_one_process() -> None:
    """What is shared counts in full for RSS only, and a process that has ended has no memory."""
    with subprocess.Popen([sys.executable, "-c", "pass"]) as ended:
        ended.wait()
    assert (tree.proportional(ended.pid), tree.resident(ended.pid), tree.memory(ended.pid)) == (0, 0, 0)
    assert 1 < tree.proportional(os.getpid()) <= tree.resident(os.getpid()) * 1.05 < 2000


def test_looks_are_taken_while_the_block_runs() -> None:
    """Each has its time; nothing is looked at any more after the block."""
    begun = time.monotonic()
    with tree.Watch(os.getpid(), lambda root: root, pause=0.001) as watch:
        while len(watch.samples) < 3:
            time.sleep(0.001)
    times, seen = zip(*watch.samples, strict=True)
    assert begun <= times[0] <= times[1] <= times[-1] <= time.monotonic()
    assert set(seen) == {os.getpid()}
    count = len(watch.samples)
    time.sleep(0.02)
    assert len(watch.samples) == count
