"""What checking entry by entry costs and finds on a large network: its differences are made once for many faults."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from autograder.entry_check import check_entries
from autograder.errors import Mismatch
from autograder.gradient_checks import DEFAULT_RTOL
from autograder.slopes import STEP, FlatFunction
from autograder.verdicts import FLOOR, Check
from tests.bench.network import Gradients, Network

ROUNDINGS = 4
"""Of the loss, as the bound of rounding noise counts them."""

Floats = NDArray[np.float64]


def by_entries(network: Network, gradients: Gradients, rng: np.random.Generator) -> str | None:
    """Return what the check of small gradients blames when it is made to check a larger one, None where it passes."""
    try:
        check_entries(_check(network, gradients, rng))
    except Mismatch as mismatch:
        return mismatch.path
    return None


class Differences:
    """Central differences of the loss of a network by every entry, with the seconds and the calls that they took."""

    def __init__(self, network: Network, steps: Callable[[int], Iterable[int]]) -> None:
        self._network = network
        network.calls, started = 0, time.perf_counter()
        self._numeric = np.concatenate(
            [_central(network, values.reshape(-1), steps) for values in network.params.values()]
        )
        self.seconds, self.calls = time.perf_counter() - started, network.calls

    def blame(self, gradients: Gradients) -> str | None:
        """Return the path of the worst entry that is wrong by the rule for small gradients, None where none is."""
        check = _check(self._network, gradients, np.random.default_rng(0))
        floors = np.concatenate([np.full(part.size, FLOOR * np.max(np.abs(part))) for part in self._parts(check)])
        sizes = np.maximum(np.maximum(np.abs(check.ours), np.abs(self._numeric)), floors)
        errors = np.abs(check.ours - self._numeric)
        noise = ROUNDINGS * np.finfo(np.float64).eps * abs(check.flat.middle) / STEP
        doubtful = np.flatnonzero(errors > check.rtol * sizes + noise)
        for position in doubtful[np.argsort(-(errors / sizes)[doubtful])]:
            if check.judge_entry(int(position), floors[position])[0] == "wrong":
                return _path(check, int(position))
        return None

    def _parts(self, check: Check) -> list[Floats]:
        return [self._numeric[start:stop] for start, stop in check.flat.ranges().values()]


def _check(network: Network, gradients: Gradients, rng: np.random.Generator) -> Check:
    flat = FlatFunction(network.loss, network.params)
    ours = np.concatenate([np.ravel(gradients[name]) for name in flat.parts])
    return Check("g", flat, ours, DEFAULT_RTOL, rng, {}, {})


def _path(check: Check, position: int) -> str:
    try:
        check.wrong_entry(position)
    except Mismatch as mismatch:
        return mismatch.path


def _central(network: Network, flat: Floats, steps: Callable[[int], Iterable[int]]) -> Floats:
    """Return the slopes of the loss by each entry of an array that the network has, moved in place and put back."""
    slopes = np.zeros_like(flat)
    for position in steps(flat.size):
        middle = flat[position]
        flat[position] = middle + STEP
        above = network.loss(network.params)
        flat[position] = middle - STEP
        below = network.loss(network.params)
        flat[position] = middle
        slopes[position] = (above - below) / (2 * STEP)
    return slopes
