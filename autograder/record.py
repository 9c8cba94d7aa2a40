"""Grade, QuestionResult and TestResult: what grading a submission brought, and its file format."""

from __future__ import annotations

import errno
import math
import os
import tempfile
from pathlib import Path
from typing import Literal

import msgspec

from autograder.errors import AutograderError

FORMAT = 1
DATA_MISSING = "data missing"
"""The diagnosis of a question that cannot be graded here; no misconception has a name with a space."""
_DRAFT, _ENDING = ".record-", ".draft"

TestOutcome = Literal["passed", "failed", "error", "timeout", "skipped"]
QuestionOutcome = Literal["right", "wrong", "not attempted", "not gradable"]


class TestResult(msgspec.Struct, frozen=True, kw_only=True):
    """One test of a suite: `name` is the sentence that says what it checks, `message` is for the student."""

    __test__ = False  # pytest would take the name for a test class

    name: str
    outcome: TestOutcome
    weight: float
    hidden: bool
    message: str = ""


class QuestionResult(msgspec.Struct, frozen=True, kw_only=True):
    """One question: points, outcome, and the one message that the student reads.

    `diagnosis` is the name of the misconception or probe that matched, if any. `judged_by` is the SHA-256 (hex) of what
    decided the result besides the submission: tests, reference, misconceptions, points, limits.
    """

    name: str
    score: float
    max_score: float
    outcome: QuestionOutcome
    diagnosis: str | None = None
    message: str = ""
    tests: tuple[TestResult, ...] = ()
    judged_by: str = ""


class Grade(msgspec.Struct, frozen=True, kw_only=True):
    """The record of one graded submission.

    `submission` and `suite` are SHA-256 digests in hex; `graded_at` is ISO 8601 in UTC; `seed` is hex. A submission
    that is not gradable has a `reason` for the student and a score of 0.
    """

    format: int = FORMAT
    course: str
    assignment: str
    student: str
    submission: str
    suite: str
    framework: str
    graded_at: str
    seed: str
    sandbox: Literal["full", "one layer", "none"]
    outcome: Literal["graded", "not gradable"]
    reason: str | None = None
    score: float
    max_score: float
    restored: tuple[str, ...] = ()
    questions: tuple[QuestionResult, ...] = ()

    def __post_init__(self) -> None:
        """Refuse numbers that are not finite: a record is read by gradebooks."""
        numbers = [self.score, self.max_score]
        numbers += [n for q in self.questions for n in (q.score, q.max_score, *(t.weight for t in q.tests))]
        if not all(map(math.isfinite, numbers)):
            msg = f"the grade of {self.student} in {self.assignment} holds a number that is not finite"
            raise ValueError(msg)


def is_same(one: Grade, other: Grade) -> bool:
    """Tell whether two grades differ in nothing but the time at which they were given."""
    return msgspec.structs.replace(one, graded_at=other.graded_at) == other


def to_json(grade: Grade) -> bytes:
    """Return `grade` as one line of JSON, UTF-8."""
    return msgspec.json.encode(grade)


def from_json(data: bytes) -> Grade:
    """Return the grade in `data`; unknown fields are accepted, a wrong one raises AutograderError with its path."""
    try:
        return msgspec.json.decode(data, type=Grade)
    except (msgspec.DecodeError, ValueError) as error:
        msg = f"this is not a grade record: {error}"
        raise AutograderError(msg) from error


def to_file(grade: Grade) -> bytes:
    """Return `grade` as the content of its file: JSON that people can read, too."""
    return msgspec.json.format(to_json(grade), indent=2) + b"\n"


def write(grade: Grade, path: Path) -> None:
    """Write `grade` to `path` whole or not at all, whatever happens on the way."""
    write_file(to_file(grade), path)


def write_file(content: bytes, path: Path) -> None:
    """Write the content of a record's file to `path` whole or not at all, whatever happens on the way."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=_DRAFT, suffix=_ENDING, dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def sweep(folder: Path) -> None:
    """Remove the drafts that killed writers have left in `folder`; nobody else may be writing there."""
    for draft in folder.glob(f"{_DRAFT}*{_ENDING}"):
        draft.unlink(missing_ok=True)


def read_if_there(path: Path) -> Grade | None:
    """Return the grade in the file at `path`, None where there is no such file and where none can have this name."""
    try:
        return read(path)
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENAMETOOLONG):
            return None
        raise


def read(path: Path) -> Grade:
    """Return the grade in the file at `path`."""
    try:
        return from_json(path.read_bytes())
    except AutograderError as error:
        msg = f"{path}: {error}"
        raise AutograderError(msg) from error
