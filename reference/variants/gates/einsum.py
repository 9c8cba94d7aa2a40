"""Terse numpy: einsum, basis vectors, np.where, and a depth-first search."""

# Variants are as free with types as the people who write them.
# mypy: ignore-errors
# ruff: noqa: D101, D102, D103

import numpy as np


def numerical_gradient(f, x, h=1e-5):
    x = np.asarray(x, dtype=np.float64)
    basis = np.eye(x.size).reshape(x.size, *x.shape)
    return np.array([f(x + h * e) / (2 * h) - f(x - h * e) / (2 * h) for e in basis]).reshape(x.shape)


class AddGate:
    def forward(self, x, y):
        return np.add(x, y)

    def backward(self, dz):
        return [np.multiply(dz, 1.0)] * 2


class MultiplyGate:
    def forward(self, *factors):
        self.factors = factors
        return np.multiply(*factors)

    def backward(self, dz):
        return [np.multiply(other, dz) for other in self.factors[::-1]]


class MaxGate:
    def forward(self, x, y):
        self.wins = np.greater_equal(x, y)
        return np.where(self.wins, x, y)

    def backward(self, dz):
        return [np.where(self.wins, dz, 0.0), np.where(self.wins, 0.0, dz)]


def circuit(x, y, z):
    return (x + y) * z, (z, z, x + y)


def sigmoid_forward(x):
    out = 0.5 * (1.0 + np.tanh(0.5 * np.asarray(x, dtype=np.float64)))
    return out, out


def sigmoid_backward(dout, cache):
    return dout * (cache - cache**2)


def neuron_circuit(w, x):
    inputs = np.append(x, 1.0)
    f = 1 / (1 + np.exp(-np.einsum("i,i", w, inputs)))
    return f, f * (1 - f) * inputs, f * (1 - f) * w[:-1]


def relu_forward(x):
    return np.where(np.asarray(x) > 0, x, 0), np.asarray(x) > 0


def relu_backward(dout, cache):
    return np.where(cache, dout, 0)


def affine_forward(x, w, b):
    w_as_x = w.reshape(*x.shape[1:], -1)
    return np.einsum(x, [0, ...], w_as_x, [..., 1], [0, 1, ...]).reshape(*x.shape[:1], w.shape[1], -1).sum(-1) + b, (
        x,
        w,
    )


def affine_backward(dout, cache):
    x, w = cache
    rows = x.reshape(x.shape[0], w.shape[0])
    return (
        np.einsum("nm,dm->nd", dout, w).reshape(x.shape),
        np.einsum("nd,nm->dm", rows, dout),
        np.einsum("nm->m", dout),
    )


def elementwise_jacobian(name, x):
    s = 0.5 + 0.5 * np.tanh(x / 2)
    match name:
        case "sigmoid":
            slope = s * (1 - s)
        case "relu":
            slope = np.heaviside(x, 0.5)
        case "tanh":
            slope = np.cosh(x) ** -2.0
        case _:
            raise ValueError(name)
    return slope * np.eye(x.size)


class ComputationalGraph:
    def __init__(self):
        self.wires = {}

    def add(self, gate, inputs):
        self.wires[gate] = tuple(inputs)
        return gate

    def order(self):
        done, path = [], set()

        def visit(gate):
            if gate in path:
                raise ValueError("cycle")
            if isinstance(gate, str) or gate in done:
                return
            path.add(gate)
            for source in self.wires[gate]:
                visit(source)
            path.remove(gate)
            done.append(gate)

        fed = {source for wires in self.wires.values() for source in wires}
        for gate in sorted(self.wires, key=lambda gate: gate not in fed):
            visit(gate)
        return done

    def forward(self, inputs):
        self.inputs, self.sorted = inputs, self.order()
        values = {**inputs}
        for gate in self.sorted:
            try:
                values[gate] = gate.forward(*(values[source] for source in self.wires[gate]))
            except KeyError as missing:
                raise ValueError(f"no value for {missing}") from missing
        self.out = values[self.sorted[-1]]
        return self.out

    def backward(self):
        grads = {self.sorted[-1]: np.ones_like(self.out, dtype=np.float64)}
        for gate in self.sorted[::-1]:
            for source, gradient in zip(self.wires[gate], gate.backward(grads[gate]), strict=True):
                grads[source] = grads.get(source, 0.0) + gradient
        return {name: grads[name] for name in self.inputs}
