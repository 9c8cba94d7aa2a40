"""From the bytes of a frame back to its value: nothing in them is trusted, what they become is bounded by what came."""

from __future__ import annotations

import json
import math
import re
import struct
from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.errors import WireError
from autograder.sandbox import frame
from autograder.sandbox.frame import ALIGN, DTYPES, MAX_BLOB, MAX_DEPTH, MAX_HEADER, SCALARS, SHORT_TEXT, Resolve

_DECODER = json.JSONDecoder()
_BITS = re.compile("[0-9a-f]{16}")
_DIGITS = re.compile(f"-?0x[0-9a-f]{{1,{frame.MAX_INTEGER_BITS // 4}}}")
_PLAIN = frozenset([float, bool, type(None)])
_CONTENTS = ("l", "t", "d")


def unpack(header: bytes | bytearray, blob: memoryview, *, resolve: Resolve) -> Any:
    """Return the value of a frame. `resolve` gives the object of a handle; raises WireError on anything irregular.

    Every array is a plain one that owns its memory: aligned, contiguous, writable, in the byte order that it had.
    """
    if len(header) > MAX_HEADER or len(blob) > MAX_BLOB:
        raise WireError("the message is larger than allowed")
    unpacker = _Unpacker(blob, resolve)
    try:
        text = str(header, "utf-8")
        node, end = _DECODER.raw_decode(text)
        if end != len(text):
            raise WireError("the message has more than one value")
        value = unpacker.value(node, 0)
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        raise WireError(f"the message is malformed ({type(error).__name__})") from None
    if unpacker.position != len(blob):
        raise WireError("the message has bytes that belong to no value")
    return value


class _Unpacker:
    """Turns nodes back into values. A node of a letter has a reader, which gets the whole node."""

    def __init__(self, blob: memoryview, resolve: Resolve) -> None:
        self.blob = blob
        self.position = 0
        self.resolve = resolve
        self.room = frame.Room()

    def value(self, node: Any, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise WireError("the message is nested too deeply")
        kind = type(node)
        if kind in _PLAIN:
            return node
        if kind is list:
            reader = _READERS.get(node[0]) if node and type(node[0]) is str else None
            if reader is None or len(node) not in reader[1]:
                raise _no_value()
            return reader[0](self, node, depth)
        if kind is str:
            return _checked_text(node)
        if kind is int and not frame.is_small(node):
            raise WireError("the message holds a whole number in a form that is not its own")
        if kind is dict:
            raise _no_value()
        return node  # a small whole number: JSON has nothing else

    def _items(self, node: list[Any], depth: int) -> list[Any]:
        if type(node[1]) is not list:
            raise _no_value()
        value, inside = self.value, depth + 1
        return [value(item, inside) for item in node[1]]

    def _tuple(self, node: list[Any], depth: int) -> tuple[Any, ...]:
        return tuple(self._items(node, depth))

    def _dict(self, node: list[Any], depth: int) -> dict[Any, Any]:
        items = node[1]
        if type(items) is not list:
            raise _no_value()
        self.room.take_keys(len(items))
        result = {}
        for item in items:
            if type(item) is not list or len(item) != 2:
                raise WireError("the message holds a broken dict")
            key = self.value(item[0], depth + 1)
            if not frame.is_key(key):
                raise WireError("the message holds a dict with a key that is no plain value")
            result[key] = self.value(item[1], depth + 1)
        if len(result) != len(items):
            raise WireError("the message holds a dict with a key twice")
        return result

    def _text(self, node: list[Any], _: int) -> str:
        size = node[2]
        if type(size) is not int or size <= SHORT_TEXT:
            raise WireError("the message holds a text in a form that is not its own")
        self.room.take_text(size)
        return str(self._take(node[1], size), "utf-8")

    def _integer(self, node: list[Any], _: int) -> int:
        if type(node[1]) is not str or not _DIGITS.fullmatch(node[1]):
            raise _no_value()
        return int(node[1], 16)

    def _nan(self, node: list[Any], _: int) -> float:
        return _real(node)

    def _complex(self, node: list[Any], _: int) -> complex:
        return complex(_real(node[1]), _real(node[2]))

    def _handle(self, node: list[Any], depth: int) -> Any:
        number, name, contents = node[1], node[2], node[3:]
        if type(number) is not int or not 0 <= number <= frame.MAX_HANDLE or type(name) is not str:
            raise WireError("the message holds a handle that is none")
        if contents and (type(contents[0]) is not list or not contents[0] or contents[0][0] not in _CONTENTS):
            raise WireError("the message holds a handle with contents that nothing has")
        target = self.resolve(number, name[: frame.MAX_TYPE_NAME])
        if contents:
            value = self.value(contents[0], depth + 1)
            if getattr(type(target), "is_handle", False) is True:
                target._contents = value
        return target

    def _scalar(self, node: list[Any], depth: int) -> Any:
        if node[2] != [] or type(node[1]) is not str or node[1] not in SCALARS:
            raise WireError("the message holds a scalar with axes or of a refused dtype")
        return self._array(node, depth)[()]

    def _array(self, node: list[Any], _: int) -> np.ndarray[Any, Any]:
        _letter, dtype, shape, offset = node
        kind = DTYPES.get(dtype) if type(dtype) is str else None
        if kind is None:
            raise WireError("the message holds an array of a refused dtype")
        _check_shape(shape, kind.itemsize)
        count = math.prod(shape)
        raw = self._take(offset, count * kind.itemsize)
        if not count:
            return np.empty(shape, kind)
        if kind.kind == "b":  # a byte that is neither 0 nor 1 would be a bool that is neither true nor false
            return np.asarray(np.ndarray(shape, np.uint8, raw) != 0)
        return np.ndarray(shape, kind, raw).copy()

    def _take(self, offset: Any, size: int) -> memoryview:
        end = self.position + size
        if type(offset) is not int or offset != self.position:
            raise WireError("the message holds values that overlap or leave gaps")
        if end + -size % ALIGN > len(self.blob):
            raise WireError("the message holds an array that is larger than the data sent")
        self.position = end + -size % ALIGN
        return self.blob[offset:end]


_READERS: dict[str, tuple[Callable[[_Unpacker, list[Any], int], Any], tuple[int, ...]]] = {
    "a": (_Unpacker._array, (4,)),
    "z": (_Unpacker._scalar, (4,)),
    "l": (_Unpacker._items, (2,)),
    "t": (_Unpacker._tuple, (2,)),
    "d": (_Unpacker._dict, (2,)),
    "s": (_Unpacker._text, (3,)),
    "i": (_Unpacker._integer, (2,)),
    "f": (_Unpacker._nan, (2,)),
    "c": (_Unpacker._complex, (3,)),
    "h": (_Unpacker._handle, (3, 4)),
}


def _real(node: Any) -> float:
    if type(node) is float:
        return node
    if type(node) is not list or len(node) != 2 or node[0] != "f" or type(node[1]) is not str:
        raise _no_value()
    number: float = struct.unpack(">d", bytes.fromhex(node[1]))[0] if _BITS.fullmatch(node[1]) else 0.0
    if number == number:
        raise WireError("the message holds a number in a form that is not its own")
    return number


def _check_shape(shape: Any, itemsize: int) -> None:
    if type(shape) is not list or len(shape) > frame.MAX_DIMENSIONS:
        raise WireError("the message holds an array with a broken shape")
    for length in shape:
        if type(length) is not int or length < 0:
            raise WireError("the message holds an array with a broken shape")
    if not frame.is_room_for(shape, itemsize):
        raise WireError("the message holds an array that is larger than allowed")


def _checked_text(text: str) -> str:
    if not frame.is_unicode(text):
        raise WireError("the message holds a text that is not valid Unicode")
    return text


def _no_value() -> WireError:
    return WireError("the message holds something that is no value")
