"""Who has handed in what: the notebooks of a class by student, from what is named on the command line."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from autograder.errors import AutograderError

NOTEBOOK = ".ipynb"


class Submissions(Mapping[str, Path]):
    """The notebooks to be graded, by student."""

    def __init__(self, assignment: str) -> None:
        self._empty: dict[str, None] = {}
        self._reasons: dict[str, str] = {}
        self._assignment = assignment
        self._paths: dict[str, str] = {}  # as a Path, each would take a kilobyte

    def __getitem__(self, student: str) -> Path:
        """Return the path of a student's notebook."""
        return Path(self._paths[student])

    def __iter__(self) -> Iterator[str]:
        """Yield the students in the order in which they were named."""
        return iter(self._paths)

    def __len__(self) -> int:
        """Return how many notebooks there are."""
        return len(self._paths)

    @property
    def absent(self) -> list[str]:
        """The students who have folders, and nothing in any of them for the assignment."""
        return [_shown(name) for name in self._empty if name not in self._paths and name not in self._reasons]

    @property
    def unclear(self) -> dict[str, str]:
        """Why, by student, what was handed in has no notebook that could be graded, in whichever folder."""
        return {_shown(name): why for name, why in self._reasons.items() if name not in self._paths}

    def add(self, path: Path) -> None:
        """Add a notebook: the student is that of `STUDENT/ASSIGNMENT/x.ipynb`, or else the file's name."""
        folder = path.absolute().parent
        student = folder.parent.name if folder.name == self._assignment else path.stem
        if not student.isprintable():  # also what is not UTF-8: names go to terminals, pages and files
            msg = f"{student!a} holds characters that cannot be printed; rename the folder or file of this student"
            raise AutograderError(msg)
        if student in self._paths:
            msg = f"{self._paths[student]} and {path} are both of student {student!r}; grade one of them at a time"
            raise AutograderError(msg)
        self._paths[student] = str(path)

    def add_folder(self, folder: Path) -> None:
        """Add what was handed in, from nbgrader's folders: `FOLDER/STUDENT/ASSIGNMENT/*.ipynb`.

        Where a student's folder holds other notebooks beside `ASSIGNMENT.ipynb`, that one counts. What is hidden does
        not count. Raises AutograderError where nobody has handed in anything.
        """
        found = [self._add_student(folder / student / self._assignment, student) for student in _students(folder)]
        if not any(found):
            place = folder / "STUDENT" / self._assignment
            msg = (
                f"nothing was handed in: there is no notebook in {place}; put them there, or name them "
                "or the folder above those of the students"
            )
            raise AutograderError(msg)

    def _add_student(self, place: Path, student: str) -> bool:
        """Add what a student has handed in, and return whether that is anything."""
        own = f"{self._assignment}{NOTEBOOK}"
        try:
            names = [name for name in os.listdir(place) if not name.startswith(".")]  # noqa: PTH208 - names will do
        except FileNotFoundError:
            names = []
        except OSError as error:  # a file in its place, or one that nobody may open, is this student's affair
            self._reasons[student] = f"{_shown(str(place))} cannot be read ({error.strerror})"
            return True
        notebooks = [own] if own in names else sorted(name for name in names if name.endswith(NOTEBOOK))
        if len(notebooks) == 1:
            self.add(place / notebooks[0])
        elif names:
            others = f", but {', '.join(map(_shown, notebooks))}" if notebooks else " and no other notebook"
            self._reasons[student] = f"{_shown(str(place))} holds no {own}{others}"
        else:
            self._empty[student] = None
        return bool(names)


def students(notebooks: Iterable[Path], assignment: str) -> Submissions:
    """Return the notebooks by student; a folder stands for all that was handed in below it.

    What a student handed in under a notebook's name is taken, be it a folder or a link: it is that student's affair.
    """
    found = Submissions(assignment)
    for path in notebooks:
        if not os.path.lexists(path):
            msg = f"{path}: there is no such file; name notebooks, as in submitted/*/{assignment}/{assignment}.ipynb"
            raise AutograderError(msg)
        if path.is_dir() and path.suffix != NOTEBOOK:
            found.add_folder(path)
        else:
            found.add(path)
    return found


def handed_in(folder: Path, assignment: str) -> Submissions:
    """Return all that was handed in below a folder; AutograderError where that is nothing."""
    found = Submissions(assignment)
    found.add_folder(folder)
    return found


def _students(folder: Path) -> list[str]:
    """Return the names of a folder's folders; a link that leads nowhere is one of a student who could be missed."""

    def is_file(entry: os.DirEntry[str]) -> bool:
        try:
            return entry.is_file()
        except OSError:  # a link in a circle, or one to where nobody may look
            return False

    if not folder.exists():
        return []
    with os.scandir(folder) as entries:
        return sorted(entry.name for entry in entries if not entry.name.startswith(".") and not is_file(entry))


def _shown(name: str) -> str:
    return name if name.isprintable() else ascii(name)
