"""The records that a regrade replaces: kept beside the new ones, so that each step can be taken back.

`OUT/.earlier/0001-20260131T120000Z/` holds the records as they were before the first step, under their own names, and
a manifest of all that the step writes. The folder gets this name once it is complete, and only then is a record
replaced. So at any moment every record is the one before a step or the one after it, and the manifest tells which.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from autograder import record
from autograder.errors import AutograderError

FOLDER = ".earlier"
MANIFEST = "manifest"  # without an ending: a student called `manifest` has a record manifest.json
_DRAFT = ".draft-"
_NAME = re.compile(r"(\d{4,})-\d{8}T\d{6}Z")


class Change(msgspec.Struct, frozen=True):
    """The SHA-256 (hex) of a student's record before a step (None: there was none) and after it."""

    student: str
    before: str | None
    after: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a step writes; `written_at` is ISO 8601 in UTC."""

    format: int = 1
    assignment: str
    written_at: str
    records: tuple[Change, ...]


@dataclass(frozen=True)
class Step:
    """One regrade whose earlier records are kept in `folder`."""

    folder: Path
    manifest: Manifest

    def copy(self, student: str) -> Path:
        """Return where the earlier record of a student is kept."""
        return self.folder / f"{student}.json"


def sha256(content: bytes) -> str:
    """Return the SHA-256 (hex) by which a record is told from another one."""
    return hashlib.sha256(content).hexdigest()


def digest(path: Path) -> str | None:
    """Return the SHA-256 (hex) of a file, None where there is none."""
    try:
        return sha256(path.read_bytes())
    except FileNotFoundError:
        return None


def sweep(out: Path) -> None:
    """Remove what a killed run has left half prepared or half removed; nobody else may be writing there."""
    for draft in (out / FOLDER).glob(f"{_DRAFT}*"):
        shutil.rmtree(draft)
    _remove_empty(out / FOLDER)


def keep(out: Path, assignment: str, changes: Sequence[Change]) -> Step:
    """Keep the records that these changes replace; afterwards, and not before, they may be replaced.

    Raises AutograderError where a record is not, or no more, the one that its change names.
    """
    parent = out / FOLDER
    parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    now = datetime.datetime.now(datetime.UTC)
    manifest = Manifest(assignment=assignment, written_at=now.isoformat(timespec="seconds"), records=tuple(changes))
    draft = Path(tempfile.mkdtemp(prefix=_DRAFT, dir=parent))
    try:
        for change in changes:
            _copy(out / f"{change.student}.json", draft, change)
        record.write_file(msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n", draft / MANIFEST)
        _settle(draft)
        # numbered, because a clock may be set back
        step = parent / f"{_last(parent) + 1:04}-{now:%Y%m%dT%H%M%SZ}"
        draft.rename(step)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        _remove_empty(parent)
        raise
    for folder in (parent, out):
        _settle(folder)
    return Step(step, manifest)


def latest(out: Path) -> Step | None:
    """Return the last step that is not taken back yet, None where there is none."""
    steps = [path for path in (out / FOLDER).glob("*") if _NAME.fullmatch(path.name)]
    if not steps:
        return None
    folder = max(steps, key=_number)
    try:
        content = (folder / MANIFEST).read_bytes()
        return Step(folder, msgspec.json.decode(content, type=Manifest))
    except (OSError, msgspec.DecodeError) as error:
        msg = f"{folder / MANIFEST} cannot be read ({error}); put back the records beside it by hand"
        raise AutograderError(msg) from error


def require_untouched(step: Step, out: Path) -> None:
    """Raise AutograderError where taking the step back would lose something, and name the files.

    That is a record that somebody has changed since the step, or a kept one that is not as it was.
    """
    changed, damaged = [], []
    for change in step.manifest.records:
        path = out / f"{change.student}.json"
        if digest(path) not in (None, change.before, change.after):
            changed.append(str(path))
        if change.before is not None and digest(step.copy(change.student)) != change.before:
            damaged.append(str(step.copy(change.student)))
    if changed:
        msg = f"changed since the regrade: {', '.join(changed)}; move them elsewhere if they may go, then undo"
        raise AutograderError(msg)
    if damaged:
        msg = f"not as it was kept: {', '.join(damaged)}; nothing is put back"
        raise AutograderError(msg)


def put_back(step: Step, out: Path) -> None:
    """Put all records back as they were before the step, and forget it; where that was stopped it can be repeated."""
    for change in step.manifest.records:
        path = out / f"{change.student}.json"
        if change.before is None:
            path.unlink(missing_ok=True)
        elif digest(path) != change.before:
            record.write_file(step.copy(change.student).read_bytes(), path)
    _settle(out)
    removed = step.folder.rename(step.folder.with_name(f"{_DRAFT}{step.folder.name}"))
    shutil.rmtree(removed)
    _remove_empty(out / FOLDER)


def _remove_empty(folder: Path) -> None:
    with contextlib.suppress(OSError):  # it holds something, or is not there
        folder.rmdir()


def _copy(path: Path, folder: Path, change: Change) -> None:
    if digest(path) != change.before:
        msg = f"{path} has been changed since it was compared; run this again"
        raise AutograderError(msg)
    if change.before is not None:
        record.write_file(path.read_bytes(), folder / path.name)


def _last(parent: Path) -> int:
    return max((_number(path) for path in parent.iterdir() if _NAME.fullmatch(path.name)), default=0)


def _number(step: Path) -> int:
    return int(step.name.partition("-")[0])


def _settle(folder: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
