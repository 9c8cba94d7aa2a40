"""`check`, `hint` and the overviews name the answer that is to be mended first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder import workbench
from autograder.learner import culprits as module
from autograder.learner.check import report_of
from autograder.learner.culprits import amended, checked, culprits
from autograder.learner.hint import next_step
from autograder.learner.results import QuestionReport, run_checks
from tests.minicourse import CHECKS

MENDED = "`square` builds on your `double`, which is not right yet: mend that one first."
SQUARES = {
    "a call": "def square(x):\n    return double(x) * x / 2",
    "inside a function": "def square(x):\n    return (lambda y: double(y) * y / 2)(x)",
    "a helper": "def half(x):\n    return double(x) / 2\n\n\ndef square(x):\n    return half(x) * x",
    "a class": "class Half:\n    def of(self, x):\n        return double(x) / 2\n\n\n"
    "def square(x):\n    return Half().of(x) * x",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a released notebook, in which its kernel runs."""
    (tmp_path / "checks.py").write_text(CHECKS)
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    workbench.close_all()


def defined(*sources: str) -> dict[str, Any]:
    """Return a namespace with what the sources define, and with things that a notebook may hold besides."""
    namespace: dict[str, Any] = {"odd": object(), "kind": type, "module": pytest}
    for source in sources:
        exec(source, namespace)
    return namespace


@pytest.mark.parametrize("square", SQUARES.values(), ids=SQUARES.keys())
def test_the_culprit_is_named(folder: Path, square: str) -> None:
    """However the answer calls the other one, the message says which one to mend, and nothing of a search in vain."""
    report = report_of("square", defined("def double(x):\n    return x + 2", square))
    assert report.first.message == f"`out` is wrong. You have 12, expected 16. {MENDED}"
    assert report.state == "wrong"


@pytest.mark.parametrize(
    "double", ["def double(x):\n    return 2 * x", "def double(x):\n    raise NotImplementedError"]
)
def test_nobody_is_blamed(folder: Path, double: str) -> None:
    """What is right or not attempted is no answer to mend first."""
    namespace = defined(double, "def square(x):\n    return (double(x) if x < 0 else 2 * x) * x")
    (plain,) = run_checks("square", namespace, folder)
    assert report_of("square", namespace).first.message == plain.message
    assert "builds on" not in plain.message


def test_a_right_answer_runs_no_other_checks(folder: Path) -> None:
    """They run only for an answer that fails, and only those that it calls."""
    asked: list[str] = []
    right = defined("def double(x):\n    return x + 2", "def square(x):\n    return x * x if x else double(x)")
    report = QuestionReport("square", run_checks("square", right, folder))
    assert amended(report, right, folder, asked.append) is report  # type: ignore[arg-type]
    apart = defined("def double(x):\n    return x + 2", "def square(x):\n    return x")
    assert culprits("square", apart, folder, asked.append) == []  # type: ignore[arg-type]
    assert asked == []


def test_what_passed_before_is_not_run_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is known as long as no name has changed."""
    namespace = defined("def double(x):\n    return 2 * x", SQUARES["a call"])
    assert report_of("double", namespace).state == "right"
    monkeypatch.setattr(module, "run_checks", lambda *_: pytest.fail("the checks ran again"))
    assert checked(namespace, folder)("double") == "right"


def test_a_hint_begins_with_the_culprit(folder: Path) -> None:
    """The first step is to mend what the answer builds on; the steps about the answer follow."""
    namespace = defined("def double(x):\n    return x + 2", SQUARES["a call"])
    first, second = (next_step("square", namespace, folder) for _ in range(2))
    assert MENDED in first
    assert "hint 2 of" in second
    assert MENDED not in second
