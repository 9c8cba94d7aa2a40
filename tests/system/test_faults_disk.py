"""Disks without room and machines without the usual places: no grade is lost, and what is wrong is said."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder import record
from tests.faults.classroom import RIGHT, ROOT, WRONG, Classroom, hand_in, write_class
from tests.unit.test_record import a_grade

as_root = pytest.mark.skipif(os.getuid() != 0, reason="only root can mount a small disk")
NAMES = [f"student{number:02}.json" for number in range(8)]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of four pages: room for a few records, not for a class."""
    place = tmp_path / "disk"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "none", str(place)], check=True)
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Classroom:
    """The same class, graded where there is room."""
    room = write_class(tmp_path_factory.mktemp("alone"), len(NAMES), (RIGHT, WRONG, {}))
    room.grade("--jobs", "2").ended(status=0)
    return room


@as_root
def test_a_full_disk(tmp_path: Path, disk: Path, alone: Classroom) -> None:
    """What fits is written whole, the rest is printed and named, earlier records stay; with room a rerun completes."""
    room = write_class(tmp_path / "course", len(NAMES), (RIGHT, WRONG, {}))
    earlier = hand_in(room.root, "student07", {})
    room.python("-m", "autograder.cli", "grade", "mini", str(earlier), "--out", str(disk)).ended(status=0)
    old = (disk / "student07.json").read_text()
    hand_in(room.root, "student07", WRONG)

    printed, said = room.grade("--json", "--jobs", "2", "--out", str(disk)).ended(status=2)

    there = room.records(str(disk))
    written = {name: text for name, text in there.items() if name != "student07.json"}
    missing = sorted(set(NAMES) - set(written))
    assert written
    assert written.items() <= alone.records().items()
    assert (disk / "student07.json").read_text() == old
    assert f"{len(missing)} of 8 records could not be written: " in said
    assert [name for name in NAMES if f"{disk}/{name} (No space left on device)" in said] == missing
    assert "Make room, or name another folder with --out, and run this again" in said
    scores = {json.loads(line)["student"]: json.loads(line)["score"] for line in printed.splitlines()}
    assert [scores[Path(name).stem] for name in NAMES] == [8.0, 3.0, 0.0, 8.0, 3.0, 0.0, 8.0, 3.0]

    subprocess.run(["mount", "-o", "remount,size=1m", str(disk)], check=True)
    _, said = room.grade("--jobs", "2", "--out", str(disk)).ended(status=0)
    assert f"{len(written)} of 8 records are taken over" in said
    assert room.records(str(disk)) == alone.records()


def test_a_record_for_which_there_is_no_room(tmp_path: Path) -> None:
    """Whoever is not root runs into a limit in the same way: the earlier record stays, and no piece is left."""
    path = tmp_path / "ada.json"
    record.write(a_grade(score=1.0), path)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            record.write(a_grade(score=2.0), path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert record.read(path).score == 1.0
    assert [each.name for each in tmp_path.iterdir()] == ["ada.json"]


READ_ONLY = "mount -t tmpfs -o ro,size=4k none {0}"
FULL = "mount -t tmpfs -o size=4k none {0} && {{ cat /dev/zero > {0}/full 2>/dev/null || true; }}"
PLACES = {
    "no shared memory": "umount -l /dev/shm && " + READ_ONLY.format("/dev/shm"),
    "no temporary files": " && ".join(READ_ONLY.format(place) for place in ("/tmp", "/var/tmp", "/dev/shm")),
    "temporary files full": " && ".join(FULL.format(place) for place in ("/tmp", "/var/tmp", "/dev/shm")),
}


@as_root
@pytest.mark.parametrize("bubblewrap", [True, False])
@pytest.mark.parametrize("missing", PLACES)
def test_a_machine_without(tmp_path: Path, missing: str, bubblewrap: bool) -> None:
    """Grading needs none of these places."""
    room = write_class(tmp_path / "course", 3, (RIGHT, WRONG, {}))
    framework = tmp_path / "framework"  # where the tests run from a folder below /tmp, it would vanish with it
    shutil.copytree(ROOT / "autograder", framework / "autograder")
    script = f"""
        set -e
        mount --bind {room.root} /mnt
        mount --bind {framework} /opt
        {PLACES[missing]}
        cd /mnt
        exec env PYTHONPATH=/opt {"" if bubblewrap else "PATH=/nonexistent "}{sys.executable} -m autograder.cli grade \\
            mini submitted/*/mini/mini.ipynb --out records --jobs 2
    """
    command = ["unshare", "--mount", "sh", "-c", script]
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    found = {path.stem: record.read(path).score for path in (room.root / "records").iterdir()}
    assert found == {"student00": 8.0, "student01": 3.0, "student02": 0.0}
