"""Pictures that were pasted into text cells: which of them are kept, and how a page comes to show them.

A page holds a picture once for each link to it, and nbconvert refuses a whole notebook over one link without a picture.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote

from autograder.images import picture_in
from autograder.nodes import NotebookNode, from_dict

MAX_BYTES = 4 << 20
"""Of one picture."""
MAX_BYTES_SHOWN = 16 << 20
"""Of all the pictures on the page of one notebook, each counted as often as it stands there."""
MAX_PIXELS_SHOWN = 250_000_000
"""Likewise, in pixels."""

Attachments = dict[str, dict[str, str]]
"""Pictures by name; each is a dict with its only type and its bytes in base64, as in a notebook."""

_LINK = re.compile(r"\]\(attachment:([^\s()<>\"'\\&]+)(?=[ )])")
"""How notebooks link to a picture; what other ways Markdown has cannot be told apart from text for sure."""
_SCHEME = re.compile(r"attachment(?=\\*:)")
_MIMES = ("image/png", "image/jpeg", "image/gif")


def kept(given: Any, source: str) -> Attachments:
    """Return those of a text cell's attachments that its source links to and that are pictures of a sensible size."""
    if not isinstance(given, dict):
        return {}
    names = {match[1] for match in _LINK.finditer(source)}
    found = {name: _picture(given.get(name, given.get(unquote(name)))) for name in sorted(names)}
    return {name: bundle for name, bundle in found.items() if bundle}


def _picture(bundle: Any) -> dict[str, str]:
    """Return the bundle with the one picture that is in it, empty where there is none."""
    for mime in _MIMES if isinstance(bundle, dict) else ():
        data = _decoded(bundle.get(mime))
        found = picture_in(data)
        if found and not found.is_too_large:
            return {found.mime: base64.b64encode(data).decode()}
    return {}


def _decoded(text: Any) -> bytes:
    if isinstance(text, list) and all(isinstance(line, str) for line in text):
        text = "".join(text)
    if not isinstance(text, str) or len(text) > 2 * MAX_BYTES:
        return b""
    try:
        data = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return b""
    return data if len(data) <= MAX_BYTES else b""


def link(cells: Iterable[NotebookNode]) -> None:
    """Make every link to an attachment in these cells lead to one, or, where a page has no room for it, be plain text.

    The attachments get new names: nbconvert looks for them under names in which it has changed all unusual characters.
    """
    room = _Room()
    for cell in cells:
        if cell.cell_type == "markdown":
            cell.source, shown = _linked(cell.source, cell.pop("attachments", {}), room)
            if shown:
                cell.attachments = from_dict(shown)


class _Room:
    """How much a page may still show."""

    def __init__(self) -> None:
        self._bytes = MAX_BYTES_SHOWN
        self._pixels = MAX_PIXELS_SHOWN

    def takes(self, size: int, pixels: int) -> bool:
        """Return whether a picture of so many bytes and pixels still fits, and if so count it."""
        if size > self._bytes or pixels > self._pixels:
            return False
        self._bytes -= size
        self._pixels -= pixels
        return True


def _linked(source: str, attachments: Mapping[str, Mapping[str, str]], room: _Room) -> tuple[str, Attachments]:
    sizes = {name: _size(bundle) for name, bundle in attachments.items()}
    names: dict[str, str] = {}
    pieces, end = [], 0
    for match in _LINK.finditer(source):
        name = match[1]
        if name in sizes and room.takes(*sizes[name]):
            names.setdefault(name, f"image-{len(names) + 1}")
            pieces += [_without_links(source[end : match.start()]), f"](attachment:{names[name]}"]
            end = match.end()
    pieces.append(_without_links(source[end:]))
    return "".join(pieces), {new: dict(attachments[name]) for name, new in names.items()}


def _size(bundle: Mapping[str, str]) -> tuple[int, int]:
    """Return the bytes and the pixels of a picture that was kept."""
    (text,) = bundle.values()
    data = base64.b64decode(text)
    found = picture_in(data)
    return len(data), found.pixels if found else 0


def _without_links(markdown: str) -> str:
    return _SCHEME.sub("attachment ", markdown)
