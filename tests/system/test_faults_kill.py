"""The grading of a class, killed at random moments: after a restart every submission has exactly one right grade."""

from __future__ import annotations

import os
import random
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.classroom import Classroom, write_class
from tests.faults.running import Running, alive, until

SIZE = 80
"""Enough for all kills: between two of them a quick machine grades half a dozen."""
CHAINS, LINKS, GRADER_KILLS = 2, 9, 12
TELLING = 0.05
"""Seconds in which the command tells of what was graded before a kill; no new grader is ready by then."""
LEFT_BEHIND = (".lock", ".draft")


@dataclass(frozen=True)
class Undisturbed:
    """What a run brings that nothing happens to, and how long it took."""

    records: dict[str, str]
    seconds: float


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    room = write_class(tmp_path_factory.mktemp("undisturbed"), SIZE)
    begun = time.monotonic()
    room.grade("--jobs", "2").ended(status=1)
    records = room.records()
    assert len(records) == SIZE
    return Undisturbed(records, time.monotonic() - begun)


@pytest.fixture
def room(tmp_path: Path) -> Classroom:
    return write_class(tmp_path, SIZE)


def graded(run: Running) -> int:
    """Return how many submissions the run has graded by now."""
    return run.said()[1].count(" of 8\n")


def wait_for_a_moment(run: Running, chance: random.Random, seconds: float, most: int) -> None:
    """Wait until a random number of submissions is graded, or for a random part of an undisturbed run."""
    if chance.random() < 0.3:
        time.sleep(chance.random() * seconds / 2)
        return
    wanted = chance.randrange(most)
    until(lambda: graded(run) >= wanted)
    time.sleep(chance.random() * 0.05)


def assert_whole(room: Classroom, expected: dict[str, str]) -> None:
    """Whatever there is by now is a whole record and the right one."""
    if not (room.root / "grades/mini").exists():
        return
    found = room.records()
    assert {name: text for name, text in found.items() if not name.endswith(LEFT_BEHIND)}.items() <= expected.items()


@pytest.mark.parametrize("seed", range(CHAINS))
def test_killed_again_and_again(room: Classroom, undisturbed: Undisturbed, seed: int) -> None:
    """Each run is killed, alone or with its group, and the next one goes on; in the end nothing tells of it."""
    chance = random.Random(seed)
    for link in range(LINKS):
        again = ["--again"] if link % 2 else []  # so that records that are there already are written anew, too
        run = room.grade("--jobs", "2", *again)
        wait_for_a_moment(run, chance, undisturbed.seconds, SIZE // LINKS)
        family = run.descendants()
        run.kill(group=chance.random() < 0.5)
        assert run.process.wait() == -signal.SIGKILL
        until(lambda family=family, run=run: not alive([*family, *run.descendants()]))  # type: ignore[misc]
        assert_whole(room, undisturbed.records)
    room.grade("--jobs", "2").ended(status=1)
    assert room.records() == undisturbed.records


def test_its_graders_are_killed(room: Classroom, undisturbed: Undisturbed) -> None:
    """A killed grader is replaced while the run goes on, and the submission that it had is graded all the same."""
    chance = random.Random(0)
    run = room.grade("--jobs", "1", "--again")  # or notebooks that are alike are not asked of a grader
    done = 0
    for _ in range(GRADER_KILLS):
        done += 1 + chance.randrange(3)  # at least the one that the kill before this one has hit
        until(lambda done=done: graded(run) >= done and run.graders())  # type: ignore[misc]
        time.sleep(chance.random() * 0.05)
        killed = run.graders()[0]
        os.kill(killed, signal.SIGKILL)
        until(lambda killed=killed: {*run.graders()} - {killed})  # type: ignore[misc]
        time.sleep(TELLING)
        done = graded(run)
    run.ended(status=1)
    assert room.records() == undisturbed.records
