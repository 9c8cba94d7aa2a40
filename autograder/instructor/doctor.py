"""`autograder doctor`: is this machine ready to grade, and if not, what to do."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.errors import SandboxError
from autograder.instructor import checkup
from autograder.instructor.checkup import Row
from autograder.instructor.table import wide_console
from autograder.sandbox import Layer, Protection, Sandbox, layers

READY, NOT_READY = 0, 1
SIGNS = {"ok": "✓", "look": "!", "missing": "✗"}
_VERDICTS = {
    READY: "ready: submissions can be graded",
    NOT_READY: "not ready: mend what the lines with ✗ name",
}
_MEND = "mend what is missing in the other lines"


def report(console: Console | None = None) -> int:
    """Print each protection, what is missing and the remedy; return 0 where submissions can be graded safely.

    A line says ✓ (all is well), ! (grading works; look at it) or ✗ (missing). Without one of the sandbox's layers
    grading may still be safe, which the sandbox's mode says; anything else that is missing stops it.
    """
    console = console or wide_console()
    room = checkup.temporary()
    protection = _protection() if room.active else Protection("none", ())
    others = [room, *checkup.course_rows(), checkup.digits(), *map(checkup.package, checkup.PACKAGES)]
    ready = protection.mode != "none" and all(row.state != "missing" for row in others)
    status = READY if ready else NOT_READY
    console.print(_table([*map(_row, protection.layers), *others]))
    console.print(Text(f"sandbox: {protection.mode}"))
    console.print(Text(_VERDICTS[status]))
    return status


def _table(rows: Sequence[Row]) -> Table:
    table = Table(show_edge=False, pad_edge=False)
    for heading in ("", "what", "state", "what to do"):
        table.add_column(heading)
    for row in rows:
        table.add_row(SIGNS[row.state], Text(row.name), Text(row.detail), Text(row.remedy))
    return table


def _row(layer: Layer) -> Row:
    return Row(layer.name, "ok" if layer.active else "missing", layer.detail, layer.remedy)


def _protection() -> Protection:
    """Return what holds here, with a layer "sandbox" that says why where that is not enough or nothing starts."""
    try:
        with Sandbox(unsafe=True) as sandbox:
            found = sandbox.protection
    except (SandboxError, OSError) as error:
        return _refused(error, ())
    try:
        layers.demand(found)
    except SandboxError as error:
        return _refused(error, found.layers)
    return found


def _refused(error: Exception, found: tuple[Layer, ...]) -> Protection:
    return Protection("none", (*found, Layer("sandbox", active=False, detail=str(error), remedy=_MEND)))
