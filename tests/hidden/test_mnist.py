"""What a right solution of `mnist` does, question by question, on inputs that nobody knows before.

A classifier is of free design: nothing here looks into a model. It is judged by the labels that it gives, and a
submission is trained once on all training images, whose labels for the unseen ones serve every threshold.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from autograder.compare import agree, raises, unchanged
from autograder.datasets import load_mnist, load_test_digits
from autograder.draws import labels, mixed, sizes, strided, whole
from autograder.errors import CallFailed, Mismatch

question, weight, training = pytest.mark.question, pytest.mark.weight, pytest.mark.training

SEED = 7
"""What the three functions of a classifier get as seed where no test is about seeds."""
TWO_DIGITS = (6, 7)
"""Digits that any classifier can tell apart; neither is the label that comes out where all scores are NaN."""
FEW, FEW_TO_LEARN, PORTION = 300, 60, 2000
MOSTLY, GUESSING = 0.75, 0.25
"""Shares of right labels: a training on two digits reaches the first, and guessing one of the two the second."""


# prepare_images


def _images(rng: np.random.Generator, count: int) -> np.ndarray:
    """Draw images without structure, in which the darkest and the lightest pixel occur."""
    images = rng.integers(1, 255, size=(count, 28, 28)).astype(np.uint8)
    images[:, 3, 5], images[:, 20, 7] = 0, 255
    return images


def _check_rows(submission: Any, images: np.ndarray) -> None:
    """Compare prepared images with every pixel taken by itself, in reading order."""
    pixels = [[float(image[line, column]) / 255 for line in range(28) for column in range(28)] for image in images]
    agree("X", submission.prepare_images(images), np.array(pixels))


@question("prepare_images")
@weight(2)
def test_prepare_several_images(submission, rng):
    """Every pixel of several images is in its place, on the right scale."""
    _check_rows(submission, _images(rng, int(rng.integers(3, 8))))


@question("prepare_images")
def test_prepare_one_image(submission, rng):
    """A single image becomes a single row."""
    _check_rows(submission, _images(rng, 1))


@question("prepare_images")
def test_prepare_dim_images(submission, rng):
    """Images in which nothing is white stay as dim as they are."""
    _check_rows(submission, _images(rng, 3) // 4 + 1)


@question("prepare_images")
def test_prepare_view(submission, rng):
    """A slice of a larger array of images works like a copy of it."""
    images = _images(rng, 6)
    _check_rows(submission, images[::2])
    _check_rows(submission, images.transpose(0, 2, 1)[:2])


@question("prepare_images")
def test_prepare_other_numbers(submission, rng):
    """Pixels that are stored as larger integers or as floats count the same."""
    images = _images(rng, 2)
    for kind in (np.int64, np.float32, np.float64):
        _check_rows(submission, images.astype(kind))


@question("prepare_images")
def test_prepare_leaves_its_argument(submission, rng):
    """The images are as they were afterwards, also when they are floats, and the rows are right every time."""
    for images in (_images(rng, 2), _images(rng, 2).astype(np.float64)):
        unchanged("images", submission.arguments_after("prepare_images", images)[0], images, of="prepare_images")
        _check_rows(submission, images)
        _check_rows(submission, images)


# one_hot


def _check_one_hot(submission: Any, given: Any, *classes: int) -> None:
    """Compare with zeros in which one entry after the other is set."""
    count = len(given)
    expected = np.zeros((count, *(classes or (10,))))
    for row in range(count):
        expected[row, int(given[row])] = 1.0
    agree("rows", submission.one_hot(given, *classes), expected)


@question("one_hot")
@weight(2)
def test_one_hot_of_digits(submission, rng):
    """Labels of digits become rows of ten, one after the other."""
    _check_one_hot(submission, labels(rng, int(rng.integers(12, 20)), 10))


@question("one_hot")
@weight(2)
def test_one_hot_of_other_numbers_of_classes(submission, rng):
    """There may be fewer classes than ten, or more."""
    for classes in (2, int(rng.integers(3, 9)), int(rng.integers(11, 20))):
        _check_one_hot(submission, labels(rng, 3 * classes + 1, classes), classes)


@question("one_hot")
def test_one_hot_of_classes_that_do_not_occur(submission, rng):
    """A class without a label has its column, too."""
    classes = int(rng.integers(5, 9))
    _check_one_hot(submission, labels(rng, 7, classes - 2), classes)
    _check_one_hot(submission, 1 + labels(rng, 7, classes - 3), classes)


@question("one_hot")
def test_one_hot_of_one_label(submission, rng):
    """A single label becomes a single row."""
    _check_one_hot(submission, rng.integers(1, 9, size=1))


@question("one_hot")
def test_one_hot_of_other_arrays(submission, rng):
    """Labels stored in few bits, in a slice or in a list count the same."""
    given = labels(rng, 12, 10)
    for form in (given.astype(np.uint8), given.astype(np.int32), given[::-2], given.tolist()):
        _check_one_hot(submission, form)


@question("one_hot")
def test_one_hot_of_a_label_that_is_too_large(submission, rng):
    """A label that is too large, even by one, raises ValueError; the others become the right rows."""
    classes = int(rng.integers(4, 9))
    given = labels(rng, 6, classes)
    _check_one_hot(submission, given, classes)
    for wrong in (classes, classes + 3):
        given[rng.integers(6)] = wrong
        raises("ValueError", "one_hot", functools.partial(submission.one_hot, given.copy(), classes))


@question("one_hot")
def test_one_hot_of_a_negative_label(submission, rng):
    """A label below zero raises ValueError; the others become the right rows."""
    classes = int(rng.integers(4, 9))
    given = labels(rng, 6, classes)
    _check_one_hot(submission, given, classes)
    given[rng.integers(6)] = -1
    raises("ValueError", "one_hot", lambda: submission.one_hot(given, classes))


@question("one_hot")
def test_one_hot_of_a_fraction(submission, rng):
    """A label that is no whole number raises ValueError; the others become the right rows."""
    classes = int(rng.integers(4, 9))
    given = labels(rng, 6, classes)
    _check_one_hot(submission, given, classes)
    between = np.array([0.5 + rng.integers(classes - 1)])
    raises("ValueError", "one_hot", lambda: submission.one_hot(between, classes))


@question("one_hot")
def test_one_hot_leaves_its_argument(submission, rng):
    """The labels are as they were afterwards, and the rows are right every time."""
    given = labels(rng, 11, 10)
    unchanged("labels", submission.arguments_after("one_hot", given)[0], given, of="one_hot")
    _check_one_hot(submission, given)
    _check_one_hot(submission, given)


# forward_pass_trace


def _network(rng: np.random.Generator, *widths: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Draw weights and biases that neither saturate the neurons nor leave them without effect."""
    layers = itertools.pairwise(widths)
    return [(mixed(rng, before, after) / np.sqrt(before), mixed(rng, after) / 2) for before, after in layers]


def _trace(params: Any, x: Any) -> list[tuple[np.ndarray, np.ndarray]]:
    """Work out sums and activations by closed forms: both activations by the logarithm of a sum of powers."""
    trace, a = [], np.asarray(x, dtype=np.float64)
    for W, b in params:
        z = np.sum(a[:, None] * np.asarray(W, dtype=np.float64), axis=0) + np.asarray(b, dtype=np.float64)
        a = np.exp(-np.logaddexp(0.0, -z))
        trace.append((z, a))
    return [*trace[:-1], (z, np.exp(z - np.logaddexp.reduce(z)))]


def _check_trace(submission: Any, params: Any, x: Any, **tolerances: float) -> None:
    agree("trace", submission.forward_pass_trace(params, x), _trace(params, x), **tolerances)


@question("forward_pass_trace")
@weight(2)
def test_trace_of_two_layers(submission, rng):
    """Sums and activations of a network with one hidden layer are right."""
    D, H, C = sizes(rng, 3)
    _check_trace(submission, _network(rng, D, H, C), mixed(rng, D))


@question("forward_pass_trace")
@weight(2)
def test_trace_of_more_layers(submission, rng):
    """Sums and activations of networks with more hidden layers are right."""
    for count in (4, 5):
        widths = sizes(rng, count)
        _check_trace(submission, _network(rng, *widths), mixed(rng, widths[0]))


@question("forward_pass_trace")
@weight(2)
def test_trace_of_an_image(submission, rng):
    """An image of the usual size runs through a network with ten outputs."""
    _check_trace(submission, _network(rng, 784, 16, 10), rng.uniform(size=784))


@question("forward_pass_trace")
def test_trace_of_one_layer(submission, rng):
    """A network without a hidden layer has one pair, and its activation is softmax."""
    D, C = sizes(rng, 2)
    _check_trace(submission, _network(rng, D, C), mixed(rng, D))


@question("forward_pass_trace")
def test_trace_of_one_input(submission, rng):
    """One input, one hidden neuron and two classes are a network, too."""
    _check_trace(submission, _network(rng, 1, 1, 2), mixed(rng, 1))


@question("forward_pass_trace")
def test_trace_at_large_numbers(submission, rng):
    """Weighted sums of a thousand, of either sign, bring numbers and no NaN."""
    params = _network(rng, 4, 3, 5)
    scale = 1000 / np.max(np.abs(_trace(params, np.ones(4))[0][0]))
    rough = {"rtol": 1e-3, "atol": 1e-3}  # single precision leaves no more of what lies on top of a thousand
    _check_trace(submission, params, np.full(4, scale), **rough)
    _check_trace(submission, params, np.full(4, -scale), **rough)
    W, b = params[1]
    far_apart = 1000.0 * rng.permutation([1.0, -1.0, 0.0, 0.0, 0.0])
    for shift in (1000.0, -1000.0, far_apart):
        _check_trace(submission, [params[0], (W, b + shift)], mixed(rng, 4), **rough)


@question("forward_pass_trace")
def test_trace_of_other_numbers(submission, rng):
    """Integers, single precision and slices of arrays work, too."""
    params = _network(rng, 3, 4, 2)
    _check_trace(submission, params, whole(rng, 3))
    _check_trace(submission, [(whole(rng, 3, 4), whole(rng, 4)), (whole(rng, 4, 2), whole(rng, 2))], mixed(rng, 3))
    single = [(W.astype(np.float32), b.astype(np.float32)) for W, b in params]
    _check_trace(submission, single, mixed(rng, 3).astype(np.float32))
    _check_trace(submission, [(strided(rng, 3, 4), params[0][1]), params[1]], mixed(rng, 6)[::-2])


@question("forward_pass_trace")
def test_trace_leaves_its_arguments(submission, rng):
    """Network and image are as they were afterwards, and the trace is right every time."""
    params, x = _network(rng, 3, 4, 2), mixed(rng, 3)
    after = submission.arguments_after("forward_pass_trace", params, x)
    unchanged("params", after[0], params, of="forward_pass_trace")
    unchanged("x", after[1], x, of="forward_pass_trace")
    _check_trace(submission, params, x)
    _check_trace(submission, params, x)


# accuracy


def _guesses(rng: np.random.Generator, actual: np.ndarray, right: int) -> np.ndarray:
    """Return labels of which `right` are those of `actual`, at places drawn at random, and the others are not."""
    wrong = rng.permutation(len(actual))[right:]
    predicted = actual.copy()
    predicted[wrong] = (actual[wrong] + rng.integers(1, 10, size=len(wrong))) % 10
    return predicted


def _check_accuracy(submission: Any, rng: np.random.Generator, count: int, right: int) -> None:
    actual = rng.integers(10, size=count)
    got = submission.accuracy(_guesses(rng, actual, right), actual)
    agree("accuracy", got, right / count, factors={"N": count, "100": 100})


@question("accuracy")
@weight(2)
def test_accuracy_of_random_labels(submission, rng):
    """The share of right labels is right."""
    for _ in range(3):
        count = int(rng.integers(20, 60))
        _check_accuracy(submission, rng, count, int(rng.integers(5, 15)))


@question("accuracy")
def test_accuracy_of_all_and_none(submission, rng):
    """All right, none right and all but one right are told apart."""
    count = int(rng.integers(7, 30))
    for right in (count, 0, count - 1):
        _check_accuracy(submission, rng, count, right)


@question("accuracy")
def test_accuracy_of_one_label(submission, rng):
    """A single label is right or wrong."""
    for right in rng.permutation(2):
        _check_accuracy(submission, rng, 1, int(right))


@question("accuracy")
def test_accuracy_of_other_arrays(submission, rng):
    """Labels stored in few bits, in a slice or in a list count the same."""
    actual = labels(rng, 24, 10)
    predicted = _guesses(rng, actual, 9)
    forms: list[Callable[[np.ndarray], Any]] = [lambda v: v.astype(np.uint8), np.ndarray.tolist, lambda v: v[::-1]]
    for form in forms:
        agree("accuracy", submission.accuracy(form(predicted), form(actual)), 9 / 24)
        agree("accuracy", submission.accuracy(predicted[::2], actual[::2]), np.mean((predicted == actual)[::2]))


@question("accuracy")
def test_accuracy_of_nothing(submission, rng):
    """No labels at all raise ValueError; some have an accuracy."""
    _check_accuracy(submission, rng, 13, 8)
    nothing = np.zeros(0, dtype=np.int64)
    raises("ValueError", "accuracy", lambda: submission.accuracy(nothing, nothing))


@question("accuracy")
def test_accuracy_of_different_numbers_of_labels(submission, rng):
    """More labels on one side than on the other raise ValueError; as many on both have an accuracy."""
    _check_accuracy(submission, rng, 13, 8)
    some = labels(rng, int(rng.integers(5, 9)), 10)
    raises("ValueError", "accuracy", lambda: submission.accuracy(some[:-1], some))
    raises("ValueError", "accuracy", lambda: submission.accuracy(some, some[:1]))


@question("accuracy")
def test_accuracy_leaves_its_arguments(submission, rng):
    """The labels are as they were afterwards, and the share is right every time."""
    actual = labels(rng, 17, 10)
    predicted = _guesses(rng, actual, 5)
    after = submission.arguments_after("accuracy", predicted, actual)
    unchanged("predicted", after[0], predicted, of="accuracy")
    unchanged("actual", after[1], actual, of="accuracy")
    for _ in range(2):
        agree("accuracy", submission.accuracy(predicted, actual), 5 / 17)


# confusion_matrix


def _check_confusion(submission: Any, predicted: Any, actual: Any, *classes: int) -> None:
    """Compare with the pairs counted one by one."""
    size = classes[0] if classes else 10
    counts = [
        [sum((i, j) == pair for pair in zip(actual, predicted, strict=True)) for j in range(size)] for i in range(size)
    ]
    agree(
        "matrix", submission.confusion_matrix(predicted, actual, *classes), np.array(counts), factors={"N": len(actual)}
    )


def _pairs(rng: np.random.Generator, classes: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw labels such that every class occurs on both sides, most pairs are right and one mistake comes again."""
    actual = labels(rng, count, classes)
    predicted = np.where(rng.uniform(size=count) < 0.6, actual, labels(rng, count, classes))
    mistake = rng.permutation(classes)[:2]
    actual[:4], predicted[:4] = mistake[0], mistake[1]
    return predicted, actual


@question("confusion_matrix")
@weight(2)
def test_confusion_of_digits(submission, rng):
    """Each pair of digits is counted, as often as it comes."""
    _check_confusion(submission, *_pairs(rng, 10, 60))


@question("confusion_matrix")
@weight(2)
def test_confusion_of_other_numbers_of_classes(submission, rng):
    """There may be fewer classes than ten, or more."""
    for classes in (2, int(rng.integers(3, 9)), int(rng.integers(11, 14))):
        _check_confusion(submission, *_pairs(rng, classes, 30), classes)


@question("confusion_matrix")
def test_confusion_of_classes_that_do_not_occur(submission, rng):
    """A class that never occurs has a row and a column of zeros."""
    predicted, actual = _pairs(rng, 4, 20)
    _check_confusion(submission, predicted, actual, 6)
    _check_confusion(submission, predicted + 2, actual + 1)


@question("confusion_matrix")
def test_confusion_of_one_pair(submission, rng):
    """A single pair is counted once, in its place."""
    actual, predicted = rng.permutation(10)[:2]
    _check_confusion(submission, np.array([predicted]), np.array([actual]))


@question("confusion_matrix")
def test_confusion_of_other_arrays(submission, rng):
    """Labels stored in few bits, in a slice or in a list count the same."""
    predicted, actual = _pairs(rng, 5, 16)
    _check_confusion(submission, predicted.astype(np.uint8), actual.astype(np.uint8), 5)
    _check_confusion(submission, predicted.tolist(), actual.tolist(), 5)
    _check_confusion(submission, predicted[::-2], actual[::-2], 5)


@question("confusion_matrix")
@pytest.mark.parametrize("side", ["predicted", "actual"])
def test_confusion_of_a_label_out_of_range(submission, rng, side):
    """A label out of range, on one side only, raises ValueError; without it all pairs are counted."""
    classes = int(rng.integers(4, 8))
    both = dict(zip(("predicted", "actual"), _pairs(rng, classes, 12), strict=True))
    _check_confusion(submission, both["predicted"], both["actual"], classes)
    for wrong in (classes, -1):
        both[side][rng.integers(12)] = wrong
        arguments = (both["predicted"].copy(), both["actual"].copy(), classes)
        raises("ValueError", "confusion_matrix", functools.partial(submission.confusion_matrix, *arguments))
        both[side][both[side] == wrong] = 0


@question("confusion_matrix")
def test_confusion_of_different_numbers_of_labels(submission, rng):
    """More labels on one side than on the other raise ValueError; as many on both are counted."""
    predicted, actual = _pairs(rng, 5, int(rng.integers(12, 20)))
    _check_confusion(submission, predicted, actual, 5)
    for said, there in ((predicted[:-1], actual), (predicted, actual[:-2])):
        arguments = (said.copy(), there.copy(), 5)
        raises("ValueError", "confusion_matrix", functools.partial(submission.confusion_matrix, *arguments))


@question("confusion_matrix")
def test_confusion_leaves_its_arguments(submission, rng):
    """The labels are as they were afterwards, and the counts do not add up from call to call."""
    predicted, actual = _pairs(rng, 6, 20)
    after = submission.arguments_after("confusion_matrix", predicted, actual, 6)
    unchanged("predicted", after[0], predicted, of="confusion_matrix")
    unchanged("actual", after[1], actual, of="confusion_matrix")
    _check_confusion(submission, predicted, actual, 6)
    _check_confusion(submission, predicted, actual, 6)


# What the tests of a classifier have in common


def _fault(name: str, words: str, got: Any = None) -> Mismatch:
    """Return what is wrong with a classifier, with a `got` so coarse that classifiers of the same fault share it."""
    return Mismatch(name, "structure", words, path=name, got=got, expected=None)


def _prepared(images: np.ndarray) -> np.ndarray:
    return images.reshape(len(images), -1) / 255.0


@functools.cache
def _training_digits() -> tuple[np.ndarray, np.ndarray]:
    """Return the prepared training images and their labels. Both are copied or sent wherever they go."""
    digits = load_mnist()
    return _prepared(digits.images), digits.labels


@functools.cache
def _pictures() -> np.ndarray:
    """Return a medley of pictures that models take for different digits: images, negatives, noise."""
    rng = np.random.default_rng(SEED)
    X = _training_digits()[0][rng.permutation(1000)[:FEW]]
    noise = rng.uniform(size=X.shape) * (rng.uniform(size=X.shape) < rng.uniform(size=(FEW, 1)))
    return np.concatenate([X, 1.0 - X, noise])[rng.permutation(3 * FEW)]


def _label_each(value: Any, count: int) -> np.ndarray:
    """Return the labels in what predict_digits returned, or raise what is wrong with their form."""
    if value is None:
        raise _fault("labels", "`predict_digits` returned None: did you forget `return`?")
    if getattr(value, "is_handle", False) or isinstance(value, dict | str):
        raise _fault("labels", "`predict_digits` should return an array of whole numbers")
    try:
        array = np.asarray(value)
    except ValueError:
        array = np.empty(0, dtype=object)
    if array.dtype.kind not in "iuf":
        raise _fault("labels", "`predict_digits` should return an array of whole numbers", array.ndim)
    if array.shape == (count,):
        return array
    if array.ndim == 2 and len(array) == count and array.shape[1] > 1:
        if np.array_equal(np.sort(array, axis=1), np.eye(array.shape[1])[[-1] * count]):
            raise _fault("one-hot labels", "`predict_digits` returned a row of zeros and a one for each image")
        raise _fault("scores", "`predict_digits` returned a row of numbers for each image, where one label is wanted")
    raise _fault("labels", "`predict_digits` should return one label for each image", list(array.shape))


def _labels_of_any_form(value: Any, count: int) -> np.ndarray:
    """Return the labels, also where they hide in scores or in rows of one: that slip is another question's."""
    if isinstance(value, np.ndarray) and value.ndim == 2 and len(value) == count:
        value = np.argmax(value, axis=1) if value.shape[1] > 1 else value[:, 0]
    return _label_each(value, count)


def _predicted(submission: Any, model: Any, X: np.ndarray) -> np.ndarray:
    return _labels_of_any_form(submission.predict_digits(model, X), len(X))


def _built(submission: Any, seed: int = SEED) -> Any:
    """Return an untrained model."""
    model = submission.build_classifier(seed)
    if model is None:
        raise _fault("model", "`build_classifier` returned None: did you forget `return`?")
    return model


def _trained(submission: Any, X: np.ndarray, y: np.ndarray) -> Any:
    """Return a model trained on these images."""
    model = submission.train_classifier(_built(submission), X, y, SEED)
    if model is None:
        raise _fault("trained model", "`train_classifier` returned None: did you forget `return`?")
    return model


class _Once:
    """Results that several tests of one submission share, so that each submission is trained as rarely as possible.

    They are kept by the submission itself: a model or a failure may refer to it, and nothing else may outlive it.
    """

    def __init__(self, work: Callable[..., Any]) -> None:
        self._work = work

    def __call__(self, submission: Any, *others: Any) -> Any:
        """Return what the work returned for this submission the first time, or raise what it raised."""
        done = vars(submission).setdefault("_done_once", {})
        if self not in done:
            try:
                with threadpool_limits(1):  # more threads get in each other's way where several processes train
                    done[self] = self._work(submission, *others), None
            except (CallFailed, Mismatch) as failure:
                done[self] = None, _without_frames(failure)
        result, failure = done[self]
        if failure is not None:
            raise failure
        return result


def _without_frames(failure: Any) -> Any:
    """Return the failure without the frames that it came through, which hold copies of all images."""
    failure.__cause__ = failure.__context__ = None
    return failure.with_traceback(None)


@dataclass(frozen=True)
class _Lesson:
    """A short training: its images and labels, and what the model says to the images before and after."""

    model: Any
    X: np.ndarray
    y: np.ndarray
    before: np.ndarray
    after: np.ndarray
    between: np.ndarray
    """What the trained model says to blends of one digit with the other, which are hard to tell."""


def _two_digits() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a few images of two digits, their labels, and blends of the two."""
    X, y = _training_digits()
    rng = np.random.default_rng(SEED)
    one, other = (rng.permutation(np.flatnonzero(y == digit))[: FEW // 2] for digit in TWO_DIGITS)
    share = rng.uniform(0.3, 0.7, size=(len(other), 1))
    chosen = rng.permutation(np.concatenate([one, other]))
    return X[chosen], y[chosen], share * X[one[: len(other)]] + (1 - share) * X[other]


@_Once
def _lesson(submission: Any) -> _Lesson:
    """Train on two digits."""
    X, y, blends = _two_digits()
    before = _predicted(submission, _built(submission), X)
    model = _trained(submission, X, y)
    try:
        after, between = _predicted(submission, model, X), _predicted(submission, model, blends)
    except CallFailed as failure:
        if failure.kind != "raised":
            raise
        words = "`predict_digits` can use what `build_classifier` returns, but not what `train_classifier` returns"
        raise _fault("trained model", words, 0) from failure
    return _Lesson(model, X, y, before, after, between)


def _require_effect(lesson: _Lesson) -> None:
    if np.array_equal(lesson.before, lesson.after):
        raise _fault("training", "after training the model says the same as before, to every image")


def _require_learning(submission: Any) -> _Lesson:
    """Return the lesson where it had an effect, and the right one."""
    lesson = _lesson(submission)
    share = np.mean(lesson.after == lesson.y)
    if share >= MOSTLY:
        return lesson
    _require_effect(lesson)
    if share >= GUESSING:
        raise _fault("training", "after training the model tells two digits apart no better than by guessing", 1)
    if not lesson.after.any():  # what argmax says where all scores are NaN
        raise _fault("training", "after training the model takes every image for the first digit", 2)
    if np.mean(lesson.after == lesson.y + 1) >= MOSTLY:
        raise _fault("labels", "most labels are too large by one")
    raise _fault("training", "after training the model reads the images it was trained on worse than by guessing", 3)


# build_classifier


def _contents(value: Any) -> tuple[list[np.ndarray], bool]:
    """Return all numbers in nested dicts, lists and tuples, and whether there is an object that shows none."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        parts = [_contents(item) for item in value]
        return [array for arrays, _ in parts for array in arrays], any(hidden for _, hidden in parts)
    if getattr(value, "is_handle", False):
        return [], True
    return ([np.ravel(value)] if np.asarray(value).dtype.kind in "biufc" else []), False


def _behaviour(submission: Any, seed: int) -> np.ndarray:
    """Return what an untrained model says to the medley; where that is always the same, what it says once trained."""
    said = _predicted(submission, _built(submission, seed), _pictures())
    if len(np.unique(said)) > 1:
        return said
    X, y, blends = _two_digits()
    model = submission.train_classifier(_built(submission, seed), X[:FEW_TO_LEARN], y[:FEW_TO_LEARN], SEED)
    return _predicted(submission, model, np.concatenate([blends, _pictures()]))


def _untrained(submission: Any, seed: int) -> np.ndarray:
    """Return what tells one untrained model from another: its numbers and, where it hides them, what it says."""
    numbers, hidden = _contents(_built(submission, seed))
    found = np.concatenate([*numbers, *([_behaviour(submission, seed)] if hidden else [])] or [np.zeros(0)])
    if len(np.unique(found[found != 0])) < 2:
        raise _fault("model", "all numbers in the untrained model are the same, so that the seed changes nothing", 4)
    return found


def _random(submission: Any, *seeds: int) -> list[np.ndarray]:
    """Return the untrained models of several seeds, as far as one can see, where no two of them are the same."""
    found = [_untrained(submission, seed) for seed in seeds]
    if any(np.array_equal(one, other) for one, other in itertools.combinations(found, 2)):
        raise _fault("model", "models built with different seeds are the same", 0)
    return found


def _seed(rng: np.random.Generator) -> int:
    return int(rng.integers(1, 1 << 30))


@question("build_classifier")
def test_build_again(submission, rng):
    """The same seed gives the same model, and not everybody's."""
    seed = _seed(rng)
    found, _ = _random(submission, seed, seed + 1)
    if not np.array_equal(found, _untrained(submission, seed)):
        raise _fault("model", "two models built with the same seed differ", 1)


@question("build_classifier")
def test_build_another(submission, rng):
    """Another seed gives another model."""
    _random(submission, _seed(rng), _seed(rng), _seed(rng))


@question("build_classifier")
def test_build_with_seed_zero(submission, rng):
    """Zero is a seed like any other."""
    found, _ = _random(submission, 0, _seed(rng))
    if not np.array_equal(found, _untrained(submission, 0)):
        raise _fault("model", "two models built with the seed zero differ", 2)


@question("build_classifier")
@training
def test_build_something_that_learns(submission, rng):
    """The random model can be trained: it learns to tell two digits apart."""
    _random(submission, _seed(rng), SEED)
    _require_learning(submission)


@question("build_classifier")
@training
def test_build_room_for_all_digits(submission, rng):
    """The model is random, and has room for all ten digits."""
    _random(submission, _seed(rng), SEED)
    X, y = _training_digits()
    chosen = np.concatenate([rng.permutation(np.flatnonzero(y == digit))[:8] for digit in range(10)])
    try:
        model = _trained(submission, X[chosen], y[chosen])
    except CallFailed as failure:
        if failure.kind != "raised" or failure.exception == "NotImplementedError":
            raise
        raise _fault("model", "a model that you build cannot be trained on images of all ten digits", 3) from failure
    _predicted(submission, model, X[chosen])


# predict_digits


def _reader(submission: Any) -> Any:
    """Return a model that was trained on two digits, or an untrained one, so that a slip in the training costs nothing.

    An untrained model alone would not do: one whose last layer starts at zero says the same to every image.
    """
    with suppress(CallFailed, Mismatch):
        lesson = _lesson(submission)
        if len(np.unique(_predicted(submission, lesson.model, lesson.X))) > 1:
            return lesson.model
    return _built(submission)


def _reading(submission: Any, rng: np.random.Generator) -> tuple[Any, np.ndarray, np.ndarray]:
    """Return a model, pictures and what the model says to them, where that depends on each picture and nothing else."""
    X = rng.permutation(_pictures())[:FEW]
    model = _reader(submission)
    said = _label_each(submission.predict_digits(model, X), len(X))
    if len(np.unique(said)) == 1:
        raise _fault("labels", "`predict_digits` gives every image the same label")
    order = rng.permutation(len(X))
    if not np.array_equal(_label_each(submission.predict_digits(model, X[order]), len(X)), said[order]):
        raise _fault("labels", "the same images in another order get other labels", 1)
    return model, X, said


def _same_labels(submission: Any, model: Any, X: Any, said: np.ndarray, words: str, code: int) -> None:
    if not np.array_equal(_label_each(submission.predict_digits(model, X), len(X)), said):
        raise _fault("labels", words, code)


@question("predict_digits")
@weight(2)
@training
def test_predict_what_was_learned(submission):
    """A model that was trained on two digits gives these labels to their images."""
    lesson = _lesson(submission)
    _label_each(submission.predict_digits(_built(submission), lesson.X), len(lesson.X))
    _require_learning(submission)


@question("predict_digits")
def test_predict_another_order(submission, rng):
    """Each image gets a label, and keeps it when the images come in another order."""
    _reading(submission, rng)


@question("predict_digits")
def test_predict_whole_numbers(submission, rng):
    """The labels are integers, and digits."""
    model, X, _ = _reading(submission, rng)
    said = np.asarray(submission.predict_digits(model, X))
    if said.dtype.kind not in "iu":
        raise _fault("labels", "the labels are floats, where integers are wanted", 2)
    if not np.isin(said, range(10)).all():
        raise _fault("labels", "there is a label that is no digit", 3)


@question("predict_digits")
def test_predict_one_image(submission, rng):
    """A single image gets the label that it gets among others."""
    model, X, said = _reading(submission, rng)
    for index in range(20):
        one = X[index : index + 1]
        _same_labels(submission, model, one, said[index : index + 1], "an image by itself gets another label", 4)


@question("predict_digits")
def test_predict_small_batches(submission, rng):
    """Images get the same labels in small batches as in a large one."""
    model, X, said = _reading(submission, rng)
    for part in np.array_split(np.arange(len(X)), 13):
        _same_labels(submission, model, X[part], said[part], "images get other labels in small batches", 5)


@question("predict_digits")
def test_predict_other_arrays(submission, rng):
    """Slices of arrays are read like copies, and pixels in single precision like the same pixels in double."""
    model, X, said = _reading(submission, rng)
    _same_labels(submission, model, np.asfortranarray(X)[::-3], said[::-3], "a slice gets other labels than a copy", 6)
    rounded = X.astype(np.float32)
    exact = _label_each(submission.predict_digits(model, rounded.astype(np.float64)), len(X))
    got = _label_each(submission.predict_digits(model, rounded), len(X))
    if np.mean(got == exact) < 0.98:  # scores that all but tie may change places
        raise _fault("labels", "pixels in single precision get other labels", 7)


@question("predict_digits")
def test_predict_depends_on_the_model(submission, rng):
    """Two models, a trained one and an untrained one of another seed, do not agree on everything."""
    _, X, said = _reading(submission, rng)
    other = _built(submission, SEED + 1)
    if np.array_equal(_label_each(submission.predict_digits(other, X), len(X)), said):
        raise _fault("labels", "whatever the model, the labels are the same", 8)


@question("predict_digits")
def test_predict_leaves_its_argument(submission, rng):
    """The images are as they were afterwards, and get the same labels every time."""
    model, X, said = _reading(submission, rng)
    if not np.array_equal(submission.arguments_after("predict_digits", model, X)[1], X):
        raise Mismatch(
            "X",
            "argument",
            "`predict_digits` changed its argument `X` in place: work on a copy",
            path="X",
            got=None,
            expected=None,
        )
    _same_labels(submission, model, X, said, "the same images get other labels the second time", 9)


# train_classifier


@question("train_classifier")
@weight(2)
def test_train_on_two_digits(submission):
    """A few images of two digits are enough to tell the two apart, though the other eight are missing."""
    _require_learning(submission)


@_Once
def _share_of_unseen_digits(submission: Any, rng: np.random.Generator) -> float:
    """Train on all training images, as often as the submission likes; return the share of unseen ones that it reads."""
    _require_effect(_lesson(submission))
    unseen = load_test_digits()
    X, y = _training_digits()
    model = _trained(submission, X, y)
    order = rng.permutation(len(unseen.labels))
    portions = np.array_split(order, len(order) // PORTION)
    right = [_predicted(submission, model, _prepared(unseen.images[p])) == unseen.labels[p] for p in portions]
    return float(np.mean(np.concatenate(right)))


def _require_share(submission: Any, rng: np.random.Generator, least: float) -> None:
    share = _share_of_unseen_digits(submission, rng)
    if share < least:
        raise _fault("accuracy", "your classifier does not read as many of the unseen digits as this check asks for")


@question("train_classifier")
@weight(2)
@training
def test_train_to_four_fifths(submission, rng):
    """At least four fifths of the unseen digits are read rightly."""
    _require_share(submission, rng, 0.80)


@question("train_classifier")
@weight(2)
@training
def test_train_to_nine_tenths(submission, rng):
    """At least nine tenths of the unseen digits are read rightly."""
    _require_share(submission, rng, 0.90)


@question("train_classifier")
@weight(3)
@training
def test_train_to_ninety_three_in_a_hundred(submission, rng):
    """At least ninety-three in a hundred of the unseen digits are read rightly."""
    _require_share(submission, rng, 0.93)


@question("train_classifier")
@weight(4)
@training
def test_train_to_ninety_five_in_a_hundred(submission, rng):
    """At least ninety-five in a hundred of the unseen digits are read rightly."""
    _require_share(submission, rng, 0.95)


@question("train_classifier")
@weight(2)
def test_train_again(submission):
    """The same call gives the same classifier, and one that has learned something."""
    lesson = _require_learning(submission)
    blends = _two_digits()[2]
    again = _predicted(submission, _trained(submission, lesson.X, lesson.y), blends)
    if not np.array_equal(again, lesson.between):
        raise _fault("training", "two trainings with the same seed end in classifiers that disagree", 4)


@question("train_classifier")
@weight(2)
def test_train_leaves_its_arguments(submission):
    """Images and labels are as they were afterwards, and what was learned is right."""
    lesson = _require_learning(submission)
    X, y = lesson.X[:40], lesson.y[:40]
    after = submission.arguments_after("train_classifier", _built(submission), X, y, SEED)
    changed = [not np.array_equal(value, before) for value, before in ((after[1], X), (after[2], y))]
    if any(changed):
        name = "X" if changed[0] else "y"
        words = f"`train_classifier` changed its argument `{name}` in place: work on a copy"
        raise Mismatch(name, "argument", words, path=name, got=changed, expected=None)


@question("train_classifier")
def test_train_on_one_image(submission):
    """Even a single image can be trained on."""
    lesson = _require_learning(submission)
    model = _trained(submission, lesson.X[:1], lesson.y[:1])
    _predicted(submission, model, lesson.X)
