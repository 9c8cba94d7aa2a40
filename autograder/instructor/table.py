"""A class as tables: each student's score per question, and the one message that says most."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from rich.cells import cell_len
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
_GAP = 2
"""How far two columns of the table are apart."""


class _Console(Console):
    """A console that lets its command end where nobody reads on, and does not end it in the middle."""

    def on_broken_pipe(self) -> None:
        """Raise BrokenPipeError again."""
        raise BrokenPipeError


def wide_console() -> Console:
    """Return a console for standard output that does not squeeze a table into 80 columns when it is piped."""
    console = _Console()
    return console if console.is_terminal else _Console(width=max(console.width, PIPED_WIDTH))


def print_table(grades: Sequence[Grade], console: Console) -> None:
    """Print the scores, one row a student and one column a question, and then what each student was told."""
    if grades:
        heading = [(question.name, question.max_score) for question in grades[0].questions]
        print_rows([Row.of(grade) for grade in grades], heading, console)


def print_rows(rows: Iterable[Row], heading: Heading, console: Console) -> None:
    """Print the same from rows, which are gone through several times."""
    if next(iter(rows), None) is None:
        return
    longest = max(len("student"), *(cell_len(row.student) for row in rows))
    whole, widths = _widths(rows, heading)
    needed = whole + _GAP + sum(width + _GAP for width in widths)
    student = min(longest, max(console.width - needed, console.width // 4))
    for part in _parts(whole, widths, console.width - student):
        print_long(partial(_scores, student, heading, part), rows, partial(_score_cells, part), console)
    names = (f"{number} {name}" for number, (name, _) in enumerate(heading, start=1))
    console.print(Text("questions: " + ", ".join(names)), style="dim")
    print_long(partial(_messages, student), rows, _message_cells, console)


def _widths(rows: Iterable[Row], heading: Heading) -> tuple[int, list[int]]:
    """Return how wide the column of the whole score is, and that of each question."""
    widths = [max(len(str(number)), len(f"/{points:g}")) for number, (_, points) in enumerate(heading, start=1)]
    whole = len("score")
    for row in rows:
        whole = max(whole, len(row.score))
        widths[: len(row.scores)] = map(max, widths, map(len, row.scores))
    return whole, widths


def _parts(whole: int, widths: Sequence[int], room: int) -> Iterator[slice]:
    """Yield which questions stand side by side in so much room with the whole score, so that no number is cut."""
    begin, used = 0, whole + _GAP
    for number, width in enumerate(widths):
        used += width + _GAP
        if used > room and number > begin:
            yield slice(begin, number)
            begin, used = number, whole + width + 2 * _GAP
    yield slice(begin, len(widths))


def _scores(student: int, heading: Heading, part: slice) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("student", no_wrap=True, max_width=student)
    table.add_column("score", justify="right", no_wrap=True)
    for number, (_, points) in list(enumerate(heading, start=1))[part]:
        table.add_column(f"{number}\n/{points:g}", justify="right", no_wrap=True)
    return table


def _score_cells(part: slice, row: Row) -> Cells:
    scores = zip(row.scores[part], row.right[part], strict=True)
    return [(row.student, ""), (row.score, ""), *((score, "" if right else "bold") for score, right in scores)]


def _messages(student: int) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("student", max_width=student)
    table.add_column("first thing to look at")
    return table


def _message_cells(row: Row) -> Cells:
    return [(row.student, ""), (row.said, "")] if row.said else []
