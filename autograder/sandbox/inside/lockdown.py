"""How a process gives up what it could do: the zygote its privileges, each worker everything else."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import struct
from collections.abc import Iterable, Sequence

from autograder.sandbox.inside import landlock
from autograder.sandbox.inside.kernel import prctl, syscall

_SET_DEATH_SIGNAL, _SET_DUMPABLE, _SET_SECCOMP, _IS_BOUND, _DROP_BOUND, _SET_SECUREBITS = 1, 4, 22, 23, 24, 28
_SET_NO_NEW_PRIVILEGES, _AMBIENT, _AMBIENT_CLEAR = 38, 47, 4
_SECCOMP_FILTER = 2
_CAPSET = {"x86_64": 126, "aarch64": 91}
_CAPABILITY_VERSION = 0x20080522
_LAST_CAPABILITY = 63
_LOCKED_NO_ROOT = 0b101111  # uid 0 means nothing special, and this cannot be undone
_INSTRUCTION_BYTES = 8
_FILE_BYTES = 16 << 20
_OPEN_FILES = 64
_RANDOM = "/dev/urandom"


def shed_privileges() -> bool:
    """No core dump, no tracer, no capability, none to be gained: for the zygote, inherited by every worker.

    Returns whether the bounding set is empty, too: who has no right to change that (CAP_SETPCAP) has to leave it.
    """
    prctl(_SET_DUMPABLE, 0)
    prctl(_SET_NO_NEW_PRIVILEGES, 1)
    with contextlib.suppress(OSError):
        prctl(_AMBIENT, _AMBIENT_CLEAR)
    for capability in range(_LAST_CAPABILITY + 1):
        with contextlib.suppress(OSError):
            prctl(_DROP_BOUND, capability)
    with contextlib.suppress(OSError):
        prctl(_SET_SECUREBITS, _LOCKED_NO_ROOT)
    syscall(_CAPSET[os.uname().machine], struct.pack("<Ii", _CAPABILITY_VERSION, 0), bytes(24))
    return not any(map(_is_bound, range(_LAST_CAPABILITY + 1)))


def _is_bound(capability: int) -> bool:
    try:
        return prctl(_IS_BOUND, capability) > 0
    except OSError:
        return False  # the kernel has no such capability


def set_limits(*, cpu_seconds: int, memory_bytes: int, tasks: int) -> None:
    """Set the kernel's limits for this process; raising them again is refused by the filter."""
    values = {
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_CPU: (cpu_seconds, cpu_seconds + 1),
        resource.RLIMIT_AS: (memory_bytes, memory_bytes),
        resource.RLIMIT_FSIZE: (_FILE_BYTES, _FILE_BYTES),
        resource.RLIMIT_NOFILE: (_OPEN_FILES, _OPEN_FILES),
        resource.RLIMIT_MEMLOCK: (0, 0),
        resource.RLIMIT_MSGQUEUE: (0, 0),
        resource.RLIMIT_NPROC: (tasks, tasks),
    }
    for which, (soft, hard) in values.items():
        ceiling = resource.getrlimit(which)[1]
        if ceiling != resource.RLIM_INFINITY:
            soft, hard = min(soft, ceiling), min(hard, ceiling)
        resource.setrlimit(which, (soft, hard))


def die_with(parent: int) -> None:
    """Be killed when the parent ends, also where it has ended already."""
    prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


class Doors:
    """Which files a worker may open, held ready by the zygote: there may be hundreds of places.

    `scratch` is the folder in which each worker has one of its own, "" where there is none.
    """

    def __init__(self, *, readable: Sequence[str], scratch: str) -> None:
        places = [*readable, _RANDOM]
        self.scratch = scratch
        self.others = sorted({os.path.join("/", *path.split("/")[1:2]) for path in places})  # noqa: PTH118
        self.rules = _held(readable=places, writable=[scratch, os.devnull] if scratch else [os.devnull])

    def close(self, folder: str) -> int:
        """Let this process open nothing else any more; returns the Landlock version, 0 where it does not hold.

        Rules that are added can only take away, so those for the worker's own `folder` allow everything but the
        folders of the others. Their descriptors stay open until the caller closes them.
        """
        if self.rules is None:
            return 0
        try:
            landlock.restrict(self.rules)
            if self.scratch:
                own = landlock.prepare(readable=self.others, writable=[folder, os.devnull])
                landlock.restrict(own if own is not None else -1)
        except OSError:
            return 0
        return landlock.version()


def _held(*, readable: Iterable[str], writable: Iterable[str]) -> int | None:
    try:
        return landlock.prepare(readable=readable, writable=writable)
    except OSError:
        return None


class Filter:
    """Refuses a process every system call but those that a program allows; held ready by the zygote."""

    def __init__(self, program: bytes) -> None:
        self._code = ctypes.create_string_buffer(program, len(program))
        head = struct.pack("<HxxxxxxQ", len(program) // _INSTRUCTION_BYTES, ctypes.addressof(self._code))
        self._pointer = ctypes.create_string_buffer(head)

    def close(self) -> str:
        """Put this process under the filter for good; returns why it is not, "" where it is."""
        if not len(self._code):
            return "no filter was given"
        try:
            prctl(_SET_SECCOMP, _SECCOMP_FILTER, ctypes.addressof(self._pointer))
        except OSError as error:
            return f"the kernel refused the filter: {error.strerror}"
        return ""
