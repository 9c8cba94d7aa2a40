"""The questions of an assignment that a student has on disk."""

from __future__ import annotations

import ast
from pathlib import Path

from autograder.guide import Guide
from autograder.learner.cells import cells_of, is_check
from autograder.workbench import CHECKS


def questions_of(folder: Path, guide: Guide, notebook: Path | None) -> list[str]:
    """Return the questions of an assignment, each once, in the order of the notebook.

    They are those of the guide, or else those of `checks.py`: a check cell that was deleted, copied or mistyped changes
    nothing. Where neither file can be read, the notebook's check cells say which they are.
    """
    cells = cells_of(notebook) if notebook else []
    order = list(dict.fromkeys(question for cell in cells if (question := is_check(cell))))
    known = list(guide.questions) or _asked_by(folder / CHECKS) or order
    return sorted(known, key=lambda question: order.index(question) if question in order else len(order))


def _asked_by(checks: Path) -> list[str]:
    """Return the names in the marks `question("…")` of a suite, in their order."""
    try:
        tree = ast.parse(checks.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return []
    marks = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _called(node) == "question"]
    marks.sort(key=lambda node: node.lineno)
    names = (node.args[0].value for node in marks if node.args and isinstance(node.args[0], ast.Constant))
    return list(dict.fromkeys(name for name in names if isinstance(name, str)))


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""
