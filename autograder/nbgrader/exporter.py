"""The exporter of `nbgrader autograde`: in place of a submission it reads what came back from the graders."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import msgspec
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_output
from nbgrader.converters import Autograde
from traitlets import default

from autograder import notebook
from autograder.graded import Graded
from autograder.nbgrader import report
from autograder.nbgrader.converter import GradingAutograde
from autograder.nbgrader.defuse import defuse
from autograder.record import QuestionResult


class GradingExporter(NotebookExporter):  # type: ignore[misc]
    """Takes the place of reading and running a submission: nbgrader's own process does neither."""

    @default("optimistic_validation")  # type: ignore[untyped-decorator]
    def _validated_once(self) -> bool:
        """Let nbconvert validate a notebook when all preprocessors have run, and not after each of them."""
        return True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Make the converter that this exporter belongs to a GradingAutograde, just before it starts."""
        super().__init__(*args, **kwargs)
        if type(self.parent) is Autograde:
            self.parent.__class__ = GradingAutograde

    def from_filename(
        self, filename: str, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """Return the notebook, restored, executed and with reports, where `filename` is that of a submission.

        nbgrader then reads the result again, from autograded/, to take the scores from it: that is left as it is.
        """
        if not self.parent._sanitizing or resources is None:
            return super().from_filename(filename, resources=resources, **kw)  # type: ignore[no-any-return]
        resources["metadata"] = {"name": Path(filename).stem, "path": str(Path(filename).parent)}
        run = self.parent.run
        page = reported(run.graded(resources["nbgrader"]["student"]), run.assignment.notebook)
        return self.from_notebook_node(page, resources=resources, **kw)  # type: ignore[no-any-return]


def reported(graded: Graded, original: NotebookNode) -> NotebookNode:
    """Return a copy of the graded notebook with a report and the score in each check cell, and a summary in front.

    The grade itself is in the notebook's metadata: metadata.nbgrader admits no keys but nbgrader's.
    """
    shown = copy.deepcopy(graded.notebook)
    defuse(shown, original)
    results = {result.name: result for result in graded.grade.questions}
    for cell in shown.cells:
        if notebook.is_check(cell):
            result = results[str(notebook.grade_id(cell))]
            cell.outputs = _outputs(result)
    shown.cells.insert(0, new_markdown_cell(report.summary_html(graded.grade)))
    shown.metadata["autograder"] = msgspec.to_builtins(graded.grade)
    return shown


def _outputs(result: QuestionResult) -> list[NotebookNode]:
    """Return the report, then the score: nbgrader takes the first result that it finds, and it has to be a number."""
    # More than the points is an error to nbgrader, and less than 0 gets full points.
    score = repr(min(max(result.score, 0.0), result.max_score))
    page = {"text/html": report.question_html(result), "text/plain": report.question_text(result)}
    return [
        new_output("display_data", page),
        new_output("execute_result", {"text/plain": score, "text/html": report.entry_html(score)}),
    ]
