"""Many submissions: what is remembered of them, what is asked of a pool of graders, and what its answers mean."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from autograder import notebook, record
from autograder.cache import Cache
from autograder.course import Course
from autograder.errors import NotebookError, SandboxError
from autograder.graded import Graded, not_gradable
from autograder.handed_in import beginning, opened
from autograder.local_pool import LocalPool
from autograder.mnist_files import locate
from autograder.pipe import Request, raise_error
from autograder.pool import TRIES, Pool
from autograder.secret import course_secret, submission_seeds
from autograder.standing import PROTECTION, is_as_protected, stands

MARGIN = 60.0
"""Seconds that a grader may take beyond the submission's own limit before it is given up."""
STOPPED = "the grader stopped while it graded this notebook; please tell your instructor"


Result = TypeVar("Result")


class Graders:
    """The grading of one assignment by a pool of graders; a context manager, usable from several threads.

    The pool is one of `jobs` processes on this machine, or `pool`, which this closes in the end. What the course's
    cache remembers is not graded again, unless `again`.
    """

    def __init__(
        self,
        course: Course,
        assignment: str,
        *,
        jobs: int = 1,
        unsafe: bool = False,
        again: bool = False,
        pool: Pool | None = None,
    ) -> None:
        self.course = course
        self.assignment = course.assignment(assignment)
        self._cache = Cache(course, self.assignment)
        self._again = again
        self._mode = PROTECTION[-1]
        self._pool = pool or LocalPool(course.root, assignment, jobs=jobs, unsafe=unsafe)
        self.width = self._pool.width
        self._threads = ThreadPoolExecutor(self.width, thread_name_prefix="grader")

    def __enter__(self) -> Graders:
        """Return the pool; its processes start with the first request."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop all graders; requests that have not begun are dropped."""
        self.close()

    def close(self) -> None:
        """Stop all graders, also those that are at work; what they were asked raises AutograderError."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._pool.close()
        self._threads.shutdown()

    def prepare(self) -> str:
        """Return the sandbox mode, once course, sandbox and suite are found to be in order.

        Raises CourseError, SandboxError, SuiteError or, for broken data, another AutograderError, with what is wrong;
        then nothing may be graded.
        """
        if self.assignment.data is not None:
            locate()  # fetched once, before every process does
        reply = self._pool.prepare(self._patience)
        if reply is None or reply.error == "Fault":
            msg = "the grader stopped while it was prepared; what it printed above says why"
            raise SandboxError(msg)
        raise_error(reply)
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
        if isinstance(graded, str):
            return not_gradable(self.course, self.assignment, digest, student, graded)
        if graded.grade.outcome == "graded":
            self._cache.keep(graded)
        return graded

    def _remembered(self, digest: str) -> Graded | None:
        earlier = self._cache.find(digest)
        return earlier if earlier is not None and is_as_protected(earlier.grade, self._mode) else None

    def _asked(self, request: Request) -> Graded | str:
        """Return what a grader answers; where graders die over it or have a fault of theirs, the reason for a 0."""
        for _ in range(TRIES):
            reply = self._pool.ask(request, self._patience)
            if reply is not None and reply.error == "Fault":
                return reply.text or STOPPED
            if reply is not None:
                raise_error(reply)
                return Graded(record.from_json(reply.grade), reply.notebook)
        return STOPPED

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
            data = beginning(file, notebook.MAX_BYTES + 1)
            size = len(data)
            if size > notebook.MAX_BYTES:
                file.seek(0)
                digest = hashlib.file_digest(file, "sha256").hexdigest()
                size = file.tell()
        if size <= notebook.MAX_BYTES:
            return self.grade(data, student)
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
