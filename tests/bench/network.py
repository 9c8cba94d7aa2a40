"""A two-layer ReLU network with softmax loss, written apart from the reference, with its gradients."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Gradients = dict[str, Array]


class Sizes(NamedTuple):
    """Examples in a batch, inputs, hidden units, classes."""

    examples: int
    inputs: int
    hidden: int
    classes: int

    def __str__(self) -> str:
        return f"{self.inputs}×{self.hidden}×{self.classes}"


LARGE = Sizes(32, 784, 100, 10)
SMALL = Sizes(32, 20, 30, 5)
SMALLEST = Sizes(32, 12, 20, 5)
"""365 parameters: few enough to be checked one by one."""

SUBMITTED = """\
import numpy as np

calls = 0

def loss(params, X, y):
    global calls
    calls += 1
    hidden = np.maximum(0, X @ params["W1"] + params["b1"])
    scores = hidden @ params["W2"] + params["b2"]
    scores = scores - scores.max(axis=1, keepdims=True)
    log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    return -np.mean(log_p[np.arange(len(y)), y])

def count():
    return calls
"""
"""The same loss as the cell of a submission, which counts its calls, too."""


def random_sizes(rng: np.random.Generator) -> Sizes:
    """Return sizes with more than 400 parameters, the large ones every fourth time."""
    if rng.random() < 0.25:
        return LARGE
    low, high = [8, 20, 20, 3], [65, 300, 101, 11]
    return Sizes(*(int(n) for n in rng.integers(low, high)))


class Network:
    """A random network and a random batch; `calls` counts how often the loss was computed."""

    def __init__(self, rng: np.random.Generator, sizes: Sizes, *, scale: float = 1.0) -> None:
        n, d, h, c = sizes
        self.X: Array = scale * rng.normal(size=(n, d))
        self.y = rng.integers(0, c, n)
        self.params: dict[str, Array] = {
            "W1": rng.normal(size=(d, h)) * np.sqrt(2 / d),
            "b1": np.zeros(h),
            "W2": rng.normal(size=(h, c)) * np.sqrt(2 / h),
            "b2": np.zeros(c),
        }
        self.calls = 0
        self.dtype: type[np.floating[Any]] = np.float64

    def loss(self, params: dict[str, Array]) -> float:
        """Return the mean softmax loss."""
        self.calls += 1
        log_p = _forward(params, self.X, self.dtype)[-1]
        return float(-log_p[np.arange(len(self.y)), self.y].mean())

    @property
    def gradients(self) -> Gradients:
        """The right gradients, in the precision of the network."""
        return _gradients(self.params, self.X, self.y, self.dtype)

    def reordered(self) -> Gradients:
        """Return the gradients from the examples in reverse order, added up one by one."""
        total = {name: np.zeros_like(values) for name, values in self.params.items()}
        for x, label in zip(self.X[::-1], self.y[::-1], strict=True):
            one = _gradients(self.params, x[None, :], np.array([label]), np.float64)
            total = {name: total[name] + one[name] / len(self.y) for name in total}
        return total

    def single_gradients(self) -> Gradients:
        """Return the gradients worked out in float32."""
        return _gradients(self.params, self.X, self.y, np.float32)

    def mixed_gradients(self) -> Gradients:
        """Return gradients summed in float32 and divided in float64, so that they seem to have all digits."""
        return {
            name: values.astype(np.float64) * 3.0 / 3.0000000000001 for name, values in self.single_gradients().items()
        }

    def all_single(self) -> Gradients:
        """Let the network compute in float32 from now on, and return its gradients."""
        self.dtype = np.float32
        return self.gradients


def _forward(params: dict[str, Array], X: Array, dtype: Any) -> tuple[dict[str, Array], Array, Array, Array]:
    params = {name: values.astype(dtype) for name, values in params.items()}
    X = X.astype(dtype)
    hidden = np.maximum(0, X @ params["W1"] + params["b1"])
    scores = hidden @ params["W2"] + params["b2"]
    shifted = scores - scores.max(axis=1, keepdims=True)
    return params, X, hidden, shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def _gradients(params: dict[str, Array], X: Array, y: Array, dtype: Any) -> Gradients:
    params, X, hidden, log_p = _forward(params, X, dtype)
    dscores = np.exp(log_p)
    dscores[np.arange(len(y)), y] -= 1
    dscores = dscores / dtype(len(y))
    dhidden = (dscores @ params["W2"].T) * (hidden > 0)
    return {"W1": X.T @ dhidden, "b1": dhidden.sum(axis=0), "W2": hidden.T @ dscores, "b2": dscores.sum(axis=0)}
