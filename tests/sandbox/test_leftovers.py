"""A submission gets an empty folder with all of its room, whatever the one before it left behind."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.sandbox import Sandbox
from autograder.sandbox.launch import FILES
from tests.sandbox.conftest import Load

UNLISTED = """
import os

def leave():
    os.mkdir("unlisted", 0o300)
    written = 0
    try:
        for number in range(10):
            with open(f"unlisted/{number}", "wb") as file:
                written += file.write(bytes(11 << 20))
    except OSError:
        pass
    return written >> 20
"""

DEEP = """
import os

def leave():
    for level in range(1500):
        os.mkdir("d")
        os.chdir("d")
    with open("bottom", "wb") as file:
        return file.write(bytes(15 << 20)) >> 20
"""

ROOM = """
import os

def room():
    with open("mine", "wb") as file:
        written = file.write(bytes(15 << 20))
    return os.listdir("."), os.statvfs(".").f_bavail * os.statvfs(".").f_bsize >> 20
"""

COUNT = """
calls = 0

def count():
    global calls
    calls += 1
    return calls
"""


@pytest.mark.parametrize(("leave", "least"), [(UNLISTED, 40), (DEEP, 15)], ids=["unlisted", "deep"])
def test_room_for_the_next_one(sandbox: Sandbox, load: Load, leave: str, least: int) -> None:
    """Folders that cannot be listed, and those that lie too deep for a recursion, are removed like any other."""
    if not sandbox.protection.layer("bubblewrap").active:
        pytest.skip("without bubblewrap there is no folder")
    bystander = load(COUNT)
    assert bystander.count() == 1
    with load(ROOM) as before:
        files, room = before.room()
    assert files == ["mine"]
    with load(leave, call_seconds=60.0, submission_seconds=90.0) as untidy:
        assert untidy.leave() >= least
    assert load(ROOM).room() == (files, room)
    assert bystander.count() == 2  # its process ends with the one that removes folders


MANY = """
import os

def make():
    made = 0
    try:
        while made < 100_000:
            os.close(os.open(f"{made}", os.O_CREAT))
            made += 1
    except OSError:
        pass
    return made
"""


def test_files_have_a_number(sandbox: Sandbox, load: Load) -> None:
    """Empty files take no space and cost the kernel memory: there is an end to them, and the next one has all again."""
    if not sandbox.protection.layer("bubblewrap").active:
        pytest.skip("without bubblewrap there is no folder")
    made = []
    for _ in range(2):
        with load(MANY, call_seconds=60.0, submission_seconds=90.0) as untidy:
            made.append(untidy.make())
    assert made[0] == made[1]
    assert FILES - 10 < made[0] < FILES


def run_without(layer: str, program: str) -> subprocess.CompletedProcess[str]:
    """Run a program where bubblewrap makes the folder and the kernel refuses this layer; skip without bubblewrap."""
    if shutil.which("bwrap") is None:
        pytest.skip("without bubblewrap there is no folder")
    blocked = Path(__file__).with_name("blocked.py")
    command = [sys.executable, str(blocked), layer, sys.executable, "-c", program]
    return subprocess.run(command, capture_output=True, text=True, check=False)


WITHOUT_QUOTA = """
from autograder.sandbox import Sandbox

for layer in Sandbox.probe()[:2]:
    print(layer.active, "limit here how many files" in layer.detail)
"""


def test_where_files_have_no_number() -> None:
    """Where the kernel does not let that be limited, everything else holds, and the layer says so."""
    done = run_without("quota", WITHOUT_QUOTA)
    assert done.stdout.split("\n") == ["True True", "True False", ""], done.stderr


WITHOUT_LANDLOCK = '''
from autograder.sandbox import Cell, Sandbox

OUTSIDE = """
import os

def leave():
    place = os.path.dirname(os.getcwd())
    with open(f"{place}/note", "w") as file:
        file.write("what the hidden check asked")
    os.mkdir(f"{place}/deep")
    os.rename(os.getcwd(), f"{place}/renamed")
    with open("large", "wb") as file:
        return file.write(bytes(15 << 20))

def found():
    return os.listdir(os.path.dirname(os.getcwd())), os.statvfs(".").f_bavail * os.statvfs(".").f_bsize
"""

with Sandbox() as sandbox:
    print(sandbox.protection.mode)
    with sandbox.load([Cell("all", OUTSIDE)], seed=0) as before:
        (own,), room = before.found()
    with sandbox.load([Cell("all", OUTSIDE)], seed=0) as untidy:
        assert untidy.leave() == 15 << 20
    with sandbox.load([Cell("all", OUTSIDE)], seed=0) as after:
        names, left = after.found()
        assert (len(names), left) == (1, room), (names, left, room)
    print("clean")
'''


STUBBORN = '''
from autograder.sandbox import Cell, Limits, Sandbox

OUTSIDE = """
import os

def long_name(place):
    stay(f"{place}/" + "a" * 255)

def taken_name(place):
    stay(f"{place}/x")
    for number in range(9):
        stay(f"{place}/x.{number}")

def no_text(place):
    stay(os.fsencode(place) + b"/" + bytes(255 * [255]))

def own_folder(place):
    os.chdir("/")
    os.rename(f"{place}/{max(os.listdir(place), key=int)}", f"{place}/" + "a" * 255)
    stay(f"{place}/" + "b" * 255)

def full(place):
    stay(f"{place}/" + "a" * 255)
    try:
        for number in range(20000):
            os.mkdir(f"{place}/" + "a" * 200 + str(number), 0)
    except OSError:
        pass

def stay(folder):
    os.mkdir(folder)
    os.mkdir(os.path.join(folder, b"inside" if isinstance(folder, bytes) else "inside"))
    with open(os.path.join(folder, b"note" if isinstance(folder, bytes) else "note"), "wb") as file:
        file.write(bytes(5 << 20))

def leave(way):
    globals()[way](os.path.dirname(os.getcwd()))
    return True

def found():
    of = os.statvfs(".")
    return os.listdir(os.path.dirname(os.getcwd())), of.f_bavail * of.f_bsize, of.f_ffree
"""

with Sandbox() as sandbox:
    def load():
        limits = Limits(call_seconds=30, submission_seconds=60)
        return sandbox.load([Cell("all", OUTSIDE)], seed=0, limits=limits)

    print(sandbox.protection.mode)
    with load() as before:
        _, *room = before.found()
    for way in ("long_name", "taken_name", "no_text", "own_folder", "full"):
        with load() as untidy:
            assert untidy.leave(way)
        with load() as after:
            names, *left = after.found()
            if len(names) == 1 and left == room:
                print(way)
    print(sandbox.losses)
'''


def test_nothing_is_left_under_any_name() -> None:
    """No name that a submission gives keeps what it wrote from being removed, and no fresh start is needed for that."""
    done = run_without("landlock", STUBBORN)
    said = ["one layer", "long_name", "taken_name", "no_text", "own_folder", "full", "0", ""]
    assert done.stdout.split("\n") == said, done.stderr


def test_nothing_is_left_where_landlock_does_not_hold() -> None:
    """A submission that can write beside its folder leaves nothing there for the next one, neither text nor want."""
    done = run_without("landlock", WITHOUT_LANDLOCK)
    assert done.stdout.split("\n") == ["one layer", "clean", ""], done.stderr
