"""`progress()`: how far a student is, in this notebook and, by what is saved, in the others of the course."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any

from autograder.errors import AutograderError
from autograder.learner import display, memory
from autograder.learner.assignments import OwnAssignment, assignment_in, assignments_below
from autograder.learner.cells import cells_of, is_check
from autograder.learner.check import names
from autograder.learner.display import RESULT
from autograder.learner.folder import folder_of
from autograder.learner.overview import MARKS, Overview, Row, lines
from autograder.learner.page import bar, section
from autograder.learner.results import QuestionReport, run_checks

_SAVED = "as saved"


def progress() -> None:
    """Check every question of this notebook on what is defined now, and show it beside the course's other notebooks."""
    try:
        namespace = names()
        folder = folder_of(namespace)
        overviews = [_live(assignment_in(folder), namespace), *_others(folder)]
    except AutograderError as error:
        display.say(f"progress: {error}")
        return
    text = "\n".join(line for overview in overviews for line in lines(overview))
    display.show_bundle({"text/plain": text, "text/html": section("".join(map(_html, overviews)))})


def _live(own: OwnAssignment, namespace: Mapping[str, Any]) -> Overview:
    rows = []
    for question in own.questions:
        report = memory.recall(question, namespace, own.folder)
        if report is None:
            report = QuestionReport(question, run_checks(question, namespace, own.folder))
        message = "" if report.state == "right" else report.first.message
        rows.append(Row(question, report.state, report.passed, len(report.results), message))
    return Overview(f"{own.title} (this notebook)", tuple(rows))


def _others(folder: Path) -> Iterator[Overview]:
    """Yield the assignments beside this one, by the outputs that their notebooks were saved with."""
    try:
        beside = assignments_below(folder.resolve().parent)
    except AutograderError:
        return
    for own in beside:
        if own.folder.resolve() != folder.resolve():
            yield Overview(f"{own.title} ({_SAVED})", tuple(saved_rows(own.notebook)))


def saved_rows(notebook: Path) -> Iterator[Row]:
    """Yield how each question stood when the notebook was saved; one that was never checked is not attempted."""
    for cell in cells_of(notebook):
        question = is_check(cell)
        if question:
            yield next(iter(_saved(cell, question)), Row(question, "not attempted"))


def _saved(cell: dict[str, Any], question: str) -> Iterator[Row]:
    for output in cell.get("outputs", []):
        data = output.get("data") if isinstance(output, dict) else None
        result = data.get(RESULT) if isinstance(data, dict) else None
        if isinstance(result, dict) and str(result.get("state")) in MARKS:
            passed, checks = (
                number if isinstance(number, int) else 0 for number in map(result.get, ("passed", "checks"))
            )
            yield Row(question, str(result["state"]), passed, checks)


def _html(overview: Overview) -> str:
    right = sum(row.state == "right" for row in overview.rows)
    items = "".join(
        f'<li><span style="display: inline-block; width: 1.3em">{MARKS[row.state]}</span>'
        f"<code>{escape(row.question)}</code> {escape(row.words)}</li>"
        for row in overview.rows
    )
    standing = f"{right} of {len(overview.rows)} questions right so far"
    return (
        f'<div style="margin: 6px 0"><b>{escape(overview.title)}</b> – {standing}'
        f"{bar([row.state for row in overview.rows])}<details><summary>question by question</summary>"
        f'<ul style="list-style: none; margin: 0; padding: 0">{items}</ul></details></div>'
    )
