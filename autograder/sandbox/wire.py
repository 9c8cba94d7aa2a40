"""The wire between grader and worker, both sides: plain values as a JSON header and raw array bytes, never pickle.

A frame is two sizes, header and blob. In the header a value is a JSON scalar or a list that starts with a letter:

    ["i", "0x…"]                  an integer of more than 64 bits
    ["c", re, im]                 a complex number
    ["s", offset, bytes]          a long text, kept in the blob as UTF-8
    ["a", dtype, shape, offset]   an array;   ["z", …]  a numpy scalar
    ["l", [value, …]]             a list;     ["t", …]  a tuple
    ["d", [[key, value], …]]      a dict
    ["h", number, type name]      a handle: the object itself stays in the worker

What lies in the blob lies there in the order of the header, one after the other: a sender cannot name the same bytes
twice, so what a frame becomes is bounded by what was received.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.errors import WireError

MAX_HEADER = 1 << 20
MAX_BLOB = 256 << 20
PREFIX_BYTES = 12

_PREFIX = struct.Struct("<IQ")
_ALIGN = 16
_MAX_DEPTH = 32
_MAX_DIMENSIONS = 32
_MAX_INTEGER_BITS = 4096
_SHORT_TEXT = 1024
_MAX_TYPE_NAME = 200
_MAX_DICT = 4096  # keys can be chosen so that a dict becomes slow with its square
_KEY_TYPES = (bool, int, float, complex, str, tuple, type(None), np.generic)
_DTYPES = frozenset(["|b1", "|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", "<f2", "<f4", "<f8", "<c8", "<c16"])

Refer = Callable[[Any], tuple[int, str]]
Resolve = Callable[[int, str], Any]


def pack(value: Any, *, refer: Refer) -> list[memoryview]:
    """One frame as the pieces to send. `refer` gives number and type name of what is not plain data.

    Raises WireError where the value is too large, too deeply nested, or refused by `refer`.
    """
    packer = _Packer(refer)
    node = packer.node(value, 0)
    header = json.dumps(node, separators=(",", ":")).encode()
    if len(header) > MAX_HEADER:
        raise WireError(f"too many separate values: {len(header)} bytes of header, {MAX_HEADER} are allowed")
    prefix = _PREFIX.pack(len(header), packer.size)
    return [memoryview(prefix + header), *packer.pieces]


def sizes(prefix: bytes | bytearray) -> tuple[int, int]:
    """Bytes of header and blob as a frame's first PREFIX_BYTES announce them; raises WireError above the caps."""
    header, blob = _PREFIX.unpack(prefix)
    if header > MAX_HEADER or blob > MAX_BLOB:
        raise WireError("the message is larger than allowed")
    return header, blob


def unpack(header: bytes | bytearray, blob: memoryview, *, resolve: Resolve) -> Any:
    """Return the value of a frame. `resolve` gives the object of a handle; raises WireError on anything irregular."""
    if len(header) > MAX_HEADER or len(blob) > MAX_BLOB:
        raise WireError("the message is larger than allowed")
    unpacker = _Unpacker(blob, resolve)
    try:
        value = unpacker.value(json.loads(header), 0)
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        raise WireError(f"the message is malformed ({type(error).__name__})") from None
    if unpacker.position != len(blob):
        raise WireError("the message has bytes that belong to no value")
    return value


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

    def node(self, value: Any, depth: int) -> Any:
        if depth > _MAX_DEPTH:
            raise WireError("nested too deeply, or contains itself")
        kind = type(value)
        if value is None or kind is bool or kind is float:
            return value
        if kind is int and value.bit_length() <= _MAX_INTEGER_BITS:
            return value if -(1 << 63) <= value < 1 << 63 else ["i", hex(value)]
        if kind is complex:
            return ["c", value.real, value.imag]
        if kind is str:
            return self._text(value)
        if kind is np.ndarray and value.dtype.str in _DTYPES and value.ndim <= _MAX_DIMENSIONS:
            return self._array("a", value)
        if isinstance(value, np.generic) and kind is value.dtype.type and value.dtype.str in _DTYPES:
            return self._array("z", np.asarray(value))
        if kind is list or kind is tuple:
            return ["l" if kind is list else "t", [self.node(each, depth + 1) for each in value]]
        if kind is dict and len(value) <= _MAX_DICT and all(isinstance(key, _KEY_TYPES) for key in value):
            return ["d", [[self.node(k, depth + 1), self.node(v, depth + 1)] for k, v in value.items()]]
        base = None if kind is dict else _base(value)
        return ["h", *self.refer(value), *([] if base is None else [self.node(base, depth + 1)])]

    def _text(self, value: str) -> Any:
        try:
            encoded = value.encode()
        except UnicodeEncodeError:
            return ["h", *self.refer(value)]
        if len(encoded) <= _SHORT_TEXT:
            return value
        return ["s", self._add(memoryview(encoded)), len(encoded)]

    def _array(self, letter: str, value: np.ndarray[Any, Any]) -> list[Any]:
        if self.size + value.nbytes > MAX_BLOB:
            raise WireError(f"more than the {MAX_BLOB >> 20} MB that one call may carry")
        raw = np.ascontiguousarray(value).reshape(-1).view(np.uint8).data if value.size else memoryview(b"")
        return [letter, value.dtype.str, list(value.shape), self._add(raw)]

    def _add(self, raw: memoryview) -> int:
        padding = -raw.nbytes % _ALIGN
        if self.size + raw.nbytes + padding > MAX_BLOB:
            raise WireError(f"more than the {MAX_BLOB >> 20} MB that one call may carry")
        offset = self.size
        self.pieces += [raw, memoryview(bytes(padding))]
        self.size += raw.nbytes + padding
        return offset


class _Unpacker:
    """Turns nodes back into values; nothing in a node is trusted."""

    def __init__(self, blob: memoryview, resolve: Resolve) -> None:
        self.blob = blob
        self.position = 0
        self.resolve = resolve

    def value(self, node: Any, depth: int) -> Any:
        if depth > _MAX_DEPTH:
            raise WireError("the message is nested too deeply")
        if node is None or type(node) in (bool, float, int):
            return node
        if type(node) is str:
            return _checked_text(node)
        if type(node) is not list or not node or type(node[0]) is not str:
            raise WireError("the message holds something that is no value")
        return self._tagged(node[0], node[1:], depth)

    def _tagged(self, letter: str, rest: list[Any], depth: int) -> Any:
        match letter, rest:
            case (("a" | "z"), [dtype, shape, offset]):
                return self._array(letter, dtype, shape, offset)
            case "l", [list(items)]:
                return [self.value(item, depth + 1) for item in items]
            case "t", [list(items)]:
                return tuple(self.value(item, depth + 1) for item in items)
            case "d", [list(items)]:
                return self._dict(items, depth)
            case "s", [offset, int(size)]:
                return str(self._take(offset, size), "utf-8")
            case "i", [str(digits)] if len(digits) <= _MAX_INTEGER_BITS:
                return int(digits, 16)
            case "c", [float(real), float(imaginary)]:
                return complex(real, imaginary)
            case "h", [int(number), str(name), *contents] if type(number) is int and len(contents) <= 1:
                return self._handle(self.resolve(number, name[:_MAX_TYPE_NAME]), contents, depth)
        raise WireError("the message holds something that is no value")

    def _handle(self, target: Any, contents: list[Any], depth: int) -> Any:
        if contents:
            value = self.value(contents[0], depth + 1)
            if getattr(type(target), "is_handle", False) is True:
                target._contents = value
        return target

    def _dict(self, items: list[Any], depth: int) -> dict[Any, Any]:
        if len(items) > _MAX_DICT:
            raise WireError("the message holds a dict with too many keys")
        result = {}
        for item in items:
            if type(item) is not list or len(item) != 2:
                raise WireError("the message holds a broken dict")
            key = self.value(item[0], depth + 1)
            value = self.value(item[1], depth + 1)
            if not isinstance(key, _KEY_TYPES):
                raise WireError("the message holds a dict with a key that is no plain value")
            try:
                result[key] = value
            except TypeError:
                raise WireError("the message holds a dict with a key that cannot be one") from None
        return result

    def _array(self, letter: str, dtype: Any, shape: Any, offset: Any) -> Any:
        if type(dtype) is not str or dtype not in _DTYPES:
            raise WireError("the message holds an array of a refused dtype")
        kind = np.dtype(dtype)
        dimensions = _checked_shape(shape, kind.itemsize)
        count = math.prod(dimensions)
        raw = self._take(offset, count * kind.itemsize)
        if kind == np.bool_:  # a byte that is neither 0 nor 1 would be a bool that is neither true nor false
            array = np.frombuffer(raw, np.uint8).reshape(dimensions) != 0 if count else np.empty(dimensions, kind)
        else:
            array = np.frombuffer(raw, kind).reshape(dimensions).copy() if count else np.empty(dimensions, kind)
        array = np.asarray(array)
        if letter == "a":
            return array
        if dimensions:
            raise WireError("the message holds a scalar with axes")
        return array[()]

    def _take(self, offset: Any, size: int) -> memoryview:
        end = self.position + size
        if type(offset) is not int or offset != self.position or size < 0:
            raise WireError("the message holds values that overlap or leave gaps")
        if end + -size % _ALIGN > len(self.blob):
            raise WireError("the message holds an array that is larger than the data sent")
        self.position = end + -size % _ALIGN
        return self.blob[offset:end]


def _checked_shape(shape: Any, itemsize: int) -> tuple[int, ...]:
    """Return the shape where it is one. An empty array may not have axes so long that a sum would fill the memory."""
    if type(shape) is not list or len(shape) > _MAX_DIMENSIONS or any(type(n) is not int or n < 0 for n in shape):
        raise WireError("the message holds an array with a broken shape")
    if math.prod(n for n in shape if n) * itemsize > MAX_BLOB:
        raise WireError("the message holds an array that is larger than allowed")
    return tuple(shape)


def _checked_text(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise WireError("the message holds a text that is not valid Unicode") from None
    return text
