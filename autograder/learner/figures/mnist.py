"""The drawings of `mnist`: digits, what a network makes of them, and how good it is at it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograder.learner.figures.style import GRADIENT, INK, VALUE, plot

__all__ = [
    "draw_accuracies",
    "draw_confusion",
    "draw_digits",
    "draw_learning_curve",
    "draw_learning_rates",
    "draw_pixels",
    "draw_trace",
    "draw_weights",
]

SIDE, CELL = 28, 0.62
"""Pixels along the side of an image; inches of one image in a grid."""
DARK = 128
"""On a pixel darker than this, the number is written in white."""
FEW = 12
"""So many neurons, and no more, are numbered in a drawing."""
STEPS = 60
"""How many steps of gradient descent are shown."""


def draw_digits(images: ArrayLike, captions: Sequence[object] = (), *, columns: int = 12) -> Any:
    """Draw images (N, 28, 28), or rows of 784 pixels, in a grid with a caption under each. Returns the figure."""
    pictures = _pictures(images)
    figure, grid = _grid(len(pictures), columns, caption=bool(len(captions)))
    for axes, picture in zip(grid, pictures, strict=False):
        axes.imshow(picture, cmap="gray", vmin=0, vmax=max(1.0, float(np.max(pictures))))
    for axes, caption in zip(grid, captions, strict=False):
        axes.set_title(str(caption), y=-0.4, fontsize=9, color=INK)
    return figure


def draw_pixels(image: ArrayLike, *, top: int = 6, left: int = 8, size: int = 12) -> Any:
    """Draw an image, and a square of it enlarged with the brightness written on every pixel. Returns the figure."""
    from matplotlib.patches import Rectangle

    picture = _pictures(image)[0]
    figure, (whole, part) = _row([3.2, 4.6], height=5.0)
    whole.imshow(picture, cmap="gray", vmin=0, vmax=255)
    whole.add_patch(Rectangle((left - 0.5, top - 0.5), size, size, fill=False, edgecolor="#ffb000", linewidth=2))
    whole.set_title("28 × 28 pixels", fontsize=10, color=INK)
    part.imshow(picture[top : top + size, left : left + size], cmap="gray", vmin=0, vmax=255)
    part.set_title("the square: 0 is black, 255 is white", fontsize=10, color=INK)
    for line, column in np.ndindex(size, size):
        value = int(picture[top + line, left + column])
        shade = "white" if value < DARK else "black"
        part.text(column, line, str(value), ha="center", va="center", fontsize=7, color=shade)
    return figure


def draw_trace(image: ArrayLike, trace: Sequence[tuple[ArrayLike, ArrayLike]]) -> Any:
    """Draw one image's way through a network: pixels, then the activations of every layer as bars.

    `trace` is what `forward_pass_trace` returns. The largest output is filled, the others are hatched. Returns the
    figure.
    """
    figure, (first, *others) = _row([2.6, *[2.4] * len(trace)], height=3.0)
    first.imshow(_pictures(image)[0], cmap="gray")
    first.set_title("input: 784 pixels", fontsize=10, color=INK)
    for layer, (axes, (_, a)) in enumerate(zip(others, trace, strict=True), start=1):
        values = np.asarray(a, dtype=float)
        last = layer == len(trace)
        bars = axes.barh(np.arange(len(values)), values, color="white" if last else VALUE, edgecolor=VALUE, height=0.7)
        axes.set(xlim=(0, 1), xticks=[0, 1], ylim=(len(values) - 0.4, -0.6))
        axes.set_yticks(np.arange(len(values)) if len(values) <= FEW else [])
        axes.set_axis_on()
        axes.spines[["top", "right"]].set_visible(False)
        name = "output: one neuron a digit" if last else f"layer {layer}: {len(values)} neurons"
        axes.set_title(name, fontsize=10, color=INK)
        if last:
            _mark_largest(bars, int(np.argmax(values)))
    return figure


def draw_learning_rates(X: ArrayLike, y: ArrayLike, *, rates: Sequence[float] = (0.002, 0.3, 20.0)) -> Any:
    """Draw how the loss of a linear classifier falls, or does not, with three learning rates. Returns the figure.

    X, y: some 2,000 prepared images (N, 784) and their labels (N,)
    """
    figure, axes = plot("step", "loss")
    styles = zip(
        rates, ("too small", "about right", "too large"), ("--", "-", ":"), (INK, VALUE, GRADIENT), strict=True
    )
    for rate, words, line, color in styles:
        losses = _linear_losses(np.asarray(X, dtype=float), np.asarray(y), rate)
        axes.plot(losses, line, color=color, linewidth=1.8, label=f"{rate:g}: {words}")
    axes.axhline(math.log(10), color=INK, linewidth=0.8)
    axes.annotate(
        "ln 10: guessing", (STEPS, math.log(10)), xytext=(0, 3), textcoords="offset points", ha="right", color=INK
    )
    axes.set(ylim=(0, 8), xlim=(0, STEPS))
    axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5), title="learning rate")
    return figure


def draw_learning_curve(counts: Sequence[int], seen: Sequence[float], unseen: Sequence[float]) -> Any:
    """Draw accuracy over the number of training images, on these images and on others. Returns the figure."""
    figure, axes = plot("training images", "accuracy")
    axes.semilogx(counts, seen, "s--", color=INK, label="images it was trained on")
    axes.semilogx(counts, unseen, "o-", color=VALUE, linewidth=2, label="images it has never seen")
    axes.axhline(0.1, color=GRADIENT, linewidth=1, linestyle=":", label="guessing")
    axes.set(ylim=(0, 1.03), xticks=counts, xticklabels=[f"{count:,}" for count in counts])
    axes.minorticks_off()
    axes.legend(frameon=False, loc="center right")
    return figure


def draw_accuracies(accuracies: Mapping[str, float], *, marks: Sequence[float] = (0.8, 0.9, 0.93, 0.95)) -> Any:
    """Draw named accuracies as bars, with a line at each of the marks that earn points. Returns the figure."""
    figure, axes = plot("accuracy", "", height=0.9 + 0.45 * len(accuracies))
    names, values = list(accuracies), list(accuracies.values())
    axes.barh(names, values, color="#d7dde8", edgecolor=INK, height=0.6)
    for place, value in enumerate(values):
        axes.annotate(f"{value:.1%}", (0.0, place), xytext=(5, 0), textcoords="offset points", va="center", color=INK)
    for mark in marks:
        axes.axvline(mark, color=GRADIENT, linewidth=1, linestyle=":")
    axes.set(xlim=(0, 1))
    axes.set_title("dotted: " + ", ".join(f"{mark:g}" for mark in marks), loc="right", fontsize=9, color=GRADIENT)
    axes.invert_yaxis()
    return figure


def draw_confusion(matrix: ArrayLike) -> Any:
    """Draw a confusion matrix with all counts; the darker a mistake, the more of its row it is. Returns the figure.

    The diagonal, where all is well, is framed.
    """
    from matplotlib.patches import Rectangle

    counts = np.asarray(matrix)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure, axes = plot("predicted", "actual", width=5.6, height=5.2)
    shades = np.sqrt(np.where(np.eye(len(counts), dtype=bool), 0.0, shares))  # mistakes are few: the root shows them
    axes.imshow(shades, cmap="Oranges", vmin=0, vmax=max(float(shades.max()), 0.1) * 1.3)
    for i, j in np.ndindex(counts.shape):
        if counts[i, j]:
            weight = "bold" if i == j else "normal"
            axes.text(j, i, str(counts[i, j]), ha="center", va="center", fontsize=8, color=INK, weight=weight)
    for i in range(len(counts)):
        axes.add_patch(Rectangle((i - 0.5, i - 0.5), 1, 1, fill=False, edgecolor=VALUE, linewidth=1.5))
    axes.set(xticks=range(len(counts)), yticks=range(len(counts)))
    return figure


def draw_weights(W: ArrayLike, *, columns: int = 10, most: int = 30) -> Any:
    """Draw the weights (784, H) of the first neurons as images: red for positive, blue for negative, white for zero.

    The `most` neurons with the largest weights are shown, each with a scale of its own. Returns the figure.
    """
    weights = np.asarray(W, dtype=float).T
    largest = np.argsort(-np.linalg.norm(weights, axis=1))[:most]
    figure, grid = _grid(len(largest), columns, caption=False)
    for axes, index in zip(grid, largest, strict=False):
        limit = float(np.max(np.abs(weights[index]))) or 1.0
        axes.imshow(weights[index].reshape(SIDE, SIDE), cmap="RdBu_r", vmin=-limit, vmax=limit)
    return figure


def _linear_losses(X: NDArray[np.float64], y: NDArray[Any], rate: float) -> list[float]:
    """Return the mean softmax loss of a linear classifier before each step of gradient descent on all images."""
    weights, wanted, losses = np.zeros((X.shape[1], 10)), np.equal.outer(y, np.arange(10)), []
    for _ in range(STEPS + 1):
        scores = X @ weights
        log_share = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
        losses.append(-float(np.sum(log_share, where=wanted)) / len(y))
        weights += rate / len(y) * X.T @ (wanted - np.exp(log_share))
    return losses


def _pictures(images: ArrayLike) -> NDArray[Any]:
    return np.asarray(images).reshape(-1, SIDE, SIDE)


def _mark_largest(bars: Any, largest: int) -> None:
    for index, bar in enumerate(bars):
        if index == largest:
            bar.set_facecolor(VALUE)
        else:
            bar.set_hatch("////")


def _grid(count: int, columns: int, *, caption: bool) -> tuple[Any, list[Any]]:
    """Return a figure and its axes, one for each of `count` pictures, without frames."""
    from matplotlib.figure import Figure

    rows = math.ceil(count / columns)
    height = CELL * (1.5 if caption else 1.08)
    figure = Figure(figsize=(columns * CELL * 1.08, rows * height), facecolor="white")
    grid = list(figure.subplots(rows, columns, squeeze=False).flat)
    figure.subplots_adjust(
        0.01, 0.25 / rows if caption else 0.01, 0.99, 0.99, wspace=0.08, hspace=0.45 if caption else 0.08
    )
    for axes in grid:
        axes.axis("off")
    return figure, grid


def _row(widths: Sequence[float], *, height: float) -> tuple[Any, list[Any]]:
    """Return a figure with axes of these widths (inches) side by side, without frames."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(sum(widths), height), facecolor="white", layout="constrained")
    axes = list(figure.subplots(1, len(widths), width_ratios=widths))
    for each in axes:
        each.axis("off")
    return figure, axes
