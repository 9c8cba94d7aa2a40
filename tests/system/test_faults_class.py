"""A class that is graded twice at once, stopped by Ctrl-C, or graded while somebody turns the clock."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.faults.classroom import NO_NOTEBOOK, RIGHT, ROOT, WRONG, Classroom, hand_in, write_class
from tests.faults.running import Running, alive, is_locked, until

HANGS = {**RIGHT, "double": "def double(x):\n    while np.size(x) > 1: pass\n    return 2 * x"}
"""It hangs in its last check only. A question that is not gradable at all would be judged again each time."""
YEAR = 365 * 86400

CLOCK = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>
#include <sys/time.h>
#include <unistd.h>

static long shift(void) { return access(FLAG, F_OK) ? 0 : SECONDS; }

int clock_gettime(clockid_t clock, struct timespec *now) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = (int (*)(clockid_t, struct timespec *)) dlsym(RTLD_NEXT, "clock_gettime");
    int failed = real(clock, now);
    if (!failed && clock == CLOCK_REALTIME) now->tv_sec += shift();
    return failed;
}

int gettimeofday(struct timeval *now, void *zone) {
    struct timespec exact;
    int failed = clock_gettime(CLOCK_REALTIME, &exact);
    now->tv_sec = exact.tv_sec;
    now->tv_usec = exact.tv_nsec / 1000;
    return failed;
}

time_t time(time_t *where) {
    struct timespec exact;
    clock_gettime(CLOCK_REALTIME, &exact);
    if (where) *where = exact.tv_sec;
    return exact.tv_sec;
}
"""


def graded(run: Running) -> int:
    return run.said()[1].count(" of 8\n")


class TestTwice:
    def test_the_second_run_is_refused(self, tmp_path: Path) -> None:
        """Who comes second is told who is at work, and changes nothing; the first one finishes as if it were alone."""
        room = write_class(tmp_path, 6, (HANGS, RIGHT, WRONG))
        first = room.grade()
        until(lambda: is_locked(room.root / "grades/mini/.lock"))
        _, said = room.grade("--again").ended(status=2)
        assert f"grades/mini is in use by process {first.process.pid} on " in said
        assert "(autograder grade mini, since " in said
        assert "wait until it has ended, or stop it, and run this again" in said
        first.ended(status=0)
        assert len(room.records()) == 6
        assert not [name for name in room.records() if not name.endswith(".json")]

    def test_another_folder_is_another_matter(self, tmp_path: Path) -> None:
        """Two runs into two folders do not disturb each other, and share the secret that both wanted to make first."""
        room = write_class(tmp_path, 4)
        runs = [room.grade("--out", out, environment={"AUTOGRADER_SECRET": ""}) for out in "ab"]
        for run in runs:
            run.ended(status=0)
        assert room.records("a") == room.records("b")
        assert len(room.records("a")) == 4


class TestResume:
    def test_what_is_unchanged_is_taken_over(self, tmp_path: Path) -> None:
        """Records stand as they are, to the byte; who has handed in again, or could not be graded, is graded anew."""
        room = write_class(tmp_path, 5, (RIGHT, WRONG, {}))
        hand_in(room.root, "student04", NO_NOTEBOOK)
        room.grade().ended(status=1)
        before = {path.name: path.read_bytes() for path in (room.root / "grades/mini").iterdir()}
        hand_in(room.root, "student01", RIGHT)
        table, said = room.grade().ended(status=1)
        after = {path.name: path.read_bytes() for path in (room.root / "grades/mini").iterdir()}
        assert "3 of 5 records are taken over from an earlier run" in said
        assert graded_names(said) == ["student01", "student04"]
        assert {name for name in before if before[name] != after[name]} <= {"student01.json", "student04.json"}
        assert [line.split()[:2] for line in table.splitlines()[2:7]] == [
            [f"student0{number}", score] for number, score in enumerate("88080")
        ]

    def test_all_taken_over(self, tmp_path: Path) -> None:
        """Where nothing is left to do no submission is run, so that it works where none may be."""
        room = write_class(tmp_path, 3, (RIGHT, WRONG, {}))
        first, _ = room.grade("--json").ended(status=0)
        blocked = str(ROOT / "tests/sandbox/blocked.py"), "seccomp", sys.executable
        command = "-m", "autograder.cli", "grade", "mini", *room.notebooks(), "--json"
        room.python(*blocked, *command, "--again").ended(status=2)
        second, said = room.python(*blocked, *command).ended(status=0)
        assert sorted(first.splitlines()) == sorted(second.splitlines())
        assert "3 of 3 records are taken over" in said


def graded_names(said: str) -> list[str]:
    """Return who was graded in this run, from what it printed."""
    return sorted(line.partition(":")[0] for line in said.splitlines() if line.endswith(" of 8"))


class TestInterrupt:
    def test_finished_grades_are_kept(self, tmp_path: Path) -> None:
        """Ctrl-C ends the run although submissions are at work: status 130, nobody and nothing half done left."""
        room = write_class(tmp_path, 40, (RIGHT, RIGHT, WRONG, HANGS))
        run = room.grade("--jobs", "2")
        until(lambda: graded(run) >= 4)
        family = run.descendants()
        begun = time.monotonic()
        run.kill(signal.SIGINT, group=True)
        _, said = run.ended(status=130)
        assert time.monotonic() - begun < 10  # every fourth submission alone takes longer than a second
        until(lambda: not alive([*family, *run.descendants()]))
        records = room.records()
        assert all(name.endswith(".json") for name in records)
        assert f"{len(records)} of 40 records are in " in said
        assert "run this again for the others" in said
        assert "Traceback" not in said
        for path in room.root.glob("submitted/*"):
            if f"{path.name}.json" not in records:
                shutil.rmtree(path)
        assert f"{len(records)} of {len(records)} records are taken over" in room.grade().ended(status=0)[1]
        assert room.records() == records


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Classroom:
    """The class of the test below, graded in peace."""
    room = write_class(tmp_path_factory.mktemp("alone"), 12, (HANGS, RIGHT, WRONG))
    room.grade("--jobs", "2").ended(status=0)
    return room


@pytest.mark.skipif(shutil.which("gcc") is None, reason="the clock is turned by a small library in C")
@pytest.mark.parametrize("shift", [-2 * YEAR, 2 * YEAR])
def test_the_clock_is_set(tmp_path: Path, alone: Classroom, shift: int) -> None:
    """Limits hold, nothing is skipped or done twice, and records stand, whatever the clock is set to meanwhile."""
    room = write_class(tmp_path / "course", 12, (HANGS, RIGHT, WRONG))
    flag, library = tmp_path / "flag", tmp_path / "clock.so"
    define = [f'-DFLAG="{flag}"', f"-DSECONDS={shift}L"]
    command = ["gcc", "-shared", "-fPIC", "-o", str(library), *define, "-x", "c", "-", "-ldl"]
    subprocess.run(command, input=CLOCK.encode(), check=True)
    clock = {"LD_PRELOAD": str(library)}
    run = room.grade("--jobs", "2", environment=clock)
    until(lambda: graded(run) >= 2)
    flag.touch()
    run.ended(status=0)
    assert room.records() == alone.records()
    years = {path.read_text().partition('"graded_at": "')[2][:4] for path in (room.root / "grades/mini").iterdir()}
    assert len(years) == 2  # some were graded before, some after
    assert "12 of 12 records are taken over" in room.grade().ended(status=0)[1]
