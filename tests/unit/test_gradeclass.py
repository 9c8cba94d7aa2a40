"""What a run of `autograder grade` holds in memory, and what it does with records that change under its hands."""

from __future__ import annotations

import gc
import hashlib
import os
import subprocess
import sys
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from autograder import record
from autograder.batch import Graders
from autograder.course import Course
from autograder.digests import framework_label, suite_digest
from autograder.errors import AutograderError
from autograder.grader_process import GraderProcess
from autograder.instructor import gradeclass, resume
from autograder.instructor.early_start import EarlyStart
from autograder.instructor.gradeclass import grade_class
from autograder.instructor.row import Row
from autograder.instructor.rows import BLOCK, Rows
from autograder.pipe import Reply, Request
from autograder.record import Grade, QuestionResult, TestResult
from autograder.secret import VARIABLE
from tests.bench.curve import FLAT
from tests.minicourse import write_course

SIZE = 1400
STEP = 4 * BLOCK
LOOKS = [300, 300 + STEP, 300 + 2 * STEP]
"""With which submissions memory is looked at: each time as many rows are not compressed yet."""
TESTS = tuple(
    TestResult(name=f"Right on inputs {number}.", outcome="failed", weight=1, hidden=True, message="You have 2. " * 9)
    for number in range(20)
)


class Pool:
    """Answers with a wrong grade at once."""

    width = 2

    def __init__(self, course: Course) -> None:
        self._suite = suite_digest(course.assignment("mini"))
        self._asked = 0

    def prepare(self, _: float) -> Reply:
        return Reply(sandbox="full")

    def ask(self, request: Request, _: float) -> Reply:
        self._asked += 1
        return Reply(sandbox="full", grade=record.to_json(self._grade(request)), notebook=b"{}")

    def close(self) -> None:
        pass

    def _grade(self, request: Request) -> Grade:
        questions = tuple(
            QuestionResult(
                name=name,
                score=round(len(request.student) / 7 + self._asked % 5, 2),
                max_score=5.0,
                outcome="wrong",
                message=f"`{name}[{self._asked % 97}]` is wrong. Look at the sign.",
                tests=TESTS,
            )
            for name in ("double", "square")
        )
        return Grade(
            course="mini",
            assignment="mini",
            student=request.student,
            submission=hashlib.sha256(request.data).hexdigest(),
            suite=self._suite,
            framework=framework_label(),
            graded_at="2026-01-01T00:00:00+00:00",
            seed=request.seeds[0],
            sandbox="full",
            outcome="graded",
            score=2.0,
            max_score=10.0,
            questions=questions,
        )


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A course, and a disk that is not waited for."""
    monkeypatch.setenv(VARIABLE, "long enough to be one")
    monkeypatch.setattr(os, "fsync", lambda _: None)
    return Course.load(write_course(tmp_path / "course"))


@pytest.fixture
def traced() -> Iterator[None]:
    """Python counts the bytes that it holds."""
    tracemalloc.start(1)
    yield
    tracemalloc.stop()


@pytest.fixture
def run(course: Course, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """A function that grades so many submissions."""

    def run(size: int, *, as_json: bool = False) -> None:
        monkeypatch.setattr(gradeclass, "pool_at", lambda *_, **__: Pool(course))
        paths = [course.root / f"submitted/student{number:05}/mini/mini.ipynb" for number in range(size)]
        for path in paths:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(str(path))
        out = course.root / "grades/mini"
        assert grade_class(course, "mini", paths, jobs=1, out=out, as_json=as_json, unsafe=False, dask="here")

    return run


@pytest.fixture
def held(traced: None, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How much memory Python holds at each look, while nothing is at work but the grader that looks."""
    held: list[int] = []
    added, add, ask = threading.Semaphore(1), Rows.add, Pool.ask
    numbers = count(1)

    def add_and_tell(rows: Rows, row: Row) -> None:
        add(rows, row)
        added.release()

    def ask_after_the_last(pool: Pool, request: Request, seconds: float) -> Reply:
        assert added.acquire(timeout=60)
        if next(numbers) in LOOKS:
            gc.collect()
            held.append(tracemalloc.get_traced_memory()[0])
        return ask(pool, request, seconds)

    monkeypatch.setattr(Rows, "add", add_and_tell)
    monkeypatch.setattr(Pool, "ask", ask_after_the_last)
    monkeypatch.setattr(Pool, "width", 1)
    return held


def test_memory_is_flat(run: Callable[..., None], held: list[int], capsys: pytest.CaptureFixture[str]) -> None:
    """From one submission to the next less is kept than the bench calls flat, and all are in the table in the end."""
    run(SIZE)
    first, second, third = held
    # Python's own table of strings may double once, whoever it was that filled it
    assert min(second - first, third - second) < STEP * FLAT
    table = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in table[2 : 2 + SIZE]] == [f"student{number:05}" for number in range(SIZE)]


@pytest.mark.parametrize(("width", "others"), [(1, 2), (2, 39)])
def test_graders_go_on_while_records_are_written(
    run: Callable[..., None], monkeypatch: pytest.MonkeyPatch, width: int, others: int
) -> None:
    """A disk that keeps one record waiting keeps no grader waiting; with two of them all others are written, too."""
    asked, ask = threading.Semaphore(0), Pool.ask
    waited: list[bool] = []

    def ask_and_tell(self: Pool, request: Request, seconds: float) -> Reply:
        asked.release()
        return ask(self, request, seconds)

    def wait_for_others(_: int) -> None:
        if not waited:
            waited.append(False)
            waited.append(all(asked.acquire(timeout=30) for _ in range(1 + others)))

    monkeypatch.setattr(Pool, "ask", ask_and_tell)
    monkeypatch.setattr(Pool, "width", width)
    monkeypatch.setattr(os, "fsync", wait_for_others)
    run(40)
    assert waited == [False, True]


def test_threads_that_cannot_be_started(run: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system has no more threads to write records, the run says so and ends."""
    start = threading.Thread.start

    def none_left(thread: threading.Thread) -> None:
        if thread.name.startswith("records"):
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", none_left)
    ended: list[BaseException] = []

    def work() -> None:
        try:
            run(9)
        except RuntimeError as error:
            ended.append(error)

    at_work = threading.Thread(target=work, daemon=True)  # it could wait for ever
    at_work.start()
    at_work.join(60)
    assert [str(error) for error in ended] == ["can't start new thread"]


@pytest.mark.parametrize("number", [1, 2, 5])
def test_what_is_judged_is_kept(
    run: Callable[..., None], course: Course, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """Ctrl-C as soon as a submission has been given to a grader: its record and all before it are written."""
    submit = Graders.submit
    given: list[Future[Any]] = []

    def interrupted(self: Graders, work: Callable[[], Any]) -> Future[Any]:
        given.append(submit(self, work))
        if len(given) == number:
            wait(given)
            raise KeyboardInterrupt
        return given[-1]

    monkeypatch.setattr(Graders, "submit", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run(20)
    assert len(list((course.root / "grades/mini").glob("*.json"))) == number


def test_a_record_that_cannot_be_written(
    run: Callable[..., None], course: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its grade is in the table, the reason is told, and all others are written."""
    write = record.write

    def full(grade: Grade, path: Path) -> None:
        if grade.student == "student00003":
            raise OSError(28, "No space left on device")
        write(grade, path)

    monkeypatch.setattr(record, "write", full)
    with pytest.raises(AutograderError, match=r"1 of 9 records .*student00003\.json \(No space left on device\)"):
        run(9)
    assert "student00003" in capsys.readouterr().out
    assert len(list((course.root / "grades/mini").glob("*.json"))) == 8


def test_records_are_not_gathered(
    run: Callable[..., None], course: Course, traced: None, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run that takes all records over holds one at a time, and prints the same table."""
    size = 400
    run(size)
    first = capsys.readouterr().out
    gc.collect()
    before = tracemalloc.get_traced_memory()[0]
    tracemalloc.reset_peak()
    run(size)
    whole = sum(path.stat().st_size for path in (course.root / "grades/mini").iterdir())
    assert tracemalloc.get_traced_memory()[1] - before < whole / 2
    second = capsys.readouterr()
    assert second.out == first
    assert f"{size} of {size} records are taken over" in second.err


def test_a_clear_notebook_in_another_folder(course: Course, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    """Whoever has one gets a record, and nobody says that there is none."""
    monkeypatch.setattr(gradeclass, "pool_at", lambda *_, **__: Pool(course))
    for name in ("a/ada/mini/one.ipynb", "a/ada/mini/two.ipynb", "a/ben/mini/mini.ipynb", "b/ada/mini/mini.ipynb"):
        (course.root / name).parent.mkdir(parents=True, exist_ok=True)
        (course.root / name).write_text(name)
    out, folders = course.root / "grades/mini", [course.root / "a", course.root / "b"]
    assert grade_class(course, "mini", folders, jobs=1, out=out, as_json=False, unsafe=False, dask="here")
    assert "no record was written" not in capsys.readouterr().err
    assert record.read(out / "ada.json").student == "ada"


@pytest.mark.parametrize("again", [False, True])
def test_no_clear_notebook_at_all(course: Course, capsys: Any, again: bool) -> None:
    """Each student is named with the reason, nothing is written, and not all could be graded."""
    for name in ("a/ada/mini/one.ipynb", "a/ada/mini/two.ipynb", "a/ben/mini/mini.py", "a/cleo/x"):
        (course.root / name).parent.mkdir(parents=True, exist_ok=True)
        (course.root / name).write_text(name)
    out = course.root / "grades/mini"
    folders = [course.root / "a"]
    assert not grade_class(course, "mini", folders, jobs=2, out=out, as_json=False, unsafe=False, again=again)
    why = f"no record was written: {course.root}/a"
    assert capsys.readouterr().err.splitlines() == [
        "nothing handed in for mini: cleo",
        f"not gradable: ada: {why}/ada/mini holds no mini.ipynb, but one.ipynb, two.ipynb",
        f"not gradable: ben: {why}/ben/mini holds no mini.ipynb and no other notebook",
    ]
    assert list(out.glob("*.json")) == []


def test_a_record_that_goes_while_it_is_taken_over(
    run: Callable[..., None], course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No record is left out of what is printed unseen: the run stops and names the file."""
    run(3)
    gone = course.root / "grades/mini/student00001.json"

    def reader(*given: Any) -> resume.Read:
        read = real(*given)
        return lambda student: None if student == gone.stem and not next(looks, None) else read(student)

    real, looks = resume.reader, iter([1])
    monkeypatch.setattr(resume, "reader", reader)
    with pytest.raises(AutograderError, match=r"student00001\.json was changed while this run read it; run this again"):
        run(3, as_json=True)
    assert gone.exists()


@pytest.mark.parametrize("as_json", [False, True])
def test_a_record_is_read_once(
    run: Callable[..., None], monkeypatch: pytest.MonkeyPatch, capsys: Any, as_json: bool
) -> None:
    """Only who prints them whole reads them again, when it is known that all of them stand."""
    run(3)
    reads: list[str] = []
    real = record.read
    monkeypatch.setattr(record, "read", lambda path: reads.append(path.stem) or real(path))
    run(3, as_json=as_json)
    assert reads == [f"student{number:05}" for number in range(3)] * (1 + as_json)
    assert "3 of 3 records are taken over" in capsys.readouterr().err


HEAVY = ("numpy", "nbformat", "pytest", "IPython", "autograder.local_pool")
ALONE = f"""
import sys
from autograder.cli import main
assert main(sys.argv[1:]) == 0
print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)
"""


def test_nothing_is_imported_for_nothing(run: Callable[..., None], course: Course) -> None:
    """A class of which all records stand needs neither numpy nor nbformat, and no grader."""
    run(3)
    command = [sys.executable, "-c", ALONE, "grade", "mini", "submitted", "--jobs", "2"]
    done = subprocess.run(command, cwd=course.root, capture_output=True, text=True, check=True)
    first, second = done.stderr.splitlines()
    assert first.startswith("3 of 3 records are taken over")
    assert second == "[]"


class TestEarlyStart:
    """Graders that start while it is being found out how much they have to do."""

    @pytest.fixture
    def started(self, monkeypatch: pytest.MonkeyPatch) -> list[GraderProcess]:
        """The graders that start: here none does."""
        started: list[GraderProcess] = []
        monkeypatch.setattr(GraderProcess, "start", lambda process: started.append(process))
        return started

    @pytest.mark.parametrize(("due", "jobs", "count"), [(0, 2, 0), (1, 2, 1), (2, 2, 2), (5, 2, 2), (5, 0, 0)])
    def test_as_many_as_have_work(
        self, course: Course, started: list[GraderProcess], due: int, jobs: int, count: int
    ) -> None:
        """One starts with each submission that is due, until there are enough."""
        with EarlyStart(course.assignment("mini"), jobs=jobs, unsafe=False) as early:
            for number in range(due):
                early.due()
                assert len(started) == min(number + 1, jobs)
            assert early.count == due
            assert (early.pool.width if early.pool else 0) == count
        assert len(set(started)) == count

    def test_they_end_with_the_block(self, course: Course) -> None:
        """Where it is found out that nothing may be graded nobody is left behind."""
        early = EarlyStart(course.assignment("mini"), jobs=1, unsafe=False)
        with early:
            early.due()
        assert early.pool is not None
        with pytest.raises(AutograderError, match="grading was stopped"):
            early.pool.processes[0].start()
