"""A submission and whoever calls it share a processor, for as long as nobody else wants it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import pytest

from autograder.errors import CallFailed
from autograder.sandbox import Cell, Limits, Sandbox, Submission, nearby
from autograder.sandbox.nearby import Nearby

CELL = """
import os

def where():
    return sorted(os.sched_getaffinity(0))

def end():
    os._exit(1)
"""

pytestmark = pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="there is one processor only")


@pytest.fixture
def own() -> Iterator[Sandbox]:
    """A sandbox that no other test has used in this thread; the thread may run anywhere afterwards."""
    allowed = os.sched_getaffinity(0)
    with Sandbox() as sandbox:
        yield sandbox
    os.sched_setaffinity(0, allowed)


def load(sandbox: Sandbox) -> Submission:
    return sandbox.load([Cell("cell", CELL)], limits=Limits(), seed=0)


def busy() -> None:
    """Work long enough for a share of the time to be told."""
    end = time.thread_time() + 0.2
    while time.thread_time() < end:
        sum(range(1000))


def test_both_are_on_one_processor(own: Sandbox) -> None:
    """While a submission is loaded; afterwards the thread may run where it could before."""
    before = os.sched_getaffinity(0)
    with load(own) as submission:
        here = os.sched_getaffinity(0)
        assert len(here) == 1
        assert here < before
        assert submission.where() == sorted(here)
    assert os.sched_getaffinity(0) == before


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> int:
    """The processor that this process was given."""
    given = max(os.sched_getaffinity(0))
    monkeypatch.setattr(Nearby, "home", given)
    return given


def test_both_are_at_home(home: int, own: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who was given a processor keeps to it, wherever the thread was, while what others do there is not minded."""
    monkeypatch.setattr(nearby, "_OWN_SHARE", 0.0)
    for _ in range(2):
        with load(own) as submission:
            assert os.sched_getaffinity(0) == {home}
            assert submission.where() == [home]


def test_a_home_where_others_work_is_given_up(home: int, own: Sandbox) -> None:
    """Once is borne, and twice in a row is not: then it is as without one."""
    near = own._host.nearby
    assert near._home == home
    for expected in (home, None):
        with load(own):
            time.sleep(1.0)  # as if somebody else had the processor
        assert near._home == expected
        with load(own):
            assert len(os.sched_getaffinity(0)) > 1
            busy()
    with load(own):
        assert len(os.sched_getaffinity(0)) == 1


def test_a_home_that_may_not_be_used(own: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """A processor that is not there, or not for this process, is none."""
    monkeypatch.setattr(Nearby, "home", 4096)
    with load(own) as submission:
        (here,) = os.sched_getaffinity(0)
        assert submission.where() == [here]


def test_a_new_worker_joins_too(own: Sandbox) -> None:
    """After a crash the next process is kept where the thread is, and the thread is set free in the end."""
    before = os.sched_getaffinity(0)
    with load(own) as submission:
        with pytest.raises(CallFailed):
            submission.end()
        assert submission.where() == sorted(os.sched_getaffinity(0))
    assert os.sched_getaffinity(0) == before


def test_where_others_work_nobody_is_kept(own: Sandbox) -> None:
    """Both had little of the time that went by: the next submission runs anywhere, the one after it is near again."""
    before = os.sched_getaffinity(0)
    with load(own):
        time.sleep(1.0)  # as if somebody else had the processor
    with load(own) as submission:
        assert os.sched_getaffinity(0) == before
        assert submission.where() == sorted(before)
        busy()
    with load(own):
        assert len(os.sched_getaffinity(0)) == 1


def test_one_processor_is_left_as_it_is(own: Sandbox) -> None:
    """Where only one may be used, there is nothing to choose."""
    only = {min(os.sched_getaffinity(0))}
    os.sched_setaffinity(0, only)
    with load(own) as submission:
        assert submission.has("where")
    assert os.sched_getaffinity(0) == only
