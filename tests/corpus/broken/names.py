"""Names that are gone, spelled wrongly, or stand for something else by now."""

from __future__ import annotations

from nbformat import NotebookNode

from tests.corpus.broken.recipe import Broken, Material, added, with_cells

_CIRCUIT = "def circuit(x, y, z):\n    q = x + y\n    return q * z, (z, z, q)"
_SUMMING = "def circuit(x, y, z):\n    q = sum([x, y])\n    return q * z, (z, z, q)"
_LISTING = "def circuit(x, y, z):\n    q = x + y\n    return q * z, tuple(list((z, z, q)))"


def _costs(student: str, about: str, source: str, says: str, *own: str) -> Broken:
    return Broken(
        student=student,
        about=about,
        make=with_cells(*own, circuit=source),
        lost={"circuit": 0.0},
        says={"circuit": says},
    )


def _failing_helper(begin: Material) -> NotebookNode:
    helper = "import scipy\n\n\ndef through(x, y):\n    return x + y"
    return added(begin.solved(circuit=_CIRCUIT.replace("x + y", "through(x, y)")), helper)


RECIPES = (
    _costs(
        "deleted_cell",
        "uses a variable whose cell is deleted",
        _CIRCUIT.replace("x + y", "scale * (x + y)"),
        "`scale` is defined in no cell of the notebook: was its cell deleted",
    ),
    _costs(
        "misspelled",
        "has a typo in a name",
        _CIRCUIT.replace("return q", "return qq"),
        "`qq` is defined in no cell of the notebook",
    ),
    Broken(
        student="failing_helper",
        about="uses a helper whose cell fails",
        make=_failing_helper,
        lost={"circuit": 0.0},
        says={"circuit": "`through` is not there, because the cell that defines it failed"},
    ),
    _costs(
        "shadowed_sum",
        "gives sum another value, and then calls sum",
        _SUMMING,
        "`sum` stands for something else since cell 3, line 1: choose another name there",
        "sum = 0",
    ),
    _costs(
        "shadowed_list",
        "gives list another value, and then calls list",
        _LISTING,
        "`list` stands for something else since cell 3, line 2: choose another name there",
        "x = 1\nlist = []",
    ),
    _costs(
        "shadowed_print",
        "prints as Python 2 did, with an equals sign",
        _CIRCUIT.replace("    return", "    print(q)\n    return"),
        "`print` stands for something else since cell 3, line 1",
        "print = 'q is'",
    ),
    Broken(
        student="shadowed_unused",
        about="gives sum and list other values, and uses neither",
        make=with_cells("sum, list = 0, []"),
    ),
    Broken(
        student="shadowed_np",
        about="gives np another value",
        make=with_cells("np = 3", after="relu_backward"),
    ),
    Broken(student="deleted_np", about="deletes np", make=with_cells("del np", after="relu_backward")),
    _costs(
        "deleted_name",
        "deletes a name that is needed later",
        _CIRCUIT.replace("x + y", "scale * (x + y)"),
        "`scale` is deleted in cell 3, line 2: take that line away",
        "scale = 1.0\ndel scale",
    ),
    _costs(
        "local_before_value",
        "uses a local name before it has a value",
        "def circuit(x, y, z):\n    q = q + x + y\n    return q * z, (z, z, q)",
        "Is the variable given a value on every way through the function?",
    ),
)
