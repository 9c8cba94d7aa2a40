"""A class as tables: each student's score per question, and the one message that says most."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.instructor.long_table import Cells, print_long
from autograder.instructor.row import Row
from autograder.record import Grade

PIPED_WIDTH = 160
"""Columns where the output is no terminal: a log is read by scrolling, not in a window of 80."""

Heading = Sequence[tuple[str, float]]
"""The name of each question, and how many points it gives."""


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
