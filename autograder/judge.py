"""The questions of one submission: their tests run, and what comes of it – points, outcome, one message each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from autograder import record
from autograder.course import Question
from autograder.diagnosis import Diagnosis, data_missing, diagnose, is_doubtful
from autograder.errors import CallFailed, DataMissingError, Mismatch, UnluckySeedError
from autograder.evidence import evidence
from autograder.examine import Examiner
from autograder.local import LocalSubmission
from autograder.matching import match
from autograder.misconceptions import Misconception
from autograder.points import earned
from autograder.suite import SuiteTest

_MOST_KEPT = 4 << 20
"""Bytes of a wrong value that are kept until a submission is judged; the largest gradient of a course has a fifth."""

Results = list[tuple[SuiteTest, Exception | None]]
"""The tests of one question in the order in which they ran, with what each raised."""

_ENDS_THE_QUESTION = ("timeout", "died")
_NOT_GRADABLE = ("missing", "timeout", "died", "refused")


@dataclass(frozen=True)
class Judge:
    """Judges one submission.

    `sources` are the cells of the submission by name, for the line in a message; `why_missing` says why a question
    is not there, or None; `stubs` are the questions whose solution cell is as the assignment left it; those that are
    `mute` raise NotImplementedError whatever they are called with. `pass_together` returns those of some tests that
    are known to pass without running them one by one.
    """

    submission: Any
    seed: str
    reference: ModuleType
    misconceptions: Sequence[Misconception]
    examiner: Examiner
    sources: Mapping[str, str]
    why_missing: Callable[[str], CallFailed | None]
    stubs: frozenset[str]
    mute: frozenset[str] = frozenset()
    pass_together: Callable[[Sequence[pytest.Item]], Collection[pytest.Item]] = lambda _: ()

    def questions(
        self, questions: Sequence[Question], tests: Mapping[str, Sequence[SuiteTest]]
    ) -> tuple[record.QuestionResult, ...]:
        """Return the result of each question; UnluckySeedError where a test is at fault, not the submission.

        The visible checks of all questions come before the first hidden test. What a submission says in a visible check
        is shown to the student, and it must not have seen a hidden input by then.
        """
        results: dict[str, Results] = {question.name: [] for question in questions}
        for hidden in (False, True):
            for question in questions:
                chosen = [test for test in tests[question.name] if test.hidden is hidden]
                self._judge(chosen, results[question.name])
        return tuple(self._result(question, results[question.name]) for question in questions)

    def _judge(self, tests: Sequence[SuiteTest], results: Results) -> None:
        """Add the results of tests, in order. Where all so far have passed, those left may well pass side by side."""
        passed: Collection[pytest.Item] = ()
        stopped = [test for test, error in results if _ends_the_question(error)]
        alone = 0 if results else 1
        for number, test in enumerate(tests):
            left = tests[number:]
            if number == alone and len(left) > 1 and all(error is None for _, error in results):
                passed = self.pass_together([test.item for test in left])
            if _is_skipped(test, stopped):
                error: Exception | None = _Skipped()
            else:
                error = None if test.item in passed else self._said_by_stub(test, results) or self._run(test)
            results.append((test, error))
            if _ends_the_question(error):
                stopped.append(test)

    def _said_by_stub(self, test: SuiteTest, results: Results) -> CallFailed | None:
        """Return what calling a mute stub has raised already."""
        if test.question not in self.mute:
            return None
        said = (error for _, error in results if isinstance(error, CallFailed) and _unattempted(error))
        return next((error for error in said if error.name == error.cell == test.question), None)

    def _run(self, test: SuiteTest) -> Exception | None:
        """Return what one test raises."""
        error = self.examiner.run(test.item, self.submission, self.seed)
        if error is None or isinstance(error, CallFailed | DataMissingError):
            return error
        if isinstance(error, MemoryError):
            return CallFailed(test.question, "refused", "the answer was refused: there is no memory for it")
        return _light(self._confirmed(test, error))

    def _result(self, question: Question, results: Results) -> record.QuestionResult:
        score = earned(question.points, results)
        failed = [(test, error) for test, error in results if error is not None and not isinstance(error, _NOT_FAILED)]
        outcome = self._outcome(question, score, failed)
        missing = [error for _, error in results if isinstance(error, DataMissingError)]
        if missing and outcome != "not attempted":
            return self._refused(question, results, missing[0])
        diagnosis = self._diagnosis(question, results, failed)
        return record.QuestionResult(
            name=question.name,
            score=score,
            max_score=question.points,
            outcome=outcome,
            diagnosis=diagnosis.name if diagnosis else None,
            message=diagnosis.message if diagnosis else "",
            tests=tuple(self._test_result(test, error) for test, error in results),
        )

    def _refused(self, question: Question, results: Results, missing: DataMissingError) -> record.QuestionResult:
        """Return the result of a question that needs data which are not here: part of its points would be a guess."""
        diagnosis = data_missing(missing, question=question.name)
        return record.QuestionResult(
            name=question.name,
            score=0.0,
            max_score=question.points,
            outcome="not gradable",
            diagnosis=diagnosis.name,
            message=diagnosis.message,
            tests=tuple(self._test_result(test, error) for test, error in results),
        )

    def _confirmed(self, test: SuiteTest, error: Exception) -> Exception:
        """Return what a test shows: `error`, or DataMissingError where it cannot show anything here.

        Raises UnluckySeedError where the reference, too, fails the test on these inputs.
        """
        right = LocalSubmission(vars(self.reference))
        if self.examiner.run_known(test.item, self.reference.__name__, right, self.seed) is None:
            return error
        own = self.examiner.run(test.item, right, self.seed)
        if own is None:
            return error
        if isinstance(own, DataMissingError):
            return own
        msg = f"{test.item.nodeid} fails on the reference itself with seed {self.seed} ({own}); mend the test"
        raise UnluckySeedError(msg) from own

    def _diagnosis(
        self,
        question: Question,
        results: Results,
        failed: Sequence[tuple[SuiteTest, Exception]],
    ) -> Diagnosis | None:
        if not failed:
            return None
        test, error = failed[0]
        known = None
        doubtful = is_doubtful(error, [error for _, error in failed])
        if any(not isinstance(error, CallFailed) or _raised(error) for _, error in failed):
            own = [m for m in self.misconceptions if m.question == question.name]
            ran = [(test, error) for test, error in results if not isinstance(error, _Skipped)]
            known = match(ran, own, self.reference, self.examiner, self.seed)
        return self._explained(test, error, known, doubtful=doubtful)

    def _explained(
        self, test: SuiteTest, error: Exception, known: Misconception | None = None, *, doubtful: bool = False
    ) -> Diagnosis:
        if isinstance(error, CallFailed) and error.kind == "missing":
            error = self.why_missing(test.question) or error
        shown = evidence(test, error)
        return diagnose(
            shown,
            question=test.question,
            hidden=test.hidden,
            misconception=known,
            line_text=self._line(shown) if isinstance(shown, CallFailed) else None,
            title=test.promise,
            doubtful=doubtful,
        )

    def _line(self, error: CallFailed) -> str | None:
        lines = self.sources.get(error.cell or "", "").splitlines()
        return lines[error.line - 1].strip() if error.line and error.line <= len(lines) else None

    def _outcome(
        self, question: Question, score: float, failed: Sequence[tuple[SuiteTest, Exception]]
    ) -> record.QuestionOutcome:
        if not failed:
            return "right"
        if score == 0 and (question.name in self.stubs or _unattempted(failed[0][1])):
            return "not attempted"
        if score == 0 and all(isinstance(e, CallFailed) and e.kind in _NOT_GRADABLE for _, e in failed):
            return "not gradable"
        return "wrong"

    def _test_result(self, test: SuiteTest, error: Exception | None) -> record.TestResult:
        outcome: record.TestOutcome
        if error is None:
            outcome, message = "passed", ""
        elif isinstance(error, _Skipped):
            outcome, message = "skipped", "not run, because an earlier check of this question stopped the program"
        elif isinstance(error, DataMissingError):
            outcome, message = "skipped", f"not run: {error}"
        else:
            outcome = "failed"
            if isinstance(error, CallFailed):
                outcome = "timeout" if error.kind == "timeout" else "error"
            message = self._explained(test, error).message
        return record.TestResult(
            name=test.title, outcome=outcome, weight=test.weight, hidden=test.hidden, message=message
        )


class _Skipped(Exception):  # noqa: N818 - it stands for an outcome, it is never raised
    """Stands for a test that was not run because an earlier one ended the program."""


_NOT_FAILED = (_Skipped, DataMissingError)


def _light(error: Exception) -> Exception:
    """Return the error without a value that is far too large to tell anything: there may be many of them."""
    if isinstance(error, Mismatch) and _bytes([error.got, *error.siblings.values()]) > _MOST_KEPT:
        error.got, error.siblings = None, {}
    return error


def _bytes(value: Any) -> int:
    if isinstance(value, Mapping):
        value = [*value.values()]
    if isinstance(value, list | tuple):
        return sum(map(_bytes, value))
    return value.nbytes if isinstance(value, np.ndarray) else len(value) if isinstance(value, str) else 0


def _is_skipped(test: SuiteTest, stopped: Sequence[SuiteTest]) -> bool:
    """Tell whether a test is not run, given those that `stopped` the program: such a one is the last of its question.

    A training that took too long ends the trainings only: the other tests have little data and their own limit.
    """
    return any(test.trains or not each.trains for each in stopped)


def _ends_the_question(error: Exception | None) -> bool:
    return isinstance(error, CallFailed) and error.kind in _ENDS_THE_QUESTION


def _raised(error: Exception) -> bool:
    return isinstance(error, CallFailed) and error.kind == "raised" and error.exception != "NotImplementedError"


def _unattempted(error: Exception) -> bool:
    return isinstance(error, CallFailed) and error.exception == "NotImplementedError"
