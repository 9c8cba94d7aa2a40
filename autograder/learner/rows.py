"""How questions and assignments stand: what every overview of them is made from."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from autograder.learner.results import QuestionReport
from autograder.learner.text import WIDTH, as_text

ALL_RIGHT, SOMETHING_LEFT, NOTHING_TO_CHECK = 0, 1, 2
"""What a command says by its exit status."""
MARKS = {"right": "✓", "wrong": "✗", "not attempted": "·", "not run": "·", "not reached": "?"}
_COUNTED = ("right", "wrong")
_EXPLAINED = ("wrong", "not run")


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
        return f"{self.passed} of {self.checks}" if self.state in _COUNTED else self.state


def row_of(report: QuestionReport) -> Row:
    """Return the row of a question that was checked."""
    return Row(
        question=report.question,
        state=report.state,
        passed=report.passed,
        checks=len(report.results),
        message=report.first.message,
        text=as_text(report),
    )


@dataclass(frozen=True)
class Overview:
    """How one assignment stands; `problems` say what did not run, and `complete` whether all was looked at."""

    title: str
    rows: tuple[Row, ...]
    problems: tuple[str, ...] = ()
    complete: bool = True

    @property
    def is_right(self) -> bool:
        """Whether there are checks, and every one passes."""
        return self.complete and bool(self.rows) and all(row.state == "right" for row in self.rows)

    @property
    def standing(self) -> str:
        """How many questions are right."""
        right = sum(row.state == "right" for row in self.rows)
        return f"{right} of {len(self.rows)} questions right so far"


def unusable(title: str, problem: str) -> Overview:
    """Return the overview of an assignment that cannot be checked as it is."""
    return Overview(title, (), (problem,), complete=False)


def lines(overview: Overview) -> Iterator[str]:
    """Yield an overview as text: a line a question and the first thing to look at."""
    yield f"{overview.title} – {overview.standing}"
    width = max((len(row.question) for row in overview.rows), default=0)
    for row in overview.rows:
        yield from row_lines(row, width)
    yield from problem_lines(overview.problems)


def row_lines(row: Row, width: int) -> Iterator[str]:
    """Yield the line of a question, its name `width` characters wide, and the first thing to look at."""
    yield f"  {MARKS[row.state]} {row.question:<{width}}  {row.words}"
    if row.state in _EXPLAINED:
        yield from textwrap.wrap(row.message, WIDTH, initial_indent="    → ", subsequent_indent="      ")


def detailed_lines(row: Row) -> Iterator[str]:
    """Yield a question with all its checks."""
    text = row.text or f"{row.question}: {row.message or row.words}"
    yield from textwrap.indent(text, "  ").splitlines()


def problem_lines(problems: Iterable[str]) -> Iterator[str]:
    """Yield a line for each problem."""
    yield from (f"  ! {problem}" for problem in problems)
