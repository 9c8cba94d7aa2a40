"""Known slips in `losses`: wrong variants of single exercises, each with the hint for whoever wrote the same.

Most slips happen in loops and in products alike. They are written once, as `slip(parts)` for the parts of either loss,
and stand below under a name for each of the questions. All of them are fast, so that a slip is never taken for a loop.
"""

# Variants are untyped like the exercises themselves.
# mypy: allow-untyped-defs, allow-untyped-calls
# ruff: noqa: ARG001, D103

import functools

import numpy as np

from autograder.misconceptions import misconception
from reference.losses import require_batch

# linear_scores


@misconception(
    "linear_scores",
    hint="You have a row for each class and a column for each example. Here it is the other way round.",
)
def scores_transposed(X, W):
    return (X @ W).T


@misconception(
    "linear_scores",
    hint="You score the first example alone. Every row of X is an example, and each of them has a row of scores.",
)
def scores_of_the_first_example(X, W):
    return X[0] @ W


@misconception(
    "linear_scores",
    hint="You turn the scores into probabilities. Scores are the weighted sums as they are, of any size and sign.",
)
def scores_turned_into_probabilities(X, W):
    e = np.exp(X @ W - np.max(X @ W, axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@misconception(
    "linear_scores",
    hint="You take the mean over the features. A score is their weighted sum, and nothing is divided.",
)
def scores_averaged(X, W):
    return X @ W / len(W)


@misconception(
    "linear_scores",
    hint="You subtract the mean of the data first. The scores are asked for of the examples as they are.",
)
def scores_of_centred_data(X, W):
    return (X - X.mean(axis=0)) @ W


# The two losses, right: what each example costs, and the slopes by its scores


def _svm(W, X, y):
    scores, rows = X @ W, np.arange(len(X))
    margins = np.maximum(0.0, scores - scores[rows, y][:, None] + 1.0)
    margins[rows, y] = 0.0
    slopes = np.where(margins > 0, 1.0, 0.0)
    slopes[rows, y] = -slopes.sum(axis=1)
    return margins.sum(axis=1), slopes


def _softmax(W, X, y):
    p, rows = _probabilities(X @ W), np.arange(len(X))
    losses, slopes = -np.log(p[rows, y]), p.copy()
    slopes[rows, y] -= 1.0
    return losses, slopes


def _probabilities(scores):
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def _whole(W, X, reg, losses, slopes):
    return losses.mean() + reg * np.sum(W * W), X.T @ slopes / len(X) + 2 * reg * W


def _with_reg(change):
    """Make a wrong loss of a function that changes the parts of the right one."""

    def slip(parts):
        def loss(W, X, y, reg):
            losses, slopes = parts(W, X, y)
            return change(W, reg, losses.mean(), X.T @ slopes / len(X), len(X))

        return loss

    return slip


def _as(question, slip, hint):
    """Return a function as a misconception of one question: it can be one of several, but not the same object."""

    @misconception(question, hint=hint)
    @functools.wraps(slip)
    def variant(W, X, y, reg):
        return slip(W, X, y, reg)

    return variant


# Slips with the regularisation and with the mean

_HALF = (
    "You regularise by the convention with one half. In this course the sum of squares is charged in full, and the "
    "gradient has the factor that comes from deriving a square."
)


@_with_reg
def _half(W, reg, loss, dW, n):
    return loss + 0.5 * reg * np.sum(W * W), dW + reg * W


_WITHOUT_2 = (
    "What is the derivative of a square? The loss charges the squares in full, and your gradient has only half of what "
    "belongs to them."
)


@_with_reg
def _without_2(W, reg, loss, dW, n):
    return loss + reg * np.sum(W * W), dW + reg * W


_NOT_IN_GRADIENT = "You add the regularisation to the loss only. It depends on W, so it has a gradient as well."


@_with_reg
def _not_in_gradient(W, reg, loss, dW, n):
    return loss + reg * np.sum(W * W), dW


_NOT_IN_LOSS = "The regularisation is in your gradient and was never added to the loss."


@_with_reg
def _not_in_loss(W, reg, loss, dW, n):
    return loss, dW + 2 * reg * W


_IGNORED = "You do not use reg. The weights are to be charged for as well, in the loss and in its gradient."


@_with_reg
def _ignored(W, reg, loss, dW, n):
    return loss, dW


_GRADIENT_BY_N = (
    "You add the regularisation to the gradient before the division by the number of examples. It belongs to the "
    "weights, not to the examples, and is not part of their mean."
)


@_with_reg
def _gradient_by_n(W, reg, loss, dW, n):
    return loss + reg * np.sum(W * W), dW + 2 * reg * W / n


_ALL_BY_N = (
    "You divide the regularisation by the number of examples, in loss and gradient alike. Only the losses of the "
    "examples are averaged."
)


@_with_reg
def _all_by_n(W, reg, loss, dW, n):
    return loss + reg * np.sum(W * W) / n, dW + 2 * reg * W / n


_PRECEDENCE = (
    "You divide the loss by the number of examples and the regularisation together. A division in place applies to "
    "everything on its right: take two lines for dividing and adding."
)


@_with_reg
def _precedence(W, reg, loss, dW, n):
    return n * loss / (n + reg * np.sum(W * W)), dW + 2 * reg * W


_W_IN_PLACE = (
    "Your gradient began as a second name of W, so writing into it changed the caller's weights. Begin with an array "
    "of its own."
)


@_with_reg
def _w_in_place(W, reg, loss, dW, n):
    loss = loss + reg * np.sum(W * W)
    gradient = W
    gradient *= 2 * reg
    gradient += dW
    return loss, gradient


_GRADIENT_NOT_DIVIDED = "Your loss is a mean over the examples, and your gradient is still the sum of theirs."


@_with_reg
def _gradient_not_divided(W, reg, loss, dW, n):
    return loss + reg * np.sum(W * W), n * dW + 2 * reg * W


_NOT_DIVIDED = "Your loss adds up what the examples cost. The mean is asked for, and the gradient is that of the mean."


@_with_reg
def _not_divided(W, reg, loss, dW, n):
    return n * loss + reg * np.sum(W * W), n * dW + 2 * reg * W


_DOUBLED = "The part of your gradient that comes from the data is twice too large: something is counted two times."


@_with_reg
def _doubled(W, reg, loss, dW, n):
    return loss + reg * np.sum(W * W), 2 * dW + 2 * reg * W


# Slips of the SVM loss

_CORRECT_IN_LOSS = (
    "You count the right class, too. It is never ahead of itself, so it adds a margin of 1 for every example."
)


def _correct_in_loss(W, X, y, reg):
    losses, slopes = _svm(W, X, y)
    return _whole(W, X, reg, losses + 1.0, slopes)


_CORRECT_EVERYWHERE = (
    "You count the right class among those that violate its margin: the loss is 1 too large for every example, and "
    "the slope of its score one too steep."
)


def _correct_everywhere(W, X, y, reg):
    losses, slopes = _svm(W, X, y)
    return _whole(W, X, reg, losses + 1.0, slopes - np.eye(W.shape[1])[y])


_WITHOUT_MARGIN = "A class that is just behind the right one costs nothing with you. It has to be behind by the margin."


def _svm_of_margins(margins, X, y):
    """Work the loss out from given margins, where the right class has none."""
    rows = np.arange(len(X))
    margins = np.maximum(0.0, margins)
    margins[rows, y] = 0.0
    slopes = np.where(margins > 0, 1.0, 0.0)
    slopes[rows, y] = -slopes.sum(axis=1)
    return margins.sum(axis=1), slopes


def _without_margin(W, X, y, reg):
    scores = X @ W
    return _whole(W, X, reg, *_svm_of_margins(scores - scores[np.arange(len(X)), y][:, None], X, y))


_WRONG_WAY = (
    "You charge a class for being behind the right one. What costs is a wrong class that is ahead, or nearly so."
)


def _wrong_way(W, X, y, reg):
    scores = X @ W
    losses, slopes = _svm_of_margins(scores[np.arange(len(X)), y][:, None] - scores + 1.0, X, y)
    return _whole(W, X, reg, losses, -slopes)


_NOT_CLIPPED = "A class that is far behind lowers your loss. Once the margin is kept a class costs nothing."


def _not_clipped(W, X, y, reg):
    scores, rows = X @ W, np.arange(len(X))
    margins = scores - scores[rows, y][:, None] + 1.0
    margins[rows, y] = 0.0
    slopes = np.ones(scores.shape)
    slopes[rows, y] = 1.0 - W.shape[1]
    return _whole(W, X, reg, margins.sum(axis=1), slopes)


_LARGEST_ONLY = (
    "You take the largest violation of each example and forget the others. Every class that violates its margin counts."
)


def _largest_only(W, X, y, reg):
    scores, rows = X @ W, np.arange(len(X))
    margins = np.maximum(0.0, scores - scores[rows, y][:, None] + 1.0)
    margins[rows, y] = 0.0
    worst = margins.argmax(axis=1)
    slopes = np.zeros(scores.shape)
    slopes[rows, worst] = margins[rows, worst] > 0
    slopes[rows, y] -= margins[rows, worst] > 0
    return _whole(W, X, reg, margins.max(axis=1), slopes)


_CORRECT_COLUMN_ONCE = (
    "The column of the right class changes once for each example. Its score appears in every violated margin, and "
    "each of these counts."
)


def _correct_column_once(W, X, y, reg):
    losses, slopes = _svm(W, X, y)
    rows = np.arange(len(X))
    slopes[rows, y] = -1.0 * (slopes[rows, y] < 0)
    return _whole(W, X, reg, losses, slopes)


_CORRECT_COLUMN_NEVER = (
    "Only the columns of the wrong classes get a gradient. The score of the right class is in every margin, too."
)


def _correct_column_never(W, X, y, reg):
    losses, slopes = _svm(W, X, y)
    return _whole(W, X, reg, losses, np.maximum(slopes, 0.0))


_WRONG_COLUMNS_NEVER = (
    "Only the column of the right class gets a gradient. A wrong class that violates its margin is pushed down as well."
)


def _wrong_columns_never(W, X, y, reg):
    losses, slopes = _svm(W, X, y)
    return _whole(W, X, reg, losses, np.minimum(slopes, 0.0))


_WEIGHTED = (
    "You weigh each violated margin with its size. The loss is straight there, so its slope is the same however large "
    "the violation is."
)


def _weighted(W, X, y, reg):
    losses, _ = _svm(W, X, y)
    scores, rows = X @ W, np.arange(len(X))
    margins = np.maximum(0.0, scores - scores[rows, y][:, None] + 1.0)
    margins[rows, y] = -losses
    return _whole(W, X, reg, losses, margins)


_TEN_CLASSES = "Your code counts on ten classes. How many there are is written in the shape of W."


def _svm_ten_columns(W, X, y, reg):
    scores = X @ W
    for c in range(10):
        scores[0, c] += 0.0
    known = y < 10
    losses, slopes = _svm_of_margins(
        (scores - scores[np.arange(len(X)), y][:, None] + 1.0)[known, :10], X[known], y[known]
    )
    return losses.sum() / len(X) + reg * np.sum(W * W), X[known].T @ slopes / len(X) + 2 * reg * W[:, :10]


def _svm_array_of_ten(W, X, y, reg):
    margins = np.zeros((len(X), 10))
    scores = X @ W
    margins += scores - scores[np.arange(len(X)), y][:, None] + 1.0
    return _whole(W, X, reg, *_svm_of_margins(margins, X, y))


_ALL_COLUMNS = (
    "You pick whole columns where one entry of each row is meant. To pair rows with labels, both have to be given."
)


def _svm_all_columns(W, X, y, reg):
    scores = X @ W
    return _whole(W, X, reg, *_svm_of_margins(scores - scores[:, y] + 1.0, X, y))


_LOOPS = (
    "The values are right, but they come too slowly. Look for a loop over examples or classes, and for a product that "
    "is made number by number."
)


def _svm_loops(W, X, y, reg):
    loss, dW = 0.0, np.zeros(W.shape)
    for x, label in zip(X, y, strict=True):
        scores = [np.sum(x * column) for column in W.T]
        for c, score in enumerate(scores):
            if c != label and score - scores[label] + 1.0 > 0:
                loss += score - scores[label] + 1.0
                dW[:, c] += x
                dW[:, label] -= x
    return loss / len(X) + reg * np.sum(W * W), dW / len(X) + 2 * reg * W


svm_naive_half = _as("svm_loss_naive", _half(_svm), _HALF)
svm_naive_gradient_without_2 = _as("svm_loss_naive", _without_2(_svm), _WITHOUT_2)
svm_naive_reg_not_in_gradient = _as("svm_loss_naive", _not_in_gradient(_svm), _NOT_IN_GRADIENT)
svm_naive_reg_not_in_loss = _as("svm_loss_naive", _not_in_loss(_svm), _NOT_IN_LOSS)
svm_naive_reg_ignored = _as("svm_loss_naive", _ignored(_svm), _IGNORED)
svm_naive_reg_gradient_by_n = _as("svm_loss_naive", _gradient_by_n(_svm), _GRADIENT_BY_N)
svm_naive_reg_by_n = _as("svm_loss_naive", _all_by_n(_svm), _ALL_BY_N)
svm_naive_precedence = _as("svm_loss_naive", _precedence(_svm), _PRECEDENCE)
svm_naive_w_in_place = _as("svm_loss_naive", _w_in_place(_svm), _W_IN_PLACE)
svm_naive_gradient_not_divided = _as("svm_loss_naive", _gradient_not_divided(_svm), _GRADIENT_NOT_DIVIDED)
svm_naive_not_divided = _as("svm_loss_naive", _not_divided(_svm), _NOT_DIVIDED)
svm_naive_gradient_doubled = _as("svm_loss_naive", _doubled(_svm), _DOUBLED)
svm_naive_counts_the_correct_class = _as("svm_loss_naive", _correct_in_loss, _CORRECT_IN_LOSS)
svm_naive_without_margin = _as("svm_loss_naive", _without_margin, _WITHOUT_MARGIN)
svm_naive_wrong_way_round = _as("svm_loss_naive", _wrong_way, _WRONG_WAY)
svm_naive_not_clipped = _as("svm_loss_naive", _not_clipped, _NOT_CLIPPED)
svm_naive_largest_margin_only = _as("svm_loss_naive", _largest_only, _LARGEST_ONLY)
svm_naive_correct_column_once = _as("svm_loss_naive", _correct_column_once, _CORRECT_COLUMN_ONCE)
svm_naive_correct_column_never = _as("svm_loss_naive", _correct_column_never, _CORRECT_COLUMN_NEVER)
svm_naive_wrong_columns_never = _as("svm_loss_naive", _wrong_columns_never, _WRONG_COLUMNS_NEVER)
svm_naive_weighted_by_margin = _as("svm_loss_naive", _weighted, _WEIGHTED)
svm_naive_ten_classes = _as("svm_loss_naive", _svm_ten_columns, _TEN_CLASSES)

svm_vectorized_half = _as("svm_loss_vectorized", _half(_svm), _HALF)
svm_vectorized_gradient_without_2 = _as("svm_loss_vectorized", _without_2(_svm), _WITHOUT_2)
svm_vectorized_reg_not_in_gradient = _as("svm_loss_vectorized", _not_in_gradient(_svm), _NOT_IN_GRADIENT)
svm_vectorized_reg_not_in_loss = _as("svm_loss_vectorized", _not_in_loss(_svm), _NOT_IN_LOSS)
svm_vectorized_reg_ignored = _as("svm_loss_vectorized", _ignored(_svm), _IGNORED)
svm_vectorized_reg_gradient_by_n = _as("svm_loss_vectorized", _gradient_by_n(_svm), _GRADIENT_BY_N)
svm_vectorized_reg_by_n = _as("svm_loss_vectorized", _all_by_n(_svm), _ALL_BY_N)
svm_vectorized_precedence = _as("svm_loss_vectorized", _precedence(_svm), _PRECEDENCE)
svm_vectorized_w_in_place = _as("svm_loss_vectorized", _w_in_place(_svm), _W_IN_PLACE)
svm_vectorized_gradient_not_divided = _as("svm_loss_vectorized", _gradient_not_divided(_svm), _GRADIENT_NOT_DIVIDED)
svm_vectorized_not_divided = _as("svm_loss_vectorized", _not_divided(_svm), _NOT_DIVIDED)
svm_vectorized_gradient_doubled = _as("svm_loss_vectorized", _doubled(_svm), _DOUBLED)
svm_vectorized_correct_class_in_loss = _as("svm_loss_vectorized", _correct_in_loss, _CORRECT_IN_LOSS)
svm_vectorized_correct_class_everywhere = _as("svm_loss_vectorized", _correct_everywhere, _CORRECT_EVERYWHERE)
svm_vectorized_without_margin = _as("svm_loss_vectorized", _without_margin, _WITHOUT_MARGIN)
svm_vectorized_wrong_way_round = _as("svm_loss_vectorized", _wrong_way, _WRONG_WAY)
svm_vectorized_not_clipped = _as("svm_loss_vectorized", _not_clipped, _NOT_CLIPPED)
svm_vectorized_largest_margin_only = _as("svm_loss_vectorized", _largest_only, _LARGEST_ONLY)
svm_vectorized_correct_column_once = _as("svm_loss_vectorized", _correct_column_once, _CORRECT_COLUMN_ONCE)
svm_vectorized_correct_column_never = _as("svm_loss_vectorized", _correct_column_never, _CORRECT_COLUMN_NEVER)
svm_vectorized_wrong_columns_never = _as("svm_loss_vectorized", _wrong_columns_never, _WRONG_COLUMNS_NEVER)
svm_vectorized_weighted_by_margin = _as("svm_loss_vectorized", _weighted, _WEIGHTED)
svm_vectorized_ten_classes = _as("svm_loss_vectorized", _svm_array_of_ten, _TEN_CLASSES)
svm_vectorized_all_columns = _as("svm_loss_vectorized", _svm_all_columns, _ALL_COLUMNS)
svm_vectorized_still_loops = _as("svm_loss_vectorized", _svm_loops, _LOOPS)


# Slips of the softmax loss

_UNSHIFTED = (
    "The exponential of a large score overflows. Shift the scores of an example before you take it, by something that "
    "changes no probability."
)


def _from_probabilities(W, X, y, reg, p):
    rows = np.arange(len(X))
    slopes = p.copy()
    slopes[rows, y] -= 1.0
    return _whole(W, X, reg, -np.log(p[rows, y]), slopes)


def _unshifted(W, X, y, reg):
    e = np.exp(X @ W)
    return _from_probabilities(W, X, y, reg, e / e.sum(axis=1, keepdims=True))


_GLOBAL_SHIFT = (
    "You shift all examples by one common maximum. Where the scores of an example are far below it, all their "
    "exponentials are 0: each example has a maximum of its own."
)


def _global_shift(W, X, y, reg):
    e = np.exp(X @ W - np.max(X @ W))
    return _from_probabilities(W, X, y, reg, e / e.sum(axis=1, keepdims=True))


_COLUMN_SHIFT = (
    "You subtract the maximum of each class over the examples, which changes the probabilities. The shift has to be "
    "the same for all scores of an example."
)


def _column_shift(W, X, y, reg):
    e = np.exp(X @ W - np.max(X @ W, axis=0))
    return _from_probabilities(W, X, y, reg, e / e.sum(axis=1, keepdims=True))


_OVER_EXAMPLES = (
    "Your probabilities add up to 1 over the examples of the batch. They should do so over the classes of each example."
)


def _over_examples(W, X, y, reg):
    e = np.exp(X @ W - np.max(X @ W, axis=1, keepdims=True))
    return _from_probabilities(W, X, y, reg, e / e.sum(axis=0))


_WITHOUT_MINUS = (
    "Your loss is negative: the logarithm of a probability is below 0. The loss is how surprised one is by the truth."
)


def _without_minus(W, X, y, reg):
    losses, slopes = _softmax(W, X, y)
    return _whole(W, X, reg, -losses, slopes)


_WITHOUT_LOG = (
    "You average the probabilities of the right classes, so being right makes your loss large. There is a logarithm "
    "between probability and loss, and a sign."
)


def _without_log(W, X, y, reg):
    losses, slopes = _softmax(W, X, y)
    return _whole(W, X, reg, np.exp(-losses), slopes)


_LOG_OF_SUM = (
    "You add up the probabilities first and take one logarithm of all. Every example has a logarithm of its own, and "
    "these are added."
)


def _log_of_sum(W, X, y, reg):
    losses, slopes = _softmax(W, X, y)
    loss = -np.log(np.sum(np.exp(-losses))) / len(X)
    return loss + reg * np.sum(W * W), X.T @ slopes / len(X) + 2 * reg * W


_LOG_OF_A_PRODUCT = (
    "You multiply the probabilities of all examples and take one logarithm of the product, which is too small for a "
    "float where there are hundreds of them. Take the logarithms first and add them."
)


def _log_of_a_product(W, X, y, reg):
    losses, slopes = _softmax(W, X, y)
    loss = -np.log(np.prod(np.exp(-losses))) / len(X)
    return loss + reg * np.sum(W * W), X.T @ slopes / len(X) + 2 * reg * W


_LEFT_OUT = (
    "You leave the right class out of the sum below the fraction line, so the probabilities do not add up to 1. "
    "That is a habit of the SVM; the softmax counts all classes."
)


def _left_out(W, X, y, reg):
    e, rows = np.exp(X @ W - np.max(X @ W, axis=1, keepdims=True)), np.arange(len(X))
    others = e.sum(axis=1) - e[rows, y]
    p = e / others[:, None]
    slopes = p.copy()
    slopes[rows, y] = -1.0
    return _whole(W, X, reg, np.log(others) - np.log(e[rows, y]), slopes)


_TWICE = "You apply the softmax to what are probabilities already. It takes scores, and takes them once."


def _twice(W, X, y, reg):
    return _from_probabilities(W, X, y, reg, _probabilities(_probabilities(X @ W)))


_TINY_NUMBER = (
    "A small number added to the probability makes a bad mistake look cheap. Write the logarithm of the quotient as a "
    "difference, and nothing needs to be added."
)


def _tiny_number(W, X, y, reg):
    losses, slopes = _softmax(W, X, y)
    return _whole(W, X, reg, -np.log(np.exp(-losses) + 1e-8), slopes)


_FORGOT_THE_ONE = (
    "Your slopes are the probabilities, all positive, so every score is pushed down. The score of the right class "
    "is to be pushed up."
)


def _forgot_the_one(W, X, y, reg):
    losses, _ = _softmax(W, X, y)
    return _whole(W, X, reg, losses, _probabilities(X @ W))


_UPSIDE_DOWN = (
    "The data part of your gradient has the wrong sign: a step against it would make the loss larger. What is pushed "
    "up has a negative slope."
)


def _upside_down(W, X, y, reg):
    losses, slopes = _softmax(W, X, y)
    return _whole(W, X, reg, losses, -slopes)


def _softmax_ten_columns(W, X, y, reg):
    p = _probabilities(X @ W)
    losses, slopes = _softmax(W, X, y)
    for c in range(10):
        p[0, c] += 0.0
    slopes[:, 10:] = 0.0
    return _whole(W, X, reg, losses, slopes)


def _softmax_rows_of_ten(W, X, y, reg):
    p = _probabilities(X @ W)
    return _whole(W, X, reg, -np.log(p[np.arange(len(X)), y]), p - np.eye(10)[y])


def _softmax_all_columns(W, X, y, reg):
    p = _probabilities(X @ W)
    losses = -np.log(p[:, y]).sum(axis=1)
    slopes = p.copy()
    slopes[:, y] -= 1.0
    return _whole(W, X, reg, losses, slopes)


def _softmax_loops(W, X, y, reg):
    loss, dW = 0.0, np.zeros(W.shape)
    for x, label in zip(X, y, strict=True):
        scores = np.array([np.sum(x * column) for column in W.T])
        p = np.exp(scores - scores.max())
        p /= p.sum()
        loss -= np.log(p[label])
        for c, share in enumerate(p):
            dW[:, c] += (share - (c == label)) * x
    return loss / len(X) + reg * np.sum(W * W), dW / len(X) + 2 * reg * W


softmax_naive_half = _as("softmax_loss_naive", _half(_softmax), _HALF)
softmax_naive_gradient_without_2 = _as("softmax_loss_naive", _without_2(_softmax), _WITHOUT_2)
softmax_naive_reg_not_in_gradient = _as("softmax_loss_naive", _not_in_gradient(_softmax), _NOT_IN_GRADIENT)
softmax_naive_reg_not_in_loss = _as("softmax_loss_naive", _not_in_loss(_softmax), _NOT_IN_LOSS)
softmax_naive_reg_ignored = _as("softmax_loss_naive", _ignored(_softmax), _IGNORED)
softmax_naive_reg_gradient_by_n = _as("softmax_loss_naive", _gradient_by_n(_softmax), _GRADIENT_BY_N)
softmax_naive_reg_by_n = _as("softmax_loss_naive", _all_by_n(_softmax), _ALL_BY_N)
softmax_naive_precedence = _as("softmax_loss_naive", _precedence(_softmax), _PRECEDENCE)
softmax_naive_w_in_place = _as("softmax_loss_naive", _w_in_place(_softmax), _W_IN_PLACE)
softmax_naive_gradient_not_divided = _as("softmax_loss_naive", _gradient_not_divided(_softmax), _GRADIENT_NOT_DIVIDED)
softmax_naive_not_divided = _as("softmax_loss_naive", _not_divided(_softmax), _NOT_DIVIDED)
softmax_naive_gradient_doubled = _as("softmax_loss_naive", _doubled(_softmax), _DOUBLED)
softmax_naive_unshifted = _as("softmax_loss_naive", _unshifted, _UNSHIFTED)
softmax_naive_global_shift = _as("softmax_loss_naive", _global_shift, _GLOBAL_SHIFT)
softmax_naive_without_minus = _as("softmax_loss_naive", _without_minus, _WITHOUT_MINUS)
softmax_naive_without_log = _as("softmax_loss_naive", _without_log, _WITHOUT_LOG)
softmax_naive_log_of_sum = _as("softmax_loss_naive", _log_of_sum, _LOG_OF_SUM)
softmax_naive_log_of_a_product = _as("softmax_loss_naive", _log_of_a_product, _LOG_OF_A_PRODUCT)
softmax_naive_correct_class_left_out = _as("softmax_loss_naive", _left_out, _LEFT_OUT)
softmax_naive_twice = _as("softmax_loss_naive", _twice, _TWICE)
softmax_naive_tiny_number_in_log = _as("softmax_loss_naive", _tiny_number, _TINY_NUMBER)
softmax_naive_forgot_the_one = _as("softmax_loss_naive", _forgot_the_one, _FORGOT_THE_ONE)
softmax_naive_upside_down = _as("softmax_loss_naive", _upside_down, _UPSIDE_DOWN)
softmax_naive_ten_classes = _as("softmax_loss_naive", _softmax_ten_columns, _TEN_CLASSES)

softmax_vectorized_half = _as("softmax_loss_vectorized", _half(_softmax), _HALF)
softmax_vectorized_gradient_without_2 = _as("softmax_loss_vectorized", _without_2(_softmax), _WITHOUT_2)
softmax_vectorized_reg_not_in_gradient = _as("softmax_loss_vectorized", _not_in_gradient(_softmax), _NOT_IN_GRADIENT)
softmax_vectorized_reg_not_in_loss = _as("softmax_loss_vectorized", _not_in_loss(_softmax), _NOT_IN_LOSS)
softmax_vectorized_reg_ignored = _as("softmax_loss_vectorized", _ignored(_softmax), _IGNORED)
softmax_vectorized_reg_gradient_by_n = _as("softmax_loss_vectorized", _gradient_by_n(_softmax), _GRADIENT_BY_N)
softmax_vectorized_reg_by_n = _as("softmax_loss_vectorized", _all_by_n(_softmax), _ALL_BY_N)
softmax_vectorized_precedence = _as("softmax_loss_vectorized", _precedence(_softmax), _PRECEDENCE)
softmax_vectorized_w_in_place = _as("softmax_loss_vectorized", _w_in_place(_softmax), _W_IN_PLACE)
softmax_vectorized_gradient_not_divided = _as(
    "softmax_loss_vectorized", _gradient_not_divided(_softmax), _GRADIENT_NOT_DIVIDED
)
softmax_vectorized_not_divided = _as("softmax_loss_vectorized", _not_divided(_softmax), _NOT_DIVIDED)
softmax_vectorized_gradient_doubled = _as("softmax_loss_vectorized", _doubled(_softmax), _DOUBLED)
softmax_vectorized_unshifted = _as("softmax_loss_vectorized", _unshifted, _UNSHIFTED)
softmax_vectorized_global_shift = _as("softmax_loss_vectorized", _global_shift, _GLOBAL_SHIFT)
softmax_vectorized_column_shift = _as("softmax_loss_vectorized", _column_shift, _COLUMN_SHIFT)
softmax_vectorized_over_examples = _as("softmax_loss_vectorized", _over_examples, _OVER_EXAMPLES)
softmax_vectorized_without_minus = _as("softmax_loss_vectorized", _without_minus, _WITHOUT_MINUS)
softmax_vectorized_without_log = _as("softmax_loss_vectorized", _without_log, _WITHOUT_LOG)
softmax_vectorized_log_of_sum = _as("softmax_loss_vectorized", _log_of_sum, _LOG_OF_SUM)
softmax_vectorized_log_of_a_product = _as("softmax_loss_vectorized", _log_of_a_product, _LOG_OF_A_PRODUCT)
softmax_vectorized_correct_class_left_out = _as("softmax_loss_vectorized", _left_out, _LEFT_OUT)
softmax_vectorized_twice = _as("softmax_loss_vectorized", _twice, _TWICE)
softmax_vectorized_tiny_number_in_log = _as("softmax_loss_vectorized", _tiny_number, _TINY_NUMBER)
softmax_vectorized_forgot_the_one = _as("softmax_loss_vectorized", _forgot_the_one, _FORGOT_THE_ONE)
softmax_vectorized_upside_down = _as("softmax_loss_vectorized", _upside_down, _UPSIDE_DOWN)
softmax_vectorized_ten_classes = _as("softmax_loss_vectorized", _softmax_rows_of_ten, _TEN_CLASSES)
softmax_vectorized_all_columns = _as("softmax_loss_vectorized", _softmax_all_columns, _ALL_COLUMNS)
softmax_vectorized_still_loops = _as("softmax_loss_vectorized", _softmax_loops, _LOOPS)


# predict


@misconception("predict", hint="You return the highest scores themselves. Asked for is which class has them.")
def predicted_the_scores(W, X):
    return (X @ W).max(axis=1)


@misconception(
    "predict",
    hint="For each class you look for its best example. The classes of one example compete, not the examples.",
)
def predicted_along_the_examples(W, X):
    return np.argmax(X @ W, axis=0)


@misconception("predict", hint="You choose the class with the lowest score. A high score speaks for a class.")
def predicted_the_lowest(W, X):
    return np.argmin(X @ W, axis=1)


@misconception(
    "predict",
    hint="You choose the score that is farthest from 0. A very negative score speaks against a class.",
)
def predicted_the_farthest_from_zero(W, X):
    return np.argmax(np.abs(X @ W), axis=1)


@misconception(
    "predict",
    hint="Where several classes share the highest score you take the last one. The first one is asked for.",
)
def predicted_the_last_of_a_tie(W, X):
    return W.shape[1] - 1 - np.argmax((X @ W)[:, ::-1], axis=1)


@misconception(
    "predict", hint="You return a row of zeros and a one for each example. Asked for is its label, a number."
)
def predicted_ones_and_zeros(W, X):
    return np.eye(W.shape[1], dtype=int)[np.argmax(X @ W, axis=1)]


@misconception(
    "predict",
    hint="You look for the highest score of the whole batch. Every example has a label of its own.",
)
def predicted_once_for_all(W, X):
    return np.argmax(X @ W)


@misconception(
    "predict",
    hint="Your labels are right, but they are floats. Labels are integers, so that they can count and index.",
)
def predicted_floats(W, X):
    labels = np.zeros(len(X))
    for n, scores in enumerate(X @ W):
        labels[n] = np.argmax(scores)
    return labels


@misconception("predict", hint="Your labels begin with 1. The first class has the label 0.")
def predicted_from_one(W, X):
    return np.argmax(X @ W, axis=1) + 1


# train_linear


def _start(X, y, seed):
    require_batch(X, y)
    rng = np.random.default_rng(seed)
    return rng, 0.001 * rng.standard_normal((X.shape[1], np.max(y) + 1))


def _descend(X, y, loss_function, learning_rate, reg, steps, batch_size, rng, W):
    losses = []
    for _ in range(steps):
        batch = rng.permutation(len(X))[:batch_size]
        loss, dW = loss_function(W, X[batch], y[batch], reg)
        losses.append(loss)
        W = W - learning_rate * dW
    return W, losses


def _descend_on(X, y, loss_function, learning_rate, reg, steps, W, batches):
    """Go downhill on given batches, each a pair of what is taken from X and what is taken from y."""
    losses = []
    for _, (examples, labels) in zip(range(steps), batches, strict=False):
        loss, dW = loss_function(W, X[examples], y[labels], reg)
        losses.append(loss)
        W = W - learning_rate * dW
    return W, losses


@misconception("train_linear", hint="You go up the hill. The gradient points to where the loss grows.")
def trained_uphill(X, y, loss_function, learning_rate, reg, steps, batch_size, seed):
    rng, W = _start(X, y, seed)
    return _descend(X, y, loss_function, -learning_rate, reg, steps, batch_size, rng, W)


@misconception(
    "train_linear", hint="Your steps do not use the learning rate: each goes the whole length of the gradient."
)
def trained_without_learning_rate(X, y, loss_function, learning_rate, reg, steps, batch_size, seed):
    rng, W = _start(X, y, seed)
    return _descend(X, y, loss_function, 1.0, reg, steps, batch_size, rng, W)


@misconception(
    "train_linear",
    hint="You divide the gradient by the size of the batch. The loss function has taken the mean already.",
)
def trained_with_gradient_divided_again(X, y, loss_function, learning_rate, reg, steps, batch_size, seed):
    rng, W = _start(X, y, seed)
    return _descend(X, y, loss_function, learning_rate / batch_size, reg, steps, batch_size, rng, W)


@misconception(
    "train_linear",
    hint="You add the regularisation to the gradient a second time. The loss function takes care of it.",
)
def trained_with_reg_twice(X, y, loss_function, learning_rate, reg, steps, batch_size, seed):
    def twice(W, X, y, reg):
        loss, dW = loss_function(W, X, y, reg)
        return loss, dW + 2 * reg * W

    rng, W = _start(X, y, seed)
    return _descend(X, y, twice, learning_rate, reg, steps, batch_size, rng, W)


@misconception("train_linear", hint="The loss function never hears of reg from you.")
def trained_without_reg(X, y, loss_function, learning_rate, reg, steps, batch_size, seed):
    rng, W = _start(X, y, seed)
    return _descend(X, y, loss_function, learning_rate, 0.0, steps, batch_size, rng, W)


@misconception(
    "train_linear",
    hint="Your losses are those after the steps. Each one belongs to the weights before its step.",
)
def trained_with_losses_after_the_steps(X, y, loss_function, learning_rate, reg, steps, batch_size, seed):
    rng, W = _start(X, y, seed)
    losses = []
    for _ in range(steps):
        batch = rng.permutation(len(X))[:batch_size]
        W = W - learning_rate * loss_function(W, X[batch], y[batch], reg)[1]
        losses.append(loss_function(W, X[batch], y[batch], reg)[0])
    return W, losses


@misconception("train_linear", hint="You return the last loss alone. One for each step is asked for.")
def trained_with_the_last_loss(X, y, loss_function, learning_rate, reg, steps, batch_size, seed):
    rng, W = _start(X, y, seed)
    W, losses = _descend(X, y, loss_function, learning_rate, reg, steps, batch_size, rng, W)
    return W, losses[-1]


@misconception(
    "train_linear",
    hint="You note one loss more than there are steps. There is no need to look again after the last one.",
)
def trained_with_one_loss_more(X, y, loss_function, learning_rate, reg, steps, batch_size, seed):
    rng, W = _start(X, y, seed)
    W, losses = _descend(X, y, loss_function, learning_rate, reg, steps, batch_size, rng, W)
    return W, [*losses, loss_function(W, X, y, reg)[0]]


@misconception(
    "train_linear",
    hint="Every step starts from the first weights again, so nothing adds up. Keep what a step has changed.",
)
def trained_from_the_start_again(X, y, loss_function, learning_rate, reg, steps, batch_size, seed):
    rng, W = _start(X, y, seed)
    losses, new = [], W
    for _ in range(steps):
        batch = rng.permutation(len(X))[:batch_size]
        loss, dW = loss_function(W, X[batch], y[batch], reg)
        losses.append(loss)
        new = W - learning_rate * dW
    return new, losses


@misconception(
    "train_linear",
    hint="All your steps use the same batch, drawn once before the first. Draw another one for each step.",
)
def trained_on_one_batch(X, y, loss_function, learning_rate, reg, steps, batch_size, seed):
    rng, W = _start(X, y, seed)
    batch = rng.permutation(len(X))[:batch_size]
    return _descend_on(X, y, loss_function, learning_rate, reg, steps, W, [(batch, batch)] * steps)


@misconception(
    "train_linear",
    hint="All your steps use all the data, whatever the size of a batch is meant to be.",
)
def trained_on_all_data(X, y, loss_function, learning_rate, reg, steps, batch_size, seed):
    rng, W = _start(X, y, seed)
    return _descend(X, y, loss_function, learning_rate, reg, steps, len(X), rng, W)


@misconception(
    "train_linear",
    hint="Your batches follow the order of the data. That order is often one of classes: draw the examples at random.",
)
def trained_in_order(X, y, loss_function, learning_rate, reg, steps, batch_size, seed):
    _, W = _start(X, y, seed)
    size = min(batch_size, len(X))
    batches = [np.arange(k * size, (k + 1) * size) % len(X) for k in range(steps)]
    return _descend_on(X, y, loss_function, learning_rate, reg, steps, W, zip(batches, batches, strict=True))


@misconception(
    "train_linear",
    hint="You draw one order before the first step, and every pass over the data repeats it. Draw for every step.",
)
def trained_in_one_order(X, y, loss_function, learning_rate, reg, steps, batch_size, seed):
    rng, W = _start(X, y, seed)
    order, size = rng.permutation(len(X)), min(batch_size, len(X))
    batches = [order[np.arange(k * size, (k + 1) * size) % len(X)] for k in range(steps)]
    return _descend_on(X, y, loss_function, learning_rate, reg, steps, W, zip(batches, batches, strict=True))


@misconception(
    "train_linear",
    hint="Examples and labels of a batch are drawn separately, so most examples get the label of another one.",
)
def trained_with_mixed_up_labels(X, y, loss_function, learning_rate, reg, steps, batch_size, seed):
    rng, W = _start(X, y, seed)
    size = min(batch_size, len(X))
    pairs = [(rng.permutation(len(X))[:size], rng.permutation(len(X))[:size]) for _ in range(steps)]
    return _descend_on(X, y, loss_function, learning_rate, reg, steps, W, pairs)


@misconception(
    "train_linear",
    hint="The labels of your batch are always the first ones. They have to be those of the examples that were drawn.",
)
def trained_with_the_first_labels(X, y, loss_function, learning_rate, reg, steps, batch_size, seed):
    rng, W = _start(X, y, seed)
    size = min(batch_size, len(X))
    pairs = [(rng.permutation(len(X))[:size], np.arange(size)) for _ in range(steps)]
    return _descend_on(X, y, loss_function, learning_rate, reg, steps, W, pairs)


@misconception(
    "train_linear",
    hint="A batch larger than the data holds some examples several times with you. It should hold each of them once.",
)
def trained_on_repeated_examples(X, y, loss_function, learning_rate, reg, steps, batch_size, seed):
    rng, W = _start(X, y, seed)
    batches = [rng.integers(len(X), size=batch_size) for _ in range(steps)]
    return _descend_on(X, y, loss_function, learning_rate, reg, steps, W, zip(batches, batches, strict=True))


@misconception(
    "train_linear",
    hint="More examples are asked of the generator than there are. A batch cannot be larger than the data.",
)
def trained_on_too_large_a_batch(X, y, loss_function, learning_rate, reg, steps, batch_size, seed):
    rng, W = _start(X, y, seed)
    batches = [rng.choice(len(X), batch_size, replace=False) for _ in range(steps)]
    return _descend_on(X, y, loss_function, learning_rate, reg, steps, W, zip(batches, batches, strict=True))


@misconception("train_linear", hint="You do not use the seed of the caller, so all trainings start and draw alike.")
def trained_with_a_fixed_seed(X, y, loss_function, learning_rate, reg, steps, batch_size, seed):
    rng, W = _start(X, y, 0)
    return _descend(X, y, loss_function, learning_rate, reg, steps, batch_size, rng, W)


@misconception("train_linear", hint="Your weights start at zero. They should be small, random and not all alike.")
def trained_from_zero(X, y, loss_function, learning_rate, reg, steps, batch_size, seed):
    rng, W = _start(X, y, seed)
    return _descend(X, y, loss_function, learning_rate, reg, steps, batch_size, rng, 0 * W)


@misconception(
    "train_linear",
    hint="Your first weights are spread evenly, all on one side of 0. A normal distribution has most of them around 0.",
)
def trained_from_uniform_weights(X, y, loss_function, learning_rate, reg, steps, batch_size, seed):
    require_batch(X, y)
    rng = np.random.default_rng(seed)
    W = 0.001 * rng.random((X.shape[1], np.max(y) + 1))
    return _descend(X, y, loss_function, learning_rate, reg, steps, batch_size, rng, W)


@misconception(
    "train_linear",
    hint="Your weights start as random numbers of size 1, far too large: the first loss tells nothing any more.",
)
def trained_from_large_weights(X, y, loss_function, learning_rate, reg, steps, batch_size, seed):
    rng, W = _start(X, y, seed)
    return _descend(X, y, loss_function, learning_rate, reg, steps, batch_size, rng, 1000 * W)


@misconception(
    "train_linear",
    hint="You count the labels that occur. A class without examples has a label, too: the largest one tells how many.",
)
def trained_for_the_labels_that_occur(X, y, loss_function, learning_rate, reg, steps, batch_size, seed):
    rng, W = _start(X, y, seed)
    W = W[:, : len(np.unique(y))]
    return _descend(X, y, loss_function, learning_rate, reg, steps, batch_size, rng, W)


@misconception(
    "train_linear",
    hint="The number of columns is the largest label with you. Labels count from 0, so there is one class more.",
)
def trained_for_one_class_less(X, y, loss_function, learning_rate, reg, steps, batch_size, seed):
    rng, W = _start(X, y, seed)
    return _descend(X, y, loss_function, learning_rate, reg, steps, batch_size, rng, W[:, :-1])


@misconception("train_linear", hint="Your code counts on ten classes. How many there are is told by the largest label.")
def trained_for_ten_classes(X, y, loss_function, learning_rate, reg, steps, batch_size, seed):
    require_batch(X, y)
    rng = np.random.default_rng(seed)
    W = 0.001 * rng.standard_normal((X.shape[1], 10))
    return _descend(X, y, loss_function, learning_rate, reg, steps, batch_size, rng, W)


@misconception(
    "train_linear",
    hint="Labels that cannot be right are trained on as if nothing were wrong. Look at the data before the first step.",
)
def trained_on_anything(X, y, loss_function, learning_rate, reg, steps, batch_size, seed):
    rng = np.random.default_rng(seed)
    W = 0.001 * rng.standard_normal((X.shape[1], np.max(y) + 1))
    return _descend(X, y, loss_function, learning_rate, reg, steps, batch_size, rng, W)
