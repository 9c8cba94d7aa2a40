"""The settings of a run: how many graders, and at whose risk."""

from __future__ import annotations

import os

import pytest
from traitlets.config import Config

from autograder.nbgrader.run import Grader

PROCESSORS = len(os.sched_getaffinity(0))


@pytest.mark.parametrize(
    ("jobs", "submissions", "workers"),
    [(4, 100, 4), (4, 1, 1), (0, 1000, PROCESSORS), (-1, 1000, PROCESSORS), (1, 3, 1)],
)
def test_no_more_graders_than_asked_for_or_needed(jobs: int, submissions: int, workers: int) -> None:
    """Where nothing is said there is one for each processor; one submission needs one."""
    assert Grader(config=Config({"Grader": {"jobs": jobs}})).workers(submissions) == workers


def test_the_sandbox_is_wanted_unless_somebody_says_otherwise() -> None:
    """The flag works as a setting, too."""
    assert Grader().unsafe_no_sandbox is False
    assert Grader(config=Config({"Grader": {"unsafe_no_sandbox": True}})).unsafe_no_sandbox is True
