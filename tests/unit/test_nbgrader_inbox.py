"""Which notebook of a submission's folder is graded."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autograder import notebook
from autograder.errors import NotebookError
from autograder.nbgrader import inbox
from tests import minicourse

ORIGINAL = minicourse.assignment_notebook()
STRANGER = notebook.write(notebook.new_notebook([notebook.new_cell("code", "1 + 1", {})], {})).encode()
OURS = minicourse.answered()


def folder(tmp_path: Path, **files: bytes) -> Path:
    for name, data in files.items():
        (tmp_path / f"{name}.ipynb").write_bytes(data)
    return tmp_path


def found(where: Path) -> tuple[str, str | None]:
    hand_in = inbox.find(where, ORIGINAL, "mini")
    return hand_in.path.name, hand_in.note


@pytest.mark.parametrize(
    ("files", "name"),
    [
        ({"mini": b""}, "mini.ipynb"),
        ({"mini": b"", "other": OURS}, "mini.ipynb"),
        ({"Mini (1)": b"{"}, "Mini (1).ipynb"),
        ({"a": STRANGER, "b": OURS}, "b.ipynb"),
        ({"a": b"{", "b": OURS, "c": b"[]"}, "b.ipynb"),
    ],
)
def test_the_right_one_is_found(tmp_path: Path, files: dict[str, bytes], name: str) -> None:
    """By name, or because it is the only one, or by its cells; the student is told where the name was another."""
    note = None if name == "mini.ipynb" else f"the notebook was called {name}"
    assert found(folder(tmp_path, **files)) == (name, note)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "there is no notebook in the submission; hand in mini.ipynb"),
        ({"a": OURS, "b": OURS}, r"none of the notebooks \(a.ipynb, b.ipynb\) is called mini.ipynb"),
        ({"a": STRANGER, "b": STRANGER}, "is called mini.ipynb"),
        ({"a": b"{", "b": b""}, "is called mini.ipynb"),
    ],
)
def test_where_there_is_none_a_sentence_says_so(tmp_path: Path, files: dict[str, bytes], said: str) -> None:
    """Nothing is guessed where two are as likely."""
    with pytest.raises(NotebookError, match=said):
        found(folder(tmp_path, **files))


def link(path: Path) -> None:
    path.symlink_to(path.with_name("elsewhere.txt"))
    path.with_name("elsewhere.txt").write_bytes(OURS)


@pytest.mark.parametrize("name", ["mini.ipynb", "other.ipynb"])
@pytest.mark.parametrize("make", [link, os.mkfifo, Path.mkdir])
def test_only_a_plain_file_is_read(tmp_path: Path, name: str, make: object) -> None:
    """A link could show another's work, and a pipe would keep the grader waiting for ever."""
    make(tmp_path / name)  # type: ignore[operator]
    with pytest.raises(NotebookError, match=f"{name} is not an ordinary file"):
        found(tmp_path)


def test_a_pipe_among_several_is_not_read(tmp_path: Path) -> None:
    """Looking for the most similar notebook does not wait for one, either."""
    os.mkfifo(tmp_path / "a.ipynb")
    assert found(folder(tmp_path, b=OURS)) == ("b.ipynb", "the notebook was called b.ipynb")
