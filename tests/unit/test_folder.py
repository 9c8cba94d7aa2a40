"""Where the checks of a running notebook lie, in whatever program it runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.errors import AutograderError
from autograder.learner.folder import folder_of
from tests.minicourse import CHECKS


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two assignment folders beside each other."""
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    for name, text in (("mini", CHECKS), ("other", CHECKS.replace('"double"', '"treble"'))):
        (tmp_path / name).mkdir()
        (tmp_path / name / "checks.py").write_text(text)
    return tmp_path


def test_the_working_folder_comes_first(course: Path) -> None:
    """Jupyter runs a notebook in its own folder."""
    assert folder_of({}, "treble", course / "mini") == course / "mini"


@pytest.mark.parametrize("name", ["__vsc_ipynb_file__", "__session__"])
def test_the_program_says_where_the_notebook_is(course: Path, name: str) -> None:
    """VS Code may run a notebook in the folder of the workspace, and says which file it is."""
    assert folder_of({name: str(course / "mini" / "mini.ipynb")}, None, course) == course / "mini"


def test_the_session_of_jupyter_says_where_the_notebook_is(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that starts kernels elsewhere names the notebook in the environment."""
    monkeypatch.setenv("JPY_SESSION_NAME", str(course / "other" / "other.ipynb"))
    assert folder_of({}, None, course) == course / "other"


def test_the_question_tells_which_folder_is_meant(course: Path) -> None:
    """In the folder above, or in one beside, the only assignment that asks the question is taken."""
    assert folder_of({}, "treble", course) == course / "other"
    (course / "notes").mkdir()
    assert folder_of({}, "treble", course / "notes").resolve() == course / "other"


@pytest.mark.parametrize("question", ["square", "nothing", None])
def test_what_cannot_be_told_is_asked(course: Path, question: str | None) -> None:
    """Several folders, or none, bring a message with what to do."""
    with pytest.raises(AutograderError, match=r"there is no checks\.py in .*; checks\.py lies in .*%cd"):
        folder_of({}, question, course)


def test_nothing_near(tmp_path: Path) -> None:
    """Without any assignment the message is short."""
    empty = tmp_path / "a" / "b"
    empty.mkdir(parents=True)
    with pytest.raises(AutograderError, match=r"there is no checks\.py in [^;]*; open the notebook"):
        folder_of({"__vsc_ipynb_file__": 3}, "double", empty)
