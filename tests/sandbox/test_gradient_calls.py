"""A gradient check of a submission's own loss in the sandbox, where every forward pass is a call over a pipe."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.errors import Mismatch
from autograder.gradients import gradient_agrees
from autograder.sandbox import Submission
from tests.bench.network import LARGE, SUBMITTED, Network
from tests.sandbox.conftest import Load

MOST_CALLS = 12


def _network(load: Load) -> tuple[Network, Submission]:
    return Network(np.random.default_rng(0), LARGE), load(SUBMITTED)


def _check(network: Network, submission: Submission, gradients: Any) -> None:
    def loss(params: Any) -> Any:
        return submission.loss(params, network.X, network.y)

    gradient_agrees("grads", gradients, loss, network.params, rng=np.random.default_rng(0))


def test_a_right_gradient_costs_few_calls(load: Load) -> None:
    """79,510 parameters are checked with twelve calls at most, counted on the other side of the pipe."""
    network, submission = _network(load)
    _check(network, submission, network.gradients)
    assert 10 <= submission.count() <= MOST_CALLS


@pytest.mark.parametrize("name", ["W1", "b1", "W2", "b2"])
def test_a_wrong_gradient_is_found(load: Load, name: str) -> None:
    """One entry that is off by 1 % is found and named through the pipe, in any of the arrays."""
    network, submission = _network(load)
    wrong = network.gradients[name].copy()
    index = np.unravel_index(np.argmax(np.abs(wrong)), wrong.shape)
    wrong[index] *= 1.01
    with pytest.raises(Mismatch) as caught:
        _check(network, submission, {**network.gradients, name: wrong})
    assert caught.value.path == f'grads["{name}"][{", ".join(map(str, index))}]'
