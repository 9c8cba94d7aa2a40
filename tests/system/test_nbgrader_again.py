"""Grading again: what a person decided stays, the same gives the same, and no old score passes for a new one."""

from __future__ import annotations

import pytest

from tests import minicourse
from tests.system.conftest import CourseFolder, MakeCourse

FULL = {"double": 5.0, "square": 3.0}
WRONG = {**minicourse.RIGHT, "double": "def double(x):\n    return x + 2"}
KILLED = {**minicourse.RIGHT, "double": "import os\n\ndef double(x):\n    return 2 * x\n\nos._exit(1)"}
IN_TIME, DUE, LATE = "2030-01-01 10:00:00 UTC", "2030-01-01 12:00:00 UTC", "2030-01-02 10:00:00 UTC"

BREAKS = """\
from nbgrader.preprocessors import NbGraderPreprocessor


class Breaks(NbGraderPreprocessor):
    def preprocess(self, nb, resources):
        if resources["nbgrader"]["student"] == "resubmits_what_breaks_nbgrader":
            raise RuntimeError("too much for me")
        return nb, resources
"""

FIRST = {
    "same": minicourse.RIGHT,
    "graded_by_hand": WRONG,
    "resubmits_garbage": minicourse.RIGHT,
    "resubmits_a_crash": minicourse.RIGHT,
    "resubmits_what_breaks_nbgrader": minicourse.RIGHT,
    "without_timestamp": WRONG,
    "newer_timestamp": WRONG,  # and too late
}


@pytest.fixture(scope="module")
def once(make_course: MakeCourse) -> CourseFolder:
    """A class after its first `nbgrader autograde`, in which a person then gave points and a comment."""
    course = make_course()
    with course.gradebook() as gradebook:
        gradebook.update_or_create_assignment("mini", duedate=DUE)
    for student, sources in FIRST.items():
        course.submit(student, course.answered(sources))
    stamp(course, "newer_timestamp", IN_TIME)
    course.nbgrader("autograde", "mini")
    with course.gradebook() as gradebook:
        place = "mini", "mini", "graded_by_hand"
        gradebook.find_grade("double", *place).manual_score = 1.5
        gradebook.find_grade("double", *place).extra_credit = 0.25
        gradebook.find_comment("double-solution", *place).manual_comment = "Nearly! Come and see me."
        gradebook.db.commit()
    return course


@pytest.fixture(scope="module")
def unforced(once: CourseFolder) -> CourseFolder:
    """The same class after new hand-ins and another `nbgrader autograde`, without --force and hard on the late."""
    for student in ("without_timestamp", "newer_timestamp"):
        once.submit(student, once.answered())
    stamp(once, "newer_timestamp", LATE)
    once.nbgrader("autograde", "mini", "--LateSubmissionPlugin.penalty_method=zero")
    return once


@pytest.fixture(scope="module")
def first_record(once: CourseFolder) -> dict[str, object]:
    """The record of a student who hands in once, before it is graded again."""
    return once.record("same")


@pytest.fixture(scope="module")
def forced(unforced: CourseFolder, first_record: dict[str, object]) -> CourseFolder:
    """The same class after some more hand-ins and `nbgrader autograde --force`."""
    unforced.submit("resubmits_garbage", b"{")
    unforced.submit("resubmits_a_crash", unforced.answered(KILLED))
    (unforced.root / "breaks.py").write_text(BREAKS)
    with (unforced.root / "nbgrader_config.py").open("a") as file:
        file.write('\nc.Autograde.autograde_preprocessors.append("breaks.Breaks")\n')
    log = unforced.nbgrader("autograde", "mini", "--force", fails=True)
    assert "Not gradable: mini of resubmits_garbage: " in log
    return unforced


def stamp(course: CourseFolder, student: str, time: str) -> None:
    (course.root / "submitted" / student / "mini" / "timestamp.txt").write_text(time)


def test_without_force_only_newer_submissions_are_graded(unforced: CourseFolder) -> None:
    """A timestamp that is newer makes the difference, as it does in nbgrader."""
    assert unforced.scores("newer_timestamp") == FULL
    assert unforced.scores("without_timestamp") == {"double": 0.0, "square": 3.0}


def test_a_late_submission_is_penalised_by_nbgraders_plugin(unforced: CourseFolder) -> None:
    """The penalty is worked out from our scores, by whatever plugin the instructor chose."""
    with unforced.gradebook() as gradebook:
        penalties = {
            student: gradebook.find_submission("mini", student).late_submission_penalty
            for student in ("newer_timestamp", "without_timestamp", "same")
        }
    assert penalties == {"newer_timestamp": 8.0, "without_timestamp": 0.0, "same": 0.0}


def test_forced_grading_gives_the_same_again(forced: CourseFolder, first_record: dict[str, object]) -> None:
    """The same notebook has the same record, but for the time."""
    assert forced.scores("same") == FULL
    assert {**forced.record("same"), "graded_at": ""} == {**first_record, "graded_at": ""}


def test_what_a_person_gave_stays(forced: CourseFolder) -> None:
    """Manual points, extra points and comment survive, and nbgrader asks for a second look."""
    assert forced.scores("graded_by_hand") == {"double": 0.0, "square": 3.0}
    assert forced.total("graded_by_hand") == 1.5 + 0.25 + 3.0
    assert forced.comment("graded_by_hand", "double") == "Nearly! Come and see me."
    assert forced.needs_a_person("graded_by_hand")


def test_garbage_after_a_success_has_no_points(forced: CourseFolder) -> None:
    """The score of the first hand-in is gone, and a person is asked to look."""
    assert forced.scores("resubmits_garbage") == {"double": 0.0, "square": 0.0}
    assert forced.needs_a_person("resubmits_garbage")


def test_a_crash_after_a_success_has_the_points_of_the_crash(forced: CourseFolder) -> None:
    """A cell that kills its process costs its own question only."""
    assert forced.scores("resubmits_a_crash")["square"] == 3.0
    assert forced.scores("resubmits_a_crash")["double"] == 0.0


def test_a_failure_of_nbgrader_leaves_no_old_score(forced: CourseFolder) -> None:
    """A preprocessor of the instructor's own that fails on one: no score stands, and a person is asked to look."""
    assert forced.scores("resubmits_what_breaks_nbgrader") == {"double": None, "square": None}
    assert forced.total("resubmits_what_breaks_nbgrader") == 0.0
    assert forced.needs_a_person("resubmits_what_breaks_nbgrader")
