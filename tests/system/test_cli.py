"""The commands as a person types them: what they print, what they write, and how they end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder import record
from tests.minicourse import COURSE, HIDDEN, MISCONCEPTIONS, REFERENCE, RIGHT, answered, write_course

TWO_SQUARED = REFERENCE.replace("x * x", "x**2")
WRONG = {**RIGHT, "double": "def double(x):\n    return x + 2"}


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course folder with three submissions in nbgrader's order of folders."""
    write_course(tmp_path)
    hand_in(tmp_path, "ada", answered(RIGHT))
    hand_in(tmp_path, "ben", answered(WRONG))
    hand_in(tmp_path, "cleo", answered({}))
    return tmp_path


def hand_in(course: Path, student: str, data: bytes) -> Path:
    path = course / "submitted" / student / "mini" / "mini.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def autograder(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "autograder.cli", *arguments]
    wide = {**os.environ, "COLUMNS": "200"}
    return subprocess.run(command, cwd=cwd, env=wide, capture_output=True, text=True, check=False, timeout=120)


def notebooks(course: Path) -> list[str]:
    return [str(path.relative_to(course)) for path in sorted(course.glob("submitted/*/mini/*.ipynb"))]


class TestGrade:
    def test_writes_a_record_a_student_and_prints_a_table(self, course: Path) -> None:
        """Everybody gets a record under grades/; the table has the scores and the one message."""
        done = autograder("grade", "mini", *notebooks(course), "--jobs", "2", cwd=course)
        assert done.returncode == 0, done.stderr
        grades = {path.stem: record.read(path) for path in (course / "grades" / "mini").iterdir()}
        assert {name: grade.score for name, grade in grades.items()} == {"ada": 8.0, "ben": 3.0, "cleo": 0.0}
        assert "You added a constant instead of scaling." in " ".join(done.stdout.split())
        assert "Traceback" not in done.stderr

    def test_json_prints_records_and_nothing_else(self, course: Path) -> None:
        """Standard output is one JSON record a line, ready for another program."""
        done = autograder("grade", "mini", *notebooks(course), "--json", "--out", "elsewhere", cwd=course)
        grades = [record.from_json(line.encode()) for line in done.stdout.splitlines()]
        assert sorted(grade.student for grade in grades) == ["ada", "ben", "cleo"]
        assert sorted(path.name for path in (course / "elsewhere").iterdir()) == ["ada.json", "ben.json", "cleo.json"]
        assert not (course / "grades").exists()

    def test_one_that_cannot_be_graded_is_named(self, course: Path) -> None:
        """Exit status 1 says that somebody has no grade, standard error who and why; the others have theirs."""
        hand_in(course, "dora", b'{"nbformat": 4')
        done = autograder("grade", "mini", *notebooks(course), cwd=course)
        assert done.returncode == 1
        assert "not gradable: dora: the file is not valid JSON" in done.stderr
        assert record.read(course / "grades/mini/dora.json").outcome == "not gradable"
        assert record.read(course / "grades/mini/ada.json").score == 8.0

    def test_a_link_or_a_folder_stops_nobody_else(self, course: Path) -> None:
        """What stands in a notebook's place is that student's affair; nobody gets the points of another's file."""
        hand_in(course, "dora", b"").unlink()
        (course / "submitted/dora/mini/mini.ipynb").symlink_to("../../ada/mini/mini.ipynb")
        hand_in(course, "emil", b"").unlink()
        (course / "submitted/emil/mini/mini.ipynb").mkdir()
        for _ in range(2):  # the second time the records of the first are there
            done = autograder("grade", "mini", *notebooks(course), cwd=course)
            assert done.returncode == 1, done.stderr
            for student in ("dora", "emil"):
                assert f"not gradable: {student}: mini.ipynb is not an ordinary file" in done.stderr
                assert record.read(course / f"grades/mini/{student}.json").score == 0.0
            assert record.read(course / "grades/mini/ada.json").score == 8.0

    def test_the_student_is_the_file_name_elsewhere(self, course: Path) -> None:
        """Without nbgrader's folders, the file is named after the student."""
        (course / "eva.ipynb").write_bytes(answered(RIGHT))
        autograder("grade", "mini", "eva.ipynb", cwd=course)
        assert record.read(course / "grades/mini/eva.json").student == "eva"

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["mini", "nobody.ipynb"], "nobody.ipynb: there is no such file"),
            (["mini", "submitted/ada"], "there is no notebook in submitted/ada/STUDENT/mini; put them there, or name"),
            (["mini", "submitted", "ada.ipynb"], "are both of student 'ada'"),
            (["minni", "submitted/ada/mini/mini.ipynb"], "there is no assignment 'minni'; did you mean mini"),
            (["mini", "submitted/ada/mini/mini.ipynb", "ada.ipynb"], "are both of student 'ada'"),
            (["mini"], "the following arguments are required: NOTEBOOK"),
            (["mini", "ada.ipynb", "--jobs", "0"], "0 is not a number of processes"),
            (["mini", "ada.ipynb", "--dask", ""], "--dask has no address; give tcp://HOST:PORT, or the file that"),
        ],
    )
    def test_a_wrong_call_grades_nobody(self, course: Path, arguments: list[str], words: str) -> None:
        """Exit status 2, one sentence, and nothing written."""
        (course / "ada.ipynb").write_bytes(answered(RIGHT))
        done = autograder("grade", *arguments, cwd=course)
        assert done.returncode == 2
        assert words in done.stderr
        assert "Traceback" not in done.stderr
        assert not (course / "grades").exists()

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"reference": REFERENCE.replace("2 * x", "3 * x")}, "fails on the reference itself"),
            ({"course": COURSE.replace("call_seconds", "cal_seconds")}, "course.yml:4: unknown limit 'cal_seconds'"),
        ],
    )
    def test_a_fault_of_the_course_gives_nobody_a_zero(self, course: Path, change: dict[str, str], words: str) -> None:
        """A broken suite or course stops the command before it writes anything."""
        write_course(course, **change)
        done = autograder("grade", "mini", *notebooks(course), cwd=course)
        assert (done.returncode, done.stdout) == (2, "")
        assert words in done.stderr
        assert not (course / "grades").exists()

    @pytest.mark.parametrize("name", ["a\x1b[31mb", "a\nb", "a\udcffb"])
    def test_a_name_that_cannot_be_printed_is_refused(self, course: Path, name: str) -> None:
        """Such a name would reach terminals, pages and files; nobody is graded before it is put right."""
        hand_in(course, name, answered(RIGHT))
        done = autograder("grade", "mini", *notebooks(course), cwd=course)
        assert (done.returncode, done.stdout) == (2, "")
        assert "holds characters that cannot be printed" in done.stderr
        assert not set("\x1b\udcff") & set(done.stderr)
        assert not (course / "grades").exists()

    def test_records_that_cannot_be_written_stop_it_before_it_grades(self, course: Path) -> None:
        """A file in the place of the folder for records is named, and stays."""
        (course / "out").write_text("mine")
        done = autograder("grade", "mini", *notebooks(course), "--out", "out", cwd=course)
        assert done.returncode == 2
        assert "is no folder that can be written to; name another one with --out" in done.stderr
        assert (course / "out").read_text() == "mine"

    def test_a_very_long_name(self, course: Path) -> None:
        """A name as long as a file system allows for a record has its record."""
        hand_in(course, "n" * 250, answered(RIGHT))
        assert autograder("grade", "mini", *notebooks(course), cwd=course).returncode == 0
        assert record.read(course / "grades/mini" / f"{'n' * 250}.json").score == 8.0

    @pytest.mark.parametrize("again", [[], ["--again"]])
    def test_records_of_another_assignment_are_not_replaced(self, course: Path, again: list[str]) -> None:
        """Two assignments that share a folder of records stop the second command before it grades anybody."""
        autograder("grade", "mini", *notebooks(course), cwd=course)
        path = course / "grades" / "mini" / "ada.json"
        other = path.read_bytes().replace(b'"assignment": "mini"', b'"assignment": "maxi"')
        path.write_bytes(other)
        done = autograder("grade", "mini", *notebooks(course), *again, cwd=course)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == (
            f"autograder: {path}: this is the record of 'ada' in mini/maxi; nothing is graded. "
            "Mend it, move it away, or name another folder with --out\n"
        )
        assert path.read_bytes() == other

    def test_what_is_not_gradable_twice_keeps_its_record(self, course: Path) -> None:
        """Such a question is judged each time; where that changes nothing the file stays, but not with `--again`.

        What `--json` prints is what the file says.
        """
        hand_in(course, "dora", answered({**RIGHT, "double": "def double(x:\n    return 2 * x"}))
        assert autograder("grade", "mini", *notebooks(course), cwd=course).returncode == 0
        path = course / "grades" / "mini" / "dora.json"
        first = path.read_bytes().replace(record.read(path).graded_at.encode(), b"2026-01-01T00:00:00+00:00")
        path.write_bytes(first)
        done = autograder("grade", "mini", *notebooks(course), "--json", cwd=course)
        assert done.returncode == 0
        assert path.read_bytes() == first
        assert record.from_json(first) in map(record.from_json, done.stdout.encode().splitlines())
        assert autograder("grade", "mini", *notebooks(course), "--again", cwd=course).returncode == 0
        assert record.is_same(record.from_json(first), record.read(path))
        assert path.read_bytes() != first

    def test_without_standard_output(self, course: Path) -> None:
        """Whoever closes it gets the records, and no traceback."""
        command = [sys.executable, "-m", "autograder.cli", "grade", "mini", "submitted", "--json"]
        closed = ["/bin/sh", "-c", 'exec "$@" >&-', "sh", *command]
        done = subprocess.run(closed, cwd=course, stderr=subprocess.PIPE, text=True, check=False, timeout=120)
        assert (done.returncode, "Traceback" in done.stderr) == (0, False)
        assert len(list((course / "grades" / "mini").glob("*.json"))) == 3

    @pytest.mark.parametrize("form", [[], ["--json"]])
    def test_a_reader_that_has_seen_enough(self, course: Path, form: list[str]) -> None:
        """Whoever closes the pipe ends the command without a complaint; what it had written by then stays."""
        command = [sys.executable, "-m", "autograder.cli", "grade", "mini", "submitted", *form]
        reading, writing = os.pipe()
        os.close(reading)
        done = subprocess.run(
            command, cwd=course, stdout=writing, stderr=subprocess.PIPE, text=True, check=False, timeout=120
        )
        os.close(writing)
        assert (done.returncode, "Broken pipe" in done.stderr, "Traceback" in done.stderr) == (141, False, False)
        there = {path: path.read_bytes() for path in (course / "grades" / "mini").glob("*.json")}
        assert there
        assert autograder("grade", "mini", "submitted", cwd=course).returncode == 0
        assert all(path.read_bytes() == content for path, content in there.items())

    def test_outside_of_a_course(self, tmp_path_factory: pytest.TempPathFactory) -> None:
        """The message says where a course was looked for."""
        done = autograder("grade", "mini", "x.ipynb", cwd=tmp_path_factory.mktemp("empty"))
        assert done.returncode == 2
        assert "run this in a course folder" in done.stderr

    def test_names_from_outside_stay_inside_the_folder(self, course: Path) -> None:
        """A file name cannot make the record land anywhere but in the folder given."""
        (course / "a[b].ipynb").write_bytes(answered(RIGHT))
        autograder("grade", "mini", "a[b].ipynb", cwd=course)
        assert (course / "grades/mini/a[b].json").is_file()


class TestGradeAFolder:
    def test_is_as_if_all_notebooks_were_named(self, course: Path) -> None:
        """The same records, table and lines; the second command finds the records of the first."""
        named = autograder("grade", "mini", *notebooks(course), "--out", "named", cwd=course)
        folder = autograder("grade", "mini", "submitted", "--out", "folder", cwd=course)
        assert (folder.returncode, folder.stderr) == (0, named.stderr)
        assert folder.stdout == named.stdout.replace("records: named", "records: folder")
        again = autograder("grade", "mini", "submitted", "--out", "named", cwd=course)
        assert "3 of 3 records are taken over from an earlier run" in again.stderr

    def test_nobody_is_missed_unseen(self, course: Path) -> None:
        """Who handed in nothing is named; who handed in no notebook has no grade, which is status 1."""
        (course / "submitted/dora/other").mkdir(parents=True)
        (course / "submitted/emil/mini").mkdir(parents=True)
        done = autograder("grade", "mini", "submitted", "--json", cwd=course)
        assert done.returncode == 0
        assert "nothing handed in for mini: dora, emil\n" in done.stderr
        (course / "submitted/emil/mini/mini.py").write_text("x = 1")
        done = autograder("grade", "mini", "submitted", "--json", cwd=course)
        assert done.returncode == 1
        assert "nothing handed in for mini: dora\n" in done.stderr
        why = "no record was written: submitted/emil/mini holds no mini.ipynb and no other notebook"
        assert f"not gradable: emil: {why}\n" in done.stderr
        assert [json.loads(line)["student"] for line in done.stdout.splitlines()] == ["ada", "ben", "cleo"]
        assert sorted(path.stem for path in (course / "grades/mini").iterdir()) == ["ada", "ben", "cleo"]

    def test_a_student_who_is_named_besides_has_handed_in(self, course: Path) -> None:
        """A notebook that came another way counts, although the student's folder is empty."""
        (course / "submitted/dora").mkdir()
        (course / "dora.ipynb").write_bytes(answered(RIGHT))
        done = autograder("grade", "mini", "submitted", "dora.ipynb", cwd=course)
        assert (done.returncode, "nothing handed in" in done.stderr) == (0, False)
        assert record.read(course / "grades/mini/dora.json").score == 8.0


class TestSolve:
    def test_writes_a_notebook_that_gets_full_points(self, course: Path) -> None:
        """The solved notebook is the assignment's with the reference put in."""
        done = autograder("solve", "mini", "-o", "solved.ipynb", cwd=course)
        assert (done.returncode, done.stdout) == (0, "wrote solved.ipynb\n")
        graded = autograder("grade", "mini", "solved.ipynb", "--json", cwd=course)
        assert json.loads(graded.stdout)["score"] == 8.0

    def test_overwrites_nothing(self, course: Path) -> None:
        """A notebook that is there already is worth more than ours."""
        (course / "mini-solved.ipynb").write_text("mine")
        done = autograder("solve", "mini", cwd=course)
        assert done.returncode == 2
        assert "mini-solved.ipynb is there already" in done.stderr
        assert (course / "mini-solved.ipynb").read_text() == "mine"


class TestDoctor:
    def test_lists_every_layer_and_the_course(self, course: Path) -> None:
        """Each protection has its line; on this machine grading is possible."""
        done = autograder("doctor", cwd=course)
        for name in ("bubblewrap", "Landlock", "system-call filter", "A tiny course", "nbgrader"):
            assert name in done.stdout
        assert done.returncode == 0, done.stdout + done.stderr

    @pytest.mark.parametrize(
        ("part", "text", "words"),
        [
            ("course", COURSE.replace("call_seconds", "cal_seconds"), "unknown limit"),
            ("misconceptions", MISCONCEPTIONS.replace("scaling.", "scaling"), "a sentence that ends in a full stop"),
            ("misconceptions", "1 / 0", "ZeroDivisionError"),
        ],
    )
    def test_says_what_is_wrong_with_the_course(self, course: Path, part: str, text: str, words: str) -> None:
        """A fault in the course is part of the diagnosis, not a crash of it, and would stop who grades."""
        write_course(course, **{part: text})
        done = autograder("doctor", cwd=course)
        assert done.returncode == 1
        assert words in " ".join(done.stdout.split())
        assert autograder("grade", "mini", "submitted", cwd=course).returncode == 2


class TestMutate:
    def test_a_good_suite(self, course: Path) -> None:
        """Exit status 0, a row a question, and nothing written: neither a file nor a word on standard error."""
        before = sorted(path for path in course.rglob("*") if "__pycache__" not in path.parts)
        done = autograder("mutate", "mini", cwd=course)
        assert (done.returncode, done.stderr) == (0, "")
        lines = [line.split() for line in done.stdout.splitlines()]
        assert ["double", *["1", "of", "1"] * 2, "5", "0", "0", "0", "of", "0"] in lines
        assert sorted(path for path in course.rglob("*") if "__pycache__" not in path.parts) == before

    def test_a_suite_that_lets_something_through(self, course: Path) -> None:
        """Exit status 1, and each survivor with its id, its place and the changed code."""
        write_course(course, hidden=HIDDEN.replace("x = rng.normal(size=3)", "x = 2.0"), reference=TWO_SQUARED)
        done = autograder("mutate", "--question", "square", "--seeds", "1", cwd=course)
        assert done.returncode == 1
        assert "survived: square: x ** 2 → x * 2\n    reference/mini.py:8: return x * 2\n" in done.stdout

    def test_all_assignments_as_markdown(self, course: Path) -> None:
        """Without a name all assignments are looked at; the text is the same every time."""
        (one, two) = (autograder("mutate", "--markdown", "--seeds", "1", "--jobs", n, cwd=course) for n in "12")
        assert one.returncode == 0
        assert one.stdout.startswith("## `mini`: Tiny\n\n| question |")
        assert one.stdout == two.stdout

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["minni"], "there is no assignment 'minni'; did you mean mini"),
            (["mini", "--question", "tripel"], "mini has no question 'tripel'; there are: double, square"),
            (["mini", "--seeds", "0"], "0 is not a number of processes or seeds; give 1 or more"),
        ],
    )
    def test_a_wrong_call(self, course: Path, arguments: list[str], words: str) -> None:
        """Exit status 2 and one sentence."""
        done = autograder("mutate", *arguments, cwd=course)
        assert (done.returncode, done.stdout) == (2, "")
        assert words in done.stderr
        assert "Traceback" not in done.stderr

    def test_a_suite_that_is_wrong(self, course: Path) -> None:
        """A suite that fails on the reference would kill every mutant; it is a fault of the course."""
        write_course(course, hidden=HIDDEN.replace("reference.double(x)", "3 * x"))
        done = autograder("mutate", "mini", cwd=course)
        assert done.returncode == 2
        assert "fails on the reference itself" in done.stderr


@pytest.mark.parametrize("command", [["--help"], ["grade", "--help"], ["--version"]])
def test_help_needs_no_course(tmp_path: Path, command: list[str]) -> None:
    """Asking for help works anywhere."""
    assert autograder(*command, cwd=tmp_path).returncode == 0


def test_importing_the_package_stays_light() -> None:
    """`from autograder import check` pulls in nothing that only grading needs."""
    code = "import sys, autograder; autograder.check; print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    heavy = {
        "nbformat",
        "jsonschema",
        "nbgrader",
        "IPython",
        "matplotlib",
        "nbconvert",
        "rich",
        "pyseccomp",
        "traitlets.config",
    }
    assert not heavy & set(modules)
