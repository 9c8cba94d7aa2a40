"""The code cells of a saved notebook, run in order, and what went wrong in which."""

from __future__ import annotations

import traceback
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from autograder.diagnosis import diagnose
from autograder.errors import CallFailed
from autograder.failures import one_line, with_article
from autograder.learner.cells import is_check, owners, source_of
from autograder.learner.line import Line
from autograder.learner.places import Place, Places
from autograder.learner.results import Outcome
from autograder.learner.shell import Raised, Run
from autograder.learner.watchdog import Watchdog
from autograder.reading import Reading
from autograder.unreadable import advice
from autograder.whence import exception_name

_PICTURE_ONLY = "illustration"
_CELL_MAGIC = "%%"
_OF_THE_READER = ("SyntaxError", "IndentationError", "TabError")
_LONGEST = 200

Late = Mapping[str, Mapping[str, Any]]
"""The cells that took too long in an earlier process, by number: the reason, and number and text of the line."""


class CellRuns:
    """Runs all code cells but checks and figures, and tells of each when it begins and when it fails."""

    def __init__(
        self,
        cells: Sequence[dict[str, Any]],
        questions: Collection[str],
        namespace: Mapping[str, Any],
        line: Line,
        places: Places,
    ) -> None:
        own = owners([cell if _is_run(cell) else {} for cell in cells], questions)
        self._named = [(own.get(index, f"cell {index + 1}"), cell) for index, cell in enumerate(cells)]
        self._questions = questions
        self._namespace = namespace
        self._line = line
        self._places = places
        self._failed: dict[str, CallFailed] = {}
        self._texts: dict[str, str] = {}
        self._reading: Reading | None = None

    def run(self, run: Run, watchdog: Watchdog, late: Late) -> None:
        """Run the cells but for those that were `late` before."""
        for number, (name, cell) in enumerate(self._named, start=1):
            if not _is_run(cell):
                continue
            self._line.tell({"at": _title(name), "cell": number})
            if str(number) in late:
                self._note_late(number, name, **late[str(number)])
                continue
            with watchdog.cell(name):
                raised = run(source_of(cell))
            if raised is not None:
                self._note(number, name, source_of(cell), raised)

    def absent(self, error: CallFailed, question: str) -> tuple[Outcome, str] | None:
        """Return outcome and message of a check that needs a name which is not there; None where no cell shows why."""
        self._reading = self._reading or self._read()
        is_own = error.name == question
        failure = self._reading.why_missing(question) if is_own else self._reading.explained(error)
        if failure is None or failure is error:
            return None
        text = self._texts.get(failure.cell or "")
        message = diagnose(failure, question=question, hidden=False, line_text=text).message
        return "failed" if is_own else "not run", message

    def _read(self) -> Reading:
        cells = [(name, str(cell.get("cell_type")), source_of(cell)) for name, cell in self._named]
        return Reading(cells, dict.fromkeys(self._questions, ""), self._failed)

    def _note(self, number: int, name: str, source: str, raised: Raised) -> None:
        error = raised.error
        kind, said = exception_name(error), _said_by(error)
        if _is_unreadable(raised, source):
            place = self._places.unread(error)
            what = f"could not be run, because of {with_article(kind)}{_at(place)}. {advice(source)}".strip()
            failure = CallFailed(
                name, "raised", f"raised {kind}", exception=kind, cell=name, line=place[0], detail=said
            )
        else:
            place = self._places.in_cell(self._frames(error))
            what = f"raised {type(error).__name__}{_at(place)}" + (f": {said}" if said else "")
            failure = _raised(name, kind, said, place)
        self._keep(failure, place)
        self._tell(number, name, f"{_title(name)} {what}")

    def _frames(self, error: BaseException) -> list[tuple[str, int]]:
        frames = traceback.walk_tb(error.__traceback__)
        return [(frame.f_code.co_filename, line) for frame, line in frames if frame.f_globals is self._namespace]

    def _note_late(self, number: int, name: str, *, reason: str, line: int | None, text: str) -> None:
        self._keep(CallFailed(name, "timeout", reason, cell=name, line=line), (line, text))
        where = f"{reason.removeprefix('the cell ')}{_at((line, text))}"
        self._tell(number, name, f"{_title(name)} {where}; look for a loop that does not end")

    def _keep(self, failure: CallFailed, place: Place) -> None:
        self._failed[failure.name], self._texts[failure.name] = failure, place[1]

    def _tell(self, number: int, name: str, problem: str) -> None:
        explained = name in self._questions and name not in self._namespace
        self._line.tell({"problem": problem, "in": number, "of": name if explained else None})


def _is_run(cell: Mapping[str, Any]) -> bool:
    tags = (cell.get("metadata") or {}).get("tags") or []
    return cell.get("cell_type") == "code" and not is_check(dict(cell)) and _PICTURE_ONLY not in tags


def _title(name: str) -> str:
    return name if name.startswith("cell ") else f"the cell of `{name}`"


def _at(place: Place) -> str:
    number, text = place
    if not text:
        return ""
    return f"{' at' if number is None else f' in line {number}:'} `{one_line(text, _LONGEST)}`"


def _is_unreadable(raised: Raised, source: str) -> bool:
    """Tell whether Python cannot read the cell; the rest of one that begins with a magic is read only by that."""
    is_magic = source.lstrip().startswith(_CELL_MAGIC)
    return not raised.read or (is_magic and isinstance(raised.error, SyntaxError) and bool(advice(source)))


def _raised(name: str, kind: str, said: str, place: Place) -> CallFailed:
    """Return the failure of a cell that was read: a SyntaxError is no fault of its own spelling, and is only quoted."""
    exception: str | None = kind
    if kind in _OF_THE_READER:
        exception, said = None, f"{kind}: {said}" if said else kind
    return CallFailed(name, "raised", f"raised {kind}", exception=exception, cell=name, line=place[0], detail=said)


def _said_by(error: BaseException) -> str:
    """Return the first line of what an exception says, as far as it says anything."""
    try:
        text = error.msg if isinstance(error, SyntaxError) else str(error)
        return one_line(text.strip().split("\n")[0], _LONGEST)
    except Exception:
        return ""
