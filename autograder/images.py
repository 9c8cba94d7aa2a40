"""How large the picture in a file claims to be: a small file may unfold to more than a browser can hold."""

from __future__ import annotations

import struct
from dataclasses import dataclass

MAX_PIXELS = 24_000_000
"""Pixels of one picture: a page of A4 at 300 dots an inch has 9 million, and four bytes each make 96 MB."""
MAX_SIDE = 16_384
"""Pixels along one side: many programs take no more."""

_PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
_GIF = (b"GIF87a", b"GIF89a")
_JPEG = b"\xff\xd8\xff"
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_BARE = frozenset({0x01, *range(0xD0, 0xD8)})
_JPEG_SCAN, _JPEG_END = 0xDA, 0xD9
_GIF_FRAME, _GIF_EXTENSION, _GIF_END = 0x2C, 0x21, 0x3B


@dataclass(frozen=True)
class Picture:
    """The kind of a picture, and the number of pixels that its header claims along its width and height."""

    mime: str
    width: int
    height: int

    @property
    def pixels(self) -> int:
        """How many pixels there are."""
        return self.width * self.height

    @property
    def is_too_large(self) -> bool:
        """Whether nobody should be made to open it."""
        return self.pixels > MAX_PIXELS or max(self.width, self.height) > MAX_SIDE


def picture_in(data: bytes) -> Picture | None:
    """Return what picture `data` begins with, PNG, JPEG or GIF; None where it is none, or has no size."""
    try:
        if data.startswith(_PNG):
            found = Picture("image/png", *struct.unpack_from(">II", data, len(_PNG)))
        elif data.startswith(_JPEG):
            found = Picture("image/jpeg", *_jpeg_size(data))
        elif data.startswith(_GIF):
            found = Picture("image/gif", *_gif_size(data))
        else:
            return None
    except (struct.error, IndexError):
        return None
    return found if found.pixels else None


def _jpeg_size(data: bytes) -> tuple[int, int]:
    """Return the size in the first frame header; IndexError or struct.error where there is none before the picture."""
    position = 2
    while data[position] == 0xFF:
        marker = data[position + 1]
        if marker in _JPEG_FRAMES:
            height, width = struct.unpack_from(">HH", data, position + 5)
            return width, height
        if marker in (_JPEG_SCAN, _JPEG_END):
            break
        if marker == 0xFF:
            position += 1
        elif marker in _JPEG_BARE:
            position += 2
        else:
            position += 2 + max(2, *struct.unpack_from(">H", data, position + 2))
    return 0, 0


def _gif_size(data: bytes) -> tuple[int, int]:
    """Return a size that holds the screen and every frame, any of which may be larger than the screen."""
    width, height = struct.unpack_from("<HH", data, 6)
    position = 13 + _gif_table(data[10])
    while (kind := data[position]) != _GIF_END:
        if kind == _GIF_FRAME:
            left, top, across, down = struct.unpack_from("<HHHH", data, position + 1)
            width, height = max(width, left + across), max(height, top + down)
            position += 11 + _gif_table(data[position + 9])
        elif kind == _GIF_EXTENSION:
            position += 2
        else:
            return 0, 0
        while size := data[position]:
            position += 1 + size
        position += 1
    return width, height


def _gif_table(flags: int) -> int:
    """Return how many bytes the table of colours has that these flags announce."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0
