"""A measured run counts only where it gave every submission of the class what it deserves."""

from __future__ import annotations

import re
import sqlite3
import sys
from collections import Counter
from pathlib import Path

from autograder import record
from tests.bench.speed_class import RIGHT, STUB, kind_of, student_of
from tests.bench.speed_course import NAME

_SCORES = """
select submitted_assignment.student_id, base_cell.name, grade.auto_score, grade_cells.max_score from grade
join base_cell on base_cell.id = grade.cell_id
join grade_cells on grade_cells.id = grade.cell_id
join submitted_notebook on submitted_notebook.id = grade.notebook_id
join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
"""


def require_records(folder: Path, count: int) -> Counter[str]:
    """Return how many tests each question has, once the records of `autograder grade` are found to be right."""
    tests: Counter[str] = Counter()
    for number in range(count):
        grade = record.read(folder / "grades" / NAME / f"{student_of(number)}.json")
        found = {question.name: question.outcome for question in grade.questions}
        expected = kind_of(number).outcomes()
        if found != expected:
            sys.exit(f"{student_of(number)}: graded as {found}, and the submission is {expected}")
        tests = Counter({question.name: len(question.tests) for question in grade.questions})
    return tests


def require_gradebook(folder: Path, count: int) -> None:
    """Find in nbgrader's gradebook all points for what is right, less for a slip, and none for a stub."""
    with sqlite3.connect(folder / "gradebook.db") as database:
        rows = {(student, question): (score, most) for student, question, score, most in database.execute(_SCORES)}
    database.close()
    for number in range(count):
        for question, outcome in kind_of(number).outcomes().items():
            score, most = rows[student_of(number), question]
            fits = {RIGHT: score == most, STUB: score == 0}.get(outcome, score is not None and score < most)
            if not fits:
                sys.exit(f"{student_of(number)}: {score} of {most} points for {question}, which is {outcome}")


def require_same_tests(folder: Path, count: int, tests: Counter[str]) -> None:
    """Find that the check cells of plain nbgrader have run as many tests as the autograder has."""
    for number in range(count):
        text = (folder / "autograded" / student_of(number) / NAME / f"{NAME}.ipynb").read_text(encoding="utf-8")
        ran = Counter(int(found) for found in re.findall(r'"(\d+) tests passed', text))
        right = Counter(tests[name] for name, outcome in kind_of(number).outcomes().items() if outcome == RIGHT)
        if ran != right:
            sys.exit(
                f"{student_of(number)}: its cells ran {sorted(ran.elements())} tests, not {sorted(right.elements())}"
            )
