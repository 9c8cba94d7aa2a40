"""The drawings of `network`: layers of neurons, folded planes, decision boundaries and learning curves."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.learner.figures.style import GRADIENT, INK, VALUE

__all__ = ["draw_boundaries", "draw_folds", "draw_history", "draw_networks", "draw_xor", "moons", "spirals"]

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]
Predict = Callable[[Floats], Any]
"""Takes points (N, 2), returns their labels (N,)."""

CLASSES = (("#1f6fb4", "o", ""), ("#c96a12", "^", "////"), ("#7a4fa3", "s", "...."))
"""For each class its colour, its marker and the hatching of its region: no panel needs its colours to be read."""

UNIT = "#eef1f6"
PANEL = 2.7  # inches
GRID = 160
"""Points along each side of a plane where a network is asked for its opinion."""


def moons(count: int, *, noise: float, seed: int) -> tuple[Floats, Labels]:
    """Make two half moons that reach into each other: X (count, 2) and labels 0, 1 (count,), as many of each.

    `noise` is the standard deviation around the moons, whose radius is 1.5.
    """
    rng = np.random.default_rng(seed)
    y = np.arange(count) % 2
    side, angle = 1 - 2 * y, rng.uniform(0.0, np.pi, size=count)
    X = np.stack([side * (np.cos(angle) - 0.5), side * (np.sin(angle) - 0.25)], axis=1)
    return 1.5 * X + noise * rng.normal(size=X.shape), y


def spirals(count: int, *, noise: float, seed: int) -> tuple[Floats, Labels]:
    """Make three arms that wind around the origin: X (count, 2) and labels 0, 1, 2 (count,), as many of each.

    `noise` is the standard deviation around the arms, which end at radius 2.
    """
    rng = np.random.default_rng(seed)
    y = np.arange(count) % 3
    radius = np.sqrt(rng.uniform(0.02, 1.0, size=count))
    angle = 4.0 * radius + 2 * np.pi * y / 3
    X = 2.0 * radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return X + noise * rng.normal(size=X.shape), y


def draw_networks(*networks: Sequence[int]) -> Any:
    """Draw fully connected networks side by side, each given by its layer sizes, inputs first. Returns the figure.

    Neurons are circles, inputs are squares, and every connection is a line.
    """
    figure, panels = _panels(len(networks), height=2.4)
    for axes, sizes in zip(panels, networks, strict=True):
        places = [[(float(layer), (size - 1) / 2 - k) for k in range(size)] for layer, size in enumerate(sizes)]
        for before, after in itertools.pairwise(places):
            for start, end in itertools.product(before, after):
                axes.plot(*zip(start, end, strict=True), color=INK, linewidth=0.7, alpha=0.6, zorder=1)
        for layer, column in enumerate(places):
            marker = "o" if layer else "s"
            axes.scatter(*zip(*column, strict=True), s=260, marker=marker, color=UNIT, edgecolors=INK, zorder=2)
            axes.text(layer, -max(sizes) / 2 - 0.35, _layer_name(layer, sizes), ha="center", va="top", fontsize=8)
        axes.set(xlim=(-0.5, len(sizes) - 0.5), ylim=(-max(sizes) / 2 - 1.0, max(sizes) / 2 + 0.1))
        axes.set_title("(" + ", ".join(map(str, sizes)) + ")", fontsize=10, color=INK)
        axes.axis("off")
    return figure


def draw_folds() -> Any:
    """Draw a square grid, and what two layers make of it: without anything between them, and with a ReLU.

    Returns the figure. The layers are the same in both cases; each line of the grid is one line afterwards.
    """
    W1, b1 = np.array([[1.0, -0.6], [0.5, 1.0]]), np.array([0.7, 0.5])
    W2 = np.array([[0.9, 0.4], [-0.5, 0.8]])
    stages: tuple[tuple[str, Callable[[Floats], Floats]], ...] = (
        ("the plane of the inputs", lambda X: X),
        ("after two linear layers", lambda X: (X @ W1 + b1) @ W2),
        ("with a ReLU between them", lambda X: np.maximum(0.0, X @ W1 + b1) @ W2),
    )
    figure, panels = _panels(len(stages), height=PANEL)
    ends = np.linspace(-1.0, 1.0, 9)
    along = np.linspace(-1.0, 1.0, 201)
    for axes, (title, transform) in zip(panels, stages, strict=True):
        for end in ends:
            across = np.full_like(along, end)
            for line, color, style in (
                (np.stack([along, across], axis=1), VALUE, "-"),
                (np.stack([across, along], axis=1), GRADIENT, "--"),
            ):
                axes.plot(*transform(line).T, color=color, linestyle=style, linewidth=1.1)
        axes.set_title(title, fontsize=10, color=INK)
        axes.set_aspect("equal", adjustable="datalim")
        axes.set(xticks=[], yticks=[])
    return figure


def draw_xor(X: Floats, y: Labels, weights: Mapping[str, Floats]) -> Any:
    """Draw a tiny network of two hidden neurons at work: the plane of its inputs, and that of its hidden neurons.

    X: rows of two inputs and a constant 1, shape (N, 3)
    y: targets 0 or 1, shape (N,)
    weights: dict of W1 (3, 2) and W2 (2, 1)
    Returns the figure. Dashed lines on the left are where one hidden neuron is at one half.
    """
    W1, W2 = np.asarray(weights["W1"]), np.asarray(weights["W2"])
    figure, (left, right) = _panels(2, height=3.2, width=3.2)
    _regions(left, lambda P: _squash(_squash(_with_ones(P) @ W1) @ W2)[:, 0] > 0.5, (-0.4, 1.4), (-0.4, 1.4))
    _regions(right, lambda H: (H @ W2)[:, 0] > 0, (-0.15, 1.15), (-0.15, 1.15))
    for unit in range(2):
        crossing = np.linspace(-0.4, 1.4, 2)
        left.plot(crossing, -(W1[0, unit] * crossing + W1[2, unit]) / W1[1, unit], "--", color=INK, linewidth=1.2)
    _points(left, X[:, :2], y, size=90)
    _points(right, _squash(X @ W1), y, size=90)
    left.set(xlabel="input $x_0$", ylabel="input $x_1$", title="what goes in")
    right.set(xlabel="hidden neuron $h_0$", ylabel="hidden neuron $h_1$", title="what the hidden layer makes of it")
    for axes, points in ((left, X[:, :2]), (right, _squash(X @ W1))):
        axes.title.set(fontsize=10, color=INK)
        _name_rows(axes, X, points)
    return figure


def draw_boundaries(X: Floats, y: Labels, panels: Mapping[str, Predict]) -> Any:
    """Draw the regions that classifiers cut the plane into, one panel for each, with the same points in all.

    X: points (N, 2); y: their labels, 0 to 2, shape (N,)
    panels: dict from the title of a panel to its classifier, a function of points (M, 2) that returns labels (M,)
    Returns the figure.
    """
    figure, axes = _panels(len(panels), height=PANEL)
    (left, bottom), (right, top) = X.min(axis=0) - 0.4, X.max(axis=0) + 0.4
    for plane, (title, predict) in zip(axes, panels.items(), strict=True):
        _regions(plane, predict, (left, right), (bottom, top))
        _points(plane, X, y, size=18)
        plane.set_title(title, fontsize=9, color=INK)
        plane.set(xticks=[], yticks=[])
    return figure


def draw_history(history: Mapping[str, Sequence[float]]) -> Any:
    """Draw the course of a training: the loss over the steps, and both accuracies over the epochs.

    history: dict of lists "loss", "train_accuracy" and "val_accuracy"
    Returns the figure.
    """
    figure, (left, right) = _panels(2, height=2.9, width=3.6)
    loss = np.asarray(history["loss"])
    left.plot(np.arange(1, len(loss) + 1), loss, color=INK, linewidth=0.8)
    left.set(xlabel="step", ylabel="loss of the batch", ylim=(0.0, None))
    epochs = np.arange(1, len(history["train_accuracy"]) + 1)
    right.plot(epochs, history["train_accuracy"], "-", color=VALUE, linewidth=1.8, label="training")
    right.plot(epochs, history["val_accuracy"], "--", color=GRADIENT, linewidth=1.8, label="validation")
    right.set(xlabel="epoch", ylabel="accuracy", ylim=(0.0, 1.03))
    right.legend(frameon=False, loc="lower right")
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    return figure


def _panels(count: int, *, height: float, width: float = PANEL) -> tuple[Any, list[Any]]:
    """Return a white figure that belongs to no window, and its axes from left to right."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width * count, height), facecolor="white", layout="constrained")
    return figure, list(figure.subplots(1, count, squeeze=False)[0])


def _layer_name(layer: int, sizes: Sequence[int]) -> str:
    if layer == 0:
        return "inputs"
    return "output" if layer == len(sizes) - 1 else "hidden"


def _regions(axes: Any, predict: Predict, horizontal: tuple[float, float], vertical: tuple[float, float]) -> None:
    """Fill each class's part of the rectangle with its colour and hatching, with a line between them."""
    x, y = np.meshgrid(np.linspace(*horizontal, GRID), np.linspace(*vertical, GRID))
    labels = np.asarray(predict(np.stack([x.ravel(), y.ravel()], axis=1)), dtype=int).reshape(x.shape)
    for label in np.unique(labels):
        color, _, hatch = CLASSES[label]
        inside = (labels == label).astype(float)
        filled = axes.contourf(x, y, inside, levels=[0.5, 1.5], colors=[color], alpha=0.22, hatches=[hatch])
        filled.set(edgecolor=color, linewidth=0.0)
        if inside.min() == 0.0:
            axes.contour(x, y, inside, levels=[0.5], colors=[INK], linewidths=0.9)
    axes.set(xlim=horizontal, ylim=vertical)


def _points(axes: Any, X: Floats, y: Labels, *, size: float) -> None:
    for label, (color, marker, _) in enumerate(CLASSES):
        axes.scatter(*X[np.asarray(y) == label].T, s=size, c=color, marker=marker, edgecolors="white", linewidths=0.6)


def _name_rows(axes: Any, X: Floats, points: Floats) -> None:
    """Write its two inputs next to each point; points that lie on top of each other share a label."""
    names: dict[tuple[float, float], list[str]] = {}
    for row, point in zip(X, points, strict=True):
        near = next((place for place in names if np.hypot(*np.subtract(place, point)) < 0.1), tuple(point))
        names.setdefault(near, []).append(f"({row[0]:g}, {row[1]:g})")
    for place, texts in names.items():
        below = place[1] > 0.5
        offset = (0, -9) if below else (0, 9)
        axes.annotate(
            "\n".join(texts),
            place,
            xytext=offset,
            textcoords="offset points",
            ha="center",
            va="top" if below else "bottom",
            fontsize=8,
            color=INK,
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.6, "pad": 0.6},
        )


def _with_ones(points: Floats) -> Floats:
    return np.column_stack([points, np.ones(len(points))])


def _squash(z: Floats) -> Floats:
    return np.asarray((1.0 + np.tanh(z / 2.0)) / 2.0)
