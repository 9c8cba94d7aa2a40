"""A report as HTML that is at home in light and dark notebooks, and in which nothing of the student's is markup.

Text and lines take the colour of the notebook's own text, or one mixed with it. A state has a sign and a word beside
its colour, an error picture marks that grow with the error. All text is escaped, and kept from being read as formulas,
which notebooks look for between dollar signs; there are no scripts, links or images.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from autograder.learner.picture import LEVELS, RIGHT, ErrorPicture, picture_of
from autograder.learner.results import QuestionReport
from autograder.learner.text import SIGNS, STATES

_GREEN, _ORANGE, _GREY = "#1a8f5a", "#d2601a", "#808080"
_COLOURS = {
    "right": _GREEN,
    "passed": _GREEN,
    "wrong": _ORANGE,
    "failed": _ORANGE,
    "not attempted": _GREY,
    "not run": _GREY,
    "not reached": _GREY,
}
"""For marks: each has a contrast of 3 : 1 or more with white and with the dark theme's grey."""
_TEXT_COLOURS = {state: f"color-mix(in srgb, currentColor 25%, {colour})" for state, colour in _COLOURS.items()}
"""For text, which needs 4.5 : 1: no colour has that on white and on dark grey, so each is mixed with the text's own."""
_LONGEST_UNBROKEN = 30
_CELL = 16
_SIZES = (3, 6, 10, 14)
_STYLE = "font-size: 14px; line-height: 1.45; max-width: 52em; overflow-wrap: anywhere"
_NO_FORMULAS = "mathjax_ignore tex2jax_ignore"


def as_html(report: QuestionReport) -> str:
    """Return the report as one `<section>`."""
    outcomes = [result.outcome for result in report.results]
    return section(f"{_head(report)}{bar(outcomes)}{_rows(report)}{_message(report)}", label=_label(report))


def section(html: str, *, label: str = "") -> str:
    """Return HTML as one section, with a label for screen readers."""
    named = f' aria-label="{escape(label)}"' if label else ""
    return f'<section role="status" class="{_NO_FORMULAS}"{named} style="{_STYLE}">{html}</section>'


def _label(report: QuestionReport) -> str:
    return f"{report.question}: {STATES[report.state][2:]}, {report.headline}"


def _head(report: QuestionReport) -> str:
    colour = _TEXT_COLOURS[report.state]
    return (
        f'<div style="display: flex; flex-wrap: wrap; align-items: baseline; column-gap: .9em; margin: 2px 0 4px">'
        f'<code style="font-weight: bold">{escape(report.question)}</code> '
        f'<span style="color: {colour}; font-weight: bold">{STATES[report.state]}</span> '
        f"<span>{escape(report.headline)}</span></div>"
    )


def bar(outcomes: Sequence[str]) -> str:
    """Draw a bar with one part for each outcome: filled where it is right, hollow where it is not."""
    parts = [
        f'<span style="flex: 1; height: 8px; box-sizing: border-box; border: 1px solid {_COLOURS[outcome]}; '
        f'background: {_GREEN if _COLOURS[outcome] == _GREEN else "transparent"}"></span>'
        for outcome in outcomes
    ]
    return f'<div aria-hidden="true" style="display: flex; gap: 3px; margin: 4px 0 6px">{"".join(parts)}</div>'


def _rows(report: QuestionReport) -> str:
    rows = [
        f'<li style="display: flex; flex-wrap: wrap; column-gap: .8em; margin: 1px 0">'
        f'<span style="flex: 0 0 9.5em; white-space: nowrap; color: {_TEXT_COLOURS[result.outcome]}; '
        f'font-weight: bold">{SIGNS[result.outcome]}</span>'
        f'<span style="flex: 1 1 14em">{code_spans(result.title)}</span></li>'
        for result in report.results
    ]
    return f'<ul style="list-style: none; margin: 0; padding: 0">{"".join(rows)}</ul>'


def _message(report: QuestionReport) -> str:
    if report.state == "right":
        return ""
    picture = picture_of(report.first.error)
    drawn = "" if picture is None else _drawing(picture)
    return (
        f'<div style="border-left: 4px solid {_COLOURS[report.state]}; padding: 2px 0 2px .8em; margin: 8px 0 4px">'
        f"→ {code_spans(report.first.message)}{drawn}</div>"
    )


def code_spans(text: str) -> str:
    """Return plain text as HTML, what stands between backticks in the type of code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    return "".join(_code(part) if place % 2 else escape(part) for place, part in enumerate(parts))


def _code(text: str) -> str:
    """Return a piece of code as HTML; an index such as `dx[0, 1]` stays on one line."""
    unbroken = ' style="white-space: nowrap"' if " " in text and len(text) <= _LONGEST_UNBROKEN else ""
    return f"<code{unbroken}>{escape(text)}</code>"


def _drawing(picture: ErrorPicture) -> str:
    """Draw a square for each entry, the larger the more it is off, and say the same in words."""
    width, height = (_CELL * len(picture.levels[0]), _CELL * len(picture.levels))
    squares = [
        _square(_CELL * column, _CELL * row, level)
        for row, levels in enumerate(picture.levels)
        for column, level in enumerate(levels)
    ]
    label = escape(picture.words.replace("`", ""))
    return (
        f'<figure style="margin: 8px 0 2px"><svg role="img" aria-label="{label}" width="{width}" '
        f'height="{height}" viewBox="0 0 {width} {height}" style="max-width: 100%; height: auto; '
        f'border: 1px solid currentColor">'
        f'{"".join(squares)}</svg><figcaption style="font-size: 13px">{_legend(picture)}'
        f"<br>{code_spans(picture.words)}</figcaption></figure>"
    )


def _square(x: int, y: int, level: int) -> str:
    size = _SIZES[level]
    place = (_CELL - size) / 2
    colour = "currentColor" if level == RIGHT else _COLOURS["wrong"]
    opacity = 0.5 if level == RIGHT else 1
    return (
        f'<rect x="{x + place:g}" y="{y + place:g}" width="{size}" height="{size}" fill="{colour}" '
        f'fill-opacity="{opacity}"/>'
    )


def _legend(picture: ErrorPicture) -> str:
    used = sorted({level for row in picture.levels for level in row})
    parts = [
        f'<span style="white-space: nowrap; margin-right: 1em"><svg aria-hidden="true" width="{_CELL}" '
        f'height="{_CELL}" style="vertical-align: -3px">{_square(0, 0, level)}</svg> {LEVELS[level]}</span>'
        for level in used
    ]
    block = picture.block
    note = "" if block == (1, 1) else f" Each mark stands for {block[0]} × {block[1]} entries, and shows the worst."
    return f"{''.join(parts)}{note}"


def notice(text: str) -> str:
    """Return a paragraph of plain text as HTML."""
    return section(f"→ {code_spans(text)}")
