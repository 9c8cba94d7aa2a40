"""The reference of `gates` against worked values, closed forms and complex-step derivatives, never against itself."""

from __future__ import annotations

import cmath
import math
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from reference import gates

STEP = 1e-30


def complex_step(f: Callable[[Any], Any], x: Any) -> np.ndarray:
    """Return the gradient of an analytic scalar function, exact to rounding: the imaginary part of f(x + ih) over h."""
    x = np.asarray(x, dtype=np.float64)
    gradient = np.empty(x.shape)
    for index in np.ndindex(x.shape):
        nudged = x.astype(np.complex128)
        nudged[index] += 1j * STEP
        gradient[index] = np.imag(f(nudged)) / STEP
    return gradient


def sigmoid(x: Any) -> Any:
    """Return the textbook formula, which also takes complex numbers."""
    return 1 / (1 + np.exp(-x))


@pytest.fixture
def rng() -> np.random.Generator:
    """Random numbers that are the same every time."""
    return np.random.default_rng(4)


@pytest.fixture(autouse=True)
def no_warnings() -> Iterator[None]:
    """Turn overflow and invalid values into errors."""
    with warnings.catch_warnings(), np.errstate(over="raise", invalid="raise", divide="raise"):
        warnings.simplefilter("error")
        yield


@pytest.mark.parametrize("shape", [(), (1,), (3,), (2, 3), (2, 1, 2)])
def test_numerical_gradient_of_every_shape(rng: np.random.Generator, shape: tuple[int, ...]) -> None:
    """The gradient of a smooth function has the shape of x and agrees with a complex step to nine digits."""
    x = rng.uniform(0.5, 2.0, size=shape)

    def f(v: Any) -> Any:
        return np.sum(v**3) + np.sum(v) ** 2

    gradient = gates.numerical_gradient(f, x)
    assert gradient.shape == shape
    assert gradient.dtype == np.float64
    np.testing.assert_allclose(gradient, complex_step(f, x), rtol=1e-9)


@pytest.mark.parametrize("x", [3, 3.0, np.array(3), np.float32(3.0)])
def test_numerical_gradient_of_a_number(x: Any) -> None:
    """The slope of x² at 3 is 6, whatever kind of number the 3 is."""
    assert gates.numerical_gradient(lambda v: v * v, x) == pytest.approx(6.0, rel=1e-9)


def test_numerical_gradient_steps_by_h() -> None:
    """For a cube the central difference is exactly 3x² + h²."""
    assert gates.numerical_gradient(lambda v: v**3, 2.0, h=0.5) == pytest.approx(12.25, rel=1e-12)


@pytest.mark.parametrize("x", [np.array([1, 2, 3]), np.array([1.0, 2.0, 3.0]), np.arange(1.0, 7.0)[::2]])
def test_numerical_gradient_leaves_x(x: np.ndarray) -> None:
    """An array keeps its numbers and its type, even where f writes into what it is given."""
    before = x.copy()

    def careless(v: np.ndarray) -> float:
        v *= 2
        return float(np.sum(v))

    np.testing.assert_allclose(gates.numerical_gradient(careless, x), [2.0, 2.0, 2.0], rtol=1e-9)
    np.testing.assert_array_equal(x, before)
    assert x.dtype == before.dtype


GATES = [
    (gates.AddGate, lambda x, y: x + y),
    (gates.MultiplyGate, lambda x, y: x * y),
    (gates.MaxGate, lambda x, y: np.where(np.real(x) >= np.real(y), x, y)),
]


@pytest.mark.parametrize(("gate", "formula"), GATES)
@pytest.mark.parametrize("shape", [(), (1,), (3, 2)])
def test_gates_against_complex_steps(
    rng: np.random.Generator, gate: type, formula: Callable[[Any, Any], Any], shape: tuple[int, ...]
) -> None:
    """Value and both gradients of every gate agree with its formula."""
    x, y, dz = rng.uniform(-2.0, 2.0, size=(3, *shape))
    instance = gate()
    np.testing.assert_array_equal(instance.forward(x, y), formula(x, y))
    dx, dy = instance.backward(dz)
    np.testing.assert_allclose(dx, complex_step(lambda v: np.sum(dz * formula(v, y)), x), rtol=1e-14)
    np.testing.assert_allclose(dy, complex_step(lambda v: np.sum(dz * formula(x, v)), y), rtol=1e-14)


def test_max_gate_tie() -> None:
    """In a tie the first input gets everything, the second nothing."""
    gate = gates.MaxGate()
    gate.forward(np.array([1.0, 2.0, 3.0]), np.array([2.0, 2.0, 2.0]))
    dx, dy = gate.backward(np.array([10.0, 20.0, 30.0]))
    np.testing.assert_array_equal(dx, [0.0, 20.0, 30.0])
    np.testing.assert_array_equal(dy, [10.0, 0.0, 0.0])


def test_circuit_of_the_notes() -> None:
    """The worked numbers: f = −12 and gradients −4, −4, 3."""
    assert gates.circuit(-2.0, 5.0, -4.0) == (-12.0, (-4.0, -4.0, 3.0))


def test_circuit_elsewhere(rng: np.random.Generator) -> None:
    """At random points the gradients are those of (x + y)z."""
    point = rng.normal(size=3)
    f, gradients = gates.circuit(*point)
    assert f == pytest.approx((point[0] + point[1]) * point[2])
    np.testing.assert_allclose(gradients, complex_step(lambda v: (v[0] + v[1]) * v[2], point), rtol=1e-14)


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        (0.0, 0.5),
        (1, 0.7310585786300049),
        (-40.0, math.exp(-40.0)),
        (-700.0, math.exp(-700.0)),
        (-1000.0, 0.0),
        (1000.0, 1.0),
        (np.float32(0.0), 0.5),
    ],
)
def test_sigmoid_values(x: Any, expected: float) -> None:
    """Worked values, tiny ones to full relative precision, and no overflow at either end."""
    out, _ = gates.sigmoid_forward(x)
    assert out == pytest.approx(expected, rel=1e-15, abs=0.0)
    assert np.shape(out) == ()


@pytest.mark.parametrize("shape", [(), (1,), (4, 3), (2, 1, 3)])
def test_sigmoid_backward(rng: np.random.Generator, shape: tuple[int, ...]) -> None:
    """The gradient agrees with a complex step through the textbook formula, and dout is left alone."""
    x, dout = rng.normal(size=shape), np.asarray(rng.normal(size=shape))
    before = dout.copy()
    out, cache = gates.sigmoid_forward(x)
    dx = gates.sigmoid_backward(dout, cache)
    np.testing.assert_allclose(out, sigmoid(x), rtol=1e-14)
    np.testing.assert_allclose(dx, complex_step(lambda v: np.sum(dout * sigmoid(v)), x), rtol=1e-13)
    assert np.shape(dx) == shape
    np.testing.assert_array_equal(dout, before)


def test_neuron_of_the_notes() -> None:
    """The worked neuron: 0.73, and gradients that are 0.39 and 0.59 before anybody rounds."""
    f, dw, dx = gates.neuron_circuit(np.array([2.0, -3.0, -3.0]), np.array([-1.0, -2.0]))
    assert f == pytest.approx(1.0 / (1.0 + math.exp(-1.0)))
    np.testing.assert_array_equal(np.round(dw, 2), [-0.20, -0.39, 0.20])
    np.testing.assert_array_equal(np.round(dx, 2), [0.39, -0.59])


def test_neuron_elsewhere(rng: np.random.Generator) -> None:
    """At random points all five gradients agree with a complex step, and no argument changes."""
    w, x = rng.normal(size=3), rng.normal(size=2)
    before = w.copy(), x.copy()
    f, dw, dx = gates.neuron_circuit(w, x)

    def neuron(w: Any, x: Any) -> complex:
        return 1 / (1 + cmath.exp(-(w[0] * x[0] + w[1] * x[1] + w[2])))

    assert f == pytest.approx(neuron(w, x).real, rel=1e-14)
    np.testing.assert_allclose(dw, complex_step(lambda v: neuron(v, x), w), rtol=1e-13)
    np.testing.assert_allclose(dx, complex_step(lambda v: neuron(w, v), x), rtol=1e-13)
    np.testing.assert_array_equal(w, before[0])
    np.testing.assert_array_equal(x, before[1])


@pytest.mark.parametrize(
    ("x", "out", "dx"),
    [
        (-2.0, 0.0, 0.0),
        (3, 3.0, 7.0),
        (np.array([-1000.0, 1000.0]), [0.0, 1000.0], [0.0, 7.0]),
        (np.array([[-1, 2]]), [[0.0, 2.0]], [[0.0, 7.0]]),
    ],
)
def test_relu(x: Any, out: Any, dx: Any) -> None:
    """Negative entries stop value and gradient; positive ones pass both; the shape stays."""
    got, cache = gates.relu_forward(x)
    dout = np.full(np.shape(x), 7.0)
    np.testing.assert_array_equal(got, out)
    np.testing.assert_array_equal(gates.relu_backward(dout, cache), dx)
    np.testing.assert_array_equal(dout, np.full(np.shape(x), 7.0))


def affine_by_hand(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Compute the layer by the sum in its definition, one number at a time."""
    out = np.empty((len(x), len(b)), dtype=np.result_type(x, w, b))
    for n, example in enumerate(x):
        for m in range(len(b)):
            out[n, m] = sum(entry * w[d, m] for d, entry in enumerate(example.ravel())) + b[m]
    return out


@pytest.mark.parametrize("shape", [(1, 1), (1, 3), (4, 2), (3, 2, 2), (2, 1, 2, 2)])
def test_affine(rng: np.random.Generator, shape: tuple[int, ...]) -> None:
    """Output and gradients agree with the definition for any number of axes and for one example."""
    x, b = rng.normal(size=shape), rng.normal(size=5)
    w, dout = rng.normal(size=(math.prod(shape[1:]), 5)), rng.normal(size=(shape[0], 5))
    arguments = [x, w, b, dout]
    before = [argument.copy() for argument in arguments]

    out, cache = gates.affine_forward(x, w, b)
    dx, dw, db = gates.affine_backward(dout, cache)

    np.testing.assert_allclose(out, affine_by_hand(x, w, b), rtol=1e-13, atol=1e-14)
    for got, argument, f in (
        (dx, x, lambda v: np.sum(dout * affine_by_hand(v, w, b))),
        (dw, w, lambda v: np.sum(dout * affine_by_hand(x, v, b))),
        (db, b, lambda v: np.sum(dout * affine_by_hand(x, w, v))),
    ):
        assert got.shape == argument.shape
        np.testing.assert_allclose(got, complex_step(f, argument), rtol=1e-12, atol=1e-13)
    for argument, copy in zip(arguments, before, strict=True):
        np.testing.assert_array_equal(argument, copy)


def test_affine_refuses_what_does_not_fit() -> None:
    """Rows of another length than w expects raise ValueError; nothing is reshaped to make them fit."""
    with pytest.raises(ValueError, match="mismatch"):
        gates.affine_forward(np.ones((4, 3)), np.ones((6, 2)), np.zeros(2))


@pytest.mark.parametrize(
    ("name", "slope"),
    [
        ("sigmoid", lambda x: 1.0 / (2.0 + 2.0 * math.cosh(x))),
        ("tanh", lambda x: 1.0 / math.cosh(x) ** 2),
        ("relu", lambda x: float(x > 0)),
    ],
)
@pytest.mark.parametrize("x", [[0.5], [-2.0, 0.25, 3.0], [-600.0, 1.0]])
def test_elementwise_jacobian(name: str, slope: Callable[[float], float], x: list[float]) -> None:
    """The diagonal holds the slopes, in closed form by the hyperbolic cosine; everything else is 0."""
    x = [max(entry, -300.0) for entry in x] if name == "tanh" else x
    expected = np.diag([slope(entry) for entry in x])
    np.testing.assert_allclose(gates.elementwise_jacobian(name, np.array(x)), expected, rtol=1e-12, atol=1e-15)


def test_elementwise_jacobian_of_extreme_values() -> None:
    """At ±1000 nothing overflows, and the slopes are 0."""
    np.testing.assert_array_equal(gates.elementwise_jacobian("sigmoid", np.array([-1000.0, 1000.0])), np.zeros((2, 2)))


@pytest.mark.parametrize("name", ["", "ReLU", "softmax"])
def test_elementwise_jacobian_of_an_unknown_name(name: str) -> None:
    """Any other name raises ValueError, and the message lists those that there are."""
    with pytest.raises(ValueError, match="choose one of sigmoid, relu, tanh"):
        gates.elementwise_jacobian(name, np.ones(2))


class Exponential:
    """A gate of one input, which the reference knows nothing of."""

    def forward(self, x: Any) -> Any:
        """Return e^x."""
        self.z = np.exp(x)
        return self.z

    def backward(self, dz: Any) -> list[Any]:
        """Return the gradient of the one input."""
        return [dz * self.z]


def small_graph() -> Any:
    """Return the graph of (x + y)z, wired from its end to its beginning."""
    graph, add, multiply = gates.ComputationalGraph(), gates.AddGate(), gates.MultiplyGate()
    assert graph.add(multiply, [add, "z"]) is multiply
    assert graph.add(add, ["x", "y"]) is add
    return graph


def test_graph_of_the_notes() -> None:
    """The circuit of the notes runs, in whatever order its gates were added, and runs again with other values."""
    graph = small_graph()
    assert graph.forward({"x": -2.0, "y": 5.0, "z": -4.0}) == -12.0
    assert graph.backward() == {"x": -4.0, "y": -4.0, "z": 3.0}
    assert graph.backward() == {"x": -4.0, "y": -4.0, "z": 3.0}
    assert graph.forward({"x": 1, "y": 2, "z": 10}) == 30
    assert graph.backward() == {"x": 10.0, "y": 10.0, "z": 3.0}


@pytest.mark.parametrize("shape", [(), (1,), (2, 3)])
def test_graph_with_branches(rng: np.random.Generator, shape: tuple[int, ...]) -> None:
    """Inputs and gates that feed several gates, and one gate twice, collect the gradients of all of them."""
    graph = gates.ComputationalGraph()
    a = graph.add(gates.MultiplyGate(), ["x", "y"])
    b = graph.add(gates.AddGate(), [a, "x"])
    c = graph.add(gates.MultiplyGate(), [b, b])
    d = graph.add(Exponential(), [a])
    graph.add(gates.AddGate(), [c, d])
    x, y = np.asarray(rng.normal(size=shape)), np.asarray(rng.normal(size=shape))
    before = x.copy(), y.copy()

    def f(x: Any, y: Any) -> Any:
        return (x * y + x) ** 2 + np.exp(x * y)

    np.testing.assert_allclose(graph.forward({"x": x, "y": y}), f(x, y), rtol=1e-14)
    gradients = graph.backward()
    assert gradients.keys() == {"x", "y"}
    np.testing.assert_allclose(gradients["x"], complex_step(lambda v: np.sum(f(v, y)), x), rtol=1e-12)
    np.testing.assert_allclose(gradients["y"], complex_step(lambda v: np.sum(f(x, v)), y), rtol=1e-12)
    np.testing.assert_array_equal(x, before[0])
    np.testing.assert_array_equal(y, before[1])


def test_graph_of_a_long_chain() -> None:
    """Fifteen hundred gates in a row, added from the last to the first, are no problem for the stack."""
    chain = [gates.AddGate() for _ in range(1500)]
    graph = gates.ComputationalGraph()
    for gate, source in zip(reversed(chain), [*reversed(chain[:-1]), "x"], strict=True):
        graph.add(gate, [source, "x"])
    assert graph.forward({"x": 2.0}) == 2.0 * 1501
    assert graph.backward() == {"x": 1501.0}


@pytest.mark.parametrize("length", [1, 2, 3])
def test_graph_with_a_cycle(length: int) -> None:
    """A circle of any length raises ValueError in forward, also where other gates could run."""
    circle = [gates.AddGate() for _ in range(length)]
    graph = gates.ComputationalGraph()
    graph.add(gates.AddGate(), ["x", "x"])
    for index, gate in enumerate(circle):
        graph.add(gate, [circle[index - 1], "x"])
    with pytest.raises(ValueError, match="cycle"):
        graph.forward({"x": 1.0})


def test_graph_with_an_unknown_input() -> None:
    """An input without a value raises ValueError that names it; with the value, the same graph runs."""
    graph = small_graph()
    with pytest.raises(ValueError, match="takes 'z', which has no value"):
        graph.forward({"x": 1.0, "y": 2.0})
    assert graph.forward({"x": 1.0, "y": 2.0, "z": 3.0}) == 9.0


def test_graph_with_a_gate_that_was_never_added() -> None:
    """A gate that takes the output of one outside the graph raises ValueError."""
    graph = gates.ComputationalGraph()
    graph.add(gates.AddGate(), [gates.AddGate(), "x"])
    with pytest.raises(ValueError, match="has no value"):
        graph.forward({"x": 1.0})
