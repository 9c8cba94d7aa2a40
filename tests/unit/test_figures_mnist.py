"""The drawings of `mnist`: right numbers in the right places, readable without colour, and nothing left behind."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.optimize
import sklearn.datasets
from matplotlib.backends.backend_agg import FigureCanvasAgg

from autograder.learner.figures import mnist as figures

IMAGES = np.random.default_rng(6).integers(256, size=(14, 28, 28)).astype(np.uint8)
TRACE = [
    (np.array([0.0, 1.0, -1.0]), np.array([0.5, 0.73, 0.27])),
    (np.array([1.0, 3.0, 0.0, 2.0]), np.array([0.1, 0.6, 0.05, 0.25])),
]
MATRIX = np.array([[8, 2, 0], [0, 5, 0], [1, 0, 3]])
LEARNED = np.random.default_rng(7).normal(size=(784, 12)) * np.arange(1, 13)

DRAWINGS: dict[str, Callable[[], Any]] = {
    "digits": lambda: figures.draw_digits(IMAGES, range(14)),
    "pixels": lambda: figures.draw_pixels(IMAGES[0]),
    "trace": lambda: figures.draw_trace(IMAGES[0] / 255, TRACE),
    "rates": lambda: figures.draw_learning_rates(IMAGES.reshape(14, -1) / 255, np.arange(14) % 10),
    "curve": lambda: figures.draw_learning_curve([100, 1000], [0.9, 0.95], [0.7, 0.9]),
    "accuracies": lambda: figures.draw_accuracies({"guessing": 0.1, "yours": 0.97}),
    "confusion": lambda: figures.draw_confusion(MATRIX),
    "weights": lambda: figures.draw_weights(LEARNED),
}


def shown(axes: Any) -> np.ndarray:
    """Return the pixels of the one image in these axes."""
    (image,) = axes.images
    return np.asarray(image.get_array())


def written(axes: Any) -> dict[tuple[float, float], str]:
    """Return what is written in these axes, by place."""
    return {text.get_position(): text.get_text() for text in axes.texts}


@pytest.mark.parametrize("images", [IMAGES, IMAGES.reshape(14, 784)])
def test_digits(images: np.ndarray) -> None:
    """Every image is in the grid, in reading order, with its caption; the rest of the grid is empty."""
    axes = figures.draw_digits(images, [f"a {n}" for n in range(14)], columns=5).axes
    assert len(axes) == 15
    for n in range(14):
        np.testing.assert_array_equal(shown(axes[n]), IMAGES[n])
        assert axes[n].get_title() == f"a {n}"
    assert not axes[14].images


def test_pixels() -> None:
    """The enlarged square has the brightness of each of its pixels, in white on dark and black on light."""
    whole, part = figures.draw_pixels(IMAGES[3], top=2, left=5, size=4).axes
    np.testing.assert_array_equal(shown(whole), IMAGES[3])
    np.testing.assert_array_equal(shown(part), IMAGES[3][2:6, 5:9])
    assert written(part) == {(c, r): str(IMAGES[3][2 + r, 5 + c]) for r in range(4) for c in range(4)}
    for text in part.texts:
        assert text.get_color() == ("white" if int(text.get_text()) < 128 else "black")
    (frame,) = whole.patches
    assert (frame.get_x(), frame.get_y(), frame.get_width(), frame.get_height()) == (4.5, 1.5, 4, 4)


def test_trace() -> None:
    """Each layer has a bar for each activation, and of the outputs the largest alone is filled."""
    image, hidden, output = figures.draw_trace(IMAGES[0], TRACE).axes
    np.testing.assert_array_equal(shown(image), IMAGES[0])
    for axes, (_, a) in zip((hidden, output), TRACE, strict=True):
        np.testing.assert_allclose([bar.get_width() for bar in axes.patches], a)
    assert [bar.get_hatch() is None for bar in output.patches] == [False, True, False, False]
    assert [tick.get_text() for tick in output.get_yticklabels()] == ["0", "1", "2", "3"]
    assert output.yaxis_inverted()


def test_learning_rates() -> None:
    """Losses begin at ln 10; the small rate falls less than the middle one, and the large one jumps above it."""
    small = sklearn.datasets.load_digits()
    X, y = small.images[:600].repeat(3, axis=1).repeat(4, axis=2).reshape(600, -1) / 16, small.target[:600]
    figure = figures.draw_learning_rates(X, y)
    slow, right, wild = (line.get_ydata() for line in figure.axes[0].lines[:3])
    assert [losses[0] for losses in (slow, right, wild)] == pytest.approx([np.log(10)] * 3)
    assert slow[0] > slow[-1] > 2 * right[-1]
    assert np.max(wild) > 2 * wild[0]
    assert len({line.get_linestyle() for line in figure.axes[0].lines[:3]}) == 3


def test_a_step_of_the_linear_classifier() -> None:
    """The losses are those of steps along the numerical gradient of the mean softmax loss."""
    rng = np.random.default_rng(5)
    X, y, rate = rng.uniform(size=(6, 3)), np.array([1, 4, 0, 9, 4, 2]), 0.5

    def loss(flat: np.ndarray) -> float:
        powers = np.exp(X @ flat.reshape(3, 10))
        return float(np.mean(-np.log(powers[np.arange(6), y] / powers.sum(axis=1))))

    weights = np.zeros(30)
    for expected in figures._linear_losses(X, y, rate)[:4]:
        assert expected == pytest.approx(loss(weights), rel=1e-6)
        weights = weights - rate * scipy.optimize.approx_fprime(weights, loss)


def test_learning_curve() -> None:
    """Both lines have the given numbers, and differ in style; chance level is marked."""
    axes = figures.draw_learning_curve([100, 1000], [0.9, 0.95], [0.7, 0.9]).axes[0]
    seen, unseen, chance = axes.lines
    np.testing.assert_array_equal(seen.get_xydata(), [(100, 0.9), (1000, 0.95)])
    np.testing.assert_array_equal(unseen.get_xydata(), [(100, 0.7), (1000, 0.9)])
    assert set(chance.get_ydata()) == {0.1}
    assert len({line.get_linestyle() for line in axes.lines}) == 3
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["100", "1,000"]


def test_accuracies() -> None:
    """Each bar is as long as its accuracy and has it in writing; each mark has its line."""
    axes = figures.draw_accuracies({"guessing": 0.1, "yours": 0.974}, marks=(0.8, 0.95)).axes[0]
    assert [bar.get_width() for bar in axes.patches] == [0.1, 0.974]
    assert [text.get_text() for text in axes.texts] == ["10.0%", "97.4%"]
    assert [line.get_xdata()[0] for line in axes.lines] == [0.8, 0.95]
    assert axes.get_title(loc="right") == "dotted: 0.8, 0.95"


def test_confusion() -> None:
    """Every count but 0 stands in its place; mistakes are darker where they are more of their row."""
    axes = figures.draw_confusion(MATRIX).axes[0]
    assert written(axes) == {(j, i): str(MATRIX[i, j]) for i in range(3) for j in range(3) if MATRIX[i, j]}
    shades = shown(axes)
    assert shades[2, 0] > shades[0, 1] > shades[1, 0] == shades[0, 0] == 0
    assert [(frame.get_x(), frame.get_y()) for frame in axes.patches] == [(i - 0.5, i - 0.5) for i in range(3)]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("predicted", "actual")


def test_confusion_without_mistakes() -> None:
    """A matrix with empty rows and no mistakes can be drawn, too."""
    assert shown(figures.draw_confusion(np.diag([3, 0, 4])).axes[0]).max() == 0


def test_weights() -> None:
    """The neurons with the largest weights are shown, each as an image with zero in the middle of its own scale."""
    axes = figures.draw_weights(LEARNED, columns=2, most=4).axes
    assert len(axes) == 4
    for place, neuron in enumerate((11, 10, 9, 8)):
        np.testing.assert_array_equal(shown(axes[place]), LEARNED[:, neuron].reshape(28, 28))
        low, high = axes[place].images[0].get_clim()
        assert -low == high == np.abs(LEARNED[:, neuron]).max()


def test_weights_of_nothing() -> None:
    """Weights that are all zero are shown as such."""
    assert not shown(figures.draw_weights(np.zeros((784, 1))).axes[0]).any()


@pytest.mark.parametrize("name", DRAWINGS)
def test_text_stays_inside(name: str) -> None:
    """Nothing that is written sticks out of the picture."""
    figure = DRAWINGS[name]()
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    width, height = figure.get_size_inches() * figure.dpi
    texts = [text for axes in figure.axes for text in (axes.title, axes.xaxis.label, axes.yaxis.label, *axes.texts)]
    for text in texts:
        if text.get_text():
            box = text.get_window_extent(canvas.get_renderer())
            assert box.x0 >= 0, text
            assert box.y0 >= 0, text
            assert box.x1 <= width + 1, text
            assert box.y1 <= height + 1, text


@pytest.mark.parametrize("name", DRAWINGS)
def test_no_figure_stays_open(name: str) -> None:
    """A drawing belongs to its cell alone: pyplot knows nothing of it, so it is shown once."""
    import matplotlib.pyplot as plt

    before = plt.get_fignums()
    DRAWINGS[name]()
    assert plt.get_fignums() == before


def test_import_is_light() -> None:
    """Importing the module does not import matplotlib."""
    code = "import sys, autograder.learner.figures.mnist; print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
