"""The course secret: made once, private, and the only way to the seeds."""

from __future__ import annotations

import hashlib
import hmac
import resource
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from autograder import secret
from autograder.errors import CourseError


@pytest.fixture(autouse=True)
def no_secret_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(secret.VARIABLE, raising=False)


def test_is_made_on_first_use_and_kept(tmp_path: Path) -> None:
    """The first use writes a file that only its owner can read; the next one reads the same."""
    first = secret.course_secret(tmp_path)
    assert secret.course_secret(tmp_path) == first
    assert len(first) == 64
    assert stat.S_IMODE((tmp_path / secret.FILE).stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [secret.FILE]


def test_two_courses_have_different_secrets(tmp_path: Path) -> None:
    """A secret is not made from anything that somebody could know."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert secret.course_secret(tmp_path / "a") != secret.course_secret(tmp_path / "b")


def test_the_environment_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the variable set nothing is written."""
    monkeypatch.setenv(secret.VARIABLE, " correct horse battery \n")
    assert secret.course_secret(tmp_path) == b"correct horse battery"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "short", " " * 40])
def test_a_short_secret_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """A secret that could be guessed is no secret, from wherever it comes."""
    monkeypatch.setenv(secret.VARIABLE, text)
    with pytest.raises(CourseError, match=secret.VARIABLE):
        secret.course_secret(tmp_path)
    monkeypatch.delenv(secret.VARIABLE)
    (tmp_path / secret.FILE).write_text(text)
    with pytest.raises(CourseError, match="a secret has at least"):
        secret.course_secret(tmp_path)


def test_many_at_once_make_one(tmp_path: Path) -> None:
    """Processes that need the secret at the same moment all get the same, and one file is left."""
    code = "import sys; from pathlib import Path; from autograder.secret import course_secret\n"
    code += "sys.stdin.readline(); print(course_secret(Path(sys.argv[1])).decode())"
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(6)
    ]
    for process in processes:  # all have imported what they need by the time that the last one has started
        assert process.stdin is not None
        process.stdin.write("\n")
    found = {process.communicate()[0].strip() for process in processes}
    assert found == {(tmp_path / secret.FILE).read_text().strip()}
    assert [path.name for path in tmp_path.iterdir()] == [secret.FILE]


def test_a_disk_without_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence names the file and another way, and no half secret is left."""
    monkeypatch.delenv(secret.VARIABLE, raising=False)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))
    try:
        with pytest.raises(CourseError, match=r"could not be written \(File too large\); mend that, or set AUTO"):
            secret.course_secret(tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(tmp_path.iterdir()) == []


def test_the_seed_is_an_hmac() -> None:
    """The seed is HMAC-SHA256 under the secret, and differs for another submission or assignment."""
    expected = hmac.digest(b"key", b"gates/abc/0", hashlib.sha256).hex()
    assert secret.submission_seed(b"key", "abc", "gates") == expected
    others = {secret.submission_seed(b"key", "abd", "gates"), secret.submission_seed(b"key", "abc", "mnist")}
    assert len({expected, secret.submission_seed(b"key", "abc", "gates", 1), *others}) == 4
