"""The assignments that a student has on disk: folders with a notebook and its `checks.py`."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.course_file import COURSE_FILE, nearest
from autograder.errors import AutograderError
from autograder.guide import Guide, guide_in
from autograder.learner.cells import cells_of, is_check, is_notebook
from autograder.learner.questions import questions_of
from autograder.workbench import CHECKS

_PLACES = ("*", "assignments/*", "release/*")
_HANDED_IN = "submitted"
"""Where nbgrader collects what students hand in, in the course's folder."""
_COPIES = "my-course"
"""Where `autograder init` writes unless it is told otherwise."""


@dataclass(frozen=True)
class OwnAssignment:
    """One notebook that can be checked; where it cannot, `problem` says why."""

    notebook: Path
    guide: Guide
    problem: str = ""

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
        """The questions in the order of the notebook, none where there is a problem."""
        return [] if self.problem else questions_of(self.folder, self.guide, self.notebook)


def assignments_below(start: Path) -> list[OwnAssignment]:
    """Return the assignment in the folder `start`, or those in folders below it, in the order of the course.

    A folder below that cannot be used is among them, with its problem. AutograderError where there is none at all.
    """
    if (start / CHECKS).is_file():
        return [assignment_in(start)]
    in_course = (start / COURSE_FILE).is_file()
    for pattern in (f"{_COPIES}/*",) if in_course else _PLACES:
        found = [_usable_or_not(folder) for folder in sorted(start.glob(pattern)) if (folder / CHECKS).is_file()]
        if found:
            return sorted(found, key=lambda own: own.guide.place)
    if in_course:
        msg = (
            f"{start} is the course itself, whose own notebooks nobody answers; make copies with `autograder init`, "
            f"and check these: they are in {_COPIES} unless you name another folder"
        )
        raise AutograderError(msg)
    msg = f"there is no assignment in {start}: no folder with a notebook and its {CHECKS}; go to the course's folder"
    raise AutograderError(msg)


def assignment_in(folder: Path) -> OwnAssignment:
    """Return the assignment of a folder; AutograderError where it has no notebook, or several."""
    guide = guide_in(folder)
    notebooks = [path for path in sorted(folder.glob("*.ipynb")) if _is_broken_or_asks(path)]
    named = [path for path in notebooks if path.stem in (guide.assignment, folder.resolve().name)]
    chosen = named or notebooks
    if not chosen:
        msg = f"{folder}: there is no notebook with check cells; save your notebook there, then check again"
        raise AutograderError(msg)
    if len(chosen) > 1:
        msg = f"{folder}: there are {len(chosen)} notebooks ({_listed(chosen)}); name the one to check"
        raise AutograderError(msg)
    return _readable(OwnAssignment(chosen[0], guide))


def assignment_here(folder: Path) -> OwnAssignment:
    """Return the assignment of the folder that a notebook runs in, also where its file is kept somewhere else."""
    try:
        return assignment_in(folder)
    except AutograderError:
        guide = guide_in(folder)
        return OwnAssignment(folder / f"{guide.assignment or folder.resolve().name}.ipynb", guide)


def _is_broken_or_asks(path: Path) -> bool:
    return not is_notebook(path) or any(map(is_check, cells_of(path)))


def _readable(own: OwnAssignment) -> OwnAssignment:
    if not is_notebook(own.notebook):
        msg = f"{own.notebook} cannot be read as a notebook; save it again, or get a fresh copy"
        raise AutograderError(msg)
    return own


def _usable_or_not(folder: Path) -> OwnAssignment:
    """Return the assignment of a folder, or what is wrong with it in its place: the others are checked all the same."""
    try:
        return assignment_in(folder)
    except AutograderError as error:
        return OwnAssignment(folder / f"{folder.name}.ipynb", Guide(), str(error))


def chosen(words: Sequence[str], start: Path) -> tuple[list[OwnAssignment], list[str]]:
    """Return assignments and questions that are meant by `[NOTEBOOK] [QUESTION …]`; AutograderError where none is.

    A folder of assignments may stand in place of a notebook.
    """
    first = start / words[0] if words else start
    if words and first.suffix == ".ipynb":
        return _with_questions([_named_file(words[0], first)], words[1:])
    if words and (first / CHECKS).is_file():
        return _with_questions([assignment_in(first)], words[1:])
    if words and any(first.glob(f"*/{CHECKS}")):
        return _with_questions(assignments_below(first), words[1:])
    if words and first.is_dir():
        _refuse_what_was_handed_in(words[0], first)
    found = assignments_below(start)
    named = [own for own in found if words and words[0] == own.name]
    if not named:
        return _with_questions(found, words)
    if named[0].problem:
        raise AutograderError(named[0].problem)
    return _with_questions(named, words[1:])


def _named_file(word: str, path: Path) -> OwnAssignment:
    if not path.is_file():
        msg = f"{word}: there is no such file; save the notebook first, or name another one"
        raise AutograderError(msg)
    if not (path.parent / CHECKS).is_file():
        _refuse_what_was_handed_in(word, path)
        msg = f"{word}: there is no {CHECKS} beside it; put the notebook into the folder that it was released in"
        raise AutograderError(msg)
    return _readable(OwnAssignment(path, guide_in(path.parent)))


def _refuse_what_was_handed_in(word: str, path: Path) -> None:
    """Raise AutograderError for notebooks without checks inside a course: they are other people's, as far as one sees.

    Where `path` is a folder without notebooks it may be the name of something else.
    """
    root = _course_above(path)
    if root is not None and not (path.is_dir() and not any(path.rglob("*.ipynb"))):
        raise _handed_in(word, path, root)


def _course_above(path: Path) -> Path | None:
    return next((folder for folder in path.resolve().parents if (folder / COURSE_FILE).is_file()), None)


def _handed_in(word: str, path: Path, root: Path) -> AutograderError:
    names = (path.parent.name, path.stem, path.name)
    name = next((name for name in names if (root / "assignments" / name / CHECKS).is_file()), "ASSIGNMENT")
    target = shlex.quote(word) + ("/*.ipynb" if path.is_dir() and any(path.glob("*.ipynb")) else "")
    return AutograderError(
        f"{word} seems to be handed in by somebody else, and `check` runs code without protection; grade it with "
        f"`autograder grade {name} {target}`, which runs the visible checks, too. If the notebook is your own, put it "
        "into the folder that it was released in"
    )


def _with_questions(found: list[OwnAssignment], questions: Sequence[str]) -> tuple[list[OwnAssignment], list[str]]:
    for own in found:
        root = _course_above(own.notebook)
        if root is not None and own.notebook.resolve().is_relative_to(root / _HANDED_IN):
            raise _handed_in(str(own.notebook), own.notebook, root)
    known = {question: None for own in found for question in own.questions}
    for question in questions:
        if question not in known:
            msg = f"there is no question, notebook or assignment {question!r}; {nearest(question, known)}"
            raise AutograderError(msg)
    asked = [own for own in found if not questions or set(questions) & set(own.questions)]
    return asked, list(questions)


def _listed(paths: Sequence[Path]) -> str:
    return ", ".join(path.name for path in paths)
