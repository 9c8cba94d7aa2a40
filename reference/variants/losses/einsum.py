"""Sums of products by einsum, one-hot labels in the place of picked entries."""

# Variants are as free with types as the people who write them.
# mypy: ignore-errors
# ruff: noqa: D103

import numpy as np


def linear_scores(X, W):
    return np.einsum("nd,dc->nc", X, W)


def svm_loss_naive(W, X, y, reg):
    loss, slopes = 0.0, np.zeros((len(X), W.shape[1]))
    for n, label in enumerate(y):
        scores = np.einsum("d,dc->c", X[n], W)
        for c, score in enumerate(scores):
            if c != label and score + 1 > scores[label]:
                loss += score + 1 - scores[label]
                slopes[n, c] += 1
                slopes[n, label] -= 1
    return _whole(W, X, reg, loss / len(X), slopes)


def svm_loss_vectorized(W, X, y, reg):
    hot = np.eye(W.shape[1])[y]
    scores = _product("nd,dc->nc", X, W)
    margins = (1 - hot) * np.clip(scores - np.einsum("nc,nc->n", scores, hot)[:, np.newaxis] + 1, 0, None)
    violated = np.sign(margins)
    return _whole(W, X, reg, np.einsum("nc->", margins) / len(X), violated - np.einsum("nk,nc->nc", violated, hot))


def softmax_loss_vectorized(W, X, y, reg):
    hot = np.eye(W.shape[1])[y]
    scores = _product("nd,dc->nc", X, W)
    scores = scores - np.amax(scores, axis=-1)[:, np.newaxis]
    e = np.exp(scores)
    p = np.einsum("nc,n->nc", e, 1 / np.einsum("nc->n", e))
    return _whole(W, X, reg, -np.einsum("nc,nc->", np.log(p), hot) / len(X), p - hot)


def predict(W, X):
    return np.einsum("dc,nd->nc", W, X).argmax(-1)


def _product(subscripts, a, b):
    return np.einsum(subscripts, a, b, optimize=True)


def _whole(W, X, reg, loss, slopes):
    loss += reg * np.einsum("dc,dc->", W, W)
    return loss, _product("nd,nc->dc", X, slopes) / len(X) + 2 * reg * W
