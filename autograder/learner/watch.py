"""`autograder check --watch`: checks a notebook again whenever it is saved, and says what changed."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from autograder.learner.assignments import OwnAssignment, chosen
from autograder.learner.folder import here
from autograder.learner.notebook_run import NotebookRun
from autograder.learner.rows import MARKS, NOTHING_TO_CHECK, Overview, Row, lines
from autograder.workbench import CHECKS

PAUSE = 0.3
"""Seconds between two looks at the files; half of a second is felt as at once."""


def watch(words: Sequence[str], say: Callable[[str], None] = print) -> int:
    """Check what `words` name, then again what is saved, until Ctrl-C; return 0, or 2 where there is nothing."""
    named, questions = chosen(words, here())
    for own in named:
        if own.problem:
            say(f"{own.title}\n  ! {own.problem}")
    found = [own for own in named if not own.problem]
    if not found:
        return NOTHING_TO_CHECK
    before: dict[Path, Overview] = {}
    seen: dict[Path, object] = {}
    try:
        while True:
            for own in found:
                state = _state(own)
                if state is None or seen.get(own.notebook) == state:
                    continue
                seen[own.notebook] = state
                overview = _checked(own, questions)
                if overview is not None:
                    say("\n".join(_news(before.get(own.notebook), overview)))
                    before[own.notebook] = overview
            time.sleep(PAUSE)
    except KeyboardInterrupt:
        say("stopped watching")
        return 0


def _state(own: OwnAssignment) -> object | None:
    """Return what changes when notebook or checks are saved; None while one of them is not there."""
    try:
        paths = (own.notebook, own.folder / CHECKS)
        return tuple((path.stat().st_mtime_ns, path.stat().st_size) for path in paths)
    except OSError:
        return None


class _SavedAgain(Exception):  # noqa: N818 - it is what happened
    """Ends a check whose notebook was saved again meanwhile."""


def _checked(own: OwnAssignment, questions: Sequence[str]) -> Overview | None:
    """Return how a notebook stands; None where it was saved again meanwhile, so that this is old news."""
    begun = _state(own)

    def look() -> None:
        if _state(own) not in (begun, None):
            raise _SavedAgain

    with NotebookRun(own, questions) as run, contextlib.suppress(_SavedAgain):
        return run.overview(look)
    return None


def _news(before: Overview | None, now: Overview) -> Iterator[str]:
    if before is None:
        yield from lines(now)
        yield "watching; save the notebook to check again, Ctrl-C to stop"
        return
    old = {row.question: row for row in before.rows}
    changed = [row for row in now.rows if _differs(old.get(row.question), row)]
    yield time.strftime("%H:%M:%S ") + (f"{len(changed)} changed" if changed else "saved, nothing changed")
    for row in changed:
        was = old[row.question].words if row.question in old else "new"
        yield f"  {MARKS[row.state]} {row.question}: {was} → {row.words}"
        if row.state == "wrong":
            yield f"    → {row.message}"
    yield from (f"  ! {problem}" for problem in now.problems if problem not in before.problems)


def _differs(old: Row | None, new: Row) -> bool:
    return old is None or (old.state, old.passed, old.message) != (new.state, new.passed, new.message)
