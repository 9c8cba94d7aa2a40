"""Every exercise built on the ones before it, as a notebook suggests."""

# Variants are as free with types as the people who write them.
# mypy: ignore-errors
# ruff: noqa: D101, D102, D103

import numpy as np


def weighted_sum(x, w, b):
    return x @ w + b


def sigmoid(x):
    e = np.exp(-np.abs(x))
    return np.where(np.asarray(x) >= 0, 1, e) / (1 + e)


def sigmoid_derivative(x):
    return sigmoid(x) * (1 - sigmoid(x))


def tanh(x):
    return 2 * sigmoid(2 * np.asarray(x)) - 1


def relu(x):
    return np.maximum(x, 0)


def leaky_relu(x, slope=0.01):
    return relu(x) - slope * relu(-np.asarray(x))


def elu(x, alpha=1.0):
    return relu(x) + alpha * (np.exp(-relu(-np.asarray(x))) - 1)


def maxout(x, W1, b1, W2, b2):
    return np.maximum(weighted_sum(x, W1, b1), weighted_sum(x, W2, b2))


class Neuron:
    def __init__(self, weights, bias):
        self.weights = weights
        self.bias = bias

    def forward(self, inputs):
        return sigmoid(weighted_sum(inputs, self.weights, self.bias))


def logistic_loss(w, b, X, y):
    scores = weighted_sum(X, w, b)
    error = (sigmoid(scores) - y) / len(y)
    return np.mean(np.logaddexp(0, np.where(y == 1, -1, 1) * scores)), X.T @ error, error.sum()


def hinge_loss(w, b, X, y):
    missing = 1 - y * weighted_sum(X, w, b)
    dscores = -y * (missing > 0) / len(y)
    return np.mean(relu(missing)), X.T @ dscores, dscores.sum()


def gradient_descent(loss_and_grad, start, learning_rate, steps):
    point = np.array(start, dtype=float)
    loss, gradient = loss_and_grad(point)
    losses = [loss]
    for _ in range(steps):
        point -= learning_rate * gradient
        loss, gradient = loss_and_grad(point)
        losses.append(loss)
    return point, losses


def fit_logistic_regression(X, y, learning_rate, steps):
    def loss_and_grad(point):
        loss, dw, db = logistic_loss(point[1:], point[0], X, y)
        return loss, np.concatenate([[db], dw])

    point, losses = gradient_descent(loss_and_grad, np.zeros(X.shape[1] + 1), learning_rate, steps)
    return point[1:], point[0], losses
