"""Networks of two and three layers: from counting their parameters to training them.

`sigmoid` and the guards `require_…` are given in the notebook. `two_layer_loss`, `two_layer_predict` and
`train_two_layer` are about putting the pieces together, and call the functions before them; every other function
stands alone.
"""

# What a cache holds is free, and the types that matter here are shapes, which the docstrings state.
# mypy: allow-untyped-defs, allow-untyped-calls, disable-error-code="var-annotated"

import math
from itertools import pairwise

import numpy as np


def sigmoid(z):
    """Squash every entry of `z` into the range from 0 to 1, without overflow at either end."""
    return (1 + np.tanh(z / 2)) / 2  # = 1 / (1 + e⁻ᶻ)


def require_batch(X, y, classes):
    """Raise ValueError unless X and y are a batch: N ≥ 1 rows, and a label from 0 to classes − 1 for each."""
    X, y = np.asarray(X), np.asarray(y)
    if X.ndim != 2 or len(X) == 0:
        raise ValueError(f"X has shape {X.shape}: a batch is (N, D) with at least one row")
    if y.shape != (len(X),):
        raise ValueError(f"y has shape {y.shape}, but X has {len(X)} rows: give one label for each row, ({len(X)},)")
    if y.dtype.kind not in "iu":
        raise ValueError(f"y holds {y.dtype.name} entries: labels are integers, such as y.astype(int) gives")
    outside = np.flatnonzero((y < 0) | (y >= classes))
    if len(outside):
        n = outside[0]
        raise ValueError(f"y[{n}] is {y[n]}: with {classes} classes, labels go from 0 to {classes - 1}")


def require_shapes(wanted, *arrays):
    """Raise ValueError unless arrays fit together, as in "X: N D, W: D C": a letter is one length, of at least 1."""
    lengths = {"1": 1}
    for part, array in zip(wanted.split(", "), arrays, strict=True):
        name, axes = part.split(": ")
        axes, shape = axes.split(), np.shape(array)
        fitting = tuple(lengths.get(axis, n) for axis, n in zip(axes, shape, strict=False))
        if len(shape) != len(axes) or shape != fitting or 0 in shape:
            expected = " × ".join(str(lengths.get(axis, axis)) for axis in axes)
            raise ValueError(f"{name} has shape {shape}: expected {expected}, and every length at least 1")
        lengths.update(zip(axes, shape, strict=True))


def require_positive(name, number):
    """Raise ValueError unless a number called `name` is at least 1."""
    if number < 1:
        raise ValueError(f"{name} is {number}: it has to be at least 1")


def count_parameters(sizes):
    """Count what a fully connected network consists of.

    sizes: the number of inputs, then the number of neurons of every layer; (3, 4, 2) has 3 inputs, 4 hidden
        neurons and 2 outputs
    Returns a dict of four whole numbers: "neurons" (inputs are none), "weights" (one for every connection),
        "biases" (one for every neuron), and "parameters" (everything that is learned).
    """
    neurons = sum(sizes[1:])
    weights = sum(before * after for before, after in pairwise(sizes))
    return {"neurons": neurons, "weights": weights, "biases": neurons, "parameters": weights + neurons}


def three_layer_forward(x, W1, b1, W2, b2, W3, b3):
    """Run a network of two hidden sigmoid layers and a linear output layer on columns.

    x: one example as a column, shape (D, 1), or N examples side by side, shape (D, N)
    W1, W2, W3: weights, one row for every neuron, shapes (H1, D), (H2, H1), (C, H2)
    b1, b2, b3: biases, columns of shape (H1, 1), (H2, 1), (C, 1)
    Returns out, shape (C, 1) or (C, N): a column for every example.
    """
    require_shapes("x: D N, W1: H1 D, b1: H1 1, W2: H2 H1, b2: H2 1, W3: C H2, b3: C 1", x, W1, b1, W2, b2, W3, b3)
    h1 = sigmoid(W1 @ x + b1)
    h2 = sigmoid(W2 @ h1 + b2)
    return W3 @ h2 + b3


def collapse_linear(W1, W2):
    """Replace two linear layers, with nothing between them, by a single one.

    Examples are rows: the first layer makes X @ W1 out of X, and the second layer multiplies that by W2.
    W1: weights of the first layer, shape (D, H)
    W2: weights of the second layer, shape (H, C)
    Returns W, shape (D, C): for every X of shape (N, D), X @ W is what the two layers make of X.
    """
    require_shapes("W1: D H, W2: H C", W1, W2)
    return W1 @ W2  # (X W1) W2 = X (W1 W2)


def train_tiny_network(X, y, hidden, steps, seed):
    """Train a network of two sigmoid layers without biases, p = σ(σ(X W1) W2), on all examples at once.

    X: N examples, shape (N, D)
    y: targets from 0 to 1, shape (N,)
    hidden: number H of hidden neurons
    steps: number of steps of gradient descent on E = ½ Σₙ (pₙ − yₙ)², with learning rate 1
    seed: whole number for the generator np.random.default_rng(seed), called rng here. It draws the first
        weights, all of W1 before all of W2, between −1 and 1: as 2 * rng.random(shape) - 1
    Returns weights, the dict of W1 (D, H) and W2 (H, 1) after the last step, and predictions, shape (N,): the
        p that these weights give for every row of X. X and y stay as they were.
    """
    require_shapes("X: N D, y: N", X, y)
    rng = np.random.default_rng(seed)
    W1 = 2 * rng.random((X.shape[1], hidden)) - 1
    W2 = 2 * rng.random((hidden, 1)) - 1
    target = np.reshape(y, (-1, 1))  # a column, like p: else p − y would be every p minus every y
    for _ in range(steps):
        h = sigmoid(X @ W1)
        p = sigmoid(h @ W2)
        dz2 = (p - target) * p * (1 - p)  # E = ½ Σ (p − y)², σ′ = σ (1 − σ)
        dz1 = (dz2 @ W2.T) * h * (1 - h)
        W2 -= h.T @ dz2
        W1 -= X.T @ dz1
    return {"W1": W1, "W2": W2}, sigmoid(sigmoid(X @ W1) @ W2).ravel()


def init_two_layer(input_size, hidden_size, output_size, scale, seed):
    """Draw the first weights of a two-layer network.

    input_size, hidden_size, output_size: D, H and C
    scale: standard deviation of the weights, which are drawn from a normal distribution with mean 0
    seed: whole number for np.random.default_rng(seed), the one generator of all weights, W1 before W2: the same
        seed gives the same weights, another seed others
    Returns params, a dict: W1 (D, H) and W2 (H, C) random, b1 (H,) and b2 (C,) zero.
    """
    rng = np.random.default_rng(seed)
    return {
        "W1": scale * rng.standard_normal((input_size, hidden_size)),
        "b1": np.zeros(hidden_size),
        "W2": scale * rng.standard_normal((hidden_size, output_size)),
        "b2": np.zeros(output_size),
    }


def two_layer_forward(params, X):
    """Compute the scores of a two-layer network: affine, ReLU, affine.

    params: dict of W1 (D, H), b1 (H,), W2 (H, C), b2 (C,)
    X: N examples, shape (N, D)
    Returns scores, shape (N, C), and cache, whatever two_layer_backward needs.
    """
    require_shapes("X: N D, W1: D H, b1: H, W2: H C, b2: C", X, *(params[name] for name in ("W1", "b1", "W2", "b2")))
    hidden = np.maximum(0, X @ params["W1"] + params["b1"])
    scores = hidden @ params["W2"] + params["b2"]
    return scores, (X, hidden, params["W2"])


def two_layer_backward(dscores, cache):
    """Pass the gradient back from the scores to the parameters.

    dscores: gradient of the loss with respect to scores, shape (N, C)
    cache: the one that two_layer_forward returned
    Returns grads, a dict with the names and shapes of params: W1, b1, W2, b2. dscores stays as it was.
    """
    X, hidden, W2 = cache
    dhidden = (dscores @ W2.T) * (hidden > 0)  # max(0, z)′ = 1 where z > 0, else 0
    return {
        "W1": X.T @ dhidden,
        "b1": dhidden.sum(axis=0),
        "W2": hidden.T @ dscores,  # scores = hidden W2 + b2
        "b2": dscores.sum(axis=0),
    }


def two_layer_loss(params, X, y, reg):
    """Compute the softmax loss of a two-layer network, with L2 regularisation, and its gradients.

    params: dict of W1 (D, H), b1 (H,), W2 (H, C), b2 (C,)
    X: N examples, shape (N, D)
    y: labels, integers from 0 to C − 1, shape (N,)
    reg: strength of the regularisation reg · (ΣW1² + ΣW2²), which leaves out the biases
    Returns loss, a number: the mean over the N examples, plus the regularisation; and grads, the dict of its
        gradients with the names and shapes of params. Scores of ±1000 bring no overflow.
    Raises ValueError where X and y are no batch: see require_batch.
    """
    require_batch(X, y, classes=len(params["b2"]))
    scores, cache = two_layer_forward(params, X)
    rows = np.arange(len(X))

    shifted = scores - scores.max(axis=1, keepdims=True)  # the same softmax, and no exponential above 1
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    penalty = reg * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
    loss = -log_p[rows, y].mean() + penalty  # Lₙ = −ln pₙ,yₙ

    dscores = np.exp(log_p)
    dscores[rows, y] -= 1
    grads = two_layer_backward(dscores / len(X), cache)  # ∂L/∂s = (p − one-hot) / N
    for name in ("W1", "W2"):
        grads[name] = grads[name] + 2 * reg * params[name]  # (reg · W²)′ = 2 reg · W
    return float(loss), grads


def two_layer_predict(params, X):
    """Choose the class with the highest score for each example; of equal scores, the first class.

    params: dict of W1 (D, H), b1 (H,), W2 (H, C), b2 (C,)
    X: N examples, shape (N, D)
    Returns the labels, integers from 0 to C − 1, shape (N,).
    """
    scores, _ = two_layer_forward(params, X)
    return np.argmax(scores, axis=1)


def train_two_layer(params, X, y, X_val, y_val, learning_rate, decay, reg, steps, batch_size, seed):
    """Train a two-layer network by mini-batch gradient descent on two_layer_loss.

    An epoch is one pass over the N examples. It begins with order = rng.permutation(N), where rng is the one
    np.random.default_rng(seed), and its steps take the examples of the next batch_size entries of order each. The
    last batch of an epoch is smaller where batch_size does not divide N; the next epoch has a new order.

    params: dict of W1 (D, H), b1 (H,), W2 (H, C), b2 (C,) to start from; it stays as it was
    X, y: training examples (N, D) and their labels (N,)
    X_val, y_val: validation examples and labels, which are never trained on
    learning_rate, decay: step size of the first epoch, and what it is multiplied by after every epoch
    reg: strength of the regularisation
    steps: number of steps in all; the last epoch may be cut short
    Returns params, a new dict after the last step; and history, a dict of three lists: "loss", the loss of
        every step's batch before the step (steps numbers), "train_accuracy" and "val_accuracy", the share of
        right predictions on (X, y) and on (X_val, y_val) at the end of every epoch, the one cut short included.
    """
    require_batch(X, y, classes=len(params["b2"]))
    require_batch(X_val, y_val, classes=len(params["b2"]))
    require_positive("batch_size", batch_size)
    params = {name: np.array(values, dtype=np.float64) for name, values in params.items()}
    history = {"loss": [], "train_accuracy": [], "val_accuracy": []}
    rng = np.random.default_rng(seed)
    batches = math.ceil(len(X) / batch_size)
    for step in range(steps):
        batch = step % batches
        if batch == 0:
            order = rng.permutation(len(X))
        rows = order[batch * batch_size : (batch + 1) * batch_size]
        loss, grads = two_layer_loss(params, X[rows], y[rows], reg)
        for name in params:
            params[name] = params[name] - learning_rate * grads[name]
        history["loss"].append(loss)
        if batch == batches - 1 or step == steps - 1:
            history["train_accuracy"].append(float(np.mean(two_layer_predict(params, X) == y)))
            history["val_accuracy"].append(float(np.mean(two_layer_predict(params, X_val) == y_val)))
            learning_rate = learning_rate * decay
    return params, history
