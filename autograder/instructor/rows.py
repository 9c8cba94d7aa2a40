"""The rows of a class, kept in little memory until the table is printed."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from itertools import islice
from operator import attrgetter

import msgspec

from autograder.instructor.row import Row

BLOCK = 128
"""Rows that are compressed together: the more, the smaller they are, and the more memory a look at them takes."""
_SORTED_TOGETHER = 4 * BLOCK  # rows that are not compressed at a time; for each such part all blocks are gone through


class Rows:
    """Rows of different students; going through them gives them by student. But for a few they are compressed.

    That takes no disk, which may be what is full, and some 30 bytes a row instead of thousands. The first look after
    rows have come in another order sorts them for those to come.
    """

    def __init__(self) -> None:
        self._blocks: list[bytes] = []
        self._last: list[Row] = []
        self._highest = ""
        self._are_sorted = True

    def add(self, row: Row) -> None:
        """Keep one more."""
        self._are_sorted &= row.student >= self._highest
        self._highest = max(self._highest, row.student)
        self._last.append(row)
        if len(self._last) == BLOCK:
            self._blocks.append(_packed(self._last))
            self._last = []

    def __iter__(self) -> Iterator[Row]:
        """Yield them by student."""
        if not self._are_sorted:
            self._sort()
        yield from self.in_order()

    def _sort(self) -> None:
        rows = self._by_student()
        blocks = []
        while len(part := list(islice(rows, BLOCK))) == BLOCK:
            blocks.append(_packed(part))
        self._blocks, self._last, self._are_sorted = blocks, part, True

    def _by_student(self) -> Iterator[Row]:
        names = sorted(row.student for row in self.in_order())
        for start in range(0, len(names), _SORTED_TOGETHER):
            first, last = names[start], names[start : start + _SORTED_TOGETHER][-1]
            part = (row for row in self.in_order() if first <= row.student <= last)
            yield from sorted(part, key=attrgetter("student"))

    def in_order(self) -> Iterator[Row]:
        """Yield them in the order in which they came, until somebody has looked at them by student."""
        last = tuple(self._last)
        for block in tuple(self._blocks):
            yield from _unpacked(block)
        yield from last


def _packed(rows: Sequence[Row]) -> bytes:
    return zlib.compress(msgspec.msgpack.encode(rows))


def _unpacked(block: bytes) -> list[Row]:
    return msgspec.msgpack.decode(zlib.decompress(block), type=list[Row])
