"""What lies beside a submitted notebook: nothing of it reaches anybody but real pictures and the time."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.minicourse import RIGHT
from tests.pictures import picture
from tests.system.conftest import CourseFolder, MakeCourse

SECRET = "nobody may read this secret"
IN_TIME = "2030-01-01 10:00:00 UTC"


@pytest.fixture(scope="module")
def course(make_course: MakeCourse) -> CourseFolder:
    """A class with all sorts of files beside the notebooks, graded twice, with its feedback."""
    course = make_course()
    (course.root / ".course-secret").write_text(SECRET)
    for student in ("links", "pipe", "names", "pictures", "garbled_time", "in_time"):
        course.submit(student, course.answered(RIGHT))
    beside = {path.name: path / "mini" for path in (course.root / "submitted").iterdir()}
    (beside["links"] / "data.txt").symlink_to(course.root / ".course-secret")
    (beside["links"] / "reference.png").symlink_to(course.root / "reference" / "mini.py")
    (beside["links"] / "nothing.txt").symlink_to("nowhere")
    (beside["links"] / "folder").symlink_to(course.root / "reference")
    shutil.copy(course.root / ".course-secret", beside["links"] / "collected.png")
    os.mkfifo(beside["pipe"] / "pipe.png")
    Path(os.fsdecode(os.fsencode(beside["names"]) + b"/m\xff.png")).write_bytes(picture("PNG"))
    (beside["names"] / "\x1b[31mred.png").write_bytes(picture("PNG"))
    (beside["pictures"] / "figures").mkdir()
    (beside["pictures"] / "figures" / "plot.png").write_bytes(picture("PNG"))
    (beside["garbled_time"] / "timestamp.txt").write_text("\x1b[31mthe day after tomorrow")
    (beside["in_time"] / "timestamp.txt").write_text(IN_TIME)
    for _ in range(2):
        course.nbgrader("autograde", "mini")
    course.nbgrader("generate_feedback", "mini")
    return course


def files(course: CourseFolder, place: str, student: str) -> set[str]:
    folder = course.root / place / student / "mini"
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("student", ["links", "pipe", "names", "pictures", "garbled_time", "in_time"])
def test_everybody_is_graded(course: CourseFolder, student: str) -> None:
    """No file beside a notebook stops its grading, or that of the others."""
    assert course.scores(student) == {"double": 5.0, "square": 3.0}


@pytest.mark.parametrize(
    ("student", "copied"),
    [
        ("links", set()),
        ("pipe", set()),
        ("names", set()),
        ("pictures", {"figures/plot.png"}),
        ("garbled_time", set()),
        ("in_time", {"timestamp.txt"}),
    ],
)
def test_what_is_handed_on(course: CourseFolder, student: str, copied: set[str]) -> None:
    """Pictures that are pictures and a time that is a time; no link is followed, and no other file copied."""
    released = {str(path.name) for path in (course.root / "source").glob("*")} | {"checks.py"}
    assert files(course, "autograded", student) - released == copied | {"mini.ipynb"}
    assert files(course, "feedback", student) - released == copied | {"mini.html"}


def test_nothing_hidden_is_in_the_feedback(course: CourseFolder) -> None:
    """Neither the secret nor the reference is in any file that goes back to students."""
    pages = [path.read_bytes() for path in (course.root / "feedback").rglob("*") if path.is_file()]
    assert len(pages) > 6
    assert not any(SECRET.encode() in page or b"return 2 * x\n\n\ndef square" in page for page in pages)


def test_the_time_is_the_one_that_was_handed_in(course: CourseFolder) -> None:
    """nbgrader's gradebook has it; one that cannot be read counts as none."""
    with course.gradebook() as gradebook:
        times = {
            student: gradebook.find_submission("mini", student).timestamp for student in ("in_time", "garbled_time")
        }
    assert str(times["in_time"]) == "2030-01-01 10:00:00"
    assert times["garbled_time"] is None
