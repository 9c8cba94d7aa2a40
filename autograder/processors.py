"""The processors that graders work on: each has one of its own while there are enough, and first a core of its own."""

from __future__ import annotations

import os
from pathlib import Path

_SIBLINGS = "/sys/devices/system/cpu/cpu{}/topology/thread_siblings_list"


def in_order() -> list[int]:
    """Return the processors that this process may use, those first that share no core with one before them."""
    allowed = sorted(os.sched_getaffinity(0))
    return sorted(allowed, key=lambda processor: sum(other < processor for other in _siblings(processor)))


def _siblings(processor: int) -> list[int]:
    """Return the processors of the same core; none where the system does not tell."""
    try:
        text = Path(_SIBLINGS.format(processor)).read_text()
        return [number for part in text.strip().split(",") for number in _numbers(part)]
    except (OSError, ValueError):
        return []


def _numbers(part: str) -> range:
    """Return the numbers of "4" or "0-3"."""
    first, _, last = part.partition("-")
    return range(int(first), int(last or first) + 1)
