"""The reference of `mnist` against worked values, scikit-learn, scipy and autograd, never against itself."""

from __future__ import annotations

import functools
import itertools
import warnings
from collections.abc import Iterator
from typing import Any

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
import scipy.special
import sklearn.datasets
import sklearn.metrics
import sklearn.preprocessing

from autograder.datasets import load_mnist, load_test_digits
from reference import mnist


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


@functools.cache
def small_digits() -> tuple[np.ndarray, np.ndarray]:
    """Return scikit-learn's digits, which are always at hand, in the middle of images of the usual size."""
    small = sklearn.datasets.load_digits()
    images = np.zeros((len(small.images), 28, 28))
    images[:, 2:26, 2:26] = small.images.repeat(3, axis=1).repeat(3, axis=2) / 16
    return images.reshape(-1, 784), small.target


# The guards


@pytest.mark.parametrize("shape", [(28, 28), (3, 784), (0, 28, 28), (3, 28, 27), (3, 27, 28), (1, 3, 28, 28), ()])
def test_images_of_another_shape(shape: tuple[int, ...]) -> None:
    """What is no batch of images is refused, with its shape and the one that is wanted."""
    with pytest.raises(ValueError, match=r"expected \(N, 28, 28\)") as error:
        mnist.prepare_images(np.zeros(shape, dtype=np.uint8))
    assert str(shape) in str(error.value)


@pytest.mark.parametrize("shape", [(784,), (3, 783), (0, 784), (2, 28, 28), ()])
def test_rows_of_another_shape(shape: tuple[int, ...]) -> None:
    """What is no batch of prepared images can neither be learned nor read."""
    model = mnist.build_classifier(0)
    with pytest.raises(ValueError, match=r"expected \(N, 784\)"):
        mnist.predict_digits(model, np.zeros(shape))
    with pytest.raises(ValueError, match=r"expected \(N, 784\)"):
        mnist.train_classifier(model, np.zeros(shape), np.zeros(3, dtype=int), 0)


@pytest.mark.parametrize("y", [[1, 2], [1, 2, 3, 4], [[1], [2], [3]], 1])
def test_another_number_of_labels(y: Any) -> None:
    """A training needs one label for each row."""
    with pytest.raises(ValueError, match="one label for each of the 3 rows"):
        mnist.train_classifier(mnist.build_classifier(0), np.zeros((3, 784)), np.array(y), 0)


@pytest.mark.parametrize("wrong", [-1, 10, 0.5])
def test_labels_that_are_no_digits(wrong: float) -> None:
    """A training refuses a label that is no digit."""
    with pytest.raises(ValueError, match="no digit"):
        mnist.train_classifier(mnist.build_classifier(0), np.zeros((3, 784)), np.array([1, wrong, 3]), 0)


# The five functions that come first


def test_prepared_pixels(rng: np.random.Generator) -> None:
    """Pixel (r, c) of image n is at [n, 28 r + c], divided by 255, and float64."""
    images = rng.integers(256, size=(3, 28, 28)).astype(np.uint8)
    X = mnist.prepare_images(images)
    assert X.shape == (3, 784)
    assert X.dtype == np.float64
    for n, r, c in ((0, 0, 0), (0, 1, 0), (1, 5, 27), (2, 27, 27), (2, 13, 14)):
        assert X[n, 28 * r + c] == int(images[n, r, c]) / 255


@pytest.mark.parametrize(("value", "brightness"), [(0, 0.0), (51, 0.2), (255, 1.0)])
def test_brightness(value: int, brightness: float) -> None:
    """The scale goes from black to white."""
    image = np.full((1, 28, 28), value, dtype=np.uint8)
    np.testing.assert_array_equal(mnist.prepare_images(image), np.full((1, 784), brightness))


@pytest.mark.parametrize("classes", [2, 5, 10, 12])
def test_one_hot_against_scikit_learn(rng: np.random.Generator, classes: int) -> None:
    """The rows are those of scikit-learn's encoder."""
    labels = rng.integers(classes, size=20)
    encoder = sklearn.preprocessing.OneHotEncoder(categories=[range(classes)], sparse_output=False)
    np.testing.assert_array_equal(mnist.one_hot(labels, classes), encoder.fit_transform(labels[:, None]))


@pytest.mark.parametrize("wrong", [-1, 4, 100, 1.5])
def test_one_hot_out_of_range(wrong: float) -> None:
    """The message names the label and the range."""
    with pytest.raises(ValueError, match=rf"label {wrong}(\.0)?; expected whole numbers from 0 to 3"):
        mnist.one_hot(np.array([0, wrong, 3]), 4)


@pytest.mark.parametrize("widths", [(3, 2), (4, 5, 3), (784, 12, 10), (2, 3, 4, 5, 6)])
def test_trace_against_scipy(rng: np.random.Generator, widths: tuple[int, ...]) -> None:
    """Each layer is scipy's logistic function, the last one scipy's softmax, of weighted sums added up one by one."""
    params = [(rng.normal(size=pair), rng.normal(size=pair[1])) for pair in itertools.pairwise(widths)]
    x = a = rng.uniform(size=widths[0])
    trace = mnist.forward_pass_trace(params, x)
    assert len(trace) == len(params)
    for number, ((W, b), (z, activation)) in enumerate(zip(params, trace, strict=True), start=1):
        sums = [b[j] + sum(a[i] * W[i, j] for i in range(len(a))) for j in range(len(b))]
        a = (scipy.special.softmax if number == len(params) else scipy.special.expit)(np.array(sums))
        np.testing.assert_allclose(z, sums, rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(activation, a, rtol=1e-10)


def test_trace_of_the_notebook() -> None:
    """The worked sums 2.0, 1.0 and 0.1 become 66, 24 and 10 per cent."""
    ((_, a),) = mnist.forward_pass_trace([(np.array([[2.0, 1.0, 0.1]]), np.zeros(3))], np.array([1.0]))
    np.testing.assert_allclose(a, [0.66, 0.24, 0.10], atol=0.005)


@pytest.mark.parametrize("size", [1000.0, -1000.0])
def test_trace_at_large_sums(size: float) -> None:
    """Sums of ±1000 overflow in neither activation."""
    params = [(np.array([[1.0, -1.0]]), np.zeros(2)), (np.array([[1.0, -1.0], [-1.0, 1.0]]) * 1000, np.zeros(2))]
    trace = mnist.forward_pass_trace(params, np.array([size]))
    assert [sorted(a) for _, a in trace] == [[0.0, 1.0], [0.0, 1.0]]


def test_accuracy_against_scikit_learn(rng: np.random.Generator) -> None:
    """The share is scikit-learn's."""
    actual, predicted = rng.integers(4, size=(2, 50))
    assert mnist.accuracy(predicted, actual) == sklearn.metrics.accuracy_score(actual, predicted)


@pytest.mark.parametrize(("predicted", "actual"), [([], []), ([1], []), ([1], [1, 1]), ([[1], [1]], [1, 1])])
def test_accuracy_of_nothing(predicted: Any, actual: Any) -> None:
    """Nothing to compare, or nothing to compare with, is refused."""
    with pytest.raises(ValueError, match="labels predicted"):
        mnist.accuracy(np.array(predicted), np.array(actual))


@pytest.mark.parametrize("classes", [2, 6, 10])
def test_confusion_against_scikit_learn(rng: np.random.Generator, classes: int) -> None:
    """The counts are scikit-learn's, also for classes that do not occur, and they are integers."""
    actual, predicted = rng.integers(classes - 1, size=(2, 60))
    matrix = mnist.confusion_matrix(predicted, actual, classes)
    np.testing.assert_array_equal(matrix, sklearn.metrics.confusion_matrix(actual, predicted, labels=range(classes)))
    assert matrix.dtype == np.int64


@pytest.mark.parametrize(("predicted", "actual"), [([0, 3], [0, 1]), ([0, 1], [0, 3]), ([-1, 0], [0, 0])])
def test_confusion_out_of_range(predicted: list[int], actual: list[int]) -> None:
    """A label out of range, on either side, is refused and named."""
    with pytest.raises(ValueError, match=r"label (3|-1); expected whole numbers from 0 to 2"):
        mnist.confusion_matrix(np.array(predicted), np.array(actual), 3)


@pytest.mark.parametrize(("predicted", "actual"), [([0, 1], [0, 1, 1]), ([0, 1, 1], [0, 1]), ([1], [1, 1]), ([], [1])])
def test_confusion_of_different_numbers(predicted: list[int], actual: list[int]) -> None:
    """Labels that do not belong together in pairs are refused."""
    with pytest.raises(ValueError, match="labels predicted for"):
        mnist.confusion_matrix(np.array(predicted), np.array(actual), 3)


def test_confusion_of_nothing() -> None:
    """Where nothing is compared, nothing is counted."""
    nothing = np.zeros(0, dtype=np.int64)
    np.testing.assert_array_equal(mnist.confusion_matrix(nothing, nothing, 3), np.zeros((3, 3)))


# The classifier


def test_first_weights() -> None:
    """Weights have mean 0 and the variance 2 / inputs, biases are 0, and the first loss is about ln 10."""
    model = mnist.build_classifier(3)
    assert {name: array.shape for name, array in model.items()} == {
        "W1": (784, 100),
        "W2": (100, 10),
        "b1": (100,),
        "b2": (10,),
    }
    assert np.var(model["W1"]) == pytest.approx(2 / 784, rel=0.05)
    assert np.var(model["W2"]) == pytest.approx(2 / 100, rel=0.2)
    assert not model["b1"].any()
    assert not model["b2"].any()


def scores_of(model: Any, X: Any) -> Any:
    """Return the scores by the textbook formula; takes what autograd puts in."""
    return anp.maximum(0.0, X @ model["W1"] + model["b1"]) @ model["W2"] + model["b2"]


def test_prediction_is_the_highest_score(rng: np.random.Generator) -> None:
    """No label has a higher score than the predicted one."""
    model, X = mnist.build_classifier(5), rng.uniform(size=(40, 784))
    predicted, scores = mnist.predict_digits(model, X), scores_of(model, X)
    assert np.all(scores[np.arange(40), predicted] == scores.max(axis=1))
    assert len(set(predicted)) > 1


def test_step_against_autograd(monkeypatch: pytest.MonkeyPatch, rng: np.random.Generator) -> None:
    """On one small batch the training is what autograd's gradient of the mean loss, with momentum, leads to."""
    monkeypatch.setattr(np, "roll", lambda rows, *_, **__: rows)
    model, X, y = mnist.build_classifier(2), rng.uniform(size=(6, 784)), np.array([3, 1, 4, 1, 5, 9])

    def loss(params: Any) -> Any:
        scores = scores_of(params, X)
        right = scores[anp.arange(6), y]
        return anp.mean(anp.log(anp.sum(anp.exp(scores), axis=1)) - right)

    params, velocity = model, dict.fromkeys(model, 0.0)
    for epoch in range(10):
        gradient = autograd.grad(loss)(params)
        velocity = {name: 0.9 * velocity[name] - 0.1 * (1 - epoch / 10) * gradient[name] for name in model}
        params = {name: params[name] + velocity[name] for name in model}
    trained = mnist.train_classifier(model, X, y, 0)
    for name, array in trained.items():
        np.testing.assert_allclose(array, params[name], rtol=1e-6, atol=1e-9)


def test_training_leaves_everything_as_it_was(rng: np.random.Generator) -> None:
    """Neither model nor images nor labels change, and the same call gives the same model, bit for bit."""
    model, X, y = mnist.build_classifier(1), rng.uniform(size=(70, 784)), rng.integers(10, size=70)
    before = [array.copy() for array in (*model.values(), X, y)]
    one, other = (mnist.train_classifier(model, X, y, 8) for _ in range(2))
    for array, copy in zip((*model.values(), X, y), before, strict=True):
        np.testing.assert_array_equal(array, copy)
    for name, array in one.items():
        np.testing.assert_array_equal(array, other[name])
    assert not np.array_equal(one["W1"], mnist.train_classifier(model, X, y, 9)["W1"])


def test_learning_small_digits() -> None:
    """Trained on two thirds of scikit-learn's digits, it reads nine tenths of the others."""
    X, y = small_digits()
    model = mnist.train_classifier(mnist.build_classifier(0), X[:1200], y[:1200], 0)
    assert np.mean(mnist.predict_digits(model, X[1200:]) == y[1200:]) > 0.9


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_learning_mnist(mnist_folder: object, seed: int) -> None:
    """Trained on the training digits of the course, it reads 95.5 % of the test digits, with every seed."""
    digits, unseen = load_mnist(), load_test_digits()
    X = mnist.prepare_images(digits.images)
    model = mnist.train_classifier(mnist.build_classifier(seed), X, digits.labels, seed)
    predicted = mnist.predict_digits(model, mnist.prepare_images(unseen.images))
    assert sklearn.metrics.accuracy_score(unseen.labels, predicted) > 0.955
