"""Real pictures, made by a library that the grader does not use, and small files that claim to be very large."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image

FORMATS = ("PNG", "JPEG", "GIF")


def picture(kind: str, width: int = 3, height: int = 2) -> bytes:
    """Return the file of a black picture."""
    file = io.BytesIO()
    Image.new("RGB", (width, height)).save(file, kind)
    return file.getvalue()


def claiming(kind: str, width: int, height: int) -> bytes:
    """Return the file of a small picture whose header claims another size."""
    data = bytearray(picture(kind))
    if kind == "PNG":
        struct.pack_into(">II", data, 16, width, height)
        struct.pack_into(">I", data, 29, zlib.crc32(data[12:29]))
    elif kind == "JPEG":
        struct.pack_into(">HH", data, data.index(b"\xff\xc0") + 5, height, width)
    else:
        struct.pack_into("<HH", data, 6, width, height)
    return bytes(data)
