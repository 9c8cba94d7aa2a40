"""What `autograder doctor` says on machines where something is really missing: each state its line and its remedy."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from autograder.instructor import checkup
from autograder.sandbox import places
from tests import minicourse
from tests.machines import Machine, container, without

pytestmark = pytest.mark.skipif(
    os.getuid() != 0 or not shutil.which("bwrap"), reason="needs root and bubblewrap to make such machines"
)

NOWHERE = "/nonexistent"
SEPARATOR = "│"


def shell(command: str) -> tuple[str, ...]:
    """The rest of a command in a shell that did something first."""
    return "sh", "-c", f'{command}; exec "$@"', "-"


def site() -> Path:
    return places.libraries()[0]


def libseccomp() -> str:
    found = next(Path("/usr/lib").glob("*/libseccomp.so.2"), None)
    assert found is not None
    return str(found.resolve())


def devices(*names: str) -> list[str]:
    return [option for name in names for option in ("--dev-bind", f"/dev/{name}", f"/dev/{name}")]


def no_container(*options: str) -> tuple[str, ...]:
    """The command for a machine that has no mark of a container, even where this one has it."""
    places = [str(path) for path in Path("/").iterdir() if path.name != ".dockerenv"]
    command = container(*(option for place in places for option in ("--dev-bind", place, place)), *options)
    return (command[0], *command[4:])  # without all of / at once


@dataclass(frozen=True)
class State:
    """A machine, and what doctor has to say there: mode, exit status, and by line its sign, detail and remedy."""

    mode: str
    status: int
    says: Mapping[str, tuple[str, str, str]]
    inside: tuple[str, ...] = ()
    blocked: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)


def bubblewrap_fails(detail: str, remedy: str) -> dict[str, tuple[str, str, str]]:
    return {"bubblewrap": ("✗", detail, remedy), "Landlock": ("✓", "version", "")}


def states() -> dict[str, State]:
    """Every state, by what is wrong."""
    refused, no_permission = {"blocked": "namespaces"}, "No permissions to create"
    full, one_layer, none = ("full", 0), ("one layer", 0), ("none", 1)
    no_namespaces = shell("echo 0 > /proc/sys/user/max_user_namespaces")
    masked = ["--proc", "/proc", "--ro-bind", "/proc/sys", "/proc/sys", "--ro-bind", "/dev/null", "/proc/interrupts"]
    closed_tmp = container("--tmpfs", "/tmp", "--ro-bind", "/var/tmp", "/var/tmp", "--bind", "{course}", "{course}")
    no_folder = container(
        "--ro-bind", tempfile.gettempdir(), tempfile.gettempdir(), "--ro-bind", "/var/tmp", "/var/tmp"
    )
    in_podman = container("--tmpfs", "/run", "--ro-bind", "/dev/null", "/run/.containerenv")
    bare_devices = container("--tmpfs", "/dev", *devices("null", "zero", "full", "random", "urandom"))
    without_setuid = ("setpriv", "--bounding-set=-setuid,-setgid", "--inh-caps=-setuid,-setgid")
    kernel = no_container("--bind", "{kernel}", "/proc/sys/kernel")
    return {
        "all is well": State(*full, dict.fromkeys(("bubblewrap", "Landlock", "own user", "disk"), ("✓", "", ""))),
        "no bwrap": State(
            *one_layer,
            bubblewrap_fails("bwrap is not installed", "apt install bubblewrap"),
            environment={"PATH": NOWHERE},
        ),
        "a filter refuses namespaces": State(
            *one_layer,
            bubblewrap_fails(no_permission, "the system-call filter that this runs under"),
            inside=no_container(),
            **refused,
        ),
        "a container refuses namespaces": State(
            *one_layer,
            bubblewrap_fails(no_permission, "--security-opt seccomp=unconfined"),
            inside=in_podman,
            **refused,
        ),
        "a pod refuses namespaces": State(
            *one_layer,
            bubblewrap_fails(no_permission, "seccompProfile: {type: Unconfined}"),
            environment={"KUBERNETES_SERVICE_HOST": "10.0.0.1"},
            **refused,
        ),
        "the kernel allows no namespaces": State(
            *one_layer,
            bubblewrap_fails("max_*_namespaces exceeded", "sysctl user.max_user_namespaces="),
            inside=("unshare", "--user", "--map-root-user", *no_namespaces),
        ),
        "unprivileged_userns_clone": State(
            *one_layer,
            bubblewrap_fails(no_permission, "sysctl kernel.unprivileged_userns_clone=1"),
            inside=kernel,
            environment={"SETTING": "unprivileged_userns_clone=0"},
            **refused,
        ),
        "AppArmor": State(
            *one_layer,
            bubblewrap_fails(no_permission, "sysctl kernel.apparmor_restrict_unprivileged_userns=0"),
            inside=kernel,
            environment={"SETTING": "apparmor_restrict_unprivileged_userns=1"},
            **refused,
        ),
        "bwrap is broken": State(
            *one_layer,
            bubblewrap_fails("bwrap: out of order", "apt install --reinstall bubblewrap"),
            environment={"BWRAP": "bwrap: out of order"},
        ),
        "bwrap is old": State(
            *one_layer,
            bubblewrap_fails("Unknown option --size", "install a newer bubblewrap"),
            environment={"BWRAP": "bwrap: Unknown option --size"},
        ),
        "masked /proc": State(*full, {"bubblewrap": ("✓", "", "")}, inside=container(*masked)),
        "no /dev/shm": State(*full, {"temporary files": ("✓", "", "")}, inside=bare_devices),
        "Landlock switched off": State(
            *one_layer, {"Landlock": ("✗", "switched off", "boot parameter lsm=")}, blocked="landlock"
        ),
        "a kernel without Landlock": State(
            *one_layer, {"Landlock": ("✗", os.uname().release, "Linux 5.13 or later")}, blocked="old kernel"
        ),
        "the first Landlock": State(
            *full, {"Landlock": ("✓", "version 1:", ""), "bubblewrap": ("✓", "", "")}, blocked="old landlock"
        ),
        "no filter can be loaded": State(
            *none,
            {"system-call filter": ("✗", "the kernel refused the filter", "CONFIG_SECCOMP_FILTER")},
            blocked="seccomp",
        ),
        "no libseccomp": State(
            *none,
            {"system-call filter": ("✗", "pyseccomp does not work here", "apt install libseccomp2")},
            inside=container("--ro-bind", "/dev/null", libseccomp()),
        ),
        "no pyseccomp": State(
            *none,
            {
                "system-call filter": ("✗", "pyseccomp is not installed", "pip install 'nn-autograder[instructor]'"),
                "pyseccomp": ("✗", "not installed", "pip install 'nn-autograder[instructor]'"),
            },
            inside=container(*without(site(), "pyseccomp*")),
        ),
        "no right to become another user": State(
            *full, {"own user": ("✗", "Operation not permitted", "--cap-add SETUID")}, inside=without_setuid
        ),
        "a temporary folder for root only": State(
            *one_layer,
            {"own user": ("✗", "No usable temporary directory", "chmod 1777 /tmp")},
            inside=closed_tmp,
            environment={"PATH": NOWHERE},
        ),
        "no temporary folder": State(
            *none,
            {"temporary files": ("✗", "can be written", "TMPDIR"), "disk": ("✗", "cannot be written to", "owner")},
            inside=no_folder,
        ),
        "no nbgrader": State(
            "full",
            1,
            {"nbgrader": ("✗", "not installed", "pip install 'nn-autograder[instructor]'")},
            inside=container(*without(site(), "nbgrader*")),
        ),
        "no matplotlib": State(
            *none,
            {"matplotlib": ("✗", "not installed", "pip install"), "sandbox": ("✗", "No module named 'matplotlib'", "")},
            inside=container(*without(site(), "matplotlib", "matplotlib-*")),
        ),
        "a shell with little memory": State(
            *full,
            {"limits of the shell": ("!", "memory (ulimit -v) below", "ulimit")},
            inside=shell("ulimit -v 1000000"),
        ),
    }


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A course, and beside it what some machines need."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        minicourse.write_course(Path(name) / "course")
        yield Path(name)


def arranged(folder: Path, environment: dict[str, str]) -> dict[str, str]:
    """Write the bwrap or the kernel setting that a state asks for, and return its environment."""
    if words := environment.pop("BWRAP", ""):
        script = folder / "bin" / "bwrap"
        script.parent.mkdir(exist_ok=True)
        script.write_text(f"#!/bin/sh\necho '{words}' >&2\nexit 1\n")
        script.chmod(0o755)
        environment["PATH"] = f"{script.parent}:{os.environ['PATH']}"
    if setting := environment.pop("SETTING", ""):
        shutil.rmtree(folder / "kernel", ignore_errors=True)
        (folder / "kernel").mkdir()
        for name, value in (setting.split("="), ("overflowuid", "65534"), ("overflowgid", "65534")):
            (folder / "kernel" / name).write_text(f"{value}\n")
    return environment


def diagnosis(printed: str) -> dict[str, tuple[str, str, str]]:
    """The lines of the table by name: sign, detail, remedy."""
    cells = ([cell.strip() for cell in line.split(SEPARATOR)] for line in printed.splitlines())
    return {name: (sign, detail, remedy) for sign, name, detail, remedy in (row for row in cells if len(row) == 4)}


@pytest.mark.parametrize("name", states() if os.getuid() == 0 and shutil.which("bwrap") else [])
def test_state(folder: Path, name: str) -> None:
    """The line of what is missing has its sign, the reason and the remedy; mode and exit status fit."""
    state = states()[name]
    environment = arranged(folder, {"COLUMNS": "900", **state.environment})
    inside = [text.format(course=folder / "course", kernel=folder / "kernel") for text in state.inside]
    machine = Machine(inside=tuple(inside), blocked=state.blocked)
    done = machine.run("-m", "autograder.cli", "doctor", cwd=folder / "course", environment=environment)
    lines = diagnosis(done.stdout)
    for line, (sign, detail, remedy) in state.says.items():
        assert lines[line][0] == sign, done.stdout
        assert detail in lines[line][1]
        assert remedy in lines[line][2]
        assert bool(lines[line][2]) == (sign != "✓")
    assert done.stdout.splitlines()[-2] == f"sandbox: {state.mode}"
    assert (done.returncode, done.stderr) == (state.status, "")
    assert done.stdout.splitlines()[-1].startswith("not ready" if state.status else "ready")


@pytest.mark.parametrize(("megabytes", "sign", "status"), [(64, "!", 0), (8, "✗", 1)])
def test_a_full_disk(folder: Path, megabytes: int, sign: str, status: int) -> None:
    """Little room is said, and almost none stops grading."""
    small = container("--size", str(megabytes << 20), "--tmpfs", "/mnt")
    copied = shell(f"cp -r {folder}/course/. /mnt; cd /mnt")
    done = Machine(inside=(*small, *copied)).run("-m", "autograder.cli", "doctor", environment={"COLUMNS": "900"})
    assert diagnosis(done.stdout)["disk"][0] == sign
    assert "make room" in diagnosis(done.stdout)["disk"][2]
    assert done.returncode == status


class TestSecret:
    @pytest.fixture
    def course(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """A course in a git repository that ignores its secret."""
        monkeypatch.delenv("AUTOGRADER_SECRET", raising=False)
        subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
        (tmp_path / ".gitignore").write_text(".course-secret\n")
        return tmp_path

    @staticmethod
    def keep(course: Path, text: str = "0123456789abcdef", mode: int = 0o600) -> None:
        (course / ".course-secret").write_text(text)
        (course / ".course-secret").chmod(mode)

    def test_none_yet(self, course: Path) -> None:
        """A course without a secret is in order, and none is made by looking."""
        row = checkup._secret(course)
        assert (row.state, "made on first use" in row.detail) == ("ok", True)
        assert not (course / ".course-secret").exists()

    def test_kept_well(self, course: Path) -> None:
        """Readable to its owner and ignored by git is as it should be."""
        self.keep(course)
        assert checkup._secret(course).state == "ok"

    @pytest.mark.parametrize("mode", [0o644, 0o640, 0o602])
    def test_open_to_others(self, course: Path, mode: int) -> None:
        """Whoever else may read or write it is a reason to look."""
        self.keep(course, mode=mode)
        row = checkup._secret(course)
        assert (row.state, row.remedy) == ("look", "chmod 600 .course-secret")

    def test_not_ignored(self, course: Path) -> None:
        """A secret that the next `git add .` would take along is said before that."""
        (course / ".gitignore").write_text("build/\n")
        row = checkup._secret(course)
        assert (row.state, row.remedy) == ("look", "add .course-secret to .gitignore")

    def test_in_git(self, course: Path) -> None:
        """A tracked secret has to be replaced, although git ignores it from now on."""
        self.keep(course)
        subprocess.run(["git", "-C", str(course), "add", "--force", ".course-secret"], check=True)
        row = checkup._secret(course)
        assert (row.state, row.remedy.startswith("git rm --cached .course-secret")) == ("look", True)

    def test_too_short(self, course: Path) -> None:
        """A secret that grading refuses is missing."""
        self.keep(course, text="short")
        row = checkup._secret(course)
        assert (row.state, "at least 16" in row.detail) == ("missing", True)

    @pytest.mark.parametrize(("value", "state"), [("0123456789abcdef", "ok"), ("short", "missing")])
    def test_from_the_environment(self, course: Path, monkeypatch: pytest.MonkeyPatch, value: str, state: str) -> None:
        """The variable counts where it is set, and the value is not said."""
        monkeypatch.setenv("AUTOGRADER_SECRET", value)
        row = checkup._secret(course)
        assert row.state == state
        assert value not in row.detail + row.remedy


class TestPrivateFiles:
    @pytest.fixture
    def course(self, folder: Path) -> Iterator[Path]:
        """A course whose folders are open, in a place that everybody may enter."""
        course = folder / "shared"
        for part in ("reference", "tests", "submitted"):
            (course / part).mkdir(parents=True)
            (course / part).chmod(0o755)
        (course / "gradebook.db").touch(0o644)
        yield course
        shutil.rmtree(course)

    def test_open_ones_are_named(self, course: Path) -> None:
        """What others can read is named, and the remedy closes it."""
        row = checkup._private(course)
        assert (row.state, row.remedy) == ("look", "chmod -R o-rwx reference tests submitted gradebook.db")
        subprocess.run(row.remedy.split(), cwd=course, check=True)
        assert checkup._private(course).state == "ok"

    def test_behind_a_closed_door(self, course: Path) -> None:
        """In a folder that others may not enter nothing is open."""
        course.chmod(0o750)
        assert checkup._private(course).state == "ok"
