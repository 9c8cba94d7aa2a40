"""Two outcomes are alike only where kind, place and value are."""

from __future__ import annotations

from types import ModuleType
from typing import Any, cast

import numpy as np
import pytest

from autograder.errors import CallFailed, Mismatch
from autograder.examine import Examiner
from autograder.matching import alike, match
from autograder.misconceptions import Misconception
from autograder.suite import SuiteTest

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


class Told(Examiner):
    """Knows what each test says to each solution."""

    def __init__(self, outcomes: dict[tuple[str, Any], Exception | None]) -> None:
        self._outcomes = outcomes

    def run(self, item: Any, submission: Any, _seed: str) -> Exception | None:
        """Return what the test is known to raise."""
        return self._outcomes[item, submission._namespace["f"]]

    def run_known(self, item: Any, _code: object, submission: Any, seed: str) -> Exception | None:
        """Return the same."""
        return self.run(item, submission, seed)

    def passes(self, item: Any, _code: object, submission: Any, seed: str) -> bool:
        """Tell whether it raises nothing."""
        return self.run(item, submission, seed) is None


def suite_test(name: str, *, timed: bool = False) -> SuiteTest:
    """Return a test that is known by its name."""
    return SuiteTest(cast(Any, name), cast(Any, None), "f", name, 1.0, hidden=True, timed=timed)


@pytest.mark.parametrize(
    ("values", "time", "name"),
    [
        (mismatch(ARRAY), None, "wrong"),
        (mismatch(ARRAY), mismatch(None), "wrong"),
        (None, mismatch(None), "slow"),
        (mismatch(-ARRAY), mismatch(None), None),
    ],
)
def test_a_timing_tells_slips_apart_only_where_nothing_else_does(
    values: Exception | None, time: Exception | None, name: str | None
) -> None:
    """A slip keeps its name when a busy machine lets a timed test fail; one that is only slow is known by that."""
    told = Told(
        {
            ("values", "wrong"): mismatch(ARRAY),
            ("time", "wrong"): None,
            ("values", "slow"): None,
            ("time", "slow"): mismatch(None),
        }
    )
    known = [Misconception("f", each, "a hint", cast(Any, each)) for each in ("wrong", "slow")]
    results = [(suite_test("values"), values), (suite_test("time", timed=True), time)]
    found = match(results, known, ModuleType("reference"), told, "00")
    assert (found and found.name) == name


@pytest.mark.parametrize(("other", "name"), [(None, "wrong"), (mismatch(ARRAY), None)])
def test_a_slip_that_fails_where_the_submission_passes_is_another_one(
    other: Exception | None, name: str | None
) -> None:
    """To fail with the same value is not enough: what the submission has right the slip has right, too."""
    told = Told({("values", "wrong"): mismatch(ARRAY), ("other", "wrong"): other})
    known = [Misconception("f", "wrong", "a hint", cast(Any, "wrong"))]
    results = [(suite_test("other"), None), (suite_test("values"), mismatch(ARRAY))]
    found = match(results, known, ModuleType("reference"), told, "00")
    assert (found and found.name) == name
