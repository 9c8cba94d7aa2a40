"""Plain Python as far as it goes: floats for numbers, lists and tuples where arrays are natural."""

# Variants are as free with types as the people who write them.
# mypy: ignore-errors
# ruff: noqa: D103

import math

import numpy as np

from reference.network import require_batch


def count_parameters(sizes):
    layers = list(sizes)
    biases = sum(layers) - layers[0]
    weights = sum(layers[i] * layers[i + 1] for i in range(len(layers) - 1))
    return dict(neurons=biases, weights=weights, biases=biases, parameters=weights + biases)  # noqa: C408


def three_layer_forward(x, W1, b1, W2, b2, W3, b3):
    def layer(W, b, columns):
        W, b = np.asarray(W).tolist(), np.asarray(b).ravel().tolist()
        return [
            [sum(w * a for w, a in zip(row, column, strict=True)) + bias for row, bias in zip(W, b, strict=True)]
            for column in columns
        ]

    def squashed(columns):
        return [[0.5 + 0.5 * math.tanh(z / 2) for z in column] for column in columns]

    columns = np.asarray(x).T.tolist()
    out = layer(W3, b3, squashed(layer(W2, b2, squashed(layer(W1, b1, columns)))))
    return [list(row) for row in zip(*out, strict=True)]


def collapse_linear(W1, W2):
    columns = list(zip(*W2.tolist(), strict=True))
    return [[sum(a * b for a, b in zip(row, column, strict=True)) for column in columns] for row in W1.tolist()]


def train_tiny_network(X, y, hidden, steps, seed):
    rng = np.random.default_rng(seed)
    W1 = 2 * rng.random((len(X[0]), hidden)) - 1
    W2 = 2 * rng.random((hidden, 1)) - 1
    target = [[float(value)] for value in y]
    for _ in range(steps):
        l1 = 1 / (1 + np.exp(-(np.dot(X, W1))))
        l2 = 1 / (1 + np.exp(-(np.dot(l1, W2))))
        l2_delta = (target - l2) * (l2 * (1 - l2))
        l1_delta = l2_delta.dot(W2.T) * (l1 * (1 - l1))
        W2 += l1.T.dot(l2_delta)
        W1 += X.T.dot(l1_delta)
    predictions = 1 / (1 + np.exp(-np.dot(1 / (1 + np.exp(-np.dot(X, W1))), W2)))
    return {"W1": W1.tolist(), "W2": W2.tolist()}, [value for (value,) in predictions.tolist()]


def init_two_layer(input_size, hidden_size, output_size, scale, seed):
    rng = np.random.default_rng(seed)
    return {
        "W1": [[scale * z for z in rng.standard_normal(hidden_size)] for _ in range(input_size)],
        "b1": [0.0] * hidden_size,
        "W2": [[scale * z for z in rng.standard_normal(output_size)] for _ in range(hidden_size)],
        "b2": [0.0] * output_size,
    }


def two_layer_forward(params, X):
    W1, b1, W2, b2 = params["W1"], params["b1"], params["W2"], params["b2"]
    hidden = [[max(0.0, float(z)) for z in row] for row in X @ W1 + b1]
    scores = [list(row) for row in np.array(hidden) @ W2 + b2]
    return scores, [X, hidden, W2]


def two_layer_backward(dscores, cache):
    X, hidden, W2 = cache
    hidden = np.array(hidden)
    dhidden = [
        [d if h > 0 else 0.0 for d, h in zip(*pair, strict=True)]
        for pair in zip(np.dot(dscores, W2.T), hidden, strict=True)
    ]
    return {
        "W1": np.dot(X.T, dhidden).tolist(),
        "b1": [sum(column) for column in zip(*dhidden, strict=True)],
        "W2": np.dot(hidden.T, dscores).tolist(),
        "b2": [sum(column) for column in np.transpose(dscores)],
    }


def two_layer_loss(params, X, y, reg):
    require_batch(X, y, classes=len(params["b2"]))
    scores, cache = two_layer_forward(params, X)
    losses, dscores = [], []
    for row, label in zip(scores, y, strict=True):
        top = max(row)
        e = [math.exp(s - top) for s in row]
        losses.append(math.log(sum(e)) - (row[label] - top))
        dscores.append([(value / sum(e) - (c == label)) / len(X) for c, value in enumerate(e)])
    loss = sum(losses) / len(losses)
    grads = two_layer_backward(np.array(dscores), cache)
    for name in ("W1", "W2"):
        loss += reg * float(np.square(params[name]).sum())
        grads[name] = (np.array(grads[name]) + 2 * reg * params[name]).tolist()
    return loss, grads


def two_layer_predict(params, X):
    scores, _ = two_layer_forward(params, X)
    return [row.index(max(row)) for row in scores]


def train_two_layer(params, X, y, X_val, y_val, learning_rate, decay, reg, steps, batch_size, seed):
    trained = {name: np.array(value, dtype=float) for name, value in params.items()}
    history = {"loss": [], "train_accuracy": [], "val_accuracy": []}
    rng = np.random.default_rng(seed)
    waiting, rate, epoch = [], learning_rate, 0
    for step in range(steps):
        if not waiting:
            waiting = rng.permutation(len(X)).tolist()
            rate = learning_rate * decay**epoch
            epoch += 1
        rows, waiting = waiting[:batch_size], waiting[batch_size:]
        loss, grads = two_layer_loss(trained, X[rows], y[rows], reg)
        history["loss"].append(float(loss))
        trained = {name: value - rate * np.array(grads[name]) for name, value in trained.items()}
        if not waiting or step + 1 == steps:
            for kind, (examples, labels) in {"train": (X, y), "val": (X_val, y_val)}.items():
                right = [a == b for a, b in zip(two_layer_predict(trained, examples), labels, strict=True)]
                history[f"{kind}_accuracy"].append(sum(right) / len(right))
    return {name: value.tolist() for name, value in trained.items()}, history
