"""The picture of an error: which entries are how wrong, as marks and in words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.compare import agree
from autograder.errors import CallFailed, Mismatch
from autograder.learner.picture import CLEAR, LARGE, RIGHT, SLIGHT, ErrorPicture, picture_of
from autograder.learner.text import picture_lines


def mismatch(got: Any, expected: Any, kind: Any = "value") -> Mismatch:
    return Mismatch("dx", kind, "`dx` is wrong", path="dx", got=got, expected=expected)


def drawn(got: Any, expected: Any) -> ErrorPicture:
    picture = picture_of(mismatch(got, expected))
    assert picture is not None
    return picture


def test_each_entry_has_the_level_of_its_error() -> None:
    """Right, off by half a per cent, by ten per cent, by its sign."""
    expected = np.array([[1.0, 2.0], [-4.0, 8.0]])
    picture = drawn(expected * [[1.0, 1.005], [1.1, -1.0]], expected)
    assert picture.levels == ((RIGHT, SLIGHT), (CLEAR, LARGE))
    assert picture.wrong == 3
    assert picture.words.startswith("3 of 4 entries of `dx` are off: `dx[1, 1]` by 200 %, `dx[1, 0]` by 10 %")


@pytest.mark.parametrize(("wrong", "words"), [(np.nan, "is NaN"), (np.inf, "is infinite"), (-np.inf, "is infinite")])
def test_what_is_not_finite_is_wrong(wrong: float, words: str) -> None:
    """NaN and infinity are as wrong as can be, but for an infinity that was expected."""
    picture = drawn([1.0, wrong, np.inf], np.array([1.0, 2.0, np.inf]))
    assert picture.levels == ((RIGHT, LARGE, RIGHT),)
    assert picture.words == f"1 of 3 entries of `dx` are off: `dx[1]` {words}."


def test_a_zero_is_measured_by_the_largest_entry() -> None:
    """Noise beside large numbers is no error, even where a zero is expected."""
    assert picture_of(mismatch([1e-12, 5.0], np.array([0.0, 5.0]))) is None
    picture = drawn([1.0, 5.0], np.array([0.0, 5.0]))
    assert picture.levels == ((LARGE, RIGHT),)
    assert picture.words == "1 of 2 entries of `dx` are off: `dx[0]` should be 0."


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        ([[110.0, 1.0], [3.0, 4.0]], [[100.0, 1.0], [1.0, 4.0]]),
        ([[110.0, 2.0, 5.0], [3.0, 4.0, 7.0]], [[100.0, 1.0, 4.0], [1.0, 3.0, 6.0]]),
        ([[2.0, 4.0], [6.0, 8.0]], [[1.0, 2.0], [3.0, 4.0]]),
        ([[1.0, 100.0], [0.5, 4.0]], [[1.0, 101.0], [0.0, 4.0]]),
    ],
)
def test_message_and_picture_name_the_same_entry_first(got: Any, expected: Any) -> None:
    """What is called the worst is drawn as the worst: both go by the relative error."""
    with pytest.raises(Mismatch) as caught:
        agree("dx", np.array(got), np.array(expected))
    picture = picture_of(caught.value)
    assert picture is not None
    assert picture.worst[0][0] == caught.value.path
    row, column = (int(part) for part in caught.value.path[3:-1].split(","))
    assert picture.levels[row][column] == max(level for levels in picture.levels for level in levels)


def test_of_entries_that_are_equally_wrong_the_largest_is_named() -> None:
    """A constant factor is off by the same share everywhere, but for rounding."""
    expected = np.array([0.1, 0.3, -0.7])
    with pytest.raises(Mismatch) as caught:
        agree("dx", expected * 3, expected)
    assert caught.value.path == "dx[2]"


def test_a_large_array_is_drawn_in_parts() -> None:
    """The marks of a large array are few, and each shows the worst entry of its part."""
    expected = np.ones((784, 10))
    got = expected.copy()
    got[783, 9] = 2.0
    picture = drawn(got, expected)
    assert (len(picture.levels), len(picture.levels[0])) == (16, 10)
    assert picture.block == (49, 1)
    assert picture.levels[-1][-1] == LARGE
    assert sum(level != RIGHT for row in picture.levels for level in row) == 1


@pytest.mark.parametrize(
    "error",
    [
        None,
        CallFailed("f", "raised", "raised"),
        AssertionError(),
        mismatch(None, np.ones(3)),
        mismatch(2.0, np.float64(1.0)),
        mismatch(np.ones(3), np.ones(4)),
        mismatch(np.ones((2, 2, 2)), 2 * np.ones((2, 2, 2))),
        mismatch("words", np.ones(3)),
        mismatch(np.ones(3), None),
        mismatch(np.ones(3), 2 * np.ones(3), kind="shape"),
        mismatch(np.ones((0, 3)), np.ones((0, 3))),
        mismatch([np.array(1), object()], np.ones(2)),
    ],
)
def test_what_is_no_matter_of_entries_has_no_picture(error: Exception | None) -> None:
    """Only arrays of one shape are compared entry by entry."""
    assert picture_of(error) is None


def test_a_real_mismatch_has_a_picture() -> None:
    """What `agree` raises is drawn without more."""
    with pytest.raises(Mismatch) as caught:
        agree("dW", [[1.0, 2.0], [3.0, 5.0]], np.array([[1.0, 2.0], [3.0, 4.0]]))
    picture = picture_of(caught.value)
    assert picture is not None
    assert list(picture_lines(picture)) == [
        "    · ·",
        "    · ▪",
        "    · right, ▪ off by 1 % to 50 %",
        "  1 of 4 entries of `dW` are off: `dW[1, 1]` by 25 %.",
    ]


def test_the_arrays_are_left_alone() -> None:
    """Neither array is written into."""
    got, expected = np.array([1.0, 2.0]), np.array([1.0, 3.0])
    picture_of(mismatch(got, expected))
    assert (got.tolist(), expected.tolist()) == ([1.0, 2.0], [1.0, 3.0])
