"""Words that stand where a submission must not look, and the search for them in whatever form they come out."""

from __future__ import annotations

import base64
import codecs
import html
import re
import secrets
from collections.abc import Iterator, Mapping

PLACES: Mapping[str, str] = {
    "reference": "the code of the reference",
    "docstring": "a docstring of the reference",
    "misconceptions": "the known misconceptions",
    "suite": "the hidden suite",
    "submission": "another student's submission",
    "gradebook": "the gradebook",
    "secret": "the course secret",
    "environment": "the environment",
    "home": "a file of the home folder",
    "temporary": "a file of the temporary folder",
    "memory": "the grader's memory",
}
"""Where a canary is planted, by its short name."""

LETTERS = "bcdfghjklmnpqrstvwxz"
PIECE = 10
"""Half a canary is a leak as well: these many letters in a row are looked for."""

_ESCAPE = re.compile(r"\\u00([0-9a-f]{2})|\\x([0-9a-f]{2})|%([0-9a-f]{2})", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_SEPARATOR = re.compile(r"[\W_]+")


def draw() -> dict[str, str]:
    """Return a new word for each place: lower-case consonants, so that nothing else says it by chance."""
    return {place: "".join(secrets.choice(LETTERS) for _ in range(2 * PIECE)) for place in PLACES}


def forms(piece: str) -> dict[str, str]:
    """Return each form in which `piece` may come out, without what is no letter or digit, by its name."""
    data = piece.encode()
    found = {
        "plain": piece,
        "reversed": piece[::-1],
        "rot13": codecs.encode(piece, "rot13"),
        "hex": data.hex(),
        "octal": "".join(f"{byte:o}" for byte in data),
        "decimal": "".join(map(str, data)),
        "binary": "".join(f"{byte:08b}" for byte in data),
    }
    for shift in range(3):
        encoded = base64.b64encode(bytes(shift) + data).decode()
        found[f"base64, shifted by {shift}"] = _own_digits(encoded, shift, len(data), 6)
    for shift in range(5):
        encoded = base64.b32encode(bytes(shift) + data).decode()
        found[f"base32, shifted by {shift}"] = _own_digits(encoded, shift, len(data), 5)
    return found


def _own_digits(encoded: str, shift: int, length: int, bits: int) -> str:
    """Return the digits, of so many bits each, that stand for the piece alone, whatever lies around it."""
    return encoded[-(-shift * 8 // bits) : (shift + length) * 8 // bits]


class Search:
    """Looks for words (by place) in all their forms; with `apart` also where separators stand in them."""

    def __init__(self, words: Mapping[str, str], *, apart: bool = True) -> None:
        self._apart = apart
        self._forms = [
            (place, name, form)
            for place, word in words.items()
            for start in range(0, len(word), PIECE)
            for name, form in forms(word[start : start + PIECE]).items()
        ]

    def __call__(self, text: str | bytes) -> dict[str, str]:
        """Return, by place, the form in which a word of it stands in `text`."""
        found: dict[str, str] = {}
        for reading in _readings(text.decode("utf-8", "replace") if isinstance(text, bytes) else text):
            exact = _SEPARATOR.sub("", reading) if self._apart else reading
            folded = exact.lower()
            for place, name, form in self._forms:
                if place not in found and _stands(name, form, exact, folded):
                    found[place] = name
        return found


def _stands(name: str, form: str, exact: str, folded: str) -> bool:
    return form in exact if name.startswith("base64") else form.lower() in folded


def _readings(text: str) -> Iterator[str]:
    """Yield the text as it may be read: as it stands, as a page, and without escapes."""
    text = text.replace("\\n", "\n").replace("\\t", "\t").replace("\0", "")
    yield from {text, html.unescape(_TAG.sub("", text)), _ESCAPE.sub(_character, text)}


def _character(match: re.Match[str]) -> str:
    return chr(int(next(filter(None, match.groups())), 16))
