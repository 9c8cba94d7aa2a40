"""`check`, `hint` and the overviews name the answer that is to be mended first."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from autograder.learner.check import report_of
from autograder.learner.hint import next_step
from autograder.learner.results import run_checks

MENDED = "`square` builds on your `double`, which is not right yet: mend that one first."
DOUBLE = "def double(x):\n    return x + 2"
CALLS = "def square(x):\n    return double(x) * x / 2"
SQUARES = {
    "a call": CALLS,
    "inside a function": "def square(x):\n    return (lambda y: double(y) * y / 2)(x)",
    "a helper": "def half(x):\n    return double(x) / 2\n\n\ndef square(x):\n    return half(x) * x",
    "a class": "class Half:\n    def of(self, x):\n        return double(x) / 2\n\n\n"
    "def square(x):\n    return Half().of(x) * x",
}


def defined(*sources: str) -> dict[str, Any]:
    """Return a namespace with what the sources define, and with things that a notebook may hold besides."""
    namespace: dict[str, Any] = {"odd": object(), "kind": type, "tool": SimpleNamespace(double=lambda x: x)}
    for source in sources:
        exec(source, namespace)
    return namespace


def asked(*questions: str, namespace: dict[str, Any]) -> str:
    """Check the questions one after another, and return the message about the last one."""
    return [report_of(question, namespace) for question in questions][-1].first.message


@pytest.mark.parametrize("square", SQUARES.values(), ids=SQUARES.keys())
def test_the_culprit_is_named(folder: Path, square: str) -> None:
    """However the answer calls the other one, the message says which one to mend, and nothing of a search in vain."""
    namespace = defined(DOUBLE, square)
    assert asked("double", "square", namespace=namespace) == f"`out` is wrong. You have 12, expected 16. {MENDED}"


@pytest.mark.parametrize(
    ("double", "square"),
    [
        ("def double(x):\n    return 2 * x", CALLS),
        ("def double(x):\n    raise NotImplementedError", CALLS),
        (DOUBLE, "def square(x):\n    return 2 * x"),
        (DOUBLE, "def square(x):\n    return 2 * tool.double(x)"),
        (DOUBLE, "def square(x):\n    double = x\n    return 2 * double"),
        (DOUBLE, "def square(x):\n    from numpy import double\n    return 2 * double(x)"),
    ],
)
def test_nobody_is_blamed(folder: Path, double: str, square: str) -> None:
    """What is right or not attempted, and what only has the same name, is no answer to mend first."""
    namespace = defined(double, square)
    (plain,) = run_checks("square", namespace, folder)
    assert asked("double", "square", namespace=namespace) == plain.message
    assert "builds on" not in plain.message


def test_nothing_is_run_to_find_the_culprit(folder: Path) -> None:
    """Of an answer that was not checked, or has changed since, nothing is said; other answers may change."""
    namespace = defined(DOUBLE, CALLS)
    assert "builds on" not in asked("square", namespace=namespace)
    assert MENDED in asked("double", "square", namespace=namespace)
    exec("def square(x):\n    return double(x) * x / 3", namespace)
    assert MENDED in asked("square", namespace=namespace)
    exec("def double(x):\n    return 3 * x", namespace)
    assert "builds on" not in asked("square", namespace=namespace)


def test_a_hint_begins_with_the_culprit(folder: Path) -> None:
    """The first step is to mend what the answer builds on; once that is done the steps begin anew, without it."""
    namespace = defined(DOUBLE, CALLS)
    assert MENDED not in next_step("square", namespace, folder)
    report_of("double", namespace)
    assert MENDED in next_step("square", namespace, folder)
    assert "hint 2 of" in next_step("square", namespace, folder)
    exec("def double(x):\n    return 2 * x + 2 - x", namespace)
    assert "hint 1 of" in next_step("square", namespace, folder)
