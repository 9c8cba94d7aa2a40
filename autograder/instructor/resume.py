"""What an earlier run left: the records that still stand, and those that may not be replaced unseen."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Mapping
from pathlib import Path

from autograder import record
from autograder.course import Assignment, Course
from autograder.diagnosis import DATA_MISSING
from autograder.digests import suite_digest
from autograder.errors import AutograderError
from autograder.handed_in import opened
from autograder.record import Grade
from autograder.standing import stands


def records(course: Course, assignment: Assignment, submissions: Mapping[str, Path], folder: Path) -> dict[str, Grade]:
    """Return the records in `folder` of these very submissions, by student; one that cannot be read is left out."""
    found: dict[str, Grade] = {}
    for student, path in submissions.items():
        try:
            grade = record.read(folder / f"{student}.json")
            digest = _digest(path)
        except (OSError, AutograderError):
            continue
        whose = (grade.course, grade.assignment, grade.student, grade.submission)
        if whose == (course.name, assignment.name, student, digest):
            found[student] = grade
    return found


def standing(course: Course, assignment: Assignment, found: Mapping[str, Grade]) -> dict[str, Grade]:
    """Return those of the records that stand."""
    return {name: grade for name, grade in found.items() if stands(course, assignment, grade, grade.submission)}


def require_same_suite(course: Course, assignment: Assignment, found: Mapping[str, Grade], folder: Path) -> None:
    """Raise AutograderError where other suites have judged some of the records: grades that are out would change."""
    others = sorted(name for name, grade in found.items() if _is_of_another_suite(assignment, grade))
    if not others:
        return
    count = "1 submission has a grade" if len(others) == 1 else f"{len(others)} submissions have grades"
    msg = (
        f"{count} by another suite, reference, points, limits or data in {folder}, such as that of {others[0]}; "
        f"nothing is graded. `{regrade_command(course, assignment.name, folder)}` shows who moves before it writes; "
        "--again grades them anew and replaces them"
    )
    raise AutograderError(msg)


def regrade_command(course: Course, assignment: str, out: Path) -> str:
    """Return the command that regrades the records in `out`."""
    is_default = out.absolute() == course.root / "grades" / assignment
    return f"autograder regrade {assignment}" + ("" if is_default else f" --out {shlex.quote(str(out))}")


def _is_of_another_suite(assignment: Assignment, grade: Grade) -> bool:
    """Tell it of a whole grade: one that waits for its data is to be replaced, and data count as part of the suite."""
    waits = any(question.diagnosis == DATA_MISSING for question in grade.questions)
    return grade.outcome == "graded" and not waits and grade.suite != suite_digest(assignment)


def _digest(path: Path) -> str:
    with opened(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
