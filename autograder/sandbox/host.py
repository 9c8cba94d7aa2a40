"""One zygote, seen from the grader: forks workers, reaps them, starts again when it has died."""

from __future__ import annotations

import contextlib
import json
import math
import os
import socket
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.errors import CallFailed, SandboxError, WireError
from autograder.limits import Limits
from autograder.sandbox.channel import Channel
from autograder.sandbox.launch import Started, launch, ways
from autograder.sandbox.nearby import Nearby

_ANSWER_SECONDS = 10.0
_FIGURES_SECONDS = 60.0  # what draws may have to be loaded first, from a slow disk
_MESSAGE = 1 << 16
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

    def worker(self, limits: Limits, seed: int, *, figures: bool = False) -> Channel:
        """Return a new worker, locked down as the first one was; raises SandboxError where there is none.

        With `figures` it has loaded what draws them; without, it does so when something is drawn.
        """
        channel, held = self._ready_worker(limits, seed, figures=figures)
        if held != self.held:
            channel.close()
            raise SandboxError(
                "a process of the sandbox is less protected than the first one was: nothing is run in it"
            )
        return channel

    def _ready_worker(self, limits: Limits, seed: int, *, figures: bool) -> tuple[Channel, Held]:
        used = self._started
        try:
            return self._greeted(limits, seed, figures=figures)
        except (OSError, ValueError):
            self._restart(used)
        try:
            return self._greeted(limits, seed, figures=figures)
        except (OSError, ValueError) as error:
            raise SandboxError(f"the sandbox could not start a process: {error}") from None

    def _greeted(self, limits: Limits, seed: int, *, figures: bool) -> tuple[Channel, Held]:
        with self._lock:
            channel = self._fork(limits, figures=figures)
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
            self._started = launch(self._program, [self.way])

    def _fork(self, limits: Limits, *, figures: bool) -> Channel:
        if self._started is None:
            raise SandboxError("the sandbox is closed")
        started, control = self._started, self._started.control
        control.settimeout(_FIGURES_SECONDS if figures else _ANSWER_SECONDS)
        connection, theirs = socket.socketpair()
        output, their_output = os.pipe()
        try:
            request = json.dumps({"limits": _kernel_limits(limits, self._tasks), "figures": figures}).encode()
            socket.send_fds(control, [request], [theirs.fileno(), their_output])
            data, descriptors, *_ = socket.recv_fds(control, _MESSAGE, 1)
            pid = _whole_number(json.loads(data or b"{}").get("pid"))
            (handle,) = descriptors
        except BaseException:
            connection.close()
            os.close(output)
            raise
        finally:
            theirs.close()
            os.close(their_output)
        channel = Channel(connection, output, handle, lambda: self._reap(started, pid))
        self._channels = [*filter(lambda each: each.alive, self._channels), channel]
        return channel

    def _reap(self, started: Started, pid: int) -> int | None:
        """Return the wait status of a worker that has ended, None where the zygote cannot tell any more."""
        with self._lock:
            try:
                started.control.settimeout(_ANSWER_SECONDS)
                started.control.send(json.dumps({"reap": pid}).encode())
                return _whole_number(json.loads(started.control.recv(_MESSAGE) or b"{}").get("status"))
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
