"""What a command says beside its results."""

from __future__ import annotations

import sys


def say(line: str) -> None:
    """Print a line on standard error: standard output is for the table."""
    print(line, file=sys.stderr)  # noqa: T201
