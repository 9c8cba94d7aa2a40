"""Which earlier grades stand: those for which nothing is different that judges them."""

from __future__ import annotations

from collections.abc import Mapping

from autograder.course import Assignment, Course
from autograder.digests import framework_label, suite_digest
from autograder.record import Grade, QuestionResult
from autograder.secret import course_secret, submission_seeds

PROTECTION = ("none", "one layer", "full")
"""What a sandbox is like, the least protected first."""


def stands(course: Course, assignment: Assignment, grade: Grade, digest: str) -> bool:
    """Tell whether an earlier grade is what grading the submission of this digest would bring again.

    Submission, suite, reference, limits, framework and course secret are those of the grade. What was not gradable then
    may be now, so it never stands, be it a question only.
    """
    if grade.suite != suite_digest(assignment) or any(map(_is_not_gradable, grade.questions)):
        return False
    return stands_in_part(course, assignment, grade, digest)


def stands_in_part(course: Course, assignment: Assignment, grade: Grade, digest: str) -> bool:
    """Tell whether those questions of an earlier grade may stand that `standing_questions` returns."""
    same = (grade.course, grade.assignment, grade.submission, grade.framework)
    if same != (course.name, assignment.name, digest, framework_label()) or grade.outcome != "graded":
        return False
    return grade.seed in submission_seeds(course_secret(course.root), digest, assignment.name)


def standing_questions(grade: Grade, digests: Mapping[str, str]) -> dict[str, QuestionResult]:
    """Return, by name, the questions of an earlier grade that stand: what judges them has now these `digests`.

    One that was not gradable is left out. It may be now, as where a busy machine had let a time limit run out.
    """
    questions = (question for question in grade.questions if not _is_not_gradable(question))
    return {question.name: question for question in questions if question.judged_by == digests.get(question.name)}


def is_as_protected(grade: Grade, mode: str) -> bool:
    """Tell whether a grade was given with at least the protection of `mode`: with less it may have been forged."""
    return PROTECTION.index(grade.sandbox) >= PROTECTION.index(mode)


def _is_not_gradable(question: QuestionResult) -> bool:
    return question.outcome == "not gradable"
