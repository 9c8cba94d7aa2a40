"""What is said besides of an answer that is not right: where to mend something first."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from autograder.explaining import with_remarks
from autograder.reading import Reading
from autograder.record import QuestionOutcome, QuestionResult

CELLS = (
    "def double(x):\n    return x + 2",
    "def helper(x):\n    return double(x)",
    "def square(x):\n    return helper(x) * x / 2",
)
MENDED = "`square` builds on your `double`, which is not right yet: mend that one first."


def reading() -> Reading:
    return Reading([(f"cell {at}", "code", source) for at, source in enumerate(CELLS)], {}, {})


def result(name: str, outcome: QuestionOutcome, message: str = "`out` is wrong.") -> QuestionResult:
    return QuestionResult(name=name, score=0, max_score=1, outcome=outcome, message=message)


@pytest.mark.parametrize(
    ("square", "double", "message"),
    [
        ("wrong", "wrong", f"`out` is wrong. {MENDED}"),
        ("not gradable", "wrong", f"`out` is wrong. {MENDED}"),
        ("wrong", "not gradable", f"`out` is wrong. {MENDED}"),
        ("wrong", "right", "`out` is wrong."),
        ("wrong", "not attempted", "`out` is wrong."),
        ("not attempted", "wrong", "`out` is wrong."),
        ("right", "wrong", "`out` is wrong."),
    ],
)
def test_the_answer_to_mend_first(square: QuestionOutcome, double: QuestionOutcome, message: str) -> None:
    """It is named where both are there and not right."""
    results = [result("double", double), result("square", square)]
    *_, told = with_remarks(results, reading(), slips=())
    assert told == result("square", square, message)
    assert results == [result("double", double), result("square", square)]


@pytest.mark.parametrize(("other", "own"), [(None, "cubed"), ("data missing", None), (None, "data missing")])
def test_nothing_is_said_where_it_is_known(other: str | None, own: str | None) -> None:
    """A known slip explains all, and where data are missing nothing is known to be wrong."""
    results = [result("double", "wrong"), result("square", "wrong")]
    if "data missing" in (other, own):
        results = [result("double", "not gradable"), result("square", "not gradable")]
    results = [replace(each, diagnosis=name) for each, name in zip(results, (other, own), strict=True)]
    assert with_remarks(results, reading(), slips=("cubed",)) == tuple(results)


def test_a_message_of_earlier_is_made_again() -> None:
    """Where the other answer has turned out right, an earlier message does not send anybody there."""
    results = [result("double", "right", ""), result("square", "wrong", f"`out` is wrong. {MENDED}")]
    assert with_remarks(results, reading(), slips=())[1] == result("square", "wrong")
