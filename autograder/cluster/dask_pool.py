"""Graders that Dask workers keep, seen from whoever has the course, its secret and the submissions."""

from __future__ import annotations

import contextlib
import itertools
import secrets
import threading
from typing import Any

import msgspec
from distributed import KilledWorker

from autograder.cluster import bundle, remote
from autograder.cluster.bench import Order
from autograder.cluster.connection import Connection
from autograder.cluster.packed import packed, unpacked
from autograder.cluster.turns import Turns
from autograder.course import Course
from autograder.digests import framework_label, suite_digest
from autograder.errors import AutograderError
from autograder.pipe import Reply, Request, raise_error
from autograder.standing import PROTECTION

AHEAD = 2
"""Requests under way for each thread of a worker: the one that is answered, and the next."""
LEAST, MOST = 64, 1024
"""Requests under way at least, as workers may join later, and at most, as each is held in memory."""
KILLERS = "workers ended one after the other while they graded this notebook; please tell your instructor"


class DaskPool:
    """The workers of one Dask scheduler, as many as there are at each moment.

    Each request is a task of its own, which Dask gives to another worker where one dies over it.
    """

    def __init__(self, address: str, course: Course, assignment: str, *, unsafe: bool) -> None:
        found = course.assignment(assignment)
        self._order = Order(bundle.pack(found), assignment, suite_digest(found), unsafe)
        self._run = secrets.token_hex(8)
        self._numbers = itertools.count()
        self._turns = Turns()
        self._weakest: str | None = None
        self._lock = threading.Lock()
        self._delivered = False
        self._connection = Connection(address)
        self.width = min(MOST, max(LEAST, AHEAD * sum(self._connection.workers().values())))

    def prepare(self, seconds: float) -> Reply:
        """Return the weakest sandbox mode of the workers, once every one of them is found to be in order.

        Raises AutograderError, or what is wrong there, with the address of the worker. Asked once more, it looks at all
        workers again, in the midst of their work, and holds them to the mode that it has returned before.
        """
        self._connection.require_workers()
        for address, label in self._connection.everywhere(remote.about).items():
            if isinstance(label, Exception):
                raise AutograderError(_not_importable(address, label))
            _require_same_framework(address, label)
        self._deliver()
        replies = self._connection.everywhere(remote.prepare, run=self._run, seconds=seconds)
        modes = {address: _mode(address, reply) for address, reply in replies.items()}
        with self._lock:
            if self._weakest is None:
                self._weakest = min(modes.values(), key=PROTECTION.index)
        for address, mode in modes.items():
            self._require_protected(address, mode)
        return Reply(sandbox=self._weakest)

    def ask(self, request: Request, seconds: float) -> Reply | None:
        """Return a worker's answer, None where its grader died or gave none in time.

        Where workers die over it, they may have died of another request: it is asked once more, and no other one
        beside it. Raises AutograderError where scheduler or workers are gone, or a worker is not like the others.
        """
        with self._turns.together(), contextlib.suppress(KilledWorker):
            return self._answer(request, seconds)
        with self._turns.alone(), contextlib.suppress(KilledWorker):
            return self._answer(request, seconds)
        return Reply(error="Fault", text=KILLERS)

    def close(self) -> None:
        """Take back all requests, stop the graders on the workers, and remove the course there."""
        self._connection.close(f"autograder-{self._run}")

    def _answer(self, request: Request, seconds: float) -> Reply | None:
        key = (f"autograder-{self._run}", next(self._numbers))
        arguments = (self._run, framework_label(), packed(request), seconds)
        address, label, data = self._connection.result(remote.answer, *arguments, key=key)
        _require_same_framework(address, label)
        if not data:
            return None
        reply = unpacked(data, Reply)
        raise_error(reply, f"worker {address}")
        if reply.error != "Fault":
            self._require_protected(address, reply.sandbox)
        return reply

    def _deliver(self) -> None:
        """Bring the order to all workers, once: Dask would take an earlier one away first, with all that it grades."""
        with self._lock:
            if not self._delivered:
                self._connection.deliver(remote.Delivery(self._run, msgspec.msgpack.encode(self._order)))
                self._delivered = True

    def _require_protected(self, address: str, mode: str) -> None:
        """Raise AutograderError where a worker that has joined later protects less than was said in the beginning.

        It is no SandboxError, which may be one submission's affair: nobody may be graded as long as it is there.
        """
        weakest = self._weakest or PROTECTION[0]
        if PROTECTION.index(mode) < PROTECTION.index(weakest) and not self._order.unsafe:
            msg = (
                f"worker {address} has joined with the protection {mode!r}, less than the others' {weakest!r}; "
                "stop it, or mend what `autograder doctor` says there, and give the same command again"
            )
            raise AutograderError(msg)


def _mode(address: str, found: Any) -> str:
    if isinstance(found, Exception):
        raise AutograderError(f"worker {address} could not be prepared ({found!r}); its log says more")
    reply = unpacked(found, Reply)
    if reply.error == "Fault":
        raise AutograderError(f"worker {address} could not be prepared; its log says why")
    raise_error(reply, f"worker {address}")
    return reply.sandbox


def _require_same_framework(address: str, label: str) -> None:
    if label != framework_label():
        msg = (
            f"worker {address} has autograder {label}, and here is {framework_label()}: their grades may differ. "
            "Install the same versions of autograder, Python and numpy on both, and start the worker again"
        )
        raise AutograderError(msg)


def _not_importable(address: str, error: Exception) -> str:
    return (
        f"worker {address} cannot import autograder ({error}); install 'nn-autograder[instructor,dask]' there, in the "
        "Python that runs `dask worker`"
    )
