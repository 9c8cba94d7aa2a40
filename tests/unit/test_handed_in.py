"""Files that were handed in: only ordinary ones are opened, and not more is read than is asked for."""

from __future__ import annotations

import os
import tracemalloc
from pathlib import Path

import pytest

from autograder.errors import NotebookError
from autograder.handed_in import beginning, opened, ordinary

MOST = 20 << 20


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a file is going to be."""
    return tmp_path / "mini.ipynb"


@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 10, 100_000])
@pytest.mark.parametrize("most", [1, 8, 9, 70_000])
def test_beginning(path: Path, size: int, most: int) -> None:
    """As many bytes come as there are, or as are asked for, and the file is as it was."""
    content = bytes(number % 251 for number in range(size))
    path.write_bytes(content)
    with opened(path) as file:
        assert beginning(file, most) == content[:most]
    assert path.read_bytes() == content


@pytest.mark.parametrize("told", [0, 1, 99_999])
def test_file_that_is_longer_than_it_says(path: Path, monkeypatch: pytest.MonkeyPatch, told: int) -> None:
    """Where a file grows, or its file system does not know its size, all of it is read."""
    path.write_bytes(b"x" * 100_000)
    with opened(path) as file:
        status = os.stat_result((*os.fstat(file.fileno())[:6], told, 0, 0, 0))
        monkeypatch.setattr(os, "fstat", lambda _: status)
        assert len(beginning(file, MOST)) == 100_000


def test_small_file_takes_little_memory(path: Path) -> None:
    """No room is made for the largest notebook that may be handed in."""
    path.write_bytes(b"x" * 1000)
    tracemalloc.start(1)
    try:
        with opened(path) as file:
            beginning(file, MOST)
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


def test_link(path: Path, tmp_path: Path) -> None:
    """A link is not followed, wherever it leads."""
    other = tmp_path / "other.ipynb"
    other.write_text("somebody else's")
    path.symlink_to(other)
    for refuse in (opened, ordinary):
        with pytest.raises(NotebookError, match=r"mini\.ipynb is not an ordinary file; hand in the notebook itself"):
            refuse(path)


def test_pipe(path: Path) -> None:
    """A pipe is refused at once, and not waited for."""
    os.mkfifo(path)
    for refuse in (opened, ordinary):
        with pytest.raises(NotebookError, match="is not an ordinary file"):
            refuse(path)


def test_folder(path: Path) -> None:
    """A folder that is called like a notebook is none."""
    path.mkdir()
    for refuse in (opened, ordinary):
        with pytest.raises(NotebookError, match="is not an ordinary file"):
            refuse(path)


def test_no_file(path: Path) -> None:
    """What is not there is not found."""
    for refuse in (opened, ordinary):
        with pytest.raises(FileNotFoundError):
            refuse(path)
