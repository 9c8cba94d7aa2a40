"""The marks of a suite's tests: which there are, and what they say."""

from __future__ import annotations

import math

import pytest

QUESTION, WEIGHT, PARTS, TRAINING, TIMED, LIMITS = "question", "weight", "parts", "training", "timed", "limits"

_MEANINGS = {
    "question(name)": "the question that the test belongs to",
    "weight(number)": "how much the test counts within its question; 1 where not given",
    "parts(argument)": "each case of this argument judges a part of one result, and None judges all of it",
    TRAINING: "each call may use the processor time that the course gives a training",
    TIMED: "the outcome depends on how long calls take",
    "limits(call_seconds)": "another time limit for each call of the test",
}


def make_known(config: pytest.Config) -> None:
    """Tell pytest of the marks, which else would be misspelt ones."""
    for mark, meaning in _MEANINGS.items():
        config.addinivalue_line("markers", f"{mark}: {meaning}")


def question_of(item: pytest.Item) -> str | None:
    """Return the question that a test names, None where it does not name exactly one."""
    marks = list(item.iter_markers(QUESTION))
    is_one = len(marks) == 1 and len(marks[0].args) == 1 and not marks[0].kwargs
    return marks[0].args[0] if is_one else None


def weight_of(item: pytest.Item) -> float:
    """Return how much a test counts; UsageError where that is no number greater than 0."""
    mark = item.get_closest_marker(WEIGHT)
    if mark is None:
        return 1.0
    value = mark.args[0] if len(mark.args) == 1 and not mark.kwargs else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < math.inf:
        raise misuse(item, "has a weight that is not one number greater than 0, like @pytest.mark.weight(2)")
    return float(value)


def part_of(item: pytest.Item) -> str | None:
    """Return the argument that says which part of one result a test judges, None where it judges all of it.

    UsageError where the mark names no argument of which the test has cases.
    """
    mark = item.get_closest_marker(PARTS)
    if mark is None:
        return None
    name = mark.args[0] if len(mark.args) == 1 and not mark.kwargs else None
    if name not in (item.callspec.params if hasattr(item, "callspec") else ()):
        raise misuse(item, 'has a mark `parts` that names no argument with cases, like @pytest.mark.parts("part")')
    return str(name)


def misuse(item: pytest.Item, text: str) -> pytest.UsageError:
    """Return the error that says what is wrong with a test."""
    return pytest.UsageError(f"{item.nodeid} {text}")
