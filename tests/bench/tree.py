"""What a command costs with all of its descendants: seconds, processor seconds, and memory at its peak.

Processor time: this process becomes the one that orphans fall to, so that every descendant is waited for by somebody
below it or by itself, and the kernel adds up the time of all that were waited for, however short they lived and however
they ended. Memory: PSS, in which a page that several processes share counts once; RSS would count it for every fork.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Generic, TypeVar

T = TypeVar("T")

PAUSE = 0.05
"""Seconds between two looks at the memory, at least."""
SHARE = 4
"""A look may take one part in so many of the time."""
PATIENCE = 5.0
"""Seconds that descendants may outlive the command before they are ended."""
_MEGABYTE = 1e6
_NO_COMPILED_FILES = "PYTHONDONTWRITEBYTECODE"
_CHILD_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of <linux/prctl.h>


@dataclass(frozen=True)
class Usage:
    """Seconds by the clock, and processor seconds of the whole tree."""

    seconds: float
    processor: float


def python(*arguments: str) -> list[str]:
    """Return the command `python -m ARGUMENTS`, of this program's own Python."""
    return [sys.executable, "-m", *arguments]


def cost(command: Sequence[str], folder: Path) -> Usage:
    """Run a command in `folder` and return what it cost; one that fails ends this program."""
    before, started = _processor_seconds(), time.perf_counter()
    with _running(command, folder) as process:
        process.wait()
        seconds = time.perf_counter() - started
    return Usage(seconds, _processor_seconds() - before)


def peak(command: Sequence[str], folder: Path) -> float:
    """Run a command in `folder` and return the memory of its whole tree at the peak, in MB.

    That is a run of its own: to look at the memory takes time, for which a command that uses all processors waits.
    """
    with _running(command, folder) as process, Watch(process.pid, memory) as watch:
        process.wait()
    return max((seen for _, seen in watch.samples), default=0.0)


@contextlib.contextmanager
def _running(command: Sequence[str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Start a command that is over at the end, with all its descendants; one that fails ends this program."""
    adopt_orphans()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, cwd=folder, env=environment(), stdout=output, stderr=subprocess.STDOUT)
        yield process
        wait_for_orphans()
        if process.returncode != 0:
            output.seek(0)
            text = output.read().decode(errors="replace")
            sys.exit(f"{' '.join(command[:5])} ended with status {process.returncode}:\n{text[-3000:]}")


def environment() -> dict[str, str]:
    """Return the environment for commands: nbgrader calls `alembic` by name.

    Compiled files are kept, as where nobody forbids it: nbgrader's kernels would else compile all tests for each
    submission.
    """
    kept = {name: value for name, value in os.environ.items() if name != _NO_COMPILED_FILES}
    return {**kept, "PATH": os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])}


def adopt_orphans() -> None:
    """Let descendants whose parent has ended become children of this process, which then can wait for them."""
    if ctypes.CDLL(None, use_errno=True).prctl(_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        sys.exit(f"prctl: {os.strerror(ctypes.get_errno())}; without it the processor time of orphans is not counted")


def wait_for_orphans() -> None:
    """Wait for what the command has left behind, and end what stays."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            found, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if found == 0 and time.monotonic() > deadline:
            for child in _children().get(os.getpid(), []):  # what is below comes up, and its turn comes
                os.kill(child, signal.SIGKILL)
        if found == 0:
            time.sleep(0.01)


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class Watch(Generic[T]):
    """Looks at a process and all its descendants again and again, in a thread; a context manager.

    `samples` are what each `look` returned, with its time by the monotonic clock.
    """

    def __init__(self, root: int, look: Callable[[int], T], *, pause: float = PAUSE) -> None:
        self._root = root
        self._look = look
        self._pause = pause
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look_again_and_again, daemon=True)
        self.samples: list[tuple[float, T]] = []

    def __enter__(self) -> Watch[T]:
        """Begin to look."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop looking."""
        self._over.set()
        self._thread.join()

    def _look_again_and_again(self) -> None:
        pause = 0.0
        while not self._over.wait(pause):
            started = time.monotonic()
            self.samples.append((started, self._look(self._root)))
            pause = max(self._pause, SHARE * (time.monotonic() - started))


def family(root: int) -> tuple[list[int], list[int], list[int]]:
    """Return a process itself, its children, and all that is below them."""
    children = _children()
    near = children.get(root, [])
    deep, left = [], list(near)
    while left:
        below = children.get(left.pop(), [])
        deep += below
        left += below
    return [root], near, deep


def memory(root: int) -> float:
    """Return the PSS of a process and all its descendants, in MB."""
    return sum(map(proportional, chain(*family(root))))


def _children() -> dict[int, list[int]]:
    """Return the children of each process. That is read from /proc at once: a look has to be quick."""
    found: dict[int, list[int]] = {}
    for place in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has ended
            after_command = place.read_bytes().rpartition(b")")[2]
            found.setdefault(int(after_command.split()[1]), []).append(int(place.parent.name))
    return found


def proportional(pid: int) -> float:
    """Return the PSS of a process in MB; its RSS where it may not be looked into, 0 where it has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except PermissionError:  # graders do not let other processes of their user look into them
        return resident(pid)
    except OSError:
        return 0.0
    return sum(1024 * int(line.split()[1]) for line in lines if line.startswith("Pss:")) / _MEGABYTE


def resident(pid: int) -> float:
    """Return the RSS of a process in MB, 0 where it has ended."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * resource.getpagesize() / _MEGABYTE
