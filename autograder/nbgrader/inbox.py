"""Which notebook of a submission's folder is to be graded, or a sentence that says why there is none."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from autograder import notebook
from autograder.errors import NotebookError
from autograder.handed_in import beginning, opened, ordinary


@dataclass(frozen=True)
class HandIn:
    """The notebook that was handed in: its path, and what was put right in choosing it."""

    path: Path
    note: str | None = None


def find(folder: Path, original: NotebookNode, name: str) -> HandIn:
    """Return `name`.ipynb in `folder`, or else the only notebook there, or else the one that is most like `original`.

    NotebookError, with a sentence for the student, where there is none, or several and no telling which one.
    """
    expected = folder / f"{name}.ipynb"
    if os.path.lexists(expected):
        return HandIn(ordinary(expected))
    others = sorted(folder.glob("*.ipynb"))
    if not others:
        msg = f"there is no notebook in the submission; hand in {expected.name}"
        raise NotebookError(msg)
    chosen = others[0] if len(others) == 1 else _most_alike(others, original)
    if chosen is None:
        names = ", ".join(path.name for path in others)
        msg = f"none of the notebooks ({names}) is called {expected.name}; hand in just that one"
        raise NotebookError(msg)
    return HandIn(ordinary(chosen), f"the notebook was called {chosen.name}")


def _most_alike(paths: list[Path], original: NotebookNode) -> Path | None:
    """Return the notebook with the most cells of the assignment, or None where two have as many or all have none."""
    known = {name for cell in original.cells if (name := notebook.grade_id(cell))}
    counts = sorted(((_shared_cells(path, known), path) for path in paths), reverse=True)
    (most, chosen), (second, _) = counts[:2]
    return chosen if most > second else None


def _shared_cells(path: Path, known: set[str]) -> int:
    try:
        with opened(path) as file:
            cells = notebook.read(beginning(file, notebook.MAX_BYTES + 1)).cells
    except (NotebookError, OSError):
        return 0
    return len({notebook.grade_id(cell) for cell in cells} & known)
