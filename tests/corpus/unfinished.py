"""Students whose notebooks are unfinished, broken by accident or handed in the wrong way."""

from __future__ import annotations

import copy

from nbformat import NotebookNode

from tests.corpus.recipes import FULL, NOTHING, POINTS, Material, Recipe, full_but, nothing_but, position

_FIRST_HALF = (
    "numerical_gradient",
    "AddGate",
    "MultiplyGate",
    "MaxGate",
    "circuit",
    "sigmoid_forward",
    "sigmoid_backward",
)

_REST = tuple(name for name in POINTS if name not in _FIRST_HALF)

_ADD_GATE_FORWARD = """class AddGate:
    def forward(self, x, y):
        return x + y

    def backward(self, dz):
        pass  # TODO"""

_AFFINE_WITHOUT_DB = """def affine_backward(dout, cache):
    x, w = cache
    dx = (dout @ w.T).reshape(x.shape)
    dw = x.reshape(len(x), -1).T @ dout
    return dx, dw  # db?"""

_COPY = "copied-cell"

_NO_COLON = """def neuron_circuit(w, x)
    f = 1 / (1 + np.exp(-(w[0] * x[0] + w[1] * x[1] + w[2])))
    return f, np.zeros(3), np.zeros(2)"""


def _half(material: Material) -> NotebookNode:
    return material.answered({name: material.sources[name] for name in _FIRST_HALF})


def _half_written(material: Material) -> NotebookNode:
    finished = ("relu_forward", "relu_backward", "affine_forward")
    answers = {name: material.sources[name] for name in finished}
    return material.answered({**answers, "AddGate": _ADD_GATE_FORWARD, "affine_backward": _AFFINE_WITHOUT_DB})


def _syntax_error(material: Material) -> NotebookNode:
    return material.solved(neuron_circuit=_NO_COLON)


def _deleted_and_copied(material: Material) -> NotebookNode:
    """Delete a solution cell and the imports; copy another solution cell, the first copy wrong, the last one right."""
    nb = material.solved()
    place = position(nb, "sigmoid_backward-solution")
    first_try = copy.deepcopy(nb.cells[place])
    first_try.id = _COPY
    first_try.source = "def sigmoid_backward(dout, cache):\n    return dout"
    nb.cells.insert(place, first_try)
    del nb.cells[position(nb, "circuit-solution")]
    del nb.cells[position(nb, "imports")]
    nb.cells = [cell for cell in nb.cells if cell.cell_type == "code"]
    return nb


def _with_one_id_twice(data: bytes) -> bytes:
    """Give the copy the id of its original, as some editors do; nbformat would not write that."""
    return data.replace(f'"id": "{_COPY}"'.encode(), b'"id": "sigmoid_backward-solution"')


def _renamed_function(material: Material) -> NotebookNode:
    source = material.sources["circuit"].replace("def circuit(", "def my_circuit(")
    return material.solved(circuit=source)


RECIPES = (
    Recipe(
        student="xenia",
        about="has got as far as the sigmoid",
        make=_half,
        scores=nothing_but(*_FIRST_HALF),
        outcomes=dict.fromkeys(_REST, "not attempted"),
        messages=dict.fromkeys(_REST, "not attempted yet"),
    ),
    Recipe(
        student="yusuf",
        about="has begun here and there: a gate without backward, a layer without the bias's gradient",
        make=_half_written,
        scores=nothing_but("relu_forward", "relu_backward", "affine_forward", AddGate=0.11),
        outcomes={"AddGate": "wrong", "affine_backward": "wrong", "circuit": "not attempted"},
        messages={"AddGate": "did you forget `return`?", "affine_backward": "2 values"},
    ),
    Recipe(
        student="zoe",
        about="hands in the notebook as it was handed out",
        make=lambda material: material.answered({}),
        scores=NOTHING,
        outcomes=dict.fromkeys(POINTS, "not attempted"),
        messages=dict.fromkeys(POINTS, "not attempted yet"),
    ),
    Recipe(
        student="anton",
        about="has a syntax error in one cell",
        make=_syntax_error,
        scores=full_but(neuron_circuit=0),
        outcomes={"neuron_circuit": "not gradable"},
        messages={"neuron_circuit": "SyntaxError"},
    ),
    Recipe(
        student="felix",
        about="has deleted all prose, a solution and the imports, and copied a solution cell to try something",
        make=_deleted_and_copied,
        spoil=_with_one_id_twice,
        scores=full_but(circuit=0),
        outcomes={"circuit": "not attempted", "sigmoid_backward": "right"},
        restored=(
            "solution cell sigmoid_backward stood there more than once; the last one counts",
            "solution cell circuit was missing",
            "locked cell imports was missing",
        ),
    ),
    Recipe(
        student="hugo",
        about="hands in a file with another name",
        make=lambda material: material.solved(),
        scores=FULL,
        file_name="Gates final (2).ipynb",
    ),
    Recipe(
        student="irene",
        about="hands in half a file",
        make=lambda material: material.solved(),
        spoil=lambda data: data[: len(data) // 2],
        scores=NOTHING,
        outcomes=dict.fromkeys(POINTS, "not gradable"),
        outcome="not gradable",
        reason="not valid JSON",
        exit_status=1,
    ),
    Recipe(
        student="jonas",
        about="has renamed a function",
        make=_renamed_function,
        scores=full_but(circuit=0),
        outcomes={"circuit": "not gradable"},
        messages={"circuit": "was it renamed"},
    ),
)
