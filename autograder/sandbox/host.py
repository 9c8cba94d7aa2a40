"""One zygote, seen from the grader: forks workers, reaps them, starts again when it has died."""

from __future__ import annotations

import contextlib
import math
import os
import socket
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.errors import CallFailed, SandboxError, WireError
from autograder.limits import Limits
from autograder.sandbox import control
from autograder.sandbox.channel import Channel
from autograder.sandbox.launch import Started, launch, ways
from autograder.sandbox.nearby import Nearby

_ANSWER_SECONDS = 10.0
_IMPORT_SECONDS = 60.0  # what is needed may have to be loaded first, from a slow disk
_SPARE_TASKS = 128
_EMPTY_NOTEBOOK_BYTES = 288 << 20  # address space of a worker that has run nothing


@dataclass(frozen=True)
class Held:
    """What a worker says of its lock-down before it runs anything: Landlock's version, why there is no filter."""

    landlock: int
    no_filter: str


class Host:
    """The zygote of a Sandbox. Thread-safe; `close` ends it and every worker."""

    def __init__(self, program: bytes) -> None:
        self._program = program
        self._lock = threading.Lock()
        self._channels: list[Channel] = []
        self._lost: set[int] = set()
        self._near = threading.local()
        self._ahead: list[str] = []
        self._started: Started | None = launch(program, ways())
        self.way = self._started.way
        self.user = self._started.user
        self.tries = self._started.tries
        self.few_files = self._started.few_files
        self._tasks = _tasks_of(self.user) + _SPARE_TASKS
        self.held = Held(0, "")
        try:
            channel, self.held = self._ready_worker(Limits(), 0, figures=False)
        except BaseException:
            self.close()
            raise
        channel.close()

    def run_ahead(self, sources: Sequence[str]) -> bool:
        """Run cells of the assignment's own once, for all workers that begin with them; False where it cannot be done.

        A zygote that takes the place of this one runs nothing ahead.
        """
        with self._lock:
            self._ahead = []
            with contextlib.suppress(OSError, ValueError):
                answer, _ = control.ask(self._running().control, {"ahead": [*sources]}, seconds=_IMPORT_SECONDS)
                self._ahead = [*sources] if answer.get("ahead") is True else []
            return bool(self._ahead)

    def worker(self, limits: Limits, seed: int, *, cells: Sequence[str] = (), figures: bool = False) -> Channel:
        """Return a new worker, locked down as the first one was; raises SandboxError where there is none.

        `cells` are what it is going to run; `ran` of the channel tells how many of them it has run by then. With
        `figures` it has loaded what draws them; without, it does so when something is drawn.
        """
        channel, held = self._ready_worker(limits, seed, cells=cells, figures=figures)
        if held != self.held:
            channel.close()
            raise SandboxError(
                "a process of the sandbox is less protected than the first one was: nothing is run in it"
            )
        return channel

    def _ready_worker(
        self, limits: Limits, seed: int, *, cells: Sequence[str] = (), figures: bool
    ) -> tuple[Channel, Held]:
        used = self._started
        try:
            return self._greeted(limits, seed, cells, figures=figures)
        except (OSError, ValueError):
            self._restart(used)
        try:
            return self._greeted(limits, seed, cells, figures=figures)
        except (OSError, ValueError) as error:
            raise SandboxError(f"the sandbox could not start a process: {error}") from None

    def _greeted(self, limits: Limits, seed: int, cells: Sequence[str], *, figures: bool) -> tuple[Channel, Held]:
        with self._lock:
            channel = self._fork(limits, cells, figures=figures)
        try:
            reply = channel.request(
                ("hello", (seed,)),
                name="hello",
                seconds=_ANSWER_SECONDS,
                late="it did not start in time",
                refer=_refuse,
                resolve=_refuse,
            )
        except CallFailed as failure:
            raise OSError(f"{failure.reason} {channel.words.decode('utf-8', 'replace')}".strip()) from None
        held = reply.get("value", {})
        return channel, Held(int(held.get("landlock", 0)), str(held.get("no_filter", "no answer")))

    @property
    def nearby(self) -> Nearby:
        """What the thread that asks shares with its workers."""
        if not hasattr(self._near, "nearby"):
            self._near.nearby = Nearby()
        found: Nearby = self._near.nearby
        return found

    @property
    def losses(self) -> int:
        """How many zygotes have ended, or stopped answering, without being asked to: their workers ended with them."""
        with self._lock:
            if self._started is not None and self._started.process.poll() is not None:
                self._lost.add(self._started.process.pid)
            return len(self._lost)

    def close(self) -> None:
        """End the zygote, and with it every worker."""
        for channel in self._channels:
            channel.close()
        with self._lock:
            if self._started is not None:
                self._started.end()
                self._started = None

    def _restart(self, used: Started | None) -> None:
        """Put a new zygote in the place of this one, unless another thread was faster."""
        with self._lock:
            if self._started is None:
                raise SandboxError("the sandbox is closed")
            if self._started is not used:
                return
            self._lost.add(self._started.process.pid)
            self._started.end()
            self._ahead = []
            self._started = launch(self._program, [self.way])

    def _running(self) -> Started:
        if self._started is None:
            raise SandboxError("the sandbox is closed")
        return self._started

    def _fork(self, limits: Limits, cells: Sequence[str], *, figures: bool) -> Channel:
        started = self._running()
        ran = len(self._ahead) if [*cells[: len(self._ahead)]] == self._ahead else 0
        connection, theirs = socket.socketpair()
        output, their_output = os.pipe()
        try:
            answer, descriptors = control.ask(
                started.control,
                {"limits": _kernel_limits(limits, self._tasks), "figures": figures, "after": ran > 0},
                seconds=_IMPORT_SECONDS if figures else _ANSWER_SECONDS,
                descriptors=[theirs.fileno(), their_output],
            )
            pid = _whole_number(answer.get("pid"))
            (handle,) = descriptors
        except BaseException:
            connection.close()
            os.close(output)
            raise
        finally:
            theirs.close()
            os.close(their_output)
        channel = Channel(connection, output, handle, lambda: self._reap(started, pid), ran=ran)
        self._channels = [*filter(lambda each: each.alive, self._channels), channel]
        return channel

    def _reap(self, started: Started, pid: int) -> int | None:
        """Return the wait status of a worker that has ended, None where the zygote cannot tell any more."""
        with self._lock:
            try:
                answer, _ = control.ask(started.control, {"reap": pid}, seconds=_ANSWER_SECONDS)
                return _whole_number(answer.get("status"))
            except (OSError, ValueError):
                self._lost.add(started.process.pid)
                return None


def _whole_number(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError("the zygote gave no answer")
    return value


def _kernel_limits(limits: Limits, tasks: int) -> dict[str, int]:
    return {
        "cpu_seconds": math.ceil(limits.submission_seconds),
        "memory_bytes": _EMPTY_NOTEBOOK_BYTES + (limits.memory_mb << 20),
        "tasks": tasks,
    }


def _tasks_of(user: int) -> int:
    """How many threads this user has on the machine: the kernel counts them all against a worker's limit."""
    total = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        with contextlib.suppress(OSError, StopIteration, ValueError):
            lines = status.read_text().splitlines()
            fields = dict(line.split(":", 1) for line in lines if line.startswith(("Uid:", "Threads:")))
            if int(fields["Uid"].split()[0]) == user:
                total += int(fields["Threads"])
    return total


def _refuse(*what: Any) -> Any:
    raise WireError(f"no place for {what!r} in a greeting")
