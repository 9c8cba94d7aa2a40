"""Markup of a submission that works where it should be text: on pages, in terminals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from tests.attack_table.findings import Finding
from tests.attack_table.outputs import Texts
from tests.corpus.attacks.recipe import SMUGGLED

_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]")
_FORMULA = re.compile(rb"""(^|,)["']?\s*[=+@-][^,]*""" + SMUGGLED.encode())


def working(texts: Texts) -> Iterator[Finding]:
    """Yield each piece of a submission's markup that a browser, a terminal or a spreadsheet would take for its own."""
    for student, files in texts.items():
        for name, content in files.items():
            if name.endswith(".html"):
                page = _Page()
                page.feed(content.decode("utf-8", "replace"))
                yield from (Finding("leak", f"markup works in {name}: {what}", student) for what in page.found)
            elif not student or name.endswith(".csv"):
                for line in content.splitlines():
                    if _CONTROL.search(line):
                        yield Finding("leak", f"control characters in {name}: {line[:200]!r}", student)
                    elif name.endswith(".csv") and _FORMULA.search(line):
                        yield Finding("leak", f"a formula in {name}: {line[:200]!r}", student)


class _Page(HTMLParser):
    """Finds the word inside of tags, attributes, scripts and styles."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._code = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._code = tag if tag in ("script", "style") else ""
        if SMUGGLED in tag or any(SMUGGLED in f"{key} {value}" for key, value in attrs):
            self.found.append(f"<{tag} …>")

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - the base class names it
        self._code = ""

    def handle_data(self, data: str) -> None:
        if self._code and SMUGGLED in data:
            self.found.append(f"in a <{self._code}>")
