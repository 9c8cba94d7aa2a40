"""The suites of the course, run in this process against submissions that are harmless."""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest

from autograder import notebook
from autograder.course import Assignment, Course
from autograder.errors import CallFailed
from autograder.examine import Examiner, no_other_plugins, silent_session
from autograder.judge import Judge
from autograder.local import LocalSubmission
from autograder.misconceptions import load
from autograder.record import QuestionResult
from autograder.suite import SuiteTest, load_reference, tests_of
from tests.corpus.recipes import ASSIGNMENT

ROOT = Path(__file__).parents[2]
Result = TypeVar("Result")


class Bench:
    """What is needed to try submissions, inside a live pytest session of both suites."""

    def __init__(self, assignment: Assignment, config: pytest.Config) -> None:
        self.assignment = assignment
        self.config = config
        self.reference = load_reference(assignment)
        self.misconceptions = load(assignment.root, assignment.name)
        self.questions = [question.name for question in assignment.questions]
        self._examiner = Examiner(config)
        self._tests = sorted(tests_of(config).values(), key=lambda test: test.hidden)

    def tests(self, question: str, *, hidden_only: bool = False) -> list[SuiteTest]:
        """Return the tests of a question, visible ones first."""
        return [test for test in self._tests if test.question == question and (test.hidden or not hidden_only)]

    def passed(self, namespace: dict[str, Any], question: str, seed: str, *, hidden_only: bool = True) -> list[str]:
        """Return the names of the tests of `question` that these functions pass, of the hidden ones or of all."""
        own = LocalSubmission(namespace)
        tests = self.tests(question, hidden_only=hidden_only)
        return [test.item.name for test in tests if self._examiner.run(test.item, own, seed) is None]

    def checked(self, namespace: dict[str, Any], question: str, seed: str) -> bool:
        """Return whether these functions pass all visible checks of `question`."""
        own = LocalSubmission(namespace)
        tests = [test for test in self.tests(question) if not test.hidden]
        return all(self._examiner.run(test.item, own, seed) is None for test in tests)

    def judged(
        self, namespace: dict[str, Any], question: str, seed: str, failures: dict[str, CallFailed] | None = None
    ) -> QuestionResult:
        """Return what the grader says to these functions about one question; nothing counts as a stub."""
        judge = Judge(
            submission=LocalSubmission(namespace),
            seed=seed,
            reference=self.reference,
            misconceptions=self.misconceptions,
            examiner=self._examiner,
            sources={},
            why_missing=(failures or {}).get,
            stubs=frozenset(),
        )
        points = next(q for q in self.assignment.questions if q.name == question)
        (result,) = judge.questions([points], {question: self.tests(question)})
        return result


def in_session(work: Callable[[Bench], Result], assignment_name: str = ASSIGNMENT) -> Result:
    """Return what `work` returns inside a pytest session that has collected the suites of an assignment."""
    assignment = Course.load(ROOT).assignment(assignment_name)
    loop = _Loop(lambda config: work(Bench(assignment, config)))
    with no_other_plugins():
        pytest.main([*silent_session(ROOT), str(assignment.checks_path), str(assignment.suite_path)], plugins=[loop])
    if loop.error is not None:
        raise loop.error
    return loop.result


class _Loop:
    """Takes the place of pytest's own loop over the tests."""

    def __init__(self, work: Callable[[pytest.Config], Any]) -> None:
        self._work = work
        self.result: Any = None
        self.error: BaseException | None = RuntimeError("the suites could not be collected")

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Do the work; what it raises is raised by `in_session`, not printed by pytest."""
        try:
            self.result = self._work(session.config)
        except BaseException as error:
            self.error = error
        else:
            self.error = None
        return True


def run_cells(nb: notebook.NotebookNode) -> tuple[dict[str, Any], dict[str, CallFailed]]:
    """Run the cells of a harmless notebook; returns its names, and for each question whose cell failed the failure."""
    names: dict[str, Any] = {"__name__": "__main__"}
    failures = {}
    for cell in nb.cells:
        if cell.cell_type != "code" or notebook.is_check(cell) or notebook.is_illustration(cell):
            continue
        source = "\n".join(line for line in cell.source.splitlines() if not line.startswith(("%", "!")))
        question = notebook.question_of(cell) or "cell"
        try:
            with warnings.catch_warnings(action="ignore"), contextlib.redirect_stdout(io.StringIO()):
                exec(compile(source, question, "exec", dont_inherit=True), names)
        except Exception as error:
            kind = type(error).__name__
            failures[question] = CallFailed(question, "raised", f"raised {kind}", exception=kind)
    return names, failures
