"""How far the grading of a class is: a bar where somebody looks, lines where it goes to a file."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from autograder.record import Grade


def with_progress(grades: Iterator[Grade | None], total: int) -> Iterator[Grade | None]:
    """Pass the grades on, with a bar where standard error is a terminal and a line each where it is not."""
    console = Console(stderr=True)
    left = TimeRemainingColumn(elapsed_when_finished=True)
    columns = (TextColumn("grading"), BarColumn(), MofNCompleteColumn(), _Rate(), left)
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("grading", total=total)
        for grade in grades:
            yield grade
            progress.advance(task)
            if grade is not None and not console.is_terminal:
                print(f"{grade.student}: {grade.score:g} of {grade.max_score:g}", file=sys.stderr)  # noqa: T201


class _Rate(ProgressColumn):
    """How many submissions are graded in a minute."""

    def render(self, task: Task) -> Text:
        """Return the rate so far, nothing before the first grade."""
        speed = task.finished_speed or task.speed
        return Text(f"{60 * speed:.0f} a minute" if speed else "")
