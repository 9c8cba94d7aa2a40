"""What is called right, wrong, not attempted and not run, whatever a check ended in."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder import workbench
from autograder.learner.hint import next_step
from autograder.learner.results import QuestionReport, run_checks
from autograder.learner.text import as_text
from tests.minicourse import CHECKS

PAIR = '''\
import pytest
from autograder.compare import agree, unpack
from autograder.errors import DataMissingError, Mismatch

question = pytest.mark.question


@question("pair")
def test_pair(submission):
    """A pair comes back."""
    first, second = unpack(submission.pair(3.0), "dx", "dw", of="pair")
    agree("dx", first, 6.0)
    agree("dw", second, 9.0)


@question("whole")
def test_whole(submission):
    """A whole tuple comes back."""
    agree("whole", submission.whole(3.0), (1.0, 2.0))


@question("plain")
def test_plain(submission):
    """It is positive."""
    value = submission.plain(3.0)
    if value is None:
        raise Mismatch("value", "structure", "`plain` returned None", path="value", got=None, expected=None)
    if isinstance(value, str):
        raise Mismatch("value", "structure", "`value` is text", path="value", got=None, expected=None)
    assert value > 0


@question("Gate")
def test_gate(submission):
    """The gate adds."""
    gate = submission.Gate()
    agree("out", gate.forward(1.0, 2.0), 3.0)
    agree("dx", gate.backward(1.0), 1.0)


@question("backward")
def test_backward(submission):
    """It is the gradient of the forward."""
    agree("dx", submission.backward(submission.forward(1.0)), 2.0)


@question("digits")
def test_small(submission):
    """A small one is doubled."""
    agree("out", submission.digits(1.0), 2.0)


@question("digits")
def test_digits():
    """The digits are read."""
    raise DataMissingError("the digits are not on this machine; set A to B")
'''


def unwritten(*_: Any) -> Any:
    raise NotImplementedError


class Gate:
    def forward(self, x: float, y: float) -> float | None:
        return x + y

    def backward(self, dout: float) -> float | None:
        return dout


class Silent(Gate):
    def forward(self, *_: float) -> float | None:
        return None


class Misspelt:
    def forward(self, x: float, y: float) -> float:
        return x + y

    def backwards(self, dout: float) -> float:
        return dout


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """An assignment with a check of every sort."""
    (tmp_path / "checks.py").write_text(PAIR)
    yield tmp_path
    workbench.close_all()


def reported(folder: Path, question: str, names: Mapping[str, Any]) -> QuestionReport:
    return QuestionReport(question, run_checks(question, names, folder))


@pytest.mark.parametrize(
    ("names", "state", "words"),
    [
        ({"pair": lambda x: (2 * x, 3 * x)}, "right", ""),
        ({"pair": lambda _: None}, "not attempted", "did you forget `return`?"),
        ({"pair": lambda x: (None, 3 * x)}, "wrong", "`dx` is None"),
        ({"pair": lambda x: (2 * x, None)}, "wrong", "`dw` is None"),
        ({"pair": lambda x: (2 * x, 3 * x, None)}, "wrong", "returned 3 values"),
        ({"whole": lambda _: None}, "not attempted", "is None"),
        ({"whole": lambda _: (1.0, None)}, "wrong", "`whole[1]` is None"),
        ({"plain": lambda _: None}, "not attempted", "returned None"),
        ({"plain": lambda _: "a"}, "wrong", "is text"),
        ({"plain": lambda _: -1.0}, "wrong", "This does not hold yet: it is positive."),
        ({"plain": lambda _: np.ones((2, 3))}, "wrong", "returned something that this check could not use"),
        ({"plain": lambda _: {}}, "wrong", "returned something that this check could not use"),
        ({"plain": unwritten}, "not attempted", "`plain` is not attempted yet"),
        ({}, "not attempted", "After a restart of the kernel"),
        ({"plain": 7.0}, "wrong", "`plain` is of type `float` now: does a later cell give the name another value?"),
        ({"plain": None}, "wrong", "`plain` is of type `NoneType` now"),
        ({"Gate": Gate}, "right", ""),
        ({"Gate": Silent}, "not attempted", "is None"),
        ({"Gate": type("Gate", (Misspelt,), {})}, "wrong", "`Gate` has no method `backward`; is it spelled like that?"),
        ({"Gate": type("Gate", (), {"forward": unwritten})}, "not attempted", "`Gate.forward` is not attempted yet"),
        ({"backward": lambda _: 2.0, "forward": lambda x: x}, "right", ""),
        ({"backward": unwritten, "forward": lambda x: x}, "not attempted", "`backward` is not attempted yet"),
        ({"backward": lambda _: 2.0, "forward": unwritten}, "not run", "together with `forward`, which is not attempt"),
        ({"backward": unwritten, "forward": unwritten}, "not attempted", "`backward` is not attempted yet"),
        ({"backward": lambda _: 2.0}, "not attempted", "`backward` is checked together with `forward`"),
    ],
)
def test_states(folder: Path, names: dict[str, Any], state: str, words: str) -> None:
    """Only a stub, a name that is not there and a call without a value are not attempted; the message fits."""
    question = next((name for name in names if name != "forward"), "plain")
    report = reported(folder, question, names)
    assert report.state == state
    assert words in ("" if state == "right" else report.first.message)
    assert ("restart" in report.first.message) is ("there is no" in report.first.message.lower())


def test_data_that_are_not_here_are_nobodys_fault(folder: Path) -> None:
    """The check is neither right nor wrong, and says why; what does fail is shown before it."""
    report = reported(folder, "digits", {"digits": lambda x: 2 * x})
    assert (report.state, report.passed) == ("not run", 1)
    message = "not run, through no fault of yours: the digits are not on this machine; set A to B"
    assert report.first.message == message
    text = as_text(report)
    assert "· not run  The digits are read." in text
    assert message in " ".join(text.split())
    wrong = reported(folder, "digits", {"digits": lambda x: 3 * x})
    assert wrong.state == "wrong"
    assert wrong.first.title == "A small one is doubled."
    assert "`out`" in wrong.first.message
    assert reported(folder, "digits", {"digits": unwritten}).state == "not attempted"


@pytest.mark.parametrize(
    ("question", "names", "words"),
    [
        ("backward", {"backward": lambda _: 2.0, "forward": unwritten}, "`forward`, which is not attempted yet"),
        ("digits", {"digits": lambda x: 2 * x}, "through no fault of yours"),
    ],
)
def test_there_is_no_hint_where_nothing_is_wrong(
    folder: Path, question: str, names: dict[str, Any], words: str
) -> None:
    """A hint blames no answer for a partner that is a stub, nor for data that are not here."""
    text = next_step(question, names, folder)
    assert "nothing to hint at yet" in text
    assert words in text
    assert "still the stub" not in text


@pytest.mark.parametrize(
    ("question", "names", "words"),
    [
        ("pair", {"pair": lambda _: None}, "expected (dx, dw): did you forget `return`? ("),
        ("plain", {}, "There is no function `plain` in your notebook"),
        ("plain", {"plain": lambda: 1.0}, "`plain` raised TypeError. It says: "),
        ("Gate", {"Gate": type("Gate", (Misspelt,), {})}, "has no method `backward`; is it spelled like that?"),
        ("plain", {"plain": lambda _: {}}, "returned something that this check could not use"),
    ],
)
def test_the_second_hint_says_what_the_check_says(
    folder: Path, question: str, names: dict[str, Any], words: str
) -> None:
    """Where no slip is known, the second step is the diagnosis, a whole sentence."""
    (folder / "mini.ipynb").write_text(json.dumps({"cells": []}))
    _, second, third = (next_step(question, names, folder) for _ in range(3))
    assert words in second
    assert "?." not in second
    assert "hint 3 of 3" in third


def test_the_hint_for_a_wrong_value_holds_no_number(folder: Path) -> None:
    """The right number would be the answer; the step is left out where nothing else can be told."""
    (folder / "checks.py").write_text(CHECKS)
    text = " ".join(next_step("double", {"double": lambda _: np.pi}, folder) for _ in range(4))
    assert "hint 2 of 2" in text
    assert "expected" not in text


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.array([1.0, None], dtype=object), "holds Python objects where numbers are expected"),
        (np.array([[1.0], [1.0, 2.0]], dtype=object), "are its rows of different lengths?"),
        (np.ma.masked_array([1.0, 2.0]), "is a special kind of array"),
    ],
)
def test_arrays_of_another_kind_are_called_so(folder: Path, array: Any, words: str) -> None:
    """An array that is no array of numbers is not called an object of a class."""
    (folder / "checks.py").write_text(CHECKS)
    assert words in reported(folder, "double", {"double": lambda _: array}).first.message
