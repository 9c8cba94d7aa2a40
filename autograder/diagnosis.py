"""From a wrong value or a failed call to one helpful sentence: what happened, where, and what to look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.errors import CallFailed, DataMissingError, Mismatch
from autograder.failures import failure_message
from autograder.probes import Finding, find
from autograder.record import DATA_MISSING
from autograder.values import is_handle

if TYPE_CHECKING:
    from autograder.misconceptions import Misconception

__all__ = ["ADVICE", "DATA_MISSING", "Diagnosis", "data_missing", "diagnose", "is_doubtful"]

ADVICE = "Work it out by hand for a small input and follow your code line by line."
"""What is said of a wrong value that shows nothing more."""

_DIGITS = 6
_BY_CHANCE = ("constant factor", "sign", "zero", "additive constant", "precision")
"""What two numbers may show by chance."""
_FEW, _SHARE = 4, 0.25
"""Of so many wrong values or more, this share has to show it before it is said of the first one."""
_TOLD = ("NoneType", "ndarray", "bool")
"""Types that the sentence before has told of."""


@dataclass(frozen=True)
class Diagnosis:
    """The one message for a question; `name` is the misconception or the probe that matched, if any."""

    name: str | None
    message: str


def diagnose(
    problem: Mismatch | CallFailed,
    *,
    question: str,
    hidden: bool,
    misconception: Misconception | None = None,
    line_text: str | None = None,
    title: str = "",
    doubtful: bool = False,
) -> Diagnosis:
    """Return the message for the first thing that went wrong in a question, in the test of this `title`.

    What a probe finds is left out where it is `doubtful`.
    For a hidden test it holds no number of the returned or the expected value, no shape, and no text of the
    submission but the type of an exception and `line_text`, the line of the student's own that raised it.
    """
    if isinstance(problem, CallFailed):
        is_known = misconception is not None
        message = failure_message(problem, question=question, hidden=hidden, line_text=line_text, known=is_known)
        name = None
    else:
        advice = f'This check fails: "{title}"' if hidden and title else ADVICE
        finding = None if misconception is not None or doubtful else find(problem)
        name, message = _of_mismatch(problem, finding, advice=advice, known=misconception is not None)
        if not hidden:
            message += _numbers(problem)
    if misconception is None:
        return Diagnosis(name, message)
    return Diagnosis(misconception.name, f"{message} {misconception.hint}")


def data_missing(error: DataMissingError, *, question: str) -> Diagnosis:
    """Return the message for a question whose checks need data that this machine does not have."""
    text = f"`{question}` could not be graded, through no fault of yours: {error}."
    return Diagnosis(DATA_MISSING, f"{text} Please tell your instructor; the points can be given later.")


def is_doubtful(error: Exception, errors: Sequence[Exception]) -> bool:
    """Tell whether what a probe finds of a wrong value is not what others of its name show, in `errors` of all tests.

    Of two single numbers, one is soon twice the other, or its negative. In other tests the same slip shows otherwise.
    """
    finding = find(error) if isinstance(error, Mismatch) else None
    if not isinstance(error, Mismatch) or finding is None or finding.name not in _BY_CHANCE:
        return False
    others = [
        each for each in errors if isinstance(each, Mismatch) and each.name == error.name and each.kind == "value"
    ]
    alike = [each for each in others if (found := find(each)) and found.name == finding.name]
    return len(others) >= _FEW and len(alike) < _SHARE * len(others)


def _of_mismatch(mismatch: Mismatch, finding: Finding | None, *, advice: str, known: bool) -> tuple[str | None, str]:
    if known:
        return None, _sentence(_without_question(mismatch.summary))
    if finding is not None:
        return finding.name, _sentence(f"`{mismatch.name}` {finding.words}")
    if mismatch.kind == "value":
        return None, _unexplained(mismatch, advice)
    if mismatch.kind == "nan":
        return None, f"{_sentence(mismatch.summary)} Look for 0/0, the log of 0, or an overflow."
    return None, _sentence(mismatch.summary)


def _without_question(text: str) -> str:
    """Return what a summary says, without what it asks: the slip is known."""
    return text.rpartition(": ")[0] or text if text.endswith("?") else text


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _unexplained(mismatch: Mismatch, advice: str) -> str:
    if not _is_numeric(mismatch.got):
        return _sentence(mismatch.summary)
    if mismatch.path == mismatch.name:
        return f"{_sentence(mismatch.summary)} {advice}"
    return f"{_extent(mismatch)} {advice}"


def _extent(mismatch: Mismatch) -> str:
    """Say how much of an array is wrong, and where it is wrong most."""
    got, expected = mismatch.got, mismatch.expected
    if not _is_numeric(got) or not _is_numeric(expected) or got.shape != expected.shape:
        return _sentence(mismatch.summary)
    with np.errstate(all="ignore"):  # differences of huge numbers overflow
        close = np.isclose(got, expected, rtol=1e-6, atol=1e-6 * np.max(np.abs(expected), initial=0.0))
    share = "Some entries" if np.any(close) else "All entries"
    return f"{share} of `{mismatch.name}` are wrong, most of all `{mismatch.path}`."


def _numbers(mismatch: Mismatch) -> str:
    """Return what may be shown where the test is not hidden: values and shapes."""
    got, expected = mismatch.got, mismatch.expected
    if mismatch.kind == "shape" and isinstance(got, np.ndarray) and isinstance(expected, np.ndarray):
        return f" Its shape is {got.shape}, expected {expected.shape}."
    if mismatch.kind == "type":
        kind = got.type_name if is_handle(got) else type(got).__name__
        return "" if kind in _TOLD else f" It is of type `{kind}`."
    if mismatch.kind not in ("value", "nan") or not _is_numeric(got):
        return ""
    index = _index(mismatch)
    if len(index) != got.ndim:
        return ""
    text = f" You have {_number(got[index])}"
    known = _is_numeric(expected) and expected.shape == got.shape
    return f"{text}, expected {_number(expected[index])}." if known else f"{text}."


def _is_numeric(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind in "biuf"


def _index(mismatch: Mismatch) -> tuple[int, ...]:
    """Return the index at the end of the path: (2, 1) for `dx[2, 1]`."""
    inside = mismatch.path.removeprefix(mismatch.name).strip("[]")
    return tuple(int(part) for part in inside.split(",")) if inside else ()


def _number(value: Any) -> str:
    return f"{float(value):.{_DIGITS}g}"
