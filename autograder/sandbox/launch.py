"""How the zygote is started: a ladder of ways, the best first, until one answers."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from autograder.errors import SandboxError
from autograder.sandbox import places
from autograder.threads import ONE_THREAD

NOBODY = 65534
FILES = 16384
"""How many files, folders and links the scratch folder takes; each costs the kernel a kilobyte that is nobody's."""
SCRATCH = "/scratch"  # not /tmp: Python or this package may lie there, and would be hidden

_SCRATCH_BYTES = 64 << 20
_READY_SECONDS = 60.0
_END_SECONDS = 5.0
_MESSAGE = 1 << 16
_REASON = 300
_BOUND = "the capabilities that it mounts with cannot be given up"
_ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "HOME": "/nonexistent",
    **ONE_THREAD,
    "PYTHONHASHSEED": "0",  # the order of a set of strings is the same in every grading
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
}


@dataclass(frozen=True)
class Way:
    """One way to start the zygote: inside bubblewrap or not, as this user (None: as whoever grades).

    `few_files`: inside bubblewrap it limits the number of files first, which takes capabilities to be given up again.
    """

    bubblewrap: bool
    user: int | None
    few_files: bool = True

    def __str__(self) -> str:
        place = "inside bubblewrap" if self.bubblewrap else "without bubblewrap"
        return place if self.user is None else f"{place} as user {self.user}"


@dataclass(frozen=True)
class Started:
    """A zygote that said "ready"; `few_files` tells whether no folder takes more than FILES files."""

    way: Way
    process: subprocess.Popen[bytes]
    control: socket.socket
    tries: tuple[str, ...]
    few_files: bool

    @property
    def user(self) -> int:
        """The uid that its workers have."""
        return os.getuid() if self.way.user is None else self.way.user

    def end(self) -> None:
        """End the process and everything that it started."""
        _end(self.process, self.control)


def ways() -> list[Way]:
    """Return the ladder for this process, best first."""
    users = [NOBODY, None] if os.getuid() == 0 else [None]
    bubblewrap = [True, False] if shutil.which("bwrap") else [False]
    return [Way(bubblewrap=wrap, user=user) for wrap in bubblewrap for user in users]


def launch(program: bytes, ladder: list[Way]) -> Started:
    """Start a zygote the first way that works; `program` is the system-call filter of its workers.

    Raises SandboxError that lists every try where none works.
    """
    tries: list[str] = []
    for way in ladder:
        outcome = _try(way, program, tuple(tries))
        if isinstance(outcome, str) and _BOUND in outcome:
            tries.append(f"{way}: {outcome}")
            outcome = _try(replace(way, few_files=False), program, tuple(tries))
        if isinstance(outcome, Started):
            return outcome
        tries.append(f"{way}: {outcome}")
    raise SandboxError(f"no sandbox could be started here. {'; '.join(tries)}")


def _try(way: Way, program: bytes, tries: tuple[str, ...]) -> Started | str:
    """Return a zygote, or why there is none."""
    control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs, os.fdopen(os.memfd_create("complaints"), "w+b") as complaints:
        try:
            process = _start(way, theirs, complaints)
        except (OSError, subprocess.SubprocessError) as error:
            control.close()
            return f"not permitted ({error})"
        theirs.close()
        ready = _ready(control, _configuration(way, program))
        if ready:
            return Started(way, process, control, tries, few_files=bool(ready.get("few_files")))
        _end(process, control)
        return _last_line(complaints) or f"it ended with status {process.returncode}"


def _start(way: Way, theirs: socket.socket, complaints: IO[bytes]) -> subprocess.Popen[bytes]:
    # Not -I, which would ignore PYTHONHASHSEED: -P and -S keep out the current folder and site-packages all the same.
    python = [str(places.interpreter()), "-P", "-S", "-B", str(places.BOOT), str(theirs.fileno())]
    identity: dict[str, Any] = {}
    if way.user is not None:
        identity = {"user": way.user, "group": way.user, "extra_groups": []}
    return subprocess.Popen(  # noqa: S603 - a fixed command
        [*_bubblewrap(few_files=way.few_files), *python] if way.bubblewrap else python,
        stdin=subprocess.DEVNULL,
        stdout=complaints,
        stderr=complaints,
        env={**_ENVIRONMENT, "TMPDIR": SCRATCH} if way.bubblewrap else _ENVIRONMENT,
        cwd="/",
        pass_fds=[theirs.fileno()],
        start_new_session=True,
        **identity,
    )


def _configuration(way: Way, program: bytes) -> dict[str, Any]:
    return {
        "libraries": [str(folder) for folder in places.libraries()],
        "package": str(places.PACKAGE.parent),
        "readable": [str(path) for path in places.readable()],
        "scratch": SCRATCH if way.bubblewrap else "",
        "files": FILES if way.bubblewrap and way.few_files else 0,
        "bound": _BOUND,
        "filter": program.hex(),
    }


def _ready(control: socket.socket, configuration: dict[str, Any]) -> dict[str, Any]:
    """Return what the zygote says when it is ready; nothing where it is not going to be."""
    control.settimeout(_READY_SECONDS)
    try:
        control.send(json.dumps(configuration).encode())
        said: dict[str, Any] = json.loads(control.recv(_MESSAGE) or b"{}")
    except (OSError, ValueError):
        return {}
    return said


def _bubblewrap(*, few_files: bool) -> list[str]:
    """Return the command that gives a root folder of its own: Python's files, read-only, a capped scratch folder."""
    command = [shutil.which("bwrap") or "bwrap", "--cap-drop", "ALL"]
    if few_files:
        # Within its own namespaces the zygote may mount, until it has limited the number of files. CAP_SETPCAP is what
        # it then empties its bounding set with, so that neither of the two can come back.
        command += ["--cap-add", "CAP_SYS_ADMIN", "--cap-add", "CAP_SETPCAP"]
    command += [f"--unshare-{kind}" for kind in ("user", "ipc", "pid", "net", "uts", "cgroup-try")]
    # Not --disable-userns: it writes to /proc/sys, which containers forbid. The workers' filter refuses the same.
    command += ["--hostname", "sandbox", *places.mounts()]
    for link in map(Path, ("/lib", "/lib64", "/bin")):
        if link.is_symlink():
            command += ["--symlink", str(link.readlink()), str(link)]
    command += ["--dir", "/dev", "--dev-bind", "/dev/null", "/dev/null", "--dev-bind", "/dev/urandom", "/dev/urandom"]
    return [*command, "--size", str(_SCRATCH_BYTES), "--tmpfs", SCRATCH, "--remount-ro", "/", "--chdir", "/"]


def _end(process: subprocess.Popen[bytes], control: socket.socket) -> None:
    control.close()  # the zygote ends when its grader hangs up
    try:
        process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)  # bubblewrap's own processes are of this group, too
        process.wait()


def _last_line(complaints: IO[bytes]) -> str:
    complaints.seek(0)
    lines = complaints.read(1 << 16).decode("utf-8", "replace").strip().splitlines()
    return lines[-1][:_REASON] if lines else ""
