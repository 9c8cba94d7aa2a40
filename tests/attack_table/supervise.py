"""Runs one command and keeps an eye on everything that it starts: `python supervise.py ORDER.json REPORT.json`.

Whoever loses its parent becomes this process's child, so that nothing that the command leaves behind gets away unseen.
It is a script of the standard library alone, because it is a process of its own for every command.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Any

SET_DEATH_SIGNAL, SET_CHILD_SUBREAPER = 1, 36
INTERVAL = 0.1
MOST_PROCESSES = 200
MOST_KB = 8 << 20
FILE_BYTES = 1 << 30
OURS = (b"-m autograder.grader ", b"-m autograder.cli ", b"-m nbgrader ")


def descendants(ancestor: int) -> dict[int, list[str]]:
    """Return the living processes below `ancestor`: the fields of /proc/PID/stat from the state on, by pid."""
    found: dict[int, list[str]] = {}
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
            except OSError:
                continue
            found[int(entry.name)] = fields
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    below: dict[int, list[str]] = {}
    waiting = list(children.get(ancestor, []))
    while waiting:
        pid = waiting.pop()
        waiting += children.get(pid, [])
        if found[pid][0] not in "ZX":
            below[pid] = found[pid]
    return below


def command_line(pid: int) -> bytes:
    """Return what a process was started with, words parted by blanks; nothing where it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").strip()
    except OSError:
        return b""


def kilobytes(pid: int, field: str) -> int:
    """Return a size from /proc/PID/status; 0 where it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{field}:")), 0)


class Watch:
    """What is seen of the processes while the command runs."""

    def __init__(self) -> None:
        self.grader_kb = 0
        self.excess = ""

    def look(self) -> None:
        """Look at every process once; `excess` says what nothing of ours may ever do."""
        processes = descendants(os.getpid())
        resident = 0
        for pid in processes:
            resident += kilobytes(pid, "VmRSS")
            words = command_line(pid) + b" "
            if any(name in words for name in OURS):
                self.grader_kb = max(self.grader_kb, kilobytes(pid, "VmHWM"))
        if len(processes) > MOST_PROCESSES:
            self.excess = f"{len(processes)} processes at a time"
        elif resident > MOST_KB:
            self.excess = f"{resident >> 10} MB of memory at a time"


def reap(process: subprocess.Popen[bytes]) -> None:
    """Take leave of every child that has ended, adopted ones included."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        if pid == process.pid:
            process.returncode = os.waitstatus_to_exitcode(status)


def kill_all() -> list[str]:
    """Kill whatever is still there, and return what it was."""
    seen: dict[int, str] = {}
    while processes := descendants(os.getpid()):  # what is killed may have started more
        for pid in processes:
            seen.setdefault(pid, command_line(pid).decode("utf-8", "replace") or f"process {pid}")
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(INTERVAL)
    return list(seen.values())


def start(order: dict[str, Any], output: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start the command of `order` as its user, within limits that no failure of the sandbox may exceed."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
    return subprocess.Popen(
        order["command"],
        cwd=order["cwd"],
        env=order["environment"],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        user=order["user"],
        group=order["user"],
        extra_groups=None if order["user"] is None else [],
    )


def supervise(order: dict[str, Any]) -> dict[str, Any]:
    """Run the command of `order` and return its report."""
    watch, begin = Watch(), time.monotonic()
    with Path(order["output"]).open("wb") as output:
        process = start(order, output)
    while process.returncode is None and not watch.excess:
        time.sleep(INTERVAL)
        watch.look()
        reap(process)
        if time.monotonic() - begin > order["seconds"]:
            watch.excess = f"it took more than {order['seconds']:g} s"
    seconds, grace = time.monotonic() - begin, time.monotonic() + order["grace"]
    while not watch.excess and descendants(os.getpid()) and time.monotonic() < grace:
        time.sleep(INTERVAL)
        reap(process)
    left = kill_all()
    reap(process)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "status": process.returncode,
        "seconds": seconds,
        "grader_mb": watch.grader_kb >> 10,
        "largest_mb": used.ru_maxrss >> 10,
        "cpu_seconds": used.ru_utime + used.ru_stime,
        "excess": watch.excess,
        "survivors": [] if watch.excess else left,
    }


def main(order: Path, report: Path) -> None:
    """Supervise one command; whatever ends this process, nothing of the command stays behind."""
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    for what, value in ((SET_CHILD_SUBREAPER, 1), (SET_DEATH_SIGNAL, signal.SIGTERM)):
        if prctl(what, value, 0, 0, 0):
            raise OSError(ctypes.get_errno(), "prctl")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        report.write_text(json.dumps(supervise(json.loads(order.read_text()))))
    finally:
        kill_all()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
