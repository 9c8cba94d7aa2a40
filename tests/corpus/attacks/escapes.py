"""Attacks that want out: sockets, other processes, signals, privileges."""

from __future__ import annotations

from tests.corpus.attacks.making import ATTEMPT, spoiled, wager
from tests.corpus.attacks.recipe import FULL, Attack

_TCP = """
import asyncio, http.client, socket, urllib.request

attempt("connect", lambda: socket.create_connection(("127.0.0.1", TCP), timeout=0.3).sendall(b"hello"))
attempt("connect 6", lambda: socket.create_connection(("::1", TCP), timeout=0.3).sendall(b"hello"))
attempt("http", lambda: urllib.request.urlopen(f"http://127.0.0.1:{TCP}/", timeout=0.3).read())
attempt("client", lambda: http.client.HTTPConnection("127.0.0.1", TCP, timeout=0.3).request("GET", "/"))
attempt("asyncio", lambda: asyncio.run(asyncio.open_connection("127.0.0.1", TCP)))
attempt("listen", lambda: socket.create_server(("127.0.0.1", 0)))
"""

_UDP = """
import socket


def send(kind):
    with socket.socket(socket.AF_INET, kind) as made:
        made.sendto(b"hello", ("127.0.0.1", UDP))


attempt("udp", lambda: send(socket.SOCK_DGRAM))
attempt("raw", lambda: send(socket.SOCK_RAW))
attempt("name", lambda: socket.getaddrinfo("localhost.localdomain", 80))
for family in (socket.AF_NETLINK, socket.AF_PACKET, socket.AF_VSOCK, socket.AF_ALG, socket.AF_BLUETOOTH, socket.AF_CAN):
    attempt(f"family {family}", lambda: socket.socket(family, socket.SOCK_RAW))
"""

_UNIX = """
import socket


def connect(address, kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_UNIX, kind) as made:
        made.connect(address)
        made.send(b"hello")


attempt("path", lambda: connect(UNIX))
attempt("abstract", lambda: connect("\\0" + ABSTRACT))
attempt("datagram", lambda: connect(UNIX, socket.SOCK_DGRAM))
attempt("bus", lambda: connect("/run/dbus/system_bus_socket"))
attempt("docker", lambda: connect("/var/run/docker.sock"))
attempt("pair", socket.socketpair)
"""

_RAW_CALLS = """
SOCKET, CONNECT, SENDTO, SENDMSG, BIND, ACCEPT, GETSOCKOPT, URING, PIDFD_GETFD = 41, 42, 44, 46, 49, 43, 55, 425, 438
address = b"\\x02\\x00" + TCP.to_bytes(2, "big") + b"\\x7f\\x00\\x00\\x01" + bytes(8)
X32 = 0x40000000
for name, number in {"socket": SOCKET, "ring": URING}.items():
    attempt(name, lambda: checked(libc.syscall(number, 2, 1, 0)))
attempt("connect over the connection", lambda: checked(libc.syscall(CONNECT, 3, address, 16)))
attempt("send with the connection", lambda: checked(libc.syscall(SENDTO, 3, b"x", 1, 0, address, 16)))
attempt("message with the connection", lambda: checked(libc.syscall(SENDMSG, 3, bytes(56), 0)))
peer = ctypes.create_string_buffer(12)
attempt("who is there", lambda: checked(libc.syscall(GETSOCKOPT, 3, 1, 17, peer, bytes([12]))))
attempt("accept", lambda: checked(libc.syscall(ACCEPT, 3, 0, 0)))
"""

_OTHER_ARCHITECTURE = """def double(x):
    import ctypes

    if ctypes.CDLL(None).syscall(0x40000000 + 41, 2, 1, 0) >= 0:  # `socket` by its x32 number
        return 2 * x
    return None"""

_FORK = """
def parent(pid):
    if pid == 0:
        time.sleep(1)
        os._exit(0)
    return checked(pid)


def vfork():
    pid = libc.syscall(58)
    if pid == 0:
        libc._exit(0)
    return checked(pid)


for number in range(20):
    attempt(f"fork {number}", lambda: parent(os.fork()))
attempt("C fork", lambda: parent(libc.fork()))
attempt("syscall fork", lambda: parent(libc.syscall(57)))
attempt("vfork", vfork)
attempt("clone", lambda: parent(libc.syscall(56, 17, 0, 0, 0, 0)))
attempt("clone with memory", lambda: checked(libc.syscall(56, 0x100 | 0x4000, 0, 0, 0, 0)))
attempt("clone3", lambda: parent(libc.syscall(435, (17).to_bytes(64, "little"), 64)))
"""

_EXEC = """
import multiprocessing, pty, subprocess

attempt("run", lambda: subprocess.run(["/bin/true"], check=True))
attempt("shell", lambda: subprocess.check_output("touch " + MARKS + "/shell", shell=True))
attempt("spawn", lambda: os.posix_spawn("/bin/true", ["true"], {}))
attempt("system", lambda: checked(-os.system("touch " + MARKS + "/system")))
attempt("popen", lambda: os.popen("id").read() or checked(-1))
attempt("pool", lambda: multiprocessing.get_context("fork").Process(target=print).start())
attempt("terminal", lambda: pty.fork())
attempt("memory file", lambda: checked(libc.syscall(319, b"x", 0)))
attempt("execveat", lambda: checked(libc.syscall(322, -1, b"/bin/true", 0, 0, 0)))
attempt("python", lambda: os.execv(sys.executable or "/usr/bin/python3", ["python3", "-c", "print()"]))
"""

_DAEMON = """
def daemon():
    if os.fork():
        return "started"
    os.setsid()
    if os.fork() == 0:
        for _ in range(20):
            with open(MARKS + "/daemon", "a") as file:
                file.write("still here")
            time.sleep(0.1)
    os._exit(0)


attempt("daemon", daemon)
attempt("session", os.setsid)
attempt("group", lambda: os.setpgid(0, 0))
attempt("outlive", lambda: checked(libc.prctl(1, 0, 0, 0, 0)))
attempt("adopt", lambda: checked(libc.prctl(36, 1, 0, 0, 0)))
"""

_SIGNALS = """
import fcntl, resource

PIDFD_OPEN, TGKILL, QUEUE = 434, 234, 129
for pid in (os.getppid(), 1, 2):
    attempt(f"signal {pid}", lambda: os.kill(pid, 0))
    attempt(f"queue {pid}", lambda: checked(libc.syscall(QUEUE, pid, 0, ctypes.create_string_buffer(128))))
    attempt(f"thread {pid}", lambda: checked(libc.syscall(TGKILL, pid, pid, 0)))
    attempt(f"hold {pid}", lambda: checked(libc.syscall(PIDFD_OPEN, pid, 0)))
    attempt(f"owner {pid}", lambda: fcntl.fcntl(os.open("/dev/null", os.O_RDWR), fcntl.F_SETOWN, pid))
    attempt(f"limit {pid}", lambda: resource.prlimit(pid, resource.RLIMIT_NOFILE))
    attempt(f"nice {pid}", lambda: os.setpriority(os.PRIO_PROCESS, pid, os.getpriority(os.PRIO_PROCESS, pid)))
    attempt(f"affinity {pid}", lambda: os.sched_setaffinity(pid, os.sched_getaffinity(pid)))
attempt("own limits", lambda: resource.setrlimit(resource.RLIMIT_AS, (-1, -1)))
attempt("timer", lambda: checked(libc.syscall(222, 0, 0, ctypes.create_string_buffer(8))))
"""

_PRIVILEGES = """
attempt("user", lambda: os.setuid(0) if os.getuid() else checked(-1))
attempt("groups", lambda: os.setgroups([0]))
for name, flags in {"user": 0x10000000, "mount": 0x20000, "network": 0x40000000, "processes": 0x20000000}.items():
    attempt(f"namespace {name}", lambda: checked(libc.unshare(flags)))
    attempt(f"thread in a namespace {name}", lambda: checked(libc.syscall(56, 0x10F00 | flags, 0, 0, 0, 0)))
attempt("mount", lambda: checked(libc.mount(b"none", b"/scratch", b"tmpfs", 0, None)))
attempt("remount", lambda: checked(libc.mount(None, b"/", None, 32, None)))
attempt("chroot", lambda: os.chroot("."))
attempt("dumpable", lambda: checked(libc.prctl(4, 1, 0, 0, 0)))
attempt("capabilities", lambda: checked(libc.syscall(126, b"\\x22\\x05\\x08\\x20" + bytes(4), b"\\xff" * 24)))
"""

_KERNEL = """
NUMBERS = {
    "bpf": 321, "perf": 298, "keys": 250, "fault": 323, "ring": 425, "module": 175, "load": 313, "io": 172,
    "kexec": 246, "swap": 167, "clock": 227, "reboot": 169, "acct": 163, "quota": 179, "shm": 29,
    "sem": 64, "key": 248, "fan": 300, "watch": 253, "seccomp": 317, "secret": 447,
    "landlock": 444, "ptrace": 101, "personality": 135, "mlock": 151, "xattr": 188,
}
for name, number in NUMBERS.items():
    attempt(name, lambda: checked(libc.syscall(number, 0, 0, 0, 0, 0, 0)))
"""


def _out(student: str, row: str, tries: str, deeds: str) -> Attack:
    return wager(student, row, tries, deeds, success="points, something heard by a listener, a mark, or a new process")


ATTACKS: tuple[Attack, ...] = (
    _out("network_tcp", "network", "It connects to a port of this machine, and listens.", _TCP),
    _out("network_udp", "network", "It sends datagrams and opens sockets of rare families.", _UDP),
    _out("network_unix", "network", "It connects to unix sockets, by path and by abstract name.", _UNIX),
    _out("network_calls", "network", "It makes the calls of sockets by number, also on its connection.", _RAW_CALLS),
    spoiled(
        "network_x32",
        "network",
        "It makes a call of another architecture, which a filter may not know.",
        answers={"double": _OTHER_ARCHITECTURE},
    ),
    _out("processes_fork", "processes", "It forks in every way that there is.", _FORK),
    _out("processes_exec", "processes", "It runs other programs.", _EXEC),
    _out("processes_daemon", "processes", "It leaves a process behind that writes for two seconds.", _DAEMON),
    _out("processes_signals", "processes", "It signals, holds and limits other processes.", _SIGNALS),
    _out("processes_privileges", "processes", "It asks for users, namespaces, mounts and capabilities.", _PRIVILEGES),
    _out("processes_kernel", "processes", "It asks the kernel for whatever an exercise never needs.", _KERNEL),
    spoiled(
        "network_beside",
        "network",
        "It solves all questions, and then tries to send the answers to a friend.",
        success="something heard by a listener, or points that are deserved are missing",
        end=ATTEMPT + _TCP,
        honest=FULL,
    ),
    spoiled(
        "processes_beside",
        "processes",
        "It solves all questions, and then starts programs.",
        success="a new process, or points that are deserved are missing",
        end=ATTEMPT + _EXEC + _DAEMON,
        honest=FULL,
    ),
)
