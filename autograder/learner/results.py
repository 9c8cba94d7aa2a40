"""How the visible checks of one question went: what every display of it is made from."""

from __future__ import annotations

import linecache
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from autograder.diagnosis import diagnose
from autograder.errors import CallFailed, Mismatch
from autograder.workbench import Raised, VisibleCheck, workbench

Outcome = Literal["passed", "failed", "not attempted"]
State = Literal["right", "wrong", "not attempted"]


@dataclass(frozen=True)
class CheckResult:
    """One visible check: what it is called, how it went, what the student can do about it, and what it raised."""

    title: str
    outcome: Outcome
    message: str = ""
    error: Exception | None = None


@dataclass(frozen=True)
class QuestionReport:
    """All visible checks of a question; `hidden` is the number of checks that run at grading, where it is known."""

    question: str
    results: tuple[CheckResult, ...]
    hidden: int | None = None

    @property
    def passed(self) -> int:
        """The number of checks that pass."""
        return sum(result.outcome == "passed" for result in self.results)

    @property
    def state(self) -> State:
        """Whether the answer is right as far as can be seen here, wrong, or not there yet."""
        if self.passed == len(self.results):
            return "right"
        return "not attempted" if self.passed == 0 and self.first.outcome == "not attempted" else "wrong"

    @property
    def first(self) -> CheckResult:
        """The first check that does not pass, or else the first one."""
        return next((result for result in self.results if result.outcome != "passed"), self.results[0])

    @property
    def headline(self) -> str:
        """How many pass, and how many more there are."""
        text = f"{self.passed} of {len(self.results)} visible checks pass"
        return text if self.hidden is None else f"{text}; {self.hidden} hidden ones run at grading"


def run_checks(
    question: str, namespace: Mapping[str, Any], folder: Path, *, seed: str | None = None
) -> tuple[CheckResult, ...]:
    """Return the results of the visible checks of `question` on `namespace`; AutograderError where they cannot run.

    Random inputs are drawn from `seed`, new ones each time where none is given.
    """
    return judged(workbench(folder).run(question, namespace, seed or os.urandom(16).hex()))


def judged(raised: Sequence[Raised]) -> tuple[CheckResult, ...]:
    """Return the result of each check from what it raised."""
    return tuple(_result(check, error) for check, error in raised)


def _result(check: VisibleCheck, error: Exception | None) -> CheckResult:
    if error is None:
        return CheckResult(check.title, "passed")
    if is_stub(error):
        name = error.name if isinstance(error, CallFailed) else check.question
        message = f"`{name}` is not attempted yet: write your code in place of the raise"
        return CheckResult(check.title, "not attempted", message, error)
    if not isinstance(error, Mismatch | CallFailed):
        title = check.title
        return CheckResult(title, "failed", f"this does not hold yet: {title[:1].lower()}{title[1:]}", error)
    line = own_line(error) if isinstance(error, CallFailed) else None
    diagnosis = diagnose(error, question=check.question, hidden=False, line_text=line)
    if isinstance(error, CallFailed) and error.kind == "missing":
        message = f"{diagnosis.message} After a restart of the kernel all cells above have to run again."
        return CheckResult(check.title, "not attempted", message, error)
    outcome: Outcome = "not attempted" if returned_none(error) else "failed"
    return CheckResult(check.title, outcome, diagnosis.message, error)


def is_stub(error: Exception) -> bool:
    """Tell whether a call ended in the `raise` of a stub."""
    return isinstance(error, CallFailed) and error.exception == "NotImplementedError"


def returned_none(error: Exception) -> bool:
    """Tell whether a value is None where there should be one: most often a `return` is missing."""
    return isinstance(error, Mismatch) and error.got is None and error.kind in ("structure", "type")


def own_line(error: CallFailed) -> str | None:
    """Return the text of the student's own line in which a call failed, where Python still knows it."""
    if error.cell is None or error.line is None:
        return None
    return linecache.getline(error.cell, error.line).strip() or None
