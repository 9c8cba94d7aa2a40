"""Which records of an earlier run stand: those for which nothing is different that judges them."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from autograder import record
from autograder.course import Course
from autograder.digests import framework_label, suite_digest
from autograder.errors import AutograderError
from autograder.instructor import resume
from autograder.record import DATA_MISSING, Grade, QuestionResult
from autograder.secret import VARIABLE, submission_seed
from autograder.standing import PROTECTION, is_as_protected, standing_questions, stands, stands_in_part
from tests import minicourse

SECRET = "long enough to be one"


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A course in which ada has a submission and the record of it."""
    monkeypatch.setenv(VARIABLE, SECRET)
    course = Course.load(minicourse.write_course(tmp_path / "course"))
    (tmp_path / "ada.ipynb").write_bytes(minicourse.answered())
    record.write(a_grade(course), tmp_path / "ada.json")
    return course


def a_grade(given: Course, /, **changes: Any) -> Grade:
    digest = hashlib.sha256(minicourse.answered()).hexdigest()
    fields: dict[str, Any] = {
        "course": given.name,
        "assignment": "mini",
        "student": "ada",
        "submission": digest,
        "suite": suite_digest(given.assignment("mini")),
        "framework": framework_label(),
        "graded_at": "2026-01-01T00:00:00+00:00",
        "seed": submission_seed(SECRET.encode(), digest, "mini"),
        "sandbox": "full",
        "outcome": "graded",
        "score": 8.0,
        "max_score": 8.0,
    }
    return Grade(**{**fields, **changes})


def standing(course: Course, folder: Path) -> dict[str, Grade]:
    mini, grade = course.assignment("mini"), read(course, folder)
    return {"ada": grade} if grade is not None and stands(course, mini, grade, grade.submission) else {}


def read(course: Course, folder: Path) -> Grade | None:
    return resume.reader(course, course.assignment("mini"), {"ada": folder / "ada.ipynb"}, folder)("ada")


def a_result(**changes: Any) -> QuestionResult:
    fields = {"name": "double", "score": 0, "max_score": 5, "outcome": "not gradable", "judged_by": "11"}
    return QuestionResult(**{**fields, **changes})


def test_an_unchanged_one_stands(course: Course, tmp_path: Path) -> None:
    """It is handed back as it was written, whatever the clock says now."""
    assert standing(course, tmp_path) == {"ada": a_grade(course)}
    record.write(a_grade(course, graded_at="2999-01-01T00:00:00+00:00"), tmp_path / "ada.json")
    assert list(standing(course, tmp_path)) == ["ada"]


@pytest.mark.parametrize(
    "changes",
    [
        {"submission": "00" * 32},
        {"suite": "00" * 32},
        {"framework": "0.0.1"},
        {"seed": "00" * 32},
        {"seed": ""},
        {"outcome": "not gradable", "reason": "the grader stopped"},
        {"questions": (a_result(diagnosis=DATA_MISSING),)},
        {"questions": (a_result(name="square", score=3, max_score=3, outcome="right"), a_result())},
    ],
)
def test_one_that_differs_in_anything_does_not(course: Course, tmp_path: Path, changes: dict[str, Any]) -> None:
    """Another submission, suite, framework or secret may mean another grade; what was not gradable may be now."""
    record.write(a_grade(course, **changes), tmp_path / "ada.json")
    assert standing(course, tmp_path) == {}


def test_the_other_questions_of_one_that_was_not_gradable(course: Course) -> None:
    """A question that was not gradable is judged again each time, and what else the same tests have judged stands."""
    right, other = (a_result(name=name, score=1, outcome="right") for name in ("square", "cube"))
    grade = a_grade(course, questions=(a_result(), right, other))
    assert stands_in_part(course, course.assignment("mini"), grade, grade.submission)
    assert standing_questions(grade, {"double": "11", "square": "11", "cube": "22"}) == {"square": right}


def test_grades_by_another_suite_are_not_replaced_unseen(course: Course, tmp_path: Path) -> None:
    """It is said how many there are, one name, and both ways to go on; elsewhere the way names the folder."""
    record.write(a_grade(course, suite="00" * 32, framework="0.0.1"), tmp_path / "ada.json")
    with pytest.raises(AutograderError, match=r"1 submission has a grade .* such as that of ada; .* --again") as caught:
        require_same_suite(course, tmp_path)
    assert f"`autograder regrade mini --out {tmp_path}` shows who moves before it writes" in str(caught.value)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"framework": "0.0.1", "seed": "00" * 32, "sandbox": "none"},
        {"suite": "00" * 32, "submission": "00" * 32},
        {"suite": "00" * 32, "outcome": "not gradable", "reason": "the grader stopped"},
        {"suite": "00" * 32, "questions": (a_result(diagnosis=DATA_MISSING),)},
    ],
)
def test_others_are_graded_anew_without_asking(course: Course, tmp_path: Path, changes: dict[str, Any]) -> None:
    """No grade of this very submission is taken back: there is none, or it still waits for data, or the suite stays."""
    record.write(a_grade(course, **changes), tmp_path / "ada.json")
    require_same_suite(course, tmp_path)


def require_same_suite(course: Course, folder: Path) -> None:
    mini, grade = course.assignment("mini"), read(course, folder)
    others = ["ada"] if grade is not None and resume.is_of_another_suite(mini, grade) else []
    resume.require_same_suite(course, mini, others, folder)


@pytest.mark.parametrize("cut", [0, 1, -2])
def test_half_a_record_is_not_overlooked(course: Course, tmp_path: Path, cut: int) -> None:
    """What cannot be read would be lost if it were graded anew."""
    path = tmp_path / "ada.json"
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(
        AutograderError, match=r"ada\.json: this is not a grade record: .*; nothing is graded\. Mend it"
    ):
        read(course, tmp_path)


@pytest.mark.parametrize("changes", [{"course": "other"}, {"assignment": "other"}, {"student": "ben"}])
def test_the_record_of_something_else_is_not_overlooked(
    course: Course, tmp_path: Path, changes: dict[str, str]
) -> None:
    """Two assignments with one folder of records would replace each other's."""
    record.write(a_grade(course, **changes), tmp_path / "ada.json")
    whose = {"course": course.name, "assignment": "mini", "student": "ada", **changes}
    words = f"ada.json: this is the record of '{whose['student']}' in {whose['course']}/{whose['assignment']}; nothing"
    with pytest.raises(AutograderError, match=re.escape(words)):
        read(course, tmp_path)


def test_a_folder_in_the_place_of_a_record_is_not_overlooked(course: Course, tmp_path: Path) -> None:
    """Whatever is there and cannot be read is named."""
    (tmp_path / "ada.json").unlink()
    (tmp_path / "ada.json").mkdir()
    with pytest.raises(AutograderError, match=r"Is a directory: '.*ada\.json'; nothing is graded"):
        read(course, tmp_path)


def test_there_is_no_record_under_a_name_that_no_file_can_have(course: Course, tmp_path: Path) -> None:
    """A student's name may be as long as a folder's, and `.json` makes it longer."""
    assert resume.record_of(course.name, "mini", "n" * 252, tmp_path) is None


def test_a_submission_that_cannot_be_read(course: Course, tmp_path: Path) -> None:
    """Whoever grades it says why; the record is none of it."""
    (tmp_path / "ada.ipynb").unlink()
    (tmp_path / "ada.ipynb").symlink_to("elsewhere")
    assert read(course, tmp_path) is None


@pytest.mark.parametrize("part", ["course", "reference", "misconceptions", "checks", "notebook", "hidden"])
def test_a_course_that_has_changed(course: Course, tmp_path: Path, part: str) -> None:
    """Limits, reference, misconceptions, checks, notebook and hidden suite: each of them judges."""
    text = {
        "course": minicourse.COURSE.replace("call_seconds: 1", "call_seconds: 3"),
        "reference": minicourse.REFERENCE.replace("2 * x", "x + x"),
        "misconceptions": minicourse.MISCONCEPTIONS.replace("large", "big"),
        "checks": minicourse.CHECKS.replace("3.0", "4.0"),
        "notebook": (course.root / "assignments/mini/mini.ipynb").read_text().replace("made of", "out of"),
        "hidden": minicourse.HIDDEN.replace("size=3", "size=4"),
    }[part]
    minicourse.write_course(course.root, **{part: text})
    assert standing(Course.load(course.root), tmp_path) == {}
    minicourse.write_course(course.root)
    assert list(standing(Course.load(course.root), tmp_path)) == ["ada"]


def test_another_secret(course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new secret draws other inputs."""
    monkeypatch.setenv(VARIABLE, SECRET + "!")
    assert standing(course, tmp_path) == {}


@pytest.mark.parametrize("draw", [1, 2])
def test_further_draws_are_of_the_same_secret(course: Course, tmp_path: Path, draw: int) -> None:
    """A record whose first seed was unlucky stands as well."""
    seed = submission_seed(SECRET.encode(), a_grade(course).submission, "mini", draw)
    record.write(a_grade(course, seed=seed), tmp_path / "ada.json")
    assert list(standing(course, tmp_path)) == ["ada"]


def test_less_protection_does_not_do(course: Course) -> None:
    """A grade that was given with less protection than there is now may have been forged."""
    grades = [a_grade(course, sandbox=mode) for mode in PROTECTION]
    enough = [[is_as_protected(grade, mode) for grade in grades] for mode in PROTECTION]
    assert enough == [[True, True, True], [False, True, True], [False, False, True]]
    assert set(PROTECTION) == set(get_args(get_type_hints(Grade)["sandbox"]))
