"""What a right solution of `gates` does, question by question, on inputs that nobody knows before.

Expected gradients come from the reference's formulas in one test, from numerical derivatives of its forward in another.
Shapes and magnitudes are drawn so that no right answer is zero throughout, one throughout or the input itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from autograder.compare import agree, quietly, raises, unchanged, unpack
from autograder.draws import mixed, sizes, strided, whole
from autograder.errors import Mismatch
from autograder.gradients import gradient_agrees, judge_backward, numerical_gradient

question, weight = pytest.mark.question, pytest.mark.weight

EXACT = 1e-7
"""Relative tolerance where the precision is the exercise: central differences reach it, one-sided ones do not."""
NEAR_ZERO = 1e-5
"""How far a gradient may be off that is a single number, perhaps near zero: no other entry says how large is large."""


# numerical_gradient: the functions are sent to the submission as source


def _wave(x: np.ndarray) -> float:
    return np.sum(x**3) + np.sum(x) ** 2


def _wave_slope(x: np.ndarray) -> np.ndarray:
    return 3 * x**2 + 2 * np.sum(x)


def _energy(x: np.ndarray) -> float:
    return np.sum((x @ x.T) ** 2)


def _energy_slope(x: np.ndarray) -> np.ndarray:
    return 4 * x @ x.T @ x


@question("numerical_gradient")
@weight(2)
@pytest.mark.parametrize("axes", [1, 2, 3])
def test_numerical_gradient_of_random_points(submission, rng, axes):
    """The gradient is right at random points."""
    x = mixed(rng, *sizes(rng, axes))
    agree(
        "gradient",
        submission.numerical_gradient(_wave, x),
        _wave_slope(x),
        inputs={"x": x},
        rtol=EXACT,
        factors={"h": 1e-5},
    )


@question("numerical_gradient")
def test_numerical_gradient_of_a_function_of_a_matrix(submission, rng):
    """The function is called with an array of the shape of `x`."""
    x = mixed(rng, *sizes(rng, 2))
    agree("gradient", submission.numerical_gradient(_energy, x), _energy_slope(x), inputs={"x": x}, rtol=EXACT)


@question("numerical_gradient")
def test_numerical_gradient_of_a_single_number(submission, rng):
    """A single number has a gradient, too."""
    for x in (np.array(rng.uniform(1.0, 2.0)), rng.uniform(1.0, 2.0, size=1)):
        agree("gradient", submission.numerical_gradient(_wave, x), _wave_slope(x), inputs={"x": x}, rtol=EXACT)


@question("numerical_gradient")
@weight(2)
def test_numerical_gradient_uses_its_step(submission, rng):
    """The step `h` goes to both sides of `x`."""
    x, h = mixed(rng, *sizes(rng, 2)), rng.uniform(0.3, 0.6)
    with_wide_steps = 3 * x**2 + h**2 + 2 * np.sum(x)
    agree(
        "gradient",
        submission.numerical_gradient(_wave, x, h),
        with_wide_steps,
        inputs={"x": x},
        rtol=EXACT,
        factors={"h": h},
    )


@question("numerical_gradient")
def test_numerical_gradient_leaves_its_argument(submission, rng):
    """The gradient is right and `x` is as it was afterwards."""
    x = mixed(rng, *sizes(rng, 2))
    unchanged("x", submission.arguments_after("numerical_gradient", _wave, x)[1], x, of="numerical_gradient")
    agree("gradient", submission.numerical_gradient(_wave, x), _wave_slope(x), inputs={"x": x}, rtol=EXACT)


@question("numerical_gradient")
def test_numerical_gradient_at_whole_numbers(submission, rng):
    """An array of integers works like the same numbers as floats."""
    x = whole(rng, 4)
    agree(
        "gradient", submission.numerical_gradient(_wave, x), _wave_slope(x.astype(float)), inputs={"x": x}, rtol=EXACT
    )


@question("numerical_gradient")
def test_numerical_gradient_of_a_view(submission, rng):
    """A transposed slice of another array works like a copy of it."""
    x = strided(rng, 3, 2)
    agree("gradient", submission.numerical_gradient(_wave, x), _wave_slope(x), inputs={"x": x}, rtol=EXACT)


# The gates of two inputs


def _forward(submission: Any, gate: str, x: Any, y: Any) -> Any:
    return getattr(submission, gate)().forward(x, y)


def _backward(submission: Any, gate: str, x: Any, y: Any, dz: Any) -> tuple[Any, Any]:
    instance = getattr(submission, gate)()
    instance.forward(x, y)
    dx, dy = unpack(instance.backward(dz), "dx", "dy", of=f"{gate}.backward")
    return dx, dy


def _check_gate(submission: Any, reference: Any, gate: str, x: Any, y: Any, dz: Any) -> None:
    """Compare value and gradients of a gate with the reference's, worked out in float64."""
    exact = [np.asarray(value, dtype=float) for value in (x, y, dz)]
    inputs = {"x": exact[0], "y": exact[1], "dz": exact[2]}
    agree("z", _forward(submission, gate, x, y), _forward(reference, gate, *exact[:2]), inputs=inputs)
    got, expected = _backward(submission, gate, x, y, dz), _backward(reference, gate, *exact)
    for name, one, other in zip(("dx", "dy"), got, expected, strict=True):
        agree(name, one, other, inputs=inputs)


def _run_gate(gate, x, y, dz):
    gate.forward(x, y)
    gate.backward(dz)
    return [x, y, dz]


def _check_gate_on_arrays(submission: Any, reference: Any, gate: str, x: Any, y: Any, dz: Any) -> None:
    """Compare a gate with the reference's, and the arrays that it was given with what they were."""
    _check_gate(submission, reference, gate, x, y, dz)
    after = submission.define(_run_gate)(getattr(submission, gate)(), x, y, dz)
    for name, left, was in zip(("x", "y", "dz"), after, (x, y, dz), strict=True):
        unchanged(name, left, was, of=gate)


def _check_gate_numerically(submission: Any, reference: Any, gate: str, rng: np.random.Generator) -> None:
    """Compare the gradients of a gate with numerical derivatives of the reference's forward."""
    x, y, dz = (mixed(rng, 4, 3) for _ in range(3))
    dx, dy = _backward(submission, gate, x, y, dz)
    gradient_agrees("dx", dx, lambda v: float(np.sum(dz * _forward(reference, gate, v, y))), x, rng=rng)
    gradient_agrees("dy", dy, lambda v: float(np.sum(dz * _forward(reference, gate, x, v))), y, rng=rng)


def _check_two_gates(submission: Any, reference: Any, gate: str, rng: np.random.Generator) -> None:
    """Run two gates of one kind forward before either runs backward, then the first one again on other inputs."""
    first, second, again = (rng.permutation([1.0, -1.0])[:, None] * mixed(rng, 2, 3) for _ in range(3))
    one, two = getattr(submission, gate)(), getattr(submission, gate)()
    one.forward(first, second)
    two.forward(second, again)
    for instance, x, y in ((one, first, second), (two, second, again)):
        got = unpack(instance.backward(again), "dx", "dy", of=f"{gate}.backward")
        expected = _backward(reference, gate, x, y, again)
        for name, left, right in zip(("dx", "dy"), got, expected, strict=True):
            agree(name, left, right, inputs={"x": x, "y": y, "dz": again})
    agree("z", one.forward(again, first), _forward(reference, gate, again, first), inputs={"x": again, "y": first})
    got = unpack(one.backward(second), "dx", "dy", of=f"{gate}.backward")
    for name, left, right in zip(("dx", "dy"), got, _backward(reference, gate, again, first, second), strict=True):
        agree(name, left, right, inputs={"x": again, "y": first, "dz": second})


def _check_other_numbers(submission: Any, reference: Any, gate: str, rng: np.random.Generator) -> None:
    """Try integers, float32 and strided arrays."""
    even, odd = 2 * whole(rng, 3, 2), 2 * whole(rng, 3, 2) + 1  # no tie: that is another test's business
    _check_gate(submission, reference, gate, even, odd, whole(rng, 3, 2))
    _check_gate(submission, reference, gate, *(mixed(rng, 3, 2).astype(np.float32) for _ in range(3)))
    _check_gate(submission, reference, gate, *(strided(rng, 3, 2) for _ in range(3)))


@question("AddGate")
def test_add_gate_forward(submission, rng):
    """`forward` returns the sum."""
    x, y = rng.uniform(1.0, 9.0, size=2)
    agree("z", _forward(submission, "AddGate", x, y), x + y, inputs={"x": x, "y": y})


@question("AddGate")
@weight(2)
def test_add_gate_backward(submission, rng):
    """`backward` hands the gradient on to the inputs."""
    x, y, dz = rng.uniform(2.0, 9.0, size=3)
    dx, dy = _backward(submission, "AddGate", x, y, dz)
    agree("dx", dx, dz, inputs={"x": x, "y": y, "dz": dz})
    agree("dy", dy, dz, inputs={"x": x, "y": y, "dz": dz})


@question("AddGate")
def test_add_gate_numerically(submission, reference, rng):
    """The gradients are those that small steps of the inputs show."""
    _check_gate_numerically(submission, reference, "AddGate", rng)


@question("AddGate")
def test_add_gate_on_arrays(submission, reference, rng):
    """The gate works on whole arrays, entry by entry, and leaves them as they were."""
    x, y, dz = (mixed(rng, 3, 4) for _ in range(3))
    _check_gate_on_arrays(submission, reference, "AddGate", x, y, dz)


@question("AddGate")
def test_two_add_gates(submission, reference, rng):
    """Two gates do not disturb each other, and a gate can be used again."""
    _check_two_gates(submission, reference, "AddGate", rng)


@question("AddGate")
def test_add_gate_on_other_numbers(submission, reference, rng):
    """Integers, single precision and slices of arrays work, too."""
    _check_other_numbers(submission, reference, "AddGate", rng)


@question("MultiplyGate")
def test_multiply_gate_forward(submission, rng):
    """`forward` returns the product."""
    x, y = rng.uniform(2.5, 9.0, size=2)
    agree("z", _forward(submission, "MultiplyGate", x, y), x * y, inputs={"x": x, "y": y})


@question("MultiplyGate")
@weight(2)
def test_multiply_gate_backward(submission, rng):
    """`backward` returns the right gradient for each input."""
    x, y, dz = rng.uniform(2.0, 9.0, size=3)
    dx, dy = _backward(submission, "MultiplyGate", x, y, dz)
    agree("dx", dx, y * dz, inputs={"x": x, "y": y, "dz": dz})
    agree("dy", dy, x * dz, inputs={"x": x, "y": y, "dz": dz})


@question("MultiplyGate")
@weight(2)
def test_multiply_gate_numerically(submission, reference, rng):
    """The gradients are those that small steps of the inputs show."""
    _check_gate_numerically(submission, reference, "MultiplyGate", rng)


@question("MultiplyGate")
def test_multiply_gate_on_arrays(submission, reference, rng):
    """The gate works on whole arrays, entry by entry, and leaves them as they were."""
    x, y, dz = (mixed(rng, 3, 4) for _ in range(3))
    _check_gate_on_arrays(submission, reference, "MultiplyGate", x, y, dz)


@question("MultiplyGate")
def test_two_multiply_gates(submission, reference, rng):
    """Each gate keeps its own inputs, and a gate can be used again."""
    _check_two_gates(submission, reference, "MultiplyGate", rng)


@question("MultiplyGate")
def test_multiply_gate_on_other_numbers(submission, reference, rng):
    """Integers, single precision and slices of arrays work, too."""
    _check_other_numbers(submission, reference, "MultiplyGate", rng)


@question("MaxGate")
def test_max_gate_forward(submission, rng):
    """`forward` returns the larger input, whichever comes first."""
    small, large = rng.uniform(2.0, 4.0), rng.uniform(5.0, 9.0)
    agree("z", _forward(submission, "MaxGate", small, large), large, inputs={"x": small, "y": large})
    agree("z", _forward(submission, "MaxGate", large, small), large, inputs={"x": large, "y": small})
    agree("z", _forward(submission, "MaxGate", -large, -small), -small, inputs={"x": -large, "y": -small})


@question("MaxGate")
@weight(2)
def test_max_gate_backward(submission, rng):
    """`backward` routes the gradient to the input that won."""
    small, large, dz = rng.uniform(2.0, 4.0), rng.uniform(5.0, 9.0), rng.uniform(2.0, 9.0)
    for x, y, expected in ((small, large, (0.0, dz)), (large, small, (dz, 0.0))):
        got = _backward(submission, "MaxGate", x, y, dz)
        for name, left, right in zip(("dx", "dy"), got, expected, strict=True):
            agree(name, left, right, atol=1e-9, inputs={"x": x, "y": y, "dz": dz})


@question("MaxGate")
@weight(2)
def test_max_gate_numerically(submission, reference, rng):
    """The gradients are those that small steps of the inputs show."""
    _check_gate_numerically(submission, reference, "MaxGate", rng)


@question("MaxGate")
def test_max_gate_on_arrays(submission, reference, rng):
    """The gate works on whole arrays, entry by entry, and leaves them as they were."""
    x, y = mixed(rng, 3, 4), mixed(rng, 3, 4)
    y[0, :2] = x[0, :2] + np.array([1.0, -1.0])
    _check_gate_on_arrays(submission, reference, "MaxGate", x, y, mixed(rng, 3, 4))


@question("MaxGate")
def test_max_gate_tie(submission, rng):
    """In a tie the first input gets the whole gradient, elsewhere the winner."""
    x, dz = mixed(rng, 5), rng.uniform(2.0, 9.0, size=5)
    y = x + np.array([0.0, 1.0, 0.0, -1.0, 0.0])
    first = np.array([True, False, True, True, True])
    dx, dy = _backward(submission, "MaxGate", x, y, dz)
    agree("dx", dx, np.where(first, dz, 0.0), inputs={"x": x, "y": y, "dz": dz})
    agree("dy", dy, np.where(first, 0.0, dz), inputs={"x": x, "y": y, "dz": dz})


@question("MaxGate")
def test_max_gate_tie_of_one_pair(submission, rng):
    """In a tie of two numbers the second input gets nothing, and the first one everything."""
    x, dz = float(rng.uniform(1.0, 2.0)), float(rng.uniform(2.0, 9.0))
    dx, dy = _backward(submission, "MaxGate", x, x, dz)
    agree("dy", dy, 0.0, inputs={"dz": dz})
    agree("dx", dx, dz, inputs={"dz": dz})


@question("MaxGate")
def test_two_max_gates(submission, reference, rng):
    """Each gate keeps its own inputs, and a gate can be used again."""
    _check_two_gates(submission, reference, "MaxGate", rng)


@question("MaxGate")
def test_max_gate_on_other_numbers(submission, reference, rng):
    """Integers, single precision and slices of arrays work, too."""
    _check_other_numbers(submission, reference, "MaxGate", rng)


# circuit


def _circuit(submission: Any, x: Any, y: Any, z: Any) -> tuple[Any, tuple[Any, ...]]:
    f, gradients = unpack(submission.circuit(x, y, z), "f", "gradients", of="circuit")
    return f, unpack(gradients, "dx", "dy", "dz", of="circuit")


@question("circuit")
def test_circuit_forward(submission, rng):
    """The value `f` is right at random points."""
    x, y, z = rng.uniform(2.0, 5.0, size=3) * rng.choice([1.0, -1.0], size=3)
    agree("f", _circuit(submission, x, y, z)[0], (x + y) * z, inputs={"x": x, "y": y, "z": z})


@question("circuit")
@weight(2)
def test_circuit_backward(submission, rng):
    """The three gradients are right at random points."""
    x, y, z = rng.uniform(2.0, 5.0, size=3) * [1.0, 1.5, -1.0]
    for name, got, expected in zip(("dx", "dy", "dz"), _circuit(submission, x, y, z)[1], (z, z, x + y), strict=True):
        agree(name, got, expected, inputs={"x": x, "y": y, "z": z}, factors={"z": z, "x + y": x + y})


@question("circuit")
@weight(2)
def test_circuit_numerically(submission, reference, rng):
    """The gradients are those that small steps of the inputs show."""
    point = rng.uniform(2.0, 5.0, size=3) * [1.0, 1.5, -1.0]
    gradients = _circuit(submission, *point.tolist())[1]
    slopes = numerical_gradient(lambda v: reference.circuit(*v)[0], point)
    for name, got, expected in zip(("dx", "dy", "dz"), gradients, slopes, strict=True):
        agree(name, got, expected, atol=NEAR_ZERO)


@question("circuit")
def test_circuit_of_whole_numbers(submission, rng):
    """Integers work like the same numbers as floats."""
    x, y, z = (int(n) for n in rng.integers(2, 9, size=3))
    f, gradients = _circuit(submission, x, -y - 9, z)
    agree("f", f, (x - y - 9) * z)
    for name, got, expected in zip(("dx", "dy", "dz"), gradients, (z, z, x - y - 9), strict=True):
        agree(name, got, expected)


# sigmoid, ReLU and the fully connected layer: a forward, a backward, and a cache between them

GRADIENTS = ("dx", "dw", "db")


def _float64(inputs: Sequence[Any]) -> list[Any]:
    return [np.asarray(value, dtype=float) for value in inputs]


def _out(module: Any, layer: str, *inputs: Any) -> Any:
    """Return the value of a layer's forward, without the cache."""
    return unpack(getattr(module, f"{layer}_forward")(*inputs), "out", "cache", of=f"{layer}_forward")[0]


def _check_forward(submission: Any, reference: Any, layer: str, *inputs: Any) -> None:
    """Compare a forward with the reference's, worked out in float64."""
    exact = _float64(inputs)
    named = dict(zip(("x", "w", "b"), exact, strict=False))
    agree("out", _out(submission, layer, *inputs), _out(reference, layer, *exact), inputs=named)


def _check_forward_leaves_arguments(submission: Any, reference: Any, layer: str, *inputs: Any) -> None:
    """Compare the arguments after a forward with what they were, and the value, too."""
    after = submission.arguments_after(f"{layer}_forward", *inputs)
    for name, left, was in zip(("x", "w", "b"), after, inputs, strict=False):
        unchanged(name, left, was, of=f"{layer}_forward")
    _check_forward(submission, reference, layer, *inputs)


def _gradients(reference: Any, layer: str, inputs: Sequence[Any], dout: Any) -> tuple[Any, ...]:
    """Return the reference's gradients by its formulas, as a tuple."""
    _, cache = getattr(reference, f"{layer}_forward")(*inputs)
    gradients = getattr(reference, f"{layer}_backward")(dout, cache)
    return gradients if isinstance(gradients, tuple) else (gradients,)


def _numerical_gradients(reference: Any, layer: str, inputs: Sequence[Any], dout: Any) -> tuple[Any, ...]:
    """Return numerical gradients of the sum of dout · out, one for each input."""

    def along(place: int) -> np.ndarray:
        def total(value: np.ndarray) -> float:
            return float(np.sum(dout * _out(reference, layer, *inputs[:place], value, *inputs[place + 1 :])))

        return numerical_gradient(total, inputs[place])

    return tuple(along(place) for place in range(len(inputs)))


def _check_backward(
    submission: Any,
    reference: Any,
    layer: str,
    inputs: Sequence[Any],
    dout: Any,
    *,
    oracle: Callable[..., tuple[Any, ...]] = _gradients,
) -> None:
    """Compare a backward with the oracle's gradients; where the student's forward is wrong, with that forward's own."""
    exact, exact_dout = _float64(inputs), np.asarray(dout, dtype=float)
    expected = oracle(reference, layer, exact, exact_dout)
    judge_backward(
        submission,
        forward=f"{layer}_forward",
        backward=f"{layer}_backward",
        inputs=tuple(inputs),
        names=GRADIENTS[: len(expected)],
        expected=expected if len(expected) > 1 else expected[0],
        dout=dout,
        expected_out=_out(reference, layer, *exact),
        factors={"N": float(len(inputs[0]))} if layer == "affine" else None,
    )


def _check_backward_leaves_dout(submission: Any, reference: Any, layer: str, inputs: Sequence[Any], dout: Any) -> None:
    """Compare `dout` after a backward with what it was, and the gradients, too."""
    _check_backward(submission, reference, layer, inputs, dout)
    _, cache = unpack(getattr(submission, f"{layer}_forward")(*inputs), "out", "cache", of=f"{layer}_forward")
    unchanged("dout", submission.arguments_after(f"{layer}_backward", dout, cache)[0], dout, of=f"{layer}_backward")


def _check_two_caches(
    submission: Any, reference: Any, layer: str, first: Sequence[Any], second: Sequence[Any], dout: Any
) -> None:
    """Run forward twice before backward, then backward for both and for the first again."""
    run, back = getattr(submission, f"{layer}_forward"), getattr(submission, f"{layer}_backward")
    caches = [unpack(run(*inputs), "out", "cache", of=f"{layer}_forward")[1] for inputs in (first, second)]
    returned = [back(dout, cache) for cache in (*caches, caches[0])]
    for inputs, gradients in zip((first, second, first), returned, strict=True):
        _check_backward(_with_gradients(submission, layer, gradients), reference, layer, inputs, dout)


def _with_gradients(submission: Any, layer: str, gradients: Any) -> Any:
    """Return a layer with the submission's forward, and a backward that returns gradients of earlier."""
    forward, backward = f"{layer}_forward", f"{layer}_backward"
    return SimpleNamespace(**{forward: getattr(submission, forward), backward: lambda *_: gradients})


@question("sigmoid_forward")
@weight(2)
@pytest.mark.parametrize("axes", [1, 2, 3])
def test_sigmoid_forward_of_random_values(submission, reference, rng, axes):
    """`out` is right on random inputs."""
    _check_forward(submission, reference, "sigmoid", mixed(rng, *sizes(rng, axes)))


@question("sigmoid_forward")
def test_sigmoid_forward_of_a_single_number(submission, rng):
    """`out` is right for a single number and for a batch of one."""
    for x in (float(rng.uniform(0.5, 2.0)), np.array(-rng.uniform(0.5, 2.0)), rng.uniform(0.5, 2.0, size=(1, 1))):
        agree("out", _out(submission, "sigmoid", x), 1 / (1 + np.exp(-x)), inputs={"x": x})


@question("sigmoid_forward")
def test_sigmoid_forward_of_large_numbers(submission, rng):
    """`out` is right for very large numbers of both signs, and nothing overflows on the way."""
    moderate = mixed(rng, 4)
    x = np.concatenate([moderate, rng.uniform(800.0, 1000.0, size=2) * [1.0, -1.0]])
    expected = np.concatenate([1 / (1 + np.exp(-moderate)), [1.0, 0.0]])
    agree("out", _out(submission, "sigmoid", x), expected, inputs={"x": x})
    quietly(submission, "sigmoid_forward", x)


@question("sigmoid_forward")
def test_sigmoid_forward_symmetry(submission, rng):
    """What `x` and `-x` bring adds up to one, and more input brings more output."""
    x = np.sort(rng.uniform(0.5, 2.0, size=5))
    right, left = _out(submission, "sigmoid", x), _out(submission, "sigmoid", -x)
    agree("out", right, (1 + np.tanh(x / 2)) / 2, inputs={"x": x})
    agree("out", left, (1 - np.tanh(x / 2)) / 2, inputs={"x": -x})


@question("sigmoid_forward")
def test_sigmoid_forward_of_other_numbers(submission, reference, rng):
    """Integers, single precision and slices of arrays work, too."""
    _check_forward(submission, reference, "sigmoid", whole(rng, 3, 2))
    _check_forward(submission, reference, "sigmoid", mixed(rng, 3, 2).astype(np.float32))
    _check_forward(submission, reference, "sigmoid", strided(rng, 3, 4))


@question("sigmoid_forward")
def test_sigmoid_forward_leaves_its_argument(submission, reference, rng):
    """`out` is right and `x` is as it was afterwards."""
    _check_forward_leaves_arguments(submission, reference, "sigmoid", mixed(rng, 3, 4))


@question("sigmoid_backward")
@weight(2)
@pytest.mark.parametrize("axes", [1, 2, 3])
def test_sigmoid_backward_of_random_values(submission, reference, rng, axes):
    """`dx` is right on random inputs."""
    shape = sizes(rng, axes)
    _check_backward(submission, reference, "sigmoid", [mixed(rng, *shape)], mixed(rng, *shape))


@question("sigmoid_backward")
@weight(2)
def test_sigmoid_backward_numerically(submission, reference, rng):
    """`dx` is what small steps of `x` show."""
    x, dout = mixed(rng, 3, 4), mixed(rng, 3, 4)
    _check_backward(submission, reference, "sigmoid", [x], dout, oracle=_numerical_gradients)


@question("sigmoid_backward")
def test_sigmoid_backward_of_a_single_number(submission, reference, rng):
    """`dx` is right for a single number and for a batch of one."""
    _check_backward(submission, reference, "sigmoid", [float(rng.uniform(0.5, 2.0))], float(rng.uniform(2.0, 3.0)))
    _check_backward(submission, reference, "sigmoid", [mixed(rng, 2)[:1, None]], rng.uniform(2.0, 3.0, size=(1, 1)))


@question("sigmoid_backward")
def test_sigmoid_backward_of_large_numbers(submission, reference, rng):
    """`dx` is right where the sigmoid is flat, and beside it."""
    x = np.concatenate([mixed(rng, 4), rng.uniform(800.0, 1000.0, size=2) * [1.0, -1.0]])
    _check_backward(submission, reference, "sigmoid", [x], mixed(rng, 6))


@question("sigmoid_backward")
def test_sigmoid_backward_of_other_numbers(submission, reference, rng):
    """Integers, single precision and slices of arrays work, too."""
    _check_backward(submission, reference, "sigmoid", [whole(rng, 3, 2)], whole(rng, 3, 2))
    single = mixed(rng, 3, 2).astype(np.float32)
    _check_backward(submission, reference, "sigmoid", [single], 2 * single)
    _check_backward(submission, reference, "sigmoid", [strided(rng, 3, 4)], strided(rng, 3, 4))


@question("sigmoid_backward")
def test_sigmoid_backward_leaves_dout(submission, reference, rng):
    """`dx` is right and `dout` is as it was afterwards."""
    _check_backward_leaves_dout(submission, reference, "sigmoid", [mixed(rng, 3, 4)], mixed(rng, 3, 4))


@question("sigmoid_backward")
def test_sigmoid_backward_of_two_caches(submission, reference, rng):
    """Every cache serves its own forward, more than once."""
    first, second, dout = (mixed(rng, 3, 4) for _ in range(3))
    _check_two_caches(submission, reference, "sigmoid", [first], [second], dout)


@question("relu_forward")
@weight(2)
@pytest.mark.parametrize("axes", [1, 2, 3])
def test_relu_forward_of_random_values(submission, reference, rng, axes):
    """`out` is right on random inputs."""
    _check_forward(submission, reference, "relu", mixed(rng, *sizes(rng, axes)))


@question("relu_forward")
def test_relu_forward_of_a_single_number(submission, rng):
    """`out` is right for single numbers and for a batch of one."""
    high, low = float(rng.uniform(2.0, 3.0)), -float(rng.uniform(2.0, 3.0))
    for x, expected in ((high, high), (low, 0.0), (np.array([[high, low]]), np.array([[high, 0.0]]))):
        agree("out", _out(submission, "relu", x), expected, atol=1e-9, inputs={"x": x})


@question("relu_forward")
def test_relu_forward_of_large_numbers(submission, reference, rng):
    """`out` is right for very large and very small numbers."""
    _check_forward(submission, reference, "relu", 1e3 * mixed(rng, 6))
    _check_forward(submission, reference, "relu", 1e-9 * mixed(rng, 6))


@question("relu_forward")
def test_relu_forward_of_other_numbers(submission, reference, rng):
    """Integers, single precision and slices of arrays work, too."""
    _check_forward(submission, reference, "relu", whole(rng, 3, 2))
    _check_forward(submission, reference, "relu", mixed(rng, 3, 2).astype(np.float32))
    _check_forward(submission, reference, "relu", strided(rng, 3, 4))


@question("relu_forward")
def test_relu_forward_leaves_its_argument(submission, reference, rng):
    """`out` is right and `x` is as it was afterwards."""
    _check_forward_leaves_arguments(submission, reference, "relu", mixed(rng, 3, 4))


@question("relu_backward")
@weight(2)
@pytest.mark.parametrize("axes", [1, 2, 3])
def test_relu_backward_of_random_values(submission, reference, rng, axes):
    """`dx` is right on random inputs."""
    shape = sizes(rng, axes)
    _check_backward(submission, reference, "relu", [mixed(rng, *shape)], 3 + mixed(rng, *shape))


@question("relu_backward")
@weight(2)
def test_relu_backward_numerically(submission, reference, rng):
    """`dx` is what small steps of `x` show."""
    x, dout = mixed(rng, 3, 4), mixed(rng, 3, 4)
    _check_backward(submission, reference, "relu", [x], dout, oracle=_numerical_gradients)


@question("relu_backward")
def test_relu_backward_of_a_batch_of_one(submission, reference, rng):
    """`dx` is right for a batch of one."""
    _check_backward(submission, reference, "relu", [mixed(rng, 1, 5)], mixed(rng, 1, 5))


@question("relu_backward")
def test_relu_backward_of_negative_gradients(submission, reference, rng):
    """The sign of `x` decides, whatever the sign of `dout`."""
    x = mixed(rng, 4, 3)
    _check_backward(submission, reference, "relu", [x], -rng.uniform(2.0, 3.0, size=(4, 3)))
    _check_backward(submission, reference, "relu", [1e3 * x], -x)


@question("relu_backward")
def test_relu_backward_of_other_numbers(submission, reference, rng):
    """Integers, single precision and slices of arrays work, too."""
    _check_backward(submission, reference, "relu", [whole(rng, 3, 2)], whole(rng, 3, 2))
    single = mixed(rng, 3, 2).astype(np.float32)
    _check_backward(submission, reference, "relu", [single], 2 * single)
    _check_backward(submission, reference, "relu", [strided(rng, 3, 4)], strided(rng, 3, 4))


@question("relu_backward")
def test_relu_backward_leaves_dout(submission, reference, rng):
    """`dx` is right and `dout` is as it was afterwards."""
    _check_backward_leaves_dout(submission, reference, "relu", [mixed(rng, 3, 4)], mixed(rng, 3, 4))


@question("relu_backward")
def test_relu_backward_of_two_caches(submission, reference, rng):
    """Every cache serves its own forward, more than once."""
    first, second, dout = (mixed(rng, 3, 4) for _ in range(3))
    _check_two_caches(submission, reference, "relu", [first], [second], dout)


def _layer(rng: np.random.Generator, examples: int, axes: Sequence[int], outputs: int) -> list[np.ndarray]:
    """Draw x, w, b of a fully connected layer."""
    return [
        rng.normal(size=(examples, *axes)),
        rng.normal(size=(int(np.prod(axes)), outputs)),
        rng.normal(size=outputs) + 3.0,
    ]


@question("affine_forward")
@weight(2)
def test_affine_forward_of_random_values(submission, reference, rng):
    """`out` is right on random inputs."""
    examples, inputs, outputs = sizes(rng, 3)
    _check_forward(submission, reference, "affine", *_layer(rng, examples, [inputs], outputs))


@question("affine_forward")
@weight(2)
@pytest.mark.parametrize("axes", [2, 3])
def test_affine_forward_of_images(submission, reference, rng, axes):
    """Every example is read as one row, whatever its shape."""
    examples, outputs, *shape = sizes(rng, 2 + axes)
    _check_forward(submission, reference, "affine", *_layer(rng, examples, shape, outputs))


@question("affine_forward")
def test_affine_forward_of_a_batch_of_one(submission, reference, rng):
    """`out` is right for a batch of one."""
    inputs, outputs = sizes(rng, 2)
    _check_forward(submission, reference, "affine", *_layer(rng, 1, [inputs], outputs))


@question("affine_forward")
def test_affine_forward_of_one_feature(submission, reference, rng):
    """`out` is right with one feature, and with one output."""
    examples, inputs = sizes(rng, 2)
    _check_forward(submission, reference, "affine", *_layer(rng, examples, [1], inputs))
    _check_forward(submission, reference, "affine", *_layer(rng, examples, [inputs], 1))


@question("affine_forward")
def test_affine_forward_of_other_numbers(submission, reference, rng):
    """Integers, single precision and slices of arrays work, too."""
    _check_forward(submission, reference, "affine", whole(rng, 3, 2), whole(rng, 2, 4), whole(rng, 4))
    single = [value.astype(np.float32) for value in _layer(rng, 3, [2], 4)]
    _check_forward(submission, reference, "affine", *single)
    _check_forward(submission, reference, "affine", strided(rng, 3, 2), strided(rng, 2, 4), mixed(rng, 8)[::2])


@question("affine_forward")
def test_affine_forward_leaves_its_arguments(submission, reference, rng):
    """`out` is right and the arguments are as they were afterwards."""
    _check_forward_leaves_arguments(submission, reference, "affine", *_layer(rng, 3, [2, 4], 5))


@question("affine_backward")
@weight(2)
def test_affine_backward_of_random_values(submission, reference, rng):
    """All three gradients are right on random inputs."""
    examples, inputs, outputs = sizes(rng, 3)
    layer = _layer(rng, examples, [inputs], outputs)
    _check_backward(submission, reference, "affine", layer, rng.normal(size=(examples, outputs)))


@question("affine_backward")
@weight(2)
def test_affine_backward_numerically(submission, reference, rng):
    """All three gradients are what small steps of the inputs show."""
    layer, dout = _layer(rng, 4, [3], 2), rng.normal(size=(4, 2))
    _check_backward(submission, reference, "affine", layer, dout, oracle=_numerical_gradients)


@question("affine_backward")
@weight(2)
@pytest.mark.parametrize("axes", [2, 3])
def test_affine_backward_of_images(submission, reference, rng, axes):
    """Every gradient has the shape of what it belongs to, and is right."""
    examples, outputs, *shape = sizes(rng, 2 + axes)
    layer = _layer(rng, examples, shape, outputs)
    _check_backward(submission, reference, "affine", layer, rng.normal(size=(examples, outputs)))


def _check_affine_gradient(submission: Any, reference: Any, rng: np.random.Generator, place: int) -> None:
    """Judge the first, second or third gradient of a random layer by itself."""
    examples, outputs, *shape = sizes(rng, 4)
    layer, dout = _layer(rng, examples, shape, outputs), rng.normal(size=(examples, outputs))
    judge_backward(
        SimpleNamespace(
            forward=lambda *inputs: submission.affine_forward(*_swapped(inputs, place)),
            backward=lambda *given: unpack(submission.affine_backward(*given), *GRADIENTS, of="affine_backward")[place],
        ),
        forward="forward",
        backward="backward",
        inputs=_swapped(layer, place),
        names=[GRADIENTS[place]],
        expected=_gradients(reference, "affine", layer, dout)[place],
        dout=dout,
        expected_out=_out(reference, "affine", *layer),
    )


def _swapped(values: Sequence[Any], place: int) -> list[Any]:
    """Return values in which the first one and the one at a place have changed places."""
    order = list(range(len(values)))
    order[0], order[place] = place, 0
    return [values[k] for k in order]


@question("affine_backward")
@weight(2)
def test_affine_backward_dx(submission, reference, rng):
    """`dx` is right, whatever the other two are."""
    _check_affine_gradient(submission, reference, rng, 0)


@question("affine_backward")
@weight(2)
def test_affine_backward_dw(submission, reference, rng):
    """`dw` is right, whatever the other two are."""
    _check_affine_gradient(submission, reference, rng, 1)


@question("affine_backward")
@weight(2)
def test_affine_backward_db(submission, reference, rng):
    """`db` is right, whatever the other two are."""
    _check_affine_gradient(submission, reference, rng, 2)


@question("affine_backward")
def test_affine_backward_of_a_batch_of_one(submission, reference, rng):
    """All three gradients are right for a batch of one."""
    inputs, outputs = sizes(rng, 2)
    _check_backward(submission, reference, "affine", _layer(rng, 1, [inputs], outputs), rng.normal(size=(1, outputs)))


@question("affine_backward")
def test_affine_backward_of_one_feature(submission, reference, rng):
    """All three gradients are right with one feature, and with one output."""
    examples, size = sizes(rng, 2)
    _check_backward(
        submission, reference, "affine", _layer(rng, examples, [1], size), rng.normal(size=(examples, size))
    )
    _check_backward(submission, reference, "affine", _layer(rng, examples, [size], 1), rng.normal(size=(examples, 1)))


@question("affine_backward")
def test_affine_backward_of_other_numbers(submission, reference, rng):
    """Integers, single precision and slices of arrays work, too."""
    integers = [whole(rng, 3, 2), whole(rng, 2, 4), whole(rng, 4)]
    _check_backward(submission, reference, "affine", integers, whole(rng, 3, 4))
    single = [value.astype(np.float32) for value in _layer(rng, 3, [2], 4)]
    dout = rng.normal(size=(3, 4))
    _check_backward(submission, reference, "affine", single, dout.astype(np.float32))
    slices = [strided(rng, 3, 2), strided(rng, 2, 4), mixed(rng, 8)[::2]]
    _check_backward(submission, reference, "affine", slices, strided(rng, 3, 4))


@question("affine_backward")
def test_affine_backward_leaves_dout(submission, reference, rng):
    """All three gradients are right and `dout` is as it was afterwards."""
    _check_backward_leaves_dout(submission, reference, "affine", _layer(rng, 3, [2, 4], 5), rng.normal(size=(3, 5)))


@question("affine_backward")
def test_affine_backward_of_two_caches(submission, reference, rng):
    """Every cache serves its own forward, more than once."""
    first, second = _layer(rng, 3, [4], 2), _layer(rng, 3, [4], 2)
    _check_two_caches(submission, reference, "affine", first, second, rng.normal(size=(3, 2)))


# neuron_circuit


def _neuron(submission: Any, w: Any, x: Any) -> tuple[Any, ...]:
    return unpack(submission.neuron_circuit(w, x), "f", "dw", "dx", of="neuron_circuit")


def _neuron_forward(w: np.ndarray, x: np.ndarray) -> float:
    return float(1 / (1 + np.exp(-(w[:2] @ x + w[2]))))


def _check_neuron(submission: Any, w: np.ndarray, x: np.ndarray) -> None:
    """Compare value and gradients of the neuron with the formulas, worked out in float64."""
    exact_w, exact_x = _float64([w, x])
    inputs, f = {"w": exact_w, "x": exact_x}, _neuron_forward(exact_w, exact_x)
    expected = (f, (1 - f) * f * np.append(exact_x, 1.0), (1 - f) * f * exact_w[:2])
    factors = {"f": f, "1 - f": 1 - f, "(1 - f) f": (1 - f) * f}
    for name, got, right in zip(("f", "dw", "dx"), _neuron(submission, w, x), expected, strict=True):
        agree(name, got, right, inputs=inputs, factors=factors)


@question("neuron_circuit")
def test_neuron_circuit_forward(submission, rng):
    """The value `f` is right at random points."""
    w, x = mixed(rng, 3), mixed(rng, 2)
    agree("f", _neuron(submission, w, x)[0], _neuron_forward(w, x), inputs={"w": w, "x": x})


@question("neuron_circuit")
@weight(2)
def test_neuron_circuit_dw(submission, rng):
    """`dw` is right at random points."""
    w, x = mixed(rng, 3), mixed(rng, 2)
    f = _neuron_forward(w, x)
    expected = (1 - f) * f * np.append(x, 1.0)
    factors = {"f": f, "1 - f": 1 - f, "(1 - f) f": (1 - f) * f}
    agree("dw", _neuron(submission, w, x)[1], expected, inputs={"w": w, "x": x}, factors=factors)


@question("neuron_circuit")
@weight(2)
def test_neuron_circuit_dx(submission, rng):
    """`dx` is right at random points."""
    w, x = mixed(rng, 3), mixed(rng, 2)
    f = _neuron_forward(w, x)
    factors = {"f": f, "1 - f": 1 - f, "(1 - f) f": (1 - f) * f}
    agree("dx", _neuron(submission, w, x)[2], (1 - f) * f * w[:2], inputs={"w": w, "x": x}, factors=factors)


@question("neuron_circuit")
@weight(2)
def test_neuron_circuit_numerically(submission, reference, rng):
    """The gradients are those that small steps of weights and inputs show."""
    w, x = mixed(rng, 3), mixed(rng, 2)
    _, dw, dx = _neuron(submission, w, x)
    gradient_agrees("dw", dw, lambda v: reference.neuron_circuit(v, x)[0], w, rng=rng)
    gradient_agrees("dx", dx, lambda v: reference.neuron_circuit(w, v)[0], x, rng=rng)


@question("neuron_circuit")
def test_neuron_circuit_of_other_numbers(submission, rng):
    """Integers, single precision and slices of arrays work, too."""
    _check_neuron(submission, np.array([2, -3, -3]) * rng.choice([1, -1]), rng.permutation([-1, 2]))
    w, x = (0.5 * mixed(rng, 3)).astype(np.float32), (0.5 * mixed(rng, 2)).astype(np.float32)
    _check_neuron(submission, w, x)
    _check_neuron(submission, mixed(rng, 6)[::2], mixed(rng, 6)[::-3])


@question("neuron_circuit")
def test_neuron_circuit_leaves_its_arguments(submission, rng):
    """Value and gradients are right, `w` and `x` are as they were afterwards."""
    w, x = mixed(rng, 3), mixed(rng, 2)
    for name, left, was in zip(("w", "x"), submission.arguments_after("neuron_circuit", w, x), (w, x), strict=True):
        unchanged(name, left, was, of="neuron_circuit")
    _check_neuron(submission, w, x)


# elementwise_jacobian


def _bell(x: np.ndarray) -> np.ndarray:
    """Return the slope of the sigmoid, without overflow."""
    return np.exp(-np.abs(x)) / (1 + np.exp(-np.abs(x))) ** 2


SLOPES = {
    "sigmoid": _bell,
    "relu": lambda x: (x > 0).astype(float),
    "tanh": lambda x: 4 * _bell(2 * x),
}


def _check_jacobians(submission: Any, x: np.ndarray, *, names: Sequence[str] = tuple(SLOPES)) -> None:
    """Compare the Jacobians with diagonal matrices of the slopes, worked out in float64."""
    exact = np.asarray(x, dtype=float)
    for name in names:
        expected = np.diag(SLOPES[name](exact))
        agree("jacobian", submission.elementwise_jacobian(name, x), expected, inputs={"x": exact})


@question("elementwise_jacobian")
@weight(2)
@pytest.mark.parametrize("name", SLOPES)
def test_jacobian_of_random_vectors(submission, rng, name):
    """The Jacobian is right on random vectors."""
    _check_jacobians(submission, mixed(rng, *sizes(rng, 1)), names=[name])


@question("elementwise_jacobian")
@weight(2)
def test_jacobian_numerically(submission, rng):
    """The Jacobian is what a small step of each entry shows in every output."""
    x, h = mixed(rng, 4), 1e-5
    functions = {"sigmoid": lambda v: (1 + np.tanh(v / 2)) / 2, "relu": lambda v: np.maximum(v, 0.0), "tanh": np.tanh}
    for name, function in functions.items():
        columns = [(function(x + step) - function(x - step)) / (2 * h) for step in h * np.eye(4)]
        got = submission.elementwise_jacobian(name, x)
        agree("jacobian", got, np.array(columns).T, inputs={"x": x})


@question("elementwise_jacobian")
def test_jacobian_of_one_entry(submission, rng):
    """A vector of one entry has a Jacobian of one row and one column."""
    for sign in (1.0, -1.0):
        _check_jacobians(submission, sign * rng.uniform(0.5, 2.0, size=1))


@question("elementwise_jacobian")
def test_jacobian_at_large_numbers(submission, rng):
    """The Jacobian is right where the functions are flat, and beside it."""
    x = np.concatenate([mixed(rng, 3), rng.uniform(800.0, 1000.0, size=2) * [1.0, -1.0]])
    _check_jacobians(submission, x)


@question("elementwise_jacobian")
def test_jacobian_of_other_numbers(submission, rng):
    """Integers, single precision and slices of arrays work, too."""
    _check_jacobians(submission, whole(rng, 4))
    _check_jacobians(submission, mixed(rng, 4).astype(np.float32))
    _check_jacobians(submission, mixed(rng, 8)[::-2])


@question("elementwise_jacobian")
def test_jacobian_of_an_unknown_name(submission, rng):
    """A name that is not known raises a ValueError, the others bring the right Jacobian."""
    x = mixed(rng, 3)
    _check_jacobians(submission, x)
    raises("ValueError", "elementwise_jacobian", lambda: submission.elementwise_jacobian("softmax", x))


@question("elementwise_jacobian")
def test_jacobian_leaves_its_argument(submission, rng):
    """The Jacobian is right and `x` is as it was afterwards."""
    x = mixed(rng, 4)
    for name in SLOPES:
        unchanged("x", submission.arguments_after("elementwise_jacobian", name, x)[1], x, of="elementwise_jacobian")
    _check_jacobians(submission, x)


# ComputationalGraph: wired from gates of our own, which are sent to the submission as source


class _Sum:
    @classmethod
    def new(cls):
        return cls()

    def forward(self, x, y):
        return x + y

    def backward(self, dz):
        return [dz, dz]


class _Product:
    @classmethod
    def new(cls):
        return cls()

    def forward(self, x, y):
        self.x, self.y = x, y
        return x * y

    def backward(self, dz):
        return [self.y * dz, self.x * dz]


class _Sine:
    @classmethod
    def new(cls):
        return cls()

    def forward(self, x):
        self.x = x
        return np.sin(x)

    def backward(self, dz):
        return [np.cos(self.x) * dz]


class _Blend:
    @classmethod
    def new(cls):
        return cls()

    def forward(self, x, y, z):
        self.x, self.y = x, y
        return x * y + z

    def backward(self, dz):
        return [self.y * dz, self.x * dz, dz]


Wiring = dict[str, tuple[type, list[str]]]


def _new_gate(submission: Any, kind: type) -> Any:
    """Return a new gate that lives in the submission; it gets there through `add`, which returns what it was given."""
    sent = submission.ComputationalGraph().add(kind, ["x", "y"])
    if not hasattr(sent, "new"):
        raise Mismatch(
            "add", "structure", "`add` did not return the gate that it was given", path="add", got=sent, expected=None
        )
    return sent.new()


def _wired(submission: Any, wiring: Wiring, order: Sequence[str] | None = None) -> Any:
    """Return a graph of new gates, added in the given order; a source that names a gate stands for that gate."""
    gates = {name: _new_gate(submission, kind) for name, (kind, _) in wiring.items()}
    graph = submission.ComputationalGraph()
    for name in order or wiring:
        graph.add(gates[name], [gates.get(source, source) for source in wiring[name][1]])
    return graph


def _check_run(graph: Any, function: Callable[..., Any], inputs: dict[str, Any]) -> None:
    """Compare one run, forward and backward, with the function and its numerical gradient."""
    exact = {name: np.asarray(value, dtype=float) for name, value in inputs.items()}
    agree("out", graph.forward(inputs), function(**exact), inputs=exact)
    _check_gradients(graph.backward(), function, exact)


def _check_gradients(got: Any, function: Callable[..., Any], inputs: dict[str, Any]) -> None:
    expected = {
        name: numerical_gradient(lambda v, name=name: float(np.sum(function(**{**inputs, name: v}))), value)
        for name, value in inputs.items()
    }
    agree("gradients", got, expected, atol=NEAR_ZERO, inputs=inputs)


CHAIN: Wiring = {"q": (_Sum, ["x", "y"]), "f": (_Product, ["q", "z"])}
BRANCH: Wiring = {
    "q": (_Product, ["x", "y"]),
    "s": (_Sine, ["q"]),
    "r": (_Sum, ["q", "x"]),
    "f": (_Product, ["r", "s"]),
}


def _chain(x: Any, y: Any, z: Any) -> Any:
    return (x + y) * z


def _branch(x: Any, y: Any) -> Any:
    return (x * y + x) * np.sin(x * y)


@question("ComputationalGraph")
def test_graph_forward(submission, rng):
    """`forward` returns the output of the last gate."""
    inputs = dict(zip("xyz", rng.uniform(2.0, 5.0, size=3).tolist(), strict=True))
    agree("out", _wired(submission, CHAIN).forward(inputs), _chain(**inputs), inputs=inputs)


@question("ComputationalGraph")
@weight(2)
def test_graph_backward(submission, rng):
    """`backward` returns the right gradient for every input."""
    x, y, z = (rng.uniform(2.0, 5.0, size=3) * [1.0, 1.5, -1.0]).tolist()
    graph = _wired(submission, CHAIN)
    graph.forward({"x": x, "y": y, "z": z})
    agree("gradients", graph.backward(), {"x": z, "y": z, "z": x + y}, inputs={"x": x, "y": y, "z": z})


@question("ComputationalGraph")
@weight(2)
def test_graph_of_a_neuron(submission, rng):
    """The gradients of a larger graph are what small steps of its inputs show."""
    wiring: Wiring = {
        "first": (_Product, ["w0", "x0"]),
        "second": (_Product, ["w1", "x1"]),
        "total": (_Sum, ["first", "second"]),
        "score": (_Sum, ["total", "w2"]),
        "out": (_Sine, ["score"]),
    }
    inputs = dict(zip(("w0", "x0", "w1", "x1", "w2"), mixed(rng, 5).tolist(), strict=True))
    graph = _wired(submission, wiring)
    graph.forward(inputs)
    _check_gradients(graph.backward(), lambda w0, x0, w1, x1, w2: np.sin(w0 * x0 + w1 * x1 + w2), inputs)


@question("ComputationalGraph")
@weight(2)
def test_graph_branches(submission, rng):
    """Where a value feeds several gates, the gradients that come back are put together rightly."""
    x, y = mixed(rng, 2).tolist()
    graph = _wired(submission, BRANCH)
    graph.forward({"x": x, "y": y})
    _check_gradients(graph.backward(), _branch, {"x": x, "y": y})


@question("ComputationalGraph")
def test_graph_feeds_a_gate_twice(submission, rng):
    """A value may feed both inputs of one gate."""
    graph = _wired(submission, {"q": (_Sum, ["x", "y"]), "f": (_Product, ["q", "q"])})
    _check_run(graph, lambda x, y: (x + y) ** 2, dict(zip("xy", rng.uniform(1.0, 2.0, size=2).tolist(), strict=True)))


@question("ComputationalGraph")
@weight(2)
def test_graph_in_any_order(submission, rng):
    """The order in which gates are added does not matter."""
    for order in (("f", "r", "s", "q"), ("s", "f", "q", "r"), ("r", "q", "f", "s")):
        graph = _wired(submission, BRANCH, order)
        _check_run(graph, _branch, dict(zip("xy", mixed(rng, 2).tolist(), strict=True)))


@question("ComputationalGraph")
def test_graph_of_arrays(submission, rng):
    """Arrays run through the graph, entry by entry."""
    shape = sizes(rng, 2)
    _check_run(_wired(submission, BRANCH), _branch, {"x": mixed(rng, *shape), "y": mixed(rng, *shape)})


@question("ComputationalGraph")
def test_graph_of_gates_with_other_inputs(submission, rng):
    """Gates may have one, two or three inputs."""
    wiring: Wiring = {"s": (_Sine, ["x"]), "f": (_Blend, ["s", "y", "x"])}
    inputs = {"x": mixed(rng, 3), "y": mixed(rng, 3)}
    _check_run(_wired(submission, wiring), lambda x, y: np.sin(x) * y + x, inputs)


@question("ComputationalGraph")
def test_graph_of_one_gate(submission, rng):
    """A single gate is a graph, too, also of integers."""
    x, y = (int(n) for n in rng.integers(2, 9, size=2))
    graph = _wired(submission, {"f": (_Product, ["x", "y"])})
    agree("out", graph.forward({"x": x, "y": y}), x * y)
    agree("gradients", graph.backward(), {"x": y, "y": x}, inputs={"x": x, "y": y})


@question("ComputationalGraph")
def test_graph_runs_again(submission, rng):
    """A second run knows nothing of the first, and graphs do not disturb each other."""
    graph, other = _wired(submission, BRANCH), _wired(submission, CHAIN)
    for _ in range(2):
        _check_run(other, _chain, dict(zip("xyz", mixed(rng, 3).tolist(), strict=True)))
        inputs = dict(zip("xy", mixed(rng, 2).tolist(), strict=True))
        _check_run(graph, _branch, inputs)
        _check_gradients(graph.backward(), _branch, inputs)


@question("ComputationalGraph")
@pytest.mark.limits(call_seconds=2)
def test_graph_with_a_cycle(submission, rng):
    """Gates that feed each other in a cycle raise a ValueError, other graphs run."""
    inputs = dict(zip("xyz", mixed(rng, 3).tolist(), strict=True))
    _check_run(_wired(submission, CHAIN), _chain, inputs)
    cycle: Wiring = {"p": (_Sum, ["q", "x"]), "q": (_Product, ["p", "y"]), "f": (_Sum, ["q", "z"])}
    raises("ValueError", "forward", lambda: _wired(submission, cycle).forward(inputs))


@question("ComputationalGraph")
def test_graph_with_a_missing_input(submission, rng):
    """An input that has no value raises a ValueError, complete inputs bring the right values."""
    inputs = dict(zip("xyz", mixed(rng, 3).tolist(), strict=True))
    graph = _wired(submission, CHAIN)
    _check_run(graph, _chain, inputs)
    del inputs["z"]
    raises("ValueError", "forward", lambda: graph.forward(inputs))


def _run_graph(graph, inputs):
    graph.forward(inputs)
    graph.backward()
    return list(inputs.values())


@question("ComputationalGraph")
def test_graph_leaves_its_inputs(submission, rng):
    """Value and gradients are right, and the dict of inputs is as it was afterwards."""
    inputs = dict(zip("xyz", mixed(rng, 3).tolist(), strict=True))
    graph = _wired(submission, CHAIN)
    _check_run(graph, _chain, inputs)
    after = submission.define(_run_graph)(graph, inputs)
    unchanged("inputs", after, list(inputs.values()), of="ComputationalGraph.forward")
