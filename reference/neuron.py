"""From a linear classifier to a neuron: activation functions, losses with their gradients, and the walk downhill.

Each function and class stands alone, so that it can be read, and put into a notebook, without the others. The one
exception is fit_logistic_regression, whose whole point is to put logistic_loss and gradient_descent together.
"""

# The types that matter here are shapes, which the docstrings state.
# mypy: allow-untyped-defs, allow-untyped-calls

import numpy as np


def require_weights(w, X):
    """Raise ValueError unless X has the shape (N, D) and w the shape (D,)."""
    if np.ndim(X) != 2:
        raise ValueError(f"X has the shape {np.shape(X)}: it must be (N, D), one row for each example")
    if np.shape(w) != np.shape(X)[1:]:
        raise ValueError(f"w has the shape {np.shape(w)}: give it one weight for each of the {np.shape(X)[1]} features")


def require_labels(y, X, allowed):
    """Raise ValueError unless there is an example, and y holds one of the two `allowed` labels for each of them."""
    if len(X) == 0:
        raise ValueError("X is an empty batch, which has no mean: give it one example at least")
    if np.shape(y) != (len(X),):
        raise ValueError(f"y has the shape {np.shape(y)}: give it one label for each of the {len(X)} examples")
    for n, label in enumerate(y):
        if label not in allowed:
            raise ValueError(f"y[{n}] is {label}: a label must be one of {allowed}")


def weighted_sum(x, w, b):
    """Compute the score b + Σ wᵢ xᵢ of one example, or of every example of a batch.

    x: one example of D features, shape (D,), or N of them, shape (N, D)
    w: weights, shape (D,)
    b: bias, a number
    Returns a number for one example, an array of shape (N,) for a batch.
    """
    return np.dot(x, w) + b


def classify(scores):
    """Decide for class 1 where the score is above 0, and for class 0 elsewhere, a score of exactly 0 included.

    scores: number or array of any shape
    Returns integers, 0 or 1, of the shape of scores.
    """
    return np.greater(scores, 0).astype(np.int64)


def sigmoid(x):
    """Squash every entry of x into the range from 0 to 1.

    x: number or array of any shape; values of ±1000 bring no overflow and no warning
    Returns σ(x), of x's shape.
    """
    e = np.exp(-np.abs(x))  # never above 1
    return np.where(np.less(x, 0), e, 1.0) / (1.0 + e)  # σ(x) = 1 / (1 + e⁻ˣ) = eˣ / (eˣ + 1)


def sigmoid_derivative(x):
    """Compute the slope of the sigmoid at every entry of x.

    x: number or array of any shape; values of ±1000 bring no overflow and no warning
    Returns σ′(x), of x's shape.
    """
    e = np.exp(-np.abs(x))  # the slope is the same at x and −x
    return e / (1.0 + e) ** 2  # σ′ = σ (1 − σ) = 1 / (1 + e⁻ˣ) · e⁻ˣ / (1 + e⁻ˣ)


def tanh(x):
    """Squash every entry of x into the range from −1 to 1.

    x: number or array of any shape; values of ±1000 bring no overflow and no warning
    Returns tanh(x), of x's shape.
    """
    e = np.exp(-2.0 * np.abs(x))
    sigma = np.where(np.less(x, 0), e, 1.0) / (1.0 + e)  # σ(2x)
    return 2.0 * sigma - 1.0  # tanh(x) = 2σ(2x) − 1


def relu(x):
    """Replace every negative entry of x by zero.

    x: number or array of any shape; stays as it was
    Returns an array of x's shape.
    """
    return np.maximum(0.0, x)  # relu′(x) = 1 where x > 0, else 0


def leaky_relu(x, slope=0.01):
    """Multiply every negative entry of x by a small slope, and leave the others.

    x: number or array of any shape; stays as it was
    slope: of the line on the negative side, from 0 to 1
    Returns an array of x's shape.
    """
    return np.where(np.greater(x, 0), x, np.multiply(slope, x))  # its slope: 1 where x > 0, else `slope`


def elu(x, alpha=1.0):
    """Let every negative entry of x approach −alpha smoothly, and leave the others.

    x: number or array of any shape; values of ±1000 bring no overflow and no warning; stays as it was
    alpha: above 0; the function is alpha · (eˣ − 1) on the negative side
    Returns an array of x's shape.
    """
    below = np.minimum(x, 0.0)  # np.where computes both sides: here eˣ must not see a large x
    return np.where(np.greater(x, 0), x, alpha * np.expm1(below))  # its slope: 1 where x > 0, else alpha · eˣ


def maxout(x, W1, b1, W2, b2):
    """Compute M maxout units: the larger one, entry by entry, of two weighted sums of the same inputs.

    x: one example, shape (D,), or N of them, shape (N, D)
    W1, W2: weights, shape (D, M)
    b1, b2: biases, shape (M,)
    Returns an array of shape (M,) for one example, (N, M) for a batch.
    """
    return np.maximum(np.dot(x, W1) + b1, np.dot(x, W2) + b2)  # max(x W₁ + b₁, x W₂ + b₂)


class Neuron:
    """A neuron with the sigmoid as its activation function."""

    def __init__(self, weights, bias):
        """Keep the weights, shape (D,), and the bias, a number."""
        self.weights = weights
        self.bias = bias

    def forward(self, inputs):
        """Return the firing rate for the inputs of one example, shape (D,): a number from 0 to 1.

        A weighted sum of ±1000 brings no overflow and no warning. inputs and weights stay as they were.
        """
        z = np.dot(self.weights, inputs) + self.bias  # the sum in the cell body
        e = np.exp(-np.abs(z))
        return (e if z < 0 else 1.0) / (1.0 + e)  # σ(z) = 1 / (1 + e⁻ᶻ) = eᶻ / (eᶻ + 1)


def logistic_loss(w, b, X, y):
    """Compute the binary cross-entropy of a neuron on a batch, the mean over all examples, and its gradients.

    w: weights, shape (D,)
    b: bias, a number
    X: N examples, shape (N, D)
    y: labels 0 or 1, shape (N,)
    Returns the loss (a number), dw of shape (D,) and db (a number). Scores of ±1000 bring no overflow, no
    infinity and no warning.
    """
    require_weights(w, X)
    require_labels(y, X, (0, 1))
    scores = X @ w + b
    against = np.where(np.equal(y, 1), -scores, scores)  # the score for the other label
    loss = np.mean(np.logaddexp(0.0, against))  # −log σ(s) = log(1 + e⁻ˢ),  −log(1 − σ(s)) = log(1 + eˢ)

    e = np.exp(-np.abs(scores))
    p = np.where(scores < 0, e, 1.0) / (1.0 + e)  # σ(s)
    dscores = (p - y) / len(X)  # ∂/∂s of −y log σ(s) − (1 − y) log(1 − σ(s)) is σ(s) − y
    return loss, X.T @ dscores, np.sum(dscores)


def hinge_loss(w, b, X, y):
    """Compute the hinge loss of a linear classifier on a batch, the mean over all examples, and its gradients.

    w: weights, shape (D,)
    b: bias, a number
    X: N examples, shape (N, D)
    y: labels −1 or +1, shape (N,)
    Returns the loss (a number), dw of shape (D,) and db (a number). Where a margin is exactly 1, either slope
    is accepted.
    """
    require_weights(w, X)
    require_labels(y, X, (-1, 1))
    margins = y * (X @ w + b)
    loss = np.mean(np.maximum(0.0, 1.0 - margins))  # max(0, 1 − y s)
    dscores = np.where(margins < 1, -1.0, 0.0) * y / len(X)  # ∂/∂s: −y where y s < 1, else 0
    return loss, X.T @ dscores, np.sum(dscores)


def mse_loss(prediction, actual):
    """Compute the mean squared error over all entries, and its gradient.

    prediction, actual: numbers or arrays of the same shape, with one entry at least
    Returns the loss (a number) and dprediction, of the shape of prediction. Raises ValueError where the two
    differ in shape, or are empty.
    """
    if np.shape(prediction) != np.shape(actual):
        raise ValueError(f"shapes {np.shape(prediction)} and {np.shape(actual)} differ: compare entries one to one")
    difference = np.subtract(prediction, actual)
    if difference.size == 0:
        raise ValueError("there are no entries, so there is no mean: give at least one")
    return np.mean(difference**2), 2.0 * difference / difference.size  # ∂/∂pᵢ of Σ (pᵢ − aᵢ)² / n is 2 (pᵢ − aᵢ) / n


def gradient_descent(loss_and_grad, start, learning_rate, steps):
    """Walk downhill: `steps` times, take a step against the gradient.

    loss_and_grad: function of a point, an array of start's shape; returns the loss there (a number) and the
        gradient there (an array of that shape)
    start: the first point, number or array of any shape, floats or integers; stays as it was
    learning_rate: what the gradient is multiplied by to make a step
    steps: how many steps to take, 0 or more
    Returns the last point, an array of start's shape, and a list of steps + 1 losses: at start, and after each step.
    """
    point = np.array(start, dtype=np.float64)
    loss, gradient = loss_and_grad(point)
    losses = [loss]
    for _ in range(steps):
        point = point - learning_rate * gradient
        loss, gradient = loss_and_grad(point)
        losses.append(loss)
    return point, losses


def fit_logistic_regression(X, y, learning_rate, steps):
    """Train a sigmoid neuron on a batch by gradient descent on the mean binary cross-entropy, from zeros.

    X: N examples, shape (N, D)
    y: labels 0 or 1, shape (N,)
    learning_rate: what the gradient is multiplied by to make a step
    steps: how many steps to take, each over all examples
    Returns the weights, shape (D,), the bias (a number), and steps + 1 losses: at the start, and after each step.
    """

    def loss_and_grad(point):
        loss, dw, db = logistic_loss(point[:-1], point[-1], X, y)
        return loss, np.append(dw, db)  # one point holds all parameters: the weights, and last the bias

    point, losses = gradient_descent(loss_and_grad, np.zeros(X.shape[1] + 1), learning_rate, steps)
    return point[:-1], point[-1], losses
