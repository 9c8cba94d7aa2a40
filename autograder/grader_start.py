"""What a grader process does first: it locks itself down, and starts its sandbox while it imports all the rest."""

from __future__ import annotations

import os
import resource
import select
import socket
import threading
import time

from autograder.sandbox import Sandbox, harden_grader, syscalls
from autograder.sandbox.nearby import Nearby

GRACE = 0.2
"""Seconds that this process has to end in order once nobody waits for its answers any more."""
MEMORY = 4 << 30
"""Address space of a grader process in bytes: what a submission sends back must not eat the machine."""
_HEAD_START = 0.04
"""Seconds in which the sandbox's start has Python for itself: about as long as it computes before it only waits."""


class Opening:
    """A sandbox that starts in a thread of its own: its processes import numpy and IPython for a fifth of a second."""

    def __init__(self, *, unsafe: bool) -> None:
        self._unsafe = unsafe
        self._sandbox: Sandbox | None = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._open, daemon=True)
        self._thread.start()
        self._thread.join(_HEAD_START)

    def sandbox(self) -> Sandbox:
        """Return the sandbox once it has started; raises what its start has raised."""
        self._thread.join()
        if self._sandbox is None:
            raise self._error or AssertionError("a sandbox starts or raises")
        return self._sandbox

    def close(self) -> None:
        """End the sandbox, which need not have started."""
        self._thread.join()
        if self._sandbox is not None:
            self._sandbox.close()

    def _open(self) -> None:
        try:
            self._sandbox = Sandbox(unsafe=self._unsafe)
        except BaseException as error:  # whoever asks for the sandbox gets it
            self._error = error


def begin(descriptor: int, *, unsafe: bool, processor: int | None = None) -> tuple[socket.socket, Opening]:
    """Return the connection on the socket of this number, which this process ends with, and the sandbox.

    Submissions run on `processor` as long as nobody else wants that.
    """
    harden_grader()
    Nearby.home = processor
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    connection = socket.socket(fileno=descriptor)
    threading.Thread(target=_end_with, args=[connection.fileno()], daemon=True).start()
    syscalls.filter_program()  # kept for the sandbox: to import what it needs, it sets and resets everybody's warnings
    return connection, Opening(unsafe=unsafe)


def _end_with(connection: int) -> None:
    """End this process when the other side has hung up, whatever it is doing: its sandbox ends with it."""
    poll = select.poll()
    poll.register(connection, select.POLLRDHUP)
    poll.poll()
    time.sleep(GRACE)
    os._exit(1)
