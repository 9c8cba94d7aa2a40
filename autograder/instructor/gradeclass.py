"""`autograder grade`: a list of notebooks to a folder of records, with progress and a table."""

from __future__ import annotations

import os
import queue
import sys
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import Future
from functools import partial
from heapq import merge
from pathlib import Path

from autograder import record
from autograder.batch import Graders
from autograder.cluster import pool_at
from autograder.course import Course
from autograder.errors import AutograderError, SandboxError, SuiteError
from autograder.instructor import resume
from autograder.instructor.agreement import say
from autograder.instructor.progress import with_progress
from autograder.instructor.rows import Rows
from autograder.instructor.submissions import Submissions, students
from autograder.instructor.table import Row, print_rows, wide_console
from autograder.lock import held
from autograder.record import Grade
from autograder.standing import PROTECTION, is_as_protected

LOCK = ".lock"
"""The file in a folder of records that tells that a run is writing to it."""


def grade_class(
    course: Course,
    assignment: str,
    notebooks: Iterable[Path],
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

    def __init__(self, course: Course, assignment: str, submissions: Submissions, out: Path, *, as_json: bool) -> None:
        self._course = course
        self._assignment = course.assignment(assignment)
        self._submissions = submissions
        self._out = out
        self._as_json = as_json
        self._there = 0
        self._counting = threading.Lock()
        self._unwritten: dict[str, str] = {}
        self._unjudged = dict(submissions.unclear)
        self._rows = Rows()

    def grade(self, *, jobs: int, unsafe: bool, again: bool, dask: str | None) -> None:
        """Grade all that no earlier record stands for; records are written as soon as they are there."""
        found: Mapping[str, Grade] = {} if again else self._standing()
        best = _as_protected(found, PROTECTION[-1])
        if len(best) == len(self._submissions):
            self._take_over(found, best)
            return
        jobs = min(jobs, len(self._submissions) - len(best))
        name = self._assignment.name
        pool = pool_at(dask, self._course, name, unsafe=unsafe) if dask else None
        try:
            with Graders(self._course, name, jobs=jobs, unsafe=unsafe, again=again, pool=pool) as graders:
                mode = graders.prepare()
                if mode != PROTECTION[-1]:
                    say(f"sandbox: {mode} (`autograder doctor` says what is missing)")
                taken = best if mode == PROTECTION[-1] else _as_protected(found, mode)
                self._take_over(found, taken)
                rest = [student for student in self._submissions if student not in taken]
                for grade in with_progress(self._graded(graders, rest), len(rest)):
                    if grade is not None:
                        self._add(grade)
        except KeyboardInterrupt:
            count = f"{self._there} of {len(self._submissions)}"
            say(f"{count} records are in {self._out}; run this again for the others")
            raise

    def _standing(self) -> Mapping[str, Grade]:
        """Return the records that stand; raise AutograderError where grades are out that another suite has given."""
        found = resume.records(self._course, self._assignment, self._submissions, self._out)
        resume.require_same_suite(self._course, self._assignment, found, self._out)
        return resume.standing(self._course, self._assignment, found)

    def report(self) -> None:
        """Print the table, what could not be graded, and what could not be written."""
        if not self._as_json:
            heading = [(question.name, question.points) for question in self._assignment.questions]
            print_rows(self._rows, heading, wide_console())
            print(f"records: {self._out}")  # noqa: T201
        if absent := self._submissions.absent:
            say(f"nothing handed in for {self._assignment.name}: {', '.join(absent)}")
        for student, reason in self._missed():
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
        return next(self._missed(), None) is None

    def _take_over(self, found: Mapping[str, Grade], taken: Collection[str]) -> None:
        self._there = len(taken)
        for student in taken:
            grade = found.get(student)
            if grade is None:
                msg = f"{self._file(student)} was changed while this run read it; run this again"
                raise AutograderError(msg)
            self._add(grade)
        if taken:
            count = f"{len(taken)} of {len(self._submissions)} records are taken over from an earlier run"
            say(f"{count}: what judges them has not changed since (--again grades them anew)")

    def _graded(self, graders: Graders, students: Collection[str]) -> Iterator[Grade | None]:
        """Yield the grades as they come; no more futures are held than graders can be busy with."""
        done: queue.SimpleQueue[Future[Grade | None]] = queue.SimpleQueue()
        for count, student in enumerate(students):
            graders.submit(partial(self._keep, graders, student)).add_done_callback(done.put)
            if count >= graders.width:
                yield done.get().result()
        for _ in range(min(graders.width, len(students))):
            yield done.get().result()

    def _keep(self, graders: Graders, student: str) -> Grade | None:
        """Grade, and write the record before anything else can happen to it; no interrupt reaches this thread.

        Where suite or sandbox break over this submission alone, there is no record: a 0 would be no judgement.
        """
        try:
            grade = graders.grade_file(self._submissions[student], student).grade
        except (SuiteError, SandboxError) as error:
            graders.prepare()  # raises where it is not this submission's affair
            self._unjudged[student] = str(error)
            return None
        try:
            record.write(grade, self._file(student))
        except OSError as error:
            self._unwritten[student] = error.strerror or str(error)
        else:
            with self._counting:
                self._there += 1
        return grade

    def _add(self, grade: Grade) -> None:
        """Print the record, and keep what the table needs of it: the grades of ten thousand would fill the memory."""
        if self._as_json:
            sys.stdout.write(record.to_json(grade).decode() + "\n")
        self._rows.add(Row.of(grade))

    def _file(self, student: str) -> Path:
        return self._out / f"{student}.json"

    def _missed(self) -> Iterator[tuple[str, str]]:
        """Yield (student, reason), by student, for all submissions and questions that could not be graded."""
        unjudged = sorted((name, f"no record was written: {why}") for name, why in self._unjudged.items())
        return merge(((row.student, reason) for row in self._rows for reason in sorted(row.missed)), unjudged)


def _as_protected(grades: Mapping[str, Grade], mode: str) -> dict[str, None]:
    """Return, in order, the students whose grades were given with at least this protection."""
    return {student: None for student, grade in grades.items() if is_as_protected(grade, mode)}


def require_writable(out: Path) -> None:
    """Find out before anything is graded whether records can be written."""
    existing = next(folder for folder in (out, *out.absolute().parents) if folder.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        msg = f"{existing} is no folder that can be written to; name another one with --out"
        raise AutograderError(msg)
