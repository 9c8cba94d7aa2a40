"""How a process gives up what it could do: the zygote its privileges, each worker everything else."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import struct
from collections.abc import Iterable

from autograder.sandbox.inside import landlock
from autograder.sandbox.inside.kernel import prctl, syscall

_SET_DEATH_SIGNAL, _SET_DUMPABLE, _SET_SECCOMP, _DROP_BOUND, _SET_SECUREBITS = 1, 4, 22, 24, 28
_SET_NO_NEW_PRIVILEGES, _AMBIENT, _AMBIENT_CLEAR = 38, 47, 4
_SECCOMP_FILTER = 2
_CAPSET = {"x86_64": 126, "aarch64": 91}
_CAPABILITY_VERSION = 0x20080522
_LAST_CAPABILITY = 63
_LOCKED_NO_ROOT = 0b101111  # uid 0 means nothing special, and this cannot be undone
_INSTRUCTION_BYTES = 8
_FILE_BYTES = 16 << 20
_OPEN_FILES = 64


def shed_privileges() -> None:
    """No core dump, no tracer, no capability, none to be gained: for the zygote, inherited by every worker."""
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


def close_doors(*, readable: Iterable[str], writable: Iterable[str], program: bytes) -> tuple[int, str]:
    """Landlock, then the system-call filter: nothing can be opened or undone after it.

    Returns the Landlock version (0: none) and why there is no filter ("" where there is).
    """
    try:
        abi = landlock.restrict(readable=readable, writable=writable)
    except OSError:
        abi = 0
    if not program:
        return abi, "no filter was given"
    try:
        _load(program)
    except OSError as error:
        return abi, f"the kernel refused the filter: {error.strerror}"
    return abi, ""


def _load(program: bytes) -> None:
    code = ctypes.create_string_buffer(program, len(program))
    head = struct.pack("<HxxxxxxQ", len(program) // _INSTRUCTION_BYTES, ctypes.addressof(code))
    pointer = ctypes.create_string_buffer(head)
    prctl(_SET_SECCOMP, _SECCOMP_FILTER, ctypes.addressof(pointer))
