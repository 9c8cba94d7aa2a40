"""The checks behind `check(...)`: worked examples, properties, and what your classifier makes of the training digits.

Nothing here is secret. A grade also counts checks on inputs, and on handwritten digits, that nobody knows before.
"""

from __future__ import annotations

import functools
import time
from contextlib import suppress
from typing import Any

import numpy as np
import pytest

from autograder.compare import agree, raises, unchanged
from autograder.datasets import Digits, load_mnist
from autograder.errors import CallFailed, Mismatch

question, training = pytest.mark.question, pytest.mark.training

SEED = 1
TRAINING_SECONDS = 30
"""What `training_seconds` of this assignment is in course.yml, which a student's own kernel does not read."""


def _fault(name: str, words: str, got: Any = None) -> Mismatch:
    return Mismatch(name, "structure", words, path=name, got=got, expected=None)


# prepare_images


def _two_images() -> np.ndarray:
    """Return a dark image with three lighter pixels, and one that is grey all over."""
    images = np.zeros((2, 28, 28), dtype=np.uint8)
    images[0, 0, 1], images[0, 1, 0], images[0, 27, 27] = 255, 51, 102
    images[1] = 153
    return images


def _two_rows() -> np.ndarray:
    rows = np.zeros((2, 784))
    rows[0, 1], rows[0, 28], rows[0, 783] = 1.0, 0.2, 0.4
    rows[1] = 0.6
    return rows


@question("prepare_images")
def test_prepare_two_images(submission):
    """White is one, black is zero, and the second line of an image follows its first."""
    agree("X", submission.prepare_images(_two_images()), _two_rows())


@question("prepare_images")
def test_prepare_a_grey_image(submission):
    """A single grey image stays grey."""
    agree("X", submission.prepare_images(_two_images()[1:]), _two_rows()[1:])


@question("prepare_images")
def test_prepare_leaves_the_images(submission):
    """The images are as they were afterwards, and the rows are right."""
    images = _two_images().astype(np.float64)
    unchanged("images", submission.arguments_after("prepare_images", images)[0], images)
    agree("X", submission.prepare_images(images), _two_rows())


# one_hot


@question("one_hot")
def test_one_hot_of_three_digits(submission):
    """Labels of digits become rows of ten."""
    expected = np.zeros((3, 10))
    expected[0, 3] = expected[1, 0] = expected[2, 7] = 1.0
    agree("rows", submission.one_hot(np.array([3, 0, 7])), expected)


@question("one_hot")
def test_one_hot_of_four_classes(submission):
    """With four classes the rows have four entries, whatever labels occur."""
    agree("rows", submission.one_hot(np.array([1, 0, 1]), 4), [[0, 1, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0]])


@question("one_hot")
def test_one_hot_of_wrong_labels(submission):
    """A label that is too large, negative or a fraction raises ValueError, the others do not."""
    agree("rows", submission.one_hot(np.array([2, 0]), 3), [[0, 0, 1], [1, 0, 0]])
    raises("ValueError", "one_hot", lambda: submission.one_hot(np.array([0, 3]), 3))
    raises("ValueError", "one_hot", lambda: submission.one_hot(np.array([0, -1]), 3))
    raises("ValueError", "one_hot", lambda: submission.one_hot(np.array([1.5]), 3))


# forward_pass_trace

LN3 = float(np.log(3.0))
HIDDEN = (np.array([[0.0, 1.0], [0.5, -1.0]]), np.array([-1.0, 1.0]))
LAST = (np.array([[1.0, 0.0], [1.0, 2 * LN3]]), np.array([-1.0, 0.0]))


@question("forward_pass_trace")
def test_trace_by_hand(submission):
    """A network of two layers, worked out by hand: the hidden neurons fire at a half, the classes get ¼ and ¾."""
    trace = submission.forward_pass_trace([HIDDEN, LAST], np.array([1.0, 2.0]))
    agree("trace", trace, [([0.0, 0.0], [0.5, 0.5]), ([0.0, LN3], [0.25, 0.75])], atol=1e-9)


@question("forward_pass_trace")
def test_trace_of_a_chain(submission):
    """Three layers of one neuron, two and three: each layer gets the activations of the one before."""
    params = [
        (np.array([[LN3]]), np.array([0.0])),
        (np.array([[4.0, -4.0]]), np.array([-3.0, 3.0 + LN3])),
        (np.array([[2.0, 0.0, 0.0], [4.0, 0.0, 0.0]]), np.array([-4.0, 0.0, LN3])),
    ]
    expected = [([LN3], [0.75]), ([0.0, LN3], [0.5, 0.75]), ([0.0, 0.0, LN3], [0.2, 0.2, 0.6])]
    agree("trace", submission.forward_pass_trace(params, np.array([1.0])), expected, atol=1e-9)


@question("forward_pass_trace")
def test_trace_of_large_sums(submission):
    """Sums of a thousand and more bring no NaN."""
    last = (np.array([[1000.0, 1000.0 + LN3]]), np.array([0.0, 0.0]))
    trace = submission.forward_pass_trace([(np.array([[-1000.0]]), np.array([0.0])), last], np.array([-1.0]))
    agree("trace", trace, [([1000.0], [1.0]), ([1000.0, 1000.0 + LN3], [0.25, 0.75])])


@question("forward_pass_trace")
def test_trace_leaves_its_arguments(submission):
    """Network and image are as they were afterwards, and the trace is right."""
    params, x = [LAST], np.array([1.0, 0.0])
    after = submission.arguments_after("forward_pass_trace", params, x)
    unchanged("params", after[0], params)
    unchanged("x", after[1], x)
    agree("trace", submission.forward_pass_trace(params, x), [([0.0, 0.0], [0.5, 0.5])], atol=1e-9)


# accuracy


@question("accuracy")
def test_accuracy_of_four_labels(submission):
    """Three of four labels are right: that is 0.75."""
    agree("accuracy", submission.accuracy(np.array([7, 2, 1, 0]), np.array([7, 2, 8, 0])), 0.75, factors={"N": 4})


@question("accuracy")
def test_accuracy_of_all_and_none(submission):
    """All right is one, all wrong is zero."""
    actual = np.array([4, 1, 9])
    agree("accuracy", submission.accuracy(actual.copy(), actual), 1.0, factors={"N": 3})
    agree("accuracy", submission.accuracy(actual[::-1] + 1, actual), 0.0)


@question("accuracy")
def test_accuracy_of_nothing(submission):
    """No labels, or more of them on one side, raise ValueError; two on both sides do not."""
    agree("accuracy", submission.accuracy(np.array([5, 6]), np.array([6, 6])), 0.5)
    nothing = np.zeros(0, dtype=np.int64)
    raises("ValueError", "accuracy", lambda: submission.accuracy(nothing, nothing))
    raises("ValueError", "accuracy", lambda: submission.accuracy(np.array([5]), np.array([5, 5])))


# confusion_matrix

PREDICTED, ACTUAL = np.array([0, 1, 1, 2, 2, 1, 1]), np.array([0, 0, 0, 2, 1, 1, 0])
COUNTS = np.array([[1, 3, 0], [0, 1, 1], [0, 0, 1]])


@question("confusion_matrix")
def test_confusion_of_seven_pairs(submission):
    """Seven pairs of three classes: a row says what was there, a column what was predicted."""
    agree("matrix", submission.confusion_matrix(PREDICTED, ACTUAL, 3), COUNTS)


@question("confusion_matrix")
def test_confusion_of_digits(submission):
    """Where nothing is said, there are ten classes, whatever labels occur."""
    expected = np.zeros((10, 10), dtype=np.int64)
    expected[:3, :3] = COUNTS
    agree("matrix", submission.confusion_matrix(PREDICTED, ACTUAL), expected)


@question("confusion_matrix")
def test_confusion_of_wrong_labels(submission):
    """A label out of range, on either side, raises ValueError; the others are counted."""
    agree("matrix", submission.confusion_matrix(np.array([1]), np.array([0]), 2), [[0, 1], [0, 0]])
    raises("ValueError", "confusion_matrix", lambda: submission.confusion_matrix(np.array([2]), np.array([0]), 2))
    raises("ValueError", "confusion_matrix", lambda: submission.confusion_matrix(np.array([0]), np.array([-1]), 2))


@question("confusion_matrix")
def test_confusion_of_different_numbers_of_labels(submission):
    """More labels on one side than on the other raise ValueError; as many on both are counted."""
    agree("matrix", submission.confusion_matrix(np.array([1, 0]), np.array([0, 0]), 2), [[1, 1], [0, 0]])
    for predicted, actual in (([1, 0], [0, 0, 1]), ([1, 0, 1], [0, 0])):
        arguments = (np.array(predicted), np.array(actual), 2)
        raises("ValueError", "confusion_matrix", functools.partial(submission.confusion_matrix, *arguments))


# The classifier


@functools.cache
def _all_digits() -> Digits:
    return load_mnist()


def _digits(count: int, *, of: tuple[int, ...] = tuple(range(10))) -> tuple[np.ndarray, np.ndarray]:
    """Return the first training images of some digits, as rows of black and white alone, and their labels."""
    digits = _all_digits()
    chosen = np.flatnonzero(np.isin(digits.labels, of))[:count]
    white = np.concatenate([digits.images[chosen, line] > 127 for line in range(28)], axis=1)
    return white.astype(np.float64), digits.labels[chosen]


def _pictures() -> np.ndarray:
    """Return images, their negatives and noise: a model takes them for different digits."""
    X, _ = _digits(100)
    return np.concatenate([X, 1.0 - X, np.random.default_rng(SEED).uniform(size=X.shape)])


def _labels(submission: Any, model: Any, X: np.ndarray) -> np.ndarray:
    """Return what predict_digits says to X, if it is one label for each image."""
    value = submission.predict_digits(model, X)
    if value is None:
        raise _fault("labels", "`predict_digits` returned None: did you forget `return`?")
    shown = value if isinstance(value, np.ndarray) else np.array(value if isinstance(value, list | tuple) else [])
    if shown.shape != (len(X),) or shown.dtype.kind not in "iuf":
        words = f"`predict_digits` should return one label for each image, an array of shape ({len(X)},)"
        raise _fault("labels", f"{words}: yours has the shape {shown.shape}", list(shown.shape))
    return shown


def _labels_of_any_form(submission: Any, model: Any, X: np.ndarray) -> np.ndarray:
    """Return the labels, also where predict_digits returns scores: that slip is another exercise's."""
    value = submission.predict_digits(model, X)
    if isinstance(value, np.ndarray) and value.ndim == 2 and len(value) == len(X):
        return np.argmax(value, axis=1)
    return _labels(submission, model, X)


def _model(submission: Any, seed: int) -> Any:
    model = submission.build_classifier(seed)
    if model is None:
        raise _fault("model", "`build_classifier` returned None: did you forget `return`?")
    return model


def _trained(submission: Any, X: np.ndarray, y: np.ndarray) -> Any:
    model = submission.train_classifier(_model(submission, SEED), X, y, SEED)
    if model is None:
        raise _fault("trained model", "`train_classifier` returned None: did you forget `return`?")
    return model


def _reader(submission: Any) -> Any:
    """Return a model that was trained on two digits or, where that is not possible yet, an untrained one."""
    X, y = _digits(100, of=(6, 7))
    with suppress(CallFailed, Mismatch):
        with submission.training():  # who counts steps instead of passes needs as long as for all images
            model = _trained(submission, X, y)
        if len(np.unique(_labels_of_any_form(submission, model, X))) > 1:
            return model
    return _model(submission, SEED)


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
    """Return what an untrained model says to pictures; where that is always the same, what it says once trained."""
    said = _labels_of_any_form(submission, _model(submission, seed), _pictures())
    if len(np.unique(said)) > 1:
        return said
    model = submission.train_classifier(_model(submission, seed), *_digits(60, of=(6, 7)), SEED)
    return _labels_of_any_form(submission, model, _pictures())


def _fingerprint(submission: Any, seed: int) -> np.ndarray:
    """Return what tells one untrained model from another: its numbers and, where it hides them, what it says."""
    numbers, hidden = _contents(_model(submission, seed))
    found = np.concatenate([*numbers, *([_behaviour(submission, seed)] if hidden else [])] or [np.zeros(0)])
    if len(np.unique(found[found != 0])) < 2:
        raise _fault("model", "all numbers in the untrained model are the same, so that the seed changes nothing", 4)
    return found


@question("build_classifier")
def test_build_again(submission):
    """Two models with the same seed are the same, and made of random numbers."""
    if not np.array_equal(*(_fingerprint(submission, SEED) for _ in range(2))):
        raise _fault("model", "two models built with the same seed differ", 0)


@question("build_classifier")
def test_build_another(submission):
    """Two models with different seeds differ."""
    if np.array_equal(*(_fingerprint(submission, seed) for seed in (SEED, SEED + 1))):
        raise _fault("model", "two models built with different seeds are the same", 1)


@question("predict_digits")
def test_predict_labels(submission):
    """Each image gets one label, an integer from 0 to 9, and not all of them the same."""
    labels = _labels(submission, _reader(submission), _pictures())
    if labels.dtype.kind not in "iu":
        raise _fault("labels", "the labels are floats, where integers are wanted", 2)
    if not np.isin(labels, range(10)).all():
        raise _fault("labels", "there is a label that is no digit", 3)
    if len(np.unique(labels)) == 1:
        words = "all pictures, noise included, get the same label"
        raise _fault("labels", f"{words}; if your last layer starts at zero, write `train_classifier` first", 4)


@question("predict_digits")
def test_predict_single_images(submission):
    """Each image gets the same label by itself as among others, and in any order."""
    X, model = _pictures(), _reader(submission)
    labels = _labels(submission, model, X)
    if not np.array_equal(_labels(submission, model, X[::-1]), labels[::-1]):
        raise _fault("labels", "the same images in another order get other labels", 5)
    alone = [_labels(submission, model, X[index : index + 1])[0] for index in range(0, len(X), 10)]
    if not np.array_equal(alone, labels[::10]):
        raise _fault("labels", "an image by itself gets another label than among others", 6)


def _require_learning(submission: Any) -> None:
    """Train on a few images of two digits and look at what came of it."""
    X, y = _digits(200, of=(6, 7))
    before = _labels_of_any_form(submission, _model(submission, SEED), X)
    model = _trained(submission, X, y)
    after = _labels_of_any_form(submission, model, X)
    if np.array_equal(before, after):
        raise _fault("training", "after training the model says the same as before, to every image")
    share = 1 - np.count_nonzero(after - y) / len(y)
    if share < 0.75:
        words = f"after training on images of 6 and 7 the model reads {share:.0%} of just these images rightly"
        raise _fault("training", f"{words}; guessing one of the two would bring 50%", int(4 * share))


@question("train_classifier")
@training
def test_train_on_two_digits(submission):
    """A few images of 6 and 7 are enough to tell the two apart; images and labels stay as they were."""
    _require_learning(submission)
    X, y = _digits(40)
    after = submission.arguments_after("train_classifier", _model(submission, SEED), X, y, SEED)
    changed = [not np.array_equal(value, before) for value, before in ((after[1], X), (after[2], y))]
    if any(changed):
        name = "X" if changed[0] else "y"
        words = f"`train_classifier` changed its argument `{name}` in place: work on a copy"
        raise Mismatch(name, "argument", words, path=name, got=changed, expected=None)


@question("train_classifier")
@training
def test_train_on_the_whole_set(submission):
    """Trained on nine tenths of all training images, within the time limit, it reads four fifths of the others."""
    X, y = _digits(len(_all_digits().labels))
    held_out = np.arange(len(X)) % 10 == 0
    start = time.process_time()
    model = _trained(submission, X[~held_out], y[~held_out])
    seconds = (time.process_time() - start) * len(X) / np.sum(~held_out)
    wrong = np.count_nonzero(_labels_of_any_form(submission, model, X[held_out]) - y[held_out])
    share = 1 - wrong / np.count_nonzero(held_out)
    if share < 0.80:
        words = f"after training your classifier reads {share:.1%} of images that it has not seen; 80% are wanted here"
        raise _fault("accuracy", words, int(5 * share))
    if seconds > TRAINING_SECONDS:
        words = f"your classifier reads {share:.1%} of images that it has not seen, but learned for {seconds:.0f} s"
        advice = f"a grade allows {TRAINING_SECONDS} s of processor time: fewer passes, fewer neurons or larger batches"
        raise _fault("training", f"{words}; {advice}")
