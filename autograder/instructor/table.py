"""A class as a table: each student's score per question, and the one message that says most."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.record import Grade, QuestionResult


def print_table(grades: Sequence[Grade], console: Console) -> None:
    """Print one row a student; the questions are numbered in the columns and named below."""
    if not grades:
        return
    questions = grades[0].questions
    table = Table(show_edge=False, pad_edge=False)
    table.add_column("student", no_wrap=True)
    table.add_column("score", justify="right", no_wrap=True)
    for number, question in enumerate(questions, start=1):
        table.add_column(f"{number}\n/{question.max_score:g}", justify="right", no_wrap=True)
    table.add_column("first thing to look at", ratio=1, min_width=24)
    for grade in grades:
        scores = [Text(f"{q.score:g}", style="" if q.outcome == "right" else "bold") for q in grade.questions]
        table.add_row(Text(grade.student), f"{grade.score:g}", *scores, Text(headline(grade)))
    console.print(table)
    names = (f"{number} {question.name}" for number, question in enumerate(questions, start=1))
    console.print(Text("questions: " + ", ".join(names)), style="dim")


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
