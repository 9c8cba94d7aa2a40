"""Digits as the IDX files hold them: big-endian sizes, then one byte a pixel or label; plain or compressed by gzip."""

from __future__ import annotations

import gzip
import struct
import zlib
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np

__all__ = ["SIDE", "Digits", "read"]

Array: TypeAlias = np.ndarray[Any, Any]

SIDE = 28
"""Rows and columns of an image."""

_UNSIGNED_BYTES = 0x08
_CLASSES = 10
_MOST = 1_000_000  # digits that a file may announce


class Digits(NamedTuple):
    """Handwritten digits: images uint8 (N, 28, 28), labels int64 (N,), and where they come from."""

    images: Array
    labels: Array
    source: str


def read(images: Path, labels: Path, *, source: str, count: int | None = None) -> Digits:
    """Return the first `count` digits (default: all) of a pair of files.

    Raises ValueError that names the file where one of them is not what its name says; OSError as reading does.
    """
    pixels, classes = _read(images, (SIDE, SIDE)), _read(labels, ())
    if len(pixels) != len(classes):
        raise ValueError(f"{images} has {len(pixels)} images and {labels} {len(classes)} labels: they are no pair")
    if classes.size and classes.max() >= _CLASSES:
        raise ValueError(f"{labels}: the label {classes.max()} is no digit; fetch the file again")
    return Digits(pixels[:count].copy(), classes[:count].astype(np.int64), source)


def _read(path: Path, item: tuple[int, ...]) -> Array:
    """Return the content of a file of things of shape `item`."""
    axes = 1 + len(item)
    head = struct.Struct(f">HBB{axes}I")
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            header = file.read(head.size)
            shape = _shape(path, head, header, item)
            size = int(np.prod(shape, dtype=np.int64))
            body = file.read(size + 1)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ValueError(f"{path}: broken gzip data ({error}); fetch the file again") from None
    if len(body) != size:
        more = "more" if len(body) > size else "less"
        raise ValueError(f"{path}: there is {more} in it than the {size} bytes of its header; fetch the file again")
    return np.frombuffer(body, np.uint8).reshape(shape)


def _shape(path: Path, head: struct.Struct, header: bytes, item: tuple[int, ...]) -> tuple[int, ...]:
    kind = "images of 28 × 28" if item else "labels"
    wrong = ValueError(f"{path}: this is no IDX file of {kind} (unsigned bytes); fetch the file again")
    if len(header) != head.size:
        raise wrong
    zero, code, axes, *shape = head.unpack(header)
    if (zero, code, axes, tuple(shape[1:])) != (0, _UNSIGNED_BYTES, 1 + len(item), item):
        raise wrong
    if not 0 < shape[0] <= _MOST:
        raise ValueError(f"{path}: it announces {shape[0]} {kind}; fetch the file again")
    return tuple(shape)
