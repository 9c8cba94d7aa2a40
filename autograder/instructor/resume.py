"""What an earlier run left: the records that still stand."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from autograder import record
from autograder.course import Assignment, Course
from autograder.errors import AutograderError
from autograder.handed_in import opened
from autograder.record import Grade
from autograder.standing import stands


def earlier(course: Course, assignment: Assignment, submissions: Mapping[str, Path], folder: Path) -> dict[str, Grade]:
    """Return the records in `folder` that stand for these submissions, by student; one that cannot be read does not."""
    found: dict[str, Grade] = {}
    for student, path in submissions.items():
        try:
            grade = record.read(folder / f"{student}.json")
            digest = _digest(path)
        except (OSError, AutograderError):
            continue
        if grade.student == student and stands(course, assignment, grade, digest):
            found[student] = grade
    return found


def _digest(path: Path) -> str:
    with opened(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
