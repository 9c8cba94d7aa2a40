"""A class as tables: each student's score per question, and the one message that says most."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.record import Grade, QuestionResult

PIPED_WIDTH = 160
"""Columns where the output is no terminal: a log is read by scrolling, not in a window of 80."""


def wide_console() -> Console:
    """Return a console for standard output that does not squeeze a table into 80 columns when it is piped."""
    console = Console()
    return console if console.is_terminal else Console(width=max(console.width, PIPED_WIDTH))


def print_table(grades: Sequence[Grade], console: Console) -> None:
    """Print the scores, one row a student and one column a question, and then what each student was told."""
    if not grades:
        return
    console.print(_scores(grades))
    names = (f"{number} {question.name}" for number, question in enumerate(grades[0].questions, start=1))
    console.print(Text("questions: " + ", ".join(names)), style="dim")
    console.print(_messages(grades))


def _scores(grades: Sequence[Grade]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("student", no_wrap=True)
    table.add_column("score", justify="right", no_wrap=True)
    for number, question in enumerate(grades[0].questions, start=1):
        table.add_column(f"{number}\n/{question.max_score:g}", justify="right", no_wrap=True)
    for grade in grades:
        scores = [Text(f"{q.score:g}", style="" if q.outcome == "right" else "bold") for q in grade.questions]
        table.add_row(Text(grade.student), f"{grade.score:g}", *scores)
    return table


def _messages(grades: Sequence[Grade]) -> Table:
    table = Table("student", "first thing to look at", box=None, pad_edge=False)
    for grade in grades:
        if said := headline(grade):
            table.add_row(Text(grade.student), Text(said))
    return table


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
