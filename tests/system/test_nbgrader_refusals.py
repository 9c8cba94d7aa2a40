"""Where something of the course is not in order, `nbgrader autograde` says so, touches nothing, and gives nobody 0."""

from __future__ import annotations

import pytest

from autograder import notebook
from tests import minicourse
from tests.system.conftest import CourseFolder, MakeCourse

FULL = {"double": 5.0, "square": 3.0}
BROKEN_REFERENCE = minicourse.REFERENCE.replace("return x * x", "return x * x * x")

SKIPS_ITSELF = '''

@pytest.mark.question("square")
def test_sometimes(submission):
    """Nine becomes eighty-one."""
    if submission.has("odd"):
        pytest.skip()
    agree("out", submission.square(9.0), 81.0)
'''


@pytest.fixture(scope="module")
def graded(make_course: MakeCourse) -> CourseFolder:
    """A course with one graded submission."""
    course = make_course()
    course.submit("anna", course.answered())
    course.nbgrader("autograde", "mini")
    return course


def with_more_points() -> str:
    changed = minicourse.assignment_notebook()
    next(cell for cell in changed.cells if notebook.grade_id(cell) == "double").metadata.nbgrader["points"] = 50
    return notebook.write(changed)


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("tests/hidden/test_mini.py", minicourse.HIDDEN + "\n\ndef test_unmarked(submission):\n    pass\n", "question"),
        ("reference/mini.py", BROKEN_REFERENCE, "fails on the reference itself"),
        ("course.yml", minicourse.COURSE + "colour: blue\n", "course.yml:10"),
        ("assignments/mini/mini.ipynb", with_more_points(), "nbgrader generate_assignment mini"),
    ],
)
def test_a_course_that_is_not_in_order_stops_everything(graded: CourseFolder, file: str, text: str, said: str) -> None:
    """The exit status is 1, the reason is told, and no file and no score has changed."""
    path = graded.root / file
    before = path.read_text()
    path.write_text(text)
    try:
        files = graded.files()
        log = graded.nbgrader("autograde", "mini", "--force", fails=True)
        assert "Nothing was graded: " in log
        assert said in log
        assert graded.files() == files
        assert graded.scores("anna") == FULL
    finally:
        path.write_text(before)


def test_an_assignment_that_was_not_generated_is_named(make_course: MakeCourse) -> None:
    """The message says which command is missing, and no student is made up."""
    course = make_course(generate=False)
    course.submit("anna", minicourse.answered())
    log = course.nbgrader("autograde", "mini", fails=True)
    assert "mini is not in the gradebook; run `nbgrader generate_assignment mini` first" in log
    with course.gradebook() as gradebook:
        assert gradebook.students == []


def test_a_suite_that_breaks_on_one_submission_gives_no_zero(graded: CourseFolder) -> None:
    """A test that skips itself is the suite's fault: that submission has no score, and a person is asked to look."""
    suite = graded.root / "tests" / "hidden" / "test_mini.py"
    suite.write_text(minicourse.HIDDEN + SKIPS_ITSELF)
    odd = graded.answered()
    odd.cells.append(notebook.new_cell("code", "def odd():\n    pass", {}))
    graded.submit("bert", odd)
    graded.submit("carla", graded.answered())
    try:
        graded.nbgrader("autograde", "mini", fails=True)
    finally:
        suite.write_text(minicourse.HIDDEN)
    assert graded.scores("bert") == {"double": None, "square": None}
    assert graded.needs_a_person("bert")
    assert graded.scores("carla") == FULL


def test_nothing_to_grade_starts_no_grader(make_course: MakeCourse) -> None:
    """A folder that is graded is left alone, and so is the grader."""
    course = make_course()
    (course.root / "tests" / "hidden" / "test_mini.py").write_text("broken(")
    course.submit("anna", course.answered())
    (course.root / "autograded" / "anna" / "mini").mkdir(parents=True)
    files = course.files()
    log = course.nbgrader("autograde", "mini")
    assert "Skipping existing assignment" in log
    assert course.files() == files
