"""What a right solution of `network` does, question by question, on inputs that nobody knows before.

An earlier slip is not charged again: loss, predictions and training may be those that follow from the submission's own
earlier functions, where these are wrong and still compute something.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import pytest

from autograder.compare import agree, agrees, dict_like, numbers, quietly, raises, unchanged, unpack
from autograder.draws import labels, mixed, sizes, strided, whole
from autograder.errors import CallFailed, Mismatch
from autograder.gradients import agree_or, gradient_agrees, judge_backward, judge_loss, numerical_gradient, own_function

question, weight = pytest.mark.question, pytest.mark.weight

NAMES = ("W1", "b1", "W2", "b2")
SINGLE = 1e-4
"""Relative tolerance where inputs are float32 and sums follow on sums."""
TRAINED = 1e-3
"""Relative tolerance after some steps of training, each of which hands the rounding of single precision on."""
HUGE = 1e-2
"""Relative tolerance where scores are near a thousand: single precision knows them to four decimals."""


def _fail_unless(right: bool, name: str, summary: str) -> None:
    """Report a property that does not hold; its name is all that is compared with known slips."""
    if not right:
        raise Mismatch(name, "value", summary, path=name, got=None, expected=None)


# count_parameters


def _drawn_sizes(rng: np.random.Generator, layers: int) -> tuple[int, ...]:
    return tuple(sizes(rng, layers, high=9))


def _check_counts(submission: Any, reference: Any, drawn: Sequence[int], *keys: str) -> None:
    expected = reference.count_parameters(drawn)
    counts = dict_like("counts", submission.count_parameters(drawn), expected)
    for key in keys or expected:
        agree(f'counts["{key}"]', counts[key], expected[key])


@question("count_parameters")
def test_count_parameters_neurons(submission, reference, rng):
    """The neurons of a network of several layers are counted."""
    _check_counts(submission, reference, _drawn_sizes(rng, 4), "neurons")


@question("count_parameters")
def test_count_parameters_weights(submission, reference, rng):
    """The weights of a network of several layers are counted."""
    _check_counts(submission, reference, _drawn_sizes(rng, 4), "weights")


@question("count_parameters")
def test_count_parameters_biases(submission, reference, rng):
    """The biases of a network of several layers are counted."""
    _check_counts(submission, reference, _drawn_sizes(rng, 4), "biases")


@question("count_parameters")
def test_count_parameters_in_all(submission, reference, rng):
    """The parameters are everything that is learned."""
    _check_counts(submission, reference, _drawn_sizes(rng, 4), "parameters")


@question("count_parameters")
@pytest.mark.parametrize("layers", [3, 5])
def test_count_parameters_of_other_depths(submission, reference, rng, layers):
    """All four counts are right for other numbers of layers."""
    _check_counts(submission, reference, _drawn_sizes(rng, layers))


@question("count_parameters")
def test_count_parameters_without_a_hidden_layer(submission, reference, rng):
    """A network may have no hidden layer."""
    _check_counts(submission, reference, _drawn_sizes(rng, 2))


@question("count_parameters")
def test_count_parameters_of_narrow_layers(submission, reference, rng):
    """One input, one neuron in a layer and one output are counted, too."""
    many, more = _drawn_sizes(rng, 2)
    _check_counts(submission, reference, (1, many, 1, more, 1))


@question("count_parameters")
def test_count_parameters_of_a_list(submission, reference, rng):
    """A list of sizes works like a tuple, and is as it was afterwards."""
    drawn = list(_drawn_sizes(rng, 4))
    unchanged("sizes", submission.arguments_after("count_parameters", drawn)[0], drawn, of="count_parameters")
    _check_counts(submission, reference, drawn)


# three_layer_forward


def _three_layers(rng: np.random.Generator, widths: Sequence[int], examples: int) -> list[np.ndarray]:
    """Draw x, W1, b1, W2, b2, W3, b3 of a network with these widths, so that no sigmoid is flat."""
    arguments = [mixed(rng, widths[0], examples)]
    for before, after in itertools.pairwise(widths):
        arguments += [mixed(rng, after, before) / np.sqrt(before), mixed(rng, after, 1)]
    return arguments


def _check_three_layers(submission: Any, reference: Any, arguments: Sequence[Any], *, rtol: float = 1e-5) -> None:
    names = ("x", "W1", "b1", "W2", "b2", "W3", "b3")
    exact = [np.asarray(value, dtype=float) for value in arguments]
    expected = reference.three_layer_forward(*exact)
    inputs = dict(zip(names, exact, strict=True))
    agree("out", submission.three_layer_forward(*arguments), expected, rtol=rtol, inputs=inputs)


@question("three_layer_forward")
@weight(2)
def test_three_layer_forward_of_a_column(submission, reference, rng):
    """`out` is right for one example as a column."""
    _check_three_layers(submission, reference, _three_layers(rng, sizes(rng, 4), 1))


@question("three_layer_forward")
@weight(2)
def test_three_layer_forward_of_a_batch(submission, reference, rng):
    """`out` is right for a batch of columns."""
    *widths, examples = sizes(rng, 5)
    _check_three_layers(submission, reference, _three_layers(rng, widths, examples))


@question("three_layer_forward")
def test_three_layer_forward_by_hand(submission, rng):
    """`out` is what the formula gives, neuron by neuron."""
    x, W1, b1, W2, b2, W3, b3 = _three_layers(rng, sizes(rng, 4), 2)
    expected = []
    for column in x.T:
        values = column
        for W, b in ((W1, b1), (W2, b2)):
            values = np.array([1 / (1 + np.exp(-(row @ values + bias))) for row, (bias,) in zip(W, b, strict=True)])
        expected.append([row @ values + bias for row, (bias,) in zip(W3, b3, strict=True)])
    agree("out", submission.three_layer_forward(x, W1, b1, W2, b2, W3, b3), np.array(expected).T, inputs={"x": x})


@question("three_layer_forward")
def test_three_layer_forward_of_equal_widths(submission, reference, rng):
    """`out` is right where all layers and the batch have one width, so that no shape shows a mistake."""
    width = int(rng.integers(2, 7))
    _check_three_layers(submission, reference, _three_layers(rng, [width] * 4, width))


@question("three_layer_forward")
def test_three_layer_forward_of_narrow_layers(submission, reference, rng):
    """One feature and one output work, too."""
    wide, wider, examples = sizes(rng, 3)
    _check_three_layers(submission, reference, _three_layers(rng, [1, wide, wider, 1], examples))


@question("three_layer_forward")
def test_three_layer_forward_of_large_numbers(submission, reference, rng):
    """`out` is right where the first layer's sigmoids are flat, and beside them."""
    arguments = _three_layers(rng, sizes(rng, 4, low=3), 4)
    arguments[0][:, :2] *= 1e3
    _check_three_layers(submission, reference, arguments)


@question("three_layer_forward")
def test_three_layer_forward_of_other_numbers(submission, reference, rng):
    """Integers, single precision and slices of arrays work, too."""
    a, b, c, d, n = sizes(rng, 5)
    ints = [whole(rng, a, n), whole(rng, b, a), whole(rng, b, 1), whole(rng, c, b), whole(rng, c, 1)]
    _check_three_layers(submission, reference, [*ints, whole(rng, d, c), whole(rng, d, 1)])
    single = [value.astype(np.float32) for value in _three_layers(rng, [a, b, c, d], n)]
    _check_three_layers(submission, reference, single, rtol=SINGLE)
    views = [strided(rng, *value.shape) for value in single]
    _check_three_layers(submission, reference, views)


@question("three_layer_forward")
def test_three_layer_forward_leaves_its_arguments(submission, reference, rng):
    """`out` is right twice in a row, and the arguments are as they were afterwards."""
    *widths, examples = sizes(rng, 5)
    arguments = _three_layers(rng, widths, examples)
    after = submission.arguments_after("three_layer_forward", *arguments)
    for name, left, was in zip(("x", "W1", "b1", "W2", "b2", "W3", "b3"), after, arguments, strict=True):
        unchanged(name, left, was, of="three_layer_forward")
    for _ in range(2):
        _check_three_layers(submission, reference, arguments)


# collapse_linear


def _check_collapsed(submission: Any, W1: Any, W2: Any) -> None:
    exact = [np.asarray(W, dtype=float) for W in (W1, W2)]
    expected = np.einsum("dh,hc->dc", *exact)
    inputs = dict(zip(("W1", "W2"), exact, strict=True))
    agree("W", submission.collapse_linear(W1, W2), expected, inputs=inputs, factors={"H": float(len(exact[1]))})


@question("collapse_linear")
@weight(2)
def test_collapse_linear_of_random_weights(submission, rng):
    """`W` is right for random weights."""
    a, b, c = sizes(rng, 3)
    _check_collapsed(submission, mixed(rng, a, b), mixed(rng, b, c))


@question("collapse_linear")
def test_collapse_linear_on_examples(submission, rng):
    """One layer with `W` does to examples what the two layers do."""
    n, a, b, c = sizes(rng, 4)
    X, W1, W2 = mixed(rng, n, a), mixed(rng, a, b), mixed(rng, b, c)
    W = numbers("W", submission.collapse_linear(W1, W2), np.zeros((a, c)))
    agree("X @ W", X @ W, (X @ W1) @ W2, inputs={"X": X})


@question("collapse_linear")
def test_collapse_linear_of_squares(submission, rng):
    """`W` is right where all layers have one width, so that no shape shows a mistake."""
    width = int(rng.integers(2, 7))
    _check_collapsed(submission, mixed(rng, width, width), mixed(rng, width, width))


@question("collapse_linear")
def test_collapse_linear_of_narrow_layers(submission, rng):
    """One hidden unit, one feature and one output work, too."""
    a, b = sizes(rng, 2)
    for shape, other in (((a, 1), (1, b)), ((1, a), (a, b)), ((a, b), (b, 1))):
        _check_collapsed(submission, mixed(rng, *shape), mixed(rng, *other))


@question("collapse_linear")
def test_collapse_linear_of_other_numbers(submission, rng):
    """Integers, single precision and slices of arrays work, too."""
    a, b, c = sizes(rng, 3)
    _check_collapsed(submission, whole(rng, a, b), whole(rng, b, c))
    _check_collapsed(submission, mixed(rng, a, b).astype(np.float32), mixed(rng, b, c).astype(np.float32))
    _check_collapsed(submission, strided(rng, a, b), strided(rng, b, c))


@question("collapse_linear")
def test_collapse_linear_leaves_its_arguments(submission, rng):
    """`W` is right twice in a row, and the arguments are as they were afterwards."""
    a, b, c = sizes(rng, 3)
    W1, W2 = mixed(rng, a, b), mixed(rng, b, c)
    for name, left, was in zip(
        ("W1", "W2"), submission.arguments_after("collapse_linear", W1, W2), (W1, W2), strict=True
    ):
        unchanged(name, left, was, of="collapse_linear")
    for _ in range(2):
        _check_collapsed(submission, W1, W2)


# init_two_layer: random numbers are judged by what they have in common, not one by one

PARTS = 4
"""A factor is told in quarters of an octave: so many thousand numbers scatter far less than that."""


FROM_GENERATOR = 1e-5
"""How far a weight may be off what the generator draws, so that single precision passes, and chance does not."""


def _start(rng: np.random.Generator) -> tuple[int, int, int, float, int]:
    """Draw the arguments of init_two_layer: enough weights to see how they scatter."""
    return (*sizes(rng, 3, low=60, high=90), 2.0 ** -int(rng.integers(4, 8)), int(rng.integers(10, 10_000)))


def _drawn(submission: Any, start: Sequence[Any]) -> dict[str, np.ndarray]:
    """Return the parameters of the right names and shapes."""
    D, H, C, *_ = start
    shapes = {"W1": (D, H), "b1": (H,), "W2": (H, C), "b2": (C,)}
    params = dict_like("params", submission.init_two_layer(*start), shapes)
    found = {name: numbers(f'params["{name}"]', params[name], np.zeros(shape)) for name, shape in shapes.items()}
    return {name: array.astype(np.float64) for name, array in found.items()}


def _check_spread(weights: np.ndarray, name: str, scale: float) -> None:
    """Check the standard deviation; the factor that it is off by is rounded, so that all who err alike look alike."""
    with np.errstate(all="ignore"):
        octaves = float(np.round(PARTS * np.log2(np.std(weights) / scale))) / PARTS
    if octaves != 0:
        name = f'params["{name}"]'
        words = f"`{name}` does not scatter as widely as `scale` says"
        raise Mismatch(name, "value", words, path=name, got=octaves, expected=0.0)


def _check_centre(weights: np.ndarray, name: str, scale: float) -> None:
    with np.errstate(all="ignore"):
        middle = float(np.round(PARTS * np.mean(weights) / scale)) / PARTS
    if middle != 0:
        name = f'params["{name}"]'
        raise Mismatch(name, "value", f"`{name}` does not scatter around zero", path=name, got=middle, expected=0.0)


@question("init_two_layer")
@weight(2)
def test_init_two_layer_scale_of_w1(submission, rng):
    """The first weights have the right shape and scatter as the scale says."""
    start = _start(rng)
    _check_spread(_drawn(submission, start)["W1"], "W1", start[3])


@question("init_two_layer")
@weight(2)
def test_init_two_layer_scale_of_w2(submission, rng):
    """The second weights have the right shape and scatter as the scale says."""
    start = _start(rng)
    _check_spread(_drawn(submission, start)["W2"], "W2", start[3])


@question("init_two_layer")
def test_init_two_layer_other_scales(submission, rng):
    """Another scale makes weights of another size, also a scale of more than one."""
    D, H, C, scale, seed = _start(rng)
    for other in (4 * scale, 1 / scale):
        params = _drawn(submission, (D, H, C, other, seed))
        for name in ("W1", "W2"):
            _check_spread(params[name], name, other)


@question("init_two_layer")
@weight(2)
def test_init_two_layer_centre(submission, rng):
    """The weights scatter around zero."""
    start = _start(rng)
    params = _drawn(submission, start)
    for name in ("W1", "W2"):
        _check_centre(params[name], name, start[3])
        _check_spread(params[name], name, start[3])


@question("init_two_layer")
def test_init_two_layer_bell(submission, rng):
    """The weights are normally distributed: most are small, a few are far out."""
    start = _start(rng)
    params = _drawn(submission, start)
    for name in ("W1", "W2"):
        size = np.abs(params[name]) / start[3]
        right = abs(np.mean(size < 1) - 0.683) < 0.04 and abs(np.mean(size > 2) - 0.0455) < 0.02
        _fail_unless(right, f'params["{name}"]', f'`params["{name}"]` does not look normally distributed')


@question("init_two_layer")
@weight(2)
def test_init_two_layer_no_two_alike(submission, rng):
    """No two hidden units start alike, and no two weights do, of whatever layer."""
    start = _start(rng)
    params = _drawn(submission, start)
    weights = np.concatenate([params["W1"].ravel(), params["W2"].ravel()])
    summary = "many weights of `params` are equal: draw each one by itself"
    _fail_unless(len(np.unique(weights)) > 0.99 * len(weights), "params", summary)
    _check_spread(weights, "W1", start[3])


@question("init_two_layer")
@weight(2)
def test_init_two_layer_biases(submission, rng):
    """The biases are zero, and the weights are not."""
    start = _start(rng)
    params = _drawn(submission, start)
    for name in ("b1", "b2"):
        _fail_unless(not params[name].any(), f'params["{name}"]', f'`params["{name}"]` is not zero throughout')
    _check_spread(params["W1"], "W1", start[3])


@question("init_two_layer")
def test_init_two_layer_same_seed(submission, rng):
    """The same seed gives the same weights again."""
    start = _start(rng)
    one, two = _drawn(submission, start), _drawn(submission, start)
    same = all(np.array_equal(one[name], two[name]) for name in one)
    _fail_unless(same, "params", "`params` differ from one call to the next, with the same seed")
    _check_spread(one["W1"], "W1", start[3])


@question("init_two_layer")
def test_init_two_layer_other_seed(submission, rng):
    """Another seed gives other weights."""
    start = _start(rng)
    one, two = _drawn(submission, start), _drawn(submission, (*start[:-1], start[-1] + 1))
    for name in ("W1", "W2"):
        differ = np.mean(one[name] != two[name]) > 0.9
        _fail_unless(bool(differ), f'params["{name}"]', f'`params["{name}"]` is the same for different seeds')
    _check_spread(two["W1"], "W1", start[3])


def _are_among(known: np.ndarray, weights: np.ndarray) -> bool:
    """Tell whether nearly all weights are among known numbers, whatever their signs and places."""
    known, wanted = np.sort(np.abs(known)), np.abs(weights).ravel()
    after = np.clip(np.searchsorted(known, wanted), 1, len(known) - 1)
    gaps = np.minimum(np.abs(known[after] - wanted), np.abs(known[after - 1] - wanted))
    return bool(np.mean(gaps <= FROM_GENERATOR * wanted) > 0.9)


@question("init_two_layer")
def test_init_two_layer_generator(submission, rng):
    """The first weights are drawn by the generator that the docstring names."""
    start = D, H, C, scale, seed = _start(rng)
    W1 = _drawn(submission, start)["W1"]
    _check_spread(W1, "W1", scale)
    drawn = [np.random.default_rng(seed).standard_normal(2 * (D + C) * H, kind) for kind in (np.float64, np.float32)]
    found = any(_are_among(known, W1 / scale) for known in drawn)
    _fail_unless(found, 'params["W1"]', '`params["W1"]` is not what the generator of the docstring draws')


@question("init_two_layer")
def test_init_two_layer_order(submission, rng):
    """The first weights are drawn first: they do not change with the number of classes."""
    D, H, C, scale, seed = _start(rng)
    one, two = (_drawn(submission, (D, H, classes, scale, seed)) for classes in (C, C + 1))
    for name in ("W1", "W2"):
        _check_spread(one[name], name, scale)
    same = np.mean(one["W1"] == two["W1"]) > 0.9
    _fail_unless(bool(same), 'params["W1"]', '`params["W1"]` depends on the number of classes: draw it first')


@question("init_two_layer")
def test_init_two_layer_one_generator(submission, rng):
    """One generator draws all weights: either the first or the second ones go on where the others ended."""
    D, H, C, scale, seed = _start(rng)
    usual, more_inputs, more_classes = (
        _drawn(submission, (D + inputs, H, C + classes, scale, seed)) for inputs, classes in ((0, 0), (1, 0), (0, 1))
    )
    for name in ("W1", "W2"):
        _check_spread(usual[name], name, scale)
    goes_on = np.mean(usual["W2"] != more_inputs["W2"]) > 0.9 or np.mean(usual["W1"] != more_classes["W1"]) > 0.9
    _fail_unless(bool(goes_on), 'params["W2"]', '`params["W2"]` does not go on where `W1` ended: use one generator')


@question("init_two_layer")
def test_init_two_layer_narrow_layers(submission, rng):
    """One feature, one hidden unit and one output have weights of the right shapes, too."""
    *_, scale, seed = _start(rng)
    size = int(rng.integers(4000, 5000))
    for start, name in (((1, size, 1, scale, seed), "W1"), ((size, 1, 2, scale, seed), "W1")):
        _check_spread(_drawn(submission, start)[name], name, scale)


# The two-layer network


Params = dict[str, Any]


def _shaped(draw: Callable[..., Any], D: int, H: int, C: int) -> Params:
    return {"W1": draw(D, H), "b1": draw(H), "W2": draw(H, C), "b2": draw(C)}


def _float64(params: Mapping[str, Any]) -> Params:
    return {name: np.asarray(value, dtype=float) for name, value in params.items()}


def _network(rng: np.random.Generator, N: int, D: int, H: int, C: int) -> tuple[Params, np.ndarray]:
    """Draw parameters and examples: some hidden units are on and some off, and none is near its kink."""
    while True:
        params, X = _shaped(lambda *shape: 0.5 * mixed(rng, *shape), D, H, C), mixed(rng, N, D)
        sums = X @ params["W1"] + params["b1"]
        mix = np.any(sums[0] > 0) and (sums.size == 1 or np.any(sums < 0))
        if mix and np.min(np.abs(sums)) > 0.01:
            return params, X


def _whole_network(rng: np.random.Generator, N: int, D: int, H: int, C: int) -> tuple[Params, np.ndarray]:
    """Draw whole numbers: odd biases and even products, so that no hidden unit is at its kink."""
    params, X = _shaped(lambda *shape: whole(rng, *shape), D, H, C), 2 * whole(rng, N, D)
    params["b1"] = 2 * params["b1"] + 1
    return params, X


def _strided_network(rng: np.random.Generator, N: int, D: int, H: int, C: int) -> tuple[Params, np.ndarray]:
    """Draw arrays whose entries do not lie side by side in memory."""
    params, X = _network(rng, N, D, H, C)
    views = {}
    for name, value in params.items():
        views[name] = np.repeat(value, 2, axis=0)[::2]
    wide = np.repeat(np.repeat(X, 2, axis=0), 3, axis=1)
    return {**views, "W1": np.array(views["W1"].T, order="C").T}, wide[::2, ::3]


def _single_network(rng: np.random.Generator, N: int, D: int, H: int, C: int) -> tuple[Params, np.ndarray]:
    params, X = _network(rng, N, D, H, C)
    return {name: value.astype(np.float32) for name, value in params.items()}, X.astype(np.float32)


def _inputs(params: Params, X: Any) -> dict[str, Any]:
    return {"X": X, **params}


# two_layer_forward


def _scores(module: Any, params: Params, X: Any) -> Any:
    return unpack(module.two_layer_forward(params, X), "scores", "cache", of="two_layer_forward")[0]


def _check_scores(submission: Any, reference: Any, params: Params, X: Any, *, rtol: float = 1e-5) -> None:
    exact, exact_X = _float64(params), np.asarray(X, dtype=float)
    expected = _scores(reference, exact, exact_X)
    agree("scores", _scores(submission, params, X), expected, rtol=rtol, inputs=_inputs(exact, exact_X))


@question("two_layer_forward")
@weight(2)
def test_two_layer_forward_of_random_values(submission, reference, rng):
    """`scores` are right for a random network."""
    _check_scores(submission, reference, *_network(rng, *sizes(rng, 4)))


@question("two_layer_forward")
@weight(2)
def test_two_layer_forward_by_hand(submission, rng):
    """`scores` are what the formula gives, example by example."""
    params, X = _network(rng, *sizes(rng, 4, low=3))
    expected = []
    for x in X:
        hidden = [max(0.0, float(x @ w + b)) for w, b in zip(params["W1"].T, params["b1"], strict=True)]
        expected.append([np.dot(hidden, w) + b for w, b in zip(params["W2"].T, params["b2"], strict=True)])
    agree("scores", _scores(submission, params, X), np.array(expected), inputs=_inputs(params, X))


@question("two_layer_forward")
def test_two_layer_forward_of_negative_scores(submission, reference, rng):
    """Scores may be negative, all of them."""
    params, X = _network(rng, *sizes(rng, 4))
    params["b2"] -= 20.0
    _check_scores(submission, reference, params, X)


@question("two_layer_forward")
def test_two_layer_forward_of_a_batch_of_one(submission, reference, rng):
    """`scores` are right for a batch of one."""
    _check_scores(submission, reference, *_network(rng, 1, *sizes(rng, 3)))


@question("two_layer_forward")
def test_two_layer_forward_of_narrow_layers(submission, reference, rng):
    """One feature, one hidden unit and two classes work, too."""
    one, other = sizes(rng, 2, low=3)
    for shape in ((one, 1, other, 2), (one, other, 1, 2), (one, 1, 1, other)):
        _check_scores(submission, reference, *_network(rng, *shape))


@question("two_layer_forward")
def test_two_layer_forward_of_equal_widths(submission, reference, rng):
    """`scores` are right where everything has one width, so that no shape shows a mistake."""
    width = int(rng.integers(3, 7))
    _check_scores(submission, reference, *_network(rng, *[width] * 4))


@question("two_layer_forward")
def test_two_layer_forward_of_large_numbers(submission, reference, rng):
    """`scores` are right for very large and very small examples."""
    params, X = _network(rng, *sizes(rng, 4))
    _check_scores(submission, reference, params, 1e3 * X)
    _check_scores(submission, reference, {**params, "b1": 1e-6 * params["b1"]}, 1e-6 * X)


@question("two_layer_forward")
def test_two_layer_forward_of_other_numbers(submission, reference, rng):
    """Integers, single precision and slices of arrays work, too."""
    _check_scores(submission, reference, *_whole_network(rng, *sizes(rng, 4)))
    _check_scores(submission, reference, *_single_network(rng, *sizes(rng, 4)), rtol=SINGLE)
    _check_scores(submission, reference, *_strided_network(rng, *sizes(rng, 4)))


@question("two_layer_forward")
def test_two_layer_forward_leaves_its_arguments(submission, reference, rng):
    """`scores` are right twice in a row, `params` and `X` are as they were afterwards."""
    params, X = _network(rng, *sizes(rng, 4))
    after = submission.arguments_after("two_layer_forward", params, X)
    for name, left, was in zip(("params", "X"), after, (params, X), strict=True):
        unchanged(name, left, was, of="two_layer_forward")
    for _ in range(2):
        _check_scores(submission, reference, params, X)


# two_layer_backward


class _Unpacked:
    """The submission with one argument for each parameter, in this order, and one result for each of these gradients.

    So each gradient is judged by itself: what one of them owes to a slip in the forward is not charged to the others.
    """

    def __init__(self, submission: Any, order: Sequence[str] = NAMES, results: Sequence[str] = NAMES) -> None:
        self._submission = submission
        self._order = order
        self._results = results

    def two_layer_forward(self, *arguments: Any) -> Any:
        params, (X,) = self._packed(arguments)
        return self._submission.two_layer_forward(params, X)

    def two_layer_backward(self, dscores: Any, cache: Any) -> Any:
        results = self._listed(self._submission.two_layer_backward(dscores, cache))
        return results if len(results) > 1 else results[0]

    def two_layer_loss(self, *arguments: Any) -> tuple[Any, ...]:
        params, batch = self._packed(arguments)
        loss, grads = unpack(self._submission.two_layer_loss(params, *batch), "loss", "grads", of="two_layer_loss")
        return (loss, *self._listed(grads))

    def _packed(self, arguments: Sequence[Any]) -> tuple[Params, Sequence[Any]]:
        params = dict(zip(self._order, arguments, strict=False))
        return {name: params[name] for name in NAMES}, arguments[len(NAMES) :]

    def _listed(self, grads: Any) -> tuple[Any, ...]:
        grads = dict_like("grads", grads, dict.fromkeys(NAMES))
        return tuple(grads[name] for name in self._results)


def _gradients(reference: Any, params: Params, X: Any, dscores: Any) -> Params:
    """Return the reference's gradients by its formulas."""
    _, cache = reference.two_layer_forward(params, X)
    grads: Params = reference.two_layer_backward(dscores, cache)
    return grads


def _slopes(f: Callable[[Params], float], params: Params) -> Params:
    """Return the numerical gradient of a function of params, array by array."""
    return {name: numerical_gradient(lambda v, name=name: f({**params, name: v}), params[name]) for name in NAMES}


def _check_backward(
    submission: Any,
    reference: Any,
    params: Params,
    X: Any,
    dscores: Any,
    *,
    results: Sequence[str] = NAMES,
    rights: Params | None = None,
    rtol: float = 1e-5,
) -> None:
    """Compare gradients with the right ones; where the student's forward is wrong, with that forward's own."""
    exact, exact_X, exact_dscores = _float64(params), np.asarray(X, dtype=float), np.asarray(dscores, dtype=float)
    rights = rights or _gradients(reference, exact, exact_X, exact_dscores)
    order = (*results, *(name for name in NAMES if name not in results))
    try:
        judge_backward(
            _Unpacked(submission, order, results),
            forward="two_layer_forward",
            backward="two_layer_backward",
            inputs=(*(params[name] for name in order), X),
            names=tuple(f"d{name}" for name in results),
            expected=tuple(rights[name] for name in results) if len(results) > 1 else rights[results[0]],
            dout=dscores,
            expected_out=_scores(reference, exact, exact_X),
            rtol=rtol,
        )
    except Mismatch as mismatch:
        if mismatch.name != "db1" or not _fits_a_constant_input(submission, reference, exact, exact_X, dscores):
            raise
        if len(results) > 1:
            others = [name for name in results if name != "b1"]
            _check_backward(submission, reference, params, X, dscores, results=others, rights=rights, rtol=rtol)


def _fits_a_constant_input(submission: Any, reference: Any, params: Params, X: Any, dscores: Any) -> bool:
    """Tell whether db1 is the gradient of the weights of an input that is always one, by a forward that is wrong.

    A bias is such a weight. A forward that forgot b1 has no gradient of it, and is charged already.
    """
    if _own_scores(submission, reference, params, X) is None:
        return False
    with_ones = np.hstack([X, np.ones((len(X), 1))])

    def total(row: np.ndarray) -> float:
        moved = {**params, "W1": np.vstack([params["W1"], row])}
        return float(np.sum(dscores * _array(_scores(submission, moved, with_ones))))

    try:
        _, cache = unpack(submission.two_layer_forward(params, X), "scores", "cache")
        got = submission.two_layer_backward(dscores, cache)["b1"]
        own = numerical_gradient(total, np.zeros_like(params["b1"]))
    except (CallFailed, Mismatch, TypeError, ValueError):
        return False
    return bool(np.any(own)) and agrees("db1", got, own, SINGLE)


def _check_one_gradient(submission: Any, reference: Any, rng: np.random.Generator, name: str) -> None:
    """Compare one gradient with the right one, whatever the others are."""
    N, D, H, C = sizes(rng, 4, low=3)
    _check_backward(submission, reference, *_network(rng, N, D, H, C), mixed(rng, N, C), results=(name,))


@question("two_layer_backward")
@weight(2)
def test_two_layer_backward_of_random_values(submission, reference, rng):
    """All gradients are right for a random network."""
    N, D, H, C = sizes(rng, 4)
    _check_backward(submission, reference, *_network(rng, N, D, H, C), mixed(rng, N, C))


@question("two_layer_backward")
@weight(2)
def test_two_layer_backward_numerically(submission, reference, rng):
    """All gradients are what small steps of the parameters show."""
    N, D, H, C = sizes(rng, 4, high=5)
    params, X = _network(rng, N, D, H, C)
    dscores = mixed(rng, N, C)
    rights = _slopes(lambda moved: float(np.sum(dscores * _scores(reference, moved, X))), params)
    _check_backward(submission, reference, params, X, dscores, rights=rights)


@question("two_layer_backward")
def test_two_layer_backward_w1(submission, reference, rng):
    """The gradient of the first weights is right, whatever the others are."""
    _check_one_gradient(submission, reference, rng, "W1")


@question("two_layer_backward")
def test_two_layer_backward_b1(submission, reference, rng):
    """The gradient of the first biases is right, whatever the others are."""
    _check_one_gradient(submission, reference, rng, "b1")


@question("two_layer_backward")
def test_two_layer_backward_w2(submission, reference, rng):
    """The gradient of the second weights is right, whatever the others are."""
    _check_one_gradient(submission, reference, rng, "W2")


@question("two_layer_backward")
def test_two_layer_backward_b2(submission, reference, rng):
    """The gradient of the second biases is right, whatever the others are."""
    _check_one_gradient(submission, reference, rng, "b2")


@question("two_layer_backward")
def test_two_layer_backward_of_a_batch_of_one(submission, reference, rng):
    """All gradients are right for a batch of one."""
    D, H, C = sizes(rng, 3)
    _check_backward(submission, reference, *_network(rng, 1, D, H, C), mixed(rng, 1, C))


@question("two_layer_backward")
def test_two_layer_backward_of_narrow_layers(submission, reference, rng):
    """All gradients are right for one feature, one hidden unit, two classes."""
    one, other = sizes(rng, 2, low=3)
    for N, D, H, C in ((one, 1, other, 2), (one, other, 1, 2), (one, 1, 1, other)):
        _check_backward(submission, reference, *_network(rng, N, D, H, C), mixed(rng, N, C))


@question("two_layer_backward")
def test_two_layer_backward_of_equal_widths(submission, reference, rng):
    """All gradients are right where everything has one width, so that no shape shows a mistake."""
    width = int(rng.integers(3, 7))
    _check_backward(submission, reference, *_network(rng, *[width] * 4), mixed(rng, width, width))


@question("two_layer_backward")
def test_two_layer_backward_of_large_gradients(submission, reference, rng):
    """All gradients grow and shrink with what arrives from above."""
    N, D, H, C = sizes(rng, 4)
    params, X = _network(rng, N, D, H, C)
    for size in (1e3, 1e-6):
        _check_backward(submission, reference, params, X, size * mixed(rng, N, C))


@question("two_layer_backward")
def test_two_layer_backward_of_other_numbers(submission, reference, rng):
    """Integers, single precision and slices of arrays work, too."""
    N, D, H, C = sizes(rng, 4)
    _check_backward(submission, reference, *_whole_network(rng, N, D, H, C), whole(rng, N, C))
    single = _single_network(rng, N, D, H, C)
    _check_backward(submission, reference, *single, mixed(rng, N, C).astype(np.float32), rtol=SINGLE)
    _check_backward(submission, reference, *_strided_network(rng, N, D, H, C), strided(rng, N, C))


@question("two_layer_backward")
def test_two_layer_backward_leaves_dscores(submission, reference, rng):
    """All gradients are right and `dscores` is as it was afterwards."""
    N, D, H, C = sizes(rng, 4)
    params, X = _network(rng, N, D, H, C)
    dscores = mixed(rng, N, C)
    _check_backward(submission, reference, params, X, dscores)
    _, cache = unpack(submission.two_layer_forward(params, X), "scores", "cache", of="two_layer_forward")
    after = submission.arguments_after("two_layer_backward", dscores, cache)[0]
    unchanged("dscores", after, dscores, of="two_layer_backward")


@question("two_layer_backward")
def test_two_layer_backward_of_two_caches(submission, reference, rng):
    """Every cache serves its own forward, more than once."""
    N, D, H, C = sizes(rng, 4)
    networks, dscores = [_network(rng, N, D, H, C) for _ in range(2)], mixed(rng, N, C)
    results = [submission.two_layer_forward(params, X) for params, X in networks]
    caches = [unpack(result, "scores", "cache", of="two_layer_forward")[1] for result in results]
    returned = [submission.two_layer_backward(dscores, cache) for cache in (*caches, caches[0])]
    for (params, X), grads in zip((*networks, networks[0]), returned, strict=True):
        _check_backward(_with_grads(submission, grads), reference, params, X, dscores)


def _with_grads(submission: Any, grads: Any) -> Any:
    """Return the submission's forward, with a backward that returns gradients of earlier."""
    return SimpleNamespace(two_layer_forward=submission.two_layer_forward, two_layer_backward=lambda *_: grads)


# two_layer_loss


def _with_labels(
    rng: np.random.Generator, reference: Any, network: tuple[Params, np.ndarray]
) -> tuple[Params, np.ndarray, np.ndarray]:
    """Add labels to a network; the first example is judged wrongly by it, so that no loss is next to nothing."""
    params, X = network
    y = labels(rng, len(X), len(params["b2"]))
    y[0] = np.argmin(_scores(reference, _float64(params), X.astype(float))[0])
    return params, X, y


def _problem(
    rng: np.random.Generator, reference: Any, *shape: int, low: int = 2
) -> tuple[Params, np.ndarray, np.ndarray]:
    return _with_labels(rng, reference, _network(rng, *(shape or sizes(rng, 4, low=low))))


def _softmax(scores: Any, y: Any) -> tuple[float, np.ndarray]:
    """Return the mean softmax loss and its gradient by the scores."""
    shifted = scores - np.max(scores, axis=1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    one_hot = np.eye(scores.shape[1])[y]
    return float(-np.sum(log_p * one_hot) / len(y)), (np.exp(log_p) - one_hot) / len(y)


def _own_scores(submission: Any, reference: Any, params: Params, X: Any, *, more: Any = None) -> Any:
    """Return the scores of the submission's own forward where it is wrong and of use, else None.

    Of what use it is shows with output biases that lie around zero, and with more examples where X has few.
    """
    usual, examples = {**params, "b2": params["b2"] - np.mean(params["b2"])}, X if more is None else more
    own = own_function(submission, "two_layer_forward", (usual, examples), _scores(reference, usual, examples))
    return None if own is None else _array(unpack(own(params, X), "scores", "cache")[0])


def _check_loss(
    submission: Any, reference: Any, params: Params, X: Any, y: Any, reg: float, *, rtol: float = 1e-5
) -> None:
    """Compare the loss with the right one, or else the one that the submission's own scores have."""
    exact, exact_X = _float64(params), np.asarray(X, dtype=float)
    penalty = reg * (np.sum(exact["W1"] ** 2) + np.sum(exact["W2"] ** 2))

    def by_own_scores() -> float | None:
        scores = _own_scores(submission, reference, exact, exact_X)
        return None if scores is None else _softmax(scores, y)[0] + penalty

    got, _ = unpack(submission.two_layer_loss(params, X, y, reg), "loss", "grads", of="two_layer_loss")
    expected = _softmax(_scores(reference, exact, exact_X), y)[0] + penalty
    agree_or("loss", got, expected, otherwise=by_own_scores, rtol=rtol, factors={"N": float(len(X))})


def _check_grads(
    submission: Any,
    reference: Any,
    params: Params,
    X: Any,
    y: Any,
    reg: float,
    *,
    names: Sequence[str] = NAMES,
    rights: Params | None = None,
    rtol: float = 1e-5,
) -> None:
    """Compare the gradients with the right ones, or with what follows from the submission's own functions."""
    exact, exact_X = _float64(params), np.asarray(X, dtype=float)
    loss, grads = reference.two_layer_loss(exact, exact_X, y, reg)
    grads = rights or grads
    try:
        judge_loss(
            _Unpacked(submission, results=names),
            "two_layer_loss",
            (*(params[name] for name in NAMES), X, y, reg),
            names=tuple(f"d{name}" for name in names),
            by=tuple(map(NAMES.index, names)),
            expected=(loss, *(grads[name] for name in names)),
            rtol=rtol,
            factors={"N": float(len(X))},
        )
    except Mismatch:
        if not _follows_from_own_layers(submission, reference, exact, exact_X, y, reg, names):
            raise


def _follows_from_own_layers(
    submission: Any, reference: Any, params: Params, X: Any, y: Any, reg: float, names: Sequence[str]
) -> bool:
    """Tell whether the gradients are those of the submission's own forward and backward, one of them wrong."""
    try:
        _, got = unpack(submission.two_layer_loss(params, X, y, reg), "loss", "grads")
        own = _own_gradients(submission, reference, params, X, y)
        if own is None:
            return False
        for name in ("W1", "W2"):
            own[name] = own[name] + 2 * reg * params[name]
        right = reference.two_layer_loss(params, X, y, reg)[1]
        if all(agrees("grads", own[name], right[name]) for name in NAMES):
            return False
        return all(agrees("grads", got[name], own[name], SINGLE) for name in names)
    except (CallFailed, Mismatch, TypeError, ValueError, KeyError):
        return False


def _own_gradients(submission: Any, reference: Any, params: Params, X: Any, y: Any) -> Params | None:
    """Return the gradients of the data loss by the submission's own layers; None where these are of no use."""
    scores, cache = unpack(submission.two_layer_forward(params, X), "scores", "cache")
    if not agrees("scores", scores, _scores(reference, params, X)):
        scores = _own_scores(submission, reference, params, X)
        if scores is None:
            return None
    _, dscores = _softmax(np.asarray(scores, dtype=float), y)
    rights = _gradients(reference, params, X, dscores)
    own = {name: _array(value) for name, value in submission.two_layer_backward(dscores, cache).items()}
    others = submission.two_layer_backward(np.roll(dscores, 1, axis=1), cache)
    telling = [_is_telling(own[name], _array(others[name]), right) for name, right in rights.items()]
    return own if all(telling) else None


def _array(value: Any) -> np.ndarray:
    return np.asarray(value, dtype=float)


def _is_telling(got: np.ndarray, other: np.ndarray, right: np.ndarray) -> bool:
    """Tell whether a gradient has the right shape, does not vanish, and depends on what it should depend on."""
    if got.shape != right.shape or other.shape != right.shape or not np.all(np.isfinite(got)):
        return False
    return bool(np.max(np.abs(got)) > 1e-3 * np.max(np.abs(right)) and not np.allclose(got, other, rtol=1e-3))


@question("two_layer_loss")
@weight(2)
def test_two_layer_loss_of_random_values(submission, reference, rng):
    """`loss` is right for a random network without regularisation."""
    _check_loss(submission, reference, *_problem(rng, reference), 0.0)


@question("two_layer_loss")
@weight(2)
def test_two_layer_loss_regularised(submission, reference, rng):
    """`loss` is right with regularisation."""
    _check_loss(submission, reference, *_problem(rng, reference), float(rng.uniform(0.2, 0.6)))


@question("two_layer_loss")
def test_two_layer_loss_of_equal_chances(submission, reference, rng):
    """`loss` is the logarithm of the number of classes where all are equally likely."""
    params, X, y = _problem(rng, reference)
    params = {**params, "W2": 1e-9 * params["W2"], "b2": np.full(len(params["b2"]), rng.uniform(2.0, 3.0))}
    _check_loss(submission, reference, params, X, y, 0.0)


@question("two_layer_loss")
@weight(2)
def test_two_layer_loss_gradients(submission, reference, rng):
    """All gradients are right for a random network without regularisation."""
    _check_grads(submission, reference, *_problem(rng, reference), 0.0)


@question("two_layer_loss")
@weight(2)
def test_two_layer_loss_weight_gradients_regularised(submission, reference, rng):
    """The gradients of the weights are right with regularisation."""
    reg = float(rng.uniform(0.2, 0.6))
    _check_grads(submission, reference, *_problem(rng, reference), reg, names=("W1", "W2"))


@question("two_layer_loss")
@weight(2)
def test_two_layer_loss_bias_gradients_regularised(submission, reference, rng):
    """The gradients of the biases are right with regularisation."""
    reg = float(rng.uniform(0.2, 0.6))
    _check_grads(submission, reference, *_problem(rng, reference), reg, names=("b1", "b2"))


@question("two_layer_loss")
@weight(2)
def test_two_layer_loss_numerically(submission, reference, rng):
    """All gradients are what small steps of the parameters show."""
    params, X, y = _problem(rng, reference, *sizes(rng, 4, high=5))
    reg = float(rng.uniform(0.05, 0.1))

    def loss(moved: Params) -> float:
        penalty = reg * (np.sum(moved["W1"] ** 2) + np.sum(moved["W2"] ** 2))
        return float(_softmax(_scores(reference, moved, X), y)[0] + penalty)

    _check_grads(submission, reference, params, X, y, reg, rights=_slopes(loss, params))


@question("two_layer_loss")
def test_two_layer_loss_fits_its_gradients(submission, reference, rng):
    """`loss` and gradients belong together: small steps show in the loss what the gradients say."""
    params, X, y = _problem(rng, reference, *sizes(rng, 4, high=5))
    reg = float(rng.uniform(0.2, 0.6))
    loss, grads = unpack(submission.two_layer_loss(params, X, y, reg), "loss", "grads", of="two_layer_loss")
    expected, rights = reference.two_layer_loss(params, X, y, reg)
    own = own_function(submission, "two_layer_loss", (params, X, y, reg), expected)
    try:
        if own is None:
            agree("loss", loss, expected)
            agree("grads", grads, rights)
        else:
            gradient_agrees("grads", grads, lambda moved: own(moved, X, y, reg)[0], params, rng=rng)
    except Mismatch:
        if not _follows_from_own_layers(submission, reference, params, X, y, reg, NAMES):
            raise


@question("two_layer_loss")
def test_two_layer_loss_of_a_batch_of_one(submission, reference, rng):
    """`loss` and gradients are right for a batch of one."""
    params, X, y = _problem(rng, reference, 1, *sizes(rng, 3))
    _check_loss(submission, reference, params, X, y, 0.05)
    _check_grads(submission, reference, params, X, y, 0.05)


@question("two_layer_loss")
def test_two_layer_loss_of_narrow_layers(submission, reference, rng):
    """`loss` and gradients are right for one feature, one hidden unit, two classes."""
    one, other = sizes(rng, 2, low=3)
    for shape in ((one, 1, other, 2), (one, other, 1, 2), (one, 1, 1, other)):
        params, X, y = _problem(rng, reference, *shape)
        _check_loss(submission, reference, params, X, y, 0.05)
        _check_grads(submission, reference, params, X, y, 0.05)


@question("two_layer_loss")
def test_two_layer_loss_of_equal_widths(submission, reference, rng):
    """`loss` and gradients are right where everything has one width, so that no shape shows a mistake."""
    params, X, y = _problem(rng, reference, *[int(rng.integers(3, 7))] * 4)
    _check_loss(submission, reference, params, X, y, 0.05)
    _check_grads(submission, reference, params, X, y, 0.05)


@question("two_layer_loss")
@pytest.mark.parametrize("shift", [1000.0, -1000.0])
def test_two_layer_loss_of_large_scores(submission, reference, rng, shift):
    """`loss` and gradients are right where all scores are very large, and nothing overflows on the way."""
    params, X, y = _problem(rng, reference, low=3)
    params["b2"] = params["b2"] + shift
    _check_loss(submission, reference, params, X, y, 0.0, rtol=HUGE)
    _check_grads(submission, reference, params, X, y, 0.0, rtol=HUGE)
    quietly(submission, "two_layer_loss", params, X, y, 0.0)


@question("two_layer_loss")
def test_two_layer_loss_of_rows_far_apart(submission, reference, rng):
    """`loss` is right where the scores of one example lie far above those of another."""
    N, D, H, C = sizes(rng, 4, low=3)
    params, X, y = _problem(rng, reference, N, D, H, C)
    params["W1"][:, 0], params["b1"][0], X[:2, 0] = 0.0, 0.0, (1.0, -1.0)
    params["W1"][0, 0] = 1.0  # the first hidden unit is on for the first example, and off for the second one
    params["W2"][0] = 1000.0 * rng.choice([1.0, -1.0]) + params["W2"][0]  # it lifts all scores of an example alike
    _check_loss(submission, reference, params, X, y, 0.0, rtol=HUGE)


@question("two_layer_loss")
def test_two_layer_loss_of_a_wide_gap(submission, reference, rng):
    """`loss` is right where an example's best score lies far above its worst."""
    params, X, y = _problem(rng, reference, low=3)
    worst = int(rng.integers(len(params["b2"])))
    params["b2"][worst] -= rng.uniform(715.0, 725.0)
    y[y == worst] = (worst + 1) % len(params["b2"])
    _check_loss(submission, reference, params, X, y, 0.0)


@question("two_layer_loss")
def test_two_layer_loss_of_a_small_chance(submission, reference, rng):
    """`loss` grows with the gap of the scores, however small the chance of the right class is."""
    params, X, y = _problem(rng, reference, low=3)
    y[0] = int(rng.integers(len(params["b2"])))
    params["b2"][y[0]] -= rng.uniform(55.0, 65.0)
    _check_loss(submission, reference, params, X, y, 0.0)


@question("two_layer_loss")
def test_two_layer_loss_of_a_large_batch(submission, reference, rng):
    """`loss` is right for a batch of hundreds of examples."""
    D, H = sizes(rng, 2, low=3)
    params = _shaped(lambda *shape: 0.5 * mixed(rng, *shape), D, H, int(rng.integers(5, 8)))
    X, y = mixed(rng, 600, D), labels(rng, 600, len(params["b2"]))
    _check_loss(submission, reference, params, X, y, 0.0)


@question("two_layer_loss")
def test_two_layer_loss_of_other_numbers(submission, reference, rng):
    """Whole examples, single precision and slices of arrays work, too."""
    params, X = _network(rng, *sizes(rng, 4))
    whole_X = 2 * whole(rng, *X.shape)
    params["W1"], params["b1"] = params["W1"].round() / 4, 1.0 / 8 + params["b1"].round() / 4
    views = _with_labels(rng, reference, _strided_network(rng, *sizes(rng, 4)))
    problems = [
        (_with_labels(rng, reference, (params, whole_X)), 1e-5),
        (_with_labels(rng, reference, _single_network(rng, *sizes(rng, 4))), SINGLE),
        ((*views[:2], np.repeat(views[2], 2)[::2]), 1e-5),
    ]
    for problem, rtol in problems:
        _check_loss(submission, reference, *problem, 0.05, rtol=rtol)
        _check_grads(submission, reference, *problem, 0.05, rtol=rtol)


@question("two_layer_loss")
def test_two_layer_loss_leaves_its_arguments(submission, reference, rng):
    """`loss` and gradients are right twice in a row, and the arguments are as they were afterwards."""
    params, X, y = _problem(rng, reference)
    after = submission.arguments_after("two_layer_loss", params, X, y, 0.1)
    for name, left, was in zip(("params", "X", "y"), after, (params, X, y), strict=False):
        unchanged(name, left, was, of="two_layer_loss")
    for _ in range(2):
        _check_loss(submission, reference, params, X, y, 0.1)
        _check_grads(submission, reference, params, X, y, 0.1)


@question("two_layer_loss")
def test_two_layer_loss_refuses_labels(submission, reference, rng):
    """A label that no class has raises ValueError, and labels that fit do not."""
    params, X, y = _problem(rng, reference)
    _check_loss(submission, reference, params, X, y, 0.1)
    for wrong in (len(params["b2"]), -1):
        out_of_range = y.copy()
        out_of_range[rng.integers(len(y))] = wrong
        raises("ValueError", "two_layer_loss", lambda bad=out_of_range: submission.two_layer_loss(params, X, bad, 0.1))


@question("two_layer_loss")
def test_two_layer_loss_refuses_what_is_no_batch(submission, reference, rng):
    """No examples at all, or too few labels, raise ValueError, and a batch does not."""
    params, X, y = _problem(rng, reference)
    _check_loss(submission, reference, params, X, y, 0.1)
    raises("ValueError", "two_layer_loss", lambda: submission.two_layer_loss(params, X[:0], y[:0], 0.1))
    raises("ValueError", "two_layer_loss", lambda: submission.two_layer_loss(params, X, y[:-1], 0.1))


# two_layer_predict


def _crowd(
    rng: np.random.Generator, reference: Any, D: int, H: int, C: int, *, examples: int = 40
) -> tuple[Params, np.ndarray]:
    """Draw a network and examples of several predicted classes, none of them a close decision."""
    while True:
        params = _shaped(lambda *shape: rng.normal(size=shape), D, H, C)
        X = 2 * rng.normal(size=(4 * examples, D))
        ordered = np.sort(_scores(reference, params, X), axis=1)
        X = X[ordered[:, -1] - ordered[:, -2] > 0.01][:examples]
        _, counts = np.unique(reference.two_layer_predict(params, X), return_counts=True)
        if len(X) == examples and len(counts) >= min(C, 3) and np.max(counts) < 0.8 * examples:
            return params, X


def _check_labels(submission: Any, reference: Any, params: Params, X: Any, *, more: Any = None) -> None:
    """Compare the labels with the right ones, or else those that the submission's own scores have."""
    exact, exact_X = _float64(params), np.asarray(X, dtype=float)

    def by_own_scores() -> Any:
        scores = _own_scores(submission, reference, exact, exact_X, more=more)
        return None if scores is None else np.argmax(scores, axis=1)

    expected = reference.two_layer_predict(exact, exact_X)
    agree_or("labels", submission.two_layer_predict(params, X), expected, otherwise=by_own_scores)


@question("two_layer_predict")
@weight(2)
@pytest.mark.parametrize("classes", [3, 5])
def test_two_layer_predict_of_random_values(submission, reference, rng, classes):
    """The labels are right for a random network of several classes."""
    D, H = sizes(rng, 2, low=6, high=8)
    _check_labels(submission, reference, *_crowd(rng, reference, D, H, classes))


@question("two_layer_predict")
def test_two_layer_predict_of_two_classes(submission, reference, rng):
    """The labels are right for two classes."""
    D, H = sizes(rng, 2, low=3)
    _check_labels(submission, reference, *_crowd(rng, reference, D, H, 2))


@question("two_layer_predict")
def test_two_layer_predict_of_single_examples(submission, reference, rng):
    """The labels are right for batches of one."""
    params, X = _crowd(rng, reference, *sizes(rng, 3, low=3))
    for x in X[:: len(X) // 8]:
        _check_labels(submission, reference, params, x[None, :], more=X)
    _check_labels(submission, reference, params, X)


@question("two_layer_predict")
def test_two_layer_predict_of_narrow_layers(submission, reference, rng):
    """The labels are right for one feature, and for one hidden unit."""
    wide = int(rng.integers(5, 8))
    _check_labels(submission, reference, *_crowd(rng, reference, 1, wide, 3))
    _check_labels(submission, reference, *_crowd(rng, reference, wide, 1, 2))


@question("two_layer_predict")
def test_two_layer_predict_of_negative_scores(submission, reference, rng):
    """The labels are right where all scores are very negative, and where they are large."""
    params, X = _crowd(rng, reference, *sizes(rng, 3, low=3))
    for shift in (-1000.0, 1000.0):
        _check_labels(submission, reference, {**params, "b2": params["b2"] + shift}, X)


@question("two_layer_predict")
def test_two_layer_predict_returns_integers(submission, reference, rng):
    """The labels are right, and they are integers."""
    params, X = _crowd(rng, reference, *sizes(rng, 3, low=3))
    _check_labels(submission, reference, params, X)
    got, expected = submission.two_layer_predict(params, X), reference.two_layer_predict(params, X)
    if numbers("labels", got, expected).dtype.kind not in "iu":
        summary = "`labels` holds floats where integers are expected: convert them with `astype`"
        raise Mismatch("labels", "dtype", summary, path="labels", got=got, expected=expected)


@question("two_layer_predict")
def test_two_layer_predict_of_equal_scores(submission, reference, rng):
    """Of equal scores the first class wins."""
    while True:
        params, X = _whole_network(rng, 12, 3, 4, 3)
        params = {name: value.astype(float) for name, value in params.items()}
        params["W2"], params["b2"] = np.tile(params["W2"], 2), np.tile(params["b2"], 2)  # whole numbers: exact sums
        expected = reference.two_layer_predict(params, X.astype(float))
        if len(np.unique(expected)) > 1:
            _check_labels(submission, reference, params, X.astype(float))
            return


@question("two_layer_predict")
def test_two_layer_predict_of_other_numbers(submission, reference, rng):
    """Whole examples, single precision and slices of arrays work, too."""
    params, X = _crowd(rng, reference, *sizes(rng, 3, low=3))
    small = {name: value.astype(np.float32) for name, value in params.items()}
    _check_labels(submission, reference, small, X.astype(np.float32))
    wide = np.repeat(np.repeat(X, 2, axis=0), 2, axis=1)[::2, ::2]
    _check_labels(
        submission, reference, {name: np.repeat(value, 2, axis=0)[::2] for name, value in params.items()}, wide
    )
    _check_labels(submission, reference, params, np.array(np.round(4 * X), dtype=int))


@question("two_layer_predict")
def test_two_layer_predict_leaves_its_arguments(submission, reference, rng):
    """The labels are right twice in a row, `params` and `X` are as they were afterwards."""
    params, X = _crowd(rng, reference, *sizes(rng, 3, low=3))
    after = submission.arguments_after("two_layer_predict", params, X)
    for name, left, was in zip(("params", "X"), after, (params, X), strict=True):
        unchanged(name, left, was, of="two_layer_predict")
    for _ in range(2):
        _check_labels(submission, reference, params, X)


# train_two_layer: the docstring fixes every step, so training can be repeated with whatever loss the submission has


class Training(NamedTuple):
    """The arguments of train_two_layer, in order."""

    params: Params
    X: Any
    y: Any
    X_val: Any
    y_val: Any
    learning_rate: float
    decay: float
    reg: float
    steps: int
    batch_size: int
    seed: int


def _training(rng: np.random.Generator, *, examples: int = 14, batch_size: int = 7, steps: int = 6) -> Training:
    D, H, C = sizes(rng, 3, low=3)
    return Training(
        params=_shaped(lambda *shape: 0.5 * rng.normal(size=shape), D, H, C),
        X=rng.normal(size=(examples, D)),
        y=labels(rng, examples, C),
        X_val=rng.normal(size=(9, D)),
        y_val=labels(rng, 9, C),
        learning_rate=float(rng.uniform(0.3, 0.5)),
        decay=float(rng.uniform(0.4, 0.7)),
        reg=float(rng.uniform(0.03, 0.06)),
        steps=steps,
        batch_size=batch_size,
        seed=int(rng.integers(10, 10_000)),
    )


def _own_training(submission: Any, reference: Any, run: Training) -> tuple[Params, dict[str, list[float]]]:
    """Train with the submission's own loss and predictions, each only where it is of use."""
    loss_of = submission if _has_telling_loss(submission, reference, run) else reference
    labels_of = submission if _has_telling_labels(submission, reference, run) else reference
    params, learning_rate = _float64(run.params), run.learning_rate
    history: dict[str, list[float]] = {"loss": [], "train_accuracy": [], "val_accuracy": []}
    rng, waiting = np.random.default_rng(run.seed), np.zeros(0, dtype=int)
    for step in range(run.steps):
        waiting = waiting if len(waiting) else rng.permutation(len(run.X))
        rows, waiting = waiting[: run.batch_size], waiting[run.batch_size :]
        loss, grads = unpack(loss_of.two_layer_loss(params, run.X[rows], run.y[rows], run.reg), "loss", "grads")
        params = {name: params[name] - learning_rate * _array(grads[name]) for name in NAMES}
        history["loss"].append(float(loss))
        if not len(waiting) or step == run.steps - 1:
            for name, X, y in (("train", run.X, run.y), ("val", run.X_val, run.y_val)):
                history[f"{name}_accuracy"].append(float(np.mean(_array(labels_of.two_layer_predict(params, X)) == y)))
            learning_rate *= run.decay
    return params, history


def _has_telling_labels(submission: Any, reference: Any, run: Training) -> bool:
    """Tell whether the submission's own labels are classes, more than one of them, and not all wrong."""
    (D, H), C = run.params["W1"].shape, len(run.params["b2"])
    params, X = _crowd(np.random.default_rng(run.seed), reference, D, H, C)
    right = reference.two_layer_predict(params, X)
    try:
        found = _array(submission.two_layer_predict(params, X))
    except (CallFailed, Mismatch, TypeError, ValueError):
        return False
    classes = found.shape == right.shape and bool(np.all(np.isin(found, np.arange(C))))
    return classes and len(np.unique(found)) > 1 and bool(np.any(found == right))


def _has_telling_loss(submission: Any, reference: Any, run: Training) -> bool:
    """Tell whether the submission's own loss has gradients that a training can show something with."""
    batch = (run.params, run.X_val, run.y_val, run.reg)
    others = (run.params, 1.5 * run.X_val, np.zeros_like(run.y_val), run.reg)
    try:
        loss, grads = unpack(submission.two_layer_loss(*batch), "loss", "grads")
        _, other = unpack(submission.two_layer_loss(*others), "loss", "grads")
        rights = reference.two_layer_loss(*batch)[1]
        telling = [_is_telling(_array(grads[name]), _array(other[name]), right) for name, right in rights.items()]
        return bool(np.isfinite(float(loss))) and all(telling)
    except (CallFailed, Mismatch, TypeError, ValueError, KeyError):
        return False


def _trained(submission: Any, run: Training) -> tuple[Any, Any]:
    params, history = unpack(submission.train_two_layer(*run), "params", "history", of="train_two_layer")
    return params, history


def _check_training(submission: Any, reference: Any, run: Training, *kinds: str) -> None:
    """Compare the params after training, or these kinds of the history, with what the docstring fixes."""
    params, history = _trained(submission, run)
    right_params, right_history = reference.train_two_layer(*run)
    if not kinds:
        agree_or(
            "params",
            params,
            right_params,
            otherwise=lambda: _own_training(submission, reference, run)[0],
            rtol=TRAINED,
        )
    history = dict_like("history", history, right_history)
    for kind in kinds:
        check = agree_or if kind == "loss" else _agree_or_by_chance_flat
        check(
            f'history["{kind}"]',
            history[kind],
            np.array(right_history[kind]),
            otherwise=lambda kind=kind: np.array(_own_training(submission, reference, run)[1][kind]),
            rtol=TRAINED,
        )


def _agree_or_by_chance_flat(
    name: str, got: Any, expected: Any, *, otherwise: Callable[[], np.ndarray], rtol: float
) -> None:
    """Check like agree_or, but what follows from own labels may be one number: few epochs often end alike."""
    try:
        agree(name, got, expected, rtol=rtol)
    except Mismatch:
        with contextlib.suppress(CallFailed, Mismatch, TypeError, ValueError, KeyError):
            if agrees(name, got, otherwise(), rtol):
                return
        raise


@question("train_two_layer")
def test_train_two_layer_one_step(submission, reference, rng):
    """One step on all examples goes down the gradient."""
    _check_training(submission, reference, _training(rng, examples=8, batch_size=8, steps=1))


@question("train_two_layer")
@weight(2)
def test_train_two_layer_one_epoch(submission, reference, rng):
    """The batches of an epoch are those that its order gives."""
    _check_training(submission, reference, _training(rng, examples=15, batch_size=5, steps=3))


@question("train_two_layer")
@weight(2)
def test_train_two_layer_several_epochs(submission, reference, rng):
    """Every epoch has an order of its own."""
    _check_training(submission, reference, _training(rng, batch_size=7, steps=6)._replace(decay=1.0))


@question("train_two_layer")
@weight(2)
def test_train_two_layer_decay(submission, reference, rng):
    """The learning rate is the same throughout an epoch, and decays after it."""
    _check_training(submission, reference, _training(rng, batch_size=7, steps=6))


@question("train_two_layer")
def test_train_two_layer_last_batch(submission, reference, rng):
    """Where the batches do not divide the examples, the last one of an epoch is smaller."""
    _check_training(submission, reference, _training(rng, examples=13, batch_size=5, steps=7))


@question("train_two_layer")
def test_train_two_layer_large_batches(submission, reference, rng):
    """A batch size beyond the number of examples means all of them."""
    _check_training(submission, reference, _training(rng, examples=6, batch_size=9, steps=3))


@question("train_two_layer")
def test_train_two_layer_regularised(submission, reference, rng):
    """Strong regularisation is felt, and none is none."""
    for reg in (0.0, 0.4):
        _check_training(submission, reference, _training(rng, batch_size=7, steps=3)._replace(reg=reg))


@question("train_two_layer")
@weight(2)
def test_train_two_layer_losses(submission, reference, rng):
    """`history` holds the loss of every step's batch, before the step."""
    _check_training(submission, reference, _training(rng, examples=13, batch_size=5, steps=7), "loss")


@question("train_two_layer")
@weight(2)
def test_train_two_layer_accuracies(submission, reference, rng):
    """`history` holds both accuracies at the end of every epoch."""
    run = _training(rng, examples=24, batch_size=6, steps=16)
    _check_training(submission, reference, run, "train_accuracy", "val_accuracy")
    _check_training(submission, reference, run)


@question("train_two_layer")
def test_train_two_layer_epoch_cut_short(submission, reference, rng):
    """An epoch that is cut short has accuracies, too."""
    run = _training(rng, examples=20, batch_size=5, steps=6)
    _check_training(submission, reference, run, "loss", "train_accuracy", "val_accuracy")


@question("train_two_layer")
def test_train_two_layer_learns(submission, reference, rng):
    """A network that is trained tells groups of examples apart that lie far from each other."""
    run = _far_groups(rng)
    params, _ = _trained(submission, run)
    try:
        params = dict_like("params", params, run.params)
        arrays = {name: numbers(f'params["{name}"]', params[name], run.params[name]) for name in NAMES}
        share = float(np.mean(reference.two_layer_predict(_float64(arrays), run.X_val) == run.y_val))
        _fail_unless(share > 0.9, "params", "a network with these `params` gets too many new examples wrong")
    except Mismatch:
        own = _own_training(submission, reference, run)[0] if _has_telling_loss(submission, reference, run) else None
        if own is None or not agrees("params", params, own, TRAINED):
            raise


def _far_groups(rng: np.random.Generator) -> Training:
    angles = 2 * np.pi * (np.arange(3) + rng.random()) / 3
    centres = 3.0 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    y, y_val = labels(rng, 60, 3), labels(rng, 60, 3)
    return Training(
        params=_shaped(lambda *shape: 0.3 * rng.normal(size=shape), 2, 12, 3),
        X=centres[y] + 0.5 * rng.normal(size=(60, 2)),
        y=y,
        X_val=centres[y_val] + 0.5 * rng.normal(size=(60, 2)),
        y_val=y_val,
        learning_rate=0.3,
        decay=0.95,
        reg=1e-3,
        steps=60,
        batch_size=20,
        seed=int(rng.integers(10, 10_000)),
    )


@question("train_two_layer")
def test_train_two_layer_of_other_numbers(submission, reference, rng):
    """Whole examples, single precision and slices of arrays work, too."""
    run = _training(rng, steps=4)
    wide = np.repeat(np.repeat(run.X, 2, axis=0), 2, axis=1)[::2, ::2]
    _check_training(submission, reference, run._replace(X=wide, y=np.repeat(run.y, 2)[::2]))
    small = {name: value.astype(np.float32) for name, value in run.params.items()}
    exact = {name: value.astype(np.float64) for name, value in small.items()}
    single = run._replace(params=small, X=run.X.astype(np.float32), X_val=run.X_val.astype(np.float32))
    params, _ = _trained(submission, single)
    precise = single._replace(params=exact, X=single.X.astype(float), X_val=single.X_val.astype(float))
    expected = reference.train_two_layer(*precise)[0]
    otherwise = lambda: _own_training(submission, reference, precise)[0]  # noqa: E731
    agree_or("params", params, expected, otherwise=otherwise, rtol=TRAINED)
    integers = run._replace(X=whole(rng, *run.X.shape), X_val=whole(rng, *run.X_val.shape), learning_rate=0.05)
    _check_training(submission, reference, integers)


@question("train_two_layer")
def test_train_two_layer_of_small_problems(submission, reference, rng):
    """One example, one feature and two classes work, too."""
    run = _training(rng, examples=1, batch_size=1, steps=3)
    _check_training(submission, reference, run)
    params = _shaped(lambda *shape: 0.5 * rng.normal(size=shape), 1, 5, 2)
    narrow = _training(rng, examples=9, batch_size=4, steps=4)
    narrow = narrow._replace(params=params, X=narrow.X[:, :1], X_val=narrow.X_val[:, :1])
    _check_training(submission, reference, narrow._replace(y=labels(rng, 9, 2), y_val=labels(rng, 9, 2)))


@question("train_two_layer")
@weight(2)
def test_train_two_layer_leaves_its_arguments(submission, reference, rng):
    """The training is right twice in a row, and the arguments are as they were afterwards."""
    run = _training(rng, steps=4)
    after = submission.arguments_after("train_two_layer", *run)
    for name, left, was in zip(run._fields, after, run, strict=True):
        unchanged(name, left, was, of="train_two_layer")
    for _ in range(2):
        _check_training(submission, reference, run)


# train_tiny_network


def _tiny(rng: np.random.Generator, *, steps: int, shape: tuple[int, int, int] | None = None) -> tuple[Any, ...]:
    """Draw X, y, hidden, steps, seed."""
    N, D, H = shape or sizes(rng, 3, low=3)
    return mixed(rng, N, D), rng.uniform(0.05, 0.95, size=N), H, steps, int(rng.integers(10, 10_000))


def _tiny_trained(submission: Any, arguments: Sequence[Any]) -> tuple[Any, Any]:
    result = submission.train_tiny_network(*arguments)
    weights, predictions = unpack(result, "weights", "predictions", of="train_tiny_network")
    return weights, predictions


def _check_tiny_weights(submission: Any, reference: Any, arguments: Sequence[Any], *, rtol: float = SINGLE) -> None:
    X, y, *rest = arguments
    expected = reference.train_tiny_network(np.asarray(X, dtype=float), np.asarray(y, dtype=float), *rest)[0]
    agree("weights", _tiny_trained(submission, arguments)[0], expected, rtol=rtol)


def _check_tiny_predictions(submission: Any, reference: Any, arguments: Sequence[Any], *, rtol: float = SINGLE) -> None:
    X, y, *rest = arguments
    expected = reference.train_tiny_network(np.asarray(X, dtype=float), np.asarray(y, dtype=float), *rest)[1]
    agree("predictions", _tiny_trained(submission, arguments)[1], expected, rtol=rtol)


@question("train_tiny_network")
@weight(2)
def test_train_tiny_network_one_step(submission, reference, rng):
    """The weights are right after one step."""
    _check_tiny_weights(submission, reference, _tiny(rng, steps=1))


@question("train_tiny_network")
@weight(2)
def test_train_tiny_network_some_steps(submission, reference, rng):
    """The weights are right after some steps."""
    _check_tiny_weights(submission, reference, _tiny(rng, steps=int(rng.integers(4, 8))))


@question("train_tiny_network")
@weight(2)
def test_train_tiny_network_predictions(submission, reference, rng):
    """The predictions are those of the network after the last step."""
    _check_tiny_predictions(submission, reference, _tiny(rng, steps=int(rng.integers(4, 8))))


@question("train_tiny_network")
def test_train_tiny_network_goes_down_the_slope(submission, rng):
    """A step changes the weights by what small changes of the weights show."""
    X, y, hidden, _, seed = _tiny(rng, steps=1)
    start = np.random.default_rng(seed)
    W1, W2 = 2 * start.random((X.shape[1], hidden)) - 1, 2 * start.random((hidden, 1)) - 1

    def error(W1: np.ndarray, W2: np.ndarray) -> float:
        h = 1 / (1 + np.exp(-X @ W1))
        return float(0.5 * np.sum((1 / (1 + np.exp(-h @ W2))[:, 0] - y) ** 2))

    expected = {
        "W1": W1 - numerical_gradient(lambda moved: error(moved, W2), W1),
        "W2": W2 - numerical_gradient(lambda moved: error(W1, moved), W2),
    }
    agree("weights", _tiny_trained(submission, (X, y, hidden, 1, seed))[0], expected)


@question("train_tiny_network")
def test_train_tiny_network_learns_four_rows(submission, reference, rng):
    """Rows of bits with a target each are learned, as in the lecture."""
    X = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])
    y = rng.permutation([0, 1, 0, 0])
    arguments = (X, y, 4, 300, int(rng.integers(10, 10_000)))
    _check_tiny_predictions(submission, reference, arguments, rtol=TRAINED)


@question("train_tiny_network")
def test_train_tiny_network_learns_the_exclusive_or(submission, reference, rng):
    """The exclusive or is learned as far as so many steps bring it."""
    X = np.array([[0.0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])
    arguments = (X, np.array([0.0, 1, 1, 0]), int(rng.integers(4, 8)), 100, int(rng.integers(10, 10_000)))
    _check_tiny_weights(submission, reference, arguments, rtol=TRAINED)


@question("train_tiny_network")
def test_train_tiny_network_of_small_problems(submission, reference, rng):
    """One example, one feature and one hidden unit work, too."""
    wide, wider = sizes(rng, 2, low=3)
    for shape in ((1, wide, wider), (wide, 1, wider), (wide, wider, 1)):
        arguments = _tiny(rng, steps=3, shape=shape)
        _check_tiny_weights(submission, reference, arguments)
        _check_tiny_predictions(submission, reference, arguments)


@question("train_tiny_network")
def test_train_tiny_network_of_other_numbers(submission, reference, rng):
    """Integers, single precision and slices of arrays work, too."""
    N, D, H = sizes(rng, 3, low=3)
    seed = int(rng.integers(10, 10_000))
    whole_X, bits = rng.integers(-1, 3, size=(N, D)), rng.integers(0, 2, size=N)
    view = np.repeat(mixed(rng, N), 2)[::2]
    for X, y in (
        (whole_X, bits),
        (mixed(rng, N, D).astype(np.float32), rng.uniform(size=N).astype(np.float32)),
        (strided(rng, N, D), np.abs(view) / 2),
    ):
        _check_tiny_weights(submission, reference, (X, y, H, 3, seed))
        _check_tiny_predictions(submission, reference, (X, y, H, 3, seed))


@question("train_tiny_network")
def test_train_tiny_network_leaves_its_arguments(submission, reference, rng):
    """Weights and predictions are right twice in a row, `X` and `y` are as they were afterwards."""
    arguments = _tiny(rng, steps=4)
    after = submission.arguments_after("train_tiny_network", *arguments)
    for name, left, was in zip(("X", "y"), after, arguments, strict=False):
        unchanged(name, left, was, of="train_tiny_network")
    for _ in range(2):
        _check_tiny_weights(submission, reference, arguments)
        _check_tiny_predictions(submission, reference, arguments)
