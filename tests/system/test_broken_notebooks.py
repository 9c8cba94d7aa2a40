"""Notebooks that are broken by accident: each gets its grade, or a sentence that says why not; nobody else pays."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograder import record
from autograder.record import Grade
from tests.corpus.broken import course as broken_course
from tests.corpus.broken.recipe import ASSIGNMENT, POINTS, Broken
from tests.corpus.broken.students import ALL, hand_in
from tests.system.conftest import ROOT, CourseFolder

NOT_GRADABLE = tuple(recipe for recipe in ALL if recipe.reason)
WINDOWS = "crlf"
TOLD = tuple(each for each in ALL if each.reason or each.lost or each.says or each.shows or each.student == WINDOWS)
"""Students who have something to read on their pages; nbgrader is slow, and the records of all others say enough."""
MOST_MEMORY = 700 << 20
"""Bytes that one process may hold in memory: more than a grader needs, and less than the largest file."""

Run = tuple[Path, subprocess.CompletedProcess[str], int]
"""A course folder, what came of a command in it, and the bytes that its largest process held."""

_LONGEST = 3600
"""Seconds after which something hangs, however busy the machine is."""
_MEASURED = """
import resource, subprocess, sys
status = subprocess.run([sys.executable, *sys.argv[1:]]).returncode
print("largest process:", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss << 10)
sys.exit(status)
"""


def by_student(recipe: Broken) -> str:
    return recipe.student


def measured(folder: Path, *arguments: str) -> tuple[subprocess.CompletedProcess[str], int]:
    """Run Python in a folder; returns what came of it, and the bytes of memory that its largest process held."""
    command = [sys.executable, "-c", _MEASURED, *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=_LONGEST, check=False)
    *lines, last = done.stdout.splitlines()
    done.stdout = "\n".join(lines)
    return done, int(last.removeprefix("largest process: "))


def require_right(recipe: Broken, grade: Grade) -> None:
    """Compare a record with what its recipe requires."""
    results = {result.name: result for result in grade.questions}
    assert {name: result.score for name, result in results.items()} == recipe.scores
    assert grade.outcome == ("not gradable" if recipe.reason else "graded")
    assert recipe.reason in (grade.reason or "")
    assert set(recipe.restored) <= set(grade.restored)
    assert recipe.says.keys() >= recipe.lost.keys()
    for name, text in recipe.says.items():
        assert text in results[name].message
    for name, outcome in recipe.outcomes.items():
        assert results[name].outcome == outcome
    if not recipe.reason:
        assert {n for n, result in results.items() if result.outcome == "right"} == POINTS.keys() - recipe.lost.keys()


def written(course: Path, recipes: tuple[Broken, ...]) -> Path:
    """Write the course and what these students hand in."""
    broken_course.write_course(ROOT, course)
    hand_in(ROOT, course / "submitted", recipes)
    return course


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """One run of `autograder grade` over the class: the course folder, what came of it, and the memory used."""
    course = written(tmp_path_factory.mktemp("broken"), ALL)
    files = sorted(str(path) for path in course.glob(f"submitted/*/{ASSIGNMENT}/{ASSIGNMENT}.ipynb"))
    done, memory = measured(course, "-m", "autograder.cli", "grade", ASSIGNMENT, *files, "--jobs", "2")
    (course / "submitted" / "a_gigabyte" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").unlink()
    return course, done, memory


@pytest.fixture(scope="module")
def grades(run: Run) -> Mapping[str, Grade]:
    """The records by student."""
    course, done, _ = run
    assert (course / "grades" / ASSIGNMENT).is_dir(), done.stderr
    found = (record.read(path) for path in (course / "grades" / ASSIGNMENT).glob("*.json"))
    return {grade.student: grade for grade in found}


class TestCommandLine:
    @pytest.mark.parametrize("recipe", ALL, ids=by_student)
    def test_the_record_is_as_required(self, grades: Mapping[str, Grade], recipe: Broken) -> None:
        """Scores, outcomes, messages and what was put back: an accident costs no more than its question."""
        require_right(recipe, grades[recipe.student])

    def test_everybody_has_a_record(self, run: Run, grades: Mapping[str, Grade]) -> None:
        """No notebook keeps another from its grade; exit status 1 says that some could not be graded, and which."""
        _, done, _ = run
        assert grades.keys() == {recipe.student for recipe in ALL}
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        named = set(re.findall(r"^not gradable: (\w+): ", done.stderr, re.MULTILINE))
        assert named == {recipe.student for recipe in ALL if recipe.reason}

    def test_no_message_is_about_us(self, grades: Mapping[str, Grade]) -> None:
        """Nothing that a student can mend is said to be a fault of the grader or the course."""
        for grade in grades.values():
            said = [grade.reason or "", *(question.message for question in grade.questions)]
            assert not any("the grader stopped" in text or "could not use" in text for text in said), grade.student

    def test_a_large_file_is_never_held_in_memory(self, run: Run) -> None:
        """No process of the run, with a notebook of 1 GB in the class, holds as much as that."""
        assert run[2] < MOST_MEMORY


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> CourseFolder:
    """The class, but for those with nothing to read, after `nbgrader autograde` and `nbgrader generate_feedback`."""
    course = CourseFolder(written(tmp_path_factory.mktemp("broken"), TOLD), ASSIGNMENT)
    course.nbgrader("generate_assignment", ASSIGNMENT)
    done, memory = measured(course.root, "-m", "nbgrader", "autograde", ASSIGNMENT)
    (course.root / "autograde.log").write_text(done.stdout + done.stderr)
    (course.root / "autograde.json").write_text(json.dumps({"status": done.returncode, "memory": memory}))
    for large in course.root.glob(f"*/a_gigabyte/{ASSIGNMENT}/*.ipynb"):
        if large.stat().st_size > 1 << 29:
            large.unlink()
    pages, _ = measured(course.root, "-m", "nbgrader", "generate_feedback", ASSIGNMENT)
    assert pages.returncode == 0, pages.stderr
    return course


@pytest.fixture(scope="module")
def scores(course: CourseFolder) -> Mapping[str, Mapping[str, float | None]]:
    """The scores of the gradebook, by student and question."""
    with course.gradebook() as gradebook:
        found = gradebook.notebook_submissions(ASSIGNMENT, ASSIGNMENT)
        return {each.student.id: {grade.name: grade.auto_score for grade in each.grades} for each in found}


class TestNbgrader:
    @pytest.mark.parametrize("recipe", TOLD, ids=by_student)
    def test_gradebook_and_page_are_as_required(
        self, course: CourseFolder, scores: Mapping[str, Mapping[str, float | None]], recipe: Broken
    ) -> None:
        """The gradebook has the scores, and the feedback page has every sentence that the student must read."""
        assert scores[recipe.student] == recipe.scores
        page = as_read(course.page(recipe.student))
        for text in (recipe.reason, *recipe.says.values(), *recipe.restored):
            assert text.replace("`", "") in page
        assert recipe.shows in page

    def test_everybody_is_graded(self, course: CourseFolder, scores: Mapping[str, Mapping[str, float | None]]) -> None:
        """All are in the gradebook, in the folders and in the feedback; the log names who could not be graded."""
        everybody = {recipe.student for recipe in TOLD}
        assert scores.keys() == everybody
        for folder in ("autograded", "feedback"):
            assert {path.name for path in (course.root / folder).iterdir()} == everybody
        log = (course.root / "autograde.log").read_text()
        assert json.loads((course.root / "autograde.json").read_text())["status"] == 1
        assert f"{len(NOT_GRADABLE)} of {len(TOLD)} submissions could not be graded" in log
        assert set(re.findall(rf"Not gradable: {ASSIGNMENT} of (\w+): ", log)) == {r.student for r in NOT_GRADABLE}
        assert "Traceback" not in log

    def test_a_large_file_is_never_held_in_memory(self, course: CourseFolder) -> None:
        """nbgrader's process does not read the notebook of 1 GB either."""
        assert json.loads((course.root / "autograde.json").read_text())["memory"] < MOST_MEMORY

    def test_what_was_handed_in_is_as_it_was(self, course: CourseFolder) -> None:
        """Grading changes nothing in `submitted`."""
        own = course.root / "submitted" / WINDOWS / ASSIGNMENT
        content: Any = nbformat.read(own / f"{ASSIGNMENT}.ipynb", 4)
        assert any("\r\n" in cell.source for cell in content.cells)
        assert [path.name for path in own.iterdir()] == [f"{ASSIGNMENT}.ipynb"]


def as_read(page: str) -> str:
    """Return the text of a page as a person sees it: no tags, one space between words, no marks of code."""
    text = html.unescape(re.sub(r"<(style|script)\b.*?</\1>|<[^>]*>", "", page, flags=re.DOTALL))
    return " ".join(text.replace("`", "").split())
