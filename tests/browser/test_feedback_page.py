"""A feedback page on a phone, on paper, and without a network."""

from __future__ import annotations

import base64
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from autograder import notebook
from tests import minicourse
from tests.browser.readable import seen_in, too_faint
from tests.pictures import picture
from tests.system.conftest import ROOT, CourseFolder

pytestmark = pytest.mark.browser

PHONE, PAPER = 390, 718
UNBROKEN = "no_space_to_break_at_" * 12
LOUD = f"def double(x):\n    raise ValueError({UNBROKEN!r})"
COLUMNS = 12
TABLE = "\n".join(["| " + " | ".join(text * COLUMNS) + " |" for text in (["heading"], ["---"], ["a cell"])])
NOTES = f"## Notes\n\n{UNBROKEN} and `{UNBROKEN}` and $\\{UNBROKEN}$\n\n{TABLE}\n\n![sketch](attachment:a.png)"
OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def feedback(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a student in whose notebook everything is too wide."""
    root = minicourse.write_course(tmp_path_factory.mktemp("course"))
    shutil.copy(ROOT / "nbgrader_config.py", root)
    course = CourseFolder(root, "mini")
    course.nbgrader("generate_assignment", "mini")
    answer = course.answered({"double": LOUD, "square": minicourse.RIGHT["square"]})
    sketch = {"a.png": {"image/png": base64.b64encode(picture("PNG", 1500, 20)).decode()}}
    answer.cells.insert(0, notebook.new_cell("markdown", NOTES, {}, pictures=sketch))
    answer.cells.insert(1, notebook.new_cell("code", f"print('{UNBROKEN}')  # {'long ' * 40}", {}))
    course.submit("wide", answer)
    course.nbgrader("autograde", "mini")
    course.nbgrader("generate_feedback", "mini")
    return root / "feedback" / "wide" / "mini" / "mini.html"


@pytest.fixture
def open_page(feedback: Path, browser: Browser) -> Iterator[OpenPage]:
    """Return a function that opens the page in a window of some width, where nothing else answers."""
    contexts = []

    def open_at(width: int, *, phone: bool = False) -> Page:
        contexts.append(browser.new_context(viewport={"width": width, "height": 844}, is_mobile=phone, offline=True))
        page = contexts[-1].new_page()
        page.goto(feedback.as_uri())
        return page

    yield open_at
    for context in contexts:
        context.close()


def width(page: Page) -> int:
    """Return how wide the whole page is."""
    return int(page.evaluate("document.documentElement.scrollWidth"))


def test_the_page_is_as_wide_as_the_phone(open_page: OpenPage, shots: Path) -> None:
    """What is wider scrolls in its own place or is wrapped, and nothing of it is cut off."""
    page = open_page(PHONE, phone=True)
    page.screenshot(path=shots / "feedback-phone.png", full_page=True)
    assert width(page) == page.evaluate("innerWidth") == PHONE
    for place in (page.locator(".text_cell_render", has=page.locator("table")), page.locator(".input_area pre").first):
        assert place.evaluate("element => element.scrollWidth > element.clientWidth")
        assert place.evaluate("element => getComputedStyle(element).overflowX") == "auto"
    assert page.get_by_role("img", name="sketch").evaluate("element => element.clientWidth") < PHONE
    for card in page.locator("div.mathjax_ignore").all():
        assert card.evaluate("element => element.scrollWidth <= element.clientWidth")


def test_the_summary_has_the_message_below_on_a_phone(open_page: OpenPage) -> None:
    """Name and points stand in one line, the message below them over the whole width."""
    line = open_page(PHONE, phone=True).locator(".autograder-line").first
    name, said, score = (line.locator(f":scope > :nth-child({place})").bounding_box() for place in (2, 3, 4))
    assert name
    assert said
    assert score
    assert abs(name["y"] - score["y"]) < name["height"]
    assert said["y"] >= name["y"] + name["height"] / 2
    assert said["width"] > PHONE / 2


def test_cells_of_tables_stand_apart(open_page: OpenPage) -> None:
    """Text does not touch the text of the next column."""
    cell = open_page(1280).locator("td").first
    assert cell.evaluate("element => parseFloat(getComputedStyle(element).paddingRight)") >= 5


def test_all_text_stands_out(open_page: OpenPage, shots: Path) -> None:
    """Prose, code, links, scores, messages and checks have a contrast of 4.5 : 1."""
    page = open_page(1280)
    page.screenshot(path=shots / "feedback.png", full_page=True)
    seen = [each for each in seen_in(page.locator("body")) if each.kind == "text"]
    assert len(seen) > 50
    assert too_faint(seen) == []


def test_links_lead_to_their_place(open_page: OpenPage) -> None:
    """From the summary to a question, with no network."""
    page = open_page(1280)
    page.locator(".autograder-line").get_by_role("link", name="square").click()
    expect(page.locator("a[name='square'] + .panel-heading")).to_be_in_viewport()


def test_the_page_does_not_wait_for_formulas(feedback: Path, browser: Browser) -> None:
    """Where the server of MathJax does not answer, the page is there, and formulas are as they were written."""
    asked: list[str] = []
    with browser.new_context() as context:
        page = context.new_page()

        def leave_waiting(route: Route) -> None:
            asked.append(route.request.url)

        page.route(re.compile("^https?:"), leave_waiting)
        page.goto(feedback.as_uri(), wait_until="commit")
        expect(page.get_by_text("in the gradebook: 3.0")).to_be_visible()
        expect(page.get_by_text("$\\no_space_to_break_at_")).to_be_visible()
    assert [address.partition("?")[0].rpartition("/")[2] for address in asked] == ["latest.js"]


def test_it_can_be_printed(open_page: OpenPage, shots: Path) -> None:
    """Nothing is cut off at the margin, and checks that passed are told from the others without backgrounds."""
    page = open_page(PAPER)
    page.emulate_media(media="print")
    page.screenshot(path=shots / "feedback-print.png", full_page=True)
    assert width(page) == PAPER
    for code in page.locator("pre").all():
        assert code.evaluate("element => element.scrollWidth <= element.clientWidth")
    thickness = "all => all.map(e => parseFloat(getComputedStyle(e).borderTopWidth))"
    bars = page.locator("[style*='height:8px']").evaluate_all(thickness)
    assert len(bars) == 5
    assert sum(each == 8 for each in bars) == 2  # those of the right answer
