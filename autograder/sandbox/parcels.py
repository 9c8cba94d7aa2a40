"""Messages to a worker that are ready to be sent, and how many of them go at one time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from autograder.sandbox.incoming import SMALL


class Parcel(NamedTuple):
    """A message ready to be sent, with the number that its reply has to bear, and its size in bytes."""

    number: int
    pieces: list[bytes | memoryview]
    size: int

    def copied(self) -> Parcel:
        """Return the same with bytes of its own: what it was packed from may change."""
        return Parcel(self.number, [b"".join(self.pieces)], self.size)


def portions(parcels: Sequence[Parcel]) -> Iterator[list[Parcel]]:
    """Yield the parcels in order, as many at a time as are sent at one go: neither side then waits to be read."""
    portion: list[Parcel] = []
    size = 0
    for parcel in parcels:
        size += parcel.size
        if portion and size > SMALL:
            yield portion
            portion, size = [], parcel.size
        portion.append(parcel)
    yield portion
