"""What is said besides of an answer that is not right: where to mend something first."""

from __future__ import annotations

import pytest

from autograder.explaining import alone, with_remarks
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
@pytest.mark.parametrize("stands", [False, True])
def test_the_answer_to_mend_first(
    square: QuestionOutcome, double: QuestionOutcome, message: str, *, stands: bool
) -> None:
    """It is named where both are there and not right, be the other one judged now or earlier."""
    other, own = result("double", double), result("square", square)
    judged, standing = ([own], [other]) if stands else ([other, own], [])
    *_, told = with_remarks(judged, standing, reading())
    assert told == result("square", square, message)
    assert own == result("square", square)


@pytest.mark.parametrize(
    ("outcome", "due", "stays"),
    [
        ("wrong", {"double"}, False),
        ("not gradable", {"double"}, False),
        ("right", {"double"}, True),
        ("not attempted", {"double"}, True),
        ("wrong", {"another"}, True),
        ("wrong", set(), True),
    ],
)
def test_what_stands_alone(outcome: QuestionOutcome, due: set[str], stays: bool) -> None:
    """A message is made again where an answer that it may speak of is judged again."""
    standing = {"square": result("square", outcome)}
    assert alone(standing, due, reading()) == (standing if stays else {})
    assert standing == {"square": result("square", outcome)}
