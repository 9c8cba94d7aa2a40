"""`autograder regrade`: grades that are out are graded anew, and whoever gave them sees what moves before it does."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from autograder import record
from autograder.batch import Graders
from autograder.cluster import pool_at
from autograder.course import Course
from autograder.errors import AutograderError, SandboxError, SuiteError
from autograder.instructor import agreement, earlier
from autograder.instructor.earlier import Change, sha256
from autograder.instructor.gradeclass import LOCK
from autograder.instructor.moves import Move, compare
from autograder.instructor.progress import with_progress
from autograder.instructor.records import require_writable
from autograder.instructor.resume import record_of, regrade_command
from autograder.instructor.saying import say
from autograder.instructor.submissions import Submissions, handed_in, students
from autograder.lock import held
from autograder.record import DATA_MISSING, Grade


@dataclass(frozen=True)
class Options:
    """Where the records are, and how to go about them."""

    out: Path
    jobs: int = 1
    dask: str | None = None
    yes: bool = False
    dry_run: bool = False
    as_json: bool = False
    unsafe: bool = False
    again: bool = False


@dataclass(frozen=True)
class Proposal:
    """The record that a student would get."""

    move: Move
    change: Change
    packed: bytes

    @classmethod
    def of(cls, path: Path, after: Grade) -> Proposal:
        """Return the proposal to replace the record at `path`, if there is one."""
        content = path.read_bytes() if os.path.lexists(path) else None  # False, too, where the name is too long
        before = None if content is None else record.from_json(content)
        new = record.to_file(after)
        change = Change(after.student, None if content is None else sha256(content), sha256(new))
        return cls(compare(before, after), change, zlib.compress(new))  # the records of ten thousand fill the memory

    def write(self, out: Path) -> None:
        """Write the record."""
        record.write_file(zlib.decompress(self.packed), out / f"{self.change.student}.json")


def regrade(course: Course, assignment: str, notebooks: Sequence[Path], options: Options) -> bool:
    """Grade the notebooks, all that were handed in where none is named; show who moves; replace the records.

    Returns whether all could be graded and, in a dry run, whether nobody moves. Raises AutograderError, with nothing
    written, where somebody would lose points and nobody says that it may be.
    """
    course.assignment(assignment)
    submissions = students(notebooks, assignment) if notebooks else handed_in(course.root / "submitted", assignment)
    if not options.dry_run:
        require_writable(options.out)
    with held(options.out / LOCK, f"autograder regrade {assignment}"):
        record.sweep(options.out)
        earlier.sweep(options.out)
        _require_readable(course, assignment, submissions, options.out)
        run = _Run(course, assignment, submissions, options)
        run.grade()
        agreement.show(run.moves(), as_json=options.as_json)
        _name_others(submissions, options.out, is_whole_class=not notebooks)
        is_complete = run.report()
        if options.dry_run:
            return is_complete and not any(move.moves for move in run.moves())
        agreement.require(run.moves(), "Write the new grades?", yes=options.yes)
        run.write()
        return is_complete


class _Run:
    """One class, and the records that it would get."""

    def __init__(self, course: Course, assignment: str, submissions: Submissions, options: Options) -> None:
        self._course = course
        self._assignment = assignment
        self._submissions = submissions
        self._options = options
        self._proposals: dict[str, Proposal] = {}
        self._missed = [_stays(student, why) for student, why in submissions.unclear.items()]

    def grade(self) -> None:
        """Grade all submissions; what is remembered and still stands is judged again only with `again`."""
        if not self._submissions:
            return
        jobs, dask, unsafe = min(self._options.jobs, len(self._submissions)), self._options.dask, self._options.unsafe
        again = self._options.again
        pool = pool_at(dask, self._course, self._assignment, unsafe=unsafe) if dask is not None else None
        with Graders(self._course, self._assignment, jobs=jobs, unsafe=unsafe, again=again, pool=pool) as graders:
            graders.prepare()
            for _ in with_progress(self._graded(graders), len(self._submissions)):
                pass

    def moves(self) -> list[Move]:
        """Return what moves, by student."""
        return [proposal.move for _, proposal in sorted(self._proposals.items())]

    def report(self) -> bool:
        """Name those who could not be graded, and return whether there are none."""
        for line in sorted(self._missed):
            say(line)
        return not self._missed

    def write(self) -> None:
        """Keep the earlier records, then replace them; those that would be the same stay as they are."""
        due = [proposal for _, proposal in sorted(self._proposals.items()) if proposal.move.kind != "same"]
        if not self._proposals:
            say("there is no notebook that could be graded; nothing is written")
            return
        if not due:
            say("all records are as they would be; nothing is written")
            return
        out, count = self._options.out, 0
        step = self._keep([proposal.change for proposal in due])
        try:
            for count, proposal in enumerate(due):  # noqa: B007 - used where it is stopped
                proposal.write(out)
        except (KeyboardInterrupt, OSError) as error:
            left = f"{count} of {len(due)} records are written; run this again, or put them back: {self._way_back()}"
            if isinstance(error, OSError):
                msg = f"{error}: {left}"
                raise AutograderError(msg) from error
            say(left)
            raise
        say(f"wrote {'1 record' if len(due) == 1 else f'{len(due)} records'} to {out}")
        say(f"earlier records: {step.folder}")
        say(f"to put them back: {self._way_back()}")

    def _keep(self, changes: Sequence[Change]) -> earlier.Step:
        try:
            return earlier.keep(self._options.out, self._assignment, changes)
        except OSError as error:
            msg = f"{error}: the earlier records could not be kept, so none is replaced; mend that, and run this again"
            raise AutograderError(msg) from error

    def _way_back(self) -> str:
        return f"{regrade_command(self._course, self._assignment, self._options.out)} --undo"

    def _graded(self, graders: Graders) -> Iterator[Grade | None]:
        work = (partial(self._propose, graders, *each) for each in self._submissions.items())
        yield from (future.result() for future in as_completed([graders.submit(each) for each in work]))

    def _propose(self, graders: Graders, student: str, path: Path) -> Grade | None:
        """Grade one submission; where suite or sandbox break over it alone, its record stays as it is."""
        try:
            grade = graders.grade_file(path, student).grade
        except (SuiteError, SandboxError) as error:
            graders.prepare()  # raises where it is not this submission's affair
            self._missed.append(_stays(student, str(error)))
            return None
        self._proposals[student] = Proposal.of(self._options.out / f"{student}.json", grade)
        if grade.reason is not None:
            self._missed.append(f"not gradable: {student}: {grade.reason}")
        missing = (question.message for question in grade.questions if question.diagnosis == DATA_MISSING)
        self._missed += [f"not gradable: {student}: {message}" for message in missing]
        return grade


def _require_readable(course: Course, assignment: str, submissions: Mapping[str, Path], out: Path) -> None:
    """Raise AutograderError where an earlier record cannot be compared: replacing it could lose something."""
    broken = []
    for student in submissions:
        try:
            record_of(course.name, assignment, student, out)
        except (OSError, AutograderError) as error:
            broken.append(str(error))
    if broken:
        msg = f"{'; '.join(broken)}\nmend or move away what cannot be compared, and run this again"
        raise AutograderError(msg)


def _stays(student: str, why: str) -> str:
    return f"not gradable: {student}: the earlier record, if any, stays: {why}"


def _name_others(submissions: Submissions, out: Path, *, is_whole_class: bool) -> None:
    """Name the records that stay for want of a notebook; of other students than those named only in a whole class."""
    others = {path.stem for path in out.glob("*.json")} - submissions.keys()
    unclear = others & submissions.unclear.keys()
    absent = others - unclear if is_whole_class else others & set(submissions.absent)
    for names, lack in ((absent, "without a submission"), (unclear, "without a clear notebook")):
        if names:
            say(f"{lack}, and left as they are: {', '.join(sorted(names))}")
