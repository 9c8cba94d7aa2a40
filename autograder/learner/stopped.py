"""What a student sees who interrupts a check: where it was, and nothing of ours."""

from __future__ import annotations

import linecache
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from autograder.learner import display
from autograder.whence import place_in


class Stopped(KeyboardInterrupt):
    """Ends the cell and whatever was to run after it; what there is to say has been said."""

    def _render_traceback_(self) -> list[str]:
        """Return what IPython shows in place of a traceback."""
        return ["KeyboardInterrupt"]


@contextmanager
def tells_of_interrupts(call: str, namespace: Mapping[str, Any]) -> Iterator[None]:
    """Say in which line of the student's own an interrupt came, then raise Stopped; `call` is what was called."""
    try:
        yield
    except KeyboardInterrupt as interrupt:
        display.say(f"{call}: {_words(interrupt, namespace)}")
        raise Stopped from None


def _words(interrupt: KeyboardInterrupt, namespace: Mapping[str, Any]) -> str:
    cell, line = place_in(interrupt, namespace)
    if line is None:
        return "stopped; nothing was found out"
    text = linecache.getline(cell, line).strip() if cell else ""
    quoted = f": `{text}`" if text else ""
    return f"stopped in line {line}{quoted}; look for a loop that does not end"
