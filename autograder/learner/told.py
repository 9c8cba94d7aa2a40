"""What the process that runs a notebook has said so far, and what follows from it where that process was ended."""

from __future__ import annotations

import json
from typing import Any

from autograder.errors import CallFailed
from autograder.failures import failure_message
from autograder.learner.results import CheckResult, QuestionReport
from autograder.learner.rows import Row, row_of

_NOT_RUN = "not run, because an earlier check of this question stopped the program"


class Told:
    """Listens to one process after the other; `place` is where the last one is."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self.late_cells: dict[int, dict[str, Any]] = {}
        self._problems: dict[int, tuple[str, str | None]] = {}
        self.begin()

    def begin(self) -> None:
        """Listen to a new process."""
        self.place = "the start"
        self._cell: int | None = None
        self._asked: dict[str, Any] | None = None
        self._results: list[CheckResult] = []
        self._begun: dict[str, Any] | None = None
        self._late: dict[str, Any] | None = None

    @property
    def problems(self) -> tuple[str, ...]:
        """What went wrong in cells, once each, but for what the row of a question says already."""
        told = (problem for problem, question in self._problems.values() if not self._is_told(question))
        return tuple(dict.fromkeys(told))

    def _is_told(self, question: str | None) -> bool:
        return question in self.rows and self.rows[question].state != "right"

    def hear(self, line: bytes) -> Row | None:
        """Take one line of the process; return the row of the question that it is about, if it is complete."""
        said = _message(line)
        self.place = said.get("at", self.place)
        self._begun = said.get("begun", self._begun)
        self._late = said.get("late", self._late)
        if "cell" in said:
            self._cell = said["cell"]
        if "asked" in said:
            self._asked, self._results = said, []
        if "check" in said:
            self._results.append(CheckResult(*said["check"]))
        if "problem" in said:
            self._problems[said["in"]] = said["problem"], said["of"]
        if "row" in said:
            self._asked = None
            return self._kept(Row(**said["row"]))
        return None

    def stopped(self, *, by_timer: bool) -> tuple[bool, Row | None]:
        """Return whether the process was ended because something took too long, and the question that this ends.

        Ended `by_timer` it could not say so itself: it was in what had begun last. It was a cell where there is no
        question; that cell is one of `late_cells` from now on.
        """
        late, cell, asked = self._late, self._cell, self._asked
        if late is None and by_timer and self._begun is not None:
            late = {**self._begun, "line": None, "text": ""}
        if late is None or (cell is None and asked is None):
            return False, None
        row = None
        if cell is not None:
            self.late_cells[cell] = {key: late[key] for key in ("reason", "line", "text")}
        elif asked is not None:
            row = self._kept(row_of(self._report(late, asked)))
        self.begin()
        return True, row

    def _kept(self, row: Row) -> Row:
        self.rows[row.question] = row
        return row

    def _report(self, late: dict[str, Any], asked: dict[str, Any]) -> QuestionReport:
        """Return the report of a question whose next check took too long, so that the ones after it did not run.

        Where all have run by then nothing is left to say of them.
        """
        question, left = asked["asked"], asked["checks"][len(self._results) :]
        if not left:
            return QuestionReport(question, tuple(self._results), asked["hidden"])
        failure = CallFailed(late["name"], "timeout", late["reason"], line=late["line"])
        message = failure_message(failure, question=question, hidden=False, line_text=late["text"])
        after = [CheckResult(title, "not run", _NOT_RUN) for title in left[1:]]
        results = (*self._results, CheckResult(left[0], "failed", message), *after)
        return QuestionReport(question, results, asked["hidden"])


def _message(line: bytes) -> dict[str, Any]:
    """Return one message of the process; what was cut off when it died says nothing."""
    try:
        said = json.loads(line)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
