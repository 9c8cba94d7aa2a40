"""`autograder regrade` as an instructor gives it: what it shows, what it writes, whom it asks, and the way back."""

from __future__ import annotations

import json
import os
import pty
import shutil
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from autograder import record
from tests.corpus.students import write_class as write_gates_class
from tests.faults.classroom import NO_NOTEBOOK, RIGHT, SECRET, Classroom, hand_in
from tests.faults.running import until
from tests.minicourse import COURSE, HIDDEN, write_course
from tests.system.conftest import copy_course

NUMBERS_ONLY = {**RIGHT, "double": "def double(x):\n    return 2 * x if np.size(x) == 1 else x"}
ANSWERS = {"ada": RIGHT, "ben": NUMBERS_ONLY, "cleo": {}}
HEAVIER = HIDDEN.replace("weight(2)", "weight(7)")
COMMAND = ("-m", "autograder.cli", "regrade", "mini")
RECORDS = "grades/mini"


@dataclass(frozen=True)
class Regraded:
    """A class whose suite has become stricter, after the command: what it printed, and the records of before."""

    room: Classroom
    table: str
    said: str
    before: dict[str, bytes]


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Classroom:
    """A class of three that is graded: ada all of it, ben one case too few, cleo nothing."""
    root = write_course(tmp_path_factory.mktemp("graded"))
    for student, answer in ANSWERS.items():
        hand_in(root, student, answer)
    room = Classroom(root)
    room.grade().ended(status=0)
    assert scores(room) == {"ada": 8.0, "ben": 6.0, "cleo": 0.0}
    return room


@pytest.fixture
def room(graded: Classroom, tmp_path: Path) -> Classroom:
    """The same class, for one test."""
    return copied(graded, tmp_path)


@pytest.fixture(scope="module")
def stricter(graded: Classroom, tmp_path_factory: pytest.TempPathFactory) -> Regraded:
    """The class after a test has become heavier and all have been regraded."""
    room = copied(graded, tmp_path_factory.mktemp("stricter"))
    write_course(room.root, hidden=HEAVIER)
    return Regraded(room, *regrade(room, "--yes"), contents(graded))


@pytest.fixture
def regraded(stricter: Regraded, tmp_path: Path) -> Classroom:
    """That class, for one test."""
    return copied(stricter.room, tmp_path)


def copied(room: Classroom, folder: Path) -> Classroom:
    shutil.copytree(room.root, folder / "course")
    return Classroom(folder / "course")


def scores(room: Classroom) -> dict[str, float]:
    return {path.stem: record.read(path).score for path in sorted((room.root / RECORDS).glob("*.json"))}


def contents(room: Classroom) -> dict[str, bytes]:
    """Return all files of the folder of grades, with their contents."""
    paths = (path for path in (room.root / "grades").rglob("*") if path.is_file())
    return {str(path.relative_to(room.root)): path.read_bytes() for path in paths}


def regrade(room: Classroom, *arguments: str, status: int = 0, **environment: str) -> tuple[str, str]:
    """Give the command where nobody is there to answer, and return what it printed, its white space as one space."""
    printed = room.python(*COMMAND, *arguments, **environment).ended(status=status)
    return " ".join(printed[0].split()), " ".join(printed[1].split())


class AtTerminal:
    """The command with somebody at the keyboard."""

    def __init__(self, room: Classroom, *arguments: str) -> None:
        self._keyboard, terminal = pty.openpty()
        self.run = room.python(*COMMAND, *arguments, stdin=terminal)
        os.close(terminal)
        until(lambda: "[y/N]" in self.run.said()[1], or_ended=self.run)

    def type(self, text: str) -> None:
        os.write(self._keyboard, text.encode())

    def ended(self, *, status: int) -> str:
        """Return what it said besides the table."""
        _, said = self.run.ended(status=status)
        os.close(self._keyboard)
        return said


class TestWhatMoves:
    def test_a_heavier_test(self, stricter: Regraded) -> None:
        """Who moves is shown with the test because of which; the records follow, and the earlier ones are kept."""
        assert "ben 6 → 5.66 −0.34 double 3 → 2.66" in stricter.table
        heavier = "counts 7 instead of 2: Random numbers are doubled. (1 of 2 cases) [hidden]"
        assert f"passes, {heavier} fails, {heavier}" in stricter.table
        assert "ada" not in stricter.table
        assert "3 students: 1 loses points, 2 keep their points and get other texts or digests" in stricter.table
        assert scores(stricter.room) == {"ada": 8.0, "ben": 5.66, "cleo": 0.0}
        (step,) = (stricter.room.root / RECORDS / ".earlier").iterdir()
        assert {f"{RECORDS}/{path.name}": path.read_bytes() for path in step.glob("*.json")} == stricter.before
        assert f"wrote 3 records to {stricter.room.root / RECORDS} earlier records: {step}" in stricter.said
        assert "to put them back: autograder regrade mini --undo" in stricter.said

    def test_only_what_is_touched_is_judged_anew(self, stricter: Regraded) -> None:
        """The question without a change keeps the very result that it had."""
        (step,) = (stricter.room.root / RECORDS / ".earlier").iterdir()
        for student in ANSWERS:
            old, new = (record.read(folder / f"{student}.json").questions for folder in (step, step.parents[1]))
            assert [old[n].judged_by == new[n].judged_by for n in (0, 1)] == [False, True]
            assert old[1] == new[1]

    def test_nothing_has_changed(self, room: Classroom) -> None:
        """The records stay as they are, to the byte, with and without the cache, and no step is kept."""
        before = contents(room)
        shutil.rmtree(room.root / ".autograder-cache")
        hand_in(room.root, "ada", RIGHT).with_name("draft.ipynb").write_bytes(b"scribbles")
        other = room.root / "submitted/ben/mini/mini.ipynb"
        other.rename(other.with_name("final.ipynb"))  # the only one there: any name will do
        table, said = regrade(room)
        assert table == "3 students: 3 stay as they are"
        assert "all records are as they would be; nothing is written" in said
        assert contents(room) == before

    def test_students_who_come_go_and_hand_in_again(self, room: Classroom) -> None:
        """Nobody loses, so nobody is asked; whoever has left keeps the record; who is new goes with the undo."""
        before = contents(room)
        hand_in(room.root, "cleo", RIGHT)
        hand_in(room.root, "dora", NUMBERS_ONLY)
        (room.root / "submitted/ben/mini/mini.ipynb").unlink()
        table, said = regrade(room)
        assert "cleo 0 → 8 +8 judged on another notebook double 0 → 5" in table
        assert "dora – → 6 of 8 no record so far" in table
        assert "without a submission, and left as they are: ben" in said
        assert scores(room) == {"ada": 8.0, "ben": 6.0, "cleo": 8.0, "dora": 6.0}
        table, said = regrade(room, "--undo", status=2)
        assert "cleo 8 → 0 −8 judged on another notebook" in table
        assert "dora 6 of 8 → – had no record before" in table
        assert "2 students lose points, and nobody is there to ask" in said
        regrade(room, "--undo", "--yes")
        assert contents(room) == before

    def test_an_edited_record(self, room: Classroom) -> None:
        """Points that somebody has written into a record by hand are not taken away silently."""
        path = room.root / RECORDS / "ben.json"
        edited = path.read_text().replace('"score": 3.0', '"score": 4.0', 1).replace('"score": 6.0', '"score": 7.0')
        path.write_text(edited)
        before = contents(room)
        table, said = regrade(room, status=2)
        assert "ben 7 → 6 −1 nothing has changed that judges it: the earlier record was edited" in table
        assert "1 student loses points, and nobody is there to ask; nothing is written. Give --yes" in said
        assert contents(room) == before

    def test_no_longer_gradable(self, room: Classroom) -> None:
        """A notebook that is broken now is a loss even of no points, and status 1 says that somebody has no grade."""
        hand_in(room.root, "cleo", NO_NOTEBOOK)
        table, said = regrade(room, "--yes", status=1)
        assert "1 is no longer gradable" in table
        assert "not gradable: cleo: the file is not valid JSON" in said
        assert record.read(room.root / RECORDS / "cleo.json").outcome == "not gradable"

    def test_other_limits_and_another_secret(self, room: Classroom) -> None:
        """What concerns all questions is judged anew, and shows nobody who does not move."""
        write_course(room.root, course=COURSE.replace("call_seconds: 1", "call_seconds: 2"))
        table, _ = regrade(room, AUTOGRADER_SECRET=f"not {SECRET}")
        assert table == "3 students: 3 keep their points and get other texts or digests"

    def test_some_notebooks(self, room: Classroom) -> None:
        """Named notebooks are regraded alone."""
        write_course(room.root, hidden=HEAVIER)
        table, said = regrade(room, "submitted/ada/mini/mini.ipynb")
        assert table.startswith("1 student: 1 keeps the points")
        assert "without a submission" not in said
        assert scores(room)["ben"] == 6.0

    def test_dry_and_as_json(self, room: Classroom) -> None:
        """Nothing is written; one student a line for another program; status 1 says that somebody would move."""
        before = contents(room)
        write_course(room.root, hidden=HEAVIER)
        output, said = room.python(*COMMAND, "--json", "--dry-run", "--yes").ended(status=1)
        moves = {move["student"]: move for move in map(json.loads, output.splitlines())}
        assert {name: move["kind"] for name, move in moves.items()} == {
            "ada": "rewritten",
            "ben": "down",
            "cleo": "rewritten",
        }
        (question,) = moves["ben"]["questions"]
        points = [{"score": 3.0, "of": 5.0}, {"score": 2.66, "of": 5.0}]
        assert [question["name"], question["before"], question["after"]] == ["double", *points]
        assert {test["weight_after"] for test in question["tests"]} == {7.0}
        assert "3 students: 1 loses points" in said
        assert contents(room) == before

    def test_dry_where_nobody_moves(self, room: Classroom) -> None:
        """Status 0, although texts would be others; where there is no folder of records none is made."""
        before = contents(room)
        write_course(room.root, course=COURSE.replace("call_seconds: 1", "call_seconds: 2"))
        regrade(room, "--dry-run")
        assert contents(room) == before
        table, _ = regrade(room, "--dry-run", "--out", "elsewhere", status=1)
        assert "3 students: 3 are new" in table
        assert not (room.root / "elsewhere").exists()


class TestAsking:
    def test_yes(self, room: Classroom) -> None:
        """While the question stands nothing is written and nobody else gets at the records; then they are written."""
        before = contents(room)
        write_course(room.root, hidden=HEAVIER)
        terminal = AtTerminal(room)
        assert before.items() <= contents(room).items()
        _, said = room.grade().ended(status=2)
        assert "(autograder regrade mini, since " in said
        _, said = regrade(room, "--undo", status=2)
        assert "is in use by process" in said
        terminal.type("y\n")
        assert "1 student loses points. Write the new grades? [y/N]" in terminal.ended(status=0)
        assert scores(room)["ben"] == 5.66

    @pytest.mark.parametrize("answer", ["n\n", signal.SIGINT])
    def test_no(self, room: Classroom, answer: str | signal.Signals) -> None:
        """A no and Ctrl-C write nothing and leave nothing behind."""
        before = contents(room)
        write_course(room.root, hidden=HEAVIER)
        terminal = AtTerminal(room)
        if isinstance(answer, str):
            terminal.type(answer)
            assert "nothing is written" in terminal.ended(status=2)
        else:
            terminal.run.kill(answer)
            assert "Traceback" not in terminal.ended(status=130)
        assert contents(room) == before


class TestUndo:
    def test_the_same_bytes(self, regraded: Classroom, stricter: Regraded) -> None:
        """Everything is as it was, to the byte. Nobody loses, so nobody is asked; then nothing is left to undo."""
        table, said = regrade(regraded, "--undo")
        assert "ben 5.66 → 6 +0.34" in table
        assert "are those before the regrade of 20" in said
        assert contents(regraded) == stricter.before
        _, said = regrade(regraded, "--undo", status=2)
        assert "holds no regrade that could be undone" in said

    def test_two_steps(self, regraded: Classroom, stricter: Regraded) -> None:
        """The next call goes one regrade further back."""
        second = contents(regraded)
        write_course(regraded.root)
        regrade(regraded)
        assert scores(regraded)["ben"] == 6.0
        terminal = AtTerminal(regraded, "--undo")
        terminal.type("y\n")
        assert "1 student loses points. Put the earlier records back? [y/N]" in terminal.ended(status=0)
        assert contents(regraded) == second
        regrade(regraded, "--undo")
        assert contents(regraded) == stricter.before

    def test_dry(self, regraded: Classroom) -> None:
        """It shows what would come back, and puts nothing back."""
        after = contents(regraded)
        table, _ = regrade(regraded, "--undo", "--dry-run", status=1)
        assert "ben 5.66 → 6" in table
        assert contents(regraded) == after

    def test_a_record_that_was_changed_since(self, regraded: Classroom) -> None:
        """A later edit is not thrown away: it is named, and nothing is put back."""
        path = regraded.root / RECORDS / "ada.json"
        path.write_text(path.read_text().replace('"score": 8.0', '"score": 7.5'))
        after = contents(regraded)
        _, said = regrade(regraded, "--undo", "--yes", status=2)
        assert f"changed since the regrade: {path}; move them elsewhere" in said
        assert contents(regraded) == after

    def test_another_assignment(self, regraded: Classroom) -> None:
        """Where the folder holds the regrade of another one, nothing is shown and nothing is put back."""
        course = regraded.root / "course.yml"
        course.write_text(COURSE + "  - name: maxi\n    title: Large\n")
        shutil.copytree(regraded.root / "assignments/mini", regraded.root / "assignments/maxi")
        (regraded.root / "assignments/maxi/mini.ipynb").rename(regraded.root / "assignments/maxi/maxi.ipynb")
        after = contents(regraded)
        command = "-m", "autograder.cli", "regrade", "maxi", "--out", RECORDS, "--undo", "--yes"
        output, said = regraded.python(*command).ended(status=2)
        assert (output, contents(regraded)) == ("", after)
        assert "was of mini, not of maxi; nothing is put back" in said

    def test_elsewhere(self, room: Classroom) -> None:
        """With `--out` the way back names the folder."""
        _, said = regrade(room, "--out", "else where")
        assert "autograder regrade mini --out 'else where' --undo" in said
        regrade(room, "--out", "else where", "--undo", "--yes")
        assert not any((room.root / "else where").iterdir())


class TestRefusals:
    @pytest.mark.parametrize(
        ("change", "words"),
        [
            (lambda text: text[:-9], "ben.json: this is not a grade record"),
            (lambda text: text.replace('"student": "ben"', '"student": "ada"'), "this is the record of 'ada' in mini"),
            (lambda text: text.replace('"assignment": "mini"', '"assignment": "x"'), "the record of 'ben' in mini/x"),
        ],
    )
    def test_a_record_that_cannot_be_compared(self, room: Classroom, change: Callable[[str], str], words: str) -> None:
        """It is named before anything is graded, and everything stays."""
        path = room.root / RECORDS / "ben.json"
        path.write_text(change(path.read_text()))
        before = contents(room)
        table, said = regrade(room, "--yes", status=2)
        assert (table, contents(room)) == ("", before)
        assert words in said
        assert "ada: 8 of 8" not in said

    def test_a_broken_suite(self, room: Classroom) -> None:
        """A suite that fails on the reference moves nobody."""
        before = contents(room)
        write_course(room.root, hidden=HIDDEN.replace("reference.double(x)", "3 * x"))
        _, said = regrade(room, "--yes", status=2)
        assert "fails on the reference itself" in said
        assert contents(room) == before

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["--undo", "submitted/ada/mini/mini.ipynb"], "--undo takes the whole of the last regrade back"),
            (["--undo"], "holds no regrade that could be undone"),
            (["nobody.ipynb"], "nobody.ipynb: there is no such file"),
            (["--out", "course.yml"], "is no folder that can be written to"),
            (["--jobs", "1", "--", "-x.ipynb"], "-x.ipynb: there is no such file"),
            (["--jobs", "1", "-x.ipynb"], "unrecognized arguments: -x.ipynb"),
        ],
    )
    def test_a_wrong_call(self, room: Classroom, arguments: list[str], words: str) -> None:
        """Status 2, one sentence, nothing written."""
        before = contents(room)
        _, said = regrade(room, *arguments, status=2)
        assert words in said
        assert "Traceback" not in said
        assert contents(room) == before

    def test_only_the_assignment_is_required(self, room: Classroom) -> None:
        """A call without any argument asks for what has no default."""
        _, said = room.python(*COMMAND[:-1]).ended(status=2)
        assert "the following arguments are required: ASSIGNMENT\n" in said
        assert "ASSIGNMENT [NOTEBOOK ...]\n" in said

    def test_nothing_was_handed_in(self, tmp_path: Path) -> None:
        """The message says where notebooks are looked for."""
        write_course(tmp_path)
        _, said = regrade(Classroom(tmp_path), status=2)
        assert f"there is no notebook in {tmp_path}/submitted/STUDENT/mini; put them there, or name them" in said


def test_grading_goes_on_as_before(regraded: Classroom) -> None:
    """`autograder grade` takes regraded records over and leaves the earlier ones alone."""
    after = contents(regraded)
    _, said = regraded.grade().ended(status=0)
    assert "3 of 3 records are taken over from an earlier run" in said
    assert contents(regraded) == after


class TestGradeWhereGradesAreOut:
    def test_another_suite(self, room: Classroom) -> None:
        """`autograder grade` does not take points that a regrade would ask about; it says how to go on."""
        write_course(room.root, hidden=HEAVIER)
        hand_in(room.root, "dora", RIGHT)
        before = contents(room)
        regrade(room, status=2)
        table, said = room.grade().ended(status=2)
        assert (table, contents(room)) == ("", before)
        assert "3 submissions have grades by another suite, " in said
        assert f"in {room.root / RECORDS}, such as that of ada; nothing is graded. `autograder regrade mini` " in said
        assert " of 8\n" not in said

    def test_again(self, room: Classroom) -> None:
        """With `--again` they are replaced."""
        write_course(room.root, hidden=HEAVIER)
        room.grade("--again").ended(status=0)
        assert scores(room) == {"ada": 8.0, "ben": 5.66, "cleo": 0.0}

    def test_what_is_graded_anew_without_asking(self, room: Classroom) -> None:
        """Another notebook, or a record of none that could be read, is no grade that is out; nor is another secret."""
        write_course(room.root, hidden=HEAVIER)
        for student in ANSWERS:
            hand_in(room.root, student, {**RIGHT, "square": "def square(x):\n    return x * x * x"})
        room.grade().ended(status=0)
        assert scores(room) == {"ada": 5.0, "ben": 5.0, "cleo": 5.0}
        _, said = room.grade(environment={"AUTOGRADER_SECRET": f"not {SECRET}"}).ended(status=0)
        assert "taken over" not in said


def test_the_real_course(tmp_path: Path) -> None:
    """A heavier test in the course's own suite moves who failed it; undone, every record is what it was."""
    copy_course(tmp_path, "gates")
    assert write_gates_class(tmp_path, tmp_path / "submitted", ["wen", "ada"])
    room = Classroom(tmp_path)
    suite = tmp_path / "tests/hidden/test_gates.py"
    command = ("-m", "autograder.cli", "regrade", "gates", "--jobs", "2", "--yes")
    room.python(*command).ended(status=0)
    before = contents(room)
    line = "def test_graph_branches("
    old = suite.read_text()
    suite.write_text(old.replace(f"@weight(2)\n{line}", f"@weight(4)\n{line}"))
    assert suite.read_text() != old
    table, _ = room.python(*command).ended(status=0)
    text = " ".join(table.split())
    assert "wen 32.72 → 32.5 −0.22 ComputationalGraph 2.72 → 2.5 fails, counts 4 instead of 2: Where a value" in text
    assert "2 students: 1 loses points, 1 keeps the points and gets other texts or digests" in text
    room.python(*command, "--undo").ended(status=0)
    assert contents(room) == before
