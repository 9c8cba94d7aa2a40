"""The digest of how an answer fails: the same for the same slip, another for anything else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.behaviour import behaviour
from autograder.errors import CallFailed, Mismatch

RNG = np.random.default_rng(0)
ARRAY = RNG.normal(size=(4, 5))
NICE = np.array([[0.5, 1.0, -2.0], [0.0, 1e-3, 4096.0]])


def mismatch(got: Any, name: str = "dx", kind: Any = "value") -> Mismatch:
    return Mismatch(name, kind, "", path=name, got=got, expected=None)


def test_right_has_no_behaviour() -> None:
    """Nothing fails, so there is nothing to look up."""
    assert behaviour([None, None]) is None
    assert behaviour([]) is None


@pytest.mark.parametrize(
    "array",
    [
        ARRAY,
        NICE,
        ARRAY * 1e-9,
        ARRAY * 1e12,
        ARRAY / np.max(np.abs(ARRAY)) * 1.7e308,
        -NICE,
        np.zeros(3),
        np.array(2.0),
    ],
)
def test_rounding_makes_no_difference(array: np.ndarray) -> None:
    """Another order of sums changes the last digits, and never the digest: not once in a thousand tries."""
    right = behaviour([None, mismatch(array)])
    for _ in range(1000):
        noise = 1 + 1e-13 * RNG.normal(size=array.shape)
        assert behaviour([None, mismatch(array * noise)]) == right


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (ARRAY, ARRAY.tolist()),
        (ARRAY, ARRAY.copy(order="F")),
        (np.array(2.0), 2.0),
        ([1.0, np.nan], np.array([1.0, np.nan])),
        ({"a": ARRAY, "b": 1.0}, {"b": 1.0, "a": ARRAY}),
    ],
)
def test_form_makes_no_difference(one: Any, other: Any) -> None:
    """Lists and arrays of the same numbers are the same behaviour."""
    assert behaviour([mismatch(one)]) == behaviour([mismatch(other)])


@pytest.mark.parametrize(
    "other",
    [
        [None, mismatch(ARRAY * 1.001)],
        [None, mismatch(-ARRAY)],
        [None, mismatch(ARRAY.T)],
        [None, mismatch(ARRAY.ravel())],
        [None, mismatch(np.where(ARRAY > 1, np.nan, ARRAY))],
        [None, mismatch(np.where(ARRAY > 1, np.inf, ARRAY))],
        [None, mismatch(ARRAY, name="dw")],
        [None, mismatch(ARRAY, kind="nan")],
        [mismatch(ARRAY), None],
        [None, mismatch(ARRAY), None],
        [None, mismatch(None)],
        [None, mismatch((ARRAY, 1.0))],
        [None, mismatch({"a": ARRAY})],
        [None, mismatch("words")],
        [None, CallFailed("dx", "raised", "", exception="ValueError")],
        [None, AssertionError()],
    ],
)
def test_anything_else_is_another_behaviour(other: list[Exception | None]) -> None:
    """A value, shape, place or kind that differs is another slip, or none that is known."""
    assert behaviour(other) != behaviour([None, mismatch(ARRAY)])


@pytest.mark.parametrize("number", [1.7e308, -1.797e308, 5e-324, 2.3e-308, np.inf, np.nan])
def test_numbers_at_the_end_of_their_range_have_a_behaviour(number: float) -> None:
    """Neither an overflow nor a warning, which pytest would raise here."""
    assert behaviour([mismatch(np.array([number, 0.0]))]) is not None
    assert behaviour([mismatch(np.array([number, 1.0]))]) is not None


def test_exceptions_are_told_apart_by_type_not_by_words() -> None:
    """What an exception says is the student's own text."""
    failures = [
        CallFailed("f", "raised", text, exception=kind) for text in ("a", "b") for kind in ("KeyError", "OSError")
    ]
    digests = {behaviour([failure]) for failure in failures}
    assert len(digests) == 2


def test_huge_and_deep_values_take_no_time() -> None:
    """Lists within lists, and far more of them than anybody looks at, end soon."""
    nested: list[Any] = []
    for _ in range(100_000):
        nested = [nested, "x"]
    assert behaviour([mismatch([["x"] * 10_000] * 1000)]) is not None
    assert behaviour([mismatch(nested)]) is not None
