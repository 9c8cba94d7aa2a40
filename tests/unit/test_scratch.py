"""A submission's folder is removed whatever it did to it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.sandbox.inside import scratch


def plain(folder: Path) -> None:
    (folder / "a" / "b").mkdir(parents=True)
    (folder / "a" / "b" / "file").write_text("x")
    (folder / "file").write_text("x")


def closed(folder: Path) -> None:
    (folder / "unlisted").mkdir()
    (folder / "unlisted" / "inner").mkdir()
    (folder / "unlisted" / "file").write_text("x")
    for name in ("unlisted/inner", "unlisted"):
        (folder / name).chmod(0)


def closed_itself(folder: Path) -> None:
    plain(folder)
    folder.chmod(0)


def deep(folder: Path) -> None:
    """Nest folders deeper than Python recurses, than a path is long, and than files may be open."""
    here = os.open(".", os.O_RDONLY)
    os.chdir(folder)
    for _ in range(3000):
        Path("d").mkdir()
        os.chdir("d")
    os.chdir(here)
    os.close(here)


def many(folder: Path) -> None:
    for number in range(2500):
        (folder / str(number)).touch()


def linked(folder: Path) -> None:
    (folder / "link").symlink_to(folder.parent / "beside")


@pytest.mark.parametrize("fill", [plain, closed, closed_itself, deep, many, linked])
def test_everything_goes(tmp_path: Path, fill: Callable[[Path], None]) -> None:
    """Nothing of the folder is left, and what lies beside it stays."""
    beside, folder = tmp_path / "beside", tmp_path / "7"
    for made in (beside, folder):
        made.mkdir()
    (beside / "kept").write_text("x")
    fill(folder)
    scratch.remove(str(folder))
    assert [path.relative_to(tmp_path).as_posix() for path in sorted(tmp_path.rglob("*"))] == ["beside", "beside/kept"]


def test_no_folder(tmp_path: Path) -> None:
    """A folder that is not there is an error of the system's."""
    with pytest.raises(FileNotFoundError):
        scratch.remove(str(tmp_path / "7"))
