"""Which known misconception a submission has: the one that fails the same tests with the same values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

import numpy as np

from autograder.errors import CallFailed, Mismatch
from autograder.examine import Examiner
from autograder.local import LocalSubmission
from autograder.misconceptions import Misconception
from autograder.suite import SuiteTest

_NUMERIC = (int, float, complex, list, tuple, np.ndarray, np.generic)
SAME = 1e-6  # relative; other orders of a sum differ by far less, other slips by far more


def match(
    results: Sequence[tuple[SuiteTest, Exception | None]],
    misconceptions: Sequence[Misconception],
    reference: ModuleType,
    examiner: Examiner,
    seed: str,
) -> Misconception | None:
    """Return the one misconception that behaves like the submission in every test of `results`, or None.

    `results` are the tests of one question with what each raised. Where the submission passes, the misconception may do
    so on other inputs. Two slips at once, an unknown slip, or two misconceptions that fit alike match nothing: no name
    is better than a wrong one.
    """
    telling = _telling(results)
    fitting = [m for m in misconceptions if _fits(m, telling, reference, examiner, seed)]
    return fitting[0] if len(fitting) == 1 else None


def variant(reference: ModuleType, misconception: Misconception) -> LocalSubmission:
    """Return the reference with the one function of the misconception replaced."""
    return LocalSubmission({**vars(reference), misconception.question: misconception.replacement})


def _telling(results: Sequence[tuple[SuiteTest, Exception | None]]) -> Sequence[tuple[SuiteTest, Exception | None]]:
    """Leave out what was timed, unless nothing else failed: a busy machine would hide a slip's name."""
    untimed = [(test, raised) for test, raised in results if not test.timed]
    return untimed if any(raised is not None for _, raised in untimed) else results


def _fits(
    misconception: Misconception,
    results: Sequence[tuple[SuiteTest, Exception | None]],
    reference: ModuleType,
    examiner: Examiner,
    seed: str,
) -> bool:
    wrong = variant(reference, misconception)
    failed = [(test, raised) for test, raised in results if raised is not None]
    passed = [test for test, raised in results if raised is None]
    return all(
        alike(raised, examiner.run_known(test.item, misconception, wrong, seed)) for test, raised in failed
    ) and all(_passes(misconception, test, wrong, examiner, seed) for test in passed)


def _passes(
    misconception: Misconception, test: SuiteTest, wrong: LocalSubmission, examiner: Examiner, seed: str
) -> bool:
    """Tell whether the misconception passes a test, too; on which inputs hardly matters, unless time does."""
    if test.timed:
        return examiner.run(test.item, wrong, seed) is None
    return examiner.passes(test.item, misconception, wrong, seed)


def alike(one: Exception | None, other: Exception | None) -> bool:
    """Return whether two outcomes of the same test show the same behaviour: same place, same kind, same value."""
    if one is None or other is None:
        return one is other
    if isinstance(one, Mismatch) and isinstance(other, Mismatch):
        return (one.name, one.kind) == (other.name, other.kind) and _same(one.got, other.got)
    if isinstance(one, CallFailed) and isinstance(other, CallFailed):
        return (one.name, one.kind, one.exception) == (other.name, other.kind, other.exception)
    return type(one) is type(other)


def _same(one: Any, other: Any) -> bool:
    """Return whether two plain values are the same up to rounding, NaN and infinity in the same places."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    if not isinstance(one, _NUMERIC) or not isinstance(other, _NUMERIC):
        return one is None and other is None
    try:
        one, other = np.asarray(one, dtype=float), np.asarray(other, dtype=float)
    except (TypeError, ValueError):
        return False
    if one.shape != other.shape:
        return False
    finite = np.abs(other[np.isfinite(other)])
    scale = float(finite.max()) if finite.size else 0.0
    return bool(np.allclose(one, other, rtol=SAME, atol=SAME * scale, equal_nan=True))
