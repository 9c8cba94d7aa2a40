"""A command that is at work, with all processes that came of it: to be watched, stopped and killed."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
import weakref
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

PATIENCE = 240.0
"""Seconds after which something that has to happen counts as not happening, however slow the machine is."""
_MARK = "AUTOGRADER_FAULTS_RUN"


class Running:
    """A command in a process group of its own. Every process that descends from it carries a mark, which finds it."""

    def __init__(
        self, command: Sequence[str], folder: Path, environment: Mapping[str, str], stdin: int = subprocess.DEVNULL
    ) -> None:
        self._mark = f"{os.getpid()}-{time.monotonic_ns()}"
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 - closed with this object
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            env={**environment, _MARK: self._mark},
            stdin=stdin,
            stdout=self._output,
            stderr=self._errors,
            process_group=0,
        )
        weakref.finalize(self, _clean_up, self.process, self._output, self._errors)

    def ended(self, *, status: int | None = None) -> tuple[str, str]:
        """Wait for its end and return what it printed on standard output and error, after a look at its exit status."""
        found = self.process.wait(PATIENCE)
        said = self.said()
        assert status is None or found == status, f"status {found}\n{said[0]}\n{said[1]}"
        return said

    def said(self) -> tuple[str, str]:
        """Return what it has printed so far."""
        texts = []
        for file in (self._output, self._errors):
            file.seek(0)
            texts.append(file.read().decode())
        return texts[0], texts[1]

    def kill(self, number: int = signal.SIGKILL, *, group: bool = False) -> None:
        """Send a signal to the command, or to its whole group."""
        if group:
            os.killpg(self.process.pid, number)
        else:
            self.process.send_signal(number)

    def graders(self) -> list[int]:
        """Return its grader processes."""
        return [pid for pid in self.processes() if b"autograder.grader" in _read(pid, "cmdline")]

    def processes(self) -> list[int]:
        """Return all its processes but those of a sandbox, which get an environment of their own."""
        mark = f"{_MARK}={self._mark}".encode()
        return [pid for pid in _pids() if mark in _read(pid, "environ").split(b"\0")]

    def descendants(self) -> list[int]:
        """Return all its processes, those of its sandboxes included."""
        return descendants([self.process.pid, *self.processes()])


def descendants(pids: Sequence[int]) -> list[int]:
    """Return these processes and all that came of them."""
    found = set(pids)
    while more := {pid for pid in _pids() if _parent(pid) in found} - found:
        found |= more
    return sorted(found)


def zygotes(grader: int) -> list[int]:
    """Return the zygote of a grader's sandbox, if it has one."""
    return [pid for pid in descendants([grader]) if _is_boot(pid) and not _is_boot(_parent(pid))]


def workers(grader: int) -> list[int]:
    """Return the process in which a grader's submission runs now, if one does."""
    return [pid for pid in descendants([grader]) if _is_boot(pid) and _is_boot(_parent(pid))]


def until(happens: Callable[[], object], *, within: float = PATIENCE, or_ended: Running | None = None) -> None:
    """Wait until something happens; where it need not, because a command may end before, that ends the waiting too."""
    end = time.monotonic() + within
    while not happens():
        if or_ended is not None and or_ended.process.poll() is not None:
            return
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.002)


def is_locked(path: Path) -> bool:
    """Tell whether the lock at this path is held: a process makes the file, locks it, and then signs it."""
    return path.exists() and path.stat().st_size > 0


def alive(pids: Sequence[int]) -> list[int]:
    """Return those of the processes that are still there and no zombies."""
    return [pid for pid in pids if _state(pid) not in ("", "Z", "X")]


def seconds_of(pid: int) -> float:
    """Return the processor time that a process has used, 0 where it is gone."""
    fields = _read(pid, "stat").rpartition(b")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def _clean_up(process: subprocess.Popen[bytes], *files: IO[bytes]) -> None:
    if process.poll() is None:  # a test has failed over it
        process.kill()
        process.wait()
    for file in files:
        file.close()


def _pids() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _read(pid: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:
        return b""


def _is_boot(pid: int) -> bool:
    """Return whether a process runs the sandbox's script itself; bubblewrap's has it on its command line, too."""
    words = _read(pid, "cmdline").split(b"\0")
    return b"python" in words[0] and any(word.endswith(b"/boot.py") for word in words)


def _parent(pid: int) -> int:
    fields = _read(pid, "stat").rpartition(b")")[2].split()
    return int(fields[1]) if fields else 0


def _state(pid: int) -> str:
    fields = _read(pid, "stat").rpartition(b")")[2].split()
    return fields[0].decode() if fields else ""
