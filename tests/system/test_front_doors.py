"""The sample class through both front doors: every expectation holds, both agree, and nothing hidden gets out."""

from __future__ import annotations

import ast
import csv
import html
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from autograder import record
from autograder.record import Grade
from tests.corpus import students
from tests.corpus.recipes import ASSIGNMENT, POINTS, Recipe
from tests.system.conftest import ROOT, CourseFolder, copy_course

RECIPES = [pytest.param(recipe, id=recipe.student) for recipe in students.ALL]


@dataclass(frozen=True)
class GradedClass:
    """The course folder after the whole flow, and the records of `autograder grade` by student."""

    course: CourseFolder
    records: dict[str, Grade]
    printed: str


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> GradedClass:
    folder = tmp_path_factory.mktemp("class")
    folder.chmod(0o755)
    course = copy_course(folder, ASSIGNMENT)
    course.nbgrader("generate_assignment", ASSIGNMENT)
    students.write_class(folder, folder / "submitted")
    autograde = course.nbgrader("autograde", ASSIGNMENT, fails=True)  # somebody cannot be graded, which the status says
    course.nbgrader("generate_feedback", ASSIGNMENT)
    course.nbgrader("export", "--to=grades.csv")
    notebooks = sorted(map(str, folder.glob(f"submitted/*/{ASSIGNMENT}/*.ipynb")))
    command = [sys.executable, "-m", "autograder.cli", "grade", ASSIGNMENT, *notebooks, "--jobs", "2"]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    records = {path.stem: record.read(path) for path in (folder / "grades" / ASSIGNMENT).glob("*.json")}
    return GradedClass(course, records, autograde + run.stdout + run.stderr)


class TestEveryStudent:
    @pytest.mark.parametrize("recipe", RECIPES)
    def test_scores_of_the_records(self, graded: GradedClass, recipe: Recipe) -> None:
        """`autograder grade` gives each question the score that the recipe states, and the total."""
        grade = graded.records[recipe.student]
        assert {question.name: question.score for question in grade.questions} == dict(recipe.scores)
        assert (grade.score, grade.max_score) == (recipe.total, sum(POINTS.values()))

    @pytest.mark.parametrize("recipe", RECIPES)
    def test_scores_of_the_gradebook(self, graded: GradedClass, recipe: Recipe) -> None:
        """nbgrader's gradebook holds the same scores, to the last digit."""
        assert graded.course.scores(recipe.student) == dict(recipe.scores)
        assert graded.course.needs_a_person(recipe.student) == (recipe.outcome != "graded")

    @pytest.mark.parametrize("recipe", RECIPES)
    def test_what_is_said(self, graded: GradedClass, recipe: Recipe) -> None:
        """Diagnoses, outcomes, messages, reasons and repairs are those that the recipe states."""
        grade = graded.records[recipe.student]
        questions = {question.name: question for question in grade.questions}
        assert {name: questions[name].diagnosis for name in recipe.diagnoses} == dict(recipe.diagnoses)
        assert {name: questions[name].outcome for name in recipe.outcomes} == dict(recipe.outcomes)
        assert [n for n, words in recipe.messages.items() if words not in questions[n].message] == []
        assert grade.outcome == recipe.outcome
        assert recipe.reason in (grade.reason or "")
        assert set(recipe.restored) <= set(grade.restored)

    @pytest.mark.parametrize("recipe", RECIPES)
    def test_the_message_is_in_the_gradebook_and_on_the_page(self, graded: GradedClass, recipe: Recipe) -> None:
        """The student reads the one message of each question, as a comment and on the feedback page."""
        page = words(html.unescape(re.sub("<[^>]+>", "", graded.course.page(recipe.student))))
        grade = graded.records[recipe.student]
        said = {question.name: question.message for question in grade.questions}
        if grade.reason:
            said = {grade.questions[0].name: grade.reason}
        for name, message in said.items():
            assert words(message) in words(html.unescape(graded.course.comment(recipe.student, name) or ""))
            assert words(message) in page

    @pytest.mark.parametrize("recipe", RECIPES)
    def test_both_doors_made_the_same_record(self, graded: GradedClass, recipe: Recipe) -> None:
        """The record that nbgrader's notebook carries is that of `autograder grade` but for the time of day."""
        own = graded.records[recipe.student]
        assert graded.course.record(recipe.student).get("score", own.score) == own.score


def words(text: str) -> str:
    """Return the text without what only marks it up."""
    return " ".join(re.sub(r"[`\\]", "", text).split())


class TestTheClass:
    def test_it_is_the_class_that_the_course_promises(self) -> None:
        """At least 24 students: right ones in six styles, ten misconceptions, and every kind of trouble."""
        assert len(students.ALL) >= 24
        full = [r for r in students.ALL if r.total == sum(POINTS.values()) and r.outcome == "graded"]
        one_slip = [r for r in students.ALL if len(r.diagnoses) == 1]
        assert len(full) >= 6
        assert len({name for recipe in one_slip for name in recipe.diagnoses}) >= 10
        assert any(recipe.total == 0 and recipe.outcome == "graded" for recipe in students.ALL)

    def test_a_misconception_costs_its_own_question_only(self) -> None:
        """What the recipes state is itself the promise: one slip, one question below full points."""
        for recipe in students.ALL:
            if len(recipe.diagnoses) == 1 and set(recipe.outcomes.values()) <= {"wrong"}:
                lost = {name for name, score in recipe.scores.items() if score < POINTS[name]}
                assert lost == set(recipe.diagnoses), recipe.student

    def test_export_has_every_total(self, graded: GradedClass) -> None:
        """`nbgrader export` lists everybody with the same total."""
        with (graded.course.root / "grades.csv").open(newline="") as file:
            totals = {row["student_id"]: round(float(row["score"]), 2) for row in csv.DictReader(file)}
        assert totals == {recipe.student: recipe.total for recipe in students.ALL}

    def test_who_could_not_be_graded_is_named(self, graded: GradedClass) -> None:
        """Each submission without a grade stands in what the commands printed, with its reason."""
        for recipe in students.ALL:
            if recipe.outcome != "graded":
                assert recipe.student in graded.printed
                assert recipe.reason in " ".join(graded.printed.split())


def hidden_names() -> set[str]:
    """Return the names of the hidden tests and of their helpers."""
    tree = ast.parse((ROOT / "tests/hidden" / f"test_{ASSIGNMENT}.py").read_text())
    names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    return {name for name in names if name.startswith(("test_", "_")) and len(name) > 6 and not name.startswith("__")}


def hidden_lines() -> set[str]:
    """Return the lines of the hidden suite that draw inputs or compare: nothing public needs to look like them."""
    lines = (ROOT / "tests/hidden" / f"test_{ASSIGNMENT}.py").read_text().splitlines()
    return {line.strip() for line in lines if len(line) > 30 and re.search(r"\b(rng|reference|_check_\w+)\b", line)}


def solution_lines() -> set[str]:
    """Return the comments of the reference, which are in no right answer but the reference's own."""
    lines = (ROOT / "reference" / f"{ASSIGNMENT}.py").read_text().splitlines()
    comments = {line.partition("  # ")[2].strip() for line in lines if "  # " in line}
    return {comment for comment in comments if "∂" in comment}


PATHS = ("tests/hidden", "test_gates", "reference/", "misconceptions/", ".course-secret")

NUMBER = re.compile(r"(?<![\w.#-])-?\d+\.\d{3,}(?:e-?\d+)?|\d\.\d+e-?\d+")


class TestNothingHiddenGetsOut:
    @pytest.mark.parametrize("recipe", RECIPES)
    def test_records(self, graded: GradedClass, recipe: Recipe) -> None:
        """A record has no path, name, line or number of a hidden test."""
        grade = graded.records[recipe.student]
        text = record.to_json(grade).decode()
        assert [path for path in PATHS if path in text] == []
        assert [name for name in hidden_names() if re.search(rf"\b{name}\b", text)] == []
        assert [line for line in hidden_lines() if line in text] == []
        said = [test.message for question in grade.questions for test in question.tests if test.hidden]
        assert [number for message in said for number in NUMBER.findall(message)] == []

    @pytest.mark.parametrize("recipe", RECIPES)
    def test_feedback_pages(self, graded: GradedClass, recipe: Recipe) -> None:
        """A feedback page shows the student's own cells and our reports, and nothing of what is hidden."""
        page = html.unescape(re.sub("<[^>]+>", "", graded.course.page(recipe.student)))
        own = (graded.course.root / "submitted" / recipe.student / ASSIGNMENT / recipe.file_name).read_text(
            errors="replace"
        )
        assert [path for path in PATHS if path in page and path not in own] == []
        assert [name for name in hidden_names() if re.search(rf"\b{name}\b", page) and name not in own] == []
        assert [line for line in hidden_lines() if line in page and line not in own] == []
        assert [line for line in solution_lines() if line in page and line not in own] == []

    def test_the_release_folder(self, graded: GradedClass) -> None:
        """What students get is the notebook with stubs, the visible checks, and the guide with its sealed hints."""
        release = graded.course.root / "release" / ASSIGNMENT
        assert sorted(path.name for path in release.iterdir()) == ["checks.py", f"{ASSIGNMENT}.ipynb", "guide.json"]
        text = "\n".join(path.read_text() for path in release.iterdir())
        assert [line for line in hidden_lines() if line in text] == []
        assert [line for line in solution_lines() if line in text] == []
        assert [path for path in PATHS if path in text] == []

    def test_the_search_can_find(self, graded: GradedClass) -> None:
        """The searches above are no empty gesture: they find what they look for where it stands."""
        assert len(hidden_names()) > 50
        assert len(hidden_lines()) > 100
        assert len(solution_lines()) > 5
        assert NUMBER.findall("`dx[0, 1]` is -0.12345 and 1.5e-07") == ["-0.12345", "1.5e-07"]
        visible = [t.message for g in graded.records.values() for q in g.questions for t in q.tests if not t.hidden]
        assert any(NUMBER.search(message) or "You have" in message for message in visible)


def test_the_wheel_has_nothing_hidden(tmp_path: Path) -> None:
    """The built wheel holds the package and no line of reference or tests."""
    import zipfile

    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--quiet", "--wheel-dir", str(tmp_path), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        text = "\n".join(archive.read(name).decode("utf-8", "replace") for name in names)
    assert {name.split("/")[0].partition("-")[0] for name in names} == {"autograder", "nn_autograder"}
    assert {f"autograder/nbgrader/feedback.{kind}" for kind in ("css", "html.j2")} <= set(names)
    assert [line for line in hidden_lines() if line in text] == []
    assert [line for line in solution_lines() if line in text] == []
