"""The lock of a place: one holder, named to whoever comes second; nobody is locked out by the dead."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.errors import AutograderError
from autograder.lock import held

HOLD = """
import sys
from pathlib import Path
from autograder.lock import held
with held(Path(sys.argv[1]), "grading"):
    print("held", flush=True)
    sys.stdin.read()
"""


def holder(path: Path) -> subprocess.Popen[str]:
    """Start a process that holds the lock until its standard input is closed."""
    command = [sys.executable, "-c", HOLD, str(path)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    """Neither the file nor the folders that were made for it stay, unless something has been put there."""
    with held(tmp_path / "a" / "b" / ".lock", "grading"):
        assert (tmp_path / "a" / "b" / ".lock").exists()
    assert list(tmp_path.iterdir()) == []
    with held(tmp_path / "a" / "b" / ".lock", "grading"):
        (tmp_path / "a" / "kept").touch()
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a", "kept"]


def test_the_second_one_is_told_who_holds_it(tmp_path: Path) -> None:
    """Process, machine, work and time are named, and what to do; the holder is not disturbed."""
    path = tmp_path / ".lock"
    with holder(path) as process:
        with pytest.raises(AutograderError, match=rf"in use by process {process.pid} on .*grading, since .*wait until"):
            held(path, "grading").__enter__()
        assert path.exists()
        process.communicate()
    assert not path.exists()
    with held(path, "grading"):
        pass


def test_it_holds_within_one_process(tmp_path: Path) -> None:
    """A second thread or call of the same process is refused as well."""
    with held(tmp_path / ".lock", "grading"), pytest.raises(AutograderError, match=f"in use by process {os.getpid()}"):
        held(tmp_path / ".lock", "grading").__enter__()


def test_the_dead_hold_nothing(tmp_path: Path) -> None:
    """The file of a holder that was killed is there, and the lock is free."""
    path = tmp_path / ".lock"
    with holder(path) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert path.exists()
    with held(path, "grading"):
        assert f"process {os.getpid()} " in path.read_text()
    assert not path.exists()


def test_a_child_does_not_inherit_it(tmp_path: Path) -> None:
    """What the holder has started may outlive it without locking anybody out."""
    path = tmp_path / ".lock"
    with held(path, "grading"):
        child = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    with child, held(path, "grading"):
        assert child.poll() is None


def test_many_at_once(tmp_path: Path) -> None:
    """Of many that try again and again, never two hold it at the same time, though its file comes and goes."""
    code = """
import os, sys
from pathlib import Path
from autograder.errors import AutograderError
from autograder.lock import held
folder, done = Path(sys.argv[1]), 0
while done < 50:
    try:
        with held(folder / ".lock", "work"):
            os.close(os.open(folder / "inside", os.O_CREAT | os.O_EXCL))
            (folder / "inside").unlink()
            done += 1
    except AutograderError:
        pass
"""
    processes = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path)]) for _ in range(3)]
    assert [process.wait() for process in processes] == [0, 0, 0]
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_locked(tmp_path: Path) -> None:
    """Where the file cannot be made, the sentence says so: without a lock nothing is begun."""
    (tmp_path / ".lock").mkdir()
    with pytest.raises(AutograderError, match=r"\.lock cannot be made \(Is a directory\)"):
        held(tmp_path / ".lock", "grading").__enter__()
