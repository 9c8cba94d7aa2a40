"""Which protection holds where parts of it are missing: found by running in a process that really lacks them."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from autograder.errors import SandboxError
from autograder.sandbox import UNSAFE_FLAG, Cell, Sandbox, launch, layers, places, syscalls
from autograder.sandbox.inside.kernel import prctl
from tests.machines import ORDINARY_USER, Machine, container, ordinary_user
from tests.sandbox import attacks

_GET_DUMPABLE = 3
HERE = Machine()
as_root = pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
has_bubblewrap = pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is not installed")


def report(
    machine: Machine = HERE, *, blocked: str = "", unsafe: bool = False, root: Path | None = None, **environment: str
) -> dict[str, Any]:
    """The report of a machine where these things are blocked."""
    machine = replace(machine, blocked=blocked, root=root or machine.root)
    return printed(machine, "-m", "tests.sandbox.report", *(["unsafe"] if unsafe else []), **environment)


def printed(machine: Machine, *arguments: str, **environment: str) -> dict[str, Any]:
    """What a Python process printed as JSON."""
    done = machine.run(*arguments, environment=environment)
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def worked(result: dict[str, Any]) -> set[str]:
    return {name for name, outcome in result["attacks"].items() if outcome == "worked"}


def assert_grades_safely(result: dict[str, Any], mode: str) -> None:
    assert result["mode"] == mode
    assert (result["doubled"], result["figure"]) == (5.0, True)
    assert set(result["attacks"].values()) <= set(attacks.REFUSED)


@pytest.fixture(scope="module")
def ordinary() -> Iterator[Machine]:
    """The same machine for somebody who is not root."""
    with ordinary_user() as machine:
        yield machine


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter, which pytest's own is not."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    """A copy of the repository in a folder that only its owner may enter."""
    for name in ("autograder", "tests", "reference"):
        shutil.copytree(attacks.ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    tmp_path.chmod(0o700)
    return tmp_path


@has_bubblewrap
class TestFull:
    def test_as_this_user(self) -> None:
        """With bubblewrap, Landlock and the filter the sandbox is full, and no attack works."""
        assert_grades_safely(report(), "full")

    @as_root
    def test_as_an_ordinary_user(self, ordinary: Machine) -> None:
        """An ordinary user has the same protection."""
        result = report(ordinary)
        assert result["user"] == ORDINARY_USER
        assert_grades_safely(result, "full")


class TestOneLayer:
    def test_without_the_program(self) -> None:
        """Without bwrap the mode is one layer, the remedy is named, and no attack works."""
        result = report(PATH="/nonexistent")
        assert_grades_safely(result, "one layer")
        assert "apt install bubblewrap" in result["missing"]["bubblewrap"]

    @has_bubblewrap
    def test_without_namespaces(self) -> None:
        """Where namespaces are blocked bubblewrap fails, the reason is kept, and no attack works."""
        result = report(blocked="namespaces")
        assert_grades_safely(result, "one layer")
        assert result["tries"][0].startswith("inside bubblewrap")
        assert "No permissions to create" in result["missing"]["bubblewrap"]
        assert "user namespaces" in result["missing"]["bubblewrap"]

    @as_root
    @has_bubblewrap
    def test_without_namespaces_as_an_ordinary_user(self, ordinary: Machine) -> None:
        """The second layer holds for an ordinary user, too: the grader has the same uid there."""
        result = report(ordinary, blocked="namespaces")
        assert result["user"] == ORDINARY_USER
        assert_grades_safely(result, "one layer")

    @has_bubblewrap
    def test_without_landlock(self) -> None:
        """Bubblewrap and the filter without Landlock are one layer; the course stays out of reach."""
        result = report(blocked="landlock")
        assert result["mode"] == "one layer"
        assert result["doubled"] == 5.0
        assert "Landlock" in result["missing"]
        harmless = {"list the root folder", "list devices", "list temporary files", "list the course"}
        harmless.add("list installed packages")  # of which only those that can be imported are there
        if attacks.ROOT.is_relative_to(Path.home()):  # then the way to Python leads through it, with nothing else there
            harmless.add("list the home folder")
        assert worked(result) - harmless <= {"write to the temporary folder"}

    def test_with_the_first_landlock(self) -> None:
        """Where the kernel knows only the first version of Landlock, no attack works either."""
        result = report(blocked="old landlock", PATH="/nonexistent")
        assert_grades_safely(result, "one layer")
        assert "Landlock" in result["active"]


class TestContainer:
    @as_root
    @has_bubblewrap
    def test_with_a_masked_proc(self) -> None:
        """A container hides parts of /proc and permits no writing there: bubblewrap works all the same."""
        masked = [
            "--proc",
            "/proc",
            "--ro-bind",
            "/proc/sys",
            "/proc/sys",
            "--ro-bind",
            "/dev/null",
            "/proc/interrupts",
        ]
        inside = container(*masked)
        nested = subprocess.run(
            [*inside, "bwrap", "--unshare-user", "--unshare-pid", "--ro-bind", "/", "/", "--proc", "/proc", "true"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Can't mount proc" in nested.stderr  # the mask is real
        assert_grades_safely(report(replace(HERE, inside=inside)), "full")

    def test_no_user_namespaces_for_submissions(self, either: Sandbox) -> None:
        """The filter, not bubblewrap, keeps a submission from making a user namespace of its own."""
        with either.load([Cell("namespaces", _NAMESPACES)], seed=0) as submission:
            assert submission.unshare() == "EPERM"
            assert submission.clone() == "EPERM"
            assert submission.clone3() == "ENOSYS"


@as_root
class TestRootOnly:
    @pytest.mark.parametrize(
        ("path", "mode"),
        [pytest.param(os.environ["PATH"], "full", marks=has_bubblewrap), ("/nonexistent", "one layer")],
    )
    def test_where_the_package_is_closed_to_others(self, closed: Path, path: str, mode: str) -> None:
        """Where no other user may read the package, workers are root without capabilities, and no attack works."""
        result = report(root=closed, PYTHONPATH=str(closed), PATH=path)
        assert_grades_safely(result, mode)
        assert "workers run as root without capabilities" in result["missing"]["own user"]
        assert any("as user 65534" in text for text in result["tries"])
        first = next(folder for folder in [*reversed(closed.parents), closed] if not folder.stat().st_mode & 0o001)
        assert f"{first} is closed to others" in result["missing"]["own user"]


_HELD = """
import json, os
from pathlib import Path
from autograder.sandbox import Cell, Sandbox
from tests.attack_table.supervise import command_line, descendants

def held(pid):
    fields = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return {name: int(value, 16) for name, value in fields.items() if name.startswith("Cap")}

with Sandbox() as sandbox, sandbox.load([Cell("a", "def f(): return 1")], seed=0) as submission:
    assert submission.f() == 1
    commands = {pid: command_line(pid) for pid in descendants(os.getpid())}
    commands = {pid: command for pid, command in commands.items() if b"boot.py" in command}
    print(json.dumps({
        "mode": sandbox.protection.mode,
        "tries": sandbox.protection.tries,
        "bubblewrap": sandbox.protection.layer("bubblewrap").detail,
        "around": [held(pid) for pid, command in commands.items() if b"bwrap" in command],
        "inside": [held(pid) for pid, command in commands.items() if b"bwrap" not in command],
    }))
"""

_SETS = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")

_SECURE = """
import sys
from types import ModuleType
for name, folder in (("autograder", sys.argv[1]), ("autograder.sandbox", sys.argv[1] + "/sandbox")):
    sys.modules[name] = ModuleType(name)
    sys.modules[name].__path__ = [folder]
from autograder.sandbox.inside import kernel, lockdown
print(lockdown.shed_privileges(), kernel.prctl(27))
for arguments in ((28, 0), (24, 21), (47, 2, 21)):
    try: print(kernel.prctl(*arguments))
    except OSError as error: print(error.errno)
"""


@has_bubblewrap
class TestCapabilities:
    """Inside bubblewrap the zygote may mount at first; nothing of that is left when the first submission is there."""

    def assert_none(self, result: dict[str, Any], mode: str) -> None:
        assert result["mode"] == mode
        assert result["inside"] == 2 * [dict.fromkeys(_SETS, 0)]  # the zygote and the worker
        for around in result["around"]:
            assert not any(around[name] for name in _SETS if name != "CapBnd")

    @pytest.mark.parametrize(("blocked", "mode"), [("", "full"), ("landlock", "one layer"), ("quota", "full")])
    def test_as_this_user(self, blocked: str, mode: str) -> None:
        """No set holds any, the bounding set neither."""
        result = printed(replace(HERE, blocked=blocked), "-c", _HELD)
        self.assert_none(result, mode)
        assert result["tries"] == []

    @as_root
    @pytest.mark.parametrize(("blocked", "mode"), [("", "full"), ("landlock", "one layer")])
    def test_as_an_ordinary_user(self, ordinary: Machine, blocked: str, mode: str) -> None:
        """The same for who is not root."""
        self.assert_none(printed(replace(ordinary, blocked=blocked), "-c", _HELD), mode)

    @as_root
    def test_as_root_itself(self, closed: Path) -> None:
        """The same where workers can only be root."""
        result = printed(replace(HERE, root=closed), "-c", _HELD, PYTHONPATH=str(closed))
        assert "as user 65534" in result["tries"][0]
        self.assert_none(result, "full")

    def test_where_they_cannot_be_given_up(self, open_folder: Path) -> None:
        """Where a profile lets nobody give them up, it is started again without them, and says what that costs."""
        program = open_folder / "bwrap"
        program.write_text(
            f"#!{sys.executable} -IS\nimport os, sys\n"
            "words = ['CAP_SYS_ADMIN' if word == 'CAP_SETPCAP' else word for word in sys.argv[1:]]\n"
            f"os.execv({shutil.which('bwrap')!r}, ['bwrap', *words])\n"
        )
        program.chmod(0o755)
        result = printed(HERE, "-c", _HELD, PATH=f"{open_folder}:{os.environ['PATH']}")
        self.assert_none(result, "full")
        assert len(result["tries"]) == 1
        assert "cannot be given up" in result["tries"][0]
        assert "does not limit here how many files" in result["bubblewrap"]

    def test_root_means_nothing_for_good(self) -> None:
        """Where a process has given all up, uid 0 gets nothing back, and nothing of this can be changed any more."""
        wrapped = [*launch._bubblewrap(few_files=True), str(places.interpreter()), "-P", "-S", "-B", "-c", _SECURE]
        done = subprocess.run([*wrapped, str(places.PACKAGE)], capture_output=True, text=True, check=False)
        refused = str(errno.EPERM)
        assert done.stdout.split() == ["True", str(0b101111), *[refused] * 3], done.stderr


class TestRefusal:
    @pytest.mark.parametrize(
        ("blocked", "reasons"),
        [
            ("namespaces,landlock", ["bubblewrap: ", "Landlock: ", "Linux 5.13"]),
            ("seccomp", ["system-call filter: the kernel refused the filter"]),
            ("namespaces,seccomp", ["bubblewrap: ", "system-call filter: "]),
        ],
    )
    def test_says_reason_remedy_and_flag(self, blocked: str, reasons: list[str]) -> None:
        """Without file protection or without a filter nothing is graded; the message says what to do."""
        error = report(blocked=blocked)["error"]
        assert all(reason in error for reason in reasons)
        assert UNSAFE_FLAG in error

    @as_root
    def test_as_an_ordinary_user(self, ordinary: Machine) -> None:
        """The refusal does not depend on the user."""
        assert UNSAFE_FLAG in report(ordinary, blocked="namespaces,landlock")["error"]

    def test_the_risk_can_be_accepted(self) -> None:
        """With the flag grading goes on, and the mode is none; then attacks do work."""
        result = report(blocked="namespaces,landlock", unsafe=True)
        assert (result["mode"], result["doubled"]) == ("none", 5.0)
        assert "read the password file" in worked(result)
        assert "TCP" not in worked(result)

    def test_without_pyseccomp(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where the package that builds the filter is missing, its name is in the reason."""
        monkeypatch.setitem(sys.modules, "pyseccomp", None)
        monkeypatch.setattr(syscalls, "filter_program", syscalls.filter_program.__wrapped__)
        with pytest.raises(SandboxError, match="the Python package pyseccomp is not installed") as caught:
            Sandbox()
        assert UNSAFE_FLAG in str(caught.value)

    def test_on_another_system(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """On a system other than Linux there is no sandbox at all."""
        monkeypatch.setattr(sys, "platform", "darwin")
        with pytest.raises(SandboxError, match="needs Linux"):
            Sandbox(unsafe=True)


class TestWords:
    @pytest.mark.parametrize(
        ("bubblewrap", "landlock", "no_filter", "mode"),
        [
            (True, 7, "", "full"),
            (True, 0, "", "one layer"),
            (False, 7, "", "one layer"),
            (False, 1, "", "one layer"),
            (False, 0, "", "none"),
            (True, 7, "no", "none"),
            (False, 7, "no", "none"),
            (False, 0, "no", "none"),
        ],
    )
    def test_mode(self, bubblewrap: bool, landlock: int, no_filter: str, mode: str) -> None:
        """The filter is needed, and at least one of bubblewrap and Landlock."""
        protection = layers.describe(
            bubblewrap=bubblewrap,
            few_files=True,
            landlock=landlock,
            no_filter=no_filter,
            user=5,
            dropped=False,
            tries=(),
        )
        assert protection.mode == mode
        active = [layer.active for layer in protection.layers[:3]]
        assert active == [bubblewrap, landlock > 0, not no_filter]

    def test_every_missing_layer_has_a_remedy(self) -> None:
        """What is missing comes with something to do about it."""
        protection = layers.describe(
            bubblewrap=False,
            few_files=True,
            landlock=0,
            no_filter="no",
            user=0,
            dropped=False,
            tries=("inside bubblewrap: no",),
        )
        assert len(protection.missing) == 4
        assert all(layer.detail and layer.remedy for layer in protection.missing)

    def test_probe(self) -> None:
        """The probe names five layers, and the limits always hold."""
        found = Sandbox.probe()
        assert [layer.name for layer in found] == ["bubblewrap", "Landlock", "system-call filter", "own user", "limits"]
        assert found[-1].active


def test_the_grader_is_hardened(sandbox: Sandbox) -> None:
    """A process with a sandbox cannot be read or traced by others of its user."""
    assert sandbox.protection.mode != "none"
    assert prctl(_GET_DUMPABLE) == 0


class TestPlaces:
    def test_the_course_is_not_among_what_can_be_read(self) -> None:
        """No readable folder contains the repository, and none lies in its hidden folders."""
        hidden = [attacks.ROOT / name for name in ("reference", "tests", "assignments")]
        for place in places.readable():
            assert not attacks.ROOT.is_relative_to(place)
            assert not any(place.is_relative_to(folder) for folder in hidden)

    def test_of_the_package_only_the_sandbox_is_mounted(self) -> None:
        """The zygote sees the sandbox's own code and the exceptions, nothing else of the framework."""
        mounted = [place for place in places.mounted() if place.is_relative_to(attacks.ROOT / "autograder")]
        assert {place.name for place in mounted} == {"sandbox", "errors.py"}


_NAMESPACES = """
import ctypes, errno, os, struct
libc = ctypes.CDLL(None, use_errno=True)
CLONE = {"x86_64": 56, "aarch64": 220}[os.uname().machine]
NEW_USER = 0x10000000
def outcome(result):
    return "worked" if result >= 0 else errno.errorcode[ctypes.get_errno()]
def unshare(): return outcome(libc.unshare(NEW_USER))
def clone(): return outcome(libc.syscall(CLONE, ctypes.c_ulong(NEW_USER | 17), 0, 0, 0, 0))
def clone3():
    arguments = struct.pack("<11Q", NEW_USER, *[0] * 3, 17, *[0] * 6)
    return outcome(libc.syscall(435, arguments, len(arguments)))
"""

_LIFE = """
import json, os, signal
from pathlib import Path
from autograder.errors import CallFailed
from autograder.sandbox import Cell, Limits, Sandbox

def descriptors():
    return sorted(os.listdir("/proc/self/fd")) if os.access("/proc/self/fd", os.R_OK) else []

def group(leader):
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try: fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError: continue
        if leader in (int(fields[2]), int(fields[3])): found.append(stat.parent.name)
    return found

Sandbox().close()
before = descriptors()
sandbox = Sandbox()
leader = sandbox._host._started.process.pid
cells = [Cell("a", "import os\\ndef f(): return 1\\ndef end(): os._exit(0)\\ndef spin():\\n    while True: pass")]
for n in range(5):
    submission = sandbox.load(cells, limits=Limits(call_seconds=0.1), seed=0)
    for name in ("f", "end", "f", "spin", "f"):
        try: getattr(submission, name)()
        except CallFailed: pass
    if n < 3: submission.close()
alive = len(group(leader))
sandbox.close()
try: child = os.waitpid(-1, os.WNOHANG)
except ChildProcessError: child = None
print(json.dumps({"before": before, "after": descriptors(), "alive": alive, "leader": leader, "child": child}))
"""


@pytest.mark.parametrize("path", [os.environ["PATH"], "/nonexistent"], ids=["best", "one layer"])
def test_nothing_is_left_behind(path: str) -> None:
    """After a sandbox is closed there is no process, no zombie and no descriptor of it."""
    result = printed(HERE, "-c", _LIFE, PATH=path)
    assert result["alive"] > 0
    assert result["child"] is None
    assert result["after"] == result["before"]
    wait_until_gone(result["leader"])


def test_a_killed_grader_takes_everything_with_it() -> None:
    """When the grader dies of SIGKILL, zygote and workers end by themselves."""
    code = _LIFE.split("for n in range")[0] + (
        "submission = sandbox.load(cells, seed=0)\nprint(leader, flush=True)\nsubmission.spin()\n"
    )
    with subprocess.Popen([HERE.python, "-c", code], stdout=subprocess.PIPE, text=True, cwd=attacks.ROOT) as grader:
        assert grader.stdout is not None
        leader = int(grader.stdout.readline())
        assert processes_of(leader)
        grader.kill()
    wait_until_gone(leader)


def processes_of(leader: int) -> list[str]:
    """The commands of the process group and session of this leader."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if leader in (int(fields[2]), int(fields[3])) and fields[0] != "Z":
            found.append(stat.parent.name)
    return found


def wait_until_gone(leader: int) -> None:
    deadline = time.monotonic() + 5
    while processes_of(leader):
        assert time.monotonic() < deadline, "processes are left"
        time.sleep(0.02)
