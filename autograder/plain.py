"""Text of a submission's, fit to be shown: in a terminal, a log, a record or a page."""

from __future__ import annotations

import unicodedata


def plain(text: str) -> str:
    """Return `text` on one line, without control characters or such as turn the writing direction."""
    if text.isprintable():  # nearly always, and a hundred times faster to tell
        return " ".join(text.split())
    shown = "".join(" " if char.isspace() else char for char in text)
    return " ".join("".join(char for char in shown if not unicodedata.category(char).startswith("C")).split())
