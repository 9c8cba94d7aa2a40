"""A saved notebook that is checked in a process of its own, a new one where something took too long."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import IO

from autograder.learner.assignments import OwnAssignment
from autograder.learner.rows import Overview, Row
from autograder.learner.told import Told
from autograder.learner.watchdog import STUCK
from autograder.threads import ONE_THREAD

_PAUSE = 0.2
"""Seconds between two looks at whether the process is still there."""

_LAST_SECONDS = 1.0
"""What a process has to end by itself: a thread that the notebook left running may go on for good."""

Look = Callable[[], None]
"""What is to be done now and then while a notebook runs; what it raises ends the run."""


class NotebookRun:
    """Checks the asked questions of a notebook, all where none is named; a context manager that ends the process."""

    def __init__(self, own: OwnAssignment, questions: Sequence[str]) -> None:
        self._own = own
        self._questions = own.questions
        self.asked = [question for question in self._questions if not questions or question in questions]
        self._told = Told()
        self._problem: str | None = None  # "" where the last process ended well
        self._begin()

    def __enter__(self) -> NotebookRun:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._end()

    @property
    def place(self) -> str:
        """The cell, or the question, that is at work."""
        return self._told.place

    @property
    def problems(self) -> tuple[str, ...]:
        """What went wrong so far in cells, but for what is told with a question."""
        return self._told.problems

    def rows(self, look: Look = lambda: None) -> Iterator[Row]:
        """Yield how each question stands as soon as that is known, and what is known already no more."""
        while self._problem is None:
            line = self._next(look)
            row = self._told.hear(line) if line is not None else self._after()
            if row is not None:
                yield row

    def _after(self) -> Row | None:
        """Go on after a process has ended, and return the row of a question that ended it by taking too long."""
        status = self._status()
        is_late, row = self._told.stopped(by_timer=STUCK is not None and status == STUCK)
        if is_late and self._left():
            self._end()
            self._begin()
            return row
        status = 0 if is_late else status
        self._problem = f"the notebook ended Python itself (status {status}); look for exit()" if status else ""
        return row

    def overview(self, look: Look = lambda: None) -> Overview:
        """Return what has been found out, also where the process ended too early."""
        for _ in self.rows(look):
            pass
        problems = (*self.problems, self._problem) if self._problem else self.problems
        rows = tuple(self._told.rows.get(question, Row(question, "not reached")) for question in self.asked)
        return Overview(self._own.title, rows, problems, complete=not self._problem)

    def stop(self) -> Iterator[Row]:
        """End the process, and yield how each question stands that it got through, also what nobody has heard yet.

        After that `place` is where it was.
        """
        self._end()
        yield from list(self._told.rows.values())
        deadline = time.monotonic() + _LAST_SECONDS
        with contextlib.suppress(queue.Empty):  # a program that the notebook left running keeps the line open
            while (line := self._lines.get(timeout=max(deadline - time.monotonic(), 0.0))) is not None:
                row = self._told.hear(line)
                if row is not None:
                    yield row
        place = self._told.place  # what follows makes ready for another process
        _, row = self._told.stopped(by_timer=False)
        if row is not None:
            yield row
        self._told.place = place

    def _begin(self) -> None:
        """Start a process that checks what is not known yet."""
        work = {"questions": self._questions, "asked": self._left(), "late": self._told.late_cells}
        notebook = str(self._own.notebook.resolve())
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        with _interrupts_blocked():
            self._process = subprocess.Popen(  # noqa: S603 - the student's own notebook, on the student's own machine
                [sys.executable, "-P", "-m", "autograder.learner.runner", notebook, json.dumps(work)],
                stdout=subprocess.PIPE,
                stdin=subprocess.DEVNULL,
                env={**os.environ, **ONE_THREAD, "MPLBACKEND": "Agg", "PYTHONIOENCODING": "utf-8"},
            )
        assert self._process.stdout is not None  # noqa: S101 - for mypy
        reader = threading.Thread(
            target=_read, args=(self._process.stdout, self._lines), daemon=True, name="autograder notebook run"
        )
        reader.start()

    def _status(self) -> int:
        """Return how the process ended; one that has said all it has to say is not waited for."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self._process.wait(_LAST_SECONDS)
        return 0

    def _left(self) -> list[str]:
        return [question for question in self.asked if question not in self._told.rows]

    def _end(self) -> None:
        self._process.kill()
        self._process.wait()

    def _next(self, look: Look) -> bytes | None:
        """Return the next line, None after the last one; a program that the notebook left running is not waited for."""
        while True:
            try:
                return self._lines.get(timeout=_PAUSE)
            except queue.Empty:
                look()
                if self._process.poll() is not None and self._lines.empty():
                    return None


@contextlib.contextmanager
def _interrupts_blocked() -> Iterator[None]:
    """Keep Ctrl-C away from what is started meanwhile, until that allows it: Python would print where its start was."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _read(stdout: IO[bytes], lines: queue.SimpleQueue[bytes | None]) -> None:
    """Take what the process writes at once: it would wait where nobody reads."""
    with stdout:
        for line in stdout:
            lines.put(line)
    lines.put(None)
