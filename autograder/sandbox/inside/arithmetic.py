"""What numpy does about numbers that overflow or are undefined, set past whatever a submission made of numpy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import FunctionType

import numpy as np

_set = FunctionType(np.seterr.__code__, dict(np.seterr.__globals__), "seterr", np.seterr.__defaults__)
"""numpy's own `seterr`, with names of its own: to put something else in the place of those of numpy changes nothing."""


@contextmanager
def checked(strict: bool) -> Iterator[None]:
    """Let such numbers raise FloatingPointError inside the `with`, or be nobody's affair."""
    asked = "raise" if strict else "ignore"
    before = _set(divide=asked, over=asked, invalid=asked, under="ignore")
    try:
        yield
    finally:
        _set(**before)
