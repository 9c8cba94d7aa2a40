"""The course secret and its seeds: nobody knows a submission's inputs before, everybody can repeat them after."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
import tempfile
from pathlib import Path

from autograder.errors import CourseError

VARIABLE = "AUTOGRADER_SECRET"
FILE = ".course-secret"
MINIMUM = 16
DRAWS = 3
"""How many seeds a submission is given before a test that fails on the reference counts as broken."""


def course_secret(root: Path) -> bytes:
    """Return the secret of the course in `root`: from the environment, or from a file made on first use."""
    given = os.environ.get(VARIABLE)
    if given is not None:
        return _long_enough(given.strip().encode(), f"the environment variable {VARIABLE}")
    path = root / FILE
    if not path.exists():
        try:
            _create(path)
        except OSError as error:
            msg = f"{path} could not be written ({error.strerror}); mend that, or set {VARIABLE}"
            raise CourseError(msg) from error
    return _long_enough(path.read_bytes().strip(), FILE)


def submission_seed(secret: bytes, digest: str, assignment: str, draw: int = 0) -> str:
    """Return the seed (hex) of a submission: HMAC-SHA256 of its assignment, digest and draw under the secret."""
    return hmac.new(secret, f"{assignment}/{digest}/{draw}".encode(), hashlib.sha256).hexdigest()


def submission_seeds(secret: bytes, digest: str, assignment: str) -> tuple[str, ...]:
    """Return all seeds that a submission may be judged with: the first, and those for inputs that suit no judgement."""
    return tuple(submission_seed(secret, digest, assignment, draw) for draw in range(DRAWS))


def _create(path: Path) -> None:
    """Write a new secret, whole from the first moment; where two graders do so at once, the first one's stands."""
    descriptor, draft = tempfile.mkstemp(prefix=f"{path.name}-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        Path(draft).unlink()


def _long_enough(value: bytes, where: str) -> bytes:
    if len(value) < MINIMUM:
        msg = f"{where} holds {len(value)} characters; a secret has at least {MINIMUM}"
        raise CourseError(msg)
    return value
