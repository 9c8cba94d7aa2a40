"""A submission's folder is removed whatever it did to it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from autograder.sandbox.inside import cells, scratch, zygote


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


def kinds(folder: Path) -> None:
    """Whatever a folder can hold, under names that leave no room, are no text, or are those of other folders here."""
    (folder / ("a" * 255) / ("b" * 255) / "c").mkdir(parents=True)
    (folder / ("a" * 255) / ("b" * 255) / "c" / "file").write_text("x")
    (folder / ("a" * 255)).chmod(0)
    for name in ("7", "7.1", "1", os.fsdecode(b"\xff\xfe"), " ", "-", "\n"):
        (folder / name).mkdir()
        (folder / name / "file").write_text("x")
    (folder / ("l" * 255)).symlink_to("/nowhere")
    os.mkfifo(folder / ("p" * 255))
    with socket.socket(socket.AF_UNIX) as made:
        here = os.open(".", os.O_RDONLY)
        os.chdir(folder)
        made.bind("socket")
        os.chdir(here)
        os.close(here)
    os.link(folder / "1" / "file", folder / os.fsdecode(b"\xff"))


@pytest.mark.parametrize("fill", [plain, closed, deep, many, linked, kinds])
def test_a_sweep_leaves_what_is_to_be_kept(tmp_path: Path, fill: Callable[[Path], None]) -> None:
    """All that lies beside the folders in use goes, whatever it is and is called."""
    kept, place = tmp_path / "scratch" / "8", tmp_path / "scratch"
    kept.mkdir(parents=True)
    (kept / "file").write_text("x")
    (tmp_path / "beside").touch()
    fill(place)
    assert scratch.sweep(str(place), keep=[str(kept)])
    assert [path.relative_to(place).as_posix() for path in sorted(place.rglob("*"))] == ["8", "8/file"]


@pytest.mark.parametrize("stubborn", ["folder", "file"])
def test_a_sweep_goes_on_and_says_what_it_could_not_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stubborn: str
) -> None:
    """What cannot be removed is told, and nothing else stays because of it."""
    for number in range(2500):
        (tmp_path / f"{number}").touch()
    plain(tmp_path)
    (tmp_path / "stubborn").mkdir()
    place = tmp_path / ("stubborn" if stubborn == "folder" else "")
    (place / "stubborn file").touch()
    unlink = os.unlink

    def refused(path: str) -> None:
        if path.endswith("stubborn file"):
            raise PermissionError(path)
        unlink(path)

    monkeypatch.setattr(os, "unlink", refused)
    assert not scratch.sweep(str(tmp_path), keep=())
    left = [path.name for path in tmp_path.rglob("*") if not path.is_dir()]
    assert left == ["stubborn file"]
    assert len(list(tmp_path.iterdir())) == 1


def test_no_place_to_sweep(tmp_path: Path) -> None:
    """What cannot be looked at is not clean."""
    assert not scratch.sweep(str(tmp_path / "nowhere"), keep=())


@pytest.mark.parametrize("clean", [True, False])
def test_a_zygote_ends_where_something_is_left(monkeypatch: pytest.MonkeyPatch, clean: bool) -> None:
    """It says how the worker ended, and answers nothing more: the next worker would find what is left."""
    monkeypatch.setattr(scratch, "sweep", lambda *_, **__: clean)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs, subprocess.Popen(["true"]) as worker:
        config: dict[str, Any] = {"readable": [], "scratch": "", "filter": ""}
        served = zygote._Zygote(theirs, config, cast("cells.NotebookShell", None))
        served.config["scratch"] = "/nowhere"
        served.folders[worker.pid] = "/nowhere/1"
        ours.send(json.dumps({"reap": worker.pid, "number": 5}).encode())
        assert served.answer_one() is clean
        assert json.loads(ours.recv(100)) == {"number": 5, "status": 0}


def test_no_folder(tmp_path: Path) -> None:
    """A folder that is not there is an error of the system's."""
    with pytest.raises(FileNotFoundError):
        scratch.remove(str(tmp_path / "7"))
