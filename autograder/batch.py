"""Many submissions: a pool of trusted grader processes."""

from __future__ import annotations

import hashlib
import queue
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from autograder import errors, notebook, record
from autograder.cache import Cache
from autograder.course import Course
from autograder.datasets import locate
from autograder.errors import AutograderError, NotebookError, SandboxError
from autograder.graded import Graded, not_gradable
from autograder.grader_process import GraderProcess
from autograder.handed_in import opened
from autograder.pipe import Reply, Request
from autograder.secret import course_secret, submission_seeds
from autograder.standing import PROTECTION, is_as_protected, stands

MARGIN = 60.0
"""Seconds that a grader may take beyond the submission's own limit before it is given up."""
POLITE = 0.5
"""Seconds that all graders together have to end by themselves, once nobody asks them any more."""
TRIES = 2
"""How often a submission is given to a fresh grader after one has died over it."""


Result = TypeVar("Result")


class Graders:
    """A pool of grader processes for one assignment; a context manager, usable from several threads.

    What the course's cache remembers is not graded again, unless `again`.
    """

    def __init__(
        self, course: Course, assignment: str, *, jobs: int = 1, unsafe: bool = False, again: bool = False
    ) -> None:
        self.course = course
        self.assignment = course.assignment(assignment)
        self._cache = Cache(course, self.assignment)
        self._again = again
        self._mode = PROTECTION[-1]
        self._threads = ThreadPoolExecutor(jobs, thread_name_prefix="grader")
        self._all = [GraderProcess(course.root, assignment, unsafe=unsafe) for _ in range(jobs)]
        self._idle: queue.SimpleQueue[GraderProcess] = queue.SimpleQueue()
        for process in self._all:
            self._idle.put(process)

    def __enter__(self) -> Graders:
        """Return the pool; its processes start with the first request."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop all graders; requests that have not begun are dropped."""
        self.close()

    def close(self) -> None:
        """Stop all graders, also those that are at work; what they were asked raises AutograderError."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for process in self._all:
            process.hang_up()
        deadline = time.monotonic() + POLITE
        for process in self._all:
            process.stop(deadline)
        self._threads.shutdown()

    def prepare(self) -> str:
        """Return the sandbox mode, once course, sandbox and suite are found to be in order.

        Raises CourseError, SandboxError, SuiteError or, for broken data, another AutograderError, with what is wrong;
        then nothing may be graded.
        """
        if self.assignment.data is not None:
            locate()  # fetched once, before every process does
        for process in self._all:
            process.start()  # all of them warm up while the first one checks
        for _ in range(TRIES):
            with self._process() as process:
                reply = process.ask(Request("prepare"), self._patience)
            if reply is not None:
                break
        if reply is None or reply.error == "Fault":
            msg = "the grader stopped while it was prepared; what it printed above says why"
            raise SandboxError(msg)
        _raise_error(reply)
        self._mode = reply.sandbox
        return self._mode

    def grade(self, data: bytes, student: str) -> Graded:
        """Return the grade of the notebook in `data`; where graders die over it, one that says so."""
        digest = hashlib.sha256(data).hexdigest()
        earlier = None if self._again else self._remembered(digest)
        if earlier is not None and stands(self.course, self.assignment, earlier.grade, digest):
            return earlier.given_to(student)
        seeds = submission_seeds(course_secret(self.course.root), digest, self.assignment.name)
        known = record.to_json(earlier.grade) if earlier is not None else b""
        graded = self._asked(Request("grade", data, student, seeds, known))
        if graded is None:
            reason = "the grader stopped while it graded this notebook; please tell your instructor"
            return not_gradable(self.course, self.assignment, digest, student, reason)
        if graded.grade.outcome == "graded":
            self._cache.keep(graded)
        return graded

    def _remembered(self, digest: str) -> Graded | None:
        earlier = self._cache.find(digest)
        return earlier if earlier is not None and is_as_protected(earlier.grade, self._mode) else None

    def _asked(self, request: Request) -> Graded | None:
        """Return what a grader answers, None where graders die over it or have a fault of theirs."""
        for _ in range(TRIES):
            with self._process() as process:
                reply = process.ask(request, self._patience)
            if reply is not None and reply.error == "Fault":
                return None
            if reply is not None:
                _raise_error(reply)
                return Graded(record.from_json(reply.grade), reply.notebook)
        return None

    def grade_file(self, path: Path, student: str) -> Graded:
        """Return the grade of the notebook in the file at `path`; one that is too large is not read into memory.

        What is no ordinary file, such as a link, is not gradable.
        """
        try:
            return self._grade_file(path, student)
        except NotebookError as error:
            reason = str(error)
        except OSError as error:
            reason = f"the file could not be read ({error.strerror}); please tell your instructor"
        return not_gradable(self.course, self.assignment, hashlib.sha256(b"").hexdigest(), student, reason)

    def _grade_file(self, path: Path, student: str) -> Graded:
        with opened(path) as file:
            data = file.read(notebook.MAX_BYTES + 1)
            if len(data) <= notebook.MAX_BYTES:
                return self.grade(data, student)
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.tell()
        return not_gradable(self.course, self.assignment, digest, student, notebook.too_large(size))

    def submit_file(self, path: Path, student: str) -> Future[Graded]:
        """Return the future grade of the notebook in the file at `path`."""
        return self.submit(lambda: self.grade_file(path, student))

    def submit(self, work: Callable[[], Result]) -> Future[Result]:
        """Return what `work` is going to return: it is done in a thread of the pool, as soon as one is free."""
        return self._threads.submit(work)

    @property
    def _patience(self) -> float:
        return self.assignment.limits.submission_seconds + MARGIN

    @contextmanager
    def _process(self) -> Iterator[GraderProcess]:
        process = self._idle.get()
        try:
            yield process
        finally:
            self._idle.put(process)


def _raise_error(reply: Reply) -> None:
    if reply.error:
        kind: type[AutograderError] = getattr(errors, reply.error)
        raise kind(reply.text)
