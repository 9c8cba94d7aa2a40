"""The memory of what was graded: by content, whole or not at all, and never in anybody's way."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from autograder import notebook
from autograder.cache import FOLDER, Cache
from autograder.course import Course
from autograder.graded import Graded, new_grade
from autograder.record import QuestionResult
from autograder.secret import VARIABLE, submission_seed
from tests import minicourse

SECRET = "long enough to be one"
DIGEST = hashlib.sha256(minicourse.answered()).hexdigest()


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A tiny course with a secret of its own."""
    monkeypatch.setenv(VARIABLE, SECRET)
    return Course.load(minicourse.write_course(tmp_path / "course"))


def a_cache(course: Course) -> Cache:
    return Cache(course, course.assignment("mini"))


def a_grade(course: Course, **changes: Any) -> Graded:
    fields: dict[str, Any] = {
        "seed": submission_seed(SECRET.encode(), DIGEST, "mini"),
        "sandbox": "full",
        "outcome": "graded",
        "questions": (QuestionResult(name="double", score=1, max_score=1, outcome="right", judged_by="ab"),),
    }
    grade = new_grade(course, course.assignment("mini"), DIGEST, "ada", **{**fields, **changes})
    return Graded.of(grade, notebook.read(minicourse.answered()))


def test_what_is_kept_is_found(course: Course) -> None:
    """Grade and notebook come back as they were, also in another process with the same course."""
    graded = a_grade(course)
    a_cache(course).keep(graded)
    found = a_cache(Course.load(course.root)).find(DIGEST)
    assert found is not None
    assert (found.grade, found.page, found.notebook) == (graded.grade, graded.page, graded.notebook)
    assert a_cache(course).find("00" * 32) is None


def test_the_folder_is_for_the_instructor_alone(course: Course) -> None:
    """It holds what hidden checks say; nobody else on the machine reads it."""
    a_cache(course).keep(a_grade(course))
    assert (course.root / FOLDER / "mini").stat().st_mode & 0o077 == 0


def test_a_changed_suite_leaves_something_to_find(course: Course) -> None:
    """What stands of it is decided question by question, by whoever has the suite loaded."""
    a_cache(course).keep(a_grade(course))
    minicourse.write_course(course.root, hidden=minicourse.HIDDEN.replace("size=3", "size=4"))
    assert a_cache(Course.load(course.root)).find(DIGEST) is not None


@pytest.mark.parametrize("changes", [{"seed": "00" * 32}, {"outcome": "not gradable", "reason": "the grader stopped"}])
def test_what_cannot_stand_is_not_found(course: Course, changes: dict[str, Any]) -> None:
    """Another secret, or a submission that could not be graded: it is graded anew."""
    a_cache(course).keep(a_grade(course, **changes))
    assert a_cache(course).find(DIGEST) is None


@pytest.mark.parametrize("content", [b"", b"x", None])
def test_a_broken_file_counts_as_none(course: Course, content: bytes | None) -> None:
    """Whatever has become of it, grading goes on."""
    a_cache(course).keep(a_grade(course))
    path = course.root / FOLDER / "mini" / DIGEST
    path.write_bytes(path.read_bytes()[:-9] if content is None else content)
    assert a_cache(course).find(DIGEST) is None
    a_cache(course).keep(a_grade(course))
    assert a_cache(course).find(DIGEST) is not None
    assert [each.name for each in path.parent.iterdir()] == [DIGEST]


def test_where_nothing_can_be_written(course: Course) -> None:
    """A file in the place of the folder: nothing is remembered, and nobody is told off for it."""
    (course.root / FOLDER).write_text("")
    a_cache(course).keep(a_grade(course))
    assert a_cache(course).find(DIGEST) is None
