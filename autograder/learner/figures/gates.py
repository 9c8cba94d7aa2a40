"""The drawings of `gates`: circuits with their values and gradients, and a few curves."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograder.learner.figures.style import GRADIENT, INK, VALUE, plot

__all__ = ["draw_circuit", "draw_sigmoid", "draw_step_error"]

Node = tuple[str, float, float]
"""What is written on a node, and its place (x, y) in units of one column and one row."""

Edge = tuple[str, str, float, float]
"""From node, to node, the value that flows forward and the gradient that flows back."""

COLUMN, ROW = 1.05, 0.62  # inches
GATE_RADIUS, INPUT_RADIUS = 0.2, 0.18
LABEL_GAP = 0.045


def draw_circuit(
    nodes: Mapping[str, Node],
    edges: Sequence[Edge],
    *,
    digits: int = 0,
    notes: Mapping[str, str] | None = None,
) -> Any:
    """Draw a computational graph: the value above each edge, the gradient below it.

    A node with edges in and out is a gate and gets a circle; the others are inputs and outputs. `digits` is
    the number of decimals; `notes` puts a short text under a node. Returns the matplotlib figure, which a
    notebook shows when it is the last line of a cell. An edge to a node that is not there raises KeyError.
    """
    place = {name: (x * COLUMN, y * ROW) for name, (_, x, y) in nodes.items()}
    gates = {end for _, end, _, _ in edges} & {start for start, _, _, _ in edges}
    figure, axes = _canvas(list(place.values()))
    for start, end, value, gradient in edges:
        radii = [GATE_RADIUS if name in gates else INPUT_RADIUS for name in (start, end)]
        _edge(axes, place[start], place[end], radii, _number(value, digits), _number(gradient, digits))
    for name, (text, _, _) in nodes.items():
        _node(axes, place[name], text, gate=name in gates, note=(notes or {}).get(name, ""))
    return figure


def draw_sigmoid() -> Any:
    """Draw the sigmoid and its slope between −8 and 8, and the point x = 1 on both. Returns the figure."""
    x = np.linspace(-8.0, 8.0, 401)
    out = 1.0 / (1.0 + np.exp(-x))
    figure, axes = plot("x", "")
    axes.plot(x, out, color=VALUE, linewidth=2, label="σ(x)")
    axes.plot(x, np.gradient(out, x), color=GRADIENT, linewidth=2, linestyle="--", label="slope of σ at x")
    axes.plot([1, 1], [0.7311, 0.1966], "o", color=INK, markersize=5)
    for height, text in ((0.7311, "σ(1) = 0.73"), (0.1966, "slope 0.20")):
        axes.annotate(text, (1, height), xytext=(10, -3), textcoords="offset points", color=INK)
    axes.legend(frameon=False, loc="upper left")
    return figure


def draw_step_error() -> Any:
    """Draw the error of both kinds of differences of e^x at x = 1 over the step. Returns the figure."""
    h = np.logspace(-13, 0, 140)
    x, slope = 1.0, math.e
    central = (np.exp(x + h) - np.exp(x - h)) / (2 * h)
    one_sided = (np.exp(x + h) - np.exp(x)) / h
    figure, axes = plot("step h", "relative error")
    for estimate, style, color, label in (
        (one_sided, "--", GRADIENT, "one-sided: to the right only"),
        (central, "-", VALUE, "central: both sides"),
    ):
        axes.loglog(h, np.abs(estimate - slope) / slope, style, color=color, linewidth=1.8, label=label)
    axes.axvline(1e-5, color=INK, linewidth=1, linestyle=":")
    axes.annotate("h = 1e-5", (1e-5, 2e-12), xytext=(6, 0), textcoords="offset points", color=INK)
    axes.annotate("← too small:\nrounding", (1e-13, 1e-10), color=INK)
    axes.annotate("too large: →\nthe function bends", (1.0, 1e-10), color=INK, ha="right")
    axes.legend(frameon=False, loc="upper left")
    return figure


def _number(value: float, digits: int) -> str:
    """Write a number with a real minus sign; what rounds to zero has none."""
    text = f"{value:.{digits}f}"
    return text.lstrip("-") if float(text) == 0 else text.replace("-", "−")


def _canvas(places: Sequence[tuple[float, float]]) -> tuple[Any, Any]:
    """Return a figure and its axes, measured in inches, with the legend in the lower left corner."""
    from matplotlib.figure import Figure

    left, right = min(x for x, _ in places) - 0.4, max(x for x, _ in places) + 0.4
    bottom, top = min(y for _, y in places) - 0.75, max(y for _, y in places) + 0.35
    figure = Figure(figsize=(right - left, top - bottom), facecolor="white")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(left, right), ylim=(bottom, top))
    axes.axis("off")
    axes.text(left + 0.1, bottom + 0.1, "above: value →", color=VALUE, fontsize=9)
    axes.text(left + 1.3, bottom + 0.1, "below: ← gradient", color=GRADIENT, fontsize=9, style="italic")
    return figure, axes


def _edge(
    axes: Any,
    start: tuple[float, float],
    end: tuple[float, float],
    radii: Sequence[float],
    value: str,
    gradient: str,
) -> None:
    """Draw an arrow from rim to rim with its two labels, turned with it so that they never cross it."""
    along = np.subtract(end, start)
    along = along / np.hypot(*along)
    tail, head = np.add(start, along * radii[0]), np.subtract(end, along * radii[1])
    across = np.array([-along[1], along[0]]) * LABEL_GAP
    middle = (tail + head) / 2 - along * 0.03
    axes.annotate("", head, tail, arrowprops={"arrowstyle": "-|>", "color": INK, "shrinkA": 0, "shrinkB": 0})
    style = {
        "rotation": math.degrees(math.atan2(along[1], along[0])),
        "rotation_mode": "anchor",
        "ha": "center",
    }
    axes.text(*(middle + across), value, va="bottom", color=VALUE, fontsize=10, **style)
    axes.text(*(middle - across), gradient, va="top", color=GRADIENT, fontsize=10, style="italic", **style)


def _node(axes: Any, place: tuple[float, float], text: str, *, gate: bool, note: str) -> None:
    from matplotlib.patches import Circle

    if gate:
        axes.add_patch(Circle(place, GATE_RADIUS, facecolor="#eef1f6", edgecolor=INK, linewidth=1.3))
    size = 14 if len(text) == 1 or not gate else 9
    axes.text(*place, text, ha="center", va="center_baseline", fontsize=size, color=INK)
    if note:
        below = place[1] - (GATE_RADIUS if gate else INPUT_RADIUS) - LABEL_GAP
        axes.text(place[0], below, note, ha="center", va="top", fontsize=9, style="italic", color=GRADIENT)
