"""Tables of any length in little memory: rich keeps several objects of every cell until a table is printed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import TypeVar

from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

PART = 250
"""Rows that are laid out at a time."""
_SCORES = 1024  # most cells are one of few numbers

Row = TypeVar("Row")
Cells = Sequence[Text]


def print_long(new: Callable[[], Table], rows: Iterable[Row], cells: Callable[[Row], Cells], console: Console) -> None:
    """Print what one table of all rows would look like, a part at a time.

    `new` returns the table with its columns only, and `cells` what to show of a row, nothing to leave it out. The rows
    are gone through twice: for the widths of the columns, and to be printed.
    """
    widest = _widest(new(), filter(None, map(cells, rows)), console)
    below = len(_Part(new(), [], widest, is_first=False).lines(console, console.options))
    left = filter(None, map(cells, rows))
    part = list(islice(left, PART))
    console.print(_Part(new(), part, widest, is_first=True, below=below))
    while part := list(islice(left, PART)):
        console.print(_Part(new(), part, widest, is_first=False, below=below))


class _Part:
    """Some rows of a table, and below them a row of its widest cells, which gives it its widths and is not shown."""

    def __init__(self, table: Table, rows: Iterable[Cells], widest: Cells, *, is_first: bool, below: int = 0) -> None:
        self._table = table
        self._below = below
        table.show_header = is_first
        for row in (*rows, widest):
            table.add_row(*row)

    def lines(self, console: Console, options: ConsoleOptions) -> list[list[Segment]]:
        """Return the lines that are shown."""
        found = list(Segment.split_lines(console.render(self._table, options)))
        return found[: len(found) - self._below]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the lines that are shown."""
        for line in self.lines(console, options):
            yield from line
            yield Segment.line()


def _widest(table: Table, rows: Iterator[Cells], console: Console) -> Cells:
    """Return the widest cell of each column, its heading included."""
    width_of = lru_cache(_SCORES)(lambda plain: console.measure(Text(plain)).maximum)
    found = [Text(str(column.header)) for column in table.columns]
    widths = [width_of(cell.plain) for cell in found]
    for row in rows:
        for index, cell in enumerate(row):
            if (width := width_of(cell.plain)) > widths[index]:
                found[index], widths[index] = cell, width
    return found
