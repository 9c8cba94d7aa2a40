"""What a frame of the wire may hold: the rules that whoever packs and whoever unpacks both keep."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.errors import WireError

MAX_HEADER = 1 << 20
MAX_BLOB = 256 << 20
MAX_TEXT = 24 << 20  # more than a notebook may have; one character beyond the BMP makes a text four times as large
PREFIX_BYTES = 12
MAX_DEPTH = 32
MAX_DIMENSIONS = 32
MAX_INTEGER_BITS = 4096
SHORT_TEXT = 1024
MAX_TYPE_NAME = 200
MAX_HANDLE = (1 << 63) - 1

PREFIX = struct.Struct("<IQ")
_ONE_BYTE = ("|b1", "|i1", "|u1")
_MORE_BYTES = ("i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8", "c8", "c16")
SCALARS = {name: np.dtype(name) for name in (*_ONE_BYTE, *(f"<{kind}" for kind in _MORE_BYTES))}
DTYPES = {**SCALARS, **{f">{kind}": np.dtype(f">{kind}") for kind in _MORE_BYTES}}

Refer = Callable[[Any], tuple[int, str]]
Resolve = Callable[[int, str], Any]

_MAX_DICT = 4096
_MAX_COMPARISONS = 4 * _MAX_DICT**2
_PLAIN_KEYS = frozenset([bool, float, complex, type(None)])


def sizes(prefix: bytes | bytearray | memoryview) -> tuple[int, int]:
    """Bytes of header and blob as a frame's first PREFIX_BYTES announce them; raises WireError above the caps."""
    header, blob = PREFIX.unpack(prefix)
    if header > MAX_HEADER or blob > MAX_BLOB:
        raise WireError("the message is larger than allowed")
    return header, blob


def is_small(number: int) -> bool:
    """Tell whether a whole number goes into 64 bits."""
    return -(1 << 63) <= number < 1 << 63


def is_key(key: Any) -> bool:
    """Tell whether a value may be the key of a dict: a plain one whose hash and comparison are Python's or numpy's."""
    kind = type(key)
    if kind is str:
        return is_unicode(key)
    if kind in _PLAIN_KEYS:
        return True
    if kind is int:
        return bool(key.bit_length() <= MAX_INTEGER_BITS)
    if kind is tuple:
        return all(map(is_key, key))
    return is_scalar(key)


def is_unicode(text: str) -> bool:
    """Tell whether a text can be encoded: half a surrogate pair cannot."""
    try:
        return text.isascii() or bool(text.encode())
    except UnicodeEncodeError:
        return False


def is_scalar(value: Any) -> bool:
    """Tell whether a value is a number of numpy's that is allowed, of no class of its own."""
    return isinstance(value, np.generic) and type(value) is value.dtype.type and value.dtype.str in SCALARS


def is_room_for(shape: list[int] | tuple[int, ...], itemsize: int) -> bool:
    """Tell whether an array may be so large; an empty one may not have axes so long that a sum would fill memory."""
    size = math.prod(shape)
    return (size or math.prod(filter(None, shape))) * itemsize <= MAX_BLOB


class Room:
    """What one frame may still hold of what costs more to read than its bytes say."""

    text = MAX_TEXT
    comparisons = _MAX_COMPARISONS

    def take_text(self, size: int) -> None:
        """Count the bytes of a long text; raises WireError when there are too many."""
        self.text -= size
        if self.text < 0:
            raise WireError(f"more than the {MAX_TEXT >> 20} MB of text that one call may carry")

    def take_keys(self, count: int) -> None:
        """Count a dict's keys, chosen, maybe, so that each is compared with each; raises WireError at too many."""
        self.comparisons -= count * count
        if count > _MAX_DICT or self.comparisons < 0:
            raise WireError("dicts with too many keys")


def fits_dict(count: int) -> bool:
    """Tell whether a dict may have so many keys."""
    return count <= _MAX_DICT
