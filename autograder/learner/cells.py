"""The cells of a notebook file, and where in it a question is asked."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

_SOLUTION = "-solution"
_DEFINITION = re.compile(r"^(?:def|class)\s+(\w+)", re.MULTILINE)
_HEADING = re.compile(r"^#{1,4}\s+(.+?)\s*#*$", re.MULTILINE)


def heading_above(question: str, folder: Path) -> str | None:
    """Return the heading of the chapter with the solution cell of `question` in the folder's notebook.

    The heading of the exercise itself is none: there is nothing to read below it.
    """
    for path in sorted(folder.glob("*.ipynb")):
        heading = None
        for cell in cells_of(path):
            source = source_of(cell)
            if cell.get("cell_type") == "markdown":
                chapters = [text for text in _HEADING.findall(source) if not _is_exercise(text, question)]
                heading = next(iter(chapters[-1:]), heading)
            elif re.search(rf"^\s*(?:def|class)\s+{re.escape(question)}\b", source, re.MULTILINE):
                return heading
    return None


def _is_exercise(heading: str, question: str) -> bool:
    return f"`{question}`" in heading or heading.startswith("Exercise")


def cells_of(path: Path) -> list[dict[str, Any]]:
    """Return the cells of a notebook file; none where it is no notebook."""
    return [cell for cell in _read(path) or [] if isinstance(cell, dict)]


def is_notebook(path: Path) -> bool:
    """Tell whether a file can be read as a notebook: one that was cut off while it was saved cannot."""
    return _read(path) is not None


def _read(path: Path) -> list[Any] | None:
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None
    return cells if isinstance(cells, list) else None


def is_check(cell: dict[str, Any]) -> str | None:
    """Return the question of a check cell, None for every other cell; comments make no difference."""
    source = source_of(cell)
    if cell.get("cell_type") != "code" or "check" not in source:
        return None
    try:
        statements = ast.parse(source.strip()).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    call = statements[0].value if len(statements) == 1 and isinstance(statements[0], ast.Expr) else None
    return _question_of(call) if isinstance(call, ast.Call) else None


def _question_of(call: ast.Call) -> str | None:
    is_ours = isinstance(call.func, ast.Name) and call.func.id == "check"
    if not is_ours or len(call.args) != 1 or call.keywords or not isinstance(call.args[0], ast.Constant):
        return None
    return call.args[0].value if isinstance(call.args[0].value, str) else None


def owners(cells: Sequence[dict[str, Any]], questions: Collection[str]) -> dict[int, str]:
    """Return which question each solution cell answers, by the cell's index: a question has one cell at most.

    That is the first one that nbgrader notes as its solution, else the first one that defines it.
    """
    found: dict[str, int] = {}
    for answered in (_noted, _defined):
        for index, cell in enumerate(cells):
            question = answered(cell, questions)
            if question and index not in found.values():
                found.setdefault(question, index)
    return {index: question for question, index in found.items()}


def _noted(cell: dict[str, Any], questions: Collection[str]) -> str | None:
    notes = (cell.get("metadata") or {}).get("nbgrader")
    name = str(notes.get("grade_id", "")) if isinstance(notes, dict) and notes.get("solution") else ""
    return name.removesuffix(_SOLUTION) if name.removesuffix(_SOLUTION) in questions else None


def _defined(cell: dict[str, Any], questions: Collection[str]) -> str | None:
    return next((name for name in _DEFINITION.findall(source_of(cell)) if name in questions), None)


def source_of(cell: dict[str, Any]) -> str:
    """Return the source of a cell, which notebooks keep as text or as a list of lines."""
    source = cell.get("source", "")
    return "".join(map(str, source)) if isinstance(source, list) else str(source)
