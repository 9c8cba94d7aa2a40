"""Where a slip is to be mended first: in the answer that is wrong itself, not in those that call it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import CodeType
from typing import Any

from autograder import builds_on
from autograder.learner import memory
from autograder.learner.results import QuestionReport, codes, run_checks
from autograder.workbench import workbench

__all__ = ["amended", "checked", "culprits"]

StateOf = Callable[[str], str | None]
"""Says how another question stands, None where that is not known."""


def checked(namespace: Mapping[str, Any], folder: Path) -> StateOf:
    """Return what says how other questions stand: their checks are run, unless it is known that they pass."""

    def state(question: str) -> str:
        known = memory.recall(question, namespace, folder)
        return (known or QuestionReport(question, run_checks(question, namespace, folder))).state

    return state


def amended(report: QuestionReport, namespace: Mapping[str, Any], folder: Path, state: StateOf) -> QuestionReport:
    """Return the report, its message with the wrong answers that its question builds on."""
    if report.state != "wrong":
        return report
    names = culprits(report.question, namespace, folder, state)
    told = replace(report.first, message=builds_on.amended(report.first.message, report.question, names))
    return replace(report, results=tuple(told if result is report.first else result for result in report.results))


def culprits(question: str, namespace: Mapping[str, Any], folder: Path, state: StateOf) -> list[str]:
    """Return the answers that are wrong themselves, of those that the answer to a question builds on."""
    calls = {name: {*_mentioned(thing)} for name, thing in list(namespace.items())}
    others = builds_on.below(question, calls).intersection(workbench(folder).questions)
    return builds_on.culprits(question, calls, [name for name in sorted(others) if state(name) == "wrong"])


def _mentioned(thing: Any) -> Iterator[str]:
    """Yield the names that the code of a function or of a class looks up."""
    left: list[CodeType] = codes(thing)
    while left:
        code = left.pop()
        yield from code.co_names
        left += (each for each in code.co_consts if isinstance(each, CodeType))
