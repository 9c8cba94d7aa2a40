"""Everything in loops over examples, units and entries, the way it stands in a textbook."""

# Variants are as free with types as the people who write them.
# mypy: ignore-errors
# ruff: noqa: D103

import numpy as np

from reference.network import require_batch


def count_parameters(sizes):
    neurons, weights, biases = 0, 0, 0
    for layer in range(1, len(sizes)):
        for _ in range(sizes[layer]):
            neurons += 1
            weights += sizes[layer - 1]
            biases += 1
    counts = {}
    counts["parameters"] = weights + biases
    counts["biases"] = biases
    counts["weights"] = weights
    counts["neurons"] = neurons
    return counts


def three_layer_forward(x, W1, b1, W2, b2, W3, b3):
    out = np.zeros((len(W3), x.shape[1]))
    for n in range(x.shape[1]):
        values = x[:, n]
        for W, b in ((W1, b1), (W2, b2)):
            sums = [sum(W[i, j] * values[j] for j in range(W.shape[1])) + b[i, 0] for i in range(len(W))]
            values = [1 / (1 + np.exp(-s)) if s >= 0 else np.exp(s) / (1 + np.exp(s)) for s in sums]
        for i in range(len(W3)):
            out[i, n] = b3[i, 0]
            for j in range(W3.shape[1]):
                out[i, n] += W3[i, j] * values[j]
    return out


def collapse_linear(W1, W2):
    W = np.zeros((W1.shape[0], W2.shape[1]))
    for i in range(W.shape[0]):
        for j in range(W.shape[1]):
            for k in range(W1.shape[1]):
                W[i, j] += W1[i, k] * W2[k, j]
    return W


def train_tiny_network(X, y, hidden, steps, seed):
    rng = np.random.default_rng(seed)
    W1 = np.zeros((X.shape[1], hidden))
    for i in range(X.shape[1]):
        for j in range(hidden):
            W1[i, j] = 2 * rng.random() - 1
    W2 = np.zeros((hidden, 1))
    for j in range(hidden):
        W2[j, 0] = 2 * rng.random() - 1

    for _ in range(steps):
        dW1 = np.zeros(W1.shape)
        dW2 = np.zeros(W2.shape)
        for n in range(len(X)):
            h = 1 / (1 + np.exp(-(X[n] @ W1)))
            p = 1 / (1 + np.exp(-(h @ W2)[0]))
            delta = (y[n] - p) * p * (1 - p)
            dW2[:, 0] += delta * h
            dW1 += np.outer(X[n], delta * W2[:, 0] * h * (1 - h))
        W1 += dW1
        W2 += dW2

    predictions = np.zeros(len(X))
    for n in range(len(X)):
        h = 1 / (1 + np.exp(-(X[n] @ W1)))
        predictions[n] = 1 / (1 + np.exp(-(h @ W2)[0]))
    return {"W1": W1, "W2": W2}, predictions


def init_two_layer(input_size, hidden_size, output_size, scale, seed):
    rng = np.random.default_rng(seed)
    W1 = np.zeros((input_size, hidden_size))
    for i in range(input_size):
        for j in range(hidden_size):
            W1[i, j] = rng.normal(0.0, scale)
    W2 = np.zeros((hidden_size, output_size))
    for i in range(hidden_size):
        for j in range(output_size):
            W2[i, j] = rng.normal(0.0, scale)
    return {"W1": W1, "b1": np.zeros(hidden_size), "W2": W2, "b2": np.zeros(output_size)}


def two_layer_forward(params, X):
    W1, b1, W2, b2 = params["W1"], params["b1"], params["W2"], params["b2"]
    sums = np.zeros((len(X), len(b1)))
    scores = np.zeros((len(X), len(b2)))
    for n in range(len(X)):
        for h in range(len(b1)):
            sums[n, h] = b1[h]
            for d in range(X.shape[1]):
                sums[n, h] += X[n, d] * W1[d, h]
        for c in range(len(b2)):
            scores[n, c] = b2[c]
            for h in range(len(b1)):
                if sums[n, h] > 0:
                    scores[n, c] += sums[n, h] * W2[h, c]
    return scores, (params, X, sums)


def two_layer_backward(dscores, cache):
    params, X, sums = cache
    W2 = params["W2"]
    dW1, db1 = np.zeros(params["W1"].shape), np.zeros(params["b1"].shape)
    dW2, db2 = np.zeros(W2.shape), np.zeros(params["b2"].shape)
    for n in range(len(X)):
        for c in range(len(db2)):
            db2[c] += dscores[n, c]
        for h in range(len(db1)):
            if sums[n, h] < 0:
                continue
            slope = 0.0
            for c in range(len(db2)):
                dW2[h, c] += sums[n, h] * dscores[n, c]
                slope += W2[h, c] * dscores[n, c]
            db1[h] += slope
            for d in range(X.shape[1]):
                dW1[d, h] += X[n, d] * slope
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


def two_layer_loss(params, X, y, reg):
    require_batch(X, y, classes=len(params["b2"]))
    scores, cache = two_layer_forward(params, X)
    loss = 0.0
    dscores = np.zeros(scores.shape)
    for n in range(len(X)):
        biggest = max(scores[n])
        total = sum(np.exp(s - biggest) for s in scores[n])
        loss += (np.log(total) + biggest - scores[n, y[n]]) / len(X)
        for c in range(scores.shape[1]):
            dscores[n, c] = (np.exp(scores[n, c] - biggest) / total - (1 if c == y[n] else 0)) / len(X)
    grads = two_layer_backward(dscores, cache)
    for name in ["W1", "W2"]:
        for i, j in np.ndindex(params[name].shape):
            loss += reg * params[name][i, j] ** 2
            grads[name][i, j] += 2 * reg * params[name][i, j]
    return loss, grads


def two_layer_predict(params, X):
    scores, _ = two_layer_forward(params, X)
    labels = np.zeros(len(X), dtype=int)
    for n in range(len(X)):
        for c in range(scores.shape[1]):
            if scores[n, c] > scores[n, labels[n]]:
                labels[n] = c
    return labels


def train_two_layer(params, X, y, X_val, y_val, learning_rate, decay, reg, steps, batch_size, seed):
    trained = {}
    for name in params:
        trained[name] = params[name].copy()
    losses, train_accuracy, val_accuracy = [], [], []
    rng = np.random.default_rng(seed)
    done = 0
    while done < steps:
        order = rng.permutation(len(X))
        first = 0
        while first < len(X) and done < steps:
            rows = order[first : first + batch_size]
            loss, grads = two_layer_loss(trained, X[rows], y[rows], reg)
            losses.append(loss)
            for name in grads:
                trained[name] = trained[name] - learning_rate * grads[name]
            first += batch_size
            done += 1
        train_accuracy.append(np.mean(two_layer_predict(trained, X) == y))
        val_accuracy.append(np.mean(two_layer_predict(trained, X_val) == y_val))
        learning_rate *= decay
    return trained, {"loss": losses, "train_accuracy": train_accuracy, "val_accuracy": val_accuracy}
