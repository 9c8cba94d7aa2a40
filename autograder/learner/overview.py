"""`autograder check`: saved notebooks checked from a terminal, the whole course at a glance."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.learner.assignments import OwnAssignment, chosen
from autograder.learner.text import WIDTH
from autograder.threads import ONE_THREAD

MARKS = {"right": "✓", "wrong": "✗", "not attempted": "·"}
ALL_RIGHT, SOMETHING_LEFT = 0, 1


@dataclass(frozen=True)
class Row:
    """How one question stands."""

    question: str
    state: str
    passed: int = 0
    checks: int = 0
    message: str = ""
    text: str = ""

    @property
    def words(self) -> str:
        """The row without the name."""
        return "not attempted" if self.state == "not attempted" else f"{self.passed} of {self.checks}"


@dataclass(frozen=True)
class Overview:
    """How one assignment stands; `problems` say which cells did not run."""

    title: str
    rows: tuple[Row, ...]
    problems: tuple[str, ...] = ()

    @property
    def is_right(self) -> bool:
        """Whether every visible check passes."""
        return all(row.state == "right" for row in self.rows)


def check_notebooks(words: Sequence[str]) -> int:
    """Check what `words` name, print it, and return 0 where every visible check passes, 1 otherwise."""
    found, questions = chosen(words, Path.cwd())
    overviews = []
    for own in found:
        with started(own, questions) as process:
            overviews.append(finished(own, process))
        print("\n".join(lines(overviews[-1], details=bool(questions))))  # noqa: T201
    return ALL_RIGHT if all(overview.is_right for overview in overviews) else SOMETHING_LEFT


def started(own: OwnAssignment, questions: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start to check a notebook in a process of its own."""
    asked = [question for question in own.questions if not questions or question in questions]
    return subprocess.Popen(  # noqa: S603 - the student's own notebook, on the student's own machine
        [sys.executable, "-m", "autograder.learner.runner", str(own.notebook), *asked],
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **ONE_THREAD, "MPLBACKEND": "Agg", "PYTHONIOENCODING": "utf-8"},
    )


def finished(own: OwnAssignment, process: subprocess.Popen[bytes]) -> Overview:
    """Return what a process has found out, also where it ended too early."""
    try:
        output, _ = process.communicate()
    except BaseException:
        process.kill()
        raise
    results: list[dict[str, Any]] = [json.loads(line) for line in output.splitlines()]
    rows = tuple(Row(**result) for result in results if "question" in result)
    problems = tuple(problem for result in results for problem in result.get("problems", ()))
    if process.returncode:
        problems = (*problems, f"the notebook ended Python itself (status {process.returncode}); look for exit()")
    return Overview(own.title, rows or tuple(Row(name, "not attempted") for name in own.questions), problems)


def lines(overview: Overview, *, details: bool = False) -> Iterator[str]:
    """Yield an overview as text: a line a question and the first thing to look at, or all its checks."""
    right = sum(row.state == "right" for row in overview.rows)
    yield f"{overview.title} – {right} of {len(overview.rows)} questions right so far"
    width = max((len(row.question) for row in overview.rows), default=0)
    for row in overview.rows:
        if details:
            yield from textwrap.indent(row.text or f"{row.question}: {row.message}", "  ").splitlines()
            continue
        yield f"  {MARKS[row.state]} {row.question:<{width}}  {row.words}"
        if row.state == "wrong":
            yield from textwrap.wrap(row.message, WIDTH, initial_indent="    → ", subsequent_indent="      ")
    for problem in overview.problems:
        yield f"  ! {problem}"
