"""What is mounted for a sandbox: the loader of the interpreter is where the interpreter asks for it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from autograder.sandbox import places

ELF = b"\x7fELF\2\1\1\0" + bytes(40)


@pytest.fixture
def system(tmp_path: Path) -> Path:
    """A folder like that of arm64: the loader lies with the shared libraries, and its name beside them."""
    folder = tmp_path / "usr/lib/aarch64-linux-gnu"
    folder.mkdir(parents=True)
    (folder / "ld-linux-aarch64.so.1").touch()
    (tmp_path / "usr/lib/ld-linux-aarch64.so.1").symlink_to("aarch64-linux-gnu/ld-linux-aarch64.so.1")
    (tmp_path / "lib").symlink_to("usr/lib")
    return tmp_path


def interpreter(system: Path, monkeypatch: pytest.MonkeyPatch, loader: bytes) -> None:
    """Let the interpreter be a program that asks for this loader."""
    program = system / "python3"
    program.write_bytes(ELF + b"\0" + loader + b"\0" + bytes(5000) + b"\0/late/ld.so\0")
    monkeypatch.setattr(places, "interpreter", lambda: program)


@pytest.mark.parametrize(
    ("mounted", "is_missing"),
    [("usr/lib/aarch64-linux-gnu", True), ("usr/lib", False), ("usr", False), ("usr/lib64", True)],
)
def test_a_loader_beside_its_folder(
    system: Path, monkeypatch: pytest.MonkeyPatch, mounted: str, is_missing: bool
) -> None:
    """Its name is mounted where no folder has it, by the path that has no links in it."""
    interpreter(system, monkeypatch, bytes(system / "lib/ld-linux-aarch64.so.1"))
    name = system / "usr/lib/ld-linux-aarch64.so.1"
    assert list(places._loader([system / mounted])) == ([name] if is_missing else [])


@pytest.mark.parametrize("loader", [b"", b"lib/ld.so", b"/lib/ld-of-another.so.1", b"/lib/python3"])
def test_no_loader_to_be_seen(system: Path, monkeypatch: pytest.MonkeyPatch, loader: bytes) -> None:
    """A program without one, or with one that is not there, adds nothing."""
    interpreter(system, monkeypatch, loader)
    assert list(places._loader([])) == []


def test_the_loader_of_this_machine() -> None:
    """What the interpreter asks for is mounted, as a part of a folder or by its name."""
    said = subprocess.run(["ldd", places.interpreter()], capture_output=True, text=True, check=True).stdout
    (loader,) = (Path(line.split()[0]) for line in said.splitlines() if line.split()[0].startswith("/"))
    name = loader.parent.resolve() / loader.name
    assert any(name.is_relative_to(place) for place in map(Path, places.mounts()) if place.is_absolute())
