"""The wire between grader and worker, both sides: plain values as a JSON header and raw array bytes, never pickle.

A frame is two sizes, header and blob. In the header a value is a JSON scalar or a list that starts with a letter:

    ["i", "0x…"]                  an integer of more than 64 bits
    ["f", "…"]                    a float that is NaN, as the sixteen digits of its bits
    ["c", re, im]                 a complex number
    ["s", offset, bytes]          a long text, kept in the blob as UTF-8
    ["a", dtype, shape, offset]   an array;   ["z", …]  a numpy scalar
    ["l", [value, …]]             a list;     ["t", …]  a tuple
    ["d", [[key, value], …]]      a dict
    ["h", number, type name]      a handle: the object itself stays in the worker. A list, tuple or dict of a class of
                                  its own is followed by its plain form

What lies in the blob lies there in the order of the header, one after the other: a sender cannot name the same bytes
twice, so what a frame becomes is bounded by what was received.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.errors import WireError
from autograder.sandbox import frame
from autograder.sandbox.frame import (
    ALIGN,
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

_ENCODER = json.JSONEncoder(separators=(",", ":"), check_circular=False)  # nodes are new, and not deep
_COPIED = 1 << 16  # bytes of an array up to which a copy takes less time than a view
_PADDING = bytes(ALIGN)

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
    node = packer.node(value, 0)
    header = _ENCODER.encode(node).encode()
    if len(header) > MAX_HEADER:
        raise WireError(f"too many separate values: {len(header)} bytes of header, {MAX_HEADER} are allowed")
    prefix = PREFIX.pack(len(header), packer.size)
    return [prefix + header, *packer.pieces]


def size_of(pieces: list[bytes | memoryview]) -> int:
    """Return the bytes of a frame."""
    return sum(map(len, pieces))


def _base(value: Any) -> Any:
    """Return the plain form of a named tuple, a default dict and the like, read by the base class alone; or None."""
    if isinstance(value, dict):
        return dict(dict.items(value))
    if isinstance(value, tuple):
        return tuple(tuple.__iter__(value))
    return list(list.__iter__(value)) if isinstance(value, list) else None


class _Packer:
    """Turns values into nodes and collects the pieces of the blob."""

    def __init__(self, refer: Refer) -> None:
        self.refer = refer
        self.pieces: list[bytes | memoryview] = []
        self.size = 0
        self.room = frame.Room()

    def node(self, value: Any, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise WireError("nested too deeply, or contains itself")
        writer = _WRITERS.get(type(value))
        return self._less_common(value, depth) if writer is None else writer(self, value, depth)

    def _itself(self, value: Any, _: int) -> Any:
        return value

    def _float(self, value: float, _: int) -> Any:
        return value if value == value else _nan(value)

    def _short_text(self, value: str, _: int) -> Any:
        return value if len(value) <= SHORT_TEXT and value.isascii() else self._text(value)

    def _integer(self, value: int, depth: int) -> Any:
        if frame.is_small(value):
            return value
        return ["i", hex(value)] if value.bit_length() <= MAX_INTEGER_BITS else self._handle(value, None, depth)

    def _complex(self, value: complex, depth: int) -> Any:
        return ["c", self._float(value.real, depth), self._float(value.imag, depth)]

    def _list(self, value: list[Any], depth: int) -> Any:
        node, inside = self.node, depth + 1
        return ["l", [node(each, inside) for each in value]]

    def _tuple(self, value: tuple[Any, ...], depth: int) -> Any:
        node, inside = self.node, depth + 1
        return ["t", [node(each, inside) for each in value]]

    def _dict(self, value: dict[Any, Any], depth: int) -> Any:
        if not frame.fits_dict(len(value)) or not all(map(frame.is_key, value)):
            return self._handle(value, None, depth)
        self.room.take_keys(len(value))
        node, inside = self.node, depth + 1
        return ["d", [[node(key, inside), node(each, inside)] for key, each in value.items()]]

    def _plain_array(self, value: np.ndarray[Any, Any], depth: int) -> Any:
        return self._array("a", value) if frame.is_array(value) else self._handle(value, None, depth)

    def _less_common(self, value: Any, depth: int) -> Any:
        if frame.is_scalar(value):
            return self._array("z", np.asarray(value))
        return self._handle(value, _base(value), depth)

    def _handle(self, value: Any, contents: Any, depth: int) -> Any:
        number, name = self.refer(value)
        return ["h", number, name, *([] if contents is None else [self.node(contents, depth + 1)])]

    def _text(self, value: str) -> Any:
        if not frame.is_unicode(value):
            return ["h", *self.refer(value)]
        encoded = value.encode()
        if len(encoded) <= SHORT_TEXT:
            return value
        self.room.take_text(len(encoded))
        return ["s", self._add(encoded, len(encoded)), len(encoded)]

    def _array(self, letter: str, value: np.ndarray[Any, Any]) -> list[Any]:
        shape, dtype = value.shape, value.dtype
        if not frame.is_room_for(shape, dtype.itemsize):
            raise WireError(f"more than the {MAX_BLOB >> 20} MB that one call may carry")
        raw = value.tobytes() if value.nbytes <= _COPIED or not value.size else _view_of(value)
        return [letter, frame.code_of(dtype), shape, self._add(raw, value.nbytes)]

    def _add(self, raw: bytes | memoryview, size: int) -> int:
        padding = -size % ALIGN
        if self.size + size + padding > MAX_BLOB:
            raise WireError(f"more than the {MAX_BLOB >> 20} MB that one call may carry")
        offset = self.size
        self.pieces.append(raw)
        if padding:
            self.pieces.append(_PADDING[:padding])
        self.size += size + padding
        return offset


def _nan(value: float) -> list[str]:
    """Return the node of a NaN: JSON knows one only, and there are as many as there are payloads."""
    return ["f", struct.pack(">d", value).hex()]


def _view_of(value: np.ndarray[Any, Any]) -> memoryview:
    return np.ascontiguousarray(value).reshape(-1).view(np.uint8).data


_WRITERS: dict[type, Callable[[_Packer, Any, int], Any]] = {
    type(None): _Packer._itself,
    bool: _Packer._itself,
    float: _Packer._float,
    int: _Packer._integer,
    str: _Packer._short_text,
    np.ndarray: _Packer._plain_array,
    list: _Packer._list,
    tuple: _Packer._tuple,
    dict: _Packer._dict,
    complex: _Packer._complex,
}
