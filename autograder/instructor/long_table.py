"""Tables of any length in little memory and time: rich sets the widths, and lays out only what is not plain text.

rich keeps several objects of every cell until a table is printed, and takes a tenth of a millisecond for each cell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice, zip_longest
from textwrap import TextWrapper
from typing import TypeVar

from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

PART = 250
"""Rows that are laid out at a time."""
_REMEMBERED = 1024  # most cells are one of few numbers
_WORD = "[!-~¡-¬®-ÿΑ-ΡΣ-ω–—‘’“”…−]+"
PLAIN = re.compile(f"{_WORD}(?: {_WORD})*")
"""Words with single spaces between them, of characters that are one column wide."""
_ALIGNED = {"left": str.ljust, "right": str.rjust}

Row = TypeVar("Row")
Cell = tuple[str, str]
"""A text, which is no markup, and its style."""
Cells = Sequence[Cell]
_Line = str | list[Segment]  # a text where nothing has a style


def print_long(new: Callable[[], Table], rows: Iterable[Row], cells: Callable[[Row], Cells], console: Console) -> None:
    """Print what one table of all rows would look like, a part at a time.

    `new` returns the table with its columns only, which has no box and no padding at its edges, and `cells` what to
    show of a row, nothing to leave it out. The rows are gone through twice: for the widths, and to be printed.
    """
    widest = _widest(new(), filter(None, map(cells, rows)), console)
    layout = _Layout(new, widest, console)
    console.print(_Shown(layout.heading))
    left = filter(None, map(cells, rows))
    while part := list(islice(left, PART)):
        console.print(_Shown([line for row in part for line in layout.row(row)]))


class _Shown:
    """Lines that are laid out already."""

    def __init__(self, lines: Iterable[_Line]) -> None:
        self._lines = lines

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the lines."""
        for line in self._lines:
            if isinstance(line, str):
                yield Segment(line)
            else:
                yield from line
            yield Segment.line()


class _Ruler:
    """A cell that shows nothing, and keeps the options with which rich lays its column out."""

    def __init__(self, text: str) -> None:
        self.options: ConsoleOptions | None = None
        self._text = Text(text)

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        """Return how much room the text takes."""
        return Measurement.get(console, options, self._text)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield nothing."""
        self.options = options
        yield from ()


class _Layout:
    """The widths of a table's columns, and what its heading and its rows look like with them."""

    def __init__(self, new: Callable[[], Table], widest: Cells, console: Console) -> None:
        self._new = new
        self._widest = widest
        self._console = console
        table, rulers = new(), [_Ruler(text) for text, _ in widest]
        table.add_row(*rulers)
        self.heading: Sequence[_Line] = list(Segment.split_lines(console.render(table)))[:-1]
        _, right, _, left = table.padding
        self._gap = " " * (right + left)
        self._columns = [_Column(ruler.options, console) for ruler in rulers if ruler.options is not None]

    def row(self, cells: Cells) -> list[_Line]:
        """Return the lines of a row."""
        if len(self._columns) < len(cells):
            return self._squeezed(cells)
        blanks = [column.blank for column in self._columns]
        parts = [column.lines(*cell) for column, cell in zip(self._columns, cells, strict=True)]
        lines = zip_longest(*parts)
        return [self._joined([part or blank for part, blank in zip(line, blanks, strict=True)]) for line in lines]

    def _joined(self, parts: Sequence[_Line]) -> _Line:
        """Return a line of the cells that stand beside each other."""
        if all(isinstance(part, str) for part in parts):
            return self._gap.join(map(str, parts))
        found = []
        for part in parts:
            found += [Segment(self._gap), *([Segment(part)] if isinstance(part, str) else part)]
        return found[1:]

    def _squeezed(self, cells: Cells) -> list[_Line]:
        """Return what rich makes of a row where some columns have no room at all: those have no options."""
        table = self._new()
        table.show_header = False
        shown = []
        for row in (self._widest, cells):
            table.add_row(*(Text(text, style) for text, style in row))
            shown.append(list(Segment.split_lines(self._console.render(table))))
        alone, both = shown
        return list(both[len(alone) :])


class _Column:
    """One column: its cells as lines of the same width."""

    def __init__(self, options: ConsoleOptions, console: Console) -> None:
        self._options = options
        self._console = console
        self._wrapper = TextWrapper(options.max_width, break_long_words=False, break_on_hyphens=False)
        self._aligned = _ALIGNED.get(str(options.justify))
        self.blank = " " * options.max_width
        self.lines = lru_cache(_REMEMBERED)(self._lines)

    def _lines(self, text: str, style: str) -> Sequence[_Line]:
        return (not style and self._plain(text)) or [_simple(line) for line in self._rich(text, style)]

    def _plain(self, text: str) -> Sequence[_Line]:
        """Return the lines of a plain text that has to be cut nowhere but between words, otherwise nothing."""
        width = self._options.max_width
        if self._aligned is None or not PLAIN.fullmatch(text):
            return []
        lines = [text] if len(text) <= width or self._options.no_wrap else self._wrapper.wrap(text)
        if max(map(len, lines)) > width:
            return []
        return [self._aligned(line, width) for line in lines]

    def _rich(self, text: str, style: str) -> list[list[Segment]]:
        return self._console.render_lines(Text(text, style), self._options)


def _simple(line: list[Segment]) -> _Line:
    return line if any(segment.style for segment in line) else "".join(segment.text for segment in line)


def _widest(table: Table, rows: Iterator[Cells], console: Console) -> Cells:
    """Return the widest cell of each column, its heading included."""
    measured = lru_cache(_REMEMBERED)(lambda text: console.measure(Text(text)).maximum)
    found: list[Cell] = [(str(column.header), "") for column in table.columns]
    widths = [measured(text) for text, _ in found]
    for row in rows:
        for index, cell in enumerate(row):
            text = cell[0]
            width = len(text) if PLAIN.fullmatch(text) else measured(text)
            if width > widths[index]:
                found[index], widths[index] = cell, width
    return found
