"""A course that works with digits: graded with them, and refused question by question where they are missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder import notebook
from autograder.batch import Graders
from autograder.course import Course
from autograder.datasets import FOLDER
from autograder.diagnosis import DATA_MISSING
from autograder.errors import AutograderError
from autograder.instructor.gradeclass import grade_class
from autograder.mnist_files import names
from autograder.record import Grade, QuestionResult
from tests.minicourse import CHECKS, COURSE, HIDDEN, REFERENCE, RIGHT, answered, assignment_notebook, write_course
from tests.system.conftest import CourseFolder

WITH_DATA = COURSE.replace("    title: Tiny\n", "    title: Tiny\n    data: mnist\n    limits: {training_seconds: 1}\n")
NEEDS_DIGITS = (
    HIDDEN
    + '''

@pytest.mark.question("square")
@pytest.mark.training
def test_digits(submission, reference):
    """Digits that nobody has seen are squared."""
    from autograder.datasets import load_test_digits

    x = load_test_digits().labels[:5].astype(float)
    agree("out", submission.square(x), reference.square(x))
'''
)
TRAINING_CHECK = CHECKS.replace(
    '@pytest.mark.question("square")\n', '@pytest.mark.question("square")\n@pytest.mark.training\n'
)
READS = """
def square(x):
    from autograder.datasets import load_mnist
    digits = load_mnist()
    assert digits.images.shape == (len(digits.labels), 28, 28)
    return x * x
"""
SLOW = """
def square(x):
    for epoch in range(10**9):
        for step in range(1000):
            pass
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_course(tmp_path / "course", course=WITH_DATA, hidden=NEEDS_DIGITS, checks=TRAINING_CHECK)


@pytest.fixture
def without_test_digits(mnist_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder in which the training digits are all there is."""
    folder = tmp_path / "digits"
    folder.mkdir()
    for name in names("train"):
        for path in mnist_folder.glob(f"{name}*"):
            (folder / path.name).symlink_to(path)
    monkeypatch.setenv(FOLDER, str(folder))


def grade(root: Path, **sources: str) -> Grade:
    with Graders(Course.load(root), "mini") as graders:
        graders.prepare()
        return graders.grade(answered({**RIGHT, **sources}), "ada").grade


def question(grade: Grade, name: str) -> QuestionResult:
    return next(question for question in grade.questions if question.name == name)


class TestThere:
    @pytest.fixture(autouse=True)
    def digits(self, mnist_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(FOLDER, str(mnist_folder))

    def test_a_submission_reads_the_training_digits(self, root: Path) -> None:
        """What loads the digits in its own code is graded like anything else."""
        result = grade(root, square=READS)
        assert (result.score, question(result, "square").message) == (8.0, "")

    def test_a_cell_of_the_assignment_imports_them(self, tmp_path: Path) -> None:
        """Whatever an assignment begins with, each submission has the digits in its own cells."""
        original = assignment_notebook()
        original.cells[0].source += "\nfrom autograder.datasets import load_mnist"
        root = write_course(tmp_path / "imported", course=WITH_DATA, notebook=notebook.write(original))
        sources = {
            **RIGHT,
            "double": "FIRST = load_mnist(3).images\n\ndef double(x):\n    return 2 * x + FIRST.sum() * 0",
        }
        with Graders(Course.load(root), "mini") as graders:
            graders.prepare()
            result = graders.grade(notebook.write(notebook.solve(original, sources)).encode(), "ada").grade
        assert (result.score, question(result, "double").message) == (8.0, "")

    def test_too_slow(self, root: Path) -> None:
        """A training that takes too long costs its question; in the visible check the student reads how far it got."""
        result = question(grade(root, square=SLOW), "square")
        assert (result.score, result.outcome) == (0, "not gradable")
        assert "used up its 1 s of processor time in your line" in result.message
        assert "with epoch = " in result.message

    def test_too_slow_in_a_hidden_check(self, root: Path) -> None:
        """In a hidden check the message has nothing of what the submission says."""
        late = SLOW.replace("    for epoch", "    if np.ndim(x) == 0:\n        return x * x\n    for epoch")
        result = question(grade(root, square=late), "square")
        hidden = [test.message for test in result.tests if test.hidden and test.outcome == "timeout"]
        assert len(hidden) == 1
        assert not any(word in text for word in ("epoch", "step", "line ") for text in (*hidden, result.message))


@pytest.mark.usefixtures("without_test_digits")
class TestMissing:
    def test_only_its_question_is_refused(self, root: Path) -> None:
        """The question that needs them is not gradable, through no fault of the student's; the other one is graded."""
        result = grade(root)
        refused = question(result, "square")
        assert (refused.score, refused.outcome, refused.diagnosis) == (0, "not gradable", DATA_MISSING)
        assert "through no fault of yours" in refused.message
        assert "t10k-images-idx3-ubyte" in refused.message
        assert (result.outcome, result.score, question(result, "double").outcome) == ("graded", 5.0, "right")

    def test_the_class_is_told_apart(self, root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """`autograder grade` writes the records, names the question, and says by its result that something is left."""
        notebook = tmp_path / "ada.ipynb"
        notebook.write_bytes(answered())
        options = {"jobs": 1, "as_json": False, "unsafe": False}
        assert not grade_class(Course.load(root), "mini", [notebook], out=tmp_path / "out", **options)  # type: ignore[arg-type]
        assert "not gradable: ada: `square` could not be graded" in capsys.readouterr().err
        assert (tmp_path / "out" / "ada.json").is_file()

    def test_nbgrader_asks_for_a_person(self, root: Path) -> None:
        """Under nbgrader the refused question, and only that one, waits in the formgrader."""
        (root / "nbgrader_config.py").write_text((Path(__file__).parents[2] / "nbgrader_config.py").read_text())
        course = CourseFolder(root, "mini")
        for command in ("generate_assignment", "autograde"):
            if command == "autograde":
                course.submit("ada", course.answered())
            course.nbgrader(command, "mini")
        with course.gradebook() as gradebook:
            grades = gradebook.find_submission_notebook("mini", "mini", "ada").grades
            assert {each.name: bool(each.needs_manual_grade) for each in grades} == {"double": False, "square": True}


def test_a_broken_file_stops_the_run(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Broken training digits are an error with the file's name, before anything is graded."""
    for name in names("train"):
        (tmp_path / name).write_bytes(b"no digits")
    monkeypatch.setenv(FOLDER, str(tmp_path))
    with pytest.raises(AutograderError, match="train-images-idx3-ubyte: this is no IDX file"):
        grade(root)


def test_a_broken_suite_is_still_one(root: Path, mnist_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the digits there, a test that fails on the reference stops the run as ever."""
    monkeypatch.setenv(FOLDER, str(mnist_folder))
    write_course(
        root, course=WITH_DATA, hidden=NEEDS_DIGITS, reference=REFERENCE.replace("x * x", "x * x + 1"), checks=CHECKS
    )
    with pytest.raises(AutograderError, match="fails on the reference itself"):
        grade(root)
