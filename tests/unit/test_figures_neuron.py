"""The drawings of `neuron`: right numbers, readable labels, and nothing left behind."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from sklearn.linear_model import LinearRegression

from autograder.learner.figures import neuron as figures

NOTEBOOK = Path(__file__).parents[2] / "assignments" / "neuron" / "neuron.ipynb"
LOCKED = ["figure-line", "figure-activations", "figure-neuron", "figure-margin-losses", "figure-surface"]
POINTS, LABELS = np.array([[1.0, 1.0], [2.0, 0.5], [3.0, 3.0], [2.5, 4.0]]), np.array([0, 0, 1, 1])
SPRING = np.arange(4.0), np.array([1.0, 3.0, 4.0, 6.0])

DRAWINGS: dict[str, Callable[[], Any]] = {
    "neuron": lambda: figures.draw_neuron([-1, -2], [2, -3], -3),
    "neuron of three inputs": lambda: figures.draw_neuron([1, 0.5, -2], [2, -3, 0.25], 1.5),
    "activations": figures.draw_activations,
    "classifier": lambda: figures.draw_classifier([1, 2], -6, POINTS, LABELS),
    "logistic curve": lambda: figures.draw_logistic_curve([1, 2, 3], [0, 1, 1], 2.0, -3.0, xlabel="hours"),
    "margin losses": figures.draw_margin_losses,
    "surface": lambda: figures.draw_surface(*SPRING, {"one": [[0, 0], [1, 1]], "two": [[0, 3], [1, 2]]}),
    "loss curves": lambda: figures.draw_loss_curves({str(rate): [1.0, rate, rate**2] for rate in (0.1, 0.2, 0.5, 2)}),
}


def texts(figure: Any) -> list[Any]:
    """Return all that is written inside of the axes and not empty."""
    return [text for axes in figure.axes for text in axes.texts if text.get_text()]


def line(axes: Any, label: str) -> Any:
    """Return the curve of this name."""
    return next(curve for curve in axes.lines if curve.get_label() == label)


@pytest.mark.parametrize("name", DRAWINGS)
def test_text_stays_inside(name: str) -> None:
    """Nothing that is written sticks out of the picture, legends included."""
    figure = DRAWINGS[name]()
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    width, height = figure.get_size_inches() * figure.dpi
    legends = [axes.get_legend() for axes in figure.axes if axes.get_legend()]
    for artist in (*texts(figure), *legends, *figure.legends):
        box = artist.get_window_extent(canvas.get_renderer())
        assert box.x0 >= 0, artist
        assert box.y0 >= 0, artist
        assert box.x1 <= width, artist
        assert box.y1 <= height, artist


@pytest.mark.parametrize("name", DRAWINGS)
def test_curves_differ_in_more_than_colour(name: str) -> None:
    """No two curves of one picture that a legend names share both line style and marker."""
    for axes in DRAWINGS[name]().axes:
        named = [curve for curve in axes.lines if not curve.get_label().startswith("_")]
        for one, other in itertools.combinations(named, 2):
            assert (one._dash_pattern, one.get_marker()) != (other._dash_pattern, other.get_marker())


@pytest.mark.parametrize("name", DRAWINGS)
def test_no_figure_stays_open(name: str) -> None:
    """A drawing belongs to its cell alone: pyplot knows nothing of it, so it is shown once."""
    import matplotlib.pyplot as plt

    before = plt.get_fignums()
    DRAWINGS[name]()
    assert plt.get_fignums() == before


@pytest.mark.parametrize("cell_id", LOCKED)
def test_cells_of_the_notebook(cell_id: str) -> None:
    """Each locked figure cell runs by itself and draws something."""
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    source = next("".join(cell["source"]) for cell in cells if cell["id"] == cell_id)
    start = source.index("draw_", source.index("\n\n"))
    scope: dict[str, Any] = {}
    exec(f"{source[:start]}figure = {source[start:]}", scope)
    assert scope["figure"].axes


def test_neuron_shows_its_numbers() -> None:
    """Inputs, weights, bias, the sum and the firing rate are written on the neuron, with real minus signs."""
    written = {text.get_text() for text in texts(figures.draw_neuron([-1, -2], [2, -3], -3))}
    assert {"x₁ = −1", "x₂ = −2", "× w₁ = 2", "× w₂ = −3", "bias b = −3", "z = 1"} <= written
    assert "firing rate\nσ(z) = 0.73" in written


def test_neuron_of_any_number_of_inputs() -> None:
    """There is one arrow for each input, and three more: for the bias, the sum and the rate."""
    for count in (1, 2, 5):
        figure = figures.draw_neuron([1.0] * count, [0.5] * count, 0.0)
        arrows = [text for text in figure.axes[0].texts if getattr(text, "arrow_patch", None)]
        assert len(arrows) == count + 3


def test_slopes_of_the_activations() -> None:
    """Each dashed curve is the numerical slope of the solid one, except right at a corner."""
    axes = figures.draw_activations().axes
    assert len(axes) == 6
    for panel in axes:
        value, slope = line(panel, "the function"), line(panel, "its slope")
        x = value.get_xdata()
        error = np.abs(np.gradient(value.get_ydata(), x) - slope.get_ydata())
        assert np.count_nonzero(error > 0.02) <= 2


@pytest.mark.parametrize(
    ("number", "points"),
    [
        (0, {-4.0: 0.01798620996209156, 0.0: 0.5}),
        (1, {0.0: 0.0, 4.0: math.tanh(4.0)}),
        (2, {-4.0: 0.0, 4.0: 4.0}),
        (3, {-4.0: -0.4, 4.0: 4.0}),
        (4, {-4.0: math.exp(-4.0) - 1.0, 4.0: 4.0}),
        (5, {-4.0: 3.0, 4.0: 2.0}),
    ],
)
def test_values_of_the_activations(number: int, points: dict[float, float]) -> None:
    """Every function has the values that it has by its formula."""
    curve = line(figures.draw_activations().axes[number], "the function")
    for x, value in points.items():
        assert np.interp(x, curve.get_xdata(), curve.get_ydata()) == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize(("w", "b"), [((1.0, 2.0), -6.0), ((-3.0, 1.0), 1.0), ((0.0, 2.0), -4.0), ((2.0, 0.0), -3.0)])
def test_line_of_the_classifier(w: tuple[float, float], b: float) -> None:
    """The score is 0 along the line, and the arrow stands on it, as long as 1, in the direction of w."""
    axes = figures.draw_classifier(w, b, POINTS, LABELS).axes[0]
    for place in (line(axes, "score 0").get_xy1(), line(axes, "score 0").get_xy2()):
        assert float(np.dot(w, place)) + b == pytest.approx(0.0, abs=1e-12)
    arrow = next(text for text in axes.texts if text.arrow_patch)
    assert float(np.dot(w, arrow.xyann)) + b == pytest.approx(0.0, abs=1e-12)
    np.testing.assert_allclose(np.subtract(arrow.xy, arrow.xyann), np.array(w) / math.hypot(*w), atol=1e-12)


def test_points_of_the_classifier() -> None:
    """Each label has its own points and its own marker; weights of zero draw no line."""
    axes = figures.draw_classifier([0.0, 0.0], 1.0, POINTS, LABELS).axes[0]
    assert len(axes.lines) == 2
    np.testing.assert_array_equal(line(axes, "label 0").get_xydata(), POINTS[:2])
    np.testing.assert_array_equal(line(axes, "label 1").get_xydata(), POINTS[2:])


def test_logistic_curve() -> None:
    """The curve is the sigmoid of the score, also where that is large, and is one half at the dotted line."""
    axes = figures.draw_logistic_curve([-900.0, 0.0, 900.0], [0, 1, 1], 2.0, -3.0).axes[0]
    curve = line(axes, "the neuron")
    x = curve.get_xdata()
    np.testing.assert_allclose(curve.get_ydata(), 1.0 / (1.0 + np.exp(np.clip(3.0 - 2.0 * x, -500, 500))), atol=1e-12)
    np.testing.assert_array_equal(line(axes, "the data").get_ydata(), [0, 1, 1])
    assert line(axes, "as likely as not: x = 1.50").get_xdata()[0] == 1.5


def test_logistic_curve_without_a_weight() -> None:
    """A weight of 0 draws a level curve and no dotted line."""
    axes = figures.draw_logistic_curve([0.0, 1.0], [0, 1], 0.0, 0.0).axes[0]
    np.testing.assert_array_equal(axes.lines[0].get_ydata(), np.full(300, 0.5))
    assert len(axes.lines) == 2


def test_margin_losses() -> None:
    """The hinge is straight up to 1 and zero after it; the cross-entropy is the logarithm, and ln 2 at 0."""
    axes = figures.draw_margin_losses().axes[0]
    hinge, entropy = line(axes, "hinge loss"), line(axes, "cross-entropy")
    np.testing.assert_allclose(np.interp([-3, 0, 0.5, 1, 4], *hinge.get_data()), [4, 1, 0.5, 0, 0], atol=1e-12)
    margin = entropy.get_xdata()
    np.testing.assert_allclose(entropy.get_ydata(), -np.log(1.0 / (1.0 + np.exp(-margin))), rtol=1e-10)
    assert np.all(np.maximum(hinge.get_ydata(), entropy.get_ydata() / math.log(2.0)) >= (margin <= 0))


def test_lowest_point_of_the_surface() -> None:
    """The star is where least squares puts it, and the ways go through the points that were given."""
    x, actual = SPRING
    path = np.array([[-1.0, 0.0], [0.0, 1.0], [1.0, 1.5]])
    axes = figures.draw_surface(x, actual, {"my way": path}).axes[0]
    exact = LinearRegression().fit(x[:, None], actual)
    np.testing.assert_allclose(line(axes, "lowest point").get_xydata(), [[exact.intercept_, exact.coef_[0]]])
    np.testing.assert_array_equal(line(axes, "my way").get_xydata(), path)


def test_heights_of_the_surface() -> None:
    """All along each contour line the mean squared error is the height of that line."""
    x, actual = SPRING
    contours = figures.draw_surface(x, actual).axes[0].collections[0]
    assert len(contours.levels) >= 6
    for level, path in zip(contours.levels, contours.get_paths(), strict=True):
        errors = np.mean((path.vertices[:, :1] + path.vertices[:, 1:] * x - actual) ** 2, axis=1)
        np.testing.assert_allclose(errors, level, rtol=0.02)


def test_loss_curves() -> None:
    """Every run has its losses over the steps, on a logarithmic scale whose numbers are written plainly."""
    curves = {"slow": [8.0, 7.0, 6.0], "fast": [8.0, 2.0, 0.5]}
    figure = figures.draw_loss_curves(curves, ylabel="error")
    FigureCanvasAgg(figure).draw()
    axes = figure.axes[0]
    assert (axes.get_yscale(), axes.get_ylabel()) == ("log", "error")
    for name, losses in curves.items():
        np.testing.assert_array_equal(line(axes, name).get_xydata(), [[k, loss] for k, loss in enumerate(losses)])
    written = {label.get_text() for label in axes.get_yticklabels(which="both")}
    assert {"0.5", "1", "2", "5"} <= written
