"""What breaks `nbgrader autograde` elsewhere: each such submission is graded here, in one run with all the others."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Callable

import pytest
from nbformat import NotebookNode

from autograder import notebook
from tests import minicourse
from tests.system.conftest import CourseFolder, MakeCourse

FULL = {"double": 5.0, "square": 3.0}
NOTHING = {"double": 0.0, "square": 0.0}
# Right for whole numbers only: passes the visible check, which has a fifth of the question's weight.
ROUNDED = "def double(x):\n    return 2 * np.round(x)"

Change = Callable[[NotebookNode], object]


def cell(nb: NotebookNode, name: str) -> NotebookNode:
    return next(each for each in nb.cells if notebook.grade_id(each) == name)


def copied_answer(nb: NotebookNode) -> None:
    """An earlier try, copied with its metadata, stands above the answer."""
    first_try = copy.deepcopy(cell(nb, "double-solution"))
    first_try.source = "def double(x):\n    return x + 2"
    nb.cells.insert(0, first_try)


def without_check(nb: NotebookNode) -> None:
    nb.cells.remove(cell(nb, "double"))


def without_any_nbgrader_cell(nb: NotebookNode) -> None:
    nb.cells[:] = [
        notebook.new_cell("code", source, {}) for source in ("import numpy as np", *minicourse.RIGHT.values())
    ]


def changed_check(nb: NotebookNode) -> None:
    cell(nb, "double").source = "8.0"


def check_to_markdown(nb: NotebookNode) -> None:
    old = cell(nb, "double")
    nb.cells[nb.cells.index(old)] = notebook.new_cell("markdown", old.source, old.metadata)


def raised_points(nb: NotebookNode) -> None:
    cell(nb, "double").metadata.nbgrader["points"] = 100


def not_a_grade_cell(nb: NotebookNode) -> None:
    cell(nb, "double").metadata.nbgrader["grade"] = False


def lost_metadata(nb: NotebookNode) -> None:
    del cell(nb, "double-solution").metadata["nbgrader"]


def old_schema(nb: NotebookNode) -> None:
    for each in nb.cells:
        each.metadata.nbgrader["schema_version"] = 1


def new_schema(nb: NotebookNode) -> None:
    cell(nb, "double").metadata.nbgrader["schema_version"] = 99


def same_grade_id(nb: NotebookNode) -> None:
    cell(nb, "square").metadata.nbgrader["grade_id"] = "double"


def unknown_kernel(nb: NotebookNode) -> None:
    nb.metadata["kernelspec"] = {"name": "julia-1.9", "display_name": "Julia", "language": "julia"}


def tagged(nb: NotebookNode) -> None:
    for each in nb.cells:
        each.metadata["tags"] = ["skip-execution", "raises-exception"]


def magics(nb: NotebookNode) -> None:
    source = "%matplotlib inline\n%timeit -n1 -r1 1\n!ls\nget_ipython().system('ls')"
    nb.cells.insert(1, notebook.new_cell("code", source, {}))


def noise(nb: NotebookNode) -> None:
    """Warnings and prints, at cell level and in each call."""
    talk = "import sys, warnings\nprint('0.0', file=sys.stderr)\nwarnings.warn('beware')\nnp.log(np.zeros(1))\n"
    nb.cells.insert(1, notebook.new_cell("code", talk, {}))
    cell(
        nb, "double-solution"
    ).source = "import warnings\n\ndef double(x):\n    print('0.0')\n    warnings.warn('beware')\n    return 2 * x"


def stored_output(nb: NotebookNode) -> None:
    """A number that is already there as the check cell's result."""
    cell(nb, "double-solution").source = ROUNDED
    cell(nb, "double").outputs = [{"output_type": "execute_result", "data": {"text/plain": "5.0"}, "metadata": {}}]


def syntax_error(nb: NotebookNode) -> None:
    cell(nb, "double-solution").source = "def double(x)\n    return 2 * x"


def partly_right(nb: NotebookNode) -> None:
    cell(nb, "double-solution").source = ROUNDED


def killed(nb: NotebookNode) -> None:
    cell(nb, "double-solution").source = "import os\n\ndef double(x):\n    os._exit(0)"


REPAIRED: dict[str, tuple[Change, str]] = {
    "copied_answer": (copied_answer, "solution cell double stood there more than once"),
    "without_check": (without_check, "check cell double was missing"),
    "without_any_nbgrader_cell": (without_any_nbgrader_cell, "check cell square was missing"),
    "changed_check": (changed_check, "check cell double was changed"),
    "check_to_markdown": (check_to_markdown, "check cell double was changed"),
    "raised_points": (raised_points, "check cell double had other points"),
    "not_a_grade_cell": (not_a_grade_cell, "check cell double had other points or settings"),
    "lost_metadata": (lost_metadata, "solution cell double had lost its metadata"),
    "same_grade_id": (same_grade_id, "check cell double stood there more than once"),
}
HARMLESS: dict[str, Change] = {
    "unchanged": lambda _: None,
    "old_schema": old_schema,
    "new_schema": new_schema,
    "unknown_kernel": unknown_kernel,
    "tagged": tagged,
    "magics": magics,
    "noise": noise,
}
COSTS_ITS_QUESTION: dict[str, tuple[Change, float]] = {
    "stored_output": (stored_output, 1.0),
    "syntax_error": (syntax_error, 0.0),
    "partly_right": (partly_right, 1.0),
    "killed": (killed, 0.0),
}
RENAMED: dict[str, tuple[str, ...]] = {
    "renamed": ("my homework (1).ipynb",),
    "renamed_among_others": ("Untitled.ipynb", "my homework.ipynb"),
}
UNREADABLE: dict[str, tuple[bytes, str]] = {
    "cut_off": (b'{"cells": [', "not valid JSON"),
    "empty": (b"", "empty"),
    "latin_1": ('{"cells": ["größe"]}'.encode("latin-1"), "not UTF-8"),
    "no_notebook": (b"[1, 2]", "not a notebook"),
    "no_cells": (b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}', "no cells"),
    "format_99": (b'{"nbformat": 99, "cells": []}', "format 99"),
}
MISSING = {
    "nothing_handed_in": "there is no notebook",
    "two_strangers": "is called mini.ipynb",
    "a_link": "not an ordinary file",
    "a_pipe": "not an ordinary file",
    "a_folder": "not an ordinary file",
}


def hand_in(course: CourseFolder, student: str, change: Change) -> None:
    submission = course.answered()
    change(submission)
    course.submit(student, submission)


def hand_in_oddly(course: CourseFolder) -> None:
    """Hand in what is not one notebook of the right name."""
    for student, (*others, name) in RENAMED.items():
        course.submit(student, course.answered(), name=name)
        for other in others:
            course.submit(student, notebook.new_notebook([notebook.new_cell("code", "1 + 1", {})], {}), name=other)
    for student in MISSING:
        (course.root / "submitted" / student / "mini").mkdir(parents=True)
    course.submit("two_strangers", course.answered(), name="a.ipynb")
    course.submit("two_strangers", course.answered(), name="b.ipynb")
    places = {name: course.root / "submitted" / name / "mini" / "mini.ipynb" for name in MISSING}
    places["a_link"].symlink_to(course.root / "submitted" / "unchanged" / "mini" / "mini.ipynb")
    os.mkfifo(places["a_pipe"])
    places["a_folder"].mkdir()


@pytest.fixture(scope="module")
def course(make_course: MakeCourse) -> CourseFolder:
    """A class of odd submissions."""
    course = make_course()
    changes = {**HARMLESS, **{k: v[0] for k, v in REPAIRED.items()}, **{k: v[0] for k, v in COSTS_ITS_QUESTION.items()}}
    for student, change in changes.items():
        hand_in(course, student, change)
    for student, (data, _) in UNREADABLE.items():
        course.submit(student, data)
    hand_in_oddly(course)
    return course


@pytest.fixture(scope="module")
def log(course: CourseFolder) -> str:
    """What the one run of `nbgrader autograde` printed."""
    return course.nbgrader("autograde", "mini", fails=True)


@pytest.fixture(scope="module")
def graded(course: CourseFolder, log: str) -> CourseFolder:
    """The class after `nbgrader autograde`."""
    return course


@pytest.mark.parametrize("student", REPAIRED)
def test_what_was_taken_apart_is_put_back(graded: CourseFolder, student: str) -> None:
    """Full points, and the student is told what was put back."""
    assert graded.scores(student) == FULL
    assert any(note.startswith(REPAIRED[student][1]) for note in graded.record(student)["restored"])
    summary = graded.autograded(student).cells[0].source
    assert REPAIRED[student][1] in summary


@pytest.mark.parametrize("student", HARMLESS)
def test_what_does_not_matter_costs_nothing(graded: CourseFolder, student: str) -> None:
    """Full points, without a comment or a mark for a person."""
    assert graded.scores(student) == FULL
    assert graded.comment(student, "double") is None
    assert not graded.needs_a_person(student)


def test_an_untouched_assignment_needs_no_repair(graded: CourseFolder) -> None:
    """Nothing of a released notebook, with the metadata that nbgrader gives it, counts as changed."""
    assert graded.record("unchanged")["restored"] == []


@pytest.mark.parametrize("student", COSTS_ITS_QUESTION)
def test_one_bad_answer_costs_its_question(graded: CourseFolder, student: str) -> None:
    """The other question keeps its points, and a comment says what is wrong with this one."""
    assert graded.scores(student) == {"double": COSTS_ITS_QUESTION[student][1], "square": 3.0}
    assert graded.comment(student, "double")
    assert graded.comment(student, "square") is None


def test_a_renamed_notebook_is_graded(graded: CourseFolder) -> None:
    """Full points under the notebook's own name, and the student is told."""
    for student, (*_, name) in RENAMED.items():
        assert graded.scores(student) == FULL
        assert graded.record(student)["restored"][0] == f"the notebook was called {name}"


@pytest.mark.parametrize("student", [*UNREADABLE, *MISSING])
def test_what_cannot_be_graded_says_why(graded: CourseFolder, log: str, student: str) -> None:
    """No points, the reason in log, comment and summary, and a mark so that a person looks at it."""
    reason = {**{name: text for name, (_, text) in UNREADABLE.items()}, **MISSING}[student]
    assert graded.scores(student) == NOTHING
    assert graded.needs_a_person(student)
    assert f"Not gradable: mini of {student}: " in log
    assert reason in str(graded.comment(student, "double"))
    assert graded.comment(student, "square") is None
    assert reason in graded.autograded(student).cells[0].source


def test_the_run_says_how_many_could_not_be_graded(log: str) -> None:
    """All others are graded all the same, and the exit status is 1."""
    total = sum(map(len, (REPAIRED, HARMLESS, COSTS_ITS_QUESTION, RENAMED, UNREADABLE, MISSING)))
    assert f"{len(UNREADABLE) + len(MISSING)} of {total} submissions could not be graded" in log
    assert "Traceback" not in log


def test_the_gradebook_has_what_the_graders_said(graded: CourseFolder) -> None:
    """Each score is the record's, to the last digit."""
    for student in (*REPAIRED, *HARMLESS, *COSTS_ITS_QUESTION, *RENAMED, *UNREADABLE, *MISSING):
        record = graded.record(student)
        assert graded.scores(student) == {q["name"]: q["score"] for q in record["questions"]}
        assert graded.total(student) == record["score"]


def test_a_check_cell_holds_the_report_and_then_the_score(graded: CourseFolder) -> None:
    """The number that nbgrader reads comes after the report, and nothing else is there."""
    report, score = cell(graded.autograded("partly_right"), "double").outputs
    assert report.output_type == "display_data"
    assert set(report.data) == {"text/html", "text/plain"}
    assert "1 of 5 points" in report.data["text/plain"]
    assert score.output_type == "execute_result"
    assert score.data["text/plain"] == "1.0"


def test_what_the_cells_printed_is_kept(graded: CourseFolder) -> None:
    """An instructor sees the outputs of the run, never those that were handed in."""
    outputs = [output for each in graded.autograded("noise").cells for output in each.get("outputs", [])]
    assert any("beware" in output.get("text", "") for output in outputs)
    shown = graded.autograded("stored_output").cells
    assert not any(
        "5.0" in str(output.get("data", {}).get("text/plain")) for c in shown for output in c.get("outputs", [])
    )


def test_submissions_stay_as_they_were_handed_in(graded: CourseFolder) -> None:
    """Grading writes nothing into `submitted`."""
    handed_in = json.loads((graded.root / "submitted" / "unchanged" / "mini" / "mini.ipynb").read_bytes())
    assert handed_in == graded.answered()
    names = sorted(path.name for path in (graded.root / "submitted" / "killed" / "mini").iterdir())
    assert names == ["mini.ipynb"]
