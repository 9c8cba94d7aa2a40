"""Frames that come in any pieces are taken one by one, whole and unchanged."""

from __future__ import annotations

import random

import pytest

from autograder.errors import WireError
from autograder.sandbox import frame
from autograder.sandbox.incoming import CHUNK, SMALL, Incoming, cost


class Pieces:
    """A connection that hands over given bytes, at most so many at a time."""

    def __init__(self, data: bytes, most: int) -> None:
        self.data, self.most, self.reads = memoryview(data), most, 0

    def fill(self, space: memoryview) -> int:
        """Read some bytes."""
        if not self.data:
            raise EOFError
        count = min(len(space), self.most, len(self.data))
        space[:count], self.data = self.data[:count], self.data[count:]
        self.reads += 1
        return count


def framed(header: bytes, blob: bytes) -> bytes:
    return frame.PREFIX.pack(len(header), len(blob)) + header + blob


FRAMES = [
    (b"null", b""),
    (b"", b"x" * 16),
    (b"a" * 100, b"b" * (SMALL - 112)),
    (b"c", b"d" * SMALL),
    (b"e", b"f" * (2 * CHUNK + 5)),
    (b"[1]", b"g" * 32),
]


@pytest.mark.parametrize("most", [1, 7, 12, 4096, SMALL, 1 << 30])
def test_every_frame_arrives(most: int) -> None:
    """However the bytes are cut, header and blob of each frame are what was sent, and nothing is left."""
    frames = FRAMES if most > 12 else [one for one in FRAMES if len(one[1]) < SMALL // 2]
    pieces = Pieces(b"".join(framed(*one) for one in frames), most)
    incoming = Incoming(pieces.fill)
    for header, blob in frames:
        got_header, got_blob = incoming.take()
        assert (got_header, bytes(got_blob)) == (header, blob)
    assert incoming.is_empty
    assert not incoming.has_frame
    with pytest.raises(EOFError):
        incoming.take()


def test_many_small_frames_come_with_one_read() -> None:
    """What was read already is handed out without asking for more."""
    pieces = Pieces(framed(b"x", b"y" * 16) * 50, 1 << 30)
    incoming = Incoming(pieces.fill)
    for left in range(49, -1, -1):
        incoming.take()
        assert incoming.has_frame is (left > 0)
    assert pieces.reads == 1


def test_a_part_of_a_frame_is_none() -> None:
    """A frame is there when its last byte is; before that there is something, and no frame."""
    whole = framed(b"abc", b"d" * 16)
    for count in range(1, len(whole) + 1):
        pieces = Pieces(framed(b"", b"") + whole[:count], 1 << 30)
        incoming = Incoming(pieces.fill)
        incoming.take()
        assert incoming.has_frame is (count == len(whole))
        assert not incoming.is_empty


@pytest.mark.parametrize(
    ("header", "blob"), [(frame.MAX_HEADER + 1, 0), (0, frame.MAX_BLOB + 1), (2**32 - 1, 2**64 - 1)]
)
def test_what_is_too_large_is_refused_at_once(header: int, blob: int) -> None:
    """The announcement alone is enough: nothing is read or held for it."""
    pieces = Pieces(frame.PREFIX.pack(header, blob), 1 << 30)
    incoming = Incoming(pieces.fill)
    with pytest.raises(WireError, match="larger than allowed"):
        incoming.take()
    assert pieces.reads == 1


@pytest.mark.parametrize(("header", "blob"), [(b"[]" * 50, b""), (b"", b"x" * 6400), (b"[]", b"x" * 6272)])
def test_what_costs_more_than_there_is_room_for(header: bytes, blob: bytes) -> None:
    """JSON becomes many times as large, so a byte of the header counts for 64; one byte less of room is too little."""
    assert cost(len(header), len(blob)) == 6400
    assert Incoming(Pieces(framed(header, blob), 1 << 30).fill).take(6400)[0] == header
    with pytest.raises(WireError, match="larger than there is room for"):
        Incoming(Pieces(framed(header, blob), 1 << 30).fill).take(6399)


def test_random_frames_in_random_pieces() -> None:
    """Three hundred frames of all sizes around the buffer's survive any cutting."""
    draw = random.Random(0)
    headers, blobs = [0, 3, 900], [0, 16, 4000, SMALL - 20, SMALL + 1]
    frames = [(draw.randbytes(draw.choice(headers)), draw.randbytes(draw.choice(blobs))) for _ in range(300)]
    pieces = Pieces(b"".join(framed(*one) for one in frames), 0)

    def fill(space: memoryview) -> int:
        pieces.most = draw.choice([1, 11, 500, 1 << 20])
        return pieces.fill(space)

    incoming = Incoming(fill)
    for header, blob in frames:
        got_header, got_blob = incoming.take()
        assert (got_header, bytes(got_blob)) == (header, blob)
