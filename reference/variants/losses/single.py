"""Single precision inside: what is computed is float32, and stays so or is made float64 at the end."""

# Variants are as free with types as the people who write them.
# mypy: ignore-errors
# ruff: noqa: D103

import numpy as np

from reference.losses import require_batch


def linear_scores(X, W):
    return X.astype(np.float32) @ W.astype(np.float32)


def svm_loss_naive(W, X, y, reg):
    W, X = np.float32(W), np.float32(X)
    loss, dW = np.float32(0), np.zeros_like(W)
    for x, label in zip(X, y, strict=True):
        margins = x @ W - x @ W[:, label] + 1
        margins[label] = 0
        for c in np.flatnonzero(margins > 0):
            loss += margins[c]
            dW[:, c] += x
            dW[:, label] -= x
    return loss / len(X) + reg * np.sum(W * W), dW / len(X) + 2 * reg * W


def svm_loss_vectorized(W, X, y, reg):
    W, X, rows = np.float32(W), np.float32(X), np.arange(len(X))
    scores = X @ W
    margins = np.maximum(0, scores - scores[rows, y].reshape(-1, 1) + 1)
    margins[rows, y] = 0
    slopes = np.float32(margins > 0)
    slopes[rows, y] -= slopes.sum(axis=1)
    return float(margins.sum() / len(X) + reg * np.sum(W * W)), np.float64(X.T @ slopes / len(X) + 2 * reg * W)


def softmax_loss_naive(W, X, y, reg):
    W, X = np.float32(W), np.float32(X)
    loss, dW = np.float32(0), np.zeros_like(W)
    for x, label in zip(X, y, strict=True):
        scores = x @ W
        scores -= scores.max()
        e = np.exp(scores)
        loss += np.log(e.sum()) - scores[label]
        for c in range(len(e)):
            dW[:, c] += (e[c] / e.sum() - np.float32(c == label)) * x
    return loss / len(X) + reg * np.sum(W * W), dW / len(X) + 2 * reg * W


def softmax_loss_vectorized(W, X, y, reg):
    W, X, rows = np.float32(W), np.float32(X), np.arange(len(X))
    scores = X @ W
    scores -= scores.max(axis=1, keepdims=True)
    p = np.exp(scores)
    p /= p.sum(axis=1, keepdims=True)
    loss = -np.log(p[rows, y]).mean() + reg * np.sum(W * W)
    p[rows, y] -= 1
    return loss, X.T @ p / len(X) + 2 * reg * W


def predict(W, X):
    return np.argmax(np.float32(X) @ np.float32(W), axis=1).astype(np.int32)


def train_linear(X, y, loss_function, learning_rate, reg, steps, batch_size, seed):
    require_batch(X, y)
    rng = np.random.default_rng(seed)
    W = (0.001 * rng.standard_normal((X.shape[1], y.max() + 1))).astype(np.float32)
    losses = np.zeros(steps, dtype=np.float32)
    for step in range(steps):
        batch = rng.choice(len(X), size=min(batch_size, len(X)), replace=False)
        losses[step], dW = loss_function(W, X[batch], y[batch], reg)
        W = W - np.float32(learning_rate * dW)
    return W, losses
