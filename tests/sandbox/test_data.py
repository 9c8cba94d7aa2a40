"""What a submission has of the digits: the training images that it is given, and not one test image."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.course import Assignment, Course
from autograder.datasets import FALLBACK, FOLDER, Digits, load_mnist
from autograder.errors import CallFailed, SandboxError
from autograder.grade import training_digits
from autograder.sandbox import Cell, Limits, Sandbox, Submission, places

DIGITS = Digits(
    np.random.default_rng(0).integers(0, 256, (50, 28, 28), dtype=np.uint8), np.arange(50) % 10, "digits of this test"
)
SOURCE = """
import os
import numpy as np
from autograder.datasets import load_mnist
from autograder import check

def given(*count):
    digits = load_mnist(*count)
    images, labels, source = digits
    assert digits.images is images and digits.labels is labels and digits.source is source
    return images, labels, source

def spoiled():
    load_mnist().images[:] = 0
    load_mnist().labels[:] = 0
    return given()

def test_digits():
    from autograder.datasets import load_test_digits
    return load_test_digits()

def test_digits_by_name():
    import autograder.datasets
    return autograder.datasets.load_test_digits()

def size_of(path):
    with open(path, "rb") as file:
        return len(file.read())

def listed(path):
    return os.listdir(path)

def environment():
    return sorted(os.environ)

def end():
    os._exit(0)
"""


def load(sandbox: Sandbox, digits: Digits | None = DIGITS) -> Submission:
    """Load the submission of these tests."""
    return sandbox.load([Cell("cell 1", SOURCE)], limits=Limits(), seed=0, digits=digits)


@pytest.fixture
def submission(either: Sandbox) -> Iterator[Submission]:
    """A submission that was given digits, with full protection and with one layer."""
    with load(either) as found:
        assert found.runs[0].failure is None
        yield found


class TestGiven:
    def test_the_training_digits(self, submission: Submission) -> None:
        """`load_mnist` returns the digits that the grader gave, and can be unpacked as it can outside."""
        images, labels, source = submission.given()
        np.testing.assert_array_equal(images, DIGITS.images)
        np.testing.assert_array_equal(labels, DIGITS.labels)
        assert (images.dtype, labels.dtype, source) == (np.uint8, np.int64, "digits of this test")

    @pytest.mark.parametrize(("count", "length"), [(1, 1), (7, 7), (10_000, 50)])
    def test_the_first_of_them(self, submission: Submission, count: int, length: int) -> None:
        """A count is the most that come."""
        images, labels, _ = submission.given(count)
        np.testing.assert_array_equal(images, DIGITS.images[:length])
        np.testing.assert_array_equal(labels, DIGITS.labels[:length])

    def test_no_number_of_images(self, submission: Submission) -> None:
        """A count of zero is the same error as outside."""
        with pytest.raises(CallFailed) as caught:
            submission.given(0)
        assert (caught.value.exception, "1 or more" in caught.value.detail) == ("ValueError", True)

    def test_what_is_written_to_them_is_lost(self, submission: Submission) -> None:
        """A submission that changes its digits changes neither the next ones it loads nor the grader's."""
        before = DIGITS.images.copy()
        images, labels, _ = submission.spoiled()
        np.testing.assert_array_equal(images, before)
        assert labels.any()
        np.testing.assert_array_equal(DIGITS.images, before)

    def test_a_new_process_has_them_too(self, submission: Submission) -> None:
        """After a crash the digits are there again."""
        with pytest.raises(CallFailed):
            submission.end()
        np.testing.assert_array_equal(submission.given()[0], DIGITS.images)

    def test_all_of_the_real_ones(self, sandbox: Sandbox, mnist_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Ten thousand real digits arrive whole."""
        monkeypatch.setenv(FOLDER, str(mnist_folder))
        real = load_mnist()
        with load(sandbox, real) as submission:
            images, labels, source = submission.given()
        np.testing.assert_array_equal(images, real.images)
        np.testing.assert_array_equal(labels, real.labels)
        assert source == "MNIST"

    def test_the_source_says_what_they_are(self, sandbox: Sandbox) -> None:
        """The fallback is the fallback inside, too."""
        with load(sandbox, DIGITS._replace(source=FALLBACK)) as submission:
            assert submission.given()[2] == FALLBACK


class TestNotGiven:
    def test_without_data_there_is_nothing(self, either: Sandbox) -> None:
        """A submission to an assignment without data gets no digits."""
        with load(either, None) as submission, pytest.raises(CallFailed) as caught:
            submission.given()
        assert caught.value.exception == "TypeError"

    def test_not_by_another_submission(self, either: Sandbox) -> None:
        """The digits of one submission are not there for the next one of the same sandbox."""
        with load(either) as first:
            first.given()
        with load(either, None) as second, pytest.raises(CallFailed):
            second.given()

    @pytest.mark.parametrize("how", ["test_digits", "test_digits_by_name"])
    def test_there_are_no_test_digits(self, submission: Submission, how: str) -> None:
        """Who asks for the test digits is told that there are none."""
        with pytest.raises(CallFailed) as caught:
            getattr(submission, how)()
        assert caught.value.exception == "FileNotFoundError"
        assert "no test digits" in caught.value.detail

    @pytest.mark.parametrize("part", ["train", "t10k"])
    def test_the_files_cannot_be_read(
        self, submission: Submission, mnist_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str
    ) -> None:
        """Whoever knows the folder and may read it on this machine still opens no file of it in a submission."""
        folder = shutil.copytree(mnist_folder, tmp_path / "digits")
        for path in (folder, *folder.parents[:3], *folder.iterdir()):
            path.chmod(0o755)
        monkeypatch.setenv(FOLDER, str(folder))
        files = sorted(folder.glob(f"{part}-*"))
        assert files
        for path in [*files, *mnist_folder.glob(f"{part}-*")]:
            assert path.read_bytes()
            with pytest.raises(CallFailed) as caught:
                submission.size_of(str(path))
            assert caught.value.exception in ("PermissionError", "FileNotFoundError")
        with pytest.raises(CallFailed):
            submission.listed(str(folder))

    def test_not_even_the_folder_is_named(self, submission: Submission) -> None:
        """The environment of a submission does not tell where the digits are."""
        assert FOLDER not in submission.environment()


class TestGrader:
    @pytest.fixture
    def assignment(self, tmp_path: Path) -> Assignment:
        return Assignment(tmp_path, "mnist", "Digits", Limits(), "mnist")

    def test_an_assignment_without_data_has_none(self, tmp_path: Path) -> None:
        """Nothing is loaded for an assignment that does not ask."""
        assert training_digits(Assignment(tmp_path, "gates", "Gates", Limits())) is None

    def test_the_training_digits_only(
        self, assignment: Assignment, mnist_folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What is given is the training set."""
        monkeypatch.setenv(FOLDER, str(mnist_folder))
        digits = training_digits(assignment)
        assert digits is not None
        assert digits.labels[:5].tolist() == [5, 0, 4, 1, 9]

    def test_a_folder_that_submissions_can_read_is_refused(
        self, assignment: Assignment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Digits among Python's own files would be readable, test digits and all."""
        monkeypatch.setenv(FOLDER, str(tmp_path))
        monkeypatch.setattr(places, "libraries", lambda: [tmp_path.parent])
        with pytest.raises(SandboxError, match="lies among the files that submissions may read; move the digits"):
            training_digits(assignment)

    @pytest.mark.parametrize("place", places.readable())
    def test_what_is_readable(self, place: Path, tmp_path: Path) -> None:
        """Every folder that workers read counts, with all that is below it; a folder elsewhere does not."""
        assert places.is_readable(place)
        assert places.is_readable(place / "mnist" / "digits")
        assert not places.is_readable(tmp_path)

    def test_the_course_asks_for_it(self) -> None:
        """In this course one assignment works with the digits."""
        course = Course.find(Path(__file__))
        wanted: dict[str, Any] = {each.name: each.data for each in course.assignments if each.data}
        assert wanted == {"mnist": "mnist"}
