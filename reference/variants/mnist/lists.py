"""Lists and Python numbers where they are natural: rows, labels, counts, and a list of arrays for the model."""

# Variants are as free with types as the people who write them.
# mypy: ignore-errors
# ruff: noqa: D103

import numpy as np


def prepare_images(images):
    return [[pixel / 255 for line in image for pixel in line] for image in images.tolist()]


def one_hot(labels, classes=10):
    if any(label not in range(classes) for label in labels):
        raise ValueError("label out of range")
    return [[float(c == label) for c in range(classes)] for label in labels]


def forward_pass_trace(params, x):
    def dot(a, b):
        return sum(one * other for one, other in zip(a, b, strict=True))

    trace, a = [], np.asarray(x, dtype=float).tolist()
    for layer, (W, b) in enumerate(params):
        columns = np.asarray(W, dtype=float).T.tolist()
        z = [dot(a, column) + bias for column, bias in zip(columns, np.asarray(b, dtype=float).tolist(), strict=True)]
        if layer + 1 < len(params):
            a = [float(0.5 + 0.5 * np.tanh(0.5 * value)) for value in z]
        else:
            e = [float(np.exp(value - max(z))) for value in z]
            a = [value / sum(e) for value in e]
        trace.append((z, a))
    return trace


def accuracy(predicted, actual):
    predicted, actual = list(predicted), list(actual)
    if not actual or len(predicted) != len(actual):
        raise ValueError("cannot compare")
    return sum(int(p == a) for p, a in zip(predicted, actual, strict=True)) / len(actual)


def confusion_matrix(predicted, actual, classes=10):
    matrix = [[0] * classes for _ in range(classes)]
    for said, there in zip(predicted, actual, strict=True):
        if not (0 <= said < classes and 0 <= there < classes):
            raise ValueError("label out of range")
        matrix[there][said] += 1
    return matrix


def build_classifier(seed):
    random = np.random.RandomState(seed)
    return [random.randn(784, 120) * 0.05, np.zeros(120), random.randn(120, 10) * 0.1, np.zeros(10)]


def predict_digits(model, X):
    W1, b1, W2, b2 = model
    scores = np.maximum(0, np.dot(X, W1) + b1).dot(W2) + b2
    return [row.index(max(row)) for row in scores.tolist()]


def train_classifier(model, X, y, seed):
    random = np.random.RandomState(seed)
    W1, b1, W2, b2 = model
    for epoch in range(14):
        order = list(range(len(X)))
        random.shuffle(order)
        rate = 0.3 / (1 + epoch)
        while order:
            batch, order = order[:20], order[20:]
            move = [-28, -1, 0, 1, 28][random.randint(5)]
            x = np.roll(X[batch], move, axis=1)
            h = np.maximum(0, x.dot(W1) + b1)
            s = h.dot(W2) + b2
            s = np.exp(s - np.max(s, axis=1, keepdims=True))
            s /= np.sum(s, axis=1, keepdims=True)
            for n, digit in enumerate(y[batch].tolist()):
                s[n][digit] -= 1
            s /= len(batch)
            dh = s.dot(W2.T) * (h > 0)
            W2 = W2 - rate * h.T.dot(s)
            b2 = b2 - rate * s.sum(axis=0)
            W1 = W1 - rate * x.T.dot(dh)
            b1 = b1 - rate * dh.sum(axis=0)
    return [W1, b1, W2, b2]
