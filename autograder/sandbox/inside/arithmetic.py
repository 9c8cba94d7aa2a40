"""What numpy does about numbers that overflow or are undefined, set past whatever a submission made of numpy."""

from __future__ import annotations

from types import FunctionType

import numpy as np

_set = FunctionType(np.seterr.__code__, dict(np.seterr.__globals__), "seterr", np.seterr.__defaults__)
"""numpy's own `seterr`, with names of its own: to put something else in the place of those of numpy changes nothing."""


class checked:  # noqa: N801 - it is used like a function
    """Let such numbers raise FloatingPointError inside the `with`, or be nobody's affair."""

    __slots__ = ("_asked", "_before")

    def __init__(self, strict: bool) -> None:
        self._asked = "raise" if strict else "ignore"

    def __enter__(self) -> None:
        asked = self._asked
        self._before = _set(divide=asked, over=asked, invalid=asked, under="ignore")

    def __exit__(self, *error: object) -> None:
        _set(**self._before)
