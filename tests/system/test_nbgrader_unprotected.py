"""`nbgrader autograde` on a machine that has no protection to offer."""

from __future__ import annotations

import pytest

from tests.machines import Machine
from tests.system.conftest import CourseFolder, MakeCourse

UNPROTECTED = Machine(blocked="namespaces,landlock")


@pytest.fixture(scope="module")
def course(make_course: MakeCourse) -> CourseFolder:
    """A course with one submission."""
    course = make_course()
    course.submit("anna", course.answered())
    return course


def test_grading_is_refused_and_then_done_at_ones_own_risk(course: CourseFolder) -> None:
    """The refusal names the flag, and touches nothing; with the flag the record says what was missing."""
    files = course.files()
    refused = UNPROTECTED.run("-m", "nbgrader", "autograde", "mini", cwd=course.root)
    assert refused.returncode == 1
    assert "Nothing was graded: " in refused.stderr
    assert "--Grader.unsafe_no_sandbox=True" in refused.stderr
    assert course.files() == files
    flag = "--Grader.unsafe_no_sandbox=True"
    accepted = UNPROTECTED.run("-m", "nbgrader", "autograde", "mini", flag, cwd=course.root)
    assert accepted.returncode == 0, accepted.stderr
    assert course.scores("anna") == {"double": 5.0, "square": 3.0}
    assert course.record("anna")["sandbox"] == "none"
