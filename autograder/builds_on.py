"""Answers that call other answers: a slip in one shows in all that build on it, and is to be mended where it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from autograder.diagnosis import ADVICE

__all__ = ["amended", "below", "culprits", "remark"]

Calls = Mapping[str, Collection[str]]
"""By the name of a function or a class, the names that its code mentions."""

_FORWARD, _BACKWARD = "_forward", "_backward"


def below(name: str, calls: Calls) -> set[str]:
    """Return all that `name` builds on, directly or not; a backward builds on the cache of its forward, too."""
    found: set[str] = set()
    left = [name]
    while left:
        each = left.pop()
        new = {*calls.get(each, ()), each.removesuffix(_BACKWARD) + _FORWARD} & calls.keys() - found
        found |= new
        left += new
    return found - {name}


def culprits(question: str, calls: Calls, wrong: Collection[str]) -> list[str]:
    """Return the `wrong` answers that a question builds on, without those that build on such a one themselves."""
    found = sorted(below(question, calls) & {*wrong})
    deepest = [name for name in found if not below(name, calls) & {*found}]
    return deepest or found  # those that call each other


def remark(question: str, names: Collection[str]) -> str:
    """Return the sentence that says where a slip is to be mended first, "" where there are no such names."""
    if not names:
        return ""
    listed = " and ".join(f"`{name}`" for name in names)
    are, those = ("is", "that one") if len(names) == 1 else ("are", "those")
    return f"`{question}` builds on your {listed}, which {are} not right yet: mend {those} first."


def amended(message: str, question: str, names: Collection[str]) -> str:
    """Return a message about a question with that sentence, which takes the place of advice to search in vain.

    A name of which the message speaks already is no news.
    """
    news = remark(question, [name for name in names if f"`{name}`" not in message])
    return f"{message.replace(ADVICE, '').replace('  ', ' ').strip()} {news}".strip() if news else message
