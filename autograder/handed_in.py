"""Files that were handed in are opened as what they claim to be, or not at all."""

from __future__ import annotations

import errno
import os
import stat
from io import BufferedReader
from pathlib import Path

from autograder.errors import NotebookError


def opened(path: Path) -> BufferedReader:
    """Open a notebook for reading; NotebookError where it is no ordinary file, OSError where it cannot be opened.

    A link could point at another student's file, and reading a pipe would wait for ever.
    """
    try:
        file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO) or not stat.S_ISREG(path.lstat().st_mode):
            raise NotebookError(_not_ordinary(path)) from None
        raise
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise NotebookError(_not_ordinary(path))
    return os.fdopen(file, "rb")


def beginning(file: BufferedReader, most: int) -> bytes:
    """Return the content of a file just opened, of a long one the first `most` bytes.

    No more room is made than it has bytes: to make it for the largest file there may be takes longer than to read one.
    """
    size = os.fstat(file.fileno()).st_size
    data = file.read(min(size + 1, most))
    # a file may have grown, and some file systems call every file empty
    return data if len(data) <= size else data + file.read(most - len(data))


def ordinary(path: Path) -> Path:
    """Return the path of an ordinary file; NotebookError where it is anything else."""
    if not stat.S_ISREG(path.lstat().st_mode):
        raise NotebookError(_not_ordinary(path))
    return path


def _not_ordinary(path: Path) -> str:
    return f"{path.name} is not an ordinary file; hand in the notebook itself"
