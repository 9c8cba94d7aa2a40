"""Known slips in `network`: wrong variants of single exercises, each with the hint for whoever wrote the same.

A variant takes the place of one function of the reference and works with the caches of the others.
"""

# Variants are untyped like the exercises themselves.
# mypy: allow-untyped-defs, allow-untyped-calls, disable-error-code="var-annotated"
# ruff: noqa: ARG001, D103

import itertools
import math

import numpy as np

from autograder.misconceptions import misconception
from reference.network import require_batch, sigmoid, two_layer_loss, two_layer_predict

# count_parameters


def _counts(neurons, weights, biases):
    return {"neurons": neurons, "weights": weights, "biases": biases, "parameters": weights + biases}


def _connections(sizes):
    return sum(before * after for before, after in itertools.pairwise(sizes))


@misconception(
    "count_parameters",
    hint="You count the inputs as neurons. An input computes nothing: it has no weights and no bias of its own.",
)
def counted_inputs_as_neurons(sizes):
    return _counts(sum(sizes), _connections(sizes), sum(sizes[1:]))


@misconception(
    "count_parameters",
    hint="You count the inputs as neurons, and give each of them a bias. Inputs are given, not computed.",
)
def counted_inputs_as_neurons_with_biases(sizes):
    return _counts(sum(sizes), _connections(sizes), sum(sizes))


@misconception("count_parameters", hint="Your inputs have biases. Only what adds up weighted inputs has one.")
def counted_biases_of_inputs(sizes):
    return _counts(sum(sizes[1:]), _connections(sizes), sum(sizes))


@misconception("count_parameters", hint="You count one bias a layer. Every neuron has a bias of its own.")
def counted_one_bias_a_layer(sizes):
    return _counts(sum(sizes[1:]), _connections(sizes), len(sizes) - 1)


@misconception("count_parameters", hint="The output neurons are without biases in your count. They have them, too.")
def counted_no_biases_of_outputs(sizes):
    return _counts(sum(sizes[1:]), _connections(sizes), sum(sizes[1:-1]))


@misconception("count_parameters", hint="Only hidden neurons are counted. The outputs are computed by neurons, too.")
def counted_hidden_neurons_only(sizes):
    return {**_counts(sum(sizes[1:-1]), _connections(sizes), sum(sizes[1:])), "neurons": sum(sizes[1:-1])}


@misconception("count_parameters", hint="The biases are learned as well, so they are among the parameters.")
def counted_weights_as_parameters(sizes):
    return {**_counts(sum(sizes[1:]), _connections(sizes), sum(sizes[1:])), "parameters": _connections(sizes)}


@misconception(
    "count_parameters", hint="You add every single number up. Parameters are what is learned: neurons are not."
)
def counted_neurons_among_parameters(sizes):
    neurons, weights = sum(sizes[1:]), _connections(sizes)
    return {**_counts(neurons, weights, neurons), "parameters": weights + 2 * neurons}


@misconception(
    "count_parameters",
    hint="You multiply all sizes with each other. Weights lie between neighbouring layers, and those counts add up.",
)
def counted_product_of_all_sizes(sizes):
    return _counts(sum(sizes[1:]), math.prod(sizes), sum(sizes[1:]))


@misconception(
    "count_parameters",
    hint="You add the sizes of two neighbouring layers. Every neuron of one is connected with every one of the other.",
)
def counted_sums_for_products(sizes):
    pairs = itertools.pairwise(sizes)
    return _counts(sum(sizes[1:]), sum(before + after for before, after in pairs), sum(sizes[1:]))


@misconception("count_parameters", hint="One pair of layers is missing among your weights: the last one.")
def counted_no_weights_of_outputs(sizes):
    return _counts(sum(sizes[1:]), _connections(sizes[:-1]), sum(sizes[1:]))


# three_layer_forward


@misconception(
    "three_layer_forward",
    hint="Your examples are rows, and here they are columns. A layer's weights stand before its input.",
)
def three_layers_of_rows(x, W1, b1, W2, b2, W3, b3):
    h1 = sigmoid(x @ W1 + b1)
    h2 = sigmoid(h1 @ W2 + b2)
    return h2 @ W3 + b3


@misconception(
    "three_layer_forward",
    hint="You transpose the weights. They have one row for every neuron already, which is what columns need.",
)
def three_layers_with_transposed_weights(x, W1, b1, W2, b2, W3, b3):
    h1 = sigmoid(W1.T @ x + b1)
    h2 = sigmoid(W2.T @ h1 + b2)
    return W3.T @ h2 + b3


@misconception(
    "three_layer_forward",
    hint="The result is laid out with a row for every example. Examples go in as columns and come out as columns.",
)
def three_layers_returned_rows(x, W1, b1, W2, b2, W3, b3):
    return (W3 @ sigmoid(W2 @ sigmoid(W1 @ x + b1) + b2) + b3).T


@misconception("three_layer_forward", hint="Your output is squashed by a sigmoid. The output layer is linear.")
def three_layers_sigmoid_on_the_output(x, W1, b1, W2, b2, W3, b3):
    return sigmoid(W3 @ sigmoid(W2 @ sigmoid(W1 @ x + b1) + b2) + b3)


@misconception("three_layer_forward", hint="The second hidden layer is linear in your network. Both have a sigmoid.")
def three_layers_second_one_linear(x, W1, b1, W2, b2, W3, b3):
    return W3 @ (W2 @ sigmoid(W1 @ x + b1) + b2) + b3


@misconception("three_layer_forward", hint="There is no sigmoid at all: the three layers are one linear map.")
def three_layers_all_linear(x, W1, b1, W2, b2, W3, b3):
    return W3 @ (W2 @ (W1 @ x + b1) + b2) + b3


@misconception("three_layer_forward", hint="The hidden layers are ReLUs in your network. Here they are sigmoids.")
def three_layers_of_relus(x, W1, b1, W2, b2, W3, b3):
    h2 = np.maximum(0, W2 @ np.maximum(0, W1 @ x + b1) + b2)
    return W3 @ h2 + b3


@misconception(
    "three_layer_forward", hint="The biases of the hidden layers come after the sigmoid. They belong inside."
)
def three_layers_biases_after_the_sigmoid(x, W1, b1, W2, b2, W3, b3):
    h1 = sigmoid(W1 @ x) + b1
    h2 = sigmoid(W2 @ h1) + b2
    return W3 @ h2 + b3


@misconception("three_layer_forward", hint="All biases are missing.")
def three_layers_without_biases(x, W1, b1, W2, b2, W3, b3):
    return W3 @ sigmoid(W2 @ sigmoid(W1 @ x))


@misconception("three_layer_forward", hint="The bias of the output layer is missing.")
def three_layers_without_the_last_bias(x, W1, b1, W2, b2, W3, b3):
    return W3 @ sigmoid(W2 @ sigmoid(W1 @ x + b1) + b2)


@misconception(
    "three_layer_forward",
    hint="You lay the biases out as rows, so that they spread over the examples. There is one for every neuron.",
)
def three_layers_biases_as_rows(x, W1, b1, W2, b2, W3, b3):
    h1 = sigmoid(W1 @ x + b1.ravel())
    h2 = sigmoid(W2 @ h1 + b2.ravel())
    return W3 @ h2 + b3.ravel()


@misconception("three_layer_forward", hint="Your layers subtract their biases.")
def three_layers_subtracted_the_biases(x, W1, b1, W2, b2, W3, b3):
    return W3 @ sigmoid(W2 @ sigmoid(W1 @ x - b1) - b2) - b3


# collapse_linear


@misconception(
    "collapse_linear",
    hint="The product is in the wrong order. A row of examples meets the first layer's matrix first, from the right.",
)
def collapsed_in_the_wrong_order(W1, W2):
    return W2 @ W1


@misconception("collapse_linear", hint="Your matrix is transposed. X has to fit on its left.")
def collapsed_into_the_transpose(W1, W2):
    return (W1 @ W2).T


@misconception("collapse_linear", hint="You multiply entry by entry. One layer after the other is a matrix product.")
def collapsed_entry_by_entry(W1, W2):
    return W1 * W2


@misconception("collapse_linear", hint="You add the matrices. One layer after the other is a product, not a sum.")
def collapsed_into_the_sum(W1, W2):
    return W1 + W2


@misconception(
    "collapse_linear",
    hint="You clip the first matrix at zero. There is no ReLU between these layers, and one would not clip weights.",
)
def collapsed_with_clipped_weights(W1, W2):
    return np.maximum(0, W1) @ W2


@misconception("collapse_linear", hint="You divide by the number of hidden units. Their contributions add up.")
def collapsed_into_the_mean(W1, W2):
    return W1 @ W2 / W1.shape[1]


# init_two_layer


def _drawn(draw, input_size, hidden_size, output_size):
    """Return the parameters whose weights `draw` makes, given a shape."""
    return {
        "W1": draw((input_size, hidden_size)),
        "b1": np.zeros(hidden_size),
        "W2": draw((hidden_size, output_size)),
        "b2": np.zeros(output_size),
    }


@misconception(
    "init_two_layer",
    hint="All your weights are zero. Hidden units that start alike get the same gradient, and stay alike.",
)
def init_all_zero(input_size, hidden_size, output_size, scale, seed):
    return _drawn(np.zeros, input_size, hidden_size, output_size)


@misconception(
    "init_two_layer",
    hint="All weights of a layer are equal. Hidden units that start alike get the same gradient, and stay alike.",
)
def init_all_equal(input_size, hidden_size, output_size, scale, seed):
    return _drawn(lambda shape: np.full(shape, float(scale)), input_size, hidden_size, output_size)


@misconception(
    "init_two_layer",
    hint="The hidden units share their weights: you draw one column and repeat it. So they will all learn the same.",
)
def init_hidden_units_alike(input_size, hidden_size, output_size, scale, seed):
    rng = np.random.default_rng(seed)
    params = _drawn(lambda shape: scale * rng.standard_normal(shape), input_size, hidden_size, output_size)
    params["W1"] = np.repeat(params["W1"][:, :1], hidden_size, axis=1)
    return params


@misconception("init_two_layer", hint="The argument `scale` changes nothing in your weights.")
def init_ignored_the_scale(input_size, hidden_size, output_size, scale, seed):
    return _drawn(np.random.default_rng(seed).standard_normal, input_size, hidden_size, output_size)


@misconception("init_two_layer", hint="Only W1 is scaled. W2 is made of the same kind of numbers.")
def init_scaled_w1_only(input_size, hidden_size, output_size, scale, seed):
    params = _drawn(np.random.default_rng(seed).standard_normal, input_size, hidden_size, output_size)
    return {**params, "W1": scale * params["W1"]}


@misconception("init_two_layer", hint="You take `scale` for the variance. It is the standard deviation.")
def init_scale_as_variance(input_size, hidden_size, output_size, scale, seed):
    rng = np.random.default_rng(seed)
    return _drawn(lambda shape: scale**0.5 * rng.standard_normal(shape), input_size, hidden_size, output_size)


@misconception("init_two_layer", hint="You divide by `scale`. A small scale is there to make small weights.")
def init_divided_by_the_scale(input_size, hidden_size, output_size, scale, seed):
    rng = np.random.default_rng(seed)
    return _drawn(lambda shape: rng.standard_normal(shape) / scale, input_size, hidden_size, output_size)


@misconception("init_two_layer", hint="None of your weights is negative. They scatter around zero, to both sides.")
def init_positive_only(input_size, hidden_size, output_size, scale, seed):
    rng = np.random.default_rng(seed)
    return _drawn(lambda shape: scale * rng.random(shape), input_size, hidden_size, output_size)


@misconception(
    "init_two_layer",
    hint="Your weights are spread evenly over an interval. A normal distribution has most of them near zero.",
)
def init_uniform(input_size, hidden_size, output_size, scale, seed):
    rng = np.random.default_rng(seed)
    return _drawn(lambda shape: rng.uniform(-scale, scale, shape), input_size, hidden_size, output_size)


@misconception(
    "init_two_layer",
    hint="`scale` is the middle of your weights, where it should say how far they scatter around zero.",
)
def init_scale_as_mean(input_size, hidden_size, output_size, scale, seed):
    rng = np.random.default_rng(seed)
    return _drawn(lambda shape: rng.normal(scale, size=shape), input_size, hidden_size, output_size)


@misconception("init_two_layer", hint="The weights are the same for every seed: yours is fixed inside the function.")
def init_fixed_seed(input_size, hidden_size, output_size, scale, seed):
    rng = np.random.default_rng(0)
    return _drawn(lambda shape: scale * rng.standard_normal(shape), input_size, hidden_size, output_size)


@misconception(
    "init_two_layer",
    hint="The weights are different each time, whatever the seed. Whoever repeats an experiment wants the same ones.",
)
def init_never_seeded(input_size, hidden_size, output_size, scale, seed):
    rng = np.random.default_rng()
    return _drawn(lambda shape: scale * rng.standard_normal(shape), input_size, hidden_size, output_size)


@misconception(
    "init_two_layer",
    hint="W2 begins with the numbers of W1: you start the random numbers again from the seed for each matrix.",
)
def init_restarted_for_w2(input_size, hidden_size, output_size, scale, seed):
    def draw(shape):
        return scale * np.random.default_rng(seed).standard_normal(shape)

    return _drawn(draw, input_size, hidden_size, output_size)


@misconception(
    "init_two_layer",
    hint="You draw W2 before W1. The order matters: each draw goes on where the one before it ended.",
)
def init_drew_w2_first(input_size, hidden_size, output_size, scale, seed):
    rng = np.random.default_rng(seed)
    W2 = scale * rng.standard_normal((hidden_size, output_size))
    params = _drawn(lambda shape: scale * rng.standard_normal(shape), input_size, hidden_size, output_size)
    return {**params, "W2": W2}


@misconception(
    "init_two_layer",
    hint="W2 has a generator of its own. The docstring asks for one generator, which draws W1 and then W2.",
)
def init_two_generators(input_size, hidden_size, output_size, scale, seed):
    generators = iter([np.random.default_rng(seed), np.random.default_rng(seed + 1)])
    return _drawn(lambda shape: scale * next(generators).standard_normal(shape), input_size, hidden_size, output_size)


@misconception(
    "init_two_layer",
    hint="Your random numbers are those of numpy's old generator. From the same seed it draws others than default_rng.",
)
def init_old_generator(input_size, hidden_size, output_size, scale, seed):
    rng = np.random.RandomState(seed)
    return _drawn(lambda shape: scale * rng.standard_normal(shape), input_size, hidden_size, output_size)


@misconception("init_two_layer", hint="Your biases are random. Zero is right for them: the weights break the symmetry.")
def init_random_biases(input_size, hidden_size, output_size, scale, seed):
    rng = np.random.default_rng(seed)
    params = _drawn(lambda shape: scale * rng.standard_normal(shape), input_size, hidden_size, output_size)
    biases = {name: scale * rng.standard_normal(params[name].shape) for name in ("b1", "b2")}
    return {**params, **biases}


@misconception("init_two_layer", hint="Your biases start at one. They start at zero.")
def init_biases_of_one(input_size, hidden_size, output_size, scale, seed):
    rng = np.random.default_rng(seed)
    params = _drawn(lambda shape: scale * rng.standard_normal(shape), input_size, hidden_size, output_size)
    return {**params, "b1": np.ones(hidden_size), "b2": np.ones(output_size)}


@misconception(
    "init_two_layer",
    hint="Your matrices are transposed. Examples are rows here, so a matrix has a row for every input of its layer.",
)
def init_transposed(input_size, hidden_size, output_size, scale, seed):
    rng = np.random.default_rng(seed)
    params = _drawn(lambda shape: scale * rng.standard_normal(shape), input_size, hidden_size, output_size)
    return {**params, "W1": params["W1"].T, "W2": params["W2"].T}


# The pieces that the variants of the two-layer network share; each is right by itself


def _hidden(params, X):
    return np.maximum(0, X @ params["W1"] + params["b1"])


def _scores(params, hidden):
    return hidden @ params["W2"] + params["b2"]


def _log_p(scores):
    shifted = scores - scores.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def _dscores(p, y):
    """Return the gradient of the mean softmax loss by the scores."""
    one_hot = np.zeros_like(p)
    one_hot[np.arange(len(y)), y] = 1
    return (p - one_hot) / len(y)


def _gradients(params, X, hidden, dscores):
    """Return the gradients of the data loss alone."""
    dhidden = (dscores @ params["W2"].T) * (hidden > 0)
    return {
        "W1": X.T @ dhidden,
        "b1": dhidden.sum(axis=0),
        "W2": hidden.T @ dscores,
        "b2": dscores.sum(axis=0),
    }


def _data_loss(params, X, y):
    """Return the data loss and its gradients; ValueError where X and y are no batch."""
    require_batch(X, y, classes=len(params["b2"]))
    hidden = _hidden(params, X)
    log_p = _log_p(_scores(params, hidden))
    loss = -log_p[np.arange(len(y)), y].mean()
    return loss, _gradients(params, X, hidden, _dscores(np.exp(log_p), y))


def _squares(params, names=("W1", "W2")):
    return sum(np.sum(params[name] ** 2) for name in names)


def _decayed(params, grads, factor, names=("W1", "W2")):
    """Return the gradients with `factor` times the parameter of that name added."""
    return {name: grad + factor * params[name] if name in names else grad for name, grad in grads.items()}


# two_layer_forward


@misconception(
    "two_layer_forward",
    hint="Your scores are clipped at zero: the ReLU belongs to the hidden layer only. A score may be negative.",
)
def forward_relu_on_the_output(params, X):
    hidden = _hidden(params, X)
    return np.maximum(0, _scores(params, hidden)), (X, hidden, params["W2"])


@misconception(
    "two_layer_forward",
    hint="The ReLU is left out. Without it the two layers are one linear map.",
)
def forward_relu_left_out(params, X):
    hidden = X @ params["W1"] + params["b1"]
    return _scores(params, hidden), (X, hidden, params["W2"])


@misconception(
    "two_layer_forward",
    hint=(
        "np.max and np.maximum are two things: the first one looks for the largest entry along an axis, "
        "and here every entry is compared with 0 by itself."
    ),
)
def forward_np_max_for_np_maximum(params, X):
    hidden = np.max(X @ params["W1"] + params["b1"], 0)
    return _scores(params, hidden), (X, hidden, params["W2"])


@misconception("two_layer_forward", hint="The bias of the hidden layer is missing.")
def forward_forgot_b1(params, X):
    hidden = np.maximum(0, X @ params["W1"])
    return _scores(params, hidden), (X, hidden, params["W2"])


@misconception("two_layer_forward", hint="The bias of the output layer is missing.")
def forward_forgot_b2(params, X):
    hidden = _hidden(params, X)
    return hidden @ params["W2"], (X, hidden, params["W2"])


@misconception("two_layer_forward", hint="Both biases are missing.")
def forward_forgot_both_biases(params, X):
    hidden = np.maximum(0, X @ params["W1"])
    return hidden @ params["W2"], (X, hidden, params["W2"])


@misconception("two_layer_forward", hint="b1 is added after the ReLU. It decides when a hidden unit is on.")
def forward_b1_after_the_relu(params, X):
    hidden = np.maximum(0, X @ params["W1"]) + params["b1"]
    return _scores(params, hidden), (X, hidden, params["W2"])


@misconception("two_layer_forward", hint="The hidden layer is made of sigmoids in your network. Here it is a ReLU.")
def forward_sigmoid_for_relu(params, X):
    hidden = sigmoid(X @ params["W1"] + params["b1"])
    return _scores(params, hidden), (X, hidden, params["W2"])


@misconception("two_layer_forward", hint="Some slope is left where a hidden unit is off: that is the leaky ReLU.")
def forward_leaky_relu(params, X):
    hidden = X @ params["W1"] + params["b1"]
    hidden = np.where(hidden > 0, hidden, 0.01 * hidden)
    return _scores(params, hidden), (X, hidden, params["W2"])


@misconception("two_layer_forward", hint="You return probabilities. Scores are what comes before the softmax.")
def forward_softmax_on_the_scores(params, X):
    hidden = _hidden(params, X)
    return np.exp(_log_p(_scores(params, hidden))), (X, hidden, params["W2"])


@misconception(
    "two_layer_forward", hint="You clip the inputs at zero. What is clipped are the sums of the hidden layer."
)
def forward_relu_on_the_inputs(params, X):
    hidden = np.maximum(0, X) @ params["W1"] + params["b1"]
    return _scores(params, hidden), (X, hidden, params["W2"])


# two_layer_backward


def _backward(dscores, cache):
    X, hidden, W2 = cache
    return _gradients({"W2": W2}, X, hidden, dscores)


@misconception(
    "two_layer_backward",
    hint="The gradient passes hidden units that were off. A nudge below the kink of the ReLU has no effect.",
)
def backward_without_the_mask(dscores, cache):
    X, _, W2 = cache
    dhidden = dscores @ W2.T
    return {**_backward(dscores, cache), "W1": X.T @ dhidden, "b1": dhidden.sum(axis=0)}


@misconception(
    "two_layer_backward",
    hint="The gradient of W1 knows where the ReLU was off, and that of b1 does not. Both lie behind it.",
)
def backward_b1_without_the_mask(dscores, cache):
    return {**_backward(dscores, cache), "b1": (dscores @ cache[2].T).sum(axis=0)}


@misconception(
    "two_layer_backward",
    hint="You look at the sign of the gradient. What decided in the forward pass was whether the hidden unit was on.",
)
def backward_masked_by_the_gradient(dscores, cache):
    X, _, W2 = cache
    dhidden = np.maximum(0, dscores @ W2.T)
    return {**_backward(dscores, cache), "W1": X.T @ dhidden, "b1": dhidden.sum(axis=0)}


@misconception("two_layer_backward", hint="Your mask is upside down: it stops the gradient where the ReLU was open.")
def backward_mask_upside_down(dscores, cache):
    X, hidden, W2 = cache
    dhidden = (dscores @ W2.T) * (hidden <= 0)
    return {**_backward(dscores, cache), "W1": X.T @ dhidden, "b1": dhidden.sum(axis=0)}


@misconception(
    "two_layer_backward",
    hint="You scale the gradient with the hidden values. The slope of the ReLU is either one or zero.",
)
def backward_scaled_by_the_hidden_values(dscores, cache):
    X, hidden, W2 = cache
    dhidden = (dscores @ W2.T) * hidden
    return {**_backward(dscores, cache), "W1": X.T @ dhidden, "b1": dhidden.sum(axis=0)}


@misconception(
    "two_layer_backward",
    hint="You use the slope of a sigmoid for the hidden layer, and it is a ReLU.",
)
def backward_slope_of_a_sigmoid(dscores, cache):
    X, hidden, W2 = cache
    dhidden = (dscores @ W2.T) * hidden * (1 - hidden)
    return {**_backward(dscores, cache), "W1": X.T @ dhidden, "b1": dhidden.sum(axis=0)}


@misconception(
    "two_layer_backward",
    hint=(
        "The gradients of the biases are summed over the wrong axis. "
        "A bias belongs to one unit, and every example adds to its gradient."
    ),
)
def backward_biases_over_the_wrong_axis(dscores, cache):
    _, hidden, W2 = cache
    dhidden = (dscores @ W2.T) * (hidden > 0)
    return {**_backward(dscores, cache), "b1": dhidden.sum(axis=1), "b2": dscores.sum(axis=1)}


@misconception(
    "two_layer_backward",
    hint=(
        "The gradients of the biases are means over the examples. "
        "A bias that feeds many examples collects the sum of their gradients."
    ),
)
def backward_biases_as_means(dscores, cache):
    _, hidden, W2 = cache
    dhidden = (dscores @ W2.T) * (hidden > 0)
    return {**_backward(dscores, cache), "b1": dhidden.mean(axis=0), "b2": dscores.mean(axis=0)}


@misconception(
    "two_layer_backward",
    hint="The gradients of the biases have one row for each example. Where one bias feeds many, their gradients add.",
)
def backward_biases_not_summed(dscores, cache):
    _, hidden, W2 = cache
    return {**_backward(dscores, cache), "b1": (dscores @ W2.T) * (hidden > 0), "b2": 1.0 * dscores}


@misconception(
    "two_layer_backward",
    hint="You divide by the number of examples. If the loss is a mean, `dscores` knows already.",
)
def backward_divided_by_n(dscores, cache):
    return {name: grad / len(dscores) for name, grad in _backward(dscores, cache).items()}


@misconception(
    "two_layer_backward",
    hint="Your gradients of the weights are transposed. Each has the shape of the matrix it belongs to.",
)
def backward_transposed(dscores, cache):
    grads = _backward(dscores, cache)
    return {**grads, "W1": grads["W1"].T, "W2": grads["W2"].T}


@misconception(
    "two_layer_backward",
    hint="The gradients do not depend on `dscores`. By the chain rule, all of them scale with what arrives from above.",
)
def backward_dropped_dscores(dscores, cache):
    return _backward(np.ones_like(dscores), cache)


@misconception(
    "two_layer_backward",
    hint="The gradients are right, but you write into the caller's `dscores`.",
)
def backward_changed_dscores(dscores, cache):
    grads = _backward(dscores, cache)
    dscores -= dscores.mean(axis=0)
    return grads


# two_layer_loss: numerics of the softmax


@misconception(
    "two_layer_loss",
    hint="The exponential of a large score overflows. The softmax stays the same when a row is shifted as a whole.",
)
def loss_scores_not_shifted(params, X, y, reg):
    require_batch(X, y, classes=len(params["b2"]))
    hidden = _hidden(params, X)
    e = np.exp(_scores(params, hidden))
    p = e / e.sum(axis=1, keepdims=True)
    loss = -np.log(p[np.arange(len(y)), y]).mean() + reg * _squares(params)
    return loss, _decayed(params, _gradients(params, X, hidden, _dscores(p, y)), 2 * reg)


@misconception(
    "two_layer_loss",
    hint="You shift all rows by one number, so rows far below the largest score underflow. Each has its own maximum.",
)
def loss_one_shift_for_all_rows(params, X, y, reg):
    require_batch(X, y, classes=len(params["b2"]))
    hidden = _hidden(params, X)
    scores = _scores(params, hidden)
    e = np.exp(scores - np.max(scores))
    p = e / e.sum(axis=1, keepdims=True)
    loss = -np.log(p[np.arange(len(y)), y]).mean() + reg * _squares(params)
    return loss, _decayed(params, _gradients(params, X, hidden, _dscores(p, y)), 2 * reg)


def _judged_by(log_p, params, X, y, reg):
    """Return loss and gradients for other "probabilities" than the softmax's."""
    hidden = _hidden(params, X)
    log_p = log_p(_scores(params, hidden))
    loss = -log_p[np.arange(len(y)), y].mean() + reg * _squares(params)
    return loss, _decayed(params, _gradients(params, X, hidden, _dscores(np.exp(log_p), y)), 2 * reg)


@misconception(
    "two_layer_loss",
    hint="You take the maximum over the examples. A shift changes nothing only if it is the same for a whole row.",
)
def loss_shifted_over_the_wrong_axis(params, X, y, reg):
    require_batch(X, y, classes=len(params["b2"]))
    return _judged_by(lambda scores: _log_p(scores - scores.max(axis=0)), params, X, y, reg)


@misconception(
    "two_layer_loss",
    hint="You normalise over the examples. The probabilities of one example's classes add up to one.",
)
def loss_normalised_over_the_wrong_axis(params, X, y, reg):
    require_batch(X, y, classes=len(params["b2"]))
    return _judged_by(lambda scores: _log_p(scores.T).T, params, X, y, reg)


@misconception("two_layer_loss", hint="The softmax is applied twice: to the scores, and to what came out of it.")
def loss_softmax_twice(params, X, y, reg):
    require_batch(X, y, classes=len(params["b2"]))
    return _judged_by(lambda scores: _log_p(np.exp(_log_p(scores))), params, X, y, reg)


@misconception(
    "two_layer_loss",
    hint="The correct class is left out of the sum that normalises. That is the hinge loss's habit, not the softmax's.",
)
def loss_correct_class_left_out(params, X, y, reg):
    def log_p(scores):
        e = np.exp(scores - scores.max(axis=1, keepdims=True))
        others = e.sum(axis=1) - e[np.arange(len(y)), y]
        return np.log(e / others[:, None])

    require_batch(X, y, classes=len(params["b2"]))
    return _judged_by(log_p, params, X, y, reg)


# two_layer_loss: the mean of minus logs


@misconception(
    "two_layer_loss",
    hint="You take the logarithm of the mean probability. The loss is a mean of one minus-logarithm for each example.",
)
def loss_log_of_the_mean(params, X, y, reg):
    _, grads = _data_loss(params, X, y)
    p = np.exp(_log_p(_scores(params, _hidden(params, X))))
    loss = -np.log(p[np.arange(len(y)), y].mean())
    return loss + reg * _squares(params), _decayed(params, grads, 2 * reg)


@misconception(
    "two_layer_loss",
    hint="You multiply the probabilities of all examples: of hundreds, the product is too small for a computer.",
)
def loss_log_of_the_product(params, X, y, reg):
    _, grads = _data_loss(params, X, y)
    p = np.exp(_log_p(_scores(params, _hidden(params, X))))
    loss = -np.log(np.prod(p[np.arange(len(y)), y])) / len(y)
    return loss + reg * _squares(params), _decayed(params, grads, 2 * reg)


@misconception(
    "two_layer_loss",
    hint="You keep probabilities away from zero, so no example's loss exceeds a bound. Stay with the shifted scores.",
)
def loss_of_bounded_probabilities(params, X, y, reg):
    _, grads = _data_loss(params, X, y)
    p = np.exp(_log_p(_scores(params, _hidden(params, X))))
    loss = -np.log(np.maximum(p[np.arange(len(y)), y], 1e-12)).mean()
    return loss + reg * _squares(params), _decayed(params, grads, 2 * reg)


@misconception("two_layer_loss", hint="There is no logarithm in your loss, only probabilities.")
def loss_without_the_log(params, X, y, reg):
    _, grads = _data_loss(params, X, y)
    p = np.exp(_log_p(_scores(params, _hidden(params, X))))
    return -p[np.arange(len(y)), y].mean() + reg * _squares(params), _decayed(params, grads, 2 * reg)


@misconception(
    "two_layer_loss",
    hint="The minus of the data loss is missing: yours falls while the network gets worse.",
)
def loss_without_the_minus(params, X, y, reg):
    loss, grads = _data_loss(params, X, y)
    return -loss + reg * _squares(params), _decayed(params, grads, 2 * reg)


@misconception("two_layer_loss", hint="The loss is a sum over the examples, and so are its gradients. It is a mean.")
def loss_not_divided_by_n(params, X, y, reg):
    loss, grads = _data_loss(params, X, y)
    grads = {name: len(X) * grad for name, grad in grads.items()}
    return len(X) * loss + reg * _squares(params), _decayed(params, grads, 2 * reg)


@misconception("two_layer_loss", hint="The loss is a mean over the examples, the gradients are not.")
def loss_gradients_not_divided_by_n(params, X, y, reg):
    loss, grads = _data_loss(params, X, y)
    grads = {name: len(X) * grad for name, grad in grads.items()}
    return loss + reg * _squares(params), _decayed(params, grads, 2 * reg)


@misconception("two_layer_loss", hint="The gradients belong to a mean over the examples, and the loss is a sum.")
def loss_value_not_divided_by_n(params, X, y, reg):
    loss, grads = _data_loss(params, X, y)
    return len(X) * loss + reg * _squares(params), _decayed(params, grads, 2 * reg)


# two_layer_loss: regularisation


@misconception(
    "two_layer_loss",
    hint="The gradient of the regularisation is half as large as it should be. Derive it: the penalty is a square.",
)
def loss_penalty_gradient_halved(params, X, y, reg):
    loss, grads = _data_loss(params, X, y)
    return loss + reg * _squares(params), _decayed(params, grads, reg)


@misconception(
    "two_layer_loss",
    hint="You regularise with a factor ½, which is another convention. Here the strength is `reg` as it is.",
)
def loss_half_convention(params, X, y, reg):
    loss, grads = _data_loss(params, X, y)
    return loss + 0.5 * reg * _squares(params), _decayed(params, grads, reg)


@misconception("two_layer_loss", hint="The penalty has a factor ½ in the loss that it does not have in the gradient.")
def loss_penalty_halved(params, X, y, reg):
    loss, grads = _data_loss(params, X, y)
    return loss + 0.5 * reg * _squares(params), _decayed(params, grads, 2 * reg)


@misconception("two_layer_loss", hint="The regularisation is in the loss, and missing in the gradients.")
def loss_penalty_not_in_the_gradients(params, X, y, reg):
    loss, grads = _data_loss(params, X, y)
    return loss + reg * _squares(params), grads


@misconception("two_layer_loss", hint="The regularisation is in the gradients, and was never added to the loss.")
def loss_penalty_not_in_the_loss(params, X, y, reg):
    loss, grads = _data_loss(params, X, y)
    return loss, _decayed(params, grads, 2 * reg)


@misconception("two_layer_loss", hint="There is no regularisation: neither loss nor gradients depend on `reg`.")
def loss_without_penalty(params, X, y, reg):
    return _data_loss(params, X, y)


@misconception(
    "two_layer_loss",
    hint="The gradient of the regularisation is divided by the number of examples. Only the data loss is a mean.",
)
def loss_penalty_gradient_divided_by_n(params, X, y, reg):
    loss, grads = _data_loss(params, X, y)
    return loss + reg * _squares(params), _decayed(params, grads, 2 * reg / len(X))


@misconception(
    "two_layer_loss",
    hint="The regularisation is divided by the number of examples like the data loss. It belongs outside the mean.",
)
def loss_penalty_divided_by_n(params, X, y, reg):
    loss, grads = _data_loss(params, X, y)
    return loss + reg * _squares(params) / len(X), _decayed(params, grads, 2 * reg / len(X))


@misconception(
    "two_layer_loss",
    hint=(
        "You divide the sum of the losses by the number of examples plus the penalty: mind what an operator "
        "with an assignment in it takes as its right-hand side."
    ),
)
def loss_divided_by_n_plus_penalty(params, X, y, reg):
    loss, grads = _data_loss(params, X, y)
    return len(X) * loss / (len(X) + reg * _squares(params)), _decayed(params, grads, 2 * reg)


@misconception(
    "two_layer_loss",
    hint="The gradients of the biases have a share of the regularisation. The penalty of the loss leaves biases out.",
)
def loss_decay_on_bias_gradients(params, X, y, reg):
    loss, grads = _data_loss(params, X, y)
    return loss + reg * _squares(params), _decayed(params, grads, 2 * reg, params)


@misconception("two_layer_loss", hint="You regularise the biases, too. The penalty is on the weights alone.")
def loss_biases_regularised(params, X, y, reg):
    loss, grads = _data_loss(params, X, y)
    return loss + reg * _squares(params, params), _decayed(params, grads, 2 * reg, params)


@misconception("two_layer_loss", hint="Only W1 is regularised. The penalty counts the weights of both layers.")
def loss_w1_regularised_only(params, X, y, reg):
    loss, grads = _data_loss(params, X, y)
    return loss + reg * _squares(params, ["W1"]), _decayed(params, grads, 2 * reg, ["W1"])


@misconception("two_layer_loss", hint="Only W2 is regularised. The penalty counts the weights of both layers.")
def loss_w2_regularised_only(params, X, y, reg):
    loss, grads = _data_loss(params, X, y)
    return loss + reg * _squares(params, ["W2"]), _decayed(params, grads, 2 * reg, ["W2"])


@misconception("two_layer_loss", hint="You penalise the sizes of the weights. The penalty is made of their squares.")
def loss_sizes_for_squares(params, X, y, reg):
    loss, grads = _data_loss(params, X, y)
    sizes = {name: np.sign(params[name]) for name in ("W1", "W2")}
    penalty = sum(np.sum(np.abs(params[name])) for name in sizes)
    return loss + reg * penalty, _decayed(sizes, grads, reg)


# two_layer_loss: the network inside, and its backward pass


def _loss_of(hidden, scores, backward, params, X, y, reg):
    """Return loss and gradients where `backward` takes the place of the network's own backward pass."""
    log_p = _log_p(scores)
    loss = -log_p[np.arange(len(y)), y].mean() + reg * _squares(params)
    return loss, _decayed(params, backward(params, X, hidden, _dscores(np.exp(log_p), y)), 2 * reg)


def _linear_gradients(params, X, hidden, dscores):
    """Return the gradients of two layers with nothing between them."""
    dhidden = dscores @ params["W2"].T
    return {**_gradients(params, X, hidden, dscores), "W1": X.T @ dhidden, "b1": dhidden.sum(axis=0)}


@misconception(
    "two_layer_loss",
    hint="The scores inside your loss are clipped at zero. The ReLU belongs to the hidden layer only.",
)
def loss_relu_on_the_output(params, X, y, reg):
    def backward(params, X, hidden, dscores):
        return _gradients(params, X, hidden, dscores * (scores > 0))

    require_batch(X, y, classes=len(params["b2"]))
    hidden = _hidden(params, X)
    scores = np.maximum(0, _scores(params, hidden))
    return _loss_of(hidden, scores, backward, params, X, y, reg)


@misconception("two_layer_loss", hint="The network inside your loss has no ReLU, neither forward nor backward.")
def loss_relu_left_out(params, X, y, reg):
    require_batch(X, y, classes=len(params["b2"]))
    hidden = X @ params["W1"] + params["b1"]
    return _loss_of(hidden, _scores(params, hidden), _linear_gradients, params, X, y, reg)


@misconception(
    "two_layer_loss",
    hint="The loss is right, and its gradients pass hidden units that were off: the ReLU is missing on the way back.",
)
def loss_mask_missing(params, X, y, reg):
    require_batch(X, y, classes=len(params["b2"]))
    hidden = _hidden(params, X)
    return _loss_of(hidden, _scores(params, hidden), _linear_gradients, params, X, y, reg)


@misconception(
    "two_layer_loss",
    hint="The gradients of the biases are summed over the wrong axis. Every example adds to each of them.",
)
def loss_bias_gradients_over_the_wrong_axis(params, X, y, reg):
    def backward(params, X, hidden, dscores):
        dhidden = (dscores @ params["W2"].T) * (hidden > 0)
        grads = _gradients(params, X, hidden, dscores)
        return {**grads, "b1": dhidden.sum(axis=1), "b2": dscores.sum(axis=1)}

    require_batch(X, y, classes=len(params["b2"]))
    hidden = _hidden(params, X)
    return _loss_of(hidden, _scores(params, hidden), backward, params, X, y, reg)


@misconception(
    "two_layer_loss",
    hint="The probabilities alone are no gradient: the correct class has to be pulled up, which yours does not do.",
)
def loss_correct_class_not_pulled(params, X, y, reg):
    def backward(params, X, hidden, dscores):
        one_hot = np.eye(dscores.shape[1])[y]
        return _gradients(params, X, hidden, dscores + one_hot / len(y))

    require_batch(X, y, classes=len(params["b2"]))
    hidden = _hidden(params, X)
    return _loss_of(hidden, _scores(params, hidden), backward, params, X, y, reg)


@misconception("two_layer_loss", hint="All gradients have the wrong sign: they point where the loss falls.")
def loss_gradients_negative(params, X, y, reg):
    loss, grads = _data_loss(params, X, y)
    grads = _decayed(params, grads, 2 * reg)
    return loss + reg * _squares(params), {name: -grad for name, grad in grads.items()}


@misconception(
    "two_layer_loss",
    hint="The results are right, but an alias of the weights is changed in place, and with it the caller's params.",
)
def loss_changed_the_weights(params, X, y, reg):
    loss, grads = _data_loss(params, X, y)
    loss = loss + reg * _squares(params)
    for name in ("W1", "W2"):
        decay = params[name]
        decay *= 2 * reg
        grads[name] = grads[name] + decay
    return loss, grads


@misconception(
    "two_layer_loss",
    hint="A batch that cannot be judged goes through without a word. Say what is wrong with it, as the docstring asks.",
)
def loss_without_the_guard(params, X, y, reg):
    hidden = _hidden(params, X)
    return _loss_of(hidden, _scores(params, hidden), _gradients, params, X, y, reg)


# two_layer_predict


@misconception("two_layer_predict", hint="The bias of the hidden layer is missing when you predict.")
def predict_forgot_b1(params, X):
    return np.argmax(_scores(params, np.maximum(0, X @ params["W1"])), axis=1)


@misconception("two_layer_predict", hint="The bias of the output layer is missing when you predict.")
def predict_forgot_b2(params, X):
    return np.argmax(_hidden(params, X) @ params["W2"], axis=1)


@misconception("two_layer_predict", hint="Both biases are missing when you predict.")
def predict_forgot_both_biases(params, X):
    return np.argmax(np.maximum(0, X @ params["W1"]) @ params["W2"], axis=1)


@misconception("two_layer_predict", hint="The ReLU is left out when you predict, so it is not the network you trained.")
def predict_relu_left_out(params, X):
    return np.argmax(_scores(params, X @ params["W1"] + params["b1"]), axis=1)


@misconception(
    "two_layer_predict",
    hint="You look for the largest score over the examples. The question is which class of one example is best.",
)
def predict_over_the_wrong_axis(params, X):
    return np.argmax(_scores(params, _hidden(params, X)), axis=0)


@misconception("two_layer_predict", hint="You return the highest scores themselves, not the classes that have them.")
def predict_returned_scores(params, X):
    return np.max(_scores(params, _hidden(params, X)), axis=1)


@misconception("two_layer_predict", hint="You return probabilities. What is asked for is one label for each example.")
def predict_returned_probabilities(params, X):
    return np.exp(_log_p(_scores(params, _hidden(params, X))))


@misconception("two_layer_predict", hint="Your labels are the classes with the lowest scores.")
def predict_lowest_score(params, X):
    return np.argmin(_scores(params, _hidden(params, X)), axis=1)


@misconception(
    "two_layer_predict", hint="You choose the largest score whatever its sign. A very negative one is a poor one."
)
def predict_largest_size(params, X):
    return np.argmax(np.abs(_scores(params, _hidden(params, X))), axis=1)


@misconception("two_layer_predict", hint="You choose the strongest hidden unit. Classes belong to the scores.")
def predict_strongest_hidden_unit(params, X):
    return np.argmax(_hidden(params, X), axis=1)


@misconception("two_layer_predict", hint="Your labels start at one. The first class is number zero.")
def predict_counted_from_one(params, X):
    return np.argmax(_scores(params, _hidden(params, X)), axis=1) + 1


@misconception(
    "two_layer_predict",
    hint="Your labels are right, but they are floats. Labels are integers, so that they can count and index.",
)
def predict_floats(params, X):
    labels = np.zeros(len(X))
    for n, scores in enumerate(_scores(params, _hidden(params, X))):
        labels[n] = np.argmax(scores)
    return labels


@misconception("two_layer_predict", hint="Of equal scores you choose the last class. It should be the first one.")
def predict_last_of_equal_scores(params, X):
    scores = _scores(params, _hidden(params, X))
    return scores.shape[1] - 1 - np.argmax(scores[:, ::-1], axis=1)


# train_two_layer


def _accuracy(params, X, y):
    return float(np.mean(two_layer_predict(params, X) == y))


def _step(params, learning_rate, grads):
    return {name: values - learning_rate * grads[name] for name, values in params.items()}


def _orders(size, seed):
    """Yield the order of each epoch."""
    rng = np.random.default_rng(seed)
    while True:
        yield rng.permutation(size)


def _batches(size, batch_size, orders):
    """Yield (rows, whether the epoch ends with them), epoch after epoch."""
    for order in orders:
        for start in range(0, size, batch_size):
            yield order[start : start + batch_size], start + batch_size >= size


def _of_rows(y, rows):
    return y[rows]


def _train(params, data, learning_rate, reg, steps, batches, decay, *, step=_step, labels=_of_rows):
    """Train as asked for, but on the batches that are given and with the step that is given."""
    X, y, X_val, y_val = data
    params = {name: np.array(values, dtype=float) for name, values in params.items()}
    history = {"loss": [], "train_accuracy": [], "val_accuracy": []}
    for number, (rows, ends) in zip(range(steps), batches, strict=False):
        loss, grads = two_layer_loss(params, X[rows], labels(y, rows), reg)
        params = step(params, learning_rate, grads)
        history["loss"].append(loss)
        if ends or number == steps - 1:
            history["train_accuracy"].append(_accuracy(params, X, y))
            history["val_accuracy"].append(_accuracy(params, X_val, y_val))
            learning_rate *= decay
    return params, history


@misconception(
    "train_two_layer",
    hint="The training is right, but it goes on inside the caller's arrays, and the start is gone. Copy it first.",
)
def train_changed_params(params, X, y, X_val, y_val, learning_rate, decay, reg, steps, batch_size, seed):
    batches = _batches(len(X), batch_size, _orders(len(X), seed))
    trained, history = _train(params, (X, y, X_val, y_val), learning_rate, reg, steps, batches, decay)
    for name, values in trained.items():
        params[name][...] = values
    return params, history


@misconception("train_two_layer", hint="The learning rate never decays: `decay` changes nothing.")
def train_without_decay(params, X, y, X_val, y_val, learning_rate, decay, reg, steps, batch_size, seed):
    batches = _batches(len(X), batch_size, _orders(len(X), seed))
    return _train(params, (X, y, X_val, y_val), learning_rate, reg, steps, batches, 1.0)


@misconception(
    "train_two_layer",
    hint="The learning rate decays after every step. It should be the same throughout an epoch.",
)
def train_decay_every_step(params, X, y, X_val, y_val, learning_rate, decay, reg, steps, batch_size, seed):
    taken = []

    def step(params, learning_rate, grads):
        taken.append(1)
        return _step(params, learning_rate * decay ** (len(taken) - 1), grads)

    batches = _batches(len(X), batch_size, _orders(len(X), seed))
    return _train(params, (X, y, X_val, y_val), learning_rate, reg, steps, batches, 1.0, step=step)


@misconception("train_two_layer", hint="The learning rate has decayed before the first epoch already.")
def train_decay_too_early(params, X, y, X_val, y_val, learning_rate, decay, reg, steps, batch_size, seed):
    batches = _batches(len(X), batch_size, _orders(len(X), seed))
    return _train(params, (X, y, X_val, y_val), learning_rate * decay, reg, steps, batches, decay)


@misconception(
    "train_two_layer",
    hint="You train on the validation examples as well, so they no longer show how the network does on new ones.",
)
def train_on_validation_too(params, X, y, X_val, y_val, learning_rate, decay, reg, steps, batch_size, seed):
    both = np.concatenate([X, X_val]), np.concatenate([y, y_val])
    batches = _batches(len(both[0]), batch_size, _orders(len(both[0]), seed))
    return _train(params, (*both, X_val, y_val), learning_rate, reg, steps, batches, decay)


@misconception("train_two_layer", hint="The biases are never updated. They are learned like the weights.")
def train_biases_never_updated(params, X, y, X_val, y_val, learning_rate, decay, reg, steps, batch_size, seed):
    def step(params, learning_rate, grads):
        return {**params, **_step({name: params[name] for name in ("W1", "W2")}, learning_rate, grads)}

    batches = _batches(len(X), batch_size, _orders(len(X), seed))
    return _train(params, (X, y, X_val, y_val), learning_rate, reg, steps, batches, decay, step=step)


@misconception("train_two_layer", hint="Only the second layer is updated. W1 and b1 stay what they were.")
def train_second_layer_only(params, X, y, X_val, y_val, learning_rate, decay, reg, steps, batch_size, seed):
    def step(params, learning_rate, grads):
        return {**params, **_step({name: params[name] for name in ("W2", "b2")}, learning_rate, grads)}

    batches = _batches(len(X), batch_size, _orders(len(X), seed))
    return _train(params, (X, y, X_val, y_val), learning_rate, reg, steps, batches, decay, step=step)


@misconception("train_two_layer", hint="You walk uphill: a step along the gradient makes the loss grow.")
def train_uphill(params, X, y, X_val, y_val, learning_rate, decay, reg, steps, batch_size, seed):
    batches = _batches(len(X), batch_size, _orders(len(X), seed))
    return _train(params, (X, y, X_val, y_val), -learning_rate, reg, steps, batches, decay)


@misconception(
    "train_two_layer",
    hint="All steps of an epoch see the same batch, and the other examples are never trained on.",
)
def train_same_batch_each_step(params, X, y, X_val, y_val, learning_rate, decay, reg, steps, batch_size, seed):
    def batches():
        for order in _orders(len(X), seed):
            for start in range(0, len(X), batch_size):
                yield order[:batch_size], start + batch_size >= len(X)

    return _train(params, (X, y, X_val, y_val), learning_rate, reg, steps, batches(), decay)


@misconception("train_two_layer", hint="Every step sees all examples, whatever `batch_size` is.")
def train_full_batches(params, X, y, X_val, y_val, learning_rate, decay, reg, steps, batch_size, seed):
    batches = ((np.arange(len(X)), ends) for _, ends in _batches(len(X), batch_size, _orders(len(X), seed)))
    return _train(params, (X, y, X_val, y_val), learning_rate, reg, steps, batches, decay)


@misconception(
    "train_two_layer",
    hint="Every epoch goes through the examples in the same order. Each epoch has an order of its own.",
)
def train_one_order_for_all_epochs(params, X, y, X_val, y_val, learning_rate, decay, reg, steps, batch_size, seed):
    def orders():
        order = next(_orders(len(X), seed))
        while True:
            yield order

    batches = _batches(len(X), batch_size, orders())
    return _train(params, (X, y, X_val, y_val), learning_rate, reg, steps, batches, decay)


@misconception("train_two_layer", hint="You take the examples as they come, without shuffling them.")
def train_not_shuffled(params, X, y, X_val, y_val, learning_rate, decay, reg, steps, batch_size, seed):
    def orders():
        while True:
            yield np.arange(len(X))

    batches = _batches(len(X), batch_size, orders())
    return _train(params, (X, y, X_val, y_val), learning_rate, reg, steps, batches, decay)


@misconception("train_two_layer", hint="A new order is drawn for every step, so an epoch is no pass over all examples.")
def train_new_order_each_step(params, X, y, X_val, y_val, learning_rate, decay, reg, steps, batch_size, seed):
    def batches():
        orders = _orders(len(X), seed)
        while True:
            for start in range(0, len(X), batch_size):
                yield next(orders)[start : start + batch_size], start + batch_size >= len(X)

    return _train(params, (X, y, X_val, y_val), learning_rate, reg, steps, batches(), decay)


@misconception(
    "train_two_layer",
    hint=(
        "You draw every batch anew from all examples, with repetition. "
        "In one epoch each example should have its turn exactly once."
    ),
)
def train_drew_with_replacement(params, X, y, X_val, y_val, learning_rate, decay, reg, steps, batch_size, seed):
    def batches():
        rng = np.random.default_rng(seed)
        while True:
            for start in range(0, len(X), batch_size):
                yield rng.choice(len(X), batch_size), start + batch_size >= len(X)

    return _train(params, (X, y, X_val, y_val), learning_rate, reg, steps, batches(), decay)


@misconception(
    "train_two_layer",
    hint="The last batch of an epoch is dropped where it would be smaller than the others. Its examples count, too.",
)
def train_dropped_the_last_batch(params, X, y, X_val, y_val, learning_rate, decay, reg, steps, batch_size, seed):
    size = min(batch_size, len(X))

    def batches():
        for order in _orders(len(X), seed):
            for start in range(0, len(X) - size + 1, size):
                yield order[start : start + size], start + 2 * size > len(X)

    return _train(params, (X, y, X_val, y_val), learning_rate, reg, steps, batches(), decay)


@misconception(
    "train_two_layer", hint="The examples are shuffled and their labels are not: they no longer belong together."
)
def train_labels_not_shuffled(params, X, y, X_val, y_val, learning_rate, decay, reg, steps, batch_size, seed):
    starts = itertools.cycle(range(0, len(X), batch_size))

    def labels(y, rows):
        start = next(starts)
        return y[start : start + len(rows)]

    batches = _batches(len(X), batch_size, _orders(len(X), seed))
    data = (X, y, X_val, y_val)
    return _train(params, data, learning_rate, reg, steps, batches, decay, labels=labels)


@misconception("train_two_layer", hint="`reg` is not handed on to the loss: nothing is regularised.")
def train_without_regularisation(params, X, y, X_val, y_val, learning_rate, decay, reg, steps, batch_size, seed):
    batches = _batches(len(X), batch_size, _orders(len(X), seed))
    return _train(params, (X, y, X_val, y_val), learning_rate, 0.0, steps, batches, decay)


@misconception("train_two_layer", hint="The random numbers do not depend on `seed`.")
def train_ignored_the_seed(params, X, y, X_val, y_val, learning_rate, decay, reg, steps, batch_size, seed):
    batches = _batches(len(X), batch_size, _orders(len(X), 0))
    return _train(params, (X, y, X_val, y_val), learning_rate, reg, steps, batches, decay)


@misconception(
    "train_two_layer", hint="You note the loss after each step. It should be the one that the step started from."
)
def train_loss_after_the_step(params, X, y, X_val, y_val, learning_rate, decay, reg, steps, batch_size, seed):
    noted, seen = [], []

    def batches():
        for rows, ends in _batches(len(X), batch_size, _orders(len(X), seed)):
            seen.append(rows)
            yield rows, ends

    def step(params, learning_rate, grads):
        after = _step(params, learning_rate, grads)
        noted.append(two_layer_loss(after, X[seen[-1]], y[seen[-1]], reg)[0])
        return after

    data = (X, y, X_val, y_val)
    trained, history = _train(params, data, learning_rate, reg, steps, batches(), decay, step=step)
    return trained, {**history, "loss": noted}


@misconception("train_two_layer", hint="You note the losses of epochs. Each step's batch has a loss to be noted.")
def train_loss_once_an_epoch(params, X, y, X_val, y_val, learning_rate, decay, reg, steps, batch_size, seed):
    batches = _batches(len(X), batch_size, _orders(len(X), seed))
    trained, history = _train(params, (X, y, X_val, y_val), learning_rate, reg, steps, batches, decay)
    per_epoch = math.ceil(len(X) / batch_size)
    return trained, {**history, "loss": history["loss"][::per_epoch]}


@misconception("train_two_layer", hint="You note the accuracies after every step. They are asked for once an epoch.")
def train_accuracies_every_step(params, X, y, X_val, y_val, learning_rate, decay, reg, steps, batch_size, seed):
    accuracies = {"train_accuracy": [], "val_accuracy": []}

    def step(params, learning_rate, grads):
        params = _step(params, learning_rate, grads)
        accuracies["train_accuracy"].append(_accuracy(params, X, y))
        accuracies["val_accuracy"].append(_accuracy(params, X_val, y_val))
        return params

    batches = _batches(len(X), batch_size, _orders(len(X), seed))
    data = (X, y, X_val, y_val)
    trained, history = _train(params, data, learning_rate, reg, steps, batches, decay, step=step)
    return trained, {**history, **accuracies}


@misconception("train_two_layer", hint="An epoch that is cut short leaves no accuracies in your history.")
def train_cut_epoch_not_noted(params, X, y, X_val, y_val, learning_rate, decay, reg, steps, batch_size, seed):
    batches = _batches(len(X), batch_size, _orders(len(X), seed))
    trained, history = _train(params, (X, y, X_val, y_val), learning_rate, reg, steps, batches, decay)
    epochs = steps // math.ceil(len(X) / batch_size)
    return trained, {name: values if name == "loss" else values[:epochs] for name, values in history.items()}


@misconception("train_two_layer", hint="What you note as accuracies are shares of wrong predictions.")
def train_error_rates_for_accuracies(params, X, y, X_val, y_val, learning_rate, decay, reg, steps, batch_size, seed):
    batches = _batches(len(X), batch_size, _orders(len(X), seed))
    trained, history = _train(params, (X, y, X_val, y_val), learning_rate, reg, steps, batches, decay)
    wrong = {name: [1 - share for share in history[name]] for name in ("train_accuracy", "val_accuracy")}
    return trained, {**history, **wrong}


@misconception("train_two_layer", hint="Your validation accuracy is measured on the training examples.")
def train_validated_on_training_data(params, X, y, X_val, y_val, learning_rate, decay, reg, steps, batch_size, seed):
    batches = _batches(len(X), batch_size, _orders(len(X), seed))
    return _train(params, (X, y, X, y), learning_rate, reg, steps, batches, decay)


# train_tiny_network


def _tiny(X, y, steps, first, deltas, *, rate=1.0):
    """Train as asked for, but from the weights that are given and with the deltas that are given."""
    W1, W2 = first
    target = np.reshape(y, (-1, 1))
    for _ in range(steps):
        h = sigmoid(X @ W1)
        p = sigmoid(h @ W2)
        dz2, dz1 = deltas(p, target, h, W2)
        W2 = W2 - rate * h.T @ dz2
        W1 = W1 - rate * X.T @ dz1
    return {"W1": W1, "W2": W2}, sigmoid(sigmoid(X @ W1) @ W2).ravel()


def _first(X, hidden, seed):
    rng = np.random.default_rng(seed)
    W1 = 2 * rng.random((X.shape[1], hidden)) - 1
    return W1, 2 * rng.random((hidden, 1)) - 1


def _deltas(p, target, h, W2):
    dz2 = (p - target) * p * (1 - p)
    return dz2, (dz2 @ W2.T) * h * (1 - h)


@misconception(
    "train_tiny_network",
    hint=(
        "The output overwrites the hidden layer, which is needed once more on the way back: "
        "a famous eleven-line program was copied with this mistake. Use two names."
    ),
)
def tiny_hidden_layer_overwritten(X, y, hidden, steps, seed):
    W1, W2 = _first(X, hidden, seed)
    target = np.reshape(y, (-1, 1))
    for _ in range(steps):
        layer = sigmoid(X @ W1)
        layer = sigmoid(layer @ W2)
        dz2 = (layer - target) * layer * (1 - layer)
        dz1 = (dz2 @ W2.T) * layer * (1 - layer)
        W2 = W2 - layer.T @ dz2
        W1 = W1 - X.T @ dz1
    return {"W1": W1, "W2": W2}, sigmoid(sigmoid(X @ W1) @ W2).ravel()


@misconception("train_tiny_network", hint="The weights are never updated: what you return is where you started.")
def tiny_weights_never_updated(X, y, hidden, steps, seed):
    return _tiny(X, y, 0, _first(X, hidden, seed), _deltas)


@misconception("train_tiny_network", hint="Only the second layer learns. W1 is what it was at the start.")
def tiny_second_layer_only(X, y, hidden, steps, seed):
    def deltas(p, target, h, W2):
        dz2, dz1 = _deltas(p, target, h, W2)
        return dz2, 0 * dz1

    return _tiny(X, y, steps, _first(X, hidden, seed), deltas)


@misconception("train_tiny_network", hint="The slope of the sigmoid is missing in both layers on the way back.")
def tiny_no_slopes(X, y, hidden, steps, seed):
    def deltas(p, target, h, W2):
        return p - target, (p - target) @ W2.T

    return _tiny(X, y, steps, _first(X, hidden, seed), deltas)


@misconception(
    "train_tiny_network",
    hint="The slope of the output's sigmoid is missing on the way back. It suits another loss than this one.",
)
def tiny_no_slope_of_the_output(X, y, hidden, steps, seed):
    def deltas(p, target, h, W2):
        return p - target, ((p - target) @ W2.T) * h * (1 - h)

    return _tiny(X, y, steps, _first(X, hidden, seed), deltas)


@misconception("train_tiny_network", hint="The slope of the hidden layer's sigmoid is missing on the way back.")
def tiny_no_slope_of_the_hidden_layer(X, y, hidden, steps, seed):
    def deltas(p, target, h, W2):
        dz2 = (p - target) * p * (1 - p)
        return dz2, dz2 @ W2.T

    return _tiny(X, y, steps, _first(X, hidden, seed), deltas)


@misconception(
    "train_tiny_network",
    hint="You take the slope at a value that is squashed already. It belongs to the sum before.",
)
def tiny_slope_at_the_activation(X, y, hidden, steps, seed):
    def slope(a):
        return sigmoid(a) * (1 - sigmoid(a))

    def deltas(p, target, h, W2):
        dz2 = (p - target) * slope(p)
        return dz2, (dz2 @ W2.T) * slope(h)

    return _tiny(X, y, steps, _first(X, hidden, seed), deltas)


@misconception(
    "train_tiny_network",
    hint="W2 is updated before the gradient has passed through it. Both gradients belong to the same weights.",
)
def tiny_w2_updated_too_early(X, y, hidden, steps, seed):
    W1, W2 = _first(X, hidden, seed)
    target = np.reshape(y, (-1, 1))
    for _ in range(steps):
        h = sigmoid(X @ W1)
        p = sigmoid(h @ W2)
        dz2 = (p - target) * p * (1 - p)
        W2 = W2 - h.T @ dz2
        W1 = W1 - X.T @ ((dz2 @ W2.T) * h * (1 - h))
    return {"W1": W1, "W2": W2}, sigmoid(sigmoid(X @ W1) @ W2).ravel()


@misconception(
    "train_tiny_network",
    hint="Your targets are a row and the outputs a column: their difference is a whole table.",
)
def tiny_targets_as_a_row(X, y, hidden, steps, seed):
    W1, W2 = _first(X, hidden, seed)
    for _ in range(steps):
        h = sigmoid(X @ W1)
        p = sigmoid(h @ W2)
        dz2 = (p - y) * p * (1 - p)
        dz1 = (dz2 @ W2.T) * h * (1 - h)
        W2 = W2 - h.T @ dz2
        W1 = W1 - X.T @ dz1
    return {"W1": W1, "W2": W2}, sigmoid(sigmoid(X @ W1) @ W2).ravel()


@misconception(
    "train_tiny_network",
    hint="The error grows from step to step: you add where you should subtract, or the other way round.",
)
def tiny_uphill(X, y, hidden, steps, seed):
    return _tiny(X, y, steps, _first(X, hidden, seed), _deltas, rate=-1.0)


@misconception("train_tiny_network", hint="You take the mean over the examples. The error E is a sum.")
def tiny_mean_for_sum(X, y, hidden, steps, seed):
    return _tiny(X, y, steps, _first(X, hidden, seed), _deltas, rate=1.0 / len(X))


@misconception("train_tiny_network", hint="Your gradients are twice as large: the error E has a factor ½.")
def tiny_forgot_the_half(X, y, hidden, steps, seed):
    return _tiny(X, y, steps, _first(X, hidden, seed), _deltas, rate=2.0)


@misconception("train_tiny_network", hint="The first weights are all positive. They lie on both sides of zero.")
def tiny_positive_start(X, y, hidden, steps, seed):
    rng = np.random.default_rng(seed)
    first = rng.random((X.shape[1], hidden)), rng.random((hidden, 1))
    return _tiny(X, y, steps, first, _deltas)


@misconception(
    "train_tiny_network", hint="The first weights are normally distributed. They are drawn evenly from an interval."
)
def tiny_normal_start(X, y, hidden, steps, seed):
    rng = np.random.default_rng(seed)
    first = rng.standard_normal((X.shape[1], hidden)), rng.standard_normal((hidden, 1))
    return _tiny(X, y, steps, first, _deltas)


@misconception(
    "train_tiny_network",
    hint="All first weights are zero. Hidden units that start alike get the same gradient, and stay alike for ever.",
)
def tiny_zero_start(X, y, hidden, steps, seed):
    return _tiny(X, y, steps, (np.zeros((X.shape[1], hidden)), np.zeros((hidden, 1))), _deltas)


@misconception("train_tiny_network", hint="The first weights do not depend on `seed`.")
def tiny_ignored_the_seed(X, y, hidden, steps, seed):
    return _tiny(X, y, steps, _first(X, hidden, 1), _deltas)


@misconception("train_tiny_network", hint="W2 is drawn before W1, so the same seed gives other weights than it should.")
def tiny_w2_drawn_first(X, y, hidden, steps, seed):
    rng = np.random.default_rng(seed)
    W2 = 2 * rng.random((hidden, 1)) - 1
    return _tiny(X, y, steps, (2 * rng.random((X.shape[1], hidden)) - 1, W2), _deltas)


@misconception(
    "train_tiny_network",
    hint="The predictions are those from before the last step. Run the network once more with the final weights.",
)
def tiny_predictions_before_the_last_step(X, y, hidden, steps, seed):
    weights, _ = _tiny(X, y, steps, _first(X, hidden, seed), _deltas)
    return weights, _tiny(X, y, steps - 1, _first(X, hidden, seed), _deltas)[1]


@misconception("train_tiny_network", hint="You round the predictions. They are the outputs of the network as they are.")
def tiny_rounded_predictions(X, y, hidden, steps, seed):
    weights, p = _tiny(X, y, steps, _first(X, hidden, seed), _deltas)
    return weights, np.round(p)


@misconception(
    "train_tiny_network", hint="Your predictions are a column. One number for each example, in one axis, is asked for."
)
def tiny_predictions_as_a_column(X, y, hidden, steps, seed):
    weights, p = _tiny(X, y, steps, _first(X, hidden, seed), _deltas)
    return weights, p[:, None]


@misconception("train_tiny_network", hint="The output has no sigmoid in your network: both layers have one.")
def tiny_linear_output(X, y, hidden, steps, seed):
    W1, W2 = _first(X, hidden, seed)
    target = np.reshape(y, (-1, 1))
    for _ in range(steps):
        h = sigmoid(X @ W1)
        dz2 = h @ W2 - target
        dz1 = (dz2 @ W2.T) * h * (1 - h)
        W2 = W2 - h.T @ dz2
        W1 = W1 - X.T @ dz1
    return {"W1": W1, "W2": W2}, (sigmoid(X @ W1) @ W2).ravel()


@misconception("train_tiny_network", hint="You take one step too few.")
def tiny_one_step_too_few(X, y, hidden, steps, seed):
    return _tiny(X, y, steps - 1, _first(X, hidden, seed), _deltas)
