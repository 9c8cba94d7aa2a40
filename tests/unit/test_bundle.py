"""Bundles: what is in them, that they are the same each time, and what is refused."""

from __future__ import annotations

import hashlib
import os
import stat
import zlib
from pathlib import Path

import msgspec
import pytest

from autograder.cluster import bundle
from autograder.cluster.bundle import Bundle, pack, unpack
from autograder.course import Assignment, Course
from autograder.digests import suite_digest
from autograder.errors import AutograderError, CourseError
from tests.minicourse import write_course


@pytest.fixture
def assignment(tmp_path: Path) -> Assignment:
    return Course.load(write_course(tmp_path / "course")).assignment("mini")


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    (tmp_path / "scratch").mkdir()
    return tmp_path / "scratch"


def names(packed: Bundle) -> list[str]:
    return [name for name, _ in msgspec.msgpack.decode(zlib.decompress(packed.data))]


def made(*files: tuple[object, object]) -> Bundle:
    """Return a bundle of any content, with the digest that belongs to it."""
    content = msgspec.msgpack.encode(files)
    return Bundle(hashlib.sha256(content).hexdigest(), zlib.compress(content))


def add(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("private")


class TestPack:
    def test_holds_what_graders_read(self, assignment: Assignment) -> None:
        """Settings, the assignment, the reference and the hidden suites, in order."""
        assert names(pack(assignment)) == [
            "assignments/mini/checks.py",
            "assignments/mini/mini.ipynb",
            "course.yml",
            "reference/__init__.py",
            "reference/mini.py",
            "reference/misconceptions/__init__.py",
            "reference/misconceptions/mini.py",
            "tests/hidden/test_mini.py",
        ]

    def test_takes_what_pytest_reads_around_a_suite(self, assignment: Assignment) -> None:
        """Fixtures of a conftest.py and files beside the suite come along, wherever pytest looks for them."""
        files = ["conftest.py", "tests/conftest.py", "tests/__init__.py", "tests/hidden/data/points.csv"]
        before = names(pack(assignment))
        add(assignment.root, *files)
        assert names(pack(assignment)) == sorted([*before, *files])

    @pytest.mark.parametrize(
        "path",
        [
            ".course-secret",
            ".course-secret-abc",
            "gradebook.db",
            "submitted/ada/mini/mini.ipynb",
            "autograded/ada/mini/mini.ipynb",
            "feedback/ada/mini/mini.html",
            "grades/mini/ada.json",
            ".autograder-cache/mini/abc",
            "source/mini/mini.ipynb",
            "release/mini/mini.ipynb",
            "nbgrader_config.py",
            "assignments/other/other.ipynb",
            "assignments/mini/.ipynb_checkpoints/mini-checkpoint.ipynb",
            "reference/__pycache__/mini.cpython-311.pyc",
            "tests/hidden/.env",
            "tests/unit/test_something.py",
        ],
    )
    def test_leaves_out_everything_else(self, assignment: Assignment, path: str) -> None:
        """Secret, submissions, grades and caches are not needed to judge, so they do not leave this machine."""
        before = pack(assignment)
        add(assignment.root, path)
        assert pack(assignment) == before
        assert b"private" not in zlib.decompress(before.data)

    def test_is_the_same_for_the_same_files(self, assignment: Assignment, tmp_path: Path) -> None:
        """Neither times nor permissions nor the place count; a changed byte does."""
        before = pack(assignment)
        for path in (assignment.suite_path, assignment.checks_path):
            os.utime(path, (1, 1))
            path.chmod(0o600)
        assert pack(assignment) == before
        assert pack(Course.load(write_course(tmp_path / "elsewhere")).assignment("mini")) == before
        assignment.suite_path.write_text(assignment.suite_path.read_text() + "\n")
        assert pack(assignment).digest != before.digest

    @pytest.mark.parametrize("target", ["../../grades", "mini.py", "/etc/hostname", "nowhere"])
    def test_links_are_refused(self, assignment: Assignment, target: str) -> None:
        """A link could take along what is elsewhere, or lead nowhere on the other machine."""
        (assignment.root / "reference" / "linked.py").symlink_to(target)
        with pytest.raises(CourseError, match=r"reference/linked\.py is a link"):
            pack(assignment)

    def test_too_much_is_refused(self, assignment: Assignment, monkeypatch: pytest.MonkeyPatch) -> None:
        """A data set beside a suite is named before it is read into memory."""
        monkeypatch.setattr(bundle, "MAX_BYTES", 1 << 20)
        with (assignment.root / "reference" / "data.bin").open("wb") as file:
            file.truncate(1 << 40)
        with pytest.raises(CourseError, match="is more than 1 MB"):
            pack(assignment)


class TestUnpack:
    def test_judges_as_before(self, assignment: Assignment, scratch: Path) -> None:
        """What comes out has the suite's digest of what went in."""
        root = unpack(pack(assignment), scratch)
        assert root == scratch / pack(assignment).digest
        assert suite_digest(Course.load(root).assignment("mini")) == suite_digest(assignment)

    def test_is_closed_to_others(self, assignment: Assignment, scratch: Path) -> None:
        """Whatever the umask is, files and folders are their owner's alone."""
        before = os.umask(0)
        try:
            root = unpack(pack(assignment), scratch)
        finally:
            os.umask(before)
        modes = {(path.is_dir(), stat.S_IMODE(path.stat().st_mode)) for path in [root, *root.rglob("*")]}
        assert modes == {(True, 0o700), (False, 0o600)}

    def test_is_done_once(self, assignment: Assignment, scratch: Path) -> None:
        """The second time finds the folder of the first, and nothing half finished lies beside it."""
        first = unpack(pack(assignment), scratch)
        times = {path: path.stat().st_mtime_ns for path in first.rglob("*")}
        assert unpack(pack(assignment), scratch) == first
        assert {path: path.stat().st_mtime_ns for path in first.rglob("*")} == times
        assert list(scratch.iterdir()) == [first]

    @pytest.mark.parametrize(
        "name",
        [
            "../outside.py",
            "reference/../../outside.py",
            "/tmp/outside.py",
            "//outside.py",
            "..",
            ".",
            "",
            "a//b.py",
            "./a.py",
            "a/",
            "a\\..\\b.py",
            "a\0b.py",
            "a\nb.py",
            5,
            None,
            ["a"],
        ],
    )
    def test_names_that_lead_elsewhere_are_refused(self, scratch: Path, name: object) -> None:
        """Nothing is written, neither inside the folder nor outside."""
        with pytest.raises(AutograderError, match="the course that was sent to this machine is refused"):
            unpack(made(("fine.py", b""), (name, b"")), scratch)
        assert list(scratch.iterdir()) == []
        assert not list(scratch.parent.rglob("outside.py"))

    @pytest.mark.parametrize("pair", [("a.py", "a.py"), ("a", "a/b.py"), ("a/b.py", "a")])
    def test_names_that_stand_twice_are_refused(self, scratch: Path, pair: tuple[str, str]) -> None:
        """Which of two files is meant would be anybody's guess; a file is no folder either."""
        with pytest.raises(AutograderError, match="stands there twice"):
            unpack(made(*((name, b"") for name in pair)), scratch)
        assert list(scratch.iterdir()) == []

    @pytest.mark.parametrize(
        "data",
        [b"", b"no zlib", zlib.compress(b"no msgpack"), zlib.compress(msgspec.msgpack.encode({"a": b""}))[:-3]],
    )
    def test_broken_bytes_are_refused(self, scratch: Path, data: bytes) -> None:
        """What cannot be read is said to be so."""
        with pytest.raises(AutograderError, match="refused: it cannot be read"):
            unpack(Bundle("0" * 64, data), scratch)
        assert list(scratch.iterdir()) == []

    def test_other_bytes_than_named_are_refused(self, assignment: Assignment, scratch: Path) -> None:
        """A digest vouches for every byte."""
        packed = pack(assignment)
        wrong = Bundle("0" * 64, packed.data)
        with pytest.raises(AutograderError, match="not the one that its digest names"):
            unpack(wrong, scratch)
        assert list(scratch.iterdir()) == []

    @pytest.mark.parametrize("digest", ["", "..", "../outside", "A" * 64, "0" * 63, "/tmp"])
    def test_digests_that_are_none_are_refused(self, assignment: Assignment, scratch: Path, digest: str) -> None:
        """A digest names a folder, so it must not lead elsewhere."""
        with pytest.raises(AutograderError, match="is no digest"):
            unpack(Bundle(digest, pack(assignment).data), scratch)

    def test_a_bomb_is_refused(self, scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A small bundle that becomes large is given up before it has filled the memory."""
        monkeypatch.setattr(bundle, "MAX_BYTES", 1 << 20)
        with pytest.raises(AutograderError, match="refused: it"):
            unpack(made(("large.bin", bytes(8 << 20))), scratch)
        with pytest.raises(AutograderError, match="more than 1 MB"):
            unpack(made(("large.bin", bytes((1 << 20) + 1))), scratch)
        assert list(scratch.iterdir()) == []

    def test_a_full_disk_leaves_nothing(
        self, assignment: Assignment, scratch: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Half a course would judge otherwise; the next try begins anew."""

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(bundle, "_write", full)
            with pytest.raises(AutograderError, match="No space left on device"):
                unpack(pack(assignment), scratch)
        assert list(scratch.iterdir()) == []
        assert unpack(pack(assignment), scratch).is_dir()
