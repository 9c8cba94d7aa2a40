"""nbgrader's Autograde, with a check before it starts, graders behind it, and an account at the end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fnmatch import fnmatch
from glob import glob
from pathlib import Path

from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from sqlalchemy.exc import OperationalError

from autograder import unfinished
from autograder.batch import Graders
from autograder.course import Course
from autograder.errors import AutograderError
from autograder.lock import held
from autograder.nbgrader import beside, gradebook
from autograder.nbgrader.run import Grader, Run


class GradingAutograde(Autograde):  # type: ignore[misc]
    """Grades with the course's hidden suites, outside nbgrader's process.

    nbgrader has no setting for the converter's class. But each converter makes a GradingExporter before it starts, with
    itself as parent, and that turns it into one of these.
    """

    _run: Run | None = None
    _in_place_of_the_submission: Path | None = None

    @property
    def run(self) -> Run:
        """The run in progress."""
        if self._run is None:
            msg = "this submission was not there when grading began; run `nbgrader autograde` again"
            raise NbGraderException(msg)
        return self._run

    def convert_notebooks(self) -> None:
        """Grade every submission that is due.

        Where course, suites, sandbox or gradebook are not in order, NbGraderException is raised and nothing is touched.
        It is raised at the end, too, where a submission could not be graded: that one has a score of 0, a feedback page
        with the reason, and a mark in the formgrader.
        """
        self.coursedir.db_url = gradebook.patient(self.coursedir.db_url, Grader(parent=self).gradebook_seconds)
        name = self.coursedir.assignment_id
        try:
            lock = Path(self.coursedir.root) / f".{name}.autograde-lock"
            with held(lock, f"nbgrader autograde {name}"), gradebook.one_engine():
                self._convert_due()
        except AutograderError as error:
            msg = f"Nothing was graded: {error}"
            self.log.error(msg)  # noqa: TRY400 - the message says it all, and a traceback would bury it
            raise NbGraderException(msg) from error
        except (NbGraderException, OperationalError) as error:
            reason = gradebook.trouble(error)
            if reason is None:
                raise
            msg = f"Grading stopped: {reason}"
            self.log.error(msg)  # noqa: TRY400 - nbgrader has logged the traceback
            raise NbGraderException(msg) from error

    def _convert_due(self) -> None:
        self._add_folders_without_notebook()
        for _, student in self._students():
            if unfinished.discard(self._graded_folder(student)):
                self.log.warning("An earlier run was stopped while it graded %s: that is done anew", student)
        folders = {student: Path(folder) for folder, student in self._students() if self._is_due(folder, student)}
        if not folders:
            super().convert_notebooks()
            return
        workers = Grader(parent=self).workers(len(folders))
        with self._graders(workers) as graders:
            run = self._run = Run(graders, folders, ahead=2 * workers)
            try:
                super().convert_notebooks()
            finally:
                self._run = None
                self._settle(run)
        if run.not_gradable:
            msg = f"{len(run.not_gradable)} of {len(run.begun)} submissions could not be graded; see the reasons above"
            self.log.error(msg)
            raise NbGraderException(msg)

    def init_destination(self, assignment_id: str, student_id: str) -> bool:
        """Note that this submission's folder is being written, before nbgrader removes or writes anything in it."""
        if self._run is not None and student_id in self._run.folders:
            unfinished.begin(self._graded_folder(student_id))
        with self._clean_copy(assignment_id, student_id):
            return bool(super().init_destination(assignment_id, student_id))

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        """Let nbgrader expect the notebook under its own name, and find beside it nothing but what it may copy."""
        self.run.begun.add(student_id)
        self.notebooks = [str(Path(self._format_source(assignment_id, student_id)) / f"{assignment_id}.ipynb")]
        with self._clean_copy(assignment_id, student_id):
            super().init_assignment(assignment_id, student_id)

    @contextmanager
    def _clean_copy(self, assignment_id: str, student_id: str) -> Iterator[None]:
        """Let nbgrader find, inside the `with`, what it may copy in place of the submission's own folder."""
        with beside.copied(Path(self._format_source(assignment_id, student_id))) as self._in_place_of_the_submission:
            try:
                yield
            finally:
                self._in_place_of_the_submission = None

    def _format_source(self, assignment_id: str, student_id: str, escape: bool = False) -> str:
        if self._in_place_of_the_submission is not None:
            return str(self._in_place_of_the_submission)
        return str(super()._format_source(assignment_id, student_id, escape=escape))

    def set_permissions(self, assignment_id: str, student_id: str) -> None:
        """Note that all is done for this submission."""
        super().set_permissions(assignment_id, student_id)
        unfinished.end(self._graded_folder(student_id))
        self.run.finished.add(student_id)

    def _graders(self, workers: int) -> Graders:
        name = self.coursedir.assignment_id
        course = Course.load(Path(self.coursedir.root))
        gradebook.require_questions(self.coursedir.db_url, course.assignment(name))
        return Grader(parent=self).open(course, name, workers=workers)

    def _add_folders_without_notebook(self) -> None:
        """Grade a folder in which nbgrader finds no notebook, too, so that the student is told."""
        assignment, student = self.coursedir.assignment_id, self.coursedir.student_id
        if fnmatch(assignment, self.coursedir.notebook_id):
            for folder in glob(self._format_source(assignment, student)):  # noqa: PTH207 - as nbgrader does
                if Path(folder).is_dir():
                    self.assignments.setdefault(folder, [str(Path(folder) / f"{assignment}.ipynb")])

    def _graded_folder(self, student: str) -> Path:
        return Path(self._format_dest(self.coursedir.assignment_id, student))

    def _students(self) -> list[tuple[str, str]]:
        """Return (folder, student) for all folders, in nbgrader's order."""
        pattern = self._format_source(re.escape(self.coursedir.assignment_id), "(?P<student_id>.*)", escape=True)
        matches = ((folder, re.fullmatch(pattern, folder)) for folder in sorted(self.assignments))
        return [(folder, match["student_id"]) for folder, match in matches if match]

    def _is_due(self, folder: str, student: str) -> bool:
        """Return whether nbgrader is going to process this submission (see BaseConverter.init_destination)."""
        if student in self.coursedir.student_id_exclude.split(","):
            return False
        graded = self._graded_folder(student)
        if self.force or self.coursedir.notebook_id != "*" or not graded.exists():
            return True
        new, old = (beside.timestamp(path) for path in (Path(folder), graded))
        return new is not None and old is not None and new > old

    def _settle(self, run: Run) -> None:
        """Leave no old score for a submission that could not be graded, and say which ones these are."""
        assignment = self.coursedir.assignment_id
        with suppress(OperationalError):  # said where it stopped the run; what has begun is marked as unfinished
            gradebook.withdraw(self.coursedir.db_url, assignment, sorted(run.begun - run.finished))
        for student, reason in run.not_gradable.items():
            self.log.error("Not gradable: %s of %s: %s", assignment, student, reason)
