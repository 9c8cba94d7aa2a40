"""Known slips in `gates`: wrong variants of single exercises, each with the hint for whoever wrote the same.

A variant takes the place of one function or class of the reference and works with the caches of the others.
"""

# Variants are untyped like the exercises themselves, and a class is named like the slip it is.
# mypy: allow-untyped-defs, allow-untyped-calls
# ruff: noqa: ARG001, ARG002, D101, D102, D103, N801

import numpy as np

from autograder.misconceptions import misconception

# numerical_gradient


def _differences(f, x, h):
    x = np.asarray(x, dtype=np.float64)
    differences = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[i] = h
        differences[i] = f(x + step) - f(x - step)
    return differences


@misconception(
    "numerical_gradient",
    hint="You step to one side only. A difference around x, one step to each side, is far more exact.",
)
def forward_difference(f, x, h=1e-5):
    x = np.asarray(x, dtype=float)
    gradient = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[i] = h
        gradient[i] = (f(x + step) - f(x)) / h
    return gradient


@misconception(
    "numerical_gradient",
    hint="How far apart are the two points at which you call f? Divide by that distance.",
)
def divided_by_one_step(f, x, h=1e-5):
    return _differences(f, x, h) / h


@misconception(
    "numerical_gradient",
    hint="You return how much f changes, not how fast: the length of the step is not taken into account.",
)
def forgot_to_divide(f, x, h=1e-5):
    return _differences(f, x, h)


@misconception(
    "numerical_gradient",
    hint=(
        "You move all entries of x at once. A partial derivative moves one entry and leaves the others where they are."
    ),
)
def moved_all_entries_at_once(f, x, h=1e-5):
    x = np.asarray(x, dtype=float)
    return np.full_like(x, (f(x + h) - f(x - h)) / (2 * h))


@misconception(
    "numerical_gradient",
    hint="Your function has its own fixed step. The caller chooses it with the argument h.",
)
def ignored_the_step_of_the_caller(f, x, h=1e-5):
    return _differences(f, x, 1e-5) / 2e-5


@misconception(
    "numerical_gradient",
    hint="You move an entry of x and do not put it back, so the next entries are differentiated at another point.",
)
def did_not_put_x_back(f, x, h=1e-5):
    gradient = np.zeros(np.shape(x))
    for i in np.ndindex(x.shape):
        x[i] += h
        high = f(x)
        x[i] -= 2 * h
        low = f(x)
        gradient[i] = (high - low) / (2 * h)
    return gradient


@misconception(
    "numerical_gradient",
    hint="A small step added to an entry of an integer array is cut off. Work on a copy of x that holds floats.",
)
def step_lost_in_integers(f, x, h=1e-5):
    x = np.array(x)
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        value = x[i]
        x[i] = value + h
        high = f(x)
        x[i] = value - h
        low = f(x)
        x[i] = value
        gradient[i] = (high - low) / (2 * h)
    return gradient


# AddGate


@misconception(
    "AddGate",
    hint="You scale the gradient with the inputs. That is what a product does; a sum grows as fast as its terms.",
)
class add_gate_as_switcher:
    def forward(self, x, y):
        self.x, self.y = x, y
        return x + y

    def backward(self, dz):
        return [dz * self.y, dz * self.x]


@misconception(
    "AddGate",
    hint=(
        "You return the local gradients of the sum. By the chain rule they are multiplied by the upstream gradient dz."
    ),
)
class add_gate_dropped_dz:
    def forward(self, x, y):
        return x + y

    def backward(self, dz):
        return [np.ones_like(dz), np.ones_like(dz)]


@misconception(
    "AddGate",
    hint=(
        "You share the gradient out among the inputs. "
        "Gradients are not divided: each input has its own full effect on the sum."
    ),
)
class add_gate_in_halves:
    def forward(self, x, y):
        return x + y

    def backward(self, dz):
        return [dz / 2, dz / 2]


@misconception(
    "AddGate",
    hint="Only the first input gets a gradient from you. The sum depends on the second one just as much.",
)
class add_gate_one_sided:
    def forward(self, x, y):
        return x + y

    def backward(self, dz):
        return [dz, 0.0 * dz]


# MultiplyGate


class _MultiplyGate:
    def forward(self, x, y):
        self.x, self.y = x, y
        return x * y


@misconception(
    "MultiplyGate",
    hint=(
        "Each input is scaled by its own value here. "
        "The gate is a switcher: find out whose value tells how fast the product grows with x."
    ),
)
class multiply_gate_not_switched(_MultiplyGate):
    def backward(self, dz):
        return [self.x * dz, self.y * dz]


@misconception(
    "MultiplyGate",
    hint=(
        "You return the local gradients of the product. "
        "By the chain rule they are multiplied by the upstream gradient dz."
    ),
)
class multiply_gate_dropped_dz(_MultiplyGate):
    def backward(self, dz):
        return [self.y, self.x]


@misconception(
    "MultiplyGate",
    hint="You hand the gradient on as it came. That is the rule for a sum; a product scales it.",
)
class multiply_gate_as_distributor(_MultiplyGate):
    def backward(self, dz):
        return [dz, dz]


@misconception(
    "MultiplyGate",
    hint=(
        "You scale both gradients with the product itself. "
        "Hold one input still and look how fast the product grows with the other one."
    ),
)
class multiply_gate_scaled_by_output:
    def forward(self, x, y):
        self.z = x * y
        return self.z

    def backward(self, dz):
        return [self.z * dz, self.z * dz]


@misconception(
    "MultiplyGate",
    hint="All your gates share what they remember, because it is kept on the class. Keep it on `self`.",
)
class multiply_gate_with_shared_memory:
    memory = [None, None]  # noqa: RUF012 - one memory for all gates is the slip

    def forward(self, x, y):
        self.memory[:] = [x, y]
        return x * y

    def backward(self, dz):
        x, y = self.memory
        return [y * dz, x * dz]


# MaxGate


class _MaxGate:
    def forward(self, x, y):
        self.x, self.y = x, y
        return np.maximum(x, y)


@misconception(
    "MaxGate",
    hint="In a tie you give half of the gradient to each input. Here the first input wins a tie and gets everything.",
)
class max_gate_halves_at_a_tie(_MaxGate):
    def backward(self, dz):
        tie = np.equal(self.x, self.y) / 2
        return [dz * (np.greater(self.x, self.y) + tie), dz * (np.less(self.x, self.y) + tie)]


@misconception(
    "MaxGate",
    hint="In a tie both of your inputs get the gradient, so it counts twice. Here the first input wins a tie.",
)
class max_gate_both_win_a_tie(_MaxGate):
    def backward(self, dz):
        return [dz * np.greater_equal(self.x, self.y), dz * np.greater_equal(self.y, self.x)]


@misconception(
    "MaxGate",
    hint="In a tie your gate sends the gradient to the second input. Here the first one wins.",
)
class max_gate_second_wins_a_tie(_MaxGate):
    def backward(self, dz):
        return [dz * np.greater(self.x, self.y), dz * np.less_equal(self.x, self.y)]


@misconception(
    "MaxGate",
    hint="In a tie neither of your inputs gets the gradient, so it is lost. Here the first input wins a tie.",
)
class max_gate_loses_a_tie(_MaxGate):
    def backward(self, dz):
        return [dz * np.greater(self.x, self.y), dz * np.less(self.x, self.y)]


@misconception(
    "MaxGate",
    hint="The gradient goes to the input that lost, although only the other one can move the output.",
)
class max_gate_rewards_the_loser(_MaxGate):
    def backward(self, dz):
        return [dz * np.less(self.x, self.y), dz * np.greater_equal(self.x, self.y)]


@misconception(
    "MaxGate",
    hint="You return who won, as ones and zeros. By the chain rule that is multiplied by the upstream gradient dz.",
)
class max_gate_dropped_dz(_MaxGate):
    def backward(self, dz):
        first = np.greater_equal(self.x, self.y)
        return [1.0 * first, 1.0 - first]


@misconception(
    "MaxGate",
    hint="Both inputs get the gradient. The smaller one has no effect on the output, and its gradient says so.",
)
class max_gate_as_distributor(_MaxGate):
    def backward(self, dz):
        return [dz, dz]


@misconception(
    "MaxGate",
    hint="You take the largest of all entries together. The gate compares x and y entry by entry.",
)
class max_gate_over_all_entries:
    def forward(self, x, y):
        self.x, self.y = x, y
        return np.max([x, y])

    def backward(self, dz):
        first = np.max(self.x) >= np.max(self.y)
        return [dz * first, dz * (not first)]


# circuit


@misconception(
    "circuit",
    hint=(
        "The gradients of x and y stop at the sum. What stands between q = x + y and the output f has its own factor."
    ),
)
def circuit_dropped_upstream(x, y, z):
    return (x + y) * z, (1.0, 1.0, x + y)


@misconception(
    "circuit",
    hint=(
        "At the product each input got its own value as gradient. Think of how fast q · z grows with q while z stays."
    ),
)
def circuit_not_switched(x, y, z):
    q = x + y
    return q * z, (q, q, z)


@misconception(
    "circuit",
    hint="Python multiplies before it adds, and the circuit wants it the other way round.",
)
def circuit_multiplied_first(x, y, z):
    return x + y * z, (1.0, z, y)


@misconception(
    "circuit",
    hint="You treat the sum like a product on the way back. An add gate hands its gradient on as it came.",
)
def circuit_sum_as_switcher(x, y, z):
    q = x + y
    return q * z, (y * z, x * z, q)


# sigmoid_forward


@misconception(
    "sigmoid_forward",
    hint="Your values run the wrong way: the larger x, the smaller out. Look at the sign in the exponent.",
)
def sigmoid_without_the_minus(x):
    e = np.exp(-np.abs(x))
    out = np.where(np.less(x, 0), 1.0, e) / (1.0 + e)
    return out, out


@misconception(
    "sigmoid_forward",
    hint=(
        "For large x both parts of your fraction are infinite, and the quotient is NaN. "
        "Use a form whose exponent is never positive."
    ),
)
def sigmoid_infinity_over_infinity(x):
    e = np.exp(x)
    out = e / (1.0 + e)
    return out, out


@misconception(
    "sigmoid_forward",
    hint="Your values run from −1 to 1. That is the tanh; the sigmoid runs from 0 to 1.",
)
def sigmoid_as_tanh(x):
    out = np.tanh(x)
    return out, out


@misconception(
    "sigmoid_forward",
    hint="Your values are not bounded by 1. Something is missing in the denominator.",
)
def sigmoid_forgot_the_one(x):
    out = np.exp(x)
    return out, out


@misconception(
    "sigmoid_forward",
    hint=(
        "For large negative numbers your exponential overflows. The result survives that by luck, with a warning: "
        "write the formula so that the exponent is never positive."
    ),
)
def sigmoid_that_overflows(x):
    out = 1.0 / (1.0 + np.exp(-np.asarray(x, dtype=float)))
    return out, out


@misconception(
    "sigmoid_forward",
    hint="You return the value alone. The backward pass needs something to work with, so return a cache as well.",
)
def sigmoid_without_a_cache(x):
    e = np.exp(-np.abs(x))
    return np.where(np.less(x, 0), e, 1.0) / (1.0 + e)


@misconception(
    "sigmoid_forward",
    hint=(
        "Your results go into an array made like x. "
        "Where x holds integers, so does that array, and the fractions are lost."
    ),
)
def sigmoid_in_an_integer_array(x):
    out = np.zeros_like(x)
    e = np.exp(-np.abs(x))
    out[...] = np.where(np.less(x, 0), e, 1.0) / (1.0 + e)
    return out, out


# sigmoid_backward


@misconception(
    "sigmoid_backward",
    hint=(
        "One factor of the sigmoid's derivative is missing: it falls to 0 where out approaches 1, and yours does not."
    ),
)
def forgot_one_minus_sigma(dout, cache):
    return dout * cache


@misconception(
    "sigmoid_backward",
    hint=(
        "One factor of the sigmoid's derivative is missing: it falls to 0 where out approaches 0, and yours does not."
    ),
)
def forgot_sigma(dout, cache):
    return dout * (1.0 - cache)


@misconception(
    "sigmoid_backward",
    hint="You return the local gradient. By the chain rule it is multiplied by the gradient that comes from above.",
)
def sigmoid_dropped_dout(dout, cache):
    return (1.0 - cache) * cache


@misconception(
    "sigmoid_backward",
    hint="You apply the sigmoid twice. The derivative is written with σ(x), and out is σ(x) already.",
)
def sigmoid_of_the_output(dout, cache):
    twice = 1.0 / (1.0 + np.exp(-cache))
    return (1.0 - twice) * twice * dout


@misconception(
    "sigmoid_backward",
    hint="You put x where the derivative has σ(x).",
)
def sigmoid_derivative_with_x(dout, cache):
    with np.errstate(divide="ignore"):
        x = np.log(cache) - np.log1p(-cache)
    return (1.0 - x) * x * dout


@misconception(
    "sigmoid_backward",
    hint="The result is right, but you work inside the caller's array `dout` and overwrite it.",
)
def sigmoid_backward_in_place(dout, cache):
    if np.ndim(dout) == 0 or np.asarray(dout).dtype.kind != "f":
        return (1.0 - cache) * cache * dout
    dout *= (1.0 - cache) * cache
    return dout


# neuron_circuit


def _neuron(w, x):
    f = 1.0 / (1.0 + np.exp(-(w[0] * x[0] + w[1] * x[1] + w[2])))
    return f, (1.0 - f) * f


@misconception(
    "neuron_circuit",
    hint="The gradients do not pass through the sigmoid: its local gradient is missing in all of them.",
)
def neuron_skipped_the_sigmoid(w, x):
    f, _ = _neuron(w, x)
    return f, np.array([x[0], x[1], 1.0]), np.array([w[0], w[1]], dtype=float)


@misconception(
    "neuron_circuit",
    hint="One factor of the sigmoid's derivative is missing in all your gradients.",
)
def neuron_forgot_one_minus_f(w, x):
    f, _ = _neuron(w, x)
    return f, f * np.array([x[0], x[1], 1.0]), f * np.array([w[0], w[1]])


@misconception(
    "neuron_circuit",
    hint=(
        "The products are not switched on the way back: a weight's gradient is scaled by the input, and the "
        "other way round."
    ),
)
def neuron_not_switched(w, x):
    f, dscore = _neuron(w, x)
    return f, dscore * np.array([w[0], w[1], 1.0]), dscore * np.array([x[0], x[1]])


@misconception(
    "neuron_circuit",
    hint="The bias has no gradient in your result, though the score depends on it.",
)
def neuron_bias_without_gradient(w, x):
    f, dscore = _neuron(w, x)
    return f, dscore * np.array([x[0], x[1], 0.0]), dscore * np.array([w[0], w[1]])


@misconception(
    "neuron_circuit",
    hint="You scale the gradient of the bias with the bias itself. Think of how fast the score grows with w2.",
)
def neuron_bias_scaled_by_itself(w, x):
    f, dscore = _neuron(w, x)
    return f, dscore * np.array([x[0], x[1], w[2]]), dscore * np.array([w[0], w[1]])


@misconception(
    "neuron_circuit",
    hint="The bias is missing in the score.",
)
def neuron_forgot_the_bias(w, x):
    f = 1.0 / (1.0 + np.exp(-(w[0] * x[0] + w[1] * x[1])))
    dscore = (1.0 - f) * f
    return f, dscore * np.array([x[0], x[1], 1.0]), dscore * np.array([w[0], w[1]])


# relu_forward


@misconception(
    "relu_forward",
    hint=(
        "np.max and np.maximum are two things: the first one looks for the largest entry along an axis, "
        "and here every entry is compared with 0 by itself."
    ),
)
def relu_np_max_for_np_maximum(x):
    return np.max(x, 0), x


@misconception(
    "relu_forward",
    hint="Your negative entries come out positive. They should become 0.",
)
def relu_as_absolute_value(x):
    return np.abs(x), x


@misconception(
    "relu_forward",
    hint="Some slope is left for negative entries: that is the leaky ReLU. Here they become 0.",
)
def relu_leaky(x):
    return np.where(np.less(x, 0), 0.01 * x, x), x


@misconception(
    "relu_forward",
    hint="You return where x is positive, not the positive values themselves.",
)
def relu_as_step(x):
    return np.greater(x, 0) * 1.0, x


@misconception(
    "relu_forward",
    hint="You keep the negative entries and drop the others.",
)
def relu_upside_down(x):
    return np.minimum(0.0, x), x


@misconception(
    "relu_forward",
    hint="The result is right, but you write the zeros into the caller's array `x`.",
)
def relu_forward_in_place(x):
    if np.ndim(x) == 0:
        return max(0.0, x), x
    mask = x > 0
    x[~mask] = 0
    return x, mask


# relu_backward


@misconception(
    "relu_backward",
    hint=(
        "Your gradient passes where x was negative and stops where x was positive. "
        "Look where the forward pass was open."
    ),
)
def passed_gradient_where_negative(dout, cache):
    return dout * np.less(cache, 0)


@misconception(
    "relu_backward",
    hint="You look at the sign of `dout`. What decided in the forward pass was the sign of x.",
)
def masked_by_the_gradient(dout, cache):
    return dout * np.greater(dout, 0)


@misconception(
    "relu_backward",
    hint="You hand on the whole gradient. Where the forward pass made a 0, a nudge of x has no effect.",
)
def relu_backward_without_mask(dout, cache):
    return 1.0 * np.asarray(dout)


@misconception(
    "relu_backward",
    hint="You return where the gradient passes, as ones and zeros. By the chain rule that is multiplied by `dout`.",
)
def relu_dropped_dout(dout, cache):
    return np.greater(cache, 0) * 1.0


@misconception(
    "relu_backward",
    hint=(
        "You scale the gradient with the positive values themselves. Think of how fast relu(x) grows with a positive x."
    ),
)
def relu_scaled_by_its_output(dout, cache):
    return dout * np.maximum(0.0, cache)


@misconception(
    "relu_backward",
    hint=(
        "The result is right, but `dx = dout` is a second name for the same array, and you overwrite the "
        "caller's `dout`."
    ),
)
def relu_backward_in_place(dout, cache):
    dx = dout
    if np.ndim(dx) == 0:
        return dx * np.greater(cache, 0)
    dx[np.less_equal(cache, 0)] = 0
    return dx


# affine_forward


@misconception(
    "affine_forward",
    hint="The bias is missing.",
)
def affine_forgot_the_bias(x, w, b):
    return x.reshape(len(x), -1) @ w, (x, w)


@misconception(
    "affine_forward",
    hint="You add up all biases and give every output the sum. Each output has one bias of its own.",
)
def affine_summed_the_bias(x, w, b):
    return x.reshape(len(x), -1) @ w + np.sum(b), (x, w)


@misconception(
    "affine_forward",
    hint="The reshaping mixes the examples. The first axis counts them and must stay the first one.",
)
def affine_mixed_the_examples(x, w, b):
    return x.reshape(-1, len(x)).T @ w + b, (x, w)


@misconception(
    "affine_forward",
    hint="You do not flatten x: it still has all its axes when it meets w.",
)
def affine_without_flattening(x, w, b):
    return x @ w + b, (x, w)


@misconception(
    "affine_forward",
    hint="You take the mean over the entries of an example. A weighted sum is not divided by their number.",
)
def affine_mean_for_sum(x, w, b):
    rows = x.reshape(len(x), -1)
    return rows @ w / rows.shape[1] + b, (x, w)


# affine_backward


@misconception(
    "affine_backward",
    hint="`dx` has the shape of the flattened rows. Give it back the shape of x.",
)
def affine_dx_lost_its_shape(dout, cache):
    x, w = cache
    rows = x.reshape(len(x), -1)
    return dout @ w.T, rows.T @ dout, dout.sum(axis=0)


@misconception(
    "affine_backward",
    hint=(
        "The gradient of the bias is summed over the wrong axis. "
        "There is one bias an output, and every example adds to it."
    ),
)
def affine_db_over_the_wrong_axis(dout, cache):
    x, w = cache
    rows = x.reshape(len(x), -1)
    return (dout @ w.T).reshape(x.shape), rows.T @ dout, dout.sum(axis=1)


@misconception(
    "affine_backward",
    hint=(
        "The gradient of the bias is a mean over the examples. "
        "A bias that feeds many examples collects the sum of their gradients."
    ),
)
def affine_db_mean_for_sum(dout, cache):
    x, w = cache
    rows = x.reshape(len(x), -1)
    return (dout @ w.T).reshape(x.shape), rows.T @ dout, dout.mean(axis=0)


@misconception(
    "affine_backward",
    hint=(
        "You divide `dw` and `db` by the number of examples. "
        "This layer has no mean in it; if the loss has one, `dout` knows already."
    ),
)
def affine_divided_by_n(dout, cache):
    x, w = cache
    rows = x.reshape(len(x), -1)
    return (dout @ w.T).reshape(x.shape), rows.T @ dout / len(x), dout.sum(axis=0) / len(x)


@misconception(
    "affine_backward",
    hint=(
        "The gradient of the bias does not depend on `dout`: you count the examples instead of adding their gradients."
    ),
)
def affine_db_dropped_dout(dout, cache):
    x, w = cache
    rows = x.reshape(len(x), -1)
    return (dout @ w.T).reshape(x.shape), rows.T @ dout, np.full(dout.shape[1], float(len(dout)))


@misconception(
    "affine_backward",
    hint=(
        "The gradient of the bias has kept one row for each example. "
        "Where one bias feeds many examples, their gradients add."
    ),
)
def affine_db_not_summed(dout, cache):
    x, w = cache
    rows = x.reshape(len(x), -1)
    return (dout @ w.T).reshape(x.shape), rows.T @ dout, 1.0 * dout


@misconception(
    "affine_backward",
    hint="`dw` is transposed. It has the shape of w.",
)
def affine_dw_transposed(dout, cache):
    x, w = cache
    rows = x.reshape(len(x), -1)
    return (dout @ w.T).reshape(x.shape), dout.T @ rows, dout.sum(axis=0)


# elementwise_jacobian


def _slopes(name, x):
    e = np.exp(-np.abs(x))
    slopes = {"sigmoid": e / (1.0 + e) ** 2, "relu": np.greater(x, 0) * 1.0, "tanh": 1.0 - np.tanh(x) ** 2}
    if name not in slopes:
        raise ValueError(name)
    return slopes[name]


@misconception(
    "elementwise_jacobian",
    hint=(
        "You return the slopes as a vector. "
        "They stand on the diagonal of a matrix, with a row for every output and a column for every input."
    ),
)
def jacobian_diagonal_only(name, x):
    return _slopes(name, x)


@misconception(
    "elementwise_jacobian",
    hint="Your matrix is full. The first output does not change when the second input does.",
)
def jacobian_slope_in_every_column(name, x):
    return np.tile(_slopes(name, x)[:, None], len(x))


@misconception(
    "elementwise_jacobian",
    hint="You multiply every slope with every other one. One output has nothing to do with the input of another.",
)
def jacobian_outer_product(name, x):
    slopes = _slopes(name, x)
    return np.outer(slopes, slopes)


@misconception(
    "elementwise_jacobian",
    hint="The diagonal holds the values of the function. A Jacobian holds its slopes.",
)
def jacobian_of_values(name, x):
    _slopes(name, x)
    values = {"sigmoid": 0.5 + 0.5 * np.tanh(0.5 * x), "relu": np.maximum(0.0, x), "tanh": np.tanh(x)}
    return np.diag(values[name])


@misconception(
    "elementwise_jacobian",
    hint="Your tanh has the slope 1 − x². The square belongs to the output, not to the input.",
)
def jacobian_tanh_with_x(name, x):
    return np.diag(1.0 - np.square(x, dtype=float) if name == "tanh" else _slopes(name, x))


@misconception(
    "elementwise_jacobian",
    hint="One factor of the sigmoid's derivative is missing.",
)
def jacobian_forgot_one_minus_sigma(name, x):
    return np.diag(0.5 + 0.5 * np.tanh(0.5 * x) if name == "sigmoid" else _slopes(name, x))


# ComputationalGraph: what the variants have in common, and one method changed


class _Graph:
    def __init__(self):
        self.sources = {}

    def add(self, gate, inputs):
        self.sources[gate] = inputs
        return gate

    def sort(self):
        order, waiting = [], dict(self.sources)
        while waiting:
            ready = [gate for gate in waiting if not any(source in waiting for source in waiting[gate])]
            if not ready:
                raise ValueError("cycle")
            for gate in ready:
                del waiting[gate]
            order += ready
        return order

    def start(self):
        gradients = {source: np.zeros_like(value, dtype=float) for source, value in self.values.items()}
        gradients[self.order[-1]] += 1.0
        return gradients

    def forward(self, inputs):
        self.order = self.sort()
        self.values = dict(inputs)
        for gate in self.order:
            if any(source not in self.values for source in self.sources[gate]):
                raise ValueError("missing")
            self.values[gate] = gate.forward(*[self.values[source] for source in self.sources[gate]])
        return self.values[self.order[-1]]

    def collect(self, gradients, order):
        for gate in order:
            for source, gradient in zip(self.sources[gate], gate.backward(gradients[gate]), strict=True):
                gradients[source] = gradients[source] + gradient
        return {name: gradient for name, gradient in gradients.items() if isinstance(name, str)}

    def backward(self):
        return self.collect(self.start(), reversed(self.order))


@misconception(
    "ComputationalGraph",
    hint=(
        "Where a value feeds several gates, the last gradient to come back overwrites the others. "
        "Think of what becomes of effects on two paths."
    ),
)
class graph_overwrote_branches(_Graph):
    def collect(self, gradients, order):
        for gate in order:
            gradients.update(zip(self.sources[gate], gate.backward(gradients[gate]), strict=True))
        return {name: gradient for name, gradient in gradients.items() if isinstance(name, str)}


@misconception(
    "ComputationalGraph",
    hint=(
        "You run the gates in the order in which they were added. "
        "A gate can only run after all that feed it, whenever they were added."
    ),
)
class graph_in_insertion_order(_Graph):
    def sort(self):
        super().sort()
        return list(self.sources)

    def forward(self, inputs):
        self.order = self.sort()
        self.values = dict(inputs)
        for gate in self.order:
            self.values[gate] = gate.forward(*[self.values[source] for source in self.sources[gate]])
        return self.values[self.order[-1]]


@misconception(
    "ComputationalGraph",
    hint=(
        "Your backward pass visits the gates in the order of the forward pass. "
        "Find out which gate has its gradient first."
    ),
)
class graph_backward_from_the_front(_Graph):
    def backward(self):
        return self.collect(self.start(), self.order)


@misconception(
    "ComputationalGraph",
    hint="The gradients of earlier runs are still there and are added to. Every backward pass starts from zero.",
)
class graph_kept_old_gradients(_Graph):
    def start(self):
        self.gradients = {**super().start(), **getattr(self, "old", {})}
        return self.gradients

    def backward(self):
        self.old = super().backward()
        return self.old


@misconception(
    "ComputationalGraph",
    hint="You start backward with the value of the output. Think of how fast the output grows with itself.",
)
class graph_started_with_the_value(_Graph):
    def start(self):
        gradients = super().start()
        gradients[self.order[-1]] = 1.0 * self.values[self.order[-1]]
        return gradients


@misconception(
    "ComputationalGraph",
    hint=(
        "Gates in a cycle are passed over without a word. "
        "Tell the caller that there is no order in which they could run."
    ),
)
class graph_passed_over_cycles(_Graph):
    def sort(self):
        order, waiting = [], dict(self.sources)
        while ready := [gate for gate in waiting if not any(source in waiting for source in waiting[gate])]:
            for gate in ready:
                del waiting[gate]
            order += ready
        return order

    def forward(self, inputs):
        if not self.sort():
            return 0.0
        return super().forward(inputs)
