"""What students call the tests of a question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence


def numbered(titles: Sequence[str]) -> list[str]:
    """Return the titles with the cases of a parametrised test told apart, without a word on the parameters."""
    counts, seen = Counter(titles), Counter[str]()
    shown = []
    for title in titles:
        seen[title] += 1
        shown.append(title if counts[title] == 1 else f"{title} (case {seen[title]} of {counts[title]})")
    return shown
