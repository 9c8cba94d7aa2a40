"""Classes in rows and examples in columns; the mean taken early; batches that walk through shuffled data."""

# Variants are as free with types as the people who write them.
# mypy: ignore-errors
# ruff: noqa: D103

import numpy as np

from reference.losses import require_batch


def linear_scores(X, W):
    return (W.T @ X.T).T


def svm_loss_naive(W, X, y, reg):
    loss, gradient = reg * np.square(W).sum(), 2.0 * reg * W.T
    for x, label in zip(X / len(X), y, strict=True):
        for c in range(len(gradient)):
            margin = x @ (W[:, c] - W[:, label]) + 1 / len(X)
            if c != label and margin > 0:
                loss += margin
                gradient[c] += x
                gradient[label] -= x
    return loss, gradient.T


def svm_loss_vectorized(W, X, y, reg):
    scores, columns = W.T @ X.T, np.arange(len(y))
    margins = np.maximum(scores - scores[y, columns] + 1, 0)
    margins[y, columns] = 0
    slopes = (margins > 0) / len(y)
    slopes[y, columns] -= slopes.sum(axis=0)
    return margins.sum() / len(y) + reg * np.vdot(W, W), (slopes @ X).T + reg * (W + W)


def softmax_loss_naive(W, X, y, reg):
    loss, gradient = reg * np.square(W).sum(), 2.0 * reg * W.T
    for x, label in zip(X, y, strict=True):
        scores = W.T @ x
        p = np.exp(scores - np.logaddexp.reduce(scores))
        loss += (np.logaddexp.reduce(scores) - scores[label]) / len(X)
        p[label] -= 1
        for c, slope in enumerate(p):
            gradient[c] += slope / len(X) * x
    return loss, gradient.T


def softmax_loss_vectorized(W, X, y, reg):
    scores, columns = W.T @ X.T, np.arange(len(y))
    logs = scores - np.logaddexp.reduce(scores, axis=0)
    slopes = np.exp(logs) / len(y)
    slopes[y, columns] -= 1 / len(y)
    return reg * np.vdot(W, W) - logs[y, columns].mean(), (slopes @ X).T + reg * (W + W)


def predict(W, X):
    return (W.T @ X.T).argmax(axis=0)


def train_linear(X, y, loss_function, learning_rate, reg, steps, batch_size, seed):
    require_batch(X, y)
    rng = np.random.default_rng(seed)
    W = rng.normal(scale=1e-3, size=(1 + max(y), X.shape[1])).T
    losses, waiting, size = np.zeros(steps), [], min(batch_size, len(X))
    for step in range(steps):
        if len(waiting) < size:
            waiting = rng.permutation(len(X))
        batch, waiting = waiting[:size], waiting[size:]
        losses[step], dW = loss_function(W, X[batch, :], y[batch], reg)
        W = W - learning_rate * dW
    return W, losses
