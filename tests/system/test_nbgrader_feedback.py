"""The feedback page: what a student reads, what must not be in it, and what must not run in it."""

from __future__ import annotations

import base64
import csv
import re

import pytest

from autograder import notebook
from tests import minicourse
from tests.pictures import picture
from tests.system.conftest import CourseFolder, MakeCourse

BAD = "<img src=x onerror=alert(1)><script>alert(2)</script>"
SKETCH = base64.b64encode(picture("PNG")).decode()
PASTED = {"a.png": {"image/png": SKETCH}}
# Fails with a message of its own on what only hidden tests try, and on what a visible one tries.
TELLTALE = f'''
def double(x):
    """{BAD}"""
    print("{BAD}", x)
    if not np.isscalar(x):
        raise ValueError("{BAD} %r" % (x,))
    return 2 * x
'''


@pytest.fixture(scope="module")
def course(make_course: MakeCourse) -> CourseFolder:
    """Three students, graded, with feedback and export."""
    course = make_course()
    right = course.answered()
    right.cells.insert(0, notebook.new_cell("markdown", "My ![sketch](attachment:a.png)", {}, pictures=PASTED))
    right.cells.insert(0, notebook.new_cell("markdown", "My ![other](attachment:gone.png)", {}))
    course.submit("right", right)
    course.submit("cut_off", b"{")
    hostile = course.answered({"double": TELLTALE, "square": minicourse.RIGHT["square"]})
    hostile.cells.insert(0, notebook.new_cell("markdown", f"My *notes* {BAD} and $a<b$", {}))
    hostile.cells.insert(0, notebook.new_cell("raw", BAD, {"raw_mimetype": "text/html"}))
    hostile.cells.insert(0, notebook.new_cell("code", f"print('{BAD}')\ndisplay(HTML('{BAD}'))", {}))
    html = "class Loud:\n    def _repr_html_(self):\n        return '<script>alert(3)</script>'\n\nLoud()"
    hostile.cells.insert(0, notebook.new_cell("code", html, {"tags": [BAD]}))
    course.submit("hostile", hostile)
    course.nbgrader("autograde", "mini", fails=True)
    course.nbgrader("generate_feedback", "mini")
    course.nbgrader("export")
    return course


def body(course: CourseFolder, student: str) -> str:
    """Return a page without nbconvert's own head."""
    return course.page(student).partition("<body")[2]


def test_the_page_tells_scores_checks_and_message(course: CourseFolder) -> None:
    """The report of each question is there, and the message stands below the answer as well."""
    page = body(course, "hostile")
    assert "<strong>1</strong> / 5 points" in page
    assert "1 of 3 checks passed" in page
    assert "Three becomes six." in page
    assert page.count("ValueError") >= 2
    assert "2 of 2 checks passed" in body(course, "right")


def test_the_page_is_nbgraders_with_another_head(course: CourseFolder) -> None:
    """It fits a phone, has the styles that nbgrader's lacks, and loads nothing before it is shown."""
    head = course.page("right").partition("</head>")[0]
    assert '<html lang="en">' in head
    assert re.findall(r"<meta[^>]*viewport[^>]*>", head) == [
        '<meta content="width=device-width, initial-scale=1" name="viewport"/>'
    ]
    assert head.count("What nbgrader's feedback page lacks") == 1
    assert re.findall(r"<script[^>]*src=", head) == re.findall(r"<script defer[^>]*src=", head) != []
    assert "(Score: 8.0 / 8.0)" in body(course, "right")  # nbgrader's own


def test_nothing_of_a_submission_runs_in_the_page(course: CourseFolder) -> None:
    """Prose, raw cells, outputs, exceptions and docstrings are shown as text."""
    page = body(course, "hostile")
    tags = re.findall(r"<(?:script|img|iframe|object|embed)\b[^>]*>", page)
    assert [tag for tag in tags if "alert" in tag or "onerror" in tag or tag.startswith("<script")] == []
    assert "alert(2)" in page  # it is not lost: the student still sees what was written
    assert "<em>notes</em>" in page


def test_a_pasted_picture_is_on_the_page(course: CourseFolder) -> None:
    """A student sees what was pasted into a text cell; a link whose picture is gone costs nobody the page."""
    page = body(course, "right")
    assert f'src="data:image/png;base64,{SKETCH}"' in page
    assert "![other](attachment :gone.png)" in page


def test_nothing_of_a_hidden_test_is_in_any_page(course: CourseFolder) -> None:
    """No hidden input, which the submission tried to print and to raise, and no line or path of the suite."""
    for student in ("right", "hostile", "cut_off"):
        page = course.page(student)
        assert "array([" not in page.replace("np.zeros", "")
        assert "rng" not in page
        assert "test_mini" not in page
        assert str(course.root) not in page


def test_the_page_of_an_unreadable_notebook_says_why(course: CourseFolder) -> None:
    """The reason stands where the score is."""
    assert "This notebook could not be graded: the file is not valid JSON" in body(course, "cut_off")


def test_the_export_has_the_scores(course: CourseFolder) -> None:
    """One line a student, as nbgrader writes it."""
    with (course.root / "grades.csv").open(newline="") as file:
        scores = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert scores == {"right": 8.0, "hostile": 4.0, "cut_off": 0.0}
