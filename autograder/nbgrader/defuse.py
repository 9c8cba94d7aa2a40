"""Markup in a submission's prose must not run in the browser of whoever reads it."""

from __future__ import annotations

import html
import re

from nbformat import NotebookNode

from autograder import attachments

_TAG_OR_ENTITY = re.compile(r"([<&])(?=[A-Za-z/!?#])")
_SCRIPT_LINK = re.compile(r"(script|data)(?=\\*:)", re.IGNORECASE)


def defuse(notebook: NotebookNode, original: NotebookNode) -> None:
    """Make HTML tags in the text cells of `notebook` that are not the assignment's own into plain text.

    Feedback pages and the formgrader put raw cells, and tags in Markdown cells, into their pages as they are. Links to
    attachments are put in order in all text cells: one that leads nowhere keeps a whole notebook from becoming a page.
    """
    own = {(cell.cell_type, cell.source) for cell in original.cells}
    for cell in notebook.cells:
        if (cell.cell_type, cell.source) in own:
            continue
        if cell.cell_type == "markdown":
            cell.source = without_tags(cell.source)
        elif cell.cell_type == "raw":
            cell.source = html.escape(cell.source)
    attachments.link(notebook.cells)


def without_tags(markdown: str) -> str:
    """Return Markdown in which nothing opens an HTML tag, stands for another character, or links to a script.

    A space does it: where there was no danger, in text, code and formulas alike, nobody minds it.
    """
    return _SCRIPT_LINK.sub(r"\1 ", _TAG_OR_ENTITY.sub(r"\1 ", markdown))
