"""The reference of `losses` against autograd, scikit-learn, scipy and worked values, never against itself."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
import scipy.special
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import hinge_loss, log_loss

from autograder.slopes import numerical_gradient
from reference import losses

SVM = [losses.svm_loss_naive, losses.svm_loss_vectorized]
SOFTMAX = [losses.softmax_loss_naive, losses.softmax_loss_vectorized]
LOSSES = [*SVM, *SOFTMAX]
SHAPES = [(5, 4, 3), (1, 4, 3), (6, 1, 4), (5, 3, 2), (1, 1, 2), (7, 2, 13)]
FRUIT = np.array([[2.0, 1.5, -1.0], [0.5, 2.0, 3.0], [1.0, -0.5, 0.0]])

Loss = Callable[..., tuple[Any, Any]]
Batch = tuple[np.ndarray, np.ndarray, np.ndarray]


@pytest.fixture
def rng() -> np.random.Generator:
    """Random numbers that are the same every time."""
    return np.random.default_rng(4)


@pytest.fixture(autouse=True)
def no_warnings() -> Iterator[None]:
    """Turn overflow and invalid values into errors."""
    with warnings.catch_warnings(), np.errstate(over="raise", invalid="raise", divide="raise"):
        warnings.simplefilter("error")
        yield


def batch(rng: np.random.Generator, n: int, d: int, c: int) -> Batch:
    """Return random W, X and y."""
    return rng.normal(size=(d, c)), rng.normal(size=(n, d)), rng.integers(c, size=n)


def svm_formula(W: Any, X: Any, y: Any, reg: float) -> Any:
    """Return the SVM loss as a sum over pairs of classes, in operations that autograd knows."""
    scores = anp.dot(X, W)
    pairs = [(n, c) for n in range(len(X)) for c in range(W.shape[1]) if c != y[n]]
    violations = sum(anp.maximum(0.0, 1.0 - (scores[n, y[n]] - scores[n, c])) for n, c in pairs)
    return violations / len(X) + reg * anp.sum(W**2)


def softmax_formula(W: Any, X: Any, y: Any, reg: float) -> Any:
    """Return the textbook formula, which is fine for small scores, in operations that autograd knows."""
    scores = anp.dot(X, W)
    shares = [anp.exp(scores[n, y[n]]) / anp.sum(anp.exp(scores[n])) for n in range(len(X))]
    return sum(-anp.log(share) for share in shares) / len(X) + reg * anp.sum(W**2)


FORMULAS = [(loss, svm_formula) for loss in SVM] + [(loss, softmax_formula) for loss in SOFTMAX]


@pytest.mark.parametrize(("loss", "formula"), FORMULAS)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("reg", [0.0, 0.7])
def test_losses_against_automatic_derivatives(
    rng: np.random.Generator, loss: Loss, formula: Loss, shape: tuple[int, int, int], reg: float
) -> None:
    """Value and gradient are those of the formula, for every shape, with regularisation and without."""
    W, X, y = batch(rng, *shape)
    value, dW = loss(W, X, y, reg)
    assert value == pytest.approx(float(formula(W, X, y, reg)), rel=1e-13)
    np.testing.assert_allclose(dW, autograd.grad(formula)(W, X, y, reg), rtol=1e-12, atol=1e-13)
    assert dW.dtype == np.float64


@pytest.mark.parametrize("loss", LOSSES)
def test_gradients_against_small_steps(rng: np.random.Generator, loss: Loss) -> None:
    """The gradient is that of the loss which comes with it."""
    W, X, y = batch(rng, 6, 4, 3)
    numeric = numerical_gradient(lambda weights: loss(weights, X, y, 0.3)[0], W)
    np.testing.assert_allclose(loss(W, X, y, 0.3)[1], numeric, rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("loss", SOFTMAX)
def test_softmax_against_scikit_learn(rng: np.random.Generator, loss: Loss) -> None:
    """The data loss is scikit-learn's log loss of scipy's softmax."""
    W, X, y = batch(rng, 8, 4, 3)
    expected = log_loss(y, scipy.special.softmax(X @ W, axis=1), labels=range(3))
    assert loss(W, X, y, 0.0)[0] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("loss", SVM)
def test_svm_of_two_classes_against_scikit_learn(rng: np.random.Generator, loss: Loss) -> None:
    """With two classes it is scikit-learn's hinge loss of the difference of the scores."""
    W, X, y = batch(rng, 8, 4, 2)
    scores = X @ W
    assert loss(W, X, y, 0.0)[0] == pytest.approx(hinge_loss(y, scores[:, 1] - scores[:, 0]), rel=1e-12)


@pytest.mark.parametrize("loss", SVM)
def test_svm_of_fruit(loss: Loss) -> None:
    """The numbers of the notebook: 0.5, 2 and 2.5, and the slopes beside them."""
    for n, expected in enumerate((0.5, 2.0, 2.5)):
        assert loss(FRUIT, np.eye(3)[[n]], np.array([n]), 0.0)[0] == expected
    value, dW = loss(FRUIT, np.eye(3), np.arange(3), 0.1)
    assert value == pytest.approx(5 / 3 + 2.175)
    slopes = np.array([[-1.0, 1.0, 0.0], [0.0, -1.0, 1.0], [1.0, 1.0, -2.0]])
    np.testing.assert_allclose(dW, slopes / 3 + 0.2 * FRUIT, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("loss", SOFTMAX)
def test_softmax_of_fruit(loss: Loss) -> None:
    """The numbers of the notebook, to the digits that it shows."""
    for n, expected in enumerate((0.5046, 1.3715, 1.4644)):
        assert loss(FRUIT, np.eye(3)[[n]], np.array([n]), 0.0)[0] == pytest.approx(expected, abs=5e-5)
    value, dW = loss(FRUIT, np.eye(3), np.arange(3), 0.0)
    assert value == pytest.approx(1.1135, abs=5e-5)
    np.testing.assert_allclose(3 * dW[0], [0.6037 - 1, 0.3662, 0.0301], atol=5e-5)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("classes", [2, 3, 10])
def test_loss_at_tiny_weights(rng: np.random.Generator, loss: Loss, classes: int) -> None:
    """Who knows nothing pays C − 1 to the SVM and ln C to the softmax: 9 and 2.3026 for ten classes."""
    W, X, y = batch(rng, 20, 5, classes)
    expected = classes - 1.0 if loss in SVM else math.log(classes)
    assert loss(1e-10 * W, X, y, 1.0)[0] == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("heights", [(1000.0, 1000.0), (-1000.0, -1000.0), (1000.0, -1000.0), (700.0, -700.0)])
def test_heights_change_nothing(loss: Loss, heights: tuple[float, float]) -> None:
    """A number that is added to all scores of an example changes neither loss nor gradient."""
    y = np.array([0, 1])
    low, high = FRUIT[:2], FRUIT[:2] + np.array(heights)[:, None]
    (value, dW), (expected, slopes) = loss(high, np.eye(2), y, 0.0), loss(low, np.eye(2), y, 0.0)
    assert value == pytest.approx(expected, rel=1e-11)
    np.testing.assert_allclose(dW, slopes, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("loss", SOFTMAX)
def test_gap_inside_a_row(loss: Loss) -> None:
    """Even a gap of 1000 inside a row costs what it should."""
    value, dW = loss(np.array([[0.0, 1000.0]]), np.ones((1, 1)), np.array([0]), 0.0)
    assert value == 1000.0
    np.testing.assert_array_equal(dW, [[-1.0, 1.0]])


@pytest.mark.parametrize("loss", SVM)
def test_margin_of_exactly_zero(loss: Loss) -> None:
    """A class that keeps its margin exactly costs nothing and has no slope."""
    value, dW = loss(np.array([[3.0, 2.0, 4.0]]), np.ones((1, 1)), np.array([0]), 0.0)
    assert value == 2.0
    np.testing.assert_array_equal(dW, [[-1.0, 0.0, 1.0]])


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize(
    "change",
    [
        lambda a: np.repeat(a, 2, axis=0)[::2],
        np.asfortranarray,
        lambda a: a.astype(np.float32).astype(float),
    ],
)
def test_layouts_and_arguments(loss: Loss, change: Callable[[np.ndarray], np.ndarray]) -> None:
    """The layout in memory makes no difference, and all arguments are as they were afterwards."""
    W, X, y = np.arange(8.0).reshape(2, 4) / 8, np.arange(-3.0, 3.0).reshape(3, 2) / 4, np.array([0, 3, 1])
    expected = loss(W, X, y, 0.5)
    arguments = change(W), change(X), y.copy()
    copies = [argument.copy() for argument in arguments]
    value, dW = loss(*arguments, 0.5)
    assert value == pytest.approx(expected[0], rel=1e-14)
    np.testing.assert_allclose(dW, expected[1], rtol=1e-14, atol=1e-16)
    for argument, copy in zip(arguments, copies, strict=True):
        np.testing.assert_array_equal(argument, copy)


@pytest.mark.parametrize("loss", LOSSES)
def test_whole_numbers(loss: Loss) -> None:
    """Integers in X and W work like the same numbers as floats."""
    W, X, y = np.array([[1, -2, 0], [0, 1, 3]]), np.array([[2, 1], [0, -1]], dtype=np.int8), np.array([2, 0], np.uint8)
    value, dW = loss(W, X, y, 1)
    expected, slopes = loss(W.astype(float), X.astype(float), y.astype(int), 1.0)
    assert value == pytest.approx(expected, rel=1e-14)
    np.testing.assert_allclose(dW, slopes, rtol=1e-14)


def test_scores(rng: np.random.Generator) -> None:
    """A score is the scalar product of a row of X and a column of W."""
    W, X, _ = batch(rng, 4, 3, 2)
    scores = losses.linear_scores(X, W)
    assert scores.shape == (4, 2)
    for n in range(4):
        for c in range(2):
            assert scores[n, c] == pytest.approx(math.fsum(X[n, d] * W[d, c] for d in range(3)))


@pytest.mark.parametrize(
    ("scores", "label"),
    [((1, 3, 2), 1), ((3, 1, 3), 0), ((-5, -2, -2), 1), ((0, 0, 0), 0), ((-9, -8, 0), 2)],
)
def test_labels(scores: tuple[int, ...], label: int) -> None:
    """The highest score wins, and of several the first one."""
    labels = losses.predict(np.array([scores]), np.ones((2, 1)))
    assert labels.tolist() == [label, label]
    assert labels.dtype.kind == "i"


# Training


def test_full_batch_training_is_plain_gradient_descent(rng: np.random.Generator) -> None:
    """With a batch of everything the weights follow the gradient of the whole, worked out by autograd."""
    _, X, y = batch(rng, 12, 3, 3)
    y[:3] = 0, 1, 2
    for size in (12, 1000):
        start, _ = losses.train_linear(X, y, losses.softmax_loss_naive, 0.5, 0.1, 0, size, seed=3)
        W, curve = losses.train_linear(X, y, losses.softmax_loss_naive, 0.5, 0.1, 5, size, seed=3)
        expected = start
        for step in range(5):
            assert curve[step] == pytest.approx(float(softmax_formula(expected, X, y, 0.1)), rel=1e-12)
            expected = expected - 0.5 * autograd.grad(softmax_formula)(expected, X, y, 0.1)
        np.testing.assert_allclose(W, expected, rtol=1e-10)
    assert 1e-4 < np.abs(start).max() < 1e-2


def test_training_finds_the_minimum_of_scikit_learn(rng: np.random.Generator) -> None:
    """A long training ends where scikit-learn's solver does."""
    n, reg = 60, 0.05
    y = np.arange(n) % 3
    X = rng.normal(size=(n, 2)) + np.array([[1.0, 0.0], [-1.0, 1.0], [0.0, -1.0]])[y]
    W, _ = losses.train_linear(X, y, losses.softmax_loss_vectorized, 0.5, reg, 600, n, seed=0)
    model = LogisticRegression(C=1 / (2 * reg * n), fit_intercept=False, tol=1e-10, max_iter=1000).fit(X, y)
    np.testing.assert_allclose(W, model.coef_.T, atol=1e-6)


def test_batches(rng: np.random.Generator) -> None:
    """Batches have the right size, hold no example twice, keep labels with examples, and change from step to step."""
    X, y = np.arange(20.0)[:, None], np.arange(20) % 7
    seen: list[tuple[float, ...]] = []

    def spy(W: Any, X_batch: Any, y_batch: Any, reg: float) -> tuple[float, Any]:
        assert (len(X_batch), reg) == (6, 0.25)
        np.testing.assert_array_equal(y_batch, X_batch[:, 0] % 7)
        seen.append(tuple(X_batch[:, 0]))
        return 0.0, np.zeros_like(W)

    losses.train_linear(X, y, spy, 1.0, 0.25, 40, 6, seed=1)
    assert len(set(seen)) == 40
    assert all(len(set(drawn)) == 6 for drawn in seen)
    assert {x for drawn in seen for x in drawn} == set(range(20))


def test_seeds(rng: np.random.Generator) -> None:
    """The same seed brings the same numbers, another one others."""
    _, X, y = batch(rng, 12, 3, 3)
    runs = [losses.train_linear(X, y, losses.svm_loss_vectorized, 0.1, 0.1, 4, 5, seed=s) for s in (1, 1, 2)]
    np.testing.assert_array_equal(runs[0][0], runs[1][0])
    assert runs[0][1] == runs[1][1]
    assert not np.any(runs[0][0] == runs[2][0])


# Bad data

GOOD = np.ones((2, 3)), np.ones((4, 2)), np.array([0, 2, 1, 0])


@pytest.mark.parametrize(
    ("place", "bad", "words"),
    [
        (0, np.ones((3, 3)), r"W has shape \(3, 3\): give it a row for each of the 2 features"),
        (0, np.ones(2), r"W has shape \(2,\)"),
        (1, np.ones((0, 2)), r"X has shape \(0, 2\): .* at least one"),
        (1, np.ones(2), r"X has shape \(2,\)"),
        (2, np.array([0, 2, 1]), r"y has shape \(3,\): give it one label for each of the 4 examples"),
        (2, np.array([[0], [2], [1], [0]]), r"y has shape \(4, 1\)"),
        (2, np.array([0.0, 2.0, 1.0, 0.0]), "y holds labels of type float64: give it whole numbers"),
        (2, np.array([False, True, True, False]), "y holds labels of type bool"),
        (2, np.array(["0", "2", "1", "0"]), "y holds labels of type <U1"),
        (2, np.array([0, 2, -1, 0]), "y holds the label -1: labels count from 0"),
        (2, np.array([0, 3, 1, 0]), "y holds the label 3: the columns of W are for 0 to 2"),
    ],
)
@pytest.mark.parametrize("loss", LOSSES)
def test_bad_batches(loss: Loss, place: int, bad: np.ndarray, words: str) -> None:
    """Data that do not belong together raise ValueError with a sentence."""
    arguments = [bad if i == place else argument for i, argument in enumerate(GOOD)]
    with pytest.raises(ValueError, match=words):
        loss(*arguments, 0.1)


@pytest.mark.parametrize(("X", "W"), [(np.ones((4, 3)), GOOD[0]), (np.ones((0, 2)), GOOD[0]), (np.ones(2), GOOD[0])])
def test_bad_scores(X: np.ndarray, W: np.ndarray) -> None:
    """Scores and predictions refuse shapes that do not fit, and an empty batch."""
    with pytest.raises(ValueError, match="has shape"):
        losses.linear_scores(X, W)
    with pytest.raises(ValueError, match="has shape"):
        losses.predict(W, X)


@pytest.mark.parametrize(
    ("X", "y"),
    [
        (np.ones((0, 2)), np.array([], int)),
        (GOOD[1], np.array([0, 1])),
        (GOOD[1], np.array([0, 1, -1, 0])),
        (GOOD[1], np.ones(4)),
    ],
)
def test_bad_training_data(X: np.ndarray, y: np.ndarray) -> None:
    """Training refuses bad data before the first step."""

    def never(*_: Any) -> Any:
        raise AssertionError("there was a step")

    with pytest.raises(ValueError, match=r"^[Xy] h"):
        losses.train_linear(X, y, never, 0.1, 0.0, 3, 2, seed=0)
