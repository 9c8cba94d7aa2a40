"""Grading on Dask workers, with a real scheduler and workers on loopback: whatever ends, everybody is graded once."""

from __future__ import annotations

import gc
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.batch import Graders
from autograder.cluster import pool_at
from autograder.cluster.connection import CONNECT
from autograder.cluster.dask_pool import KILLERS
from autograder.course import Course
from autograder.digests import framework_label
from autograder.errors import AutograderError
from autograder.pool import TRIES
from autograder.secret import FILE
from tests.minicourse import COURSE, RIGHT, answered, write_course
from tests.system.conftest import ROOT
from tests.system.dask_cluster import Cluster, until

ROOMY = COURSE.replace("call_seconds: 1", "call_seconds: 20").replace("cell_seconds: 2", "cell_seconds: 20")
SLOW = "import time\ndef double(x):\n    time.sleep(0.1)\n    return 2 * x  # {name}"
STUDENTS = ("ada", "ben", "cleo", "dan", "eva", "fay", "gus", "hal")
KILLER = """\
import os, signal
from autograder.cluster.bench import Bench


def deadly(self, request, seconds, grade=Bench.grade):
    if b"over and out" in request.data:
        os.kill(os.getpid(), signal.SIGKILL)
    return grade(self, request, seconds)


if Bench.grade.__name__ != "deadly":  # Dask loads this file more than once
    Bench.grade = deadly
"""


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A scheduler for all tests."""
    made = Cluster(tmp_path_factory.mktemp("cluster"))
    yield made
    made.close()


@pytest.fixture
def cluster(scheduler: Cluster) -> Iterator[Cluster]:
    """The scheduler; every test brings workers of its own, and leaves none to the next one."""
    yield scheduler
    scheduler.end_workers()


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course with eight submissions that take a while, no two the same."""
    write_course(tmp_path, course=ROOMY)
    for student in STUDENTS:
        hand_in(tmp_path, student, SLOW)
    return tmp_path


def hand_in(course: Path, student: str, double: str) -> None:
    path = course / "submitted" / student / "mini" / "mini.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(answered({**RIGHT, "double": double.format(name=student)}))


def grading(course: Path, *options: str) -> subprocess.Popen[str]:
    notebooks = sorted(str(path) for path in course.glob("submitted/*/mini/*.ipynb"))
    command = [sys.executable, "-m", "autograder.cli", "grade", "mini", *notebooks, "--json", *options]
    return subprocess.Popen(command, cwd=course, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def records(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the records in a folder by student, without the time of day."""
    found = {path.stem: json.loads(path.read_bytes()) for path in folder.glob("*.json")}
    return {student: {**content, "graded_at": ""} for student, content in found.items()}


def some(folder: Path) -> bool:
    return len(list(folder.glob("*.json"))) >= 2


def on_workers(folder: Path) -> list[Path]:
    """Return the files of courses on the workers of a cluster."""
    walk = os.walk(folder)  # unlike rglob it bears that a folder goes meanwhile
    found = [Path(place, name) for place, _, names in walk for name in names]
    return [path for path in found if "autograder-" in str(path.relative_to(folder)) and path.is_file()]


def test_a_worker_that_is_killed_costs_nobody_a_grade(cluster: Cluster, course: Path) -> None:
    """Every submission is graded once, as it is here; no worker has the secret, and nothing stays on it."""
    secret = b"a secret that nobody else needs to know"
    (course / FILE).write_bytes(secret)
    for number in range(12):
        hand_in(course, f"further{number}", SLOW)
    everybody = sorted(path.name for path in (course / "submitted").iterdir())
    workers = cluster.workers("ann", "bob")
    run = grading(course, "--dask", cluster.address, "--out", "far")
    until(lambda: some(course / "far"))
    seen = on_workers(cluster.folder)
    assert {path.name for path in seen} >= {"course.yml", "test_mini.py"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in seen} == {0o600}
    assert {stat.S_IMODE(path.parent.stat().st_mode) for path in seen} == {0o700}
    assert not [path for path in cluster.folder.rglob("*") if path.is_file() and secret in path.read_bytes()]
    workers[0].kill()
    before = len(records(course / "far"))
    printed, errors = run.communicate(timeout=120)
    assert run.returncode == 0, errors
    assert before < len(everybody)
    assert sorted(json.loads(line)["student"] for line in printed.splitlines()) == everybody
    assert sorted(records(course / "far")) == everybody
    assert not [path for path in on_workers(cluster.folder / "bob") if path.is_file()]
    cluster.end(workers[1:])
    here = grading(course, "--jobs", "2", "--out", "here", "--again")
    here.communicate(timeout=120)
    assert records(course / "here") == records(course / "far")


def test_what_kills_workers_is_charged_to_itself(tmp_path: Path, course: Path) -> None:
    """A notebook over which workers die is not gradable; those that were on the same workers have their grades."""
    hand_in(course, "dora", SLOW + " over and out")
    preload = tmp_path / "killer.py"
    preload.write_text(KILLER)
    folder = tmp_path / "cluster"
    folder.mkdir()
    cluster = Cluster(folder, DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0")
    try:
        for name in ("ann", "bob"):
            cluster.worker(name, "--preload", str(preload), nanny=True)
        until(lambda: all("Registered to" in cluster.log(name) for name in ("ann", "bob")))
        run = grading(course, "--dask", str(cluster.file), "--out", "far")
        _, errors = run.communicate(timeout=120)
    finally:
        cluster.close()
    assert run.returncode == 1
    assert f"not gradable: dora: {KILLERS}" in errors
    scores = {student: content["score"] for student, content in records(course / "far").items()}
    assert scores.pop("dora") == 0
    assert scores == dict.fromkeys(STUDENTS, 8.0)


def test_a_scheduler_that_ends_is_said_at_once(tmp_path: Path, course: Path) -> None:
    """The run stops with one line that says what to do, and what was graded is there for the next run."""
    folder = tmp_path / "cluster"
    folder.mkdir()
    cluster = Cluster(folder)
    try:
        cluster.workers("ann")
        run = grading(course, "--dask", cluster.address, "--out", "far")
        until(lambda: some(course / "far"))
        cluster.scheduler.kill()
        _, errors = run.communicate(timeout=120)
    finally:
        cluster.close()
    assert run.returncode == 2
    last = errors.splitlines()[-1]
    assert last.startswith(f"autograder: the connection to the Dask scheduler at {cluster.address} is lost. ")
    assert last.endswith("give the same command again: finished grades are kept")
    assert "Traceback" not in errors
    assert 2 <= len(records(course / "far")) < len(STUDENTS)


def test_an_interrupt_frees_the_workers(cluster: Cluster, course: Path) -> None:
    """After Ctrl-C the graders on the workers end, their course is removed, and the next run goes on."""
    workers = cluster.workers("cleo")
    run = grading(course, "--dask", cluster.address, "--out", "far")
    until(lambda: some(course / "far"))
    run.send_signal(signal.SIGINT)
    _, errors = run.communicate(timeout=120)
    assert run.returncode == 130
    assert "Traceback" not in errors
    until(lambda: not on_workers(cluster.folder / "cleo"), seconds=60)
    again = grading(course, "--dask", cluster.address, "--out", "far")
    _, errors = again.communicate(timeout=120)
    cluster.end(workers)
    assert again.returncode == 0
    assert "records are taken over from an earlier run" in errors
    assert len(records(course / "far")) == len(STUDENTS)


class TestAnotherVersion:
    """Workers with another version of the framework, which would give other grades."""

    @pytest.fixture
    def other(self, tmp_path: Path) -> str:
        """A folder with a framework that differs in one comment."""
        folder = tmp_path / "other"
        shutil.copytree(ROOT / "autograder", folder / "autograder", ignore=shutil.ignore_patterns("__pycache__"))
        with (folder / "autograder" / "compare.py").open("a") as file:
            file.write("# more generous\n")
        return str(folder)

    def test_is_refused_before_anything_is_graded(self, cluster: Cluster, course: Path, other: str) -> None:
        """The worker is named, with both versions and what to do."""
        workers = cluster.workers("emil", PYTHONPATH=other)
        run = grading(course, "--dask", cluster.address, "--out", "far")
        _, errors = run.communicate(timeout=120)
        cluster.end(workers)
        assert run.returncode == 2
        assert errors.startswith("autograder: worker tcp://127.0.0.1:")
        assert "their grades may differ. Install the same versions" in errors
        assert records(course / "far") == {}

    def test_is_refused_when_it_joins_later(self, cluster: Cluster, course: Path, other: str) -> None:
        """Its first answer does not count, and the run stops; what others have graded is kept."""
        workers = cluster.workers("finn")
        run = grading(course, "--dask", cluster.address, "--out", "far")
        until(lambda: some(course / "far"))
        workers[0].send_signal(signal.SIGSTOP)  # so that there is something left to do
        workers += cluster.workers("gina", PYTHONPATH=other)
        workers[0].send_signal(signal.SIGCONT)
        _, errors = run.communicate(timeout=120)
        cluster.end(workers)
        assert run.returncode == 2
        assert "Install the same versions" in errors
        assert {content["framework"] for content in records(course / "far").values()} == {framework_label()}


def test_a_worker_that_joins_later_takes_part(cluster: Cluster, course: Path) -> None:
    """It gets the course, looks at it, and grades like those that were there from the beginning."""
    workers = cluster.workers("hugo")
    run = grading(course, "--dask", cluster.address, "--out", "far")
    until(lambda: some(course / "far"))
    workers[0].send_signal(signal.SIGSTOP)  # so that there is something left to do
    workers += cluster.workers("ines")
    until(lambda: any(path.name == "test_mini.py" for path in on_workers(cluster.folder / "ines")))
    workers[0].send_signal(signal.SIGCONT)
    _, errors = run.communicate(timeout=120)
    cluster.end(workers)
    assert run.returncode == 0, errors
    assert {content["score"] for content in records(course / "far").values()} == {8.0}


def test_who_looks_at_the_workers_disturbs_nobody(cluster: Cluster, course: Path) -> None:
    """A suite that breaks over one submission makes the run look at all workers; those at work there go on."""
    slow = answered({**RIGHT, "double": "import time\ndef double(x):\n    time.sleep(1.5)\n    return 2 * x"})
    workers = cluster.workers("judy")
    pool = pool_at(cluster.address, Course.load(course), "mini", unsafe=False)
    with Graders(Course.load(course), "mini", pool=pool) as graders:
        mode = graders.prepare()
        work = graders.submit(lambda: graders.grade(slow, "ada").grade)
        time.sleep(1.5)
        assert not work.done()
        there = set(on_workers(cluster.folder / "judy"))  # in a folder with a name of its own each time
        for _ in range(TRIES):
            assert graders.prepare() == mode
            assert set(on_workers(cluster.folder / "judy")) == there != set()
        assert (work.result(60).outcome, work.result().score) == ("graded", 8)
    cluster.end(workers)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("tcp://127.0.0.1:1", "no Dask scheduler answers at tcp://127.0.0.1:1"),
        ("nonsense://1", "no Dask scheduler answers at nonsense://1"),
        ("127.0.0.1", "no Dask scheduler answers at 127.0.0.1"),
        ("", "--dask has no address; give tcp"),
        (" ", "--dask has no address; give tcp"),
        ("missing.json", "missing.json is no file of a Dask scheduler"),
        ("list.json", "list.json is no file of a Dask scheduler"),
    ],
)
def test_where_no_scheduler_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, words: str) -> None:
    """Within seconds one sentence says so, and what to do; no thread stays."""
    monkeypatch.chdir(write_course(tmp_path))
    (tmp_path / "list.json").write_text("[]")
    begun, before = time.monotonic(), set(threading.enumerate())
    with pytest.raises(AutograderError, match=words):
        pool_at(address, Course.load(tmp_path), "mini", unsafe=False)
    gc.collect()  # what is left of a client that failed would end here, and must not be in the way of the next one
    assert time.monotonic() - begun < 2 * CONNECT
    assert not {thread for thread in set(threading.enumerate()) - before if thread.name == "IO loop"}


def test_without_dask_the_extra_is_named(course: Path) -> None:
    """Where Dask is not installed, one line says how to get it; and nothing imports it unless it is asked for."""
    code = (
        "import sys; sys.modules['distributed'] = None\n"
        "from autograder.cli import main\n"
        "notebook = 'submitted/ada/mini/mini.ipynb'\n"
        "assert main(['grade', 'mini', notebook]) == 0\n"
        "assert not [name for name in sys.modules if name.startswith('dask')]\n"
        "sys.exit(main(['grade', 'mini', notebook, '--again', '--dask', 'tcp://127.0.0.1:1']))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=course, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "pip install 'nn-autograder[dask]'" in done.stderr


def test_processes_or_workers(course: Path) -> None:
    """Where to grade is said once."""
    run = grading(course, "--dask", "tcp://127.0.0.1:1", "--jobs", "2")
    _, errors = run.communicate(timeout=120)
    assert run.returncode == 2
    assert "not allowed with argument" in errors
    assert not (course / "grades").exists()
