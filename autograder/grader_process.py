"""One trusted grader process, seen from whoever runs the pool."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from autograder.errors import AutograderError
from autograder.pipe import Reply, Request, receive, send
from autograder.threads import ONE_THREAD


class GraderProcess:
    """One grader process, started when it is first asked and again after it has died.

    Its submissions run on `processor` as long as nobody else wants that; None leaves it to the system.
    """

    def __init__(self, root: Path, assignment: str, *, unsafe: bool, processor: int | None = None) -> None:
        self._arguments = (str(root), assignment)
        self._unsafe = unsafe
        self._processor = "any" if processor is None else str(processor)
        self._lock = threading.Lock()
        self._asking = threading.Lock()
        self._running: tuple[subprocess.Popen[bytes], socket.socket] | None = None
        self._over = False

    def ask(self, request: Request, seconds: float) -> Reply | None:
        """Return the answer, or None where the process could not be started, died or gave none in time."""
        deadline = time.monotonic() + seconds
        with self._asking:
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
                _end_waiting(self._running[1])

    def stop(self, deadline: float = 0.0) -> None:
        """End the process, which has until `deadline` (of the monotonic clock) to do so by itself."""
        with self._lock:
            if self._running is None:
                return
            process, connection = self._running
            self._running = None
        _end_waiting(connection)
        try:
            _wait(process, deadline)
        finally:
            process.kill()  # nothing to one that has ended
            process.wait()
            with self._asking:  # whoever still waits for it would wait for the next file of the same number
                connection.close()

    def _started(self) -> tuple[subprocess.Popen[bytes], socket.socket]:
        ours, theirs = socket.socketpair()
        flag = "unsafe" if self._unsafe else "safe"
        arguments = [*self._arguments, str(theirs.fileno()), flag, self._processor]
        # Nothing is imported from the folder in which the command was started: there may be files that were handed in.
        command = [sys.executable, "-P", "-m", "autograder.grader", *arguments]
        with theirs:
            process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                command,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env={**os.environ, **ONE_THREAD, "PYTHONPATH": _absolute(os.environ.get("PYTHONPATH", ""))},
                start_new_session=True,  # Ctrl-C is for whoever runs the pool
            )
        return process, ours


def _absolute(path: str) -> str:
    """Return the entries of PYTHONPATH that are absolute; an empty one, too, would be the current folder."""
    return os.pathsep.join(entry for entry in path.split(os.pathsep) if Path(entry).is_absolute())


def _end_waiting(connection: socket.socket) -> None:
    """Let both sides of a connection find that it is over."""
    with contextlib.suppress(OSError):  # the other side is gone already
        connection.shutdown(socket.SHUT_RDWR)


def _wait(process: subprocess.Popen[bytes], deadline: float) -> None:
    """Wait until a process has ended, or the deadline; `Popen.wait` with a timeout would look for it now and then."""
    seconds = deadline - time.monotonic()
    if seconds <= 0 or process.poll() is not None:
        return
    handle = os.pidfd_open(process.pid)
    try:
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        poll.poll(seconds * 1000)
    finally:
        os.close(handle)
