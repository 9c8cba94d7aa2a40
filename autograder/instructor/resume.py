"""What an earlier run left: the records that still stand, and those that may not be replaced unseen."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from autograder import record
from autograder.course import Assignment, Course
from autograder.digests import suite_digest
from autograder.errors import AutograderError
from autograder.handed_in import opened
from autograder.record import DATA_MISSING, Grade

Read = Callable[[str], Grade | None]


def reader(course: Course, assignment: Assignment, submissions: Mapping[str, Path], folder: Path) -> Read:
    """Return a function that gives the record in `folder` of a student's very submission, None where there is none.

    It raises AutograderError where something else lies in the record's place, which is not to be lost. Each call reads
    anew: the records of ten thousand would fill the memory.
    """

    def read(student: str) -> Grade | None:
        try:
            grade = record_of(course.name, assignment.name, student, folder)
        except (OSError, AutograderError) as error:
            msg = f"{error}; nothing is graded. Mend it, move it away, or name another folder with --out"
            raise AutograderError(msg) from error
        return grade if grade is not None and grade.submission == _digest(submissions[student]) else None

    return read


def record_of(course: str, assignment: str, student: str, folder: Path) -> Grade | None:
    """Return a student's record in `folder`, None where there is none.

    Raises OSError where it cannot be read, AutograderError where it is no record, or somebody else's.
    """
    path = folder / f"{student}.json"
    grade = record.read_if_there(path)
    if grade is not None and (grade.course, grade.assignment, grade.student) != (course, assignment, student):
        msg = f"{path}: this is the record of {grade.student!r} in {grade.course}/{grade.assignment}"
        raise AutograderError(msg)
    return grade


def require_same_suite(course: Course, assignment: Assignment, others: Collection[str], folder: Path) -> None:
    """Raise AutograderError where another suite has judged records, of `others`: grades that are out would change."""
    if not others:
        return
    count = "1 submission has a grade" if len(others) == 1 else f"{len(others)} submissions have grades"
    msg = (
        f"{count} by another suite, reference, points, limits or data in {folder}, such as that of {min(others)}; "
        f"nothing is graded. `{regrade_command(course, assignment.name, folder)}` shows who moves before it writes; "
        "--again grades them anew and replaces them"
    )
    raise AutograderError(msg)


def regrade_command(course: Course, assignment: str, out: Path) -> str:
    """Return the command that regrades the records in `out`."""
    is_default = out.absolute() == course.root / "grades" / assignment
    return f"autograder regrade {assignment}" + ("" if is_default else f" --out {shlex.quote(str(out))}")


def is_of_another_suite(assignment: Assignment, grade: Grade) -> bool:
    """Tell whether another suite has judged all of a grade: one that waits for its data is to be replaced anyway."""
    waits = any(question.diagnosis == DATA_MISSING for question in grade.questions)
    return grade.outcome == "graded" and not waits and grade.suite != suite_digest(assignment)


def _digest(path: Path) -> str | None:
    """Return the SHA-256 (hex) of a submission, None where it cannot be read: whoever grades it says why."""
    try:
        with opened(path) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, AutograderError):
        return None
