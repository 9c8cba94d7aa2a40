"""The few places where the autograder touches nbgrader's gradebook itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from nbgrader.api import Gradebook, MissingEntry

from autograder.course import Assignment
from autograder.errors import CourseError


def require_questions(db_url: str, assignment: Assignment) -> None:
    """Raise CourseError unless the gradebook has just the questions and points that the assignment has now.

    nbgrader takes points and locked cells from the gradebook, and gives full points to a check cell that nobody graded.
    """
    name = assignment.name
    remedy = f"run `nbgrader generate_assignment {name}`"
    with Gradebook(db_url) as gradebook:
        try:
            notebook = gradebook.find_notebook(name, name)
        except MissingEntry:
            msg = f"{name} is not in the gradebook; {remedy} first"
            raise CourseError(msg) from None
        solutions = {cell.name for cell in notebook.solution_cells}
        known = {cell.name: float(cell.max_score) for cell in notebook.grade_cells if cell.name not in solutions}
    current = {question.name: question.points for question in assignment.questions}
    for question in sorted(known.keys() | current.keys()):
        if known.get(question) != current.get(question):
            msg = (
                f"{name}: question {question!r} has {_points(current.get(question))} in the notebook and "
                f"{_points(known.get(question))} in the gradebook; {remedy} again"
            )
            raise CourseError(msg)


def withdraw(db_url: str, assignment: str, students: Iterable[str]) -> None:
    """Take the students' automatic scores away, and mark them for a person to look at.

    For submissions whose grading broke off: the score of an earlier hand-in must not stand as if it were the new one.
    """
    with Gradebook(db_url) as gradebook:
        for student in students:
            for grade in _grades(gradebook, assignment, student):
                grade.auto_score = None
                grade.needs_manual_grade = True
        gradebook.db.commit()


def _grades(gradebook: Any, assignment: str, student: str) -> list[Any]:
    try:
        submission = gradebook.find_submission(assignment, student)
    except MissingEntry:
        return []
    return [grade for notebook in submission.notebooks for grade in notebook.grades]


def _points(value: float | None) -> str:
    return "no check cell" if value is None else f"{value:g} points"
