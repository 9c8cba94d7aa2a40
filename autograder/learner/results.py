"""How the visible checks of one question went: what every display of it is made from."""

from __future__ import annotations

import linecache
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, Literal

from autograder.diagnosis import diagnose
from autograder.errors import CallFailed, DataMissingError, Mismatch
from autograder.evidence import evidence
from autograder.workbench import Raised, VisibleCheck, workbench

_STUB = "NotImplementedError"

Outcome = Literal["passed", "failed", "not attempted", "not run"]
State = Literal["right", "wrong", "not attempted", "not run"]

Absent = Callable[[CallFailed, str], tuple[Outcome, str] | None]
"""Says what is to be said of a name that is not there, in a check of the question; None where nothing is known."""


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
        """Whether the answer is right as far as can be seen here, wrong, not there yet, or not to be told here."""
        if self.passed == len(self.results):
            return "right"
        if self.first.outcome == "not run":
            return "not run"
        return "not attempted" if self.passed == 0 and self.first.outcome == "not attempted" else "wrong"

    @property
    def first(self) -> CheckResult:
        """The first check that does not pass, one that was run before one that was not, or else the first one."""
        open_ones = [result for result in self.results if result.outcome != "passed"] or [self.results[0]]
        return next((result for result in open_ones if result.outcome != "not run"), open_ones[0])

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
    return judged(workbench(folder).run(question, namespace, seed or os.urandom(16).hex()), namespace)


def judged(raised: Sequence[Raised], namespace: Mapping[str, Any]) -> tuple[CheckResult, ...]:
    """Return the result of each check from what it raised on the names in `namespace`."""
    return tuple(result_of(check, error, namespace) for check, error in raised)


def result_of(
    check: VisibleCheck, error: Exception | None, namespace: Mapping[str, Any], absent: Absent | None = None
) -> CheckResult:
    """Return the result of one check from what it raised; `absent` is asked about a name that is not there."""
    if error is None:
        return CheckResult(check.title, "passed")
    if isinstance(error, DataMissingError):
        return CheckResult(check.title, "not run", f"not run, through no fault of yours: {error}", error)
    shown = evidence(check, error)
    if isinstance(shown, Mismatch):
        message = diagnose(shown, question=check.question, hidden=False).message
        return CheckResult(check.title, "not attempted" if shown.no_value else "failed", message, error)
    return CheckResult(check.title, *_of_call(shown, check.question, namespace, absent), error)


def _of_call(
    error: CallFailed, question: str, namespace: Mapping[str, Any], absent: Absent | None
) -> tuple[Outcome, str]:
    """Return outcome and message for a call that brought no value."""
    if is_stub(error, question, namespace):
        blank = error.name if _owner(error) not in (namespace.keys() - {question}) else question
        return "not attempted", f"`{blank}` is not attempted yet: write your code in place of the raise"
    if _is_unwritten(error):
        return "not run", f"`{question}` is checked together with `{error.name}`, which is not attempted yet"
    gone = error.kind == "missing" and error.name not in namespace and "." not in error.name
    known = absent(error, question) if gone and absent else None
    if known is not None:
        return known
    if error.kind == "missing" and not gone:
        error = error.advised(_of_another_kind(error, namespace))
    text, place = own_line(error), _other_answer(error, question, namespace)
    located = error.located(place) if place else error
    message = diagnose(located, question=question, hidden=False, line_text=text).message
    if gone:
        return "not attempted", f"{message} After a restart of the kernel all cells above have to run again."
    return "failed", message


def is_stub(error: Exception | None, question: str, namespace: Mapping[str, Any]) -> bool:
    """Tell whether a check ended in the `raise` of the question's own stub, or of one that it needs as well."""
    if not isinstance(error, CallFailed) or not _is_unwritten(error):
        return False
    owner = _owner(error)  # where it is not in the notebook, a function of the check's own calls the question's
    return owner == question or owner not in namespace or _is_blank(namespace.get(question))


def _owner(error: CallFailed) -> str:
    return error.name.partition(".")[0]


def _is_blank(thing: Any) -> bool:
    """Tell whether a function, or each method of a class, does nothing but raise what a stub raises."""
    parts = vars(thing).values() if isinstance(thing, type) else [thing]
    codes = [part.__code__ for part in parts if isinstance(part, FunctionType)]
    return bool(codes) and all(code.co_names == (_STUB,) for code in codes)


def _is_unwritten(error: CallFailed) -> bool:
    return error.exception == _STUB


def _of_another_kind(error: CallFailed, namespace: Mapping[str, Any]) -> str:
    """Say what may be wrong with a name that is there, but cannot be called."""
    owner, _, method = error.name.partition(".")
    if method:
        return f"`{owner}` has no method `{method}`; is it spelled like that?"
    kind = type(namespace[owner]).__name__
    return f"`{owner}` is of type `{kind}` now: does a later cell give the name another value?"


def _other_answer(error: CallFailed, question: str, namespace: Mapping[str, Any]) -> str | None:
    """Return the function or class in which a call failed where that has a cell without the question's own answer."""
    lines: dict[str, int] = {}
    for name, thing in list(namespace.items()):
        own = [code for code in codes(thing) if code.co_filename == error.cell and _owner_in(code) == name]
        if own and name in (question, _owner(error)):
            return None
        starts = [code.co_firstlineno for code in own if error.line and code.co_firstlineno <= error.line]
        if starts:
            lines[name] = max(starts)
    return max(lines, key=lambda name: lines[name], default=None)


def codes(thing: Any) -> list[CodeType]:
    """Return the code of a function, or of each method of a class; what wraps one is none."""
    try:
        parts = vars(thing).values() if issubclass(type(thing), type) else [thing]
    except Exception:  # a metaclass may have a `__dict__` of its own
        return []
    return [part.__code__ for part in parts if type(part) is FunctionType]


def _owner_in(code: CodeType) -> str:
    return code.co_qualname.partition(".")[0]


def own_line(error: CallFailed) -> str | None:
    """Return the text of the student's own line in which a call failed, where Python still knows it."""
    if error.cell is None or error.line is None:
        return None
    return linecache.getline(error.cell, error.line).strip() or None
