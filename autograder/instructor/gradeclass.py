"""`autograder grade`: a list of notebooks to a folder of records, with progress and a table."""

from __future__ import annotations

import os
import queue
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from functools import partial
from pathlib import Path

import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from autograder import record
from autograder.batch import Graders
from autograder.cluster import pool_at
from autograder.course import Course
from autograder.diagnosis import DATA_MISSING
from autograder.errors import AutograderError, SandboxError, SuiteError
from autograder.instructor import resume
from autograder.instructor.agreement import say
from autograder.instructor.table import print_table, wide_console
from autograder.lock import held
from autograder.record import Grade
from autograder.standing import PROTECTION, is_as_protected

LOCK = ".lock"
"""The file in a folder of records that tells that a run is writing to it."""
NOTEBOOK = ".ipynb"


def grade_class(
    course: Course,
    assignment: str,
    notebooks: Sequence[Path],
    *,
    jobs: int,
    out: Path,
    as_json: bool,
    unsafe: bool,
    again: bool = False,
    dask: str | None = None,
) -> bool:
    """Give each notebook a record in `out/STUDENT.json`, and return whether every one could be graded.

    A record of an earlier run that still stands is taken over unless `again`. Raises AutograderError where another run
    writes to the folder, where another suite has judged records that are there (unless `again`), and, after all else is
    done, where records could not be written.
    """
    course.assignment(assignment)
    submissions = students(notebooks, assignment)
    require_writable(out)
    with held(out / LOCK, f"autograder grade {assignment}"):
        record.sweep(out)
        run = _Run(course, assignment, submissions, out, as_json=as_json)
        run.grade(jobs=jobs, unsafe=unsafe, again=again, dask=dask)
    run.report()
    return run.is_complete()


class _Run:
    """One class, one folder of records."""

    def __init__(
        self, course: Course, assignment: str, submissions: dict[str, Path], out: Path, *, as_json: bool
    ) -> None:
        self._course = course
        self._assignment = course.assignment(assignment)
        self._submissions = submissions
        self._out = out
        self._as_json = as_json
        self._taken_over: dict[str, Grade] = {}
        self._written: set[str] = set()
        self._unwritten: dict[str, str] = {}
        self._unjudged: dict[str, str] = {}
        self._grades: list[Grade] = []

    def grade(self, *, jobs: int, unsafe: bool, again: bool, dask: str | None) -> None:
        """Grade all that no earlier record stands for; records are written as soon as they are there."""
        found = {} if again else self._standing()
        best = _as_protected(found, PROTECTION[-1])
        if len(best) == len(self._submissions):
            self._take_over(best)
            return
        jobs = min(jobs, len(self._submissions) - len(best))
        name = self._assignment.name
        pool = pool_at(dask, self._course, name, unsafe=unsafe) if dask else None
        try:
            with Graders(self._course, name, jobs=jobs, unsafe=unsafe, again=again, pool=pool) as graders:
                mode = graders.prepare()
                if mode != PROTECTION[-1]:
                    say(f"sandbox: {mode} (`autograder doctor` says what is missing)")
                self._take_over(_as_protected(found, mode))
                rest = {name: path for name, path in self._submissions.items() if name not in self._taken_over}
                for grade in with_progress(self._graded(graders, rest), len(rest)):
                    if grade is not None:
                        self._add(grade)
        except KeyboardInterrupt:
            count = len(self._taken_over) + len(self._written)
            say(f"{count} of {len(self._submissions)} records are in {self._out}; run this again for the others")
            raise

    def _standing(self) -> dict[str, Grade]:
        """Return the records that stand; raise AutograderError where grades are out that another suite has given."""
        found = resume.records(self._course, self._assignment, self._submissions, self._out)
        resume.require_same_suite(self._course, self._assignment, found, self._out)
        return resume.standing(self._course, self._assignment, found)

    def report(self) -> None:
        """Print the table, what could not be graded, and what could not be written."""
        if not self._as_json:
            print_table(sorted(self._grades, key=lambda grade: grade.student), wide_console())
            print(f"records: {self._out}")  # noqa: T201
        for student, reason in sorted(self._missed()):
            say(f"not gradable: {student}: {reason}")
        if self._unwritten:
            files = "; ".join(f"{self._file(name)} ({why})" for name, why in sorted(self._unwritten.items()))
            msg = (
                f"{len(self._unwritten)} of {len(self._submissions)} records could not be written: {files}. Their "
                "grades are shown above, and earlier records of theirs are as they were. Make room, or name another "
                "folder with --out, and run this again: the other records are taken over"
            )
            raise AutograderError(msg)

    def is_complete(self) -> bool:
        """Return whether every submission and all of its questions could be graded."""
        return not self._missed()

    def _take_over(self, grades: Mapping[str, Grade]) -> None:
        self._taken_over = dict(grades)
        for grade in grades.values():
            self._add(grade)
        if grades:
            count = f"{len(grades)} of {len(self._submissions)} records are taken over from an earlier run"
            say(f"{count}: what judges them has not changed since (--again grades them anew)")

    def _graded(self, graders: Graders, submissions: Mapping[str, Path]) -> Iterator[Grade | None]:
        """Yield the grades as they come; no more futures are held than graders can be busy with."""
        done: queue.SimpleQueue[Future[Grade | None]] = queue.SimpleQueue()
        for count, (student, path) in enumerate(submissions.items()):
            graders.submit(partial(self._keep, graders, student, path)).add_done_callback(done.put)
            if count >= graders.width:
                yield done.get().result()
        for _ in range(min(graders.width, len(submissions))):
            yield done.get().result()

    def _keep(self, graders: Graders, student: str, path: Path) -> Grade | None:
        """Grade, and write the record before anything else can happen to it; no interrupt reaches this thread.

        Where suite or sandbox break over this submission alone, there is no record: a 0 would be no judgement.
        """
        try:
            grade = graders.grade_file(path, student).grade
        except (SuiteError, SandboxError) as error:
            graders.prepare()  # raises where it is not this submission's affair
            self._unjudged[student] = str(error)
            return None
        try:
            record.write(grade, self._file(student))
            self._written.add(student)
        except OSError as error:
            self._unwritten[student] = error.strerror or str(error)
        return grade

    def _add(self, grade: Grade) -> None:
        """Print the record or keep what the table needs of it: the tests of ten thousand would fill the memory."""
        if self._as_json:
            sys.stdout.write(record.to_json(grade).decode() + "\n")
        questions = tuple(msgspec.structs.replace(question, tests=()) for question in grade.questions)
        self._grades.append(msgspec.structs.replace(grade, questions=questions, restored=()))

    def _file(self, student: str) -> Path:
        return self._out / f"{student}.json"

    def _missed(self) -> list[tuple[str, str]]:
        """Return (student, reason) for all that could not be graded, whole submissions first."""
        missed = [(grade.student, str(grade.reason)) for grade in self._grades if grade.outcome != "graded"]
        questions = [(grade.student, question) for grade in self._grades for question in grade.questions]
        missed += [(name, q.message) for name, q in questions if q.diagnosis == DATA_MISSING]
        return missed + [(name, f"no record was written: {why}") for name, why in self._unjudged.items()]


def _as_protected(grades: Mapping[str, Grade], mode: str) -> dict[str, Grade]:
    return {student: grade for student, grade in grades.items() if is_as_protected(grade, mode)}


def students(notebooks: Sequence[Path], assignment: str) -> dict[str, Path]:
    """Return the notebooks by student: from `STUDENT/ASSIGNMENT/x.ipynb`, or else from the file name.

    What a student handed in under a notebook's name is taken, be it a folder or a link: it is that student's affair.
    """
    found: dict[str, Path] = {}
    for path in notebooks:
        if not os.path.lexists(path) or (path.is_dir() and path.suffix != NOTEBOOK):
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


def require_writable(out: Path) -> None:
    """Find out before anything is graded whether records can be written."""
    existing = next(folder for folder in (out, *out.absolute().parents) if folder.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        msg = f"{existing} is no folder that can be written to; name another one with --out"
        raise AutograderError(msg)


def with_progress(grades: Iterator[Grade | None], total: int) -> Iterator[Grade | None]:
    """Pass the grades on, with a bar where standard error is a terminal and a line each where it is not."""
    console = Console(stderr=True)
    left = TimeRemainingColumn(elapsed_when_finished=True)
    columns = (TextColumn("grading"), BarColumn(), MofNCompleteColumn(), _Rate(), left)
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("grading", total=total)
        for grade in grades:
            yield grade
            progress.advance(task)
            if grade is not None and not console.is_terminal:
                print(f"{grade.student}: {grade.score:g} of {grade.max_score:g}", file=sys.stderr)  # noqa: T201


class _Rate(ProgressColumn):
    """How many submissions are graded in a minute."""

    def render(self, task: Task) -> Text:
        """Return the rate so far, nothing before the first grade."""
        speed = task.finished_speed or task.speed
        return Text(f"{60 * speed:.0f} a minute" if speed else "")
