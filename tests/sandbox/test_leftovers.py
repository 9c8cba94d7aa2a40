"""A submission gets an empty folder with all of its room, whatever the one before it left behind."""

from __future__ import annotations

import pytest

from autograder.sandbox import Sandbox
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
