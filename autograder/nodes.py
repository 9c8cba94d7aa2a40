"""Notebooks as dicts with attributes, like those of nbformat, whose import takes longer than reading a course."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class NotebookNode(dict[str, Any]):
    """A notebook, or a part of one: `node.cells` is `node["cells"]`. A mapping that is put into it becomes one, too."""

    def __getattr__(self, name: str) -> Any:
        """Return the item of this name; what Python itself asks for is never one."""
        if name in self and not name.startswith("__"):
            return self[name]
        raise AttributeError(name)

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value

    def __setitem__(self, key: str, value: Any) -> None:
        if isinstance(value, Mapping) and not isinstance(value, NotebookNode):
            value = from_dict(value)
        super().__setitem__(key, value)

    def copy(self) -> NotebookNode:
        """Return another node with the same items."""
        return NotebookNode(self)


def from_dict(value: Any) -> Any:
    """Return the value with a NotebookNode for every mapping, and a list for every sequence, in it."""
    if isinstance(value, Mapping):
        return NotebookNode({key: from_dict(item) for key, item in value.items()})
    if isinstance(value, list | tuple):
        return [from_dict(item) for item in value]
    return value
