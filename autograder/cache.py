"""The memory of what was graded, by content: the same notebook is not judged twice by the same suite."""

from __future__ import annotations

import contextlib
import os
import tempfile
import zlib
from pathlib import Path

import msgspec

from autograder import record
from autograder.course import Assignment, Course
from autograder.errors import AutograderError
from autograder.graded import Graded
from autograder.standing import stands_in_part

FOLDER = ".autograder-cache"
"""Where it lies in a course; it may be removed at any time."""
_QUICK = 1  # of zlib's levels: a notebook becomes a tenth as long in a millisecond


class Cache:
    """The last grade of every notebook that was handed in for one assignment, each in a file named by its digest.

    What cannot be read counts as not there, and what cannot be written is not remembered: nobody waits for a memory.
    """

    def __init__(self, course: Course, assignment: Assignment) -> None:
        self._course = course
        self._assignment = assignment
        self._folder = course.root / FOLDER / assignment.name

    def find(self, digest: str) -> Graded | None:
        """Return the last grade of the notebook with this digest, where at least some questions of it may stand."""
        try:
            data = zlib.decompress((self._folder / digest).read_bytes())
            grade, page = msgspec.msgpack.decode(data, type=tuple[bytes, bytes])
            graded = Graded(record.from_json(grade), page)
        except (OSError, zlib.error, msgspec.DecodeError, AutograderError):
            return None
        return graded if stands_in_part(self._course, self._assignment, graded.grade, digest) else None

    def keep(self, graded: Graded) -> None:
        """Remember a grade in the place of an earlier one of the same notebook."""
        content = (record.to_json(graded.grade), graded.page)
        data = zlib.compress(msgspec.msgpack.encode(content), _QUICK)
        with contextlib.suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(self._folder / graded.grade.submission, data)


def _write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; no time is spent on what a power cut may do to it."""
    descriptor, name = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
