"""The drawings of `neuron`: the neuron, activation functions, lines in the plane, losses and the way downhill."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograder.learner.figures.style import GRADIENT, INK, VALUE, plot

__all__ = [
    "draw_activations",
    "draw_classifier",
    "draw_logistic_curve",
    "draw_loss_curves",
    "draw_margin_losses",
    "draw_neuron",
    "draw_surface",
]

Array = NDArray[np.float64]

BODY, FUNCTION, ROW = 2.9, 4.55, 0.72  # inches from the left: cell body, activation function; between two inputs
STYLES = ("-", "--", ":", "-.", (0, (7, 1, 1, 1, 1, 1)))
FEW_DECADES = 300.0
"""Where the largest loss shown is less than so many times the smallest one, more ticks have a number."""
LEVELS = (0.2, 0.5, 1, 2, 4, 8, 16, 32, 64)
ASIDE = 0.2  # of the diagonal: how far from the middle the arrow w stands
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def draw_neuron(inputs: Sequence[float], weights: Sequence[float], bias: float) -> Any:
    """Draw a sigmoid neuron with the numbers that flow through it, from left to right. Returns the figure."""
    score = float(np.dot(inputs, weights)) + bias
    heights = [ROW * (len(inputs) - 1 - 2 * index) / 2 for index in range(len(inputs))]
    figure, axes = _sheet(bottom=heights[-1] - 0.95, top=max(heights[0] + 0.4, 0.95))
    for index, (height, value, weight) in enumerate(zip(heights, inputs, weights, strict=True), start=1):
        axes.text(0.75, height, _named(f"x{index}", value), ha="center", va="center", color=INK, fontsize=11)
        end = (BODY - 0.36, height * 0.25)
        _arrow(axes, (1.2, height), end, f"× {_named(f'w{index}', weight)}")
    axes.text(BODY, -0.98, f"bias {_named('b', bias)}", ha="center", va="center", color=VALUE, fontsize=11)
    _arrow(axes, (BODY, -0.84), (BODY, -0.36))
    _disc(axes, (BODY, 0.0), "Σ", "adds up")
    _arrow(axes, (BODY + 0.36, 0.0), (FUNCTION - 0.36, 0.0))
    axes.text((BODY + FUNCTION) / 2, 0.09, _named("z", score), ha="center", color=INK, fontsize=11)
    _disc(axes, (FUNCTION, 0.0), "σ", "activation\nfunction")
    _arrow(axes, (FUNCTION + 0.36, 0.0), (FUNCTION + 0.8, 0.0))
    rate = 1.0 / (1.0 + np.exp(-score))
    axes.text(FUNCTION + 0.88, 0.0, f"firing rate\nσ(z) = {rate:.2f}", va="center", color=INK, fontsize=11)
    return figure


def draw_activations() -> Any:
    """Draw six activation functions, each with its slope. Returns the figure."""
    from matplotlib.figure import Figure

    x = np.linspace(-4.0, 4.0, 401)
    sigma, positive = 1.0 / (1.0 + np.exp(-x)), x > 0
    panels = {
        "sigmoid": (sigma, sigma * (1.0 - sigma)),
        "tanh": (np.tanh(x), 1.0 - np.tanh(x) ** 2),
        "ReLU": (np.where(positive, x, 0.0), np.where(positive, 1.0, 0.0)),
        "leaky ReLU, slope 0.1": (np.where(positive, x, 0.1 * x), np.where(positive, 1.0, 0.1)),
        "ELU, alpha 1": (np.where(positive, x, np.expm1(x)), np.where(positive, 1.0, np.exp(x))),
        "maxout of −x − 1 and x/2": (np.maximum(-x - 1.0, x / 2), np.where(-x - 1.0 > x / 2, -1.0, 0.5)),
    }
    figure = Figure(figsize=(8.4, 4.9), facecolor="white", layout="constrained")
    for axes, (title, (value, slope)) in zip(figure.subplots(2, 3, sharex=True).flat, panels.items(), strict=True):
        axes.axhline(0.0, color=INK, linewidth=0.6)
        axes.plot(x, value, color=VALUE, linewidth=2, label="the function")
        axes.plot(x, slope, color=GRADIENT, linewidth=1.6, linestyle="--", label="its slope")
        axes.set_title(title, fontsize=10, color=INK)
        axes.set(ylim=(-1.3, 1.3) if title in ("sigmoid", "tanh") else (-1.3, 3.3))
        axes.spines[["top", "right"]].set_visible(False)
    figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2, frameon=False)
    return figure


def draw_classifier(w: ArrayLike, b: float, X: ArrayLike, y: ArrayLike) -> Any:
    """Draw two features, X of shape (N, 2), with their labels and the line where the score b + w₁x₁ + w₂x₂ is 0.

    The first of two labels gets circles, the other one squares; the arrow is the direction of w. Returns the figure.
    """
    points, weights = np.asarray(X, dtype=np.float64), np.asarray(w, dtype=np.float64)
    figure, axes = plot("$x_1$", "$x_2$", width=5.2, height=4.2)
    for label, marker, color in zip(np.unique(y), "os", (GRADIENT, VALUE), strict=False):
        chosen = points[np.equal(y, label)]
        axes.plot(*chosen.T, marker, color=color, fillstyle="none" if marker == "o" else "full", label=f"label {label}")
    low, high = points.min(axis=0) - 0.6, points.max(axis=0) + 0.6
    axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), aspect="equal")
    if np.any(weights):
        unit = weights / np.hypot(*weights)
        along = np.array([unit[1], -unit[0]]) * (1.0 if unit[0] >= 0 else -1.0)  # down the line, or to the side
        middle = points.mean(axis=0)
        nearest = middle - unit * (b + middle @ weights) / np.hypot(*weights)
        foot = nearest + along * ASIDE * np.hypot(*(high - low))
        axes.axline(foot, foot + along, color=INK, linewidth=1.6, label="score 0")
        arrow = {"arrowstyle": "-|>", "color": INK, "shrinkA": 0, "shrinkB": 0}
        axes.annotate("", foot + unit, foot, arrowprops=arrow)
        axes.annotate("w", foot + unit, xytext=(4, 7), textcoords="offset points", color=INK, weight="bold")
    axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5))
    return figure


def draw_logistic_curve(x: ArrayLike, y: ArrayLike, w: float, b: float, *, xlabel: str = "x") -> Any:
    """Draw labels 0 and 1 over one feature, and the neuron σ(w·x + b) through them. Returns the figure."""
    x = np.asarray(x, dtype=np.float64)
    line = np.linspace(x.min() - 0.5, x.max() + 0.5, 300)
    figure, axes = plot(xlabel, "probability of label 1")
    axes.plot(line, 0.5 * (1.0 + np.tanh(0.5 * (w * line + b))), color=VALUE, linewidth=2, label="the neuron")
    axes.plot(x, y, "o", color=INK, fillstyle="none", label="the data")
    if w:
        axes.axvline(-b / w, color=INK, linewidth=1, linestyle=":", label=f"as likely as not: {xlabel} = {-b / w:.2f}")
    axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5))
    return figure


def draw_margin_losses() -> Any:
    """Draw hinge loss, cross-entropy and the count of mistakes over y·s, for labels −1 and +1. Returns the figure."""
    margin = np.linspace(-3.0, 4.0, 701)
    figure, axes = plot("y · s: how far the score is on the right side", "loss of one example")
    axes.plot(margin, np.maximum(0.0, 1.0 - margin), color=GRADIENT, linewidth=2, label="hinge loss")
    axes.plot(margin, np.logaddexp(0.0, -margin), "--", color=VALUE, linewidth=2, label="cross-entropy")
    axes.step([-3.0, 0.0, 4.0], [1.0, 1.0, 0.0], ":", where="pre", color=INK, linewidth=1.6, label="mistake: 1 or 0")
    axes.plot([0.0], [np.log(2.0)], "o", color=VALUE, markersize=5)
    axes.annotate("ln 2 = 0.69", (0.0, np.log(2.0)), xytext=(-8, -12), textcoords="offset points", ha="right")
    axes.plot([1.0], [0.0], "s", color=GRADIENT, markersize=5)
    axes.annotate("a margin of 1 is enough", (1.0, 0.0), xytext=(24, 42), textcoords="offset points", arrowprops=_THIN)
    axes.legend(frameon=False, loc="upper right")
    return figure


def draw_surface(x: ArrayLike, actual: ArrayLike, paths: Mapping[str, ArrayLike] | None = None) -> Any:
    """Draw the mean squared error of the line B0 + B1·x as a map over (B0, B1), and ways through it.

    x, actual: the data, shape (N,); paths: by name, points (B0, B1) in order, shape (steps + 1, 2).
    Returns the figure.
    """
    x, actual = np.asarray(x, dtype=np.float64), np.asarray(actual, dtype=np.float64)
    slope, intercept = np.polyfit(x, actual, 1)
    b0, b1 = np.meshgrid(np.linspace(intercept - 5, intercept + 5, 201), np.linspace(slope - 3, slope + 3, 201))
    error = np.mean((b0[..., None] + b1[..., None] * x - actual) ** 2, axis=-1)
    figure, axes = plot("B0", "B1", width=6.4, height=4.0)
    levels = [level for level in LEVELS if level > np.min(error)]
    axes.clabel(axes.contour(b0, b1, error, levels=levels, colors="#8a93a6", linewidths=0.9), fontsize=8, fmt="%g")
    axes.plot([intercept], [slope], "*", color=INK, markersize=11, label="lowest point")
    marks = zip((paths or {}).items(), (VALUE, GRADIENT, INK), STYLES, "osD", strict=False)
    for (name, path), color, style, marker in marks:
        axes.plot(
            *np.asarray(path).T, linestyle=style, marker=marker, markersize=3, color=color, linewidth=1.2, label=name
        )
    axes.set(xlim=(b0.min(), b0.max()), ylim=(b1.min(), b1.max()))
    axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5))
    return figure


def draw_loss_curves(curves: Mapping[str, ArrayLike], *, ylabel: str = "loss") -> Any:
    """Draw losses over steps, by name, on a logarithmic scale. Returns the figure."""
    from matplotlib.ticker import LogLocator, StrMethodFormatter

    figure, axes = plot("step", ylabel)
    for index, (name, losses) in enumerate(curves.items()):
        color = (VALUE, GRADIENT, INK)[index % 3]
        style = STYLES[index % len(STYLES)]
        axes.semilogy(np.asarray(losses), linestyle=style, color=color, linewidth=1.8, label=name)
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    if np.divide(*reversed(axes.get_ylim())) < FEW_DECADES:
        axes.yaxis.set_minor_locator(LogLocator(subs=(2.0, 5.0)))
        axes.yaxis.set_minor_formatter(StrMethodFormatter("{x:g}"))
    axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5))
    return figure


_THIN = {"arrowstyle": "-", "color": INK, "linewidth": 0.8}


def _named(name: str, value: float) -> str:
    """Write `x₁ = −2` for ("x1", -2.0)."""
    return f"{name.translate(SUBSCRIPTS)} = {value:g}".replace("-", "−")


def _sheet(*, bottom: float, top: float) -> tuple[Any, Any]:
    """Return a figure and its axes, measured in inches."""
    from matplotlib.figure import Figure

    low = min(bottom, -1.2)
    figure = Figure(figsize=(6.7, top - low), facecolor="white")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, 6.7), ylim=(low, top))
    axes.axis("off")
    return figure, axes


def _arrow(axes: Any, start: tuple[float, float], end: tuple[float, float], text: str = "") -> None:
    """Draw an arrow with a text above it, turned with it so that the two never cross."""
    axes.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": INK, "shrinkA": 0, "shrinkB": 0})
    along = np.subtract(end, start) / np.hypot(*np.subtract(end, start))
    place = np.add(start, end) / 2 + 0.05 * np.array([-along[1], along[0]])
    turned = {"rotation": float(np.degrees(np.arctan2(along[1], along[0]))), "rotation_mode": "anchor"}
    axes.text(*place, text, ha="center", va="bottom", color=VALUE, **turned)


def _disc(axes: Any, place: tuple[float, float], text: str, note: str) -> None:
    from matplotlib.patches import Circle

    axes.add_patch(Circle(place, 0.36, facecolor="#eef1f6", edgecolor=INK, linewidth=1.3))
    axes.text(*place, text, ha="center", va="center_baseline", fontsize=17, color=INK)
    axes.text(place[0], 0.44, note, ha="center", va="bottom", fontsize=9, style="italic", color=INK)
