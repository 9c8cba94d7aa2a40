"""What a right solution of `losses` does, question by question, on inputs that nobody knows before.

The naive and the vectorised form of a loss have one contract, so their tests are written once. Losses and gradients are
judged in separate tests: whoever has one of them right gets the points for it. `train_linear` is judged by what it
does with loss functions made for the purpose, never by one particular trajectory.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from autograder.compare import agree, agrees, numbers, raises, unchanged, unpack
from autograder.draws import labels, mixed, sizes, strided, whole
from autograder.errors import Mismatch
from autograder.gradients import agree_or, judge_loss, own_function

question, weight = pytest.mark.question, pytest.mark.weight


def _each(*marks: pytest.MarkDecorator) -> pytest.MarkDecorator:
    """Write a test for several questions: `name` is the one that is judged."""
    return pytest.mark.parametrize("name", [pytest.param(mark.args[0], marks=mark) for mark in marks])


SVM_FORMS = question("svm_loss_naive"), question("svm_loss_vectorized")
SOFTMAX_FORMS = question("softmax_loss_naive"), question("softmax_loss_vectorized")
SVM, SOFTMAX, LOSSES = _each(*SVM_FORMS), _each(*SOFTMAX_FORMS), _each(*SVM_FORMS, *SOFTMAX_FORMS)

SINGLE = 1e-4
"""Relative tolerance where the inputs are float32, or a sum is long: sums of roundings of 6e-8 each."""
FAR = 1e-3
"""Relative tolerance where scores are near 1000: whoever computes in float32 has four decimals left of them."""
APART = 0.02
"""No margin is nearer to 0 than this: a kink is the matter of one test only."""
STEP = 1e-5
"""Of each weight; the slopes are then right to ten digits of the largest."""

Batch = tuple[Any, Any, Any]


def _margins(scores: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the margins of all wrong classes, shape (N, C), with minus one for the right ones."""
    rows = np.arange(len(y))
    margins: np.ndarray = scores - scores[rows, y][:, None] + 1.0
    margins[rows, y] = -1.0
    return margins


def _is_clear(margins: np.ndarray) -> bool:
    """Tell whether no margin is near 0, and some are violated: the loss is not tiny, and no kink is nearby."""
    return bool(np.abs(margins).min() > APART and margins.max() > 0)


def _batch(rng: np.random.Generator, n: int, d: int, c: int) -> Batch:
    """Draw W, X and y; where there is room, some margins are kept and some examples violate several."""
    while True:
        W, X, y = 0.5 * mixed(rng, d, c), mixed(rng, n, d), labels(rng, n, c)
        margins = _margins(X @ W, y)
        violated = (margins > 0).sum(axis=1)
        varied = min(n, c) < 3 or (violated.max() > 1 and violated.sum() < n * (c - 1))
        if varied and _is_clear(margins):
            return W, X, y


def _random_batch(rng: np.random.Generator) -> Batch:
    return _batch(rng, *sizes(rng, 3, low=3, high=6))


# What follows from scores that are wrong already


def _from_scores(name: str, scores: np.ndarray, batch: Batch, reg: float) -> tuple[float, np.ndarray]:
    """Return loss and gradient for given scores."""
    W, X, y = batch
    if name.startswith("svm"):
        margins = np.maximum(0.0, _margins(scores, y))
        loss, dscores = margins.sum(axis=1), np.where(margins > 0, 1.0, 0.0)
        dscores[np.arange(len(y)), y] = -dscores.sum(axis=1)
    else:
        p = np.exp(scores - scores.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        loss, dscores = -np.log(p[np.arange(len(y)), y]), p - np.eye(scores.shape[1])[y]
    return float(loss.mean() + reg * np.sum(W * W)), X.T @ dscores / len(y) + 2 * reg * W


def _own_scores(submission: Any, X: np.ndarray, W: np.ndarray) -> np.ndarray | None:
    """Return what the submission's own linear_scores says where it is wrong, None where it is right."""
    own = own_function(submission, "linear_scores", (X, W), X @ W, by=(0, 1))
    return None if own is None else np.asarray(own(X, W), dtype=float)


# Both forms of both losses


def _exact(batch: Batch) -> Batch:
    """Return the batch in float64, with labels as numpy likes them best."""
    W, X, y = batch
    return np.array(W, dtype=float), np.array(X, dtype=float), np.array(y, dtype=np.int64)


def _expected(reference, name: str, batch: Batch, reg: float) -> tuple[Any, Any]:
    """Return loss and gradient by the reference's vectorised form: it has the naive form's contract and no loops."""
    loss, dW = getattr(reference, name.replace("naive", "vectorized"))(*batch, reg)
    return loss, dW


def _called(submission, name: str, batch: Batch, reg: float) -> tuple[Any, ...]:
    return unpack(getattr(submission, name)(*batch, reg), "loss", "dW", of=name)


def _check_loss(submission, reference, name: str, batch: Batch, reg: float, *, rtol: float = 1e-5) -> None:
    """Compare the loss with the reference's, worked out in float64."""
    returned = _called(submission, name, batch, reg)
    _judge_loss(submission, name, batch, reg, returned, _expected(reference, name, _exact(batch), reg), rtol=rtol)


def _check_gradient(submission, name: str, batch: Batch, reg: float, expected: tuple[Any, Any]) -> None:
    """Compare `dW` with the expected gradient; where the submission's loss is wrong, with what belongs to that."""
    _judge_gradient(submission, name, batch, reg, _called(submission, name, batch, reg), expected)


def _judge_loss(
    submission, name: str, batch: Batch, reg: float, returned: Any, expected: Any, *, rtol: float = 1e-5
) -> None:
    W, X, _ = exact = _exact(batch)

    def otherwise() -> float | None:
        scores = _own_scores(submission, X, W)
        return None if scores is None else _from_scores(name, scores, exact, reg)[0]

    factors = {"N": float(len(X))}
    agree_or("loss", returned[0], expected[0], otherwise=otherwise, rtol=rtol, inputs={"W": W, "X": X}, factors=factors)


def _judge_gradient(
    submission, name: str, batch: Batch, reg: float, returned: Any, expected: Any, *, rtol: float = 1e-5
) -> None:
    W, X, _ = exact = _exact(batch)
    terms = {"rtol": rtol, "factors": {"N": float(len(X))}}
    try:
        judge_loss(
            submission, name, (*batch, reg), names=("dW",), by=(0,), expected=expected, returned=returned, **terms
        )
    except Mismatch:
        scores = _own_scores(submission, X, W)
        if scores is None:
            raise
        agree("dW", returned[1], _from_scores(name, scores, exact, reg)[1], **terms)


def _check_part(
    submission, reference, name: str, part: str | None, batch: Batch, reg: float = 0.0, *, rtol: float = 1e-5
) -> None:
    """Compare the loss, the gradient, or with None both of one call, with the reference's, worked out in float64."""
    returned, expected = _called(submission, name, batch, reg), _expected(reference, name, _exact(batch), reg)
    if part != "gradient":
        _judge_loss(submission, name, batch, reg, returned, expected, rtol=rtol)
    if part != "loss":
        _judge_gradient(submission, name, batch, reg, returned, expected, rtol=rtol)


def parts(test: Callable[..., None]) -> Callable[..., None]:
    """Judge loss and gradient each by itself: a slip in one of them costs nothing in the tests of the other."""
    return pytest.mark.parts("part")(pytest.mark.parametrize("part", ["loss", "gradient"])(test))


@LOSSES
@parts
@weight(2)
def test_random_data(submission, reference, rng, name, part):
    """The {part} is right on random data."""
    _check_part(submission, reference, name, part, _random_batch(rng), rng.uniform(0.5, 2.0))


@LOSSES
@parts
def test_without_regularisation(submission, reference, rng, name, part):
    """The {part} is right where nothing is regularised."""
    _check_part(submission, reference, name, part, _random_batch(rng))


@LOSSES
def test_loss_at_tiny_weights(submission, reference, rng, name):
    """The loss of tiny weights knows nothing about the classes, and that of larger ones is right."""
    n, d, c = sizes(rng, 3, low=3, high=6)
    W, X, y = 1e-9 * mixed(rng, d, c), mixed(rng, n, d), labels(rng, n, c)
    loss, _ = unpack(getattr(submission, name)(W, X, y, 0.0), "loss", "dW", of=name)
    agree("loss", loss, c - 1.0 if name.startswith("svm") else np.log(c), inputs={"W": W, "X": X}, factors={"N": n})
    _check_loss(submission, reference, name, _random_batch(rng), 0.0)


@LOSSES
def test_loss_of_a_large_batch(submission, reference, rng, name):
    """The loss of a batch with hundreds of examples is right, too."""
    n, d, c = int(rng.integers(260, 270)), 3, 2
    total = 0.0
    while total < 800.0:  # then the product of all probabilities is 0 in float64, and none of them is in float32
        W, X, y = 3.6 * mixed(rng, d, c), mixed(rng, n, d), labels(rng, n, c)
        total = n * float(_losses("softmax", W, X, y, 0.0))
    _check_loss(submission, reference, name, (W, X, y), 0.0, rtol=SINGLE)


def _losses(name: str, W: np.ndarray, X: np.ndarray, y: np.ndarray, reg: float) -> np.ndarray:
    """Work out the losses of many weights at once, shape (…, D, C), whose scores are near each other."""
    scores = X @ W
    behind = scores - scores[..., np.arange(len(y)), y][..., None]
    hinge = name.startswith("svm")
    losses = np.maximum(0.0, behind + 1.0).sum(axis=-1) - 1.0 if hinge else np.log(np.exp(behind).sum(axis=-1))
    return losses.mean(axis=-1) + reg * np.sum(W * W, axis=(-2, -1))


@LOSSES
@weight(2)
def test_gradient_numerically(submission, rng, name):
    """The gradient is what small steps of the weights show."""
    batch, reg = _batch(rng, *sizes(rng, 3, low=3, high=5)), rng.uniform(0.5, 2.0)
    W, *data = batch
    steps = STEP * np.eye(W.size).reshape(-1, *W.shape)
    slopes = (_losses(name, W + steps, *data, reg) - _losses(name, W - steps, *data, reg)) / (2 * STEP)
    _check_gradient(submission, name, batch, reg, (_losses(name, W, *data, reg), slopes.reshape(W.shape)))


@LOSSES
@parts
def test_smallest_cases(submission, reference, rng, name, part):
    """One example, two classes or a single feature are enough for the {part}."""
    for shape in ((1, 4, 3), (5, 3, 2), (6, 1, 4), (1, 1, 2)):
        _check_part(submission, reference, name, part, _batch(rng, *shape))


@LOSSES
@parts
def test_many_classes(submission, reference, rng, name, part):
    """More classes than usual do the {part} no harm."""
    batch = _batch(rng, int(rng.integers(5, 8)), 3, int(rng.integers(11, 14)))
    _check_part(submission, reference, name, part, batch)


@LOSSES
@parts
def test_other_numbers(submission, reference, rng, name, part):
    """The {part} is right for whole numbers, single precision and slices of arrays, too."""
    W, X, y = _random_batch(rng)
    single = (W.astype(np.float32), X.astype(np.float32), y.astype(np.int32))
    _check_part(submission, reference, name, part, single, rtol=SINGLE)
    while not _is_clear(_margins((X := whole(rng, *X.shape)) @ W, y)):
        pass
    _check_part(submission, reference, name, part, (W, X, y))
    while not _is_clear(_margins((X := strided(rng, *X.shape)) @ (W := strided(rng, *W.shape)), y)):
        pass
    _check_part(submission, reference, name, part, (W, X, np.repeat(y, 2)[::2]))


@LOSSES
def test_leaves_its_arguments(submission, reference, rng, name):
    """Weights, examples and labels are as they were afterwards, and loss and gradient are right."""
    batch, reg = _random_batch(rng), rng.uniform(0.5, 2.0)
    after = submission.arguments_after(name, *batch, reg)
    for argument, now, before in zip("WXy", after, batch, strict=False):
        unchanged(argument, now, before, of=name)
    _check_part(submission, reference, name, None, batch, reg)


@LOSSES
def test_called_again(submission, reference, rng, name):
    """Every call stands by itself, also after one with other data."""
    first, second = _random_batch(rng), _random_batch(rng)
    for batch in (first, second, first):
        _check_part(submission, reference, name, None, batch)


def _lifted(batch: Batch, heights: np.ndarray) -> Batch:
    """Add one feature that adds heights[n] to all scores of example n."""
    W, X, y = batch
    return np.vstack([W, np.full((1, W.shape[1]), 1000.0)]), np.column_stack([X, heights / 1000.0]), y


@LOSSES
@parts
def test_high_scores(submission, reference, rng, name, part):
    """A large number that is added to all scores does not change the {part}."""
    batch = _random_batch(rng)
    lifted = _lifted(batch, np.full(len(batch[1]), 1000.0))
    _check_part(submission, reference, name, part, lifted, rtol=FAR)


@LOSSES
@parts
def test_scores_far_apart(submission, reference, rng, name, part):
    """High scores of one example do no harm to the {part} of another one with low scores."""
    batch = _random_batch(rng)
    heights = rng.permutation(np.where(np.arange(len(batch[1])) % 2, 1000.0, -1000.0))
    _check_part(submission, reference, name, part, _lifted(batch, heights), rtol=FAR)


def _tied(rng: np.random.Generator) -> Batch:
    """Draw two examples whose scores are W; in the first of them the last class is one behind the right one."""
    tied, other = (int(k) for k in rng.integers(2, 9, size=2))
    W = np.array([[tied, tied - 3.0, tied - 1.0], [other, other - 2.0, other - 5.0]])
    return W, np.eye(2), np.array([0, 1])


@SVM
def test_loss_of_a_margin_of_zero(submission, reference, rng, name):
    """A class that keeps its margin exactly adds nothing to the loss."""
    _check_loss(submission, reference, name, _tied(rng), 0.0)


@SVM
def test_gradient_of_a_margin_of_zero(submission, rng, name):
    """A class that keeps its margin exactly may have either slope, and the others have their own."""
    dW = unpack(getattr(submission, name)(*_tied(rng), 0.0), "loss", "dW", of=name)[1]
    from_below = np.array([[0.0, 0.0, 0.0], [0.5, -0.5, 0.0]])
    from_above = np.array([[-0.5, 0.0, 0.5], [0.5, -0.5, 0.0]])
    agree_or("dW", dW, from_below, otherwise=lambda: from_above)


@SOFTMAX
@parts
def test_bad_mistakes(submission, reference, rng, name, part):
    """The {part} is right where an example is as wrong as can be."""
    n, c = sizes(rng, 2, low=3, high=8)
    y = labels(rng, n, c)
    scores = rng.uniform(-1.0, 1.0, size=(n, c))
    scores[np.arange(n), y] -= rng.uniform(58.0, 62.0, size=n)
    _check_part(submission, reference, name, part, (scores, np.eye(n), y))


# The vectorised forms against loops

LOOPS_TO_VECTORISED = 7
"""So many times faster than loops a vectorised loss has to be seen to be, where ten times are asked for: with products
of matrices it was 14 to 37 times in 12 measurements on a busy machine (two processors, five programs), with a product
for the gradient alone 9 times, with a loop over the examples 1.7 to 3.6 times. Processors differ."""
LARGE = (500, 3073, 10)
HOPELESS = 4
"""Whoever is not even so many times faster need not try again."""
SHARE = 5
"""The loops run on one part in so many of the examples: their time is in proportion to the number of examples."""
ATTEMPTS, RUNS, CALLS = 4, 5, 5


class _Data:
    def __init__(self, X, y):
        self.X, self.y = X, y

    def answer(self, function, W):
        run = function(W, self.X, self.y, 0.0)
        return [float(run[0]), np.asarray(run[1])]


def _svm_loops(W, X, y, reg):
    """Work out the SVM loss the slow way: example by example, class by class."""
    loss, dW = 0.0, np.zeros(W.shape)
    for i in range(len(X)):
        for c in range(W.shape[1]):
            margin = np.sum(X[i] * W[:, c]) - np.sum(X[i] * W[:, y[i]]) + 1.0
            if c != y[i] and margin > 0:
                loss += margin
                dW[:, c] += X[i]
                dW[:, y[i]] -= X[i]
    return loss / len(X) + reg * np.sum(W * W), dW / len(X) + 2 * reg * W


def _softmax_loops(W, X, y, reg):
    """Work out the softmax loss the slow way: example by example, class by class."""
    loss, dW = 0.0, np.zeros(W.shape)
    for i in range(len(X)):
        largest = max(np.sum(X[i] * W[:, c]) for c in range(W.shape[1]))
        total = sum(np.exp(np.sum(X[i] * W[:, c]) - largest) for c in range(W.shape[1]))
        for c in range(W.shape[1]):
            p = np.exp(np.sum(X[i] * W[:, c]) - largest) / total
            loss -= np.log(p) * (c == y[i])
            dW[:, c] += (p - (c == y[i])) * X[i]
    return loss / len(X) + reg * np.sum(W * W), dW / len(X) + 2 * reg * W


def _check_values(submission, reference, name: str, batch: Batch) -> None:
    """Compare gradient or loss with the reference's; one of them is enough, for both have tests of their own."""
    try:
        _check_part(submission, reference, name, "gradient", batch)
    except Mismatch:
        _check_part(submission, reference, name, "loss", batch)


def _check_large_values(submission, reference, name: str, answer: Any, batch: Batch) -> None:
    """Compare gradient or loss of large data with the reference's, or with what the submission's own scores lead to."""
    W, X, _ = batch
    loss, dW = unpack(answer, "loss", "dW", of=name)
    right, slopes = getattr(reference, name)(*batch, 0.0)
    if agrees("dW", dW, slopes, SINGLE) or agrees("loss", loss, right, SINGLE):
        return
    scores = _own_scores(submission, X, W)
    own = None if scores is None else _from_scores(name, scores, batch, 0.0)
    if own is None or not agrees("dW", dW, own[1], SINGLE):
        agree("loss", loss, right if own is None else own[0], rtol=SINGLE)


def _loop_seconds(loops: Callable[..., Any], W: np.ndarray, X: np.ndarray, y: np.ndarray) -> float:
    """Return the processor time of loops over all examples, at its best: other programs do not count in it."""
    part, seconds = len(X) // SHARE, math.inf
    for _ in range(RUNS):
        start = time.thread_time()
        loops(W, X[:part], y[:part], 0.0)
        seconds = min(seconds, time.thread_time() - start)
    return SHARE * seconds


def _large_weights(rng: np.random.Generator) -> np.ndarray:
    return 0.02 * rng.standard_normal(LARGE[1:])


def _check_speed(submission, reference, rng, name: str, loops: Callable[..., Any]) -> None:
    """Compare what a vectorised loss returns with what is right, then its time with that of loops, at their best.

    The loops run here, the kernel says what the submission's process used, and every call gets other weights: nothing
    that a submission does to clocks, to numpy or to the processor makes it look faster, and no answer can be worked out
    before it is asked for.
    """
    _check_values(submission, reference, name, _random_batch(rng))
    n, d, c = LARGE
    X, y = rng.random((n, d)) - 0.5, rng.integers(c, size=n)
    data, function = submission.define(_Data)(X, y), getattr(submission, name)
    slow, fast = math.inf, math.inf
    for _ in range(ATTEMPTS):
        slow = min(slow, _loop_seconds(loops, _large_weights(rng), X, y))
        for _ in range(CALLS):
            W = _large_weights(rng)
            start = submission.processor_seconds()
            answer = data.answer(function, W)
            fast = min(fast, submission.processor_seconds() - start)
            if slow > LOOPS_TO_VECTORISED * fast:
                _check_large_values(submission, reference, name, answer, (W, X, y))
                return
        if slow < HOPELESS * fast:
            break
    words = f"`{name}` is not ten times as fast as loops: let products of matrices do the work of all examples"
    raise Mismatch(name, "value", words, path=name, got=None, expected=None)


@question("svm_loss_vectorized")
@weight(10)
@pytest.mark.timed
@pytest.mark.limits(call_seconds=20)
def test_svm_is_vectorised(submission, reference, rng):
    """The loss of large data is right, and takes a small part of the time that loops take."""
    with threadpool_limits(1):  # as in the sandbox: two threads that wait for each other are no measure
        _check_speed(submission, reference, rng, "svm_loss_vectorized", _svm_loops)


@question("softmax_loss_vectorized")
@weight(10)
@pytest.mark.timed
@pytest.mark.limits(call_seconds=20)
def test_softmax_is_vectorised(submission, reference, rng):
    """The loss of large data is right, and takes a small part of the time that loops take."""
    with threadpool_limits(1):
        _check_speed(submission, reference, rng, "softmax_loss_vectorized", _softmax_loops)


# Scores and predictions


def _check_scores(submission, X: Any, W: Any, *, rtol: float = 1e-5) -> None:
    """Compare the scores with sums worked out one by one."""
    expected = [[sum(float(a) * float(b) for a, b in zip(x, w, strict=True)) for w in W.T] for x in X]
    inputs = {"X": X, "W": W}
    agree("scores", submission.linear_scores(X, W), np.array(expected), rtol=rtol, inputs=inputs, factors={"N": len(X)})


@question("linear_scores")
@weight(2)
@pytest.mark.parametrize("case", [1, 2])
def test_scores_of_random_data(submission, rng, case):
    """The scores are right on random data."""
    n, d, c = sizes(rng, 3)
    _check_scores(submission, mixed(rng, n, d), mixed(rng, d, c))


@question("linear_scores")
def test_scores_of_small_data(submission, rng):
    """One example, one class or a single feature are enough."""
    for n, d, c in ((1, 4, 3), (5, 3, 1), (6, 1, 4), (1, 1, 2)):
        _check_scores(submission, mixed(rng, n, d), mixed(rng, d, c))


@question("linear_scores")
def test_scores_of_other_numbers(submission, rng):
    """Whole numbers, single precision and slices of arrays work, too."""
    n, d, c = sizes(rng, 3)
    _check_scores(submission, whole(rng, n, d), whole(rng, d, c))
    _check_scores(submission, mixed(rng, n, d).astype(np.float32), mixed(rng, d, c).astype(np.float32), rtol=SINGLE)
    _check_scores(submission, strided(rng, n, d), strided(rng, d, c))


@question("linear_scores")
def test_scores_leave_the_arguments(submission, rng):
    """Examples and weights are as they were afterwards, and the scores are right, also the second time."""
    n, d, c = sizes(rng, 3)
    arguments = mixed(rng, n, d), mixed(rng, d, c)
    _check_scores(submission, *arguments)
    for name, now, before in zip("XW", submission.arguments_after("linear_scores", *arguments), arguments, strict=True):
        unchanged(name, now, before, of="linear_scores")
    _check_scores(submission, *arguments)


def _check_labels(submission, W: Any, X: Any) -> None:
    """Compare the predictions with the highest scores, looked for one by one."""

    def first_best(scores: Sequence[float]) -> int:
        return max(range(len(scores)), key=lambda c: (scores[c], -c))

    def otherwise() -> np.ndarray | None:
        scores = _own_scores(submission, np.array(X, dtype=float), np.array(W, dtype=float))
        return None if scores is None else np.array([first_best(row) for row in scores])

    scores = np.array(X, dtype=float) @ np.array(W, dtype=float)
    expected = np.array([first_best(row) for row in scores])
    agree_or("labels", submission.predict(W, X), expected, otherwise=otherwise, inputs={"X": X})


def _choices(rng: np.random.Generator, n: int, d: int, c: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw W and X so that several classes win, and none of them narrowly."""
    while True:
        W, X = mixed(rng, d, c), mixed(rng, n, d)
        best = np.sort(X @ W, axis=1)
        if np.min(best[:, -1] - best[:, -2]) > APART and len(set(np.argmax(X @ W, axis=1))) >= min(n, 2):
            return W, X


@question("predict")
@weight(2)
@pytest.mark.parametrize("case", [1, 2])
def test_labels_of_random_data(submission, rng, case):
    """The labels are right on random data."""
    _check_labels(submission, *_choices(rng, *sizes(rng, 3, low=3, high=8)))


@question("predict")
def test_labels_of_low_scores(submission, rng):
    """The highest score wins also where all scores are negative."""
    W, X = _choices(rng, *sizes(rng, 3, low=3, high=8))
    _check_labels(submission, np.vstack([W, np.full((1, W.shape[1]), -50.0)]), np.column_stack([X, np.ones(len(X))]))


@question("predict")
@weight(2)
def test_labels_of_ties(submission, rng):
    """Where several classes share the highest score, the first of them is chosen."""
    scores = np.array([[3, 1, 3, 0], [2, 5, 5, 5], [0, 0, 0, 0], [1, 2, 7, 7], [-4, -2, -2, -3]]) + rng.integers(-3, 4)
    _check_labels(submission, scores[rng.permutation(5)], np.eye(5, dtype=np.int64))


@question("predict")
def test_labels_of_small_data(submission, rng):
    """One example, two classes or a single feature are enough."""
    for shape in ((1, 4, 3), (5, 3, 2), (6, 1, 4)):
        _check_labels(submission, *_choices(rng, *shape))


@question("predict")
def test_labels_are_integers(submission, rng):
    """The labels are right, and they are integers."""
    W, X = _choices(rng, *sizes(rng, 3, low=3, high=8))
    _check_labels(submission, W, X)
    got, expected = submission.predict(W, X), np.argmax(X @ W, axis=1)
    if numbers("labels", got, expected).dtype.kind not in "iu":
        summary = "`labels` holds floats where integers are expected: convert them with `astype`"
        raise Mismatch("labels", "dtype", summary, path="labels", got=got, expected=expected)


@question("predict")
def test_labels_of_other_numbers(submission, rng):
    """Whole numbers, single precision and slices of arrays work, too."""
    n, d, c = sizes(rng, 3, low=3, high=8)
    W, X = _choices(rng, n, d, c)
    _check_labels(submission, W.astype(np.float32), X.astype(np.float32))
    _check_labels(submission, np.repeat(W, 2, axis=1)[:, ::2], np.repeat(X.T, 2, axis=1)[:, ::2].T)
    _check_labels(submission, whole(rng, d, c), whole(rng, n, d))


@question("predict")
def test_labels_leave_the_arguments(submission, rng):
    """Weights and examples are as they were afterwards, and the labels are right, also the second time."""
    arguments = _choices(rng, *sizes(rng, 3, low=3, high=8))
    _check_labels(submission, *arguments)
    for name, now, before in zip("WX", submission.arguments_after("predict", *arguments), arguments, strict=True):
        unchanged(name, now, before, of="predict")
    _check_labels(submission, *arguments)


# train_linear: loss functions that are made so that the results show what was done with them

START = 0.05
"""No weight of the start is larger than this, so that what is much larger comes from the steps."""
FACTOR = 0.001
"""What standard normal numbers are multiplied by to make the start."""


def _slope(W, X, y, reg):
    return float(np.sum(W)), 1.0 + np.arange(W.size, dtype=float).reshape(W.shape)


def _bowl(W, X, y, reg):
    return float(np.sum((W - 100.0) ** 2)), 2 * (W - 100.0)


def _strength(W, X, y, reg):
    return 100.0 * reg, np.full(W.shape, 100.0 * reg)


def _length(W, X, y, reg):
    return float(len(X)) if len(X) == len(y) else 0.0, np.full(W.shape, 100.0 * len(X))


def _sums(W, X, y, reg):
    return float(np.sum(X)), np.tile(np.sum(X, axis=0)[:, None], (1, W.shape[1]))


def _first_entry(W, X, y, reg):
    return float(X[0, 0]), np.full(W.shape, 100.0)


def _pairs(W, X, y, reg):
    return float(np.sum((X[:, 0] == 2.0 * y + 1.0) * X[:, 1])) / len(X), np.full(W.shape, 100.0)


def _flat(W, X, y, reg):
    return float(np.sum(W * W)), np.zeros(W.shape)


def _cross_entropy(W, X, y, reg):
    p = np.exp(X @ W - np.max(X @ W, axis=1, keepdims=True))
    p /= np.sum(p, axis=1, keepdims=True)
    loss = -np.mean(np.log(p[np.arange(len(y)), y])) + reg * np.sum(W * W)
    return loss, X.T @ (p - np.eye(W.shape[1])[y]) / len(y) + 2 * reg * W


def _train(submission, X: Any, y: Any, loss_function: Any, **settings: Any) -> tuple[Any, Any]:
    """Train with the settings given and harmless ones for the others; return W and losses."""
    used = {"learning_rate": 1.0, "reg": 0.5, "steps": 4, "batch_size": 3, "seed": 7} | settings
    names = ("learning_rate", "reg", "steps", "batch_size", "seed")
    trained = submission.train_linear(X, y, loss_function, *(used[name] for name in names))
    W, losses = unpack(trained, "W", "losses", of="train_linear")
    return W, losses


def _seeds(rng: np.random.Generator) -> tuple[int, int]:
    """Draw two seeds that are not alike."""
    return int(rng.integers(99)), int(rng.integers(99, 999))


def _require(right: bool, name: str, words: str) -> None:
    if not right:
        raise Mismatch(name, "value", f"`{name}` {words}", path=name, got=None, expected=None)


def _require_none(excess: float, name: str, words: str) -> None:
    """Check that nothing is left in quarters; all who err alike look alike, and others do not."""
    quarters = float(np.round(4 * excess)) / 4
    if quarters != 0:
        raise Mismatch(name, "value", f"`{name}` {words}", path=name, got=quarters, expected=0.0)


def _numbers(name: str, got: Any, shape: tuple[int, ...], limit: float) -> np.ndarray:
    """Return an untrusted array of this shape whose entries are no larger than the limit."""
    agree(name, got, np.zeros(shape), atol=limit)
    return np.array(got, dtype=float)


def _points(rng: np.random.Generator, n: int = 7, d: int = 4, c: int = 3) -> tuple[np.ndarray, np.ndarray]:
    return mixed(rng, n, d), labels(rng, n, c)


@question("train_linear")
@weight(2)
def test_training_steps(submission, rng):
    """Every step goes against the gradient, as far as the learning rate says."""
    d, c = sizes(rng, 2)
    rate, steps = float(rng.uniform(100.0, 200.0)), int(rng.integers(3, 7))
    X, y = _points(rng, 9, d, c)
    W, _ = _train(submission, X, y, _slope, learning_rate=rate, steps=steps)
    slope = 1.0 + np.arange(d * c).reshape(d, c)
    agree("W", W, -rate * steps * slope, atol=START, factors={"steps": steps, "batch_size": 3, "rate": rate})


@question("train_linear")
@weight(2)
def test_training_losses(submission, rng):
    """There is one loss for each step, the one before it."""
    d, c = sizes(rng, 2)
    rate, steps = float(rng.uniform(100.0, 200.0)), int(rng.integers(3, 7))
    _, losses = _train(submission, *_points(rng, 9, d, c), _slope, learning_rate=rate, steps=steps)
    slope = float(np.sum(1.0 + np.arange(d * c)))
    agree("losses", losses, -rate * slope * np.arange(steps), atol=START * d * c)


@question("train_linear")
def test_training_of_new_weights(submission, rng):
    """Every step uses the weights of the step before."""
    rate, steps = float(rng.uniform(0.1, 0.4)), int(rng.integers(4, 8))
    W, losses = _train(submission, *_points(rng), _bowl, learning_rate=rate, steps=steps)
    agree("W", W, np.full((4, 3), 100.0 * (1.0 - (1.0 - 2.0 * rate) ** steps)), atol=START)
    agree("losses", losses, 12.0 * (100.0 * (1.0 - 2.0 * rate) ** np.arange(steps)) ** 2, rtol=1e-2)


@question("train_linear")
def test_training_start(submission, rng):
    """The weights start small and random, and another seed brings others."""
    X, y = _points(rng, 9, 40, 5)
    one, two = (_numbers("W", _train(submission, X, y, _flat, seed=s)[0], (40, 5), START) for s in _seeds(rng))
    for W in (one, two):
        size = float(np.sqrt(np.mean(W * W)))
        _require(
            size > 0.0003, "W", "starts at zero, or nearly so: start with random numbers of the size that is asked for"
        )
        _require(size < 0.003, "W", "starts with numbers that are too large: mind the factor")
        _require(len(np.unique(W)) == W.size, "W", "starts with the same number more than once: draw each by itself")
    _require(not np.any(one == two), "W", "starts alike for two seeds: make the random numbers from `seed`")


@question("train_linear")
def test_training_start_is_normal(submission, rng):
    """The weights start normally distributed around zero, as widely as the docstring says."""
    X, y = _points(rng, 30, 100, 20)
    first = _train(submission, X, y, _flat, seed=_seeds(rng)[0])[0]
    start = _numbers("W", first, (100, 20), START) / FACTOR
    _require_none(float(np.mean(start)), "W", "does not start around zero: draw from a standard normal distribution")
    with np.errstate(all="ignore"):
        octaves = float(np.log2(np.std(start)))
    _require_none(octaves, "W", "does not start scattered as widely as the docstring says: mind the factor")
    bell = abs(np.mean(np.abs(start) < 1) - 0.683) < 0.06 and abs(np.mean(np.abs(start) > 2) - 0.0455) < 0.03
    _require(bool(bell), "W", "does not look normally distributed at the start")


@question("train_linear")
def test_training_classes(submission, rng):
    """There is a column for every class up to the largest label, also for one without examples."""
    c = int(rng.integers(11, 15))
    y = rng.permutation(np.array([0, 1, c - 1, 1, 3]))
    W, _ = _train(submission, mixed(rng, 5, 4), y, _slope, learning_rate=100.0, steps=1)
    agree("W", W, -100.0 * (1.0 + np.arange(4 * c).reshape(4, c)), atol=START)


@question("train_linear")
def test_training_passes_reg_on(submission, rng):
    """The loss function gets the strength of the regularisation and alone takes care of it."""
    reg = float(rng.uniform(2.0, 5.0))
    W, losses = _train(submission, *_points(rng), _strength, reg=reg)
    agree("losses", losses, np.full(4, 100.0 * reg))
    agree("W", W, np.full((4, 3), -400.0 * reg), atol=START)


@question("train_linear")
def test_training_batch_size(submission, rng):
    """Every step uses as many examples as it should."""
    size = int(rng.integers(2, 5))
    W, losses = _train(submission, *_points(rng), _length, batch_size=size)
    agree("losses", losses, np.full(4, float(size)), factors={"N": 7})
    agree("W", W, np.full((4, 3), -400.0 * size), atol=START)


@question("train_linear")
def test_training_on_everything(submission, rng):
    """A batch as large as the data, or larger, holds every example once."""
    X = np.column_stack([2.0 ** np.arange(7), mixed(rng, 7)]) * 100.0
    for size in (7, int(rng.integers(8, 40))):
        W, losses = _train(submission, X, labels(rng, 7, 3), _sums, batch_size=size)
        agree("losses", losses, np.full(4, np.sum(X)))
        agree("W", W, np.tile(-4.0 * np.sum(X, axis=0)[:, None], (1, 3)), atol=START)


@question("train_linear")
def test_training_keeps_pairs(submission, rng):
    """Every example comes with its own label."""
    y = labels(rng, 12, 9)
    weights = np.full(12, rng.uniform(2.0, 5.0))
    W, losses = _train(submission, np.column_stack([2.0 * y + 1.0, weights]), y, _pairs)
    agree("losses", losses, weights[:4])
    agree("W", W, np.full((2, 9), -400.0), atol=START)


@question("train_linear")
@weight(2)
def test_training_draws_at_random(submission, rng):
    """Every example is drawn now and then, in an order that depends on the seed."""
    entries = rng.permutation(np.arange(2.0, 7.0)) * 3.0
    X, y = entries[:, None], labels(rng, 5, 2)
    settings = {"batch_size": 1, "steps": 150}
    runs = [_train(submission, X, y, _first_entry, seed=s, **settings) for s in _seeds(rng)]
    (W, one), (_, two) = runs
    agree("losses", sorted(set(_numbers("losses", one, (150,), 100.0))), np.sort(entries))
    agree("W", W, np.full((1, 2), -15000.0), atol=START)
    same = np.mean(_numbers("losses", one, (150,), 100.0) == _numbers("losses", two, (150,), 100.0))
    _require(bool(same < 0.9), "losses", "are those of the same examples for two seeds: let `seed` decide who is drawn")


@question("train_linear")
def test_training_draws_anew(submission, rng):
    """Examples are drawn for every step: no order is repeated time and again."""
    entries = rng.permutation(np.arange(2.0, 7.0)) * 3.0
    W, losses = _train(submission, entries[:, None], labels(rng, 5, 2), _first_entry, batch_size=1, steps=60)
    agree("W", W, np.full((1, 2), -6000.0), atol=START)
    drawn = _numbers("losses", losses, (60,), 100.0)
    agree("losses", sorted(set(drawn)), np.sort(entries))
    same = np.mean(drawn[5:] == drawn[:-5])
    _require(bool(same < 0.9), "losses", "are those of the same examples in every pass over the data: draw anew")


@question("train_linear")
def test_training_again(submission, rng):
    """The same seed brings the same result, and the data are as they were afterwards."""
    X, y = _points(rng, 9, 4, 3)
    W, losses = _train(submission, X, y, _cross_entropy, steps=6)
    again, losses_again = _train(submission, X, y, _cross_entropy, steps=6)
    agree("losses", losses_again, _numbers("losses", losses, (6,), np.inf))
    agree("W", again, _numbers("W", W, (4, 3), np.inf))
    after = submission.arguments_after("train_linear", X, y, _slope, 100.0, 0.5, 3, 2, 7)
    for name, now, before in zip("Xy", after, (X, y), strict=False):
        unchanged(name, now, before, of="train_linear")
    agree(
        "W",
        _train(submission, X, y, _slope, learning_rate=100.0, steps=1)[0],
        -100.0 * (1.0 + np.arange(12).reshape(4, 3)),
        atol=START,
    )


@question("train_linear")
@weight(2)
def test_training_learns(submission, rng):
    """On data that can be told apart the loss falls to nearly nothing, and the labels come out right."""
    centres = 4.0 * np.array([[1.0, 0.0], [-1.0, 1.0], [-1.0, -1.0]])
    y = labels(rng, 60, 3)
    X = np.column_stack([centres[y] + rng.uniform(-1.0, 1.0, size=(60, 2)), np.ones(60)])
    W, losses = _train(submission, X, y, _cross_entropy, learning_rate=0.3, reg=0.0, steps=80, batch_size=20)
    curve = _numbers("losses", losses, (80,), 10.0)
    agree("losses[0]", curve[0], np.log(3.0), rtol=0.05)
    _require(
        float(np.mean(curve[-10:])) < 0.2, "losses", "do not fall as they should on data that are easy to tell apart"
    )
    agree("labels", np.argmax(X @ _numbers("W", W, (3, 3), 1e3), axis=1), y)


@question("train_linear")
def test_training_on_bad_data(submission, rng):
    """Data that cannot be right raise ValueError; others are trained on."""
    X, y = _points(rng)
    wrong = y.copy()
    wrong[int(rng.integers(7))] = -1
    for bad_X, bad_y in ((X, wrong), (X[:0], y[:0]), (X, y[:-1]), (X, np.append(y, 1))):
        raises("ValueError", "train_linear", lambda a=bad_X, b=bad_y: _train(submission, a, b, _slope, batch_size=9))
    W, _ = _train(submission, X, y, _slope, learning_rate=100.0, steps=1)
    agree("W", W, -100.0 * (1.0 + np.arange(12).reshape(4, 3)), atol=START)


@question("train_linear")
def test_training_on_other_numbers(submission, rng):
    """Whole numbers, single precision and slices of arrays work, too."""
    y = labels(rng, 7, 3)
    for X in (100 * whole(rng, 7, 4), (100 * mixed(rng, 7, 4)).astype(np.float32), 100 * strided(rng, 7, 4)):
        W, _ = _train(submission, X, np.repeat(y, 2)[::2], _sums, batch_size=7)
        expected = np.tile(-4.0 * np.sum(X, axis=0, dtype=float)[:, None], (1, 3))
        agree("W", W, expected, atol=START)


@question("train_linear")
def test_training_of_the_smallest(submission, rng):
    """One example with a single feature is enough, and so is one step."""
    x = float(rng.uniform(200.0, 300.0))
    W, losses = _train(submission, np.array([[x]]), np.array([1]), _sums, steps=1)
    agree("losses", losses, [x])
    agree("W", W, np.full((1, 2), -x), atol=START)
