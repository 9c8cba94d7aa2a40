"""A grader process ends when it is dismissed, at once where it must, and never stays behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from autograder import grader_process, processors
from autograder.errors import AutograderError
from autograder.local_pool import LocalPool
from autograder.pipe import Reply, Request, receive
from tests.minicourse import write_course


@pytest.fixture
def pool(tmp_path: Path) -> LocalPool:
    """Two graders of the tiny course, both ready."""
    pool = LocalPool(write_course(tmp_path / "course"), "mini", jobs=2, unsafe=False)
    assert all(each.ask(Request("prepare"), 60) for each in pool.processes)
    return pool


def running(pool: LocalPool) -> list[subprocess.Popen[bytes]]:
    """Return the processes of the graders that run."""
    return [each._running[0] for each in pool.processes if each._running is not None]


def test_dismissed_graders_end_by_themselves(pool: LocalPool) -> None:
    """Nobody has to wait for them or to end them, and they are asked no more."""
    processes = running(pool)
    assert len(processes) == 2
    pool.dismiss()
    assert [process.wait(timeout=30) for process in processes] == [0, 0]
    with pytest.raises(AutograderError, match="stopped"):
        pool.ask(Request("prepare"), 30)
    pool.close()
    assert running(pool) == []


def test_graders_that_do_not_end_are_killed(pool: LocalPool) -> None:
    """One that is stopped has no say in it."""
    processes = running(pool)
    os.kill(processes[0].pid, signal.SIGSTOP)
    pool.close()
    assert [process.returncode for process in processes] == [-signal.SIGKILL, 0]


def test_a_grader_is_killed_where_it_cannot_be_waited_for(pool: LocalPool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system has no more descriptors, it is said, and the process is gone all the same."""

    def none_left(_: int) -> int:
        raise OSError("too many open files")

    first, second = running(pool)
    with monkeypatch.context() as patched:
        patched.setattr(os, "pidfd_open", none_left)
        with pytest.raises(OSError, match="too many"):
            pool.processes[0].stop(deadline=sys.float_info.max)
    assert first.returncode == -signal.SIGKILL
    pool.close()
    assert second.returncode == 0


def test_a_connection_is_closed_by_nobody_while_another_one_reads_it(
    pool: LocalPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who reads it would go on to wait for the next file that is opened, which gets the same number."""
    process = running(pool)[0]
    begun = threading.Event()
    found: list[int] = []

    def read(connection: socket.socket, kind: type[Reply], *, seconds: float) -> Reply | None:
        begun.set()
        reply = receive(connection, kind, seconds=seconds)
        process.wait(timeout=30)  # by then its pool has long been at work to end it
        found.append(connection.fileno())
        return reply

    os.kill(process.pid, signal.SIGSTOP)
    monkeypatch.setattr(grader_process, "receive", read)
    with ThreadPoolExecutor(1) as threads:
        asked = threads.submit(pool.processes[0].ask, Request("prepare"), 60)
        assert begun.wait(30)
        pool.close()
        assert asked.result() is None
    assert found[0] >= 0
    assert running(pool) == []


def test_each_grader_has_a_processor_of_its_own(pool: LocalPool) -> None:
    """As long as there are enough, and the system places all others."""
    given = [Path(f"/proc/{each.pid}/cmdline").read_text().split("\0")[-2] for each in running(pool)]
    allowed = list(map(str, processors.in_order()))
    assert given == [*allowed, "any"][:2]
    pool.close()
