"""Seeded mutations of frames: of their bytes, and of their nodes, which stay JSON and so get past the parser."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from tests.fuzz.frames import Frame, nodes_of

_NUMBERS = [0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 32, 33, 255, 1023, 1024, 1025, 4096, 4097, 1 << 16, 1 << 20, 1 << 28]
_NUMBERS += [(1 << 28) + 1, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**53 + 1, 2**62, 2**63 - 1, 2**63, 2**64, 10**400]
NUMBERS = [*_NUMBERS, *(-number for number in _NUMBERS)]
REALS = [0.0, -0.0, 1.0, 1e308, 5e-324, float("inf"), float("-inf"), float("nan"), 16.0]
TEXTS = [
    "",
    "\x00",
    "\ud800",
    "\udfff\ud800",
    "\U0001f600",
    "ok",
    "value",
    "failure",
    "number",
    "kind",
    "raised",
    "é" * 600,
]
TEXTS += [
    "0x0",
    "-0x1",
    "0x" + "f" * 1024,
    "0x" + "f" * 1025,
    "0x1_0",
    " 0x1",
    "0x٣",
    "7ff8000000000001",
    "7ff0000000000000",
]
DTYPES = [
    "|b1",
    "|i1",
    "|u1",
    "<f8",
    ">f8",
    "=f8",
    "<f2",
    "<c16",
    ">c8",
    "<f16",
    "|O",
    "|V8",
    "<U4",
    "|S4",
    "<M8[s]",
    "<m8",
]
DTYPES += ["f8,f8", "(2,2)f8", "{'names':['a'],'formats':['f8']}", "<i8\x00", "<I8", "float64", "object", "|V0", "<f8 "]
LETTERS = ["a", "z", "l", "t", "d", "s", "i", "f", "c", "h", "q", "A", ""]
SHAPES: list[Any] = [[], [0], [1], [-1], [2, 3], [3, -2], [-2, -3], [0, 2**62], [0, 2**28], [2**32, 2**32], [2**62, 4]]
SHAPES += [
    [1] * 32,
    [1] * 33,
    [0] * 32,
    [2] * 32,
    [2**63, 2],
    [True],
    [1.0],
    ["1"],
    [[1]],
    None,
    6,
    [0, -1],
    [2**31, 2**33, 0],
]
BYTES = [0, 1, 0x22, 0x2C, 0x30, 0x39, 0x5B, 0x5C, 0x5D, 0x7B, 0x7F, 0x80, 0xC0, 0xED, 0xF4, 0xFF]
_DEEP = [30, 31, 32, 33, 40, 60]
_MANY = [2, 5, 20, 100, 5000]


def form_of(dtype: str, shape: Any) -> str:
    """Return the form of an array of any shape, one that none can have included."""
    return dtype + json.dumps(shape, separators=(",", ":"))


class Mutator:
    """An endless sequence of mutated frames, the same for the same seed."""

    def __init__(self, corpus: Sequence[Frame], seed: int) -> None:
        self.corpus = list(corpus)
        self.random = Random(seed)
        self._ways: list[Callable[[Any], Any]] = [
            self._extreme,
            self._extreme,
            self._other_type,
            self._spliced,
            self._spliced,
            self._repeated,
            self._shortened,
            self._swapped,
            self._nested,
            self._as_array,
        ]

    def stream(self) -> bytes:
        """Return the bytes of a frame, changed anywhere, the sizes at their start included."""
        chosen = self.random.choice(self.corpus)
        raw = bytearray(chosen.bytes())
        for _ in range(self.random.choice((1, 1, 2, 4))):
            self._change_bytes(raw)
        return bytes(raw)

    def frame(self) -> Frame:
        """Return a frame whose nodes, header bytes or blob are changed, with sizes that are right for them."""
        chosen = self.random.choice(self.corpus)
        which = self.random.random()
        header, blob = chosen
        if which < 0.75:
            header = self._changed_header(header)
        if which > 0.70:
            blob = self._changed(blob)
        if 0.75 < which < 0.85:
            header = self._changed(header)
        return Frame(header, blob)

    def _changed_header(self, header: bytes) -> bytes:
        root = [nodes_of(header)]
        for _ in range(self.random.choice((1, 1, 1, 2, 3))):
            holder, key = self._place(root)
            holder[key] = self.random.choice(self._ways)(holder[key])
        return json.dumps(root[0], ensure_ascii=self.random.random() < 0.8).encode("utf-8", "surrogatepass")

    def _place(self, root: list[Any]) -> tuple[list[Any], int]:
        """Return a random place in the nodes, deep ones as likely as shallow ones."""
        holder, key = root, 0
        while type(holder[key]) is list and holder[key] and self.random.random() < 0.85:
            holder, key = holder[key], self.random.randrange(len(holder[key]))
        return holder, key

    def _extreme(self, node: Any) -> Any:
        """Return a value of the same type from the edges of what is allowed."""
        if type(node) is str:
            form = form_of(self.random.choice(DTYPES), self._shape())
            return self.random.choice((*map(self.random.choice, (TEXTS, DTYPES, LETTERS)), form, form))
        if type(node) is list:
            return self._shape()
        return self.random.choice(REALS if type(node) is float else NUMBERS)

    def _shape(self) -> Any:
        return copy.deepcopy(self.random.choice(SHAPES))

    def _other_type(self, _: Any) -> Any:
        other = [
            None,
            True,
            False,
            [],
            {},
            {"a": 1},
            [None],
            self._shape(),
            *map(self.random.choice, (NUMBERS, REALS, TEXTS)),
        ]
        return self.random.choice(other)

    def _spliced(self, _: Any) -> Any:
        """Return a node of another frame."""
        holder, key = self._place([nodes_of(self.random.choice(self.corpus).header)])
        return holder[key]

    def _repeated(self, node: Any) -> Any:
        if type(node) is not list or not node:
            return [node, node]
        times = self.random.choice(_MANY if self.random.random() < 0.02 else _MANY[:3])
        index = self.random.randrange(len(node))
        return [*node[:index], *([node[index]] * times), *node[index + 1 :]]

    def _shortened(self, node: Any) -> Any:
        return node[: self.random.randrange(len(node))] if type(node) in (list, str) and node else None

    def _swapped(self, node: Any) -> Any:
        return self.random.sample(node, len(node)) if type(node) is list else node

    def _nested(self, node: Any) -> Any:
        letter = self.random.choice("lltdh")
        for _ in range(self.random.choice(_DEEP) if self.random.random() < 0.2 else 1):
            node = ["h", 3, "Node", node] if letter == "h" else ["d", [1, node]] if letter == "d" else [letter, [node]]
        return node

    def _as_array(self, _: Any) -> Any:
        """Return an array's node, right in form, wrong in one thing or another."""
        letter, dtype = self.random.choice("aaz"), self.random.choice(DTYPES)
        return [letter, form_of(dtype, self._shape()) if letter == "a" else dtype]

    def _changed(self, data: bytes) -> bytes:
        raw = bytearray(data)
        self._change_bytes(raw)
        return bytes(raw)

    def _change_bytes(self, raw: bytearray) -> None:
        """Flip, set, cut, double, insert or splice in place."""
        start = self.random.randrange(len(raw) + 1)
        stop = min(len(raw), start + self.random.choice((1, 1, 2, 4, 8, 16, 64, 1000)))
        match self.random.randrange(8):
            case 0 | 1 if start < len(raw):
                raw[start] ^= 1 << self.random.randrange(8)
            case 2 if start < len(raw):
                raw[start] = self.random.choice(BYTES)
            case 3:
                del raw[start:stop]
            case 4:
                del raw[start:]
            case 5:
                raw[start:start] = raw[start:stop] * self.random.choice((1, 2, 20))
            case 6:
                number = self.random.choice(NUMBERS) % (1 << 64)
                raw[start : start + 8] = number.to_bytes(8, "little")[: self.random.choice((4, 8))]
            case _:
                other = self.random.choice(self.corpus).bytes()
                raw[start:stop] = other[self.random.randrange(len(other)) :][: self.random.choice((4, 40, 400))]
