"""Where in a student's own code an exception came from, and what to call it."""

from __future__ import annotations

import builtins
import sys
import traceback
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

_CELL_MARKS = ("ipykernel_", "<ipython-input")
_WELL_KNOWN = (builtins, np.exceptions, np.linalg)


def place_of(error: BaseException, called: Callable[..., Any]) -> tuple[str | None, int | None]:
    """Return cell and line (from 1) of the innermost frame in the module of `called`; the cell only under IPython."""
    return place_in(error, _globals_of(called))


def place_in(error: BaseException, home: Mapping[str, Any] | None) -> tuple[str | None, int | None]:
    """Return cell and line (from 1) of the innermost frame whose global names are `home`."""
    frames = [
        (frame.f_code.co_filename, line)
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_globals is home
    ]
    if not frames:
        return None, None
    filename, line = frames[-1]
    return (filename if any(mark in filename for mark in _CELL_MARKS) else None), line


def _globals_of(called: Any) -> dict[str, Any] | None:
    function = getattr(called, "__func__", called)
    if hasattr(function, "__globals__"):
        return function.__globals__  # type: ignore[no-any-return]
    module = sys.modules.get(getattr(called, "__module__", None) or "")
    return vars(module) if module else None


def exception_name(error: BaseException) -> str:
    """Return the name of the nearest type of an exception that Python or numpy defines: the sandbox says the same.

    A type that Python keeps to itself is none of them: an open bracket is an _IncompleteInputError since 3.13.
    """
    for kind in type(error).__mro__:
        if not kind.__name__.startswith("_") and any(vars(place).get(kind.__name__) is kind for place in _WELL_KNOWN):
            return kind.__name__
    return "BaseException"
