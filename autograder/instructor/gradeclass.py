"""`autograder grade`: a list of notebooks to a folder of records, with progress and a table."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from heapq import merge
from pathlib import Path
from typing import TYPE_CHECKING

from autograder import record
from autograder.cluster import pool_at
from autograder.course import Course
from autograder.errors import AutograderError, SandboxError, SuiteError
from autograder.instructor import resume
from autograder.instructor.early_start import EarlyStart
from autograder.instructor.records import Records, require_writable
from autograder.instructor.row import Row
from autograder.instructor.rows import Rows
from autograder.instructor.saying import say
from autograder.instructor.submissions import Submissions, students
from autograder.lock import held
from autograder.record import Grade
from autograder.standing import PROTECTION, is_as_protected, stands

if TYPE_CHECKING:
    from autograder.batch import Graders
    from autograder.pool import Pool

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
    writes to the folder, where what lies in a record's place is none or somebody else's, where another suite has judged
    records that are there (unless `again`), and, after all else is done, where records could not be written.
    """
    course.assignment(assignment)
    submissions = students(notebooks, assignment)
    require_writable(out)
    with held(out / LOCK, f"autograder grade {assignment}"):
        record.sweep(out)
        run = _Run(course, assignment, submissions, out, as_json=as_json, again=again)
        run.grade(jobs=jobs, unsafe=unsafe, dask=dask)
    run.report()
    return run.is_complete()


class _Run:
    """One class, one folder of records."""

    def __init__(
        self, course: Course, assignment: str, submissions: Submissions, out: Path, *, as_json: bool, again: bool
    ) -> None:
        self._course = course
        self._assignment = course.assignment(assignment)
        self._submissions = submissions
        self._out = out
        self._as_json = as_json
        self._again = again
        self._records = Records(out, renews=again)
        self._unjudged = dict(submissions.unclear)
        self._rows = Rows()
        self._read = resume.reader(course, self._assignment, submissions, out)
        self._standing: dict[str, str] = {}  # with which protection, by student
        self._earlier = Rows()

    def grade(self, *, jobs: int, unsafe: bool, dask: str | None) -> None:
        """Grade all that no earlier record stands for; records are written as soon as they are there."""
        with EarlyStart(self._assignment, jobs=jobs if dask is None else 0, unsafe=unsafe) as early:
            self._look(early)
            if early.count:
                pool = early.pool or pool_at(str(dask), self._course, self._assignment.name, unsafe=unsafe)
                self._grade_others(pool, over=early.over)
            else:
                self._take_over(PROTECTION[-1])

    def _look(self, early: EarlyStart) -> None:
        """Find the records that stand, each read once, and count all others as due.

        Raises AutograderError where grades are out that another suite has given.
        """
        others = []
        for student in self._submissions:
            grade = self._read(student)
            if self._again or grade is None or not stands(self._course, self._assignment, grade, grade.submission):
                early.due()
                if not self._again and grade is not None and resume.is_of_another_suite(self._assignment, grade):
                    others.append(student)
                continue
            if not is_as_protected(grade, PROTECTION[-1]):
                early.due()
            self._standing[student] = grade.sandbox
            self._earlier.add(Row.of(grade))
        resume.require_same_suite(self._course, self._assignment, others, self._out)

    def _grade_others(self, pool: Pool, *, over: Callable[[], None]) -> None:
        """Grade what no record stands for that was given with the protection there is now; then call `over`."""
        # With what follows it takes a fifth of the time of a run without anything new.
        from autograder.batch import Graders
        from autograder.instructor import flow
        from autograder.instructor.progress import with_progress

        try:
            with (
                flow.writers(pool.width) as writers,
                Graders(self._course, self._assignment.name, again=self._again, pool=pool) as graders,
            ):
                mode = graders.prepare()
                if mode != PROTECTION[-1]:
                    say(f"sandbox: {mode} (`autograder doctor` says what is missing)")
                taken = self._take_over(mode)
                rest = [student for student in self._submissions if student not in taken]
                judge = partial(self._judged, graders)
                grades = flow.graded(graders, writers, rest, judge, self._records.write)
                for grade in with_progress(grades, len(rest)):
                    if grade is not None:
                        self._add(grade)
                over()
                self._before_report()
        except KeyboardInterrupt:
            count = f"{self._records.there} of {len(self._submissions)}"
            say(f"{count} records are in {self._out}; run this again for the others")
            raise

    def _before_report(self) -> None:
        """Import what a table takes while the graders end."""
        if not self._as_json:
            from autograder.instructor import table  # noqa: F401

    def report(self) -> None:
        """Print the table, what could not be graded, and what could not be written, even if nobody reads the table."""
        try:
            if not self._as_json:
                self._print_table()
        finally:
            self._say_what_is_missing()

    def _print_table(self) -> None:
        from autograder.instructor.table import print_rows, wide_console  # not before graders have started

        heading = [(question.name, question.points) for question in self._assignment.questions]
        print_rows(self._rows, heading, wide_console())
        print(f"records: {self._out}")  # noqa: T201

    def _say_what_is_missing(self) -> None:
        if absent := self._submissions.absent:
            say(f"nothing handed in for {self._assignment.name}: {', '.join(absent)}")
        for student, reason in self._missed():
            say(f"not gradable: {student}: {reason}")
        self._records.require_written(len(self._submissions))

    def is_complete(self) -> bool:
        """Return whether every submission and all of its questions could be graded."""
        return next(self._missed(), None) is None

    def _take_over(self, mode: str) -> Collection[str]:
        """Take over the records that were given with at least this protection, and return whose they are."""
        least = PROTECTION.index(mode)
        taken = {student for student, given in self._standing.items() if PROTECTION.index(given) >= least}
        self._records.there = len(taken)
        for row in self._earlier.in_order():
            if row.student in taken:
                self._rows.add(row)
        if taken:
            self._print_again(student for student in self._standing if student in taken)
            count = f"{len(taken)} of {len(self._submissions)} records are taken over from an earlier run"
            say(f"{count}: what judges them has not changed since (--again grades them anew)")
        return taken

    def _print_again(self, students: Iterable[str]) -> None:
        """Print records that are taken over; only their rows have been kept."""
        for student in students if self._as_json else ():
            grade = self._read(student)
            if grade is None or not stands(self._course, self._assignment, grade, grade.submission):
                msg = f"{self._records.path(student)} was changed while this run read it; run this again"
                raise AutograderError(msg)
            _print(grade)

    def _judged(self, graders: Graders, student: str) -> Grade | None:
        """Grade. Where suite or sandbox break over this submission alone, there is none: a 0 would be no judgement."""
        try:
            return graders.grade_file(self._submissions[student], student).grade
        except (SuiteError, SandboxError) as error:
            graders.prepare()  # raises where it is not this submission's affair
            self._unjudged[student] = str(error)
            return None

    def _add(self, grade: Grade) -> None:
        """Print the record, and keep what the table needs of it: the grades of ten thousand would fill the memory."""
        if self._as_json:
            _print(grade)
        self._rows.add(Row.of(grade))

    def _missed(self) -> Iterator[tuple[str, str]]:
        """Yield (student, reason), by student, for all submissions and questions that could not be graded."""
        unjudged = sorted((name, f"no record was written: {why}") for name, why in self._unjudged.items())
        return merge(((row.student, reason) for row in self._rows for reason in sorted(row.missed)), unjudged)


def _print(grade: Grade) -> None:
    print(record.to_json(grade).decode())  # noqa: T201
