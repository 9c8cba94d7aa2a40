"""A report in plain text: for terminals, for `nbgrader validate`, and beside the HTML of a notebook."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from autograder.learner.picture import LEVELS, MARKS, ErrorPicture, picture_of
from autograder.learner.results import QuestionReport

SIGNS = {"passed": "✓ passed", "failed": "✗ failed", "not attempted": "· not attempted", "not run": "· not run"}
STATES = {
    "right": "✓ right so far",
    "wrong": "✗ not right yet",
    "not attempted": "· not attempted",
    "not run": "· could not be checked",
}
WIDTH = 110


def as_text(report: QuestionReport) -> str:
    """Return the report as lines, the first thing to look at last."""
    return "\n".join(_lines(report))


def _lines(report: QuestionReport) -> Iterator[str]:
    yield f"{report.question}: {report.headline}"
    for result in report.results:
        yield f"  {SIGNS[result.outcome]}  {result.title}"
    if report.state == "right":
        return
    yield from textwrap.wrap(f"→ {report.first.message}", WIDTH, subsequent_indent="  ", break_on_hyphens=False)
    picture = picture_of(report.first.error)
    if picture is not None:
        yield from picture_lines(picture)


def picture_lines(picture: ErrorPicture) -> Iterator[str]:
    """Yield the picture as rows of marks, what the marks mean, and the picture in words."""
    for row in picture.levels:
        yield "    " + " ".join(MARKS[level] for level in row)
    used = sorted({level for row in picture.levels for level in row})
    yield "    " + ", ".join(f"{MARKS[level]} {LEVELS[level]}" for level in used)
    yield from textwrap.wrap(picture.words, WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)
