"""The demonstration works in a scratch copy and leaves everything else alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.course import Course
from autograder.errors import AutograderError
from autograder.instructor import demo
from autograder.record import QuestionOutcome, QuestionResult
from tests.minicourse import write_course
from tests.unit.test_record import a_grade

ROOT = Path(__file__).parents[2]


def test_another_folder_is_not_touched(tmp_path: Path) -> None:
    """A folder with somebody's files in it is refused, and the files stay."""
    (tmp_path / "gradebook.db").write_text("a year of grades")
    with pytest.raises(AutograderError, match="is not empty and not an earlier demonstration"):
        demo.run(Course.load(ROOT), tmp_path)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["a year of grades"]


def test_an_earlier_demonstration_is_replaced(tmp_path: Path) -> None:
    """What an earlier run left behind does not show up in the next one."""
    course = Course.load(ROOT)
    demo._scratch_copy(course, tmp_path / "demo")
    (tmp_path / "demo" / "submitted").mkdir()
    demo._scratch_copy(course, tmp_path / "demo")
    names = {path.name for path in (tmp_path / "demo").iterdir()}
    assert names == {name.split("/")[0] for name in demo.COPIED} | {demo.MARKER}


def test_a_course_without_a_sample_class(tmp_path: Path) -> None:
    """An installation from the wheel has no sample class, and says so."""
    course = Course.load(write_course(tmp_path))
    with pytest.raises(AutograderError, match=r"has no sample class \(tests/corpus\)"):
        demo._corpus(course)


def answer(outcome: QuestionOutcome, diagnosis: str | None = None) -> tuple[QuestionResult, ...]:
    return (QuestionResult(name="f", score=0, max_score=1, outcome=outcome, diagnosis=diagnosis, message=""),)


def test_one_page_is_named_to_be_opened(tmp_path: Path) -> None:
    """It is there, and has a wrong answer on it, one with a name for the slip where there is one."""
    answers = {
        "ada": answer("right"),
        "ben": answer("wrong"),
        "cleo": answer("wrong", "dropped dout"),
        "dora": answer("wrong", "dropped dout"),
        "emil": answer("not gradable"),
    }
    grades = [a_grade(student=student, questions=questions) for student, questions in answers.items()]
    pages = {student: tmp_path / "feedback" / student / "gates" / "gates.html" for student in answers}
    assert demo._page_to_open(tmp_path, grades) is None
    for student in ("ada", "ben", "emil", "dora"):
        pages[student].parent.mkdir(parents=True)
        pages[student].touch()
    assert demo._page_to_open(tmp_path, grades) == pages["dora"]
    assert demo._page_to_open(tmp_path, grades[:3]) == pages["ben"]
    assert demo._page_to_open(tmp_path, [grades[0], grades[-1]]) is None
