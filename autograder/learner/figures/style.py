"""What all drawings have in common: colours that are told apart without seeing colour, and plain axes."""

from __future__ import annotations

from typing import Any

INK, VALUE, GRADIENT = "#1f2430", "#0b6e3b", "#b3261e"
"""Text and lines; what flows forward; what flows back. The two flows differ in line style or place, too."""


def plot(xlabel: str, ylabel: str, *, width: float = 6.4, height: float = 3.4) -> tuple[Any, Any]:
    """Return a white figure of this size in inches, and its one pair of axes. The figure belongs to no window."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), facecolor="white", layout="constrained")
    axes = figure.subplots()
    axes.set(xlabel=xlabel, ylabel=ylabel)
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes
