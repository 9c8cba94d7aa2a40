"""Notebooks as dicts with attributes are to us what those of nbformat are."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import nbformat
import pytest

from autograder.nodes import NotebookNode, from_dict
from tests import minicourse

NOTEBOOK = json.loads(minicourse.answered())


def _new_cell(node: Any) -> None:
    node.cells[0].metadata = {"nbgrader": {"grade": True}}


def _new_key(node: Any) -> None:
    node["metadata"]["a"] = {"b": [{"c": 1}]}


def _deep(node: Any) -> None:
    copy.deepcopy(node).cells.clear()


def _twice(node: Any) -> None:
    node.cells.append(node.cells[0].copy())
    node.cells[-1].id = "another"


@pytest.mark.parametrize("change", [lambda _: None, _new_cell, _new_key, _deep, _twice])
def test_like_those_of_nbformat(change: Callable[[Any], None]) -> None:
    """The same changes lead to the same text, and a mapping that is put in has attributes, too."""
    ours, theirs = from_dict(NOTEBOOK), nbformat.from_dict(NOTEBOOK)
    change(ours)
    change(theirs)
    assert json.dumps(ours) == json.dumps(theirs)
    assert isinstance(ours.cells[0].metadata, NotebookNode)
    assert nbformat.writes(ours) == nbformat.writes(theirs)


def test_what_is_not_there() -> None:
    """It is no attribute, and neither is what Python itself asks for, whatever the notebook holds."""
    node = from_dict({"__deepcopy__": "a trap", "a": 1})
    with pytest.raises(AttributeError, match="b"):
        node.b  # noqa: B018 - reading it is the test
    assert not hasattr(node, "__deepcopy__")
    assert copy.deepcopy(node) == node
    assert type(copy.deepcopy(node)) is NotebookNode


def test_the_given_dict_stays() -> None:
    """A notebook is a copy of what it was made of, all the way down."""
    given = {"cells": [{"metadata": {}}]}
    from_dict(given).cells[0].metadata.tags = ["x"]
    assert given == {"cells": [{"metadata": {}}]}
