"""Other layouts and another order: caches that hold closures and objects, examples as columns, sums from the back."""

# Variants are as free with types as the people who write them.
# mypy: ignore-errors
# ruff: noqa: D103

import numpy as np

from reference.network import require_batch


def count_parameters(sizes):
    if len(sizes) == 1:
        return {"neurons": 0, "weights": 0, "biases": 0, "parameters": 0}
    counts = count_parameters(sizes[:-1])
    counts["neurons"] += sizes[-1]
    counts["weights"] += sizes[-1] * sizes[-2]
    counts["biases"] += sizes[-1]
    counts["parameters"] += sizes[-1] * (sizes[-2] + 1)
    return counts


def three_layer_forward(x, W1, b1, W2, b2, W3, b3):
    def sigmoid(z):
        return 0.5 * np.tanh(0.5 * z) + 0.5

    def layer(W, b, a):
        return np.hstack([W, b]) @ np.vstack([a, np.ones((1, a.shape[1]))])

    return layer(W3, b3, sigmoid(layer(W2, b2, sigmoid(layer(W1, b1, x)))))


def collapse_linear(W1, W2):
    return np.vstack([row @ W1 @ W2 for row in np.eye(len(W1))])


def train_tiny_network(X, y, hidden, steps, seed):
    def sigmoid(z):
        return 0.5 * np.tanh(0.5 * z) + 0.5

    X, y = np.asarray(X).T, np.asarray(y)[None, :]
    rng = np.random.default_rng(seed)
    W1 = (2 * rng.random((len(X), hidden)) - 1).T
    W2 = (2 * rng.random((hidden, 1)) - 1).T
    layers = [X, sigmoid(W1 @ X)]
    layers.append(sigmoid(W2 @ layers[1]))
    for _ in range(steps):
        d2 = (layers[2] - y) * layers[2] * (1 - layers[2])
        d1 = (W2.T @ d2) * layers[1] * (1 - layers[1])
        W1 = W1 - d1 @ X.T
        W2 = W2 - d2 @ layers[1].T
        layers = [X, sigmoid(W1 @ X)]
        layers.append(sigmoid(W2 @ layers[1]))
    return {"W2": W2.T, "W1": W1.T}, layers[2][0]


def init_two_layer(input_size, hidden_size, output_size, scale, seed):
    rng = np.random.default_rng(seed)
    numbers = rng.normal(scale=scale, size=input_size * hidden_size + hidden_size * output_size)
    W1, W2 = np.split(numbers, [input_size * hidden_size])
    return {
        "b2": np.zeros(output_size),
        "W2": W2.reshape(hidden_size, -1),
        "b1": np.zeros(hidden_size),
        "W1": W1.reshape(input_size, -1),
    }


def two_layer_forward(params, X):
    class Layers:
        def __init__(self):
            self.inputs = np.c_[X, np.ones(len(X))].T
            self.first = np.r_[params["W1"], params["b1"][None, :]].T
            self.second = np.r_[params["W2"], params["b2"][None, :]].T
            self.sums = self.first @ self.inputs
            self.hidden = np.r_[np.clip(self.sums, 0, None), np.ones((1, len(X)))]

    cache = Layers()
    return (cache.second @ cache.hidden).T, cache


def two_layer_backward(dscores, cache):
    dsecond = dscores.T @ cache.hidden.T
    dsums = np.where(cache.sums >= 0, cache.second[:, :-1].T @ dscores.T, 0)
    dfirst = dsums @ cache.inputs.T
    return {"W1": dfirst[:, :-1].T, "b1": dfirst[:, -1], "W2": dsecond[:, :-1].T, "b2": dsecond[:, -1]}


def two_layer_loss(params, X, y, reg):
    if len(X) == 0 or len(X) != len(y) or np.min(y) < 0 or np.max(y) >= len(params["b2"]):
        raise ValueError("X and y are no batch")
    W1, b1, W2, b2 = (params[name] for name in ("W1", "b1", "W2", "b2"))
    loss = reg * (np.sum(W1 * W1) + np.sum(W2 * W2))
    grads = {"W1": 2 * reg * W1, "b1": np.zeros(b1.shape), "W2": 2 * reg * W2, "b2": np.zeros(b2.shape)}
    for x, label in zip(reversed(X), reversed(y), strict=True):
        hidden = np.maximum(x @ W1 + b1, 0)
        scores = hidden @ W2 + b2
        scores -= scores[label]
        shift = scores.max()
        e = np.exp(scores - shift)
        loss += (shift + np.log(e.sum())) / len(X)
        dscores = e / e.sum() / len(X)
        dscores[label] -= 1 / len(X)
        dhidden = np.where(hidden > 0, W2 @ dscores, 0)
        grads["W1"] += np.outer(x, dhidden)
        grads["b1"] += dhidden
        grads["W2"] += np.outer(hidden, dscores)
        grads["b2"] += dscores
    return loss, grads


def two_layer_predict(params, X):
    hidden = X @ params["W1"] + params["b1"]
    hidden[hidden < 0] = 0
    return np.argmax(params["W2"].T @ hidden.T + params["b2"][:, None], axis=0)


def train_two_layer(params, X, y, X_val, y_val, learning_rate, decay, reg, steps, batch_size, seed):
    def batches():
        rng = np.random.default_rng(seed)
        while True:
            order = np.arange(len(X))
            rng.shuffle(order)
            yield from np.split(order, range(batch_size, len(X), batch_size))

    require_batch(X, y, classes=len(params["b2"]))
    weights = {name: 1.0 * value for name, value in params.items()}
    history = {"train_accuracy": [], "val_accuracy": [], "loss": []}
    seen = 0
    for left, rows in zip(range(steps, 0, -1), batches(), strict=False):
        loss, grads = two_layer_loss(weights, X[rows], y[rows], reg)
        history["loss"] += [loss]
        for name in weights:
            weights[name] -= learning_rate * grads[name]
        seen += len(rows)
        if seen == len(X) or left == 1:
            seen = 0
            learning_rate *= decay
            history["train_accuracy"] += [(two_layer_predict(weights, X) == y).sum() / len(y)]
            history["val_accuracy"] += [(two_layer_predict(weights, X_val) == y_val).sum() / len(y_val)]
    return weights, history
