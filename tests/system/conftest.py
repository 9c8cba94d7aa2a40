"""Courses in scratch folders, with nbgrader's real commands run in them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode

from autograder import notebook
from tests import minicourse

ROOT = Path(__file__).resolve().parents[2]
COURSE_PARTS = ("assignments", "reference", "tests/hidden", "course.yml", "nbgrader_config.py")


@dataclass(frozen=True)
class CourseFolder:
    """A scratch copy of a course, and one assignment of it to work with."""

    root: Path
    assignment: str

    def nbgrader(self, command: str, *arguments: str, fails: bool = False) -> str:
        """Run an nbgrader command here and return what it printed, after a look at its exit status."""
        return self.run("-m", "nbgrader", command, *arguments, fails=fails)

    def run(self, *arguments: str, fails: bool = False) -> str:
        """Run Python with these arguments here and return what it printed, after a look at its exit status."""
        run = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.root,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )
        assert run.returncode == int(fails), run.stdout
        return run.stdout

    def released(self) -> NotebookNode:
        """Return the notebook that students get."""
        return notebook.read((self.root / "release" / self.assignment / f"{self.assignment}.ipynb").read_bytes())

    def answered(self, sources: Mapping[str, str] = minicourse.RIGHT) -> NotebookNode:
        """Return the released notebook with `sources` in its solution cells."""
        return notebook.solve(self.released(), sources)

    def submit(self, student: str, content: NotebookNode | bytes, *, name: str | None = None) -> Path:
        """Put a notebook into a student's submission and return its path."""
        path = self.root / "submitted" / student / self.assignment / (name or f"{self.assignment}.ipynb")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return path

    @contextmanager
    def gradebook(self) -> Iterator[Any]:
        """Open the course's gradebook; what the database library warns of in nbgrader's own code is not ours."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from nbgrader.api import Gradebook

            with Gradebook(f"sqlite:///{self.root / 'gradebook.db'}") as gradebook:
                yield gradebook

    def scores(self, student: str) -> dict[str, float | None]:
        """Return a student's automatic score for each question."""
        with self.gradebook() as gradebook:
            submission = gradebook.find_submission_notebook(self.assignment, self.assignment, student)
            return {grade.name: grade.auto_score for grade in submission.grades}

    def total(self, student: str) -> float:
        """Return a student's score for the assignment, manual scores included."""
        with self.gradebook() as gradebook:
            return float(gradebook.find_submission(self.assignment, student).score)

    def needs_a_person(self, student: str) -> bool:
        """Return whether the formgrader asks for a look at this submission."""
        with self.gradebook() as gradebook:
            return bool(gradebook.find_submission(self.assignment, student).needs_manual_grade)

    def comment(self, student: str, question: str) -> str | None:
        """Return the comment that the student reads under the answer to a question."""
        with self.gradebook() as gradebook:
            place = self.assignment, self.assignment, student
            comment: str | None = gradebook.find_comment(f"{question}-solution", *place).comment
            return comment

    def autograded(self, student: str) -> NotebookNode:
        """Return the notebook that nbgrader keeps of a graded submission."""
        return nbformat.read(self.root / "autograded" / student / self.assignment / f"{self.assignment}.ipynb", 4)

    def record(self, student: str) -> dict[str, Any]:
        """Return the grade record of a graded submission."""
        return dict(self.autograded(student).metadata["autograder"])

    def page(self, student: str) -> str:
        """Return a student's feedback page."""
        return (self.root / "feedback" / student / self.assignment / f"{self.assignment}.html").read_text("utf-8")

    def files(self) -> dict[str, bytes]:
        """Return all files here but the gradebook, with their contents."""
        paths = (path for path in sorted(self.root.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)
        return {str(p.relative_to(self.root)): p.read_bytes() for p in paths if p.name != "gradebook.db"}


def copy_course(folder: Path, assignment: str) -> CourseFolder:
    """Copy the repository's own course into `folder`."""
    ignored = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
    for part in COURSE_PARTS:
        source, target = ROOT / part, folder / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=ignored)
        else:
            shutil.copy(source, target)
    return CourseFolder(folder, assignment)


MakeCourse = Callable[..., CourseFolder]


@pytest.fixture(scope="module")
def make_course(tmp_path_factory: pytest.TempPathFactory) -> MakeCourse:
    """Return a function that writes a new tiny course, and makes its assignment unless `generate` is False."""

    def make(*, generate: bool = True, **changes: str) -> CourseFolder:
        root = minicourse.write_course(tmp_path_factory.mktemp("course"), **changes)
        shutil.copy(ROOT / "nbgrader_config.py", root)
        course = CourseFolder(root, "mini")
        if generate:
            course.nbgrader("generate_assignment", "mini")
        return course

    return make
