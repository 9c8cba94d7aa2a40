"""`hint("sigmoid_backward")`: one step more on a ladder that leads to the slip, and never to the answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.behaviour import VISIBLE_SEED, behaviour
from autograder.builds_on import remark
from autograder.diagnosis import diagnose
from autograder.errors import AutograderError, Mismatch
from autograder.guide import guide_in
from autograder.learner import display
from autograder.learner.cells import heading_above
from autograder.learner.check import names, refuse_what_is_no_name
from autograder.learner.culprits import culprits
from autograder.learner.folder import folder_of
from autograder.learner.page import notice
from autograder.learner.results import CheckResult, QuestionReport, is_stub, judged
from autograder.learner.stopped import tells_of_interrupts
from autograder.probes import find
from autograder.workbench import workbench

PROPERTY, SLIP, CHAPTER = 1, 2, 3
"""The steps: which property fails; the probable slip by name; where in the chapter to look."""


@dataclass
class _Ladder:
    """How far up a student is with one way of failing one question; another way begins anew."""

    behaviour: bytes | None
    step: int = 0


_ladders: dict[tuple[Path, str], _Ladder] = {}


def hint(question: str) -> None:
    """Show the next step towards what is wrong with the answer to `question`; the course says how many there are."""
    namespace = names()
    try:
        refuse_what_is_no_name(question, "hint")
        with tells_of_interrupts("hint", namespace):
            text = next_step(question, namespace, folder_of(namespace, question))
    except AutograderError as error:
        text = f"hint: {error}"
    display.show_bundle({"text/plain": text, "text/html": notice(text)})


def next_step(question: str, namespace: Mapping[str, Any], folder: Path) -> str:
    """Return the text of the next step, and remember that it was given."""
    guide = guide_in(folder)
    raised = workbench(folder).run(question, namespace, VISIBLE_SEED)
    digest = behaviour([error for _, error in raised])
    if digest is None:
        return f"{question}: all visible checks pass, so there is nothing to hint at."
    report = QuestionReport(question, judged(raised, namespace))
    if report.state == "not run":
        return f"{question}: there is nothing to hint at yet. {report.first.message}"
    if guide.ceiling < PROPERTY:
        return f"{question}: your course gives no hints; ask your instructor. check({question!r}) says what fails."
    known = guide.slip(question, digest) if guide.ceiling >= SLIP else None
    stub = is_stub(report.first.error, question, namespace)
    steps = list(_steps(report, known, guide.ceiling, folder, stub=stub))
    if names := [] if stub else culprits(question, namespace, folder):
        steps.insert(0, remark(question, names))
        digest += repr(names).encode()  # once these are mended the ladder begins anew
    key = folder.resolve(), question
    ladder = _ladders.get(key)
    if ladder is None or ladder.behaviour != digest:
        ladder = _ladders[key] = _Ladder(digest)
    ladder.step = min(ladder.step + 1, len(steps))
    more = len(steps) - ladder.step
    end = "hint again for the next step" if more else "this is the last step"
    return f"`{question}`, hint {ladder.step} of {len(steps)}: {steps[ladder.step - 1]} ({end})"


def _steps(report: QuestionReport, known: str | None, ceiling: int, folder: Path, *, stub: bool) -> Iterator[str]:
    """Yield the steps that there are; each says more than the one before it."""
    if stub:
        yield f"`{report.question}` is still the stub. The docstring says what goes in and what has to come out."
    else:
        yield _property(report.first)
    if ceiling >= SLIP and not stub:
        slip = known or _cause(report)
        if slip:
            yield slip
    if ceiling >= CHAPTER:
        yield _chapter(report.question, folder)


def _property(first: CheckResult) -> str:
    title = re.sub(r" \(case \d+ of \d+\)$", "", first.title).rstrip(".")
    return f"The first thing that does not hold: {title[:1].lower()}{title[1:]}."


def _cause(report: QuestionReport) -> str | None:
    """Return what can be told where no known slip fits: of a wrong value no number, as the answer might be one."""
    error = report.first.error
    if not isinstance(error, Mismatch):
        return None if isinstance(error, AssertionError) else report.first.message
    if error.kind == "value" and find(error) is None:
        return None
    return diagnose(error, question=report.question, hidden=True).message


def _chapter(question: str, folder: Path) -> str:
    heading = heading_above(question, folder)
    place = f"the section “{heading}”" if heading else "the text above the cell"
    return f"Read {place} of the notebook again, and follow it through your code line by line."
