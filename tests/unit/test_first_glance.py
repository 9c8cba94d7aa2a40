"""What is right at first glance is what the whole comparison accepts, too."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.compare import DEFAULT_RTOL, agrees
from autograder.first_glance import is_right

SHAPE = (2, 3)
entries = st.floats(allow_subnormal=True) | st.sampled_from([0.0, -0.0, 1.0, 1e-300, 1e300, np.inf, np.nan])
doubles = hnp.arrays(np.float64, SHAPE, elements=entries)


@given(doubles, doubles, st.sampled_from([0.0, 1e-12, 1e-6, 1.0]))
@settings(max_examples=300, deadline=None, database=None)
def test_it_accepts_nothing_that_the_comparison_refuses(
    expected: np.ndarray[Any, Any], other: np.ndarray[Any, Any], share: float
) -> None:
    """Whatever the entries are, and however near: a yes is a yes of both, and the arrays are left alone."""
    with np.errstate(all="ignore"):
        got = expected + share * (other - expected)
    before = got.tobytes(), expected.tobytes()
    if is_right(got, expected, rtol=DEFAULT_RTOL, atol=None):
        assert agrees("x", got, expected)
    assert (got.tobytes(), expected.tobytes()) == before


@given(entries, entries)
@settings(max_examples=300, deadline=None, database=None)
def test_a_number(expected: float, got: float) -> None:
    """The same goes for numbers, Python's and numpy's."""
    for number in (got, np.float64(got)):
        if is_right(number, expected, rtol=DEFAULT_RTOL, atol=None):
            assert agrees("x", number, expected)


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (np.ones(SHAPE), np.ones(SHAPE)),
        (np.full(SHAPE, 1.0 + 9e-6), np.ones(SHAPE)),
        (np.zeros(SHAPE), np.zeros(SHAPE)),
        (np.array(2.0), np.array(2.0)),
        (2.0, 2.0),
        (np.float64(2.0), 2.0),
        (np.ones(SHAPE).T.copy().T, np.ones(SHAPE)),
    ],
)
def test_plain_answers_are_seen(got: Any, expected: Any) -> None:
    """Float64 of the same shape, and numbers, need no second look."""
    assert is_right(got, expected, rtol=DEFAULT_RTOL, atol=None)


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (np.full(SHAPE, 1.0 + 2e-5), np.ones(SHAPE)),
        (np.ones((3, 2)), np.ones(SHAPE)),
        (np.ones((1, *SHAPE)), np.ones(SHAPE)),
        (np.ones(SHAPE, np.float32), np.ones(SHAPE)),
        (np.ones(SHAPE, int), np.ones(SHAPE)),
        (np.ones(SHAPE, bool), np.ones(SHAPE)),
        (np.ones(SHAPE), np.ones(SHAPE, int)),
        (np.ones((0, 3)), np.ones((0, 3))),
        (np.full(SHAPE, np.nan), np.full(SHAPE, np.nan)),
        (np.full(SHAPE, np.inf), np.full(SHAPE, np.inf)),
        (np.full(SHAPE, np.nan), np.ones(SHAPE)),
        ([1.0, 1.0], np.ones(2)),
        (1.0, np.ones(1)),
        (np.ones(()), 1.0),
        (True, 1.0),
        (1, 1.0),
        ("1.0", 1.0),
        (None, 1.0),
        (np.nan, np.nan),
        (np.inf, np.inf),
        (5.0, np.inf),
        (-np.inf, np.inf),
        (np.ones(SHAPE).view(type("Mine", (np.ndarray,), {})), np.ones(SHAPE)),
    ],
)
def test_all_else_is_looked_at_again(got: Any, expected: Any) -> None:
    """Other types, shapes and numbers are not decided here, be they right or not."""
    assert not is_right(got, expected, rtol=DEFAULT_RTOL, atol=None)


@pytest.mark.parametrize(("atol", "right"), [(0.0, False), (0.4, False), (0.6, True)])
def test_an_absolute_tolerance(atol: float, right: bool) -> None:
    """Where `atol` is given it is what counts."""
    assert is_right(np.full(SHAPE, 10.5), np.full(SHAPE, 10.0), rtol=1.0, atol=atol) is right
    assert is_right(10.5, 10.0, rtol=1.0, atol=atol) is right
