"""`autograder regrade --undo`: the records that a regrade has replaced come back, byte for byte."""

from __future__ import annotations

from pathlib import Path

from autograder import record
from autograder.errors import AutograderError
from autograder.instructor import agreement, earlier
from autograder.instructor.gradeclass import LOCK
from autograder.instructor.moves import Move, compare
from autograder.instructor.regrade import Options
from autograder.instructor.saying import say
from autograder.lock import held


def undo(assignment: str, options: Options) -> bool:
    """Put the records back that the last regrade has replaced; the next call goes one regrade further back.

    Returns True or, in a dry run, whether nobody would move. Raises AutograderError where there is nothing to undo,
    where the last regrade was of another assignment, where a record has been changed since, or where somebody would
    lose points and nobody says that it may be.
    """
    out = options.out
    with held(out / LOCK, f"autograder regrade {assignment} --undo"):
        step = _last(assignment, out)
        earlier.require_untouched(step, out)
        changes = (_move_back(step, change.student, out) for change in step.manifest.records)
        moves = [move for move in changes if move is not None]
        agreement.show(moves, as_json=options.as_json)
        if options.dry_run:
            return not any(move.moves for move in moves)
        agreement.require(moves, "Put the earlier records back?", yes=options.yes)
        _put_back(step, out)
        return True


def _last(assignment: str, out: Path) -> earlier.Step:
    step = earlier.latest(out)
    if step is None:
        msg = f"{out} holds no regrade that could be undone"
        raise AutograderError(msg)
    if step.manifest.assignment != assignment:
        msg = f"the last regrade in {out} was of {step.manifest.assignment}, not of {assignment}; nothing is put back"
        raise AutograderError(msg)
    return step


def _put_back(step: earlier.Step, out: Path) -> None:
    try:
        record.sweep(out)
        earlier.sweep(out)
        earlier.put_back(step, out)
    except KeyboardInterrupt:
        say("some records are put back; give the same command again for the others")
        raise
    say(f"the records in {out} are those before the regrade of {step.manifest.written_at}")


def _move_back(step: earlier.Step, student: str, out: Path) -> Move | None:
    """Return what putting one record back moves, None where there is none and was none."""
    now, then = (_read(path) for path in (out / f"{student}.json", step.copy(student)))
    return compare(now, then) if now or then else None


def _read(path: Path) -> record.Grade | None:
    return record.read(path) if path.exists() else None
