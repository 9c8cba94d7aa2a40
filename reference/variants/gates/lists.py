"""Plain Python as far as it goes: floats for numbers, lists and tuples where arrays are natural."""

# Variants are as free with types as the people who write them.
# mypy: ignore-errors
# ruff: noqa: D101, D102, D103

import numpy as np


def numerical_gradient(f, x, h=1e-5):
    x = np.array(x, dtype=float)
    slopes = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        there, here = x.copy(), x.copy()
        there[i] += h
        here[i] -= h
        slopes[i] = (f(there) - f(here)) / (2 * h)
    return slopes.tolist()


class AddGate:
    def forward(self, x, y):
        return (x + y).tolist() if hasattr(x, "tolist") else x + y

    def backward(self, dz):
        return dz, dz


class MultiplyGate:
    def forward(self, x, y):
        self.x, self.y = x, y
        return np.asarray(x * y).tolist()

    def backward(self, dz):
        return np.asarray(self.y * dz).tolist(), np.asarray(self.x * dz).tolist()


class MaxGate:
    def forward(self, x, y):
        self.wins = np.asarray(x >= y)
        return np.where(self.wins, x, y).tolist()

    def backward(self, dz):
        return (dz * self.wins).tolist(), (dz * ~self.wins).tolist()


def circuit(x, y, z):
    f = float((x + y) * z)
    return [f, [float(z), float(z), float(x + y)]]


def sigmoid_forward(x):
    out = 1 / (1 + np.exp(-np.clip(np.asarray(x, dtype=float), -700, 700)))
    return out.tolist(), out.tolist()


def sigmoid_backward(dout, cache):
    out = np.array(cache)
    return (dout * out * (1 - out)).tolist()


def neuron_circuit(w, x):
    w0, w1, w2 = map(float, w)
    x0, x1 = map(float, x)
    f = float(1 / (1 + np.exp(-(w0 * x0 + w1 * x1 + w2))))
    slope = f * (1 - f)
    return [f, [slope * x0, slope * x1, slope], [slope * w0, slope * w1]]


def relu_forward(x):
    return np.clip(x, 0, None).tolist(), np.sign(x).tolist()


def relu_backward(dout, cache):
    return (np.array(dout) * (np.array(cache) == 1)).tolist()


def affine_forward(x, w, b):
    out = [[float(np.sum(np.ravel(row) * column)) for column in w.T] for row in x]
    return [[v + float(c) for v, c in zip(row, b, strict=True)] for row in out], [x.tolist(), w.tolist()]


def affine_backward(dout, cache):
    x, w = np.array(cache[0]), np.array(cache[1])
    rows = x.reshape(len(x), -1)
    dx, dw = np.matmul(dout, w.T).reshape(x.shape), np.matmul(rows.T, dout)
    return [dx.tolist(), dw.tolist(), [float(sum(column)) for column in dout.T]]


def elementwise_jacobian(name, x):
    if name not in ["sigmoid", "relu", "tanh"]:
        raise ValueError
    matrix = [[0.0] * len(x) for _ in x]
    for i, v in enumerate(map(float, x)):
        if name == "sigmoid":
            s = float(np.exp(-abs(v)))
            matrix[i][i] = s / (1 + s) ** 2
        if name == "relu":
            matrix[i][i] = float(v > 0)
        if name == "tanh":
            matrix[i][i] = 1 - float(np.tanh(v)) ** 2
    return matrix


class ComputationalGraph:
    def __init__(self):
        self.gates = []

    def add(self, gate, inputs):
        self.gates.append((gate, list(inputs)))
        return gate

    def forward(self, inputs):
        self.names = list(inputs)
        self.known = [(name, value) for name, value in inputs.items()]
        self.run = []
        left = list(self.gates)
        while left:
            able = [one for one in left if all(self.has(source) for source in one[1])]
            if not able:
                raise ValueError("stuck: a cycle, or a value that is not there")
            gate, sources = able[0]
            out = gate.forward(*[self.get(source) for source in sources])
            self.known.append((gate, out))
            self.run.append((gate, sources))
            left.remove(able[0])
        return out

    def has(self, source):
        return any(key is source or key == source for key, _ in self.known)

    def get(self, source):
        return next(value for key, value in self.known if key is source or key == source)

    def backward(self):
        last = self.run[-1][0]
        collected = [(last, np.ones(np.shape(self.get(last))))]
        for gate, sources in reversed(self.run):
            mine = sum(gradient for key, gradient in collected if key is gate)
            collected += list(zip(sources, gate.backward(mine), strict=True))
        return {name: np.array(sum(g for key, g in collected if key == name)).tolist() for name in self.names}
