"""Attacks on the form of the notebook: metadata, ids, check cells, the kernel."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable

from nbformat import NotebookNode

from autograder import notebook
from tests.corpus.attacks.making import VALUES, cost
from tests.corpus.attacks.recipe import FULL, NOTHING, POINTS, Attack, Honest, Scene

_LESS = "it has fewer points than it deserves, or more"
_ZERO = "def {}(*args):\n    return 4.0"


def _cell(nb: NotebookNode, name: str) -> NotebookNode:
    return next(cell for cell in nb.cells if notebook.grade_id(cell) == name)


def _of(nb: NotebookNode, name: str) -> dict[str, object]:
    return notebook.role(_cell(nb, name))


def _points(honest: Honest, scene: Scene) -> NotebookNode:
    nb = honest.notebook(total=_ZERO.format("total"))
    _of(nb, "double").update(points=1000, checksum="0" * 32)
    _of(nb, "total").update(points=-1000, grade=False)
    _of(nb, "Scale").update(points="1e9", locked=False, schema_version=99)
    _of(nb, "normalise").update(points=float(1 << 60), solution=True, task=True)
    return nb


def _tags(honest: Honest, scene: Scene) -> NotebookNode:
    nb = honest.notebook(double=_ZERO.format("double"))
    for cell in nb.cells:
        cell.metadata["tags"] = ["skip-execution", "illustration", "raises-exception", "remove_cell", "hide-input"]
        cell.metadata.update(deletable=True, editable=False, collapsed=True, jupyter={"source_hidden": True})
    return nb


def _moved(honest: Honest, scene: Scene) -> NotebookNode:
    nb = honest.notebook(normalise=_ZERO.format("normalise"))
    nb.cells = [cell for cell in reversed(nb.cells) if notebook.grade_id(cell) not in ("double", "Scale")]
    return nb


def _renamed(honest: Honest, scene: Scene) -> NotebookNode:
    """Swap the ids of a question that is solved and of one that is not."""
    nb = honest.notebook(total=_ZERO.format("total"))
    for one, other in (("double", "total"), ("double-solution", "total-solution")):
        first, second = _cell(nb, one), _cell(nb, other)
        notebook.role(first)["grade_id"], notebook.role(second)["grade_id"] = other, one
        first.id, second.id = second.id, first.id
    return nb


def _doubled(honest: Honest, scene: Scene) -> bytes:
    """Hand in twenty copies of each check cell, each worth a hundred points."""
    nb = honest.notebook(double=_ZERO.format("double"))
    for name in POINTS:
        for _ in range(20):
            again = copy.deepcopy(_cell(nb, name))
            again.source = "4.0"
            notebook.role(again).update(points=100, locked=False)
            nb.cells.append(again)
    return json.dumps(nb).encode()


def _merged(honest: Honest, scene: Scene) -> NotebookNode:
    """Make each solution cell a graded one with the check's id, and the check an ordinary cell."""
    nb = honest.blank()
    for name in POINTS:
        solution, check = _cell(nb, f"{name}-solution"), _cell(nb, name)
        notebook.role(solution).update(grade_id=name, grade=True, points=4)
        check.metadata.pop("nbgrader")
        solution.source = "4.0"
    return nb


def _kernel(honest: Honest, scene: Scene) -> NotebookNode:
    nb = honest.notebook()
    nb.metadata["kernelspec"] = {"name": "bash", "display_name": "Bash", "language": "bash", "argv": ["touch", "x"]}
    nb.metadata["language_info"] = {"name": "bash", "file_extension": ".sh", "nbconvert_exporter": "os.system"}
    nb.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {}, "version_major": 2}}
    nb.metadata["nbgrader"] = {"score": 16}
    nb.metadata["celltoolbar"] = "Create Assignment"
    return nb


def _record(honest: Honest, scene: Scene) -> NotebookNode:
    """Bring a whole grade along, where the autograder keeps its own."""
    nb = honest.blank()
    questions = [{"name": n, "score": p, "max_score": p, "outcome": "right", "tests": []} for n, p in POINTS.items()]
    nb.metadata["autograder"] = {"outcome": "graded", "score": 16.0, "max_score": 16.0, "questions": questions}
    for cell in nb.cells:
        cell.metadata["autograder"] = {"score": 4.0, "outcome": "right"}
    return nb


def _kinds(honest: Honest, scene: Scene) -> NotebookNode:
    """Turn check cells into prose, a solution into a raw cell, and give the prose attachments."""
    nb = honest.notebook()
    for name in ("double", "total"):
        _cell(nb, name).cell_type = "markdown"
    raw = _cell(nb, "Scale-solution")
    raw.cell_type = "raw"
    nb.cells[0].attachments = {"a.svg": {"image/svg+xml": "PHN2Zy8+"}}
    return nb


def _roles(honest: Honest, scene: Scene) -> NotebookNode:
    """Give every cell a role of the wrong type."""
    nb = honest.notebook()
    strange: tuple[object, ...] = ([], "x", 7, None, {"grade_id": ["double"]}, {"grade_id": 5, "grade": "yes"})
    for number, cell in enumerate(cell for cell in nb.cells if not notebook.is_solution(cell)):
        cell.metadata["nbgrader"] = strange[number % len(strange)]
    return nb


def _defaults(honest: Honest, scene: Scene) -> bytes:
    """Write everything that nbformat allows to be absent as null, text or number."""
    content = json.loads(notebook.write(honest.notebook()))
    for number, cell in enumerate(content["cells"]):
        cell["outputs"] = (None, "4.0", [7], {"text": "4.0"})[number % 4]
        cell["execution_count"] = "16"
        cell["id"] = ["", None, 7, "a b", "<b>", "x" * 1000][number % 6]
    content |= {"nbformat_minor": "five", "points": 16, "worksheets": [{"cells": []}]}
    return json.dumps(content).encode()


def _attack(
    student: str,
    tries: str,
    make: Callable[[Honest, Scene], NotebookNode | bytes],
    *,
    success: str = VALUES,
    **rest: object,
) -> Attack:
    return Attack(student=student, row="metadata", tries=tries, success=success, make=make, **rest)  # type: ignore[arg-type]


ATTACKS: tuple[Attack, ...] = (
    _attack("metadata_points", "It changes points, checksums, locks and versions.", _points, honest=cost("total")),
    _attack("metadata_tags", "It tags every cell as one to be skipped or hidden.", _tags, honest=cost("double")),
    _attack("metadata_moved", "It turns the notebook round and leaves out checks.", _moved, honest=cost("normalise")),
    _attack("metadata_renamed", "It swaps the ids of a solved and an open question.", _renamed, honest=cost("total")),
    _attack("metadata_copies", "It hands in twenty copies of each check.", _doubled, honest=cost("double")),
    _attack("metadata_merged", "It makes its solution cells the graded ones.", _merged, honest=NOTHING),
    _attack("metadata_kernel", "It asks for another kernel and exporter.", _kernel, honest=FULL, success=_LESS),
    _attack(
        "metadata_record",
        "It brings a record with full points along.",
        _record,
        honest=NOTHING,
        outcomes=dict.fromkeys(POINTS, "not attempted"),
    ),
    _attack("metadata_kinds", "It turns cells into others.", _kinds, honest=FULL, success=_LESS),
    _attack("metadata_roles", "It gives cells roles that are none.", _roles, honest=FULL, success=_LESS),
    _attack("metadata_absent", "It writes ids and outputs of wrong types.", _defaults, honest=FULL, success=_LESS),
)
