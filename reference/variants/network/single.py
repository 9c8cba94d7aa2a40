"""Single precision inside: what is computed is float32, and stays so or is made float64 at the end."""

# Variants are as free with types as the people who write them.
# mypy: ignore-errors
# ruff: noqa: D103

import numpy as np

from reference.network import require_batch


def three_layer_forward(x, W1, b1, W2, b2, W3, b3):
    a = np.float32(x)
    for W, b in ((W1, b1), (W2, b2)):
        a = (1 + np.tanh((np.float32(W) @ a + np.float32(b)) / 2)) / 2
    return np.float32(W3) @ a + np.float32(b3)


def collapse_linear(W1, W2):
    return np.float32(W1) @ np.float32(W2)


def train_tiny_network(X, y, hidden, steps, seed):
    rng = np.random.default_rng(seed)
    W1 = np.float32(2 * rng.random((X.shape[1], hidden)) - 1)
    W2 = np.float32(2 * rng.random((hidden, 1)) - 1)
    X, y = np.float32(X), np.float32(y)[:, None]
    for _ in range(steps):
        h = 1 / (1 + np.exp(-X @ W1))
        p = 1 / (1 + np.exp(-h @ W2))
        dz2 = (p - y) * p * (1 - p)
        dW1 = X.T @ (dz2 @ W2.T * h * (1 - h))
        W2 -= h.T @ dz2
        W1 -= dW1
    return {"W1": W1, "W2": W2}, 1 / (1 + np.exp(-1 / (1 + np.exp(-X @ W1)) @ W2)).reshape(-1)


def init_two_layer(input_size, hidden_size, output_size, scale, seed):
    rng = np.random.default_rng(seed)
    return {
        "W1": np.float32(scale) * rng.standard_normal((input_size, hidden_size), dtype=np.float32),
        "b1": np.zeros(hidden_size, dtype=np.float32),
        "W2": np.float32(scale) * rng.standard_normal((hidden_size, output_size), dtype=np.float32),
        "b2": np.zeros(output_size, dtype=np.float32),
    }


def two_layer_forward(params, X):
    small = {name: np.float32(value) for name, value in params.items()}
    hidden = np.maximum(0, np.float32(X) @ small["W1"] + small["b1"])
    return hidden @ small["W2"] + small["b2"], (np.float32(X), hidden, small["W2"])


def two_layer_backward(dscores, cache):
    X, hidden, W2 = cache
    dscores = np.float32(dscores)
    dhidden = dscores @ W2.T
    dhidden[hidden <= 0] = 0
    grads = {"W1": X.T @ dhidden, "b1": dhidden.sum(0), "W2": hidden.T @ dscores, "b2": dscores.sum(0)}
    return {name: grad.astype(np.float64) for name, grad in grads.items()}


def two_layer_loss(params, X, y, reg):
    require_batch(X, y, classes=len(params["b2"]))
    scores, cache = two_layer_forward(params, X)
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    small = {name: np.float32(value) for name, value in params.items()}
    loss = -log_p[np.arange(len(X)), y].mean()
    loss += np.float32(reg) * (np.sum(small["W1"] ** 2) + np.sum(small["W2"] ** 2))
    dscores = np.exp(log_p)
    dscores[np.arange(len(X)), y] -= 1
    grads = two_layer_backward(dscores / np.float32(len(X)), cache)
    for name in ("W1", "W2"):
        grads[name] += 2 * np.float32(reg) * small[name]
    return loss, grads


def two_layer_predict(params, X):
    return two_layer_forward(params, X)[0].argmax(axis=1)


def train_two_layer(params, X, y, X_val, y_val, learning_rate, decay, reg, steps, batch_size, seed):
    params = {name: np.float32(value) for name, value in params.items()}
    history = {"loss": [], "train_accuracy": [], "val_accuracy": []}
    rng = np.random.default_rng(seed)
    while len(history["loss"]) < steps:
        order = rng.permutation(len(X))
        for start in range(0, len(X), batch_size):
            if len(history["loss"]) == steps:
                break
            rows = order[start : start + batch_size]
            loss, grads = two_layer_loss(params, X[rows], y[rows], reg)
            history["loss"].append(loss)
            params = {name: np.float32(value - learning_rate * grads[name]) for name, value in params.items()}
        history["train_accuracy"].append(np.float32(np.mean(two_layer_predict(params, X) == y)))
        history["val_accuracy"].append(np.float32(np.mean(two_layer_predict(params, X_val) == y_val)))
        learning_rate *= decay
    return params, history
