"""Notebooks in: bytes to cells, questions, stubs, and solutions put in."""

from __future__ import annotations

import ast
import copy
import functools
import re
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from autograder import attachments
from autograder.errors import NotebookError
from autograder.metadata import cell_metadata, notebook_metadata
from autograder.nodes import NotebookNode, from_dict
from autograder.notebook_file import content_of

MAX_BYTES = 20 << 20
MAX_CELLS = 1000
"""Cells of a notebook: ten times as many as a long assignment has, and no more than a grader runs in its time."""
SOLUTION_SUFFIX = "-solution"
ILLUSTRATION = "illustration"


def read(data: bytes) -> NotebookNode:
    """Return the notebook in `data` (nbformat 4, older ones converted), or raise NotebookError with a sentence."""
    if len(data) > MAX_BYTES:
        raise NotebookError(too_large(len(data)))
    content = content_of(data)
    if not isinstance(content, dict) or not isinstance(content.get("nbformat"), int):
        msg = "the file is JSON, but not a notebook; hand in the .ipynb file that Jupyter saved"
        raise NotebookError(msg)
    _require_few_cells(content)
    return _normal(_version_4(content))


def too_large(size: int) -> str:
    """Return the sentence for a notebook of `size` bytes, which is more than MAX_BYTES."""
    megabytes = size / (1 << 20)
    return (
        f"the notebook has {megabytes:.1f} MB and at most {MAX_BYTES >> 20} MB can be graded; "
        "clear large outputs and save it again"
    )


def _require_few_cells(content: Mapping[str, Any]) -> None:
    """Raise NotebookError where there are more than MAX_CELLS; before format 4 they stand in worksheets."""
    sheets = content.get("worksheets")
    holders = [content, *(sheets if isinstance(sheets, list) else [])]
    lists = (holder.get("cells") for holder in holders if isinstance(holder, dict))
    count = sum(len(cells) for cells in lists if isinstance(cells, list))
    if count > MAX_CELLS:
        msg = (
            f"the notebook has {count:,} cells and at most {MAX_CELLS:,} can be graded; "
            "delete those that you do not need and save it again"
        )
        raise NotebookError(msg)


def _version_4(content: dict[str, Any]) -> dict[str, Any]:
    version = content["nbformat"]
    if version == 4:
        return content
    if version > 4:
        what = f"the notebook has format {version}, which cannot be converted, because it is newer than format 4"
        msg = f"{what}; let Jupyter save it in that format"
        raise NotebookError(msg)
    from autograder.formats import nbformat

    try:
        converted: dict[str, Any] = nbformat.convert(nbformat.from_dict(content), 4)
    except Exception:  # the converter fails in many ways on a damaged old notebook
        msg = f"the notebook has format {version}, which cannot be converted; save it again in a current Jupyter"
        raise NotebookError(msg) from None
    return converted


def _normal(content: Mapping[str, Any]) -> NotebookNode:
    """Return a notebook with just what grading needs, each part of the type that it should have."""
    cells = content.get("cells")
    if not isinstance(cells, list) or not cells:
        msg = "the notebook has no cells; hand in the notebook that you worked in"
        raise NotebookError(msg)
    normal = new_notebook(
        [_normal_cell(cell, index) for index, cell in enumerate(cells, start=1)],
        notebook_metadata(content.get("metadata")),
    )
    make_ids_unique(normal)
    return normal


def _normal_cell(cell: Any, index: int) -> NotebookNode:
    source = cell.get("source", "") if isinstance(cell, dict) else None
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str) or cell.get("cell_type") not in ("code", "markdown", "raw"):
        msg = f"cell {index} of the notebook is damaged; open it in Jupyter, repair or delete that cell, and save"
        raise NotebookError(msg)
    given = cell.get("id")
    valid = isinstance(given, str) and re.fullmatch("[A-Za-z0-9_-]{1,64}", given)
    return new_cell(
        cell["cell_type"],
        source.encode("utf-8", "replace").decode(),
        cell_metadata(cell.get("metadata")),
        given if valid else None,
        pictures=attachments.kept(cell.get("attachments"), source),
    )


def make_ids_unique(normal: NotebookNode) -> None:
    """Give a new id to every cell whose id stands on a later cell: of two copies, the last one counts."""
    seen: set[str] = set()
    for cell in reversed(normal.cells):
        if cell.id in seen:
            cell.id = _new_id()
        seen.add(cell.id)


def _new_id() -> str:
    return uuid.uuid4().hex[:8]


def new_cell(
    kind: str,
    source: str,
    metadata: Mapping[str, Any],
    cell_id: str | None = None,
    *,
    pictures: Mapping[str, Any] | None = None,
) -> NotebookNode:
    """Return a cell without outputs; nbformat's own constructor validates, which a submission may not survive.

    `pictures` are the attachments of a text cell; other cells have none.
    """
    cell: dict[str, Any] = {
        "cell_type": kind,
        "id": cell_id or _new_id(),
        "metadata": copy.deepcopy(dict(metadata)),
        "source": source,
    }
    if kind == "code":
        cell |= {"outputs": [], "execution_count": None}
    elif kind == "markdown" and pictures:
        cell["attachments"] = pictures
    node: NotebookNode = from_dict(cell)
    return node


def new_notebook(cells: list[NotebookNode], metadata: Mapping[str, Any]) -> NotebookNode:
    """Return a notebook of the current format."""
    head = {"nbformat": 4, "nbformat_minor": 5, "metadata": copy.deepcopy(dict(metadata)), "cells": []}
    notebook: NotebookNode = from_dict(head)
    notebook.cells = cells
    return notebook


def role(cell: NotebookNode) -> dict[str, Any]:
    """Return the cell's nbgrader metadata, or an empty dict."""
    value = cell.metadata.get("nbgrader")
    return value if isinstance(value, dict) else {}


def grade_id(cell: NotebookNode) -> str | None:
    """Return the cell's nbgrader id, or None."""
    value = role(cell).get("grade_id")
    return value if isinstance(value, str) else None


def is_check(cell: NotebookNode) -> bool:
    """Return whether the cell is a check cell: graded, not the student's."""
    return bool(role(cell).get("grade")) and not role(cell).get("solution")


def is_solution(cell: NotebookNode) -> bool:
    """Return whether the cell is a solution cell, which the student fills in."""
    return bool(role(cell).get("solution"))


def is_illustration(cell: NotebookNode) -> bool:
    """Return whether the cell only illustrates, so that grading need not run it."""
    return ILLUSTRATION in cell.metadata.get("tags", [])


def check_cells(notebook: NotebookNode) -> Iterator[tuple[str, float]]:
    """Yield (question, points) for each check cell of an assignment's own notebook."""
    for cell in notebook.cells:
        if is_check(cell):
            yield str(grade_id(cell)), float(role(cell).get("points", 0))


def question_of(cell: NotebookNode) -> str | None:
    """Return the question that a solution cell answers, or None for any other cell."""
    name = grade_id(cell)
    return name.removesuffix(SOLUTION_SUFFIX) if name and is_solution(cell) else None


@functools.lru_cache(maxsize=1024)
def defined_names(source: str) -> frozenset[str]:
    """Return the functions and classes that the code defines at its top level; nothing where it is not valid Python.

    A cell that is far longer than people write defines nothing, either.
    """
    try:
        tree = ast.parse(source if len(source) <= _LONGEST_CELL else "")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    return frozenset(node.name for node in tree.body if isinstance(node, _DEFINITIONS))


_LONGEST_CELL = 100_000
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def function_sources(source: str) -> dict[str, str]:
    """Return the source of each top-level function and class of a trusted module, by name."""
    lines = source.splitlines()
    found = {}
    for node in ast.parse(source).body:
        if isinstance(node, _DEFINITIONS):
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            found[node.name] = "\n".join(lines[first - 1 : node.end_lineno])
    return found


def name_of(cell: NotebookNode, number: int) -> str:
    """Return what messages call the cell that stands at this place, counted from 1."""
    return question_of(cell) or f"cell {number}"


def solve(notebook: NotebookNode, sources: Mapping[str, str]) -> NotebookNode:
    """Return a copy of the notebook with `sources[question]` in the solution cell of each such question."""
    solved = copy.deepcopy(notebook)
    for cell in solved.cells:
        question = question_of(cell)
        if question is not None and question in sources:
            cell.source = sources[question]
    return solved


def write(notebook: NotebookNode) -> str:
    """Return the notebook as the text of an .ipynb file."""
    from autograder.formats import nbformat

    return str(nbformat.writes(notebook, version=nbformat.NO_CONVERT)) + "\n"
