"""What is kept of a notebook's metadata: flat values only, since anything may stand there, nested to any depth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_ROLE = ("schema_version", "grade_id", "grade", "solution", "task", "locked", "points", "cell_type", "checksum")
"""The keys that nbgrader's metadata of a cell may have."""
_HEADS = ("kernelspec", "language_info")


def notebook_metadata(value: Any) -> dict[str, Any]:
    """Return what a notebook's metadata say plainly, and of its kernel and its language likewise."""
    given = value if isinstance(value, dict) else {}
    heads = {key: _plain(given[key]) for key in _HEADS if isinstance(given.get(key), dict)}
    return _plain(given) | heads


def cell_metadata(value: Any) -> dict[str, Any]:
    """Return the part of a cell's metadata that grading looks at."""
    given = value if isinstance(value, dict) else {}
    kept: dict[str, Any] = {}
    if isinstance(given.get("nbgrader"), dict):
        kept["nbgrader"] = {key: item for key, item in _plain(given["nbgrader"]).items() if key in _ROLE}
    if isinstance(given.get("tags"), list):
        kept["tags"] = [tag for tag in given["tags"] if isinstance(tag, str)]
    return kept


def _plain(given: Mapping[str, Any]) -> dict[str, Any]:
    return {key: item for key, item in given.items() if item is None or isinstance(item, bool | int | float | str)}
