"""One submission to one Grade, inside a live pytest session that has collected the assignment's suites."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
from dataclasses import dataclass
from typing import Literal

import pytest
from nbformat import NotebookNode

from autograder import notebook, record
from autograder.course import Assignment, Course
from autograder.datasets import Digits, load_mnist, locate
from autograder.digests import framework_label, suite_digest
from autograder.errors import DataMissingError, NotebookError, SandboxError, SuiteError, UnluckySeedError
from autograder.examine import Examiner
from autograder.explaining import imports_again, reading_of, with_remarks
from autograder.judge import Judge
from autograder.local import LocalSubmission
from autograder.misconceptions import load as load_misconceptions
from autograder.restore import require_own_notebook, restore
from autograder.sandbox import Cell, Sandbox, Submission, places
from autograder.secret import submission_seed
from autograder.suite import REFERENCE_SEED, SuiteTest, load_reference, tests_of

TRIES = 2
"""How often a submission is judged where the sandbox as a whole has died over it, which says nothing of its code."""
DRAWS = 3
"""How many seeds a submission is given before a test that fails on the reference counts as broken."""


@dataclass(frozen=True)
class Graded:
    """The grade of a submission, and its notebook made whole, with what its cells printed."""

    grade: record.Grade
    notebook: NotebookNode


class Grader:
    """Grades submissions to one assignment, one after the other."""

    def __init__(
        self, course: Course, assignment: Assignment, config: pytest.Config, sandbox: Sandbox, secret: bytes
    ) -> None:
        self.course = course
        self.assignment = assignment
        self._sandbox = sandbox
        self._secret = secret
        self._digits = training_digits(assignment)
        self._examiner = Examiner(config)
        self._reference = load_reference(assignment)
        self._misconceptions = load_misconceptions(course.root, assignment.name)
        self._tests: dict[str, list[SuiteTest]] = {question.name: [] for question in assignment.questions}
        for test in tests_of(config).values():
            self._tests[test.question].append(test)

    def prepare(self) -> None:
        """Raise SuiteError where the suite fails on the reference: then it must not judge anybody.

        A test whose data are not on this machine says nothing of the suite; its question is not graded here.
        """
        own = LocalSubmission(vars(self._reference))
        for test in (test for tests in self._tests.values() for test in tests):
            error = self._examiner.run(test.item, own, REFERENCE_SEED)
            if error is not None and not isinstance(error, DataMissingError):
                msg = f"{test.item.nodeid} fails on the reference itself ({error}); mend the test or the reference"
                raise SuiteError(msg) from error

    def grade(self, data: bytes, student: str) -> Graded:
        """Return the grade of the notebook in `data`; a submission's fault never raises, a fault of ours does."""
        digest = hashlib.sha256(data).hexdigest()
        try:
            submitted = notebook.read(data)
            require_own_notebook(submitted, self.assignment.notebook)
        except NotebookError as error:
            return not_gradable(self.course, self.assignment, digest, student, str(error))
        whole = restore(submitted, self.assignment.notebook)
        cells = _cells(whole.notebook, self.assignment.notebook)
        for _ in range(TRIES):
            losses = self._sandbox.losses
            seed, questions = self._judged(whole.notebook, cells, digest)
            if self._sandbox.losses == losses:
                break
        else:
            reason = "the sandbox stopped while it ran this notebook; please tell your instructor"
            return not_gradable(self.course, self.assignment, digest, student, reason)
        grade = _record(
            self.course,
            self.assignment,
            digest,
            student,
            seed=seed,
            sandbox=self._sandbox.protection.mode,
            outcome="graded",
            restored=whole.restored,
            questions=questions,
        )
        return Graded(grade, whole.notebook)

    def _judged(
        self, whole: NotebookNode, cells: list[tuple[str, NotebookNode]], digest: str
    ) -> tuple[str, tuple[record.QuestionResult, ...]]:
        """Return the first seed on whose inputs the suite passes on the reference, and the results with it."""
        for draw in range(DRAWS - 1):
            seed = submission_seed(self._secret, digest, self.assignment.name, draw)
            with contextlib.suppress(UnluckySeedError):
                return seed, self._run(whole, cells, digest, seed)
        seed = submission_seed(self._secret, digest, self.assignment.name, DRAWS - 1)
        return seed, self._run(whole, cells, digest, seed)

    def _run(
        self, whole: NotebookNode, cells: list[tuple[str, NotebookNode]], digest: str, seed: str
    ) -> tuple[record.QuestionResult, ...]:
        """Run the cells, keep what they print, and judge the questions on inputs drawn from `seed`."""
        own = [Cell(name, cell.source) for name, cell in cells]
        to_run = [*own, *imports_again(self.assignment.notebook)]
        worker_seed = int(digest[:8], 16)  # what student code draws is the same in every run, and says nothing of ours
        limits = self.assignment.limits
        with self._sandbox.load(to_run, limits=limits, seed=worker_seed, digits=self._digits) as submission:
            for (_, cell), run in zip(cells, submission.runs[: len(cells)], strict=True):
                cell.outputs = [NotebookNode(output) for output in run.outputs]
            return self._questions(submission, whole, {cell.name: cell.source for cell in own}, seed)

    def _questions(
        self, submission: Submission, whole: NotebookNode, sources: dict[str, str], seed: str
    ) -> tuple[record.QuestionResult, ...]:
        reading = reading_of(whole, self.assignment.notebook, submission.runs)
        submission.explain_by(reading)
        judge = Judge(
            submission=submission,
            seed=seed,
            reference=self._reference,
            misconceptions=self._misconceptions,
            examiner=self._examiner,
            sources=sources,
            why_missing=reading.why_missing,
            stubs=_stubs(whole, self.assignment.notebook),
        )
        return with_remarks(judge.questions(self.assignment.questions, self._tests), reading)


def training_digits(assignment: Assignment) -> Digits | None:
    """Return the digits that the submissions of an assignment work with, None where it needs none.

    Raises SandboxError where they lie in a folder that submissions may read: the test digits would be there, too.
    """
    if assignment.data is None:
        return None
    folder = locate()
    if folder is not None and places.is_readable(folder):
        raise SandboxError(f"{folder} lies among the files that submissions may read; move the digits elsewhere")
    return load_mnist()


def not_gradable(course: Course, assignment: Assignment, digest: str, student: str, reason: str) -> Graded:
    """Return a grade of 0 that says why, with the assignment's own notebook in place of the submission."""
    questions = tuple(
        record.QuestionResult(name=q.name, score=0.0, max_score=q.points, outcome="not gradable", message=reason)
        for q in assignment.questions
    )
    grade = _record(
        course,
        assignment,
        digest,
        student,
        seed="",
        sandbox="none",
        outcome="not gradable",
        reason=reason,
        questions=questions,
    )
    return Graded(grade, assignment.notebook)


def _record(
    course: Course,
    assignment: Assignment,
    digest: str,
    student: str,
    *,
    seed: str,
    sandbox: Literal["full", "one layer", "none"],
    outcome: Literal["graded", "not gradable"],
    questions: tuple[record.QuestionResult, ...],
    reason: str | None = None,
    restored: tuple[str, ...] = (),
) -> record.Grade:
    return record.Grade(
        course=course.name,
        assignment=assignment.name,
        student=student,
        submission=digest,
        suite=suite_digest(assignment),
        framework=framework_label(),
        graded_at=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        seed=seed,
        sandbox=sandbox,
        outcome=outcome,
        reason=reason,
        # the sum is exact to the hundredth of a point that each score is kept in
        score=round(sum(question.score for question in questions), 2),
        max_score=assignment.max_score,
        restored=restored,
        questions=questions,
    )


def _cells(whole: NotebookNode, original: NotebookNode) -> list[tuple[str, NotebookNode]]:
    """Return the cells to run, each with the name that messages call it by.

    A cell that only illustrates is left out as long as it is the assignment's; once a student has written into it, it
    may hold what others need.
    """
    illustrations = {cell.source for cell in original.cells if notebook.is_illustration(cell)}
    return [
        (notebook.name_of(cell, number), cell)
        for number, cell in enumerate(whole.cells, start=1)
        if cell.cell_type == "code" and not notebook.is_check(cell) and cell.source not in illustrations
    ]


def _stubs(whole: NotebookNode, original: NotebookNode) -> frozenset[str]:
    """Return the questions whose solution cell is still the assignment's stub."""
    stubs = {notebook.question_of(cell): cell.source.strip() for cell in original.cells}
    answers = ((notebook.question_of(cell), cell.source.strip()) for cell in whole.cells)
    return frozenset(question for question, source in answers if question and stubs.get(question) == source)
