"""Copies of plain values, as a pipe would make them, without a pipe."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Wrap = Callable[[Any], Any]

_PLAIN = frozenset((type(None), bool, int, float, complex, str, *np.sctypeDict.values())) - {np.object_, np.void}
_ARRAY_KINDS = "biufcUS"


def snapshot(value: Any, wrap: Wrap) -> Any:
    """Copy plain data all the way down and replace everything else by `wrap(value)`."""
    if type(value) is list:
        return [snapshot(item, wrap) for item in value]
    if type(value) is tuple:
        return tuple(snapshot(item, wrap) for item in value)
    if type(value) is dict:
        return {key: snapshot(item, wrap) for key, item in value.items()}
    if type(value) is np.ndarray and value.dtype.kind in _ARRAY_KINDS:
        return copy_array(value)
    return value if type(value) in _PLAIN else wrap(value)


def base_form(value: Any) -> Any:
    """Return the plain form of a named tuple, a default dict and the like, as the pipe carries it; or None."""
    if isinstance(value, dict):
        return dict(dict.items(value))
    if isinstance(value, tuple):
        return tuple(tuple.__iter__(value))
    return list(list.__iter__(value)) if isinstance(value, list) else None


def copy_array(array: NDArray[Any]) -> NDArray[Any]:
    """Copy an array so that the copy is C-contiguous, Fortran-contiguous or neither, as the original is."""
    copy = array.copy(order="K")
    if _contiguity(copy) == _contiguity(array):
        return copy
    spread = np.empty((*array.shape[:-1], 2 * array.shape[-1]), dtype=array.dtype)[..., ::2]
    spread[...] = array
    return spread


def _contiguity(array: NDArray[Any]) -> tuple[bool, bool]:
    return array.flags.c_contiguous, array.flags.f_contiguous
