"""The drawings of `losses`: two losses over the margin, points and the regions of a classifier, learning curves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.learner.figures.style import GRADIENT, INK, VALUE, plot

__all__ = ["draw_learning_curves", "draw_losses_over_margin", "draw_points", "draw_regions"]

Floats = NDArray[np.float64]
Scores = Callable[[Floats], Any]
"""What a classifier says to points of shape (M, 2): scores of shape (M, C)."""

FILLS = ("#cfe0f3", "#fbe3c0", "#dcdcdc", "#d9edd0", "#eadcf2")
DARK = ("#1c4f8a", "#a85b00", "#404040", "#2f6b1f", "#6b2f86")
MARKERS = ("o", "^", "s", "D", "v")
LINES = ("-", "--", "-.", ":", (0, (6, 1, 1, 1, 1, 1)))
GRID, EVERY = 301, 101
MARGIN = 0.6
"""Free space around the points, in units of the data."""
SURE = 0.9
"""The dashed line is where the softmax gives the winner this probability."""


def draw_losses_over_margin() -> Any:
    """Draw what one example of two classes costs over s_y − s_j, by both losses. Returns the figure."""
    lead = np.linspace(-3.0, 4.0, 281)
    figure, axes = plot("lead of the right class, $s_y - s_j$", "loss of the example")
    axes.plot(lead, np.maximum(0.0, 1.0 - lead), color=VALUE, linewidth=2, label="SVM: max(0, 1 − lead)")
    axes.plot(lead, np.logaddexp(0.0, -lead), "--", color=GRADIENT, linewidth=2, label="softmax: ln(1 + exp(−lead))")
    axes.plot([1.0], [0.0], "o", color=INK, markersize=5, clip_on=False, zorder=3)
    axes.annotate(
        "the SVM is content", (1.0, 0.0), xytext=(8, 78), textcoords="offset points", color=INK, arrowprops=_arrow()
    )
    axes.annotate(
        "the softmax never is",
        (3.0, 0.0486),
        xytext=(-24, 44),
        textcoords="offset points",
        color=INK,
        arrowprops=_arrow(),
    )
    axes.annotate("← the wrong class wins", (-0.05, 3.75), ha="right", color=INK)
    axes.axvline(0.0, color=INK, linewidth=1, linestyle=":")
    axes.set(xlim=(-3.0, 4.0), ylim=(0.0, 4.0))
    axes.legend(frameon=False, loc="upper right")
    return figure


def draw_learning_curves(curves: Mapping[str, Sequence[float]]) -> Any:
    """Draw the losses of several trainings over the steps, on a logarithmic axis; the keys name them.

    Losses that are not finite leave a gap. Returns the figure.
    """
    figure, axes = plot("step", "loss of the batch")
    for number, (name, losses) in enumerate(curves.items()):
        values = np.array(losses, dtype=np.float64)
        values[~np.isfinite(values) | (values <= 0)] = np.nan
        style, colour = LINES[number % len(LINES)], DARK[number % len(DARK)]
        axes.plot(np.arange(len(values)), values, linestyle=style, color=colour, linewidth=1.3, label=name)
    axes.set_yscale("log")
    axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return figure


def draw_points(points: Any, y: Any, names: Sequence[str]) -> Any:
    """Draw points, shape (N, 2), with a marker for each label in y; `names` are theirs. Returns the figure."""
    figure, axes = plot("first feature", "second feature", width=5.2, height=4.2)
    _scatter(axes, np.asarray(points, dtype=np.float64), np.asarray(y), names)
    axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return figure


def draw_regions(points: Any, y: Any, names: Sequence[str], panels: Mapping[str, Scores]) -> Any:
    """Draw where each class wins: a panel for each classifier, with the points on top.

    `panels` maps a title to a function from points, shape (M, 2), to scores, shape (M, C). A region bears the name of
    its class. Beyond the dashed lines the softmax of the scores gives the winner more than 90 %. Returns the figure.
    """
    from matplotlib.figure import Figure

    points, y = np.asarray(points, dtype=np.float64), np.asarray(y)
    figure = Figure(figsize=(max(4.6, 3.5 * len(panels)), 4.2), facecolor="white", layout="constrained")
    for axes, (title, scores) in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels.items(), strict=True):
        _regions(axes, points, names, scores)
        _scatter(axes, points, y, names, size=14)
        axes.set(title=title, xticks=[], yticks=[])
    return figure


def _arrow() -> dict[str, Any]:
    return {"arrowstyle": "-|>", "color": INK, "linewidth": 0.8}


def _scatter(axes: Any, points: Floats, y: Any, names: Sequence[str], *, size: float = 26) -> None:
    for label, name in enumerate(names):
        own = points[y == label]
        marker, colour = MARKERS[label % len(MARKERS)], DARK[label % len(DARK)]
        axes.scatter(
            own[:, 0], own[:, 1], s=size, marker=marker, facecolor="white", edgecolor=colour, linewidth=1.2, label=name
        )


def _regions(axes: Any, points: Floats, names: Sequence[str], scores: Scores) -> None:
    """Fill the plane by the winning class, and outline where it is sure of itself."""
    (left, bottom), (right, top) = points.min(axis=0) - MARGIN, points.max(axis=0) + MARGIN
    x, z = np.meshgrid(np.linspace(left, right, GRID), np.linspace(bottom, top, GRID))
    plane = np.column_stack([x.ravel(), z.ravel()])
    values = np.asarray(scores(plane), dtype=np.float64)
    winners, shares = values.argmax(axis=1), _largest_share(values)
    levels = np.arange(len(names) + 1) - 0.5
    axes.contourf(x, z, winners.reshape(x.shape), levels=levels, colors=FILLS[: len(names)])
    axes.contour(x, z, winners.reshape(x.shape), levels=levels[1:-1], colors=[INK], linewidths=1.2)
    if shares.min() < SURE < shares.max():
        axes.contour(x, z, shares.reshape(x.shape), levels=[SURE], colors=[INK], linewidths=0.9, linestyles="--")
    for label, name in enumerate(names):
        if np.any(winners == label):
            place = _freest(plane[winners == label], np.vstack([points, plane[winners != label][::EVERY]]))
            axes.text(
                *place,
                name,
                ha="center",
                va="center",
                color=DARK[label % len(DARK)],
                fontsize=11,
                weight="bold",
                zorder=5,
            )


def _freest(places: Floats, taken: Floats) -> Floats:
    """Return the one of `places` that is farthest from everything taken and from the edge of the picture."""
    places = places[::EVERY]
    low, high = np.vstack([places, taken]).min(axis=0), np.vstack([places, taken]).max(axis=0)
    room = np.hypot(*(places[:, None] - taken).transpose(2, 0, 1)).min(axis=1)
    edge = np.minimum(places - low, high - places).min(axis=1)
    best: Floats = places[np.argmax(np.minimum(room, edge))]
    return best


def _largest_share(scores: Floats) -> Floats:
    """Return the probability of the winner by the softmax, for each row of scores."""
    share: Floats = 1.0 / np.exp(scores - scores.max(axis=1, keepdims=True)).sum(axis=1)
    return share
