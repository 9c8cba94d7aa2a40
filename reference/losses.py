"""Linear classifiers: scores, two losses with their gradients, and mini-batch gradient descent.

Each exercise stands alone, so that it can be read, and put into a notebook, without the others; only the check of the
arguments at the top is shared, and students are given it.
"""

# Exercises are untyped, because the types that matter here are shapes, which the docstrings state.
# mypy: allow-untyped-defs, allow-untyped-calls

import numpy as np


def require_batch(X, y=None, W=None):
    """Raise ValueError where examples X, labels y and weights W do not belong together; y and W may be left out."""
    if np.ndim(X) != 2 or len(X) == 0:
        raise ValueError(f"X has shape {np.shape(X)}: give it a row for each example, and at least one")
    if W is not None and (np.ndim(W) != 2 or len(W) != X.shape[1]):
        raise ValueError(f"W has shape {np.shape(W)}: give it a row for each of the {X.shape[1]} features of X")
    if y is None:
        return
    if np.shape(y) != (len(X),):
        raise ValueError(f"y has shape {np.shape(y)}: give it one label for each of the {len(X)} examples of X")
    if np.asarray(y).dtype.kind not in "iu":
        raise ValueError(f"y holds labels of type {np.asarray(y).dtype}: give it whole numbers of an integer type")
    if np.min(y) < 0:
        raise ValueError(f"y holds the label {np.min(y)}: labels count from 0")
    if W is not None and np.max(y) >= W.shape[1]:
        raise ValueError(f"y holds the label {np.max(y)}: the columns of W are for 0 to {W.shape[1] - 1}")


def linear_scores(X, W):
    """Score every example for every class.

    X: N examples with D features each, shape (N, D)
    W: weights, a column for each of C classes, shape (D, C)
    Returns the scores, shape (N, C): entry [n, c] is how much example n looks like class c.
    """
    require_batch(X, W=W)
    return X @ W  # s_nc = Σ_d x_nd w_dc


def svm_loss_naive(W, X, y, reg):
    """Compute the multiclass SVM loss and its gradient with loops.

    W: weights, shape (D, C)
    X: N examples, shape (N, D)
    y: N labels, integers from 0 to C − 1
    reg: strength of the regularisation, the factor of the sum of all squared weights
    Returns loss, a number: the mean over the examples plus the regularisation, and dW, its gradient, shape (D, C).
    W and X stay as they were.
    """
    require_batch(X, y, W)
    loss, dW = 0.0, np.zeros(W.shape)
    for x, label in zip(X, y, strict=True):
        scores = x @ W
        for c in range(W.shape[1]):
            margin = scores[c] - scores[label] + 1.0
            if c != label and margin > 0:  # L_n = Σ_{c≠y} max(0, s_c − s_y + 1)
                loss += margin
                dW[:, c] += x  # ∂s_c/∂w_c = x
                dW[:, label] -= x
    return loss / len(X) + reg * np.sum(W * W), dW / len(X) + 2 * reg * W


def svm_loss_vectorized(W, X, y, reg):
    """Compute the multiclass SVM loss and its gradient without loops.

    Arguments and results are those of svm_loss_naive. Where N = 500, D = 3073 and C = 10 it is at least ten times
    faster than loops.
    """
    require_batch(X, y, W)
    scores, rows = X @ W, np.arange(len(X))
    margins = np.maximum(0.0, scores - scores[rows, y][:, None] + 1.0)
    margins[rows, y] = 0.0  # L_n = Σ_{c≠y} max(0, s_c − s_y + 1)

    dscores = np.where(margins > 0, 1.0, 0.0)  # ∂L_n/∂s_c = 1 where the margin is violated
    dscores[rows, y] = -dscores.sum(axis=1)  # ∂L_n/∂s_y = −(number of violated margins)
    return margins.sum() / len(X) + reg * np.sum(W * W), X.T @ dscores / len(X) + 2 * reg * W


def softmax_loss_naive(W, X, y, reg):
    """Compute the cross-entropy loss of the softmax, and its gradient, with loops.

    W: weights, shape (D, C)
    X: N examples, shape (N, D)
    y: N labels, integers from 0 to C − 1
    reg: strength of the regularisation, the factor of the sum of all squared weights
    Returns loss, a number: the mean over the examples plus the regularisation, and dW, its gradient, shape (D, C).
    Adding 1000 or −1000 to all scores of an example changes neither. W and X stay as they were.
    """
    require_batch(X, y, W)
    loss, dW = 0.0, np.zeros(W.shape)
    for x, label in zip(X, y, strict=True):
        scores = x @ W
        scores = scores - np.max(scores)  # no exponent is above 0
        total = np.sum(np.exp(scores))
        loss += np.log(total) - scores[label]  # L_n = −ln p_y = ln Σ_c exp(s_c) − s_y
        for c in range(W.shape[1]):
            p = np.exp(scores[c]) / total
            dW[:, c] += (p - (c == label)) * x  # ∂L_n/∂s_c = p_c − [c = y]
    return loss / len(X) + reg * np.sum(W * W), dW / len(X) + 2 * reg * W


def softmax_loss_vectorized(W, X, y, reg):
    """Compute the cross-entropy loss of the softmax, and its gradient, without loops.

    Arguments and results are those of softmax_loss_naive. Where N = 500, D = 3073 and C = 10 it is at least ten times
    faster than loops.
    """
    require_batch(X, y, W)
    scores, rows = X @ W, np.arange(len(X))
    scores = scores - scores.max(axis=1, keepdims=True)  # no exponent is above 0
    totals = np.exp(scores).sum(axis=1, keepdims=True)
    losses = np.log(totals[:, 0]) - scores[rows, y]  # L_n = −ln p_y = ln Σ_c exp(s_c) − s_y

    dscores = np.exp(scores) / totals  # ∂L_n/∂s_c = p_c − [c = y]
    dscores[rows, y] -= 1.0
    return losses.mean() + reg * np.sum(W * W), X.T @ dscores / len(X) + 2 * reg * W


def predict(W, X):
    """Choose a class for every example: the one with the highest score, of several the one that comes first.

    W: weights, shape (D, C)
    X: N examples, shape (N, D)
    Returns N labels, integers from 0 to C − 1, shape (N,).
    """
    require_batch(X, W=W)
    return np.argmax(X @ W, axis=1)


def train_linear(X, y, loss_function, learning_rate, reg, steps, batch_size, seed):
    """Train a linear classifier by mini-batch gradient descent.

    X: N examples with D features each, shape (N, D)
    y: N labels, integers from 0 to C − 1, where the largest one tells C
    loss_function: called as loss_function(W, X_batch, y_batch, reg), returns the tuple (loss, dW)
    learning_rate: how far a step goes, as a multiple of dW
    reg: strength of the regularisation, which loss_function takes care of
    steps: how many times W is changed
    batch_size: how many examples are drawn at random for each step; with N or more, every step uses each one once
    seed: of the random numbers; the same seed brings the same result
    Returns W, shape (D, C), and losses, a list of one number for each step: the loss of its batch before the step.
    W starts with small random numbers: a standard normal distribution times 0.001.
    Where X is empty, y has another length than X, or a label is negative, it raises ValueError.
    """
    require_batch(X, y)
    rng = np.random.default_rng(seed)
    W = 0.001 * rng.standard_normal((X.shape[1], np.max(y) + 1))
    losses = []
    for _ in range(steps):
        batch = rng.permutation(len(X))[:batch_size]
        loss, dW = loss_function(W, X[batch], y[batch], reg)
        losses.append(loss)
        W = W - learning_rate * dW  # downhill: against the gradient
    return W, losses
