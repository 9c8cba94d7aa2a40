"""A class as tables: each student's score per question, and the one message that says most."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.instructor.long_table import Cells, print_long
from autograder.record import DATA_MISSING, Grade, QuestionResult

PIPED_WIDTH = 160
"""Columns where the output is no terminal: a log is read by scrolling, not in a window of 80."""

Heading = Sequence[tuple[str, float]]
"""The name of each question, and how many points it gives."""


class Row(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """What is shown of a grade. `right` tells of each question; `missed` says what could not be graded, and why."""

    student: str
    score: str
    scores: tuple[str, ...]
    right: tuple[bool, ...]
    said: str
    missed: tuple[str, ...]

    @classmethod
    def of(cls, grade: Grade) -> Row:
        """Return the row of a grade."""
        return cls(
            student=grade.student,
            score=f"{grade.score:g}",
            scores=tuple(f"{question.score:g}" for question in grade.questions),
            right=tuple(question.outcome == "right" for question in grade.questions),
            said=headline(grade),
            missed=_missed(grade),
        )


def wide_console() -> Console:
    """Return a console for standard output that does not squeeze a table into 80 columns when it is piped."""
    console = Console()
    return console if console.is_terminal else Console(width=max(console.width, PIPED_WIDTH))


def print_table(grades: Sequence[Grade], console: Console) -> None:
    """Print the scores, one row a student and one column a question, and then what each student was told."""
    if grades:
        heading = [(question.name, question.max_score) for question in grades[0].questions]
        print_rows([Row.of(grade) for grade in grades], heading, console)


def print_rows(rows: Iterable[Row], heading: Heading, console: Console) -> None:
    """Print the same from rows, which are gone through several times."""
    if next(iter(rows), None) is None:
        return
    print_long(partial(_scores, heading), rows, _score_cells, console)
    names = (f"{number} {name}" for number, (name, _) in enumerate(heading, start=1))
    console.print(Text("questions: " + ", ".join(names)), style="dim")
    print_long(_messages, rows, _message_cells, console)


def _scores(heading: Heading) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("student", no_wrap=True)
    table.add_column("score", justify="right", no_wrap=True)
    for number, (_, points) in enumerate(heading, start=1):
        table.add_column(f"{number}\n/{points:g}", justify="right", no_wrap=True)
    return table


def _score_cells(row: Row) -> Cells:
    scores = zip(row.scores, row.right, strict=True)
    return [(row.student, ""), (row.score, ""), *((score, "" if right else "bold") for score, right in scores)]


def _messages() -> Table:
    return Table("student", "first thing to look at", box=None, pad_edge=False)


def _message_cells(row: Row) -> Cells:
    return [(row.student, ""), (row.said, "")] if row.said else []


def headline(grade: Grade) -> str:
    """Return the one message for a grade: why it is not gradable, or what the first question to look at says."""
    if grade.reason is not None:
        return grade.reason
    first = min(grade.questions, key=_rank, default=None)
    if first is None or first.outcome == "right":
        return ""
    if all(question.outcome == "not attempted" for question in grade.questions):
        return "no question is attempted yet"
    return f"{first.name}: {first.message}"


def _rank(question: QuestionResult) -> int:
    """Order by how much a message helps: a wrong answer first, then one that cannot be graded, then an open one."""
    return ("wrong", "not gradable", "not attempted", "right").index(question.outcome)


def _missed(grade: Grade) -> tuple[str, ...]:
    whole = [str(grade.reason)] if grade.outcome != "graded" else []
    return (*whole, *(question.message for question in grade.questions if question.diagnosis == DATA_MISSING))
