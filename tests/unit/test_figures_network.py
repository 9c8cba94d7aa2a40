"""The drawings of `network`: right numbers, readable without colour, and nothing left behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from autograder.learner.figures import network as figures

XOR_X = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])
XOR_Y = np.array([0, 1, 1, 0])
BAND = {"W1": np.array([[20.0, 20.0], [20.0, 20.0], [-10.0, -30.0]]), "W2": np.array([[10.0], [-20.0]])}
"""Weights of XOR worked out by hand: at least one input is on, but not both."""

HISTORY = {"loss": [1.1, 0.7, 0.8, 0.4], "train_accuracy": [0.5, 0.9], "val_accuracy": [0.4, 0.8]}


def left_of_three(points: Any) -> Any:
    """Classify by the first coordinate: 0, 1 or 2."""
    return np.digitize(points[:, 0], [-0.5, 0.5])


def everything() -> list[Any]:
    """Draw each kind of figure once."""
    X, y = figures.spirals(30, noise=0.1, seed=0)
    return [
        figures.draw_networks((3, 4, 2), (3, 4, 4, 1)),
        figures.draw_folds(),
        figures.draw_xor(XOR_X, XOR_Y, BAND),
        figures.draw_boundaries(X, y, {"one": left_of_three, "two": left_of_three}),
        figures.draw_history(HISTORY),
    ]


@pytest.mark.parametrize(("make", "classes"), [(figures.moons, 2), (figures.spirals, 3)])
def test_data(make: Callable[..., Any], classes: int) -> None:
    """Each class has its share, the same seed gives the same points, and another one gives others."""
    X, y = make(120, noise=0.2, seed=5)
    assert X.shape == (120, 2)
    assert np.bincount(y).tolist() == [120 // classes] * classes
    again, _ = make(120, noise=0.2, seed=5)
    other, _ = make(120, noise=0.2, seed=6)
    np.testing.assert_array_equal(again, X)
    assert not np.any(np.all(other == X, axis=1))


def test_moons_without_noise() -> None:
    """Every point lies on the upper half of one circle or on the lower half of the other."""
    X, y = figures.moons(200, noise=0.0, seed=1)
    centres = np.array([[-0.75, -0.375], [0.75, 0.375]])[y]
    np.testing.assert_allclose(np.hypot(*(X - centres).T), 1.5)
    assert np.all((X - centres)[y == 0, 1] >= 0)
    assert np.all((X - centres)[y == 1, 1] <= 0)


def test_spirals_without_noise() -> None:
    """The arms are one curve, turned by a third of a circle from class to class, that ends at radius 2."""
    X, y = figures.spirals(300, noise=0.0, seed=1)
    radius = np.hypot(*X.T)
    turn = (np.arctan2(X[:, 1], X[:, 0]) - 2.0 * radius - 2 * np.pi * y / 3) / (2 * np.pi)
    np.testing.assert_allclose(turn, np.round(turn), atol=1e-9)
    assert 0 < radius.min() < radius.max() <= 2.0


def test_noise_is_a_standard_deviation() -> None:
    """Points scatter around where they are without noise as widely as it says."""
    for make in (figures.moons, figures.spirals):
        apart = make(3000, noise=0.3, seed=2)[0] - make(3000, noise=0.0, seed=2)[0]
        assert np.std(apart) == pytest.approx(0.3, rel=0.05)


def test_networks() -> None:
    """The networks of the notes have a line for every weight, a mark for everybody, and a name under each layer."""
    axes = figures.draw_networks((3, 4, 2), (3, 4, 4, 1)).axes
    assert [len(panel.lines) for panel in axes] == [20, 32]
    assert [[len(layer.get_offsets()) for layer in panel.collections] for panel in axes] == [[3, 4, 2], [3, 4, 4, 1]]
    assert [panel.get_title() for panel in axes] == ["(3, 4, 2)", "(3, 4, 4, 1)"]
    names = [[text.get_text() for text in panel.texts] for panel in axes]
    assert names == [["inputs", "hidden", "output"], ["inputs", "hidden", "hidden", "output"]]


def test_connections_lead_from_layer_to_layer() -> None:
    """Every line joins two neighbours, each pair once."""
    lines = figures.draw_networks((2, 3, 1)).axes[0].lines
    ends = {tuple(map(tuple, line.get_xydata())) for line in lines}
    assert len(ends) == len(lines) == 9
    assert all(end[0] - start[0] == 1.0 for start, end in ends)


def bends(line: Any) -> float:
    """Return how far a line leaves the straight way between its ends."""
    points = line.get_xydata()
    start, along = points[0], points[-1] - points[0]
    steps = points - start
    return float(np.max(np.abs(along[0] * steps[:, 1] - along[1] * steps[:, 0])) / np.hypot(*along))


def test_folds() -> None:
    """Two linear layers leave all lines of the grid straight; with a ReLU between them many have corners."""
    plane, linear, folded = figures.draw_folds().axes
    assert len(plane.lines) == len(linear.lines) == len(folded.lines) == 18
    assert max(map(bends, [*plane.lines, *linear.lines])) < 1e-12
    assert sum(bends(line) > 0.1 for line in folded.lines) >= 6


def test_xor() -> None:
    """The points lie where the hidden neurons put them, and a dashed line runs where a neuron is at one half."""
    left, right = figures.draw_xor(XOR_X, XOR_Y, BAND).axes
    hidden = 1 / (1 + np.exp(-(XOR_X @ BAND["W1"])))
    for panel, points in ((left, XOR_X[:, :2]), (right, hidden)):
        drawn = [layer.get_offsets() for layer in panel.collections if len(layer.get_offsets()) == 2]
        np.testing.assert_allclose(drawn[0], points[XOR_Y == 0], atol=1e-9)
        np.testing.assert_allclose(drawn[1], points[XOR_Y == 1], atol=1e-9)
    for line, total in zip(left.lines, (0.5, 1.5), strict=True):
        np.testing.assert_allclose(line.get_xydata().sum(axis=1), total)
        assert line.get_linestyle() == "--"
    assert sorted(text.get_text() for text in right.texts) == ["(0, 0)", "(0, 1)\n(1, 0)", "(1, 1)"]


def test_boundaries() -> None:
    """Every panel has its title, all points, and a region for each class, which the classifier was asked for."""
    X, y = figures.spirals(60, noise=0.1, seed=3)
    asked: list[Any] = []

    def predict(points: Any) -> Any:
        asked.append(points)
        return left_of_three(points)

    figure = figures.draw_boundaries(X, y, {"many": predict, "one": lambda points: np.ones(len(points), dtype=int)})
    assert [panel.get_title() for panel in figure.axes] == ["many", "one"]
    assert len(asked) == 1
    assert np.all(asked[0].min(axis=0) < X.min(axis=0))
    assert np.all(asked[0].max(axis=0) > X.max(axis=0))
    for panel, regions in zip(figure.axes, (3, 1), strict=True):
        hatched = [layer for layer in panel.collections if getattr(layer, "filled", False)]
        assert len(hatched) == regions
        points = [layer.get_offsets() for layer in panel.collections if len(layer.get_offsets()) > 1]
        np.testing.assert_allclose(np.concatenate(points), np.concatenate([X[y == label] for label in range(3)]))


def test_classes_differ_in_more_than_colour() -> None:
    """Markers and hatching tell the classes apart as well."""
    _, markers, hatches = zip(*figures.CLASSES, strict=True)
    assert len(set(markers)) == len(set(hatches)) == len(figures.CLASSES)


def test_history() -> None:
    """The curves are the numbers of the history, counted from one, in two styles of line with a legend."""
    left, right = figures.draw_history(HISTORY).axes
    np.testing.assert_array_equal(left.lines[0].get_xydata(), [[1, 1.1], [2, 0.7], [3, 0.8], [4, 0.4]])
    np.testing.assert_array_equal(right.lines[0].get_xydata(), [[1, 0.5], [2, 0.9]])
    np.testing.assert_array_equal(right.lines[1].get_xydata(), [[1, 0.4], [2, 0.8]])
    assert right.lines[0].get_linestyle() != right.lines[1].get_linestyle()
    assert [text.get_text() for text in right.get_legend().get_texts()] == ["training", "validation"]


def test_text_stays_inside() -> None:
    """Nothing that is written sticks out of its picture."""
    for figure in everything():
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        width, height = figure.get_size_inches() * figure.dpi
        for axes in figure.axes:
            for text in [*axes.texts, axes.title, axes.xaxis.label, axes.yaxis.label]:
                box = text.get_window_extent(canvas.get_renderer())
                assert not text.get_text() or (box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height)


def test_no_figure_stays_open() -> None:
    """A drawing belongs to its cell alone: pyplot knows nothing of it, so it is shown once."""
    import matplotlib.pyplot as plt

    before = plt.get_fignums()
    assert len(everything()) == 5
    assert plt.get_fignums() == before
