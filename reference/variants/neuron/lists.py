"""Plain Python as far as it goes: floats for numbers, lists and tuples where arrays are natural."""

# Variants are as free with types as the people who write them.
# mypy: ignore-errors
# ruff: noqa: D101, D102, D103

import math

import numpy as np


def deep(function, value):
    """Apply a function of one number to nested lists of numbers."""
    if isinstance(value, list):
        return [deep(function, item) for item in value]
    return function(value)


def plain(value):
    return np.asarray(value).tolist()


def rate(score):
    return 1 / (1 + math.exp(-score)) if score > -700 else 0.0


def weighted_sum(x, w, b):
    if np.ndim(x) == 1:
        return float(b) + sum(weight * value for weight, value in zip(plain(w), plain(x)))  # noqa: B905
    return [weighted_sum(row, w, b) for row in x]


def classify(scores):
    return deep(lambda score: 1 if score > 0 else 0, plain(scores))


def sigmoid(x):
    return deep(rate, plain(x))


def sigmoid_derivative(x):
    return deep(lambda value: rate(value) * (1 - rate(value)), plain(x))


def tanh(x):
    return deep(lambda value: 2 * rate(2 * value) - 1, plain(x))


def relu(x):
    return deep(lambda value: max(0, value), plain(x))


def leaky_relu(x, slope=0.01):
    return deep(lambda value: max(value, slope * value), plain(x))


def elu(x, alpha=1.0):
    return deep(lambda value: value if value > 0 else alpha * math.exp(value) - alpha, plain(x))


def maxout(x, W1, b1, W2, b2):
    if np.ndim(x) == 2:
        return [maxout(row, W1, b1, W2, b2) for row in x]
    first, second = plain(x @ W1 + b1), plain(x @ W2 + b2)
    return [max(pair) for pair in zip(first, second)]  # noqa: B905


class Neuron:
    def __init__(self, weights, bias):
        self.weights, self.bias = plain(weights), float(bias)

    def forward(self, inputs):
        return rate(sum(w * x for w, x in zip(self.weights, plain(inputs))) + self.bias)  # noqa: B905


def logistic_loss(w, b, X, y):
    scores = [float(row @ w + b) for row in X]
    errors = [rate(score) - label for score, label in zip(scores, plain(y))]  # noqa: B905
    costs = [max(s, 0) - s * label + math.log1p(math.exp(-abs(s))) for s, label in zip(scores, plain(y))]  # noqa: B905
    dw = [sum(error * x for error, x in zip(errors, plain(column))) / len(y) for column in X.T]  # noqa: B905
    return sum(costs) / len(y), dw, sum(errors) / len(y)


def hinge_loss(w, b, X, y):
    misses = [1 - float(label * (row @ w + b)) for row, label in zip(X, y)]  # noqa: B905
    pulls = [-float(label) if miss > 0 else 0.0 for miss, label in zip(misses, y)]  # noqa: B905
    dw = [sum(pull * x for pull, x in zip(pulls, plain(column))) / len(y) for column in X.T]  # noqa: B905
    return sum(max(0.0, miss) for miss in misses) / len(y), tuple(dw), sum(pulls) / len(y)


def mse_loss(prediction, actual):
    if np.shape(prediction) != np.shape(actual) or not np.size(actual):
        raise ValueError("shapes differ")
    error = np.asarray(prediction, dtype=float) - np.asarray(actual, dtype=float)
    return float(np.mean(error * error)), deep(lambda value: 2 * value / error.size, error.tolist())


def gradient_descent(loss_and_grad, start, learning_rate, steps):
    points = [np.array(start, dtype=float)]
    for _ in range(steps):
        points.append(points[-1] - learning_rate * loss_and_grad(points[-1])[1])
    return plain(points[-1]), tuple(float(loss_and_grad(point)[0]) for point in points)


def fit_logistic_regression(X, y, learning_rate, steps):
    w, b, losses = [0.0] * X.shape[1], 0.0, []
    for _ in range(steps):
        loss, dw, db = logistic_loss(np.array(w), b, X, y)
        losses.append(loss)
        w = [weight - learning_rate * slope for weight, slope in zip(w, dw)]  # noqa: B905
        b -= learning_rate * db
    return w, b, [*losses, logistic_loss(np.array(w), b, X, y)[0]]
