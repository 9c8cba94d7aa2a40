"""`autograder grade`: a list of notebooks to a folder of records, with progress and a table."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import as_completed
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from autograder import record
from autograder.batch import Graders
from autograder.course import Course
from autograder.diagnosis import DATA_MISSING
from autograder.errors import AutograderError
from autograder.instructor.table import print_table, wide_console


def grade_class(
    course: Course, assignment: str, notebooks: Sequence[Path], *, jobs: int, out: Path, as_json: bool, unsafe: bool
) -> bool:
    """Grade each notebook, write its record to `out/STUDENT.json`, and return whether every one could be graded."""
    course.assignment(assignment)
    submissions = students(notebooks, assignment)
    _require_writable(out)
    grades = []
    with Graders(course, assignment, jobs=min(jobs, len(submissions)), unsafe=unsafe) as graders:
        graders.prepare()
        for grade in _with_progress(_graded(graders, submissions), len(submissions)):
            record.write(grade, out / f"{grade.student}.json")
            grades.append(grade)
            if as_json:
                sys.stdout.write(record.to_json(grade).decode() + "\n")
    if not as_json:
        print_table(sorted(grades, key=lambda grade: grade.student), wide_console())
        print(f"records: {out}")  # noqa: T201
    missed = [grade for grade in grades if grade.outcome != "graded"]
    for grade in sorted(missed, key=lambda grade: grade.student):
        print(f"not gradable: {grade.student}: {grade.reason}", file=sys.stderr)  # noqa: T201
    refused = [
        (grade, question) for grade in grades for question in grade.questions if question.diagnosis == DATA_MISSING
    ]
    for grade, question in sorted(refused, key=lambda pair: pair[0].student):
        print(f"not gradable: {grade.student}: {question.message}", file=sys.stderr)  # noqa: T201
    return not missed and not refused


def students(notebooks: Sequence[Path], assignment: str) -> dict[str, Path]:
    """Return the notebooks by student: from `STUDENT/ASSIGNMENT/x.ipynb`, or else from the file name."""
    found: dict[str, Path] = {}
    for path in notebooks:
        if not path.is_file():
            msg = f"{path}: there is no such file; name notebooks, as in submitted/*/{assignment}/{assignment}.ipynb"
            raise AutograderError(msg)
        folder = path.absolute().parent
        student = folder.parent.name if folder.name == assignment else path.stem
        if not student.isprintable():  # also what is not UTF-8: names go to terminals, pages and files
            msg = f"{student!a} holds characters that cannot be printed; rename the folder or file of this student"
            raise AutograderError(msg)
        if student in found:
            msg = f"{found[student]} and {path} are both of student {student!r}; grade one of them at a time"
            raise AutograderError(msg)
        found[student] = path
    return found


def _require_writable(out: Path) -> None:
    """Find out before anything is graded whether records can be written."""
    existing = next(folder for folder in (out, *out.absolute().parents) if folder.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        msg = f"{existing} is no folder that can be written to; name another one with --out"
        raise AutograderError(msg)


def _graded(graders: Graders, submissions: dict[str, Path]) -> Iterator[record.Grade]:
    futures = [graders.submit_file(path, student) for student, path in submissions.items()]
    for future in as_completed(futures):
        yield future.result().grade


def _with_progress(grades: Iterator[record.Grade], total: int) -> Iterator[record.Grade]:
    """Pass the grades on, with a bar where standard error is a terminal and a line each where it is not."""
    console = Console(stderr=True)
    columns = (TextColumn("grading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("grading", total=total)
        for grade in grades:
            yield grade
            progress.advance(task)
            if not console.is_terminal:
                print(f"{grade.student}: {grade.score:g} of {grade.max_score:g}", file=sys.stderr)  # noqa: T201
