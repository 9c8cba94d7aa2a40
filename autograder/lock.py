"""One process at a time in one place: a lock of the kernel's, which ends with its process however that ends."""

from __future__ import annotations

import contextlib
import datetime
import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autograder.errors import AutograderError

_LONGEST = 1000


@contextmanager
def held(path: Path, work: str) -> Iterator[None]:
    """Hold the lock file at `path` for `work` (a few words); AutograderError names the holder where it is held already.

    A file that a killed process left behind locks nobody out. Afterwards the file is gone, and so are folders that were
    made for it and stayed empty.
    """
    made = _make(path.parent)
    try:
        descriptor = _acquired(path, work)
        try:
            yield
        finally:
            path.unlink(missing_ok=True)  # still held: whoever opened this very file finds out that it is gone
            os.close(descriptor)
    finally:
        with contextlib.suppress(OSError):  # somebody has put something there
            for folder in made:
                folder.rmdir()


def _make(folder: Path) -> list[Path]:
    """Make a folder with its parents, and return those that were not there, the innermost first."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return missing


def _acquired(path: Path, work: str) -> int:
    """Return the descriptor that holds the lock."""
    while True:
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError as error:
            msg = f"{path} cannot be made ({error.strerror}), and without it two runs could mix; mend that first"
            raise AutograderError(msg) from error
        try:
            _lock(descriptor, path)
            if _is_at(path, descriptor):
                _sign(descriptor, work)
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)  # its last holder has removed it: there may be another file by now


def _lock(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(descriptor, _LONGEST, 0).decode("utf-8", "replace").strip() or "another process"
        msg = f"{path.parent} is in use by {holder}; wait until it has ended, or stop it, and run this again"
        raise AutograderError(msg) from None
    except OSError as error:
        msg = f"{path} cannot be locked ({error.strerror}), and without that two runs could mix; use another disk"
        raise AutograderError(msg) from error


def _is_at(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(os.stat(path), os.fstat(descriptor))  # noqa: PTH116 - pathlib has no samestat
    except FileNotFoundError:
        return False


def _sign(descriptor: int, work: str) -> None:
    """Say in the file who holds it; where the disk is full it holds all the same."""
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    with contextlib.suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"process {os.getpid()} on {socket.gethostname()} ({work}, since {now})\n".encode(), 0)
