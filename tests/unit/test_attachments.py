"""Pictures pasted into text cells: which are kept, and that nbconvert makes a page of whatever a student wrote."""

from __future__ import annotations

import base64
import copy
import json
import re
from typing import Any

import nbformat
import pytest
from nbconvert import HTMLExporter
from nbformat import NotebookNode

from autograder import attachments, notebook
from autograder.nbgrader.defuse import defuse
from autograder.restore import restore
from tests.pictures import FORMATS, claiming, picture

PNG = picture("PNG")
TEXT = base64.b64encode(PNG).decode()
PASTED = "![x](attachment:a.png)"
BLANK = notebook.new_notebook([notebook.new_cell("markdown", "# Lesson", {})], {})


def read(source: str, given: Any, kind: str = "markdown") -> NotebookNode:
    """Return what is read of a notebook with one cell that has these attachments."""
    cell = {"cell_type": kind, "id": "a", "metadata": {}, "source": source, "attachments": given}
    return notebook.read(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}).encode())


def page(submitted: NotebookNode) -> str:
    """Return the page that nbconvert makes of it after it was made whole and harmless, as nbgrader gets it."""
    whole = restore(submitted, BLANK).notebook
    defuse(whole, BLANK)
    nbformat.validate(whole)
    return str(HTMLExporter(template_name="basic").from_notebook_node(whole)[0])


def pictures(submitted: NotebookNode) -> list[str]:
    """Return the pictures that stand in the page, each as it is written there."""
    return re.findall(r'src="(data:[^"]*)"', page(submitted))


class TestKept:
    @pytest.mark.parametrize("kind", FORMATS)
    def test_a_picture_is_kept(self, kind: str) -> None:
        """The three kinds that browsers and Jupyter take are kept, byte by byte."""
        mime, text = f"image/{kind.lower()}", base64.b64encode(picture(kind)).decode()
        assert attachments.kept({"a.png": {mime: text}}, PASTED) == {"a.png": {mime: text}}

    def test_the_kind_is_that_of_the_bytes(self) -> None:
        """A picture under the name of another kind is shown as what it is."""
        assert attachments.kept({"a.png": {"image/jpeg": TEXT}}, PASTED) == {"a.png": {"image/png": TEXT}}

    @pytest.mark.parametrize("text", [TEXT + "\n", [TEXT[:8] + "\n", TEXT[8:]], f" {TEXT[:20]}\r\n{TEXT[20:]}"])
    def test_base64_in_lines(self, text: Any) -> None:
        """White space and lines in base64 mean nothing."""
        assert attachments.kept({"a.png": {"image/png": text}}, PASTED) == {"a.png": {"image/png": TEXT}}

    @pytest.mark.parametrize(
        "given",
        [
            None,
            [],
            {"a.png": None},
            {"a.png": {}},
            {"a.png": TEXT},
            {"a.png": {"image/png": None}},
            {"a.png": {"image/png": [TEXT, 1]}},
            {"a.png": {"image/png": "é"}},
            {"a.png": {"image/png": TEXT[:-3]}},
            {"a.png": {"image/png": base64.b64encode(b"<script>").decode()}},
            {"a.png": {"image/svg+xml": "<svg/>"}},
            {"a.png": {"text/html": TEXT}},
            {"b.png": {"image/png": TEXT}},
            {"a.png": {"image/png": base64.b64encode(claiming("PNG", 60_000, 60_000)).decode()}},
            {"a.png": {"image/png": base64.b64encode(PNG + bytes(attachments.MAX_BYTES)).decode()}},
        ],
    )
    def test_everything_else_is_dropped(self, given: Any) -> None:
        """What is no picture, too large, or not shown anywhere is left out."""
        assert attachments.kept(given, PASTED) == {}

    @pytest.mark.parametrize("kind", ["code", "raw"])
    def test_only_text_cells_have_pictures(self, kind: str) -> None:
        """Other cells lose theirs, as the format requires of code."""
        assert "attachments" not in read(PASTED, {"a.png": {"image/png": TEXT}}, kind).cells[0]


class TestShown:
    @pytest.mark.parametrize(
        ("name", "link"),
        [
            ("a.png", "a.png"),
            ("Bild größer.png", "Bild%20größer.png"),
            ("a_b*c*.png", "a_b*c*.png"),
            ("50%.png", "50%.png"),
        ],
    )
    def test_a_pasted_picture_is_on_the_page(self, name: str, link: str) -> None:
        """A picture is found under every name that Jupyter gives it."""
        submitted = read(f"See ![the *sketch*](attachment:{link}) here", {name: {"image/png": TEXT}})
        assert pictures(submitted) == [f"data:image/png;base64,{TEXT}"]
        assert "See" in page(submitted)

    def test_two_pictures_and_a_title(self) -> None:
        """Each link shows its own picture."""
        other = base64.b64encode(picture("GIF")).decode()
        source = f"{PASTED}\n\n![y](attachment:b.gif 'title')\n\n{PASTED}"
        shown = pictures(read(source, {"b.gif": {"image/gif": other}, "a.png": {"image/png": TEXT}}))
        png, gif = f"data:image/png;base64,{TEXT}", f"data:image/gif;base64,{other}"
        assert shown == [png, gif, png]

    @pytest.mark.parametrize(
        "source",
        [
            PASTED,
            "![x](attachment:)",
            '![x](attachment: "t")',
            "![x]( attachment:a.png)",
            "![x](<attachment:b.png>)",
            "![x](attachment\\:b.png)",
            "![x](\\attachment:b.png)",
            "![x](&#97;ttachment:b.png)",
            "![x](attachment&colon;b.png)",
            "![x](attachment:a.png&amp;b)",
            "![x](attachment:b.png\n'title')",
            "![x][y]\n\n[y]: attachment:b.png",
            "![x][y]\n\n[y]: attachment:a.png)b",
            "![x][y]\n\n[y]:\n   attachment:",
            "![x][y]\n\n[y]: <attachment:b c.png>",
            "![![x](attachment:b.png)](attachment:c.png)",
            "[![x](attachment:b.png)](attachment:c.png)",
            "| a |\n|---|\n| ![x](attachment:b.png) |",
            "# ![x](attachment:b.png)",
            "- [ ] ![x](attachment:b.png)",
            "![x](attachment:(a.png))",
            "![x]((attachment:a.png))",
        ],
    )
    @pytest.mark.parametrize("given", [{}, {"a.png": {"image/png": TEXT}}], ids=["no picture", "a picture"])
    def test_a_link_that_leads_nowhere_is_text(self, source: str, given: Any) -> None:
        """nbconvert makes a page of every cell, whatever is missing."""
        assert set(pictures(read(source, given))) <= {f"data:image/png;base64,{TEXT}"}

    def test_these_would_stop_nbconvert(self) -> None:
        """Left as it is, one such link costs the whole page."""
        with pytest.raises(Exception, match="missing attachment"):
            HTMLExporter(template_name="basic").from_notebook_node(read(PASTED, {}))

    def test_the_lesson_is_looked_at_as_well(self) -> None:
        """A link of the assignment's own whose picture cannot be shown keeps nobody from a page."""
        lesson = notebook.new_notebook([notebook.new_cell("markdown", PASTED, {})], {})
        shown = copy.deepcopy(lesson)
        defuse(shown, lesson)
        assert "attachment :a.png" in str(HTMLExporter(template_name="basic").from_notebook_node(shown)[0])

    def test_ordinary_text_stays(self) -> None:
        """The word alone means nothing."""
        text = "An attachment, `attachment` and [attachment](a.png)"
        submitted = read(text, {})
        defuse(submitted, BLANK)
        assert submitted.cells[0].source == text


class TestRoom:
    def test_bytes_are_counted_wherever_they_are_shown(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A picture that stands there more often than a page has room for is text from then on, in later cells, too."""
        monkeypatch.setattr(attachments, "MAX_BYTES_SHOWN", 3 * len(PNG))
        cells = [read(PASTED * 2, {"a.png": {"image/png": TEXT}}).cells[0] for _ in range(3)]
        assert len(pictures(notebook.new_notebook(cells, {}))) == 3

    def test_pixels_are_counted_likewise(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Small files of many pixels are bounded as well."""
        monkeypatch.setattr(attachments, "MAX_PIXELS_SHOWN", 2 * 6)
        assert len(pictures(read(PASTED * 5, {"a.png": {"image/png": TEXT}}))) == 2

    def test_a_cell_of_links_makes_no_large_page(self) -> None:
        """A hundred thousand links to one picture are no way to fill a disk."""
        large = base64.b64encode(PNG + bytes(attachments.MAX_BYTES - len(PNG))).decode()
        submitted = read(PASTED * 100_000, {"a.png": {"image/png": large}})
        defuse(submitted, BLANK)
        kept = attachments.MAX_BYTES_SHOWN // attachments.MAX_BYTES
        assert submitted.cells[0].source.count("](attachment:image-1)") == kept
