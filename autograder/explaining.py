"""Between grading and reading: why something failed is asked of the submission's source, and told to the student."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import msgspec

from autograder import builds_on, notebook
from autograder.definitions import only_imports, without_figures
from autograder.nodes import NotebookNode
from autograder.reading import Reading
from autograder.record import DATA_MISSING, QuestionResult
from autograder.sandbox import Cell, CellRun


def reading_of(whole: NotebookNode, original: NotebookNode, runs: Iterable[CellRun]) -> Reading:
    """Return what can be told from the sources of a submission, made whole, whose cells were run."""
    cells = [(notebook.name_of(cell, at), cell.cell_type, cell.source) for at, cell in enumerate(whole.cells, start=1)]
    given = {notebook.name_of(cell, at): cell.source for at, cell in enumerate(original.cells, start=1)}
    return Reading(cells, given, {run.cell.name: run.failure for run in runs if run.failure})


def imports_again(original: NotebookNode) -> list[Cell]:
    """Return the assignment's cells of imports, to be run last: no slip in a cell takes `np` from all the others."""
    sources = (cell.source for cell in original.cells if cell.cell_type == "code" and not notebook.is_check(cell))
    return [Cell("imports", without_figures(source)) for source in sources if only_imports(source)]


def with_remarks(
    results: Sequence[QuestionResult], reading: Reading, slips: Collection[str]
) -> tuple[QuestionResult, ...]:
    """Return the results with what is worth knowing besides about each question that is not right.

    Of one whose diagnosis is one of the known `slips` all is known; so is nothing of one whose data are missing.
    """
    wrong = {result.name for result in results if _is_wrong(result)}
    unexplained = {result.name for result in results if result.name in wrong and result.diagnosis not in slips}
    return tuple(
        result if result.outcome == "right" else _with_remark(result, reading, wrong, unexplained) for result in results
    )


def _is_wrong(result: QuestionResult) -> bool:
    """Tell whether an answer is there and is not right."""
    return result.outcome in ("wrong", "not gradable") and result.diagnosis != DATA_MISSING


def _with_remark(
    result: QuestionResult, reading: Reading, wrong: Collection[str], unexplained: Collection[str]
) -> QuestionResult:
    message = result.message
    if result.name in unexplained:
        names = builds_on.culprits(result.name, reading.mentioned, wrong) if len(wrong) > 1 else []
        message = builds_on.amended(message, result.name, names)
    remark = reading.remark(result.name)
    if remark not in message:
        message = f"{message} {remark}".strip()
    return msgspec.structs.replace(result, message=message)
