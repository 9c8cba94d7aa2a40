"""Checks that `check("…")` runs in the notebook: worked values, properties, numerical gradients of your own losses."""

# The loss functions for train_linear take all four arguments, whatever they look at.
# ruff: noqa: ARG001

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder.compare import agree, unchanged, unpack
from autograder.errors import CallFailed, Mismatch
from autograder.gradients import gradient_agrees

question = pytest.mark.question


def _each(*marks: pytest.MarkDecorator) -> pytest.MarkDecorator:
    """Write a check for several questions: `name` is the one that is checked."""
    return pytest.mark.parametrize("name", [pytest.param(mark.args[0], marks=mark) for mark in marks])


SVM = _each(question("svm_loss_naive"), question("svm_loss_vectorized"))
SOFTMAX = _each(question("softmax_loss_naive"), question("softmax_loss_vectorized"))


# Scores and predictions

_X = np.array([[1.0, 2.0], [0.0, -1.0], [3.0, 1.0]])
_W = np.array([[1.0, 0.0, 2.0, -1.0], [-1.0, 1.0, 0.5, 0.0]])
_SCORES = np.array([[-1.0, 2.0, 3.0, -1.0], [1.0, -1.0, -0.5, 0.0], [2.0, 1.0, 6.5, -3.0]])


@question("linear_scores")
def test_scores(submission):
    """Three examples, two features and four classes, worked out by hand."""
    agree("scores", submission.linear_scores(_X, _W), _SCORES, inputs={"X": _X, "W": _W}, factors={"N": 3})


@question("linear_scores")
def test_scores_of_one_example(submission):
    """A batch of one has one row of scores, and no argument is changed."""
    after = submission.arguments_after("linear_scores", _X[:1], _W)
    for name, now, before in zip("XW", after, (_X[:1], _W), strict=True):
        unchanged(name, now, before)
    agree("scores", submission.linear_scores(_X[:1], _W), _SCORES[:1])


def _check_labels(submission, W: Any, X: Any, expected: list[int]) -> None:
    agree("labels", submission.predict(W, X), np.array(expected))


@question("predict")
def test_labels(submission):
    """The labels of the three examples are 2, 0 and 2."""
    _check_labels(submission, _W, _X, [2, 0, 2])


@question("predict")
def test_labels_of_ties(submission):
    """Where two classes share the highest score, the first of them is chosen."""
    W = np.array([[5.0, 1.0, 5.0], [-3.0, -2.0, -2.0], [0.0, 0.0, 0.0], [1.0, 2.0, 4.0]])
    _check_labels(submission, W, np.eye(4), [0, 1, 0, 2])


@question("predict")
def test_labels_of_one_example(submission):
    """A batch of one has one label, and no argument is changed."""
    after = submission.arguments_after("predict", _W, _X[:1])
    for name, now, before in zip("WX", after, (_W, _X[:1]), strict=True):
        unchanged(name, now, before)
    _check_labels(submission, _W, _X[:1], [2])


# The two losses: the fruit of the notebook. With these X the scores are the rows of W.

_FRUIT = np.array([[2.0, 1.5, -1.0], [0.5, 2.0, 3.0], [1.0, -0.5, 0.0]])
_LABELS = np.array([0, 1, 2])
_MORE_LOSS, _MORE_SLOPES = 2.175, np.array([[0.4, 0.3, -0.2], [0.1, 0.4, 0.6], [0.2, -0.1, 0.0]])
"""What comes on top with reg = 0.1."""
_SVM_SLOPES = np.array([[-1.0, 1.0, 0.0], [0.0, -1.0, 1.0], [1.0, 1.0, -2.0]]) / 3
_SOFTMAX_LOSS = 1.1135015727676372
_SOFTMAX_SLOPES = (
    np.array(
        [
            [0.60374890 - 1, 0.36619222, 0.03005889],
            [0.05661173, 0.25371618 - 1, 0.68967209],
            [0.62853172, 0.14024438, 0.23122390 - 1],
        ]
    )
    / 3
)


def _call(submission, name: str, W: Any, X: Any, y: Any, reg: float) -> tuple[Any, Any]:
    loss, dW = unpack(getattr(submission, name)(W, X, y, reg), "loss", "dW", of=name)
    return loss, dW


def _check_values(submission, name: str, arguments: Any, loss: float, slopes: Any, **details: Any) -> None:
    """Compare loss and gradient with worked values."""
    got, dW = _call(submission, name, *arguments)
    agree("loss", got, loss, **details)
    agree("dW", dW, slopes, **details)


def _check_worked(submission, name: str, reg: float, loss: float, slopes: Any) -> None:
    """Compare loss and gradient of the three pieces of fruit."""
    details = {"inputs": {"W": _FRUIT, "X": np.eye(3)}, "factors": {"N": 3, "C": 3}}
    _check_values(submission, name, (_FRUIT, np.eye(3), _LABELS, reg), loss, slopes, **details)


def _is_right(check: Callable[..., Any], *arguments: Any) -> bool:
    """Return whether another check passes."""
    try:
        check(*arguments)
    except (CallFailed, Mismatch):
        return False
    return True


def _check_numerically(submission, name: str, rng: np.random.Generator) -> None:
    """Compare the gradient with small steps of the weights in the student's own loss."""
    W = np.array([[0.7, -0.2, -0.9], [-0.4, 0.9, 0.3]])
    X = np.array([[1.3, 0.6], [0.8, 1.6], [1.7, 0.9], [0.6, 1.4], [2.0, 1.1]])
    y = np.array([0, 2, 1, 2, 2])
    _, dW = _call(submission, name, W, X, y, 0.5)
    gradient_agrees("dW", dW, lambda w: float(_call(submission, name, w, X, y, 0.5)[0]), W, rng=rng, factors={"N": 5})


def _check_leaves_arguments(submission, name: str) -> None:
    arguments = (_FRUIT, np.eye(3), _LABELS, 0.5)
    for argument, now, before in zip("WXy", submission.arguments_after(name, *arguments), arguments, strict=False):
        unchanged(argument, now, before)


@SVM
def test_svm_of_fruit(submission, name):
    """The three pieces of fruit cost 0.5, 2 and 2.5, which makes 5/3 in the mean."""
    _check_worked(submission, name, 0.0, 5 / 3, _SVM_SLOPES)


@SVM
def test_svm_of_fruit_with_regularisation(submission, name):
    """With reg = 0.1 a tenth of the sum of squares comes on top, and the gradient changes with it; W does not."""
    _check_worked(submission, name, 0.1, 5 / 3 + _MORE_LOSS, _SVM_SLOPES + _MORE_SLOPES)
    _check_leaves_arguments(submission, name)


@SVM
def test_svm_of_tiny_weights(submission, name):
    """With tiny weights and four classes the loss is 3."""
    loss, _ = _call(submission, name, 1e-9 * np.arange(8.0).reshape(2, 4), _X, np.array([3, 0, 1]), 0.0)
    agree("loss", loss, 3.0, rtol=1e-6, factors={"N": 3})


@SVM
def test_svm_numerically(submission, rng, name):
    """The gradient is what small steps of the weights show in your own loss."""
    if not _is_right(test_svm_of_tiny_weights, submission, name):  # charged there; here the worked values have to do
        test_svm_of_fruit(submission, name)
        return
    _check_numerically(submission, name, rng)


@SOFTMAX
def test_softmax_of_fruit(submission, name):
    """The three pieces of fruit cost 0.5046, 1.3715 and 1.4644, which makes 1.1135 in the mean."""
    _check_worked(submission, name, 0.0, _SOFTMAX_LOSS, _SOFTMAX_SLOPES)


@SOFTMAX
def test_softmax_of_fruit_with_regularisation(submission, name):
    """With reg = 0.1 a tenth of the sum of squares comes on top, and the gradient changes with it; W does not."""
    _check_worked(submission, name, 0.1, _SOFTMAX_LOSS + _MORE_LOSS, _SOFTMAX_SLOPES + _MORE_SLOPES)
    _check_leaves_arguments(submission, name)


@SOFTMAX
def test_softmax_of_tiny_weights(submission, name):
    """With tiny weights and four classes the loss is ln 4 = 1.3863."""
    loss, _ = _call(submission, name, 1e-9 * np.arange(8.0).reshape(2, 4), _X, np.array([3, 0, 1]), 0.0)
    agree("loss", loss, np.log(4.0), rtol=1e-6, factors={"N": 3})


@SOFTMAX
def test_softmax_of_high_scores(submission, name):
    """Adding 1000 to the scores of one piece of fruit and −1000 to those of another changes nothing."""
    lifted = _FRUIT + np.array([[1000.0], [-1000.0], [0.0]])
    arguments = (lifted, np.eye(3), _LABELS, 0.0)
    _check_values(submission, name, arguments, _SOFTMAX_LOSS, _SOFTMAX_SLOPES, rtol=1e-3, inputs={"W": lifted})


@SOFTMAX
def test_softmax_numerically(submission, rng, name):
    """The gradient is what small steps of the weights show in your own loss."""
    if not _is_right(
        test_softmax_of_tiny_weights, submission, name
    ):  # charged there; here the worked values have to do
        test_softmax_of_fruit(submission, name)
        return
    _check_numerically(submission, name, rng)


# train_linear, with loss functions that show what is done with them


def _slope(W, X, y, reg):
    return float(np.sum(W)), np.full(W.shape, 10.0)


def _length(W, X, y, reg):
    return 2.0 * len(X), np.full(W.shape, 10.0 * len(y))


def _total(W, X, y, reg):
    return float(np.sum(X)) + 100.0 * reg, np.full(W.shape, float(np.sum(X)))


def _distances(W, X, y, reg):
    """Return how far the columns of W are, in the mean, from the examples of their class: a loss for training alone.

    The gradient is that of half the loss, which leads to the same place.
    """
    errors = W.T[y] - X
    dW = np.zeros(W.shape)
    for label, error in zip(y, errors, strict=True):
        dW[:, label] += error / len(y)
    return float(np.sum(errors * errors)) / len(y), dW


def _train(submission, X: Any, y: Any, *arguments: Any) -> tuple[Any, Any]:
    W, losses = unpack(submission.train_linear(X, y, *arguments), "W", "losses", of="train_linear")
    return W, losses


@question("train_linear")
def test_training_downhill(submission):
    """Four steps of 5 · 10 lead from about 0 to about −200, and each loss is the one before its step."""
    W, losses = _train(submission, _X, np.array([0, 2, 1]), _slope, 5.0, 0.1, 4, 2, 1)
    agree("W", W, np.full((2, 3), -200.0), atol=0.05, factors={"steps": 4})
    agree("losses", losses, [0.0, -300.0, -600.0, -900.0], atol=0.3)


@question("train_linear")
def test_training_batches(submission):
    """Batches of two hold two examples; a batch of 3 or more out of three holds each of them once."""
    y = np.array([0, 2, 1])
    agree("losses", _train(submission, _X, y, _length, 1.0, 0.1, 3, 2, 1)[1], [4.0, 4.0, 4.0])
    for size in (3, 50):
        W, losses = _train(submission, 100 * _X, y, _total, 1.0, 0.5, 3, size, 1)
        agree("losses", losses, [650.0, 650.0, 650.0])
        agree("W", W, np.full((2, 3), -1800.0), atol=0.05)


@question("train_linear")
def test_training_learns(submission):
    """Each column of the weights finds the middle of its own heap of points, and the loss falls on the way."""
    middles = np.array([[4.0, 0.0], [-4.0, 4.0], [-4.0, -4.0]])
    rng = np.random.default_rng(0)
    y = rng.permutation(np.arange(60) % 3)
    X = middles[y] + rng.uniform(-1.0, 1.0, size=(60, 2))
    W, losses = _train(submission, X, y, _distances, 0.3, 0.0, 100, 20, 1)
    agree("losses[0]", np.asarray(losses, dtype=float)[0], 80 / 3 + 2 / 3, rtol=0.3)
    agree("losses[-1]", np.asarray(losses, dtype=float)[-1], 2 / 3, atol=0.6)
    agree("W", W, middles.T, atol=0.6)


@question("train_linear")
def test_training_is_repeatable(submission):
    """The same seed brings the same result, another seed another one."""
    y = np.array([0, 2, 1])
    one, same, other = (_train(submission, _X, y, _distances, 0.3, 0.1, 5, 2, seed) for seed in (1, 1, 2))
    agree("W", same[0], np.asarray(one[0], dtype=float))
    assert not np.allclose(np.asarray(one[0], dtype=float), np.asarray(other[0], dtype=float), rtol=1e-9, atol=0.0)
    agree("losses", same[1], np.asarray(one[1], dtype=float))
