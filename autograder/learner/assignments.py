"""The assignments that a student has on disk: folders with a notebook and its `checks.py`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.course_file import nearest
from autograder.errors import AutograderError
from autograder.guide import Guide, guide_in
from autograder.learner.cells import cells_of, is_check
from autograder.workbench import CHECKS

_PLACES = ("*", "assignments/*", "release/*")


@dataclass(frozen=True)
class OwnAssignment:
    """One notebook that can be checked."""

    notebook: Path
    guide: Guide

    @property
    def folder(self) -> Path:
        """The folder of notebook and checks."""
        return self.notebook.parent

    @property
    def name(self) -> str:
        """What it is called: as released, or after its file."""
        return self.guide.assignment or self.notebook.stem

    @property
    def title(self) -> str:
        """Name and title."""
        return f"{self.name}: {self.guide.title}" if self.guide.title else self.name

    @property
    def questions(self) -> list[str]:
        """The questions in the order of the notebook."""
        return [question for cell in cells_of(self.notebook) if (question := is_check(cell))]


def assignments_below(start: Path) -> list[OwnAssignment]:
    """Return the assignment in the folder `start`, or those in folders below it, in the order of the course."""
    for pattern in (".", *_PLACES):
        folders = [start] if pattern == "." else sorted(start.glob(pattern))
        found = [assignment_in(folder) for folder in folders if (folder / CHECKS).is_file()]
        if found:
            return sorted(found, key=lambda own: own.guide.place)
    msg = f"there is no assignment in {start}: no folder with a notebook and its {CHECKS}; go to the course's folder"
    raise AutograderError(msg)


def assignment_in(folder: Path) -> OwnAssignment:
    """Return the assignment of a folder; AutograderError where it has no notebook, or several."""
    guide = guide_in(folder)
    notebooks = [path for path in sorted(folder.glob("*.ipynb")) if any(map(is_check, cells_of(path)))]
    named = [path for path in notebooks if path.stem in (guide.assignment, folder.name)]
    chosen = named or notebooks
    if not chosen:
        msg = f"{folder}: there is no notebook with check cells; save your notebook there, then check again"
        raise AutograderError(msg)
    if len(chosen) > 1:
        msg = f"{folder}: there are {len(chosen)} notebooks ({_listed(chosen)}); name the one to check"
        raise AutograderError(msg)
    return OwnAssignment(chosen[0], guide)


def chosen(words: Sequence[str], start: Path) -> tuple[list[OwnAssignment], list[str]]:
    """Return assignments and questions that are meant by `[NOTEBOOK] [QUESTION …]`; AutograderError where none is."""
    if words and (start / words[0]).suffix == ".ipynb":
        path = start / words[0]
        if not path.is_file():
            msg = f"{words[0]}: there is no such file; save the notebook first, or name another one"
            raise AutograderError(msg)
        if not (path.parent / CHECKS).is_file():
            msg = (
                f"{words[0]}: there is no {CHECKS} beside it; put the notebook into the folder that it was released in"
            )
            raise AutograderError(msg)
        return _with_questions([OwnAssignment(path, guide_in(path.parent))], words[1:])
    if words and (start / words[0] / CHECKS).is_file():
        return _with_questions([assignment_in(start / words[0])], words[1:])
    found = assignments_below(start)
    named = [own for own in found if words and words[0] == own.name]
    return _with_questions(named, words[1:]) if named else _with_questions(found, words)


def _with_questions(found: list[OwnAssignment], questions: Sequence[str]) -> tuple[list[OwnAssignment], list[str]]:
    known = [question for own in found for question in own.questions]
    for question in questions:
        if question not in known:
            msg = f"there is no question, notebook or assignment {question!r}; {nearest(question, known)}"
            raise AutograderError(msg)
    asked = [own for own in found if not questions or set(questions) & set(own.questions)]
    return asked, list(questions)


def _listed(paths: Sequence[Path]) -> str:
    return ", ".join(path.name for path in paths)
