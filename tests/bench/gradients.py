"""`python -m tests.bench.gradients`: gradient checks along directions against checks entry by entry.

How long they take, how many forward passes, which planted faults they find, and how often they blame right code.
Everything takes about ten minutes on a processor of its own; `--part` measures one table.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache, partial
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from autograder.errors import Mismatch
from autograder.gradients import gradient_agrees
from autograder.sandbox import Cell, Limits, Sandbox, Submission
from tests.bench.entries import Differences, by_entries
from tests.bench.network import LARGE, SMALL, SMALLEST, SUBMITTED, Gradients, Network, Sizes, random_sizes
from tests.bench.plants import FAULTS, Plant

SEEDS = 200
RIGHT = 1000
REPEATS = 20
NETWORKS = 2
"""Large networks that are differentiated by every entry, a minute or more each; all faults are planted in these."""
CALLS = 200
"""Calls through the pipe that the price of all of them is worked out from."""

Judge = Callable[[Network, Gradients, np.random.Generator], str | None]


def as_graded(network: Network, gradients: Gradients, rng: np.random.Generator) -> str | None:
    """Return what `gradient_agrees` blames, None where it passes."""
    try:
        gradient_agrees("g", gradients, network.loss, network.params, rng=rng)
    except Mismatch as mismatch:
        return mismatch.path
    return None


def power_table() -> Table:
    """Return how many of the planted faults are found, and how many of these are placed right."""
    ways: dict[str, Callable[[str, Plant], str]] = {
        f"directions, {LARGE}": partial(_power, as_graded, LARGE),
        f"entry by entry, {LARGE}, {NETWORKS} networks": _power_of_differences,
        f"directions, {SMALL}": partial(_power, as_graded, SMALL),
        f"entry by entry, {SMALL}": partial(_power, by_entries, SMALL),
    }
    table = Table(f"found (placed) of {SEEDS}", *ways, show_edge=False)
    for fault, plant in FAULTS.items():
        table.add_row(fault, *(power(f"{fault}, {way}", plant) for way, power in ways.items()))
    return table


def glance_table() -> Table:
    """Return what a gradient of few entries costs and shows, where a glance comes first and where it does not."""
    ways = {"as graded": as_graded, "entry by entry": by_entries}
    table = Table(f"{SMALLEST}", *ways, show_edge=False)
    for fault, plant in FAULTS.items():
        found = [_power(judge, SMALLEST, f"{fault}, {words}", plant) for words, judge in ways.items()]
        table.add_row(f"{fault}: found (placed) of {SEEDS}", *found)
    costs = [_passes(judge, SMALLEST, words) for words, judge in ways.items()]
    for row, cells in zip(("called wrong", "passes: median", "largest"), zip(*costs, strict=True), strict=True):
        table.add_row(f"a right gradient, {row}", *cells)
    return table


def _passes(judge: Judge, sizes: Sizes, words: str) -> tuple[str, str, str]:
    """Return how many right gradients are called wrong, and the median and the most forward passes."""
    wrong, calls = 0, []
    for seed in _steps(f"right, {words}", RIGHT):
        rng = np.random.default_rng(seed)
        network = Network(rng, sizes)
        wrong += judge(network, network.gradients, rng) is not None
        calls.append(network.calls)
    return f"{wrong} of {RIGHT}", f"{statistics.median(calls):.0f}", str(max(calls))


def _power(judge: Judge, sizes: Sizes, words: str, plant: Plant) -> str:
    blamed = []
    for seed in _steps(words, SEEDS):
        rng = np.random.default_rng(seed)
        network = Network(rng, sizes)
        wrong, path = plant(network, rng)
        blamed.append(_placed(judge(network, wrong, rng), path))
    return _counts(blamed)


def _power_of_differences(words: str, plant: Plant) -> str:
    blamed = []
    for seed in _steps(words, SEEDS):
        network, differences = _differences(seed % NETWORKS)
        wrong, path = plant(network, np.random.default_rng(seed))
        blamed.append(_placed(differences.blame(wrong), path))
    return _counts(blamed)


def _placed(found: str | None, path: str) -> bool | None:
    """Tell whether what is blamed lies where the fault does, None where nothing is blamed."""
    return None if found is None else found.startswith(path)


def _counts(blamed: list[bool | None]) -> str:
    return f"{sum(one is not None for one in blamed)} ({sum(one is True for one in blamed)})"


@cache
def _differences(seed: int) -> tuple[Network, Differences]:
    network = Network(np.random.default_rng(seed), LARGE)
    return network, Differences(network, partial(_steps, "every entry"))


def alarms_table() -> Table:
    """Return how often right gradients are called wrong: networks of many sizes, inputs × 0.001, 1 and 1000."""
    table = Table(
        "right code", "called wrong", "not judged", "calls: median", "largest", "worst error", show_edge=False
    )
    for words, change in _RIGHT.items():
        table.add_row(words, *_alarms(change, words))
    table.add_row(f"entry by entry, all in float64, {SMALL}", *_alarms_of_entries())
    return table


_RIGHT: dict[str, Callable[[Network], Gradients]] = {
    "all in float64": lambda network: network.gradients,
    "gradient summed in another order": Network.reordered,
    "gradient in float32, function in float64": Network.single_gradients,
    "gradient partly in float32, function in float64": Network.mixed_gradients,
    "function and gradient in float32": Network.all_single,
}


def _alarms(change: Callable[[Network], Gradients], words: str) -> list[str]:
    wrong = unjudged = 0
    calls, errors = [], []
    for seed in _steps(words, RIGHT):
        rng = np.random.default_rng(seed)
        network = Network(rng, random_sizes(rng), scale=float(rng.choice([1e-3, 1.0, 1e3])))
        gradients = change(network)
        try:
            evidence = gradient_agrees("g", gradients, network.loss, network.params, rng=rng)
            errors.append(evidence.max_relative_error)
        except Mismatch:
            wrong += 1
        except ValueError:
            unjudged += 1
        calls.append(network.calls)
    counts = [f"{wrong} of {RIGHT}", str(unjudged), f"{statistics.median(calls):.0f}", str(max(calls))]
    return [*counts, f"{max(errors):.0e}"]


def _alarms_of_entries() -> list[str]:
    wrong, calls = 0, []
    for seed in _steps("entry by entry", RIGHT):
        rng = np.random.default_rng(seed)
        network = Network(rng, SMALL, scale=float(rng.choice([1e-3, 1.0, 1e3])))
        wrong += by_entries(network, network.gradients, rng) is not None
        calls.append(network.calls)
    return [f"{wrong} of {RIGHT}", "", f"{statistics.median(calls):.0f}", str(max(calls)), ""]


def time_table() -> Table:
    """Return seconds and forward passes of right checks of the large network, in this process and through a pipe."""
    table = Table(f"a right gradient, {LARGE}", "seconds", "forward passes", "times as fast", show_edge=False)
    network, differences = _differences(0)
    with Sandbox() as sandbox, sandbox.load([Cell("loss", SUBMITTED)], limits=Limits(), seed=0) as submission:
        remote = _through(submission, network)
        each = _median(lambda: remote(network.params), CALLS)
        for words, loss, slow in [
            ("in this process", network.loss, differences.seconds),
            ("a submission's loss in the sandbox", remote, each * differences.calls),
        ]:
            seconds, passes = _along_directions(loss, network)
            table.add_row(f"{words}, along directions", f"{seconds:.4f}", str(passes), f"{slow / seconds:,.0f}")
            table.add_row(f"{words}, entry by entry", f"{slow:,.1f}", f"{differences.calls:,}", "1")
    return table


def passes_table() -> Table:
    """Return how many forward passes right checks of large networks take, each of another network."""
    passes: Counter[int] = Counter()
    for seed in _steps("passes", RIGHT):
        rng = np.random.default_rng(seed)
        network = Network(rng, LARGE)
        gradient_agrees("g", network.gradients, network.loss, network.params, rng=rng)
        passes[network.calls] += 1
    table = Table(f"forward passes, {LARGE}", f"networks of {RIGHT}", show_edge=False)
    for count in sorted(passes):
        table.add_row(str(count), str(passes[count]))
    return table


def _through(submission: Submission, network: Network) -> Callable[[Any], Any]:
    return lambda params: submission.loss(params, network.X, network.y)


def _along_directions(loss: Callable[[Any], Any], network: Network) -> tuple[float, int]:
    """Return the median seconds and the most calls of checks with different seeds."""
    calls: list[int] = []
    gradients = network.gradients

    def counted(params: Any) -> Any:
        calls[-1] += 1
        return loss(params)

    def judge() -> None:
        calls.append(0)
        gradient_agrees("g", gradients, counted, network.params, rng=np.random.default_rng(len(calls)))

    seconds = _median(judge, REPEATS)
    return seconds, max(calls)


def _median(action: Callable[[], object], count: int) -> float:
    times = []
    for _ in range(count):
        started = time.perf_counter()
        action()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def _steps(words: str, count: int) -> Iterable[int]:
    return track(range(count), words, transient=True, console=Console(stderr=True))


PARTS: dict[str, Callable[[], Table]] = {
    "time": time_table,
    "passes": passes_table,
    "power": power_table,
    "glance": glance_table,
    "alarms": alarms_table,
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.gradients", description=__doc__)
    parser.add_argument("--part", choices=[*PARTS], help="measure one table only")
    parsed = parser.parse_args()
    console = Console(width=160)
    console.print(f"{platform.machine()}, {os.cpu_count()} processors, numpy {np.__version__}, batches of {LARGE[0]}")
    for part in [parsed.part] if parsed.part else PARTS:
        console.print(PARTS[part](), "")


if __name__ == "__main__":
    main()
