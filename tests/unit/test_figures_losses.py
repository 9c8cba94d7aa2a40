"""The drawings of `losses`: right numbers, and nothing that only colour tells apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from autograder.learner.figures import losses as figures

NAMES = ("apple", "pear", "plum")
POINTS = np.array([[2.0, 1.0], [-2.0, 1.0], [0.0, -2.0], [1.5, 0.5], [-1.0, 2.0], [0.5, -1.5]])
LABELS = np.array([0, 1, 2, 0, 1, 2])
COLUMNS = np.array([[1.0, -1.0, 0.0], [0.5, 0.5, -1.0]])


def scores(points: np.ndarray) -> np.ndarray:
    """Return scores whose regions are three sectors around the origin."""
    return points @ COLUMNS


PANELS = {"weak": scores, "strong": lambda p: 9 * scores(p)}
DRAWINGS: dict[str, Callable[[], Any]] = {
    "margin": figures.draw_losses_over_margin,
    "curves": lambda: figures.draw_learning_curves({"slow": [2.0, 1.9, 1.8], "fast": [2.0, 1.0, 0.5]}),
    "points": lambda: figures.draw_points(POINTS, LABELS, NAMES),
    "regions": lambda: figures.draw_regions(POINTS, LABELS, NAMES, PANELS),
}


def test_losses_over_the_margin() -> None:
    """The curves are the two losses, by the softmax of two scores and a maximum, and pass 1 and ln 2 at no lead."""
    hinge, entropy = figures.draw_losses_over_margin().axes[0].lines[:2]
    lead = hinge.get_xdata()
    np.testing.assert_allclose(hinge.get_ydata(), [max(0.0, 1.0 - x) for x in lead])
    shares = np.exp(lead) / (np.exp(lead) + 1.0)
    np.testing.assert_allclose(entropy.get_ydata(), -np.log(shares), rtol=1e-12)
    middle = int(np.argmin(np.abs(lead)))
    assert lead[middle] == pytest.approx(0.0, abs=1e-12)
    assert (hinge.get_ydata()[middle], entropy.get_ydata()[middle]) == pytest.approx((1.0, np.log(2.0)))
    assert hinge.get_linestyle() != entropy.get_linestyle()


def test_learning_curves() -> None:
    """Each training has its line over the steps, on a logarithmic axis, told apart by name and style."""
    curves = {f"rate {k}": [2.0 / k, 1.0 / k] for k in range(1, 6)}
    axes = figures.draw_learning_curves(curves).axes[0]
    for line, (name, losses) in zip(axes.lines, curves.items(), strict=True):
        assert line.get_label() == name
        np.testing.assert_array_equal(line.get_xdata(), [0, 1])
        np.testing.assert_array_equal(line.get_ydata(), losses)
    assert axes.get_yscale() == "log"
    assert len({str(line._unscaled_dash_pattern) for line in axes.lines}) == 5
    assert [text.get_text() for text in axes.get_legend().get_texts()] == list(curves)


@pytest.mark.parametrize("losses", [[1.0, np.inf, 3.0], [1.0, np.nan, 3.0], [1.0, 0.0, 3.0], [1.0, -2.0, 3.0]])
def test_gaps_in_learning_curves(losses: list[float]) -> None:
    """What a logarithmic axis cannot show leaves a gap, and no warning."""
    figure = figures.draw_learning_curves({"wild": losses})
    FigureCanvasAgg(figure).draw()
    np.testing.assert_array_equal(figure.axes[0].lines[0].get_ydata(), [1.0, np.nan, 3.0])


def test_points() -> None:
    """Each class has a marker of its own at its points, and its name in the legend."""
    axes = figures.draw_points(POINTS.tolist(), LABELS.tolist(), NAMES).axes[0]
    for label, collection in enumerate(axes.collections):
        np.testing.assert_array_equal(collection.get_offsets(), POINTS[np.equal(LABELS, label)])
    assert len({collection.get_paths()[0].vertices.tobytes() for collection in axes.collections}) == 3
    assert [text.get_text() for text in axes.get_legend().get_texts()] == list(NAMES)


def test_regions() -> None:
    """Each region bears the name of the class that wins there, away from the points; each panel has its title."""
    figure = figures.draw_regions(POINTS, LABELS, NAMES, PANELS)
    assert [axes.get_title() for axes in figure.axes] == ["weak", "strong"]
    for axes in figure.axes:
        places = {text.get_text(): np.array(text.get_position()) for text in axes.texts}
        assert set(places) == set(NAMES)
        for label, name in enumerate(NAMES):
            assert np.argmax(scores(places[name][None])) == label
            assert np.min(np.hypot(*(POINTS - places[name]).T)) > 0.3


def test_line_of_nine_tenths() -> None:
    """The dashed line runs where the softmax of the scores gives the winner nine tenths."""
    axes = figures.draw_regions(POINTS, LABELS, NAMES, {"": lambda p: 3 * scores(p)}).axes[0]
    dashed = [one for one in axes.collections if one.get_linestyle()[0][1] is not None]
    (line,) = dashed
    on_it = np.vstack([path.vertices for path in line.get_paths()])
    shares = np.exp(3 * scores(on_it))
    np.testing.assert_allclose(shares.max(axis=1) / shares.sum(axis=1), 0.9, atol=2e-3)


def test_regions_of_a_classifier_that_knows_nothing() -> None:
    """Where one class wins everywhere, or none is sure, it is drawn all the same."""
    figure = figures.draw_regions(POINTS, LABELS, NAMES, {"": lambda p: np.zeros((len(p), 3))})
    FigureCanvasAgg(figure).draw()
    assert [text.get_text() for text in figure.axes[0].texts] == ["apple"]


def test_a_picture_leaves_its_data_alone() -> None:
    """Points, labels and losses are as they were afterwards."""
    points, labels, curve = POINTS.copy(), LABELS.copy(), np.array([1.0, np.inf, -1.0])
    figures.draw_regions(points, labels, NAMES, {"": scores})
    figures.draw_points(points, labels, NAMES)
    figures.draw_learning_curves({"one": curve})
    np.testing.assert_array_equal(points, POINTS)
    np.testing.assert_array_equal(labels, LABELS)
    np.testing.assert_array_equal(curve, [1.0, np.inf, -1.0])


@pytest.mark.parametrize("kind", DRAWINGS)
def test_text_stays_inside(kind: str) -> None:
    """Nothing that is written sticks out of the picture."""
    figure = DRAWINGS[kind]()
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    width, height = figure.get_size_inches() * figure.dpi
    for axes in figure.axes:
        legend = axes.get_legend()
        for text in [
            *axes.texts,
            axes.title,
            axes.xaxis.label,
            axes.yaxis.label,
            *(legend.get_texts() if legend else []),
        ]:
            box = text.get_window_extent(canvas.get_renderer())
            assert not text.get_text() or (box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height), text


@pytest.mark.parametrize("kind", DRAWINGS)
def test_no_figure_stays_open(kind: str) -> None:
    """A drawing belongs to its cell alone: pyplot knows nothing of it, so it is shown once."""
    import matplotlib.pyplot as plt

    before = plt.get_fignums()
    DRAWINGS[kind]()
    assert plt.get_fignums() == before
