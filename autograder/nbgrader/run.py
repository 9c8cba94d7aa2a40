"""The grading of one `nbgrader autograde` run: several submissions at a time, in the order in which nbgrader asks."""

from __future__ import annotations

import hashlib
import os
from collections import deque
from collections.abc import Mapping
from concurrent.futures import Future
from pathlib import Path

from traitlets import Bool, Float, Integer
from traitlets.config import LoggingConfigurable

from autograder.batch import Graders
from autograder.course import Assignment, Course
from autograder.errors import NotebookError, SandboxError
from autograder.graded import Graded, not_gradable
from autograder.nbgrader import inbox


class Grader(LoggingConfigurable):  # type: ignore[misc]
    """What can be set in nbgrader_config.py (`c.Grader.jobs = 4`) or on the command line (`--Grader.jobs=4`)."""

    jobs = Integer(0, help="How many submissions are graded at a time; 0: one for each processor.").tag(config=True)
    unsafe_no_sandbox = Bool(
        False,
        help="Grade although the protection against what submissions may do is missing. Only for code that you trust.",
    ).tag(config=True)

    again = Bool(
        False, help="Grade anew also what the course's cache remembers: the same notebook, judged by the same suite."
    ).tag(config=True)

    gradebook_seconds = Float(
        60.0, help="How many seconds to wait for a gradebook that another program is writing to."
    ).tag(config=True)

    def workers(self, submissions: int) -> int:
        """Return how many graders to start for so many submissions."""
        return min(self.jobs if self.jobs > 0 else len(os.sched_getaffinity(0)), submissions)

    def open(self, course: Course, assignment: str, *, workers: int) -> Graders:
        """Return graders that have found everything to be in order, to be used in a `with`."""
        graders = Graders(course, assignment, jobs=workers, unsafe=self.unsafe_no_sandbox, again=self.again)
        try:
            mode = graders.prepare()
        except SandboxError as error:
            graders.close()
            msg = f"{error} (on nbgrader's command line that flag is --Grader.unsafe_no_sandbox=True)"
            raise SandboxError(msg) from error
        except BaseException:
            graders.close()
            raise
        self.log.info("Grading %s, %d at a time; sandbox: %s", assignment, workers, mode)
        return graders


class Run:
    """Grades the students' submissions in `folders`, a few ahead of the one asked for, and keeps account."""

    def __init__(self, graders: Graders, folders: Mapping[str, Path], *, ahead: int) -> None:
        self.begun: set[str] = set()
        self.finished: set[str] = set()
        self.not_gradable: dict[str, str] = {}
        self._graders = graders
        self.folders = folders
        self._ahead = ahead
        self._waiting = deque(folders)
        self._started: dict[str, Future[Graded]] = {}
        self._notes: dict[str, str] = {}

    @property
    def assignment(self) -> Assignment:
        """The assignment that is graded."""
        return self._graders.assignment

    def graded(self, student: str) -> Graded:
        """Return a student's grade and executed notebook, waiting for them where need be."""
        if student not in self._started:
            self._start(student)
        while self._waiting and len(self._started) <= self._ahead:
            self._start(self._waiting.popleft())
        graded = self._started.pop(student).result()
        if student in self._notes:
            graded = graded.noting(self._notes[student])
        if graded.grade.outcome == "not gradable":
            self.not_gradable[student] = str(graded.grade.reason)
        return graded

    def _start(self, student: str) -> None:
        if student in self._waiting:
            self._waiting.remove(student)
        try:
            found = inbox.find(self.folders[student], self.assignment.notebook, self.assignment.name)
        except NotebookError as error:
            self._started[student] = Future()
            self._started[student].set_result(self._without_notebook(student, str(error)))
            return
        if found.note:
            self._notes[student] = found.note
        self._started[student] = self._graders.submit_file(found.path, student)

    def _without_notebook(self, student: str, reason: str) -> Graded:
        digest = hashlib.sha256(b"").hexdigest()
        return not_gradable(self._graders.course, self.assignment, digest, student, reason)
