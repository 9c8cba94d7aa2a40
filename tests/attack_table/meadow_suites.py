"""Visible checks and hidden suite of the course that is attacked: two tests of each kind for a question."""

from __future__ import annotations

CHECKS = '''\
import numpy as np
import pytest

from autograder.compare import agree, unchanged, unpack

question = pytest.mark.question


@question("double")
def test_doubled(submission):
    """Three numbers are doubled."""
    agree("out", submission.double(np.array([1.0, -2.0, 4.0])), np.array([2.0, -4.0, 8.0]))


@question("double")
def test_double_leaves_its_argument(submission):
    """The argument is as it was."""
    x = np.array([1.0, -2.0, 4.0])
    agree("out", submission.double(x), 2 * x)
    unchanged("x", submission.arguments_after("double", x)[0], x)


@question("total")
def test_sum(submission):
    """The products of two pairs are added up."""
    agree("out", submission.total(np.array([3.0, 5.0]), np.array([2.0, 4.0])), 26.0)


@question("total")
def test_sign(submission):
    """A negative factor counts as such."""
    agree("out", submission.total(np.array([3.0, 5.0]), np.array([-1.0, 2.0])), 7.0)


@question("Scale")
def test_forward(submission):
    """Two numbers are scaled."""
    agree("out", submission.Scale(3.0).forward(np.array([1.0, 6.0])), np.array([3.0, 18.0]))


@question("Scale")
def test_backward(submission):
    """The gradient is scaled as well."""
    scale = submission.Scale(2.0)
    agree("out", scale.forward(np.array([1.0, 6.0])), np.array([2.0, 12.0]))
    agree("dx", scale.backward(np.array([1.0, 6.0])), np.array([2.0, 12.0]))


@question("normalise")
def test_one_row(submission):
    """One row loses its mean."""
    out, _ = unpack(submission.normalise(np.array([[1.0, 2.0, 6.0]])), "out", "mean", of="normalise")
    agree("out", out, np.array([[-2.0, -1.0, 3.0]]))


@question("normalise")
def test_mean(submission):
    """The mean comes back, too."""
    out, mean = unpack(submission.normalise(np.array([[1.0, 2.0, 6.0]])), "out", "mean", of="normalise")
    agree("out", out, np.array([[-2.0, -1.0, 3.0]]))
    agree("mean", mean, np.array([[3.0]]))
'''

HIDDEN = '''\
"""The hidden suite: <suite>."""

import os

import pytest

from autograder.compare import agree, unpack

question = pytest.mark.question

CANARY = "<suite>"
ONLY_IN_MEMORY = "".join(chr(ord(letter) ^ 1) for letter in "<masked>")
HERITAGE = os.environ.get("CANARY_OF_THE_INSTRUCTOR", "")


@question("double")
def test_matrix(submission, reference, rng):
    """A matrix is doubled."""
    x = rng.normal(size=(3, 4))
    agree("out", submission.double(x), reference.double(x))


@question("double")
def test_vector(submission, reference, rng):
    """A longer vector is doubled."""
    x = rng.normal(size=int(rng.integers(50, 90)))
    agree("out", submission.double(x), reference.double(x))


@question("total")
@pytest.mark.parametrize("size", [5, 40])
def test_random(submission, reference, rng, size):
    """Random numbers are multiplied and added up."""
    x, y = rng.normal(size=size), rng.normal(size=size)
    agree("out", submission.total(x, y), reference.total(x, y))


@question("Scale")
def test_any_forward(submission, reference, rng):
    """Random numbers are scaled by a random factor."""
    k, x = float(rng.normal()), rng.normal(size=(4, 2))
    agree("out", submission.Scale(k).forward(x), reference.Scale(k).forward(x))


@question("Scale")
def test_any_backward(submission, reference, rng):
    """A random gradient is scaled by a random factor."""
    k, x, dout = float(rng.normal()), rng.normal(size=6), rng.normal(size=6)
    scale = submission.Scale(k)
    agree("out", scale.forward(x), reference.Scale(k).forward(x))
    agree("dx", scale.backward(dout), reference.Scale(k).backward(dout))


@question("normalise")
@pytest.mark.parametrize("rows", [1, 7])
def test_rows(submission, reference, rng, rows):
    """Random rows lose their means, which come back."""
    X = rng.normal(loc=3.5, size=(rows, 6))
    out, mean = unpack(submission.normalise(X), "out", "mean", of="normalise")
    expected, means = reference.normalise(X)
    agree("out", out, expected)
    agree("mean", mean, means)
'''
