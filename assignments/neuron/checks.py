"""The checks behind `check(...)`: worked examples, properties, and numerical gradients of your own functions.

Nothing here is secret. A grade also counts checks on inputs that nobody knows before.
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from autograder.compare import agree, numbers, quietly, raises, unchanged, unpack
from autograder.errors import CallFailed, Mismatch
from autograder.gradients import gradient_agrees, judge_loss, numerical_gradient, own_function

question = pytest.mark.question


def _check_unchanged(submission, function: str, names: str, *arguments) -> None:
    """Call a function; its arguments must be as they were."""
    after = submission.arguments_after(function, *arguments)
    for name, now, before in zip(names.split(), after, arguments, strict=False):
        unchanged(name, now, before, of=function)


def _passes(check: Callable[..., None], *arguments: Any, **details: Any) -> bool:
    """Return whether another check passes."""
    try:
        check(*arguments, **details)
    except (CallFailed, Mismatch, AssertionError):
        return False
    return True


# weighted_sum

_X = np.array([[1.0, 2.0, 3.0], [0.0, -1.0, 2.0]])
_W = np.array([2.0, -1.0, 0.5])


@question("weighted_sum")
def test_score_of_one_example(submission):
    """One example has one score: with the numbers of the text it is 1."""
    agree("score", submission.weighted_sum(np.array([-1.0, -2.0]), np.array([2.0, -3.0]), -3.0), 1.0)


@question("weighted_sum")
def test_scores_of_a_batch(submission):
    """A batch has one score for each example."""
    agree("scores", submission.weighted_sum(_X, _W, 10.0), [11.5, 12.0], inputs={"x": _X, "w": _W})


@question("weighted_sum")
def test_scores_of_small_batches(submission):
    """A batch of one has an array of one score, and one feature is enough; no argument is changed."""
    _check_unchanged(submission, "weighted_sum", "x w b", _X[:1], _W, 10.0)
    agree("scores", submission.weighted_sum(_X[:1], _W, 10.0), np.array([11.5]))
    agree("scores", submission.weighted_sum(np.array([[1.0], [-2.0]]), np.array([3.0]), 0.5), [3.5, -5.5])


# classify


@question("classify")
def test_classify(submission):
    """Above 0 it is class 1, below 0 class 0; a score of exactly 0 counts as 0."""
    agree("labels", submission.classify(np.array([0.3, -0.3, 0.0, 12.0, -1e-9])), [1, 0, 0, 1, 0])


@question("classify")
def test_classify_other_shapes(submission):
    """A single score works, too, and so does a matrix of them."""
    agree("label", submission.classify(0.2), 1)
    agree("label", submission.classify(0.0), 0)
    agree("labels", submission.classify(np.array([[5.0, -5.0, 0.1]])), np.array([[1, 0, 1]]))


@question("classify")
def test_classify_gives_integers(submission):
    """The labels are integers: neither floats nor True and False."""
    expected = np.array([1, 0])
    got = submission.classify(np.array([2.0, -2.0]))
    agree("labels", got, expected)
    if numbers("labels", got, expected).dtype.kind not in "iu":
        summary = "`labels` holds floats where integers are expected: convert them with `astype`"
        raise Mismatch("labels", "dtype", summary, path="labels", got=got, expected=expected)


# Functions that work entry by entry


def _check_curve(submission, function: str, x: Any, expected: Any, *options) -> None:
    agree(f"{function}(x)", getattr(submission, function)(x, *options), expected, inputs={"x": np.asarray(x)})


def _check_leaves_x(submission, function: str, expected: Any, *options) -> None:
    """`x` must be as it was, and the result right: for floats, and for integers and single numbers."""
    x = np.array([-1.0, 2.0])
    _check_unchanged(submission, function, "x", x, *options)
    _check_curve(submission, function, x, expected, *options)
    _check_curve(submission, function, np.array([-1, 2]), expected, *options)
    _check_curve(submission, function, -1.0, expected[0], *options)


_AXIS = np.array([[0.0, 1.0, 2.0], [-1.0, -2.0, 0.0]])
_RATES = np.array([[0.5, 0.7310585786300049, 0.8807970779778823], [0.2689414213699951, 0.11920292202211755, 0.5]])
"""The sigmoid of these."""


@question("sigmoid")
def test_sigmoid_values(submission):
    """Worked values: one half at 0, and 0.73 at 1."""
    _check_curve(submission, "sigmoid", _AXIS, _RATES)


@question("sigmoid")
def test_sigmoid_is_symmetric(submission, rng):
    """σ(x) and σ(−x) add up to 1, and the smaller one lies between 0 and one half."""
    x = rng.uniform(0.5, 5.0, size=(2, 3))
    right, left = (numbers("sigmoid(x)", submission.sigmoid(v), x) for v in (x, -x))
    agree("σ(x) + σ(−x)", right + left, np.ones((2, 3)))
    assert np.all((left > 0) & (left < 0.5))


@question("sigmoid")
def test_sigmoid_of_extreme_values(submission):
    """Large numbers of both signs bring 0 and 1, not NaN, and numpy has nothing to warn of."""
    x = np.array([-1000.0, -700.0, 0.0, 700.0, 1000.0])
    _check_curve(submission, "sigmoid", x, [0.0, 0.0, 0.5, 1.0, 1.0])
    quietly(submission, "sigmoid", x)


@question("sigmoid")
def test_sigmoid_leaves_x(submission):
    """`x` is as it was afterwards; integers work, and so do single numbers."""
    _check_leaves_x(submission, "sigmoid", [0.2689414213699951, 0.8807970779778823])


def _check_slopes(submission) -> None:
    x = np.array([[0.0, 1.0, -1.0], [2.0, -2.0, 0.0]])
    expected = [[0.25, 0.19661193324148185, 0.19661193324148185], [0.10499358540350652, 0.10499358540350652, 0.25]]
    _check_curve(submission, "sigmoid_derivative", x, np.array(expected))


@question("sigmoid_derivative")
def test_slope_values(submission):
    """Worked values: a slope of one quarter at 0, 0.20 at 1, and the same at −1."""
    _check_slopes(submission)


@question("sigmoid_derivative")
def test_slope_numerically(submission, rng):
    """The slope is what small steps of x show in your own sigmoid."""
    if not _passes(_check_curve, submission, "sigmoid", _AXIS, _RATES):  # charged there
        _check_slopes(submission)
        return
    x = rng.uniform(-3.0, 3.0, size=(2, 3))
    slope = submission.sigmoid_derivative(x)
    gradient_agrees("sigmoid_derivative(x)", slope, lambda v: float(np.sum(submission.sigmoid(v))), x, rng=rng)


@question("sigmoid_derivative")
def test_slope_in_the_tails(submission):
    """The slope vanishes in both tails, and nothing turns into NaN."""
    x = np.array([-1000.0, -700.0, 0.0, 700.0, 1000.0])
    _check_curve(submission, "sigmoid_derivative", x, [0.0, 0.0, 0.25, 0.0, 0.0])


@question("sigmoid_derivative")
def test_slope_leaves_x(submission):
    """`x` is as it was afterwards; integers work, and so do single numbers."""
    _check_leaves_x(submission, "sigmoid_derivative", [0.19661193324148185, 0.10499358540350652])


@question("tanh")
def test_tanh_values(submission):
    """Worked values: 0 at 0, and 0.76 at 1."""
    x = np.array([[0.0, 1.0], [-1.0, 0.5]])
    expected = [[0.0, 0.7615941559557649], [-0.7615941559557649, 0.46211715726000973]]
    _check_curve(submission, "tanh", x, np.array(expected))


@question("tanh")
def test_tanh_of_extreme_values(submission):
    """Large numbers of both signs bring −1 and 1, not NaN."""
    _check_curve(submission, "tanh", np.array([-1000.0, -700.0, 0.0, 700.0, 1000.0]), [-1.0, -1.0, 0.0, 1.0, 1.0])


@question("tanh")
def test_tanh_leaves_x(submission):
    """`x` is as it was afterwards; integers work, and so do single numbers."""
    _check_leaves_x(submission, "tanh", [-0.7615941559557649, 0.9640275800758169])


@question("relu")
def test_relu_values(submission):
    """Negative entries become 0, all others stay."""
    x = np.array([[-1.5, 0.0, 2.5], [3.0, -0.1, 0.1]])
    _check_curve(submission, "relu", x, np.array([[0.0, 0.0, 2.5], [3.0, 0.0, 0.1]]))


@question("relu")
def test_relu_leaves_x(submission):
    """`x` is as it was afterwards; integers work, and so do single numbers."""
    _check_leaves_x(submission, "relu", [0.0, 2.0])


@question("leaky_relu")
def test_leaky_relu_values(submission):
    """With a slope of 0.1, −4 becomes −0.4, and positive entries stay."""
    x = np.array([[-4.0, 0.0, 2.5], [3.0, -0.5, 0.1]])
    _check_curve(submission, "leaky_relu", x, np.array([[-0.4, 0.0, 2.5], [3.0, -0.05, 0.1]]), 0.1)


@question("leaky_relu")
def test_leaky_relu_without_a_slope(submission):
    """Where no slope is given it is 0.01."""
    _check_curve(submission, "leaky_relu", np.array([-4.0, 5.0, -300.0]), [-0.04, 5.0, -3.0])


@question("leaky_relu")
def test_leaky_relu_leaves_x(submission):
    """`x` is as it was afterwards; integers work, and so do single numbers."""
    _check_leaves_x(submission, "leaky_relu", [-0.25, 2.0], 0.25)


@question("elu")
def test_elu_values(submission):
    """Worked values: −0.63 at −1, and positive entries stay."""
    x = np.array([[-1.0, 0.0, 2.5], [3.0, -0.5, 0.1]])
    expected = [[-0.6321205588285577, 0.0, 2.5], [3.0, -0.3934693402873666, 0.1]]
    _check_curve(submission, "elu", x, np.array(expected))


@question("elu")
def test_elu_levels_off(submission):
    """Far to the left the value is −alpha, far to the right the entry itself, and numpy has nothing to warn of."""
    x = np.array([-1000.0, -100.0, 100.0, 1000.0])
    _check_curve(submission, "elu", x, [-2.0, -2.0, 100.0, 1000.0], 2.0)
    quietly(submission, "elu", x, 2.0)


@question("elu")
def test_elu_leaves_x(submission):
    """`x` is as it was afterwards; integers work, and so do single numbers."""
    _check_leaves_x(submission, "elu", [-0.31606027941427883, 2.0], 0.5)


# maxout

_MAPS = (
    np.array([[1.0, 0.0], [0.0, 1.0], [2.0, -1.0]]),
    np.array([0.0, 1.0]),
    np.array([[-1.0, 1.0], [0.0, 0.0], [1.0, 2.0]]),
    np.array([3.0, -2.0]),
)


def _check_maxout(submission, x, W1, b1, W2, b2, expected, *, name: str = "units", **details) -> None:
    agree(name, submission.maxout(x, W1, b1, W2, b2), np.array(expected), **details)


@question("maxout")
def test_maxout_values(submission):
    """Two units on two examples, worked out by hand; no argument is changed."""
    _check_unchanged(submission, "maxout", "x W1 b1 W2 b2", _X, *_MAPS)
    _check_maxout(submission, _X, *_MAPS, [[7.0, 5.0], [5.0, 2.0]], inputs={"x": _X})


@question("maxout")
def test_maxout_of_one_example(submission):
    """One example alone has one value for each unit, and a batch of one has one row."""
    _check_maxout(submission, _X[1], *_MAPS, [5.0, 2.0])
    _check_maxout(submission, _X[:1], *_MAPS, [[7.0, 5.0]])


@question("maxout")
def test_maxout_special_cases(submission):
    """With the right weights a maxout unit is a ReLU, a leaky ReLU, or the distance from 0."""
    x, one, none = np.array([[-2.0], [3.0]]), np.ones((1, 1)), np.zeros(1)
    _check_maxout(submission, x, one, none, 0 * one, none, [[0.0], [3.0]], name="ReLU")
    _check_maxout(submission, x, one, none, 0.1 * one, none, [[-0.2], [3.0]], name="leaky ReLU")
    _check_maxout(submission, x, one, none, -one, none, [[2.0], [3.0]], name="distance")


# Neuron


class _Cell:
    """A neuron of yours."""

    def __init__(self, submission, weights: list[float], bias: float) -> None:
        self._submission = submission
        self._neuron = submission.Neuron(np.array(weights), bias)

    def check(self, name: str, inputs: list[float], *, score: float, expected: float, **details) -> None:
        """Compare a rate with the worked one, or with what your own sigmoid makes of the score where that is wrong."""
        rate = self._neuron.forward(np.array(inputs))
        try:
            agree(name, rate, expected, **details)
        except Mismatch:
            own = own_function(self._submission, "sigmoid", (_AXIS,), _RATES)
            if own is None or not _passes(lambda: agree(name, rate, float(own(score)), **details)):
                raise


@question("Neuron")
def test_neuron_of_the_figure(submission):
    """The neuron of the figure fires at a rate of 0.73."""
    neuron = _Cell(submission, [2.0, -3.0], -3.0)
    neuron.check("firing rate", [-1.0, -2.0], score=1.0, expected=0.7310585786300049)
    neuron.check("firing rate", [3.0, 1.0], score=0.0, expected=0.5)


@question("Neuron")
def test_neurons_keep_their_own_weights(submission):
    """Two neurons do not disturb each other, and one input is enough."""
    one, two = _Cell(submission, [1.0], 0.0), _Cell(submission, [-2.0], 1.0)
    one.check("rate of the first", [1.0], score=1.0, expected=0.7310585786300049)
    two.check("rate of the second", [1.0], score=-1.0, expected=0.2689414213699951)
    one.check("rate of the first", [1.0], score=1.0, expected=0.7310585786300049)


@question("Neuron")
def test_neuron_of_extreme_sums(submission):
    """A sum of ±1000 brings a rate of 1 or 0, without an error."""
    neuron = _Cell(submission, [100.0, -100.0], 0.0)
    neuron.check("firing rate", [5.0, -5.0], score=1000.0, expected=1.0)
    neuron.check("firing rate", [-5.0, 5.0], score=-1000.0, expected=0.0, atol=1e-12)
    neuron.check("firing rate", [5.0, 5.0], score=0.0, expected=0.5)


# The three losses

_LOGISTIC_Y, _HINGE_Y = np.array([1, 0, 1, 1]), np.array([1, -1, 1, 1])
_POINTS = np.array([[2.0, 1.0], [1.0, -1.0], [0.0, 0.0], [-1.0, 2.0]])
_AT = np.array([0.5, -1.0])
"""With this w and a bias of 0, the scores of the four points are 0, 1.5, 0 and −2.5."""
_LOGISTIC = (1.4166493433487983, np.array([0.18542907404310002, -0.7914645290377891]), -0.2766418359462782)
_HINGE = (2.0, np.array([0.0, -1.0]), -0.5)
"""The loss there, dw and db."""


def _loss(submission, function: str, *arguments) -> Any:
    return unpack(getattr(submission, function)(*arguments), "loss", "dw", "db", of=function)[0]


def _gradients(submission, function: str, *arguments) -> Any:
    return unpack(getattr(submission, function)(*arguments), "loss", "dw", "db", of=function)[1:]


def _is_loss(submission, function: str, arguments: tuple[Any, ...], expected: float) -> bool:
    """Return whether the loss itself is right; where it is not, that is charged in its own check."""
    return _passes(lambda: agree("loss", _loss(submission, function, *arguments), expected))


def _check_part(submission, function: str, place: int, arguments: tuple[Any, ...], expected: Any, **details) -> None:
    """Compare the loss, `dw` or `db`, by its place, with a worked value."""
    got = unpack(getattr(submission, function)(*arguments), "loss", "dw", "db", of=function)[place]
    agree(("loss", "dw", "db")[place], got, expected, **details)


def _check_loss_numerically(submission, function: str, w, b, X, y, rng) -> None:
    """Compare `dw` and `db` with numerical derivatives of the student's own loss."""
    dw, db = _gradients(submission, function, w, b, X, y)
    gradient_agrees("dw", dw, lambda v: float(_loss(submission, function, v, b, X, y)), w, rng=rng)
    at = np.asarray(b)
    gradient_agrees("db", db, lambda v: float(_loss(submission, function, w, float(v), X, y)), at, rng=rng)


def _check_worked_gradients(submission, function: str, y, loss, dw, db) -> None:
    """Compare `dw` and `db` with worked values, or with what small steps show in a loss of yours that is wrong."""
    arguments, expected = (_AT, 0.0, _POINTS, y), (loss, dw, db)
    gradients: dict[str, Any] = {"names": ("dw", "db"), "by": (0, 1), "factors": {"N": 4.0}}
    judge_loss(submission, function, arguments, expected=expected, **gradients)


@question("logistic_loss")
def test_logistic_loss_knowing_nothing(submission):
    """With weights of 0 every answer is one half, and the loss is ln 2, about 0.693."""
    arguments = (np.zeros(2), 0.0, _POINTS, _LOGISTIC_Y)
    _check_part(submission, "logistic_loss", 0, arguments, 0.6931471805599453, factors={"N": 4.0})


@question("logistic_loss")
def test_logistic_loss_value(submission):
    """The loss of four examples, worked out by hand, without a bias and with one."""
    for b, expected in ((0.0, _LOGISTIC[0]), (1.0, 1.226706596827937)):
        arguments = (_AT, b, _POINTS, _LOGISTIC_Y)
        _check_part(submission, "logistic_loss", 0, arguments, expected, factors={"N": 4.0})


@question("logistic_loss")
def test_logistic_gradients_worked(submission):
    """The gradients of one example with a score of 0 are half of its features, and of one as many, by the sign."""
    for label, sign in ((1, -1.0), (0, 1.0)):
        arguments = (np.zeros(2), 0.0, np.array([[2.0, -3.0]]), np.array([label]))
        _check_part(submission, "logistic_loss", 1, arguments, sign * np.array([1.0, -1.5]))
        _check_part(submission, "logistic_loss", 2, arguments, sign * 0.5)


@question("logistic_loss")
def test_logistic_gradients_numerically(submission, rng):
    """The gradients are what small steps of `w` and `b` show in your own loss."""
    arguments = (_AT, 0.0, _POINTS, _LOGISTIC_Y)
    if not _is_loss(submission, "logistic_loss", arguments, _LOGISTIC[0]):
        _check_worked_gradients(submission, "logistic_loss", _LOGISTIC_Y, *_LOGISTIC)
        return
    w, b, X = rng.uniform(-1.0, 1.0, size=3), float(rng.uniform(0.5, 1.0)), rng.uniform(-2.0, 2.0, size=(5, 3))
    _check_loss_numerically(submission, "logistic_loss", w, b, X, np.array([1, 0, 0, 1, 1]), rng)


@question("logistic_loss")
def test_logistic_loss_of_extreme_scores(submission):
    """Scores of ±1000 bring a loss of 0 where they are right and 1000 where they are wrong, not infinity."""
    X, w = np.array([[1.0], [-1.0]]), np.array([1000.0])
    for y, loss, dw in ((np.array([1, 0]), 0.0, 0.0), (np.array([0, 1]), 1000.0, 1.0)):
        _check_part(submission, "logistic_loss", 0, (w, 0.0, X, y), loss, atol=1e-9)
        _check_part(submission, "logistic_loss", 1, (w, 0.0, X, y), np.array([dw]), atol=1e-9)


@question("hinge_loss")
def test_hinge_loss_value(submission):
    """The loss of four examples, worked out by hand, without a bias and with one."""
    for b, expected in ((0.0, _HINGE[0]), (0.5, 1.75)):
        _check_part(submission, "hinge_loss", 0, (_AT, b, _POINTS, _HINGE_Y), expected, factors={"N": 4.0})


@question("hinge_loss")
def test_hinge_loss_far_enough(submission):
    """An example that is right by more than the margin costs nothing and pulls at nothing; others count."""
    arguments = (np.array([2.0]), 0.0, np.array([[1.0], [-3.0], [0.25]]), np.array([1, -1, 1]))
    for place, expected in enumerate((0.5 / 3, np.array([-0.25 / 3]), -1.0 / 3)):
        _check_part(submission, "hinge_loss", place, arguments, expected, factors={"N": 3.0})


_STRAIGHT = 0.0625
"""A step within which no margin below gets near 1: the loss is a straight line there, and large steps are exact."""


@question("hinge_loss")
def test_hinge_gradients_numerically(submission, rng):
    """The gradients are what small steps of `w` and `b` show in your own loss."""
    if not _is_loss(submission, "hinge_loss", (_AT, 0.0, _POINTS, _HINGE_Y), _HINGE[0]):
        _check_worked_gradients(submission, "hinge_loss", _HINGE_Y, *_HINGE)
        return
    X = np.array([[1.0, 2.0, 0.0], [3.0, 0.0, 1.0], [-4.0, 1.0, 2.0], [4.0, -1.0, 0.5], [0.5, 0.5, -3.0]])
    w, y = np.array([0.5, -1.0, 0.25]) + rng.uniform(-0.02, 0.02, size=3), np.array([1, -1, -1, 1, 1])
    right_dw = numerical_gradient(lambda v: float(_loss(submission, "hinge_loss", v, 0.5, X, y)), w, h=_STRAIGHT)
    _check_part(submission, "hinge_loss", 1, (w, 0.5, X, y), right_dw, factors={"N": 5.0})
    right_db = numerical_gradient(lambda v: float(_loss(submission, "hinge_loss", w, float(v), X, y)), 0.5, h=_STRAIGHT)
    _check_part(submission, "hinge_loss", 2, (w, 0.5, X, y), right_db, factors={"N": 5.0})


@pytest.mark.parametrize(
    "function",
    [
        pytest.param("logistic_loss", marks=question("logistic_loss")),
        pytest.param("hinge_loss", marks=question("hinge_loss")),
    ],
)
def test_losses_leave_their_arguments(submission, function):
    """No argument is changed, and a batch of one is right."""
    arguments = (np.zeros(2), 0.0, np.array([[2.0, -4.0]]), np.array([1]))
    _check_unchanged(submission, function, "w b X y", *arguments)
    worked = {"logistic_loss": (0.6931471805599453, 0.5), "hinge_loss": (1.0, 1.0)}
    _check_part(submission, function, 0, arguments, worked[function][0])
    _check_part(submission, function, 1, arguments, worked[function][1] * np.array([-2.0, 4.0]))


def _mse(submission, prediction, actual) -> Any:
    return unpack(submission.mse_loss(prediction, actual), "loss", "dprediction", of="mse_loss")


@question("mse_loss")
def test_mse_values(submission):
    """Errors of 1, −2 and 3 have a mean square of 14/3, and each has its slope."""
    loss, slopes = _mse(submission, np.array([2.0, 3.0, 7.0]), np.array([1.0, 5.0, 4.0]))
    agree("loss", loss, 14.0 / 3.0, factors={"N": 3.0})
    agree("dprediction", slopes, np.array([2.0, -4.0, 6.0]) / 3.0, factors={"N": 3.0})


@question("mse_loss")
def test_mse_of_a_matrix(submission, rng):
    """A mean over all entries of a matrix, with the gradient that small steps show in your own loss."""
    prediction, actual = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), np.array([[1.0, 0.0, 3.0], [3.0, 5.0, 5.0]])
    loss, slopes = _mse(submission, prediction, actual)
    agree("loss", loss, 1.0, factors={"N": 2.0})
    gradient_agrees("dprediction", slopes, lambda v: float(_mse(submission, v, actual)[0]), prediction, rng=rng)


@question("mse_loss")
def test_mse_leaves_its_arguments(submission):
    """No argument is changed, and single numbers are right, too."""
    prediction, actual = np.array([1.0, 2.0]), np.array([3.0, 2.0])
    _check_unchanged(submission, "mse_loss", "prediction actual", prediction, actual)
    agree("loss", _mse(submission, prediction, actual)[0], 2.0)
    loss, slope = _mse(submission, 5.0, 2.0)
    agree("loss", loss, 9.0)
    agree("dprediction", slope, 6.0)


@question("mse_loss")
def test_mse_of_what_does_not_fit(submission):
    """A column and a row, or nothing at all, raise ValueError; what fits is right."""
    column, nothing = np.array([[1.0], [2.0]]), np.array([])
    raises("ValueError", "mse_loss", lambda: submission.mse_loss(column, np.array([3.0, 2.0])))
    raises("ValueError", "mse_loss", lambda: submission.mse_loss(nothing, nothing))
    agree("loss", _mse(submission, column, np.array([[3.0], [2.0]]))[0], 2.0)


# gradient_descent: these functions travel to your code, so they need nothing but np


def _bowl(point):
    return np.sum(point**2), 2 * point


def _valley(point):
    stretch = np.array([1.0, 10.0])
    return np.sum(stretch * (point - 3.0) ** 2), 2 * stretch * (point - 3.0)


def _descend(submission, *arguments) -> Any:
    return unpack(submission.gradient_descent(*arguments), "point", "losses", of="gradient_descent")


@question("gradient_descent")
def test_descent_by_hand(submission):
    """Two steps in a round bowl, by hand: from 4 to 2 to 1, with losses 16, 4 and 1."""
    point, losses = _descend(submission, _bowl, np.array([4.0]), 0.25, 2)
    agree("losses", losses, [16.0, 4.0, 1.0])
    agree("point", point, np.array([1.0]))


@question("gradient_descent")
def test_descent_of_two_parameters(submission):
    """Three steps of two parameters that sit in a valley, steeper in one direction than in the other."""
    point, losses = _descend(submission, _valley, np.array([7.0, 2.0]), 0.0625, 3)
    agree("losses", losses, [26.0, 12.875, 9.41796875, 7.18316650390625])
    agree("point", point, np.array([5.6796875, 3.015625]))


@question("gradient_descent")
def test_descent_arrives(submission):
    """After many steps the point lies at the bottom, and the loss has fallen all the way."""
    point, losses = _descend(submission, _valley, np.array([0.0, 0.0]), 0.04, 300)
    agree("point", point, np.array([3.0, 3.0]))
    assert np.all(np.diff(numbers("losses", losses, np.zeros(301))) <= 1e-12)


@question("gradient_descent")
def test_descent_of_other_starts(submission):
    """Integers, a matrix and a single number may be the start, and no step at all may be taken."""
    point, losses = _descend(submission, _bowl, np.array([[4, 1], [-2, 8]]), 0.125, 1)
    agree("point", point, np.array([[3.0, 0.75], [-1.5, 6.0]]))
    agree("losses", losses, [85.0, 47.8125])
    point, losses = _descend(submission, _bowl, 3.0, 0.25, 0)
    agree("losses", losses, [9.0])
    agree("point", point, 3.0)


@question("gradient_descent")
def test_descent_leaves_the_start(submission):
    """`start` is as it was afterwards, and the point is right."""
    start = np.array([4.0, -8.0])
    unchanged("start", submission.arguments_after("gradient_descent", _bowl, start, 0.25, 2)[1], start)
    agree("point", _descend(submission, _bowl, start, 0.25, 2)[0], np.array([1.0, -2.0]))


# fit_logistic_regression


def _fit(submission, *arguments) -> Any:
    result = submission.fit_logistic_regression(*arguments)
    return unpack(result, "w", "b", "losses", of="fit_logistic_regression")


_SOMEWHERE = (np.array([1.0, 0.5]), 0.25, _POINTS, _LOGISTIC_Y)
_PARTS_THERE = [0.58767936, 0.24920722, -0.40372809, -0.06413874]
"""The loss, dw and db."""


def _all_parts(submission, *arguments) -> np.ndarray:
    parts = unpack(submission.logistic_loss(*arguments), "loss", "dw", "db", of="logistic_loss")
    return np.concatenate([np.reshape(np.asarray(part, dtype=float), -1) for part in parts])


_RESULTS = ("w", "b", "losses")


def _follows(submission, X, y, rate, steps, got) -> bool:
    """Tell whether the last step went against the gradient of a logistic loss of yours that is wrong."""
    loss = SimpleNamespace(parts=lambda *arguments: _all_parts(submission, *arguments))
    if own_function(loss, "parts", _SOMEWHERE, _PARTS_THERE, by=(0, 1)) is None:
        return False
    w, b, losses = got
    slopes, before, earlier = np.zeros(X.shape[1] + 1), np.zeros(X.shape[1] + 1), []
    if steps:
        w0, b0, earlier = _fit(submission, X, y, rate, steps - 1)
        slopes, before = _all_parts(submission, w0, b0, X, y)[1:], np.append(w0, b0)
    after = np.append(w, b)
    agree("way of the last step", (before - after) / rate, slopes, atol=1e-5 * np.max(np.abs(after)) / rate)
    agree("losses", losses, [*earlier, _all_parts(submission, w, b, X, y)[0]])
    return True


def _check_fit(submission, X, y, rate, steps, **expected) -> None:
    """Compare `w`, `b` and `losses` with worked values, or with what follows from a logistic loss that is wrong."""
    results = _fit(submission, X, y, rate, steps)
    got = dict(zip(_RESULTS, results, strict=True))
    try:
        for name, value in expected.items():
            agree(name, got[name], value, factors={"N": float(len(X))})
    except Mismatch:
        if not _is_explained(submission, X, y, rate, steps, results):
            raise


def _is_explained(*arguments: Any) -> bool:
    try:
        with np.errstate(all="ignore"):
            return _follows(*arguments)
    except (CallFailed, Mismatch, TypeError, ValueError, IndexError):
        return False


@question("fit_logistic_regression")
def test_fit_one_step(submission):
    """One step from zeros, by hand: all probabilities were one half."""
    X, y = np.array([[2.0, 0.0], [-2.0, 4.0], [6.0, 0.0], [0.0, 0.0]]), np.array([1, 0, 1, 1])
    losses = [0.6931471805599453, 0.24784396664787078]
    _check_fit(submission, X, y, 0.5, 1, losses=losses, w=np.array([0.625, -0.25]), b=0.125)


@question("fit_logistic_regression")
def test_fit_two_steps(submission):
    """Two steps on one example, by hand: the second starts where the first has ended."""
    w, b = np.array([1.151716360042487]), 0.5758581800212434
    losses = [0.6931471805599453, 0.07888973429254963, 0.054653495582399625]
    _check_fit(submission, np.array([[2.0]]), np.array([1]), 1.0, 2, w=w, b=b, losses=losses)


@question("fit_logistic_regression")
@pytest.mark.parametrize("features", [1, 5])
def test_fit_separates(submission, rng, features):
    """With one feature and with five, examples that a line can separate are told apart, and the loss falls."""
    X = rng.uniform(-1.0, 1.0, size=(60, features))
    y = (np.arange(60) % 2).astype(int)
    X[:, 0] = np.where(y == 1, 2.0, 1.0) + 0.3 * X[:, 0]
    results = _fit(submission, X, y, 2.0, 400)
    if not _is_explained(submission, X, y, 2.0, 400, results):
        shapes = (X[0], np.zeros(()), np.zeros(401))
        w, b, losses = (numbers(*each) for each in zip(_RESULTS, results, shapes, strict=True))
        assert w[0] > 0
        agree("where the first feature decides", -b / w[0], 1.5, atol=0.2)
        assert np.all(np.diff(losses) < 0)
        assert losses[-1] < 0.1


@question("fit_logistic_regression")
def test_fit_leaves_its_arguments(submission):
    """`X` and `y` are as they were afterwards, and without a step all weights are 0."""
    X, y = np.array([[1.0, 2.0], [-1.0, 0.5]]), np.array([1, 0])
    _check_unchanged(submission, "fit_logistic_regression", "X y", X, y, 0.5, 3)
    _check_fit(submission, X, y, 0.5, 0, losses=[0.6931471805599453], w=np.zeros(2), b=0.0)
