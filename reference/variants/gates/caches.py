"""Caches of every kind: dicts, objects of a class of one's own, functions, tuples with things that nobody needs."""

# Variants are as free with types as the people who write them.
# mypy: ignore-errors
# ruff: noqa: D101, D102, D103

import numpy as np


class Memory:
    def __init__(self, **values):
        self.__dict__.update(values)


def numerical_gradient(f, x, h=1e-5):
    x = np.array(x, dtype=float)
    flat = x.ravel()  # a view: x is a contiguous copy
    gradient = []
    for i, value in enumerate(flat.copy()):
        flat[i] = value + h
        above = f(x.copy())
        flat[i] = value - h
        below = f(x.copy())
        flat[i] = value
        gradient.append((above - below) / h / 2)
    return np.reshape(gradient, x.shape)


class AddGate:
    def __init__(self):
        self.cache = {}

    def forward(self, x, y):
        self.cache = {"x": x, "y": y, "z": x + y}
        return self.cache["z"]

    def backward(self, dz):
        self.cache["dz"] = dz
        return [dz, dz]


class MultiplyGate:
    def forward(self, x, y):
        self.cache = {"dx": lambda dz: dz * y, "dy": lambda dz: dz * x}
        return x * y

    def backward(self, dz):
        return [self.cache["dx"](dz), self.cache["dy"](dz)]


class MaxGate:
    def forward(self, x, y):
        self.cache = (x, y)
        return (x + y + abs(x - y)) / 2

    def backward(self, dz):
        x, y = self.cache
        x_wins = 1.0 * (x >= y)
        return [dz * x_wins, dz * (1 - x_wins)]


def circuit(x, y, z):
    cache = {"q": x + y}
    cache["f"] = cache["q"] * z
    return cache["f"], (1.0 * z, 1.0 * z, 1.0 * cache["q"])


def sigmoid_forward(x):
    x = np.asarray(x, dtype=float)
    out = np.exp(-np.logaddexp(0.0, -x))
    return out, {"x": x, "out": out, "name": "sigmoid", "settings": None}


def sigmoid_backward(dout, cache):
    x = cache["x"]
    return dout * np.exp(-np.logaddexp(0.0, -x) - np.logaddexp(0.0, x))


def neuron_circuit(w, x):
    memory = Memory(w=w, x=x, score=np.dot(w[:2], x) + w[2])
    memory.f = 1 / (1 + np.exp(-memory.score))
    memory.slope = memory.f * (1 - memory.f)
    return memory.f, np.hstack([memory.slope * memory.x, memory.slope]), memory.slope * memory.w[:2]


def relu_forward(x):
    x = np.asarray(x)
    mask = x > 0
    return x * mask, lambda dout: dout * mask


def relu_backward(dout, cache):
    return cache(dout)


def affine_forward(x, w, b):
    rows = x.reshape(x.shape[0], -1)
    return np.dot(rows, w) + b[np.newaxis, :], Memory(rows=rows, shape=x.shape, w=w, ones=np.ones(len(rows)))


def affine_backward(dout, cache):
    dx = np.dot(dout, cache.w.T).reshape(cache.shape)
    return dx, np.dot(cache.rows.T, dout), cache.ones @ dout


def elementwise_jacobian(name, x):
    slopes = {
        "sigmoid": lambda v: np.exp(-np.logaddexp(0.0, -v) - np.logaddexp(0.0, v)),
        "relu": lambda v: (v > 0).astype(float),
        "tanh": lambda v: (1 - np.tanh(v)) * (1 + np.tanh(v)),
    }
    try:
        return np.diagflat(slopes[name](np.asarray(x, dtype=float)))
    except KeyError:
        raise ValueError(f"what is {name}?") from None


class ComputationalGraph:
    def __init__(self):
        self.nodes = {}

    def add(self, gate, inputs):
        self.nodes[id(gate)] = Memory(gate=gate, inputs=[s if isinstance(s, str) else id(s) for s in inputs])
        return gate

    def sort(self):
        feeds = {key: [] for key in self.nodes}
        degree = {}
        for key, node in self.nodes.items():
            sources = [source for source in node.inputs if source in feeds]
            degree[key] = len(sources)
            for source in sources:
                feeds[source].append(key)
        queue = [key for key, count in degree.items() if count == 0]
        for key in queue:
            for fed in feeds[key]:
                degree[fed] -= 1
                if degree[fed] == 0:
                    queue.append(fed)
        if len(queue) < len(self.nodes):
            raise ValueError("the gates form a cycle")
        return queue

    def forward(self, inputs):
        self.values = dict(inputs)
        self.inputs = list(inputs)
        self.order = self.sort()
        for key in self.order:
            node = self.nodes[key]
            if not all(source in self.values for source in node.inputs):
                raise ValueError("a value is missing")
            self.values[key] = node.gate.forward(*(self.values[source] for source in node.inputs))
        return self.values[self.order[-1]]

    def backward(self):
        gradients = {key: 0.0 * value for key, value in self.values.items()}
        gradients[self.order[-1]] = gradients[self.order[-1]] + 1.0
        for key in reversed(self.order):
            node = self.nodes[key]
            for source, gradient in zip(node.inputs, node.gate.backward(gradients[key]), strict=True):
                gradients[source] = gradients[source] + gradient
        return {name: gradients[name] for name in self.inputs}
