"""Grader processes on this machine."""

from __future__ import annotations

import queue
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from autograder import processors
from autograder.grader_process import GraderProcess
from autograder.pipe import Reply, Request
from autograder.pool import TRIES

POLITE = 0.5
"""Seconds that all graders together have to end by themselves, once nobody asks them any more."""


class LocalPool:
    """`jobs` grader processes for one assignment of the course in `root`; each starts when it is first asked."""

    def __init__(self, root: Path, assignment: str, *, jobs: int, unsafe: bool) -> None:
        self._new = partial(GraderProcess, root, assignment, unsafe=unsafe)
        self._processors = processors.in_order()
        self.processes: list[GraderProcess] = []
        self._idle: queue.SimpleQueue[GraderProcess] = queue.SimpleQueue()
        for _ in range(jobs):
            self._add()

    @property
    def width(self) -> int:
        """How many processes there are."""
        return len(self.processes)

    def grow(self) -> None:
        """Add one more process, which starts at once."""
        self._add().start()

    def prepare(self, seconds: float) -> Reply | None:
        """Return what the first free grader says of sandbox and suite; all of them warm up meanwhile."""
        for process in self.processes:
            process.start()
        for _ in range(TRIES):
            reply = self.ask(Request("prepare"), seconds)
            if reply is not None:
                return reply
        return None

    def ask(self, request: Request, seconds: float) -> Reply | None:
        """Return the answer of a grader that is free, None where it died or gave none within `seconds`."""
        with self._process() as process:
            return process.ask(request, seconds)

    def dismiss(self) -> None:
        """Let each grader end once it has answered: nobody is going to ask any more."""
        for process in self.processes:
            process.hang_up()

    def close(self) -> None:
        """Stop all graders, also those that are at work; what they were asked raises AutograderError."""
        self.dismiss()
        deadline = time.monotonic() + POLITE
        for process in self.processes:
            process.stop(deadline)

    def _add(self) -> GraderProcess:
        count = len(self.processes)
        process = self._new(processor=self._processors[count] if count < len(self._processors) else None)
        self.processes.append(process)
        self._idle.put(process)
        return process

    @contextmanager
    def _process(self) -> Iterator[GraderProcess]:
        process = self._idle.get()
        try:
            yield process
        finally:
            self._idle.put(process)
