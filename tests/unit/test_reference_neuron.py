"""The reference of `neuron` against worked values, sums written out, autograd, scipy and scikit-learn, never itself."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from scipy import special
from sklearn import metrics
from sklearn.linear_model import LinearRegression, LogisticRegression

from reference import neuron

SHAPES = [(), (1,), (7,), (4, 3), (2, 1, 3)]
CURVES: list[tuple[Callable[..., Any], Callable[[Any], Any]]] = [
    (neuron.sigmoid, special.expit),
    (neuron.sigmoid_derivative, lambda x: 0.25 / np.cosh(0.5 * x) ** 2),
    (neuron.tanh, np.tanh),
    (neuron.relu, lambda x: 0.5 * (x + np.abs(x))),
    (neuron.leaky_relu, lambda x: 0.505 * x + 0.495 * np.abs(x)),
    (neuron.elu, lambda x: np.vectorize(lambda v: v if v > 0 else math.exp(v) - 1.0, otypes=[float])(x)),
]


@pytest.fixture
def rng() -> np.random.Generator:
    """Random numbers that are the same every time."""
    return np.random.default_rng(1)


@pytest.fixture(autouse=True)
def no_warnings() -> Iterator[None]:
    """Turn overflow and invalid values into errors."""
    with warnings.catch_warnings(), np.errstate(over="raise", invalid="raise", divide="raise"):
        warnings.simplefilter("error")
        yield


def test_weighted_sum_of_the_notes() -> None:
    """The neuron of the notes has the score 1."""
    assert neuron.weighted_sum(np.array([-1.0, -2.0]), np.array([2.0, -3.0]), -3.0) == 1.0


@pytest.mark.parametrize(("examples", "features"), [(5, 3), (3, 5), (1, 4), (4, 1), (1, 1)])
def test_weighted_sum(rng: np.random.Generator, examples: int, features: int) -> None:
    """Scores of a batch, and of each example alone, are sums over features written out; nothing is changed."""
    X, w, b = rng.normal(size=(examples, features)), rng.normal(size=features), 0.7
    before = X.copy(), w.copy()
    by_hand = [b + sum(X[n, i] * w[i] for i in range(features)) for n in range(examples)]
    scores = neuron.weighted_sum(X, w, b)
    assert scores.shape == (examples,)
    np.testing.assert_allclose(scores, by_hand, rtol=1e-13, atol=1e-14)
    np.testing.assert_allclose([neuron.weighted_sum(x, w, b) for x in X], by_hand, rtol=1e-13, atol=1e-14)
    np.testing.assert_array_equal(X, before[0])
    np.testing.assert_array_equal(w, before[1])


@pytest.mark.parametrize(
    ("scores", "labels"),
    [
        (0.0, 0),
        (-0.0, 0),
        (1e-300, 1),
        (-2, 0),
        (np.float32(3.0), 1),
        ([[1.0, -1.0, 0.0]], [[1, 0, 0]]),
        (np.array([np.inf, -np.inf]), [1, 0]),
    ],
)
def test_classify(scores: Any, labels: Any) -> None:
    """Above 0 is class 1, everything else class 0, in integers of the same shape."""
    got = neuron.classify(scores)
    assert got.dtype == np.int64
    assert got.shape == np.shape(scores)
    np.testing.assert_array_equal(got, labels)


@pytest.mark.parametrize(("function", "formula"), CURVES)
@pytest.mark.parametrize("shape", SHAPES)
def test_curves(
    rng: np.random.Generator, function: Callable[..., Any], formula: Callable[[Any], Any], shape: tuple[int, ...]
) -> None:
    """Each function agrees with a formula of another form, entry by entry, and leaves its argument."""
    x = np.asarray(3.0 * rng.normal(size=shape))
    before = x.copy()
    got = function(x)
    assert np.shape(got) == shape
    np.testing.assert_allclose(got, formula(x), rtol=1e-13, atol=1e-15)
    np.testing.assert_array_equal(x, before)


@pytest.mark.parametrize(("function", "formula"), CURVES)
@pytest.mark.parametrize("x", [3, -2, [-2, 0, 5], np.array([-1, 2]), np.float32(-0.5), np.arange(-3.0, 3.0)[::-2]])
def test_curves_of_other_numbers(function: Callable[..., Any], formula: Callable[[Any], Any], x: Any) -> None:
    """Integers, lists, single precision and slices bring what the same floats bring."""
    np.testing.assert_allclose(function(x), formula(np.asarray(x, dtype=np.float64)), rtol=1e-6, atol=1e-15)


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (neuron.sigmoid, [0.0, math.exp(-700.0), 0.5, 1.0, 1.0]),
        (neuron.sigmoid_derivative, [0.0, math.exp(-700.0), 0.25, math.exp(-700.0), 0.0]),
        (neuron.tanh, [-1.0, -1.0, 0.0, 1.0, 1.0]),
        (neuron.relu, [0.0, 0.0, 0.0, 700.0, 1000.0]),
        (neuron.leaky_relu, [-10.0, -7.0, 0.0, 700.0, 1000.0]),
        (neuron.elu, [-1.0, -1.0, 0.0, 700.0, 1000.0]),
    ],
)
def test_extreme_values(function: Callable[[Any], Any], expected: list[float]) -> None:
    """At ±700 and ±1000 nothing overflows, and what is tiny keeps its full relative precision."""
    got = function(np.array([-1000.0, -700.0, 0.0, 700.0, 1000.0]))
    np.testing.assert_allclose(got, expected, rtol=1e-14, atol=0.0)


def test_sigmoid_of_the_notes() -> None:
    """One half at 0, exactly; 0.73 at 1, with a slope of 0.20 there and of one quarter at 0."""
    assert neuron.sigmoid(0.0) == 0.5
    assert neuron.sigmoid_derivative(0.0) == 0.25
    assert round(float(neuron.sigmoid(1.0)), 2) == 0.73
    assert round(float(neuron.sigmoid_derivative(1.0)), 2) == 0.20


def test_slope_is_the_derivative_of_the_sigmoid(rng: np.random.Generator) -> None:
    """The slope agrees with what autograd makes of the textbook formula."""
    x = rng.normal(size=9)
    slope = autograd.elementwise_grad(lambda v: 1.0 / (1.0 + anp.exp(-v)))(x)
    np.testing.assert_allclose(neuron.sigmoid_derivative(x), slope, rtol=1e-12)


def test_slope_and_alpha() -> None:
    """The second arguments scale the negative side alone, by position and by name."""
    x = np.array([-2.0, 3.0])
    np.testing.assert_allclose(neuron.leaky_relu(x, 0.1), [-0.2, 3.0], rtol=1e-15)
    np.testing.assert_allclose(neuron.leaky_relu(x, slope=0.0), [0.0, 3.0], rtol=1e-15)
    np.testing.assert_allclose(neuron.elu(x, alpha=2.0), [2.0 * (math.exp(-2.0) - 1.0), 3.0], rtol=1e-15)


@pytest.mark.parametrize("shape", [(3,), (1, 3), (4, 3)])
def test_maxout(rng: np.random.Generator, shape: tuple[int, ...]) -> None:
    """Every unit is the larger one of its two sums, written out; with a second map of zeros it is a ReLU."""
    x = rng.normal(size=shape)
    W1, W2, b1, b2 = rng.normal(size=(3, 5)), rng.normal(size=(3, 5)), rng.normal(size=5), rng.normal(size=5)
    expected = np.empty((*shape[:-1], 5))
    for index in np.ndindex(expected.shape):
        *example, m = index
        sums = [sum(x[*example, i] * W[i, m] for i in range(3)) + b[m] for W, b in ((W1, b1), (W2, b2))]
        expected[index] = max(sums)
    np.testing.assert_allclose(neuron.maxout(x, W1, b1, W2, b2), expected, rtol=1e-13, atol=1e-14)
    np.testing.assert_array_equal(neuron.maxout(x, np.eye(3), np.zeros(3), 0 * W1[:, :3], np.zeros(3)), x * (x > 0))


@pytest.mark.parametrize(
    ("weights", "bias", "inputs", "rate"),
    [
        ([2.0, -3.0], -3.0, [-1.0, -2.0], 1.0 / (1.0 + math.exp(-1.0))),
        ([1.0], 0.0, [0.0], 0.5),
        ([1.0, 1.0], 0.0, [500.0, 500.0], 1.0),
        ([1.0, 1.0], 0.0, [-500.0, -500.0], 0.0),
        ([1, 2, 3], 1, [1, -1, 0], 0.5),
    ],
)
def test_neuron(weights: list[float], bias: float, inputs: list[float], rate: float) -> None:
    """The rate is the sigmoid of the sum, also of sums of ±1000, and one neuron does not disturb another."""
    own, own_inputs = np.array(weights), np.array(inputs)
    one = neuron.Neuron(own, bias)
    neuron.Neuron(-own, bias + 1.0).forward(own_inputs)
    assert one.forward(own_inputs) == pytest.approx(rate, rel=1e-14, abs=0.0)
    np.testing.assert_array_equal(own, weights)
    np.testing.assert_array_equal(own_inputs, inputs)


def cross_entropy(w: Any, b: Any, X: Any, y: Any) -> Any:
    """Return the definition: the mean of −log of the probability that the right label was given."""
    p = 1.0 / (1.0 + anp.exp(-(anp.dot(X, w) + b)))
    return -anp.mean(y * anp.log(p) + (1 - y) * anp.log(1.0 - p))


def hinge(w: Any, b: Any, X: Any, y: Any) -> Any:
    """Return the definition: the mean of what is missing to a margin of 1."""
    return anp.mean(anp.maximum(0.0, 1.0 - y * (anp.dot(X, w) + b)))


def batch(rng: np.random.Generator, examples: int, features: int, labels: tuple[int, int]) -> tuple[Any, ...]:
    """Draw w, b, X and y; both labels occur where there are two examples."""
    y = np.array(labels)[np.arange(examples) % 2]
    return rng.normal(size=features), float(rng.normal()), rng.normal(size=(examples, features)), y


@pytest.mark.parametrize(
    ("loss_function", "formula", "labels"),
    [(neuron.logistic_loss, cross_entropy, (0, 1)), (neuron.hinge_loss, hinge, (-1, 1))],
)
@pytest.mark.parametrize(("examples", "features"), [(6, 3), (3, 6), (1, 4), (5, 1), (1, 1)])
def test_losses(
    rng: np.random.Generator,
    loss_function: Callable[..., Any],
    formula: Callable[..., Any],
    labels: tuple[int, int],
    examples: int,
    features: int,
) -> None:
    """Loss and gradients agree with the definition and with what autograd makes of it; no argument changes."""
    arguments = batch(rng, examples, features, labels)
    before = [np.copy(argument) for argument in arguments]
    loss, dw, db = loss_function(*arguments)
    assert (np.shape(loss), dw.shape, np.shape(db)) == ((), (features,), ())
    assert loss == pytest.approx(formula(*arguments), rel=1e-12)
    np.testing.assert_allclose(dw, autograd.grad(formula, 0)(*arguments), rtol=1e-11, atol=1e-14)
    assert db == pytest.approx(autograd.grad(formula, 1)(*arguments), rel=1e-11, abs=1e-14)
    for argument, copy in zip(arguments, before, strict=True):
        np.testing.assert_array_equal(argument, copy)


def test_losses_against_scikit_learn(rng: np.random.Generator) -> None:
    """Both losses are those that scikit-learn measures."""
    w, b, X, y = batch(rng, 40, 3, (0, 1))
    scores = X @ w + b
    assert neuron.logistic_loss(w, b, X, y)[0] == pytest.approx(metrics.log_loss(y, special.expit(scores)))
    assert neuron.hinge_loss(w, b, X, 2 * y - 1)[0] == pytest.approx(metrics.hinge_loss(2 * y - 1, scores))


@pytest.mark.parametrize(
    ("score", "label", "loss", "slope"),
    [(1000.0, 1, 0.0, 0.0), (1000.0, 0, 1000.0, 1.0), (-1000.0, 0, 0.0, 0.0), (-1000.0, 1, 1000.0, -1.0)],
)
def test_logistic_loss_of_extreme_scores(score: float, label: int, loss: float, slope: float) -> None:
    """A score of ±1000 costs 0 or 1000, with slopes of 0 or ±1, and nothing overflows."""
    got = neuron.logistic_loss(np.array([score]), 0.0, np.ones((1, 1)), np.array([label]))
    assert [float(np.squeeze(part)) for part in got] == [loss, slope, slope]


def test_losses_that_students_meet_first() -> None:
    """Without weights the cross-entropy is ln 2 and the hinge loss 1, whatever the examples are."""
    X, y = np.arange(6.0).reshape(3, 2), np.array([0, 1, 1])
    assert neuron.logistic_loss(np.zeros(2), 0.0, X, y)[0] == pytest.approx(math.log(2.0), rel=1e-15)
    assert neuron.hinge_loss(np.zeros(2), 0.0, X, 2 * y - 1)[0] == 1.0


def test_worked_numbers_of_the_checks() -> None:
    """The numbers that the visible checks hold are right, by the definitions and by hand."""
    X, w, y = (
        np.array([[2.0, 1.0], [1.0, -1.0], [0.0, 0.0], [-1.0, 2.0]]),
        np.array([0.5, -1.0]),
        np.array([1, 0, 1, 1]),
    )
    assert cross_entropy(w, 0.0, X, y) == pytest.approx(1.4166493433487983, rel=1e-12)
    assert cross_entropy(w, 1.0, X, y) == pytest.approx(1.226706596827937, rel=1e-12)
    np.testing.assert_allclose(
        autograd.grad(cross_entropy, 0)(w, 0.0, X, y), [0.18542907404310002, -0.7914645290377891], rtol=1e-12
    )
    assert autograd.grad(cross_entropy, 1)(w, 0.0, X, y) == pytest.approx(-0.2766418359462782, rel=1e-12)
    assert hinge(w, 0.0, X, 2 * y - 1) == 2.0
    assert hinge(w, 0.5, X, 2 * y - 1) == 1.75
    second = special.expit(-2.5)  # of a first step to w = 1, b = 0.5, where the score is 2.5
    assert 1.0 + 2.0 * second == pytest.approx(1.151716360042487, rel=1e-14)
    assert 0.5 + second == pytest.approx(0.5758581800212434, rel=1e-14)
    assert -math.log(special.expit(2.5)) == pytest.approx(0.07888973429254963, rel=1e-12)
    assert -math.log(special.expit(2.5 + 5.0 * second)) == pytest.approx(0.054653495582399625, rel=1e-12)


@pytest.mark.parametrize("loss_function", [neuron.logistic_loss, neuron.hinge_loss])
@pytest.mark.parametrize(
    ("w", "X", "y", "message"),
    [
        (np.ones(2), np.ones(2), [1], r"X has the shape \(2,\): it must be \(N, D\)"),
        (np.ones(3), np.ones((4, 2)), [1] * 4, "one weight for each of the 2 features"),
        (np.ones((2, 1)), np.ones((4, 2)), [1] * 4, "one weight for each of the 2 features"),
        (np.ones(2), np.ones((0, 2)), [], "empty batch"),
        (np.ones(2), np.ones((4, 2)), [1] * 3, "one label for each of the 4 examples"),
        (np.ones(2), np.ones((2, 2)), [[1], [1]], "one label for each of the 2 examples"),
        (np.ones(2), np.ones((3, 2)), [1, 1, 7], r"y\[2\] is 7: a label must be one of"),
        (np.ones(2), np.ones((2, 2)), [1, 0.5], r"y\[1\] is 0.5: a label must be one of"),
    ],
)
def test_losses_refuse_what_does_not_fit(loss_function: Any, w: Any, X: Any, y: Any, message: str) -> None:
    """Shapes that do not fit, an empty batch and unknown labels raise ValueError, which says what and where."""
    with pytest.raises(ValueError, match=message):
        loss_function(w, 0.0, X, np.array(y))


@pytest.mark.parametrize(("loss_function", "stranger"), [(neuron.logistic_loss, -1), (neuron.hinge_loss, 0)])
def test_losses_have_their_own_labels(loss_function: Callable[..., Any], stranger: int) -> None:
    """The labels of one loss are refused by the other."""
    with pytest.raises(ValueError, match=rf"y\[1\] is {stranger}: "):
        loss_function(np.ones(2), 0.0, np.ones((2, 2)), np.array([1, stranger]))


@pytest.mark.parametrize("shape", SHAPES)
def test_mse_loss(rng: np.random.Generator, shape: tuple[int, ...]) -> None:
    """Loss and gradient agree with the definition and autograd for numbers and arrays; nothing is changed."""
    prediction, actual = np.asarray(rng.normal(size=shape)), np.asarray(rng.normal(size=shape))
    before = prediction.copy(), actual.copy()
    loss, gradient = neuron.mse_loss(prediction, actual)
    assert np.shape(gradient) == shape
    assert loss == pytest.approx(metrics.mean_squared_error(actual.reshape(-1), prediction.reshape(-1)), rel=1e-13)
    expected = autograd.grad(lambda v: anp.sum((v - actual) ** 2) / max(1, math.prod(shape)))(prediction)
    np.testing.assert_allclose(gradient, expected, rtol=1e-13)
    np.testing.assert_array_equal(prediction, before[0])
    np.testing.assert_array_equal(actual, before[1])


@pytest.mark.parametrize(
    ("prediction", "actual", "message"),
    [
        (np.ones((3, 1)), np.ones(3), r"\(3, 1\) and \(3,\) differ"),
        (np.ones(3), 1.0, r"\(3,\) and \(\) differ"),
        (np.ones(0), np.ones(0), "no entries"),
        ([], [], "no entries"),
    ],
)
def test_mse_loss_refuses_what_does_not_fit(prediction: Any, actual: Any, message: str) -> None:
    """Other shapes, even such as numpy would stretch, and nothing at all raise ValueError."""
    with pytest.raises(ValueError, match=message):
        neuron.mse_loss(prediction, actual)


def bowl(point: Any) -> tuple[Any, Any]:
    """Return p², summed, and its gradient."""
    return np.sum(point**2), 2.0 * point


@pytest.mark.parametrize("start", [4, 4.0, np.array([4, -2]), np.array([[1.0, 2.0, 3.0]]), np.arange(6.0)[::-2]])
@pytest.mark.parametrize("steps", [0, 1, 7])
def test_gradient_descent_in_a_bowl(start: Any, steps: int) -> None:
    """In a bowl every step shrinks the point by one factor, so all losses are known; the start stays."""
    before = np.copy(start)
    point, losses = neuron.gradient_descent(bowl, start, 0.1, steps)
    assert np.shape(point) == np.shape(start)
    np.testing.assert_allclose(point, 0.8**steps * before, rtol=1e-12)
    np.testing.assert_allclose(losses, [0.64**k * np.sum(before**2) for k in range(steps + 1)], rtol=1e-12)
    np.testing.assert_array_equal(start, before)
    assert np.asarray(start).dtype == before.dtype


def test_gradient_descent_on_the_spring() -> None:
    """With two parameters B0 and B1 it ends at the line that least squares gives: 1.1 and 1.6."""
    x, length = np.arange(4.0), np.array([1.0, 3.0, 4.0, 6.0])

    def spring(point: Any) -> tuple[Any, Any]:
        loss, dprediction = neuron.mse_loss(point[0] + point[1] * x, length)
        return loss, np.array([np.sum(dprediction), dprediction @ x])

    point, losses = neuron.gradient_descent(spring, np.zeros(2), 0.2, 500)
    exact = LinearRegression().fit(x[:, None], length)
    np.testing.assert_allclose(point, [exact.intercept_, exact.coef_[0]], rtol=1e-9)
    np.testing.assert_allclose(point, [1.1, 1.6], rtol=1e-9)
    assert losses[-1] == pytest.approx(0.05)


@pytest.mark.parametrize("features", [1, 5])
def test_fit_reaches_the_optimum(rng: np.random.Generator, features: int) -> None:
    """On data that no line separates, long training ends where scikit-learn's solver does; losses fall throughout."""
    X = rng.normal(size=(60, features))
    y = (X[:, 0] + rng.normal(size=60) > 0.3).astype(np.int64)
    before = X.copy(), y.copy()
    w, b, losses = neuron.fit_logistic_regression(X, y, 1.0, 1500)
    solver = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(X, y)
    np.testing.assert_allclose(w, solver.coef_[0], rtol=1e-4, atol=1e-5)
    assert b == pytest.approx(solver.intercept_[0], rel=1e-3, abs=1e-5)
    assert len(losses) == 1501
    assert losses[0] == pytest.approx(math.log(2.0))
    assert losses[-1] == pytest.approx(metrics.log_loss(y, solver.predict_proba(X)))
    assert np.all(np.diff(losses) < 1e-15)
    np.testing.assert_array_equal(X, before[0])
    np.testing.assert_array_equal(y, before[1])


@pytest.mark.parametrize("features", [1, 2, 5])
def test_fit_separates(rng: np.random.Generator, features: int) -> None:
    """On separable data at least 99 % of the labels are right after training."""
    y = np.arange(200) % 2
    X = rng.uniform(-1.0, 1.0, size=(200, features))
    X[:, -1] += np.where(y == 1, 1.2, -1.2)
    w, b, _ = neuron.fit_logistic_regression(X, y, 1.0, 300)
    assert np.mean((X @ w + b > 0) == (y == 1)) >= 0.99


def test_fit_of_one_example() -> None:
    """One example and no step: zeros. One step: half of the features, times the learning rate."""
    X = np.array([[4.0, -2.0]])
    w, b, losses = neuron.fit_logistic_regression(X, np.array([0]), 0.5, 0)
    assert (w.tolist(), float(b), len(losses)) == ([0.0, 0.0], 0.0, 1)
    w, b, losses = neuron.fit_logistic_regression(X, np.array([0]), 0.5, 1)
    assert (w.tolist(), float(b), len(losses)) == ([-1.0, 0.5], -0.25, 2)


def test_fit_refuses_unknown_labels() -> None:
    """Labels −1 and 1 raise ValueError, as the loss does."""
    with pytest.raises(ValueError, match="a label must be one of"):
        neuron.fit_logistic_regression(np.ones((2, 1)), np.array([1, -1]), 0.1, 1)
