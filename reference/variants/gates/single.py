"""Single precision inside: what is computed is float32, and stays so or is made float64 at the end."""

# Variants are as free with types as the people who write them.
# mypy: ignore-errors
# ruff: noqa: D101, D102, D103

import numpy as np


def single(value):
    return np.asarray(value, dtype=np.float32)


def numerical_gradient(f, x, h=1e-5):
    x = np.asarray(x, dtype=np.float64)  # a step of 1e-5 is lost in single precision
    slopes = []
    for i in range(x.size):
        there, here = x.copy(), x.copy()
        there.flat[i] += h
        here.flat[i] -= h
        slopes.append((f(there) - f(here)) / (2 * h))
    return single(slopes).reshape(x.shape)


class AddGate:
    def forward(self, x, y):
        return single(x) + single(y)

    def backward(self, dz):
        return [single(dz), single(dz)]


class MultiplyGate:
    def forward(self, x, y):
        self.x, self.y = single(x), single(y)
        return self.x * self.y

    def backward(self, dz):
        return [self.y * single(dz), self.x * single(dz)]


class MaxGate:
    def forward(self, x, y):
        self.first = x >= y
        return single(np.maximum(x, y))

    def backward(self, dz):
        dx = single(dz) * single(self.first)
        return [dx, single(dz) - dx]


def circuit(x, y, z):
    x, y, z = single(x), single(y), single(z)
    return (x + y) * z, (z, z, x + y)


def sigmoid_forward(x):
    x = single(x)
    e = np.exp(-np.abs(x))
    out = np.where(x >= 0, 1 / (1 + e), e / (1 + e))
    return out, (out, np.where(x >= 0, e / (1 + e), 1 / (1 + e)))


def sigmoid_backward(dout, cache):
    out, rest = cache
    return (single(dout) * out * rest).astype(np.float64)


def neuron_circuit(w, x):
    w, x = single(w), single(x)
    score = w[:2] @ x + w[2]
    f = 1 / (1 + np.exp(-score))
    slope = f / (1 + np.exp(score))
    return f, slope * np.append(x, single(1)), slope * w[:2]


def relu_forward(x):
    x = single(x)
    return np.where(x > 0, x, single(0)), x > 0


def relu_backward(dout, cache):
    return np.where(cache, single(dout), single(0))


def affine_forward(x, w, b):
    rows = single(x).reshape(len(x), -1)
    return rows @ single(w) + single(b), (rows, single(w), x.shape)


def affine_backward(dout, cache):
    rows, w, shape = cache
    dout = single(dout)
    return (dout @ w.T).reshape(shape), rows.T @ dout, dout.sum(axis=0)


def elementwise_jacobian(name, x):
    x = single(x)
    if name == "relu":
        slopes = single(x > 0)
    elif name == "sigmoid":
        e = np.exp(-np.abs(x))
        slopes = e / (1 + e) ** 2
    elif name == "tanh":
        e = np.exp(-2 * np.abs(x))
        slopes = 4 * e / (1 + e) ** 2  # 1 - tanh² would lose most digits
    else:
        raise ValueError(f"what is {name}?")
    return np.diag(slopes)


class ComputationalGraph:
    def __init__(self):
        self.sources = {}

    def add(self, gate, inputs):
        self.sources[gate] = list(inputs)
        return gate

    def forward(self, inputs):
        self.inputs = {name: single(value) for name, value in inputs.items()}
        self.values = dict(self.inputs)
        waiting = list(self.sources)
        while waiting:
            for gate in waiting:
                if all(source in self.values for source in self.sources[gate]):
                    break
            else:
                raise ValueError("no gate has all its inputs")
            self.values[gate] = single(gate.forward(*(self.values[source] for source in self.sources[gate])))
            waiting.remove(gate)
        return self.values[gate]

    def backward(self):
        gates = [key for key in self.values if key not in self.inputs]
        gradients = {key: np.zeros_like(value) for key, value in self.values.items()}
        gradients[gates[-1]] = np.ones_like(gradients[gates[-1]])
        for gate in reversed(gates):
            for source, gradient in zip(self.sources[gate], gate.backward(gradients[gate]), strict=True):
                gradients[source] = gradients[source] + single(gradient)
        return {name: gradients[name].astype(np.float64) for name in self.inputs}
