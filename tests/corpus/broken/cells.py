"""Notebooks whose cells were moved, merged, split, lost or stripped, or that are somebody else's."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from autograder import notebook
from tests.corpus.broken.recipe import NAMES, UNTOUCHED, Broken, Make, Material, answer, as_file, position, refused

_FIRST_HALF = "class MultiplyGate:\n    def forward(self, x, y):\n        self.x, self.y = x, y\n        return x * y"
_SECOND_HALF = "    def backward(self, dz):\n        return [self.y * dz, self.x * dz]"
_KERNELS = {
    "kernel_r": {"name": "ir", "display_name": "R", "language": "R"},
    "kernel_julia": {"name": "julia-1.9", "display_name": "Julia 1.9.3", "language": "julia"},
    "kernel_python_2": {"name": "python2", "display_name": "Python 2", "language": "python"},
}


def _changed(change: Callable[[NotebookNode], object]) -> Make:
    """Return the recipe of a solved notebook in which something is changed."""

    def make(begin: Material) -> bytes:
        nb = begin.solved()
        change(nb)
        return as_file(nb)

    return make


def _kernel(spec: dict[str, Any]) -> Make:
    return _changed(lambda nb: nb.metadata.update(kernelspec=spec))


def _without_metadata(nb: NotebookNode) -> None:
    del nb["metadata"]
    for cell in nb.cells:
        del cell["metadata"]


def _without_roles(nb: NotebookNode) -> None:
    for number, cell in enumerate(nb.cells):
        cell.metadata = {}
        cell.id = f"cell-{number}"


def _same_ids(nb: NotebookNode) -> None:
    for cell in nb.cells:
        cell["id"] = "one"


def _backwards(nb: NotebookNode) -> None:
    nb.cells.reverse()


def _merged(nb: NotebookNode) -> None:
    """Put all answers into the cell of the first one, and leave the other cells empty."""
    answer(nb, NAMES[0]).source = "\n\n\n".join(answer(nb, name).source for name in NAMES)
    for name in NAMES[1:]:
        answer(nb, name).source = ""


def _merged_with_checks(nb: NotebookNode) -> None:
    """Merge each answer with its check cell, as Jupyter does: the first cell's metadata stay."""
    for name in NAMES:
        check = nb.cells.pop(position(nb, name))
        answer(nb, name).source += f"\n\n{check.source}"


def _split(function: str, first: str, second: str) -> Callable[[NotebookNode], None]:
    """Split an answer over two cells: the lower one has no metadata."""

    def change(nb: NotebookNode) -> None:
        cell = answer(nb, function)
        cell.source = first
        nb.cells.insert(nb.cells.index(cell) + 1, notebook.new_cell("code", second, {}))

    return change


def _helper_split_off(nb: NotebookNode) -> None:
    cell = answer(nb, "relu_backward")
    helper = notebook.new_cell("code", "def mask(x):\n    return np.greater(x, 0)", {})
    nb.cells.insert(nb.cells.index(cell), helper)
    cell.source = "def relu_backward(dout, cache):\n    return dout * mask(cache)"


def _to(kind: str) -> Make:
    def change(nb: NotebookNode) -> None:
        cell = answer(nb, "circuit")
        nb.cells[nb.cells.index(cell)] = notebook.new_cell(kind, cell.source, {}, cell.id)

    return _changed(change)


def _code_in(kind: str) -> Callable[[Material], bytes]:
    """Leave the stub of a question as it is, with the answer in a text cell below."""

    def make(begin: Material) -> bytes:
        nb = begin.solved()
        cell = answer(nb, "circuit")
        below = notebook.new_cell(kind, f"```python\n{cell.source}\n```" if kind == "markdown" else cell.source, {})
        nb.cells.insert(nb.cells.index(cell) + 1, below)
        cell.source = answer(begin.blank, "circuit").source
        return as_file(nb)

    return make


def _own_cell_only(begin: Material) -> NotebookNode:
    """Delete the cell of a question, and write its answer into a cell at the end."""
    nb = begin.solved()
    cell = answer(nb, "circuit")
    nb.cells.remove(cell)
    nb.cells.append(notebook.new_cell("code", cell.source, {}))
    return nb


def _below_the_stub(begin: Material) -> NotebookNode:
    """Leave the stub, and write the answer into a cell at the end."""
    nb = begin.solved()
    source = answer(nb, "circuit").source
    answer(nb, "circuit").source = answer(begin.blank, "circuit").source
    nb.cells.append(notebook.new_cell("code", source, {}))
    return nb


def _other_assignment(_: Material) -> bytes:
    folder = Path(__file__).parents[3] / "assignments" / "neuron"
    return (folder / "neuron.ipynb").read_bytes()


def _damaged_cell(begin: Material) -> bytes:
    content = json.loads(as_file(begin.solved()))
    content["cells"][3] = "a text"
    return json.dumps(content).encode()


_TITLES = {
    **{name: f"check cell {name}" for name in NAMES},
    **{f"{name}-solution": f"solution cell {name}" for name in NAMES},
    "imports": "locked cell imports",
}

RECIPES = (
    Broken(student="ids_twice", about="has one id for all cells", make=_changed(_same_ids)),
    Broken(
        student="no_metadata",
        about="has no metadata at all, as some converters leave it",
        make=_changed(_without_metadata),
        restored=tuple(f"{title} had lost its metadata" for title in _TITLES.values()),
    ),
    Broken(
        student="no_roles",
        about="was copied cell by cell into a new notebook, so that nbgrader's metadata are lost",
        make=_changed(_without_roles),
        restored=("solution cell circuit had lost its metadata", "check cell circuit was missing"),
    ),
    *(
        Broken(student=name, about=f"was saved with the kernel {spec['display_name']}", make=_kernel(spec))
        for name, spec in _KERNELS.items()
    ),
    Broken(
        student="no_kernel",
        about="names no kernel",
        make=_changed(lambda nb: nb.metadata.pop("kernelspec")),
    ),
    Broken(
        student="backwards",
        about="has its cells in reverse order, the imports last",
        make=_changed(_backwards),
    ),
    Broken(student="merged", about="has all answers in one cell", make=_changed(_merged)),
    Broken(
        student="merged_with_checks",
        about="has each answer merged with its check cell",
        make=_changed(_merged_with_checks),
        restored=tuple(f"check cell {name} was missing" for name in NAMES),
    ),
    Broken(
        student="split_class",
        about="has the two methods of a class in two cells",
        make=_changed(_split("MultiplyGate", _FIRST_HALF, _SECOND_HALF)),
        lost={"MultiplyGate": 0.16},
        says={"MultiplyGate": "There is no method `MultiplyGate.backward`"},
    ),
    Broken(student="split_helper", about="has a helper in a cell of its own", make=_changed(_helper_split_off)),
    Broken(
        student="answer_as_markdown",
        about="turned a solution cell into a Markdown cell by a slip of the hand",
        make=_to("markdown"),
        restored=("solution cell circuit was turned into a markdown cell",),
    ),
    Broken(
        student="answer_as_raw",
        about="turned a solution cell into a raw cell by a slip of the hand",
        make=_to("raw"),
        restored=("solution cell circuit was turned into a raw cell",),
    ),
    Broken(
        student="code_in_markdown",
        about="left a stub, and wrote the answer into a Markdown cell",
        make=_code_in("markdown"),
        lost={"circuit": 0.0},
        outcomes={"circuit": "not attempted"},
        says={"circuit": "stands in a Markdown cell"},
    ),
    Broken(
        student="code_in_raw",
        about="left a stub, and wrote the answer into a raw cell",
        make=_code_in("raw"),
        lost={"circuit": 0.0},
        outcomes={"circuit": "not attempted"},
        says={"circuit": "stands in a raw cell"},
    ),
    Broken(
        student="own_cell_only",
        about="deleted a solution cell, and has the answer in a cell of their own at the end",
        make=_own_cell_only,
        restored=("solution cell circuit had lost its metadata",),
    ),
    Broken(
        student="below_the_stub", about="left a stub, and has the answer in a cell at the end", make=_below_the_stub
    ),
    refused(
        "other_assignment", "is the notebook of another assignment", _other_assignment, "notebook of another assignment"
    ),
    refused("damaged_cell", "has a cell that is a text", _damaged_cell, "cell 4 of the notebook is damaged"),
    Broken(
        student="untouched",
        about="is as it was handed out",
        make=lambda begin: begin.blank,
        lost=dict.fromkeys(NAMES, 0.0),
        outcomes=dict.fromkeys(NAMES, "not attempted"),
        says=UNTOUCHED,
    ),
)
