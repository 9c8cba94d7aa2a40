"""What a hostile submission tries: an attack is an expression that has a value when it works and raises when not."""

from __future__ import annotations

import textwrap
from importlib.metadata import files
from pathlib import Path

ROOT = Path(__file__).parents[2]
MARKS = (Path("/dev/shm/autograder-mark"), Path("/tmp/autograder-mark"))
INSTALLED_FROM = next(str(path) for path in files("nn-autograder") or () if path.name == "direct_url.json")
REFUSED = ("EPERM", "EACCES", "ENOENT", "EROFS")

SOURCE = textwrap.dedent(
    """
    import ctypes, errno, fcntl, mmap, os, resource, signal, socket, subprocess, sys, tempfile, threading, time
    import numpy as np

    libc = ctypes.CDLL(None, use_errno=True)
    packages = os.path.dirname(os.path.dirname(np.__file__))

    def checked(result):
        if result < 0: raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        return result

    def child():
        pid = os.fork()
        if pid == 0: os._exit(0)
        os.waitpid(pid, 0)

    def append(path):
        with open(path, "a"): pass

    def read(path):
        with open(path, "rb") as file: file.read(100)

    def connect(family, kind, address=None):
        with socket.socket(family, kind) as made:
            if address is not None: made.bind(address)

    def own_descriptor():
        return os.open(os.devnull, os.O_RDONLY)
    """
)

FILES = {
    "read the password file": "read('/etc/passwd')",
    "list the root folder": "os.listdir('/')",
    "list the home folder": f"os.listdir({str(Path.home())!r})",
    "list temporary files": "os.listdir('/tmp')",
    "list the hidden solutions": f"os.listdir({str(ROOT / 'reference')!r})",
    "read a hidden solution": f"read({str(ROOT / 'reference' / '__init__.py')!r})",
    "read the hidden tests": f"read({str(ROOT / 'tests' / '__init__.py')!r})",
    "read the course": f"read({str(ROOT / 'pyproject.toml')!r})",
    "list the course": f"os.listdir({str(ROOT)!r})",
    "list installed packages": "os.listdir(packages)",
    "read another package": "read(packages + '/sklearn/__init__.py')",
    "read where this was installed from": f"read(packages + '/{INSTALLED_FROM}')",
    "list processes": "os.listdir('/proc')",
    "read a process's environment": "read('/proc/self/environ')",
    "read the parent's command line": "read(f'/proc/{os.getppid()}/cmdline')",
    "read the parent's memory": "read(f'/proc/{os.getppid()}/maps')",
    "list devices": "os.listdir('/dev')",
    "write to numpy": "append(np.__file__)",
    "write to the standard library": "append(os.__file__)",
    "write to shared memory": f"append({str(MARKS[0])!r})",
    "write to the temporary folder": f"append({str(MARKS[1])!r})",
}

CALLS = {
    "TCP": "connect(socket.AF_INET, socket.SOCK_STREAM)",
    "UDP": "connect(socket.AF_INET, socket.SOCK_DGRAM)",
    "unix socket": "connect(socket.AF_UNIX, socket.SOCK_STREAM)",
    "abstract unix socket": "connect(socket.AF_UNIX, socket.SOCK_STREAM, '\\0autograder-mark')",
    "socket pair": "socket.socketpair()",
    "fork": "child()",
    "spawn": "os.waitpid(os.posix_spawn('/bin/true', ['true'], {}), 0)",
    "subprocess": "subprocess.run(['/bin/true'], check=True)",
    "signal the parent": "os.kill(os.getppid(), 0)",
    "signal itself": "os.kill(os.getpid(), 0)",
    "hold the parent": "os.pidfd_open(os.getppid())",
    "be told of signals": "fcntl.fcntl(own_descriptor(), fcntl.F_SETOWN, os.getppid())",
    "limits of the parent": "resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE)",
    "set its own limits": "checked(libc.setrlimit(4, ctypes.byref((ctypes.c_ulong * 2)(0, 0))))",
    "ptrace": "checked(libc.ptrace(0, 0, 0, 0))",
    "outlive the grader": "checked(libc.prctl(1, 0, 0, 0, 0))",
    "become dumpable": "checked(libc.prctl(4, 1, 0, 0, 0))",
    "memory without a name": "os.memfd_create('x')",
    "priority": "os.setpriority(os.PRIO_PROCESS, 0, 1)",
    "change times of a file": "os.utime(os.pipe()[0], (0, 0))",
    "change rights of a file": "os.fchmod(own_descriptor(), 0o666)",
    "a new session": "os.setpgid(0, 0)",
    "a key ring": "checked(libc.syscall(250, 0, -3, 1))",
    "a pipe's size": "fcntl.fcntl(os.pipe()[0], 1031, 1 << 16)",
}

ATTACKS = {**FILES, **CALLS}


def remove_marks() -> None:
    """Remove what attacks that worked have written."""
    for mark in MARKS:
        mark.unlink(missing_ok=True)


def notebook() -> str:
    """The source of a cell that defines `attack(name)`: "worked", or the name of the error number."""
    branches = "".join(f"        {name!r}: lambda: {call},\n" for name, call in ATTACKS.items())
    return (
        SOURCE
        + "\ndef attack(name):\n    attacks = {\n"
        + branches
        + "    }\n"
        + "    try: attacks[name]()\n"
        + "    except OSError as error: return errno.errorcode.get(error.errno, str(error))\n"
        + "    return 'worked'\n"
    )
