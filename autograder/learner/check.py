"""`check("sigmoid_backward")`: the visible checks of one question, run on what the student has defined so far."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any

from autograder.errors import AutograderError
from autograder.guide import guide_in
from autograder.learner import culprits, display, memory
from autograder.learner.folder import folder_of
from autograder.learner.results import QuestionReport, run_checks
from autograder.learner.stopped import tells_of_interrupts
from autograder.learner.text import as_text


class CheckFailed(AutograderError):  # noqa: N818 - students see this name
    """A visible check fails; raised where a notebook is validated, so that the cell counts as failed."""


def check(question: str) -> None:
    """Run the visible checks of `question` on the functions defined so far, and show how they went.

    Under `nbgrader validate` a check that does not pass raises CheckFailed.
    """
    namespace = names()
    try:
        refuse_what_is_no_name(question, "check")
        with tells_of_interrupts("check", namespace):
            report = report_of(question, namespace)
    except AutograderError as error:
        if _validating():
            raise
        display.say(f"check: {error}")
        return
    display.show(report)
    if _validating() and report.state != "right":
        raise CheckFailed(as_text(report))


def report_of(question: str, namespace: Mapping[str, Any]) -> QuestionReport:
    """Return how the checks of `question` go on `namespace`; AutograderError where they cannot run."""
    folder = folder_of(namespace, question)
    report = QuestionReport(question, run_checks(question, namespace, folder), guide_in(folder).hidden(question))
    memory.remember(report, namespace, folder)
    culprits.remember(report, namespace, folder)
    return culprits.amended(report, namespace, folder)


def refuse_what_is_no_name(question: object, call: str) -> None:
    """Raise AutograderError where a function or a class is given in place of its name."""
    name = getattr(question, "__name__", None)
    if callable(question) and isinstance(name, str):
        msg = f'the name stands in quotes: write {call}("{name}")'
        raise AutograderError(msg)


def names() -> Mapping[str, Any]:
    """Return the names that the student has defined: the notebook's, or those of the file that called."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell:
        return shell.user_ns  # type: ignore[no-any-return]
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] == "autograder":
        frame = frame.f_back
    return frame.f_globals


def _validating() -> bool:
    return os.environ.get("NBGRADER_EXECUTION") == "validate"
