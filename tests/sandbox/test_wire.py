"""The wire format: everything allowed arrives as it was, everything else is refused."""

from __future__ import annotations

import json
import math
import struct
import tracemalloc
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.errors import WireError
from autograder.sandbox import wire

DTYPES = ["|b1", "|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", "<f2", "<f4", "<f8", "<c8", "<c16"]
MEGABYTE = 1 << 20


def nothing(value: Any) -> tuple[int, str]:
    raise WireError(f"no handle for a {type(value).__name__}")


def pair(number: int, name: str) -> tuple[str, int, str]:
    return "handle", number, name


def frame(value: Any, refer: Any = nothing) -> tuple[bytes, bytes]:
    raw = b"".join(wire.pack(value, refer=refer))
    header, blob = wire.sizes(raw[: wire.PREFIX_BYTES])
    rest = raw[wire.PREFIX_BYTES :]
    assert len(rest) == header + blob
    return rest[:header], rest[header:]


def there(value: Any) -> Any:
    header, blob = frame(value)
    return wire.unpack(header, memoryview(blob), resolve=pair)


def receive(node: Any, blob: bytes = b"") -> Any:
    return wire.unpack(json.dumps(node).encode(), memoryview(blob), resolve=pair)


def same(a: Any, b: Any) -> bool:
    """Equal in type, structure and every bit: NaNs and signs of zero included."""
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray | np.generic):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if isinstance(a, float):
        return struct.pack("d", a) == struct.pack("d", b) or (math.isnan(a) and math.isnan(b))
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return len(a) == len(b) and all(map(same, a.items(), b.items()))
    return bool(a == b)


arrays = st.sampled_from(DTYPES).flatmap(
    lambda dtype: hnp.arrays(np.dtype(dtype), hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4))
)
scalars = st.sampled_from(DTYPES).flatmap(lambda dtype: hnp.from_dtype(np.dtype(dtype)))
keys = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)
plain = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | arrays | scalars
values = st.recursive(
    plain,
    lambda inner: (
        st.lists(inner, max_size=4) | st.lists(inner, max_size=4).map(tuple) | st.dictionaries(keys, inner, max_size=4)
    ),
    max_leaves=12,
)


class TestRoundTrip:
    @given(values)
    @settings(max_examples=150, deadline=None, database=None)
    def test_every_plain_value_arrives_as_it_was(self, value: Any) -> None:
        """Type, structure and each bit of a nested value survive."""
        assert same(there(value), value)

    @pytest.mark.parametrize("dtype", DTYPES)
    @pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 5), (4, 3), (1, 1, 1, 2)])
    def test_every_dtype_in_every_shape(self, dtype: str, shape: tuple[int, ...]) -> None:
        """An array keeps its dtype and its shape, 0-d and empty ones too."""
        array = np.arange(math.prod(shape)).reshape(shape).astype(dtype)
        assert same(there(array), array)

    @pytest.mark.parametrize(
        "bits",
        [0x7FF8000000000001, 0xFFF8000000000123, 0x7FF0000000000000, 0x8000000000000000, 0x0000000000000001],
    )
    def test_nan_payloads_infinities_and_subnormals(self, bits: int) -> None:
        """The bits of a float64 in an array are the bits that arrive."""
        array = np.array([bits], np.uint64).view(np.float64)
        assert there(array).view(np.uint64)[0] == bits

    @pytest.mark.parametrize(
        "array",
        [
            np.asfortranarray(np.arange(6.0).reshape(2, 3)),
            np.arange(12.0).reshape(3, 4)[:, ::2],
            np.arange(6.0)[::-1],
            np.broadcast_to(np.float64(3.0), (2, 2)),
        ],
    )
    def test_any_memory_layout(self, array: np.ndarray[Any, Any]) -> None:
        """Transposed, strided, reversed and broadcast arrays arrive with their values."""
        assert same(there(array), np.array(array, order="C"))

    def test_what_arrives_is_its_own_writable_array(self) -> None:
        """The receiver owns the memory of an array: nothing else refers to it."""
        first, second = there((np.zeros(4), np.zeros(4)))
        first += 1
        assert first.flags.owndata
        assert second.tolist() == [0, 0, 0, 0]

    @pytest.mark.parametrize("text", ["", "é" * 5000, "x" * 1024, "x" * 1025, "\x00\x1b[31m", "\U0001f600" * 600])
    def test_texts_of_any_length(self, text: str) -> None:
        """Short texts lie in the header, long ones in the blob; both arrive."""
        assert there([text, 1, text]) == [text, 1, text]

    @pytest.mark.parametrize("number", [2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**4000, -(2**4000)])
    def test_large_integers(self, number: int) -> None:
        """An integer beyond 64 bits arrives exactly."""
        assert there(number) == number


class TestHandles:
    @pytest.mark.parametrize(
        "thing",
        [
            object(),
            {1, 2},
            b"bytes",
            np.array([None, 1], dtype=object),
            np.array(["a"]),
            np.array(0, "datetime64[s]"),
            np.array([1, 2], "longdouble"),
            np.zeros(2, [("a", "f8")]),
            np.ma.masked_array([1.0, 2.0], [True, False]),
            np.zeros(2).view(np.recarray),
            type("Fake", (np.ndarray,), {})(2),
            type("Text", (str,), {})("x"),
            type("Number", (float,), {})(1.0),
            type("Table", (dict,), {})(),
            "\ud800",
            2**5000,
            dict.fromkeys(range(5000)),
            {b"key": 1},
        ],
        ids=lambda thing: type(thing).__name__,
    )
    def test_what_is_no_plain_value_becomes_a_handle(self, thing: Any) -> None:
        """Subclasses, objects and odd dtypes are referred to, whatever they claim to be."""
        header, blob = frame([thing], refer=lambda value: (7, type(value).__name__))
        assert wire.unpack(header, memoryview(blob), resolve=pair) == [("handle", 7, type(thing).__name__)]

    def test_a_value_may_be_refused(self) -> None:
        """What `refer` refuses is a WireError."""
        with pytest.raises(WireError, match="no handle for a set"):
            wire.pack({1}, refer=nothing)


class TestRefusedToSend:
    def test_a_list_that_contains_itself(self) -> None:
        """A cycle ends in a WireError, not in a RecursionError."""
        cycle: list[Any] = []
        cycle.append(cycle)
        with pytest.raises(WireError, match="nested too deeply"):
            wire.pack(cycle, refer=nothing)

    def test_too_many_values(self) -> None:
        """The header has a cap."""
        with pytest.raises(WireError, match="too many separate values"):
            wire.pack(list(range(400_000)), refer=nothing)

    def test_too_large_an_array_is_refused_before_it_is_copied(self) -> None:
        """A broadcast array of terabytes is refused at once."""
        with pytest.raises(WireError, match="256 MB"):
            wire.pack(np.broadcast_to(0.0, (1 << 20, 1 << 20)), refer=nothing)


HOSTILE = {
    "no list": {"a": 1},
    "empty list": [],
    "number first": [1, 2],
    "unknown letter": ["q", 1],
    "too few parts": ["a", "<f8", [1]],
    "too many parts": ["a", "<f8", [1], 0, 0, 0],
    "object dtype": ["a", "|O", [1], 0],
    "void dtype": ["a", "|V8", [1], 0],
    "text dtype": ["a", "<U4", [1], 0],
    "structured dtype": ["a", [["x", "<f8"]], [1], 0],
    "dtype with a command": ["a", "f8,f8", [1], 0],
    "shape no list": ["a", "<f8", 4, 0],
    "negative axis": ["a", "<f8", [-1], 0],
    "two negative axes": ["a", "<f8", [-1, -1], 0],
    "axis a bool": ["a", "<f8", [True], 0],
    "axis a float": ["a", "<f8", [1.0], 0],
    "too many axes": ["a", "<f8", [1] * 33, 0],
    "overflowing shape": ["a", "<f8", [2**62, 2**62], 0],
    "empty but endless": ["a", "<f8", [0, 2**62, 2**62], 0],
    "empty but long": ["a", "<f8", [0, 2**30], 0],
    "more than was sent": ["a", "<f8", [3], 0],
    "negative offset": ["a", "<f8", [1], -8],
    "gap": ["a", "<f8", [1], 8],
    "offset a bool": ["a", "|u1", [1], False],
    "overlap": ["l", [["a", "<f8", [2], 0], ["a", "<f8", [2], 0]]],
    "scalar with axes": ["z", "<f8", [1], 0],
    "text of negative length": ["s", 0, -1],
    "text beyond the end": ["s", 0, 17],
    "text that is no UTF-8": ["s", 0, 16],
    "lone surrogate": "\ud800",
    "integer that is none": ["i", "12_x"],
    "integer without end": ["i", "0x" + "f" * 5000],
    "complex of texts": ["c", "1", "2"],
    "list of a number": ["l", 3],
    "dict of numbers": ["d", [1, 2]],
    "dict with a list as key": ["d", [[["l", []], 1]]],
    "dict with an array as key": ["d", [[["a", "<f8", [0], 0], 1]]],
    "dict with a dict in a key": ["d", [[["t", [["d", []]]], 1]]],
    "dict with too many keys": ["d", [[n, None] for n in range(5000)]],
    "handle number a text": ["h", "1", "x"],
    "handle number a bool": ["h", True, "x"],
    "handle name a number": ["h", 1, 1],
    "nested": ["l", [["l", [["l", [{}]]]]]],
    "deep": None,
}
for _ in range(40):
    HOSTILE["deep"] = ["l", [HOSTILE["deep"]]]


class TestHostile:
    @pytest.mark.parametrize("node", HOSTILE.values(), ids=HOSTILE.keys())
    def test_is_refused(self, node: Any) -> None:
        """A header that breaks any rule is a WireError and nothing else."""
        with pytest.raises(WireError):
            receive(node, b"\xff" * 16)

    @pytest.mark.parametrize(
        "header",
        [
            b"",
            b"{",
            b"\xff\xfe",
            b"[" * 500_000,
            b"9" * 900_000,
            b'["a",' * 100_000,
            b"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x94.",
            b"null null",
        ],
        ids=["empty", "half", "no UTF-8", "deep", "long number", "deep arrays", "pickle", "two values"],
    )
    def test_bytes_that_are_no_header(self, header: bytes) -> None:
        """What is not JSON, or JSON made to break a parser, is a WireError."""
        with pytest.raises(WireError):
            wire.unpack(header, memoryview(b""), resolve=pair)

    @given(st.binary(max_size=60), st.binary(max_size=40))
    @settings(max_examples=150, deadline=None, database=None)
    def test_any_bytes(self, header: bytes, blob: bytes) -> None:
        """Whatever the bytes are, the outcome is a plain value or a WireError."""
        try:
            value = wire.unpack(header, memoryview(blob), resolve=pair)
        except WireError:
            return
        assert blob == b""
        assert same(value, json.loads(header))

    def test_left_over_bytes_are_refused(self) -> None:
        """A blob that no value uses is refused."""
        with pytest.raises(WireError, match="belong to no value"):
            receive(None, bytes(16))

    @pytest.mark.parametrize(("header", "blob"), [(2**32 - 1, 0), (MEGABYTE + 1, 0), (0, 2**60), (0, (256 << 20) + 1)])
    def test_announced_sizes_are_checked(self, header: int, blob: int) -> None:
        """Sizes above the caps are refused from the first twelve bytes, before anything is allocated."""
        with pytest.raises(WireError, match="larger than allowed"):
            wire.sizes(struct.pack("<IQ", header, blob))

    def test_bools_are_bools(self) -> None:
        """A byte that is neither 0 nor 1 arrives as True, not as a bool that breaks logic."""
        array = receive(["a", "|b1", [4], 0], bytes([0, 1, 2, 255]) + bytes(12))
        assert array.view(np.uint8).tolist() == [0, 1, 1, 1]

    def test_many_small_values_stay_small(self) -> None:
        """A full header of empty lists becomes some tens of megabytes, not more."""
        header = json.dumps(["l", [["l", []]] * 100_000], separators=(",", ":")).encode()
        assert len(header) < wire.MAX_HEADER
        tracemalloc.start()
        try:
            wire.unpack(header, memoryview(b""), resolve=pair)
            assert tracemalloc.get_traced_memory()[1] < 64 * MEGABYTE
        finally:
            tracemalloc.stop()

    def test_dict_keys_that_collide_cost_little(self) -> None:
        """Keys chosen to have one hash are too few to be slow."""
        modulus = 2**61 - 1
        node = ["d", [[["i", hex(n * modulus)], None] for n in range(1, 4000)]]
        assert len({hash(n * modulus) for n in range(1, 4000)}) == 1
        assert len(receive(node)) == 3999
