"""Tests that judge parts of one result: asked for all of it at once, they have to say what they say one by one.

Side by side only the whole is asked. Where it passes what a part fails, a wrong answer would get the points.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from autograder import direct
from autograder.marks import part_of
from autograder.suite import trial


def at_odds(config: pytest.Config, items: Sequence[pytest.Item], submission: Any, seed: str) -> list[pytest.Item]:
    """Return a test of each whole that passes `submission` where one of its parts fails, or the other way round."""
    parts = [item for item in items if part_of(item) is not None and direct.is_direct(item)]
    with trial(config, submission, seed):
        return [whole for whole in direct.wholes(parts) if _passes_whole(whole) is not _passes_parts(whole, parts)]


def _passes_whole(item: pytest.Item) -> bool:
    return direct.call(item, as_whole=True) is None


def _passes_parts(whole: pytest.Item, parts: Sequence[pytest.Item]) -> bool:
    return all(direct.call(part) is None for part in parts if len(direct.wholes([whole, part])) == 1)
