"""How an answer fails the visible checks, as a digest that only the same slip has.

Numbers are rounded coarsely before they are digested, so that another order of a sum makes no difference. Bounds of the
rounding lie at irrational places, where no worked number does.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from autograder.errors import CallFailed, Mismatch
from autograder.values import MAX_DEPTH, Unusable, opened, plain_array

VISIBLE_SEED = "0" * 32
"""The seed of random inputs when behaviour is looked at: whoever makes a digest and whoever has it draw the same."""

_STEPS = 2.0**13
_SHIFT_OF_SCALE, _SHIFT_OF_STEP = 1 / math.e, 1 / math.sqrt(5)
_MOST_ITEMS = 64
_LEAST_POWER, _LARGEST_POWER = -1000, 1023
"""Powers of two between which a step is an ordinary number."""


def behaviour(raised: Sequence[Exception | None]) -> bytes | None:
    """Return the digest of what the checks of one question raised, in their order; None where all of them pass."""
    if not any(raised):
        return None
    digest = hashlib.sha256()
    for error in raised:
        for part in _described(error):
            digest.update(len(part).to_bytes(4, "big") + part)
    return digest.digest()


def _described(error: Exception | None) -> Iterator[bytes]:
    if error is None:
        yield b"passed"
    elif isinstance(error, Mismatch):
        yield f"mismatch {error.name} {error.kind}".encode()
        yield from _value(error.got)
    elif isinstance(error, CallFailed):
        yield f"call {error.name} {error.kind} {error.exception}".encode()
    else:
        yield type(error).__name__.encode()


def _value(value: Any, depth: int = 0) -> Iterator[bytes]:
    array = plain_array(value, like=np.zeros(0))
    if not isinstance(array, Unusable):
        yield from _rounded(array.astype(np.float64))
        return
    value = opened(value)
    if depth > MAX_DEPTH:
        yield b"deep"
    elif isinstance(value, Mapping):
        for key in sorted(map(str, value))[:_MOST_ITEMS]:
            yield key.encode()
            yield from _value(value.get(key), depth + 1)
    elif type(value) in (list, tuple):
        yield f"{len(value)} items".encode()
        for item in value[:_MOST_ITEMS]:
            yield from _value(item, depth + 1)
    else:
        yield b"none" if value is None else b"object"


def _rounded(array: np.ndarray[Any, np.dtype[np.float64]]) -> Iterator[bytes]:
    yield str(array.shape).encode()
    finite = np.isfinite(array)
    size = float(np.max(np.abs(array[finite]), initial=0.0))
    power = math.floor(math.log2(size) + _SHIFT_OF_SCALE) if size else 0
    step = 2.0 ** min(max(power, _LEAST_POWER), _LARGEST_POWER) / _STEPS if size else 1.0
    with np.errstate(all="ignore"):
        codes = np.floor(np.where(finite, array, 0.0) / step + _SHIFT_OF_STEP).astype(np.int64)
    yield np.where(finite, codes, np.where(np.isnan(array), -(2**40), np.where(array > 0, 2**41, -(2**41)))).tobytes()
