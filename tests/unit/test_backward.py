"""A backward is right by the reference, or by the numerical gradient of the submission's own forward."""

# ruff: noqa: ARG005 - backward functions that ignore an argument are what is tested

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.errors import CallFailed, Mismatch
from autograder.gradients import judge_backward
from autograder.local import LocalSubmission

X = np.array([[0.7, -1.2, 2.1], [-0.4, 1.6, -2.3]])
DOUT = np.array([[1.3, -0.6, 0.9], [2.2, 0.8, -1.7]])
W = np.array([[0.5, -1.1], [1.7, 0.3], [-0.9, 2.4]])
B = np.array([0.25, -0.75])
DSCORES = np.array([[1.5, -0.5], [0.7, 2.1]])


def sigmoid(x: Any) -> Any:
    """Return the logistic function of `x`."""
    return 1 / (1 + np.exp(-x))


SIGMOID = {
    "forward": "sigmoid_forward",
    "backward": "sigmoid_backward",
    "inputs": (X,),
    "names": ("dx",),
    "expected": DOUT * sigmoid(X) * (1 - sigmoid(X)),
    "dout": DOUT,
    "expected_out": sigmoid(X),
}
AFFINE = {
    "forward": "affine_forward",
    "backward": "affine_backward",
    "inputs": (X, W, B),
    "names": ("dx", "dw", "db"),
    "expected": (DSCORES @ W.T, X.T @ DSCORES, DSCORES.sum(axis=0)),
    "dout": DSCORES,
    "expected_out": X @ W + B,
}


def judge_sigmoid(forward: Any, backward: Any, **changes: Any) -> None:
    """Judge a pair of functions as sigmoid_forward and sigmoid_backward."""
    submission = LocalSubmission({"sigmoid_forward": forward, "sigmoid_backward": backward})
    judge_backward(submission, **{**SIGMOID, **changes})


def judge_affine(forward: Any, backward: Any, **changes: Any) -> None:
    """Judge a pair of functions as affine_forward and affine_backward."""
    submission = LocalSubmission({"affine_forward": forward, "affine_backward": backward})
    judge_backward(submission, **{**AFFINE, **changes})


def sigmoid_forward(x: Any) -> Any:
    """Return the sigmoid and itself as the cache."""
    out = sigmoid(x)
    return out, out


def sigmoid_backward(dout: Any, out: Any) -> Any:
    """Return the gradient by `x` from the output."""
    return dout * out * (1 - out)


def affine_forward(x: Any, w: Any, b: Any) -> Any:
    """Return the affine map and its inputs."""
    return x @ w + b, (x, w, b)


def affine_backward(dout: Any, cache: Any) -> Any:
    """Return the three gradients."""
    x, w, _ = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def test_a_right_pair_passes():
    """Right gradients of one and of three inputs pass, as a tuple and as a list."""
    judge_sigmoid(sigmoid_forward, sigmoid_backward)
    judge_affine(affine_forward, affine_backward)
    judge_affine(affine_forward, lambda dout, cache: list(affine_backward(dout, cache)))


class Cache:
    """A cache of a student's own making."""

    def __init__(self, out: Any) -> None:
        self.out = out


@pytest.mark.parametrize(
    ("forward", "backward"),
    [
        (lambda x: (sigmoid(x), x), lambda dout, x: dout * sigmoid(x) * sigmoid(-x)),
        (lambda x: (sigmoid(x), {"x": x}), lambda dout, c: dout * sigmoid(c["x"]) * (1 - sigmoid(c["x"]))),
        (lambda x: [sigmoid(x), (x, sigmoid(x))], lambda dout, c: dout * c[1] * (1 - c[1])),
        (lambda x: (sigmoid(x), Cache(sigmoid(x))), lambda dout, c: dout * c.out * (1 - c.out)),
        (lambda x: (sigmoid(x), None), lambda dout, c: DOUT * sigmoid(X) * (1 - sigmoid(X))),
    ],
)
def test_any_cache_will_do(forward, backward):
    """What the cache holds is the student's choice."""
    judge_sigmoid(forward, backward)


@pytest.mark.parametrize(
    ("forward", "backward"),
    [
        (lambda x: (sigmoid(-x), sigmoid(-x)), lambda dout, s: -dout * s * (1 - s)),
        (lambda x: (2 * sigmoid(x), sigmoid(x)), lambda dout, s: 2 * dout * s * (1 - s)),
        (lambda x: (np.tanh(x), np.tanh(x)), lambda dout, t: dout * (1 - t**2)),
        (lambda x: (np.exp(-x), np.exp(-x)), lambda dout, e: -dout * e),
        (lambda x: (1 / (1 + np.exp(x)), x), lambda dout, x: -dout * sigmoid(x) * (1 - sigmoid(x))),
    ],
)
def test_one_slip_is_charged_once(forward, backward):
    """A backward that is the right gradient of a wrong forward passes."""
    judge_sigmoid(forward, backward)


def test_one_slip_in_affine_is_charged_once():
    """Gradients by several inputs are each judged by whatever they agree with."""
    judge_affine(lambda x, w, b: (x @ w - b, (x, w, b)), lambda d, c: (d @ c[1].T, c[0].T @ d, -d.sum(axis=0)))
    judge_affine(lambda x, w, b: (x @ w, (x, w, b)), affine_backward)
    judge_affine(
        lambda x, w, b: (2 * x @ w + b, (x, w, b)), lambda d, c: (2 * d @ c[1].T, 2 * c[0].T @ d, d.sum(axis=0))
    )


@pytest.mark.parametrize("inputs", [(np.array([[1, -2, 3], [-1, 2, 4]]),), ([[1, -2, 3], [-1, 2, 4]],)])
def test_integer_inputs(inputs):
    """The numerical part works on floats where the inputs are integers or lists."""
    x = np.asarray(inputs[0], dtype=float)
    right = {"inputs": inputs, "expected": DOUT * sigmoid(x) * (1 - sigmoid(x)), "expected_out": sigmoid(x)}
    judge_sigmoid(
        lambda x: (sigmoid(-np.asarray(x)),) * 2,
        lambda dout, s: -dout * s * (1 - s),
        **right,
    )


def test_parameters_in_a_dict():
    """An input that is a dict of arrays is judged by its own forward, too."""

    def forward(params: Any, x: Any) -> Any:
        return x @ params["w"] - params["b"], (params, x)

    def backward(dout: Any, cache: Any) -> Any:
        return {"w": cache[1].T @ dout, "b": -dout.sum(axis=0)}

    def judge(backward: Any) -> None:
        judge_backward(
            LocalSubmission({"f": forward, "b": backward}),
            forward="f",
            backward="b",
            inputs=({"w": W, "b": B}, X),
            names=("grads",),
            expected={"w": X.T @ DSCORES, "b": DSCORES.sum(axis=0)},
            dout=DSCORES,
            expected_out=X @ W + B,
        )

    judge(backward)
    with pytest.raises(Mismatch) as caught:
        judge(lambda dout, cache: {"w": cache[1].T @ dout, "b": dout.sum(axis=0) * 3})
    assert caught.value.name == 'grads["b"]'


@pytest.mark.parametrize(
    ("forward", "backward"),
    [
        (sigmoid_forward, lambda dout, s: s * (1 - s)),
        (sigmoid_forward, lambda dout, s: -dout * s * (1 - s)),
        (sigmoid_forward, lambda dout, s: dout),
        (sigmoid_forward, lambda dout, s: dout * 0),
        (sigmoid_forward, lambda dout, s: None),
        (sigmoid_forward, lambda dout, s: dout * np.nan),
        (lambda x: (np.tanh(x), np.tanh(x)), lambda dout, t: dout * (1 - t)),
        (lambda x: (np.tanh(x), np.tanh(x)), lambda dout, t: dout * np.nan),
        (lambda x: (np.tanh(x), np.tanh(x)), lambda dout, t: None),
        (lambda x: (np.tanh(x), np.tanh(x)), lambda dout, t: (dout * (1 - t**2)).ravel()),
    ],
)
def test_wrong_gradients_fail(forward, backward):
    """A gradient of neither the right forward nor the student's own is wrong."""
    with pytest.raises(Mismatch) as caught:
        judge_sigmoid(forward, backward)
    assert caught.value.name == "dx"


@pytest.mark.parametrize(
    ("forward", "backward"),
    [
        (lambda x: (x * 0, x), lambda dout, x: dout * 0),
        (lambda x: (x * 0 + 0.5, x), lambda dout, x: dout * 0),
        (lambda x: (x, x), lambda dout, x: dout),
        (lambda x: (3 * x + 1, x), lambda dout, x: 3 * dout),
        (lambda x: (1e-9 * sigmoid(x), sigmoid(x)), lambda dout, s: 1e-9 * dout * s * (1 - s)),
        (lambda x: (np.full_like(x, x.sum()), x), lambda dout, x: np.full_like(x, dout.sum())),
        (lambda x: (np.full_like(x, x.sum() ** 2), x), lambda dout, x: np.full_like(x, 2 * x.sum() * dout.sum())),
        (lambda x: (np.where(x > 100, x**2, x), x), lambda dout, x: dout),
        (lambda x: (np.random.default_rng().normal(size=x.shape), x), lambda dout, x: dout * 0),
        (lambda x: (x * np.nan, x), lambda dout, x: dout * 0),
        (lambda x: (x.sum(), x), lambda dout, x: dout),
        (lambda x: (None, x), lambda dout, x: dout),
        (lambda x: ("out", x), lambda dout, x: dout),
    ],
)
def test_a_degenerate_forward_earns_nothing(forward, backward):
    """A constant, a straight line, noise or no output at all cannot make an easy gradient right."""
    with pytest.raises(Mismatch) as caught:
        judge_sigmoid(forward, backward)
    assert caught.value.name == "dx"


@pytest.mark.parametrize("x", [np.array(0.8), np.array([0.8])])
@pytest.mark.parametrize(
    ("forward", "backward"),
    [
        (lambda x: (x, x), lambda dout, x: dout),
        (lambda x: (2 * x, x), lambda dout, x: 2 * dout),
        (lambda x: (x * 0 + 1, x), lambda dout, x: dout * 0),
    ],
)
def test_a_degenerate_forward_of_one_number_earns_nothing(forward, backward, x):
    """One entry is enough to tell a straight line from a curve."""
    dout = np.full_like(x, 1.7)
    right = {"inputs": (x,), "dout": dout, "expected": dout * sigmoid(x) * sigmoid(-x), "expected_out": sigmoid(x)}
    with pytest.raises(Mismatch):
        judge_sigmoid(forward, backward, **right)
    judge_sigmoid(lambda x: (np.tanh(x), x), lambda dout, x: dout * (1 - np.tanh(x) ** 2), **right)


def test_what_the_mismatch_hands_on():
    """The diagnosis gets the inputs by name, `dout` and the named factors."""
    with pytest.raises(Mismatch) as caught:
        judge_affine(
            affine_forward,
            lambda dout, cache: (affine_backward(dout, cache)[0], affine_backward(dout, cache)[1] / 2, 0.0),
            factors={"D": 3},
        )
    error = caught.value
    assert error.name == "dw"
    assert set(error.inputs) == {"x", "w", "b", "dout"}
    assert error.inputs["w"] is W
    assert error.factors == {"N": 2, "D": 3}


@pytest.mark.parametrize("returned", [None, (1.0,), (1.0, 2.0, 3.0, 4.0), 5.0])
def test_a_backward_that_returns_something_else(returned):
    """Too few or too many gradients are named with what was expected."""
    with pytest.raises(Mismatch, match=r"expected \(dx, dw, db\)") as caught:
        judge_affine(affine_forward, lambda dout, cache: returned)
    assert caught.value.kind == "structure"


@pytest.mark.parametrize("returned", [None, 2.0, X, (X, X, X)])
def test_a_forward_without_a_cache(returned):
    """A forward that does not return a pair is named, since backward needs its cache."""
    with pytest.raises(Mismatch, match=r"`sigmoid_forward` returned .*, expected \(out, cache\)"):
        judge_sigmoid(lambda x: returned, sigmoid_backward)


def fails(x: Any) -> Any:
    """Raise as an exercise that is not written yet does."""
    raise NotImplementedError("write your code here")


def test_a_forward_that_raises():
    """Without a forward there is no cache; the failure says that backward needs it and keeps its place."""
    with pytest.raises(CallFailed) as caught:
        judge_sigmoid(fails, sigmoid_backward)
    failure = caught.value
    assert (failure.name, failure.kind, failure.exception) == ("sigmoid_forward", "raised", "NotImplementedError")
    assert "`sigmoid_backward` needs the cache of your `sigmoid_forward`" in failure.reason
    assert failure.line == fails.__code__.co_firstlineno + 2


def test_a_forward_that_is_missing():
    """A missing forward is reported as such."""
    with pytest.raises(CallFailed, match="needs the cache of your `sigmoid_forward`") as caught:
        judge_backward(LocalSubmission({"sigmoid_backward": sigmoid_backward}), **SIGMOID)
    assert caught.value.kind == "missing"


def test_a_backward_that_raises():
    """A failure of backward itself is its own."""
    with pytest.raises(CallFailed) as caught:
        judge_sigmoid(sigmoid_forward, lambda dout: dout)
    assert (caught.value.name, caught.value.exception) == ("sigmoid_backward", "TypeError")


def test_a_wrong_forward_that_fails_elsewhere():
    """A forward that works at the point alone leaves the verdict with the reference."""

    def forward(x: Any) -> Any:
        if not np.array_equal(x, X):
            raise ValueError("only one point is known here")
        return np.tanh(x), x

    with pytest.raises(Mismatch) as caught:
        judge_sigmoid(forward, lambda dout, x: dout * (1 - np.tanh(x) ** 2))
    assert np.array_equal(caught.value.expected, SIGMOID["expected"])


def test_arguments_are_left_alone():
    """Judging changes neither the inputs nor `dout`."""
    x, dout = X.copy(), DOUT.copy()
    judge_sigmoid(lambda x: (np.tanh(x),) * 2, lambda d, t: d * (1 - t**2), inputs=(x,), dout=dout)
    assert np.array_equal(x, X)
    assert np.array_equal(dout, DOUT)
