"""Both front doors on other machines: as an ordinary user, without bubblewrap, and without any protection."""

from __future__ import annotations

import csv
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.sandbox import UNSAFE_FLAG
from tests import minicourse
from tests.machines import ROOT, Machine, ordinary_user

as_root = pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")

CURIOUS = """\
import os
def double(x):
    found = [name for top in ("/work", "/home", "/root", "/tmp") for _, _, names in os.walk(top) for name in names]
    assert not found, found
    open({marker!r}, "w").close()
    return 2 * x"""


@pytest.fixture(scope="module")
def ordinary() -> Iterator[Machine]:
    """The same machine for somebody who is not root."""
    with ordinary_user() as machine:
        yield machine


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every user may enter, which pytest's own is not."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def course_for(machine: Machine, folder: Path) -> Path:
    """Write the tiny course with three submissions where the machine's user owns it."""
    course = minicourse.write_course(folder / "course")
    shutil.copy2(ROOT / "nbgrader_config.py", course)
    answers = {
        "ada": minicourse.RIGHT,
        "ben": {**minicourse.RIGHT, "double": "def double(x):\n    return x + 2"},
        "cleo": {**minicourse.RIGHT, "double": CURIOUS.format(marker=str(course / "mark"))},
    }
    for student, sources in answers.items():
        path = course / "submitted" / student / "mini" / "mini.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(minicourse.answered(sources))
    if machine.user is not None:
        for path in (course, *course.rglob("*")):
            os.chown(path, machine.user, machine.user)
    return course


def records(course: Path) -> dict[str, dict[str, object]]:
    return {path.stem: json.loads(path.read_text()) for path in sorted((course / "grades/mini").glob("*.json"))}


def assert_graded(course: Path, mode: str) -> None:
    """The right one has full points, the slip its own loss, the curious one nothing for its pains."""
    graded = records(course)
    assert {name: grade["score"] for name, grade in graded.items()} == {"ada": 8.0, "ben": 3.0, "cleo": 3.0}
    assert {grade["sandbox"] for grade in graded.values()} == {mode}
    assert not (course / "mark").exists()


def grade(machine: Machine, course: Path, *flags: str) -> tuple[int, str]:
    notebooks = [str(path) for path in sorted(course.glob("submitted/*/mini/mini.ipynb"))]
    done = machine.run("-m", "autograder.cli", "grade", "mini", *notebooks, *flags, cwd=course)
    return done.returncode, done.stdout + done.stderr


def export(machine: Machine, course: Path) -> dict[str, float]:
    """Take the class through nbgrader's commands and return each student's score."""
    home = {"HOME": str(course), "COLUMNS": "200"}
    for arguments in (["generate_assignment", "mini"], ["autograde", "mini"], ["export"]):
        done = machine.run("-m", "nbgrader", *arguments, cwd=course, environment=home)
        assert done.returncode == 0, done.stdout + done.stderr
    with (course / "grades.csv").open(newline="") as file:
        return {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}


class TestAutograderGrade:
    @as_root
    def test_as_an_ordinary_user(self, ordinary: Machine, folder: Path) -> None:
        """Nobody needs to be root to grade with every protection."""
        course = course_for(ordinary, folder)
        status, said = grade(ordinary, course)
        assert status == 0
        assert "sandbox:" not in said
        assert_graded(course, "full")

    @as_root
    def test_as_an_ordinary_user_without_namespaces(self, ordinary: Machine, folder: Path) -> None:
        """The second layer alone protects as well, and the record says that it was alone."""
        course = course_for(ordinary, folder)
        assert grade(replace(ordinary, blocked="namespaces"), course)[0] == 0
        assert_graded(course, "one layer")

    def test_without_namespaces(self, folder: Path) -> None:
        """In a container that allows no namespaces grading goes on, with one layer, and says so."""
        course = course_for(Machine(), folder)
        status, said = grade(Machine(blocked="namespaces"), course)
        assert status == 0
        assert "sandbox: one layer" in said
        assert_graded(course, "one layer")

    @pytest.mark.parametrize("blocked", ["namespaces,landlock", "seccomp"])
    def test_without_protection_it_refuses(self, folder: Path, blocked: str) -> None:
        """Reason, remedy and flag are named, nothing is written; with the flag the record says that there was none."""
        course = course_for(Machine(), folder)
        shutil.rmtree(course / "submitted" / "cleo")  # must not run without protection
        status, said = grade(Machine(blocked=blocked), course)
        assert status == 2
        assert UNSAFE_FLAG in said
        assert not (course / "grades").exists()
        status, said = grade(Machine(blocked=blocked), course, UNSAFE_FLAG)
        assert status == 0
        assert "sandbox: none" in said
        assert {grade["sandbox"] for grade in records(course).values()} == {"none"}


class TestNbgrader:
    @as_root
    @pytest.mark.parametrize("blocked", ["", "namespaces"])
    def test_as_an_ordinary_user(self, ordinary: Machine, folder: Path, blocked: str) -> None:
        """Plain nbgrader commands give the same scores, with both layers and with one."""
        course = course_for(ordinary, folder)
        scores = export(replace(ordinary, blocked=blocked), course)
        assert scores == {"ada": 8.0, "ben": 3.0, "cleo": 3.0}
        assert not (course / "mark").exists()


class TestDoctor:
    @pytest.mark.parametrize(
        ("blocked", "status", "words"),
        [
            ("namespaces", 0, ["✗ │ bubblewrap", "sandbox: one layer"]),
            ("landlock", 0, ["✗ │ Landlock", "sandbox: one layer"]),
            ("namespaces,landlock", 1, ["✗ │ bubblewrap", "✗ │ Landlock", "sandbox: none", UNSAFE_FLAG]),
            ("seccomp", 1, ["✗ │ system-call filter", "sandbox: none", UNSAFE_FLAG]),
        ],
    )
    def test_says_what_is_missing(self, folder: Path, blocked: str, status: int, words: list[str]) -> None:
        """Each missing layer has its line and a remedy, and the exit status says whether grading is possible."""
        course = course_for(Machine(), folder)
        done = Machine(blocked=blocked).run("-m", "autograder.cli", "doctor", cwd=course)
        assert done.returncode == status, done.stdout + done.stderr
        assert [word for word in words if word not in done.stdout] == []
