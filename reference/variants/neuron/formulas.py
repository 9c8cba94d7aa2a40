"""Other formulas for the same functions: softplus, hyperbolic functions, masks, clipped exponents."""

# Variants are as free with types as the people who write them.
# mypy: ignore-errors
# ruff: noqa: D101, D102, D103

import numpy as np


def softplus(x):
    return np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x)))


def weighted_sum(x, w, b):
    return np.sum(x * w, axis=-1) + b


def classify(scores):
    return np.maximum(np.sign(scores), 0).astype(int)


def sigmoid(x):
    return np.exp(-softplus(np.negative(x)))


def sigmoid_derivative(x):
    return np.exp(-softplus(x) - softplus(np.negative(x)))


def tanh(x):
    return np.sinh(np.clip(x, -300, 300)) / np.cosh(np.clip(x, -300, 300))


def relu(x):
    return (np.abs(x) + x) / 2


def leaky_relu(x, slope=0.01):
    return np.maximum(x, 0) + slope * np.minimum(x, 0)


def elu(x, alpha=1.0):
    return np.maximum(x, 0) + np.minimum(alpha * (np.exp(np.clip(x, -800, 0)) - 1), 0)


def maxout(x, W1, b1, W2, b2):
    first, second = x @ W1 + b1, x @ W2 + b2
    return (first + second + np.abs(first - second)) / 2


class Neuron:
    weights = None

    def __init__(self, weights, bias):
        self.weights = np.concatenate([[bias], weights])

    def forward(self, inputs):
        z = self.weights[1:] @ inputs + self.weights[0]
        return 1 / (1 + np.exp(-np.clip(z, -500, 500)))


def logistic_loss(w, b, X, y):
    scores = X @ w + b
    rates = 1 / (1 + np.exp(-np.clip(scores, -500, 500)))
    return np.mean(softplus(scores) - y * scores), (rates - y) @ X / len(X), np.mean(rates - y)


def hinge_loss(w, b, X, y):
    missing = np.maximum(0, 1 - y * (X @ w + b))
    violated = missing > 0
    dw = -np.sum(X[violated] * y[violated][:, np.newaxis], axis=0) / len(X)
    return missing.sum() / len(X), dw, -np.sum(y[violated]) / len(X)


def mse_loss(prediction, actual):
    p, a = np.asarray(prediction, dtype=np.float64), np.asarray(actual, dtype=np.float64)
    if p.shape != a.shape or not p.size:
        raise ValueError(f"{p.shape} and {a.shape}")
    return np.sum((a - p) ** 2) / p.size, -2 / p.size * (a - p)


def gradient_descent(loss_and_grad, start, learning_rate, steps):
    point, losses = 1.0 * np.asarray(start), np.zeros(steps + 1)
    for step in range(steps + 1):
        losses[step], gradient = loss_and_grad(point)
        if step < steps:
            point = point - learning_rate * gradient
    return point, losses


def fit_logistic_regression(X, y, learning_rate, steps):
    w, b = np.zeros(X.shape[1]), 0.0
    losses = np.empty(steps + 1)
    for step in range(steps + 1):
        losses[step], dw, db = logistic_loss(w, b, X, y)
        if step < steps:
            w, b = w - learning_rate * dw, b - learning_rate * db
    return w, b, losses
