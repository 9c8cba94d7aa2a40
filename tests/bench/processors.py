"""How much more two processes get done here than one: no number of jobs can gain more than that."""

from __future__ import annotations

import subprocess
import sys
import time

_WORK = "x = 0\nfor i in range(6_000_000):\n    x += i * i % 7\n"
_TRIES = 3


def line(jobs: int) -> str:
    """Measure, and return a line of text."""
    alone, together = (min(_seconds(count) for _ in range(_TRIES)) for count in (1, jobs))
    return f"{jobs} processes that only compute get {jobs * alone / together:.2f} times as much done here as one"


def _seconds(count: int) -> float:
    started = time.perf_counter()
    running = [subprocess.Popen([sys.executable, "-c", _WORK]) for _ in range(count)]
    for process in running:
        process.wait()
    return time.perf_counter() - started
