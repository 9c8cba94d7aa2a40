"""Loops everywhere, one number at a time, and the older generator of random numbers."""

# Variants are as free with types as the people who write them.
# mypy: ignore-errors
# ruff: noqa: D103

import math

import numpy as np

from reference.losses import require_batch


def linear_scores(X, W):
    scores = np.zeros((len(X), W.shape[1]))
    for n in range(len(X)):
        for d in range(len(W)):
            scores[n] += X[n, d] * W[d]
    return scores


def svm_loss_naive(W, X, y, reg):
    D, C = W.shape
    loss, dW = 0.0, np.zeros((D, C))
    for n in range(len(X)):
        correct = sum(X[n, d] * W[d, y[n]] for d in range(D))
        for c in range(C):
            if c == y[n]:
                continue
            margin = sum(X[n, d] * W[d, c] for d in range(D)) - correct + 1
            if margin >= 0:
                loss += margin / len(X)
                for d in range(D):
                    dW[d, c] += X[n, d] / len(X)
                    dW[d, y[n]] -= X[n, d] / len(X)
    for d in range(D):
        for c in range(C):
            loss += reg * W[d, c] ** 2
            dW[d, c] += 2 * reg * W[d, c]
    return loss, dW


def softmax_loss_naive(W, X, y, reg):
    D, C = W.shape
    loss, dW = 0.0, np.zeros((D, C))
    for n in range(len(X)):
        scores = [sum(X[n, d] * W[d, c] for d in range(D)) for c in range(C)]
        exps = [math.exp(s - max(scores)) for s in scores]
        loss -= math.log(exps[y[n]] / sum(exps))
        for c in range(C):
            slope = exps[c] / sum(exps)
            if c == y[n]:
                slope -= 1
            for d in range(D):
                dW[d, c] += slope * X[n, d]
    return loss / len(X) + reg * (W**2).sum(), dW / len(X) + reg * 2 * W


def predict(W, X):
    labels = np.zeros(len(X), dtype=int)
    for n, x in enumerate(X):
        scores = x @ W
        for c in range(1, W.shape[1]):
            if scores[c] > scores[labels[n]]:
                labels[n] = c
    return labels


def train_linear(X, y, loss_function, learning_rate, reg, steps, batch_size, seed):
    require_batch(X, y)
    random = np.random.RandomState(seed)
    W = 0.001 * random.randn(X.shape[1], y.max() + 1)
    losses = []
    for _ in range(steps):
        if batch_size >= len(X):
            loss, dW = loss_function(W, X, y, reg)
        else:
            some = random.choice(len(X), batch_size)  # an example may come twice
            loss, dW = loss_function(W, X[some], y[some], reg)
        W -= learning_rate * dW
        losses += [loss]
    return W, losses
