"""One run's course on a worker: its files in a private folder, and graders that judge by them."""

from __future__ import annotations

import shutil
import tempfile
import threading
from pathlib import Path

import msgspec

from autograder import mnist_files
from autograder.cluster import bundle
from autograder.course import Assignment, Course
from autograder.digests import suite_digest
from autograder.errors import AutograderError
from autograder.local_pool import LocalPool
from autograder.pipe import Reply, Request


class Order(msgspec.Struct, frozen=True):
    """What a worker grades by: a bundle, the suite's digest where it comes from, and how carefully and patiently."""

    bundle: bundle.Bundle
    assignment: str
    suite: str
    unsafe: bool


class Bench:
    """The graders for one order, `jobs` at a time; nothing is unpacked or started before it is needed."""

    def __init__(self, order: Order, scratch: Path, *, jobs: int) -> None:
        self._order = order
        self._scratch = scratch
        self._jobs = jobs
        self._lock = threading.Lock()
        self._folder: Path | None = None
        self._pool: LocalPool | None = None
        self._mode: str | None = None
        self._busy = 0
        self._closed = False

    def prepare(self, seconds: float) -> Reply:
        """Return the sandbox mode, or an error, after a look at sandbox, course and suite as they are here."""
        with self._lock:
            return self._prepared(seconds)

    def grade(self, request: Request, seconds: float) -> Reply | None:
        """Return a grader's answer with the sandbox mode, None where the grader died or gave none in time."""
        with self._lock:
            if self._mode is None:  # a worker that has joined later: nobody has looked at it yet
                reply: Reply | None = self._prepared(seconds)
                if reply is not None and reply.error:
                    return reply
            pool, mode = self._opened(), str(self._mode)
            self._busy += 1
        try:
            reply = pool.ask(request, seconds)
        finally:
            with self._lock:
                self._busy -= 1
        return None if reply is None else msgspec.structs.replace(reply, sandbox=mode)

    def rest(self) -> None:
        """Stop graders that nobody waits for, and remove the course; both come back when they are needed."""
        with self._lock:
            if not self._busy:
                self._clear()

    def close(self) -> None:
        """Stop all graders, also those that are at work, and remove the course, for good."""
        self._closed = True
        pool = self._pool
        if pool is not None:
            pool.close()  # whoever waits for its graders with the lock in hand lets go of it
        with self._lock:
            self._clear()

    def _clear(self) -> None:
        if self._pool is not None:
            self._pool.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._folder = self._pool = self._mode = None

    def _prepared(self, seconds: float) -> Reply:
        reply = self._opened().prepare(seconds)
        if reply is None or reply.error == "Fault":
            return Reply(error="SandboxError", text="the grader stopped while it was prepared; the log there says why")
        if not reply.error:
            self._mode = reply.sandbox
        return reply

    def _opened(self) -> LocalPool:
        """Return graders, not yet started, for the course, which lies where nobody else can read it."""
        if self._pool is None and not self._closed:
            if self._folder is None:
                self._folder = Path(tempfile.mkdtemp(prefix="autograder-", dir=self._scratch))
            root = bundle.unpack(self._order.bundle, self._folder)
            self._require_same(Course.load(root).assignment(self._order.assignment))
            self._pool = LocalPool(root, self._order.assignment, jobs=self._jobs, unsafe=self._order.unsafe)
        if self._pool is None or self._closed:  # perhaps meanwhile
            msg = "grading was stopped"
            raise AutograderError(msg)
        return self._pool

    def _require_same(self, assignment: Assignment) -> None:
        """Raise AutograderError where an assignment judges otherwise here than where it comes from."""
        if assignment.data is not None:
            mnist_files.locate()  # fetched once, before every grader does
        if suite_digest(assignment) == self._order.suite:
            return
        msg = "the suite's digest is another one here than where the course comes from"
        if assignment.data is not None:
            msg = f"the digits here are other files; set {mnist_files.FOLDER} here to a copy of them, or nowhere"
        raise AutograderError(msg)
