"""What a student sees of a report: HTML in a notebook, text elsewhere."""

from __future__ import annotations

import sys
from typing import Any

from autograder.learner.page import as_html
from autograder.learner.results import QuestionReport
from autograder.learner.text import as_text

RESULT = "application/vnd.autograder.check+json"
"""Saved with the notebook beside HTML and text, so that progress can be read without running anything."""


def show(report: QuestionReport) -> None:
    """Show a report, as the notebook or terminal can."""
    bundle = {
        "text/plain": as_text(report),
        "text/html": as_html(report),
        RESULT: {
            "question": report.question,
            "state": report.state,
            "passed": report.passed,
            "checks": len(report.results),
        },
    }
    show_bundle(bundle)


def show_bundle(bundle: dict[str, Any]) -> None:
    """Show the best form of what is given that can be shown here."""
    if _in_notebook():
        from IPython.display import display

        display(bundle, raw=True)
    else:
        say(bundle["text/plain"])


def say(text: str) -> None:
    """Print text into the cell's output."""
    print(text)  # noqa: T201 - the output of the student's cell


def _in_notebook() -> bool:
    """Tell whether a front end of Jupyter's shows what is displayed; a terminal with IPython shows text."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return getattr(shell, "kernel", None) is not None
