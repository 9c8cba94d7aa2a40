"""How a submission is made: the assignment's notebook, the reference's solutions, and what one student did to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder import notebook

ASSIGNMENT = "gates"

POINTS: Mapping[str, float] = {
    "numerical_gradient": 3,
    "AddGate": 1,
    "MultiplyGate": 2,
    "MaxGate": 2,
    "circuit": 2,
    "sigmoid_forward": 2,
    "sigmoid_backward": 3,
    "neuron_circuit": 4,
    "relu_forward": 1,
    "relu_backward": 2,
    "affine_forward": 2,
    "affine_backward": 4,
    "elementwise_jacobian": 2,
    "ComputationalGraph": 5,
}
"""What each question is worth, said once more: the class must not take its expectations from what it tests."""

FULL = POINTS
NOTHING: Mapping[str, float] = dict.fromkeys(POINTS, 0)


def full_but(**scores: float) -> Mapping[str, float]:
    """Return full points but for the questions given."""
    return {**FULL, **scores}


def nothing_but(*questions: str, **scores: float) -> Mapping[str, float]:
    """Return nothing but the full points of `questions` and the scores given."""
    return {**NOTHING, **{name: POINTS[name] for name in questions}, **scores}


@dataclass(frozen=True)
class Material:
    """What a student starts from: the notebook as it was handed out, and the reference's code by question."""

    blank: NotebookNode
    sources: Mapping[str, str]

    def solved(self, **sources: str) -> NotebookNode:
        """Return the notebook with the reference's solutions, but for the questions given."""
        return notebook.solve(self.blank, {**self.sources, **sources})

    def answered(self, sources: Mapping[str, str]) -> NotebookNode:
        """Return the notebook with these answers, everything else left blank."""
        return notebook.solve(self.blank, sources)


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """A student, what they hand in, and what must come of it.

    `diagnoses`, `outcomes` and `messages` (a part of the text) are by question, where something is to be said of it.
    `restored` are sentences that the grade has to list, `exit_status` is that of `autograder grade` on this one alone.
    `harmless` notebooks may be run outside of a sandbox.
    """

    student: str
    about: str
    make: Callable[[Material], NotebookNode]
    scores: Mapping[str, float]
    diagnoses: Mapping[str, str] = field(default_factory=dict)
    outcomes: Mapping[str, str] = field(default_factory=dict)
    messages: Mapping[str, str] = field(default_factory=dict)
    restored: tuple[str, ...] = ()
    outcome: str = "graded"
    reason: str = ""
    exit_status: int = 0
    file_name: str = f"{ASSIGNMENT}.ipynb"
    spoil: Callable[[bytes], bytes] = bytes
    harmless: bool = True

    @property
    def total(self) -> float:
        """The points of all questions together."""
        return round(sum(self.scores.values()), 2)

    def data(self, material: Material) -> bytes:
        """Return the bytes of the file that the student hands in."""
        return self.spoil(notebook.write(self.make(material)).encode())


def material(course_root: Path) -> Material:
    """Return what the students of the course in `course_root` start from."""
    blank = notebook.read((course_root / "assignments" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_bytes())
    reference = (course_root / "reference" / f"{ASSIGNMENT}.py").read_text(encoding="utf-8")
    return Material(blank, notebook.function_sources(reference))


def position(nb: NotebookNode, grade_id: str) -> int:
    """Return where the cell with this nbgrader id stands."""
    return next(index for index, cell in enumerate(nb.cells) if notebook.grade_id(cell) == grade_id)


def added(nb: NotebookNode, *cells: str, after: str = "imports") -> NotebookNode:
    """Put further code cells behind the cell with the nbgrader id `after`; returns `nb`."""
    place = position(nb, after) + 1
    taken = {cell.id for cell in nb.cells}
    fresh = (name for number in range(len(nb.cells)) if (name := f"own-{number}") not in taken)
    nb.cells[place:place] = [nbformat.v4.new_code_cell(source, id=next(fresh)) for source in cells]
    return nb


def in_style(course_material: Material, module: str) -> NotebookNode:
    """Return the notebook with a right variant's solutions; what helps them goes into a cell at the top."""
    path = Path(__file__).parents[2] / "reference" / "variants" / ASSIGNMENT / f"{module}.py"
    sources = notebook.function_sources(path.read_text(encoding="utf-8"))
    helpers = [source for name, source in sources.items() if name not in POINTS]
    return added(course_material.answered(sources), *helpers)
