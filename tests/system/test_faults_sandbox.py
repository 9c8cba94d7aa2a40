"""Zygotes, workers and graders that are killed or stop answering: whoever was graded then is graded right."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future

import pytest

from autograder.batch import Graders
from autograder.course import Course
from autograder.grade import TRIES
from autograder.graded import Graded
from autograder.record import Grade
from tests.faults.running import PATIENCE, alive, descendants, seconds_of, until, workers, zygotes
from tests.minicourse import COURSE, RIGHT, answered, write_course

ROOMY = COURSE.replace("call_seconds: 1", "call_seconds: 20").replace("cell_seconds: 2", "cell_seconds: 20")
SLOW = {**RIGHT, "double": "import time\ndef double(x):\n    time.sleep(0.3)\n    return 2 * x"}
BUSY = {**RIGHT, "double": "def double(x):\n    while True:\n        pass"}
FULL = {"double": 5.0, "square": 3.0}
CELLS_SECONDS = 0.3  # of processor time; cells that only define functions take less


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course in which a call may take its time."""
    return Course.load(write_course(tmp_path_factory.mktemp("course"), course=ROOMY))


@pytest.fixture(scope="module")
def graders(course: Course) -> Iterator[Graders]:
    with Graders(course, "mini", again=True) as pool:
        pool.prepare()
        yield pool


def process_of(graders: Graders) -> int:
    running = graders._pool.processes[0]._running
    assert running is not None
    return running[0].pid


def kill_one(pids: list[int]) -> int:
    os.kill(pids[0], signal.SIGKILL)
    return pids[0]


def begin(graders: Graders, sources: Mapping[str, str] = SLOW) -> Future[Graded]:
    """Have a submission graded that takes long enough to be disturbed, and wait until it runs."""
    future = graders.submit(lambda: graders.grade(answered(sources), "ada"))
    until(lambda: workers(process_of(graders)))
    return future


def lasting(seconds: float) -> dict[str, str]:
    """Return a right submission that is at work until so many seconds from now, however often it is begun."""
    end = time.time() + seconds
    double = f"import time\ndef double(x):\n    time.sleep(max(0, {end} - time.time()))\n    return 2 * x"
    return {**RIGHT, "double": double}


def scores(grade: Grade) -> dict[str, float]:
    return {question.name: question.score for question in grade.questions}


class TestZygote:
    def test_killed_while_it_is_idle(self, graders: Graders) -> None:
        """The next submission has a new one."""
        grader = process_of(graders)
        dead = kill_one(zygotes(grader))
        until(lambda: not alive([dead]))
        assert scores(graders.grade(answered(RIGHT), "ada").grade) == FULL
        assert process_of(graders) == grader

    @pytest.mark.parametrize("seed", range(4))
    def test_killed_while_a_submission_runs(self, graders: Graders, seed: int) -> None:
        """The submission that died with it is graded once more, and pays nothing."""
        grader = process_of(graders)
        future = begin(graders)
        time.sleep(0.6 * random.Random(seed).random())
        if kill := zygotes(grader):
            kill_one(kill)
        grade = future.result(PATIENCE).grade
        assert (grade.outcome, scores(grade)) == ("graded", FULL)
        assert process_of(graders) == grader

    def test_killed_each_time(self, graders: Graders) -> None:
        """A submission over which it dies again and again is not gradable, with a reason; the next one is graded."""
        future = begin(graders, lasting(60))
        for _ in range(TRIES):
            until(lambda: workers(process_of(graders)) and zygotes(process_of(graders)))
            dead = kill_one(zygotes(process_of(graders)))
            until(lambda dead=dead: not alive([dead]))  # type: ignore[misc]
        grade = future.result(PATIENCE).grade
        assert (grade.outcome, grade.score) == ("not gradable", 0.0)
        assert "the sandbox stopped while it ran this notebook" in str(grade.reason)
        assert scores(graders.grade(answered(RIGHT), "ben").grade) == FULL


class TestWorker:
    def test_killed_from_outside(self, graders: Graders) -> None:
        """What the system kills for want of memory costs one question, whose message says it; the other is graded."""
        future = begin(graders, BUSY)
        until(lambda: any(seconds_of(worker) > CELLS_SECONDS for worker in workers(process_of(graders))))
        kill_one(workers(process_of(graders)))
        grade = future.result(PATIENCE).grade
        assert grade.outcome == "graded"
        assert scores(grade)["square"] == 3.0
        message = next(question.message for question in grade.questions if question.name == "double")
        assert "was killed by the system" in message
        assert scores(graders.grade(answered(RIGHT), "ben").grade) == FULL


class TestGrader:
    def test_killed_while_it_grades(self, graders: Graders) -> None:
        """Another one takes the submission over, and nothing of the first one stays."""
        before = process_of(graders)
        future = begin(graders, lasting(4))
        family = descendants([before])
        kill_one([before])
        grade = future.result(PATIENCE).grade
        assert (grade.outcome, scores(grade)) == ("graded", FULL)
        assert process_of(graders) != before
        until(lambda: not alive(family))

    def test_stopped_for_ever(self, graders: Graders, monkeypatch: pytest.MonkeyPatch) -> None:
        """A grader that hangs is given up when its time is over; another one grades its submission, large as it is."""
        hung = process_of(graders)
        family = descendants([hung])
        patience = iter([1.0])
        monkeypatch.setattr(Graders, "_patience", property(lambda _: next(patience, PATIENCE)))
        os.kill(hung, signal.SIGSTOP)
        large = {**RIGHT, "double": RIGHT["double"] + "\n# " + "x" * (4 << 20)}  # more than fits into the pipe to it
        grade = graders.grade(answered(large), "ada").grade
        assert (grade.outcome, scores(grade)) == ("graded", FULL)
        assert process_of(graders) != hung
        until(lambda: not alive(family))

    def test_its_pool_is_killed(self, course: Course) -> None:
        """Graders whose pool is gone end at once, even in the middle of a submission that runs for long."""
        with Graders(course, "mini") as pool:
            pool.prepare()
            begin(pool, lasting(60))
            family = descendants([process_of(pool)])
            pool._pool.processes[0].hang_up()  # what the kernel does to the connection of a process that it ends
            until(lambda: not alive(family))
