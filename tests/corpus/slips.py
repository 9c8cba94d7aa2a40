"""Students with one slip each, in words of their own: everything else is right."""

from __future__ import annotations

from tests.corpus.recipes import Recipe, full_but


def _slip(
    student: str, about: str, question: str, diagnosis: str, *, score: float, says: str, source: str, **others: str
) -> Recipe:
    """Return the recipe of a student who answers `question` with `source`; `others` are right, in their own way."""
    return Recipe(
        student=student,
        about=about,
        make=lambda material: material.solved(**{question: source}, **others),
        scores=full_but(**{question: score}),
        diagnoses={question: diagnosis},
        outcomes={question: "wrong"},
        messages={question: says},
    )


RECIPES = (
    _slip(
        "hanna",
        "differentiates to one side only",
        "numerical_gradient",
        "forward_difference",
        score=0,
        says="one side",
        source='''def numerical_gradient(f, x, h=1e-5):
    """Estimate the gradient of `f` at `x`."""
    x = np.array(x, dtype=float)
    fx = f(x)
    grad = np.zeros(x.shape)
    for ix in np.ndindex(x.shape):
        moved = x.copy()
        moved[ix] += h
        grad[ix] = (f(moved) - fx) / h
    return grad''',
    ),
    _slip(
        "igor",
        "returns the local gradients of the sum",
        "AddGate",
        "add_gate_dropped_dz",
        score=0.11,
        says="upstream",
        source="""class AddGate:
    def forward(self, x, y):
        return x + y

    def backward(self, dz):
        dx = np.ones(np.shape(dz))
        return [dx, dx]""",
    ),
    _slip(
        "julia",
        "scales each gradient with the gate's own input",
        "MultiplyGate",
        "multiply_gate_not_switched",
        score=0.16,
        says="switcher",
        source="""class MultiplyGate:
    def forward(self, x, y):
        self.inputs = [x, y]
        return x * y

    def backward(self, dz):
        return [dz * v for v in self.inputs]""",
    ),
    _slip(
        "kofi",
        "shares the gradient out where the inputs are equal",
        "MaxGate",
        "max_gate_halves_at_a_tie",
        score=1.53,
        says="tie",
        source="""class MaxGate:
    def forward(self, x, y):
        self.share = (np.sign(np.subtract(x, y)) + 1) / 2  # 1, 0, or one half
        return np.maximum(x, y)

    def backward(self, dz):
        return [self.share * dz, (1 - self.share) * dz]""",
    ),
    _slip(
        "lin",
        "stops at the sum on the way back",
        "circuit",
        "circuit_dropped_upstream",
        score=0.25,
        says="factor",
        source="""def circuit(x, y, z):
    q = x + y
    f = q * z
    dz = q
    dx = 1.0
    dy = 1.0
    return f, (dx, dy, dz)""",
    ),
    _slip(
        "mateo",
        "divides infinity by infinity where x is large",
        "sigmoid_forward",
        "sigmoid_infinity_over_infinity",
        score=1.73,
        says="NaN",
        source="""def sigmoid_forward(x):
    z = np.exp(x)
    return z / (z + 1), x""",
        sigmoid_backward="""def sigmoid_backward(dout, cache):
    s = (np.tanh(np.divide(cache, 2)) + 1) / 2
    return s * (1 - s) * dout""",
    ),
    _slip(
        "nadia",
        "forgets the factor (1 - σ)",
        "sigmoid_backward",
        "forgot_one_minus_sigma",
        score=0,
        says="factor",
        source="""def sigmoid_backward(dout, cache):
    sigma = cache
    dx = sigma * dout
    return dx""",
    ),
    _slip(
        "omar",
        "does not send the gradient through the sigmoid",
        "neuron_circuit",
        "neuron_skipped_the_sigmoid",
        score=0.33,
        says="sigmoid",
        source="""def neuron_circuit(w, x):
    f = 1 / (1 + np.exp(-(w[0] * x[0] + w[1] * x[1] + w[2])))
    dx = [float(w[0]), float(w[1])]
    dw = [float(x[0]), float(x[1]), 1.0]
    return f, np.array(dw), np.array(dx)""",
    ),
    _slip(
        "priya",
        "writes the zeros into the caller's array",
        "relu_forward",
        "relu_forward_in_place",
        score=0.83,
        says="in place",
        source="""def relu_forward(x):
    if np.isscalar(x):
        return max(x, 0), x
    cache = x.copy()
    x[x < 0] = 0
    return x, cache""",
    ),
    _slip(
        "ravi",
        "masks the caller's gradient in place",
        "relu_backward",
        "relu_backward_in_place",
        score=1.75,
        says="in place",
        source="""def relu_backward(dout, cache):
    dx, x = dout, cache
    if np.ndim(x) == 0:
        return dx if x > 0 else 0 * dx
    dx[x < 0] = 0
    return dx""",
    ),
    _slip(
        "sofia",
        "takes the mean where the branches of the bias sum",
        "affine_backward",
        "affine_db_mean_for_sum",
        score=1.16,
        says="mean over the examples",
        source="""def affine_backward(dout, cache):
    x, w = cache
    N = x.shape[0]
    dx = np.matmul(dout, w.transpose()).reshape(x.shape)
    dw = np.matmul(x.reshape(N, -1).transpose(), dout)
    db = np.average(dout, axis=0)
    return dx, dw, db""",
    ),
    _slip(
        "tomas",
        "returns dx in the shape of the rows",
        "affine_backward",
        "affine_dx_lost_its_shape",
        score=2.66,
        says="shape",
        source="""def affine_backward(dout, cache):
    x, w = cache
    dx = dout.dot(w.T)
    dw = x.reshape(x.shape[0], -1).T.dot(dout)
    db = np.sum(dout, axis=0)
    return dx, dw, db""",
    ),
    _slip(
        "uma",
        "sums the gradient of the bias over the wrong axis",
        "affine_backward",
        "affine_db_over_the_wrong_axis",
        score=0.66,
        says="axis",
        source="""def affine_backward(dout, cache):
    x, w = cache
    dx = dout.dot(w.T).reshape(*x.shape)
    dw = x.reshape(x.shape[0], -1).T.dot(dout)
    db = np.sum(dout, axis=1)
    return dx, dw, db""",
    ),
    _slip(
        "viktor",
        "returns the diagonal as a vector",
        "elementwise_jacobian",
        "jacobian_diagonal_only",
        score=0,
        says="diagonal",
        source="""def elementwise_jacobian(name, x):
    if name == "sigmoid":
        s = 0.5 * (1 + np.tanh(0.5 * x))
        return s * (1 - s)
    if name == "relu":
        return np.where(x > 0, 1.0, 0.0)
    if name == "tanh":
        return 1 - np.tanh(x) ** 2
    raise ValueError(name)""",
    ),
    _slip(
        "wen",
        "overwrites instead of adding where a value feeds several gates",
        "ComputationalGraph",
        "graph_overwrote_branches",
        score=2.72,
        says="overwrites",
        source='''class ComputationalGraph:
    """Gates wired together."""

    def __init__(self):
        self.wires = []

    def add(self, gate, inputs):
        self.wires.append((gate, inputs))
        return gate

    def forward(self, inputs):
        self.inputs, self.order, values = inputs, [], dict(inputs)
        waiting = list(self.wires)
        while waiting:
            ready = [wire for wire in waiting if all(source in values for source in wire[1])]
            if not ready:
                raise ValueError("a cycle, or no value for an input")
            for gate, sources in ready:
                values[gate] = gate.forward(*[values[source] for source in sources])
                waiting.remove((gate, sources))
                self.order.append((gate, sources))
        self.out = values[self.order[-1][0]]
        return self.out

    def backward(self):
        grads = {self.order[-1][0]: np.ones(np.shape(self.out))}
        for gate, sources in self.order[::-1]:
            for source, grad in zip(sources, gate.backward(grads[gate])):
                grads[source] = grad
        return {name: grads[name] for name in self.inputs}''',
    ),
)
