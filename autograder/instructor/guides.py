"""Makes `guide.json` for an assignment: the number of hidden checks of each question, limits, and sealed hints."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence

import msgspec

from autograder import misconceptions
from autograder.behaviour import VISIBLE_SEED, behaviour
from autograder.course import Assignment, Course
from autograder.guide import Guide, QuestionGuide, TimeLimits, label, mixed
from autograder.misconceptions import Misconception
from autograder.suite import load_reference
from autograder.workbench import Workbench

SLIP_STEP = 2
"""The step of hints that names a slip: a course that stops before it ships none."""


def guide_of(assignment: Assignment) -> Guide:
    """Return the guide of an assignment; AutograderError where the course is not in order."""
    names = [question.name for question in assignment.questions]
    hidden = _hidden_checks(assignment, names)
    slips = _slips(assignment) if assignment.hints >= SLIP_STEP else {}
    questions = {name: QuestionGuide(hidden[name], slips.get(name, {})) for name in names}
    place = [each.name for each in Course.load(assignment.root).assignments].index(assignment.name)
    limits = TimeLimits(**{name: getattr(assignment.limits, name) for name in TimeLimits.__struct_fields__})
    return Guide(
        assignment=assignment.name,
        title=assignment.title,
        place=place,
        ceiling=assignment.hints,
        limits=limits,
        questions=questions,
    )


def as_file(guide: Guide) -> bytes:
    """Return a guide as the content of its file."""
    return msgspec.json.format(msgspec.json.encode(guide), indent=1) + b"\n"


def seal(text: str, behaviour: bytes) -> str:
    """Return `text` so that only who has the behaviour can read it."""
    return base64.b64encode(mixed(text.encode(), behaviour)).decode("ascii")


def ambiguous(labels: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return which (question, label) stand for more than one slip: no name is better than a wrong one."""
    return {each for each in labels if labels.count(each) > 1}


def _hidden_checks(assignment: Assignment, names: Sequence[str]) -> dict[str, int]:
    suite = Workbench(assignment.suite_path)
    try:
        return {name: len(suite.checks(name)) for name in names}
    finally:
        suite.close()


def _slips(assignment: Assignment) -> dict[str, dict[str, str]]:
    checks = Workbench(assignment.checks_path)
    try:
        known = list(_behaviours(assignment, checks))
    finally:
        checks.close()
    unclear = ambiguous([(slip.question, label(digest)) for slip, digest in known])
    slips: dict[str, dict[str, str]] = {}
    for slip, digest in known:
        if (slip.question, label(digest)) not in unclear:
            slips.setdefault(slip.question, {})[label(digest)] = seal(slip.hint, digest)
    return {question: dict(sorted(sealed.items())) for question, sealed in slips.items()}


def _behaviours(assignment: Assignment, checks: Workbench) -> Iterator[tuple[Misconception, bytes]]:
    """Yield each slip that the visible checks see, and that fails them twice in the same way."""
    reference = vars(load_reference(assignment))
    asked = {question.name for question in assignment.questions}
    for slip in misconceptions.load(assignment.root, assignment.name):
        if slip.question not in asked:  # a question that was taken out may keep its slips for another year
            continue
        wrong = {**reference, slip.question: slip.replacement}
        first, again = (
            behaviour([error for _, error in checks.run(slip.question, wrong, VISIBLE_SEED)]) for _ in range(2)
        )
        if first is not None and first == again:
            yield slip, first
