"""What the course remembers of what was graded: which of its files can only be the grader's own."""

from __future__ import annotations

import stat
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from autograder import record
from autograder.cache import FOLDER
from autograder.errors import AutograderError
from autograder.record import Grade
from tests.attack_table.files import Entry
from tests.attack_table.meadow import ASSIGNMENT

_FOLDERS = {FOLDER, f"{FOLDER}/{ASSIGNMENT}"}


def handed_in(before: Mapping[str, Entry]) -> dict[str, str]:
    """Return the digest of each student's notebook, of all files as they were before anything was graded."""
    name = f"{ASSIGNMENT}.ipynb"
    paths = {path: path.split("/") for path in before}
    return {
        parts[2]: before[path].digest
        for path, parts in paths.items()
        if parts[:2] == ["course", "submitted"] and parts[3:] == [ASSIGNMENT, name]
    }


def own(course: Path, digests: Mapping[str, str], made: Mapping[str, Grade]) -> set[str]:
    """Return the paths, from `course` on, of the memory's folders and of those files in it that are as they should be.

    Such a file is named by the digest of a notebook that was handed in, is nobody else's to read, and holds the grade
    that this student's record says, in every question.
    """
    folders = {name for name in _FOLDERS if (course / name).is_dir() and not (course / name).is_symlink()}
    students: dict[str, list[str]] = {}
    for student, digest in digests.items():
        students.setdefault(digest, []).append(student)
    files = (course / FOLDER / ASSIGNMENT).glob("*") if len(folders) == len(_FOLDERS) else ()
    return folders | {
        str(path.relative_to(course))
        for path in files
        if _holds(path, [made[name] for name in students.get(path.name, ()) if name in made])
    }


def _holds(path: Path, grades: Iterable[Grade]) -> bool:
    status = path.lstat()
    if not stat.S_ISREG(status.st_mode) or status.st_mode & 0o077:
        return False
    try:
        content, _ = msgspec.msgpack.decode(zlib.decompress(path.read_bytes()), type=tuple[bytes, bytes])
        grade = record.from_json(content)
    except (zlib.error, msgspec.DecodeError, AutograderError):
        return False
    return grade.submission == path.name and any(_same(grade, each) for each in grades)


def _same(remembered: Grade, grade: Grade) -> bool:
    """Tell whether two grades are one: whose it is, and what was noted of their file, comes after the memory."""
    plain = [msgspec.structs.replace(each, student="", restored=()) for each in (remembered, grade)]
    return plain[0] == plain[1]
