"""What judges a submission, as digests: two grades with the same ones are the same grade."""

from __future__ import annotations

import functools
import hashlib
import platform
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec
import numpy as np

from autograder import __version__, datasets, idx
from autograder.closure import Source, closure
from autograder.course import Assignment

_LABEL = 12


@functools.lru_cache(maxsize=16)
def suite_digest(assignment: Assignment) -> str:
    """Return the SHA-256 (hex) of what decides a grade besides the submission: suites, reference, points, limits, data.

    It is taken once for each loaded assignment, so that it tells what was loaded, whatever becomes of the files.
    """
    contents = _contents(assignment)
    notebook = _content(assignment.notebook_path)
    return _digest_of([*contents, notebook, *_shared(assignment, b"\n".join(contents))])


@functools.lru_cache(maxsize=16)
def _contents(assignment: Assignment) -> tuple[bytes, ...]:
    """Return suite, checks, misconceptions and reference, read once, so that all digests tell of the same ones."""
    paths = (
        assignment.suite_path,
        assignment.checks_path,
        assignment.misconceptions_path,
        assignment.reference_path,
    )
    return tuple(map(_content, paths))


def _content(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""  # who needs a file that is missing says so


def question_digests(assignment: Assignment, tests: Mapping[str, Mapping[Path, Iterable[str]]]) -> dict[str, str]:
    """Return, for each question, the SHA-256 (hex) of what decides its result besides the submission.

    `tests` are the names of its tests, as the files define them, by file. A change that no test or misconception of a
    question rests on leaves its digest as it is. One that cannot be traced, as where a file takes its tests from
    another one, changes all of them.
    """
    contents = _contents(assignment)
    suite, checks, misconceptions, reference = (Source(content.decode()) for content in contents)
    shared = [*_shared(assignment, b"\n".join(contents)), *_code_cells(assignment)]
    found = {}
    for question in assignment.questions:
        named = tests.get(question.name, {})
        slips = misconceptions.marked("misconception", question.name)
        rests = [*closure(slips, misconceptions, reference), repr(question)]
        for path, source in ((assignment.suite_path, suite), (assignment.checks_path, checks)):
            names = frozenset(named.get(path, ()))
            whole = [] if names <= source.names else [suite_digest(assignment)]
            rests += [*whole, *sorted(names), *closure(source.defining(names), source, reference)]
        found[question.name] = _digest_of([*shared, *(text.encode() for text in rests)])
    return found


def _shared(assignment: Assignment, sources: bytes) -> list[bytes]:
    """Return what every question of an assignment rests on, besides its own files: limits, data, files of helpers.

    A helper is a Python file beside the hidden ones that is none of an assignment's own, and another assignment's
    reference where `sources` name it.
    """
    root, parts = assignment.root, []
    for path in sorted([*root.glob("tests/hidden/*.py"), *root.glob("reference/*.py")]):
        name = path.stem.removeprefix("test_")
        is_suite = path.parent.name == "hidden" and path.stem.startswith("test_")
        is_reference = path.parent.name == "reference" and (root / "tests" / "hidden" / f"test_{name}.py").is_file()
        is_named = re.search(rf"\breference(\.|\s+import\s[^\n]*\b){name}\b".encode(), sources) is not None
        if not is_suite and (not is_reference or (is_named and name != assignment.name)):
            parts += [path.name.encode(), path.read_bytes()]
    return [*parts, msgspec.json.encode(assignment.limits), *_data(assignment)]


def _code_cells(assignment: Assignment) -> list[bytes]:
    """Return the assignment's cells that run with a submission; prose is for people."""
    return [cell.source.encode() for cell in assignment.notebook.cells if cell.cell_type == "code"]


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
