"""Sums written with einsum or by broadcasting, in another order than the reference's products of matrices."""

# Variants are as free with types as the people who write them.
# mypy: ignore-errors
# ruff: noqa: D101, D102, D103

import numpy as np


def weighted_sum(x, w, b):
    return np.einsum("...d,d->...", x, w) + b


def classify(scores):
    return np.asarray(scores).__gt__(0).astype(np.int8)


def maxout(x, W1, b1, W2, b2):
    both = np.einsum("...d,kdm->k...m", x, np.stack([W1, W2]))
    return (both + np.stack([b1, b2]).reshape([2] + [1] * (x.ndim - 1) + [-1])).max(axis=0)


class Neuron:
    def __init__(self, weights, bias):
        self.extended = np.append(weights, bias)  # the bias is the weight of an input that is always 1

    def forward(self, inputs):
        z = np.einsum("i,i->", self.extended, np.append(inputs, 1.0))
        return 0.5 * (1.0 + np.tanh(z / 2))


def logistic_loss(w, b, X, y):
    scores = np.einsum("nd,d->n", X, w) + b
    sign = 2.0 * y - 1.0
    dscores = -sign * np.exp(-np.logaddexp(0.0, sign * scores)) / len(y)
    return np.logaddexp(0.0, -sign * scores).mean(), np.einsum("n,nd->d", dscores, X), np.einsum("n->", dscores)


def hinge_loss(w, b, X, y):
    margins = y * (np.einsum("nd,d->n", X, w) + b)
    dscores = -y * np.heaviside(1.0 - margins, 0.5) / y.size  # half of the slope at the tie
    return np.clip(1.0 - margins, 0.0, None).mean(), np.einsum("n,nd->d", dscores, X), dscores.sum()


def mse_loss(prediction, actual):
    if np.shape(prediction) != np.shape(actual):
        raise ValueError("prediction and actual have different shapes")
    if np.size(actual) < 1:
        raise ValueError("nothing to compare")
    error = np.ravel(np.asarray(prediction, dtype=float) - actual)
    gradient = (error + error) / error.size
    return np.einsum("i,i->", error, error) / error.size, gradient.reshape(np.shape(prediction))


def fit_logistic_regression(X, y, learning_rate, steps):
    extended = np.column_stack([np.ones(len(X)), X])
    weights, losses = np.zeros(extended.shape[1]), []
    while True:
        scores = np.einsum("nd,d->n", extended, weights)
        losses.append(np.mean(np.logaddexp(0.0, scores) - y * scores))
        if len(losses) > steps:
            return weights[1:], weights[0], losses
        rates = 0.5 * (1.0 + np.tanh(0.5 * scores))
        weights = weights - learning_rate * np.einsum("nd,n->d", extended, rates - y) / len(y)
