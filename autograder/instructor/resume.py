"""What an earlier run left: records that stand, because all that judged their submissions is still the same."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from autograder import record
from autograder.course import Assignment, Course
from autograder.diagnosis import DATA_MISSING
from autograder.digests import framework_label, suite_digest
from autograder.errors import AutograderError
from autograder.grade import DRAWS
from autograder.handed_in import opened
from autograder.record import Grade
from autograder.secret import course_secret, submission_seed

PROTECTION = ("none", "one layer", "full")
"""What a sandbox is like, the least protected first."""


def earlier(course: Course, assignment: Assignment, submissions: Mapping[str, Path], folder: Path) -> dict[str, Grade]:
    """Return the records in `folder` that stand for these submissions, by student.

    Submission, suite, reference, limits, framework and course secret are those of the record. What was not gradable
    then may be now, so it never stands; nor does a record that cannot be read.
    """
    suite = suite_digest(assignment)
    found: dict[str, Grade] = {}
    for student, path in submissions.items():
        try:
            grade = record.read(folder / f"{student}.json")
            digest = _digest(path)
        except (OSError, AutograderError):
            continue
        whose = (grade.course, grade.assignment, grade.student) == (course.name, assignment.name, student)
        same = (grade.submission, grade.suite, grade.framework) == (digest, suite, framework_label())
        if whose and same and _is_settled(grade) and grade.seed in _seeds(course, grade):
            found[student] = grade
    return found


def as_protected(grades: Mapping[str, Grade], mode: str) -> dict[str, Grade]:
    """Return those grades that were given with at least the protection of `mode`.

    A submission that ran with less may have forged what it got.
    """
    least = PROTECTION.index(mode)
    return {student: grade for student, grade in grades.items() if PROTECTION.index(grade.sandbox) >= least}


def _digest(path: Path) -> str:
    with opened(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_settled(grade: Grade) -> bool:
    missing = any(question.diagnosis == DATA_MISSING for question in grade.questions)
    return grade.outcome == "graded" and not missing


def _seeds(course: Course, grade: Grade) -> set[str]:
    """Return the seeds that the submission may have been given under the course's secret."""
    secret = course_secret(course.root)
    return {submission_seed(secret, grade.submission, grade.assignment, draw) for draw in range(DRAWS)}
