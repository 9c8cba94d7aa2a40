"""A submission made whole: what is the assignment's comes from the assignment, what is the student's stays."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass

from autograder.errors import NotebookError
from autograder.nodes import NotebookNode
from autograder.notebook import (
    defined_names,
    grade_id,
    is_check,
    is_solution,
    make_ids_unique,
    new_cell,
    new_notebook,
    question_of,
    role,
)

_LONGEST_NAME = 40


@dataclass(frozen=True)
class Restored:
    """The notebook to grade, and a sentence for each thing that was put back."""

    notebook: NotebookNode
    restored: tuple[str, ...]


def restore(submission: NotebookNode, original: NotebookNode) -> Restored:
    """Return `submission` with every check cell, locked cell and all metadata as in `original`.

    Solution cells and added cells keep their source. A missing cell comes back at its place, a stub never behind an
    answer to its question. Where a cell stands more than once the last one counts, the earlier copies stay as ordinary
    cells. Neither argument is changed.
    """
    return _Restorer(submission, original).run()


def require_own_notebook(submission: NotebookNode, original: NotebookNode) -> None:
    """Raise NotebookError where `submission` is plainly the notebook of another assignment than `original`.

    It has solution cells, all of other questions, and no cell that defines what one of this assignment's asks for.
    """
    asked = {question for cell in original.cells if (question := question_of(cell))}
    answered = {question for cell in submission.cells if (question := question_of(cell))}
    code = (cell.source for cell in submission.cells if cell.cell_type == "code")
    if not answered or answered & asked or any(asked & defined_names(source) for source in code):
        return
    msg = (
        f"this is the notebook of another assignment: it answers `{_first(answered)}` and the like, and holds no cell "
        f"for `{_first(asked)}` or any other question of this one; hand in the right notebook"
    )
    raise NotebookError(msg)


def _first(names: set[str]) -> str:
    return min(names)[:_LONGEST_NAME]


class _Restorer:
    def __init__(self, submission: NotebookNode, original: NotebookNode) -> None:
        self.original = original
        self.protected = {name: cell for cell in original.cells if (name := grade_id(cell))}
        self.plain = {cell.id: cell for cell in original.cells if not role(cell)}
        self.cells = list(submission.cells)
        self.notes: list[str] = []

    def run(self) -> Restored:
        owners = self._owners()
        placed = [self._placed(cell, owners.get(index)) for index, cell in enumerate(self.cells)]
        found = {name: placed[index] for index, name in owners.items()}
        cells = self._with_missing(placed, found)
        notebook = new_notebook(cells, self.original.metadata)
        make_ids_unique(notebook)
        return Restored(notebook, tuple(self.notes))

    def _owners(self) -> dict[int, str]:
        """Return which cell of the submission (by index) stands for which protected cell (by its id)."""
        index_of: dict[str, int] = {}
        for index, cell in enumerate(self.cells):
            name = grade_id(cell)
            if name not in self.protected:
                continue
            if name in index_of:
                self._note(f"{self._title(name)} stood there more than once; the last one counts")
            index_of[name] = index
        taken = set(index_of.values())
        for name in self.protected:
            adopted = None if name in index_of else self._adopted(name, taken)
            if adopted is not None:
                index_of[name] = adopted
                taken.add(adopted)
                self._note(f"{self._title(name)} had lost its metadata")
        return {index: name for name, index in index_of.items()}

    def _adopted(self, name: str, taken: set[int]) -> int | None:
        """Return the cell that is this one without its metadata: by its cell id, or as the last to define the name."""
        original = self.protected[name]
        free = [index for index in range(len(self.cells)) if index not in taken]
        for index in free:
            if self.cells[index].id == original.id:
                return index
        question = question_of(original)
        defining = [
            i for i in free if self.cells[i].cell_type == "code" and question in defined_names(self.cells[i].source)
        ]
        return defining[-1] if question and defining else None

    def _placed(self, cell: NotebookNode, name: str | None) -> NotebookNode:
        """Return the cell as it will be graded: the assignment's, or the student's with clean metadata."""
        original = self.protected[name] if name else self.plain.get(cell.id)
        tags = original.metadata.get("tags", []) if original else []
        if set(cell.metadata.get("tags", [])) - set(tags):
            self._note("cell tags were removed")
        if not name or original is None:
            return _clean(cell, {"tags": tags} if tags else {})
        if is_solution(original):
            if cell.cell_type != original.cell_type:
                self._note(f"{self._title(name)} was turned into a {cell.cell_type} cell")
            return _clean(cell, original.metadata, like=original)
        if cell.cell_type != original.cell_type or cell.source.strip() != original.source.strip():
            self._note(f"{self._title(name)} was changed")
        elif _settings(cell) != _settings(original):
            self._note(f"{self._title(name)} had other points or settings")
        whole: NotebookNode = copy.deepcopy(original)
        return whole

    def _with_missing(self, placed: list[NotebookNode], found: dict[str, NotebookNode]) -> list[NotebookNode]:
        """Return `placed` with each missing protected cell put in after the one that it follows in the assignment."""
        cells = list(placed)
        previous: NotebookNode | None = None
        for name, original in self.protected.items():
            if name in found:
                previous = found[name]
                continue
            self._note(f"{self._title(name)} was missing")
            after = 0 if previous is None else next(i for i, cell in enumerate(cells) if cell is previous) + 1
            previous = copy.deepcopy(original)
            cells.insert(min(after, _first_to_define(question_of(original), cells)), previous)
        return cells

    def _note(self, sentence: str) -> None:
        if sentence not in self.notes:
            self.notes.append(sentence)

    def _title(self, name: str) -> str:
        cell = self.protected[name]
        if is_check(cell):
            return f"check cell {name}"
        return f"solution cell {question_of(cell)}" if is_solution(cell) else f"locked cell {name}"


def _first_to_define(question: str | None, cells: list[NotebookNode]) -> int:
    """Return where the question is first answered: a stub that came back after the answer would take its place."""
    for index, cell in enumerate(cells):
        if cell.cell_type == "code" and question in defined_names(cell.source):
            return index
    return len(cells)


def _settings(cell: NotebookNode) -> dict[str, object]:
    return {key: value for key, value in role(cell).items() if key not in ("checksum", "schema_version")}


def _clean(cell: NotebookNode, metadata: Mapping[str, object], *, like: NotebookNode | None = None) -> NotebookNode:
    shape = like or cell
    return new_cell(shape.cell_type, cell.source, metadata, shape.id, pictures=cell.get("attachments"))
