"""What a right solution of `neuron` does, question by question, on inputs that nobody knows before.

Expected values come from the reference in one test, from formulas or numerical derivatives written here in another.
What builds on an earlier exercise of the notebook may be right with the submission's own version of that, too, so that
a slip is charged once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from autograder.compare import agree, agrees, numbers, quietly, raises, unchanged, unpack
from autograder.draws import labels, mixed, sizes, strided, whole
from autograder.errors import CallFailed, Mismatch
from autograder.gradients import judge_loss, numerical_gradient, own_function

question, weight = pytest.mark.question, pytest.mark.weight

TAIL = 1e-2
"""Relative tolerance for the tail of a slope: σ is rounded to 1 there, and float32 keeps two digits of what is left."""
TRAINED = 1e-4
"""Relative tolerance of a training run: every step adds its own rounding."""
ENOUGH = 0.99
"""The share of separable examples that a trained neuron has to label rightly."""

Candidates = Callable[[], Iterable[Any]]


def _floats(*values: Any) -> list[Any]:
    return [np.asarray(value, dtype=float) for value in values]


def _nothing() -> list[Any]:
    return []


def _agree_or_follow(name: str, got: Any, expected: Any, follow: Candidates, **details: Any) -> None:
    """Check that `got` is `expected`, or one of the values that follow from the submission's own earlier functions."""
    rtol = {"rtol": details["rtol"]} if "rtol" in details else {}
    try:
        agree(name, got, expected, **details)
    except Mismatch:
        if not any(agrees(name, got, other, **rtol) for other in _usable(follow)):
            raise


def _usable(follow: Candidates) -> list[Any]:
    """Return the candidates that are finite."""
    return _tried(lambda: [value for value in follow() if np.all(np.isfinite(np.asarray(value, dtype=float)))])


def _tried(make: Callable[[], list[Any]]) -> list[Any]:
    """Return what `make` makes with the submission's own functions; nothing where they fail on the way."""
    try:
        with np.errstate(all="ignore"):
            return make()
    except (CallFailed, Mismatch, TypeError, ValueError, IndexError):
        return []


# weighted_sum


def _check_weighted_sum(submission: Any, x: Any, w: Any, b: Any) -> None:
    """Compare the score of one example, or of each of a batch, with the sum written out."""
    rows, weights, bias = _floats(x, w, b)
    expected = bias + sum(rows[..., i] * weights[i] for i in range(len(weights)))
    got = submission.weighted_sum(x, w, b)
    inputs = {"x": rows, "w": weights}
    agree("score", got, expected, inputs=inputs, factors={"D": float(len(weights)), "N": float(len(rows))})


def _example(rng: Any, *shape: int) -> tuple[Any, Any, float]:
    """Draw x, w and b whose terms do not cancel: what is left of them would be rounding."""
    while True:
        x, w, b = mixed(rng, *shape), mixed(rng, shape[-1]), float(mixed(rng, 1)[0])
        if np.min(np.abs(x @ w + b)) > 0.2:
            return x, w, b


@question("weighted_sum")
@weight(2)
def test_weighted_sum_of_one_example(submission, rng):
    """The score of one example is right."""
    _check_weighted_sum(submission, *_example(rng, *sizes(rng, 1)))


@question("weighted_sum")
@weight(2)
def test_weighted_sum_of_a_batch(submission, rng):
    """Every example of a batch gets a score of its own."""
    _check_weighted_sum(submission, *_example(rng, *sizes(rng, 2)))


@question("weighted_sum")
def test_weighted_sum_of_as_many_examples_as_features(submission, rng):
    """Examples and features are told apart where there are as many of each."""
    (size,) = sizes(rng, 1)
    _check_weighted_sum(submission, *_example(rng, size, size))


@question("weighted_sum")
def test_weighted_sum_of_a_batch_of_one(submission, rng):
    """A batch of one brings one score, in an array."""
    _check_weighted_sum(submission, *_example(rng, 1, *sizes(rng, 1)))


@question("weighted_sum")
def test_weighted_sum_of_one_feature(submission, rng):
    """A single feature works, for one example and for several."""
    (examples,) = sizes(rng, 1)
    for shape in ((1,), (examples, 1), (1, 1)):
        _check_weighted_sum(submission, *_example(rng, *shape))


@question("weighted_sum")
def test_weighted_sum_of_other_numbers(submission, rng):
    """Integers, single precision and slices of arrays work, too."""
    _check_weighted_sum(submission, whole(rng, 4, 3), whole(rng, 3), 7)
    x, w, b = _example(rng, 4, 3)
    _check_weighted_sum(submission, x.astype(np.float32), w.astype(np.float32), np.float32(b))
    _check_weighted_sum(submission, strided(rng, 4, 3), mixed(rng, 6)[::-2], b)


@question("weighted_sum")
def test_weighted_sum_leaves_its_arguments(submission, rng):
    """The scores are right, `x` and `w` are as they were afterwards."""
    arguments = _example(rng, 4, 3)
    for name, left, was in zip("xwb", submission.arguments_after("weighted_sum", *arguments), arguments, strict=True):
        unchanged(name, left, was, of="weighted_sum")
    _check_weighted_sum(submission, *arguments)


@question("weighted_sum")
def test_weighted_sum_again(submission, rng):
    """A call does not remember the calls before it."""
    first, second = _example(rng, 4, 3), _example(rng, 3)
    for arguments in (first, second, first):
        _check_weighted_sum(submission, *arguments)


# classify


def _check_labels(submission: Any, scores: Any) -> None:
    """Compare the labels with the sign of the scores; 1.0 counts as 1."""
    exact = np.asarray(scores, dtype=float)
    agree("labels", submission.classify(scores), (exact > 0).astype(np.int64), inputs={"scores": exact})


@question("classify")
@weight(2)
@pytest.mark.parametrize("axes", [1, 2])
def test_classify_random_scores(submission, rng, axes):
    """Positive scores and negative ones get their labels."""
    _check_labels(submission, mixed(rng, *sizes(rng, axes, low=3)))


@question("classify")
@weight(2)
def test_classify_tie(submission, rng):
    """A score of exactly zero gets the label of the negative ones."""
    for zero in (0.0, -0.0):
        _check_labels(submission, rng.permutation([zero, *mixed(rng, 4), zero]))


@question("classify")
def test_classify_returns_integers(submission, rng):
    """The labels are right, and they are integers."""
    table = mixed(rng, *sizes(rng, 2, low=3))
    for scores in (table[0], table, float(table[0, 0])):
        expected = np.greater(scores, 0).astype(np.int64)
        got = submission.classify(scores)
        agree("labels", got, expected, inputs={"scores": np.asarray(scores)})
        if numbers("labels", got, expected).dtype.kind not in "iu":
            summary = "`labels` holds floats where integers are expected: convert them with `astype`"
            raise Mismatch("labels", "dtype", summary, path="labels", got=got, expected=expected)


@question("classify")
def test_classify_close_scores(submission, rng):
    """However close a score is to zero, its sign decides, and so it does far away."""
    _check_labels(submission, 1e-9 * mixed(rng, 6))
    _check_labels(submission, 1e3 * mixed(rng, 6))


@question("classify")
def test_classify_a_single_score(submission, rng):
    """A single score brings a single label, as a number and in an array."""
    for score in (float(rng.uniform(0.5, 2.0)), -float(rng.uniform(0.5, 2.0))):
        for scores in (score, np.array(score), np.array([score]), np.array([[score]])):
            _check_labels(submission, scores)


@question("classify")
def test_classify_other_numbers(submission, rng):
    """Integers, single precision and slices of arrays work, too."""
    _check_labels(submission, rng.permutation([0, 0, *whole(rng, 4)]))
    _check_labels(submission, mixed(rng, 5).astype(np.float32))
    _check_labels(submission, strided(rng, 4, 3))


@question("classify")
def test_classify_leaves_its_argument(submission, rng):
    """The labels are right and `scores` is as it was afterwards."""
    scores = mixed(rng, 6)
    unchanged("scores", submission.arguments_after("classify", scores)[0], scores, of="classify")
    _check_labels(submission, scores)


# Functions that work entry by entry

_FROM_SIGMOID: dict[str, tuple[float, Callable[[Any], Any]]] = {
    "sigmoid_derivative": (1.0, lambda s: s * (1.0 - s)),
    "tanh": (2.0, lambda s: 2.0 * s - 1.0),
}
"""What may be built on the student's own sigmoid: the factor of its argument, and what becomes of its value."""


def _follow_sigmoid(submission: Any, reference: Any, name: str, x: Any) -> Candidates:
    """Return what `name` comes to with the submission's own sigmoid, where that is wrong."""
    if name not in _FROM_SIGMOID:
        return _nothing
    scale, build = _FROM_SIGMOID[name]

    def candidates() -> list[Any]:
        own = own_function(submission, "sigmoid", (scale * x,), reference.sigmoid(scale * x))
        return [] if own is None else [build(np.asarray(own(scale * x), dtype=float))]

    return candidates


def _check_elementwise(submission: Any, reference: Any, name: str, x: Any, *settings: Any) -> None:
    """Compare a function with the reference's, worked out in float64."""
    exact = np.asarray(x, dtype=float)
    got, expected = getattr(submission, name)(x, *settings), getattr(reference, name)(exact, *settings)
    _agree_or_follow("out", got, expected, _follow_sigmoid(submission, reference, name, exact), inputs={"x": exact})


def _check_values(submission: Any, reference: Any, name: str, x: Any, expected: Any, *settings: Any) -> None:
    """Compare a function with values that are known without the reference."""
    got = getattr(submission, name)(x, *settings)
    exact = np.asarray(x, dtype=float)
    _agree_or_follow("out", got, expected, _follow_sigmoid(submission, reference, name, exact), inputs={"x": exact})


def _check_quiet(submission: Any, name: str, x: Any, *settings: Any) -> None:
    """Check that nothing overflows on the way, of an array and of each number by itself."""
    for large in (x, *x[np.abs(x) > 100.0].tolist()):
        scores = _FROM_SIGMOID[name][0] * large if name in _FROM_SIGMOID else None
        _quietly_or_like_sigmoid(submission, submission, name, (large, *settings), scores)


def _quietly_or_like_sigmoid(submission: Any, owner: Any, name: str, arguments: Sequence[Any], scores: Any) -> None:
    """Check that nothing overflows on the way, unless it does so in the submission's own sigmoid of these scores."""
    try:
        quietly(owner, name, *arguments)
    except Mismatch:
        if scores is None or _is_quiet(submission, scores):
            raise


def _is_quiet(submission: Any, x: Any) -> bool:
    try:
        quietly(submission, "sigmoid", x)
    except Mismatch:
        return False
    except CallFailed:
        pass  # whoever has none does not use it
    return True


def _check_single_numbers(submission: Any, reference: Any, name: str, rng: Any, *settings: Any) -> None:
    """Try numbers of both signs, as a float, as arrays without axes, and in a batch of one."""
    high, low = float(rng.uniform(0.5, 2.0)), -float(rng.uniform(0.5, 2.0))
    for x in (low, high, np.array(low), np.array(high), np.array([low]), np.array([[high]])):
        _check_elementwise(submission, reference, name, x, *settings)


def _check_other_numbers(submission: Any, reference: Any, name: str, rng: Any, *settings: Any) -> None:
    """Try integers, float32 and arrays whose entries do not lie side by side."""
    for x in (
        2,
        -2,
        whole(rng, 3, 2),
        mixed(rng, 3, 2).astype(np.float32),
        strided(rng, 3, 4),
    ):
        _check_elementwise(submission, reference, name, x, *settings)


def _check_leaves_argument(submission: Any, reference: Any, name: str, rng: Any, *settings: Any) -> None:
    """Compare the argument after a call with what it was, and the value, too."""
    x = mixed(rng, 3, 4)
    unchanged("x", submission.arguments_after(name, x, *settings)[0], x, of=name)
    _check_elementwise(submission, reference, name, x, *settings)


def _check_again(submission: Any, reference: Any, name: str, rng: Any, *settings: Any) -> None:
    """Call with one array, with another one, and with the first again."""
    first, second = mixed(rng, 3, 4), mixed(rng, 5)
    for x in (first, second, first):
        _check_elementwise(submission, reference, name, x, *settings)


def _with_extremes(rng: Any) -> np.ndarray:
    """Draw moderate numbers, and two very large ones, one of each sign, at the end."""
    return np.concatenate([mixed(rng, 4), rng.uniform(800.0, 1000.0, size=2) * [1.0, -1.0]])


# sigmoid


@question("sigmoid")
@weight(2)
@pytest.mark.parametrize("axes", [1, 2, 3])
def test_sigmoid_of_random_values(submission, reference, rng, axes):
    """The value is right on random inputs."""
    _check_elementwise(submission, reference, "sigmoid", mixed(rng, *sizes(rng, axes)))


@question("sigmoid")
def test_sigmoid_by_its_formula(submission, reference, rng):
    """The value is one over one plus an exponential."""
    x = rng.uniform(-4.0, 4.0, size=6)
    _check_values(submission, reference, "sigmoid", x, 1 / (1 + np.exp(-x)))


@question("sigmoid")
def test_sigmoid_of_single_numbers(submission, reference, rng):
    """A single number works, and a batch of one does."""
    _check_single_numbers(submission, reference, "sigmoid", rng)


@question("sigmoid")
@weight(2)
def test_sigmoid_of_large_numbers(submission, reference, rng):
    """Very large numbers of both signs bring the two ends of the curve, and nothing overflows on the way."""
    x = _with_extremes(rng)
    _check_values(submission, reference, "sigmoid", x, np.append(1 / (1 + np.exp(-x[:4])), [1.0, 0.0]))
    _check_quiet(submission, "sigmoid", x)


@question("sigmoid")
def test_sigmoid_of_zero(submission, rng):
    """Zero brings exactly one half, beside other values that are right."""
    x = np.array([0.0, rng.uniform(1.0, 2.0), -0.0, -rng.uniform(1.0, 2.0)])
    got = submission.sigmoid(x)
    agree("out", got, (1 + np.tanh(x / 2)) / 2, inputs={"x": x})
    agree("out", np.asarray(got, dtype=float)[[0, 2]], [0.5, 0.5], rtol=0.0, inputs={"x": np.zeros(2)})


@question("sigmoid")
def test_sigmoid_is_symmetric(submission, reference, rng):
    """What a number and its opposite bring adds up to one."""
    x = rng.uniform(0.5, 2.0, size=5)
    _check_values(submission, reference, "sigmoid", x, (1 + np.tanh(x / 2)) / 2)
    _check_values(submission, reference, "sigmoid", -x, (1 - np.tanh(x / 2)) / 2)


@question("sigmoid")
def test_sigmoid_of_other_numbers(submission, reference, rng):
    """Integers, single precision and slices of arrays work, too."""
    _check_other_numbers(submission, reference, "sigmoid", rng)


@question("sigmoid")
def test_sigmoid_leaves_its_argument(submission, reference, rng):
    """The value is right and `x` is as it was afterwards."""
    _check_leaves_argument(submission, reference, "sigmoid", rng)


@question("sigmoid")
def test_sigmoid_again(submission, reference, rng):
    """A call does not remember the calls before it."""
    _check_again(submission, reference, "sigmoid", rng)


# sigmoid_derivative


@question("sigmoid_derivative")
@weight(2)
@pytest.mark.parametrize("axes", [1, 2, 3])
def test_sigmoid_derivative_of_random_values(submission, reference, rng, axes):
    """The slope is right on random inputs."""
    _check_elementwise(submission, reference, "sigmoid_derivative", mixed(rng, *sizes(rng, axes)))


@question("sigmoid_derivative")
@weight(2)
def test_sigmoid_derivative_numerically(submission, reference, rng):
    """The slope is how fast the sigmoid grows."""
    x, h = mixed(rng, 6), 1e-4
    slopes = ((1 / (1 + np.exp(-x - h))) - (1 / (1 + np.exp(-x + h)))) / (2 * h)
    _check_values(submission, reference, "sigmoid_derivative", x, slopes)


@question("sigmoid_derivative")
def test_sigmoid_derivative_at_zero(submission, reference, rng):
    """The slope is one quarter at zero, where it is steepest, and less on both sides."""
    x = np.array([0.0, 1.0, -1.0, 0.0]) * rng.uniform(0.5, 2.0)
    _check_values(submission, reference, "sigmoid_derivative", x, 0.25 / np.cosh(x / 2) ** 2)


@question("sigmoid_derivative")
def test_sigmoid_derivative_of_single_numbers(submission, reference, rng):
    """A single number works, and a batch of one does."""
    _check_single_numbers(submission, reference, "sigmoid_derivative", rng)


@question("sigmoid_derivative")
def test_sigmoid_derivative_of_large_numbers(submission, reference, rng):
    """The slope is zero where the sigmoid is flat, right beside it, and nothing overflows on the way."""
    x = _with_extremes(rng)
    expected = np.append(0.25 / np.cosh(x[:4] / 2) ** 2, [0.0, 0.0])
    _check_values(submission, reference, "sigmoid_derivative", x, expected)
    _check_quiet(submission, "sigmoid_derivative", x)


@question("sigmoid_derivative")
def test_sigmoid_derivative_in_the_tails(submission, reference, rng):
    """In both tails the slope is tiny, and not zero."""
    x = rng.uniform(8.0, 10.0, size=6) * rng.permutation([1.0, -1.0, 1.0, -1.0, 1.0, -1.0])
    expected = np.exp(-np.abs(x)) / (1 + np.exp(-np.abs(x))) ** 2
    follow = _follow_sigmoid(submission, reference, "sigmoid_derivative", x)
    _agree_or_follow("out", submission.sigmoid_derivative(x), expected, follow, rtol=TAIL, inputs={"x": x})


@question("sigmoid_derivative")
def test_sigmoid_derivative_of_other_numbers(submission, reference, rng):
    """Integers, single precision and slices of arrays work, too."""
    _check_other_numbers(submission, reference, "sigmoid_derivative", rng)


@question("sigmoid_derivative")
def test_sigmoid_derivative_leaves_its_argument(submission, reference, rng):
    """The slope is right and `x` is as it was afterwards."""
    _check_leaves_argument(submission, reference, "sigmoid_derivative", rng)


@question("sigmoid_derivative")
def test_sigmoid_derivative_again(submission, reference, rng):
    """A call does not remember the calls before it."""
    _check_again(submission, reference, "sigmoid_derivative", rng)


# tanh


@question("tanh")
@weight(2)
@pytest.mark.parametrize("axes", [1, 2, 3])
def test_tanh_of_random_values(submission, reference, rng, axes):
    """The value is right on random inputs."""
    _check_elementwise(submission, reference, "tanh", mixed(rng, *sizes(rng, axes)))


@question("tanh")
def test_tanh_by_its_formula(submission, reference, rng):
    """The value is a difference of exponentials over their sum."""
    x = rng.uniform(-3.0, 3.0, size=6)
    expected = (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))
    _check_values(submission, reference, "tanh", x, expected)


@question("tanh")
def test_tanh_of_single_numbers(submission, reference, rng):
    """A single number works, and a batch of one does."""
    _check_single_numbers(submission, reference, "tanh", rng)


@question("tanh")
@weight(2)
def test_tanh_of_large_numbers(submission, reference, rng):
    """Very large numbers of both signs bring the two ends of the curve, and nothing overflows on the way."""
    x = _with_extremes(rng)
    _check_values(submission, reference, "tanh", x, np.append(np.tanh(x[:4]), [1.0, -1.0]))
    _check_quiet(submission, "tanh", x)


@question("tanh")
def test_tanh_of_zero(submission, reference, rng):
    """Zero brings zero, and opposite numbers bring opposite values."""
    x = np.array([0.0, 1.0, -1.0, 0.0]) * rng.uniform(0.5, 2.0)
    _check_values(submission, reference, "tanh", x, np.tanh(x))


@question("tanh")
def test_tanh_of_other_numbers(submission, reference, rng):
    """Integers, single precision and slices of arrays work, too."""
    _check_other_numbers(submission, reference, "tanh", rng)


@question("tanh")
def test_tanh_leaves_its_argument(submission, reference, rng):
    """The value is right and `x` is as it was afterwards."""
    _check_leaves_argument(submission, reference, "tanh", rng)


@question("tanh")
def test_tanh_again(submission, reference, rng):
    """A call does not remember the calls before it."""
    _check_again(submission, reference, "tanh", rng)


# relu


@question("relu")
@weight(2)
@pytest.mark.parametrize("axes", [1, 2, 3])
def test_relu_of_random_values(submission, reference, rng, axes):
    """The value is right on random inputs."""
    _check_elementwise(submission, reference, "relu", mixed(rng, *sizes(rng, axes)))


@question("relu")
def test_relu_of_single_numbers(submission, rng):
    """A single number works, and a batch of one does."""
    high, low = float(rng.uniform(2.0, 3.0)), -float(rng.uniform(2.0, 3.0))
    for x, expected in ((high, high), (low, 0.0), (np.array(low), 0.0), ([[high, low]], [[high, 0.0]])):
        given = np.array(x) if isinstance(x, list) else x
        agree("out", submission.relu(given), np.array(expected), atol=1e-9, inputs={"x": given})


@question("relu")
def test_relu_of_large_numbers(submission, rng):
    """Very large and very small numbers are kept or replaced like all others."""
    for size in (1e3, 1e-9):
        x = size * mixed(rng, 6)
        agree("out", submission.relu(x), (x + np.abs(x)) / 2, inputs={"x": x})


@question("relu")
def test_relu_of_zero(submission, rng):
    """Zero stays zero among other numbers."""
    x = np.array([0.0, *mixed(rng, 2), -0.0, rng.uniform(1.0, 2.0)])
    agree("out", submission.relu(x), (x + np.abs(x)) / 2, inputs={"x": x})


@question("relu")
def test_relu_of_other_numbers(submission, reference, rng):
    """Integers, single precision and slices of arrays work, too."""
    _check_other_numbers(submission, reference, "relu", rng)


@question("relu")
def test_relu_leaves_its_argument(submission, reference, rng):
    """The value is right and `x` is as it was afterwards."""
    _check_leaves_argument(submission, reference, "relu", rng)


@question("relu")
def test_relu_again(submission, reference, rng):
    """A call does not remember the calls before it."""
    _check_again(submission, reference, "relu", rng)


# leaky_relu


def _slope(rng: Any) -> float:
    """Draw a slope that is nobody's default."""
    return float(rng.uniform(0.15, 0.45))


@question("leaky_relu")
@weight(2)
@pytest.mark.parametrize("axes", [1, 2, 3])
def test_leaky_relu_of_random_values(submission, reference, rng, axes):
    """The value is right on random inputs, with a slope that the caller chooses."""
    _check_elementwise(submission, reference, "leaky_relu", mixed(rng, *sizes(rng, axes)), _slope(rng))


@question("leaky_relu")
@weight(2)
def test_leaky_relu_by_default(submission, rng):
    """Where the caller names no slope, it is the one of the docstring."""
    x = mixed(rng, 6)
    expected = [value if value > 0 else value / 100 for value in x.tolist()]
    agree("out", submission.leaky_relu(x), np.array(expected), rtol=1e-6, atol=1e-6, inputs={"x": x})


@question("leaky_relu")
def test_leaky_relu_by_keyword(submission, rng):
    """The slope can be given by its name, and each call has its own."""
    x = mixed(rng, 6)
    for slope in (_slope(rng), 0.1, _slope(rng)):
        expected = [value if value > 0 else slope * value for value in x.tolist()]
        agree("out", submission.leaky_relu(x, slope=slope), np.array(expected), inputs={"x": x})


@question("leaky_relu")
def test_leaky_relu_with_special_slopes(submission, rng):
    """With a slope of zero it is the ReLU, with a slope of one it changes nothing."""
    x = mixed(rng, 6)
    for slope, expected in ((0.0, (x + np.abs(x)) / 2), (1.0, x)):
        agree("out", submission.leaky_relu(x, slope), expected, inputs={"x": x})


@question("leaky_relu")
def test_leaky_relu_of_single_numbers(submission, reference, rng):
    """A single number works, and a batch of one does."""
    _check_single_numbers(submission, reference, "leaky_relu", rng, _slope(rng))


@question("leaky_relu")
def test_leaky_relu_of_large_numbers(submission, reference, rng):
    """Very large and very small numbers, and zero, are treated like all others."""
    _check_elementwise(submission, reference, "leaky_relu", np.append(1e3 * mixed(rng, 5), 0.0), _slope(rng))
    _check_elementwise(submission, reference, "leaky_relu", np.append(1e-9 * mixed(rng, 5), 0.0), _slope(rng))


@question("leaky_relu")
def test_leaky_relu_of_other_numbers(submission, reference, rng):
    """Integers, single precision and slices of arrays work, too."""
    _check_other_numbers(submission, reference, "leaky_relu", rng, _slope(rng))


@question("leaky_relu")
def test_leaky_relu_leaves_its_argument(submission, reference, rng):
    """The value is right and `x` is as it was afterwards."""
    _check_leaves_argument(submission, reference, "leaky_relu", rng, _slope(rng))


@question("leaky_relu")
def test_leaky_relu_again(submission, reference, rng):
    """A call does not remember the calls before it."""
    _check_again(submission, reference, "leaky_relu", rng, _slope(rng))


# elu


def _alpha(rng: Any) -> float:
    """Draw a depth that is nobody's default."""
    return float(rng.uniform(1.5, 3.0))


@question("elu")
@weight(2)
@pytest.mark.parametrize("axes", [1, 2, 3])
def test_elu_of_random_values(submission, reference, rng, axes):
    """The value is right on random inputs, with an `alpha` that the caller chooses."""
    _check_elementwise(submission, reference, "elu", mixed(rng, *sizes(rng, axes)), _alpha(rng))


@question("elu")
@weight(2)
def test_elu_by_default(submission, rng):
    """Where the caller names no `alpha`, it is the one of the docstring."""
    x = mixed(rng, 6)
    expected = [value if value > 0 else np.exp(value) - 1 for value in x.tolist()]
    agree("out", submission.elu(x), np.array(expected), inputs={"x": x})


@question("elu")
def test_elu_by_keyword(submission, rng):
    """`alpha` can be given by its name, and each call has its own."""
    x = mixed(rng, 6)
    for alpha in (_alpha(rng), 0.5, _alpha(rng)):
        expected = [value if value > 0 else alpha * (np.exp(value) - 1) for value in x.tolist()]
        agree("out", submission.elu(x, alpha=alpha), np.array(expected), inputs={"x": x})


@question("elu")
@weight(2)
def test_elu_of_large_numbers(submission, rng):
    """Very large numbers stay, very negative ones come close to the bottom, and nothing overflows."""
    x, alpha = np.append(_with_extremes(rng), 0.0), _alpha(rng)
    moderate = [value if value > 0 else alpha * (np.exp(value) - 1) for value in x[:4].tolist()]
    got = submission.elu(x, alpha)
    agree("out", got, np.array([*moderate, x[4], -alpha, 0.0]), inputs={"x": x})
    small = np.asarray(got, dtype=float)[[0, 1, 2, 3, 5]]
    agree("out", small, np.array([*moderate, -alpha]), inputs={"x": x[[0, 1, 2, 3, 5]]})
    _check_quiet(submission, "elu", x, alpha)


@question("elu")
def test_elu_of_single_numbers(submission, reference, rng):
    """A single number works, and a batch of one does."""
    _check_single_numbers(submission, reference, "elu", rng, _alpha(rng))


@question("elu")
def test_elu_of_other_numbers(submission, reference, rng):
    """Integers, single precision and slices of arrays work, too."""
    _check_other_numbers(submission, reference, "elu", rng, _alpha(rng))


@question("elu")
def test_elu_leaves_its_argument(submission, reference, rng):
    """The value is right and `x` is as it was afterwards."""
    _check_leaves_argument(submission, reference, "elu", rng, _alpha(rng))


@question("elu")
def test_elu_again(submission, reference, rng):
    """A call does not remember the calls before it."""
    _check_again(submission, reference, "elu", rng, _alpha(rng))


# maxout


def _two_maps(rng: Any, *shape: int, units: int) -> list[Any]:
    """Draw x and two affine maps, nearly opposite ones, so that each of them wins somewhere."""
    x, W1, b1 = mixed(rng, *shape), mixed(rng, shape[-1], units), mixed(rng, units)
    return [x, W1, b1, -W1 + 0.1 * mixed(rng, shape[-1], units), mixed(rng, units)]


def _follow_affine(submission: Any, arguments: Sequence[Any]) -> Candidates:
    """Return what maxout comes to with the submission's own weighted sum, where that takes a matrix and is wrong."""

    def candidates() -> list[Any]:
        x, *maps = arguments
        sums = []
        for W, b in (maps[:2], maps[2:]):
            own = own_function(submission, "weighted_sum", (x, W, b), x @ W + b, by=(0, 1, 2))
            sums.append(x @ W + b if own is None else np.asarray(own(x, W, b), dtype=float))
        return [np.maximum(*sums)]

    return candidates


def _check_maxout(submission: Any, *arguments: Any) -> None:
    """Compare with the larger of two affine maps, worked out example by example and unit by unit."""
    x, W1, b1, W2, b2 = exact = _floats(*arguments)
    first, second = (np.einsum("...d,dm->...m", x, W) + b for W, b in ((W1, b1), (W2, b2)))
    expected = np.where(first > second, first, second)
    _agree_or_follow("out", submission.maxout(*arguments), expected, _follow_affine(submission, exact), inputs={"x": x})


@question("maxout")
@weight(2)
@pytest.mark.parametrize("repeat", [1, 2])
def test_maxout_of_a_batch(submission, rng, repeat):
    """Every unit of every example is the larger one of the two maps."""
    examples, features, units = sizes(rng, 3, low=3, high=3 + 2 + repeat)
    _check_maxout(submission, *_two_maps(rng, examples, features, units=units))


@question("maxout")
@weight(2)
def test_maxout_of_one_example(submission, rng):
    """A single example, without a batch around it, brings one value for each unit."""
    features, units = sizes(rng, 2)
    _check_maxout(submission, *_two_maps(rng, features, units=units))


@question("maxout")
def test_maxout_of_either_map(submission, rng):
    """Where one map lies above the other everywhere, it alone counts, whichever it is."""
    examples, features, units = sizes(rng, 3)
    x, W1, b1, W2, b2 = _two_maps(rng, examples, features, units=units)
    _check_maxout(submission, x, W1, b1 + 100.0, W2, b2)
    _check_maxout(submission, x, W1, b1, W2, b2 + 100.0)


@question("maxout")
def test_maxout_as_relu(submission, rng):
    """With a second map of zeros it is the ReLU of the first one, and the other way round."""
    examples, features, units = sizes(rng, 3)
    x, W, b, *_ = _two_maps(rng, examples, features, units=units)
    _check_maxout(submission, x, W, b, np.zeros_like(W), np.zeros_like(b))
    _check_maxout(submission, x, np.zeros_like(W), np.zeros_like(b), W, b)


@question("maxout")
def test_maxout_as_leaky_relu(submission, rng):
    """With a second map that is a small multiple of the first it is a leaky ReLU."""
    examples, features, units = sizes(rng, 3)
    x, W, b, *_ = _two_maps(rng, examples, features, units=units)
    slope = _slope(rng)
    _check_maxout(submission, x, W, b, slope * W, slope * b)


@question("maxout")
def test_maxout_of_a_batch_of_one(submission, rng):
    """A batch of one works, and so do one feature and one unit."""
    examples, features, units = sizes(rng, 3)
    for count, size, width in ((1, features, units), (examples, 1, units), (examples, features, 1)):
        _check_maxout(submission, *_two_maps(rng, count, size, units=width))


@question("maxout")
def test_maxout_of_other_numbers(submission, rng):
    """Integers, single precision and slices of arrays work, too."""
    _check_maxout(submission, *(whole(rng, *shape) for shape in ((4, 3), (3, 5), (5,), (3, 5), (5,))))
    _check_maxout(submission, *(value.astype(np.float32) for value in _two_maps(rng, 4, 3, units=5)))
    slices = (strided(rng, 4, 3), strided(rng, 3, 5), mixed(rng, 10)[::2], strided(rng, 3, 5), mixed(rng, 5)[::-1])
    _check_maxout(submission, *slices)


@question("maxout")
def test_maxout_leaves_its_arguments(submission, rng):
    """The value is right, all arguments are as they were afterwards."""
    arguments = _two_maps(rng, 4, 3, units=5)
    after = submission.arguments_after("maxout", *arguments)
    for name, left, was in zip(("x", "W1", "b1", "W2", "b2"), after, arguments, strict=True):
        unchanged(name, left, was, of="maxout")
    _check_maxout(submission, *arguments)


@question("maxout")
def test_maxout_again(submission, rng):
    """A call does not remember the calls before it."""
    first, second = _two_maps(rng, 4, 3, units=5), _two_maps(rng, 2, 6, units=3)
    for arguments in (first, second, first):
        _check_maxout(submission, *arguments)


# Neuron, and what scores and rates are with the student's own functions


def _rate(score: Any) -> Any:
    return 0.5 + 0.5 * np.tanh(0.5 * score)


def _score(x: Any, w: Any, b: Any) -> Any:
    return x @ w + b


def _own_blocks(submission: Any, x: Any, w: Any, b: Any) -> list[tuple[Any, Any]]:
    """Return pairs of functions for scores and rates; one or both are the submission's own, where those are wrong."""
    right = _score(x, w, b)
    own_score = own_function(submission, "weighted_sum", (x, w, b), right, by=(0, 1, 2))
    somewhere = np.where(right == 0, 0.7, right)  # at 0 alone there is nothing to see of a function
    own_rate = own_function(submission, "sigmoid", (somewhere,), _rate(somewhere))
    pairs = [(score, rate) for score in (_score, own_score) for rate in (_rate, own_rate) if score and rate]
    return pairs[1:]


def _own_rates(submission: Any, x: Any, w: Any, b: Any) -> list[tuple[Any, Any]]:
    """Return scores and rates as they come out with the submission's own functions."""
    pairs = []
    for score_of, rate_of in _own_blocks(submission, x, w, b):
        scores = np.asarray(score_of(x, w, b), dtype=float)
        pairs.append((scores, np.asarray(rate_of(scores), dtype=float)))
    return pairs


def _check_rate(submission: Any, neuron: Any, weights: Any, bias: Any, inputs: Any, **tolerance: float) -> None:
    """Compare the firing rate of a neuron with the formula."""
    x, w, b = _floats(inputs, weights, bias)
    _agree_or_follow(
        "rate",
        neuron.forward(inputs),
        _rate(x @ w + b),
        lambda: [rate for _, rate in _own_rates(submission, x, w, b)],
        inputs={"inputs": x},
        **tolerance,
    )


def _check_neuron(submission: Any, weights: Any, bias: Any, inputs: Any) -> None:
    _check_rate(submission, submission.Neuron(weights, bias), weights, bias, inputs)


def _neuron(rng: Any, size: int) -> tuple[Any, float]:
    """Draw the weights and the bias of a neuron."""
    return mixed(rng, size), float(mixed(rng, 1)[0])


def _stimulus(rng: Any, weights: Any, bias: float) -> np.ndarray:
    """Draw inputs that make neither always nor never of the neuron's firing rate, nor one half."""
    while True:
        inputs = mixed(rng, len(weights))
        if 0.3 < abs(inputs @ weights + bias) < 3.0:
            return inputs


@question("Neuron")
@weight(2)
@pytest.mark.parametrize("repeat", [1, 2])
def test_neuron_at_random(submission, rng, repeat):
    """The firing rate of a random neuron is right."""
    weights, bias = _neuron(rng, *sizes(rng, 1, low=1 + repeat))
    _check_neuron(submission, weights, bias, _stimulus(rng, weights, bias))


@question("Neuron")
def test_neuron_again(submission, rng):
    """A neuron keeps its weights and can be asked again, about other inputs."""
    weights, bias = _neuron(rng, 4)
    neuron, first, second = submission.Neuron(weights, bias), *(_stimulus(rng, weights, bias) for _ in range(2))
    for inputs in (first, second, first):
        _check_rate(submission, neuron, weights, bias, inputs)


@question("Neuron")
@weight(2)
def test_two_neurons(submission, rng):
    """Two neurons do not disturb each other."""
    one, other = _neuron(rng, 3), _neuron(rng, 5)
    first, second = submission.Neuron(*one), submission.Neuron(*other)
    _check_rate(submission, first, *one, _stimulus(rng, *one))
    _check_rate(submission, second, *other, _stimulus(rng, *other))
    _check_rate(submission, first, *one, _stimulus(rng, *one))


@question("Neuron")
def test_neuron_of_large_scores(submission, rng):
    """A very large score makes the neuron fire always or never, and nothing overflows on the way."""
    weights, bias = _neuron(rng, 3)
    neuron = submission.Neuron(weights, bias)
    asked = SimpleNamespace(forward=neuron.forward, strict_numbers=submission.strict_numbers)
    _check_rate(submission, neuron, weights, bias, _stimulus(rng, weights, bias))
    for score in (rng.uniform(800.0, 1000.0), -rng.uniform(800.0, 1000.0)):
        inputs = (score - bias) * np.sign(weights) / np.sum(np.abs(weights))
        _check_rate(submission, neuron, weights, bias, inputs, atol=1e-9)
        _quietly_or_like_sigmoid(submission, asked, "forward", (inputs,), score)


@question("Neuron")
def test_neuron_of_one_input(submission, rng):
    """A neuron with a single input works."""
    weights, bias = 0.5 * mixed(rng, 1), float(rng.uniform(1.5, 2.0))
    _check_neuron(submission, weights, bias, _stimulus(rng, weights, bias))


@question("Neuron")
def test_neuron_of_other_numbers(submission, rng):
    """Integers, single precision and slices of arrays work, too."""
    _check_neuron(submission, np.array([2, -1, 1]) * rng.choice([1, -1]), -1, rng.permutation([-1, 0, 1]))
    weights, bias = _neuron(rng, 3)
    inputs = _stimulus(rng, weights, bias)
    _check_neuron(submission, weights.astype(np.float32), np.float32(bias), inputs.astype(np.float32))
    _check_neuron(submission, np.repeat(weights, 2)[::2], bias, inputs[::-1].copy()[::-1])


@question("Neuron")
def test_neuron_leaves_its_arguments(submission, rng):
    """The firing rate is right, the weights that were handed over are as they were."""
    weights, bias = _neuron(rng, 4)
    unchanged("weights", submission.arguments_after("Neuron", weights, bias)[0], weights, of="Neuron")
    _check_neuron(submission, weights, bias, _stimulus(rng, weights, bias))


def _fire(kind, weights, bias, inputs):
    """Let a new neuron fire; return its weights and its inputs as they are afterwards."""
    kind(weights, bias).forward(inputs)
    return weights, inputs


@question("Neuron")
def test_neuron_leaves_its_inputs(submission, rng):
    """The firing rate is right, inputs and weights are as they were before the neuron fired."""
    weights, bias = _neuron(rng, 4)
    inputs = _stimulus(rng, weights, bias)
    _check_neuron(submission, weights, bias, inputs)
    after = submission.define(_fire)(submission.Neuron, weights, bias, inputs)
    for name, left, was in zip(("weights", "inputs"), after, (weights, inputs), strict=True):
        unchanged(name, left, was, of="Neuron.forward")


# logistic_loss and hinge_loss: linear scores, a loss, and its gradients by the weights and the bias


def _softplus(scores: Any) -> Any:
    return np.logaddexp(0.0, scores)


def _logistic(scores: Any, rates: Any, X: Any, y: Any) -> list[tuple[Any, Any, Any]]:
    """Return loss and gradients, with the loss made of the scores, and of the rates."""
    dscores = (rates - y) / len(y)
    losses = (np.mean(_softplus(scores) - y * scores), -np.mean(np.where(y > 0.5, np.log(rates), np.log(1 - rates))))
    return [(loss, X.T @ dscores, np.sum(dscores)) for loss in losses]


def _hinge(scores: Any, _rates: Any, X: Any, y: Any) -> list[tuple[Any, Any, Any]]:
    margins = 1 - y * scores
    dscores = np.where(margins > 0, -y, 0.0) / len(y)
    return [(np.mean(np.maximum(0.0, margins)), X.T @ dscores, np.sum(dscores))]


_FORMULAS = {"logistic_loss": _logistic, "hinge_loss": _hinge}


def _follow_scores(submission: Any, function: str, arguments: Sequence[Any]) -> Callable[[], list[Any]]:
    """Return loss and gradients as they come out with the submission's own weighted sum or sigmoid."""
    w, b, X, y = arguments
    return lambda: [run for pair in _own_rates(submission, X, w, b) for run in _FORMULAS[function](*pair, X, y)]


def _at(place: int, candidates: Candidates) -> Candidates:
    return lambda: [values[place] for values in candidates()]


def _loss_and_gradients(submission: Any, function: str, arguments: Sequence[Any]) -> tuple[Any, ...]:
    return unpack(getattr(submission, function)(*arguments), "loss", "dw", "db", of=function)


def _check_loss_value(submission: Any, reference: Any, function: str, *arguments: Any) -> None:
    """Compare the loss with the reference's, worked out in float64."""
    exact = _floats(*arguments)
    expected, *_ = getattr(reference, function)(*exact)
    loss, *_ = _loss_and_gradients(submission, function, arguments)
    follow = _at(0, _follow_scores(submission, function, exact))
    _agree_or_follow("loss", loss, expected, follow, factors={"N": float(len(exact[3]))})


def _by_formula(reference: Any, function: str, exact: Sequence[Any]) -> tuple[Any, ...]:
    """Return the reference's loss and gradients."""
    return tuple(getattr(reference, function)(*exact))


def _numerically(reference: Any, function: str, exact: Sequence[Any]) -> tuple[Any, ...]:
    """Return the reference's loss, and how fast it grows with the weights and with the bias."""
    w, b, X, y = exact
    loss = getattr(reference, function)
    dw = numerical_gradient(lambda v: loss(v, b, X, y)[0], w)
    return loss(w, b, X, y)[0], dw, numerical_gradient(lambda v: loss(w, v, X, y)[0], b)


def _judge_gradients(submission: Any, function: str, arguments: Sequence[Any], expected: Sequence[Any]) -> None:
    """Compare dw and db with the right ones; a slip in the loss, the sigmoid or the scores is charged elsewhere."""
    exact = _floats(*arguments)
    factors = {"N": float(len(exact[3]))}
    try:
        judge_loss(submission, function, arguments, names=("dw", "db"), by=(0, 1), expected=expected, factors=factors)
    except Mismatch:
        got = _loss_and_gradients(submission, function, arguments)
        follow = _follow_scores(submission, function, exact)
        if not all(any(agrees("d", got[place], other) for other in _usable(_at(place, follow))) for place in (1, 2)):
            raise


def _check_gradients(
    submission: Any, reference: Any, function: str, *arguments: Any, oracle: Callable[..., Any] = _by_formula
) -> None:
    _judge_gradients(submission, function, arguments, oracle(reference, function, _floats(*arguments)))


def _check_loss(submission: Any, reference: Any, function: str, *arguments: Any) -> None:
    _check_loss_value(submission, reference, function, *arguments)
    _check_gradients(submission, reference, function, *arguments)


def _check_loss_leaves_arguments(submission: Any, reference: Any, function: str, *arguments: Any) -> None:
    """Compare the arguments after a call with what they were, and what it returned, too."""
    after = submission.arguments_after(function, *arguments)
    for name, left, was in zip(("w", "b", "X", "y"), after, arguments, strict=True):
        unchanged(name, left, was, of=function)
    _check_loss(submission, reference, function, *arguments)


def _is_steep(X: Any, dscores: Any) -> bool:
    """Tell whether both gradients are more than what rounding leaves of terms that cancel."""
    return abs(np.mean(dscores)) > 0.02 and float(np.max(np.abs(X.T @ dscores))) > 0.02 * len(X)


def _zero_one(rng: Any, examples: int, features: int) -> tuple[Any, ...]:
    """Draw weights, a bias, examples and labels 0 and 1, with scores for which σ is not flat."""
    while True:
        w, b = mixed(rng, features) / features, float(mixed(rng, 1)[0])
        X, y = mixed(rng, examples, features), labels(rng, examples, 2)
        if _is_steep(X, _rate(X @ w + b) - y):
            return w, b, X, y


def _signed(rng: Any, examples: int, features: int, *, scale: float = 1.0) -> tuple[Any, ...]:
    """Draw the like with labels -1 and +1: some margins are met, others are not, and none is near its kink."""
    while True:
        w, b = scale * mixed(rng, features) / features, float(mixed(rng, 1)[0])
        X, y = mixed(rng, examples, features), 2 * labels(rng, examples, 2) - 1
        misses = 1 - y * (X @ w + b)
        met = np.count_nonzero(misses < 0)
        if np.min(np.abs(misses)) > 0.05 * scale and 0 < met < examples and _is_steep(X, y * (misses > 0)):
            return w, b, X, y


@question("logistic_loss")
@weight(2)
@pytest.mark.parametrize("repeat", [1, 2])
def test_logistic_loss_value(submission, reference, rng, repeat):
    """The loss is right on random examples."""
    examples, features = sizes(rng, 2, low=3, high=5 + repeat)
    _check_loss_value(submission, reference, "logistic_loss", *_zero_one(rng, examples, features))


@question("logistic_loss")
@weight(2)
@pytest.mark.parametrize("repeat", [1, 2])
def test_logistic_loss_gradients(submission, reference, rng, repeat):
    """Both gradients are right on random examples."""
    examples, features = sizes(rng, 2, low=3, high=5 + repeat)
    _check_gradients(submission, reference, "logistic_loss", *_zero_one(rng, examples, features))


@question("logistic_loss")
@weight(2)
def test_logistic_loss_numerically(submission, reference, rng):
    """Both gradients are what small steps of the weights and the bias show."""
    _check_gradients(submission, reference, "logistic_loss", *_zero_one(rng, 5, 3), oracle=_numerically)


@question("logistic_loss")
def test_logistic_loss_db(submission, reference, rng):
    """`db` is right, whatever the weights' gradient is."""
    arguments = _zero_one(rng, 5, 3)
    db = _loss_and_gradients(submission, "logistic_loss", arguments)[2]
    expected = _by_formula(reference, "logistic_loss", arguments)[2]
    _agree_or_follow("db", db, expected, _at(2, _follow_scores(submission, "logistic_loss", arguments)))


@question("logistic_loss")
def test_logistic_loss_without_weights(submission, reference, rng):
    """Where all scores are zero the loss is the logarithm of two, and the gradients are right."""
    _, _, X, y = _zero_one(rng, 5, 3)
    arguments = (np.zeros(3), 0.0, X, y)
    loss, *_ = _loss_and_gradients(submission, "logistic_loss", arguments)
    _agree_or_follow(
        "loss", loss, np.log(2.0), _at(0, _follow_scores(submission, "logistic_loss", _floats(*arguments)))
    )
    _check_gradients(submission, reference, "logistic_loss", *arguments)


@question("logistic_loss")
@weight(2)
def test_logistic_loss_of_large_scores(submission, reference, rng):
    """Very large scores, right ones and wrong ones, bring a finite loss, finite gradients and no overflow."""
    scores = 0.0
    while np.min(np.abs(scores)) < 50.0:
        w, b, X, _ = _zero_one(rng, 6, 3)
        w = w * 1000.0 / np.max(np.abs(X @ w))
        scores = X @ w + b
    y = np.where(rng.permutation(6) < 3, scores > 0, scores < 0).astype(np.int64)
    expected = reference.logistic_loss(w, b, X, y)
    got = _loss_and_gradients(submission, "logistic_loss", (w, b, X, y))
    follow = _follow_scores(submission, "logistic_loss", (w, b, X, y))
    for place, name in enumerate(("loss", "dw", "db")):
        _agree_or_follow(name, got[place], expected[place], _at(place, follow), atol=1e-5, inputs={"w": w})
    for sign in (1.0, -1.0):
        _quietly_or_like_sigmoid(submission, submission, "logistic_loss", (sign * w, sign * b, X, y), sign * scores)


@question("logistic_loss")
def test_logistic_loss_of_kinds_of_labels(submission, reference, rng):
    """Labels may be integers or floats."""
    w, b, X, y = _zero_one(rng, 6, 3)
    for kind in (np.int64, np.int32, np.float64):
        _check_loss(submission, reference, "logistic_loss", w, b, X, y.astype(kind))


@question("logistic_loss")
def test_logistic_loss_of_one_example(submission, reference, rng):
    """A batch of one works, with either label, and so does a single feature."""
    w, b, X, y = _zero_one(rng, 1, 4)
    _check_loss(submission, reference, "logistic_loss", w, b, X, y)
    _check_loss(submission, reference, "logistic_loss", -w, -b, X, 1 - y)
    _check_loss(submission, reference, "logistic_loss", *_zero_one(rng, 5, 1))


@question("logistic_loss")
def test_logistic_loss_of_other_numbers(submission, reference, rng):
    """Integers, single precision and slices of arrays work, too."""
    X, y = np.array([[1, 0, 0], [0, 2, -1], [1, 1, 1], [-1, 1, 0]]), rng.permutation([0, 0, 0, 1])
    _check_loss(submission, reference, "logistic_loss", np.array([1, -1, 1]), 1, rng.permutation(X, axis=1), y)
    w, b, X, y = _zero_one(rng, 4, 3)
    _check_loss(submission, reference, "logistic_loss", w.astype(np.float32), np.float32(b), X.astype(np.float32), y)
    flipped, doubled = np.asfortranarray(X[::-1, ::-1])[::-1, ::-1], np.repeat(y, 2)[::2]
    _check_loss(submission, reference, "logistic_loss", np.repeat(w, 2)[::2], b, flipped, doubled)


@question("logistic_loss")
def test_logistic_loss_leaves_its_arguments(submission, reference, rng):
    """Loss and gradients are right, the arguments are as they were afterwards."""
    _check_loss_leaves_arguments(submission, reference, "logistic_loss", *_zero_one(rng, 5, 3))


@question("logistic_loss")
def test_logistic_loss_again(submission, reference, rng):
    """A call does not remember the calls before it."""
    first, second = _zero_one(rng, 5, 3), _zero_one(rng, 3, 4)
    for arguments in (first, second, first):
        _check_loss(submission, reference, "logistic_loss", *arguments)


@question("hinge_loss")
@weight(2)
@pytest.mark.parametrize("repeat", [1, 2])
def test_hinge_loss_value(submission, reference, rng, repeat):
    """The loss is right on random examples."""
    examples, features = sizes(rng, 2, low=4, high=6 + repeat)
    _check_loss_value(submission, reference, "hinge_loss", *_signed(rng, examples, features))


@question("hinge_loss")
@weight(2)
@pytest.mark.parametrize("repeat", [1, 2])
def test_hinge_loss_gradients(submission, reference, rng, repeat):
    """Both gradients are right on random examples."""
    examples, features = sizes(rng, 2, low=4, high=6 + repeat)
    _check_gradients(submission, reference, "hinge_loss", *_signed(rng, examples, features))


@question("hinge_loss")
@weight(2)
def test_hinge_loss_numerically(submission, reference, rng):
    """Both gradients are what small steps of the weights and the bias show."""
    _check_gradients(submission, reference, "hinge_loss", *_signed(rng, 6, 3), oracle=_numerically)


@question("hinge_loss")
def test_hinge_loss_db(submission, reference, rng):
    """`db` is right, whatever the weights' gradient is."""
    arguments = _signed(rng, 6, 3)
    expected = _by_formula(reference, "hinge_loss", arguments)[2]
    db = _loss_and_gradients(submission, "hinge_loss", arguments)[2]
    _agree_or_follow("db", db, expected, _at(2, _follow_scores(submission, "hinge_loss", arguments)))


@question("hinge_loss")
def test_hinge_loss_without_weights(submission, reference, rng):
    """Where all scores are zero every example misses its margin in full, and the gradients are right."""
    _, _, X, y = _signed(rng, 5, 3)
    arguments = (np.zeros(3), 0.0, X, y)
    loss, *_ = _loss_and_gradients(submission, "hinge_loss", arguments)
    _agree_or_follow("loss", loss, 1.0, _at(0, _follow_scores(submission, "hinge_loss", _floats(*arguments))))
    _check_gradients(submission, reference, "hinge_loss", *arguments)


def _with_a_tie(rng: Any) -> tuple[tuple[Any, ...], int]:
    """Draw whole numbers for which one example, whose place is returned, meets its margin exactly, and no other.

    All sums are exact: of whole numbers, and over four examples.
    """
    while True:
        w, X, y, place = whole(rng, 3), whole(rng, 4, 3), 2 * labels(rng, 4, 2) - 1, int(rng.integers(4))
        b = int(y[place] - X[place] @ w)
        margins = 1 - y * (X @ w + b)
        if np.count_nonzero(margins == 0) == 1 and 0 < np.count_nonzero(margins > 0) < 3:
            return (w.astype(float), float(b), X.astype(float), y), place


@question("hinge_loss")
def test_hinge_loss_of_a_tie(submission, reference, rng):
    """An example that meets its margin exactly costs nothing; either slope is right for it."""
    arguments, place = _with_a_tie(rng)
    w, b, X, y = arguments
    _check_loss_value(submission, reference, "hinge_loss", *arguments)
    others = np.arange(4) != place
    loss, dw, db = (0.75 * value for value in _hinge(X[others] @ w + b, None, X[others], y[others])[0])
    problems = []
    for share in (0.0, 1.0, 0.5):
        expected = (loss, dw - share * y[place] * X[place] / 4, db - share * y[place] / 4)
        try:
            _judge_gradients(submission, "hinge_loss", arguments, expected)
        except Mismatch as problem:
            problems.append(problem)
        else:
            return
    raise problems[0]


@question("hinge_loss")
def test_hinge_loss_of_large_scores(submission, reference, rng):
    """Very large scores of both signs, right ones and wrong ones, bring the right loss and gradients."""
    _check_loss(submission, reference, "hinge_loss", *_signed(rng, 6, 3, scale=1000.0))


@question("hinge_loss")
def test_hinge_loss_of_kinds_of_labels(submission, reference, rng):
    """Labels may be integers or floats."""
    w, b, X, y = _signed(rng, 6, 3)
    for kind in (np.int64, np.int32, np.float64):
        _check_loss(submission, reference, "hinge_loss", w, b, X, y.astype(kind))


@question("hinge_loss")
def test_hinge_loss_of_one_example(submission, reference, rng):
    """A batch of one works, with either label, and so does a single feature."""
    for label in (-1, 1):
        w, X = mixed(rng, 4), mixed(rng, 1, 4)
        b = float(label * rng.uniform(-0.8, 0.2) - (X @ w)[0])  # the margin is missed, by more or by less
        _check_loss(submission, reference, "hinge_loss", w, b, X, np.array([label]))
    _check_loss(submission, reference, "hinge_loss", *_signed(rng, 5, 1))


@question("hinge_loss")
def test_hinge_loss_of_other_numbers(submission, reference, rng):
    """Integers, single precision and slices of arrays work, too."""
    w, b, X, y = _signed(rng, 4, 3)
    _check_loss(submission, reference, "hinge_loss", w.astype(np.float32), np.float32(b), X.astype(np.float32), y)
    flipped = np.asfortranarray(X[::-1, ::-1])[::-1, ::-1]
    _check_loss(submission, reference, "hinge_loss", np.repeat(w, 2)[::2], b, flipped, np.repeat(y, 2)[::2])
    while True:
        w, b, X, y = whole(rng, 3), int(rng.integers(2, 5)), whole(rng, 4, 3), 2 * labels(rng, 4, 2) - 1
        margins = 1 - y * (X @ w + b)
        if np.all(margins != 0) and _is_steep(X, y * (margins > 0)):
            break
    _check_loss(submission, reference, "hinge_loss", w, b, X, y)


@question("hinge_loss")
def test_hinge_loss_leaves_its_arguments(submission, reference, rng):
    """Loss and gradients are right, the arguments are as they were afterwards."""
    _check_loss_leaves_arguments(submission, reference, "hinge_loss", *_signed(rng, 5, 3))


@question("hinge_loss")
def test_hinge_loss_again(submission, reference, rng):
    """A call does not remember the calls before it."""
    first, second = _signed(rng, 5, 3), _signed(rng, 3, 4)
    for arguments in (first, second, first):
        _check_loss(submission, reference, "hinge_loss", *arguments)


# mse_loss


def _mse(prediction: Any, actual: Any) -> tuple[Any, Any]:
    """Return the loss and the gradient, in float64."""
    prediction, actual = _floats(prediction, actual)
    return np.mean((prediction - actual) ** 2), (prediction - actual) / (actual.size / 2)


def _mse_of(submission: Any, prediction: Any, actual: Any) -> tuple[Any, ...]:
    return unpack(submission.mse_loss(prediction, actual), "loss", "dprediction", of="mse_loss")


def _check_mse_gradient(submission: Any, prediction: Any, actual: Any, expected: Any) -> None:
    judge_loss(
        submission,
        "mse_loss",
        (prediction, actual),
        names=("dprediction",),
        by=(0,),
        expected=expected,
        factors={"N": float(np.size(actual))},
    )


def _check_mse(submission: Any, prediction: Any, actual: Any) -> None:
    expected = _mse(prediction, actual)
    loss, _ = _mse_of(submission, prediction, actual)
    agree("loss", loss, expected[0], factors={"N": float(np.size(actual))})
    _check_mse_gradient(submission, prediction, actual, expected)


@question("mse_loss")
@weight(2)
def test_mse_loss_value(submission, rng):
    """The loss is right on random numbers."""
    (examples,) = sizes(rng, 1, low=3)
    prediction, actual = mixed(rng, examples), mixed(rng, examples)
    loss, _ = _mse_of(submission, prediction, actual)
    agree("loss", loss, _mse(prediction, actual)[0], factors={"N": float(examples)})


@question("mse_loss")
@weight(2)
def test_mse_loss_gradient(submission, rng):
    """The gradient is right on random numbers."""
    (examples,) = sizes(rng, 1, low=3)
    prediction, actual = mixed(rng, examples), mixed(rng, examples)
    _check_mse_gradient(submission, prediction, actual, _mse(prediction, actual))


@question("mse_loss")
def test_mse_loss_of_a_table(submission, rng):
    """All entries of arrays with several axes count alike, and the gradient has their shape."""
    for axes in (2, 3):
        shape = sizes(rng, axes)
        _check_mse(submission, mixed(rng, *shape), mixed(rng, *shape))


@question("mse_loss")
@weight(2)
def test_mse_loss_of_shapes_that_differ(submission, rng):
    """Arrays of different shapes, or without entries, raise ValueError; others do not."""
    prediction, actual = mixed(rng, 4), mixed(rng, 4)
    _check_mse(submission, prediction, actual)
    for pair in ((prediction, actual[:, None]), (prediction[None], actual), (prediction, actual[:3])):
        raises("ValueError", "mse_loss", lambda pair=pair: submission.mse_loss(*pair))
    empty, empty_rows = np.zeros(0), np.zeros((3, 0))
    for one, other in ((prediction, actual[:1]), (prediction[0], actual), (empty, empty), (empty_rows, empty_rows)):
        raises("ValueError", "mse_loss", lambda pair=(one, other): submission.mse_loss(*pair))
    _check_mse(submission, prediction[:, None], actual[:, None])


@question("mse_loss")
def test_mse_loss_numerically(submission, reference, rng):
    """The gradient is what small steps of the prediction show."""
    prediction, actual = mixed(rng, 5), mixed(rng, 5)
    slopes = numerical_gradient(lambda v: reference.mse_loss(v, actual)[0], prediction)
    _check_mse_gradient(submission, prediction, actual, (_mse(prediction, actual)[0], slopes))


@question("mse_loss")
def test_mse_loss_of_a_perfect_entry(submission, rng):
    """Where a prediction is exact it has no slope, and large errors count by their square."""
    actual = mixed(rng, 5)
    _check_mse(submission, actual + 1e3 * np.array([0.0, 1.0, -1.0, 0.0, 0.5]), actual)


@question("mse_loss")
def test_mse_loss_of_one_example(submission, rng):
    """A single prediction works, too high or too low, as a number and in an array."""
    actual = mixed(rng, 1)
    for error in (rng.uniform(1.5, 2.0), -rng.uniform(1.5, 2.0)):
        _check_mse(submission, actual + error, actual)
        _check_mse(submission, float(actual[0] + error), float(actual[0]))


@question("mse_loss")
def test_mse_loss_of_other_numbers(submission, rng):
    """Integers, single precision and slices of arrays work, too."""
    _check_mse(submission, whole(rng, 7), 10 + whole(rng, 7))
    _check_mse(submission, mixed(rng, 7).astype(np.float32), mixed(rng, 7).astype(np.float32))
    _check_mse(submission, strided(rng, 7, 2)[:, 1], mixed(rng, 14)[::-2])


@question("mse_loss")
def test_mse_loss_leaves_its_arguments(submission, rng):
    """Loss and gradient are right, both arguments are as they were afterwards."""
    arguments = mixed(rng, 5), mixed(rng, 5)
    after = submission.arguments_after("mse_loss", *arguments)
    for name, left, was in zip(("prediction", "actual"), after, arguments, strict=True):
        unchanged(name, left, was, of="mse_loss")
    _check_mse(submission, *arguments)


@question("mse_loss")
def test_mse_loss_again(submission, rng):
    """A call does not remember the calls before it."""
    first, second = (mixed(rng, 5), mixed(rng, 5)), (mixed(rng, 3), mixed(rng, 3))
    for arguments in (first, second, first):
        _check_mse(submission, *arguments)


# gradient_descent: the functions are sent to the submission as source


def _valley(point):
    """Not a parabola: the slope never exceeds one, and every entry pulls at all others."""
    distance = np.sqrt(1.0 + (point - 3.0) ** 2)
    total = np.sum(point)
    return np.sum(distance) + 0.01 * total**2, (point - 3.0) / distance + 0.02 * total


def _row_by_row(point):
    """Not a function of the entries alone: every row pulls at its own sum."""
    excess = np.sum(point, axis=-1, keepdims=True) - 2.0
    length = np.sqrt(1.0 + excess**2)
    return np.sum(length), excess / length + np.zeros(np.shape(point))


def _line_through_points(point):
    """The mean squared error of the line B0 + B1 x through four points."""
    x, y = np.array([1.0, 2.0, 3.0, 5.0]), np.array([1.5, 2.0, 4.5, 5.0])
    error = point[0] + point[1] * x - y
    return np.mean(error**2), 2.0 * np.array([np.mean(error), np.mean(error * x)])


def _descend(f: Any, start: Any, learning_rate: float, steps: int) -> tuple[Any, list[Any]]:
    """Return the point that the steps lead to, and the loss at every point of the way."""
    points = [np.asarray(start, dtype=float)]
    for _ in range(steps):
        points.append(points[-1] - learning_rate * f(points[-1])[1])
    return points[-1], [float(f(point)[0]) for point in points]


def _descent(submission: Any, f: Any, start: Any, learning_rate: float, steps: int) -> tuple[Any, ...]:
    result = submission.gradient_descent(f, start, learning_rate, steps)
    return unpack(result, "point", "losses", of="gradient_descent")


def _check_descent(submission: Any, f: Any, start: Any, learning_rate: float, steps: int) -> None:
    """Compare the point and the losses with those of the steps written out."""
    point, losses = _descent(submission, f, start, learning_rate, steps)
    right_point, right_losses = _descend(f, start, learning_rate, steps)
    agree("point", point, right_point, inputs={"start": start}, factors={"learning_rate": learning_rate})
    agree("losses", losses, right_losses)


def _rate_and_steps(rng: Any) -> tuple[float, int]:
    return float(rng.uniform(0.15, 0.4)), int(rng.integers(3, 8))


@question("gradient_descent")
@weight(2)
@pytest.mark.parametrize("axes", [1, 2, 3])
def test_gradient_descent_point(submission, rng, axes):
    """The steps lead to the right point, whatever its shape."""
    start, (learning_rate, steps) = mixed(rng, *sizes(rng, axes, high=5)), _rate_and_steps(rng)
    point, _ = _descent(submission, _valley, start, learning_rate, steps)
    right, _ = _descend(_valley, start, learning_rate, steps)
    agree("point", point, right, inputs={"start": start}, factors={"learning_rate": learning_rate})


@question("gradient_descent")
def test_gradient_descent_of_rows(submission, rng):
    """The function gets points of the shape of the start."""
    start, (learning_rate, steps) = mixed(rng, *sizes(rng, 2, high=5)), _rate_and_steps(rng)
    _check_descent(submission, _row_by_row, start, learning_rate, steps)


@question("gradient_descent")
@weight(2)
@pytest.mark.parametrize("axes", [1, 2])
def test_gradient_descent_losses(submission, rng, axes):
    """There is a loss for the start and for the point after every step."""
    start, (learning_rate, steps) = mixed(rng, *sizes(rng, axes, high=5)), _rate_and_steps(rng)
    _, losses = _descent(submission, _valley, start, learning_rate, steps)
    agree("losses", losses, _descend(_valley, start, learning_rate, steps)[1])


@question("gradient_descent")
@weight(2)
def test_gradient_descent_of_a_line(submission, rng):
    """A line through points finds its two parameters."""
    start = mixed(rng, 2)
    _check_descent(submission, _line_through_points, start, 0.05, 40)


@question("gradient_descent")
def test_gradient_descent_of_one_step(submission, rng):
    """One step goes as far as the learning rate says, and brings two losses."""
    for learning_rate in rng.uniform(0.1, 2.0, size=2).tolist():
        _check_descent(submission, _valley, mixed(rng, 3), learning_rate, 1)


@question("gradient_descent")
def test_gradient_descent_without_a_step(submission, rng):
    """Without any step the point is the start, and its loss is the only one."""
    start = mixed(rng, 4)
    _check_descent(submission, _valley, start, 0.3, 0)
    _check_descent(submission, _valley, start, 0.3, 2)
    for integers in (int(rng.integers(4, 9)), whole(rng, 3)):
        _check_descent(submission, _valley, integers, 0.3, 0)


@question("gradient_descent")
def test_gradient_descent_that_overshoots(submission, rng):
    """With too large a learning rate the losses rise, and all of them are reported."""
    start = mixed(rng, 2)
    _check_descent(submission, _line_through_points, start, 0.2, 5)


@question("gradient_descent")
def test_gradient_descent_from_a_single_number(submission, rng):
    """The start may be a single number, or an array of one."""
    number = float(rng.uniform(0.5, 2.0))
    for start in (number, np.array(number), np.array([number]), np.array([[number]])):
        _check_descent(submission, _valley, start, *_rate_and_steps(rng))


@question("gradient_descent")
def test_gradient_descent_from_other_numbers(submission, rng):
    """Integers, single precision and slices of arrays work, too."""
    for start in (whole(rng, 4), mixed(rng, 4).astype(np.float32), strided(rng, 3, 2)):
        _check_descent(submission, _valley, start, *_rate_and_steps(rng))


@question("gradient_descent")
def test_gradient_descent_leaves_its_start(submission, rng):
    """The result is right and `start` is as it was afterwards."""
    start, (learning_rate, steps) = mixed(rng, 4), _rate_and_steps(rng)
    after = submission.arguments_after("gradient_descent", _valley, start, learning_rate, steps)
    unchanged("start", after[1], start, of="gradient_descent")
    _check_descent(submission, _valley, start, learning_rate, steps)


@question("gradient_descent")
def test_gradient_descent_again(submission, rng):
    """A call does not remember the calls before it."""
    first, second = mixed(rng, 4), mixed(rng, 2)
    for f, start in ((_valley, first), (_line_through_points, second), (_valley, first)):
        _check_descent(submission, f, start, 0.1, 3)


# fit_logistic_regression


def _true_loss(w: Any, b: Any, X: Any, y: Any) -> tuple[Any, Any, Any]:
    """Return the logistic loss and its gradients, in a form that cannot overflow."""
    scores = X @ w + b
    dscores = (_rate(scores) - y) / len(y)
    return np.mean(_softplus(scores) - y * scores), X.T @ dscores, np.sum(dscores)


def _trained(loss_of: Any, X: Any, y: Any, learning_rate: float, steps: int) -> tuple[Any, Any, list[Any]]:
    """Return weights, bias and losses of gradient descent from zero with any loss function."""
    w, b, losses = np.zeros(X.shape[1]), 0.0, []
    for step in range(steps + 1):
        loss, dw, db = (np.asarray(value, dtype=float) for value in loss_of(w, b, X, y))
        losses.append(float(loss))
        if step < steps:
            w, b = w - learning_rate * dw, b - learning_rate * db
    return w, b, losses


def _packed_loss(point):
    """The logistic loss as a function of one vector, which brings its data along: w, b, X, y, N and D."""
    examples, features = (int(size) for size in point[-2:])
    w, b = point[:features], point[features]
    X, y = point[features + 1 : -2 - examples].reshape(examples, features), point[-2 - examples : -2]
    scores = X @ w + b
    dscores = (0.5 + 0.5 * np.tanh(0.5 * scores) - y) / examples
    slope = np.zeros_like(point)
    slope[:features], slope[features] = X.T @ dscores, np.sum(dscores)
    return np.mean(np.logaddexp(0.0, scores) - y * scores), slope


def _own_losses(submission: Any, X: Any, y: Any) -> list[Any]:
    """Return the submission's logistic loss where a part of it is wrong, and the losses that its own blocks make."""
    w, b = np.linspace(-0.5, 0.7, X.shape[1]), np.array(0.3)

    def flat(w: Any, b: Any) -> Any:
        loss, dw, db = _loss_and_gradients(submission, "logistic_loss", (w, b, X, y))
        parts = [
            numbers(name, value, np.zeros(np.shape(like)))
            for name, value, like in zip("lwb", (loss, dw, db), (b, w, b), strict=True)
        ]
        return np.concatenate([np.reshape(part, -1) for part in parts])

    def of_blocks(score_of: Any, rate_of: Any, form: int) -> Any:
        def loss_of(w: Any, b: Any, X: Any, y: Any) -> Any:
            scores = np.asarray(score_of(X, w, b), dtype=float)
            return _logistic(scores, np.asarray(rate_of(scores), dtype=float), X, y)[form]

        return loss_of

    right = np.concatenate([np.reshape(value, -1) for value in _true_loss(w, b, X, y)])
    is_wrong = own_function(SimpleNamespace(flat=flat), "flat", (w, b), right, by=(0, 1)) is not None
    blocks = _own_blocks(submission, X, w, b)
    return [submission.logistic_loss] * is_wrong + [of_blocks(*pair, form) for pair in blocks for form in (0, 1)]


def _own_descent(submission: Any, X: Any, y: Any, learning_rate: float, steps: int) -> list[Any]:
    """Return what training comes to with the submission's own gradient descent, unless that does nothing."""
    size = X.shape[1] + 1

    def descend(start: Any, steps: int) -> tuple[Any, Any]:
        packed = np.concatenate([start, X.ravel(), y, [len(y), size - 1]])
        point, losses = _descent(submission, _packed_loss, packed, learning_rate, steps)
        return numbers("point", point, packed)[:size], losses

    def moved(start: Any) -> Any:
        return descend(start, 3)[0]

    somewhere = np.linspace(-0.5, 0.7, size)
    packed = np.concatenate([somewhere, X.ravel(), y, [len(y), size - 1]])
    right = _descend(_packed_loss, packed, learning_rate, 3)[0][:size]
    walks = own_function(SimpleNamespace(moved=moved), "moved", (somewhere,), right) is not None
    (one, losses), (_, others) = (descend(start, 3) for start in (somewhere, 1.5 * somewhere))
    if not (walks or agrees("point", one, right, TRAINED)) or np.array_equal(losses, others):
        return []
    point, losses = descend(np.zeros(size), steps)
    return [(point[:-1], point[-1], losses)]


def _fit(submission: Any, X: Any, y: Any, learning_rate: float, steps: int) -> tuple[Any, ...]:
    result = submission.fit_logistic_regression(X, y, learning_rate, steps)
    return unpack(result, "w", "b", "losses", of="fit_logistic_regression")


def _follow_training(submission: Any, X: Any, y: Any, learning_rate: float, steps: int) -> Candidates:
    """Return what training comes to with the submission's own loss or its own gradient descent."""

    def with_own_losses() -> list[Any]:
        return [_trained(loss_of, X, y, learning_rate, steps) for loss_of in _own_losses(submission, X, y)]

    def with_own_descent() -> list[Any]:
        return _own_descent(submission, X, y, learning_rate, steps)

    return lambda: _tried(with_own_losses) + _tried(with_own_descent)


def _judge_fit(submission: Any, got: Sequence[Any], X: Any, y: Any, *settings: Any) -> None:
    """Compare what was returned with the steps written out, beginning with weights and a bias of zero."""
    examples, wanted = _floats(X, y)
    expected = _trained(_true_loss, examples, wanted, *settings)
    follow = _follow_training(submission, examples, wanted, *settings)
    for place in range(3):
        _judge_part_of_fit(place, got[place], expected, _at(place, follow), settings[0], len(wanted))


def _judge_part_of_fit(place: int, got: Any, expected: Any, follow: Candidates, rate: float, examples: int) -> None:
    """Compare w, b or losses; w and b have one scale, because either may be what is left of terms that cancel."""
    w, b, _ = expected
    scale = {} if place == 2 else {"atol": TRAINED * max(float(np.max(np.abs(w))), abs(float(b)))}
    factors = {"N": float(examples), "learning_rate": rate}
    name = ("w", "b", "losses")[place]
    _agree_or_follow(name, got, expected[place], follow, rtol=TRAINED, factors=factors, **scale)


def _check_fit(submission: Any, X: Any, y: Any, *settings: Any) -> None:
    _judge_fit(submission, _fit(submission, X, y, *settings), X, y, *settings)


def _check_part_of_fit(submission: Any, rng: Any, place: int) -> None:
    """Compare one of the three results, whatever the others are."""
    X, y, settings = _noisy(rng, 7, 3), labels(rng, 7, 2), _rate_and_steps(rng)
    expected = _trained(_true_loss, X, y, *settings)
    follow = _at(place, _follow_training(submission, X, y.astype(float), *settings))
    _judge_part_of_fit(place, _fit(submission, X, y, *settings)[place], expected, follow, settings[0], 7)


def _noisy(rng: Any, examples: int, features: int) -> np.ndarray:
    """Draw examples whose features have means other than zero, so that the bias matters."""
    return mixed(rng, examples, features) + mixed(rng, features)


def _separable(rng: Any, examples: int, features: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw two clouds with a wide gap between them, which lies beside the origin."""
    y, direction = labels(rng, examples, 2), mixed(rng, features)
    direction /= np.linalg.norm(direction)
    places = 3.0 * y - 1.5 + rng.choice([-0.8, 0.8])
    return 0.3 * mixed(rng, examples, features) + places[:, None] * direction, y


@question("fit_logistic_regression")
@weight(2)
@pytest.mark.parametrize("repeat", [1, 2])
def test_fit_random_examples(submission, rng, repeat):
    """Some steps bring the right weights, bias and losses."""
    examples, features = sizes(rng, 2, low=3, high=5 + repeat)
    _check_fit(submission, _noisy(rng, examples, features), labels(rng, examples, 2), *_rate_and_steps(rng))


@question("fit_logistic_regression")
def test_fit_weights(submission, rng):
    """The weights are right, whatever the other results are."""
    _check_part_of_fit(submission, rng, 0)


@question("fit_logistic_regression")
def test_fit_bias(submission, rng):
    """The bias is right, whatever the other results are."""
    _check_part_of_fit(submission, rng, 1)


@question("fit_logistic_regression")
def test_fit_losses(submission, rng):
    """The losses of the start and after every step are right, whatever the other results are."""
    _check_part_of_fit(submission, rng, 2)


@question("fit_logistic_regression")
@weight(2)
@pytest.mark.parametrize("features", [1, 5])
def test_fit_separable_examples(submission, rng, features):
    """Examples that a line can separate are labelled rightly after training, and the losses fall."""
    X, y = _separable(rng, 40, features)
    got = _fit(submission, X, y, 1.0, 100)
    if not _is_trained(got, X, y):
        _judge_fit(submission, got, X, y, 1.0, 100)


def _is_trained(got: Sequence[Any], X: Any, y: Any) -> bool:
    """Tell whether the weights label nearly all examples rightly, and the losses fall to the one of these weights."""
    shapes = (np.zeros(X.shape[1]), np.zeros(()), np.zeros(101))
    try:
        w, b, losses = (numbers("result", value, like) for value, like in zip(got, shapes, strict=True))
    except Mismatch:
        return False
    with np.errstate(all="ignore"):
        right, last = np.mean((X @ w + b > 0) == (y > 0)), _true_loss(w, b, X, y)[0]
        return bool(right >= ENOUGH and np.all(np.diff(losses) < 0) and agrees("loss", losses[-1], last, TRAINED))


@question("fit_logistic_regression")
def test_fit_without_a_step(submission, rng):
    """Without any step all weights are zero; one step moves them and the bias."""
    X, y, learning_rate = _noisy(rng, 6, 3), labels(rng, 6, 2), float(rng.uniform(0.5, 2.0))
    _check_fit(submission, X, y, learning_rate, 0)
    _check_fit(submission, X, y, learning_rate, 1)


@question("fit_logistic_regression")
def test_fit_one_example(submission, rng):
    """A single example works, with either label, and so does a single feature."""
    for label in (0, 1):
        _check_fit(submission, _noisy(rng, 1, 3), np.array([label]), *_rate_and_steps(rng))
    _check_fit(submission, _noisy(rng, 5, 1), labels(rng, 5, 2), *_rate_and_steps(rng))


@question("fit_logistic_regression")
def test_fit_large_features(submission, rng):
    """Very large features bring finite weights and losses."""
    _check_fit(submission, 1e3 * _noisy(rng, 6, 3), labels(rng, 6, 2), 0.5, 2)


@question("fit_logistic_regression")
def test_fit_other_numbers(submission, rng):
    """Integers, single precision and slices of arrays work, and labels may be floats."""
    y = labels(rng, 6, 2)
    _check_fit(submission, whole(rng, 6, 3), y, 0.1, 4)
    _check_fit(submission, _noisy(rng, 6, 3).astype(np.float32), y.astype(np.float32), *_rate_and_steps(rng))
    _check_fit(submission, strided(rng, 6, 3), np.repeat(y, 2)[::2].astype(float), *_rate_and_steps(rng))


@question("fit_logistic_regression")
def test_fit_leaves_its_arguments(submission, rng):
    """The result is right, `X` and `y` are as they were afterwards."""
    X, y, settings = _noisy(rng, 6, 3), labels(rng, 6, 2), _rate_and_steps(rng)
    after = submission.arguments_after("fit_logistic_regression", X, y, *settings)
    for name, left, was in zip("Xy", after[:2], (X, y), strict=True):
        unchanged(name, left, was, of="fit_logistic_regression")
    _check_fit(submission, X, y, *settings)


@question("fit_logistic_regression")
def test_fit_again(submission, rng):
    """Every training starts afresh."""
    first, second = (_noisy(rng, 6, 3), labels(rng, 6, 2)), (_noisy(rng, 4, 2), labels(rng, 4, 2))
    for X, y in (first, second, first):
        _check_fit(submission, X, y, 0.3, 4)
