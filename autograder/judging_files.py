"""The files of a course that grade one assignment: what a worker gets, and what the digests tell of.

The course secret, submissions, records, gradebook and cache are none of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from autograder.course import Assignment
from autograder.course_file import COURSE_FILE

_ON_THE_WAY = ("conftest.py", "__init__.py")
"""Files that pytest reads in the folders around a suite."""
_MADE = "__pycache__"


def judging_files(assignment: Assignment) -> list[Path]:
    """Return what a grader of this assignment may read of its course, sorted: files, and links as they are."""
    root = assignment.root
    found = [root / COURSE_FILE]
    for folder in (root, root / "assignments", root / "tests"):
        found += [folder / name for name in _ON_THE_WAY if (folder / name).is_file()]
    for place in (f"assignments/{assignment.name}", "reference", "tests/hidden"):
        found += _below(root / place, (root.resolve(), (root / place).resolve()))
    return sorted(found)


def _below(folder: Path, inside: Sequence[Path], above: frozenset[Path] = frozenset()) -> Iterator[Path]:
    """Yield the files and links in a folder, without hidden ones and those that Python makes.

    A link to a folder that lies `inside` these is followed; one that leads elsewhere may lead to any number of files.
    """
    real = folder.resolve()
    if not folder.is_dir() or not any(map(real.is_relative_to, inside)) or real in above:
        return
    for path in folder.iterdir():
        if path.name.startswith(".") or path.name == _MADE:
            continue
        if path.is_dir():
            yield from _below(path, inside, above | {real})
        if path.is_file() or path.is_symlink():
            yield path
