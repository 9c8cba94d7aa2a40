"""What can be said to a student about an error that ended a check."""

from __future__ import annotations

from typing import Protocol

from autograder.errors import CallFailed, Mismatch

__all__ = ["Check", "evidence"]


class Check(Protocol):
    """A check of a suite: the question it belongs to, and the sentence that says what should be the case."""

    @property
    def question(self) -> str:
        """The name of the question."""

    @property
    def title(self) -> str:
        """The sentence."""


def evidence(check: Check, error: Exception) -> Mismatch | CallFailed:
    """Return what can be said to the student: of an error without evidence, only what the check is about."""
    if isinstance(error, Mismatch | CallFailed):
        return error
    if isinstance(error, AssertionError):
        summary = f"this does not hold yet: {check.title[:1].lower()}{check.title[1:]}"
    else:
        summary = f"`{check.question}` returned something that this check could not use; compare it with the docstring"
    return Mismatch(check.question, "structure", summary, path=check.question, got=None, expected=None)
