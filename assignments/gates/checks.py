"""The checks behind `check(...)`: worked examples, properties, and numerical gradients of your own forward.

Nothing here is secret. A grade also counts checks on inputs that nobody knows before.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from autograder.compare import agree, agrees, quietly, raises, unchanged, unpack
from autograder.errors import Mismatch
from autograder.gradients import gradient_agrees, judge_backward

question = pytest.mark.question

EXACT = 1e-7
"""What a difference of two steps reaches, and one of a single step does not."""


# numerical_gradient


def _sum_of_squares(x):
    return np.sum(x**2)


def _sum_of_cubes(x):
    return np.sum(x**3)


@question("numerical_gradient")
def test_numerical_gradient_of_a_matrix(submission):
    """The sum of squares of a matrix has the gradient 2x, in the shape of x."""
    x = np.array([[1.0, -2.0, 3.0], [0.5, 4.0, -1.0]])
    agree("gradient", submission.numerical_gradient(_sum_of_squares, x), 2 * x, inputs={"x": x}, rtol=EXACT)


@question("numerical_gradient")
def test_numerical_gradient_of_a_number(submission):
    """A single number works, too."""
    agree("gradient", submission.numerical_gradient(_sum_of_cubes, 2.0), 12.0, rtol=EXACT)


@question("numerical_gradient")
def test_numerical_gradient_of_integers(submission):
    """An array of integers has the same gradient as the same numbers written as floats."""
    x = np.array([1, -2, 3])
    agree("gradient", submission.numerical_gradient(_sum_of_cubes, x), [3.0, 12.0, 27.0], inputs={"x": x}, rtol=EXACT)


@question("numerical_gradient")
def test_numerical_gradient_steps_to_both_sides(submission):
    """The step `h` is the one that was asked for, and goes to both sides."""
    x = np.array([1.0, -2.0])
    agree("gradient", submission.numerical_gradient(_sum_of_cubes, x, 0.5), [3.25, 12.25], inputs={"x": x}, rtol=EXACT)


@question("numerical_gradient")
def test_numerical_gradient_leaves_x(submission):
    """`x` is as it was afterwards, and the gradient is right."""
    x = np.array([1.0, -2.0, 3.0])
    unchanged("x", submission.arguments_after("numerical_gradient", _sum_of_squares, x)[1], x)
    agree("gradient", submission.numerical_gradient(_sum_of_squares, x), 2 * x, inputs={"x": x}, rtol=EXACT)


# The three gates


def _check_gate(submission, gate: str, x, y, dz, *, z, dx, dy) -> None:
    """Compare one pass through a fresh gate, forward and backward, with worked values."""
    instance = getattr(submission, gate)()
    inputs = {"x": x, "y": y, "dz": dz}
    agree("z", instance.forward(x, y), z, inputs=inputs)
    got = unpack(instance.backward(dz), "dx", "dy", of=f"{gate}.backward")
    for name, value, expected in zip(("dx", "dy"), got, (dx, dy), strict=True):
        agree(name, value, expected, atol=1e-12, inputs=inputs)


def _check_gate_numerically(submission, gate: str, rng) -> None:
    """Compare the gradients of a gate with numerical ones of its own forward, on arrays."""
    x, y, dz = (rng.uniform(-2.0, 2.0, size=(2, 3)) for _ in range(3))
    instance = getattr(submission, gate)()
    agree("shape of z", np.shape(instance.forward(x, y)), x.shape)
    dx, dy = unpack(instance.backward(dz), "dx", "dy", of=f"{gate}.backward")
    again = getattr(submission, gate)()
    gradient_agrees("dx", dx, lambda v: float(np.sum(dz * again.forward(v, y))), x, rng=rng)
    gradient_agrees("dy", dy, lambda v: float(np.sum(dz * again.forward(x, v))), y, rng=rng)


@question("AddGate")
def test_add_gate(submission):
    """The sum of two numbers, and the gradient handed on to both."""
    _check_gate(submission, "AddGate", -2.0, 5.0, -4.0, z=3.0, dx=-4.0, dy=-4.0)


@question("AddGate")
def test_add_gate_on_arrays(submission):
    """The same with arrays, entry by entry."""
    x, y, dz = np.array([1.0, 2.0]), np.array([10.0, -20.0]), np.array([3.0, 0.5])
    _check_gate(submission, "AddGate", x, y, dz, z=[11.0, -18.0], dx=dz, dy=dz)


@question("MultiplyGate")
def test_multiply_gate(submission):
    """The product of two numbers, and its gradients."""
    _check_gate(submission, "MultiplyGate", 3.0, -4.0, 1.0, z=-12.0, dx=-4.0, dy=3.0)


@question("MultiplyGate")
def test_multiply_gate_upstream(submission):
    """Ten times the upstream gradient gives ten times the gradients."""
    _check_gate(submission, "MultiplyGate", 3.0, -4.0, 10.0, z=-12.0, dx=-40.0, dy=30.0)


@question("MultiplyGate")
def test_multiply_gate_numerically(submission, rng):
    """On arrays, the gradients are what small steps of the inputs show; the product of two numbers is right."""
    agree("z", submission.MultiplyGate().forward(-2.0, 3.5), -7.0)
    _check_gate_numerically(submission, "MultiplyGate", rng)


@question("MultiplyGate")
def test_multiply_gates_remember_their_own_inputs(submission):
    """Two gates do not disturb each other."""
    one, two = submission.MultiplyGate(), submission.MultiplyGate()
    one.forward(3.0, -4.0)
    two.forward(5.0, 7.0)
    agree("gradients of the first gate", one.backward(1.0), [-4.0, 3.0])
    agree("gradients of the second gate", two.backward(1.0), [7.0, 5.0])


@question("MaxGate")
def test_max_gate_first_wins(submission):
    """Where the first input is larger, it gets the whole gradient."""
    _check_gate(submission, "MaxGate", 4.0, -1.0, 2.0, z=4.0, dx=2.0, dy=0.0)


@question("MaxGate")
def test_max_gate_second_wins(submission):
    """Where the second input is larger, it gets the whole gradient."""
    _check_gate(submission, "MaxGate", -3.0, -1.0, 2.0, z=-1.0, dx=0.0, dy=2.0)


@question("MaxGate")
def test_max_gate_on_arrays(submission):
    """With arrays every entry has its own winner, and in a tie the first input wins outright."""
    x, y, dz = np.array([1.0, 5.0, 2.0]), np.array([4.0, -5.0, 2.0]), np.array([10.0, 20.0, 30.0])
    _check_gate(submission, "MaxGate", x, y, dz, z=[4.0, 5.0, 2.0], dx=[0.0, 20.0, 30.0], dy=[10.0, 0.0, 0.0])


# circuit and neuron_circuit


@question("circuit")
def test_circuit_of_the_figure(submission):
    """The numbers of the figure come out."""
    f, gradients = unpack(submission.circuit(-2.0, 5.0, -4.0), "f", "(dx, dy, dz)", of="circuit")
    agree("f", f, -12.0)
    for name, got, expected in zip(("dx", "dy", "dz"), _three(gradients), (-4.0, -4.0, 3.0), strict=True):
        agree(name, got, expected)


@question("circuit")
def test_circuit_numerically(submission, rng):
    """At another point, the gradients are what small steps of the inputs show; at a third one the value is right."""
    agree("f", unpack(submission.circuit(1.0, 2.5, 4.0), "f", "(dx, dy, dz)", of="circuit")[0], 14.0)
    point = rng.uniform(1.0, 3.0, size=3)
    _, gradients = unpack(submission.circuit(*point.tolist()), "f", "(dx, dy, dz)", of="circuit")
    gradient_agrees(
        "(dx, dy, dz)",
        np.array(_three(gradients), dtype=float),
        lambda v: float(submission.circuit(*v.tolist())[0]),
        point,
        rng=rng,
    )


def _three(gradients: Any) -> tuple[Any, ...]:
    return unpack(gradients, "dx", "dy", "dz", of="circuit")


@question("neuron_circuit")
def test_neuron_of_the_figure(submission):
    """The numbers of the figure come out, unrounded."""
    result = submission.neuron_circuit(np.array([2.0, -3.0, -3.0]), np.array([-1.0, -2.0]))
    f, dw, dx = unpack(result, "f", "dw", "dx", of="neuron_circuit")
    agree("f", f, 0.7310585786300049)
    agree("dw", dw, [-0.19661193324148185, -0.3932238664829637, 0.19661193324148185])
    agree("dx", dx, [0.3932238664829637, -0.5898357997244456])


@question("neuron_circuit")
def test_neuron_numerically(submission, rng):
    """At another point, the gradients are what small steps of weights and inputs show; at a third f is right."""
    third = submission.neuron_circuit(np.array([0.5, 1.0, -1.0]), np.array([2.0, -2.0]))
    agree("f", unpack(third, "f", "dw", "dx", of="neuron_circuit")[0], 0.11920292202211755)
    w, x = rng.uniform(-1.0, 1.0, size=3), rng.uniform(0.5, 2.0, size=2)
    _, dw, dx = unpack(submission.neuron_circuit(w, x), "f", "dw", "dx", of="neuron_circuit")
    gradient_agrees("dw", dw, lambda v: float(submission.neuron_circuit(v, x)[0]), w, rng=rng)
    gradient_agrees("dx", dx, lambda v: float(submission.neuron_circuit(w, v)[0]), x, rng=rng)


@question("neuron_circuit")
def test_neuron_leaves_its_arguments(submission):
    """Weights and inputs are as they were afterwards, and a neuron at rest is right."""
    w, x = np.zeros(3), np.array([4.0, -8.0])
    for name, after, before in zip("wx", submission.arguments_after("neuron_circuit", w, x), (w, x), strict=True):
        unchanged(name, after, before)
    f, dw, dx = unpack(submission.neuron_circuit(w, x), "f", "dw", "dx", of="neuron_circuit")
    agree("f", f, 0.5)
    agree("dw", dw, [1.0, -2.0, 0.25])
    agree("dx", dx, [0.0, 0.0])


# Pairs of forward and backward


def _out(submission, forward: str, *inputs) -> tuple[Any, Any]:
    """Return out and cache of a forward."""
    out, cache = unpack(getattr(submission, forward)(*inputs), "out", "cache", of=forward)
    return out, cache


_GRADIENTS = ("dx", "dw", "db")
Worked = tuple[Sequence[Any], Any, Sequence[Any], Any]
"""Inputs, dout, the gradients, and out."""


def _check_backward(submission, name: str, inputs, dout, *gradients, out) -> None:
    """Compare what a backward returns with the right gradients.

    Where the student's own forward is wrong, which is charged there, they may be the gradients of that forward.
    """
    judge_backward(
        submission,
        forward=f"{name}_forward",
        backward=f"{name}_backward",
        inputs=inputs,
        names=_GRADIENTS[: len(gradients)],
        expected=gradients if len(gradients) > 1 else gradients[0],
        dout=dout,
        expected_out=out,
    )


def _check_backward_numerically(submission, name: str, inputs: Sequence[Any], dout, *, worked: Worked) -> None:
    """Compare what a backward returns with what small steps of the inputs show in the student's own forward.

    Where that forward is wrong, which is charged there, the worked example has to do.
    """
    forward, backward = f"{name}_forward", f"{name}_backward"
    at, worked_dout, gradients, worked_out = worked
    if not agrees("out", _out(submission, forward, *at)[0], worked_out):
        _check_backward(submission, name, at, worked_dout, *gradients, out=worked_out)
        return
    returned = getattr(submission, backward)(dout, _out(submission, forward, *inputs)[1])
    names = _GRADIENTS[: len(inputs)]
    got = (returned,) if len(names) == 1 else unpack(returned, *names, of=backward)
    for place, (gradient, value) in enumerate(zip(names, got, strict=True)):

        def total(moved: Any, place: int = place) -> float:
            own = _out(submission, forward, *inputs[:place], moved, *inputs[place + 1 :])[0]
            return float(np.sum(dout * own))

        gradient_agrees(gradient, value, total, inputs[place], rng=np.random.default_rng(0))


def _check_leaves_dout(submission, name: str, inputs, dout, *gradients, out) -> None:
    """Call a backward; `dout` must be as it was, and the gradients right."""
    _, cache = _out(submission, f"{name}_forward", *inputs)
    unchanged("dout", submission.arguments_after(f"{name}_backward", dout, cache)[0], dout)
    _check_backward(submission, name, inputs, dout, *gradients, out=out)


def _random_dout(rng, shape: tuple[int, ...]) -> Any:
    return rng.uniform(1.0, 2.0, size=shape) * rng.choice([-1.0, 1.0], size=shape)


@question("sigmoid_forward")
def test_sigmoid_values(submission):
    """Worked values: one half at 0, and 0.73 at 1."""
    out, _ = _out(submission, "sigmoid_forward", np.array([[0.0, 1.0], [-1.0, 2.0]]))
    agree("out", out, np.array([[0.5, 0.7310585786300049], [0.2689414213699951, 0.8807970779778823]]))


@question("sigmoid_forward")
def test_sigmoid_is_symmetric(submission, rng):
    """σ(x) and σ(−x) add up to 1, and each lies between 0 and 1."""
    x = rng.uniform(0.5, 5.0, size=(2, 3))
    right, left = (np.asarray(_out(submission, "sigmoid_forward", v)[0], dtype=float) for v in (x, -x))
    agree("σ(x) + σ(−x)", right + left, np.ones((2, 3)))
    assert np.all((left > 0) & (left < 0.5))


@question("sigmoid_forward")
def test_sigmoid_of_extreme_values(submission):
    """Large numbers of both signs bring 0 and 1, not NaN, and numpy has nothing to warn of."""
    x = np.array([-1000.0, -700.0, 0.0, 700.0, 1000.0])
    agree("out", _out(submission, "sigmoid_forward", x)[0], [0.0, 0.0, 0.5, 1.0, 1.0])
    quietly(submission, "sigmoid_forward", x)


@question("sigmoid_forward")
def test_sigmoid_of_a_number(submission):
    """A single number works, too, and so do whole numbers."""
    agree("out", _out(submission, "sigmoid_forward", 0.0)[0], 0.5)
    agree("out", _out(submission, "sigmoid_forward", np.array([0, 1]))[0], [0.5, 0.7310585786300049])
    agree("out", _out(submission, "sigmoid_forward", np.array(-2.0))[0], 0.11920292202211755)


_SIGMOID: Worked = (
    [np.array([0.0, 1.0, -1.0])],
    np.ones(3),
    [[0.25, 0.19661193324148185, 0.19661193324148185]],
    np.array([0.5, 0.7310585786300049, 0.2689414213699951]),
)


@question("sigmoid_backward")
def test_sigmoid_slope(submission):
    """Worked values: a slope of one quarter at 0, and 0.20 at 1 and −1."""
    inputs, dout, gradients, out = _SIGMOID
    _check_backward(submission, "sigmoid", inputs, dout, *gradients, out=out)


@question("sigmoid_backward")
def test_sigmoid_backward_numerically(submission, rng):
    """The gradient is what small steps of `x` show in your own forward."""
    x, dout = rng.uniform(-2.0, 2.0, size=(3, 2)), _random_dout(rng, (3, 2))
    _check_backward_numerically(submission, "sigmoid", [x], dout, worked=_SIGMOID)


@question("sigmoid_backward")
def test_sigmoid_backward_of_extreme_values(submission):
    """Where the sigmoid is saturated nothing comes through, and nothing turns into NaN."""
    x, dout = np.array([-1000.0, 1.0, 1000.0]), np.array([5.0, 8.0, -5.0])
    dx, out = [0.0, 1.5728954659318548, 0.0], [0.0, 0.7310585786300049, 1.0]
    _check_backward(submission, "sigmoid", [x], dout, dx, out=out)


@question("sigmoid_backward")
def test_sigmoid_backward_leaves_dout(submission):
    """`dout` is as it was afterwards, and `dx` is right."""
    x, dout = np.array([[0.0, 2.0]]), np.array([[4.0, -12.0]])
    dx, out = np.array([[1.0, -1.2599230248420783]]), np.array([[0.5, 0.8807970779778823]])
    _check_leaves_dout(submission, "sigmoid", [x], dout, dx, out=out)


@question("relu_forward")
def test_relu_values(submission):
    """Negative entries become 0, all others stay."""
    out, _ = _out(submission, "relu_forward", np.array([[-1.5, 0.0, 2.5], [3.0, -0.1, 0.1]]))
    agree("out", out, np.array([[0.0, 0.0, 2.5], [3.0, 0.0, 0.1]]))


@question("relu_forward")
def test_relu_leaves_x(submission):
    """`x` is as it was afterwards, and a single number works, too."""
    x = np.array([-1.0, 2.0])
    unchanged("x", submission.arguments_after("relu_forward", x)[0], x)
    agree("out", _out(submission, "relu_forward", 2.0)[0], 2.0)
    agree("out", _out(submission, "relu_forward", -2.0)[0], 0.0)


_RELU: Worked = (
    [np.array([[-1.0, 2.0], [3.0, -4.0]])],
    np.array([[5.0, -6.0], [7.0, -8.0]]),
    [np.array([[0.0, -6.0], [7.0, 0.0]])],
    np.array([[0.0, 2.0], [3.0, 0.0]]),
)


@question("relu_backward")
def test_relu_gradient(submission):
    """The gradient passes where `x` was positive and stops where it was negative, whatever its own sign."""
    inputs, dout, gradients, out = _RELU
    _check_backward(submission, "relu", inputs, dout, *gradients, out=out)


@question("relu_backward")
def test_relu_backward_numerically(submission, rng):
    """The gradient is what small steps of `x` show in your own forward."""
    x = rng.uniform(0.5, 2.0, size=(1, 2, 3)) * np.array([[1.0, -1.0, 1.0], [1.0, -1.0, 1.0]])
    _check_backward_numerically(submission, "relu", [x], _random_dout(rng, x.shape), worked=_RELU)


@question("relu_backward")
def test_relu_backward_leaves_dout(submission):
    """`dout` is as it was afterwards, and `dx` is right."""
    x, dout = np.array([-1.0, 2.0]), np.array([5.0, 6.0])
    _check_leaves_dout(submission, "relu", [x], dout, np.array([0.0, 6.0]), out=[0.0, 2.0])


# The fully connected layer

_X = np.array([[1.0, 2.0, 3.0], [0.0, -1.0, 2.0]])
_W = np.array([[1.0, 0.0], [0.0, 1.0], [2.0, -1.0]])
_B = np.array([10.0, 20.0])


@question("affine_forward")
def test_affine_values(submission):
    """A product worked out by hand."""
    out, _ = _out(submission, "affine_forward", _X, _W, _B)
    agree("out", out, np.array([[17.0, 19.0], [14.0, 17.0]]), inputs={"x": _X, "w": _W, "b": _B})


@question("affine_forward")
def test_affine_flattens(submission):
    """Examples with several axes are read as rows."""
    images, w = np.arange(16.0).reshape(2, 2, 2, 2), np.ones((8, 3)) * [1.0, 2.0, 3.0]
    out, _ = _out(submission, "affine_forward", images, w, np.array([0.5, 0.0, -0.5]))
    agree("out", out, np.array([[28.5, 56.0, 83.5], [92.5, 184.0, 275.5]]))


@question("affine_forward")
def test_affine_of_one_example(submission):
    """A batch of one works, and no argument is changed."""
    arguments = (_X[:1], _W, _B)
    after = submission.arguments_after("affine_forward", *arguments)
    for name, now, before in zip("xwb", after, arguments, strict=True):
        unchanged(name, now, before)
    agree("out", _out(submission, "affine_forward", *arguments)[0], np.array([[17.0, 19.0]]))


_AFFINE: Worked = (
    [_X, _W, _B],
    np.array([[1.0, 2.0], [3.0, 4.0]]),
    [
        np.array([[1.0, 2.0, 0.0], [3.0, 4.0, 2.0]]),
        np.array([[1.0, 2.0], [-1.0, 0.0], [9.0, 14.0]]),
        np.array([4.0, 6.0]),
    ],
    np.array([[17.0, 19.0], [14.0, 17.0]]),
)


@question("affine_backward")
def test_affine_gradients(submission):
    """Gradients worked out by hand."""
    inputs, dout, gradients, out = _AFFINE
    _check_backward(submission, "affine", inputs, dout, *gradients, out=out)


@question("affine_backward")
@pytest.mark.parametrize("shape", [(4, 3), (1, 2), (3, 2, 2)])
def test_affine_backward_numerically(submission, rng, shape):
    """The gradients have the shapes of x, w and b, and are what small steps show in your own forward."""
    layer = [rng.uniform(-2.0, 2.0, size=size) for size in (shape, (int(np.prod(shape[1:])), 5), 5)]
    dout = rng.uniform(-2.0, 2.0, size=(shape[0], 5))
    _check_backward_numerically(submission, "affine", layer, dout, worked=_AFFINE)


@question("affine_backward")
def test_affine_backward_leaves_dout(submission):
    """`dout` is as it was afterwards, and the gradients of one example are right."""
    dout, out = np.array([[1.0, 2.0]]), np.array([[17.0, 19.0]])
    dx, dw, db = np.array([[1.0, 2.0, 0.0]]), np.array([[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]]), [1.0, 2.0]
    _check_leaves_dout(submission, "affine", [_X[:1], _W, _B], dout, dx, dw, db, out=out)


# elementwise_jacobian


@question("elementwise_jacobian")
@pytest.mark.parametrize(
    ("name", "slopes"),
    [
        ("relu", [0.0, 1.0, 1.0]),
        ("sigmoid", [0.19661193324148185, 0.19661193324148185, 0.10499358540350652]),
        ("tanh", [0.41997434161402614, 0.41997434161402614, 0.07065082485316443]),
    ],
)
def test_jacobian(submission, name, slopes):
    """A square matrix with the slopes on its diagonal, where they belong, and 0 elsewhere."""
    x = np.array([-1.0, 1.0, 2.0])
    agree("jacobian", submission.elementwise_jacobian(name, x), np.diag(slopes), inputs={"x": x})


@question("elementwise_jacobian")
def test_jacobian_of_extreme_values(submission):
    """The sigmoid of large numbers of both signs brings no NaN."""
    x = np.array([-1000.0, 0.0, 1000.0])
    agree("jacobian", submission.elementwise_jacobian("sigmoid", x), np.diag([0.0, 0.25, 0.0]), inputs={"x": x})


@question("elementwise_jacobian")
def test_jacobian_of_an_unknown_function(submission):
    """A name that is not known raises ValueError; the others are right."""
    raises("ValueError", "elementwise_jacobian", lambda: submission.elementwise_jacobian("cosine", np.ones(2)))
    agree("jacobian", submission.elementwise_jacobian("relu", np.ones(2)), np.eye(2))


# ComputationalGraph, with gates of our own, so that it does not matter how yours are


class _Difference:
    @classmethod
    def new(cls):
        return cls()

    def forward(self, x, y):
        return x - y

    def backward(self, dz):
        return [dz, -dz]


class _SquareTimes:
    @classmethod
    def new(cls):
        return cls()

    def forward(self, x, y):
        self.slopes = 2 * x * y, x * x
        return x * x * y

    def backward(self, dz):
        return [slope * dz for slope in self.slopes]


_INPUTS = {"x": 3.0, "y": 1.0, "z": -4.0}


def _gate(submission, kind: type) -> Any:
    """Return a new gate of a kind. It has to live where the submission does: `add` takes the kind there."""
    kept = submission.ComputationalGraph().add(kind, ["x", "y"])
    if not hasattr(kept, "new"):
        summary = "`add` did not return the gate that it was given: it is needed as an input of others"
        raise Mismatch("add", "structure", summary, path="add", got=kept, expected="the gate")
    return kept.new()


def _check_run(graph, inputs, *, f, **gradients) -> None:
    """Run a graph forward and backward and compare with worked values."""
    agree("f", graph.forward(inputs), f)
    agree("gradients", graph.backward(), gradients)


@question("ComputationalGraph")
def test_graph_of_two_gates(submission):
    """Two gates in a row give the numbers worked out by hand, and others on a second run."""
    graph = submission.ComputationalGraph()
    q = graph.add(_gate(submission, _Difference), ["x", "y"])
    graph.add(_gate(submission, _SquareTimes), [q, "z"])
    _check_run(graph, _INPUTS, f=-16.0, x=-16.0, y=16.0, z=4.0)
    _check_run(graph, {"x": 1.0, "y": 2.0, "z": 10.0}, f=10.0, x=-20.0, y=20.0, z=1.0)


@question("ComputationalGraph")
def test_graph_added_in_another_order(submission):
    """A gate may be added before the gate that feeds it."""
    graph, q = submission.ComputationalGraph(), _gate(submission, _Difference)
    graph.add(_gate(submission, _SquareTimes), [q, "z"])
    graph.add(q, ["x", "y"])
    _check_run(graph, _INPUTS, f=-16.0, x=-16.0, y=16.0, z=4.0)


@question("ComputationalGraph")
def test_graph_with_branches(submission):
    """Where a value feeds several gates, or one gate twice, its gradients add up."""
    for source, worked in (("x", {"f": 48.0, "x": 40.0, "y": -24.0}), (None, {"f": 64.0, "x": 48.0, "y": -48.0})):
        graph = submission.ComputationalGraph()
        q = graph.add(_gate(submission, _Difference), ["x", "y"])
        graph.add(_gate(submission, _SquareTimes), [q, source or q])
        _check_run(graph, {"x": 3.0, "y": -1.0}, **worked)


@question("ComputationalGraph")
def test_graph_on_arrays(submission):
    """Arrays flow through the graph as numbers do; the gradients are those of the sum of the output."""
    graph = submission.ComputationalGraph()
    q = graph.add(_gate(submission, _SquareTimes), ["x", "y"])
    graph.add(_gate(submission, _Difference), [q, "x"])
    x, y = np.array([1.0, 2.0, 3.0]), np.array([4.0, -5.0, 6.0])
    _check_run(graph, {"x": x, "y": y}, f=[3.0, -22.0, 51.0], x=[7.0, -21.0, 35.0], y=[1.0, 4.0, 9.0])


@question("ComputationalGraph")
def test_graph_that_cannot_run(submission):
    """A cycle, or an input without a value, raises ValueError; wired well, the graph runs."""
    graph = submission.ComputationalGraph()
    first, second = (_gate(submission, kind) for kind in (_Difference, _SquareTimes))
    graph.add(first, ["x", second])
    graph.add(second, [first, "z"])
    raises("ValueError", "forward of a cycle", lambda: graph.forward(_INPUTS))

    graph = submission.ComputationalGraph()
    q = graph.add(_gate(submission, _Difference), ["x", "y"])
    graph.add(_gate(submission, _SquareTimes), [q, "z"])
    raises("ValueError", "forward without a value for z", lambda: graph.forward({"x": 3.0, "y": 1.0}))
    _check_run(graph, _INPUTS, f=-16.0, x=-16.0, y=16.0, z=4.0)
