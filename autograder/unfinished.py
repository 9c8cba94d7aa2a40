"""Folders that are being written, so that one that a killed run left half done is not taken for finished."""

from __future__ import annotations

import shutil
from pathlib import Path


def begin(folder: Path) -> None:
    """Note, beside `folder`, that it is being written from now on."""
    mark = _mark(folder)
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch()


def end(folder: Path) -> None:
    """Note that `folder` is finished."""
    _mark(folder).unlink(missing_ok=True)


def discard(folder: Path) -> bool:
    """Remove `folder` where its writing was begun and never ended, and return whether that was so.

    Nobody may be writing it now.
    """
    if not _mark(folder).exists() or not folder.exists():
        return False
    shutil.rmtree(folder)
    return True


def _mark(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.unfinished")
