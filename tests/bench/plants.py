"""Faults planted in right gradients, each with the path that a check should blame."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tests.bench.network import Gradients, Network

Plant = Callable[[Network, np.random.Generator], tuple[Gradients, str]]

REG = 1e-3
"""Of the stray L2 term; the weights have a standard deviation of √(2 / inputs)."""


def zero_bias(network: Network, rng: np.random.Generator) -> tuple[Gradients, str]:
    """Leave the gradient of one of the two biases at zero."""
    name = str(rng.choice(["b1", "b2"]))
    return {**network.gradients, name: np.zeros_like(network.gradients[name])}, f'g["{name}"]'


def stray_decay(network: Network, rng: np.random.Generator) -> tuple[Gradients, str]:
    """Add the gradient of an L2 term that the loss does not have."""
    wrong = {name: network.gradients[name] + 2 * REG * network.params[name] for name in ("W1", "W2")}
    return {**network.gradients, **wrong}, 'g["W'


def one_entry(share: float, *, typical: bool = True) -> Plant:
    """Return a plant that makes one entry of one array wrong by a share of itself."""

    def plant(network: Network, rng: np.random.Generator) -> tuple[Gradients, str]:
        name = str(rng.choice(sorted(network.gradients)))
        wrong = network.gradients[name].copy()
        sizes = np.abs(wrong)
        index = tuple(rng.choice(np.argwhere((sizes > 0) & (sizes >= np.median(sizes) * typical))))
        wrong[index] *= 1 + share
        return {**network.gradients, name: wrong}, f'g["{name}"][{", ".join(map(str, index))}]'

    return plant


FAULTS: dict[str, Plant] = {
    "a bias gradient of zero": zero_bias,
    f"a stray L2 term, reg = {REG}": stray_decay,
    "one entry off by 1 %": one_entry(1e-2),
    "one entry off by 0.01 %": one_entry(1e-4),
    "any entry but zeros off by 1 %": one_entry(1e-2, typical=False),
    "any entry but zeros off by 0.01 %": one_entry(1e-4, typical=False),
}
