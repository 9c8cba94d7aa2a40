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

__all__ = [
    "MAX_BLOB",
    "MAX_HANDLE",
    "MAX_HEADER",
    "MAX_TEXT",
    "PREFIX_BYTES",
    "Refer",
    "Resolve",
    "pack",
    "sizes",
    "unpack",
]


def pack(value: Any, *, refer: Refer) -> list[memoryview]:
    """One frame as the pieces to send. `refer` gives number and type name of what is not plain data.

    Raises WireError where the value is too large, too deeply nested, or refused by `refer`.
    """
    packer = _Packer(refer)
    node = packer.node(value, 0)
    header = _ENCODER.encode(node).encode()
    if len(header) > MAX_HEADER:
        raise WireError(f"too many separate values: {len(header)} bytes of header, {MAX_HEADER} are allowed")
    prefix = PREFIX.pack(len(header), packer.size)
    return [memoryview(prefix + header), *packer.pieces]


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
        self.pieces: list[memoryview] = []
        self.size = 0
        self.room = frame.Room()

    def node(self, value: Any, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise WireError("nested too deeply, or contains itself")
        kind = type(value)
        if value is None or kind is bool:
            return value
        if kind is float:
            return value if value == value else _nan(value)
        if kind is str:
            return value if len(value) <= SHORT_TEXT and value.isascii() else self._text(value)
        if kind is int and value.bit_length() <= MAX_INTEGER_BITS:
            return value if frame.is_small(value) else ["i", hex(value)]
        if kind is list or kind is tuple:
            return ["l" if kind is list else "t", [self.node(each, depth + 1) for each in value]]
        if kind is dict and frame.fits_dict(len(value)) and all(map(frame.is_key, value)):
            self.room.take_keys(len(value))
            return ["d", [[self.node(k, depth + 1), self.node(v, depth + 1)] for k, v in value.items()]]
        return self._less_common(value, depth)

    def _less_common(self, value: Any, depth: int) -> Any:
        if frame.is_array(value):
            return self._array("a", value)
        if frame.is_scalar(value):
            return self._array("z", np.asarray(value))
        if type(value) is complex:
            return ["c", self.node(value.real, depth), self.node(value.imag, depth)]
        return self._handle(value, None if type(value) is dict else _base(value), depth)

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
        return ["s", self._add(memoryview(encoded)), len(encoded)]

    def _array(self, letter: str, value: np.ndarray[Any, Any]) -> list[Any]:
        if not frame.is_room_for(value.shape, value.dtype.itemsize):
            raise WireError(f"more than the {MAX_BLOB >> 20} MB that one call may carry")
        raw = np.ascontiguousarray(value).reshape(-1).view(np.uint8).data if value.size else memoryview(b"")
        return [letter, value.dtype.str, list(value.shape), self._add(raw)]

    def _add(self, raw: memoryview) -> int:
        padding = -raw.nbytes % ALIGN
        if self.size + raw.nbytes + padding > MAX_BLOB:
            raise WireError(f"more than the {MAX_BLOB >> 20} MB that one call may carry")
        offset = self.size
        self.pieces.append(raw)
        if padding:
            self.pieces.append(memoryview(bytes(padding)))
        self.size += raw.nbytes + padding
        return offset


def _nan(value: float) -> list[str]:
    """Return the node of a NaN: JSON knows one only, and there are as many as there are payloads."""
    return ["f", struct.pack(">d", value).hex()]
