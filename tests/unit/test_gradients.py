"""Numerical derivatives are right, right gradients pass, planted faults are found and named, kinks are skipped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder import gradient_checks
from autograder.errors import CallFailed, Mismatch
from autograder.gradient_checks import ROUGH
from autograder.gradients import GradientEvidence, gradient_agrees, numerical_gradient
from autograder.slopes import FlatFunction, precision_of

Problem = tuple[Callable[[Any], Any], Any, Any]
SEEDS = range(1000)
FAULTY_SEEDS = range(40)
REG = 0.1
X_AT_KINKS = np.array([0.3, -1.7, 2.2, -0.1, 0.9])


def smooth(rng: np.random.Generator) -> Problem:
    """Return a weighted sum of sigmoids, its point and its gradient."""
    x, weights = rng.normal(size=(4, 3)), rng.normal(size=(4, 3))
    s = 1 / (1 + np.exp(-x))
    return lambda x: np.sum(weights / (1 + np.exp(-x))), x, weights * s * (1 - s)


def relu(rng: np.random.Generator) -> Problem:
    """Return a weighted sum of ReLUs, its point and its gradient."""
    x, weights = rng.normal(size=(5, 4)), rng.normal(size=(5, 4))
    return lambda x: np.sum(weights * np.maximum(0, x)), x, weights * (x > 0)


def softmax(rng: np.random.Generator) -> Problem:
    """Return the regularised softmax loss of a linear classifier with bias, its parameters and its gradients."""
    X, y = rng.normal(size=(6, 4)), rng.integers(0, 3, 6)
    params = {"W": rng.normal(size=(4, 3)), "b": rng.normal(size=3)}

    def loss(params: dict[str, Any]) -> Any:
        scores = X @ params["W"] + params["b"]
        logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        return -logs[np.arange(6), y].mean() + REG * np.sum(params["W"] ** 2)

    scores = X @ params["W"] + params["b"]
    p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    d = (p - np.eye(3)[y]) / 6
    return loss, params, {"W": X.T @ d + 2 * REG * params["W"], "b": d.sum(axis=0)}


def network(rng: np.random.Generator, sizes: tuple[int, int, int, int] = (20, 30, 25, 4)) -> Problem:
    """Return the squared error of a two-layer ReLU network with more than 400 parameters."""
    n, d, h, c = sizes
    X, target = rng.normal(size=(n, d)), rng.normal(size=(n, c))
    params = {
        "W1": rng.normal(size=(d, h)) / np.sqrt(d),
        "b1": rng.normal(size=h),
        "W2": rng.normal(size=(h, c)) / np.sqrt(h),
        "b2": rng.normal(size=c),
    }

    def loss(params: dict[str, Any]) -> Any:
        hidden = np.maximum(0, X @ params["W1"] + params["b1"])
        return np.mean((hidden @ params["W2"] + params["b2"] - target) ** 2)

    hidden = np.maximum(0, X @ params["W1"] + params["b1"])
    dout = 2 * (hidden @ params["W2"] + params["b2"] - target) / target.size
    dhidden = (dout @ params["W2"].T) * (hidden > 0)
    grads = {"W1": X.T @ dhidden, "b1": dhidden.sum(axis=0), "W2": hidden.T @ dout, "b2": dout.sum(axis=0)}
    return loss, params, grads


def mismatch(got: Any, f: Callable[[Any], Any], x: Any, *, seed: int = 0, name: str = "dx") -> Mismatch:
    """Return the mismatch that the check raises; fail where it raises none."""
    with pytest.raises(Mismatch) as caught:
        gradient_agrees(name, got, f, x, rng=np.random.default_rng(seed))
    return caught.value


@pytest.mark.parametrize(
    ("f", "df", "x"),
    [
        (lambda x: np.sum(x**3), lambda x: 3 * x**2, np.array([[0.5, -2.0], [3.0, 1e-3]])),
        (lambda x: np.sum(np.sin(x)), np.cos, np.linspace(-3, 3, 7)),
        (lambda x: np.sum(np.exp(x)), np.exp, np.array(0.7)),
        (lambda x: x * x, lambda x: 2 * x, 1.5),
        (lambda x: np.sum(x**2), lambda x: 2 * x, np.array([1e6, -1e8])),
        (lambda x: np.sum(x**2), lambda x: 2.0 * x, np.array([1, 2, 3])),
        (lambda x: x[0] * x[1], lambda x: np.array([x[1], x[0]]), np.array([2.0, 5.0])),
        (lambda x: np.array([[np.sum(x)]]), np.ones_like, np.ones((2, 1, 3))),
        (np.sum, np.ones_like, np.zeros(0)),
    ],
)
def test_numerical_gradient(f, df, x):
    """Central differences match the derivative by hand for points of any shape and size."""
    gradient = numerical_gradient(f, x)
    assert gradient.shape == np.shape(x)
    assert gradient.dtype == np.float64
    assert np.allclose(gradient, df(x), rtol=1e-7, atol=1e-9)


def test_numerical_gradient_leaves_its_point_alone():
    """Not even a function that writes into its argument changes the point, or the result."""

    def f(x: Any) -> Any:
        value = np.sum(x**2)
        x[:] = 0
        return value

    x = np.array([1.0, 2.0])
    assert np.allclose(numerical_gradient(f, x), [2.0, 4.0])
    assert np.array_equal(x, [1.0, 2.0])


def test_numerical_gradient_uses_its_step():
    """A wide step shows the error of the central difference, h² for a cube."""
    assert numerical_gradient(lambda x: x**3, 0.5, h=0.1) == pytest.approx(0.75 + 0.01)


def test_numerical_gradient_of_something_that_is_no_number():
    """A function that returns an array is the caller's mistake."""
    with pytest.raises(TypeError, match="one number"):
        numerical_gradient(lambda x: x, np.ones(2))


@pytest.mark.parametrize("problem", [smooth, relu, softmax])
@pytest.mark.parametrize("at_a_glance", [True, False])
def test_right_gradients_never_fail(monkeypatch, problem, at_a_glance):
    """A thousand random right gradients pass with room to spare, most of them at a glance, and without one, too."""
    if not at_a_glance:
        monkeypatch.setattr(gradient_checks, "WORTH_A_GLANCE", gradient_checks.SMALL)
    worst, glances = 0.0, 0
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        f, x, gradient = problem(rng)
        evidence = gradient_agrees("dx", gradient, f, x, rng=rng)
        glances += evidence.method == "directions"
        worst = max(worst, evidence.max_relative_error)
    assert worst < 1e-6
    assert glances > 0.9 * len(SEEDS) if at_a_glance else not glances


@pytest.mark.parametrize("size", [3, 40, 400])
def test_a_right_gradient_costs_four_calls(size):
    """Two directions are enough for a right gradient of few entries, too."""
    calls = []

    def f(x: Any) -> Any:
        calls.append(1)
        return np.sum(np.sin(x))

    x = np.random.default_rng(0).normal(size=size)
    evidence = gradient_agrees("dx", np.cos(x), f, x, rng=np.random.default_rng(0))
    assert (evidence.method, evidence.checked, evidence.skipped, len(calls)) == ("directions", 2, 0, 4)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: 1e6 + np.sum(np.sin(x)),
        lambda x: np.sum(np.sin(x)) + max(0.0, x[0] - X_AT_KINKS[0]),
        lambda x: np.sum(np.sin(x.astype(np.float32))),
    ],
    ids=["much noise", "a kink", "float32"],
)
def test_what_a_glance_leaves_open(f):
    """Where rounding or a kink hides nine digits, a right gradient passes all the same, and a wrong one fails."""
    evidence = gradient_agrees("dx", np.cos(X_AT_KINKS), f, X_AT_KINKS, rng=np.random.default_rng(0))
    assert evidence.method == "entries"
    assert mismatch(np.cos(X_AT_KINKS) * [1, 1, -1, 1, 1], f, X_AT_KINKS).path == "dx[2]"


@pytest.mark.parametrize("off", [1e-4, 1e-2, 1.0])
def test_faults_that_make_up_for_each_other(off):
    """As much too large in one entry as too small in another is found for every draw."""
    x = np.ones(6)
    for seed in SEEDS:
        error = mismatch(np.array([1 + off, 1, 1, 1 - off, 1, 1]), np.sum, x, seed=seed)
        assert error.path in ("dx[0]", "dx[3]")


def test_zero_where_the_smallest_step_is_none():
    """A gradient of zero does not pass because a function takes its point in float32, and small steps for none."""
    error = mismatch(np.zeros(4), lambda x: np.sum(np.float32(1000) * x.astype(np.float32)), np.full(4, 1000.0))
    assert error.kind == "value"


@pytest.mark.parametrize("distance", [1e-6, 1e-4, 1e-3])
@pytest.mark.parametrize("power", [1, 2])
def test_zero_beside_a_kink(distance, power):
    """Dead units whose kinks are near have a gradient of zero, and nothing else is asked for."""
    x = -distance * np.random.default_rng(0).uniform(0.5, 1.5, size=30)
    calls = []

    def f(x: Any) -> Any:
        calls.append(1)
        return np.sum(np.maximum(0, x) ** power)

    evidence = gradient_agrees("dx", np.zeros(30), f, x, rng=np.random.default_rng(0))
    assert (evidence.max_relative_error, evidence.checked) == (0, 30)
    assert len(calls) < 200


def test_a_gradient_that_is_hardly_a_number():
    """Entries whose squares are no numbers are wrong, and the function is not to blame."""
    assert mismatch(np.full(4, 1.7e308), lambda x: np.sum(np.sin(x)), np.ones(4)).kind == "value"


def test_right_gradients_of_large_networks_never_fail():
    """Hundreds of random ReLU networks are judged along directions, whatever kinks they step over."""
    for seed in range(300):
        rng = np.random.default_rng(seed)
        f, x, gradient = network(rng)
        evidence = gradient_agrees("grads", gradient, f, x, rng=rng)
        assert evidence.method == "directions"
        assert evidence.checked > evidence.skipped


def one_entry(gradient: Any, params: Any, rng: np.random.Generator) -> tuple[Any, str]:
    """Make one entry of the first weights wrong by one in a hundred; return its path, too."""
    name = next(iter(gradient))
    wrong = gradient[name].copy()
    index = tuple(int(i) for i in np.unravel_index(np.abs(wrong).ravel().argsort()[wrong.size // 2], wrong.shape))
    wrong[index] *= 1.01
    return {**gradient, name: wrong}, f'grads["{name}"][{", ".join(map(str, index))}]'


def no_bias(gradient: Any, params: Any, rng: np.random.Generator) -> tuple[Any, str]:
    """Leave one bias gradient at zero."""
    name = next(name for name in gradient if name.startswith("b"))
    return {**gradient, name: np.zeros_like(gradient[name])}, f'grads["{name}"]'


def stray_decay(gradient: Any, params: Any, rng: np.random.Generator) -> tuple[Any, str]:
    """Add the gradient of an L2 term to a bias that is not regularised."""
    name = next(name for name in gradient if name.startswith("b"))
    return {**gradient, name: gradient[name] + 2 * REG * params[name]}, f'grads["{name}"]'


def no_decay(gradient: Any, params: Any, rng: np.random.Generator) -> tuple[Any, str]:
    """Leave the L2 term of the weights out, or take off one that is not there."""
    name = next(iter(gradient))
    return {**gradient, name: gradient[name] - 2 * REG * params[name]}, f'grads["{name}"]'


@pytest.mark.parametrize("plant", [one_entry, no_bias, stray_decay, no_decay])
@pytest.mark.parametrize("problem", [softmax, network])
def test_planted_faults_are_always_found(problem, plant):
    """One entry off by 1 %, a zero bias gradient and a stray or missing L2 term are found and placed."""
    for seed in FAULTY_SEEDS:
        rng = np.random.default_rng(seed)
        f, x, gradient = problem(rng)
        wrong, path = plant(gradient, x, rng)
        error = mismatch(wrong, f, x, seed=seed, name="grads")
        assert error.kind == "value"
        assert error.path.startswith(path)


@pytest.mark.parametrize("problem", [smooth, relu])
def test_every_single_entry_is_guarded(problem):
    """Whichever entry of note is off by 1 %, it is the one that is named."""
    for seed in range(10):
        rng = np.random.default_rng(seed)
        f, x, gradient = problem(rng)
        for index in np.argwhere(np.abs(gradient) > 1e-3):
            wrong = gradient.copy()
            wrong[tuple(index)] *= 1.01
            assert mismatch(wrong, f, x).path == f"dx[{index[0]}, {index[1]}]"


@pytest.mark.parametrize(
    "wrong", [lambda g: -g, lambda g: g * 2, lambda g: g[::-1], np.zeros_like, lambda g: g + 1e-2, np.ones_like]
)
def test_wrong_gradients_of_one_large_array(wrong):
    """A gradient of 600 entries that is wrong everywhere is found, and some entry is named."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=600)
    error = mismatch(wrong(np.cos(x)), lambda x: np.sum(np.sin(x)), x)
    assert error.path.startswith("dx[")
    assert error.expected is None


def test_evidence_of_entries():
    """Evidence says how many entries were checked, in which way, and how close they came."""
    evidence = gradient_agrees("dx", [2.0, 4.0], lambda x: np.sum(x**2), [1, 2], rng=np.random.default_rng(0))
    assert evidence == GradientEvidence(evidence.max_relative_error, "entries", 2, 0)
    assert 0 <= evidence.max_relative_error < 1e-8


def test_large_inputs_cost_few_calls():
    """The price of a right gradient does not grow with the number of entries."""
    calls = []

    def f(x: Any) -> Any:
        calls.append(1)
        return np.sum(np.sin(x))

    x = np.random.default_rng(0).normal(size=20_000)
    evidence = gradient_agrees("dx", np.cos(x), f, x, rng=np.random.default_rng(0))
    assert evidence.checked >= 5
    assert len(calls) <= 15


def test_zero_against_zero():
    """A gradient that is zero, and is meant to be, passes."""
    evidence = gradient_agrees("dx", np.zeros(3), lambda x: 3.0 + 0 * x.sum(), np.ones(3), rng=np.random.default_rng(0))
    assert evidence.max_relative_error == 0
    assert mismatch(np.full(3, 1e-6), lambda x: 3.0 + 0 * x.sum(), np.ones(3)).kind == "value"


@pytest.mark.parametrize(
    ("got", "kind"),
    [
        (None, "type"),
        ("2", "type"),
        ([2.0, None], "type"),
        ([2.0], "shape"),
        ([[2.0, 4.0]], "shape"),
        ([2.0, np.nan], "nan"),
        ([np.inf, 4.0], "nan"),
        ([2.0, 4.0001], "value"),
    ],
)
def test_gradients_that_are_no_gradients(got, kind):
    """Type, shape and NaN come before values, as in every comparison."""
    assert mismatch(got, lambda x: np.sum(x**2), np.array([1.0, 2.0])).kind == kind


@pytest.mark.parametrize("got", [None, {}, {"W": 1.0}, {"W": [2.0], "b": 3.0, "c": 1.0}, [1.0, 2.0]])
def test_gradients_of_named_arrays_need_their_names(got):
    """A dict that lacks a parameter, or has one too many, is named as such."""
    point = {"W": np.ones(1), "b": 1.0}
    assert mismatch(got, lambda p: p["W"].sum() ** 2 + 3 * p["b"], point).kind == "structure"


def test_a_single_number_stays_one():
    """The function of a plain number is called with a number, and alone in a dict with a 0-d array."""
    rng = np.random.default_rng(0)
    assert gradient_agrees("dx", 3.0, lambda x: 3 * float(x), 2, rng=rng).checked == 1
    assert gradient_agrees("d", {"x": 3.0}, lambda p: 3 * p["x"], {"x": 2}, rng=rng).checked == 1


def test_nan_of_the_function():
    """A function that is not finite at the point, or beside it, proves nothing."""
    error = mismatch([1.0], lambda x: np.log(x).sum(), np.array([0.0]))
    assert error.kind == "nan"
    assert "not finite" in error.summary
    assert mismatch([0.0], lambda x: np.nan * x.sum(), np.array([1.0])).kind == "nan"


@pytest.mark.parametrize("choice", [0.0, 1.0])
def test_kinks_are_skipped_and_counted(choice):
    """At an exact tie either subgradient passes, and the evidence says what was left out."""
    x = np.array([0.0, 1.0, -1.0, 0.0])
    gradient = np.array([choice, 1.0, 0.0, choice])
    evidence = gradient_agrees("dx", gradient, lambda x: np.sum(np.maximum(0, x)), x, rng=np.random.default_rng(0))
    assert (evidence.checked, evidence.skipped) == (2, 2)


@pytest.mark.parametrize("distance", [1e-6, 1e-7, -1e-6, 5e-6, -5e-6])
def test_a_kink_beside_the_point_is_no_excuse(distance):
    """Where a smaller step avoids the kink, a right gradient passes and a wrong one fails."""
    x = np.array([distance, 1.0])
    right = (x > 0).astype(float)
    evidence = gradient_agrees("dx", right, lambda x: np.sum(np.maximum(0, x)), x, rng=np.random.default_rng(0))
    assert evidence.checked >= 1
    assert mismatch(right * [1, 0.99], lambda x: np.sum(np.maximum(0, x)), x).path == "dx[1]"


def test_a_kink_does_not_excuse_any_error():
    """At a kink a value outside of what its two slopes can explain is wrong."""
    x = np.array([0.0, 1.0])
    assert mismatch([7.0, 1.0], lambda x: np.sum(np.maximum(0, x)), x).path == "dx[0]"


@pytest.mark.parametrize("size", [3, 500])
def test_nothing_but_kinks_is_no_pass(size):
    """A point at which nothing can be judged is a mistake of the suite, not a right gradient."""
    with pytest.raises(ValueError, match="kink everywhere"):
        gradient_agrees(
            "dx", np.zeros(size), lambda x: np.sum(np.maximum(0, x)), np.zeros(size), rng=np.random.default_rng(0)
        )


def test_an_empty_point_is_no_pass():
    """A point without entries proves nothing."""
    with pytest.raises(ValueError, match="could be checked"):
        gradient_agrees("dx", [], np.sum, np.zeros(0), rng=np.random.default_rng(0))


def test_a_function_that_fails():
    """A failed call of the submission's own forward goes through as it is."""

    def f(x: Any) -> Any:
        raise CallFailed("sigmoid_forward", "timeout", "ran longer than 5 s")

    with pytest.raises(CallFailed, match="ran longer"):
        gradient_agrees("dx", [1.0], f, np.ones(1), rng=np.random.default_rng(0))


def test_the_arguments_are_left_alone():
    """Neither the point nor the gradient is changed by the check, nor the global random state used."""
    f, x, gradient = softmax(np.random.default_rng(3))
    before = {name: value.copy() for name, value in x.items()}
    state = np.random.get_state()[1].copy()
    gradient_agrees("grads", gradient, f, x, rng=np.random.default_rng(0))
    assert all(np.array_equal(before[name], x[name]) for name in x)
    assert np.array_equal(state, np.random.get_state()[1])


def test_what_a_mismatch_hands_on():
    """A small check hands the numerical gradient, inputs and factors on to the diagnosis."""
    x = np.array([1.0, 2.0, 3.0])
    with pytest.raises(Mismatch) as caught:
        gradient_agrees(
            "dx",
            6 * x,
            lambda x: np.sum(x**2),
            x,
            rng=np.random.default_rng(0),
            inputs={"x": x},
            factors={"N": 3},
        )
    assert np.allclose(caught.value.expected, 2 * x)
    assert caught.value.inputs["x"] is x
    assert caught.value.factors == {"N": 3}


def rounded(problem: Callable[[np.random.Generator], Problem]) -> Callable[[np.random.Generator], Problem]:
    """Return the problem with a function that knows its point in float32 only."""

    def in_single(rng: np.random.Generator) -> Problem:
        f, x, gradient = problem(rng)

        def single(point: Any) -> Any:
            named = isinstance(point, dict)
            return f({k: v.astype(np.float32) for k, v in point.items()} if named else point.astype(np.float32))

        return single, x, gradient

    return in_single


@pytest.mark.parametrize("problem", [smooth, softmax], ids=lambda problem: problem.__name__)
def test_functions_of_single_precision(problem):
    """Where the function computes in float32, right gradients pass, and one that is wrong by a tenth never does."""
    for seed in FAULTY_SEEDS:
        rng = np.random.default_rng(seed)
        f, x, gradient = rounded(problem)(rng)
        assert gradient_agrees("dx", gradient, f, x, rng=rng).checked > 0
        wrong = {k: 1.1 * v for k, v in gradient.items()} if isinstance(gradient, dict) else 1.1 * gradient
        with pytest.raises(Mismatch):
            gradient_agrees("dx", wrong, f, x, rng=rng)


@pytest.mark.parametrize(
    ("function", "exact"),
    [
        (lambda x: np.sum(x**3), True),
        (lambda x: np.sum(np.maximum(0, x)), True),
        (lambda x: np.sum(np.abs(x - X_AT_KINKS)), True),
        (lambda x: 1e-30 * np.sum(x**2), True),
        (lambda _x: 0.0, True),
        (lambda x: np.sum(x.astype(np.float32) ** 3), False),
        (lambda x: float(np.sum(np.tanh(x.astype(np.float32)))), False),
    ],
)
def test_precision_of_functions(function, exact):
    """Rounding to float32 is told from smooth functions, from kinks and from zero."""
    precision = precision_of(FlatFunction(function, X_AT_KINKS))
    assert precision < ROUGH if exact else 1e-9 < precision < 1e-5


def test_precision_of_a_smooth_function_is_seen_at_a_glance():
    """A smooth function in float64 is called eight times to find out that it is one."""
    points = []

    def function(x):
        points.append(x)
        return np.sum(np.tanh(x))

    assert precision_of(FlatFunction(function, np.array([0.3, -1.2]))) < ROUGH
    assert len(points) == 8


def test_precision_of_even_steps():
    """A function in float32 whose values grow by the same step where points are evenly spaced is no exact one."""
    x = np.array([0.00132529])  # a step of 1e-7 is 859.00 times the distance between neighbours in float32
    precision = precision_of(FlatFunction(lambda x: float(x.astype(np.float32).sum()), x))
    assert precision > ROUGH
