"""One line on a terminal that says what is at work while that takes long; nothing where output goes elsewhere."""

from __future__ import annotations

import shutil
import sys
import time

_LONG = 1.0
"""Seconds after which one wants to know."""


class Waiting:
    """Writes the line over itself on standard error, and takes it away before anything else is written."""

    def __init__(self) -> None:
        self._is_terminal = sys.stderr.isatty()
        self._place = ""
        self._since = time.monotonic()
        self._shown = 0

    def at(self, place: str) -> None:
        """Say where it is, once it has been there for long."""
        now = time.monotonic()
        if place != self._place:
            self.clear()
            self._place, self._since = place, now
        if now - self._since >= _LONG:
            self._write(f"  … at {place}, for {now - self._since:.0f} s (Ctrl-C stops)")

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            self._write("")
            print("\r", end="", file=sys.stderr, flush=True)  # noqa: T201 - what the command is for

    def _write(self, text: str) -> None:
        if not self._is_terminal:
            return
        text = text[: shutil.get_terminal_size().columns - 1]
        print(f"\r{text:<{self._shown}}", end="", file=sys.stderr, flush=True)  # noqa: T201 - what the command is for
        self._shown = len(text)
