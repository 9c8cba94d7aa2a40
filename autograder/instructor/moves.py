"""What moves between two records of a student: points, and the tests because of which they move."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Literal

import msgspec

from autograder.record import Grade, QuestionResult, TestOutcome, TestResult, is_same

Kind = Literal["same", "rewritten", "up", "down", "shifted", "new", "not gradable", "removed"]
"""`rewritten`: the points stay, something else does not; `shifted`: questions move, their sum does not."""
LOSSES: tuple[Kind, ...] = ("down", "not gradable", "removed")

_CASE = re.compile(r"(?P<title>.*) \(case (?P<number>\d+) of (?P<count>\d+)\)", re.DOTALL)


class Points(msgspec.Struct, frozen=True):
    """So many points of so many."""

    score: float
    of: float

    def is_less_than(self, other: Points) -> bool:
        """Tell whether these are fewer points, or a smaller share where they are not of the same number."""
        return self.score < other.score or (self.of != other.of and self._share < other._share)

    def is_as_much_as(self, other: Points) -> bool:
        """Tell whether points and share are the same, so that 0 of 5 is as much as 0 of 7."""
        return self.score == other.score and self._share == other._share

    @property
    def _share(self) -> Fraction:
        return Fraction(str(self.score)) / Fraction(str(self.of)) if self.of else Fraction(0)


class TestMove(msgspec.Struct, frozen=True, kw_only=True):
    """A test that has another say than before: outcomes and weights, None on the side where there is no such test."""

    __test__ = False  # pytest would take the name for a test class

    name: str
    hidden: bool
    before: TestOutcome | None
    after: TestOutcome | None
    weight_before: float | None
    weight_after: float | None


class QuestionMove(msgspec.Struct, frozen=True, kw_only=True):
    """A question whose points move; None on the side where the assignment has no such question."""

    name: str
    before: Points | None
    after: Points | None
    tests: tuple[TestMove, ...]


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of one student; None on the side where there is no record. `causes` concern all questions."""

    student: str
    kind: Kind
    before: Points | None
    after: Points | None
    causes: tuple[str, ...] = ()
    questions: tuple[QuestionMove, ...] = ()

    @property
    def loses(self) -> bool:
        """Whether the student is worse off."""
        return self.kind in LOSSES

    @property
    def moves(self) -> bool:
        """Whether any points are others than before."""
        return self.kind not in ("same", "rewritten")


def compare(before: Grade | None, after: Grade | None) -> Move:
    """Return what moves from one record of a student to another; None stands for no record."""
    here = after or before
    if here is None:
        msg = "there is no record to compare"
        raise ValueError(msg)
    old, new = _points(before), _points(after)
    if before is None or after is None:
        return Move(student=here.student, kind="removed" if after is None else "new", before=old, after=new)
    questions = tuple(_questions(before, after))
    kind = _kind(before, after, questions)
    move = Move(student=here.student, kind=kind, before=old, after=new, questions=questions)
    return msgspec.structs.replace(move, causes=_causes(before, after, questions)) if move.moves else move


def case_of(name: str) -> tuple[str, int, int]:
    """Return the sentence of a test, which of its cases this is, and how many it has."""
    found = _CASE.fullmatch(name)
    return (found["title"], int(found["number"]), int(found["count"])) if found else (name, 1, 1)


def _points(result: Grade | QuestionResult | None) -> Points | None:
    return None if result is None else Points(result.score, result.max_score)


def _kind(before: Grade, after: Grade, questions: tuple[QuestionMove, ...]) -> Kind:
    if is_same(before, after):
        return "same"
    if after.outcome == "not gradable" and before.outcome == "graded":
        return "not gradable"
    old, new = Points(before.score, before.max_score), Points(after.score, after.max_score)
    if new.is_less_than(old):
        return "down"
    if old.is_less_than(new):
        return "up"
    return "shifted" if questions else "rewritten"


def _questions(before: Grade, after: Grade) -> Iterable[QuestionMove]:
    earlier = {question.name: question for question in before.questions}
    later = {question.name: question for question in after.questions}
    for name in {**later, **earlier}:
        old, new = earlier.get(name), later.get(name)
        points = _points(old), _points(new)
        if points[0] is None or points[1] is None or not points[0].is_as_much_as(points[1]):
            yield QuestionMove(name=name, before=points[0], after=points[1], tests=tuple(_tests(old, new)))


def _tests(before: QuestionResult | None, after: QuestionResult | None) -> Iterable[TestMove]:
    """Tell the tests apart by their sentences: they have no other name in a record."""
    earlier, later = _by_name(before), _by_name(after)
    for key in {**later, **earlier}:
        old, new = earlier.get(key), later.get(key)
        if old is None or new is None or _say(old) != _say(new):
            yield TestMove(
                name=new.name if new else earlier[key].name,
                hidden=key[1],
                before=old.outcome if old else None,
                after=new.outcome if new else None,
                weight_before=old.weight if old else None,
                weight_after=new.weight if new else None,
            )


def _by_name(question: QuestionResult | None) -> Mapping[tuple[str, bool, int, int], TestResult]:
    """Return the tests of a question by sentence, case and place among those that read the same.

    How many cases a test has is no part of it: with one case more the others are still the ones they were.
    """
    seen: Counter[tuple[str, bool, int]] = Counter()
    found = {}
    for test in question.tests if question else ():
        title, case, _ = case_of(test.name)
        key = title, test.hidden, case
        found[(*key, seen[key])] = test
        seen[key] += 1
    return found


def _say(test: TestResult) -> tuple[bool, float]:
    return test.outcome == "passed", test.weight


def _causes(before: Grade, after: Grade, questions: Iterable[QuestionMove]) -> tuple[str, ...]:
    """Return what else has changed than tests, or that nothing has."""
    causes = [] if after.reason is None else [after.reason]
    if before.submission != after.submission:
        causes.append("judged on another notebook")
    if before.framework != after.framework:
        causes.append(f"judged by another version of the autograder ({before.framework} → {after.framework})")
    elif _all_judged_otherwise(before, after):
        causes.append("every question is judged anew: limits, data, helpers or code cells may have changed, too")
    if before.submission == after.submission and before.seed and after.seed and before.seed != after.seed:
        causes.append("judged on other random inputs: another course secret, or a test to which the first did not suit")
    if before.outcome == after.outcome == "graded" and before.sandbox != after.sandbox:
        causes.append(f"judged with other protection ({before.sandbox} → {after.sandbox})")
    judges = _judges(before, after)
    if not causes and all(_is_one(judges.get(question.name)) for question in questions):
        causes.append("nothing has changed that judges it: the earlier record was edited, or the answer is not steady")
    return tuple(causes)


def _all_judged_otherwise(before: Grade, after: Grade) -> bool:
    judges = _judges(before, after).values()
    return len(judges) > 1 and not any(map(_is_one, judges))


def _is_one(judges: tuple[str, str] | None) -> bool:
    return judges is not None and judges[0] == judges[1]


def _judges(before: Grade, after: Grade) -> dict[str, tuple[str, str]]:
    """Return the digests of what judged each question of both grades, where they say so."""
    earlier = {question.name: question.judged_by for question in before.questions}
    both = {question.name: (earlier.get(question.name, ""), question.judged_by) for question in after.questions}
    return {name: pair for name, pair in both.items() if all(pair)}
