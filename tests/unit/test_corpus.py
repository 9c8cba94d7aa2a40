"""The sample class is what it says it is: notebooks come out as described, and what can be run here gets its grade."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from autograder import notebook
from autograder.course import Course
from autograder.errors import NotebookError
from autograder.record import QuestionResult
from autograder.restore import restore
from tests.corpus import right, slips, students
from tests.corpus.recipes import NOTHING, POINTS, Recipe, material
from tests.corpus.session import ROOT, Bench, in_session, run_cells

START = material(ROOT)
READABLE = [recipe for recipe in students.ALL if recipe.outcome == "graded"]
HARMLESS = [recipe for recipe in READABLE if recipe.harmless]


def by_student(recipe: Recipe) -> str:
    return recipe.student


def whole(recipe: Recipe) -> notebook.NotebookNode:
    """Return the notebook as it is graded."""
    submitted = notebook.read(recipe.data(START))
    return restore(submitted, Course.load(ROOT).assignment("gates").notebook).notebook


def test_the_class_is_large_and_mixed() -> None:
    """There are enough students of every kind, and no two of one name."""
    names = [recipe.student for recipe in students.ALL]
    assert len(set(names)) == len(names) >= 26
    assert all(name.isascii() and name.isalpha() and name.islower() for name in names)
    assert len(right.RECIPES) >= 6
    assert len({question for recipe in slips.RECIPES for question in recipe.diagnoses}) >= 10
    assert sum(recipe.scores == NOTHING for recipe in READABLE if recipe.harmless) == 1


def test_points_are_those_of_the_notebook() -> None:
    """The points that the class counts on are the points of the assignment."""
    questions = Course.load(ROOT).assignment("gates").questions
    assert {question.name: question.points for question in questions} == POINTS


@pytest.mark.parametrize("recipe", students.ALL, ids=by_student)
def test_expectations_are_complete(recipe: Recipe) -> None:
    """Every recipe states a score for every question within its points, and speaks of no question that is not there."""
    assert recipe.scores.keys() == POINTS.keys()
    assert all(0 <= score <= POINTS[name] for name, score in recipe.scores.items())
    for said in (recipe.diagnoses, recipe.outcomes, recipe.messages):
        assert said.keys() <= POINTS.keys()


@pytest.mark.parametrize("recipe", slips.RECIPES, ids=by_student)
def test_a_slip_costs_one_question(recipe: Recipe) -> None:
    """Who has one slip loses points in one question and nowhere else."""
    lost = {name for name, score in recipe.scores.items() if score < POINTS[name]}
    assert lost == set(recipe.diagnoses)
    assert len(lost) == 1


@pytest.mark.parametrize("recipe", READABLE, ids=by_student)
def test_the_grade_lists_what_was_put_back(recipe: Recipe) -> None:
    """What a student deleted or changed is put back, and the list says all of it."""
    original = Course.load(ROOT).assignment("gates").notebook
    notes = restore(notebook.read(recipe.data(START)), original).restored
    assert sorted(notes) == sorted(recipe.restored)


def test_half_a_file_is_refused() -> None:
    """A file that ends in the middle brings a sentence for the student."""
    recipe = students.by_name("irene")
    with pytest.raises(NotebookError, match=recipe.reason):
        notebook.read(recipe.data(START))


def test_a_class_is_written_the_same_every_time(tmp_path: Path) -> None:
    """Each student's file lies where nbgrader collects it, under the name it was given, byte for byte again."""
    written = students.write_class(ROOT, tmp_path / "one")
    assert written == [recipe.student for recipe in students.ALL]
    students.write_class(ROOT, tmp_path / "two")
    one, two = (_files(tmp_path / folder) for folder in ("one", "two"))
    assert one == two
    assert sorted(one) == sorted(f"{recipe.student}/gates/{recipe.file_name}" for recipe in students.ALL)


def test_a_few_students_can_be_named(tmp_path: Path) -> None:
    """Only the students that are asked for hand in."""
    assert students.write_class(ROOT, tmp_path, names={"ada", "zoe"}) == ["ada", "zoe"]
    assert sorted(_files(tmp_path)) == ["ada/gates/gates.ipynb", "zoe/gates/gates.ipynb"]


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def judged() -> Mapping[str, Mapping[str, QuestionResult]]:
    """What the grader says to every student whose notebook may be run here, question by question."""

    def work(bench: Bench) -> dict[str, dict[str, QuestionResult]]:
        results = {}
        for recipe in HARMLESS:
            names, failures = run_cells(whole(recipe))
            results[recipe.student] = {name: bench.judged(names, name, "5eed", failures) for name in POINTS}
        return results

    return in_session(work)


@pytest.mark.parametrize("recipe", HARMLESS, ids=by_student)
def test_students_get_the_scores_that_they_must(
    recipe: Recipe, judged: Mapping[str, Mapping[str, QuestionResult]]
) -> None:
    """Every score, outcome, diagnosis and message is as the recipe says; right answers get no message."""
    results = judged[recipe.student]
    assert {name: result.score for name, result in results.items()} == recipe.scores
    for name, result in results.items():
        assert recipe.outcomes.get(name, result.outcome) == result.outcome
        assert recipe.messages.get(name, "") in result.message
        assert recipe.diagnoses.get(name) == (result.diagnosis if name in recipe.diagnoses else None)
        assert (result.message == "") == (recipe.scores[name] == POINTS[name])
