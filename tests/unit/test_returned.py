"""What a call did to its arguments, and how it ended: numbers of every kind are looked at."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.errors import CallFailed, Mismatch
from autograder.returned import raises, unchanged


@pytest.mark.parametrize(
    ("before", "after"),
    [(1j, 2j), (1j, 1.0), (complex("nan"), 0j), (np.complex64(1j), np.complex64(2j)), (1j, [1j])],
)
def test_a_complex_number_that_was_changed(before: Any, after: Any) -> None:
    """Complex numbers in a list are compared like any others."""
    with pytest.raises(Mismatch, match="was changed"):
        unchanged("x", [after], [before])


@pytest.mark.parametrize(
    "number", [1j, complex("nan"), complex(0, float("nan")), np.complex128("nan"), np.complex64(1j)]
)
def test_a_complex_number_that_is_as_it_was(number: Any) -> None:
    """One that is NaN is the same as before, too."""
    unchanged("x", [type(number)(number)], [number])


@pytest.mark.parametrize(
    ("failure", "advice"),
    [
        (CallFailed("f", "raised", "it raised", exception="KeyError"), "Raise ValueError here instead."),
        (CallFailed("f", "raised", "it raised", exception="KeyError", advice="Mind."), "Mind."),
        (CallFailed("f", "raised", "it raised", exception="NotImplementedError"), ""),
        (CallFailed("f", "raised", "it raised", exception="SyntaxError"), ""),
        (CallFailed("f", "timeout", "it ran on"), ""),
    ],
)
def test_another_exception_than_asked_for(failure: CallFailed, advice: str) -> None:
    """It is said which it should be, unless the call was none at all."""

    def call() -> None:
        raise failure

    with pytest.raises(CallFailed) as caught:
        raises("ValueError", "f", call)
    assert (caught.value.advice, caught.value.exception, caught.value.kind) == (advice, failure.exception, failure.kind)
