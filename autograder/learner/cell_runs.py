"""The code cells of a saved notebook, run in order, and what went wrong in which."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from autograder.diagnosis import diagnose
from autograder.errors import CallFailed
from autograder.failures import one_line, with_article
from autograder.learner.cells import answers, is_check, source_of
from autograder.learner.line import Line
from autograder.learner.results import Outcome
from autograder.learner.shell import Run
from autograder.learner.watchdog import Watchdog
from autograder.reading import Reading
from autograder.unreadable import advice
from autograder.whence import exception_name, place_in

_PICTURE_ONLY = "illustration"
_LONGEST = 200

Late = Mapping[str, Mapping[str, Any]]
"""The cells that took too long in an earlier process, by number: for which reason, and in which line."""


class CellRuns:
    """Runs all code cells but checks and figures, and tells of each when it begins and when it fails."""

    def __init__(
        self, cells: Sequence[dict[str, Any]], questions: Collection[str], namespace: Mapping[str, Any], line: Line
    ) -> None:
        self._named = [
            (answers(cell, questions) or f"cell {number}", cell) for number, cell in enumerate(cells, start=1)
        ]
        self._questions = questions
        self._namespace = namespace
        self._line = line
        self._failed: dict[str, CallFailed] = {}
        self._reading: Reading | None = None

    def run(self, run: Run, watchdog: Watchdog, late: Late) -> None:
        """Run the cells but for those that were `late` before."""
        for number, (name, cell) in enumerate(self._named, start=1):
            if not _is_run(cell):
                continue
            self._line.tell({"at": _title(name), "cell": number})
            if str(number) in late:
                self._note_late(name, source_of(cell), **late[str(number)])
                continue
            with watchdog.cell(name):
                error = run(source_of(cell))
            if error is not None:
                self._note(name, source_of(cell), error)

    def absent(self, error: CallFailed, question: str) -> tuple[Outcome, str] | None:
        """Return outcome and message of a check that needs a name which is not there; None where no cell shows why."""
        self._reading = self._reading or self._read()
        is_own = error.name == question
        failure = self._reading.why_missing(question) if is_own else self._reading.explained(error)
        if failure is None or failure is error:
            return None
        text = self._line_of(failure)
        message = diagnose(failure, question=question, hidden=False, line_text=text).message
        return "failed" if is_own else "not run", message

    def _read(self) -> Reading:
        cells = [(name, str(cell.get("cell_type")), source_of(cell)) for name, cell in self._named]
        return Reading(cells, dict.fromkeys(self._questions, ""), self._failed)

    def _line_of(self, failure: CallFailed) -> str | None:
        sources = [source_of(cell) for name, cell in self._named if name == failure.cell]
        return _numbered(sources[-1], failure.line) if sources else None

    def _note(self, name: str, source: str, error: BaseException) -> None:
        said = _said_by(error)
        line = error.lineno if isinstance(error, SyntaxError) else place_in(error, self._namespace)[1]
        kind = exception_name(error)
        self._failed[name] = CallFailed(
            name, "raised", f"raised {kind}", exception=kind, cell=name, line=line, detail=said
        )
        if isinstance(error, SyntaxError):
            what = (
                f"could not be run, because of {with_article(kind)}{_in_line(source, line)}. {advice(source)}".strip()
            )
        else:
            what = f"raised {type(error).__name__}{_in_line(source, line)}" + (f": {said}" if said else "")
        self._tell(name, f"{_title(name)} {what}")

    def _note_late(self, name: str, source: str, *, reason: str, line: int | None) -> None:
        self._failed[name] = CallFailed(name, "timeout", reason, cell=name, line=line)
        where = _in_line(source, line)
        self._tell(name, f"{_title(name)} {reason.removeprefix('the cell ')}{where}; look for a loop that does not end")

    def _tell(self, name: str, problem: str) -> None:
        explained = name in self._questions and name not in self._namespace
        self._line.tell({"problem": problem, "of": name if explained else None})


def _is_run(cell: Mapping[str, Any]) -> bool:
    tags = cell.get("metadata", {}).get("tags", [])
    return cell.get("cell_type") == "code" and not is_check(dict(cell)) and _PICTURE_ONLY not in tags


def _title(name: str) -> str:
    return name if name.startswith("cell ") else f"the cell of `{name}`"


def _in_line(source: str, line: int | None) -> str:
    text = _numbered(source, line)
    return f" in line {line}: `{one_line(text, _LONGEST)}`" if text else ""


def _numbered(source: str, line: int | None) -> str:
    lines = source.splitlines()
    return lines[line - 1].strip() if line is not None and 0 < line <= len(lines) else ""


def _said_by(error: BaseException) -> str:
    """Return the first line of what an exception says, as far as it says anything."""
    try:
        text = error.msg if isinstance(error, SyntaxError) else str(error)
        return one_line(text.strip().split("\n")[0], _LONGEST)
    except Exception:
        return ""
