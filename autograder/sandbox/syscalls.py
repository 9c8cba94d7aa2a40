"""The system calls that a worker may make, as a filter program for the kernel."""

from __future__ import annotations

import errno
import functools
import os
import warnings
from typing import Any

_CLONE_THREAD = 0x10000
_TERMINAL_REQUESTS = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)  # TCGETS TIOCGWINSZ FIONREAD FIONBIO FIO(N)CLEX
# Not F_SETOWN and F_SETSIG: with these a worker could make the kernel send any signal to any process of its user.
_DESCRIPTOR_COMMANDS = (0, 1, 2, 3, 4, 5, 6, 7, 36, 37, 38, 1030)

# Not utimensat: Landlock does not look at it, so a worker could set back the times of every file of its user.
_FILES = """
    read write readv writev pread64 pwrite64 lseek close close_range fstat newfstatat stat lstat statx statfs fstatfs
    access faccessat faccessat2 readlink readlinkat openat open getdents64 getcwd chdir umask dup dup2 dup3 pipe2
    ftruncate fsync fdatasync fadvise64 flock unlink unlinkat rename renameat renameat2 mkdir mkdirat rmdir
    poll ppoll select pselect6 epoll_create1 epoll_ctl epoll_wait epoll_pwait eventfd2
"""
_MEMORY_AND_THREADS = """
    mmap munmap mremap mprotect madvise brk mincore membarrier msync futex set_robust_list get_robust_list rseq
    set_tid_address arch_prctl sched_yield sched_getaffinity getcpu gettid
"""
_SIGNALS_AND_TIME = """
    rt_sigaction rt_sigprocmask rt_sigreturn sigaltstack restart_syscall getitimer setitimer alarm pause
    clock_gettime clock_getres clock_nanosleep nanosleep gettimeofday time times
"""
_SELF = """
    getpid getppid getuid geteuid getgid getegid getgroups getresuid getresgid getrusage getrlimit getrandom sysinfo
    uname exit exit_group
"""
ALLOWED = tuple((_FILES + _MEMORY_AND_THREADS + _SIGNALS_AND_TIME + _SELF).split())


@functools.cache
def filter_program() -> tuple[bytes, str]:
    """Return the filter as bytes for the kernel, and "" – or no bytes and the reason why there is none.

    Built once a process: importing pyseccomp searches for the C library with a subprocess.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pyseccomp
    except ImportError:
        return b"", "the Python package pyseccomp is not installed"
    except Exception as error:  # pyseccomp raises what it likes where libseccomp is missing
        return b"", f"pyseccomp does not work here: {error}"
    try:
        return _build(pyseccomp), ""
    except (OSError, ValueError) as error:
        return b"", f"libseccomp could not build the filter: {error}"


def _build(seccomp: Any) -> bytes:
    rules = seccomp.SyscallFilter(seccomp.ERRNO(errno.EPERM))
    for name in ALLOWED:
        try:
            rules.add_rule(seccomp.ALLOW, name)
        except (OSError, ValueError):
            continue  # not a system call of this architecture or of this libseccomp: it stays refused
    for request in _TERMINAL_REQUESTS:
        rules.add_rule(seccomp.ALLOW, "ioctl", seccomp.Arg(1, seccomp.EQ, request))
    for command in _DESCRIPTOR_COMMANDS:
        rules.add_rule(seccomp.ALLOW, "fcntl", seccomp.Arg(1, seccomp.EQ, command))
    # Threads, but no processes.
    rules.add_rule(seccomp.ALLOW, "clone", seccomp.Arg(0, seccomp.MASKED_EQ, _CLONE_THREAD, _CLONE_THREAD))
    # The filter cannot read clone3's flags; with ENOSYS the C library falls back to clone.
    rules.add_rule(seccomp.ERRNO(errno.ENOSYS), "clone3")
    # Its own limits, and only to read them.
    rules.add_rule(seccomp.ALLOW, "prlimit64", seccomp.Arg(0, seccomp.EQ, 0), seccomp.Arg(2, seccomp.EQ, 0))
    with os.fdopen(os.memfd_create("filter"), "w+b") as program:
        rules.export_bpf(program)
        program.seek(0)
        return program.read()
