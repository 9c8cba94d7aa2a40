"""`nbgrader autograde` on a machine that has no protection to offer."""

from __future__ import annotations

import pytest

from tests.system.conftest import CourseFolder, MakeCourse

# Takes from the command that it becomes what bubblewrap and Landlock are made of, as a strict container does.
BLOCKED = """
import errno, os, sys
import pyseccomp as seccomp
from pyseccomp import MASKED_EQ, Arg

NEW_USER = 0x10000000
rules = seccomp.SyscallFilter(seccomp.ALLOW)
for name in ("unshare", "mount", "pivot_root", "setns"):
    rules.add_rule(seccomp.ERRNO(errno.EPERM), name)
rules.add_rule(seccomp.ERRNO(errno.EPERM), "clone", Arg(0, MASKED_EQ, NEW_USER, NEW_USER))
rules.add_rule(seccomp.ERRNO(errno.ENOSYS), "clone3")
for name in ("landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self"):
    rules.add_rule(seccomp.ERRNO(errno.ENOSYS), name)
rules.load()
os.execv(sys.executable, [sys.executable, "-m", "nbgrader", *sys.argv[1:]])
"""


@pytest.fixture(scope="module")
def course(make_course: MakeCourse) -> CourseFolder:
    """A course with one submission."""
    course = make_course()
    course.submit("anna", course.answered())
    return course


def test_grading_is_refused_and_then_done_at_ones_own_risk(course: CourseFolder) -> None:
    """The refusal names the flag, and touches nothing; with the flag the record says what was missing."""
    files = course.files()
    log = course.run("-c", BLOCKED, "autograde", "mini", fails=True)
    assert "Nothing was graded: " in log
    assert "--Grader.unsafe_no_sandbox=True" in log
    assert course.files() == files
    course.run("-c", BLOCKED, "autograde", "mini", "--Grader.unsafe_no_sandbox=True")
    assert course.scores("anna") == {"double": 5.0, "square": 3.0}
    assert course.record("anna")["sandbox"] == "none"
