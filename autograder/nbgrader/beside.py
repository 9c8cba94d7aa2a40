"""What lies beside the notebook in a submission's folder: all of it was chosen by whoever handed it in."""

from __future__ import annotations

import datetime
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from nbgrader.utils import parse_utc

from autograder.errors import NotebookError
from autograder.handed_in import beginning, opened
from autograder.images import picture_in

TIMESTAMP = "timestamp.txt"
_TIMESTAMP_BYTES = 100
_PICTURE_BYTES = 8 << 20
_PICTURES = 100
_LOOKED_AT = 10_000


@contextmanager
def copied(folder: Path) -> Iterator[Path]:
    """Return, for the time of the `with`, a folder with what nbgrader may copy: the timestamp and real pictures.

    nbgrader copies every file, follows links, and hands the copies back with the feedback. A link to the course's
    secret would bring it to the student, and once collected it is a plain file like any other.
    """
    with tempfile.TemporaryDirectory() as name:
        clean = Path(name)
        time = timestamp(folder)
        if time is not None:
            (clean / TIMESTAMP).write_text(f"{time.isoformat(sep=' ')} UTC\n", encoding="utf-8")
        for path in _pictures(folder):
            target = clean / path.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(_content(path, _PICTURE_BYTES))
        yield clean


def timestamp(folder: Path) -> datetime.datetime | None:
    """Return when a submission was handed in, in UTC; None where its folder does not say it in a readable way."""
    try:
        text = _content(folder / TIMESTAMP, _TIMESTAMP_BYTES).decode("ascii").strip()
        return parse_utc(text) if text else None
    except Exception:  # whatever a date parser makes of it
        return None


def _pictures(folder: Path) -> list[Path]:
    """Return the PNG, JPEG and GIF files in `folder`, told by what is in them: a Markdown answer may show them."""
    found: list[Path] = []
    seen = 0
    for place, _, names in os.walk(folder):
        for name in sorted(names):
            seen += 1
            if seen > _LOOKED_AT or len(found) == _PICTURES:
                return found
            path = Path(place, name)
            with suppress(OSError, NotebookError):
                if name.isprintable() and picture_in(_content(path, _PICTURE_BYTES)) is not None:
                    found.append(path)
    return found


def _content(path: Path, most: int) -> bytes:
    """Return the content of an ordinary file; NotebookError where it is none, or larger than `most` bytes."""
    with opened(path) as file:
        content = beginning(file, most + 1)
    if len(content) > most:
        msg = f"{path.name} is too large"
        raise NotebookError(msg)
    return content
