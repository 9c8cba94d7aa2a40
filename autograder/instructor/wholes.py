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


def passing_only_as_a_whole(
    config: pytest.Config, items: Sequence[pytest.Item], submission: Any, seed: str
) -> list[pytest.Item]:
    """Return a test of each whole that passes `submission` although, on the same inputs, one of its parts fails."""
    with trial(config, submission, seed):
        return [whole for whole, parts in _wholes(items) if _passes(whole) and not _all_pass(whole, parts)]


def failing_only_as_a_whole(
    config: pytest.Config, items: Sequence[pytest.Item], submission: Any, seed: str
) -> list[pytest.Item]:
    """Return a test of each whole that fails `submission` although, on the same inputs, all of its parts pass."""
    with trial(config, submission, seed):
        return [whole for whole, parts in _wholes(items) if _all_pass(whole, parts) and not _passes(whole)]


def _wholes(items: Sequence[pytest.Item]) -> list[tuple[pytest.Item, list[pytest.Item]]]:
    """Return, of the tests that grading asks for wholes, one for each whole with all its parts."""
    asked = [
        item for item in items if part_of(item) is not None and direct.is_direct(item) and direct.may_overlap(item)
    ]
    return [
        (whole, [part for part in asked if len(direct.wholes([whole, part])) == 1]) for whole in direct.wholes(asked)
    ]


def _passes(whole: pytest.Item) -> bool:
    return direct.call(whole, as_whole=True) is None


def _all_pass(whole: pytest.Item, parts: Sequence[pytest.Item]) -> bool:
    return all(direct.call(whole, as_part=part) is None for part in parts)
