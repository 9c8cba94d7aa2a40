"""Between grading and reading: why something failed is asked of the submission's source, and told to the student."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from autograder import builds_on, notebook
from autograder.definitions import only_imports, without_figures
from autograder.nodes import NotebookNode
from autograder.reading import Reading
from autograder.record import QuestionResult
from autograder.sandbox import Cell, CellRun

_WRONG = ("wrong", "not gradable")
"""How answers go that are there and are not right."""


def reading_of(whole: NotebookNode, original: NotebookNode, runs: Iterable[CellRun]) -> Reading:
    """Return what can be told from the sources of a submission, made whole, whose cells were run."""
    cells = [(notebook.name_of(cell, at), cell.cell_type, cell.source) for at, cell in enumerate(whole.cells, start=1)]
    given = {notebook.name_of(cell, at): cell.source for at, cell in enumerate(original.cells, start=1)}
    return Reading(cells, given, {run.cell.name: run.failure for run in runs if run.failure})


def imports_again(original: NotebookNode) -> list[Cell]:
    """Return the assignment's cells of imports, to be run last: no slip in a cell takes `np` from all the others."""
    sources = (cell.source for cell in original.cells if cell.cell_type == "code" and not notebook.is_check(cell))
    return [Cell("imports", without_figures(source)) for source in sources if only_imports(source)]


def alone(standing: Mapping[str, QuestionResult], due: Collection[str], reading: Reading) -> dict[str, QuestionResult]:
    """Return what stands, without those whose message may speak of an answer that is due to be judged."""

    def stands(result: QuestionResult) -> bool:
        return not due or result.outcome not in _WRONG or builds_on.below(result.name, reading.calls).isdisjoint(due)

    return {name: result for name, result in standing.items() if stands(result)}


def with_remarks(
    results: Sequence[QuestionResult], standing: Iterable[QuestionResult], reading: Reading
) -> tuple[QuestionResult, ...]:
    """Return the results with what is worth knowing besides about each question that is not right.

    `standing` are those of the other questions.
    """
    wrong = {result.name for result in (*results, *standing) if result.outcome in _WRONG}
    return tuple(result if result.outcome == "right" else _with_remark(result, reading, wrong) for result in results)


def _with_remark(result: QuestionResult, reading: Reading, wrong: Collection[str]) -> QuestionResult:
    message = result.message
    if result.name in wrong and len(wrong) > 1:
        message = builds_on.amended(message, result.name, builds_on.culprits(result.name, reading.calls, wrong))
    remark = reading.remark(result.name)
    if remark not in message:
        message = f"{message} {remark}".strip()
    return msgspec.structs.replace(result, message=message)
