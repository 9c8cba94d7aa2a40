"""Single precision inside: what is computed is float32, and stays so or is made float64 at the end."""

# Variants are as free with types as the people who write them.
# mypy: ignore-errors
# ruff: noqa: D101, D102, D103

import numpy as np


def single(value):
    return np.asarray(value, dtype=np.float32)


def squashed(x):
    return single(0.5) + single(0.5) * np.tanh(single(0.5) * single(x))


def weighted_sum(x, w, b):
    return single(x) @ single(w) + single(b)


def classify(scores):
    return (single(scores) > 0).astype(np.int32)


def sigmoid(x):
    e = np.exp(-np.abs(single(x)))
    return np.where(single(x) > 0, 1 / (1 + e), e / (1 + e))


def sigmoid_derivative(x):
    s = sigmoid(x)
    return (s * (1 - s)).astype(np.float64)


def tanh(x):
    return 2 * sigmoid(2 * single(x)) - 1


def relu(x):
    return np.maximum(single(x), 0)


def leaky_relu(x, slope=0.01):
    return np.maximum(single(x), single(slope) * single(x))


def elu(x, alpha=1.0):
    x = single(x)
    return np.where(x > 0, x, single(alpha) * (np.exp(np.minimum(x, 0)) - 1)).astype(np.float64)


def maxout(x, W1, b1, W2, b2):
    return np.maximum(single(x) @ single(W1) + single(b1), single(x) @ single(W2) + single(b2))


class Neuron:
    def __init__(self, weights, bias):
        self.weights, self.bias = single(weights), single(bias)

    def forward(self, inputs):
        return squashed(np.sum(single(inputs) * self.weights) + self.bias)


def logistic_loss(w, b, X, y):
    X, y = single(X), single(y)
    scores = X @ single(w) + single(b)
    dscores = (squashed(scores) - y) / single(len(y))
    loss = np.mean(np.maximum(scores, 0) - y * scores + np.log1p(np.exp(-np.abs(scores))))
    return loss, X.T @ dscores, np.sum(dscores)


def hinge_loss(w, b, X, y):
    X, y = single(X), single(y)
    misses = 1 - y * (X @ single(w) + single(b))
    dscores = -y * (misses > 0) / single(len(y))
    return float(np.mean(np.maximum(misses, 0))), (X.T @ dscores).astype(np.float64), float(dscores.sum())


def mse_loss(prediction, actual):
    prediction, actual = single(prediction), single(actual)
    if prediction.shape != actual.shape or prediction.size == 0:
        raise ValueError("shapes differ")
    error = prediction - actual
    return np.mean(error**2), 2 * error / error.size


def gradient_descent(loss_and_grad, start, learning_rate, steps):
    point, losses = single(start), []
    for _ in range(steps):
        loss, gradient = loss_and_grad(point)
        losses.append(loss)
        point = single(point - learning_rate * single(gradient))
    return point, [*losses, loss_and_grad(point)[0]]


def fit_logistic_regression(X, y, learning_rate, steps):
    w, b, losses = np.zeros(X.shape[1], dtype=np.float32), np.float32(0), []
    for _ in range(steps):
        loss, dw, db = logistic_loss(w, b, X, y)
        losses.append(loss)
        w, b = w - single(learning_rate) * dw, b - single(learning_rate) * db
    return w, b, [*losses, logistic_loss(w, b, X, y)[0]]
