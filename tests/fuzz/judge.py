"""What the grader does with a frame, and what may come of it: a plain value, or the declared refusal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograder import returned
from autograder.compare import agree
from autograder.errors import CallFailed, Mismatch, WireError
from autograder.sandbox import Cell, frame, untrusted, wire

CELLS = (Cell("first", "x = 1\ny = 2"), Cell("second", "def f():\n    pass\n\nf()"))
_EXPECTED = np.arange(6.0).reshape(2, 3)
_TEXT_BYTES = 2000
_LONG = 1 << 16
_LEAVES = (int, bool, str, type(None))


class Thing:
    """Stands for an object in the worker, as the grader's Handle does."""

    is_handle = True

    def __init__(self, number: int, type_name: str) -> None:
        self.number = number
        self.type_name = untrusted.type_name(type_name)
        self._contents: Any = None


def read(raw: bytes) -> Any:
    """Return the value of the frame that a stream begins with; EOFError where it ends in the middle."""
    if len(raw) < wire.PREFIX_BYTES:
        raise EOFError
    header, blob = wire.sizes(raw[: wire.PREFIX_BYTES])
    rest = memoryview(raw)[wire.PREFIX_BYTES :]
    if len(rest) < header + blob:
        raise EOFError
    return unpack(bytes(rest[:header]), rest[header : header + blob])


def unpack(header: bytes, blob: bytes | memoryview) -> Any:
    """Return the value of a frame, after checking that it is one that the wire may give."""
    value = wire.unpack(header, memoryview(blob), resolve=Thing)
    for each in parts(value):
        check_plain(each)
    return value


def parts(value: Any, *, opened: bool = True) -> Iterator[Any]:
    """Every value that is in a value, itself included, and the plain forms of handles where `opened`."""
    todo = [value]
    while todo:
        each = todo.pop()
        yield each
        if type(each) in (list, tuple):
            todo += each
        elif type(each) is dict:
            todo += [*each.keys(), *each.values()]
        elif type(each) is Thing and opened:
            todo.append(each._contents)


def check_plain(value: Any) -> None:
    """Assert that a value is of an allowed type and, where it is an array, that nobody else has a hand in it."""
    if type(value) is np.ndarray:
        assert value.dtype.str in frame.DTYPES
        flags = value.flags
        assert flags.owndata
        assert flags.writeable
        assert flags.aligned
        assert flags.c_contiguous
        assert value.dtype.kind != "b" or not value.size or int(value.view(np.uint8).max()) <= 1
    elif type(value) is str:
        assert value.isascii() or value.encode()
    elif type(value) is int:
        assert value.bit_length() <= frame.MAX_INTEGER_BITS
    else:
        allowed = (bool, float, complex, type(None), list, tuple, dict, Thing)
        assert type(value) in allowed or frame.is_scalar(value), type(value)


def use(value: Any) -> None:
    """Do with a value whatever the grader does with an answer: only Mismatch and WireError may come of it."""
    report = value[2] if type(value) is tuple and len(value) == 3 else value
    try:
        room = untrusted.Room(text_bytes=_TEXT_BYTES, image_bytes=1 << 20)
        shown = untrusted.outputs(report, text_bytes=_TEXT_BYTES, room=room)
        assert sum(len(text.encode()) for text in _texts(shown)) <= _TEXT_BYTES + _LONG
    except WireError:
        pass
    try:
        failure = untrusted.failure("f", report, CELLS, cpu_seconds=2.0)
        assert type(failure) is CallFailed
        assert len(failure.reason) + len(failure.detail) < _LONG
    except WireError:
        pass
    for step in (
        lambda: agree("f", report, _EXPECTED),
        lambda: returned.unpack(report, "out", "cache"),
        lambda: returned.unchanged("x", report, [_EXPECTED, 1.0, None]),
    ):
        try:
            step()
        except Mismatch as mismatch:
            words = str(mismatch)
        else:
            words = ""
        assert len(words) < _LONG


def _texts(shown: Any) -> Iterator[str]:
    return (each for each in parts(shown) if type(each) is str and each != "iVBORw0KGgo")


def sent_again(value: Any) -> Any:
    """Return what becomes of a value when it is sent once more."""
    raw = b"".join(wire.pack(value, refer=lambda thing: (thing.number, thing.type_name)))
    return read(raw)


def parts_of(value: Any) -> list[Any]:
    """Return the parts of a value that it is sent with, in order, in a form whose text tells every bit."""
    return [_exact(each) for each in parts(value, opened=False)]


def _exact(value: Any) -> Any:
    if isinstance(value, np.ndarray | np.generic):
        return value.dtype.str, value.shape, value.tobytes()
    if type(value) in (float, complex):
        return np.asarray(value).tobytes()
    return (value.number, value.type_name) if type(value) is Thing else value if type(value) in _LEAVES else type(value)
