"""A report as HTML: everything is there in words, and nothing of the student's becomes markup."""

from __future__ import annotations

from html.parser import HTMLParser

import numpy as np
import pytest

from autograder.errors import CallFailed, Mismatch
from autograder.learner.page import as_html, code_spans, notice
from autograder.learner.results import CheckResult, QuestionReport
from autograder.learner.text import as_text

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)> & `<b>` \x1b[31m"


class Elements(HTMLParser):
    """Collects tags, attributes and text, and notes what is closed in the wrong order."""

    VOID = ("br", "rect")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that has no content."""
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        """Check that the last one opened is closed first."""
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Collect text."""
        self.text += data


def wrong(message: str = "wrong", error: Exception | None = None, title: str = "It holds.") -> QuestionReport:
    results = (CheckResult("Fine.", "passed"), CheckResult(title, "failed", message, error))
    return QuestionReport("sigmoid_backward", results, hidden=7)


def test_the_page_says_what_the_text_says() -> None:
    """State, headline, each check and the message are all there as text."""
    page = Elements(as_html(wrong("`dx` has the wrong sign.")))
    for part in ("sigmoid_backward", "✗ not right yet", "1 of 2 visible checks pass; 7 hidden ones run at grading"):
        assert part in page.text
    for part in ("✓ passed", "✗ failed", "Fine.", "It holds.", "→ dx has the wrong sign."):
        assert part in page.text


def test_nothing_of_a_student_becomes_markup() -> None:
    """Titles, messages and names of arrays are text, whatever they hold."""
    error = Mismatch(HOSTILE, "value", "", path=HOSTILE, got=np.ones(3), expected=2 * np.ones(3))
    page = Elements(as_html(wrong(HOSTILE, error, HOSTILE)))
    assert {"script", "img", "b"} & set(page.tags) == set()
    assert not any(name.startswith("on") or name in ("href", "src") for name, _ in page.attributes)
    assert "<script>alert(1)</script>" in page.text


def test_a_picture_has_a_twin_in_words() -> None:
    """The drawing is labelled, and the same words stand below it."""
    error = Mismatch("dx", "value", "", path="dx[0]", got=np.array([1.0, 2.0]), expected=np.array([2.0, 2.0]))
    page = Elements(as_html(wrong(error=error)))
    words = "1 of 2 entries of `dx` are off: `dx[0]` by 50 %."
    assert ("role", "img") in page.attributes
    assert ("aria-label", words.replace("`", "")) in page.attributes
    assert words.replace("`", "") in page.text
    assert page.tags.count("rect") == 2 + 2  # the entries, and the legend of the two levels


@pytest.mark.parametrize("error", [None, CallFailed("f", "raised", "raised")])
def test_without_arrays_there_is_no_picture(error: Exception | None) -> None:
    """A failed call has a message only."""
    assert "svg" not in Elements(as_html(wrong(error=error))).tags


def test_a_right_answer_has_no_message() -> None:
    """All green, and nothing to look at."""
    page = Elements(as_html(QuestionReport("f", (CheckResult("Fine.", "passed"),))))
    assert "✓ right so far" in page.text
    assert "→" not in page.text
    assert "→" not in as_text(QuestionReport("f", (CheckResult("Fine.", "passed"),)))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("`dx[0]` is wrong", "<code>dx[0]</code> is wrong"),
        ("an odd ` one", "an odd ` one"),
        ("`a<b` & `c`", "<code>a&lt;b</code> &amp; <code>c</code>"),
        ("", ""),
    ],
)
def test_backticks_become_code(text: str, html: str) -> None:
    """What stands in backticks is set as code; a lone one is left."""
    assert code_spans(text) == html


def test_a_notice_is_escaped() -> None:
    """Hints go the same way."""
    assert "script" not in Elements(notice(HOSTILE)).tags
