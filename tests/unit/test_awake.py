"""A clock for which the time does not pass while the process is stopped."""

from __future__ import annotations

import time

import pytest

from autograder.learner.awake import Awake


@pytest.mark.parametrize(
    ("passed", "used", "counted"),
    [
        (0.1, 0.0, 0.1),  # asleep
        (0.1, 0.1, 0.1),  # at work
        (2.0, 2.0, 2.0),  # at work, so that nobody could look
        (4.1, 0.0, 0.1),  # stopped
        (4.1, 0.5, 0.6),  # both
        (1.0, 2.0, 1.0),  # two threads at work
    ],
)
def test_a_late_look_without_work_is_a_stop(
    monkeypatch: pytest.MonkeyPatch, passed: float, used: float, counted: float
) -> None:
    """What passed beyond the time between two looks counts only as far as the processor was used."""
    clock = {"now": 100.0, "used": 7.0}
    monkeypatch.setattr(time, "monotonic", lambda: clock["now"])
    monkeypatch.setattr(time, "process_time", lambda: clock["used"])
    awake = Awake(every=0.1)
    assert awake.seen() == awake.now() == 100.0
    clock["now"] += passed
    clock["used"] += used
    assert (awake.seen(), awake.now()) == (100.0, 100.0 + passed)
    awake.look()
    assert awake.seen() == awake.now() == pytest.approx(100.0 + counted)
