"""Known slips in `mnist`: wrong variants of single exercises, each with the hint for whoever wrote the same.

The variants of the classifier work with the models of the reference. A slip that a good training survives is trained
in full, since only then does it behave like a student's; the others take as few steps as show the slip.
"""

# Variants are untyped like the exercises themselves.
# mypy: allow-untyped-defs, allow-untyped-calls
# ruff: noqa: ARG001, D103

import numpy as np

from autograder.misconceptions import misconception
from reference import mnist

# prepare_images


@misconception("prepare_images", hint="The pixels are on their old scale. White should be 1.")
def kept_the_scale(images):
    return np.asarray(images, dtype=float).reshape(len(images), -1)


@misconception(
    "prepare_images",
    hint="There are 256 shades of grey, but the lightest one has another number, since they are counted from 0.",
)
def divided_by_the_number_of_shades(images):
    return np.asarray(images, dtype=float).reshape(len(images), -1) / 256


@misconception(
    "prepare_images", hint="A division of whole numbers that gives a whole number again cuts off every grey."
)
def divided_as_integers(images):
    return (np.asarray(images).reshape(len(images), -1) // 255).astype(float)


@misconception("prepare_images", hint="Each image is still a square. A network takes its pixels in one row.")
def left_the_images_square(images):
    return np.asarray(images, dtype=float) / 255


@misconception("prepare_images", hint="You unroll all the images into one long row. Every image has a row of its own.")
def unrolled_everything_into_one_row(images):
    return np.asarray(images, dtype=float).ravel() / 255


@misconception("prepare_images", hint="The images stand in the columns. In this course each example is a row.")
def images_in_columns(images):
    return (np.asarray(images, dtype=float).reshape(len(images), -1) / 255).T


@misconception("prepare_images", hint="You unroll each image column by column. Reading order is line by line.")
def unrolled_column_by_column(images):
    return np.asarray(images, dtype=float).transpose(0, 2, 1).reshape(len(images), -1) / 255


@misconception(
    "prepare_images",
    hint="You stretch the brightness to what happens to occur in these images. The scale should be the same for all.",
)
def stretched_to_the_lightest_pixel(images):
    rows = np.asarray(images, dtype=float).reshape(len(images), -1)
    return rows / rows.max()


@misconception("prepare_images", hint="You shift the brightness around zero. Black should be 0 here, and white 1.")
def centred_around_zero(images):
    return np.asarray(images, dtype=float).reshape(len(images), -1) / 127.5 - 1


# one_hot


@misconception(
    "one_hot",
    hint="A negative label counts from the end of a row, so it passes for another class. Look at the labels first.",
)
def let_negative_labels_pass(labels, classes=10):
    labels = np.asarray(labels)
    if np.max(labels) >= classes:
        raise ValueError("label too large")
    return np.eye(classes)[labels]


@misconception(
    "one_hot",
    hint="Nobody looks at the labels before they become indices, so a wrong one ends in another error, or in none.",
)
def did_not_check_the_labels(labels, classes=10):
    return np.eye(classes)[np.asarray(labels)]


@misconception(
    "one_hot",
    hint="The length of your rows depends on the labels that happen to be there. It is given by the argument classes.",
)
def counted_the_classes_in_the_labels(labels, classes=10):
    mnist.one_hot(labels, classes)
    return np.eye(np.max(labels) + 1)[np.asarray(labels)]


@misconception("one_hot", hint="Your rows have ten entries whatever the caller says.")
def always_ten_classes(labels, classes=10):
    mnist.one_hot(labels, classes)
    return np.eye(max(10, np.max(labels) + 1))[np.asarray(labels)][:, :10]


@misconception("one_hot", hint="Rows and columns are exchanged: every label should have a row.")
def labels_in_columns(labels, classes=10):
    return mnist.one_hot(labels, classes).T


@misconception("one_hot", hint="The one stands a place too far to the left: labels begin at 0, as indices do.")
def counted_from_one(labels, classes=10):
    return np.roll(mnist.one_hot(labels, classes), -1, axis=1)


@misconception(
    "one_hot",
    hint="A label that is out of range is moved into the range without a word. It should be reported.",
)
def moved_labels_into_range(labels, classes=10):
    return np.eye(classes)[np.clip(labels, 0, classes - 1)]


@misconception(
    "one_hot",
    hint="You let one label pass that is too large. Look for the largest one that has a place in the row.",
)
def let_the_next_label_pass(labels, classes=10):
    labels = np.asarray(labels)
    if np.any((labels < 0) | (labels > classes)):
        raise ValueError("label out of range")
    return np.eye(classes + 1)[labels][:, :classes]


@misconception("one_hot", hint="A fraction is no label. You cut off what comes after the point, without a word.")
def cut_off_fractions(labels, classes=10):
    return mnist.one_hot(np.asarray(labels, dtype=int), classes)


@misconception("one_hot", hint="You look at the range only. A fraction lies within it and is no label all the same.")
def looked_at_the_range_only(labels, classes=10):
    labels = np.asarray(labels)
    if np.any((labels < 0) | (labels >= classes)):
        raise ValueError("label out of range")
    return np.eye(classes)[labels]


# forward_pass_trace


def _sigmoid(z):
    return (1 + np.tanh(z / 2)) / 2


def _softmax(z):
    e = np.exp(z - np.max(z))
    return e / np.sum(e)


def _linear(z):
    return z


def _run(params, x, *, hidden=_sigmoid, last=_softmax):
    trace, a = [], x
    for layer, (W, b) in enumerate(params):
        z = a @ W + b
        a = last(z) if layer == len(params) - 1 else hidden(z)
        trace.append((z, a))
    return trace


@misconception("forward_pass_trace", hint="Your last layer has the sigmoid, too. Its outputs should add up to 1.")
def sigmoid_in_the_last_layer(params, x):
    return _run(params, x, last=_sigmoid)


@misconception("forward_pass_trace", hint="Your last layer has no activation: its sums are not probabilities yet.")
def no_activation_in_the_last_layer(params, x):
    return _run(params, x, last=_linear)


@misconception("forward_pass_trace", hint="All your layers have softmax. It belongs to the last one only.")
def softmax_in_every_layer(params, x):
    return _run(params, x, hidden=_softmax)


@misconception(
    "forward_pass_trace",
    hint="Your hidden layers have no activation. Without it all layers together are no more than one.",
)
def no_activation_in_the_hidden_layers(params, x):
    return _run(params, x, hidden=_linear)


@misconception("forward_pass_trace", hint="Your hidden layers have another activation than the one asked for: ReLU.")
def relu_in_the_hidden_layers(params, x):
    return _run(params, x, hidden=lambda z: np.maximum(0.0, z))


@misconception(
    "forward_pass_trace",
    hint="A layer gets the weighted sums of the one before. What it should get is what that layer's neurons fire.",
)
def passed_on_the_sums(params, x):
    trace, before = [], x
    for layer, (W, b) in enumerate(params):
        z = before @ W + b
        trace.append((z, _softmax(z) if layer == len(params) - 1 else _sigmoid(z)))
        before = z
    return trace


@misconception("forward_pass_trace", hint="The biases are left out of your sums.")
def left_out_the_biases(params, x):
    return _run([(W, 0) for W, _ in params], x)


@misconception(
    "forward_pass_trace",
    hint="Your softmax overflows where the sums are large. Look for a number that may be taken off all of them.",
)
def softmax_that_overflows(params, x):
    return _run(params, x, last=lambda z: np.exp(z) / np.sum(np.exp(z)))


@misconception("forward_pass_trace", hint="Your softmax does not divide: its outputs do not add up to 1.")
def softmax_without_a_total(params, x):
    return _run(params, x, last=lambda z: np.exp(z - np.max(z)))


@misconception("forward_pass_trace", hint="You keep the activations only. The weighted sums are asked for, too.")
def kept_the_activations_only(params, x):
    return [a for _, a in _run(params, x)]


@misconception("forward_pass_trace", hint="You return what the last layer computes. All layers before it are missing.")
def kept_the_last_layer_only(params, x):
    return _run(params, x)[-1]


@misconception("forward_pass_trace", hint="In each pair sums and activations have changed places.")
def activations_before_sums(params, x):
    return [(a, z) for z, a in _run(params, x)]


# accuracy


@misconception("accuracy", hint="You return how many are right. What is asked for is their share of all.")
def counted_the_right_ones(predicted, actual):
    mnist.accuracy(predicted, actual)
    return int(np.sum(np.equal(predicted, actual)))


@misconception("accuracy", hint="You return per cent. The share should lie between 0 and 1.")
def in_per_cent(predicted, actual):
    return 100 * mnist.accuracy(predicted, actual)


@misconception("accuracy", hint="You return the share of labels that are wrong.")
def share_of_mistakes(predicted, actual):
    return 1 - mnist.accuracy(predicted, actual)


@misconception("accuracy", hint="Without any labels there is no share, and the caller should hear of it.")
def zero_for_nothing(predicted, actual):
    if np.shape(predicted) != np.shape(actual):
        raise ValueError("not as many labels as images")
    return float(np.sum(np.equal(predicted, actual))) / max(len(actual), 1)


@misconception(
    "accuracy",
    hint="Where one side has more labels than the other, you compare as far as both go. The caller should hear of it.",
)
def compared_as_far_as_both_go(predicted, actual):
    if not len(actual):
        raise ValueError("no labels")
    return sum(bool(one == other) for one, other in zip(predicted, actual, strict=False)) / len(actual)


@misconception("accuracy", hint="You say whether all labels are right, not which share of them is.")
def all_or_nothing(predicted, actual):
    return float(mnist.accuracy(predicted, actual) == 1)


@misconception(
    "accuracy",
    hint="You measure how far apart the labels are. They are names: a 9 is as wrong for a 3 as a 4 is.",
)
def mean_distance(predicted, actual):
    mnist.accuracy(predicted, actual)
    return float(np.mean(np.abs(np.subtract(predicted, actual, dtype=float))))


# confusion_matrix


@misconception("confusion_matrix", hint="Rows and columns are exchanged. The row says what was there.")
def predicted_in_rows(predicted, actual, classes=10):
    return mnist.confusion_matrix(actual, predicted, classes)


@misconception(
    "confusion_matrix",
    hint="A pair that comes more than once is counted once. Numpy reads all the entries before it writes any of them.",
)
def repeated_pairs_counted_once(predicted, actual, classes=10):
    return np.minimum(mnist.confusion_matrix(predicted, actual, classes), 1)


@misconception("confusion_matrix", hint="You return shares of a row. The number of images is asked for.")
def shares_of_a_row(predicted, actual, classes=10):
    counts = mnist.confusion_matrix(predicted, actual, classes)
    return counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)


@misconception("confusion_matrix", hint="You count the mistakes only. What was right belongs on the diagonal.")
def mistakes_only(predicted, actual, classes=10):
    counts = mnist.confusion_matrix(predicted, actual, classes)
    return counts - np.diag(np.diag(counts))


@misconception("confusion_matrix", hint="The size of your matrix does not depend on the argument classes: it is ten.")
def always_ten_rows(predicted, actual, classes=10):
    mnist.confusion_matrix(predicted, actual, classes)
    return mnist.confusion_matrix(predicted, actual, max(10, classes))[:10, :10]


@misconception(
    "confusion_matrix",
    hint="The size of your matrix depends on the labels that happen to be there. The argument classes says it.",
)
def sized_by_the_labels(predicted, actual, classes=10):
    mnist.confusion_matrix(predicted, actual, classes)
    return mnist.confusion_matrix(predicted, actual, int(max(np.max(predicted), np.max(actual))) + 1)


@misconception(
    "confusion_matrix",
    hint="A negative label counts from the end, so it is taken for another class. Look at the labels first.",
)
def let_negative_labels_count(predicted, actual, classes=10):
    if max(np.max(predicted), np.max(actual)) >= classes:
        raise ValueError("label too large")
    return mnist.confusion_matrix(np.mod(predicted, classes), np.mod(actual, classes), classes)


@misconception("confusion_matrix", hint="You look for wrong labels on one side only: among those that were there.")
def checked_the_actual_labels_only(predicted, actual, classes=10):
    mnist.confusion_matrix(actual, actual, classes)
    return mnist.confusion_matrix(np.clip(predicted, 0, classes - 1), actual, classes)


@misconception("confusion_matrix", hint="Pairs with a label that is out of range are left out without a word.")
def left_out_wrong_labels(predicted, actual, classes=10):
    predicted, actual = np.asarray(predicted), np.asarray(actual)
    fits = (predicted >= 0) & (predicted < classes) & (actual >= 0) & (actual < classes)
    return mnist.confusion_matrix(predicted[fits], actual[fits], classes)


@misconception(
    "confusion_matrix",
    hint="Where one side has more labels than the other, you count as far as both go. The caller should hear of it.",
)
def confusion_by_zip(predicted, actual, classes=10):
    count = min(len(predicted), len(actual))
    mnist.confusion_matrix(predicted, predicted, classes)
    mnist.confusion_matrix(actual, actual, classes)
    return mnist.confusion_matrix(predicted[:count], actual[:count], classes)


# build_classifier


@misconception("build_classifier", hint="Whatever the seed, you build the same model. Draw its weights with the seed.")
def same_model_for_every_seed(seed):
    return mnist.build_classifier(0)


@misconception(
    "build_classifier",
    hint="Your random numbers know nothing of the seed, so nobody can build the same model again.",
)
def another_model_every_time(seed):
    return mnist.build_classifier(None)


@misconception(
    "build_classifier",
    hint="All weights of your model are the same, whatever the seed. Another seed should give another model.",
)
def all_weights_the_same(seed):
    return {name: np.zeros_like(array) for name, array in mnist.build_classifier(seed).items()}


@misconception("build_classifier", hint="The model that you have built is not handed back.")
def forgot_to_return_the_model(seed):
    return None


@misconception("build_classifier", hint="A test for a seed that is missing takes 0 for missing.")
def zero_taken_for_no_seed(seed):
    return mnist.build_classifier(seed or None)


@misconception("build_classifier", hint="There are ten digits. Count the outputs of your last layer.")
def nine_outputs(seed):
    model = mnist.build_classifier(seed)
    return {**model, "W2": model["W2"][:, :9], "b2": model["b2"][:9]}


# predict_digits


def _scores(model, X):
    return np.maximum(0.0, X @ model["W1"] + model["b1"]) @ model["W2"] + model["b2"]


@misconception(
    "predict_digits",
    hint="You return what all ten outputs say. The label is the one that says it loudest.",
)
def returned_the_scores(model, X):
    return _scores(model, X)


@misconception("predict_digits", hint="You return one-hot rows. The label is the place of the one.")
def returned_one_hot_rows(model, X):
    return np.eye(10, dtype=int)[mnist.predict_digits(model, X)]


@misconception(
    "predict_digits", hint="You return how high the highest score is. The label is the place where it stands."
)
def returned_the_highest_score(model, X):
    return np.max(_scores(model, X), axis=1)


@misconception("predict_digits", hint="You look for the highest score in each column. Each image has a row.")
def searched_the_columns(model, X):
    return np.argmax(_scores(model, X), axis=0)


@misconception("predict_digits", hint="You look at all scores of all images at once and return one place among them.")
def one_place_among_all_scores(model, X):
    return int(np.argmax(_scores(model, X)))


@misconception("predict_digits", hint="Only the first image gets a label.")
def first_image_only(model, X):
    return mnist.predict_digits(model, X)[:1]


@misconception("predict_digits", hint="Your labels are floats. A label is a whole number, which can be an index.")
def labels_as_floats(model, X):
    return mnist.predict_digits(model, X).astype(float)


@misconception("predict_digits", hint="You look for the lowest score. The loudest output is the answer.")
def lowest_score(model, X):
    return np.argmin(_scores(model, X), axis=1)


@misconception("predict_digits", hint="The first output stands for the digit 0, so labels begin at 0.")
def labels_from_one_to_ten(model, X):
    return mnist.predict_digits(model, X) + 1


@misconception(
    "predict_digits",
    hint="You centre the images with the mean of those that happen to be asked about together. One by itself is lost.",
)
def centred_within_the_batch(model, X):
    return mnist.predict_digits(model, X - X.mean(axis=0))


# train_classifier


def _walk(model, X, y, seed, *, rate=0.1, steps=120, losses=None):
    """Train without haste or finesse: one pass, or `steps` batches of it, with a constant learning rate."""
    params = {name: array.copy() for name, array in model.items()}
    rng = np.random.default_rng(seed)
    for _ in range(steps):
        batch = rng.integers(len(X), size=50)
        x = X[batch]
        hidden = np.maximum(0.0, x @ params["W1"] + params["b1"])
        scores = hidden @ params["W2"] + params["b2"]
        e = np.exp(scores - np.max(scores, axis=1, keepdims=True))
        probabilities = e / np.sum(e, axis=1, keepdims=True)
        if losses is not None:
            losses.append(-float(np.mean(np.log(probabilities[np.arange(len(batch)), y[batch]]))))
        dscores = (probabilities - np.eye(10)[y[batch]]) / len(batch)
        dhidden = dscores @ params["W2"].T * (hidden > 0)
        params["W1"] -= rate * x.T @ dhidden
        params["b1"] -= rate * np.sum(dhidden, axis=0)
        params["W2"] -= rate * hidden.T @ dscores
        params["b2"] -= rate * np.sum(dscores, axis=0)
    return params


@misconception("train_classifier", hint="The trained model is not handed back.")
def forgot_to_return_the_trained_model(model, X, y, seed):
    return None


@misconception(
    "train_classifier",
    hint="You return the model as it came. Perhaps your steps change copies of its arrays, which are then thrown away.",
)
def returned_the_model_as_it_came(model, X, y, seed):
    return model


@misconception("train_classifier", hint="You return how the loss went. What is wanted is the model.")
def returned_the_losses(model, X, y, seed):
    losses: list[float] = []
    _walk(model, X, y, seed, steps=20, losses=losses)
    return losses


@misconception("train_classifier", hint="You shuffle the images and leave their labels where they were.")
def shuffled_the_images_without_their_labels(model, X, y, seed):
    return _walk(model, X[np.random.default_rng(seed).permutation(len(X))], y, seed)


@misconception("train_classifier", hint="Your steps go uphill: the loss grows from step to step.")
def went_uphill(model, X, y, seed):
    return _walk(model, X, y, seed, rate=-0.01)


@misconception(
    "train_classifier",
    hint="Your steps are so long that the loss ends in NaN. Print it as it goes, and try a smaller learning rate.",
)
def ended_in_nan(model, X, y, seed):
    return {name: np.full_like(array, np.nan) for name, array in model.items()}


@misconception(
    "train_classifier",
    hint="Something random in your training knows nothing of the seed, so nobody can train the same classifier again.",
)
def trained_differently_every_time(model, X, y, seed):
    return mnist.train_classifier(model, X, y, None)


@misconception(
    "train_classifier",
    hint="You shuffle the caller's own images and labels. An order of the indices can be shuffled as well.",
)
def shuffled_the_arrays_of_the_caller(model, X, y, seed):
    trained = mnist.train_classifier(model, X, y, seed)
    order = np.random.default_rng(seed).permutation(len(X))
    X[:], y[:] = X[order], y[order]
    return trained


@misconception(
    "train_classifier",
    hint="You bring the caller's own images onto another scale. Do that with an array of your own.",
)
def rescaled_the_images_of_the_caller(model, X, y, seed):
    trained = mnist.train_classifier(model, X, y, seed)
    X -= X.mean()
    return trained


@misconception(
    "train_classifier",
    hint="You count on a certain number of images. X says how many there are.",
)
def counted_on_ten_thousand_images(model, X, y, seed):
    order = np.random.default_rng(seed).permutation(9000)
    return mnist.train_classifier(model, X[order], y[order], seed)
