"""What got through, in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

Kind = Literal["points", "leak", "change", "contact", "survivor", "fault"]

KINDS: Mapping[Kind, tuple[str, str]] = {
    "points": ("undeserved points", "undeserved points"),
    "leak": ("leak", "leaks"),
    "change": ("file changed or written", "files changed or written"),
    "contact": ("contact to the outside", "contacts to the outside"),
    "survivor": ("survivor", "survivors"),
    "fault": ("fault of the grader", "faults of the grader"),
}
"""How one and how several of each kind are called."""


@dataclass(frozen=True)
class Finding:
    """One thing that should not be: its kind, a sentence, and the student whose work it is, where that is known."""

    kind: Kind
    words: str
    student: str = ""


def attributed(findings: Iterable[Finding], students: Iterable[str]) -> list[Finding]:
    """Return the findings, each one without a student given to the only student whose name stands in its words."""
    names = set(students)
    return [finding if finding.student else replace(finding, student=_named(finding, names)) for finding in findings]


def _named(finding: Finding, names: set[str]) -> str:
    named = names & set(re.findall(r"\w+", finding.words))
    return named.pop() if len(named) == 1 else ""
