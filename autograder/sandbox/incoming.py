"""Frames as they come over a connection, on either side of it: several at one go where several were sent."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from autograder.errors import WireError
from autograder.sandbox import frame

SMALL = 1 << 16
"""Bytes up to which frames are sent and read at one go."""
CHUNK = 1 << 20
"""Bytes of a larger one that are sent or read at one go."""

_HEADER_WEIGHT = 64  # a byte of JSON may be half of an empty list


def cost(header: int, blob: int) -> int:
    """Return how much memory a frame of these sizes may take when it is unpacked, in bytes."""
    return _HEADER_WEIGHT * header + blob


class Incoming:
    """The frames of one connection. `fill` reads into a memory, one byte at least, and returns how many."""

    def __init__(self, fill: Callable[[memoryview], int]) -> None:
        self._fill = fill
        self._buffer = memoryview(bytearray(SMALL))
        self._start = self._end = 0

    @property
    def is_empty(self) -> bool:
        """Whether all that was read is used up."""
        return self._start == self._end

    @property
    def has_frame(self) -> bool:
        """Whether a whole frame was read that nobody has taken yet; raises WireError where it is too large."""
        there = self._end - self._start
        return there >= frame.PREFIX_BYTES and there >= frame.PREFIX_BYTES + sum(self._sizes())

    def take(self, most: float = math.inf) -> tuple[memoryview, memoryview]:
        """Return header and blob of the next frame, which stay as they are until the next one is taken.

        Raises WireError where the frame is larger than allowed, or costs more than `most`.
        """
        self._read_on(frame.PREFIX_BYTES)
        header, blob = self._sizes()
        if cost(header, blob) > most:
            raise WireError("it is larger than there is room for")
        self._start += frame.PREFIX_BYTES
        if header + blob <= len(self._buffer):
            self._read_on(header + blob)
            got = self._buffer[self._start : self._start + header + blob]
            self._start += header + blob
        else:
            got = self._large(header + blob)
        return got[:header], got[header:]

    def _sizes(self) -> tuple[int, int]:
        return frame.sizes(self._buffer[self._start : self._start + frame.PREFIX_BYTES])

    def _read_on(self, least: int) -> None:
        """Read until so many bytes are there; what is left of earlier reading moves to the front where it must."""
        if self._end - self._start >= least:
            return
        if self._start == self._end:
            self._start = self._end = 0
        elif self._start + least > len(self._buffer):
            left = bytes(self._buffer[self._start : self._end])
            self._buffer[: len(left)] = left
            self._start, self._end = 0, len(left)
        while self._end - self._start < least:
            self._end += self._fill(self._buffer[self._end :])

    def _large(self, size: int) -> memoryview:
        """Return what does not go into the buffer, in a memory that is taken as it is filled, not as announced."""
        data = np.empty(size, np.uint8).data
        filled = self._end - self._start
        data[:filled] = self._buffer[self._start : self._end]
        self._start = self._end = 0
        while filled < size:
            filled += self._fill(data[filled : filled + CHUNK])
        return data
