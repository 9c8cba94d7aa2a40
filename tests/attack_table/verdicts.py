"""Points and words: what a grade has to be, and what it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from autograder.record import Grade
from tests.attack_table.findings import Finding
from tests.corpus.attacks.recipe import POINTS, Attack

_HUNDREDTH = 0.005


def judged(attack: Attack, grade: Grade | None, layers: str) -> Iterator[Finding]:
    """Yield what is wrong with the record of one attack."""
    if grade is None:
        yield Finding("fault", "there is no grade record", attack.student)
        return
    sandboxes = (layers,) if grade.outcome == "graded" else (layers, "none")  # of what was never run there was none
    if grade.outcome != attack.grade or grade.sandbox not in sandboxes:
        words = f"the record says {grade.outcome!r} ({grade.reason}) and sandbox {grade.sandbox!r}"
        yield Finding("fault", words, attack.student)
    if attack.reason not in (grade.reason or ""):
        yield Finding("fault", f"the reason is {grade.reason!r}, without {attack.reason!r}", attack.student)
    yield from _totals(attack, grade)
    yield from scored(attack, {question.name: question.score for question in grade.questions}, "the record")
    yield from _said(attack, grade)


def scored(attack: Attack, scores: Mapping[str, float], where: str) -> Iterator[Finding]:
    """Yield what is wrong with the scores, by question, that stand in one place."""
    for name in sorted(scores.keys() - attack.honest.keys()):
        yield Finding("points", f"{where} has a question {name!r}", attack.student)
    for name, deserved in attack.honest.items():
        score = scores.get(name, 0.0)
        if score > deserved + _HUNDREDTH:
            words = f"{where} gives {name} {score:g} points, {deserved:g} are deserved"
            yield Finding("points", words, attack.student)
        elif score < deserved - _HUNDREDTH and name not in attack.may_lose:
            yield Finding("fault", f"{where} gives {name} {score:g} of {deserved:g} deserved points", attack.student)


def _totals(attack: Attack, grade: Grade) -> Iterator[Finding]:
    points = {question.name: question.max_score for question in grade.questions}
    total = sum(question.score for question in grade.questions)
    if points != dict(POINTS) or grade.max_score != sum(POINTS.values()) or abs(total - grade.score) > _HUNDREDTH:
        words = f"the record gives {grade.score:g} of {grade.max_score:g} points, with questions of {points}"
        yield Finding("points", words, attack.student)


def _said(attack: Attack, grade: Grade) -> Iterator[Finding]:
    questions = {question.name: question for question in grade.questions}
    for name, outcome in attack.outcomes.items():
        if name in questions and questions[name].outcome != outcome:
            words = f"{name} is {questions[name].outcome!r}, not {outcome!r}: {questions[name].message}"
            yield Finding("fault", words, attack.student)
    for name, text in attack.says.items():
        if name in questions and text not in questions[name].message:
            words = f"{name} is told {questions[name].message!r}, without {text!r}"
            yield Finding("fault", words, attack.student)
