"""Loops over entries, examples and features, without a vectorised formula."""

# Variants are as free with types as the people who write them.
# mypy: ignore-errors
# ruff: noqa: D101, D102, D103

import math

import numpy as np


def entry_by_entry(function, x):
    x = np.asarray(x)
    out = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        out[i] = function(float(x[i]))
    return out


def squashed(value):
    if value >= 0:
        return 1 / (1 + math.exp(-value))
    return math.exp(value) / (1 + math.exp(value))


def weighted_sum(x, w, b):
    if x.ndim == 2:
        return np.array([weighted_sum(row, w, b) for row in x])
    total = b
    for i in range(len(w)):
        total = total + w[i] * x[i]
    return total


def classify(scores):
    scores = np.asarray(scores)
    labels = np.zeros(scores.shape, dtype=int)
    for i in np.ndindex(scores.shape):
        if scores[i] > 0:
            labels[i] = 1
    return labels


def sigmoid(x):
    return entry_by_entry(squashed, x)


def sigmoid_derivative(x):
    return entry_by_entry(lambda value: squashed(value) * squashed(-value), x)


def tanh(x):
    return entry_by_entry(lambda value: 2 * squashed(2 * value) - 1, x)


def relu(x):
    return entry_by_entry(lambda value: value if value > 0 else 0.0, x)


def leaky_relu(x, slope=0.01):
    return entry_by_entry(lambda value: value if value > 0 else slope * value, x)


def elu(x, alpha=1.0):
    return entry_by_entry(lambda value: value if value > 0 else alpha * (math.exp(value) - 1), x)


def maxout(x, W1, b1, W2, b2):
    if x.ndim == 2:
        return np.array([maxout(row, W1, b1, W2, b2) for row in x])
    out = []
    for j in range(W1.shape[1]):
        first, second = b1[j], b2[j]
        for i in range(len(x)):
            first = first + x[i] * W1[i, j]
            second = second + x[i] * W2[i, j]
        out.append(max(first, second))
    return np.array(out)


class Neuron:
    def __init__(self, weights, bias):
        self.synapses = list(weights)
        self.bias = bias

    def forward(self, inputs):
        potential = self.bias
        for weight, value in zip(self.synapses, inputs):  # noqa: B905
            potential += weight * value
        return squashed(potential)


def logistic_loss(w, b, X, y):
    loss, dw, db = 0.0, np.zeros(len(w)), 0.0
    for n in range(len(X)):
        score = b
        for i in range(len(w)):
            score = score + w[i] * X[n, i]
        wrong = -score if y[n] == 1 else score
        loss += (wrong + math.log1p(math.exp(-wrong)) if wrong > 0 else math.log1p(math.exp(wrong))) / len(X)
        dscore = (squashed(score) - y[n]) / len(X)
        for i in range(len(w)):
            dw[i] += dscore * X[n, i]
        db += dscore
    return loss, dw, db


def hinge_loss(w, b, X, y):
    loss, dw, db = 0.0, np.zeros(len(w)), 0.0
    for n in range(len(X)):
        score = b
        for i in range(len(w)):
            score = score + w[i] * X[n, i]
        missing = 1 - y[n] * score
        if missing >= 0:  # the slope of the side that is missed, at the tie as well
            loss += missing
            dw -= y[n] * X[n]
            db -= y[n]
    return loss / len(X), dw / len(X), db / len(X)


def mse_loss(prediction, actual):
    prediction, actual = np.asarray(prediction, dtype=float), np.asarray(actual, dtype=float)
    if prediction.shape != actual.shape or prediction.size == 0:
        raise ValueError("these cannot be compared")
    loss, gradient = 0.0, np.zeros(prediction.shape)
    for i in np.ndindex(prediction.shape):
        error = prediction[i] - actual[i]
        loss += error * error / prediction.size
        gradient[i] = 2 * error / prediction.size
    return loss, gradient


def gradient_descent(loss_and_grad, start, learning_rate, steps):
    point = np.array(start, dtype=float)
    losses = []
    for _ in range(steps):
        loss, gradient = loss_and_grad(point)
        losses.append(loss)
        gradient = np.asarray(gradient)
        following = np.zeros(point.shape)
        for i in np.ndindex(point.shape):
            following[i] = point[i] - learning_rate * gradient[i]
        point = following
    losses.append(loss_and_grad(point)[0])
    return point, losses


def fit_logistic_regression(X, y, learning_rate, steps):
    w, b, losses = [0.0] * X.shape[1], 0.0, []
    for step in range(steps + 1):
        loss, dw, db = logistic_loss(w, b, X, y)
        losses.append(loss)
        if step == steps:
            break
        for i in range(len(w)):
            w[i] -= learning_rate * dw[i]
        b -= learning_rate * db
    return np.array(w), b, losses
