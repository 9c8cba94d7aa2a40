"""What grading one submission brings: its grade, and its notebook made whole."""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import msgspec

from autograder.course import Assignment, Course
from autograder.digests import framework_label, suite_digest
from autograder.nodes import NotebookNode
from autograder.plain import plain
from autograder.record import Grade, QuestionResult

Mode = Literal["full", "one layer", "none"]
Results = tuple[QuestionResult, ...]


@dataclass(frozen=True)
class Graded:
    """The grade of a submission, and `page`: its notebook as JSON, restored, with what its cells printed."""

    grade: Grade
    page: bytes

    @classmethod
    def of(cls, grade: Grade, whole: NotebookNode) -> Graded:
        """Return the grade with a notebook."""
        return cls(grade, json.dumps(whole).encode())

    @cached_property
    def notebook(self) -> Any:
        """The notebook as nbformat has it, read when somebody first asks for it."""
        from autograder.formats import nbformat

        return nbformat.from_dict(json.loads(self.page))

    def noting(self, note: str) -> Graded:
        """Return the same with one more line about what was put back."""
        restored = (plain(note), *self.grade.restored)
        return replace(self, grade=msgspec.structs.replace(self.grade, restored=restored))

    def given_to(self, student: str) -> Graded:
        """Return the same for a student who handed in the same notebook."""
        return replace(self, grade=msgspec.structs.replace(self.grade, student=student))


def not_gradable(course: Course, assignment: Assignment, digest: str, student: str, reason: str) -> Graded:
    """Return a grade of 0 that says why, with the assignment's own notebook in place of the submission."""
    reason = plain(reason)  # it may name a file or a cell of the submission's
    questions = tuple(
        QuestionResult(name=q.name, score=0.0, max_score=q.points, outcome="not gradable", message=reason)
        for q in assignment.questions
    )
    grade = new_grade(
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
    return Graded.of(grade, assignment.notebook)


def new_grade(
    course: Course,
    assignment: Assignment,
    digest: str,
    student: str,
    *,
    seed: str,
    sandbox: Mode,
    outcome: Literal["graded", "not gradable"],
    questions: Results,
    reason: str | None = None,
    restored: tuple[str, ...] = (),
) -> Grade:
    """Return the record of a submission that was graded now."""
    return Grade(
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
        restored=tuple(map(plain, restored)),
        questions=questions,
    )
