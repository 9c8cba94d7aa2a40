"""Which earlier grades stand: those for which nothing is different that judges them."""

from __future__ import annotations

from autograder.course import Assignment, Course
from autograder.diagnosis import DATA_MISSING
from autograder.digests import framework_label, suite_digest
from autograder.record import Grade
from autograder.secret import course_secret, submission_seeds

PROTECTION = ("none", "one layer", "full")
"""What a sandbox is like, the least protected first."""


def stands(course: Course, assignment: Assignment, grade: Grade, digest: str) -> bool:
    """Tell whether an earlier grade is what grading the submission of this digest would bring again.

    Submission, suite, reference, limits, framework and course secret are those of the grade. What was not gradable then
    may be now, so it never stands.
    """
    return grade.suite == suite_digest(assignment) and stands_in_part(course, assignment, grade, digest)


def stands_in_part(course: Course, assignment: Assignment, grade: Grade, digest: str) -> bool:
    """Tell whether those questions of an earlier grade stand whose tests, reference and limits have not changed."""
    same = (grade.course, grade.assignment, grade.submission, grade.framework)
    if same != (course.name, assignment.name, digest, framework_label()) or not _is_settled(grade):
        return False
    return grade.seed in submission_seeds(course_secret(course.root), digest, assignment.name)


def is_as_protected(grade: Grade, mode: str) -> bool:
    """Tell whether a grade was given with at least the protection of `mode`: with less it may have been forged."""
    return PROTECTION.index(grade.sandbox) >= PROTECTION.index(mode)


def _is_settled(grade: Grade) -> bool:
    missing = any(question.diagnosis == DATA_MISSING for question in grade.questions)
    return grade.outcome == "graded" and not missing
