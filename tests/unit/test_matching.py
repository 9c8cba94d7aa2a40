"""Two outcomes are alike only where kind, place and value are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.errors import CallFailed, Mismatch
from autograder.matching import alike

ARRAY = np.array([[1.0, -2.0], [3.0, 4.0]])


def mismatch(got: Any, name: str = "dx", kind: Any = "value") -> Mismatch:
    return Mismatch(name, kind, "is wrong", path=name, got=got, expected=0)


def raised(exception: str, name: str = "f") -> CallFailed:
    return CallFailed(name, "raised", "raised", exception=exception)


class Hostile:
    """Stands for a value with opinions: any look at it as an array is a failure of ours."""

    def __array__(self, *_: object) -> np.ndarray:
        raise AssertionError("was asked for an array")

    def __eq__(self, _: object) -> bool:
        raise AssertionError("was compared")

    __hash__ = None  # type: ignore[assignment]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (None, None),
        (mismatch(ARRAY), mismatch(ARRAY * (1 + 1e-9))),
        (mismatch(ARRAY), mismatch(ARRAY.tolist())),
        (mismatch(np.nan), mismatch(float("nan"))),
        (mismatch(None), mismatch(None)),
        (mismatch((ARRAY, 1.0)), mismatch((ARRAY, 1.0))),
        (mismatch({"W1": ARRAY}), mismatch({"W1": ARRAY})),
        (mismatch(np.zeros(0)), mismatch(np.zeros(0))),
        (raised("ValueError"), raised("ValueError")),
        (AssertionError("a"), AssertionError("b")),
    ],
)
def test_alike(one: Exception | None, other: Exception | None) -> None:
    """The same behaviour is recognised through rounding and through list or array."""
    assert alike(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (None, mismatch(ARRAY)),
        (mismatch(ARRAY), None),
        (mismatch(ARRAY), mismatch(ARRAY * 1.001)),
        (mismatch(ARRAY), mismatch(ARRAY.T)),
        (mismatch(ARRAY), mismatch(ARRAY.ravel())),
        (mismatch(ARRAY), mismatch(ARRAY, name="dw")),
        (mismatch(ARRAY), mismatch(ARRAY, kind="shape")),
        (mismatch(None), mismatch(0.0)),
        (mismatch({"W1": ARRAY}), mismatch({"W2": ARRAY})),
        (mismatch((ARRAY,)), mismatch((ARRAY, ARRAY))),
        (mismatch([[1.0], [1.0, 2.0]]), mismatch(ARRAY)),
        (mismatch("words"), mismatch("words")),
        (mismatch(Hostile()), mismatch(Hostile())),
        (mismatch(Hostile()), mismatch(ARRAY)),
        (raised("ValueError"), raised("TypeError")),
        (raised("ValueError"), raised("ValueError", name="g")),
        (raised("ValueError"), mismatch(ARRAY)),
        (AssertionError(), mismatch(ARRAY)),
    ],
)
def test_not_alike(one: Exception | None, other: Exception | None) -> None:
    """Anything less than the same behaviour is no match, and nothing of the submission's is called to find out."""
    assert not alike(one, other)
