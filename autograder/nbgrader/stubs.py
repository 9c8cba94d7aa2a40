"""`nbgrader generate_assignment` keeps each stub as the assignment's author wrote it."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.preprocessors import ClearSolutions


class KeepStubs(ClearSolutions):  # type: ignore[misc]
    """Clear solution regions, and leave every code cell without one as it is: signature, docstring and `raise`.

    A solution cell that neither has a region nor raises NotImplementedError holds an answer: it is not released.
    """

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], cell_index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Return the cell as students get it; RuntimeError where that would give an answer away."""
        is_stub = utils.is_solution(cell) and cell.cell_type == "code"
        if not is_stub or self.begin_solution_delimeter in cell.source:
            cell, resources = super().preprocess_cell(cell, resources, cell_index)
        elif "NotImplementedError" not in cell.source:
            msg = (
                f"solution cell {cell.metadata.nbgrader.grade_id!r} would hand out an answer: let its functions end in "
                f"`raise NotImplementedError`, or put the answer between ### {self.begin_solution_delimeter} and "
                f"### {self.end_solution_delimeter}"
            )
            self.log.error(msg)
            raise RuntimeError(msg)
        return cell, resources
