"""Nobody loses points unseen: what moves is shown first, and somebody has to say that it may be."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import msgspec

from autograder.errors import AutograderError
from autograder.instructor.moves import Move
from autograder.instructor.moves_table import print_moves, summary
from autograder.instructor.saying import say
from autograder.instructor.table import wide_console


def show(moves: Sequence[Move], *, as_json: bool) -> None:
    """Print a table or, as JSON, one student a line and nothing else on standard output."""
    if not as_json:
        print_moves(moves, wide_console())
        return
    for move in moves:
        print(msgspec.json.encode(move).decode())  # noqa: T201
    say(summary(moves))


def require(moves: Sequence[Move], question: str, *, yes: bool) -> None:
    """Return where nobody loses points, or where somebody says that it may be; raise AutograderError otherwise."""
    losers = sum(move.loses for move in moves)
    if not losers or yes:
        return
    who = "1 student loses points" if losers == 1 else f"{losers} students lose points"
    if sys.stdin is None or not sys.stdin.isatty():
        msg = f"{who}, and nobody is there to ask; nothing is written. Give --yes if that is right"
        raise AutograderError(msg)
    sys.stdout.flush()
    print(f"{who}. {question} [y/N] ", end="", file=sys.stderr, flush=True)  # noqa: T201
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        msg = "nothing is written"
        raise AutograderError(msg)
