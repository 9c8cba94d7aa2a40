"""How long it takes from asking for a worker until it has answered its first question, from a warm zygote."""

from __future__ import annotations

import time

from autograder.sandbox import Limits, Sandbox
from tests.bench.rows import spread

STARTS = 200


def line() -> str:
    """Measure, and return a line of text."""
    starts = []
    with Sandbox() as sandbox:
        for _ in range(STARTS):
            started = time.perf_counter()
            submission = sandbox.load([], limits=Limits(), seed=0)
            submission.has("anything")  # the worker is started when it is first needed
            starts.append(time.perf_counter() - started)
            submission.close()
    low, median, high = (1000 * value for value in spread(starts))
    return f"a worker from a warm zygote: min {low:.1f}, median {median:.1f}, max {high:.1f} ms ({STARTS} starts)"
