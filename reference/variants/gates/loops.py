"""Everything in loops over entries, with a temporary array for every result."""

# Variants are as free with types as the people who write them.
# mypy: ignore-errors
# ruff: noqa: D101, D102, D103

import numpy as np


def numerical_gradient(f, x, h=1e-5):
    x = np.array(x, dtype=float)
    grad = np.zeros(x.shape)
    it = np.nditer(x, flags=["multi_index"])
    while not it.finished:
        ix = it.multi_index
        old = x[ix]
        x[ix] = old + h
        fxph = f(x)
        x[ix] = old - h
        fxmh = f(x)
        x[ix] = old
        grad[ix] = (fxph - fxmh) / (2 * h)
        it.iternext()
    return grad


class AddGate:
    def forward(self, x, y):
        return np.array(x) + np.array(y)

    def backward(self, dz):
        dx = 1.0 * dz
        dy = 1.0 * dz
        return [dx, dy]


class MultiplyGate:
    def forward(self, x, y):
        self.x = np.array(x)
        self.y = np.array(y)
        return self.x * self.y

    def backward(self, dz):
        dx = self.y * dz  # [dz/dx * dL/dz]
        dy = self.x * dz  # [dz/dy * dL/dz]
        return [dx, dy]


class MaxGate:
    def forward(self, x, y):
        x, y = np.asarray(x), np.asarray(y)
        self.first = np.zeros(x.shape, dtype=bool)
        z = np.zeros(x.shape)
        for i in np.ndindex(x.shape):
            if x[i] >= y[i]:
                self.first[i] = True
                z[i] = x[i]
            else:
                z[i] = y[i]
        return z

    def backward(self, dz):
        dz = np.asarray(dz)
        dx, dy = np.zeros(dz.shape), np.zeros(dz.shape)
        for i in np.ndindex(dz.shape):
            if self.first[i]:
                dx[i] = dz[i]
            else:
                dy[i] = dz[i]
        return [dx, dy]


def circuit(x, y, z):
    q = x + y
    f = q * z
    dfdz = q
    dfdq = z
    dfdx = 1.0 * dfdq
    dfdy = 1.0 * dfdq
    return f, (dfdx, dfdy, dfdz)


def sigmoid_forward(x):
    x = np.asarray(x)
    out = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        if x[i] >= 0:
            out[i] = 1 / (1 + np.exp(-x[i]))
        else:
            out[i] = np.exp(x[i]) / (1 + np.exp(x[i]))
    return out, (x, out)


def sigmoid_backward(dout, cache):
    _, out = cache
    dout = np.asarray(dout)
    dx = np.zeros(out.shape)
    for i in np.ndindex(out.shape):
        dx[i] = dout[i] * out[i] * (1 - out[i])
    return dx


def neuron_circuit(w, x):
    dot = w[0] * x[0] + w[1] * x[1] + w[2]
    f = 1.0 / (1 + np.exp(-dot))
    ddot = (1 - f) * f
    dx = np.zeros(2)
    dw = np.zeros(3)
    for i in range(2):
        dx[i] = w[i] * ddot
        dw[i] = x[i] * ddot
    dw[2] = 1.0 * ddot
    return f, dw, dx


def relu_forward(x):
    x = np.asarray(x)
    out = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        if x[i] > 0:
            out[i] = x[i]
    return out, x


def relu_backward(dout, cache):
    x, dout = cache, np.asarray(dout)
    dx = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        if x[i] >= 0:
            dx[i] = dout[i]
    return dx


def affine_forward(x, w, b):
    n, d, m = x.shape[0], w.shape[0], w.shape[1]
    rows = np.reshape(x, (n, d))
    out = np.zeros((n, m))
    for i in range(n):
        for j in range(m):
            out[i, j] = b[j]
            for k in range(d):
                out[i, j] += rows[i, k] * w[k, j]
    return out, (x, w, b)


def affine_backward(dout, cache):
    x, w, b = cache
    n, d, m = x.shape[0], w.shape[0], w.shape[1]
    rows = np.reshape(x, (n, d))
    drows, dw, db = np.zeros((n, d)), np.zeros((d, m)), np.zeros(b.shape)
    for i in range(n):
        for j in range(m):
            db[j] += dout[i, j]
            for k in range(d):
                drows[i, k] += dout[i, j] * w[k, j]
                dw[k, j] += dout[i, j] * rows[i, k]
    return drows.reshape(x.shape), dw, db


def elementwise_jacobian(name, x):
    n = len(x)
    jacobian = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            if i != j:
                continue
            if name == "sigmoid":
                s = 1 / (1 + np.exp(-x[i]))
                jacobian[i, j] = s * (1 - s)
            elif name == "relu":
                jacobian[i, j] = 1 if x[i] > 0 else 0
            elif name == "tanh":
                jacobian[i, j] = 1 - np.tanh(x[i]) ** 2
            else:
                raise ValueError("unknown function")
    if name not in ("sigmoid", "relu", "tanh"):
        raise ValueError("unknown function")
    return jacobian


class ComputationalGraph:
    def __init__(self):
        self.gates = []
        self.inputs = []

    def add(self, gate, inputs):
        self.gates.append(gate)
        self.inputs.append(inputs)
        return gate

    def find(self, gate):
        for i in range(len(self.gates)):
            if self.gates[i] is gate:
                return i
        raise ValueError("this gate was never added")

    def forward(self, inputs):
        self.given = inputs
        self.outputs = [None] * len(self.gates)
        self.order = []
        while len(self.order) < len(self.gates):
            before = len(self.order)
            for i in range(len(self.gates)):
                if i not in self.order and self.ready(i):
                    self.outputs[i] = self.gates[i].forward(*[self.value(s) for s in self.inputs[i]])
                    self.order.append(i)
            if len(self.order) == before:
                raise ValueError("nothing more can run")
        return self.outputs[self.order[-1]]

    def ready(self, i):
        for source in self.inputs[i]:
            if isinstance(source, str):
                if source not in self.given:
                    raise ValueError("no value for " + source)
            elif self.find(source) not in self.order:
                return False
        return True

    def value(self, source):
        return self.given[source] if isinstance(source, str) else self.outputs[self.find(source)]

    def backward(self):
        dinputs = {}
        for name in self.given:
            dinputs[name] = np.zeros(np.shape(self.given[name]))
        dgates = [np.zeros(np.shape(out)) for out in self.outputs]
        dgates[self.order[-1]] = np.ones(np.shape(self.outputs[self.order[-1]]))
        for i in self.order[::-1]:
            gradients = self.gates[i].backward(dgates[i])
            for source, gradient in zip(self.inputs[i], gradients):  # noqa: B905
                if isinstance(source, str):
                    dinputs[source] = dinputs[source] + gradient
                else:
                    j = self.find(source)
                    dgates[j] = dgates[j] + gradient
        return dinputs
