"""A slip is charged where it was made: what fits it is right elsewhere, and what computes nothing earns nothing."""

# ruff: noqa: ARG005 - functions that ignore an argument are what is tested

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.errors import CallFailed, Mismatch
from autograder.gradients import agree_or, judge_loss, own_function
from autograder.local import LocalSubmission

W = np.array([[0.5, -1.1, 0.8], [1.7, 0.3, -0.6]])
X = np.array([[0.7, -1.2], [-0.4, 1.6], [2.1, 0.9], [-1.3, -0.8]])
Y = np.array([0, 2, 1, 1])
REG = 0.3


def parts(W: Any, X: Any, y: Any) -> tuple[Any, Any]:
    """Return the mean cross-entropy and its gradient by the scores, from the formulas."""
    scores = X @ W
    p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    return -np.mean(np.log(p[np.arange(len(y)), y])), (p - np.eye(W.shape[1])[y]) / len(y)


def right(W: Any, X: Any, y: Any, reg: Any) -> Any:
    """Return the regularised loss and its gradient."""
    loss, dscores = parts(W, X, y)
    return loss + reg * np.sum(W * W), X.T @ dscores + 2 * reg * W


def half(W: Any, X: Any, y: Any, reg: Any) -> Any:
    """Return a loss of another convention, with the gradient that belongs to it."""
    loss, dscores = parts(W, X, y)
    return loss + 0.5 * reg * np.sum(W * W), X.T @ dscores + reg * W


def half_gradient_only(W: Any, X: Any, y: Any, reg: Any) -> Any:
    """Return the right loss with a gradient that does not belong to it."""
    return right(W, X, y, reg)[0], half(W, X, y, reg)[1]


def two_slips(W: Any, X: Any, y: Any, reg: Any) -> Any:
    """Return a wrong loss with a gradient that belongs to no loss."""
    loss, gradient = half(W, X, y, reg)
    return loss, 1.5 * gradient


def constant(W: Any, _X: Any, _y: Any, _reg: Any) -> Any:
    """Return a loss that never changes, with its true gradient."""
    return 1.0, np.zeros_like(W)


def straight(W: Any, _X: Any, _y: Any, _reg: Any) -> Any:
    """Return a sum of the weights, with its true gradient."""
    return float(np.sum(W)), np.ones_like(W)


def blind(W: Any, _X: Any, _y: Any, reg: Any) -> Any:
    """Return the regularisation alone, with its true gradient: it never looks at the examples."""
    return reg * np.sum(W * W), 2 * reg * W


def without_labels(W: Any, X: Any, _y: Any, _reg: Any) -> Any:
    """Return a loss of the scores, with its true gradient: it never looks at the labels."""
    return float(np.sum((X @ W) ** 2)), 2 * X.T @ (X @ W)


def judge(loss: Any, **changes: Any) -> None:
    """Judge a function as the loss of a linear classifier."""
    arguments = {"names": ("dW",), "by": (0,), "expected": right(W, X, Y, REG), **changes}
    judge_loss(LocalSubmission({"loss": loss}), "loss", (W, X, Y, REG), **arguments)


@pytest.mark.parametrize("loss", [right, half, lambda *arguments: list(half(*arguments))])
def test_gradients_that_are_right_or_fit_their_own_loss(loss):
    """The right gradient passes, and so does the one that belongs to the submission's own wrong loss."""
    judge(loss)


def square(W: Any, X: Any, y: Any, _reg: Any) -> Any:
    """Return a square of the weights that examples and labels merely scale, with its true gradient."""
    scale = np.sum(X**2) * (1 + np.sum(y * np.arange(len(y))))
    return scale * np.sum(W * W), 2 * scale * W


@pytest.mark.parametrize("loss", [half_gradient_only, two_slips, constant, straight, blind, without_labels, square])
def test_gradients_that_earn_nothing(loss):
    """A gradient of no loss fails, and so does that of a loss that ignores weights, examples or labels."""
    with pytest.raises(Mismatch) as caught:
        judge(loss)
    assert caught.value.path.startswith("dW")


def test_each_gradient_is_judged_by_itself():
    """With several gradients, the message is about the one that is wrong; dicts of arrays work, too."""

    def loss(params: Any, X: Any, y: Any, slip: float) -> Any:
        value, dscores = parts(params["W"], X + params["b"], y)
        return value, {"W": (X + params["b"]).T @ dscores, "b": slip * (dscores @ params["W"].T).sum(axis=0)}

    params = {"W": W, "b": np.array([0.4, -0.2])}
    submission = LocalSubmission({"loss": loss})
    terms: Any = {"names": ("grads",), "by": (0,), "expected": loss(params, X, Y, 1.0)}
    judge_loss(submission, "loss", (params, X, Y, 1.0), **terms)
    with pytest.raises(Mismatch) as caught:
        judge_loss(submission, "loss", (params, X, Y, 2.0), **terms)
    assert caught.value.path.startswith('grads["b"]')


@pytest.mark.parametrize(("result", "words"), [(None, "return"), (1.0, "loss"), ((1.0,), "loss")])
def test_losses_of_another_structure(result, words):
    """Where no gradient comes back, the message says what was expected."""
    with pytest.raises(Mismatch, match=words):
        judge(lambda *_: result)


def test_the_arguments_of_the_test_are_left_alone():
    """Judging a loss changes neither weights nor examples nor labels."""
    before = [array.copy() for array in (W, X, Y)]
    judge(half)
    for array, copy in zip((W, X, Y), before, strict=True):
        np.testing.assert_array_equal(array, copy)


def forward(W: Any, X: Any) -> Any:
    """Return the right scores, with a cache."""
    return np.tanh(X @ W), ("anything", X)


def shifted(W: Any, X: Any) -> Any:
    """Return wrong scores, with a cache."""
    return np.tanh(X @ W) + 0.1, ("anything", X)


def find(function: Any, **changes: Any) -> Any:
    """Ask for the submission's own function in the place of `forward`."""
    submission = LocalSubmission({} if function is None else {"forward": function})
    return own_function(submission, "forward", (W, X), forward(W, X)[0], **changes)


@pytest.mark.parametrize(
    "own", [shifted, lambda W, X: shifted(W, X)[0], lambda W, X: [shifted(W, X)[0].tolist(), None]]
)
def test_a_wrong_function_stands_in(own):
    """A function that is wrong and computes something is handed back, however it returns its first value."""
    stand_in = find(own)
    returned = stand_in(W, X)
    first = returned if isinstance(returned, np.ndarray) else returned[0]
    np.testing.assert_allclose(first, np.tanh(X @ W) + 0.1)


@pytest.mark.parametrize(
    "own",
    [
        None,
        forward,
        lambda W, X: forward(W, X)[0],
        lambda W, X: None,
        lambda W, X: (),
        lambda W, X: 1 / 0,
        lambda W, X: "scores",
        lambda W, X: np.zeros((4, 3)),
        lambda W, X: X @ W,
        lambda W, X: (X @ W)[:2],
        lambda W, X: np.tanh(X @ W) * np.nan,
        lambda W, X: np.tanh(np.ones((4, 2)) @ W),
        lambda W, X: np.repeat(np.tanh(X @ W[:, :1]), 3, axis=1),
        lambda W, X: 1e-9 * np.tanh(X @ W),
        lambda W, X: 0.5 + 1e-7 * np.tanh(X @ W),
        lambda W, X: np.add(np.tanh(X @ W), [9.0, 0.0, 0.0]),
    ],
    ids=[
        "missing",
        "right",
        "bare",
        "none",
        "empty",
        "raises",
        "text",
        "zeros",
        "straight",
        "shape",
        "nan",
        "blind",
        "tiled",
        "tiny",
        "pretext",
        "winner",
    ],
)
def test_functions_that_stand_in_for_nothing(own):
    """What is right needs no stand-in; what fails, is not finite, straight or blind to its data earns nothing."""
    assert find(own) is None


def test_a_product_bends_along_both_of_its_factors():
    """What is straight in each argument alone may still be told from a straight line by moving both."""
    assert find(lambda W, X: X @ W + 0.1) is None
    assert find(lambda W, X: X @ W + 0.1, by=(0, 1)) is not None


def test_results_that_follow_from_an_earlier_slip():
    """A result may be the right one or follow from a slip; otherwise the message is about the right one."""
    agree_or("labels", [1, 2], [1, 2], otherwise=lambda: pytest.fail("not needed"))
    agree_or("labels", [2, 1], [1, 2], otherwise=lambda: [2, 1])
    with pytest.raises(Mismatch, match="labels"):
        agree_or("labels", [1, 1], [1, 2], otherwise=lambda: [1, 1])
    for other in (lambda: None, lambda: [3, 3], lambda: [][0], lambda: {}["no"], lambda: int("x"), _fail):
        with pytest.raises(Mismatch, match="labels"):
            agree_or("labels", [2, 1], [1, 2], otherwise=other)


def _fail() -> None:
    raise CallFailed("forward", "died", "died")


@pytest.mark.parametrize("other", [np.inf, -np.inf, np.nan])
def test_what_follows_is_not_finite(other):
    """It explains nothing, and numpy has nothing to warn of in the grader."""
    with pytest.raises(Mismatch):
        agree_or("dW", 2 * W, W, otherwise=lambda: np.full_like(W, other))
