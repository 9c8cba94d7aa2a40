"""The checks behind `check(...)`: worked examples, properties, and numerical gradients of your own functions.

Nothing here is secret. A grade also counts checks on inputs that nobody knows before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder.compare import agree, agrees, dict_like, numbers, raises, unchanged, unpack
from autograder.errors import CallFailed, Mismatch
from autograder.gradients import gradient_agrees, numerical_gradient, own_function

question, weight = pytest.mark.question, pytest.mark.weight

# A network of two inputs, three hidden neurons and four classes, which can be followed by hand


def _params() -> dict[str, np.ndarray]:
    return {
        "W1": np.array([[1.0, -1.0, 2.0], [0.0, 3.0, -1.0]]),
        "b1": np.array([0.5, -2.0, -1.0]),
        "W2": np.array([[1.0, 2.0, -1.0, 0.0], [-1.0, 1.0, 0.0, 2.0], [3.0, -2.0, 1.0, -1.0]]),
        "b2": np.array([0.25, -0.5, 0.0, 1.0]),
    }


X = np.array([[2.0, 1.0], [-1.0, 1.0], [-3.0, -2.0]])
LABELS = np.array([2, 1, 0])
SCORES = np.array([[8.75, 0.5, -0.5, -1.0], [-1.75, 1.5, 0.0, 5.0], [0.25, -0.5, 0.0, 1.0]])


# count_parameters


def _check_count(submission, sizes, neurons: int, weights: int, biases: int, parameters: int) -> None:
    expected = {"neurons": neurons, "weights": weights, "biases": biases, "parameters": parameters}
    agree("counts", submission.count_parameters(sizes), expected)


@question("count_parameters")
def test_two_layers(submission):
    """The network on the left: three inputs, four hidden neurons, two outputs."""
    _check_count(submission, (3, 4, 2), 6, 20, 6, 26)


@question("count_parameters")
def test_three_layers(submission):
    """The network on the right: three inputs, two hidden layers of four, one output."""
    _check_count(submission, (3, 4, 4, 1), 9, 32, 9, 41)


@question("count_parameters")
def test_one_layer(submission):
    """A single layer has neurons, too, and the sizes may come as a list."""
    _check_count(submission, [5, 3], 3, 15, 3, 18)


@question("count_parameters")
def test_classifier_of_photographs(submission):
    """A network of a useful size: 3072 inputs, 100 hidden neurons, 10 classes."""
    _check_count(submission, (3072, 100, 10), 110, 308_200, 110, 308_310)


# three_layer_forward


def _three_layers() -> list[np.ndarray]:
    """Return W1, b1, W2, b2, W3, b3 of a network of three inputs, two and three hidden neurons, two outputs."""
    return [
        np.array([[1.0, -1.0, 2.0], [0.0, 1.0, 1.0]]),
        np.array([[1.0], [-1.0]]),
        np.array([[2.0, 0.0], [1.0, -1.0], [0.0, 3.0]]),
        np.array([[0.0], [1.0], [-2.0]]),
        np.array([[1.0, -2.0, 3.0], [0.0, 2.0, 1.0]]),
        np.array([[0.5], [-4.0]]),
    ]


WORKED_OUT = np.array([[0.11924045883], [-2.23962208127]])


@question("three_layer_forward")
def test_forward_at_rest(submission):
    """With weights of zero in the hidden layers, every hidden neuron is at one half."""
    _, b1, _, b2, W3, b3 = _three_layers()
    x = np.array([[3.0], [-1.0], [2.0]])
    out = submission.three_layer_forward(x, np.zeros((2, 3)), 0 * b1, np.zeros((3, 2)), 0 * b2, W3, b3)
    agree("out", out, np.array([[1.5], [-2.5]]))


@question("three_layer_forward")
def test_forward_of_a_column(submission):
    """A worked example: one column goes in, one column comes out."""
    out = submission.three_layer_forward(np.array([[1.0], [0.0], [-1.0]]), *_three_layers())
    agree("out", out, WORKED_OUT)


@question("three_layer_forward")
def test_forward_of_a_batch(submission):
    """Several columns side by side give what they give one by one, and the first is right."""
    x = np.array([[1.0, -2.0, 0.5], [0.0, 1.0, -1.0], [-1.0, 0.5, 2.0]])
    out = submission.three_layer_forward(x, *_three_layers())
    columns = [np.asarray(submission.three_layer_forward(x[:, n : n + 1], *_three_layers())) for n in range(3)]
    agree("shape of out", np.shape(out), (2, 3))
    agree("out", out, np.hstack(columns))
    agree("first column of out", np.asarray(out)[:, :1], WORKED_OUT)


@question("three_layer_forward")
def test_forward_leaves_its_arguments(submission):
    """Input, weights and biases are as they were afterwards, and the result is right."""
    arguments = [np.array([[1.0], [0.0], [-1.0]]), *_three_layers()]
    after = submission.arguments_after("three_layer_forward", *arguments)
    for name, now, before in zip(("x", "W1", "b1", "W2", "b2", "W3", "b3"), after, arguments, strict=True):
        unchanged(name, now, before)
    agree("out", submission.three_layer_forward(*arguments), WORKED_OUT)


# collapse_linear


@question("collapse_linear")
def test_collapse_worked_example(submission):
    """Two small matrices, followed by hand."""
    W1, W2 = np.array([[1.0, 2.0, 0.0], [-1.0, 0.0, 3.0]]), np.array([[1.0], [2.0], [-1.0]])
    agree("W", submission.collapse_linear(W1, W2), np.array([[5.0], [-4.0]]))


@question("collapse_linear")
def test_collapse_does_what_both_do(submission, rng):
    """For any examples, the one layer gives what the two give one after the other."""
    rows, W1, W2 = rng.normal(size=(5, 3)), rng.normal(size=(3, 3)), rng.normal(size=(3, 3))
    W = submission.collapse_linear(W1, W2)
    agree("shape of W", np.shape(W), (3, 3))
    between = rows @ W1
    agree("X @ W", rows @ np.asarray(W), between @ W2)


# train_tiny_network

TABLE = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])
XOR = np.array([0, 1, 1, 0])
START = {
    "W1": np.array([[0.25019093, 0.7944276], [0.55137138, -0.54958562], [-0.39966743, 0.74710689]]),
    "W2": np.array([[-0.98946939], [0.64245684]]),
}
AFTER_ONE_STEP = {
    "W1": np.array([[0.24833244, 0.79085198], [0.54590219, -0.54290666], [-0.40446821, 0.74716885]]),
    "W2": np.array([[-0.98221305], [0.64418259]]),
}


def _tiny(submission, X, y, hidden: int, steps: int, seed: int) -> tuple[Any, Any]:
    result = submission.train_tiny_network(X, y, hidden, steps, seed)
    weights, predictions = unpack(result, "weights", "predictions", of="train_tiny_network")
    return weights, predictions


@question("train_tiny_network")
def test_tiny_start(submission):
    """With no step at all, the weights are the first ones, and the predictions are theirs."""
    weights, predictions = _tiny(submission, TABLE, XOR, 2, 0, 7)
    agree("weights", weights, START)
    agree("predictions", predictions, [0.5096919, 0.45528501, 0.51783143, 0.46899514])


@question("train_tiny_network")
def test_tiny_first_step(submission):
    """One step: both weights move against their gradients, and the predictions follow."""
    weights, predictions = _tiny(submission, TABLE, XOR, 2, 1, 7)
    agree("weights", weights, AFTER_ONE_STEP)
    agree("predictions", predictions, [0.51099754, 0.45737735, 0.51934824, 0.47120547])


@question("train_tiny_network")
@pytest.mark.parametrize("wanted", [[0, 1, 0, 0], [0, 1, 1, 0]])
def test_tiny_learns(submission, wanted):
    """After some thousand steps, the predictions are close to the targets."""
    _, predictions = _tiny(submission, TABLE, np.array(wanted), 4, 3000, 1)
    agree("predictions", predictions, np.array(wanted, dtype=float), atol=0.1)


@question("train_tiny_network")
def test_tiny_leaves_its_arguments(submission):
    """`X` and `y` are as they were afterwards, and the weights after a step are right."""
    after = submission.arguments_after("train_tiny_network", TABLE, XOR, 2, 1, 7)
    for name, now, before in zip("Xy", after[:2], (TABLE, XOR), strict=True):
        unchanged(name, now, before)
    agree("weights", _tiny(submission, TABLE, XOR, 2, 1, 7)[0], AFTER_ONE_STEP)


# init_two_layer


def _weights(submission, scale: float, seed: int) -> dict[str, np.ndarray]:
    """Return W1 and W2 of a network of 60 inputs, 50 hidden neurons and 40 classes, once their shapes are right."""
    params = submission.init_two_layer(60, 50, 40, scale, seed)
    shapes = {"W1": (60, 50), "b1": (50,), "W2": (50, 40), "b2": (40,)}
    agree("names in params", sorted(params) if isinstance(params, dict) else params, sorted(shapes))
    for name, shape in shapes.items():
        agree(f'shape of params["{name}"]', np.shape(params[name]), shape)
    return {name: np.asarray(params[name], dtype=float) for name in ("W1", "W2")}


@question("init_two_layer")
def test_init_shapes(submission):
    """The four parameters have their names and shapes, and the biases are zero."""
    params = submission.init_two_layer(3, 5, 2, 0.5, 0)
    zeros = {"W1": np.zeros((3, 5)), "b1": np.zeros(5), "W2": np.zeros((5, 2)), "b2": np.zeros(2)}
    agree("params", params, zeros, atol=100.0)
    for name in ("b1", "b2"):
        agree(f'params["{name}"]', params[name], zeros[name], atol=1e-12)


@question("init_two_layer")
@pytest.mark.parametrize("scale", [0.01, 3.0])
def test_init_scale(submission, scale):
    """The weights scatter around zero, as widely as `scale` says."""
    for name, values in _weights(submission, scale, 3).items():
        agree(f"standard deviation of {name}", np.std(values), scale, rtol=0.1)
        agree(f"mean of {name}", np.mean(values), 0.0, atol=0.1 * scale)


@question("init_two_layer")
def test_init_is_normal(submission):
    """About two thirds of the weights are nearer to zero than `scale`, and a few are far away."""
    for name, values in _weights(submission, 0.5, 4).items():
        agree(f"share of {name} within one `scale`", np.mean(np.abs(values) < 0.5), 0.683, atol=0.06)
        agree(f"share of {name} within two and a half", np.mean(np.abs(values) < 1.25), 0.9876, atol=0.01)


@question("init_two_layer")
def test_init_seed(submission):
    """The same seed gives the same weights, another seed others, and no two columns are alike."""
    one, again, other = (_weights(submission, 1.0, seed) for seed in (5, 5, 6))
    for name, values in one.items():
        if not np.array_equal(again[name], values):
            summary = f"`{name}` differs from one call to the next, with the same seed"
            raise Mismatch(name, "value", summary, path=name, got=None, expected=None)
        assert not np.any(np.isclose(values, other[name]).all(axis=0))
        assert len(np.unique(values[0])) == values.shape[1]
    assert not np.allclose(one["W1"].ravel()[:20], one["W2"].ravel()[:20])


# two_layer_forward


def _scores(submission, params, X) -> Any:
    return unpack(submission.two_layer_forward(params, X), "scores", "cache", of="two_layer_forward")[0]


@question("two_layer_forward")
def test_scores_worked_example(submission):
    """Three examples followed by hand: some hidden neurons are on, some are off, some scores are negative."""
    agree("scores", _scores(submission, _params(), X), SCORES, inputs={"X": X})


@question("two_layer_forward")
def test_scores_of_one_example(submission):
    """A batch of one example has one row of scores, and whole numbers work as well."""
    agree("scores", _scores(submission, _params(), np.array([[2, 1]])), SCORES[:1])


@question("two_layer_forward")
def test_scores_leave_the_arguments(submission):
    """Parameters and examples are as they were afterwards, and the scores are right."""
    params, rows = submission.arguments_after("two_layer_forward", _params(), X)
    unchanged("X", rows, X)
    for name, before in _params().items():
        unchanged(f'params["{name}"]', params[name], before)
    agree("scores", _scores(submission, _params(), X), SCORES)


# two_layer_backward

DSCORES = np.array([[1.0, -1.0, 2.0, 0.0], [3.0, 1.0, 0.0, -2.0], [0.0, 5.0, -1.0, 1.0]])
GRADS = {
    "W1": np.array([[-6.0, 6.0, 14.0], [-3.0, -6.0, 7.0]]),
    "b1": np.array([-3.0, -6.0, 7.0]),
    "W2": np.array([[2.5, -2.5, 5.0, 0.0], [6.0, 2.0, 0.0, -4.0], [2.0, -2.0, 4.0, 0.0]]),
    "b2": np.array([4.0, 5.0, 1.0, -1.0]),
}


def _judge_grads(submission, X, dscores, grads) -> None:
    """Compare each gradient with a worked one, or with what small steps show in your forward where that is wrong."""
    _, cache = unpack(submission.two_layer_forward(_params(), X), "scores", "cache", of="two_layer_forward")
    got = dict_like("grads", submission.two_layer_backward(dscores, cache), grads)
    inputs, factors = {**_params(), "dscores": dscores}, {"N": float(len(X))}
    for name, right in grads.items():
        try:
            agree(f'grads["{name}"]', got[name], right, inputs=inputs, factors=factors)
        except Mismatch:
            if not _fits_own_forward(submission, name, got[name], X, dscores):
                raise


def _has_right_scores(submission) -> bool:
    return agrees("scores", _scores(submission, _params(), X), SCORES)


def _own_forward(submission) -> Callable[..., Any] | None:
    """Return your forward where it is wrong, which is charged there only; None where it is right or of no use."""
    return own_function(submission, "two_layer_forward", (_params(), X), SCORES)


def _fits_own_forward(submission, name: str, got, X, dscores) -> bool:
    """Tell whether a gradient belongs to your forward, which is wrong: then the slip is not in the gradient."""
    own, params = _own_forward(submission), _params()
    if own is None:
        return False

    def by_the_parameter(values) -> float:
        """Return the weighted sum of the scores, whose gradient is asked for."""
        return float(np.sum(dscores * np.asarray(own({**params, name: values}, X)[0])))

    def by_an_input_of_ones(weights) -> float:
        """Return the same by the weights of an input that is always one: a bias is such a weight, even if forgotten."""
        wider = {**params, "W1": np.vstack([params["W1"], weights])}
        return float(np.sum(dscores * np.asarray(own(wider, np.hstack([X, np.ones((len(X), 1))]))[0])))

    if _is_gradient(got, by_the_parameter, params[name]):
        return True
    return name == "b1" and _is_gradient(got, by_an_input_of_ones, np.zeros(3))


def _is_gradient(got, f, x) -> bool:
    """Tell whether `got` is what small steps from `x` show, and not zero everywhere."""
    try:
        with np.errstate(all="ignore"):
            evidence = gradient_agrees("gradient", got, f, x, rng=np.random.default_rng(0))
        return bool(np.any(got)) and evidence.checked >= evidence.skipped
    except (CallFailed, Mismatch, TypeError, ValueError):
        return False


@question("two_layer_backward")
def test_grads_worked_example(submission):
    """The same three examples on the way back, followed by hand."""
    _judge_grads(submission, X, DSCORES, GRADS)


@question("two_layer_backward")
def test_grads_upstream(submission):
    """Ten times the gradient of the scores gives ten times the gradients."""
    tenfold = {name: 10 * values for name, values in GRADS.items()}
    _judge_grads(submission, X, 10 * DSCORES, tenfold)


@question("two_layer_backward")
def test_grads_of_one_example(submission):
    """A batch of one example: what is off gets nothing."""
    grads = {
        "W1": np.array([[-6.0, 0.0, 14.0], [-3.0, 0.0, 7.0]]),
        "b1": np.array([-3.0, 0.0, 7.0]),
        "W2": np.array([[2.5, -2.5, 5.0, 0.0], [0.0, 0.0, 0.0, 0.0], [2.0, -2.0, 4.0, 0.0]]),
        "b2": np.array([1.0, -1.0, 2.0, 0.0]),
    }
    _judge_grads(submission, X[:1], DSCORES[:1], grads)


@question("two_layer_backward")
def test_grads_numerically(submission, rng):
    """The gradients are what small steps of the parameters show in your own forward."""
    shapes = {"W1": (4, 6), "b1": (6,), "W2": (6, 3), "b2": (3,)}
    params = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    rows, dscores = rng.normal(size=(7, 4)), rng.normal(size=(7, 3))
    if not _has_right_scores(submission):  # charged already
        _judge_grads(submission, X, DSCORES, GRADS)
        return
    _, cache = unpack(submission.two_layer_forward(params, rows), "scores", "cache", of="two_layer_forward")
    grads = submission.two_layer_backward(dscores, cache)
    gradient_agrees("grads", grads, lambda p: float(np.sum(dscores * _scores(submission, p, rows))), params, rng=rng)


@question("two_layer_backward")
def test_grads_leave_dscores(submission):
    """`dscores` is as it was afterwards, and the gradients are right."""
    _, cache = unpack(submission.two_layer_forward(_params(), X), "scores", "cache", of="two_layer_forward")
    unchanged("dscores", submission.arguments_after("two_layer_backward", DSCORES, cache)[0], DSCORES)
    _judge_grads(submission, X, DSCORES, GRADS)


# two_layer_loss

LOSSES = {0.0: 4.754052410274551, 0.1: 9.05405241027455}
"""By the strength of regularisation; the gradients are those with 0.1."""
LOSS_GRADS = {
    "W1": np.array([[1.53334049, -0.51818205, 1.73217935], [0.66667025, 0.91818205, 0.46608967]]),
    "b1": np.array([0.66667025, 0.31818205, 0.66608967]),
    "W2": np.array(
        [
            [1.03298709, 0.40021763, -1.03325327, 0.00004856],
            [-0.19924807, -0.44727406, 0.00432708, 1.04219505],
            [1.26638967, -0.3998259, -0.46660262, -0.19996115],
        ]
    ),
    "b2": np.array([0.07654712, -0.28750385, -0.27170775, 0.48266448]),
}


def _loss(submission, params, X, y, reg: float) -> tuple[Any, Any]:
    loss, grads = unpack(submission.two_layer_loss(params, X, y, reg), "loss", "grads", of="two_layer_loss")
    return loss, grads


EVEN = {**_params(), "W2": np.tile([[1.0], [-1.0], [0.5]], 4)}
"""A network whose hidden neurons raise all classes alike, whatever they do: only the last biases tell these apart."""
EVEN_LOSSES = {0.0: 1.807676884326135, 0.1: 4.307676884326135}


def _check_worked_loss(submission, reg: float) -> None:
    """Compare the loss with a worked one; where your forward is wrong, that of a network that hardly depends on it."""
    try:
        agree("loss", _loss(submission, _params(), X, LABELS, reg)[0], LOSSES[reg], factors={"N": 3.0})
    except Mismatch:
        if not _has_even_scores(submission):
            raise
        agree("loss", _loss(submission, EVEN, X, LABELS, reg)[0], EVEN_LOSSES[reg], factors={"N": 3.0})


def _has_even_scores(submission) -> bool:
    """Tell whether your forward is wrong, and right but for what all classes have in common in the even network."""
    own = _own_forward(submission)
    if own is None:
        return False
    try:
        scores = np.asarray(own(EVEN, X)[0], dtype=float)
        return agrees("scores", scores - scores[:, :1], np.tile([0.0, -0.75, -0.25, 0.75], (3, 1)))
    except (CallFailed, Mismatch, TypeError, ValueError, IndexError):
        return False


@question("two_layer_loss")
@pytest.mark.parametrize("reg", [0.0, 0.1])
def test_loss_worked_example(submission, reg):
    """A worked example, first without and then with regularisation of both weight matrices."""
    _check_worked_loss(submission, reg)


@question("two_layer_loss")
def test_loss_of_tiny_weights(submission):
    """With weights close to zero, all classes are equally likely, and the loss is the logarithm of their number."""
    tiny = {name: 1e-9 * values for name, values in _params().items()}
    agree("loss", _loss(submission, tiny, X, LABELS, 0.1)[0], np.log(4))


@question("two_layer_loss")
@pytest.mark.parametrize("reg", [0.0, 0.1])
def test_loss_gradients_numerically(submission, rng, reg):
    """All gradients are what small steps of the parameters show in your own loss."""
    shapes = {"W1": (4, 5), "b1": (5,), "W2": (5, 3), "b2": (3,)}
    params = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    rows, y = rng.normal(size=(6, 4)), np.array([0, 2, 1, 1, 2, 0])
    _, grads = _loss(submission, params, rows, y, reg)
    if not agrees("loss", _loss(submission, _params(), X, LABELS, 0.1)[0], LOSSES[0.1]):  # charged already
        _judge_loss_grads(submission)
        return
    try:
        gradient_agrees("grads", grads, lambda p: float(_loss(submission, p, rows, y, reg)[0]), params, rng=rng)
    except Mismatch:
        if not all(_fits_own_layers(submission, name, grads, params, rows, y, reg) for name in params):
            raise


def _judge_loss_grads(submission) -> None:
    """Compare each gradient of the worked example with the right one, or with what follows from a slip made before."""
    params, reg = _params(), 0.1
    grads = dict_like("grads", _loss(submission, params, X, LABELS, reg)[1], LOSS_GRADS)
    for name, right in LOSS_GRADS.items():
        try:
            agree(f'grads["{name}"]', grads[name], right, inputs={**params, "X": X}, factors={"N": float(len(X))})
        except Mismatch:
            fits_loss = _fits_own_loss(submission, name, grads[name], reg)
            if not fits_loss and not _fits_own_layers(submission, name, grads, params, X, LABELS, reg):
                raise


def _fits_own_loss(submission, name: str, got, reg: float) -> bool:
    """Tell whether a gradient belongs to your loss, which is wrong: then the slip is not in the gradient."""
    params = _params()
    own = own_function(submission, "two_layer_loss", (params, X, LABELS, reg), LOSSES[reg])
    if own is None:
        return False
    return _is_gradient(got, lambda values: float(own({**params, name: values}, X, LABELS, reg)[0]), params[name])


def _fits_own_layers(submission, name: str, grads, params, X, y, reg: float) -> bool:
    """Tell whether a gradient is what your own backward makes of your own loss: then the slip is in the backward."""

    def penalty(values) -> float:
        """Return what regularisation adds to your loss."""
        moved = {**params, name: values}
        return float(_loss(submission, moved, X, y, reg)[0]) - float(_loss(submission, moved, X, y, 0.0)[0])

    try:
        with np.errstate(all="ignore"):
            own, more = _own_gradient(submission, name, params, X, y), numerical_gradient(penalty, params[name])
        return own is not None and agrees(name, grads[name], own + more, rtol=1e-4)
    except (CallFailed, Mismatch, TypeError, ValueError, KeyError):
        return False


def _own_gradient(submission, name: str, params, X, y) -> np.ndarray | None:
    """Return what your own backward makes of the slopes of your data loss; None where it is of no use.

    A bias of the last layer moves the scores of its class as they are: small steps of it show their slopes.
    """

    def share(b2, n: int) -> float:
        """Return what an example adds to the mean."""
        return float(_loss(submission, {**params, "b2": b2}, X[n : n + 1], y[n : n + 1], 0.0)[0]) / len(y)

    slopes = [numerical_gradient(lambda b2, n=n: share(b2, n), params["b2"]) for n in range(len(y))]
    _, cache = unpack(submission.two_layer_forward(params, X), "scores", "cache", of="two_layer_forward")
    upstream = np.array(slopes), np.roll(slopes, 1, axis=1)  # of use is what depends on its upstream gradient
    own, other = (np.asarray(submission.two_layer_backward(dscores, cache)[name], dtype=float) for dscores in upstream)
    of_use = own.shape == params[name].shape and bool(np.all(np.isfinite(own)) and np.any(own))
    return own if of_use and not np.allclose(own, other) else None


@question("two_layer_loss")
def test_loss_gradients_worked_example(submission):
    """The gradients of the worked example, with regularisation."""
    _judge_loss_grads(submission)


@question("two_layer_loss")
def test_loss_of_large_scores(submission):
    """Scores of 1000 in one row, and of 0 and 1 in another, bring no overflow."""
    params = {"W1": np.eye(1), "b1": np.zeros(1), "W2": np.array([[1.0, 0.999]]), "b2": np.array([0.0, 1.0])}
    rows, y = np.array([[1000.0], [0.0]]), np.array([0, 1])
    loss, grads = _loss(submission, params, rows, y, 0.0)
    assert np.all(np.isfinite(np.asarray(grads["b2"], dtype=float)))
    agree("loss", loss, 0.5032044340390841, factors={"N": 2.0})


@question("two_layer_loss")
def test_loss_of_no_batch(submission):
    """A label that is out of range, or missing, raises ValueError, and labels that are in range do not."""
    for y in ([2, 1, 4], [2, -1, 0], [2, 1]):
        arguments = (_params(), X, np.array(y), 0.0)
        raises("ValueError", "two_layer_loss", lambda call=arguments: submission.two_layer_loss(*call))
    _loss(submission, _params(), X, LABELS, 0.0)


@question("two_layer_loss")
def test_loss_leaves_its_arguments(submission):
    """Parameters, examples and labels are as they were afterwards, and the loss is right."""
    params, rows, y, _ = submission.arguments_after("two_layer_loss", _params(), X, LABELS, 0.1)
    unchanged("X", rows, X)
    unchanged("y", y, LABELS)
    for name, before in _params().items():
        unchanged(f'params["{name}"]', params[name], before)
    _check_worked_loss(submission, 0.1)


# two_layer_predict


def _check_labels(submission, params, X, expected) -> None:
    """Compare labels with the right ones, or with the scores of a forward that is wrong, and charged elsewhere."""
    labels = submission.two_layer_predict(params, X)
    try:
        agree("labels", labels, expected)
    except Mismatch:
        if not _fit_own_scores(submission, params, X, labels, varied=len(set(expected)) > 1):
            raise


def _fit_own_scores(submission, params, X, labels, *, varied: bool) -> bool:
    """Tell whether no class beats the one that was chosen by your own forward, which is wrong."""
    own = _own_forward(submission)
    if own is None:
        return False
    try:
        chosen, scores = np.asarray(labels, dtype=float), np.asarray(own(params, X)[0], dtype=float)
    except (CallFailed, TypeError, ValueError):
        return False
    if chosen.shape != (len(X),) or not np.all(np.isin(chosen, np.arange(scores.shape[1]))):
        return False
    pairs = list(zip(scores, chosen.astype(int), strict=True))
    beaten = [np.any(row[:label] >= row[label]) or np.any(row > row[label]) for row, label in pairs]
    return not any(beaten) and (len(set(chosen)) > 1 or not varied)


@question("two_layer_predict")
def test_labels_worked_example(submission):
    """The three examples of before belong to the classes 0, 3 and 3."""
    _check_labels(submission, _params(), X, [0, 3, 3])


@question("two_layer_predict")
def test_labels_with_large_biases(submission):
    """Every bias counts: other ones lead to other classes."""
    _check_labels(submission, {**_params(), "b2": np.array([0.0, 10.0, 9.5, -40.0])}, X, [1, 1, 1])


@question("two_layer_predict")
def test_labels_in_a_tie(submission):
    """Of two classes with the same score, the first one is chosen."""
    params = {**_params(), "W2": np.tile([0.0, 1.0, 0.5, 1.0], (3, 1)), "b2": np.array([-1.0, 2.0, 1.0, 2.0])}
    _check_labels(submission, params, X, [1, 1, 1])


# train_two_layer

POINTS = np.array([[1.0, 0.5], [-0.75, 2.0], [0.25, -1.5], [-2.0, -0.75], [1.5, 1.25]])
COLOURS = np.array([0, 1, 2, 3, 1])
BATCHES = ([4, 2], [1, 3], [0], [3, 0], [2, 1], [4])
"""What the generator with the seed 3 makes of five examples, taken in twos, in the first two epochs."""
CROWD = np.concatenate([POINTS, -POINTS, X, -X])
CLASSES = np.array([0, 3, 0, 3, 0, 3, 0, 3, 0, 3, 0, 3, 3, 3, 0, 0])
"""The classes of the crowd, by the network of before."""


def _train(submission, params, *, rate=0.1, decay=1.0, reg=0.01, steps=1, batch_size=5, seed=3) -> tuple[Any, Any]:
    """Train on the five points, with the three examples of before for validation."""
    arguments = (params, POINTS, COLOURS, X, LABELS, rate, decay, reg, steps, batch_size, seed)
    result = submission.train_two_layer(*arguments)
    trained, history = unpack(result, "params", "history", of="train_two_layer")
    return trained, history


def _noted(history, name: str) -> Any:
    agree("names in history", name in history if isinstance(history, dict) else history, True)
    return history[name]


@question("train_two_layer")
@weight(2)
def test_training_of_one_step(submission):
    """One step with all examples moves each parameter by the learning rate against its gradient of your own loss."""
    loss, grads = _loss(submission, _params(), POINTS, COLOURS, 0.01)
    trained, history = _train(submission, _params())
    trained = dict_like("params", trained, _params())
    for name, before in _params().items():
        way = before - numbers(f'params["{name}"]', trained[name], before)
        agree(f'ten times the way of params["{name}"]', 10 * way, np.asarray(grads[name]))
    agree('history["loss"]', _noted(history, "loss"), [loss])


@question("train_two_layer")
@weight(2)
def test_training_takes_the_batches_in_order(submission):
    """With batches of two, five examples make three steps, and the next epoch takes them in another order."""
    losses = [_loss(submission, _params(), POINTS[batch], COLOURS[batch], 0.01)[0] for batch in BATCHES]
    trained, history = _train(submission, _params(), rate=0.0, steps=6, batch_size=2)
    agree('history["loss"]', _noted(history, "loss"), np.array(losses, dtype=float))
    agree("params", trained, _params())


@question("train_two_layer")
def test_training_of_two_epochs(submission):
    """Two epochs with a decay are one epoch, and another one with a smaller learning rate."""
    both, history = _train(submission, _params(), decay=0.5, steps=2)
    first, _ = _train(submission, _params(), decay=0.5, steps=1)
    second, last = _train(submission, first, rate=0.05, steps=1)
    agree("params", both, second)
    agree('last entry of history["loss"]', _noted(history, "loss")[-1], _noted(last, "loss")[0])
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(np.asarray(both["W2"]), np.asarray(first["W2"]))


@question("train_two_layer")
def test_training_keeps_its_rate_in_an_epoch(submission):
    """Within an epoch the learning rate stays as it is: no decay shows before its end."""
    plain, _ = _train(submission, _params(), decay=1.0, steps=3, batch_size=2)
    decayed, _ = _train(submission, _params(), decay=0.5, steps=3, batch_size=2)
    agree("params", decayed, plain)
    agree("number of losses", len(_noted(_train(submission, _params(), steps=3, batch_size=2)[1], "loss")), 3)


def _has_telling_labels(submission) -> bool:
    """Tell whether your own labels are classes, of several kinds, and not all wrong: then accuracies are by these."""
    try:
        found = np.asarray(submission.two_layer_predict(_params(), CROWD), dtype=float)
    except (CallFailed, TypeError, ValueError):
        return False
    classes = found.shape == CLASSES.shape and bool(np.all(np.isin(found, np.arange(4))))
    return classes and len(np.unique(found)) > 1 and bool(np.any(found == CLASSES))


def _last_shares(submission, *, epochs: int, **options) -> tuple[Any, list[Any]]:
    """Train; return the params, and the last accuracies on the five points and on the three examples."""
    trained, history = _train(submission, _params(), **options)
    shares = []
    for name in ("train_accuracy", "val_accuracy"):
        agree(f'length of history["{name}"]', len(_noted(history, name)), epochs)
        shares.append(_noted(history, name)[-1])
    return dict_like("params", trained, _params()), shares


@question("train_two_layer")
@pytest.mark.parametrize(("steps", "batch_size", "epochs"), [(6, 2, 2), (7, 2, 3), (2, 100, 2)])
def test_training_notes_accuracies(submission, steps, batch_size, epochs):
    """Both accuracies are noted once an epoch; the last ones are those of the params that you return."""
    options = {"steps": steps, "batch_size": batch_size, "epochs": epochs}
    if not _has_telling_labels(submission):  # charged there: here the network that does not learn has to do
        _, shares = _last_shares(submission, rate=0.0, **options)
        agree("last entries of both accuracies", shares, [0.4, 0.0])
        return
    trained, shares = _last_shares(submission, rate=0.3, **options)
    for share, kind, rows, y in zip(shares, ("train", "val"), (POINTS, X), (COLOURS, LABELS), strict=True):
        wrong = np.count_nonzero(np.asarray(submission.two_layer_predict(trained, rows)) - y)
        agree(f'last entry of history["{kind}_accuracy"]', share, 1 - wrong / len(y))


@question("train_two_layer")
def test_training_leaves_its_params(submission):
    """The params that it was given are as they were, and the ones that it returns are others."""
    arguments = (_params(), POINTS, COLOURS, X, LABELS, 0.1, 1.0, 0.01, 3, 2, 3)
    after = submission.arguments_after("train_two_layer", *arguments)[0]
    for name, before in _params().items():
        unchanged(f'params["{name}"]', after[name], before)
    trained, _ = _train(submission, _params(), steps=3, batch_size=2)
    again, _ = _train(submission, _params(), steps=3, batch_size=2)
    agree("params", again, {name: np.asarray(values) for name, values in trained.items()})
    assert all(np.any(np.asarray(trained[name]) != before) for name, before in _params().items())
