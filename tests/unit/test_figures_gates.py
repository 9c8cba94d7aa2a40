"""The drawings of the notebooks: right numbers, readable labels, and nothing left behind."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from autograder.learner.figures import gates as figures

NOTEBOOK = Path(__file__).parents[2] / "assignments" / "gates" / "gates.ipynb"
CIRCUITS = ["figure-circuit", "figure-neuron", "figure-branch"]
ABOVE, BELOW = "bottom", "top"
STEP = 1e-30
TWO_LINES = 0.36
"""Inches between labels of different edges: they grow towards each other by one line of text each."""

PRODUCT = {"nodes": {"x": ("x", 0, 1), "y": ("y", 0, 0), "z": ("×", 1, 0.5), "f": ("f", 2, 0.5)}}
WIRES = [("x", "z", 3, -4), ("y", "z", -4, 3), ("z", "f", -12, 1)]

OPERATIONS: dict[str, Callable[..., complex]] = {
    "+": lambda x, y: x + y,
    "×": lambda x, y: x * y,
    "×−1": lambda x: -x,
    "+1": lambda x: x + 1,
    "exp": np.exp,
    "1/x": lambda x: 1 / x,
}


def source_of(cell_id: str) -> str:
    """Return the code of a cell of the notebook."""
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    return next("".join(cell["source"]) for cell in cells if cell["id"] == cell_id)


@pytest.fixture(params=CIRCUITS)
def arguments(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Return what a cell of the notebook passes to draw_circuit."""
    calls: list[dict[str, Any]] = []
    monkeypatch.setattr(figures, "draw_circuit", lambda **arguments: calls.append(arguments))
    exec(source_of(request.param), {})
    monkeypatch.undo()
    return calls[0]


def labels(figure: Any, side: str) -> list[Any]:
    """Return the labels above or below the edges: those that are turned along them."""
    return [text for text in figure.axes[0].texts if text.get_va() == side and text.get_rotation_mode() == "anchor"]


def flow(nodes: Mapping[str, Any], edges: Sequence[Any], nudged: int | None = None) -> list[complex]:
    """Work out the value on every edge by running the gates, after a tiny imaginary nudge of one of the edges."""
    values: dict[int, complex] = {}

    def value(index: int) -> complex:
        if index not in values:
            start = edges[index][0]
            incoming = [value(i) for i, edge in enumerate(edges) if edge[1] == start]
            result = OPERATIONS[nodes[start][0]](*incoming) if incoming else complex(edges[index][2])
            values[index] = result + (1j * STEP if index == nudged else 0)
        return values[index]

    return [value(index) for index in range(len(edges))]


def test_numbers_of_the_notebook(arguments: dict[str, Any]) -> None:
    """The values and gradients on the edges of each circuit are what its gates compute, to all digits shown."""
    nodes, edges = arguments["nodes"], arguments["edges"]
    assert edges[-1][1] == "f"
    half_a_digit = 0.5 * 10.0 ** -arguments.get("digits", 0)
    for index, (_, _, value, gradient) in enumerate(edges):
        assert value == pytest.approx(flow(nodes, edges)[index].real, abs=half_a_digit / 50)
        assert gradient == pytest.approx(flow(nodes, edges, index)[-1].imag / STEP, abs=half_a_digit / 50)


def test_labels_of_the_notebook(arguments: dict[str, Any]) -> None:
    """Each edge has its value above and its gradient below, and no two labels come near each other."""
    figure = figures.draw_circuit(**arguments)
    above, below = labels(figure, ABOVE), labels(figure, BELOW)
    assert len(above) == len(below) == len(arguments["edges"])
    assert all(up.get_position()[1] > down.get_position()[1] for up, down in zip(above, below, strict=True))
    places = [[np.array(text.get_position()) for text in pair] for pair in zip(above, below, strict=True)]
    for one, other in itertools.combinations(places, 2):
        assert min(np.hypot(*(a - b)) for a in one for b in other) > TWO_LINES


def test_text_stays_inside(arguments: dict[str, Any]) -> None:
    """Nothing that is written sticks out of the picture."""
    figure = figures.draw_circuit(**arguments)
    width, height = figure.get_size_inches() * figure.dpi
    renderer = FigureCanvasAgg(figure).get_renderer()
    for text in figure.axes[0].texts:
        if text.get_text():
            box = text.get_window_extent(renderer)
            assert box.x0 >= 0, text
            assert box.y0 >= 0, text
            assert box.x1 <= width, text
            assert box.y1 <= height, text


def test_value_and_gradient_differ_in_more_than_colour() -> None:
    """Gradients are in italics, and a line says what stands where."""
    figure = figures.draw_circuit(**PRODUCT, edges=WIRES)
    assert {text.get_style() for text in labels(figure, ABOVE)} == {"normal"}
    assert {text.get_style() for text in labels(figure, BELOW)} == {"italic"}
    written = {text.get_text() for text in figure.axes[0].texts}
    assert {"above: value →", "below: ← gradient"} <= written


@pytest.mark.parametrize(
    ("number", "digits", "text"),
    [
        (-12, 0, "−12"),
        (0.0, 0, "0"),
        (-0.001, 2, "0.00"),
        (-0.0, 2, "0.00"),
        (0.39322, 2, "0.39"),
        (-0.5898, 2, "−0.59"),
    ],
)
def test_numbers_on_edges(number: float, digits: int, text: str) -> None:
    """Numbers have the decimals asked for, a real minus sign, and no sign where they are rounded to zero."""
    wires = [("x", "z", number, 1), *WIRES[1:]]
    figure = figures.draw_circuit(**PRODUCT, edges=wires, digits=digits)
    assert labels(figure, ABOVE)[0].get_text() == text


def test_gates_have_circles() -> None:
    """Of an input, a gate and an output, the gate alone has a circle."""
    figure = figures.draw_circuit(**PRODUCT, edges=WIRES)
    assert [patch.center for patch in figure.axes[0].patches] == [(figures.COLUMN, 0.5 * figures.ROW)]


def test_notes() -> None:
    """A note stands under its node."""
    figure = figures.draw_circuit(**PRODUCT, edges=WIRES, notes={"x": "remember me"})
    note = next(text for text in figure.axes[0].texts if text.get_text() == "remember me")
    assert note.get_position()[0] == 0.0
    assert note.get_position()[1] < figures.ROW


def test_edge_to_nowhere() -> None:
    """An edge to a node that is not there raises KeyError with its name."""
    with pytest.raises(KeyError, match="nowhere"):
        figures.draw_circuit(**PRODUCT, edges=[("x", "nowhere", 1, 1)])


def test_sigmoid() -> None:
    """The curves are the sigmoid and its slope, in closed form by the hyperbolic cosine."""
    out, slope = figures.draw_sigmoid().axes[0].lines[:2]
    x = out.get_xdata()
    np.testing.assert_allclose(out.get_ydata(), 0.5 * (1 + np.tanh(x / 2)), rtol=1e-12)
    np.testing.assert_allclose(slope.get_ydata(), 0.5 / (1 + np.cosh(x)), atol=5e-3)
    assert out.get_linestyle() != slope.get_linestyle()


def test_step_error() -> None:
    """The error of both curves falls and rises again, and the central one is better by far at its best."""
    one_sided, central = figures.draw_step_error().axes[0].lines[:2]
    for line in (one_sided, central):
        error = line.get_ydata()
        assert error[0] > 1e3 * np.min(error)
        assert error[-1] > 1e3 * np.min(error)
    assert np.min(central.get_ydata()) < 1e-2 * np.min(one_sided.get_ydata())


@pytest.mark.parametrize("draw", [figures.draw_sigmoid, figures.draw_step_error])
def test_no_figure_stays_open(draw: Callable[[], Any]) -> None:
    """A drawing belongs to its cell alone: pyplot knows nothing of it, so it is shown once."""
    import matplotlib.pyplot as plt

    before = plt.get_fignums()
    draw()
    figures.draw_circuit(**PRODUCT, edges=WIRES)
    assert plt.get_fignums() == before


def test_import_is_light() -> None:
    """Importing the module does not import matplotlib."""
    code = "import sys, autograder.learner.figures; print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
