"""The wire between grader and worker, both sides: plain values as a JSON header and raw array bytes, never pickle.

A frame is two sizes, header and blob. In the header a value is a JSON scalar or a list that starts with a letter:

    ["i","0x…"]                  an integer of more than 64 bits
    ["f","…"]                    a float that is NaN, as the sixteen digits of its bits
    ["c",re,im]                  a complex number
    ["s",bytes]                  a long text, kept in the blob as UTF-8
    ["a","<f8[3,2]"]             an array, kept in the blob: its dtype and its shape
    ["z","<f8"]                  a numpy scalar, kept in the blob
    ["l",[value,…]]              a list;     ["t",…]  a tuple
    ["d",[key,value,…]]          a dict
    ["h",number,type name]       a handle: the object itself stays in the worker. A list, tuple or dict of a class of
                                 its own is followed by its plain form

What lies in the blob lies there in the order of the header, one after the other and with nothing between: a sender
cannot name the same bytes twice, so what a frame becomes is bounded by what was received.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterable
from functools import lru_cache
from json.encoder import encode_basestring_ascii as quoted
from typing import Any

import numpy as np

from autograder.errors import WireError
from autograder.sandbox import frame
from autograder.sandbox.frame import (
    MAX_BLOB,
    MAX_DEPTH,
    MAX_HANDLE,
    MAX_HEADER,
    MAX_INTEGER_BITS,
    MAX_TEXT,
    PREFIX,
    PREFIX_BYTES,
    SHORT_TEXT,
    Refer,
    Resolve,
    sizes,
)
from autograder.sandbox.unpacking import unpack

_COPIED = 1 << 16  # bytes of an array up to which a copy takes less time than a view
_FORMS = 1024
_DOUBLE = struct.Struct("<d")

__all__ = [
    "MAX_BLOB",
    "MAX_HANDLE",
    "MAX_HEADER",
    "MAX_TEXT",
    "PREFIX_BYTES",
    "Refer",
    "Resolve",
    "pack",
    "size_of",
    "sizes",
    "unpack",
]


def pack(value: Any, *, refer: Refer) -> list[bytes | memoryview]:
    """One frame as the pieces to send, flat ones. `refer` gives number and type name of what is not plain data.

    Raises WireError where the value is too large, too deeply nested, or refused by `refer`.
    """
    packer = _Packer(refer)
    header = packer.nodes((value,), 0).encode()
    if len(header) > MAX_HEADER:
        raise WireError(f"too many separate values: {len(header)} bytes of header, {MAX_HEADER} are allowed")
    return [PREFIX.pack(len(header), packer.size) + header, *packer.pieces]


def size_of(pieces: list[bytes | memoryview]) -> int:
    """Return the bytes of a frame."""
    return sum(map(len, pieces))


class _Packer:
    """Turns values into the text of their nodes, and collects the pieces of the blob."""

    __slots__ = ("pieces", "refer", "room", "size")

    def __init__(self, refer: Refer) -> None:
        self.refer = refer
        self.pieces: list[bytes | memoryview] = []
        self.size = 0
        self.room = frame.Room()

    def nodes(self, values: Iterable[Any], depth: int) -> str:
        """Return the nodes of values, with commas between them."""
        if depth > MAX_DEPTH and values:
            raise WireError("nested too deeply, or contains itself")
        texts = []
        for value in values:
            if value is None:
                texts.append("null")
            elif value is False:
                texts.append("false")
            else:
                write = _WRITERS.get(type(value), _Packer._less_common)
                texts.append(write(self, value, depth))
        return ",".join(texts)

    def _bool(self, value: bool, _: int) -> str:
        return "true" if value else "false"

    def _float(self, value: float, _: int) -> str:
        return float.__repr__(value) if value - value == 0 else _not_finite(value)

    def _integer(self, value: int, depth: int) -> str:
        if frame.is_small(value):
            return int.__repr__(value)
        return f'["i","{hex(value)}"]' if value.bit_length() <= MAX_INTEGER_BITS else self._handle(value, None, depth)

    def _complex(self, value: complex, depth: int) -> str:
        return f'["c",{self._float(value.real, depth)},{self._float(value.imag, depth)}]'

    def _list(self, value: list[Any], depth: int) -> str:
        return f'["l",[{self.nodes(value, depth + 1)}]]'

    def _tuple(self, value: tuple[Any, ...], depth: int) -> str:
        return f'["t",[{self.nodes(value, depth + 1)}]]'

    def _dict(self, value: dict[Any, Any], depth: int) -> str:
        if not value:
            return '["d",[]]'
        if not frame.fits_dict(len(value)) or not all(map(frame.is_key, value)):
            return self._handle(value, None, depth)
        self.room.take_keys(len(value))
        return f'["d",[{self.nodes([each for item in value.items() for each in item], depth + 1)}]]'

    def _text(self, value: str, _: int) -> str:
        if len(value) <= SHORT_TEXT and value.isascii():
            return quoted(value)
        if not frame.is_unicode(value):
            return self._handle(value, None, 0)
        encoded = value.encode()
        if len(encoded) <= SHORT_TEXT:
            return quoted(value)
        self.room.take_text(len(encoded))
        return f'["s",{self._add(encoded)}]'

    def _array(self, value: np.ndarray[Any, Any], depth: int) -> str:
        try:
            node, size = _form(value.dtype, value.shape)
        except TypeError:  # what the dtype is made of cannot be a key
            node, size = "", 0
        if not node:
            return self._handle(value, None, depth)
        if size:
            self._add(value.tobytes() if size <= _COPIED else _view_of(value))
        return node

    def _double(self, value: np.float64, _: int) -> str:
        self._add(_DOUBLE.pack(value))
        return '["z","<f8"]'

    def _less_common(self, value: Any, depth: int) -> str:
        if not frame.is_scalar(value):
            return self._handle(value, _base(value), depth)
        self._add(value.tobytes())
        return f'["z","{value.dtype.str}"]'

    def _handle(self, value: Any, contents: Any, depth: int) -> str:
        number, name = self.refer(value)
        plain = "" if contents is None else f",{self.nodes((contents,), depth + 1)}"
        return f'["h",{number},{quoted(name)}{plain}]'

    def _add(self, raw: bytes | memoryview) -> int:
        size = len(raw)
        self.size += size
        if self.size > MAX_BLOB:
            raise _too_much()
        self.pieces.append(raw)
        return size


@lru_cache(_FORMS)
def _form(dtype: np.dtype[Any], shape: tuple[int, ...]) -> tuple[str, int]:
    """Return the node of an array and its bytes; an empty node where it may not be sent as one."""
    if dtype.str not in frame.DTYPES or len(shape) > frame.MAX_DIMENSIONS:
        return "", 0
    if not frame.is_room_for(shape, dtype.itemsize):
        raise _too_much()
    return f'["a","{dtype.str}[{",".join(map(str, shape))}]"]', math.prod(shape) * dtype.itemsize


def _base(value: Any) -> Any:
    """Return the plain form of a named tuple, a default dict and the like, read by the base class alone; or None."""
    if isinstance(value, dict):
        return dict(dict.items(value))
    if isinstance(value, tuple):
        return tuple(tuple.__iter__(value))
    return list(list.__iter__(value)) if isinstance(value, list) else None


def _not_finite(value: float) -> str:
    """Return the node of an infinity or a NaN: JSON knows one NaN only, and there are as many as there are payloads."""
    if value == value:
        return "Infinity" if value > 0 else "-Infinity"
    return f'["f","{struct.pack(">d", value).hex()}"]'


def _view_of(value: np.ndarray[Any, Any]) -> memoryview:
    return np.ascontiguousarray(value).reshape(-1).view(np.uint8).data


def _too_much() -> WireError:
    return WireError(f"more than the {MAX_BLOB >> 20} MB that one call may carry")


_WRITERS: dict[type, Callable[[_Packer, Any, int], str]] = {
    np.ndarray: _Packer._array,
    str: _Packer._text,
    float: _Packer._float,
    np.float64: _Packer._double,
    int: _Packer._integer,
    list: _Packer._list,
    tuple: _Packer._tuple,
    dict: _Packer._dict,
    bool: _Packer._bool,
    complex: _Packer._complex,
}
