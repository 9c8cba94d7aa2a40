"""What a call did to its arguments: numbers of every kind are looked at."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.errors import Mismatch
from autograder.returned import unchanged


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
