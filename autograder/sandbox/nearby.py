"""A submission and whoever calls it on one processor: they take turns, and to wake a process up elsewhere takes longer.

Where others want the same processor, both go their own ways for a submission: the system then finds free ones.
"""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path
from typing import ClassVar

from autograder.sandbox.channel import Channel

_OWN_SHARE = 0.75
"""Of the time that went by, what both together worked: with less, somebody else was working there, too."""
_PROCESSOR_FIELD = 36  # in /proc/PID/stat, after the name: the processor that a thread runs on


class Nearby:
    """What this thread and the workers that it calls, one after the other, share. One for each thread that calls.

    `home` is the processor of its own that this process was given, so that two graders never take the same one. Where
    others want it again and again it is given up.
    """

    home: ClassVar[int | None] = None

    def __init__(self) -> None:
        self._home = self.home
        self._allowed: set[int] | None = None
        self._crowded = self._was_crowded = False
        self._clock = self._used = 0.0

    def join(self, worker: Channel) -> None:
        """Keep this thread and a new worker at home, or without one on the processor that this thread runs on now."""
        if self._crowded:
            self._crowded = False
            return
        allowed = self._allowed or os.sched_getaffinity(0)
        with contextlib.suppress(OSError, ValueError, IndexError):
            here = {self._home if self._home in allowed else _processor()}
            if len(allowed) > 1 and worker.keep_on(here):
                os.sched_setaffinity(0, here)
                self._allowed = allowed
                self._clock, self._used = time.monotonic(), time.thread_time()

    def part(self, worker: Channel) -> None:
        """Let this thread run anywhere again, and see whether both had the processor to themselves."""
        if self._allowed is None:
            return
        used = time.thread_time() - self._used + worker.cpu_seconds()
        self._crowded = used < _OWN_SHARE * (time.monotonic() - self._clock)
        if self._crowded and self._was_crowded:
            self._home = None
        self._was_crowded = self._crowded
        with contextlib.suppress(OSError):
            os.sched_setaffinity(0, self._allowed)
        self._allowed = None


def _processor() -> int:
    fields = Path("/proc/thread-self/stat").read_text().rpartition(")")[2].split()
    return int(fields[_PROCESSOR_FIELD])
