"""A command that is started where handed-in files lie: they are graded, and nothing of them runs in a grader."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from autograder import record
from autograder.grader_process import _absolute
from tests.minicourse import RIGHT, answered, write_course

SLIP = answered({**RIGHT, "double": "def double(x):\n    return x + 2"})
MODULES = sorted({*sys.stdlib_module_names, *packages_distributions(), "autograder", "conftest", "sitecustomize"})
"""Whatever a grader could import."""


@pytest.fixture
def course(tmp_path: Path) -> Path:
    return write_course(tmp_path / "course")


def plant(folder: Path, marker: Path) -> None:
    """Put a module into `folder` for each that a grader could import; whichever is imported writes the marker."""
    for name in MODULES:
        text = f"with open({str(marker)!r}, 'a') as file:\n    file.write({name + ' '!r})\nraise ImportError\n"
        (folder / f"{name}.py").write_text(text)


def graded(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the command in `folder` as its script does: it does not import from there itself."""
    command = [sys.executable, "-P", "-m", "autograder.cli", *arguments]
    environment = {**os.environ, "PWD": str(folder), **variables}  # PWD as a shell has it after `cd`
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.mark.parametrize("command", ["grade", "regrade"])
def test_modules_beside_notebooks_are_not_imported(course: Path, tmp_path: Path, command: str) -> None:
    """Files called `pytest.py`, `numpy.py` and so on lie where the command is started, and no process imports them."""
    inbox, marker = course / "inbox", tmp_path / "marker"
    inbox.mkdir()
    (inbox / "wen.ipynb").write_bytes(SLIP)
    plant(inbox, marker)
    done = graded(inbox, command, "mini", "wen.ipynb")
    assert done.returncode == 0, done.stderr
    assert not marker.exists(), marker.read_text()
    assert record.read(course / "grades" / "mini" / "wen.json").score == 3


def test_the_current_folder_is_not_on_the_way_to_modules(tmp_path: Path) -> None:
    """An empty entry of PYTHONPATH would put it there, and so would a relative one; others stay."""
    assert _absolute(os.pathsep.join(["", "/a", "b", ".", "/c/../d"])) == os.pathsep.join(["/a", "/c/../d"])
    assert _absolute("") == ""


@pytest.mark.parametrize("linked", [False, True])
@pytest.mark.parametrize("place", ["submitted/wen/mini", "downloaded/mini/archive"])
def test_a_course_that_was_handed_in_grades_nobody(course: Path, tmp_path: Path, place: str, linked: bool) -> None:
    """A submission with a course of its own is not graded by that, be its folder a link to another disk."""
    folder, marker = course / place, tmp_path / "marker"
    if linked:
        (tmp_path / "disk").mkdir()
        (course / place.partition("/")[0]).symlink_to(tmp_path / "disk")
    folder.mkdir(parents=True)
    (folder / "wen.ipynb").write_bytes(SLIP)
    write_course(folder, hidden=f"open({str(marker)!r}, 'w').close()\n")
    done = graded(folder, "grade", "mini", "wen.ipynb")
    assert (done.returncode, done.stdout) == (2, "")
    words = f"{folder / 'course.yml'} was handed in, and does not grade; run this in {course}\n"
    assert done.stderr == f"autograder: {words}"
    assert not marker.exists()
    assert not (folder / "grades").exists()


def test_a_course_inside_another_one_is_a_course(course: Path) -> None:
    """A copy of a course in a folder of another one, as the demo makes it, grades its own submissions."""
    inner = course / "build" / "copy"
    shutil.copytree(course, inner, ignore=shutil.ignore_patterns("build"))
    (inner / "wen.ipynb").write_bytes(SLIP)
    done = graded(inner, "grade", "mini", "wen.ipynb")
    assert done.returncode == 0, done.stderr
    assert record.read(inner / "grades" / "mini" / "wen.json").score == 3
