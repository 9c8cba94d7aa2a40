"""Large gradients cost ten forward passes whatever their size, and a fault in one entry is still found and named."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.errors import Mismatch
from autograder.gradients import gradient_agrees
from tests.bench.network import LARGE, SMALL, Network, Sizes

MOST_CALLS = 12
SEEDS = range(20)
MEDIUM = Sizes(32, 200, 50, 7)
LARGER = Sizes(32, 1568, 100, 10)


def blamed(network: Network, gradients: Any, seed: int = 0) -> str | None:
    """Return the path that the check blames, None where it passes."""
    try:
        gradient_agrees("g", gradients, network.loss, network.params, rng=np.random.default_rng(seed))
    except Mismatch as mismatch:
        return mismatch.path
    return None


def one_entry(network: Network, rng: np.random.Generator, share: float) -> tuple[dict[str, Any], str]:
    """Make one entry of at least median size wrong by a share of itself; return its path, too."""
    name = str(rng.choice(sorted(network.gradients)))
    wrong = network.gradients[name].copy()
    index = tuple(rng.choice(np.argwhere(np.abs(wrong) >= np.median(np.abs(wrong)))))
    wrong[index] *= 1 + share
    return {**network.gradients, name: wrong}, f'g["{name}"][{", ".join(map(str, index))}]'


@pytest.mark.parametrize("sizes", [SMALL, MEDIUM, LARGE, LARGER], ids=str)
def test_the_price_does_not_depend_on_the_size(sizes):
    """Right gradients of 785 parameters and of twice 79,510 cost the same ten forward passes."""
    network = Network(np.random.default_rng(0), sizes)
    evidence = gradient_agrees("g", network.gradients, network.loss, network.params, rng=np.random.default_rng(0))
    assert (evidence.method, evidence.checked, evidence.skipped) == ("directions", 5, 0)
    assert network.calls == 10


def test_the_price_of_the_large_network():
    """No right gradient of 79,510 parameters costs more than twelve forward passes, and each agrees closely."""
    for seed in SEEDS:
        network = Network(np.random.default_rng(seed), LARGE)
        assert sum(values.size for values in network.params.values()) == 79_510
        evidence = gradient_agrees("g", network.gradients, network.loss, network.params, rng=np.random.default_rng(0))
        assert evidence.max_relative_error < 1e-8
        assert 10 <= network.calls <= MOST_CALLS


@pytest.mark.parametrize("seed", [139, 322, 771, 974])
def test_the_price_of_a_crossed_kink(seed):
    """Where a step crosses a kink of the large network, one smaller step is enough for all directions."""
    rng = np.random.default_rng(seed)
    network = Network(rng, LARGE)
    gradient_agrees("g", network.gradients, network.loss, network.params, rng=rng)
    assert network.calls == MOST_CALLS


@pytest.mark.parametrize("constant", [0.0, 1.0, 20.0])
@pytest.mark.parametrize("distance", [3e-8, 3e-7, 1.0])
def test_the_price_of_one_doubt(distance, constant):
    """One smaller step settles a kink nearby, and truncation also where rounding does not allow a much smaller one."""
    x = np.random.default_rng(0).uniform(-1e-3, 1e-3, 1000)
    x[0] = distance
    calls = []

    def f(x: Any) -> Any:
        calls.append(1)
        return np.sum(np.exp(300 * x[1:]) + constant) + 1000 * np.maximum(0, x[0])

    right = 300 * np.exp(300 * x)
    right[0] = 1000
    evidence = gradient_agrees("dx", right, f, x, rng=np.random.default_rng(0))
    assert (evidence.checked, len(calls)) == (5, MOST_CALLS)


@pytest.mark.parametrize("share", [1e-2, 1e-4])
@pytest.mark.parametrize("sizes", [SMALL, LARGE], ids=str)
def test_one_wrong_entry_is_found_and_named(sizes, share):
    """One entry that is off by 1 %, or by 0.01 %, is found among all others."""
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        network = Network(rng, sizes)
        wrong, path = one_entry(network, rng, share)
        assert blamed(network, wrong, seed) == path


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (lambda g, _p: {**g, "b1": np.zeros_like(g["b1"])}, "b1"),
        (lambda g, _p: {**g, "b2": np.zeros_like(g["b2"])}, "b2"),
        (lambda g, p: {**g, "W1": g["W1"] + 0.1 * np.std(g["W1"]) * p["W1"]}, "W1"),
        (lambda g, p: {**g, "W2": g["W2"] + 0.1 * np.std(g["W2"]) * p["W2"]}, "W2"),
        (lambda g, _p: {**g, "W2": 1.001 * g["W2"]}, "W2"),
        (lambda g, _p: {**g, "b2": -g["b2"]}, "b2"),
        (lambda g, _p: {**g, "W1": np.zeros_like(g["W1"])}, "W1"),
    ],
)
@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
def test_one_wrong_array_is_found_and_named(change, name, scale):
    """Whichever array is wrong is named, however small its gradients are next to the others."""
    for seed in range(5):
        network = Network(np.random.default_rng(seed), SMALL, scale=scale)
        path = blamed(network, change(network.gradients, network.params), seed)
        assert path is not None
        assert path.startswith(f'g["{name}"]')


def test_a_gradient_that_is_zero_everywhere():
    """Zeros are wrong, also where the function does not notice the small steps of exact differences."""
    for seed in range(5):
        network = Network(np.random.default_rng(seed), SMALL)
        gradients = {name: np.zeros_like(values) for name, values in network.params.items()}
        assert blamed(network, gradients) is not None
        network.all_single()
        assert blamed(network, gradients) is not None


def test_zeros_of_a_constant_function():
    """A large gradient that is zero, and is meant to be, passes."""
    evidence = gradient_agrees("dx", np.zeros(500), lambda _x: 3.0, np.ones(500), rng=np.random.default_rng(0))
    assert (evidence.checked, evidence.max_relative_error) == (5, 0)


@pytest.mark.parametrize(
    ("change", "scale"),
    [
        *((lambda network: network.gradients, scale) for scale in (1e-3, 1.0, 1e3)),
        *((Network.reordered, scale) for scale in (1e-3, 1.0, 1e3)),
        *((Network.single_gradients, scale) for scale in (1e-3, 1.0, 1e3)),
        *((Network.mixed_gradients, scale) for scale in (1e-3, 1.0)),
    ],
)
def test_right_gradients_pass(change, scale):
    """Kinks, large and small inputs, another order of sums and rounding to float32 are no faults."""
    for seed in SEEDS:
        network = Network(np.random.default_rng(seed), MEDIUM, scale=scale)
        assert blamed(network, change(network), seed) is None


@pytest.mark.parametrize("scale", [1.0, 1e3])
@pytest.mark.parametrize("sizes", [SMALL, LARGE], ids=str)
def test_networks_in_single_precision(sizes, scale):
    """Where all computes in float32, right gradients pass, and gross faults do not."""
    for seed in range(5):
        network = Network(np.random.default_rng(seed), sizes, scale=scale)
        right = network.all_single()
        assert blamed(network, right, seed) is None
        for factor in (-1, 2):
            assert blamed(network, {**right, "W1": factor * right["W1"]}, seed) is not None


@pytest.mark.parametrize("count", [1, 2, 8])
def test_kinks_beside_the_point(count):
    """Where steps cross kinks, smaller ones are taken: right passes, and one wrong entry does not hide behind them."""
    rng = np.random.default_rng(count)
    x, weights = rng.normal(size=1000), rng.normal(size=1000)
    x[:count] = 1e-8 * rng.choice((-1.0, 1.0), count)

    def f(x: Any) -> Any:
        return np.sum(weights * np.maximum(0, x) + x**2)

    right = weights * (x > 0) + 2 * x
    wrong = right.copy()
    wrong[500] *= 1.01
    assert gradient_agrees("dx", right, f, x, rng=np.random.default_rng(0)).checked == 5
    with pytest.raises(Mismatch) as caught:
        gradient_agrees("dx", wrong, f, x, rng=np.random.default_rng(0))
    assert caught.value.path == "dx[500]"


@pytest.mark.parametrize("size", [1e-6, 1.0, 1e6])
@pytest.mark.parametrize(
    ("f", "df"), [(lambda x: np.sum(np.sin(x)), np.cos), (lambda x: np.mean(x**3), lambda x: 3 * x**2 / x.size)]
)
def test_scales_of_functions(f, df, size):
    """A function that is a million times as large, or as small, costs no more calls, and its faults are found."""
    x = np.random.default_rng(0).normal(size=2000)
    calls = []

    def scaled(x: Any) -> Any:
        calls.append(1)
        return size * f(x)

    right = size * df(x)
    gradient_agrees("dx", right, scaled, x, rng=np.random.default_rng(0))
    assert len(calls) <= MOST_CALLS
    right[1234] *= 1.001
    with pytest.raises(Mismatch) as caught:
        gradient_agrees("dx", right, scaled, x, rng=np.random.default_rng(0))
    assert caught.value.path == "dx[1234]"


@pytest.mark.parametrize("factor", [1.0005, 0.9995])
def test_few_digits_are_no_excuse(factor):
    """A gradient in float32 that is off by 0.05 % throughout is wrong for all its roundings."""
    for seed in SEEDS:
        network = Network(np.random.default_rng(seed), SMALL)
        gradients = {name: (factor * values).astype(np.float32) for name, values in network.gradients.items()}
        assert blamed(network, gradients) is not None
