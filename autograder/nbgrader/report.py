"""A grade as people read it: a report for each question and a summary, as HTML and as plain text.

The HTML stands inside pages of nbgrader and Jupyter, so it brings its own styles, and neither scripts nor anything from
elsewhere. Whatever stands in a record may have been written by a submission: all of it is escaped.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from autograder.plain import plain
from autograder.record import Grade, QuestionResult, TestResult

_SIGNS = {"passed": "✓", "failed": "✗", "error": "✗", "timeout": "◷", "skipped": "–"}
_GREEN, _RED, _GREY, _INK, _LINE = "#1a7f37", "#b42318", "#57606a", "#1f2328", "#d0d7de"
_FACE = "font:14px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"
_MONO = "font-family:ui-monospace,'SF Mono',Menlo,Consolas,monospace"
_CODE = f"{_MONO};font-size:0.92em;color:inherit;background:#eef1f4;padding:1px 4px;border-radius:4px"
_FRAME = (
    f"background:#fff;border:1px solid {_LINE};border-radius:8px;padding:12px 16px;margin:4px 0;max-width:760px;"
    "overflow-wrap:anywhere"
)
_CARD = f"{_FACE};color:{_INK};{_FRAME}"
_OUTCOMES = {
    "right": "right",
    "wrong": "not right yet",
    "not attempted": "not attempted",
    "not gradable": "not gradable",
}


def question_html(result: QuestionResult) -> str:
    """Return the report of one question."""
    parts = [_heading(result), _bar(result)]
    if result.message:
        parts.append(_message(result.message, _colour(result)))
    parts.append(_tests(result))
    return _card(parts)


def question_text(result: QuestionResult) -> str:
    """Return the report of one question for a reader without HTML."""
    lines = [f"{result.name}: {points(result.score)} of {points(result.max_score)} points, {_OUTCOMES[result.outcome]}"]
    if result.message:
        lines.append(plain(result.message))
    for test in result.tests:
        lost = _lost(result, test)
        lines.append(f"  {_SIGNS[test.outcome]} {test.outcome}: {plain(test.name)}{f' ({lost})' if lost else ''}")
    return "\n".join(lines)


def summary_html(grade: Grade) -> str:
    """Return what stands in front of the notebook: score, one line a question, and what was put back."""
    title = _row(
        f"<strong style='font-size:17px'>{escape(grade.assignment)}</strong>", _score(grade.score, grade.max_score, 17)
    )
    parts = [title]
    if grade.reason:
        parts.append(_message(f"This notebook could not be graded: {grade.reason}.", _RED))
    else:
        parts.append(_block("margin-top:8px", "".join(map(_line, grade.questions))))
    if grade.restored:
        items = "".join(f"<li style='margin:0'>{escape(note)}</li>" for note in _distinct(grade.restored))
        text = "Some of the notebook was put back as the assignment has it; that costs no points:"
        parts.append(
            _block(f"margin-top:10px;color:{_GREY}", f"{text}<ul style='margin:2px 0 0;padding-left:22px'>{items}</ul>")
        )
    return _card(parts)


def entry_html(score: str) -> str:
    """Return how the number for the gradebook is shown, which the report above it has told already."""
    return f'<span style="{_FACE};font-size:12px;opacity:0.8">in the gradebook: {_text(score)}</span>'


def points(value: float) -> str:
    """Return a number of points with at most two decimals."""
    return f"{round(value, 2):g}"


def escape(text: str) -> str:
    """Return `text` for HTML, with `code` in backticks set as code."""
    return re.sub(r"`([^`]+)`", rf'<code style="{_CODE}">\1</code>', _text(text))


def _text(text: str) -> str:
    return html.escape(plain(text))


def _card(parts: Iterable[str]) -> str:
    # The classes keep MathJax from taking two dollar signs in a message for a formula.
    return f'<div class="tex2jax_ignore mathjax_ignore" style="{_CARD}">{"".join(parts)}</div>'


def _block(style: str, content: str) -> str:
    return f'<div style="{style}">{content}</div>'


def _row(left: str, right: str) -> str:
    return _block(
        "display:flex;justify-content:space-between;gap:16px;align-items:baseline", f"<div>{left}</div>{right}"
    )


def _score(score: float, most: float, size: int = 14) -> str:
    return (
        f'<div style="white-space:nowrap;min-width:110px;text-align:right;font-size:{size}px">'
        f"<strong>{points(score)}</strong> / {points(most)} point{'' if most == 1 else 's'}</div>"
    )


def _heading(result: QuestionResult) -> str:
    code = f"{_CODE};font-weight:600;font-size:15px"
    outcome = (
        f'<span style="color:{_colour(result)};margin-left:8px;display:inline-block">'
        f"{_mark(result)} {_OUTCOMES[result.outcome]}</span>"
    )
    return _row(f'<code style="{code}">{_text(result.name)}</code>{outcome}', _score(result.score, result.max_score))


def _bar(result: QuestionResult) -> str:
    """Return one segment a test, as wide as its weight: filled where it passed, an empty frame where not."""
    frames = (
        f'<span style="flex:{test.weight:g};height:8px;border-radius:2px;box-sizing:border-box;'
        # A border is printed, a background is not.
        + (f"border-top:8px solid {_GREEN}" if test.outcome == "passed" else f"border:1.5px solid {_RED}")
        + '"></span>'
        for test in result.tests
    )
    return _block("display:flex;gap:2px;margin:8px 0 2px", "".join(frames)) if result.tests else ""


def _message(text: str, colour: str) -> str:
    style = (
        f"margin:10px 0;padding:8px 12px;border-left:4px solid {colour};background:#f6f8fa;border-radius:0 6px 6px 0"
    )
    return _block(style, escape(text))


def _tests(result: QuestionResult) -> str:
    passed = sum(test.outcome == "passed" for test in result.tests)
    if not result.tests:
        return ""
    rows = "".join(_test(result, test) for test in result.tests)
    count = f"{passed} of {len(result.tests)} checks passed"
    if passed < len(result.tests):
        return _block(f"color:{_GREY};margin-top:6px", count) + rows
    fold = f"<summary style='display:list-item;cursor:pointer;color:{_GREY}'>{count}</summary>"
    return f"<details style='margin-top:6px'>{fold}{rows}</details>"


def _test(result: QuestionResult, test: TestResult) -> str:
    colour = _GREEN if test.outcome == "passed" else _RED
    sign = f'<span style="color:{colour};font-weight:600;flex:0 0 86px">{_SIGNS[test.outcome]} {test.outcome}</span>'
    lost = f'<span style="color:{_GREY};white-space:nowrap">{_lost(result, test)}</span>'
    return _block("display:flex;gap:8px;padding:2px 0", f'{sign}<span style="flex:1">{escape(test.name)}</span>{lost}')


def _line(result: QuestionResult) -> str:
    """Return a question in the summary; its name leads to the report, where nbgrader puts an anchor of that name."""
    name = _text(result.name)
    link = f'<a href="#{name}" style="color:{_INK}"><code style="{_CODE}">{name}</code></a>'
    mark = f'<span style="color:{_colour(result)};font-weight:600;flex:0 0 16px">{_mark(result)}</span>'
    said = escape(result.message) if result.message else ""
    style = "display:flex;gap:8px;padding:4px 0;border-top:1px solid #eaeef2;align-items:baseline"
    text = f'<span style="flex:0 0 190px">{link}</span><span class="said" style="flex:1;color:{_GREY}">{said}</span>'
    score = _score(result.score, result.max_score)
    # feedback.css puts the message below where the screen is narrow.
    return f'<div class="autograder-line" style="{style}">{mark}{text}{score}</div>'


def _mark(result: QuestionResult) -> str:
    return {"right": "✓", "not attempted": "○"}.get(result.outcome, "✗")


def _colour(result: QuestionResult) -> str:
    return {"right": _GREEN, "not attempted": _GREY}.get(result.outcome, _RED)


def _lost(result: QuestionResult, test: TestResult) -> str:
    """Return the points that a test cost, as its share of the question's weight."""
    total = sum(each.weight for each in result.tests)
    if test.outcome == "passed" or not total:
        return ""
    return f"−{points(result.max_score * test.weight / total)}"


def _distinct(notes: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(notes))
