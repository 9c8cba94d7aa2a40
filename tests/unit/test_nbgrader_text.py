"""What a submission wrote, made harmless: prose in pages, messages in comments."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import nbformat
import pytest
from nbconvert.filters import markdown2html

from autograder import notebook
from autograder.nbgrader.comments import markdown
from autograder.nbgrader.defuse import defuse, without_tags

LIVE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\\\\<script>alert(1)</script>",
    "`<script>`<script>alert(1)</script>",
    "```\n<script>\n```\n<script>alert(1)</script>",
    "<!-- --><svg onload=alert(1)>",
    "<?xml?><a href=javascript:alert(1)>x</a>",
    "[x](javascript:alert(1))",
    "[x](JavaScript:alert(1))",
    "[x](java&#115;cript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](java&amp;#115;cript:alert(1))",
    "[x](javascript\\:alert(1))",
    "[x][y]\n\n[y]: javascript:alert(1)",
    "[x](data:text/html,<script>alert(1)</script>)",
    "![x](javascript:alert(1))",
    "<javascript:alert(1)>",
    "<details open ontoggle=alert(1)>",
    "`` ` `` <script>alert(1)</script> `",
]
QUIET = [
    "\\<script>alert(1)</script>",
    "$<script>alert(1)</script>$",
    "$$\n<script>alert(1)</script>\n$$",
    "[x](<java\tscript:alert(1)>)",
    "[x](<\tjavascript:alert(1)>)",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
]


PLAIN = {"p", "code", "pre", "em", "strong", "a", "img", "span", "div", "br", "ul", "li", "ol", "h1", "blockquote"}


class Page(HTMLParser):
    """Reads a rendered page as a browser does, and collects what could run."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.live: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            scheme = re.sub(r"[\x00-\x20]", "", value or "").lower().partition(":")[0]
            if name.startswith("on") or (name in ("href", "src") and scheme in ("javascript", "vbscript", "data")):
                self.live.append(f"{tag} {name}={value}")
        if tag not in PLAIN:
            self.live.append(tag)


@pytest.mark.parametrize("text", LIVE + QUIET)
def test_no_tag_of_a_markdown_cell_is_live(text: str) -> None:
    """nbconvert, which takes tags over as they are, finds none."""
    assert Page(markdown2html(without_tags(text))).live == []


@pytest.mark.parametrize("text", LIVE)
def test_these_would_be_live(text: str) -> None:
    """Left as they are nbconvert makes tags or links of them."""
    assert Page(markdown2html(text)).live != []


@pytest.mark.parametrize("text", ["*a* < b", "$a<3$", "a <= b << c", "- item\n- `x[0]`", "<3"])
def test_ordinary_markdown_stays(text: str) -> None:
    """Comparison signs that open no tag are left alone."""
    assert without_tags(text) == text


@pytest.mark.parametrize(
    "text", [*LIVE, *QUIET, "a\n\n# head", "* item", "| a | b |\n|---|---|", "![x](http://x/y.png)", "~~no~~"]
)
def test_a_comment_is_one_paragraph_of_text(text: str) -> None:
    """Whatever a message holds, only code is marked up."""
    page = markdown2html(markdown(text)).strip()
    assert page.count("<p>") == 1
    assert set(re.findall(r"<(\w+)", page)) <= {"p", "code"}


@pytest.mark.parametrize(
    "text", ["`dW1[3, 7]` is twice the right value", "`a < b` and `x * y`", "look at the sign_of dx"]
)
def test_a_usual_message_reads_the_same_in_a_text_field(text: str) -> None:
    """The formgrader shows comments as plain text, so escapes would be in the way."""
    assert markdown(text) == text


def test_only_the_students_own_cells_are_changed() -> None:
    """Tags in the assignment's prose stay, code is code, and a raw cell becomes what it looks like."""
    lesson = notebook.new_cell("markdown", "<b>lesson</b>", {})
    original = notebook.new_notebook([lesson], {})
    cells = [lesson, *(notebook.new_cell(kind, "<b>x</b>", {}) for kind in ("markdown", "raw", "code"))]
    submitted = nbformat.from_dict(notebook.new_notebook(cells, {}))
    defuse(submitted, original)
    assert [cell.source for cell in submitted.cells] == [
        "<b>lesson</b>",
        "< b>x< /b>",
        "&lt;b&gt;x&lt;/b&gt;",
        "<b>x</b>",
    ]
