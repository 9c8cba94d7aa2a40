"""Memory of the processes that stay while submissions come and go."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from tests.bench import tree


@dataclass(frozen=True)
class Seen:
    """One look at a process and its descendants: the PSS of all, and the RSS of those that stay by depth, in MB.

    The depths are the process itself, its children, and all that is below them.
    """

    whole: float
    staying: tuple[float, float, float]


class Stays:
    """Looks again and again; who was there at the look before stays.

    A submission's own process is gone by then, a process that somebody forgot is not. RSS, because PSS gives a part of
    what a process shares with one that has just been forked from it to that one.
    """

    def __init__(self) -> None:
        self._before: Set[int] = frozenset()

    def __call__(self, root: int) -> Seen:
        """Look."""
        family = tree.family(root)
        itself, children, deeper = (sum(map(tree.resident, self._before.intersection(part))) for part in family)
        self._before = frozenset().union(*family)
        return Seen(sum(tree.proportional(pid) for part in family for pid in part), (itself, children, deeper))
