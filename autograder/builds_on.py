"""Answers that call other answers: a slip in one shows in all that build on it, and is to be mended where it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable

from autograder.diagnosis import ADVICE

__all__ = ["amended", "below", "culprits", "remark"]

Mentioned = Callable[[str], Iterable[str]]
"""Says which of the names that are defined the code of a function or class looks up; nothing of any other name."""

_FORWARD, _BACKWARD = "_forward", "_backward"
_REMARK = re.compile(
    r" ?`\w+` builds on your `\w+`(?: and `\w+`)*, which (?:is|are) not right yet: mend [a-z ]+ first\."
)


def below(name: str, mentioned: Mentioned) -> set[str]:
    """Return all that `name` builds on, directly or not; a backward builds on the cache of its forward, too."""
    found: set[str] = set()
    left = [name]
    while left:
        each = left.pop()
        names = {*mentioned(each)}
        if each.endswith(_BACKWARD):
            names.add(each.removesuffix(_BACKWARD) + _FORWARD)
        left += names - found
        found |= names
    return found - {name}


def culprits(question: str, mentioned: Mentioned, wrong: Collection[str]) -> list[str]:
    """Return the `wrong` answers that a question builds on, without those that build on such a one themselves."""
    found = sorted(below(question, mentioned).intersection(wrong))
    deepest = [name for name in found if below(name, mentioned).isdisjoint(found)]
    return deepest or found  # those that call each other


def amended(message: str, question: str, names: Collection[str]) -> str:
    """Return a message about a question with the sentence that says which answers are to be mended first.

    It takes the place of an earlier one, and of advice to search in vain. Of what the message names it says nothing.
    """
    plain = _REMARK.sub("", message)
    news = [name for name in names if f"`{name}`" not in plain]
    if not news:
        return plain
    return f"{plain.replace(f' {ADVICE}', '')} {remark(question, news)}".strip()


def remark(question: str, names: Collection[str]) -> str:
    """Return the sentence that says which answers are to be mended first."""
    listed = " and ".join(f"`{name}`" for name in names)
    are, those = ("is", "that one") if len(names) == 1 else ("are", "those")
    return f"`{question}` builds on your {listed}, which {are} not right yet: mend {those} first."
