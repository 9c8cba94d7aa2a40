"""A grade as people read it: complete, legible without colours, and inert whatever a record holds."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import msgspec
import pytest

from autograder.nbgrader import report
from autograder.record import Grade, QuestionResult, TestResult

BAD = "<script>alert('1')</script>\"onload=\"x\x1b[31m\u202eevil $x$ `<b>`"


def result(**changes: object) -> QuestionResult:
    tests = (
        TestResult(name="`dx` is right", outcome="passed", weight=1.0, hidden=False),
        TestResult(name="several shapes", outcome="failed", weight=2.0, hidden=True, message="not shown"),
        TestResult(name="large inputs", outcome="timeout", weight=1.0, hidden=True),
    )
    plain = QuestionResult(
        name="relu", score=1.0, max_score=4.0, outcome="wrong", message="`dx[2, 1]` is off", tests=tests
    )
    return msgspec.structs.replace(plain, **changes)


def grade(**changes: object) -> Grade:
    plain = Grade(
        course="nn",
        assignment="gates",
        student="anna",
        submission="0",
        suite="0",
        framework="0",
        graded_at="2030-01-01T00:00:00+00:00",
        seed="0",
        sandbox="full",
        outcome="graded",
        score=1.0,
        max_score=4.0,
        questions=(result(),),
    )
    return msgspec.structs.replace(plain, **changes)


class Seen(HTMLParser):
    """Collects the tags, attributes and text of a page, and whether every tag is closed in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.links: list[str] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [str(value) for name, value in attrs if name == "href"]
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += f"{data} "


def words(page: str) -> str:
    return " ".join(Seen(page).text.split())


def test_the_report_tells_points_message_and_each_test() -> None:
    """A failed test has the points that it cost; what a single test said stays out."""
    said = words(report.question_html(result()))
    assert "relu ✗ not right yet 1 / 4 points" in said
    assert "dx[2, 1] is off" in said
    assert "1 of 3 checks passed" in said
    assert "✓ passed dx is right" in said
    assert "✗ failed several shapes −2" in said
    assert "◷ timeout large inputs −1" in said
    assert "not shown" not in said


def test_the_text_twin_tells_the_same() -> None:
    """One line for the score, one for the message, one for each test."""
    assert report.question_text(result()).splitlines() == [
        "relu: 1 of 4 points, not right yet",
        "`dx[2, 1]` is off",
        "  ✓ passed: `dx` is right",
        "  ✗ failed: several shapes (−2)",
        "  ◷ timeout: large inputs (−1)",
    ]


def test_a_right_answer_folds_its_tests_away() -> None:
    """Who has full points sees one line, and can open the rest."""
    tests = tuple(msgspec.structs.replace(test, outcome="passed") for test in result().tests)
    page = report.question_html(result(outcome="right", score=4.0, message="", tests=tests))
    assert "<details" in page
    assert "3 of 3 checks passed" in words(page)
    assert "−" not in words(page)


def test_an_answer_without_tests_has_no_bar() -> None:
    """What could not be graded has a message and nothing else."""
    said = words(report.question_html(result(outcome="not gradable", score=0.0, tests=())))
    assert said == "relu ✗ not gradable 0 / 4 points dx[2, 1] is off"


@pytest.mark.parametrize(
    ("outcome", "sign"), [("right", "✓"), ("wrong", "✗"), ("not attempted", "○"), ("not gradable", "✗")]
)
def test_every_outcome_has_a_sign_and_a_word(outcome: str, sign: str) -> None:
    """Who sees no colours reads the same."""
    assert words(report.question_html(result(outcome=outcome))).startswith(f"relu {sign} ")


def test_the_summary_has_a_line_for_each_question_that_leads_to_it() -> None:
    """Score, outcome, name, message, and what was put back, each thing once."""
    page = report.summary_html(grade(restored=("cell tags were removed", "cell tags were removed")))
    assert "gates 1 / 4 points" in words(page)
    assert "✗ relu dx[2, 1] is off 1 / 4 points" in words(page)
    assert words(page).count("cell tags were removed") == 1
    assert Seen(page).links == ["#relu"]


def test_the_summary_of_what_is_not_gradable_is_the_reason() -> None:
    """No line for a question, because none was looked at."""
    page = report.summary_html(grade(outcome="not gradable", reason="the file is empty", score=0.0))
    assert "This notebook could not be graded: the file is empty." in words(page)
    assert Seen(page).links == []


def pages_with(text: str) -> list[str]:
    tests = (TestResult(name=text, outcome="failed", weight=1.0, hidden=False, message=text),)
    bad = result(name=text, message=text, tests=tests)
    summary = grade(assignment=text, restored=(text,), questions=(bad,))
    return [
        report.question_html(bad),
        report.summary_html(summary),
        report.summary_html(grade(outcome="not gradable", reason=text)),
        report.entry_html(text),
    ]


@pytest.mark.parametrize("page", pages_with(BAD))
def test_whatever_a_record_holds_is_text(page: str) -> None:
    """No tag, no attribute, no control character, no turned writing direction comes out of a record."""
    seen = Seen(page)
    known = {"div", "span", "code", "strong", "details", "summary", "ul", "li", "a", "style"}
    assert seen.tags <= known
    assert seen.attributes <= {"style", "class", "href"}
    assert "alert('1')" in seen.text
    assert "\x1b" not in page
    assert "\u202e" not in page


@pytest.mark.parametrize("page", pages_with("x"))
def test_a_page_needs_nothing_from_elsewhere(page: str) -> None:
    """No script, no image, no style sheet, no address; and no blank line, which would end HTML inside Markdown."""
    assert not re.search(r"https?:|//|url\(|@import|src=", page)
    assert "\n\n" not in page


@pytest.mark.parametrize(
    ("value", "shown"), [(0.0, "0"), (2.0, "2"), (1.875, "1.88"), (0.1 + 0.2, "0.3"), (35.0, "35"), (100.0, "100")]
)
def test_points_have_two_decimals_at_most(value: float, shown: str) -> None:
    """Whole points look like whole points."""
    assert report.points(value) == shown
