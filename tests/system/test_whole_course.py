"""Every assignment of this course, through the real sandbox and through nbgrader: right and blank notebooks."""

from __future__ import annotations

import subprocess
import sys

import pytest

from autograder import notebook, record
from autograder.course import Assignment, Course
from autograder.record import Grade
from tests.system.conftest import ROOT, CourseFolder, copy_course

ASSIGNMENTS = Course.load(ROOT).assignments
EACH = pytest.mark.parametrize("assignment", [pytest.param(a, id=a.name) for a in ASSIGNMENTS])


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> CourseFolder:
    """A class of two, in every assignment: ada has every answer, and the other student has none."""
    course = copy_course(tmp_path_factory.mktemp("course"), "gates")
    for assignment in ASSIGNMENTS:
        folder = CourseFolder(course.root, assignment.name)
        folder.nbgrader("generate_assignment", assignment.name)
        folder.submit("ada", folder.answered(solutions(assignment)))
        folder.submit("blank", folder.released())
    return course


@pytest.fixture(autouse=True)
def _data(assignment: Assignment, request: pytest.FixtureRequest) -> None:
    """Skip an assignment whose data are not on this machine."""
    if assignment.data:
        request.getfixturevalue("mnist_folder")


def solutions(assignment: Assignment) -> dict[str, str]:
    """Return the reference's code by question."""
    return dict(notebook.function_sources(assignment.reference_path.read_text(encoding="utf-8")))


def graded(course: CourseFolder, assignment: Assignment, student: str) -> Grade:
    """Grade one submission with the command line, and return its record."""
    path = course.root / "submitted" / student / assignment.name / f"{assignment.name}.ipynb"
    command = [sys.executable, "-m", "autograder.cli", "grade", assignment.name, str(path)]
    run = subprocess.run(command, cwd=course.root, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return record.read(course.root / "grades" / assignment.name / f"{student}.json")


@EACH
def test_right_answers_earn_full_points(course: CourseFolder, assignment: Assignment) -> None:
    """The reference's answers get every point of every question, and no message."""
    grade = graded(course, assignment, "ada")
    assert {q.name: (q.score, q.outcome, q.message) for q in grade.questions} == {
        q.name: (q.points, "right", "") for q in assignment.questions
    }
    assert grade.score == grade.max_score == assignment.max_score
    assert grade.restored == ()


@EACH
def test_a_blank_notebook_earns_nothing(course: CourseFolder, assignment: Assignment) -> None:
    """As it is handed out, nothing is attempted and nothing is earned."""
    grade = graded(course, assignment, "blank")
    assert {(q.score, q.outcome) for q in grade.questions} == {(0.0, "not attempted")}


@EACH
def test_nbgrader_gives_the_same_points(course: CourseFolder, assignment: Assignment) -> None:
    """`nbgrader autograde` puts full points and none into the gradebook."""
    folder = CourseFolder(course.root, assignment.name)
    folder.nbgrader("autograde", assignment.name)
    assert folder.total("ada") == assignment.max_score
    assert folder.scores("ada") == {question.name: question.points for question in assignment.questions}
    assert folder.total("blank") == 0
