"""The earlier records are kept so that every step can be taken back, wherever it was stopped."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Mapping
from pathlib import Path

import pytest

from autograder import record
from autograder.errors import AutograderError
from autograder.instructor import earlier
from autograder.instructor.earlier import Change, Step
from tests.faults.killed import killed_at

BEFORE = {"ada": b"ada as she was\n", "ben": b"ben as he was", "manifest": b"a student with a strange name"}
AFTER = {"ada": b"ada as she is", "ben": b"", "manifest": b"{}", "cleo": b"cleo is new"}
LATER = {"ada": b"ada as she will be", "dora": b"dora is newer still"}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A folder with the records of BEFORE, and somebody else's file."""
    write(tmp_path, BEFORE)
    (tmp_path / "notes.txt").write_text("mine")
    return tmp_path


def write(out: Path, contents: Mapping[str, bytes]) -> None:
    for student, content in contents.items():
        record.write_file(content, out / f"{student}.json")


def records(out: Path) -> dict[str, bytes]:
    return {path.stem: path.read_bytes() for path in out.glob("*.json")}


def replace(out: Path, contents: Mapping[str, bytes]) -> Step:
    """Do a whole step."""
    changes = [Change(name, earlier.digest(out / f"{name}.json"), sha(contents[name])) for name in contents]
    step = earlier.keep(out, "gates", changes)
    write(out, contents)
    return step


def undo(out: Path) -> None:
    step = earlier.latest(out)
    assert step is not None
    earlier.require_untouched(step, out)
    earlier.put_back(step, out)


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_there_and_back(out: Path) -> None:
    """The records are those of before, to the byte; those that are new are gone, and nothing tells of it."""
    step = replace(out, AFTER)
    assert records(out) == AFTER
    assert {path.name for path in step.folder.iterdir()} == {"ada.json", "ben.json", "manifest.json", "manifest"}
    assert {name: step.copy(name).read_bytes() for name in BEFORE} == BEFORE
    undo(out)
    assert records(out) == BEFORE
    assert sorted(path.name for path in out.iterdir()) == ["ada.json", "ben.json", "manifest.json", "notes.txt"]
    assert earlier.latest(out) is None


def test_step_by_step(out: Path) -> None:
    """Each call goes one step further back, also where the clock was set back between the steps."""
    first, second = replace(out, AFTER), replace(out, LATER)
    assert [step.folder.name[:5] for step in (first, second)] == ["0001-", "0002-"]
    first.folder.rename(first.folder.with_name("0001-29991231T235959Z"))
    undo(out)
    assert records(out) == AFTER
    undo(out)
    assert records(out) == BEFORE


def test_the_folder_is_for_the_instructor_alone(out: Path) -> None:
    """Grades are nobody else's business."""
    step = replace(out, AFTER)
    assert [folder.stat().st_mode & 0o077 for folder in (step.folder, step.folder.parent)] == [0, 0]


def test_another_record_than_the_one_that_was_compared(out: Path) -> None:
    """Somebody who writes a record while it is looked at is not overwritten, and nothing is left behind."""
    changes = [Change("ada", sha(BEFORE["ada"]), sha(b"new")), Change("ben", sha(b"seen"), sha(b"new"))]
    with pytest.raises(AutograderError, match=r"ben.json has been changed since it was compared; run this again"):
        earlier.keep(out, "gates", changes)
    assert records(out) == BEFORE
    assert not (out / earlier.FOLDER).exists()


@pytest.mark.parametrize("content", [b"edited by hand", b""])
def test_a_record_that_was_changed_since(out: Path, content: bytes) -> None:
    """All that were changed are named, and stay; so do the others."""
    step = replace(out, AFTER)
    write(out, {"ada": content, "cleo": content})
    expected = {**AFTER, "ada": content, "cleo": content}
    with pytest.raises(AutograderError, match=r"changed since the regrade: .*ada.json, .*cleo.json; move them"):
        earlier.require_untouched(step, out)
    assert records(out) == expected


def test_a_record_that_was_removed_since(out: Path) -> None:
    """There is nothing to lose: the earlier one comes back."""
    replace(out, AFTER)
    (out / "ada.json").unlink()
    (out / "cleo.json").unlink()
    undo(out)
    assert records(out) == BEFORE


@pytest.mark.parametrize("content", [b"", None])
def test_a_kept_record_that_was_damaged(out: Path, content: bytes | None) -> None:
    """What is not the record that was kept is not put in anybody's place."""
    step = replace(out, AFTER)
    step.copy("ben").unlink()
    if content is not None:
        step.copy("ben").write_bytes(content)
    with pytest.raises(AutograderError, match=r"not as it was kept: .*ben.json; nothing is put back"):
        earlier.require_untouched(step, out)


@pytest.mark.parametrize("content", [None, b"", b"{}", b'{"format": 1, "records": [{"student": 1}]}'])
def test_a_manifest_that_cannot_be_read(out: Path, content: bytes | None) -> None:
    """It is named, with what can be done by hand."""
    path = replace(out, AFTER).folder / earlier.MANIFEST
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(AutograderError, match=rf"{path} cannot be read .* put back the records beside it by hand"):
        earlier.latest(out)


def test_foreign_files_are_no_steps(out: Path) -> None:
    """What else lies there is neither taken for a step nor removed."""
    (out / earlier.FOLDER / "old").mkdir(parents=True)
    assert earlier.latest(out) is None
    replace(out, AFTER)
    undo(out)
    earlier.sweep(out)
    assert [path.name for path in (out / earlier.FOLDER).iterdir()] == ["old"]


def assert_taken_back(out: Path, start: dict[str, bytes], states: list[dict[str, bytes]]) -> None:
    """From wherever it is now, what there is of a step can be taken back."""
    for student, content in records(out).items():
        assert content in [state.get(student) for state in states], student
    if earlier.latest(out) is None:
        assert records(out) == start
    else:
        undo(out)
    record.sweep(out)
    earlier.sweep(out)
    assert records(out) == start
    assert sorted(path.name for path in out.iterdir() if path.suffix != ".json") == ["notes.txt"]


def fresh(out: Path, number: int) -> Path:
    """Return another folder like this one."""
    folder = out / f"copy-{number}"
    folder.mkdir()
    write(folder, BEFORE)
    (folder / "notes.txt").write_text("mine")
    return folder


def test_killed_at_any_moment_of_a_step(out: Path) -> None:
    """Before each of its file operations: all records are whole, and what is done can be taken back."""
    begun = 0
    for number in itertools.count(1):
        folder = fresh(out, number)
        killed = killed_at(number, lambda folder=folder: replace(folder, AFTER))  # type: ignore[misc]
        begun += earlier.latest(folder) is not None
        assert_taken_back(folder, BEFORE, [BEFORE, AFTER])
        if not killed:
            break
    assert begun > len(AFTER)  # it was killed between the records, too
    assert number - begun > len(BEFORE)  # and between the copies


def test_killed_at_any_moment_of_taking_it_back(out: Path) -> None:
    """Before each of its file operations: the same command again brings all records back."""
    half_done = 0
    for number in itertools.count(1):
        folder = fresh(out, number)
        replace(folder, AFTER)
        killed = killed_at(number, lambda folder=folder: undo(folder))  # type: ignore[misc]
        half_done += records(folder) not in (BEFORE, AFTER)
        assert_taken_back(folder, BEFORE, [BEFORE, AFTER])
        if not killed:
            break
    assert half_done > len(BEFORE)


def test_a_step_that_was_killed_and_given_again(out: Path) -> None:
    """The second run does the rest as a step of its own; taking back both brings the first records."""
    for number in itertools.count(1):
        folder = fresh(out, number)
        killed = killed_at(number, lambda folder=folder: replace(folder, AFTER))  # type: ignore[misc]
        record.sweep(folder)
        earlier.sweep(folder)
        rest = {name: content for name, content in AFTER.items() if records(folder).get(name) != content}
        if rest:
            replace(folder, rest)
        assert records(folder) == AFTER
        while earlier.latest(folder) is not None:
            undo(folder)
        assert records(folder) == BEFORE
        if not killed:
            break
