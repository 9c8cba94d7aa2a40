"""A classifier of handwritten digits: from images to labels, and the numbers that say how good it is.

Each function stands alone, so that it can be read, and put into a notebook, without the others.
"""

# A model is whatever its author likes, and the types that matter here are shapes, which the docstrings state.
# mypy: allow-untyped-defs, allow-untyped-calls

import numpy as np


def require_images(images):
    """Raise ValueError unless `images` is a batch of at least one image of 28 × 28 pixels."""
    shape = np.shape(images)
    if len(shape) != 3 or shape[1:] != (28, 28) or not shape[0]:
        raise ValueError(f"the images have the shape {shape}; expected (N, 28, 28) with N of at least 1")


def require_rows(X, y=None):
    """Raise ValueError unless X holds at least one row of 784 pixels and y, where given, one digit for each row."""
    shape = np.shape(X)
    if len(shape) != 2 or shape[1] != 784 or not shape[0]:
        raise ValueError(f"X has the shape {shape}; expected (N, 784) with N of at least 1: prepare the images first")
    if y is not None and np.shape(y) != shape[:1]:
        raise ValueError(f"y has the shape {np.shape(y)}; expected one label for each of the {shape[0]} rows of X")
    if y is not None and not np.isin(y, range(10)).all():
        raise ValueError("y holds a label that is no digit; expected whole numbers from 0 to 9")


def prepare_images(images):
    """Turn images into rows of numbers that a network can take.

    images: brightness of every pixel from 0 (black) to 255 (white), uint8, shape (N, 28, 28)
    Returns an array of shape (N, 784), float64, from 0.0 (black) to 1.0 (white): one row for each image, its pixels
    in reading order, line by line. images stays as it was.
    """
    require_images(images)
    return images.reshape(len(images), -1) / 255.0  # a division of uint8 by a float gives float64


def one_hot(labels, classes=10):
    """Write each label as a row of zeros with a single one at the place of the label.

    labels: whole numbers from 0 to classes - 1, shape (N,); any other label, such as 1.5, raises ValueError
    classes: the length of a row
    Returns an array of shape (N, classes), float64.
    """
    if wrong := [label for label in labels if label not in range(classes)]:
        raise ValueError(f"there is a label {wrong[0]}; expected whole numbers from 0 to {classes - 1}")
    return np.eye(classes)[labels]  # row k of the identity is 1 at k


def forward_pass_trace(params, x):
    """Send one image through a network and note down what every layer computes.

    params: list with a pair (W, b) for each layer, in order; W of shape (inputs, outputs), b of shape (outputs,)
    x: the pixels of one image, shape (D,), where D is the number of inputs of the first layer
    Hidden layers have the activation sigmoid, the last layer has softmax. Numbers of ±1000 bring no overflow.
    Returns a list with a pair (z, a) for each layer: the weighted sums z, shape (outputs,), and the activations a.
    """
    trace, a = [], x
    for layer, (W, b) in enumerate(params, start=1):
        z = a @ W + b  # zⱼ = bⱼ + Σᵢ aᵢ wᵢⱼ
        if layer < len(params):
            e = np.exp(-np.abs(z))
            a = np.where(z < 0, e, 1.0) / (1.0 + e)  # σ(z) = 1 / (1 + e⁻ᶻ) = eᶻ / (eᶻ + 1)
        else:
            e = np.exp(z - np.max(z))  # a factor that cancels: softmax(z) = softmax(z − c)
            a = e / np.sum(e)
        trace.append((z, a))
    return trace


def accuracy(predicted, actual):
    """Return the share of labels that are right, from 0.0 to 1.0.

    predicted, actual: labels of the same images, shape (N,)
    Raises ValueError where there are no labels, or where one has more of them than the other.
    """
    if np.shape(predicted) != np.shape(actual) or not np.size(actual):
        raise ValueError(f"{np.size(predicted)} labels predicted for {np.size(actual)} images; expected one for each")
    return np.mean(np.equal(predicted, actual))


def confusion_matrix(predicted, actual, classes=10):
    """Count how often each class was taken for each other class.

    predicted, actual: labels of the same images, whole numbers from 0 to classes - 1, shape (N,), N of at least 1
    Returns an array of whole numbers of shape (classes, classes): entry [i, j] is the number of images that are
    an i and were labelled j.
    Raises ValueError where there is any other label in either of the two, or where one has more labels than the other.
    """
    if len(predicted) != len(actual):
        raise ValueError(f"{len(predicted)} labels predicted for {len(actual)} images; expected one for each")
    if wrong := [label for label in (*actual, *predicted) if label not in range(classes)]:
        raise ValueError(f"there is a label {wrong[0]}; expected whole numbers from 0 to {classes - 1}")
    matrix = np.zeros((classes, classes), dtype=np.int64)
    np.add.at(matrix, (actual, predicted), 1)  # a pair that comes again counts again
    return matrix


def build_classifier(seed):
    """Make a classifier of digits that has not learned anything yet.

    seed: whole number; the same seed gives the same model, another seed another one
    Returns the model: whatever train_classifier and predict_digits of yours can work with, made of numpy arrays.
    """
    rng = np.random.default_rng(seed)
    sizes = {"W1": (784, 100), "W2": (100, 10)}
    weights = {name: rng.normal(scale=np.sqrt(2 / shape[0]), size=shape) for name, shape in sizes.items()}
    biases = {"b1": np.zeros(100), "b2": np.zeros(10)}
    return {**weights, **biases}  # scores = max(0, X W1 + b1) W2 + b2


def predict_digits(model, X):
    """Say which digit each image shows.

    model: what build_classifier or train_classifier returned
    X: prepared images, shape (N, 784), float64 from 0 to 1; N may be 1
    Returns the labels: N whole numbers from 0 to 9, an array of integers of shape (N,). The label of an image depends
    on that image alone, not on the others in X. X stays as it was.
    """
    require_rows(X)
    hidden = np.maximum(0.0, X @ model["W1"] + model["b1"])
    scores = hidden @ model["W2"] + model["b2"]
    return np.argmax(scores, axis=1)


def train_classifier(model, X, y, seed):
    """Teach a classifier to read digits.

    model: what build_classifier returned
    X: prepared images, shape (N, 784), float64 from 0 to 1; any N from 1 up
    y: their labels, whole numbers from 0 to 9, shape (N,); some digits may be missing
    seed: whole number; everything random here depends on it, so that the same call gives the same result
    Returns the trained model. X and y stay as they were; model may be changed, or not.
    """
    require_rows(X, y)
    rng = np.random.default_rng(seed)
    params = {name: array.copy() for name, array in model.items()}
    velocity = {name: np.zeros_like(array) for name, array in model.items()}
    momentum = 0.9
    batch_size = 50
    epochs = 10
    for epoch in range(epochs):
        learning_rate = 0.1 * (1 - epoch / epochs)
        for batch in np.array_split(rng.permutation(len(X)), np.ceil(len(X) / batch_size)):
            down, right = rng.integers(-1, 2, size=2)
            x = np.roll(X[batch], 28 * down + right, axis=1)  # a digit stays the same when it moves by a pixel

            hidden = np.maximum(0.0, x @ params["W1"] + params["b1"])
            scores = hidden @ params["W2"] + params["b2"]
            e = np.exp(scores - np.max(scores, axis=1, keepdims=True))
            probabilities = e / np.sum(e, axis=1, keepdims=True)

            dscores = (probabilities - np.eye(10)[y[batch]]) / len(batch)  # of the mean of −log p[y]
            dhidden = dscores @ params["W2"].T * (hidden > 0)
            gradients = {
                "W1": x.T @ dhidden,
                "b1": np.sum(dhidden, axis=0),
                "W2": hidden.T @ dscores,
                "b2": np.sum(dscores, axis=0),
            }
            for name, gradient in gradients.items():
                velocity[name] = momentum * velocity[name] - learning_rate * gradient
                params[name] += velocity[name]
    return params
