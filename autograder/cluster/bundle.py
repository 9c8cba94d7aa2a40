"""The files of a course that grade one assignment, as bytes that are named by their digest."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
import zlib
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

import msgspec

from autograder.course import Assignment
from autograder.errors import AutograderError, CourseError
from autograder.judging_files import judging_files

MAX_BYTES = 256 << 20
"""What the files of a bundle may add up to."""
_DIGEST = "[0-9a-f]{64}"

Files = list[tuple[str, bytes]]


class Bundle(msgspec.Struct, frozen=True):
    """Files as bytes, and the SHA-256 (hex) of their names and contents."""

    digest: str
    data: bytes


def pack(assignment: Assignment) -> Bundle:
    """Return what a grader of this assignment reads of its course; CourseError where a file is a link, or too much."""
    root = assignment.root
    files: Files = []
    total = 0
    for path in judging_files(assignment):
        if _is_linked(path, root):
            msg = f"{path} is a link, which leads nowhere on another machine; put the file itself there"
            raise CourseError(msg)
        total += path.lstat().st_size
        if total > MAX_BYTES:
            msg = f"what grades {assignment.name!r} is more than {MAX_BYTES >> 20} MB; move large files out of {root}"
            raise CourseError(msg)
        files.append((path.relative_to(root).as_posix(), path.read_bytes()))
    return _bundle(files)


def unpack(bundle: Bundle, folder: Path) -> Path:
    """Return the folder with a bundle's files, `folder/DIGEST`, closed to others and written if it is not there.

    Raises AutograderError, and leaves nothing, where the bytes are not those of this digest, or a name leads elsewhere.
    """
    if not re.fullmatch(_DIGEST, bundle.digest):
        raise _refused(f"{bundle.digest!a} is no digest")
    target = folder / bundle.digest
    if target.is_dir():
        return target
    files = _verified(bundle)
    draft = Path(tempfile.mkdtemp(prefix="unpacking-", dir=folder))  # for its owner only
    try:
        for name, content in files:
            _write(draft, name, content)
        draft.rename(target)
    except OSError as error:
        shutil.rmtree(draft, ignore_errors=True)
        if target.is_dir():  # somebody else was faster
            return target
        msg = f"the course could not be unpacked to {folder} ({error.strerror}); make room there"
        raise AutograderError(msg) from error
    return target


def _bundle(files: Files) -> Bundle:
    content = msgspec.msgpack.encode(files)
    return Bundle(hashlib.sha256(content).hexdigest(), zlib.compress(content))


def _is_linked(path: Path, root: Path) -> bool:
    """Tell whether a file in a course, not one around its folders, is a link."""
    return path.is_symlink() and path.parent not in (root, root / "assignments", root / "tests")


def _verified(bundle: Bundle) -> Files:
    """Return the files of a bundle, once all of it is known to be right; AutograderError where it is not."""
    unzip = zlib.decompressobj()
    try:
        content = unzip.decompress(bundle.data, 2 * MAX_BYTES)
        files = msgspec.msgpack.decode(content, type=Files)
    except (zlib.error, msgspec.MsgspecError) as error:
        raise _refused(f"it cannot be read: {error}") from error
    if hashlib.sha256(content).hexdigest() != bundle.digest:
        raise _refused("it is not the one that its digest names")
    if sum(len(content) for _, content in files) > MAX_BYTES:
        raise _refused(f"its files are more than {MAX_BYTES >> 20} MB")
    _require_plain_names([name for name, _ in files])
    return files


def _require_plain_names(names: Iterable[str]) -> None:
    """Raise AutograderError for a name that could lead out of a folder, or stands twice, or is another one's folder."""
    seen: set[PurePosixPath] = set()
    folders: set[PurePosixPath] = set()
    for name in names:
        path = PurePosixPath(name)
        plain = str(path) == name and not path.is_absolute() and name.isprintable() and "\\" not in name
        if not plain or not path.parts or ".." in path.parts:
            raise _refused(f"{name!a} is no name of a file in a course")
        seen_already = path in seen
        seen.add(path)
        folders.update(path.parents)
        if seen_already or seen & folders:
            raise _refused(f"{name!a} stands there twice")


def _refused(why: str) -> AutograderError:
    return AutograderError(f"the course that was sent to this machine is refused: {why}")


def _write(root: Path, name: str, content: bytes) -> None:
    path = root / name
    for folder in reversed(path.relative_to(root).parents[:-1]):
        (root / folder).mkdir(mode=0o700, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
