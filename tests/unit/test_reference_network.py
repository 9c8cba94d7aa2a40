"""The reference of `network` against worked values, loops, autograd and scipy, never against itself."""

from __future__ import annotations

import copy
import itertools
import math
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from scipy import special, stats

from reference import network

Params = dict[str, np.ndarray]

TABLE = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])


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


def random_params(rng: np.random.Generator, inputs: int, hidden: int, classes: int) -> Params:
    """Draw a two-layer network whose biases are not zero."""
    shapes = {"W1": (inputs, hidden), "b1": (hidden,), "W2": (hidden, classes), "b2": (classes,)}
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}


def scores_by(params: Any, X: Any) -> Any:
    """Compute the scores with autograd's numpy, so that they can be differentiated."""
    return anp.dot(anp.maximum(0.0, anp.dot(X, params["W1"]) + params["b1"]), params["W2"]) + params["b2"]


def loss_by(params: Any, X: Any, y: Any, reg: float) -> Any:
    """Compute the loss by its definition, with autograd's numpy."""
    p = anp.exp(scores_by(params, X))
    p = p / anp.sum(p, axis=1, keepdims=True)
    right = sum(anp.log(p[n, label]) for n, label in enumerate(y)) / len(y)
    return -right + reg * (anp.sum(params["W1"] ** 2) + anp.sum(params["W2"] ** 2))


def assert_close(got: dict[str, Any], expected: dict[str, Any]) -> None:
    """Compare two dicts of arrays: names, shapes, and numbers to ten digits."""
    assert list(got) == list(expected)
    for name, values in expected.items():
        assert got[name].shape == values.shape
        np.testing.assert_allclose(got[name], values, rtol=1e-10, atol=1e-12, err_msg=name)


def test_sigmoid() -> None:
    """It is the logistic function, also where that is next to 0 or 1."""
    z = np.array([-1000.0, -3.0, 0.0, 0.5, 1000.0])
    np.testing.assert_allclose(network.sigmoid(z), special.expit(z), atol=1e-16)


BATCH = np.ones((3, 2)), np.array([0, 2, 1])


@pytest.mark.parametrize("y", [[0, 2, 1], np.array([0, 2, 1], dtype=np.uint8), (2, 2, 2)])
def test_batch_that_is_one(y: Any) -> None:
    """Labels of any integer type, in an array or not, pass without a word."""
    network.require_batch(BATCH[0], y, classes=3)


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        (np.ones((0, 2)), np.zeros(0, dtype=int), r"X has shape \(0, 2\): .* at least one row"),
        (np.ones(2), [0, 1], r"X has shape \(2,\): a batch is \(N, D\)"),
        (BATCH[0], [0, 1], r"y has shape \(2,\), but X has 3 rows: give one label for each row, \(3,\)"),
        (BATCH[0], [[0], [1], [2]], r"y has shape \(3, 1\), but X has 3 rows"),
        (BATCH[0], [0, 3, 1], r"y\[1\] is 3: with 3 classes, labels go from 0 to 2"),
        (BATCH[0], [0, 1, -1], r"y\[2\] is -1: with 3 classes"),
        (BATCH[0], [0.0, 1.0, 2.0], r"y holds float64 entries: labels are integers"),
        (BATCH[0], [True, False, True], r"y holds bool entries"),
    ],
)
def test_batch_that_is_none(X: Any, y: Any, message: str) -> None:
    """What is no batch raises ValueError that says what is wrong and where, in the guard and in the loss."""
    with pytest.raises(ValueError, match=message):
        network.require_batch(X, y, classes=3)
    params = random_params(np.random.default_rng(0), 2, 4, 3)
    with pytest.raises(ValueError, match=message):
        network.two_layer_loss(params, X, np.asarray(y), 0.1)


def shaped(*shapes: tuple[int, ...]) -> list[np.ndarray]:
    """Return arrays of ones."""
    return [np.ones(shape) for shape in shapes]


def forward(*shapes: tuple[int, ...]) -> Any:
    """Call two_layer_forward with X, W1, b1, W2, b2 of these shapes."""
    X, *params = shaped(*shapes)
    return network.two_layer_forward(dict(zip(("W1", "b1", "W2", "b2"), params, strict=True)), X)


def tiny(*shapes: tuple[int, ...]) -> Any:
    """Call train_tiny_network with X and y of these shapes."""
    return network.train_tiny_network(*shaped(*shapes), 3, 2, 0)


MISFITS: list[tuple[Callable[..., Any], list[tuple[int, ...]], str]] = [
    (network.three_layer_forward, [(2,), (3, 2), (3, 1), (4, 3), (4, 1), (1, 4), (1, 1)], r"x has shape \(2,\)"),
    (network.three_layer_forward, [(2, 0), (3, 2), (3, 1), (4, 3), (4, 1), (1, 4), (1, 1)], r"x has shape \(2, 0\)"),
    (network.three_layer_forward, [(2, 5), (2, 3), (3, 1), (4, 3), (4, 1), (1, 4), (1, 1)], r"W1 .* expected H1 × 2"),
    (network.three_layer_forward, [(2, 5), (3, 2), (3,), (4, 3), (4, 1), (1, 4), (1, 1)], r"b1 .* expected 3 × 1"),
    (network.three_layer_forward, [(2, 5), (3, 2), (3, 5), (4, 3), (4, 1), (1, 4), (1, 1)], r"b1 .* expected 3 × 1"),
    (network.three_layer_forward, [(2, 5), (3, 2), (3, 1), (4, 3), (4, 1), (1, 4), (4, 1)], r"b3 .* expected 1 × 1"),
    (network.collapse_linear, [(2, 3), (4, 2)], r"W2 has shape \(4, 2\): expected 3 × C"),
    (network.collapse_linear, [(3,), (3, 2)], r"W1 has shape \(3,\): expected D × H"),
    (tiny, [(3, 2), (1,)], r"y has shape \(1,\): expected 3"),
    (tiny, [(3, 2), (3, 1)], r"y has shape \(3, 1\): expected 3"),
    (tiny, [(0, 2), (0,)], r"X has shape \(0, 2\): expected N × D, and every length at least 1"),
    (forward, [(5,), (5, 3), (3,), (3, 2), (2,)], r"X has shape \(5,\)"),
    (forward, [(4, 5), (4, 3), (3,), (3, 2), (2,)], r"W1 has shape \(4, 3\): expected 5 × H"),
    (forward, [(4, 5), (5, 3), (1,), (3, 2), (2,)], r"b1 has shape \(1,\): expected 3"),
    (forward, [(4, 5), (5, 3), (3,), (3, 2), (2, 1)], r"b2 has shape \(2, 1\): expected 2"),
]


@pytest.mark.parametrize(("function", "shapes", "message"), MISFITS)
def test_shapes_that_do_not_fit(function: Callable[..., Any], shapes: list[tuple[int, ...]], message: str) -> None:
    """Arrays that do not belong together raise ValueError that names the first one that does not fit."""
    with pytest.raises(ValueError, match=message):
        function(*(shapes if function in (tiny, forward) else shaped(*shapes)))


@pytest.mark.parametrize("batch_size", [0, -1])
def test_batches_of_nothing(batch_size: int) -> None:
    """A batch has one example at least, else ValueError says so."""
    params, (X, y) = random_params(np.random.default_rng(0), 2, 4, 3), BATCH
    with pytest.raises(ValueError, match=rf"batch_size is {batch_size}: it has to be at least 1"):
        network.train_two_layer(params, X, y, X, y, 0.1, 1.0, 0.0, 5, batch_size, 0)


@pytest.mark.parametrize(
    ("sizes", "neurons", "weights", "biases", "parameters"),
    [
        ((3, 4, 2), 6, 20, 6, 26),
        ((3, 4, 4, 1), 9, 32, 9, 41),
        ([3072, 100, 10], 110, 308_200, 110, 308_310),
        ((7, 2), 2, 14, 2, 16),
    ],
)
def test_count(sizes: Any, neurons: int, weights: int, biases: int, parameters: int) -> None:
    """The networks of the notes and some others are counted right."""
    expected = {"neurons": neurons, "weights": weights, "biases": biases, "parameters": parameters}
    assert network.count_parameters(sizes) == expected


def test_count_is_what_an_initialised_network_has() -> None:
    """The number of parameters is the number of entries that init_two_layer makes."""
    params = network.init_two_layer(5, 7, 3, 1.0, 0)
    assert network.count_parameters((5, 7, 3))["parameters"] == sum(values.size for values in params.values())


@pytest.mark.parametrize("columns", [1, 4])
def test_three_layers(rng: np.random.Generator, columns: int) -> None:
    """Every column agrees with neurons that are computed one number at a time, and no argument changes."""
    sizes = (3, 4, 5, 2)
    layers = [(rng.normal(size=(n, m)), rng.normal(size=(n, 1))) for m, n in itertools.pairwise(sizes)]
    arguments = [rng.normal(size=(3, columns)), *(array for layer in layers for array in layer)]
    before = copy.deepcopy(arguments)
    out = network.three_layer_forward(*arguments)
    assert out.shape == (2, columns)
    for n in range(columns):
        values = [float(v) for v in arguments[0][:, n]]
        for depth, (W, b) in enumerate(layers):
            sums = [sum(w * v for w, v in zip(row, values, strict=True)) + b[k, 0] for k, row in enumerate(W)]
            values = [1 / (1 + math.exp(-z)) for z in sums] if depth < 2 else sums
        np.testing.assert_allclose(out[:, n], values, rtol=1e-12)
    for got, expected in zip(arguments, before, strict=True):
        np.testing.assert_array_equal(got, expected)


def test_three_layers_far_out() -> None:
    """Saturated neurons are 0 or 1 without any warning."""
    x, W1, b = np.array([[1e4]]), np.array([[1.0], [-1.0]]), np.zeros((2, 1))
    out = network.three_layer_forward(x, W1, b, np.eye(2), b, np.eye(2), b)
    np.testing.assert_allclose(out, [[special.expit(1.0)], [0.5]])


@pytest.mark.parametrize(("inputs", "hidden", "outputs"), [(1, 1, 1), (2, 5, 3), (4, 1, 4)])
def test_collapse(rng: np.random.Generator, inputs: int, hidden: int, outputs: int) -> None:
    """One layer does to every row what the two did, which are summed here by hand."""
    W1, W2, X = rng.normal(size=(inputs, hidden)), rng.normal(size=(hidden, outputs)), rng.normal(size=(6, inputs))
    W = network.collapse_linear(W1, W2)
    assert W.shape == (inputs, outputs)
    np.testing.assert_allclose(X @ W, np.einsum("nd,dh,hc->nc", X, W1, W2), rtol=1e-12, atol=1e-12)


def tiny_error(weights: Any, X: Any, y: Any) -> Any:
    """Compute E by its definition, for autograd."""
    W1, W2 = weights
    h = 1 / (1 + anp.exp(-anp.dot(X, W1)))
    p = 1 / (1 + anp.exp(-anp.dot(h, W2)))[:, 0]
    return 0.5 * anp.sum((p - y) ** 2)


@pytest.mark.parametrize(
    ("rows", "inputs", "hidden", "steps"), [(4, 3, 2, 0), (5, 2, 4, 1), (1, 1, 1, 7), (4, 3, 4, 20)]
)
def test_tiny_network(rng: np.random.Generator, rows: int, inputs: int, hidden: int, steps: int) -> None:
    """The weights are those of gradient descent on E with autograd's gradients, from the start that is promised."""
    X, y = rng.normal(size=(rows, inputs)), rng.uniform(size=rows)
    before = X.copy(), y.copy()
    weights, predictions = network.train_tiny_network(X, y, hidden, steps, 9)
    draws = np.random.default_rng(9).random(inputs * hidden + hidden)
    start = 2 * draws - 1
    expected = [start[: inputs * hidden].reshape(inputs, hidden), start[inputs * hidden :].reshape(hidden, 1)]
    for _ in range(steps):
        slopes = autograd.grad(tiny_error)(expected, X, y)
        expected = [values - slope for values, slope in zip(expected, slopes, strict=True)]
    assert_close(weights, dict(zip(("W1", "W2"), expected, strict=True)))
    np.testing.assert_allclose(predictions, special.expit(special.expit(X @ expected[0]) @ expected[1])[:, 0])
    assert predictions.shape == (rows,)
    np.testing.assert_array_equal(X, before[0])
    np.testing.assert_array_equal(y, before[1])


@pytest.mark.parametrize("wanted", [[0, 1, 0, 0], [0, 1, 1, 0]])
@pytest.mark.parametrize("seed", range(5))
def test_tiny_network_learns(wanted: list[int], seed: int) -> None:
    """Four hidden neurons learn both tables of the notes from whatever start."""
    _, predictions = network.train_tiny_network(TABLE, np.array(wanted), 4, 4000, seed)
    np.testing.assert_allclose(predictions, wanted, atol=0.05)


@pytest.mark.parametrize("scale", [1e-3, 1.0, 20.0])
def test_init(scale: float) -> None:
    """Weights pass for normally distributed ones of this width, both layers are independent, biases are zero."""
    params = network.init_two_layer(60, 50, 40, scale, 1)
    assert {name: values.shape for name, values in params.items()} == {
        "W1": (60, 50),
        "b1": (50,),
        "W2": (50, 40),
        "b2": (40,),
    }
    for name in ("W1", "W2"):
        assert stats.kstest(params[name].ravel(), stats.norm(scale=scale).cdf).pvalue > 0.01
    assert abs(np.corrcoef(params["W1"].ravel()[:2000], params["W2"].ravel())[0, 1]) < 0.1
    assert not np.any(params["b1"])
    assert not np.any(params["b2"])


def test_init_seed() -> None:
    """A seed gives the same weights each time, another seed others, and numpy's global numbers play no part."""
    one = network.init_two_layer(3, 4, 2, 1.0, 5)
    np.random.seed(0)
    again, other = network.init_two_layer(3, 4, 2, 1.0, 5), network.init_two_layer(3, 4, 2, 1.0, 6)
    assert_close(again, one)
    assert not np.any(one["W1"] == other["W1"])


@pytest.mark.parametrize(("rows", "inputs", "hidden", "classes"), [(1, 1, 1, 2), (1, 4, 3, 5), (6, 3, 7, 4)])
def test_two_layers(rng: np.random.Generator, rows: int, inputs: int, hidden: int, classes: int) -> None:
    """Scores and gradients agree with autograd, and neither params, X nor dscores change."""
    params, X = random_params(rng, inputs, hidden, classes), rng.normal(size=(rows, inputs))
    dscores = rng.normal(size=(rows, classes))
    before = copy.deepcopy((params, X, dscores))
    scores, cache = network.two_layer_forward(params, X)
    grads = network.two_layer_backward(dscores, cache)
    np.testing.assert_allclose(scores, scores_by(params, X), rtol=1e-12)
    assert_close(grads, autograd.grad(lambda p: anp.sum(dscores * scores_by(p, X)))(params))
    assert_close(params, before[0])
    np.testing.assert_array_equal(X, before[1])
    np.testing.assert_array_equal(dscores, before[2])


def test_two_layers_of_the_notes() -> None:
    """With no biases, the scores are those of the notes, W2 max(0, W1 x), for columns."""
    W1, W2, x = np.array([[1.0, -2.0], [0.5, 3.0], [-1.0, -1.0]]), np.array([[1.0, 2.0, 3.0]]), np.array([2.0, 0.5])
    params = {"W1": W1.T, "b1": np.zeros(3), "W2": W2.T, "b2": np.zeros(1)}
    np.testing.assert_allclose(network.two_layer_forward(params, x[None])[0], [[1.0 * 1 + 2.0 * 2.5]])


@pytest.mark.parametrize(("rows", "inputs", "hidden", "classes"), [(1, 1, 2, 2), (1, 3, 4, 3), (7, 3, 5, 4)])
@pytest.mark.parametrize("reg", [0.0, 0.3])
def test_loss(rng: np.random.Generator, rows: int, inputs: int, hidden: int, classes: int, reg: float) -> None:
    """Loss and gradients agree with the definition and autograd, and no argument changes."""
    params, X = random_params(rng, inputs, hidden, classes), rng.normal(size=(rows, inputs))
    y = rng.integers(classes, size=rows)
    before = copy.deepcopy((params, X, y))
    loss, grads = network.two_layer_loss(params, X, y, reg)
    assert isinstance(loss, float)
    assert loss == pytest.approx(float(loss_by(params, X, y, reg)), rel=1e-12)
    assert_close(grads, autograd.grad(loss_by)(params, X, y, reg))
    assert_close(params, before[0])
    np.testing.assert_array_equal(X, before[1])
    np.testing.assert_array_equal(y, before[2])


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_loss_of_a_new_network(classes: int) -> None:
    """Tiny weights give every class the same chance: the loss is the logarithm of their number."""
    params = network.init_two_layer(4, 6, classes, 1e-6, 0)
    loss, _ = network.two_layer_loss(params, np.ones((5, 4)), np.array([0, 1, 1, 0, 1]), 0.1)
    assert loss == pytest.approx(math.log(classes), rel=1e-9)


@pytest.mark.parametrize("size", [1e3, 1e4])
def test_loss_of_large_scores(rng: np.random.Generator, size: float) -> None:
    """Scores in the thousands agree with scipy's log-softmax, row by row, without any warning."""
    params, X = random_params(rng, 3, 5, 4), rng.normal(size=(6, 3)) * np.array([[size], [1.0]] * 3)
    y = rng.integers(4, size=6)
    loss, grads = network.two_layer_loss(params, X, y, 0.0)
    log_p = special.log_softmax(np.asarray(scores_by(params, X)), axis=1)
    assert loss == pytest.approx(-np.mean(log_p[np.arange(6), y]), rel=1e-12)
    assert all(np.all(np.isfinite(values)) for values in grads.values())


def test_predict(rng: np.random.Generator) -> None:
    """Labels are the positions of the largest scores, and of equal ones the first."""
    params, X = random_params(rng, 3, 5, 4), rng.normal(size=(20, 3))
    labels = network.two_layer_predict(params, X)
    rows = [list(row) for row in scores_by(params, X)]
    assert labels.tolist() == [row.index(max(row)) for row in rows]
    assert labels.dtype.kind == "i"
    tied = {**params, "W2": np.zeros((5, 4)), "b2": np.array([-1.0, 3.0, 0.0, 3.0])}
    assert network.two_layer_predict(tied, X[:1]).tolist() == [1]


def trained(
    params: Params, X: Any, y: Any, X_val: Any, y_val: Any, rate: float, decay: float, reg: float, orders: list[Any]
) -> tuple[Params, dict[str, list[float]]]:
    """Train with autograd's gradients; `orders` has the batches of every epoch."""
    history: dict[str, list[float]] = {"loss": [], "train_accuracy": [], "val_accuracy": []}
    for epoch, batches in enumerate(orders):
        for rows in batches:
            history["loss"].append(float(loss_by(params, X[rows], y[rows], reg)))
            slopes = autograd.grad(loss_by)(params, X[rows], y[rows], reg)
            params = {name: values - rate * decay**epoch * slopes[name] for name, values in params.items()}
        for name, points, labels in (("train_accuracy", X, y), ("val_accuracy", X_val, y_val)):
            right = [int(np.argmax(row)) == label for row, label in zip(scores_by(params, points), labels, strict=True)]
            history[name].append(sum(right) / len(right))
    return params, history


@pytest.mark.parametrize(
    ("batch_size", "steps", "cuts"),
    [
        (4, 7, [[(0, 4), (4, 8), (8, 10)], [(0, 4), (4, 8), (8, 10)], [(0, 4)]]),
        (5, 4, [[(0, 5), (5, 10)], [(0, 5), (5, 10)]]),
        (10, 2, [[(0, 10)], [(0, 10)]]),
        (64, 3, [[(0, 10)], [(0, 10)], [(0, 10)]]),
        (1, 3, [[(0, 1), (1, 2), (2, 3)]]),
        (4, 0, []),
    ],
)
def test_training(rng: np.random.Generator, batch_size: int, steps: int, cuts: list[list[tuple[int, int]]]) -> None:
    """Params and history are those of a training with autograd on the batches that the docstring promises."""
    params, X, X_val = random_params(rng, 3, 5, 4), rng.normal(size=(10, 3)), rng.normal(size=(6, 3))
    y, y_val = rng.integers(4, size=10), rng.integers(4, size=6)
    before = copy.deepcopy((params, X, y, X_val, y_val))
    draws = np.random.default_rng(8)
    orders = []
    for epoch in cuts:
        order = draws.permutation(10)
        orders.append([order[start:stop] for start, stop in epoch])
    got, history = network.train_two_layer(params, X, y, X_val, y_val, 0.2, 0.5, 0.05, steps, batch_size, 8)
    expected, noted = trained(params, X, y, X_val, y_val, 0.2, 0.5, 0.05, orders)
    assert_close(got, expected)
    assert list(history) == list(noted)
    for name, values in noted.items():
        assert isinstance(history[name], list)
        assert history[name] == pytest.approx(values, rel=1e-9)
    assert len(history["loss"]) == steps
    assert_close(params, before[0])
    for now, then in zip((X, y, X_val, y_val), before[1:], strict=True):
        np.testing.assert_array_equal(now, then)


def test_training_starts_from_anything() -> None:
    """Whole numbers as parameters are a start like any other, and are not what comes back."""
    start = {
        "W1": np.array([[1, -1]]),
        "b1": np.array([0, 1]),
        "W2": np.array([[1, 0], [0, 1]]),
        "b2": np.array([0, 0]),
    }
    X, y = np.array([[-1.0], [1.0]]), np.array([0, 1])
    params, _ = network.train_two_layer(start, X, y, X, y, 0.1, 1.0, 0.0, 5, 2, 0)
    assert all(params[name].dtype == np.float64 for name in start)
    assert all(values.dtype.kind == "i" for values in start.values())


BAD: list[Callable[[Any, Any], tuple[Any, ...]]] = [
    lambda X, y: (X[:0], y[:0], X, y),
    lambda X, y: (X, y, X, y[:1]),
    lambda X, y: (X, y + 1, X, y),
    lambda X, y: (X, y, X, y - 1),
]


@pytest.mark.parametrize("data", BAD)
def test_training_without_data(data: Callable[[Any, Any], tuple[Any, ...]]) -> None:
    """Training or validation examples that are no batch raise ValueError before anything is trained."""
    params = random_params(np.random.default_rng(0), 2, 3, 2)
    before = copy.deepcopy(params)
    with pytest.raises(ValueError, match=r"X|y"):
        network.train_two_layer(params, *data(np.ones((2, 2)), np.array([0, 1])), 0.1, 1.0, 0.0, 5, 2, 0)
    assert_close(params, before)
