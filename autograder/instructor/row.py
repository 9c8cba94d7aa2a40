"""What the table of a class shows of one grade."""

from __future__ import annotations

import msgspec

from autograder.record import DATA_MISSING, Grade, QuestionResult


class Row(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """What is shown of a grade. `right` tells of each question; `missed` says what could not be graded, and why."""

    student: str
    score: str
    scores: tuple[str, ...]
    right: tuple[bool, ...]
    said: str
    missed: tuple[str, ...]

    @classmethod
    def of(cls, grade: Grade) -> Row:
        """Return the row of a grade."""
        return cls(
            student=grade.student,
            score=f"{grade.score:g}",
            scores=tuple(f"{question.score:g}" for question in grade.questions),
            right=tuple(question.outcome == "right" for question in grade.questions),
            said=headline(grade),
            missed=_missed(grade),
        )


def headline(grade: Grade) -> str:
    """Return the one message for a grade: why it is not gradable, or what the first question to look at says."""
    if grade.reason is not None:
        return grade.reason
    first = min(grade.questions, key=_rank, default=None)
    if first is None or first.outcome == "right":
        return ""
    if all(question.outcome == "not attempted" for question in grade.questions):
        return "no question is attempted yet"
    return f"{first.name}: {first.message}"


def _rank(question: QuestionResult) -> int:
    """Order by how much a message helps: a wrong answer first, then one that cannot be graded, then an open one."""
    return ("wrong", "not gradable", "not attempted", "right").index(question.outcome)


def _missed(grade: Grade) -> tuple[str, ...]:
    whole = [str(grade.reason)] if grade.outcome != "graded" else []
    return (*whole, *(question.message for question in grade.questions if question.diagnosis == DATA_MISSING))
