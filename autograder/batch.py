"""Many submissions: a pool of trusted grader processes."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import queue
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import nbformat

from autograder import errors, notebook, record
from autograder.course import Course
from autograder.datasets import locate
from autograder.errors import AutograderError, NotebookError, SandboxError
from autograder.grade import Graded, not_gradable
from autograder.handed_in import opened
from autograder.pipe import Reply, Request, receive, send
from autograder.threads import ONE_THREAD

MARGIN = 60.0
"""Seconds that a grader may take beyond the submission's own limit before it is given up."""
POLITE = 0.5
"""Seconds that all graders together have to end by themselves, once nobody asks them any more."""
TRIES = 2
"""How often a submission is given to a fresh grader after one has died over it."""


Result = TypeVar("Result")


class Graders:
    """A pool of grader processes for one assignment; a context manager, usable from several threads."""

    def __init__(self, course: Course, assignment: str, *, jobs: int = 1, unsafe: bool = False) -> None:
        self.course = course
        self.assignment = course.assignment(assignment)
        self._threads = ThreadPoolExecutor(jobs, thread_name_prefix="grader")
        self._all = [_Process(course.root, assignment, unsafe=unsafe) for _ in range(jobs)]
        self._idle: queue.SimpleQueue[_Process] = queue.SimpleQueue()
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
        return reply.sandbox

    def grade(self, data: bytes, student: str) -> Graded:
        """Return the grade of the notebook in `data`; where graders die over it, one that says so."""
        for _ in range(TRIES):
            with self._process() as process:
                reply = process.ask(Request("grade", data, student), self._patience)
            if reply is not None and reply.error == "Fault":
                break
            if reply is not None:
                _raise_error(reply)
                return Graded(record.from_json(reply.grade), nbformat.from_dict(json.loads(reply.notebook)))
        reason = "the grader stopped while it graded this notebook; please tell your instructor"
        digest = hashlib.sha256(data).hexdigest()
        return not_gradable(self.course, self.assignment, digest, student, reason)

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
    def _process(self) -> Iterator[_Process]:
        process = self._idle.get()
        try:
            yield process
        finally:
            self._idle.put(process)


class _Process:
    """One grader process, started when it is first asked and again after it has died."""

    def __init__(self, root: Path, assignment: str, *, unsafe: bool) -> None:
        self._arguments = (str(root), assignment)
        self._unsafe = unsafe
        self._lock = threading.Lock()
        self._running: tuple[subprocess.Popen[bytes], socket.socket] | None = None
        self._over = False

    def ask(self, request: Request, seconds: float) -> Reply | None:
        """Return the answer, or None where the process could not be started, died or gave none in time."""
        deadline = time.monotonic() + seconds
        try:
            connection = self.start()
            send(connection, request, seconds=seconds)
            reply = receive(connection, Reply, seconds=deadline - time.monotonic())
        except (OSError, TimeoutError):
            reply = None
        if reply is None:
            self.stop()
        return reply

    def start(self) -> socket.socket:
        """Start the process where it does not run, and return the connection to it."""
        with self._lock:
            if self._over:
                msg = "grading was stopped"
                raise AutograderError(msg)
            if self._running is None:
                self._running = self._started()
            return self._running[1]

    def hang_up(self) -> None:
        """Let the process end when it has answered, and whoever waits for the answer get none."""
        with self._lock:
            self._over = True
            if self._running is not None:
                with contextlib.suppress(OSError):  # it is gone already
                    self._running[1].shutdown(socket.SHUT_RDWR)

    def stop(self, deadline: float = 0.0) -> None:
        """End the process, which has until `deadline` (of the monotonic clock) to do so by itself."""
        with self._lock:
            if self._running is None:
                return
            process, connection = self._running
            self._running = None
        connection.close()
        try:
            process.wait(timeout=max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _started(self) -> tuple[subprocess.Popen[bytes], socket.socket]:
        ours, theirs = socket.socketpair()
        flag = "unsafe" if self._unsafe else "safe"
        command = [sys.executable, "-m", "autograder.grader", *self._arguments, str(theirs.fileno()), flag]
        with theirs:
            process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                command,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env={**os.environ, **ONE_THREAD},
                start_new_session=True,  # Ctrl-C is for whoever runs the pool
            )
        return process, ours


def _raise_error(reply: Reply) -> None:
    if reply.error:
        kind: type[AutograderError] = getattr(errors, reply.error)
        raise kind(reply.text)
