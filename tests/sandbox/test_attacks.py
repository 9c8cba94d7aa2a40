"""What a hostile submission tries, with bubblewrap and without: nothing of it works."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import Any

import pytest

from autograder.sandbox import Cell, Limits, Sandbox, Submission
from tests.sandbox import attacks
from tests.sandbox.conftest import SECRET, Load

RESOURCES = """
import os, threading, time
import numpy as np

def threads():
    started = 0
    try:
        for started in range(100_000):
            threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    except RuntimeError:
        return started

def disk():
    written = 0
    try:
        for n in range(100):
            with open(f"{n}", "wb") as file:
                for _ in range(10):
                    written += file.write(b"x" * (1 << 20))
    except OSError:
        return written >> 20

def one_file():
    written = 0
    try:
        with open("large", "wb") as file:
            while True: written += file.write(b"x" * (1 << 20))
    except OSError:
        return written >> 20

def descriptors():
    kept = []
    try:
        while True: kept.append(os.open(os.devnull, os.O_RDONLY))
    except OSError:
        return len(kept)

def is_open(number):
    try: os.fstat(number)
    except OSError: return False
    return True

def inherited(): return [number for number in range(2000) if is_open(number)]
def environment(): return dict(os.environ)
def identity(): return os.getuid(), os.geteuid(), os.getgid(), os.getgroups()
def where(): return os.getcwd()
def leave(name):
    with open(name, "w") as file: file.write("x")
def scratch(): return os.listdir(".")
"""

SECONDS = 20.0


@pytest.fixture(scope="module")
def hostile(sandbox: Sandbox, one_layer: Sandbox) -> Any:
    """The attacking submission in each kind of sandbox."""
    cells = [Cell("attacks", attacks.notebook())]
    loaded = {box: box.load(cells, limits=Limits(call_seconds=SECONDS), seed=0) for box in (sandbox, one_layer)}
    yield loaded
    for submission in loaded.values():
        submission.close()


@pytest.fixture(scope="module")
def unconfined() -> dict[str, str]:
    """What the same attacks achieve in an ordinary process: the control."""
    code = attacks.notebook() + f"\nimport json\nprint(json.dumps({{n: attack(n) for n in {list(attacks.ATTACKS)}}}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    attacks.remove_marks()
    result: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return result


@pytest.mark.parametrize("name", attacks.ATTACKS)
def test_attack_is_refused(hostile: dict[Sandbox, Submission], either: Sandbox, name: str) -> None:
    """The attack ends in an error of the system."""
    assert hostile[either].attack(name) in attacks.REFUSED


@pytest.mark.skipif(os.getuid() != 0, reason="only root may write to the standard library")
def test_the_attacks_are_real(unconfined: dict[str, str]) -> None:
    """Outside the sandbox the same code works: the refusals are the sandbox's doing."""
    failed = {name for name, outcome in unconfined.items() if outcome != "worked"}
    # Some containers have no key rings and no processes to hold.
    assert failed <= {"a key ring", "hold the parent", "limits of the parent"}


class TestResources:
    def test_threads_end(self, load: Load, either: Sandbox) -> None:
        """Threads can be started, but not without end."""
        assert 1 < load(RESOURCES, inside=either, call_seconds=SECONDS).threads() < 300

    def test_disk_ends(self, load: Load, sandbox: Sandbox) -> None:
        """All files together have a limit."""
        if not sandbox.protection.layer("bubblewrap").active:
            pytest.skip("without bubblewrap nothing can be written at all")
        submission = load(RESOURCES, call_seconds=SECONDS)
        assert submission.one_file() == 16
        assert 0 < submission.disk() <= 64 - 16

    def test_nothing_is_writable_without_bubblewrap(self, load: Load, one_layer: Sandbox) -> None:
        """Without a capped folder there is none."""
        submission = load(RESOURCES, inside=one_layer)
        assert (submission.disk(), submission.one_file()) == (0, 0)

    def test_descriptors_end(self, load: Load, either: Sandbox) -> None:
        """The number of open files is limited."""
        assert load(RESOURCES, inside=either).descriptors() == 64 - 4

    def test_nothing_is_inherited(self, load: Load, either: Sandbox) -> None:
        """Standard streams and the connection are open, nothing else of the grader is."""
        assert load(RESOURCES, inside=either).inherited() == [0, 1, 2, 3]

    def test_the_environment_is_fixed(self, load: Load, either: Sandbox) -> None:
        """No variable of the grader is there, its secret least of all."""
        environment = load(RESOURCES, inside=either).environment()
        fixed = {"PATH", "LANG", "HOME", "PYTHONHASHSEED", "MPLBACKEND", "MPLCONFIGDIR", "IPYTHONDIR", "TMPDIR", "PWD"}
        assert set(environment) <= fixed | {f"{name}_NUM_THREADS" for name in ("OMP", "MKL", "OPENBLAS")}
        assert SECRET not in environment.values()

    def test_it_is_not_root(self, load: Load, either: Sandbox) -> None:
        """Where the grader is root, a worker is nobody, in no group."""
        user = 65534 if os.getuid() == 0 else os.getuid()
        uid, effective, group, groups = load(RESOURCES, inside=either).identity()
        assert (uid, effective) == (user, user)
        if os.getuid() == 0:
            assert (group, set(groups) <= {65534}) == (65534, True)


class TestScratch:
    def test_is_private_and_fresh(self, load: Load, sandbox: Sandbox) -> None:
        """Each process has its own empty folder; a crash empties it, and others cannot see it."""
        if not sandbox.protection.layer("bubblewrap").active:
            pytest.skip("without bubblewrap there is none")
        source = RESOURCES + "\ndef end(): os._exit(0)"
        first, second = load(source), load(source)
        first.leave("mark")
        assert (first.scratch(), second.scratch()) == (["mark"], [])
        with pytest.raises(Exception, match="exit code 0"):
            first.end()
        assert first.scratch() == []

    def test_files_of_others_cannot_be_read(self, load: Load, sandbox: Sandbox) -> None:
        """A file in another submission's folder cannot be opened."""
        if not sandbox.protection.layer("bubblewrap").active:
            pytest.skip("without bubblewrap there is none")
        first, second = load(RESOURCES), load(RESOURCES + "\ndef read(path): return open(path).read()")
        first.leave("mark")
        with pytest.raises(Exception, match="PermissionError"):
            second.read(first.where() + "/mark")


def test_nothing_survives_the_submission(load: Load, either: Sandbox) -> None:
    """A thread that would write later does not: the process has ended when the submission is closed."""
    submission = load(RESOURCES, inside=either)
    channel = submission._session.worker("where")
    handle = os.dup(channel._handle)
    submission.close()
    with pytest.raises(ProcessLookupError):
        signal.pidfd_send_signal(handle, 0)
    os.close(handle)
