"""The rows of a class, kept in little memory until the table is printed."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from functools import lru_cache

import msgspec

from autograder.instructor.table import Row

BLOCK = 128
"""Rows that are compressed together: the more, the smaller they are, and the longer it takes to get at one of them."""
_UNPACKED = 4  # blocks at a time; rows come about in the order in which they are read again


class Rows:
    """Rows of different students; going through them gives them by student. But for a few they are compressed.

    That takes no disk, which may be what is full, and some 30 bytes a row instead of thousands.
    """

    def __init__(self) -> None:
        self._blocks: list[bytes] = []
        self._last: list[Row] = []

    def add(self, row: Row) -> None:
        """Keep one more."""
        self._last.append(row)
        if len(self._last) == BLOCK:
            self._blocks.append(zlib.compress(msgspec.msgpack.encode(self._last)))
            self._last = []

    def __iter__(self) -> Iterator[Row]:
        """Yield them by student."""
        places = sorted((row.student, number) for number in range(len(self._blocks) + 1) for row in self._block(number))
        unpacked = lru_cache(_UNPACKED)(lambda number: {row.student: row for row in self._block(number)})
        for student, number in places:
            yield unpacked(number)[student]

    def _block(self, number: int) -> list[Row]:
        if number == len(self._blocks):
            return self._last
        return msgspec.msgpack.decode(zlib.decompress(self._blocks[number]), type=list[Row])
