"""The size that a picture's header claims, of real pictures and of what only looks like one."""

from __future__ import annotations

import io
import struct

import pytest
from PIL import Image

from autograder.images import MAX_PIXELS, MAX_SIDE, Picture, picture_in
from tests.pictures import FORMATS, claiming, picture

EACH = pytest.mark.parametrize("kind", FORMATS)


@EACH
@pytest.mark.parametrize("size", [(1, 1), (640, 480), (3, 2000)])
def test_what_another_library_wrote(kind: str, size: tuple[int, int]) -> None:
    """The kind and size of a picture are those that it was made with."""
    assert picture_in(picture(kind, *size)) == Picture(f"image/{kind.lower()}", *size)


@EACH
def test_what_a_header_claims(kind: str) -> None:
    """A small file that claims to be large counts as large."""
    bomb = claiming(kind, 60_000, 50_000)
    found = picture_in(bomb)
    assert len(bomb) < 1000
    assert found == Picture(f"image/{kind.lower()}", 60_000, 50_000)
    assert found.is_too_large


@pytest.mark.parametrize(
    ("width", "height", "large"),
    [(6000, 4000, False), (6000, 4001, True), (MAX_SIDE, 1, False), (MAX_SIDE + 1, 1, True), (1, MAX_SIDE + 1, True)],
)
def test_the_bounds(width: int, height: int, large: bool) -> None:
    """The bounds are the largest size that is still shown."""
    assert MAX_PIXELS == 6000 * 4000
    assert Picture("image/png", width, height).is_too_large == large


def test_a_picture_with_details_of_the_camera() -> None:
    """What stands in a JPEG before its frame is passed over, a small picture of its own included."""
    file = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "x" * 5000
    Image.new("RGB", (300, 200)).save(file, "JPEG", exif=exif, progressive=True, comment=b"\xff\xc0" * 20)
    assert picture_in(file.getvalue()) == Picture("image/jpeg", 300, 200)


def test_a_moving_picture() -> None:
    """A GIF of several frames, with tables of colours of their own, has the size of its screen."""
    file = io.BytesIO()
    frames = [Image.effect_noise((40, 30), sigma).convert("P") for sigma in (10, 50, 90)]
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:], loop=0, comment=b"moves")
    assert picture_in(file.getvalue()) == Picture("image/gif", 40, 30)


def test_a_frame_larger_than_its_screen() -> None:
    """The largest frame of a GIF counts: some programs make room for it whatever the screen is."""
    data = bytearray(picture("GIF"))
    frame = data.index(b"\x2c", 13 + 3 * (2 << (data[10] & 7)))
    struct.pack_into("<HHHH", data, frame + 1, 5, 0, 60_000, 50_000)
    found = picture_in(bytes(data))
    assert found is not None
    assert (found.width, found.height, found.is_too_large) == (60_005, 50_000, True)


@EACH
def test_no_part_of_a_header_is_a_picture(kind: str) -> None:
    """A file that ends before its size is none, and never an exception."""
    data = picture(kind)
    found = [picture_in(data[:end]) for end in range(len(data))]
    assert found[:12] == [None] * 12
    assert set(found) <= {None, picture_in(data)}


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_no_size_is_no_picture(kind: str) -> None:
    """A picture without width or height is none."""
    assert picture_in(claiming(kind, 0, 50)) is None
    assert picture_in(claiming(kind, 50, 0)) is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"BM" + bytes(60),
        b"RIFF\x00\x00\x00\x00WEBPVP8 ",
        b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\x04tEXtab" + bytes(60),
        b"\xff\xd8\xff\xd9" + bytes(60),
        b"\xff\xd8" + b"\xff" * 60,
        b"\xff\xd8\xff\xe0\x00\x00" * 20,
        b"\xff\xd8\xff\xda\x00\x08" + b"\xff\xc0\x00\x11\x08\x00\x10\x00\x10",
        b"GIF89a\x01\x00\x01\x00\x00\x00\x00" + b"\x77" * 60,
        b"GIF89a\x01\x00\x01\x00\x00\x00\x00" + b"\x21\xfe" + b"\xff" * 60,
    ],
)
def test_anything_else_is_none(data: bytes) -> None:
    """Other formats, and headers that lead nowhere."""
    assert picture_in(data) is None
