"""Calls that do not wait for one another go to a submission in one message, and nothing else is different."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import pytest

from autograder.errors import CallFailed
from autograder.local import LocalSubmission
from autograder.sandbox import Submission
from autograder.sandbox.channel import Channel
from autograder.slopes import numerical_gradient
from autograder.together import sent_by, together
from tests.sandbox.conftest import Load

CELL = """
import os, time
import numpy as np
seen, space = [], np.zeros(2)

def square(x):
    seen.append(float(x))
    return x * x

def reused(x):
    space[:] = x
    return space

def fails_at_three(x):
    seen.append(float(x))
    if x == 3:
        raise ValueError("three")
    return x

def ends_at_three(x):
    if x == 3:
        os._exit(1)
    return x

def slow(x):
    time.sleep(0.3)
    return x

def first(x):
    return float(x[0])

def history():
    return list(seen)

class Counter:
    def __init__(self): self.value = 0
    def add(self, x):
        self.value += x
        return self.value
"""
NUMBERS = [1.0, 2.0, 3.0, 4.0, 5.0]


@pytest.fixture
def messages(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The operations that are asked of workers."""
    asked: list[str] = []
    request = Channel.request

    def counted(self: Channel, message: Any, **rest: Any) -> Any:
        asked.append(message[0])
        return request(self, message, **rest)

    monkeypatch.setattr(Channel, "request", counted)
    return asked


@pytest.fixture
def submission(load: Load) -> Submission:
    return load(CELL)


def values(submission: Submission, name: str) -> list[Callable[[], Any]]:
    return [partial(getattr(submission, name), x) for x in NUMBERS]


def test_one_message_for_many_calls(submission: Submission, messages: list[str]) -> None:
    """The first call is made as usual, all others at once, and in order."""
    messages.clear()
    with sent_by(submission):
        assert together(values(submission, "square")) == [x * x for x in NUMBERS]
    assert messages == ["call", "calls"]
    assert submission.history() == NUMBERS


def test_each_value_is_as_it_was_returned(submission: Submission) -> None:
    """A function may return the same array each time: it is sent before the next call changes it."""
    with sent_by(submission):
        found = together(values(submission, "reused"))
    assert [array.tolist() for array in found] == [[x, x] for x in NUMBERS]


@pytest.mark.parametrize(("name", "kind"), [("fails_at_three", "raised"), ("ends_at_three", "died")])
def test_a_call_that_fails(submission: Submission, name: str, kind: str) -> None:
    """It fails as it would by itself, and so it does for whoever asks alone."""
    with sent_by(submission), pytest.raises(CallFailed) as failed:
        together(values(submission, name))
    assert (failed.value.kind, failed.value.name) == (kind, name)
    with pytest.raises(CallFailed) as alone:
        getattr(submission, name)(3.0)
    assert str(alone.value) == str(failed.value)


def test_what_remembers_its_calls_is_called_in_order(submission: Submission) -> None:
    """An object of the submission's sees each call once, in order."""
    counter = submission.Counter()
    with sent_by(submission):
        assert together([partial(counter.add, x) for x in NUMBERS]) == [1, 3, 6, 10, 15]


def test_functions_of_several_calls_are_left_alone(submission: Submission, messages: list[str]) -> None:
    """What the second call returns may depend on the first one: no other one comes between them."""
    counter = submission.Counter()

    def twice(x: float) -> float:
        counter.add(x)
        return float(counter.add(-x))

    messages.clear()
    with sent_by(submission):
        assert together([partial(twice, x) for x in NUMBERS]) == [0.0] * len(NUMBERS)
    assert messages == ["call"] * 2 * len(NUMBERS)


def test_functions_that_call_nothing(submission: Submission, messages: list[str]) -> None:
    """They are just run."""
    messages.clear()
    with sent_by(submission):
        assert together([partial(abs, -x) for x in NUMBERS]) == NUMBERS
    assert messages == []


def test_slow_calls_have_each_their_own_time(load: Load, messages: list[str]) -> None:
    """Calls that together could run out of the time of one are made one by one."""
    submission = load(CELL, call_seconds=1.0)
    messages.clear()
    with sent_by(submission):
        assert together(values(submission, "slow")) == NUMBERS
    assert messages == ["call"] * len(NUMBERS)


def test_large_arguments_are_spread_over_messages(submission: Submission, messages: list[str]) -> None:
    """No message carries more than a megabyte of them, unless a single call does."""
    large = np.zeros(50_000)  # 400 kB
    messages.clear()
    with sent_by(submission):
        found = together([partial(submission.first, large + x) for x in NUMBERS])
    assert found == NUMBERS
    assert messages == ["call", "calls", "calls"]


def test_a_derivative_takes_two_messages(submission: Submission, messages: list[str]) -> None:
    """All points of a numerical gradient are known before the first value is."""
    x = np.array([0.5, -1.0, 2.0])
    messages.clear()
    with sent_by(submission):
        slope = numerical_gradient(lambda at: float(np.sum(np.asarray(submission.reused(at.sum())))), x)
    assert messages == ["call", "calls"]
    np.testing.assert_allclose(slope, [2.0, 2.0, 2.0], rtol=1e-6)


def test_nobody_sends_where_nobody_is_asked_to(submission: Submission, messages: list[str]) -> None:
    """Outside the `with`, and for a submission in this process, functions are called one after the other."""
    messages.clear()
    assert together(values(submission, "square")) == [x * x for x in NUMBERS]
    local = LocalSubmission({"square": lambda x: x * x})
    with sent_by(submission), sent_by(local):
        assert together([partial(local.square, x) for x in NUMBERS]) == [x * x for x in NUMBERS]
    assert messages == ["call"] * len(NUMBERS)


@pytest.mark.parametrize(
    "forged",
    [
        "None",
        "7",
        "'all'",
        "{'a': 1}",
        "[1, 2]",
        "[np.zeros(3, np.uint8)]",
        "[np.full(40, 255, np.uint8)]",
        "object()",
        "[]",
    ],
)
def test_what_is_no_answer_counts_for_nothing(load: Load, forged: str) -> None:
    """Where a submission answers several calls with something else, each call is made by itself."""
    forging = f"""
import gc
for thing in gc.get_objects():
    if type(thing).__name__ == "Worker" and hasattr(thing, "operations"):
        thing.operations["calls"] = lambda several: {forged}
"""
    submission = load(CELL, forging)
    with sent_by(submission):
        assert together(values(submission, "square")) == [x * x for x in NUMBERS]
