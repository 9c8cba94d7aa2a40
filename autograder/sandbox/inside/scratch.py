"""The folder that submissions write to: how many files it takes, and removing what one left in it."""

from __future__ import annotations

import itertools
import os
from collections.abc import Collection, Iterable

from autograder.sandbox.inside.kernel import syscall

_AT_ONCE = 1000
_NAME_BYTES = 16
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

    Each folder inside is first brought up beside `folder`: a recursion, a path or an open file for each level would
    come to an end somewhere, and leave the next submission less room. The names there are ours, for a submission may
    have chosen one that leaves no room for another letter, or taken one that could be foreseen.
    """
    place = os.path.dirname(folder)  # noqa: PTH120 - the zygote is kept free of pathlib
    waiting = [_renamed(folder, place)]
    while waiting:
        current = waiting.pop()
        os.chmod(current, 0o700)  # noqa: PTH101
        while entries := _some_of(current):
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    os.chmod(entry.path, 0o700)  # noqa: PTH101 - to move a folder one has to be able to write to it
                    waiting.append(_renamed(entry.path, place))
                else:
                    os.unlink(entry.path)  # noqa: PTH108
        os.rmdir(current)  # noqa: PTH106


def sweep(place: str, *, keep: Collection[str]) -> bool:
    """Remove all that lies in `place` but the folders to keep; returns whether nothing else is left there.

    Where Landlock does not hold, a submission can write beside its own folder, and rename that. What cannot be removed
    keeps nothing else from being so.
    """
    try:
        while left := _some_of(place, keep=keep):
            if not sum(map(_is_removed, left)):
                return False
    except OSError:
        return False
    return True


def _is_removed(entry: os.DirEntry[str]) -> bool:
    try:
        if entry.is_dir(follow_symlinks=False):
            remove(entry.path)
        else:
            os.unlink(entry.path)  # noqa: PTH108
    except OSError:
        return False
    return True


def _renamed(path: str, place: str) -> str:
    """Move a folder to a short name in `place` that nobody can foresee, and return it."""
    name = f"{place}/{os.urandom(_NAME_BYTES).hex()}"
    os.rename(path, name)  # noqa: PTH104
    return name


def _some_of(folder: str, *, keep: Collection[str] = ()) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        found: Iterable[os.DirEntry[str]] = (entry for entry in entries if entry.path not in keep)
        return list(itertools.islice(found, _AT_ONCE))
