"""Lists and Python numbers where arrays are natural, in what is returned as well."""

# Variants are as free with types as the people who write them.
# mypy: ignore-errors
# ruff: noqa: D103

import math

import numpy as np

from reference.losses import require_batch


def linear_scores(X, W):
    return [[sum(map(float.__mul__, x, w)) for w in W.T.astype(float).tolist()] for x in X.astype(float).tolist()]


def svm_loss_naive(W, X, y, reg):
    loss, columns = 0.0, [[0.0] * len(W) for _ in range(W.shape[1])]
    for x, label, scores in zip(X.tolist(), y.tolist(), linear_scores(X, W), strict=True):
        for c, score in enumerate(scores):
            if c != label:
                loss += max(0.0, score - scores[label] + 1)
                if score - scores[label] + 1 > 0:
                    columns[c] = [a + b for a, b in zip(columns[c], x, strict=True)]
                    columns[label] = [a - b for a, b in zip(columns[label], x, strict=True)]
    return _whole(W, reg, loss / len(X), [[a / len(X) for a in column] for column in columns])


def softmax_loss_naive(W, X, y, reg):
    loss, columns = 0.0, [[0.0] * len(W) for _ in range(W.shape[1])]
    for x, label, scores in zip(X.tolist(), y.tolist(), linear_scores(X, W), strict=True):
        exps = [math.exp(score - max(scores)) for score in scores]
        loss += math.log(math.fsum(exps)) + max(scores) - scores[label]
        for c, e in enumerate(exps):
            slope = e / math.fsum(exps) - (c == label)
            columns[c] = [a + slope * b / len(X) for a, b in zip(columns[c], x, strict=True)]
    return _whole(W, reg, loss / len(X), columns)


def predict(W, X):
    return [scores.index(max(scores)) for scores in linear_scores(X, W)]


def train_linear(X, y, loss_function, learning_rate, reg, steps, batch_size, seed):
    require_batch(X, y)
    rng = np.random.default_rng(seed)
    W = rng.normal(0, 0.001, size=(X.shape[1], max(y.tolist()) + 1))
    losses = []
    for _ in range(steps):
        batch = sorted(rng.choice(len(X), size=min(batch_size, len(X)), replace=False).tolist())
        loss, dW = loss_function(W, X[batch], y[batch], reg)
        W = np.array([[w - learning_rate * d for w, d in zip(*rows, strict=True)] for rows in zip(W, dW, strict=True)])
        losses.append(float(loss))
    return W.tolist(), losses


def _whole(W, reg, loss, columns):
    squares = sum(w * w for row in W.tolist() for w in row)
    slopes = [[2 * reg * w for w in column] for column in W.T.tolist()]
    columns = [[a + b for a, b in zip(*pair, strict=True)] for pair in zip(columns, slopes, strict=True)]
    return loss + reg * squares, [list(row) for row in zip(*columns, strict=True)]
