"""What judges a submission, as digests: two grades with the same ones are the same grade."""

from __future__ import annotations

import functools
import hashlib
import os
import platform
import re
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path

import msgspec

from autograder import __version__, mnist_files
from autograder.closure import Source, closure
from autograder.course import Assignment
from autograder.course_file import COURSE_FILE
from autograder.judging_files import judging_files

_LABEL = 12
_PROOFS = ("variants", "equivalents")
"""Folders of the reference that `autograder mutate` reads, and no grader."""
_IMPORT = re.compile(rb"^[ \t]*(?:from|import)[ \t][^\n(]*(?:\([^)]*)?|\b(?:reference|hidden)[./][\w./]+", re.MULTILINE)
_WORD = re.compile(rb"\w+")


@functools.lru_cache(maxsize=16)
def suite_digest(assignment: Assignment) -> str:
    """Return the SHA-256 (hex) of what decides a grade besides the submission: suites, reference, points, limits, data.

    It is taken once for each loaded assignment, so that it tells what was loaded, whatever becomes of the files.
    """
    notebook = _content(assignment.notebook_path)
    return _digest_of([*_contents(assignment), notebook, *_shared(assignment)])


@functools.lru_cache(maxsize=16)
def _contents(assignment: Assignment) -> tuple[bytes, ...]:
    """Return suite, checks, misconceptions and reference, read once, so that all digests tell of the same ones."""
    return tuple(map(_content, _own(assignment)))


def _own(assignment: Assignment) -> tuple[Path, ...]:
    return (
        assignment.suite_path,
        assignment.checks_path,
        assignment.misconceptions_path,
        assignment.reference_path,
    )


def _content(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""  # who needs a file that is missing says so


def _content_digest(path: Path) -> bytes:
    """Return the SHA-256 of a file, of which there may be much; of a link elsewhere, of where it leads."""
    if not path.is_file():
        return os.fsencode(path.readlink()) if path.is_symlink() else b""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def question_digests(
    assignment: Assignment, tests: Mapping[str, Mapping[Path, Iterable[str]]], slips: Mapping[str, Iterable[str]]
) -> dict[str, str]:
    """Return, for each question, the SHA-256 (hex) of what decides its result besides the submission.

    `tests` are the names of its tests, as the files define them, by file; `slips` those of its misconceptions. A change
    that no test or misconception of a question rests on leaves its digest as it is. One that cannot be traced, as where
    a file takes its tests from another one, or where a conftest.py or data beside the suite are other ones, changes all
    of them.
    """
    contents = _contents(assignment)
    suite, checks, misconceptions, reference = (Source(content.decode()) for content in contents)
    shared = [*_shared(assignment), *_code_cells(assignment)]
    found = {}
    for question in assignment.questions:
        named = tests.get(question.name, {})
        rests = [repr(question)]
        roots = (
            (suite, named.get(assignment.suite_path, ())),
            (checks, named.get(assignment.checks_path, ())),
            (misconceptions, slips.get(question.name, ())),
        )
        for source, given in roots:
            names = frozenset(given)
            whole = [] if names <= source.names else [suite_digest(assignment)]
            rests += [*whole, *sorted(names), *closure(source.defining(names), source, reference)]
        found[question.name] = _digest_of([*shared, *(text.encode() for text in rests)])
    return found


@functools.lru_cache(maxsize=16)
def _shared(assignment: Assignment) -> tuple[bytes, ...]:
    """Return what every question of an assignment rests on: limits, data, and all files that are not traced.

    Traced are the assignment's notebook, suite, checks, misconceptions and reference. Those of other assignments count
    where one of the others names them, and so do the folders that prove a suite.
    """
    root = assignment.root
    traced = {root / COURSE_FILE, assignment.notebook_path, *_own(assignment)}
    files = {path.relative_to(root): path for path in judging_files(assignment) if path not in traced}
    names = {file: _foreign(file, root) for file in files}
    counting = _counting(assignment, files, names)
    parts = [part for file in counting for part in (os.fsencode(file), _content_digest(files[file]))]
    return (*parts, msgspec.json.encode(assignment.limits), *_data(assignment))


def _counting(assignment: Assignment, files: Mapping[Path, Path], names: Mapping[Path, str | None]) -> list[Path]:
    """Return which of these files count: those without a name, and those that one of them or a traced one imports."""
    found = {file for file, name in names.items() if name is None}
    texts = [*_contents(assignment), *(_content(files[file]) for file in found if file.suffix == ".py")]
    while texts:
        imported = frozenset(_WORD.findall(b" ".join(_IMPORT.findall(b"\n".join(texts)))))
        new = {file for file, name in names.items() if file not in found and os.fsencode(str(name)) in imported}
        texts = [_content(files[file]) for file in new]
        found |= new
    return sorted(found)


def _foreign(file: Path, root: Path) -> str | None:
    """Return the name under which others import a file of another assignment or a proof, None where it is neither."""
    if file.parent == Path("tests/hidden") and file.match("test_*.py"):
        return file.stem
    if file.parts[0] == "reference" and file.parts[1] in _PROOFS:
        return file.parts[1]
    is_solution = file.parent in (Path("reference"), Path("reference/misconceptions")) and file.suffix == ".py"
    return file.stem if is_solution and (root / "tests" / "hidden" / f"test_{file.name}").is_file() else None


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
    parts = [platform.python_version().encode(), _numpy()]
    for path in sorted(package.rglob("*.py")):
        parts += [str(path.relative_to(package)).encode(), path.read_bytes()]
    return _digest_of(parts)


def _numpy() -> bytes:
    """Return what numpy says of its version, without importing it: that takes longer than all the rest here."""
    spec = find_spec("numpy")
    return _content(Path(spec.origin).with_name("version.py")) if spec and spec.origin else b""


def _data(assignment: Assignment) -> list[bytes]:
    """Return the content of the assignment's data files, if it has any: inputs are drawn from them."""
    if assignment.data is None:
        return []
    place = mnist_files.locate()
    names = [name for part in (mnist_files.TRAINING, mnist_files.TEST) for name in mnist_files.names(part)]
    found = [place and mnist_files.find(place, name) for name in names]
    return [_content_digest(path) if path else b"" for path in found]


def _digest_of(parts: list[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()
