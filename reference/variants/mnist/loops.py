"""Loops over entries where there are few of them, and a list of layers of any number for the classifier."""

# Variants are as free with types as the people who write them.
# mypy: ignore-errors
# ruff: noqa: D103

import math

import numpy as np


def prepare_images(images):
    X = np.zeros((len(images), 784))
    for n in range(len(images)):
        for r in range(28):
            for c in range(28):
                X[n, 28 * r + c] = float(images[n][r][c]) / 255
    return X


def one_hot(labels, classes=10):
    rows = np.zeros((len(labels), classes))
    for n, label in enumerate(labels):
        if label not in range(classes):
            raise ValueError(f"bad label: {label}")
        rows[n, label] = 1
    return rows


def forward_pass_trace(params, x):
    trace = []
    a = x
    for layer in range(len(params)):
        W, b = params[layer]
        z = np.zeros(len(b))
        for j in range(len(b)):
            total = float(b[j])
            for i in range(len(a)):
                total += float(a[i]) * float(W[i][j])
            z[j] = total
        if layer == len(params) - 1:
            powers = [math.exp(value - max(z)) for value in z]
            a = np.array([power / sum(powers) for power in powers])
        else:
            a = np.array([1 / (1 + math.exp(-v)) if v > 0 else math.exp(v) / (1 + math.exp(v)) for v in z])
        trace.append([z, a])
    return trace


def accuracy(predicted, actual):
    if len(predicted) != len(actual):
        raise ValueError("lengths differ")
    if len(actual) == 0:
        raise ValueError("nothing to compare")
    right = 0
    for n in range(len(actual)):
        if predicted[n] == actual[n]:
            right += 1
    return right / len(actual)


def confusion_matrix(predicted, actual, classes=10):
    if len(predicted) != len(actual):
        raise ValueError("not as many labels as images")
    matrix = np.zeros((classes, classes))
    for n in range(len(actual)):
        i, j = actual[n], predicted[n]
        if i not in range(classes) or j not in range(classes):
            raise ValueError("label out of range")
        matrix[i, j] += 1
    return matrix


def build_classifier(seed):
    rng = np.random.default_rng(seed)
    layers = []
    sizes = [784, 64, 32, 10]
    for i in range(3):
        before, after = sizes[i], sizes[i + 1]
        W = rng.standard_normal((before, after)) * np.sqrt(2.0 / before)
        layers.append((W, np.zeros(after)))
    return layers


def predict_digits(model, X):
    a = X
    for layer, (W, b) in enumerate(model):
        a = a @ W + b
        if layer < len(model) - 1:
            a = np.maximum(a, 0)
    return a.argmax(axis=1)


def train_classifier(model, X, y, seed):
    rng = np.random.default_rng(seed)
    layers = [(W.copy(), b.copy()) for W, b in model]
    moments = [(np.zeros_like(W), np.zeros_like(b)) for W, b in layers]
    for epoch in range(12):
        rate = 0.05 if epoch < 8 else 0.01
        order = rng.permutation(len(X))
        for start in range(0, len(X), 32):
            batch = order[start : start + 32]
            shift = int(rng.choice([-28, -1, 0, 1, 28]))
            activations = [np.roll(X[batch], shift, axis=1)]
            for layer, (W, b) in enumerate(layers):
                z = activations[-1] @ W + b
                activations.append(np.maximum(z, 0) if layer < len(layers) - 1 else z)
            scores = activations[-1]
            p = np.exp(scores - scores.max(axis=1)[:, None])
            p /= p.sum(axis=1)[:, None]
            p[np.arange(len(batch)), y[batch]] -= 1
            delta = p / len(batch)
            for layer in reversed(range(len(layers))):
                W, b = layers[layer]
                vW, vb = moments[layer]
                gW, gb = activations[layer].T @ delta, delta.sum(axis=0)
                delta = (delta @ W.T) * (activations[layer] > 0)
                vW, vb = 0.9 * vW - rate * gW, 0.9 * vb - rate * gb
                moments[layer] = vW, vb
                layers[layer] = W + vW, b + vb
    return layers
