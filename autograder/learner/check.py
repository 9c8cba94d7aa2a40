"""`check("sigmoid_backward")`: the visible checks of one question, run on what the student has defined so far."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from autograder.course_file import nearest
from autograder.diagnosis import diagnose
from autograder.errors import AutograderError, CallFailed, Mismatch
from autograder.examine import Examiner, silent_session
from autograder.local import LocalSubmission
from autograder.suite import numbered

CHECKS = "checks.py"
MARKS = {"passed": "✓ passed", "failed": "✗ failed", "not attempted": "· not attempted"}


class CheckFailed(AutograderError):  # noqa: N818 - students see this name
    """A visible check fails; raised where a notebook is validated, so that the cell counts as failed."""


@dataclass(frozen=True)
class CheckResult:
    """One visible check: what it is called, how it went, and what the student can do about it."""

    title: str
    outcome: str
    message: str = ""


def check(question: str) -> None:
    """Run the visible checks of `question` on the functions defined so far, and print how they went.

    Under `nbgrader validate` a check that does not pass raises CheckFailed.
    """
    results = run_checks(question, _namespace(), Path.cwd())
    text = as_text(question, results)
    print(text)  # noqa: T201 - the output of the student's cell
    if os.environ.get("NBGRADER_EXECUTION") == "validate" and any(r.outcome != "passed" for r in results):
        raise CheckFailed(text)


def run_checks(question: str, namespace: Mapping[str, Any], folder: Path) -> list[CheckResult]:
    """Return the results of the visible checks of `question` on `namespace`; AutograderError where they cannot run."""
    path = folder / CHECKS
    if not path.is_file():
        msg = f"there is no {CHECKS} in {folder}; open the notebook in the folder that it was released in"
        raise AutograderError(msg)
    checker = _Checker(question, namespace)
    with _fresh_module(path.stem):
        status = pytest.main([*silent_session(folder), str(path)], plugins=[checker])
    if checker.problem or not checker.results:
        msg = checker.problem or f"the checks could not be run (pytest ended with status {int(status)}); report this"
        raise AutograderError(msg)
    return checker.results


@contextmanager
def _fresh_module(name: str) -> Iterator[None]:
    """Let the file be read anew: an older one, or another folder's, may have been imported under this name."""
    before = sys.modules.pop(name, None)
    try:
        yield
    finally:
        sys.modules.pop(name, None)
        if before is not None:
            sys.modules[name] = before


def as_text(question: str, results: Sequence[CheckResult]) -> str:
    """Return the results as lines of plain text, the first thing to look at last."""
    passed = sum(result.outcome == "passed" for result in results)
    lines = [f"{question}: {passed} of {len(results)} visible checks pass"]
    lines += [f"  {MARKS[result.outcome]}  {result.title}" for result in results]
    first = next((result for result in results if result.outcome != "passed"), None)
    return "\n".join([*lines, *([f"→ {first.message}"] if first else [])])


class _Checker:
    """Takes the place of pytest's own loop: runs the tests of one question on one namespace."""

    def __init__(self, question: str, namespace: Mapping[str, Any]) -> None:
        self._question = question
        self._namespace = namespace
        self.problem = ""
        self.results: list[CheckResult] = []

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.problem = f"{CHECKS} cannot be read; get a fresh copy of it:\n{report.longreprtext}"

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        questions = {item: _question_of(item) for item in session.items}
        items = [item for item, question in questions.items() if question == self._question]
        if not items and not self.problem:
            known = sorted({question for question in questions.values() if question})
            self.problem = f"there is no question {self._question!r} in {CHECKS}; {nearest(self._question, known)}"
        examiner = Examiner(session.config)
        submission = LocalSubmission(self._namespace)
        for item, title in zip(items, numbered([_title(item) for item in items]), strict=True):
            self.results.append(_result(item, title, examiner.run(item, submission, os.urandom(16).hex())))
        return True


def _question_of(item: pytest.Item) -> str | None:
    mark = item.get_closest_marker("question")
    return str(mark.args[0]) if mark and mark.args else None


def _title(item: pytest.Item) -> str:
    return (getattr(item, "obj", None).__doc__ or item.name).strip().split("\n")[0]


def _result(item: pytest.Item, title: str, error: Exception | None) -> CheckResult:
    if error is None:
        return CheckResult(title, "passed")
    if isinstance(error, CallFailed) and error.exception == "NotImplementedError":
        return CheckResult(
            title, "not attempted", f"`{error.name}` is not attempted yet: write your code in place of the raise"
        )
    if isinstance(error, Mismatch | CallFailed):
        question = _question_of(item) or item.name
        return CheckResult(
            title, "failed", diagnose(error, question=question, hidden=False, misconception=None).message
        )
    return CheckResult(title, "failed", f"this does not hold yet: {title[:1].lower()}{title[1:]}")


def _namespace() -> Mapping[str, Any]:
    """Return the names that the student has defined: the notebook's, or the caller's outside of one."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    names: Mapping[str, Any] = shell.user_ns if shell else sys._getframe(2).f_globals
    return names
