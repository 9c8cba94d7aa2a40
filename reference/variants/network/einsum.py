"""Every sum is an einsum."""

# Variants are as free with types as the people who write them.
# mypy: ignore-errors
# ruff: noqa: D103

import numpy as np

from reference.network import require_batch


def count_parameters(sizes):
    sizes = np.array(sizes)
    weights = np.einsum("i,i->", sizes[:-1], sizes[1:])
    neurons = np.einsum("i->", sizes[1:])
    return {"neurons": neurons, "weights": weights, "biases": neurons, "parameters": weights + neurons}


def three_layer_forward(x, W1, b1, W2, b2, W3, b3):
    for W, b in ((W1, b1), (W2, b2)):
        e = np.exp(-np.abs(np.einsum("hd,dn->hn", W, x) + b))
        x = np.where(np.einsum("hd,dn->hn", W, x) + b < 0, e, 1) / (1 + e)
    return np.einsum("ch,hn->cn", W3, x) + b3


def collapse_linear(W1, W2):
    return np.einsum("dh,hc->dc", W1, W2)


def train_tiny_network(X, y, hidden, steps, seed):
    def forward():
        h = 1 / (1 + np.exp(-np.einsum("nd,dh->nh", X, W1)))
        return h, 1 / (1 + np.exp(-np.einsum("nh,h->n", h, W2)))

    rng = np.random.default_rng(seed)
    W1 = rng.uniform(-1, 1, size=(X.shape[1], hidden))
    W2 = rng.uniform(-1, 1, size=hidden)
    for _ in range(steps):
        h, p = forward()
        delta = (p - y) * p * (1 - p)
        dW1 = np.einsum("nd,n,h,nh->dh", X, delta, W2, h * (1 - h))
        W2 = W2 - np.einsum("nh,n->h", h, delta)
        W1 = W1 - dW1
    return {"W1": W1, "W2": W2[:, None]}, forward()[1]


def two_layer_forward(params, X):
    sums = np.einsum("nd,dh->nh", X, params["W1"]) + params["b1"][None, :]
    hidden = np.where(sums > 0, sums, 0)
    scores = np.einsum("nh,hc->nc", hidden, params["W2"]) + params["b2"][None, :]
    return scores, {"X": X, "on": sums > 0, "hidden": hidden, "W2": params["W2"].copy()}


def two_layer_backward(dscores, cache):
    on = cache["on"].astype(float)
    dhidden = np.einsum("nc,hc,nh->nh", dscores, cache["W2"], on)
    return {
        "b2": np.einsum("nc->c", dscores),
        "W2": np.einsum("nh,nc->hc", cache["hidden"], dscores),
        "b1": np.einsum("nh->h", dhidden),
        "W1": np.einsum("nd,nh->dh", cache["X"], dhidden),
    }


def two_layer_loss(params, X, y, reg):
    require_batch(X, y, classes=len(params["b2"]))
    scores, cache = two_layer_forward(params, X)
    one_hot = np.eye(scores.shape[1])[y]
    highest = np.amax(scores, axis=1)
    e = np.exp(scores - highest[:, None])
    p = np.einsum("nc,n->nc", e, 1 / np.einsum("nc->n", e))
    log_p = np.einsum("nc,nc->n", scores, one_hot) - highest - np.log(np.einsum("nc->n", e))
    loss = -np.einsum("n->", log_p) / len(X)
    grads = two_layer_backward((p - one_hot) / len(X), cache)
    for name in ("W1", "W2"):
        loss += reg * np.einsum("ij,ij->", params[name], params[name])
        grads[name] += 2 * reg * params[name]
    return loss, grads


def two_layer_predict(params, X):
    hidden = np.maximum(np.einsum("nd,dh->nh", X, params["W1"]) + params["b1"], 0)
    return (np.einsum("nh,hc->nc", hidden, params["W2"]) + params["b2"]).argmax(axis=-1)
