"""The wire format: everything allowed arrives as it was, everything else is refused."""

from __future__ import annotations

import enum
import json
import math
import struct
import tracemalloc
from collections import namedtuple
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.errors import WireError
from autograder.sandbox import wire
from tests.fuzz.judge import Thing

DTYPES = ["|b1", "|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", "<f2", "<f4", "<f8", "<c8", "<c16"]
BIG_ENDIAN = [dtype.replace("<", ">") for dtype in DTYPES if dtype.startswith("<")]
MEGABYTE = 1 << 20
NAN_BITS = [0x7FF8000000000000, 0xFFF8000000000000, 0x7FF8000000000001, 0xFFF8000000000123, 0x7FF0000000000001]

Point = namedtuple("Point", "x y")


class Unhashable:
    __hash__ = None  # type: ignore[assignment]


class Colour(enum.IntEnum):
    RED = 1


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
        return struct.pack("d", a) == struct.pack("d", b)
    if isinstance(a, complex):
        return same(a.real, b.real) and same(a.imag, b.imag)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return len(a) == len(b) and all(map(same, a.items(), b.items()))
    return bool(a == b)


def raw_arrays(dtype: str) -> st.SearchStrategy[np.ndarray[Any, Any]]:
    """Arrays of any bits: NaNs with payloads, subnormals, infinities; a bool has two values only."""
    shapes = hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)
    if dtype == "|b1":
        return hnp.arrays(np.bool_, shapes)
    kind = np.dtype(dtype)
    return shapes.flatmap(
        lambda shape: st.binary(
            min_size=math.prod(shape) * kind.itemsize, max_size=math.prod(shape) * kind.itemsize
        ).map(lambda raw: np.frombuffer(raw, kind).reshape(shape))
    )


def laid_out(array: np.ndarray[Any, Any], layout: str) -> np.ndarray[Any, Any]:
    """Return an array of the same values that lies in memory in another way."""
    if layout == "Fortran":
        return np.asfortranarray(array)
    if layout == "strided":
        wide = np.zeros((*array.shape, 2), array.dtype)
        wide[..., 0] = array
        return np.moveaxis(wide, -1, 0)[0, ...]
    if layout == "reversed":
        return array[(*(slice(None, None, -1) for _ in array.shape), ...)]
    if layout == "misaligned":
        raw = np.frombuffer(b"x" + array.tobytes(), np.uint8)[1:]
        return raw.view(array.dtype).reshape(array.shape) if array.size else array
    if layout == "broadcast":
        return np.broadcast_to(array, (3, *array.shape))
    return array


LAYOUTS = ["C, read-only", "Fortran", "strided", "reversed", "misaligned", "broadcast"]
arrays = st.sampled_from(DTYPES + BIG_ENDIAN).flatmap(raw_arrays)
nans = st.sampled_from(NAN_BITS).map(lambda bits: struct.unpack("<d", struct.pack("<Q", bits))[0])
reals = st.floats() | nans
complexes = st.builds(complex, reals, reals)
scalars = st.sampled_from(DTYPES).flatmap(lambda dtype: hnp.from_dtype(np.dtype(dtype)))
integers = st.integers() | st.integers(-(2**4096) + 1, 2**4096 - 1)
simple_keys = st.none() | st.booleans() | integers | reals | complexes | st.text(max_size=5) | scalars
keys = st.recursive(simple_keys, lambda inner: st.lists(inner, max_size=3).map(tuple), max_leaves=4)
plain = st.none() | st.booleans() | integers | reals | complexes | st.text() | arrays | scalars
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

    @given(values)
    @settings(max_examples=100, deadline=None, database=None)
    def test_what_arrived_arrives_again(self, value: Any) -> None:
        """Every value that arrives can be sent, and the frame is the same to the last byte."""
        assert frame(there(value)) == frame(value)

    @given(arrays, st.sampled_from(LAYOUTS))
    @settings(max_examples=150, deadline=None, database=None)
    def test_an_array_of_any_bits_in_any_layout(self, array: np.ndarray[Any, Any], layout: str) -> None:
        """The same bits arrive in a plain array of its own; what was sent is as it was."""
        sent = laid_out(array, layout)
        before = (sent.tobytes(), sent.strides, sent.flags.writeable)
        got = there({"x": sent})["x"]
        assert same(got, np.array(sent, order="C"))
        assert got.flags.owndata
        assert got.flags.writeable
        assert got.flags.aligned
        assert got.flags.c_contiguous
        assert (sent.tobytes(), sent.strides, sent.flags.writeable) == before

    @pytest.mark.parametrize("bits", NAN_BITS)
    def test_nan_payloads_of_floats(self, bits: int) -> None:
        """A float that is NaN keeps its sign and payload, as a number of its own and in a complex one."""
        nan = struct.unpack("<d", struct.pack("<Q", bits))[0]
        for value in (nan, complex(nan, -0.0), complex(-0.0, nan), [nan, (nan,)], {nan: nan}):
            assert same(there(value), value)

    @pytest.mark.parametrize("dtype", DTYPES + BIG_ENDIAN)
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
            np.array(["a"], np.dtypes.StringDType()),
            np.array(["a"], np.dtypes.StringDType(na_object=Unhashable())),
            np.zeros((1,) * 33),
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
            {2**5000: 1},
            {"\ud800": 1},
            {Colour.RED: 1},
            {Point(1, 2): 1},
            {(1, Colour.RED): 1},
        ],
        ids=lambda thing: type(thing).__name__,
    )
    def test_what_is_no_plain_value_becomes_a_handle(self, thing: Any) -> None:
        """Subclasses, objects and odd dtypes are referred to, whatever they claim to be."""
        header, blob = frame([thing], refer=lambda value: (7, type(value).__name__))
        assert wire.unpack(header, memoryview(blob), resolve=pair) == [("handle", 7, type(thing).__name__)]

    @pytest.mark.parametrize("number", [0, 1, 2**63 - 1])
    def test_numbers_of_handles(self, number: int) -> None:
        """Any number of 63 bits goes there and back."""
        header, blob = frame(object(), refer=lambda _: (number, "x"))
        assert wire.unpack(header, memoryview(blob), resolve=pair) == ("handle", number, "x")

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

    @pytest.mark.parametrize("texts", [["x" * (25 << 20)], ["x" * (9 << 20)] * 3], ids=["one", "three"])
    def test_too_much_text(self, texts: list[str]) -> None:
        """Text has a cap of its own, whether it is one or many."""
        with pytest.raises(WireError, match="24 MB of text"):
            wire.pack(texts, refer=nothing)

    def test_dicts_with_too_many_keys_together(self) -> None:
        """Several dicts may not have what one may not."""
        with pytest.raises(WireError, match="too many keys"):
            wire.pack([dict.fromkeys(range(4096))] * 5, refer=nothing)

    def test_too_large_an_array_is_refused_before_it_is_copied(self) -> None:
        """A broadcast array of terabytes is refused at once."""
        with pytest.raises(WireError, match="256 MB"):
            wire.pack(np.broadcast_to(0.0, (1 << 20, 1 << 20)), refer=nothing)


HOSTILE = {
    "no list": {"a": 1},
    "empty list": [],
    "number first": [1, 2],
    "unknown letter": ["q", 1],
    "letter a list": [["a"], "<f8[1]"],
    "letter a dict": [{"a": 1}, "<f8[1]"],
    "letter alone": ["a"],
    "letters of a list alone": ["l"],
    "more than a list": ["l", [], []],
    "an offset as well": ["a", "<f8[2]", 0],
    "form in parts": ["a", "<f8", [2]],
    "form a list": ["a", ["<f8[2]"]],
    "form a number": ["a", 8],
    "form a bool": ["a", True],
    "form without a shape": ["a", "<f8"],
    "form without an end": ["a", "<f8[2"],
    "form with more after it": ["a", "<f8[2]]"],
    "form with a line after it": ["a", "<f8[2]\n"],
    "form without a dtype": ["a", "[2]"],
    "form without end": ["a", "<f8[" + "1," * 100_000 + "1]"],
    "object dtype": ["a", "|O[1]"],
    "void dtype": ["a", "|V8[1]"],
    "text dtype": ["a", "<U4[1]"],
    "structured dtype": ["a", "[('x', '<f8')][1]"],
    "dtype with a command": ["a", "f8,f8[1]"],
    "dtype without a byte order": ["a", "f8[2]"],
    "dtype in other letters": ["a", "<F8[2]"],
    "dtype with a space": ["a", "<f8 [2]"],
    "dtype with a null": ["a", "<f8\0[2]"],
    "negative axis": ["a", "<f8[-1]"],
    "negative zero": ["a", "<f8[-0]"],
    "two negative axes": ["a", "<f8[-1,-2]"],
    "axis with a sign": ["a", "<f8[+2]"],
    "axis a bool": ["a", "<f8[True]"],
    "axis a bool of JSON": ["a", "<f8[true]"],
    "axis a float": ["a", "<f8[2.0]"],
    "axis with an exponent": ["a", "<f8[2e0]"],
    "axis a list": ["a", "<f8[2,[]]"],
    "axis in other digits": ["a", "<f8[\u0662]"],
    "axis with a leading zero": ["a", "<f8[02]"],
    "axis with an underscore": ["a", "<f8[0_2]"],
    "axis with a space": ["a", "<f8[ 2]"],
    "space between axes": ["a", "<f8[2, 1]"],
    "missing axis": ["a", "<f8[2,]"],
    "missing first axis": ["a", "<f8[,2]"],
    "comma alone": ["a", "<f8[,]"],
    "too many axes": ["a", f"<f8[{','.join('1' * 33)}]"],
    "axis of too many digits": ["a", f"<f8[{'9' * 5000}]"],
    "axis of more than 64 bits": ["a", f"<f8[{2**64 + 1}]"],
    "overflowing shape": ["a", f"<f8[{2**62},{2**62}]"],
    "shape that overflows to little": ["a", f"<f8[{2**32},{2**32}]"],
    "empty but endless": ["a", f"<f8[0,{2**62},{2**62}]"],
    "empty but long": ["a", f"<f8[0,{2**30}]"],
    "larger than allowed": ["a", f"|u1[{(256 << 20) + 1}]"],
    "more than was sent": ["a", "<f8[3]"],
    "overlap": ["l", [["a", "<f8[2]"], ["a", "<f8[2]"]]],
    "scalar with axes": ["z", "<f8[1]"],
    "scalar with a shape": ["z", "<f8", []],
    "scalar of a list": ["z", ["<f8"]],
    "scalar of a number": ["z", 8],
    "scalar of objects": ["z", "|O"],
    "scalar beyond the end": ["l", [["z", "<c16"], ["z", "|b1"]]],
    "text of negative length": ["s", -1],
    "text beyond the end": ["s", 1025],
    "text with an offset": ["s", 0, 16],
    "lone surrogate": "\ud800",
    "integer that is none": ["i", "12_x"],
    "integer with underscores": ["i", "0x1_0"],
    "integer with spaces": ["i", " 0x10 "],
    "integer in other digits": ["i", "0x\u0663"],
    "integer without a number": ["i", "0x"],
    "integer too long for its form": 2**64,
    "float that is no NaN": ["f", "3ff0000000000000"],
    "float that is infinite": ["f", "7ff0000000000000"],
    "float of too few digits": ["f", "7ff8"],
    "float of other digits": ["f", "7FF8000000000000"],
    "complex of NaN and integer": ["c", ["f", "7ff8000000000000"], 1],
    "scalar in the other byte order": ["z", ">f8"],
    "dtype in the byte order of here": ["a", "=f8[1]"],
    "short text in the blob": ["s", 16],
    "text with a size that is a bool": ["s", True],
    "text with a size that is a float": ["s", 1025.0],
    "text with a size that is a text": ["s", "1025"],
    "dict with a key twice": ["d", [1, 2, 1, 3]],
    "dict with equal keys": ["d", [1, 2, True, 3]],
    "dict with a handle as key": ["d", [["h", 1, "x"], 1]],
    "dict with a handle in a key": ["d", [["t", [["h", 1, "x"]]], 1]],
    "too many keys together": ["l", [["d", [*range(8192)]]] * 5],
    "handle number negative": ["h", -1, "x"],
    "handle number too large": ["h", 2**63, "x"],
    "handle with an array as contents": ["h", 1, "x", ["a", "|u1[16]"]],
    "handle with a handle as contents": ["h", 1, "x", ["h", 2, "y", ["l", []]]],
    "handle with a text as contents": ["h", 1, "x", "contents"],
    "integer without end": ["i", "0x" + "f" * 5000],
    "complex of texts": ["c", "1", "2"],
    "list of a number": ["l", 3],
    "dict of a number": ["d", 1],
    "dict of pairs": ["d", [["a", 1], ["b", 2]]],
    "key without a value": ["d", ["a", 1, "b"]],
    "dict with a list as key": ["d", [["l", []], 1]],
    "dict with an array as key": ["d", [["a", "<f8[0]"], 1]],
    "dict with a dict in a key": ["d", [["t", [["d", []]]], 1]],
    "dict with too many keys": ["d", [*range(10_000)]],
    "handle of a number alone": ["h", 1],
    "handle with two contents": ["h", 1, "x", ["l", []], ["l", []]],
    "handle with contents that are no list": ["h", 1, "x", {"l": []}],
    "handle with contents of no letter": ["h", 1, "x", [[], []]],
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

    @pytest.mark.parametrize("node", HOSTILE.values(), ids=HOSTILE.keys())
    def test_is_refused_for_its_own_sake(self, node: Any) -> None:
        """It is refused as well where no bytes are left over."""
        with pytest.raises(WireError) as caught:
            wire.unpack(json.dumps(node).encode(), memoryview(b""), resolve=Thing)
        assert "belong to no value" not in str(caught.value)

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
            '["l",[]]'.encode("utf-16"),
            '["l",[]]'.encode("utf-32"),
            b"\xef\xbb\xbfnull",
        ],
        ids=[
            *("empty", "half", "no UTF-8", "deep", "long number", "deep arrays", "pickle", "two values"),
            *("UTF-16", "UTF-32", "byte order mark"),
        ],
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

    @pytest.mark.parametrize("sizes", [[(24 << 20) + 16], [MEGABYTE] * 25], ids=["one", "many"])
    def test_text_that_would_widen_is_capped(self, sizes: list[int]) -> None:
        """One character makes a text four times as large, so less text than bytes is taken."""
        nodes = [["s", size] for size in sizes]
        with pytest.raises(WireError, match="24 MB of text"):
            receive(["l", nodes], b"x" * sum(sizes))

    def test_bools_are_bools(self) -> None:
        """A byte that is neither 0 nor 1 arrives as True, not as a bool that breaks logic."""
        array = receive(["a", "|b1[4]"], bytes([0, 1, 2, 255]))
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
        node = ["d", [each for n in range(1, 4000) for each in (["i", hex(n * modulus)], None)]]
        assert len({hash(n * modulus) for n in range(1, 4000)}) == 1
        assert len(receive(node)) == 3999
