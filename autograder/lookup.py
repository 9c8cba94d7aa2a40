"""Where the names of a submission come from, and what became of those that are gone: looked up, never run."""

from __future__ import annotations

import ast
import builtins
import difflib
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property

from autograder import definitions

_CELL_MAGIC = re.compile(r"\s*%%(\w+)")
_RUNS_ITS_CELL = ("time", "timeit", "capture", "prun", "python", "python3")
_MOST_TEXT = 1_000_000  # of all cells: nobody waits for advice on more than that
_MOST_NAMES, _LONGEST_NAME = 500, 60
_MOST_CLOSE = 5  # of names that may stand in a text only
_KINDS = {"markdown": "a Markdown cell", "raw": "a raw cell"}


@dataclass(frozen=True)
class Source:
    """A cell: its name in messages, its kind and its text; `is_read` tells whether anybody may take time to read it."""

    name: str
    kind: str
    text: str
    is_read: bool

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree of the text, empty where there is none: most submissions are right, and nobody asks."""
        return definitions.tree_of(self.text if self.is_read else "")

    @property
    def title(self) -> str:
        """How a sentence calls the cell."""
        return self.name if self.name.startswith("cell ") else f"the cell of `{self.name}`"


class Names:
    """The cells of a submission as (name, kind, source), in order; `given` are the names that the assignment uses."""

    def __init__(self, cells: Iterable[tuple[str, str, str]], given: Collection[str]) -> None:
        self._cells: list[Source] = []
        room = _MOST_TEXT
        for name, kind, text in cells:
            room -= len(text)
            self._cells.append(Source(name, kind, text, is_read=kind == "code" and room > 0))
        self._given = given

    def code(self) -> list[Source]:
        """Return the code cells."""
        return [cell for cell in self._cells if cell.kind == "code"]

    def cell(self, name: str | None) -> Source | None:
        """Return the cell that messages call `name`."""
        return next((cell for cell in self._cells if cell.name == name), None)

    def definitions(self, name: str) -> list[tuple[Source, definitions.Definition]]:
        """Return the functions and classes of this name, with their cells, in order; most cells need not be read."""
        likely = (cell for cell in self.code() if definitions.begins_in_text(name, cell.text))
        return [(cell, node) for cell in likely for node in definitions.definitions(cell.tree, name)]

    def definition(self, name: str) -> ast.stmt | None:
        """Return the last function or class of this name."""
        found = self.definitions(name)
        return found[-1][1] if found else None

    def missing(self, name: str) -> str:
        """Return why a name is not there although no cell that defines it failed; "" where that cannot be seen."""
        mentioned = (cell for cell in reversed(self.code()) if name in cell.text)
        words = next(filter(None, (_lost_in(cell, name) for cell in mentioned)), "")
        return words or self.in_text(name) or self._similar(name)

    def calls(self) -> dict[str, set[str]]:
        """Return, by each name that a cell defines, the names that its last function or class mentions."""
        nodes = (node for cell in self.code() for node in cell.tree.body if isinstance(node, definitions.DEFINITIONS))
        return {node.name: definitions.mentioned(node) for node in nodes}

    def _similar(self, name: str) -> str:
        begun = {each for cell in self.code() if cell.is_read for each in definitions.begun_in_text(cell.text)}
        others = [other for other in sorted(begun - set(self._given)) if len(other) <= _LONGEST_NAME]
        by_case = {other.lower(): other for other in others[:_MOST_NAMES]}
        close = difflib.get_close_matches(name.lower(), by_case, n=_MOST_CLOSE, cutoff=0.75)
        found = next(filter(self.definition, (by_case[each] for each in close)), None)
        if found is None:
            return ""
        told = f"There is no `{name}` in your notebook, but there is `{found}`"
        return f"{told}: was it renamed? Give it the name `{name}` again."

    def in_text(self, name: str) -> str:
        """Say where the code of a name stands in a cell that is not run; "" where it does not."""
        for cell in self._cells:
            if cell.kind in _KINDS and definitions.begins_in_text(name, cell.text):
                return (
                    f"The code of `{name}` stands in {_KINDS[cell.kind]}, which is not run: move it into the code cell."
                )
        return ""

    def gone(self, name: str, failed: Collection[str]) -> str:
        """Return what became of a name that is not defined when it is needed; `failed` are the cells that failed."""
        for cell in reversed(self.code()):
            line = definitions.deleted(cell.tree).get(name)
            if line is not None:
                return f"`{name}` is deleted in {cell.title}, line {line}: take that line away."
        defining = [cell for cell in self.code() if name in definitions.assigned(cell.tree)]
        if defining and defining[-1].name in failed:
            return (
                f"`{name}` is not there, because the cell that defines it failed: see what {defining[-1].title} says."
            )
        if not defining and not hasattr(builtins, name):
            return f"`{name}` is defined in no cell of the notebook: was its cell deleted, or is it misspelled?"
        return ""

    def shadowed(self, name: str) -> str:
        """Return where a name of Python's own is given another value."""
        if not hasattr(builtins, name):
            return ""
        for cell in self.code():
            line = definitions.revalued(cell.tree).get(name)
            if line is not None:
                where = f"{cell.title}, line {line}"
                return f"`{name}` stands for something else since {where}: choose another name there."
        return ""


def _lost_in(cell: Source, name: str) -> str:
    """Return how a cell that mentions a name keeps it from others; "" where it does not."""
    line = definitions.revalued(cell.tree).get(name)
    if line is not None:
        return f"`{name}` is given another value in line {line} of {cell.title}: choose another name there."
    magic = _CELL_MAGIC.match(cell.text)
    if magic and magic[1] not in _RUNS_ITS_CELL and definitions.begins_in_text(name, cell.text):
        is_file = magic[1] == "writefile"
        what = "puts the cell into a file and does not run it" if is_file else "does not run it as Python"
        return f"There is no `{name}`, because `%%{magic[1]}` {what}: delete that line."
    holder = definitions.holder_of(cell.tree, name)
    return (
        f"`{name}` stands inside `{holder}`: move it to the left margin, so that others can call it." if holder else ""
    )
