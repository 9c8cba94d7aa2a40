"""How far the grading of a class is, as a bar in a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from autograder.record import Grade


def with_bar(grades: Iterator[Grade | None], total: int) -> Iterator[Grade | None]:
    """Pass the grades on, with a bar, a rate and the time that is left on standard error."""
    left = TimeRemainingColumn(elapsed_when_finished=True)
    columns = (TextColumn("grading"), BarColumn(), MofNCompleteColumn(), _Rate(), left)
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("grading", total=total)
        for grade in grades:
            yield grade
            progress.advance(task)


class _Rate(ProgressColumn):
    """How many submissions are graded in a minute."""

    def render(self, task: Task) -> Text:
        """Return the rate so far, nothing before the first grade."""
        speed = task.finished_speed or task.speed
        return Text(f"{60 * speed:.0f} a minute" if speed else "")
