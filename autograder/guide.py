"""`guide.json`, the file beside a released notebook: how many checks are hidden, limits, and hints for who needs them.

It is made by `autograder.instructor.guides`, from things that students do not have. What it says of a known slip can be
read only by whoever has made it: the text is sealed with the way in which the slip fails the visible checks.
"""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from pathlib import Path

import msgspec

from autograder.errors import AutograderError
from autograder.limits import Limits, Seconds

GUIDE = "guide.json"
FORMAT = 1
FULL_CEILING = 3
_LABEL_LENGTH = 16


class QuestionGuide(msgspec.Struct, frozen=True):
    """One question: the number of its hidden checks, and sealed hints by label."""

    hidden: int
    slips: dict[str, str] = {}


class TimeLimits(msgspec.Struct, frozen=True, kw_only=True):
    """How many seconds a call, a cell and a training may take when the assignment is graded."""

    call_seconds: Seconds = Limits().call_seconds
    cell_seconds: Seconds = Limits().cell_seconds
    training_seconds: Seconds = Limits().training_seconds


class Guide(msgspec.Struct, frozen=True, kw_only=True):
    """A whole assignment, `place` its number in the course.

    `ceiling` is the last step of hints that the course allows, 0 for none; `limits` are those of grading.
    """

    format: int = FORMAT
    assignment: str = ""
    title: str = ""
    place: int = 0
    ceiling: int = FULL_CEILING
    limits: TimeLimits = TimeLimits()
    questions: dict[str, QuestionGuide] = {}

    def hidden(self, question: str) -> int | None:
        """Return how many hidden checks a question has, None where that is not known."""
        entry = self.questions.get(question)
        return None if entry is None else entry.hidden

    def slip(self, question: str, behaviour: bytes) -> str | None:
        """Return the hint for the slip that behaves like this, if it is a known one."""
        entry = self.questions.get(question)
        sealed = entry.slips.get(label(behaviour)) if entry else None
        return None if sealed is None else unseal(sealed, behaviour)


@lru_cache(maxsize=8)
def _read(path: Path, _version: int) -> Guide:
    try:
        guide = msgspec.json.decode(path.read_bytes(), type=Guide)
    except (OSError, msgspec.DecodeError) as error:
        msg = f"{path.name} cannot be read ({error}); get a fresh copy of the assignment's folder"
        raise AutograderError(msg) from None
    if guide.format > FORMAT:
        msg = f"{path.name} is newer than this autograder; update it with the file that your course offers"
        raise AutograderError(msg)
    return guide


def guide_in(folder: Path) -> Guide:
    """Return the guide of an assignment folder, an empty one where there is none; AutograderError for a broken one."""
    path = folder / GUIDE
    try:
        version = path.stat().st_mtime_ns
    except FileNotFoundError:
        return Guide()
    return _read(path, version)


def label(behaviour: bytes) -> str:
    """Return the name under which the hint for a behaviour is filed."""
    return hashlib.sha256(b"label" + behaviour).hexdigest()[:_LABEL_LENGTH]


def unseal(sealed: str, behaviour: bytes) -> str:
    """Return what was sealed with the same behaviour."""
    return mixed(base64.b64decode(sealed), behaviour).decode(errors="replace")


def mixed(data: bytes, behaviour: bytes) -> bytes:
    """Return data mixed with a behaviour; mixed with it again they are what they were."""
    stream = hashlib.shake_256(b"text" + behaviour).digest(len(data))
    return bytes(one ^ other for one, other in zip(data, stream, strict=True))
