"""The relative error of each entry of a wrong array: as a grid of marks, and in words."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from autograder.compare import entry_path
from autograder.errors import Mismatch
from autograder.ranking import Floats, relative_errors, worst_first
from autograder.values import Unusable, plain_array

MOST_ROWS, MOST_COLUMNS = 16, 32
RIGHT, SLIGHT, CLEAR, LARGE = range(4)
BOUNDS = (1e-5, 1e-2, 0.5)
"""From which relative error an entry is slightly, clearly and largely wrong."""
MARKS = "·▫▪■"
LEVELS = ("right", "off by less than 1 %", "off by 1 % to 50 %", "off by more than 50 %, or not a number")
_NAMED = 3
_EVEN = 2


@dataclass(frozen=True)
class ErrorPicture:
    """How wrong each part of an array is: `levels` has a row a list, each entry RIGHT, SLIGHT, CLEAR or LARGE.

    A large array is shown in parts of `block` rows and columns, each as wrong as its worst entry.
    """

    name: str
    shape: tuple[int, ...]
    levels: tuple[tuple[int, ...], ...]
    block: tuple[int, int]
    wrong: int
    worst: tuple[tuple[str, str], ...]

    @property
    def words(self) -> str:
        """The picture for those who do not see it."""
        total = math.prod(self.shape)
        named = ", ".join(f"`{path}` {words}" for path, words in self.worst)
        most = "most of all " if self.wrong > len(self.worst) else ""
        return f"{self.wrong} of {total} entries of `{self.name}` are off: {most}{named}."


def picture_of(error: Exception | None) -> ErrorPicture | None:
    """Return the picture of a mismatch of two arrays of one shape, with one or two axes and two entries or more."""
    if not isinstance(error, Mismatch) or error.kind not in ("value", "nan"):
        return None
    expected = _floats(error.expected)
    got = _floats(error.got)
    if got is None or expected is None or got.shape != expected.shape or not 1 <= got.ndim <= _EVEN or got.size < _EVEN:
        return None
    errors = relative_errors(got, expected)
    wrong = int(np.count_nonzero(errors > BOUNDS[0]))
    if not wrong:
        return None
    levels, block = _levels(errors.reshape(-1, errors.shape[-1]))
    return ErrorPicture(error.name, got.shape, levels, block, wrong, _worst(error, got, expected, errors))


def _floats(value: object) -> Floats | None:
    array = plain_array(value, like=np.zeros(0))
    return None if isinstance(array, Unusable) else array.astype(np.float64)


def _levels(errors: Floats) -> tuple[tuple[tuple[int, ...], ...], tuple[int, int]]:
    rows, columns = (math.ceil(size / most) for size, most in zip(errors.shape, (MOST_ROWS, MOST_COLUMNS), strict=True))
    worst = np.maximum.reduceat(errors, np.arange(0, errors.shape[0], rows), axis=0)
    worst = np.maximum.reduceat(worst, np.arange(0, errors.shape[1], columns), axis=1)
    grid = np.searchsorted(BOUNDS, worst, side="left")
    return tuple(tuple(int(level) for level in row) for row in grid), (rows, columns)


def _worst(mismatch: Mismatch, got: Floats, expected: Floats, errors: Floats) -> tuple[tuple[str, str], ...]:
    """Return the worst entries, the one that the message names first, and in which way each is wrong."""
    name, places = mismatch.name, worst_first(got, expected, errors > BOUNDS[0])
    places.sort(key=lambda place: entry_path(name, place) != mismatch.path)
    return tuple((entry_path(name, at), _words(got[at], expected[at], errors[at])) for at in places[:_NAMED])


def _words(got: np.float64, expected: np.float64, error: np.float64) -> str:
    if np.isnan(got):
        return "is NaN"
    if np.isinf(got):
        return "is infinite"
    if expected == 0:
        return "should be 0"
    return f"by {_percent(float(error))}" if np.isfinite(error) else "should not be finite"


def _percent(error: float) -> str:
    percent = 100 * error
    if percent >= 1000:
        return "more than 1000 %"
    return f"{percent:.0f} %" if percent >= 10 else f"{percent:.2g} %"
