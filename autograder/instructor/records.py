"""The folder of records that a run writes: how many are there, and which could not be written."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from autograder import record
from autograder.errors import AutograderError
from autograder.record import Grade


class Records:
    """The records in a folder, a file for each student; may be written to from several threads.

    `there` counts those that stand, `unwritten` says of students why theirs could not be written. One that would differ
    from the earlier one in its time only is not written, or a regrade could not be undone any more, unless it `renews`.
    """

    def __init__(self, folder: Path, *, renews: bool) -> None:
        self._folder = folder
        self._renews = renews
        self._counting = threading.Lock()
        self.there = 0
        self.unwritten: dict[str, str] = {}

    def path(self, student: str) -> Path:
        """Return the file of a student's record."""
        return self._folder / f"{student}.json"

    def write(self, grade: Grade) -> Grade:
        """Write a record and return it, or the earlier one that says the same.

        Where it cannot be written, note is taken, and an earlier one is as it was.
        """
        same = None if self._renews else self._same(grade)
        try:
            if same is None:
                record.write(grade, self.path(grade.student))
        except OSError as error:
            self.unwritten[grade.student] = error.strerror or str(error)
        else:
            with self._counting:
                self.there += 1
        return same or grade

    def _same(self, grade: Grade) -> Grade | None:
        """Return the record that is there, if it says the same."""
        try:
            earlier = record.read_if_there(self.path(grade.student))
        except (OSError, AutograderError):
            return None
        return earlier if earlier is not None and record.is_same(earlier, grade) else None

    def require_written(self, submissions: int) -> None:
        """Raise AutograderError where one of so many could not be written, with what to do."""
        if not self.unwritten:
            return
        files = "; ".join(f"{self.path(name)} ({why})" for name, why in sorted(self.unwritten.items()))
        msg = (
            f"{len(self.unwritten)} of {submissions} records could not be written: {files}. Their "
            "grades are shown above, and earlier records of theirs are as they were. Make room, or name another "
            "folder with --out, and run this again: the other records are taken over"
        )
        raise AutograderError(msg)


def require_writable(folder: Path) -> None:
    """Find out before anything is graded whether records can be written to a folder, which need not exist."""
    existing = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        msg = f"{existing} is no folder that can be written to; name another one with --out"
        raise AutograderError(msg)
