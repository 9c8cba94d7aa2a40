"""`autograder check`: saved notebooks checked from a terminal, the whole course at a glance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from autograder.learner.assignments import OwnAssignment, chosen
from autograder.learner.folder import here
from autograder.learner.notebook_run import NotebookRun
from autograder.learner.rows import (
    ALL_RIGHT,
    NOTHING_TO_CHECK,
    SOMETHING_LEFT,
    Overview,
    Row,
    detailed_lines,
    problem_lines,
    row_lines,
    unusable,
)
from autograder.learner.waiting import Waiting


def check_notebooks(words: Sequence[str]) -> int:
    """Check what `words` name, print each result as it comes; return 0 where every visible check passes.

    Otherwise the result is 1, and 2 where there was nothing to check.
    """
    found, questions = chosen(words, here())
    overviews = [_told(own, questions) for own in found]
    if not any(overview.rows for overview in overviews):
        return NOTHING_TO_CHECK
    return ALL_RIGHT if all(overview.is_right for overview in overviews) else SOMETHING_LEFT


def _told(own: OwnAssignment, questions: Sequence[str]) -> Overview:
    _say(own.title)
    overview = unusable(own.title, own.problem) if own.problem else _run(own, questions)
    _say(*problem_lines(overview.problems))
    if overview.rows:
        _say(f"  {overview.standing}")
    return overview


def _run(own: OwnAssignment, questions: Sequence[str]) -> Overview:
    with NotebookRun(own, questions) as run:
        width = max(map(len, run.asked), default=0)
        told = set()
        waiting = Waiting()

        def tell(rows: Iterable[Row]) -> None:
            for row in rows:
                waiting.clear()
                if row.question not in told:
                    _say(*(detailed_lines(row) if questions else row_lines(row, width)))
                    told.add(row.question)

        try:
            tell(run.rows(lambda: waiting.at(run.place)))
            waiting.clear()
            overview = run.overview()
        except KeyboardInterrupt:
            waiting.clear()
            tell(run.stop())
            _say(*problem_lines(run.problems))
            _say(f"  ! stopped at {run.place}; if it took long, look there for a loop that does not end")
            raise
        tell(overview.rows)
    return overview


def _say(*lines: str) -> None:
    for line in lines:
        print(line, flush=True)  # noqa: T201 - what the command is for
