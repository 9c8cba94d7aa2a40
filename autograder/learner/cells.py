"""The cells of a notebook file, and where in it a question is asked."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

_HEADING = re.compile(r"^#{1,4}\s+(.+?)\s*#*$", re.MULTILINE)


def heading_above(question: str, folder: Path) -> str | None:
    """Return the text of the last heading above the solution cell of `question` in the folder's notebook."""
    for path in sorted(folder.glob("*.ipynb")):
        heading = None
        for cell in cells_of(path):
            source = source_of(cell)
            if cell.get("cell_type") == "markdown":
                heading = next(iter(_HEADING.findall(source)[-1:]), heading)
            elif re.search(rf"^\s*(?:def|class)\s+{re.escape(question)}\b", source, re.MULTILINE):
                return heading
    return None


def cells_of(path: Path) -> list[dict[str, Any]]:
    """Return the cells of a notebook file; none where it is no notebook."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8")).get("cells", [])
    except (OSError, ValueError, AttributeError):
        return []
    return [cell for cell in cells if isinstance(cell, dict)] if isinstance(cells, list) else []


def is_check(cell: dict[str, Any]) -> str | None:
    """Return the question of a check cell, None for every other cell."""
    found = re.fullmatch(r"\s*check\(\s*[\"'](\w+)[\"']\s*\)\s*", source_of(cell))
    return found[1] if found and cell.get("cell_type") == "code" else None


def source_of(cell: dict[str, Any]) -> str:
    """Return the source of a cell, which notebooks keep as text or as a list of lines."""
    source = cell.get("source", "")
    return "".join(map(str, source)) if isinstance(source, list) else str(source)
