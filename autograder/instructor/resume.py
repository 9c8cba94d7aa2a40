"""What an earlier run left: the records that still stand, and those that may not be replaced unseen."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Callable, Collection, ItemsView, Iterator, Mapping
from pathlib import Path

from autograder import record
from autograder.course import Assignment, Course
from autograder.diagnosis import DATA_MISSING
from autograder.digests import suite_digest
from autograder.errors import AutograderError
from autograder.handed_in import opened
from autograder.record import Grade
from autograder.standing import stands

Read = Callable[[str], Grade | None]


class Records(Mapping[str, Grade]):
    """Records by student, each read anew whenever it is asked for: those of ten thousand would fill the memory."""

    def __init__(self, students: Collection[str], read: Read) -> None:
        self._students = students
        self._read = read

    def __getitem__(self, student: str) -> Grade:
        """Return the record of a student."""
        grade = self._read(student) if student in self._students else None
        if grade is None:
            raise KeyError(student)
        return grade

    def __iter__(self) -> Iterator[str]:
        """Yield the students who have one."""
        return (student for student, _ in self.items())

    def __len__(self) -> int:
        """Return how many there are."""
        return sum(1 for _ in self)

    def items(self) -> ItemsView[str, Grade]:
        """Return students with their records; going through them reads each one once."""
        return _Items(self, self._students, self._read)

    def where(self, holds: Callable[[Grade], bool]) -> Records:
        """Return those of them for which something holds."""

        def read(student: str) -> Grade | None:
            grade = self._read(student)
            return grade if grade is not None and holds(grade) else None

        return Records(self._students, read)


class _Items(ItemsView[str, Grade]):
    def __init__(self, records: Records, students: Collection[str], read: Read) -> None:
        super().__init__(records)
        self._students = students
        self._read = read

    def __iter__(self) -> Iterator[tuple[str, Grade]]:
        for student in self._students:
            if (grade := self._read(student)) is not None:
                yield student, grade


def records(course: Course, assignment: Assignment, submissions: Mapping[str, Path], folder: Path) -> Records:
    """Return the records in `folder` of these very submissions, by student; one that cannot be read is left out."""

    def read(student: str) -> Grade | None:
        try:
            grade = record.read(folder / f"{student}.json")
            digest = _digest(submissions[student])
        except (OSError, AutograderError):
            return None
        whose = (grade.course, grade.assignment, grade.student, grade.submission)
        return grade if whose == (course.name, assignment.name, student, digest) else None

    return Records(submissions, read)


def standing(course: Course, assignment: Assignment, found: Records) -> Records:
    """Return those of the records that stand."""
    return found.where(lambda grade: stands(course, assignment, grade, grade.submission))


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
