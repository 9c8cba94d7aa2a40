"""Computational graphs and backpropagation: every forward with its derivative beside it.

Each function and class stands alone, so that it can be read, and put into a notebook, without the others.
"""

# What a cache holds is free, and the types that matter here are shapes, which the docstrings state.
# mypy: allow-untyped-defs, allow-untyped-calls

import numpy as np


def numerical_gradient(f, x, h=1e-5):
    """Estimate the gradient of `f` at `x` by central differences.

    f: function of an array of x's shape, returns one number
    x: number or array of any shape, floats or integers; stays as it was
    h: the step to each side, in units of x
    Returns an array of x's shape (float64): entry i says how fast f grows with x[i].
    """
    x = np.asarray(x, dtype=np.float64)
    gradient = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[i] = h
        gradient[i] = (f(x + step) - f(x - step)) / (2 * h)  # ∂f/∂xᵢ ≈ (f(x + h eᵢ) − f(x − h eᵢ)) / 2h
    return gradient


class AddGate:
    """The gate z = x + y. Numbers, or arrays of one shape."""

    def forward(self, x, y):
        """Return z."""
        return x + y

    def backward(self, dz):
        """Take dz, the gradient of the final output with respect to z. Return the list [dx, dy]."""
        return [dz, dz]  # ∂z/∂x = ∂z/∂y = 1: the distributor


class MultiplyGate:
    """The gate z = x · y, entry by entry. Numbers, or arrays of one shape."""

    def forward(self, x, y):
        """Return z, and remember what backward will need."""
        self.x, self.y = x, y
        return x * y

    def backward(self, dz):
        """Take dz, the gradient of the final output with respect to z. Return the list [dx, dy]."""
        return [self.y * dz, self.x * dz]  # ∂z/∂x = y, ∂z/∂y = x: the switcher


class MaxGate:
    """The gate z = max(x, y), entry by entry. Numbers, or arrays of one shape. In a tie x wins outright."""

    def forward(self, x, y):
        """Return z, and remember what backward will need."""
        self.x, self.y = x, y
        return np.maximum(x, y)

    def backward(self, dz):
        """Take dz, the gradient of the final output with respect to z. Return the list [dx, dy]."""
        return [dz * (self.x >= self.y), dz * (self.x < self.y)]  # ∂z/∂x = 1 where x wins, else 0: the router


def circuit(x, y, z):
    """Run the circuit f = (x + y) · z of three numbers forward and backward.

    Returns f and the tuple (dx, dy, dz) of the gradients of f.
    """
    q = x + y
    f = q * z
    df = 1.0
    dq, dz = z * df, q * df  # f = q · z
    dx, dy = dq, dq  # q = x + y
    return f, (dx, dy, dz)


def sigmoid_forward(x):
    """Squash every entry of `x` into the range from 0 to 1.

    x: number or array of any shape; values of ±1000 bring no overflow and no warning
    Returns out, of x's shape, and cache, whatever sigmoid_backward needs.
    """
    e = np.exp(-np.abs(x))  # never above 1
    out = np.where(np.less(x, 0), e, 1.0) / (1.0 + e)  # σ(x) = 1 / (1 + e⁻ˣ) = eˣ / (eˣ + 1)
    return out, out


def sigmoid_backward(dout, cache):
    """Pass the gradient back through the sigmoid.

    dout: gradient of the final output with respect to out, of out's shape
    cache: the one that sigmoid_forward returned
    Returns dx, of x's shape. dout stays as it was.
    """
    out = cache
    return (1.0 - out) * out * dout  # σ′ = (1 − σ) σ


def neuron_circuit(w, x):
    """Run the neuron f = σ(w0·x0 + w1·x1 + w2) forward and backward.

    w: weights and bias, shape (3,)
    x: inputs, shape (2,)
    Returns f (a number), dw of shape (3,) and dx of shape (2,), the gradients of f.
    """
    (w0, w1, w2), (x0, x1) = w, x
    score = w0 * x0 + w1 * x1 + w2
    f = 1.0 / (1.0 + np.exp(-score))

    dscore = (1.0 - f) * f  # σ′ = (1 − σ) σ
    dw = dscore * np.array([x0, x1, 1.0])  # ∂score/∂wᵢ = xᵢ, ∂score/∂w2 = 1
    dx = dscore * np.array([w0, w1])  # ∂score/∂xᵢ = wᵢ
    return f, dw, dx


def relu_forward(x):
    """Replace every negative entry of `x` by zero.

    x: number or array of any shape
    Returns out, of x's shape, and cache, whatever relu_backward needs.
    """
    return np.maximum(0.0, x), x


def relu_backward(dout, cache):
    """Pass the gradient back through the ReLU.

    dout: gradient of the final output with respect to out, of out's shape
    cache: the one that relu_forward returned
    Returns dx, of x's shape. dout stays as it was. Where x is exactly 0, either slope is accepted.
    """
    x = cache
    return dout * np.greater(x, 0)  # max(0, x)′ = 1 where x > 0, else 0


def affine_forward(x, w, b):
    """Compute a fully connected layer: weighted sums of every example's entries, plus a bias.

    x: N examples, shape (N, d1, ..., dk); each is read as a row of D = d1 · ... · dk numbers
    w: weights, shape (D, M)
    b: biases, shape (M,)
    Returns out, of shape (N, M), and cache, whatever affine_backward needs.
    """
    rows = x.reshape(len(x), -1)
    return rows @ w + b, (x, w)


def affine_backward(dout, cache):
    """Pass the gradient back through the fully connected layer.

    dout: gradient of the final output with respect to out, shape (N, M)
    cache: the one that affine_forward returned
    Returns the tuple (dx, dw, db), each of the shape of x, w, b. dout stays as it was.
    """
    x, w = cache
    rows = x.reshape(len(x), -1)
    dx = (dout @ w.T).reshape(x.shape)  # out = rows w + b
    dw = rows.T @ dout
    db = dout.sum(axis=0)  # b is added to every row: its branches sum
    return dx, dw, db


def elementwise_jacobian(name, x):
    """Build the full Jacobian of a function that works entry by entry.

    name: "sigmoid", "relu" or "tanh"; any other name raises ValueError
    x: vector, shape (D,)
    Returns an array of shape (D, D): entry [i, j] is the derivative of out[i] with respect to x[j].
    """
    e = np.exp(-np.abs(x))
    derivatives = {
        "sigmoid": e / (1.0 + e) ** 2,  # (1 − σ) σ, written so that it cannot overflow
        "relu": np.where(np.greater(x, 0), 1.0, 0.0),
        "tanh": 1.0 - np.tanh(x) ** 2,
    }
    if name not in derivatives:
        raise ValueError(f"no function is called {name!r} here: choose one of {', '.join(derivatives)}")
    return np.diag(derivatives[name])  # out[i] depends on x[i] alone


class ComputationalGraph:
    """Gates wired together, which run forward in order and backward in reverse.

    A gate is any object with forward(x, y, ...) and backward(dz), such as AddGate(). Every gate object stands
    at one place in the graph. Exactly one gate feeds no other gate: its output is the output of the graph.

        graph = ComputationalGraph()
        q = graph.add(AddGate(), ["x", "y"])
        f = graph.add(MultiplyGate(), [q, "z"])
        graph.forward({"x": -2.0, "y": 5.0, "z": -4.0})
        graph.backward()
    """

    def __init__(self):
        """Start with no gates."""
        self.sources = {}

    def add(self, gate, inputs):
        """Wire a gate into the graph.

        inputs: list with one entry for each argument of gate.forward, in order; each entry is either the name
            of an input of the graph (a string) or another gate, which may be added earlier or later
        Returns the gate, so that it can be an input of others.
        """
        self.sources[gate] = inputs
        return gate

    def topologically_sorted(self):
        """Return the list of all gates, each one after all gates that feed it.

        Raises ValueError where there is no such order, because gates feed each other in a cycle.
        """
        order, waiting = [], dict(self.sources)
        while waiting:
            ready = [gate for gate in waiting if not any(source in waiting for source in waiting[gate])]
            if not ready:
                raise ValueError("the graph has a cycle: some gates wait for each other's output")
            for gate in ready:
                del waiting[gate]
            order += ready
        return order

    def forward(self, inputs):
        """Run every gate once and return the output of the graph.

        inputs: dict from the name of every input to its value; numbers, or arrays of one shape
        Raises ValueError where gates form a cycle, or where a gate takes an input that has no value.
        """
        self.order = self.topologically_sorted()
        self.values = dict(inputs)
        for gate in self.order:
            if missing := [source for source in self.sources[gate] if source not in self.values]:
                raise ValueError(f"a gate takes {missing[0]!r}, which has no value")
            self.values[gate] = gate.forward(*[self.values[source] for source in self.sources[gate]])
        return self.values[self.order[-1]]

    def backward(self):
        """Return the gradients of the output, as a dict by input name, at the values of the last forward.

        Each gradient has the shape of its input. Where the output is an array, it is the gradient of its sum.
        """
        gradients = {source: np.zeros_like(value, dtype=np.float64) for source, value in self.values.items()}
        gradients[self.order[-1]] += 1.0  # ∂f/∂f
        for gate in reversed(self.order):
            for source, gradient in zip(self.sources[gate], gate.backward(gradients[gate]), strict=True):
                gradients[source] = gradients[source] + gradient  # branches sum
        return {name: gradient for name, gradient in gradients.items() if isinstance(name, str)}
