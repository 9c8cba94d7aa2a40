"""Every file as it was: content, owner, mode and time, before and after."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.attack_table.findings import Finding


@dataclass(frozen=True)
class Entry:
    """What is known of one file; a folder's own time changes with what is in it, so that does not count."""

    kind: str
    mode: int
    owner: tuple[int, int]
    modified: int
    digest: str


def snapshot(folder: Path) -> dict[str, Entry]:
    """Return every file, folder and link below `folder`, by its path from there."""
    return {str(path.relative_to(folder)): _entry(path) for path in _walk(folder)}


def changes(
    before: Mapping[str, Entry], after: Mapping[str, Entry], *, may_change: Callable[[str], bool]
) -> list[Finding]:
    """Return what is new, gone or different, but for the paths that `may_change`."""
    return [
        Finding("change", f"{path} {_difference(before.get(path), after.get(path))}")
        for path in sorted(before.keys() | after.keys())
        if before.get(path) != after.get(path) and not may_change(path)
    ]


def _difference(before: Entry | None, after: Entry | None) -> str:
    if before is None:
        return "was written"
    if after is None:
        return "is gone"
    names = {"kind": "kind", "mode": "mode", "owner": "owner", "modified": "time", "digest": "content"}
    differing = [word for field, word in names.items() if getattr(before, field) != getattr(after, field)]
    return f"has another {', '.join(differing)}"


def _walk(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        yield path
        if path.is_dir() and not path.is_symlink():
            yield from _walk(path)


def _entry(path: Path) -> Entry:
    status = path.lstat()
    kind = stat.filemode(status.st_mode)[0]
    digest = ""
    if stat.S_ISREG(status.st_mode):
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    elif stat.S_ISLNK(status.st_mode):
        digest = str(path.readlink())
    modified = 0 if stat.S_ISDIR(status.st_mode) else status.st_mtime_ns
    return Entry(kind, stat.S_IMODE(status.st_mode), (status.st_uid, status.st_gid), modified, digest)
