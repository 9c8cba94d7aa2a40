"""Tests of what the table of gradient checks rests on: right gradients, faults that are what they say, fair counts."""

from __future__ import annotations

import numpy as np
import pytest
from rich.console import Console

from autograder.gradients import numerical_gradient
from tests.bench import gradients
from tests.bench.entries import Differences, by_entries
from tests.bench.network import Network, Sizes
from tests.bench.plants import FAULTS

TINY = Sizes(8, 6, 5, 3)


def tiny(seed: int = 0) -> Network:
    """Return a network that every entry of is quickly moved."""
    return Network(np.random.default_rng(seed), TINY)


@pytest.mark.parametrize("name", ["W1", "b1", "W2", "b2"])
def test_gradients_of_the_network(name):
    """The gradients that the faults are planted in are right, in float32 and summed in another order, too."""
    network = tiny()
    numeric = numerical_gradient(lambda moved: network.loss({**network.params, name: moved}), network.params[name])
    assert np.allclose(network.gradients[name], numeric, rtol=1e-6, atol=1e-9)
    assert np.allclose(network.reordered()[name], numeric, rtol=1e-6, atol=1e-9)
    assert np.allclose(network.single_gradients()[name], numeric, rtol=1e-4, atol=1e-6)
    assert np.allclose(network.mixed_gradients()[name], numeric, rtol=1e-4, atol=1e-6)
    assert network.all_single()[name].dtype == np.float32


def test_differences_are_made_once():
    """Two calls for every entry, and none for a gradient that agrees; the parameters are put back."""
    network = tiny()
    before = {name: values.copy() for name, values in network.params.items()}
    differences = Differences(network, range)
    assert differences.calls == 2 * sum(values.size for values in before.values())
    assert differences.blame(network.gradients) is None
    assert network.calls == differences.calls + 1
    assert all(np.array_equal(before[name], network.params[name]) for name in before)


@pytest.mark.parametrize("fault", FAULTS)
def test_both_ways_entry_by_entry_agree(fault):
    """Differences that are made once blame the same as the check of small gradients, whatever is planted."""
    for seed in range(5):
        rng = np.random.default_rng(seed)
        network = tiny(seed)
        wrong, path = FAULTS[fault](network, rng)
        blamed = by_entries(network, wrong, rng)
        assert blamed is not None
        assert blamed.startswith(path)
        assert Differences(network, range).blame(wrong) == blamed


def test_right_gradients_are_blamed_for_nothing():
    """Each way passes what is right."""
    rng = np.random.default_rng(0)
    for judge in (by_entries, gradients.as_graded):
        assert judge(tiny(), tiny().gradients, rng) is None


def test_counts():
    """What is found and what is placed are counted apart, and a fault that is missed counts for neither."""
    blamed = [gradients._placed(found, 'g["b1"]') for found in (None, 'g["W1"][0, 2]', 'g["b1"][3]', 'g["b1"][4]')]
    assert gradients._counts(blamed) == "3 (2)"


@pytest.mark.parametrize(
    ("part", "rows", "count"),
    [
        ("passes", ["10"], "2"),
        ("power", FAULTS, "2 (2)"),
        ("glance", [*FAULTS, "called wrong"], "2 (2)"),
        ("alarms", [*gradients._RIGHT, "entry by entry"], "0 of 2"),
    ],
)
def test_tables(part, rows, count, monkeypatch, capsys):
    """A table of few seeds has a row for each number of passes, for each fault, or for each kind of right code."""
    monkeypatch.setattr(gradients, "SEEDS", 2)
    monkeypatch.setattr(gradients, "RIGHT", 2)
    monkeypatch.setattr(gradients, "LARGE", Sizes(8, 40, 15, 3))
    gradients._differences.cache_clear()
    Console(width=200).print(gradients.PARTS[part]())
    gradients._differences.cache_clear()
    printed = capsys.readouterr().out
    assert all(row in printed for row in rows)
    assert count in printed
