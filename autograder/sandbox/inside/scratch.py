"""The folder that submissions write to: how many files it takes, and removing what one left in it."""

from __future__ import annotations

import itertools
import os
from collections.abc import Collection

from autograder.sandbox.inside.kernel import syscall

_AT_ONCE = 1000
_MOUNT = {"x86_64": 165, "aarch64": 40}
_REMOUNT = 0b100110  # and neither devices nor set-uid programs, as before


def limit(place: str, *, files: int) -> bool:
    """Let the file system that is mounted at `place` take no more files than this; returns whether that could be done.

    Its size does not limit them: an empty file has none, and yet costs the kernel memory.
    """
    try:
        syscall(_MOUNT[os.uname().machine], None, place.encode(), None, _REMOUNT, f"nr_inodes={files}".encode())
    except (OSError, KeyError):
        return False
    return True


def remove(folder: str) -> None:
    """Remove `folder` with all that is in it, whatever its rights are and however deep it goes; raises OSError.

    Each folder inside is first brought up beside `folder` (as `folder.1` and so on): a recursion, a path or an open
    file for each level would come to an end somewhere, and leave the next submission less room.
    """
    numbers = itertools.count(1)
    waiting = [folder]
    while waiting:
        current = waiting.pop()
        os.chmod(current, 0o700)  # noqa: PTH101 - the zygote is kept free of pathlib
        while entries := _some_of(current):
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    os.chmod(entry.path, 0o700)  # noqa: PTH101 - to move a folder one has to be able to write to it
                    waiting.append(f"{folder}.{next(numbers)}")
                    os.rename(entry.path, waiting[-1])  # noqa: PTH104
                else:
                    os.unlink(entry.path)  # noqa: PTH108
        os.rmdir(current)  # noqa: PTH106


def sweep(place: str, *, keep: Collection[str]) -> None:
    """Remove all that lies in `place` but the folders to keep; raises OSError.

    Where Landlock does not hold, a submission can write beside its own folder, and rename that.
    """
    with os.scandir(place) as entries:
        left = [entry for entry in entries if entry.path not in keep]
    for entry in left:
        if entry.is_dir(follow_symlinks=False):
            remove(entry.path)
        else:
            os.unlink(entry.path)  # noqa: PTH108


def _some_of(folder: str) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return list(itertools.islice(entries, _AT_ONCE))
