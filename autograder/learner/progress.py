"""`progress()`: how far a student is, in this notebook and, by what is saved, in the others of the course."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any

from autograder.errors import AutograderError
from autograder.learner import culprits, display, memory
from autograder.learner.assignments import OwnAssignment, assignment_here, assignments_below
from autograder.learner.cells import cells_of, is_check
from autograder.learner.check import names
from autograder.learner.display import RESULT
from autograder.learner.folder import folder_of
from autograder.learner.page import bar, code_spans, section
from autograder.learner.results import QuestionReport, run_checks
from autograder.learner.rows import MARKS, Overview, Row, lines, unusable
from autograder.learner.stopped import tells_of_interrupts

_SAVED = "as saved"


def progress() -> None:
    """Check every question of this notebook on what is defined now, and show it beside the course's other notebooks."""
    namespace = names()
    try:
        folder = folder_of(namespace)
        with tells_of_interrupts("progress", namespace):
            overviews = [_live(assignment_here(folder), namespace), *_others(folder)]
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
        culprits.remember(report, namespace, own.folder)
        report = culprits.amended(report, namespace, own.folder)
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
            title = f"{own.title} ({_SAVED})"
            yield unusable(title, own.problem) if own.problem else Overview(title, tuple(saved_rows(own)))


def saved_rows(own: OwnAssignment) -> Iterator[Row]:
    """Yield how each question stood when the notebook was saved; one that was never checked is not attempted."""
    saved: dict[str, Row] = {}
    for cell in cells_of(own.notebook):
        question = is_check(cell)
        if question:
            saved.update((row.question, row) for row in _saved(cell, question))
    yield from (saved.get(question, Row(question, "not attempted")) for question in own.questions)


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
    items = "".join(
        f'<li style="display: flex; column-gap: .5em"><span style="flex: 0 0 1em; text-align: center">'
        f"{MARKS[row.state]}</span><code>{escape(row.question)}</code><span>{escape(row.words)}</span></li>"
        for row in overview.rows
    )
    problems = "".join(f"<br>! {code_spans(problem)}" for problem in overview.problems)
    return (
        f'<div style="margin: 6px 0"><b>{escape(overview.title)}</b> – {overview.standing}{problems}'
        f"{bar([row.state for row in overview.rows])}<details><summary>question by question</summary>"
        f'<ul style="list-style: none; margin: 0; padding: 0">{items}</ul></details></div>'
    )
