"""The few places where the autograder touches nbgrader's gradebook itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from nbgrader import api
from nbgrader.api import Gradebook, MissingEntry
from sqlalchemy.exc import OperationalError

from autograder.course import Assignment
from autograder.errors import CourseError


def patient(db_url: str, seconds: float) -> str:
    """Return the address of a gradebook with the time to wait for it: SQLite's own is 5 s, a formgrader needs more."""
    if not db_url.startswith("sqlite:") or "timeout=" in db_url:
        return db_url
    return f"{db_url}{'&' if '?' in db_url else '?'}timeout={seconds:g}"


@contextmanager
def one_engine() -> Iterator[None]:
    """Let all gradebooks that are opened inside the `with` share an engine, and with it the statements it compiled.

    nbgrader opens ten gradebooks for each submission, and compiling their statements is a fifth of its work.
    """
    engines: dict[str, Any] = {}
    make = api.create_engine

    def shared(url: str, **options: Any) -> Any:
        if url not in engines:
            engines[url] = make(url, **options)
        return engines[url]

    api.create_engine = shared
    try:
        yield
    finally:
        api.create_engine = make
        for engine in engines.values():
            engine.dispose()


def trouble(error: BaseException | None) -> str | None:
    """Return what is wrong with the gradebook and what to do, None where an error is none of the database's."""
    while error is not None and not isinstance(error, OperationalError):
        error = error.__cause__ or error.__context__
    if error is None:
        return None
    reason = str(error.orig)
    remedy = "look at what is said above"
    if "locked" in reason or "busy" in reason:
        remedy = "another program is writing to it, such as the formgrader or another nbgrader command: let it end"
    if "full" in reason:
        remedy = "make room on its disk"
    return f"the gradebook cannot be used ({reason}); {remedy}, and run the same command again: it goes on from here"


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
