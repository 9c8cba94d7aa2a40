"""While a submission runs, its process is read from outside: no canary is anywhere in its memory."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from nbformat import NotebookNode

from autograder import notebook
from autograder.batch import Graders
from autograder.course import Course
from autograder.graded import Graded
from autograder.sandbox import places
from tests.attack_table import canaries, meadow, memory
from tests.attack_table.stage import CANARY_VARIABLE
from tests.attack_table.supervise import command_line, descendants
from tests.corpus.attacks.recipe import RIGHT, Honest

pytestmark = pytest.mark.skipif(
    os.getuid() != 0, reason="only root can read the memory of a process that protects itself"
)

PATIENCE = 60.0
LONG = (
    ("call_seconds: 1", "call_seconds: 300"),
    ("cell_seconds: 2", "cell_seconds: 300"),
    ("seconds: 8", "seconds: 600"),
)

SLEEPS_IN_A_CELL = """\
import time
word = "".join(reversed("{backwards}"))
time.sleep(300)"""
SLEEPS_IN_A_HIDDEN_TEST = """\
import time
time.sleep(1.5)
def double(x):
    if np.any(x != np.round(x)):
        word = "".join(reversed("{backwards}"))
        time.sleep(300)
    return 2 * x"""
"""Whose cells take so long is not tried side by side, which would soon be ended: the test itself is left asleep."""


@dataclass(frozen=True)
class Bedroom:
    """A course, its canaries, and graders that have graded somebody else before."""

    course: Path
    words: dict[str, str]
    graders: Graders

    def grade(self, made: NotebookNode, student: str) -> Future[Graded]:
        path = self.course / "submitted" / f"{student}.ipynb"
        path.parent.mkdir(exist_ok=True)
        path.write_text(notebook.write(made))
        return self.graders.submit_file(path, student)


@pytest.fixture(scope="module", params=["full", "one layer"])
def bedroom(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bedroom]:
    """Graders in each mode of protection."""
    if request.param == "full" and not shutil.which("bwrap"):
        pytest.skip("bubblewrap is not installed")
    course, words = tmp_path_factory.mktemp("course"), canaries.draw()
    meadow.write(course, words)
    text = (course / "course.yml").read_text()
    for short, long in LONG:
        text = text.replace(short, long)
    (course / "course.yml").write_text(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CANARY_VARIABLE, words["environment"])
        if request.param == "one layer":
            patch.setenv("PATH", "/nonexistent")
        with Graders(Course.load(course), meadow.ASSIGNMENT) as graders:
            assert graders.prepare() == request.param
            room = Bedroom(course, words, graders)
            holder = Honest(meadow.assignment_notebook()).notebook(double=f"{RIGHT['double']}  # {words['submission']}")
            assert room.grade(holder, "abel").result().grade.score == 16
            yield room


@contextmanager
def asleep(room: Bedroom, source: str) -> Iterator[int]:
    """Give the pid of the process in which a submission with this cell or answer sleeps, and end it."""
    word = canaries.draw()["suite"]
    source = source.format(backwards=word[::-1])
    honest = Honest(meadow.assignment_notebook())
    made = honest.notebook(double=source) if "def double" in source else honest.with_cell(honest.notebook(), source)
    future = room.grade(made, "sleeper")
    pid = _process_with(word)
    try:
        yield pid
    finally:
        os.kill(pid, signal.SIGKILL)
        future.result()


def _process_with(word: str) -> int:
    """Return the process of the sandbox that has this word in its memory, once there is one."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        for pid in _sandboxed():
            with contextlib.suppress(OSError):  # it was another submission's, and is gone
                if memory.holds(pid, word.encode()):
                    return pid
        time.sleep(0.1)
    raise TimeoutError("the submission did not fall asleep")


def _sandboxed() -> list[int]:
    return [pid for pid in descendants(os.getpid()) if b"boot.py" in command_line(pid)]


def _graders() -> list[int]:
    return [pid for pid in descendants(os.getpid()) if b"autograder.grader" in command_line(pid)]


@pytest.mark.parametrize("source", [SLEEPS_IN_A_CELL, SLEEPS_IN_A_HIDDEN_TEST], ids=["in a cell", "in a hidden test"])
def test_no_canary_is_in_the_memory_of_a_submission(bedroom: Bedroom, source: str) -> None:
    """Neither the process that runs a submission nor the one that it was forked from has ever heard of any."""
    with asleep(bedroom, source) as worker:
        zygote = int(descendants(os.getpid())[worker][1])
        assert zygote in _sandboxed()
        assert memory.found(worker, bedroom.words) == set()
        assert memory.found(zygote, bedroom.words) == set()


def test_no_file_of_the_course_is_mapped(bedroom: Bedroom) -> None:
    """What is mapped into a submission's process are the files of Python and its libraries."""
    with asleep(bedroom, SLEEPS_IN_A_CELL) as worker:
        mapped = memory.mapped_files(worker)
        descriptors = {str(path.readlink()) for path in Path(f"/proc/{worker}/fd").iterdir()}
    assert any("numpy" in path for path in mapped)
    known = [str(path) for path in (*places.readable(), *places.libraries(), places.interpreter())]
    assert [path for path in mapped if not path.startswith(tuple(known))] == []
    assert [name for name in descriptors if not name.startswith(("socket:", "pipe:", "/dev/null"))] == []


def test_the_search_finds_them_where_they_are(bedroom: Bedroom) -> None:
    """In the grader's own memory there are the suite, the reference and what it computed from them, but no secret."""
    seen = {place for pid in _graders() for place in memory.found(pid, bedroom.words)}
    assert {"reference", "docstring", "suite", "misconceptions", "environment", "memory"} <= seen
    assert "secret" not in seen  # whoever runs the graders draws the seeds
