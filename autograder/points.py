"""The points of a question: the share that the checks which passed have of all weight."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from autograder.suite import SuiteTest

POINT_PARTS = 100
"""Points are kept in hundredths, rounded down, so that only a right answer has full points."""


def earned(points: float, results: Sequence[tuple[SuiteTest, Exception | None]]) -> float:
    """Return the points of a question worth `points`, given what each of its tests raised; None is passed."""
    if all(error is None for _, error in results):
        return points
    total = sum(Fraction(test.weight) for test, _ in results)
    passed = sum(Fraction(test.weight) for test, error in results if error is None)
    return math.floor(Fraction(points) * passed / total * POINT_PARTS) / POINT_PARTS
