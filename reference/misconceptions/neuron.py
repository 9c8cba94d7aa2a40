"""Known slips in `neuron`: wrong variants of single exercises, each with the hint for whoever wrote the same."""

# Variants are untyped like the exercises themselves, and a class is named like the slip it is.
# mypy: allow-untyped-defs, allow-untyped-calls
# ruff: noqa: ARG001, D101, D102, D103, N801

import math

import numpy as np

from autograder.misconceptions import misconception


def _sigma(x):
    return 0.5 + 0.5 * np.tanh(0.5 * np.asarray(x, dtype=float))


# weighted_sum


@misconception(
    "weighted_sum",
    hint="The bias is missing.",
)
def score_without_bias(x, w, b):
    return np.dot(x, w)


@misconception(
    "weighted_sum",
    hint="The bias is added once for every feature. It stands outside of the sum.",
)
def score_with_a_bias_for_every_feature(x, w, b):
    return np.sum(x * w + b, axis=-1)


@misconception(
    "weighted_sum",
    hint="You add up the whole batch. Every example has a score of its own, so N examples bring N scores.",
)
def score_of_the_whole_batch(x, w, b):
    return np.sum(x * w) + b


@misconception(
    "weighted_sum",
    hint="You return the products of weights and inputs one by one. They still have to be added up.",
)
def score_not_summed(x, w, b):
    return x * w + b


@misconception(
    "weighted_sum",
    hint="You take the mean over the features. A weighted sum is not divided by their number.",
)
def score_mean_for_sum(x, w, b):
    return np.mean(x * w, axis=-1) + b


@misconception(
    "weighted_sum",
    hint="In a batch you sum over the examples. Sum over the features, so that every example keeps its own score.",
)
def score_summed_over_the_examples(x, w, b):
    return np.sum(x * w, axis=0) + b


@misconception(
    "weighted_sum",
    hint="Weights and inputs meet in the wrong order: with a batch, the features have to be the inner dimension.",
)
def score_in_the_wrong_order(x, w, b):
    return np.dot(w, x) + b


@misconception(
    "weighted_sum",
    hint="You subtract the bias as if it were a threshold. Here it is added.",
)
def score_minus_bias(x, w, b):
    return np.dot(x, w) - b


# classify


@misconception(
    "classify",
    hint="A score of exactly 0 goes to the wrong class. The docstring says which one it belongs to.",
)
def tie_as_one(scores):
    return np.greater_equal(scores, 0).astype(int)


@misconception(
    "classify",
    hint="Your labels are right, but they are floats. Labels are integers, so that they can count and index.",
)
def labels_as_floats(scores):
    return np.greater(scores, 0).astype(float)


@misconception(
    "classify",
    hint="A comparison brings True and False. The labels are the integers 1 and 0.",
)
def labels_as_booleans(scores):
    return np.greater(scores, 0)


@misconception(
    "classify",
    hint="You label the other class −1. In this exercise the two classes are called 0 and 1.",
)
def minus_one_for_zero(scores):
    return np.where(np.greater(scores, 0), 1, -1)


@misconception(
    "classify",
    hint="The sign of a score takes three values. There are only two classes.",
)
def sign_as_label(scores):
    return np.sign(scores).astype(int)


@misconception(
    "classify",
    hint="Your two classes are swapped: a positive score speaks for class 1.",
)
def classes_swapped(scores):
    return np.less_equal(scores, 0).astype(int)


@misconception(
    "classify",
    hint="You cut at one half. That is the place for a probability; a score changes sides at 0.",
)
def cut_at_one_half(scores):
    return np.greater(scores, 0.5).astype(int)


# sigmoid


@misconception(
    "sigmoid",
    hint="Your curve falls where it should rise. Check the sign in the exponent.",
)
def sigmoid_forgot_the_minus(x):
    return _sigma(np.negative(x))


@misconception(
    "sigmoid",
    hint=(
        "For large inputs the exponential overflows above and below the fraction bar, and infinity over infinity is "
        "NaN. See to it that nothing large ever gets into the exponent."
    ),
)
def sigmoid_overflows(x):
    e = np.exp(x)
    return e / (1.0 + e)


@misconception(
    "sigmoid",
    hint=(
        "For large inputs an exponential overflows, and only by luck, or on a side that is thrown away afterwards. "
        "Keep every exponent from being positive."
    ),
)
def sigmoid_warns(x):
    return 1.0 / (1.0 + np.exp(np.negative(x)))


@misconception(
    "sigmoid",
    hint="Division comes before addition: without brackets the 1 is all that is below the fraction bar.",
)
def sigmoid_without_brackets(x):
    return 1.0 / 1.0 + np.exp(np.negative(x))


@misconception(
    "sigmoid",
    hint="A 1 is missing below the fraction bar. Work out what the sigmoid is at 0.",
)
def sigmoid_forgot_the_one(x):
    return 1.0 / np.exp(np.negative(x))


@misconception(
    "sigmoid",
    hint="Your curve goes from −1 to 1: that is the hyperbolic tangent. The sigmoid goes from 0 to 1.",
)
def sigmoid_as_tanh(x):
    return np.tanh(x)


@misconception(
    "sigmoid",
    hint="You divide by a sum over all entries. That is the softmax; the sigmoid looks at every entry by itself.",
)
def sigmoid_as_softmax(x):
    e = np.exp(x - np.max(x))
    return e / np.sum(e)


@misconception(
    "sigmoid",
    hint="The functions of the module math take one number only. Use numpy's, which work on arrays of any shape.",
)
def sigmoid_of_math(x):
    return 1.0 / (1.0 + math.exp(-x))


@misconception(
    "sigmoid",
    hint="You change the caller's array `x` on the way. Leave it as it was.",
)
def sigmoid_in_place(x):
    x *= -1
    return 1.0 / (1.0 + np.exp(x))


# sigmoid_derivative


@misconception(
    "sigmoid_derivative",
    hint="You return the sigmoid itself. One factor of its derivative is missing.",
)
def slope_forgot_one_minus_sigma(x):
    return _sigma(x)


@misconception(
    "sigmoid_derivative",
    hint="One factor of the derivative is there, the other one is missing.",
)
def slope_forgot_sigma(x):
    return _sigma(np.negative(x))


@misconception(
    "sigmoid_derivative",
    hint="You put x itself where the value of the sigmoid belongs.",
)
def slope_of_x_for_sigma(x):
    return x * (1.0 - x)


@misconception(
    "sigmoid_derivative",
    hint="Your slope is negative. The sigmoid rises everywhere.",
)
def slope_with_the_wrong_sign(x):
    return -0.25 / np.cosh(np.clip(np.multiply(0.5, x), -300.0, 300.0)) ** 2


@misconception(
    "sigmoid_derivative",
    hint="Your formula is the slope of tanh. In that of the sigmoid the second factor is not a square.",
)
def slope_of_tanh_for_sigmoid(x):
    return 1.0 - _sigma(x) ** 2


@misconception(
    "sigmoid_derivative",
    hint="You square the sigmoid. The derivative is a product of two different factors.",
)
def slope_sigma_squared(x):
    return _sigma(x) ** 2


@misconception(
    "sigmoid_derivative",
    hint="The sigmoid is applied twice: you take the slope at σ(x) and not at x.",
)
def slope_squashed_twice(x):
    s = _sigma(_sigma(x))
    return s * (1.0 - s)


@misconception(
    "sigmoid_derivative",
    hint=(
        "For very negative inputs the exponential overflows above and below the fraction bar, and infinity over "
        "infinity is NaN."
    ),
)
def slope_overflows(x):
    e = np.exp(np.negative(x))
    return e / (1.0 + e) ** 2


@misconception(
    "sigmoid_derivative",
    hint=(
        "For very negative inputs the exponential overflows on the way to the slope. "
        "Take the sigmoid in a form whose exponent is never positive."
    ),
)
def slope_warns(x):
    s = 1.0 / (1.0 + np.exp(np.negative(x)))
    return s * (1.0 - s)


@misconception(
    "sigmoid_derivative",
    hint="Far from 0 your slope is cut off to nothing. It gets tiny there, and it is never quite zero.",
)
def slope_cut_off_in_the_tails(x):
    return np.where(np.abs(x) < 6.0, 0.25 / np.cosh(np.clip(np.multiply(0.5, x), -300.0, 300.0)) ** 2, 0.0)


# tanh


@misconception(
    "tanh",
    hint="Your curve is too flat at 0. Squeeze the sigmoid in the direction of x as well.",
)
def tanh_forgot_to_double_the_input(x):
    return 2.0 * _sigma(x) - 1.0


@misconception(
    "tanh",
    hint="Your curve goes from −1 to 0. The sigmoid has to be stretched before it is moved down.",
)
def tanh_forgot_to_stretch(x):
    return _sigma(np.multiply(2.0, x)) - 1.0


@misconception(
    "tanh",
    hint="Your curve goes from 0 to 2. It has to pass through 0 at 0.",
)
def tanh_forgot_to_shift(x):
    return 2.0 * _sigma(np.multiply(2.0, x))


@misconception(
    "tanh",
    hint="Your curve goes from 0 to 1: you have squeezed the sigmoid, and neither stretched nor moved it.",
)
def tanh_as_sigmoid(x):
    return _sigma(np.multiply(2.0, x))


@misconception(
    "tanh",
    hint="Your curve falls where it should rise: the signs of its exponents are swapped.",
)
def tanh_upside_down(x):
    return np.tanh(np.negative(x))


@misconception(
    "tanh",
    hint="For large inputs of either sign the exponentials overflow, and infinity over infinity is NaN.",
)
def tanh_overflows(x):
    return (np.exp(x) - np.exp(np.negative(x))) / (np.exp(x) + np.exp(np.negative(x)))


@misconception(
    "tanh",
    hint="For large positive inputs the exponential overflows, and infinity over infinity is NaN.",
)
def tanh_overflows_on_one_side(x):
    e = np.exp(np.multiply(2.0, x))
    return (e - 1.0) / (e + 1.0)


@misconception(
    "tanh",
    hint=(
        "For very negative inputs the exponential overflows, although what is left of it in the end is right. "
        "Keep the exponent from being positive."
    ),
)
def tanh_warns(x):
    return 2.0 / (1.0 + np.exp(np.multiply(-2.0, x))) - 1.0


# relu


@misconception(
    "relu",
    hint=(
        "np.max and np.maximum are two things: the first one looks for the largest entry along an axis, "
        "and here every entry is compared with 0 by itself."
    ),
)
def relu_np_max_for_np_maximum(x):
    return np.max(x, 0)


@misconception(
    "relu",
    hint="Your negative entries come out positive. They should become 0.",
)
def relu_as_absolute_value(x):
    return np.abs(x)


@misconception(
    "relu",
    hint="Some slope is left for negative entries: that is the leaky ReLU. Here they become 0.",
)
def relu_leaks(x):
    return np.where(np.less(x, 0), np.multiply(0.01, x), x)


@misconception(
    "relu",
    hint="You return where x is positive, not the positive values themselves.",
)
def relu_as_step(x):
    return np.greater(x, 0) * 1.0


@misconception(
    "relu",
    hint="You keep the negative entries and drop the others.",
)
def relu_upside_down(x):
    return np.minimum(0.0, x)


@misconception(
    "relu",
    hint="Your values stop at 1. The ReLU lets positive entries pass as they are, however large.",
)
def relu_stops_at_one(x):
    return np.clip(x, 0.0, 1.0)


@misconception(
    "relu",
    hint="You write the zeros into the caller's array `x`. Leave it as it was and return another one.",
)
def relu_in_place(x):
    x[x < 0] = 0
    return x


# leaky_relu


@misconception(
    "leaky_relu",
    hint="Your slope is a fixed number. The caller chooses it with the argument `slope`.",
)
def leaky_ignored_the_slope(x, slope=0.01):
    return np.where(np.greater(x, 0), x, np.multiply(0.01, x))


@misconception(
    "leaky_relu",
    hint="The slope has another value than the docstring's where the caller names none.",
)
def leaky_with_another_default(x, slope=0.1):
    return np.where(np.greater(x, 0), x, np.multiply(slope, x))


@misconception(
    "leaky_relu",
    hint="Negative entries become 0, as in the plain ReLU. Here something of them is left.",
)
def leaky_without_a_leak(x, slope=0.01):
    return np.maximum(0.0, x)


@misconception(
    "leaky_relu",
    hint="The two sides are swapped: you scale the positive entries and leave the negative ones.",
)
def leaky_on_the_wrong_side(x, slope=0.01):
    return np.where(np.greater(x, 0), np.multiply(slope, x), x)


@misconception(
    "leaky_relu",
    hint="Every entry is scaled. The positive ones should pass as they are.",
)
def leaky_on_both_sides(x, slope=0.01):
    return np.multiply(slope, x)


@misconception(
    "leaky_relu",
    hint="What is left of a negative entry comes out positive. It should stay below 0.",
)
def leaky_turned_upwards(x, slope=0.01):
    return np.where(np.greater(x, 0), x, np.multiply(slope, np.abs(x)))


@misconception(
    "leaky_relu",
    hint="Negative entries become the slope itself. The slope says how fast the value falls with x.",
)
def leaky_slope_as_value(x, slope=0.01):
    return np.where(np.greater(x, 0), x, np.minimum(0.0, -slope * np.ones_like(x, dtype=float)))


@misconception(
    "leaky_relu",
    hint="With an array of integers the fractions are cut off, because you write them into another array of integers.",
)
def leaky_cuts_off_fractions(x, slope=0.01):
    x = np.asarray(x)
    return np.where(x > 0, x, slope * x).astype(x.dtype)


@misconception(
    "leaky_relu",
    hint="You overwrite the negative entries of the caller's array `x`. Write into an array of floats of your own.",
)
def leaky_in_place(x, slope=0.01):
    x[x < 0] *= slope
    return x


# elu


@misconception(
    "elu",
    hint="Your function jumps at 0. The two sides have to meet there.",
)
def elu_forgot_the_minus_one(x, alpha=1.0):
    return np.where(np.greater(x, 0), x, alpha * np.exp(np.minimum(x, 0.0)))


@misconception(
    "elu",
    hint="The argument `alpha` has no effect.",
)
def elu_ignored_alpha(x, alpha=1.0):
    return np.where(np.greater(x, 0), x, np.expm1(np.minimum(x, 0.0)))


@misconception(
    "elu",
    hint="`alpha` scales the exponential alone. It belongs to the whole negative side.",
)
def elu_alpha_without_brackets(x, alpha=1.0):
    return np.where(np.greater(x, 0), x, alpha * np.exp(np.minimum(x, 0.0)) - 1.0)


@misconception(
    "elu",
    hint=(
        "For large inputs the side that you want to leave out is infinite, and infinity times 0 is NaN. "
        "Choose between the sides, and keep large inputs out of the exponential."
    ),
)
def elu_infinity_times_zero(x, alpha=1.0):
    return np.greater(x, 0) * np.asarray(x) + np.less_equal(x, 0) * (alpha * (np.exp(x) - 1.0))


@misconception(
    "elu",
    hint=(
        "Both sides are worked out for every entry before you choose, and for large ones the exponential overflows. "
        "Keep entries that do not need it out of it."
    ),
)
def elu_warns(x, alpha=1.0):
    return np.where(np.greater(x, 0), x, alpha * np.expm1(x))


@misconception(
    "elu",
    hint="Negative entries fall along a straight line: that is the leaky ReLU. Here they level off.",
)
def elu_as_leaky(x, alpha=1.0):
    return np.where(np.greater(x, 0), x, np.multiply(alpha, x))


@misconception(
    "elu",
    hint="The two sides are swapped: you bend the positive entries and leave the negative ones.",
)
def elu_on_the_wrong_side(x, alpha=1.0):
    return np.where(np.greater(x, 0), alpha * (np.exp(x) - 1.0), x)


@misconception(
    "elu",
    hint="Your negative entries come out positive. They should level off below 0.",
)
def elu_turned_upwards(x, alpha=1.0):
    return np.where(np.greater(x, 0), x, -alpha * np.expm1(np.minimum(x, 0.0)))


@misconception(
    "elu",
    hint="Negative entries become 0, as in the plain ReLU. Here they level off below 0.",
)
def elu_as_relu(x, alpha=1.0):
    return np.maximum(0.0, x)


@misconception(
    "elu",
    hint="With an array of integers the fractions are cut off, because you write them into another array of integers.",
)
def elu_cuts_off_fractions(x, alpha=1.0):
    x = np.asarray(x)
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0.0))).astype(x.dtype)


@misconception(
    "elu",
    hint="You overwrite the negative entries of the caller's array `x`. Write into an array of floats of your own.",
)
def elu_in_place(x, alpha=1.0):
    x[x < 0] = alpha * np.expm1(x[x < 0])
    return x


# maxout


@misconception(
    "maxout",
    hint="You add the two maps. A maxout unit keeps the larger one.",
)
def maxout_as_sum(x, W1, b1, W2, b2):
    return np.dot(x, W1) + b1 + np.dot(x, W2) + b2


@misconception(
    "maxout",
    hint="You keep the smaller one of the two maps.",
)
def maxout_as_minimum(x, W1, b1, W2, b2):
    return np.minimum(np.dot(x, W1) + b1, np.dot(x, W2) + b2)


@misconception(
    "maxout",
    hint="The biases are missing in both maps.",
)
def maxout_without_biases(x, W1, b1, W2, b2):
    return np.maximum(np.dot(x, W1), np.dot(x, W2))


@misconception(
    "maxout",
    hint="You add the biases after the comparison. Each one belongs to its own map.",
)
def maxout_biases_after_the_comparison(x, W1, b1, W2, b2):
    return np.maximum(np.dot(x, W1), np.dot(x, W2)) + b1 + b2


@misconception(
    "maxout",
    hint="Both of your maps have the same bias.",
)
def maxout_one_bias_for_both(x, W1, b1, W2, b2):
    return np.maximum(np.dot(x, W1) + b1, np.dot(x, W2) + b1)


@misconception(
    "maxout",
    hint="You compare the weights. What has to be compared are the two maps of the inputs.",
)
def maxout_of_the_weights(x, W1, b1, W2, b2):
    return np.dot(x, np.maximum(W1, W2)) + np.maximum(b1, b2)


@misconception(
    "maxout",
    hint="You compare the first map with 0, as in the ReLU. The second map does not have to be zero.",
)
def maxout_as_relu(x, W1, b1, W2, b2):
    return np.maximum(0.0, np.dot(x, W1) + b1)


@misconception(
    "maxout",
    hint="You look for the largest value of all units. Every unit compares its own two maps.",
)
def maxout_over_all_units(x, W1, b1, W2, b2):
    return np.maximum(np.dot(x, W1) + b1, np.dot(x, W2) + b2).max(axis=-1)


@misconception(
    "maxout",
    hint="np.max and np.maximum are two things: the first one looks for the largest entry of one array.",
)
def maxout_np_max_for_np_maximum(x, W1, b1, W2, b2):
    return np.max(np.dot(x, W1) + b1, np.dot(x, W2) + b2)


# Neuron: what the variants have in common, and one method changed


class _Neuron:
    def __init__(self, weights, bias):
        self.weights, self.bias = weights, bias

    def sum(self, inputs):
        return np.dot(inputs, self.weights) + self.bias

    def forward(self, inputs):
        return _sigma(self.sum(inputs))


@misconception(
    "Neuron",
    hint="You return the sum in the cell body. The firing rate is what the activation function makes of it.",
)
class neuron_without_activation(_Neuron):
    def forward(self, inputs):
        return self.sum(inputs)


@misconception(
    "Neuron",
    hint="The bias is missing in the sum.",
)
class neuron_without_bias(_Neuron):
    def sum(self, inputs):
        return np.dot(inputs, self.weights)


@misconception(
    "Neuron",
    hint="You add the bias after the activation function. It is part of the sum in the cell body.",
)
class neuron_bias_after_the_activation(_Neuron):
    def forward(self, inputs):
        return _sigma(np.dot(inputs, self.weights)) + self.bias


@misconception(
    "Neuron",
    hint="The weights are kept in one place for all neurons, so that the newest neuron overwrites those of the others.",
)
class neuron_shares_its_weights(_Neuron):
    def __init__(self, weights, bias):
        type(self).weights, type(self).bias = weights, bias


@misconception(
    "Neuron",
    hint="You squash every product by itself. The activation function is applied once, to their sum.",
)
class neuron_squashes_before_the_sum(_Neuron):
    def forward(self, inputs):
        return np.sum(_sigma(inputs * self.weights)) + self.bias


@misconception(
    "Neuron",
    hint="You take the mean over the inputs. A neuron adds up what its synapses bring.",
)
class neuron_mean_for_sum(_Neuron):
    def sum(self, inputs):
        return np.mean(inputs * self.weights) + self.bias


@misconception(
    "Neuron",
    hint="Your neuron fires or does not. A firing rate may be anything between 0 and 1.",
)
class neuron_fires_or_not(_Neuron):
    def forward(self, inputs):
        return np.greater(self.sum(inputs), 0) * 1.0


@misconception(
    "Neuron",
    hint="Your firing rate may be negative: that is the hyperbolic tangent. This neuron has a sigmoid.",
)
class neuron_with_tanh(_Neuron):
    def forward(self, inputs):
        return np.tanh(self.sum(inputs))


@misconception(
    "Neuron",
    hint="The more its inputs excite your neuron, the less it fires. Check the sign in the exponent.",
)
class neuron_forgot_the_minus(_Neuron):
    def forward(self, inputs):
        return _sigma(-self.sum(inputs))


@misconception(
    "Neuron",
    hint="For a very negative sum math.exp gives up. Keep large numbers out of the exponent.",
)
class neuron_of_math(_Neuron):
    def forward(self, inputs):
        return 1.0 / (1.0 + math.exp(-self.sum(inputs)))


@misconception(
    "Neuron",
    hint="For a large sum the exponential overflows above and below the fraction bar, and the firing rate is NaN.",
)
class neuron_overflows(_Neuron):
    def forward(self, inputs):
        e = np.exp(self.sum(inputs))
        return e / (1.0 + e)


@misconception(
    "Neuron",
    hint=(
        "For a large sum an exponential overflows, and the firing rate is right by luck, or because that side is "
        "thrown away. Keep every exponent from being positive."
    ),
)
class neuron_warns(_Neuron):
    def forward(self, inputs):
        return 1.0 / (1.0 + np.exp(-self.sum(inputs)))


@misconception(
    "Neuron",
    hint="The products are written into the array of the inputs, which belongs to the caller. Put them into a new one.",
)
class neuron_overwrites_its_inputs(_Neuron):
    def sum(self, inputs):
        inputs *= self.weights
        return np.sum(inputs) + self.bias


# logistic_loss


def _costs(scores, y):
    return np.logaddexp(0.0, np.where(np.equal(y, 1), -scores, scores))


def _back(dscores, X):
    return X.T @ dscores, np.sum(dscores)


@misconception(
    "logistic_loss",
    hint="Loss and gradients are sums over the examples. The docstring asks for the mean.",
)
def logistic_sum_for_mean(w, b, X, y):
    scores = X @ w + b
    return np.sum(_costs(scores, y)), *_back(_sigma(scores) - y, X)


@misconception(
    "logistic_loss",
    hint="The loss is a mean over the examples, the gradients are not: they belong to another loss.",
)
def logistic_gradients_not_divided(w, b, X, y):
    scores = X @ w + b
    return np.mean(_costs(scores, y)), *_back(_sigma(scores) - y, X)


@misconception(
    "logistic_loss",
    hint="The gradients are means over the examples, the loss is a sum.",
)
def logistic_loss_not_divided(w, b, X, y):
    scores = X @ w + b
    return np.sum(_costs(scores, y)), *_back((_sigma(scores) - y) / len(y), X)


@misconception(
    "logistic_loss",
    hint=(
        "For large scores σ is rounded to 0 or 1, and you take the log of 0. "
        "Rewrite the loss so that it is computed from the score and not from σ."
    ),
)
def logistic_log_of_zero(w, b, X, y):
    p = _sigma(X @ w + b)
    loss = -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
    return loss, *_back((p - y) / len(y), X)


@misconception(
    "logistic_loss",
    hint=(
        "You keep σ away from 0 and 1 by force, so the loss of a very wrong score stops growing. "
        "Rewrite the loss so that it is computed from the score and not from σ."
    ),
)
def logistic_clipped(w, b, X, y):
    p = _sigma(X @ w + b)
    q = np.clip(p, 1e-12, 1 - 1e-12)
    return -np.mean(y * np.log(q) + (1 - y) * np.log(1 - q)), *_back((p - y) / len(y), X)


@misconception(
    "logistic_loss",
    hint=(
        "Loss and gradients are right, but numpy has to warn: an exponential overflows, or a logarithm of 0 is thrown "
        "away. Keep every exponent from being positive, in the sigmoid, too."
    ),
)
def logistic_warns(w, b, X, y):
    scores = X @ w + b
    p = 1.0 / (1.0 + np.exp(-scores))
    return np.mean(_costs(scores, y)), *_back((p - y) / len(y), X)


@misconception(
    "logistic_loss",
    hint="Both gradients have the wrong sign: they point to where the loss falls.",
)
def logistic_gradients_downhill(w, b, X, y):
    scores = X @ w + b
    return np.mean(_costs(scores, y)), *_back((y - _sigma(scores)) / len(y), X)


@misconception(
    "logistic_loss",
    hint="Your loss is negative. The log of a probability is below 0, and a cost is above.",
)
def logistic_forgot_the_minus(w, b, X, y):
    scores = X @ w + b
    return -np.mean(_costs(scores, y)), *_back((_sigma(scores) - y) / len(y), X)


@misconception(
    "logistic_loss",
    hint=(
        "There is a factor too many in the gradients, the slope of the sigmoid. The slope of the logarithm cancels it."
    ),
)
def logistic_with_the_slope_of_sigma(w, b, X, y):
    scores = X @ w + b
    p = _sigma(scores)
    return np.mean(_costs(scores, y)), *_back((p - y) * p * (1 - p) / len(y), X)


@misconception(
    "logistic_loss",
    hint="Your loss is the squared distance of label and firing rate. Cross-entropy takes the log of a probability.",
)
def logistic_squared_error(w, b, X, y):
    p = _sigma(X @ w + b)
    return np.mean((p - y) ** 2), *_back(2 * (p - y) * p * (1 - p) / len(y), X)


@misconception(
    "logistic_loss",
    hint="Examples with the label 0 cost nothing in your loss. Both classes have a term.",
)
def logistic_one_class_only(w, b, X, y):
    scores = X @ w + b
    return np.mean(y * _costs(scores, y)), *_back((_sigma(scores) - y) / len(y), X)


@misconception(
    "logistic_loss",
    hint="The two classes are swapped: σ is the probability of the label 1.",
)
def logistic_classes_swapped(w, b, X, y):
    scores = X @ w + b
    return np.mean(_costs(scores, 1 - y)), *_back((_sigma(scores) - 1 + y) / len(y), X)


@misconception(
    "logistic_loss",
    hint="Your formula is the one for labels −1 and +1. Here they are 0 and 1.",
)
def logistic_as_if_labels_were_signed(w, b, X, y):
    scores = X @ w + b
    return np.mean(np.logaddexp(0.0, -y * scores)), *_back(-y * _sigma(-y * scores) / len(y), X)


@misconception(
    "logistic_loss",
    hint="The bias has no gradient in your result, though the scores depend on it.",
)
def logistic_without_db(w, b, X, y):
    scores = X @ w + b
    return np.mean(_costs(scores, y)), X.T @ (_sigma(scores) - y) / len(y), 0.0


@misconception(
    "logistic_loss",
    hint="The gradient of the weights is a mean over the examples, that of the bias a sum.",
)
def logistic_db_not_divided(w, b, X, y):
    scores = X @ w + b
    return np.mean(_costs(scores, y)), X.T @ (_sigma(scores) - y) / len(y), np.sum(_sigma(scores) - y)


@misconception(
    "logistic_loss",
    hint="The gradient of the bias has one entry for each example. The bias feeds them all: their shares add up.",
)
def logistic_db_not_summed(w, b, X, y):
    scores = X @ w + b
    dscores = (_sigma(scores) - y) / len(y)
    return np.mean(_costs(scores, y)), X.T @ dscores, dscores


@misconception(
    "logistic_loss",
    hint="The bias is missing in the scores.",
)
def logistic_without_bias(w, b, X, y):
    scores = X @ w
    return np.mean(_costs(scores, y)), *_back((_sigma(scores) - y) / len(y), X)


@misconception(
    "logistic_loss",
    hint="You take the logarithm to the base 2. Cross-entropy is measured with the natural one here.",
)
def logistic_in_bits(w, b, X, y):
    scores = X @ w + b
    return np.mean(_costs(scores, y)) / np.log(2.0), *_back((_sigma(scores) - y) / len(y), X)


# hinge_loss


def _misses(w, b, X, y):
    return 1.0 - y * (X @ w + b)


@misconception(
    "hinge_loss",
    hint="An example on the right side costs nothing in your loss. It has to be there by a margin of 1.",
)
def hinge_without_margin(w, b, X, y):
    misses = -y * (X @ w + b)
    return np.mean(np.maximum(0.0, misses)), *_back(-y * (misses > 0) / len(y), X)


@misconception(
    "hinge_loss",
    hint="Loss and gradients are sums over the examples. The docstring asks for the mean.",
)
def hinge_sum_for_mean(w, b, X, y):
    misses = _misses(w, b, X, y)
    return np.sum(np.maximum(0.0, misses)), *_back(-y * (misses > 0), X)


@misconception(
    "hinge_loss",
    hint="The loss is a mean over the examples, the gradients are not: they belong to another loss.",
)
def hinge_gradients_not_divided(w, b, X, y):
    misses = _misses(w, b, X, y)
    return np.mean(np.maximum(0.0, misses)), *_back(-y * (misses > 0), X)


@misconception(
    "hinge_loss",
    hint="You divide by the number of examples that miss their margin. The mean is over all of them.",
)
def hinge_mean_of_the_violators(w, b, X, y):
    misses = _misses(w, b, X, y)
    count = max(1, np.count_nonzero(misses > 0))
    return np.sum(np.maximum(0.0, misses)) / count, *_back(-y * (misses > 0) / count, X)


@misconception(
    "hinge_loss",
    hint="Examples that meet their margin cost nothing, and still they add to your gradients.",
)
def hinge_gradient_of_all_examples(w, b, X, y):
    return np.mean(np.maximum(0.0, _misses(w, b, X, y))), *_back(-y / len(y), X)


@misconception(
    "hinge_loss",
    hint="A score that is better than its margin earns a bonus in your loss. Its cost never falls below 0.",
)
def hinge_without_maximum(w, b, X, y):
    return np.mean(_misses(w, b, X, y)), *_back(-y / len(y), X)


@misconception(
    "hinge_loss",
    hint="Your gradients come from the examples that meet their margin. Only those that miss it have a slope.",
)
def hinge_gradient_of_the_others(w, b, X, y):
    misses = _misses(w, b, X, y)
    return np.mean(np.maximum(0.0, misses)), *_back(-y * (misses <= 0) / len(y), X)


@misconception(
    "hinge_loss",
    hint="Both gradients have the wrong sign: they point to where the loss falls.",
)
def hinge_gradients_downhill(w, b, X, y):
    misses = _misses(w, b, X, y)
    return np.mean(np.maximum(0.0, misses)), *_back(y * (misses > 0) / len(y), X)


@misconception(
    "hinge_loss",
    hint="The label is missing in your gradients: an example of the other class pulls the other way.",
)
def hinge_gradient_without_label(w, b, X, y):
    misses = _misses(w, b, X, y)
    return np.mean(np.maximum(0.0, misses)), *_back(-1.0 * (misses > 0) / len(y), X)


@misconception(
    "hinge_loss",
    hint="You square what an example misses of its margin. The hinge loss grows along a straight line.",
)
def hinge_squared(w, b, X, y):
    misses = np.maximum(0.0, _misses(w, b, X, y))
    return np.mean(misses**2), *_back(-2.0 * y * misses / len(y), X)


@misconception(
    "hinge_loss",
    hint="You scale the gradients with what an example misses of its margin. The slope is the same however much it is.",
)
def hinge_gradient_scaled_by_the_miss(w, b, X, y):
    misses = np.maximum(0.0, _misses(w, b, X, y))
    return np.mean(misses), *_back(-y * misses / len(y), X)


@misconception(
    "hinge_loss",
    hint="You treat the labels as if they were 0 and 1. Here they are −1 and +1 already.",
)
def hinge_as_if_labels_were_zero_and_one(w, b, X, y):
    signs = 2 * y - 1
    misses = _misses(w, b, X, signs)
    return np.mean(np.maximum(0.0, misses)), *_back(-signs * (misses > 0) / len(y), X)


@misconception(
    "hinge_loss",
    hint="Every score is wanted above 1 in your loss. An example with the label −1 wants its score below −1.",
)
def hinge_margin_without_label(w, b, X, y):
    misses = 1.0 - (X @ w + b)
    return np.mean(np.maximum(0.0, misses)), *_back(-1.0 * (misses > 0) / len(y), X)


@misconception(
    "hinge_loss",
    hint="The bias has no gradient in your result, though the scores depend on it.",
)
def hinge_without_db(w, b, X, y):
    misses = _misses(w, b, X, y)
    return np.mean(np.maximum(0.0, misses)), X.T @ (-y * (misses > 0)) / len(y), 0.0


@misconception(
    "hinge_loss",
    hint="The gradient of the weights is a mean over the examples, that of the bias a sum.",
)
def hinge_db_not_divided(w, b, X, y):
    misses = _misses(w, b, X, y)
    dscores = -1.0 * y * (misses > 0)
    return np.mean(np.maximum(0.0, misses)), X.T @ dscores / len(y), np.sum(dscores)


@misconception(
    "hinge_loss",
    hint="The bias is missing in the scores.",
)
def hinge_without_bias(w, b, X, y):
    misses = 1.0 - y * (X @ w)
    return np.mean(np.maximum(0.0, misses)), *_back(-y * (misses > 0) / len(y), X)


# mse_loss


def _difference(prediction, actual):
    if np.shape(prediction) != np.shape(actual) or np.size(actual) == 0:
        raise ValueError("shapes")
    return np.subtract(prediction, actual, dtype=float)


@misconception(
    "mse_loss",
    hint="Loss and gradient are sums over all entries. The docstring asks for the mean.",
)
def mse_sum_for_mean(prediction, actual):
    d = _difference(prediction, actual)
    return np.sum(d**2), 2.0 * d


@misconception(
    "mse_loss",
    hint="You halve the mean. Some books do, so that a 2 goes away in the gradient; this course does not.",
)
def mse_halved(prediction, actual):
    d = _difference(prediction, actual)
    return 0.5 * np.mean(d**2), d / d.size


@misconception(
    "mse_loss",
    hint="The gradient is half of what it should be: think of the derivative of a square.",
)
def mse_gradient_without_two(prediction, actual):
    d = _difference(prediction, actual)
    return np.mean(d**2), d / d.size


@misconception(
    "mse_loss",
    hint="The loss is a mean, but the gradient is not divided by the number of entries.",
)
def mse_gradient_not_divided(prediction, actual):
    d = _difference(prediction, actual)
    return np.mean(d**2), 2.0 * d


@misconception(
    "mse_loss",
    hint="The gradient has the wrong sign. Where the prediction is too high, the loss grows with it.",
)
def mse_gradient_downhill(prediction, actual):
    d = _difference(prediction, actual)
    return np.mean(d**2), -2.0 * d / d.size


@misconception(
    "mse_loss",
    hint="You take the absolute value of every error. Here errors are squared.",
)
def mse_absolute(prediction, actual):
    d = _difference(prediction, actual)
    return np.mean(np.abs(d)), np.sign(d) / d.size


@misconception(
    "mse_loss",
    hint="You take the square root of the mean at the end. That is another loss, with another gradient.",
)
def mse_with_a_root(prediction, actual):
    d = _difference(prediction, actual)
    loss = np.sqrt(np.mean(d**2))
    return loss, d / (d.size * loss)


@misconception(
    "mse_loss",
    hint="You square the mean error. Errors of opposite sign must not cancel: square each, then take the mean.",
)
def mse_square_of_the_mean(prediction, actual):
    d = _difference(prediction, actual)
    return np.mean(d) ** 2, np.full(d.shape, 2.0 * np.mean(d) / d.size)


@misconception(
    "mse_loss",
    hint="You divide by the length of the first axis. The mean is over all entries, whatever the shape.",
)
def mse_divided_by_rows(prediction, actual):
    d = _difference(prediction, actual)
    rows = len(d) if d.ndim else 1
    return np.sum(d**2) / rows, 2.0 * d / rows


@misconception(
    "mse_loss",
    hint="The gradient is one number. Every entry of the prediction has a slope of its own.",
)
def mse_gradient_averaged(prediction, actual):
    d = _difference(prediction, actual)
    return np.mean(d**2), 2.0 * np.mean(d)


@misconception(
    "mse_loss",
    hint="Arrays of different shapes are combined without a word. The docstring asks for an error.",
)
def mse_broadcasts(prediction, actual):
    d = np.subtract(prediction, actual, dtype=float)
    return np.mean(d**2), 2.0 * d / d.size


# gradient_descent


def _walk(loss_and_grad, start, steps, move):
    """Take `steps` steps by move(point, loss, gradient, step); returns all points and their losses."""
    points = [np.array(start, dtype=float)]
    losses = []
    for step in range(steps):
        loss, gradient = loss_and_grad(points[-1])
        losses.append(loss)
        points.append(move(points[-1], loss, gradient, step))
    return points, [*losses, loss_and_grad(points[-1])[0]]


@misconception(
    "gradient_descent",
    hint="You walk uphill. The gradient points to where the loss grows.",
)
def descent_uphill(loss_and_grad, start, learning_rate, steps):
    points, losses = _walk(loss_and_grad, start, steps, lambda p, _f, g, _k: p + learning_rate * g)
    return points[-1], losses


@misconception(
    "gradient_descent",
    hint="The loss at the start is missing in the list.",
)
def descent_forgot_the_first_loss(loss_and_grad, start, learning_rate, steps):
    points, losses = _walk(loss_and_grad, start, steps, lambda p, _f, g, _k: p - learning_rate * g)
    return points[-1], losses[1:]


@misconception(
    "gradient_descent",
    hint="The loss at the last point is missing in the list: you stop looking before the last step is done.",
)
def descent_forgot_the_last_loss(loss_and_grad, start, learning_rate, steps):
    points, losses = _walk(loss_and_grad, start, steps, lambda p, _f, g, _k: p - learning_rate * g)
    return points[-1], losses[:-1]


@misconception(
    "gradient_descent",
    hint="You ask for the gradient once, at the start. It changes with every step, so ask again where you are.",
)
def descent_with_the_first_gradient(loss_and_grad, start, learning_rate, steps):
    first = loss_and_grad(np.array(start, dtype=float))[1]
    points, losses = _walk(loss_and_grad, start, steps, lambda p, _f, _g, _k: p - learning_rate * first)
    return points[-1], losses


@misconception(
    "gradient_descent",
    hint="You take one step too many: the last loss of the list is that of the point before.",
)
def descent_one_step_too_far(loss_and_grad, start, learning_rate, steps):
    points, losses = _walk(loss_and_grad, start, steps + 1, lambda p, _f, g, _k: p - learning_rate * g)
    return points[-1], losses[:-1]


@misconception(
    "gradient_descent",
    hint="You return the point before the last step.",
)
def descent_one_point_behind(loss_and_grad, start, learning_rate, steps):
    points, losses = _walk(loss_and_grad, start, steps, lambda p, _f, g, _k: p - learning_rate * g)
    return points[max(0, steps - 1)], losses


@misconception(
    "gradient_descent",
    hint="You flatten the point before the function sees it. A function may need the shape that the start has.",
)
def descent_of_flat_points(loss_and_grad, start, learning_rate, steps):
    flat = np.ravel(np.array(start, dtype=float))
    points, losses = _walk(loss_and_grad, flat, steps, lambda p, _f, g, _k: p - learning_rate * np.ravel(g))
    return np.reshape(points[-1], np.shape(start)), losses


@misconception(
    "gradient_descent",
    hint="The learning rate has no effect: every step is as long as the gradient.",
)
def descent_without_learning_rate(loss_and_grad, start, learning_rate, steps):
    points, losses = _walk(loss_and_grad, start, steps, lambda p, _f, g, _k: p - g)
    return points[-1], losses


@misconception(
    "gradient_descent",
    hint="The steps are as long as the learning rate alone says. Where it is steep a step should be longer.",
)
def descent_by_the_sign(loss_and_grad, start, learning_rate, steps):
    points, losses = _walk(loss_and_grad, start, steps, lambda p, _f, g, _k: p - learning_rate * np.sign(g))
    return points[-1], losses


@misconception(
    "gradient_descent",
    hint="Your steps get shorter and shorter. The learning rate stays the same all the way.",
)
def descent_with_shrinking_steps(loss_and_grad, start, learning_rate, steps):
    points, losses = _walk(loss_and_grad, start, steps, lambda p, _f, g, k: p - learning_rate * g / (k + 1))
    return points[-1], losses


@misconception(
    "gradient_descent",
    hint="You scale the steps with the loss. Only the learning rate and the gradient decide how far to go.",
)
def descent_scaled_by_the_loss(loss_and_grad, start, learning_rate, steps):
    points, losses = _walk(loss_and_grad, start, steps, lambda p, f, g, _k: p - learning_rate * f * g)
    return points[-1], losses


@misconception(
    "gradient_descent",
    hint="You return every point of the way. Only the last one is asked for.",
)
def descent_returns_all_points(loss_and_grad, start, learning_rate, steps):
    return _walk(loss_and_grad, start, steps, lambda p, _f, g, _k: p - learning_rate * g)


@misconception(
    "gradient_descent",
    hint="Only the last loss is returned. The list has one for the start and one for the point after every step.",
)
def descent_returns_one_loss(loss_and_grad, start, learning_rate, steps):
    points, losses = _walk(loss_and_grad, start, steps, lambda p, _f, g, _k: p - learning_rate * g)
    return points[-1], losses[-1]


@misconception(
    "gradient_descent",
    hint="From a start of integers every step is cut off to integers. Walk with floats.",
)
def descent_on_integers(loss_and_grad, start, learning_rate, steps):
    kind = np.asarray(start).dtype
    points, losses = _walk(
        loss_and_grad, start, steps, lambda p, _f, g, _k: (p - learning_rate * g).astype(kind).astype(float)
    )
    return points[-1], losses


@misconception(
    "gradient_descent",
    hint="You walk inside the caller's array `start` and overwrite it. Walk with a copy of your own, one of floats.",
)
def descent_in_place(loss_and_grad, start, learning_rate, steps):
    losses = [loss_and_grad(start)[0]]
    for _ in range(steps):
        start -= learning_rate * loss_and_grad(start)[1]
        losses.append(loss_and_grad(start)[0])
    return start, losses


# fit_logistic_regression


def _fit(X, y, steps, move, *, w=None, b=0.0, loss=logistic_sum_for_mean):
    """Train from zero or from w and b; move(w, b, dw, db, k) takes the k-th step with the gradients of the mean."""
    w = np.zeros(X.shape[1]) if w is None else w
    losses = []
    for step in range(steps + 1):
        value, dw, db = (np.divide(part, len(y)) for part in loss(w, b, X, y))
        losses.append(value)
        if step < steps:
            w, b = move(w, b, dw, db, step)
    return w, b, losses


@misconception(
    "fit_logistic_regression",
    hint="Your bias stays what it was at the start. It is trained like the weights.",
)
def fit_without_bias(X, y, learning_rate, steps):
    return _fit(X, y, steps, lambda w, b, dw, _db, _k: (w - learning_rate * dw, b))


@misconception(
    "fit_logistic_regression",
    hint="Your losses grow from step to step: you walk uphill.",
)
def fit_uphill(X, y, learning_rate, steps):
    return _fit(X, y, steps, lambda w, b, dw, db, _k: (w + learning_rate * dw, b + learning_rate * db))


@misconception(
    "fit_logistic_regression",
    hint="Your steps follow the gradient of a sum over the examples. The loss is their mean.",
)
def fit_with_summed_gradients(X, y, learning_rate, steps):
    rate = learning_rate * len(y)
    return _fit(X, y, steps, lambda w, b, dw, db, _k: (w - rate * dw, b - rate * db))


@misconception(
    "fit_logistic_regression",
    hint="Your weights start at one. The docstring says where training begins.",
)
def fit_started_at_one(X, y, learning_rate, steps):
    return _fit(
        X, y, steps, lambda w, b, dw, db, _k: (w - learning_rate * dw, b - learning_rate * db), w=np.ones(X.shape[1])
    )


@misconception(
    "fit_logistic_regression",
    hint="The loss of the start is missing in the list.",
)
def fit_forgot_the_first_loss(X, y, learning_rate, steps):
    w, b, losses = _fit(X, y, steps, lambda w, b, dw, db, _k: (w - learning_rate * dw, b - learning_rate * db))
    return w, b, losses[1:]


@misconception(
    "fit_logistic_regression",
    hint="The loss after the last step is missing in the list.",
)
def fit_forgot_the_last_loss(X, y, learning_rate, steps):
    w, b, losses = _fit(X, y, steps, lambda w, b, dw, db, _k: (w - learning_rate * dw, b - learning_rate * db))
    return w, b, losses[:-1]


@misconception(
    "fit_logistic_regression",
    hint="You stop one step too early.",
)
def fit_one_step_short(X, y, learning_rate, steps):
    return _fit(X, y, max(0, steps - 1), lambda w, b, dw, db, _k: (w - learning_rate * dw, b - learning_rate * db))


@misconception(
    "fit_logistic_regression",
    hint="The bias moves by a gradient at weights that have moved already. Both gradients belong to one point.",
)
def fit_moved_one_after_the_other(X, y, learning_rate, steps):
    def move(w, b, dw, _db, _k):
        w = w - learning_rate * dw
        return w, b - learning_rate * np.mean(_sigma(X @ w + b) - y)

    return _fit(X, y, steps, move)


@misconception(
    "fit_logistic_regression",
    hint="Every step looks at a single example. Here a step is taken with the mean over all of them.",
)
def fit_one_example_at_a_time(X, y, learning_rate, steps):
    def move(w, b, _dw, _db, k):
        x, label = X[k % len(y)], y[k % len(y)]
        error = _sigma(x @ w + b) - label
        return w - learning_rate * error * x, b - learning_rate * error

    return _fit(X, y, steps, move)


@misconception(
    "fit_logistic_regression",
    hint="You descend on the squared error. Logistic regression is trained on the cross-entropy.",
)
def fit_squared_error(X, y, learning_rate, steps):
    def loss(w, b, X, y):
        p = _sigma(X @ w + b)
        return np.sum((p - y) ** 2), *_back(2 * (p - y) * p * (1 - p), X)

    return _fit(X, y, steps, lambda w, b, dw, db, _k: (w - learning_rate * dw, b - learning_rate * db), loss=loss)


@misconception(
    "fit_logistic_regression",
    hint="You pull the weights towards zero as well. This training has no regularisation.",
)
def fit_with_weight_decay(X, y, learning_rate, steps):
    return _fit(X, y, steps, lambda w, b, dw, db, _k: (w - learning_rate * (dw + 0.1 * w), b - learning_rate * db))


@misconception(
    "fit_logistic_regression",
    hint="The features are standardised first, so that your weights belong to other features than the caller's.",
)
def fit_standardised(X, y, learning_rate, steps):
    scaled = (X - X.mean(axis=0)) / (X.std(axis=0) + 1e-8)
    return _fit(scaled, y, steps, lambda w, b, dw, db, _k: (w - learning_rate * dw, b - learning_rate * db))


@misconception(
    "fit_logistic_regression",
    hint="The learning rate has no effect: every step is as long as the gradient.",
)
def fit_without_learning_rate(X, y, learning_rate, steps):
    return _fit(X, y, steps, lambda w, b, dw, db, _k: (w - dw, b - db))


@misconception(
    "fit_logistic_regression",
    hint="Only the last loss is returned. The list has one for the start and one for the point after every step.",
)
def fit_returns_one_loss(X, y, learning_rate, steps):
    w, b, losses = _fit(X, y, steps, lambda w, b, dw, db, _k: (w - learning_rate * dw, b - learning_rate * db))
    return w, b, losses[-1]
