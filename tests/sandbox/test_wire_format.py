"""The wire format is what its description says: a reader that knows nothing else finds the same values."""

from __future__ import annotations

import io
import json
import math
import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.sandbox import wire
from tests.sandbox.test_wire import frame, pair, same, there, values

FORMAT: list[tuple[Any, str, bytes]] = [
    (None, "null", b""),
    (-0.0, "-0.0", b""),
    (0.1, "0.1", b""),
    (float("inf"), "Infinity", b""),
    (float("-inf"), "-Infinity", b""),
    (float("nan"), '["f","7ff8000000000000"]', b""),
    (-(2**63), "-9223372036854775808", b""),
    (2**63, '["i","0x8000000000000000"]', b""),
    (complex(1.5, -0.0), '["c",1.5,-0.0]', b""),
    ("\x00\u2028\U0001f600", r'"\u0000\u2028\ud83d\ude00"', b""),
    ("x" * 1025, '["s",1025]', b"x" * 1025),
    (np.arange(6, dtype=">i2").reshape(2, 3), '["a",">i2[2,3]"]', bytes([0, 0, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5])),
    (np.array(True), '["a","|b1[]"]', b"\x01"),
    (np.zeros((2, 0)), '["a","<f8[2,0]"]', b""),
    (np.float64(1.0), '["z","<f8"]', struct.pack("<d", 1.0)),
    (np.int8(-1), '["z","|i1"]', b"\xff"),
    ([], '["l",[]]', b""),
    ((1, [True, False]), '["t",[1,["l",[true,false]]]]', b""),
    ({}, '["d",[]]', b""),
    ({"W": np.uint8(7), 2: (np.int8(5),)}, '["d",["W",["z","|u1"],2,["t",[["z","|i1"]]]]]', b"\x07\x05"),
]


def read_plainly(node: Any, blob: io.BytesIO) -> Any:
    """Return the value of a node of a valid frame, by the description of the format and nothing else."""
    if type(node) is not list:
        return node
    letter, *rest = node
    match letter:
        case "i":
            return int(rest[0], 0)
        case "f":
            return struct.unpack(">d", bytes.fromhex(rest[0]))[0]
        case "c":
            return complex(*(read_plainly(part, blob) for part in rest))
        case "s":
            return blob.read(rest[0]).decode()
        case "z":
            return np.frombuffer(blob.read(np.dtype(rest[0]).itemsize), rest[0])[0]
        case "a":
            dtype, shape = rest[0][:-1].split("[")
            lengths = [int(length) for length in shape.split(",") if length]
            raw = blob.read(math.prod(lengths) * np.dtype(dtype).itemsize)
            return np.frombuffer(raw, dtype).reshape(lengths)
    items = [read_plainly(item, blob) for item in rest[0]]
    return dict(zip(items[::2], items[1::2], strict=True)) if letter == "d" else {"l": list, "t": tuple}[letter](items)


class TestFormat:
    @pytest.mark.parametrize(("value", "header", "blob"), FORMAT, ids=[header[:20] for _, header, _ in FORMAT])
    def test_is_as_described(self, value: Any, header: str, blob: bytes) -> None:
        """A value has one form, to the last byte, and the form has this value."""
        assert frame(value) == (header.encode(), blob)
        assert same(wire.unpack(header.encode(), memoryview(blob), resolve=pair), value)

    @given(values)
    @settings(max_examples=300, deadline=None, database=None)
    def test_a_reader_of_its_own_finds_the_same(self, value: Any) -> None:
        """Whoever knows the description alone reads every bit of a nested value, and uses up all bytes."""
        header, raw = frame(value)
        blob = io.BytesIO(raw)
        assert same(read_plainly(json.loads(header), blob), value)
        assert not blob.read()

    @given(st.lists(values, min_size=2, max_size=4))
    @settings(max_examples=50, deadline=None, database=None)
    def test_frames_know_nothing_of_each_other(self, several: list[Any]) -> None:
        """What one frame has become does not change with the next ones, whose arrays have the same forms."""
        got = [there(value) for value in several * 2]
        for value in got[: len(several)]:
            overwrite(value)
        assert same(got[len(several) :], several)


def overwrite(value: Any) -> None:
    """Set every array in a value to zero, and empty its lists."""
    if isinstance(value, np.ndarray):
        value[...] = 0
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ():
        overwrite(each)
    if isinstance(value, list | dict):
        value.clear()
