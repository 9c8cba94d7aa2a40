"""`nbgrader autograde` killed, doubled, and with a gradebook that others hold: no grade is lost or half written."""

from __future__ import annotations

import random
import re
import shutil
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.faults.classroom import ANSWERS, Classroom, timeless, write_class
from tests.faults.running import Running, alive, is_locked, until
from tests.system.conftest import CourseFolder

SIZE, KILLS = 8, 5
DRAWN = re.compile(r'("id": "|id=|#)[0-9a-f]{8}\b')  # the ids that nbformat draws for cells without one
FINISHED = "Setting destination file permissions"


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Classroom:
    """A class that has handed in, and of which nobody is graded."""
    room = write_class(tmp_path_factory.mktemp("fresh") / "course", SIZE, ANSWERS)
    room.nbgrader("generate_assignment", "mini").ended(status=0)
    return room


@pytest.fixture(scope="module")
def undisturbed(fresh: Classroom) -> dict[str, Any]:
    """What is there when nothing has happened."""
    room = copied(fresh, fresh.root.parent / "undisturbed")
    room.nbgrader("autograde", "mini").ended(status=1)  # one of them has handed in what is no notebook
    room.nbgrader("generate_feedback", "mini").ended(status=0)
    return outcome(room)


@pytest.fixture
def room(fresh: Classroom, tmp_path: Path) -> Classroom:
    return copied(fresh, tmp_path / "course")


def copied(room: Classroom, folder: Path) -> Classroom:
    shutil.copytree(room.root, folder)
    return Classroom(folder)


def outcome(room: Classroom) -> dict[str, Any]:
    """Return all that nbgrader keeps of a graded class: files, scores, marks, comments."""
    found: dict[str, Any] = {
        str(path.relative_to(room.root)): DRAWN.sub(r"\1", timeless(path.read_text()))
        for folder in ("autograded", "feedback")
        for path in sorted((room.root / folder).rglob("*"))
        if path.is_file()
    }
    with CourseFolder(room.root, "mini").gradebook() as gradebook:
        for submission in gradebook.find_assignment("mini").submissions:
            for notebook in submission.notebooks:
                grades = sorted((g.name, g.auto_score, g.needs_manual_grade) for g in notebook.grades)
                comments = sorted((c.name, c.auto_comment) for c in notebook.comments)
                found.setdefault(submission.student_id, []).append((notebook.name, grades, comments))
    found["folders"] = [path.name for path in room.root.iterdir()]
    found["left behind"] = [path.name for path in room.root.rglob(".*") if path.name.startswith(".mini")]
    return found


def assert_as_if_nothing_had_happened(room: Classroom, undisturbed: dict[str, Any]) -> None:
    """Gradebook and notebooks are those of a run that nothing happens to; so are the pages, once they are made."""
    found = outcome(room)
    made = {name for name in {*found, *undisturbed} if "/" not in name or name.split("/")[0] in found["folders"]}
    assert {name for name in made if found.get(name) != undisturbed.get(name) and name != "folders"} == set()


def finished(run: Running) -> int:
    return run.said()[1].count(FINISHED)


def test_killed_again_and_again(room: Classroom, undisturbed: dict[str, Any]) -> None:
    """The next run goes on, and does anew what was half done: gradebook, notebooks and pages are as they should be."""
    chance, killed = random.Random(0), 0
    for _ in range(KILLS):  # a run that has nothing left to grade ends before it can be killed
        run = room.nbgrader("autograde", "mini")
        wanted = chance.randrange(2)
        until(lambda run=run, wanted=wanted: finished(run) >= wanted and run.graders(), or_ended=run)  # type: ignore[misc]
        time.sleep(chance.random() * (0.3 if wanted else 3))
        family = run.descendants()
        with suppress(ProcessLookupError):
            run.kill(group=chance.random() < 0.5)
        killed += run.process.wait() == -signal.SIGKILL
        until(lambda family=family, run=run: not alive([*family, *run.descendants()]))  # type: ignore[misc]
    assert killed
    last = room.nbgrader("autograde", "mini")
    last.ended()
    assert last.process.returncode in (0, 1)  # 0 where all were graded already, so that nobody was not gradable
    room.nbgrader("generate_feedback", "mini").ended(status=0)
    assert_as_if_nothing_had_happened(room, undisturbed)


def test_what_is_half_written_is_not_taken_for_graded(room: Classroom, undisturbed: dict[str, Any]) -> None:
    """Killed between nbgrader's two passes, when the notebook is there and its score is not: it is graded anew."""
    run = room.nbgrader("autograde", "mini")
    written = room.root / "autograded/student00/mini/mini.ipynb"
    until(lambda: written.exists() and run.said()[1].count("Autograding "))
    run.kill()
    run.process.wait()
    assert finished(run) == 0
    _, said = room.nbgrader("autograde", "mini").ended(status=1)
    assert "An earlier run was stopped while it graded student00: that is done anew" in said
    assert_as_if_nothing_had_happened(room, undisturbed)


def test_twice_at_once(room: Classroom, undisturbed: dict[str, Any]) -> None:
    """The second run is told who is at work and changes nothing; the first one finishes."""
    first = room.nbgrader("autograde", "mini")
    until(lambda: is_locked(room.root / ".mini.autograde-lock"))
    first.kill(signal.SIGSTOP)  # or it might be done before the second one has started
    _, said = room.nbgrader("autograde", "mini", "--force").ended(status=1)
    first.kill(signal.SIGCONT)
    assert f"Nothing was graded: {room.root} is in use by process {first.process.pid} on " in said
    assert "Traceback" not in said
    first.ended(status=1)
    assert_as_if_nothing_had_happened(room, undisturbed)


@contextmanager
def gradebook_held(room: Classroom) -> Iterator[None]:
    """Hold the gradebook as a program does that is in the middle of writing to it."""
    connection = sqlite3.connect(room.root / "gradebook.db", isolation_level=None, check_same_thread=False, timeout=60)
    connection.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


def test_a_gradebook_that_is_held_for_a_while(room: Classroom, undisturbed: dict[str, Any]) -> None:
    """Longer than SQLite itself would wait, and nobody notices but for the time."""
    with gradebook_held(room):
        run = room.nbgrader("autograde", "mini")
        until(lambda: is_locked(room.root / ".mini.autograde-lock"))
        time.sleep(7)
        assert run.process.poll() is None
    run.ended(status=1)
    assert_as_if_nothing_had_happened(room, undisturbed)


def test_a_gradebook_that_is_held_for_ever(room: Classroom, undisturbed: dict[str, Any]) -> None:
    """A run ends with a sentence, whether it has begun or not; what was graded is kept, and the next run goes on."""
    with gradebook_held(room):
        assert_locked_out(room.nbgrader("autograde", "mini", "--Grader.gradebook_seconds=1"))
    run = room.nbgrader("autograde", "mini", "--Grader.gradebook_seconds=1")
    until(lambda: finished(run) >= 2)
    with gradebook_held(room):
        assert_locked_out(run)
    room.nbgrader("autograde", "mini").ended(status=1)
    assert_as_if_nothing_had_happened(room, undisturbed)


def assert_locked_out(run: Running) -> None:
    last = run.ended(status=1)[1].strip().splitlines()[-1]
    assert "Grading stopped: the gradebook cannot be used (database is locked); another program is writing" in last
    assert "run the same command again" in last
