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


def students(notebooks: Iterable[Path], assignment: str) -> Submissions:
    """Return the notebooks by student.

    What a student handed in under a notebook's name is taken, be it a folder or a link: it is that student's affair.
    """
    found = Submissions(assignment)
    for path in notebooks:
        if not os.path.lexists(path) or (path.is_dir() and path.suffix != NOTEBOOK):
            msg = f"{path}: there is no such file; name notebooks, as in submitted/*/{assignment}/{assignment}.ipynb"
            raise AutograderError(msg)
        found.add(path)
    return found
