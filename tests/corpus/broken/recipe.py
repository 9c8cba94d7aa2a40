"""How a broken notebook is described, and what it is made from: the gates notebook, cut to four of its questions."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from autograder import notebook
from tests.corpus.recipes import ASSIGNMENT, Material, added, material, position

POINTS: Mapping[str, float] = {"MultiplyGate": 2, "circuit": 2, "relu_forward": 1, "relu_backward": 2}
"""What each question is worth, said once more."""
NAMES = tuple(POINTS)
UNTOUCHED = dict.fromkeys(POINTS, "not attempted yet")

Make = Callable[[Material], NotebookNode | bytes]

__all__ = [
    "ASSIGNMENT",
    "NAMES",
    "POINTS",
    "UNTOUCHED",
    "Broken",
    "Make",
    "Material",
    "added",
    "answer",
    "as_file",
    "cut",
    "position",
    "refused",
    "start",
    "with_cells",
]


@dataclass(frozen=True, kw_only=True)
class Broken:
    """A student, what is odd about the notebook, and what must come of it.

    `lost` are the scores of the questions that do not get full points; `outcomes` and `says` (a part of the
    message) are by question. Every question in `lost` needs a sentence. `shows` has to stand among the outputs of
    the student's cells, `restored` in the list of what was put back. With a `reason` the whole notebook is not
    gradable, and the reason contains that text.
    """

    student: str
    about: str
    make: Make
    lost: Mapping[str, float] = field(default_factory=dict)
    outcomes: Mapping[str, str] = field(default_factory=dict)
    says: Mapping[str, str] = field(default_factory=dict)
    shows: str = ""
    restored: tuple[str, ...] = ()
    reason: str = ""
    place: Callable[[Path, bytes], None] = Path.write_bytes  # type: ignore[assignment] # what it returns is not used

    @property
    def scores(self) -> dict[str, float]:
        """The points that every question must get."""
        return dict.fromkeys(POINTS, 0.0) if self.reason else {**POINTS, **self.lost}

    def data(self, begin: Material) -> bytes:
        """Return the bytes of the file that the student hands in."""
        made = self.make(begin)
        return made if isinstance(made, bytes) else as_file(made)


def start(course_root: Path) -> Material:
    """Return the notebook as it is handed out, cut to the four questions, and the reference's code by question."""
    whole = material(course_root)
    return Material(cut(whole.blank), {name: whole.sources[name] for name in POINTS})


def cut(blank: NotebookNode) -> NotebookNode:
    """Return the gates notebook with the four questions, their headings and the imports, and no other cell."""
    kept = {"title", "imports", *(f"{part}{name}" for name in POINTS for part in ("exercise-", ""))}
    kept |= {name + notebook.SOLUTION_SUFFIX for name in POINTS}
    short = copy.deepcopy(blank)
    short.cells = [cell for cell in short.cells if cell.id in kept]
    return short


def as_file(content: Any) -> bytes:
    """Return a notebook as Jupyter writes it; nothing of it is checked or mended on the way."""
    return json.dumps(content, indent=1).encode()


def answer(nb: NotebookNode, question: str) -> NotebookNode:
    """Return the solution cell of a question."""
    return nb.cells[position(nb, question + notebook.SOLUTION_SUFFIX)]


def with_cells(*sources: str, after: str = "imports", **answers: str) -> Make:
    """Return a recipe: all is solved but for `answers`, and the student's own cells stand after `after`."""
    return lambda begin: added(begin.solved(**answers), *sources, after=after)


def refused(
    student: str, about: str, make: Make, reason: str, place: Callable[[Path, bytes], None] | None = None
) -> Broken:
    """Return the recipe of a file that cannot be graded at all."""
    placed = {} if place is None else {"place": place}
    return Broken(student=student, about=about, make=make, reason=reason, **placed)
