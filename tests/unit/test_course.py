"""course.yml and its folders: what is right is read, what is wrong is named with file, line and remedy."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.errors import CourseError

ROOT = Path(__file__).parents[2]

GOOD = """\
name: nn
title: A course
limits:
  call_seconds: 2
assignments:
  - name: gates
    title: Gates
    limits:
      memory_mb: 512
"""


def course_of(folder: Path, text: str) -> Course:
    (folder / "course.yml").write_text(text, encoding="utf-8")
    return Course.load(folder)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the real course's files that an assignment needs."""
    for name in ("assignments", "reference", "tests/hidden"):
        shutil.copytree(ROOT / name, tmp_path / name)
    (tmp_path / "course.yml").write_text(GOOD)
    return tmp_path


class TestLoad:
    def test_the_course_of_this_repository_is_in_order(self) -> None:
        """The repository's own course has no fault in any assignment."""
        Course.load(ROOT).validate()

    def test_limits_merge(self, tmp_path: Path) -> None:
        """An assignment's limits stand over the course's, which stand over the defaults."""
        limits = course_of(tmp_path, GOOD).assignment("gates").limits
        assert (limits.call_seconds, limits.memory_mb, limits.cell_seconds) == (2, 512, 20)

    @pytest.mark.parametrize(
        ("course", "own", "hints"), [("", "", 3), ("hints: 1\n", "", 1), ("hints: 1\n", "    hints: 2\n", 2)]
    )
    def test_hints(self, tmp_path: Path, course: str, own: str, hints: int) -> None:
        """All steps of hints are given unless the course, or else the assignment, says how many."""
        assert (
            course_of(tmp_path, GOOD.replace("limits:", f"{course}limits:", 1) + own).assignment("gates").hints == hints
        )

    @pytest.mark.parametrize(("line", "data"), [("", None), ("    data: mnist\n", "mnist"), ("    data:\n", None)])
    def test_data(self, tmp_path: Path, line: str, data: str | None) -> None:
        """An assignment has the data set that it names, and none where it names none."""
        assert course_of(tmp_path, GOOD + line).assignment("gates").data == data

    def test_is_found_from_a_folder_below(self, folder: Path) -> None:
        """A command works in any folder of the course."""
        assert Course.find(folder / "assignments" / "gates").root == folder

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            (GOOD.replace("title: A", "titel: A"), "course.yml:2: unknown key 'titel'; did you mean title?"),
            (GOOD.replace("    title: Gates\n", ""), "course.yml:6: assignments.0 has no 'title'; add it"),
            (GOOD.replace("name: nn\n", ""), "course.yml:1: the file has no 'name'; add it"),
            (GOOD + "    hints: 4\n", "course.yml:10: hints is 4; it is the last step that `hint` gives: 0 to 3"),
            (GOOD.replace("limits:", "hints: -1\nlimits:", 1), "course.yml:3: hints is -1; it is the last step"),
            (GOOD + "    hints: many\n", "course.yml:10: "),
            (GOOD + "    data: minst\n", "course.yml:10: unknown data set 'minst'; did you mean mnist?"),
            (GOOD + "    data: 3\n", "course.yml:10: "),
            (GOOD + "    data: cifar\n", "course.yml:10: unknown data set 'cifar'; there are: mnist"),
            (GOOD.replace("call_seconds", "cal_seconds"), "course.yml:4: unknown limit 'cal_seconds'; did you mean"),
            (GOOD.replace(": 2", ": -2"), "course.yml:4: call_seconds is -2; a limit is a number greater than 0"),
            (GOOD.replace(": 2", ": .inf"), "course.yml:4: call_seconds is inf; a limit is"),
            (GOOD.replace(": 2", ": .nan"), "course.yml:4: call_seconds is nan; a limit is"),
            (GOOD.replace(": 2", ": fast"), "course.yml:4: call_seconds is 'fast'; a limit is a number"),
            (GOOD.replace(": 2", ": true"), "course.yml:4: call_seconds is True; a limit is a number"),
            (GOOD.replace(": 2", ":"), "course.yml:4: call_seconds is None; a limit is a number"),
            (GOOD.replace("512", "512.5"), "course.yml:9: memory_mb is 512.5; a limit is a whole number"),
            (GOOD.replace("\n  call_seconds: 2", " 3"), "course.yml:3: limits: expected `object`, got `int`"),
            (GOOD.replace("512", "0"), "course.yml:9: memory_mb is 0; a limit is a whole number greater than 0"),
            (GOOD.replace("- name: gates", "- name: ../gates"), "course.yml:6: '../gates' is not a name"),
            (GOOD + "  - name: gates\n    title: Again\n", "course.yml:10: assignment 'gates' stands here twice"),
            (GOOD + "title: Another\n", "course.yml:2: 'title' stands twice (again in line 10); remove one"),
            ("name: [\n", "course.yml:2: not YAML"),
            ("", "course.yml:1: the file: expected `object`, got `null`"),
            ("just words", "course.yml:1: the file: expected `object`, got `str`"),
            ("name: \x00", "course.yml: not YAML"),
        ],
    )
    def test_a_fault_is_named_with_its_line(self, tmp_path: Path, text: str, message: str) -> None:
        """Whatever is wrong in course.yml, the message has the line and what to do."""
        with pytest.raises(CourseError) as caught:
            course_of(tmp_path, text)
        assert message in str(caught.value)

    def test_another_encoding_is_named(self, tmp_path: Path) -> None:
        """A course.yml that is not UTF-8 is refused with the byte."""
        (tmp_path / "course.yml").write_bytes("title: Käfer".encode("latin-1"))
        with pytest.raises(CourseError, match="not UTF-8"):
            Course.load(tmp_path)

    def test_no_course_here(self, tmp_path: Path) -> None:
        """Outside of a course folder the message says where it was looked for."""
        with pytest.raises(CourseError, match=r"no course\.yml in"):
            Course.find(tmp_path)

    def test_unknown_assignment_names_the_nearest(self) -> None:
        """A mistyped assignment is answered with the one that was probably meant."""
        with pytest.raises(CourseError, match="did you mean gates"):
            Course.load(ROOT).assignment("gate")


class TestValidate:
    def test_missing_notebook(self, folder: Path) -> None:
        """An assignment without its notebook is named with the path."""
        (folder / "assignments/gates/gates.ipynb").unlink()
        with pytest.raises(CourseError, match=r"assignments/gates/gates\.ipynb: there is no such notebook"):
            Course.load(folder).validate()

    def test_damaged_notebook(self, folder: Path) -> None:
        """An assignment's notebook that is no notebook is a course error, too."""
        (folder / "assignments/gates/gates.ipynb").write_text("{")
        with pytest.raises(CourseError, match=r"assignments/gates/gates\.ipynb: the file is not valid JSON"):
            Course.load(folder).validate()

    @pytest.mark.parametrize("suite", ["tests/hidden/test_gates.py", "assignments/gates/checks.py"])
    def test_question_without_suite(self, folder: Path, suite: str) -> None:
        """A question that no test judges is named with the suite that lacks it."""
        path = folder / suite
        path.write_text(path.read_text().replace('"circuit"', '"AddGate"'))
        with pytest.raises(CourseError, match=f"{suite}: no test for question 'circuit'"):
            Course.load(folder).validate()

    def test_suite_without_question(self, folder: Path) -> None:
        """A test for a question that the notebook does not ask is named with its line."""
        path = folder / "tests/hidden/test_gates.py"
        lines = path.read_text().count("\n")
        path.write_text(path.read_text() + '\n@pytest.mark.question("circuits")\ndef test_x():\n    """X."""\n')
        with pytest.raises(
            CourseError, match=rf"test_gates\.py:{lines + 2}: question 'circuits' .* did you mean circuit"
        ):
            Course.load(folder).validate()

    def test_negative_points(self, folder: Path) -> None:
        """Negative points are refused, with the check cell that has them."""
        path = folder / "assignments/gates/gates.ipynb"
        content = json.loads(path.read_text())
        for cell in content["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("grade_id") == "circuit":
                cell["metadata"]["nbgrader"]["points"] = -1
        path.write_text(json.dumps(content))
        with pytest.raises(CourseError, match="check cell 'circuit' has -1 points; points cannot be negative"):
            Course.load(folder).validate()

    @pytest.mark.parametrize("name", ["reference/gates.py", "reference/misconceptions/gates.py"])
    def test_missing_reference(self, folder: Path, name: str) -> None:
        """An assignment without reference or misconceptions is named with the path."""
        (folder / name).unlink()
        with pytest.raises(CourseError, match=f"{name}: there is no such file"):
            Course.load(folder).validate()

    def test_suite_with_a_syntax_error(self, folder: Path) -> None:
        """A suite that is no Python is named with its line."""
        (folder / "tests/hidden/test_gates.py").write_text("def test_(:\n")
        with pytest.raises(CourseError, match=r"tests/hidden/test_gates\.py:1: invalid syntax"):
            Course.load(folder).validate()
