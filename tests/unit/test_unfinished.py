"""A folder whose writing was begun and not ended is thrown away; every other one is left alone."""

from __future__ import annotations

from pathlib import Path

from autograder import unfinished


def written(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "file").touch()
    return folder


def test_what_is_finished_stays(tmp_path: Path) -> None:
    """Begun and ended, or never begun with us: it is kept, and no mark is left."""
    folder = tmp_path / "ada" / "mini"
    unfinished.begin(folder)
    written(folder)
    unfinished.end(folder)
    assert not unfinished.discard(folder)
    assert not unfinished.discard(written(tmp_path / "ben" / "mini"))
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["ada", "ben", "file", "file", "mini", "mini"]


def test_what_was_broken_off_goes(tmp_path: Path) -> None:
    """The half of a folder is removed, and nothing beside it."""
    folder = written(tmp_path / "ada" / "mini")
    other = written(tmp_path / "ada" / "gates")
    unfinished.begin(folder)
    assert unfinished.discard(folder)
    assert not folder.exists()
    assert other.exists()


def test_what_was_not_even_begun(tmp_path: Path) -> None:
    """A mark without a folder is of a run that was stopped before it wrote: there is nothing to remove."""
    unfinished.begin(tmp_path / "ada" / "mini")
    assert not unfinished.discard(tmp_path / "ada" / "mini")
    assert (tmp_path / "ada").is_dir()
