"""What a combination graded: the records, and for nbgrader what its gradebook says."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from autograder import record
from autograder.errors import AutograderError
from autograder.record import Grade
from tests.attack_table.combinations import Door
from tests.attack_table.meadow import ASSIGNMENT

_SCORES = """
    SELECT submitted_assignment.student_id, base_cell.name, grade.auto_score, grade.manual_score, grade.extra_credit
    FROM grade
    JOIN base_cell ON base_cell.id = grade.cell_id
    JOIN submitted_notebook ON submitted_notebook.id = grade.notebook_id
    JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
"""
_COMMENTS = """
    SELECT submitted_assignment.student_id, comment.auto_comment, comment.manual_comment
    FROM comment
    JOIN submitted_notebook ON submitted_notebook.id = comment.notebook_id
    JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
"""
_POINTS = (
    "SELECT base_cell.name, grade_cells.max_score FROM grade_cells JOIN base_cell ON base_cell.id = grade_cells.id"
)


@dataclass
class Gradebook:
    """What stands in nbgrader's gradebook: points of each question, each student's scores and comments."""

    points: dict[str, float] = field(default_factory=dict)
    scores: dict[str, dict[str, float]] = field(default_factory=dict)
    comments: dict[str, list[str]] = field(default_factory=dict)


def gradebook(path: Path) -> Gradebook:
    """Read the gradebook at `path`, which stays as it is."""
    read = Gradebook()
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        read.points = {name: float(points) for name, points in database.execute(_POINTS)}
        for student, question, *parts in database.execute(_SCORES):
            read.scores.setdefault(student, {})[question] = sum(float(part or 0) for part in parts)
        for student, *texts in database.execute(_COMMENTS):
            read.comments.setdefault(student, []).extend(filter(None, texts))
    return read


def records(course: Path, door: Door, students: Iterable[str]) -> dict[str, Grade]:
    """Return the grade record of each student who has one that can be read."""
    found = {}
    for student in students:
        try:
            found[student] = _record(course, door, student)
        except (OSError, ValueError, KeyError, AutograderError):
            continue
    return found


def _record(course: Path, door: Door, student: str) -> Grade:
    if door == "autograder grade":
        return record.read(course / "grades" / ASSIGNMENT / f"{student}.json")
    path = course / "autograded" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    return record.from_json(json.dumps(json.loads(path.read_bytes())["metadata"]["autograder"]).encode())
