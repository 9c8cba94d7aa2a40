"""`hint("sigmoid_backward")`: one step more on a ladder that leads to the slip, and never to the answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.behaviour import VISIBLE_SEED, behaviour
from autograder.errors import AutograderError, CallFailed, Mismatch
from autograder.guide import Guide, guide_in
from autograder.learner import display
from autograder.learner.cells import heading_above
from autograder.learner.check import names
from autograder.learner.folder import folder_of
from autograder.learner.page import notice
from autograder.learner.results import CheckResult, is_stub, judged, returned_none
from autograder.probes import find
from autograder.workbench import Raised, workbench

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
        folder = folder_of(namespace, question)
        text = next_step(question, namespace, folder)
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
    if guide.ceiling < PROPERTY:
        return f"{question}: your course gives no hints; ask your instructor. check({question!r}) says what fails."
    steps = _steps(question, raised, digest, guide, folder)
    key = folder.resolve(), question
    ladder = _ladders.get(key)
    if ladder is None or ladder.behaviour != digest:
        ladder = _ladders[key] = _Ladder(digest)
    ladder.step = min(ladder.step + 1, len(steps))
    more = len(steps) - ladder.step
    end = "hint again for the next step" if more else "this is the last step"
    return f"`{question}`, hint {ladder.step} of {len(steps)}: {steps[ladder.step - 1]} ({end})"


def _steps(question: str, raised: list[Raised], digest: bytes, guide: Guide, folder: Path) -> list[str]:
    """Return the steps that there are; each says more than the one before it."""
    first, error = next((result, error) for result, (_, error) in zip(judged(raised), raised, strict=True) if error)
    steps = [_property(question, first, error)]
    if guide.ceiling >= SLIP and not is_stub(error):
        slip = guide.slip(question, digest) or _cause(error)
        steps += [slip] if slip else []
    if guide.ceiling >= CHAPTER:
        steps += [_chapter(question, folder)]
    return steps


def _property(question: str, first: CheckResult, error: Exception) -> str:
    if is_stub(error):
        return f"`{question}` is still the stub. The docstring says what goes in and what has to come out."
    title = re.sub(r" \(case \d+ of \d+\)$", "", first.title).rstrip(".")
    title = f"{title[:1].lower()}{title[1:]}"
    return f"The first thing that does not hold: {title}."


def _cause(error: Exception) -> str | None:
    """Return what can be told from the values alone, where no known slip fits."""
    if isinstance(error, Mismatch):
        finding = find(error)
        if finding is not None:
            return f"`{error.name}` {finding.words}."
        if returned_none(error) or error.kind != "value":
            return f"{error.summary[:1].upper()}{error.summary[1:]}."
    if isinstance(error, CallFailed) and error.line is not None:
        return f"Look at line {error.line} of the cell, where {error.exception or 'an exception'} is raised."
    return None


def _chapter(question: str, folder: Path) -> str:
    heading = heading_above(question, folder)
    place = f"the section “{heading}”" if heading else "the text above the cell"
    return f"Read {place} of the notebook again, and follow its worked numbers through your code line by line."
