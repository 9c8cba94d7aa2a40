"""A notebook in JupyterLab as its user handles it: click, type, run, read, save."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import FloatRect, Locator, Page, expect

from tests.browser.lab import JupyterLab

PATIENCE = 120_000
"""Milliseconds that anything may take; what is there sooner is used sooner."""


class NotebookPage:
    """An open notebook, whose cells are named by their grade ids, and new ones by names of one's own.

    `elsewhere` collects what the page asks for that is not on our own server.
    """

    def __init__(self, page: Page, lab: JupyterLab, path: str) -> None:
        self.page, self.file = page, lab.files / path
        self.elsewhere: list[str] = []
        page.on("request", lambda request: self._note(request.url, lab))
        self._names = [_grade_id(cell) for cell in self.saved()["cells"]]
        page.set_default_timeout(PATIENCE)
        page.goto(lab.url(path))
        self._panel = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
        self._cells = self._panel.locator(".jp-Notebook .jp-Cell")
        expect(self._cells).to_have_count(len(self._names))
        # The notebook's own sign says "idle" before there is a kernel, and whoever runs a cell then is asked for one.
        expect(page.locator("#jp-main-statusbar")).to_contain_text("Python 3 (ipykernel) | Idle")

    def _note(self, address: str, lab: JupyterLab) -> None:
        own = (lab.address, lab.address.replace("http", "ws", 1), "data:", "blob:")
        if not address.startswith(own):
            self.elsewhere.append(address)

    def saved(self) -> dict[str, Any]:
        """Return the notebook as it is on disk."""
        content: dict[str, Any] = json.loads(self.file.read_text(encoding="utf-8"))
        return content

    def cell(self, name: str) -> Locator:
        """Return a cell by its name."""
        return self._cells.nth(self._names.index(name))

    def write(self, name: str, source: str) -> None:
        """Put the cursor into a cell and type over what is there."""
        self.cell(name).locator(".cm-content").click()
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.insert_text(source.rstrip())

    def run(self, name: str) -> Locator:
        """Run a cell and return its output when it has ended."""
        cell = self.cell(name)
        prompt = cell.locator(".jp-InputPrompt")
        before = prompt.inner_text().strip()
        cell.locator(".cm-content").click()
        self.page.keyboard.press("ControlOrMeta+Enter")
        ended = re.compile(rf"^\s*(?!{re.escape(before)}\s*$)\[\d+\]:\s*$")
        expect(prompt).to_have_text(ended)
        return cell.locator(".jp-Cell-outputWrapper")

    def answer(self, question: str, source: str) -> Locator:
        """Write a solution, run it, run its checks, and return their output."""
        self.write(f"{question}-solution", source)
        self.run(f"{question}-solution")
        return self.run(question)

    def add_below(self, name: str, new: str, source: str) -> Locator:
        """Make a cell called `new` below another one, type into it, run it, and return its output."""
        self.cell(name).locator(".cm-content").click()
        self.page.keyboard.press("Escape")
        self.page.keyboard.press("b")
        self._names.insert(self._names.index(name) + 1, new)
        expect(self._cells).to_have_count(len(self._names))
        self.write(new, source)
        return self.run(new)

    def show_in(self, theme: str) -> None:
        """Choose a theme from the menu, "Light" or "Dark"."""
        bar = self.page.locator(".lm-MenuBar")
        bar.get_by_text("Settings", exact=True).click()
        self.page.locator(".lm-Menu-itemLabel").get_by_text("Theme", exact=True).hover()
        self.page.locator(".lm-Menu-itemLabel").get_by_text(f"JupyterLab {theme}", exact=True).click()
        chosen = self.page.locator(f"body[data-jp-theme-name='JupyterLab {theme}']")
        chosen.wait_for(state="attached")

    def save(self) -> None:
        """Save by keyboard, and wait until the server has the file."""
        with self.page.expect_response(lambda reply: reply.request.method == "PUT" and self.file.name in reply.url):
            self.page.keyboard.press("ControlOrMeta+S")


def _grade_id(cell: Mapping[str, Any]) -> str | None:
    grade_id: str | None = cell["metadata"].get("nbgrader", {}).get("grade_id")
    return grade_id


def shot(locator: Locator, path: Path, *, to: Locator | None = None) -> None:
    """Keep a picture of a part of the page, or of all from there down to another part."""
    locator.scroll_into_view_if_needed()
    if to is None:
        locator.screenshot(path=path, animations="disabled", caret="hide")
        return
    locator.evaluate("element => element.scrollIntoView({block: 'start'})")
    first, last = locator.bounding_box(), to.bounding_box()
    assert first
    assert last
    height = last["y"] + last["height"] - first["y"]
    clip: FloatRect = {"x": first["x"], "y": first["y"], "width": first["width"], "height": height}
    locator.page.screenshot(path=path, clip=clip, animations="disabled", caret="hide")
