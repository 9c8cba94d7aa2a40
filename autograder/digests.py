"""What judges a submission, as digests: two grades with the same ones are the same grade."""

from __future__ import annotations

import functools
import hashlib
import platform
from pathlib import Path

import msgspec
import numpy as np

from autograder import __version__, datasets, idx
from autograder.course import Assignment

_LABEL = 12


@functools.lru_cache(maxsize=16)
def suite_digest(assignment: Assignment) -> str:
    """Return the SHA-256 (hex) of what decides a grade besides the submission: suites, reference, points, limits, data.

    It is taken once for each loaded assignment, so that it tells what was loaded, whatever becomes of the files.
    """
    paths = (
        assignment.suite_path,
        assignment.checks_path,
        assignment.reference_path,
        assignment.misconceptions_path,
        assignment.notebook_path,
    )
    parts = [path.read_bytes() if path.is_file() else b"" for path in paths]  # who needs one that is missing says so
    return _digest_of([*parts, msgspec.json.encode(assignment.limits), *_data(assignment)])


@functools.cache
def framework_label() -> str:
    """Return the framework's version with a digest of its code and libraries: `0.1.0+3f2a9c81b07d`.

    A version alone would not do. In a clone of the repository it stays while the code changes, and grades that another
    code has given must not pass for grades of this one.
    """
    return f"{__version__}+{_code_digest(Path(__file__).parent)[:_LABEL]}"


def _code_digest(package: Path) -> str:
    parts = [platform.python_version().encode(), np.__version__.encode()]
    for path in sorted(package.rglob("*.py")):
        parts += [str(path.relative_to(package)).encode(), path.read_bytes()]
    return _digest_of(parts)


def _data(assignment: Assignment) -> list[bytes]:
    """Return the content of the assignment's data files, if it has any: inputs are drawn from them."""
    if assignment.data is None:
        return []
    place = datasets.locate()
    names = [name for part in (datasets.TRAINING, datasets.TEST) for name in idx.names(part)]
    found = [place and idx.find(place, name) for name in names]
    return [path.read_bytes() if path else b"" for path in found]


def _digest_of(parts: list[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()
