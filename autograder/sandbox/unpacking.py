"""From the bytes of a frame back to its value: nothing in them is trusted, what they become is bounded by what came."""

from __future__ import annotations

import json
import math
import re
import struct
from collections.abc import Callable
from functools import lru_cache
from json.scanner import make_scanner
from typing import Any

import numpy as np

from autograder.errors import WireError
from autograder.sandbox import frame
from autograder.sandbox.frame import DTYPES, MAX_BLOB, MAX_DEPTH, MAX_HEADER, SCALARS, SHORT_TEXT, Resolve

_scan = make_scanner(json.JSONDecoder())  # type: ignore[arg-type]  # it takes what a decoder has
_BITS = re.compile("[0-9a-f]{16}")
_DIGITS = re.compile(f"-?0x[0-9a-f]{{1,{frame.MAX_INTEGER_BITS // 4}}}")
_LENGTH = "(?:0|[1-9][0-9]{0,18})"
_FORM = re.compile(rf"([^\[]*)\[({_LENGTH}(?:,{_LENGTH}){{0,{frame.MAX_DIMENSIONS - 1}}})?\]")
_MAX_FORM = 20 * (frame.MAX_DIMENSIONS + 1)
_FORMS = 1024
_DOUBLE = struct.Struct("<d")
_CONTENTS = ("l", "t", "d")
_AS_THEY_ARE = frozenset([float, bool, type(None)])


def unpack(header: bytes | bytearray | memoryview, blob: memoryview, *, resolve: Resolve) -> Any:
    """Return the value of a frame. `resolve` gives the object of a handle; raises WireError on anything irregular.

    Every array is a plain one that owns its memory: aligned, contiguous, writable, in the byte order that it had.
    """
    if len(header) > MAX_HEADER or len(blob) > MAX_BLOB:
        raise WireError("the message is larger than allowed")
    unpacker = _Unpacker(blob, resolve)
    try:
        text = str(header, "utf-8")
        node, end = _scan(text, 0)
        if end != len(text):
            raise WireError("the message has more than one value")
        value = unpacker.values([node], 0)[0]
    except (ValueError, StopIteration, RecursionError, MemoryError, OverflowError) as error:
        raise WireError(f"the message is malformed ({type(error).__name__})") from None
    if unpacker.position != len(blob):
        raise WireError("the message has bytes that belong to no value")
    return value


class _Unpacker:
    """Turns nodes back into values. A node of a letter has a reader, which gets the whole node."""

    __slots__ = ("blob", "position", "resolve", "room", "size")

    def __init__(self, blob: memoryview, resolve: Resolve) -> None:
        self.blob = blob
        self.size = len(blob)
        self.position = 0
        self.resolve = resolve
        self.room = frame.Room()

    def values(self, nodes: Any, depth: int) -> list[Any]:
        """Return the values of a list of nodes."""
        if type(nodes) is not list:
            raise _no_value()
        if depth > MAX_DEPTH and nodes:
            raise WireError("the message is nested too deeply")
        values = []
        for node in nodes:
            kind = type(node)
            if kind is list:
                try:
                    read = _READERS[node[0]]
                except (LookupError, TypeError):
                    raise _no_value() from None
                values.append(read(self, node, depth))
            elif kind in _AS_THEY_ARE or (kind is str and node.isascii()) or (kind is int and node.bit_length() < 64):
                values.append(node)
            else:
                values.append(_checked(node))
        return values

    def _list(self, node: list[Any], depth: int) -> list[Any]:
        _, items = node
        return self.values(items, depth + 1)

    def _tuple(self, node: list[Any], depth: int) -> tuple[Any, ...]:
        _, items = node
        return tuple(self.values(items, depth + 1))

    def _dict(self, node: list[Any], depth: int) -> dict[Any, Any]:
        _, parts = node
        items = self.values(parts, depth + 1)
        if not items:
            return {}
        keys, values = items[::2], items[1::2]
        self.room.take_keys(len(keys))
        if len(keys) != len(values):
            raise WireError("the message holds a broken dict")
        if not all(map(frame.is_key, keys)):
            raise WireError("the message holds a dict with a key that is no plain value")
        result = dict(zip(keys, values, strict=True))
        if len(result) != len(keys):
            raise WireError("the message holds a dict with a key twice")
        return result

    def _text(self, node: list[Any], _: int) -> str:
        _letter, size = node
        if type(size) is not int or size <= SHORT_TEXT:
            raise WireError("the message holds a text in a form that is not its own")
        self.room.take_text(size)
        start = self._take(size)
        return str(self.blob[start : start + size], "utf-8")

    def _integer(self, node: list[Any], _: int) -> int:
        _letter, digits = node
        if type(digits) is not str or not _DIGITS.fullmatch(digits):
            raise _no_value()
        return int(digits, 16)

    def _nan(self, node: list[Any], _: int) -> float:
        return _real(node)

    def _complex(self, node: list[Any], _: int) -> complex:
        _letter, real, imag = node
        return complex(_real(real), _real(imag))

    def _handle(self, node: list[Any], depth: int) -> Any:
        _, number, name, *contents = node
        if type(number) is not int or not 0 <= number <= frame.MAX_HANDLE or type(name) is not str:
            raise WireError("the message holds a handle that is none")
        if contents and not _is_plain_form(contents):
            raise WireError("the message holds a handle with contents that nothing has")
        target = self.resolve(number, name[: frame.MAX_TYPE_NAME])
        if contents:
            value = self.values(contents, depth + 1)[0]
            if getattr(type(target), "is_handle", False) is True:
                target._contents = value
        return target

    def _scalar(self, node: list[Any], _: int) -> Any:
        _letter, dtype = node
        kind = SCALARS.get(dtype) if type(dtype) is str else None
        if kind is None:
            raise WireError("the message holds a scalar of a refused dtype")
        start = self._take(kind.itemsize)
        if kind.char == "d":
            return np.float64(_DOUBLE.unpack_from(self.blob, start)[0])
        return np.bool_(self.blob[start] != 0) if kind.char == "?" else np.ndarray((), kind, self.blob, start)[()]

    def _array(self, node: list[Any], _: int) -> np.ndarray[Any, Any]:
        _letter, form = node
        if type(form) is not str:
            raise _no_array()
        kind, shape, size, is_bits = _form(form)
        start = self.position
        self.position = end = start + size
        if end > self.size:
            raise _beyond()
        if is_bits:
            return np.ndarray(shape, kind, self.blob, start).copy()
        if not size:
            return np.empty(shape, kind)
        # A byte that is neither 0 nor 1 would be a bool that is neither true nor false.
        return np.asarray(np.ndarray(shape, np.uint8, self.blob, start) != 0)

    def _take(self, size: int) -> int:
        """Return where the next bytes of the blob begin, which are used up then."""
        start = self.position
        self.position = end = start + size
        if end > self.size:
            raise _beyond()
        return start


_READERS: dict[str, Callable[[_Unpacker, list[Any], int], Any]] = {
    "a": _Unpacker._array,
    "z": _Unpacker._scalar,
    "l": _Unpacker._list,
    "t": _Unpacker._tuple,
    "d": _Unpacker._dict,
    "s": _Unpacker._text,
    "i": _Unpacker._integer,
    "f": _Unpacker._nan,
    "c": _Unpacker._complex,
    "h": _Unpacker._handle,
}


@lru_cache(_FORMS)
def _form(text: str) -> tuple[np.dtype[Any], tuple[int, ...], int, bool]:
    """Return dtype, shape and bytes of an array, and whether any of these are its values."""
    match = _FORM.fullmatch(text) if len(text) <= _MAX_FORM else None
    if match is None:
        raise _no_array()
    kind = DTYPES.get(match[1])
    if kind is None:
        raise WireError("the message holds an array of a refused dtype")
    shape = tuple(map(int, match[2].split(","))) if match[2] else ()
    if not frame.is_room_for(shape, kind.itemsize):
        raise WireError("the message holds an array that is larger than allowed")
    return kind, shape, math.prod(shape) * kind.itemsize, kind.char != "?" and 0 not in shape


def _real(node: Any) -> float:
    if type(node) is float:
        return node
    if type(node) is not list or len(node) != 2 or node[0] != "f" or type(node[1]) is not str:
        raise _no_value()
    number: float = struct.unpack(">d", bytes.fromhex(node[1]))[0] if _BITS.fullmatch(node[1]) else 0.0
    if number == number:
        raise WireError("the message holds a number in a form that is not its own")
    return number


def _checked(value: Any) -> Any:
    """Return a text or a whole number as JSON has it, after checks."""
    if type(value) is str and not frame.is_unicode(value):
        raise WireError("the message holds a text that is not valid Unicode")
    if type(value) is int and not frame.is_small(value):
        raise WireError("the message holds a whole number in a form that is not its own")
    if type(value) is dict:
        raise _no_value()
    return value


def _is_plain_form(contents: list[Any]) -> bool:
    if len(contents) != 1 or type(contents[0]) is not list or not contents[0]:
        return False
    return contents[0][0] in _CONTENTS


def _beyond() -> WireError:
    return WireError("the message holds an array that is larger than the data sent")


def _no_array() -> WireError:
    return WireError("the message holds an array of a broken form")


def _no_value() -> WireError:
    return WireError("the message holds something that is no value")
