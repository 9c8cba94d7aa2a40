"""Which line of a cell, as the student sees it, belongs to a line of the code that Python runs."""

from __future__ import annotations

import linecache
import re
from collections.abc import Sequence

from autograder.errors import CallFailed

_END = re.compile(r"\r\n|\r|\n")
_OF_IPYTHON = "get_ipython()"

Frame = tuple[str, int]
"""The file name of code, and a line in it, from 1."""
Place = tuple[int | None, str]
"""Number and text of a line; no number where it is not the student's, no text where that is not known."""


class Places:
    """Knows the file names under which cells are run, and whether their lines have kept their numbers."""

    def __init__(self) -> None:
        self._numbered: set[str] = set()
        self._source = ""
        self._file: str | None = None

    def begin(self, source: str) -> None:
        """Note which cell is to run next."""
        self._source, self._file = source, None

    def compiled(self, file: str, source: str, code: str) -> None:
        """Note under which name `source` is run, as `code`; a magic runs parts of a cell, lines of which are moved."""
        lines = lines_of(source)
        is_whole = source == self._source
        if is_whole:
            self._file = file
        if is_whole and len(lines) == len(lines_of(code)):
            self._numbered.add(file)
            linecache.cache[file] = (len(source), None, [f"{line}\n" for line in lines], file)

    def unread(self, error: BaseException) -> Place:
        """Return the place of what Python cannot read in the cell."""
        line = error.lineno if isinstance(error, SyntaxError) else None
        lines = lines_of(self._source)
        is_known = line is not None and 0 < line <= len(lines) and (self._file is None or self._file in self._numbered)
        return (line, lines[line - 1].strip()) if is_known and line is not None else (None, "")

    def in_cell(self, frames: Sequence[Frame]) -> Place:
        """Return the place in the cell that runs: what it calls may be in another one, where lines count anew."""
        own = [frame for frame in frames if frame[0] == self._file and frame[0] in self._numbered]
        return self.innermost(own or [(file, line) for file, line in frames if file not in self._numbered])

    def innermost(self, frames: Sequence[Frame]) -> Place:
        """Return the place of the last frame."""
        if not frames:
            return None, ""
        file, line = frames[-1]
        text = linecache.getline(file, line).strip()
        if file in self._numbered:
            return line, text
        return None, "" if _OF_IPYTHON in text else text

    def corrected(self, error: Exception | None) -> Exception | None:
        """Return what a check raised, without a line number that is not the student's."""
        if isinstance(error, CallFailed) and error.cell not in self._numbered:
            error.line = None
        return error


def lines_of(source: str) -> list[str]:
    """Return the lines of a source as Python counts them, without empty ones at the end."""
    return _END.split(source.rstrip())
