"""A saved notebook that is checked in a process of its own, and what that process has said so far."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from typing import Any

from autograder.learner.assignments import OwnAssignment
from autograder.learner.rows import Overview, Row
from autograder.threads import ONE_THREAD

_PAUSE = 0.2
"""Seconds between two looks at whether the process is still there."""


class NotebookRun:
    """Checks the asked questions of a notebook, all where none is named; a context manager that ends the process."""

    def __init__(self, own: OwnAssignment, questions: Sequence[str]) -> None:
        self._title = own.title
        self.asked = [question for question in own.questions if not questions or question in questions]
        self.place = "the start"
        self._rows: dict[str, Row] = {}
        self._problems: list[str] = []
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._process = subprocess.Popen(  # noqa: S603 - the student's own notebook, on the student's own machine
            [sys.executable, "-m", "autograder.learner.runner", str(own.notebook.resolve()), *self.asked],
            stdout=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **ONE_THREAD, "MPLBACKEND": "Agg", "PYTHONIOENCODING": "utf-8"},
        )
        threading.Thread(target=self._read, daemon=True, name="autograder notebook run").start()

    def __enter__(self) -> NotebookRun:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._process.kill()
        self._process.wait()

    @property
    def ended(self) -> bool:
        """Whether the process has ended."""
        return self._process.poll() is not None

    def rows(self) -> Iterator[Row]:
        """Yield how each question stands as soon as that is known."""
        while (line := self._next()) is not None:
            said = _message(line)
            self.place = said.get("at", self.place)
            self._problems += said.get("problems", ())
            if "question" in said:
                row = Row(**said)
                self._rows[row.question] = row
                yield row

    def overview(self) -> Overview:
        """Return what the process has found out, also where it ended too early."""
        for _ in self.rows():
            pass
        status = self._process.wait()
        problems = tuple(self._problems)
        if status:
            problems = (*problems, f"the notebook ended Python itself (status {status}); look for exit()")
        rows = tuple(self._rows.get(question, Row(question, "not reached")) for question in self.asked)
        return Overview(self._title, rows, problems, complete=status == 0)

    def _read(self) -> None:
        """Take what the process writes at once: it would wait where nobody reads."""
        assert self._process.stdout is not None  # noqa: S101 - for mypy
        with self._process.stdout as lines:
            for line in lines:
                self._lines.put(line)
        self._lines.put(None)

    def _next(self) -> bytes | None:
        """Return the next line, None after the last one; a program that the notebook left running is not waited for."""
        while True:
            try:
                return self._lines.get(timeout=_PAUSE)
            except queue.Empty:
                if self.ended:
                    return None


def _message(line: bytes) -> dict[str, Any]:
    """Return one message of the process; what was cut off when it died says nothing."""
    try:
        said = json.loads(line)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
