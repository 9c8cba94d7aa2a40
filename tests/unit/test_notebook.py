"""Notebooks in: whatever the bytes are, there comes a notebook or a sentence."""

from __future__ import annotations

import copy
import importlib.resources
import json
from typing import Any

import nbformat
import pytest

from autograder import notebook
from autograder.errors import NotebookError


def content(*cells: dict[str, Any], **changes: Any) -> bytes:
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells), **changes}).encode()


CODE = {"cell_type": "code", "id": "a", "source": "x = 1", "metadata": {}, "outputs": [], "execution_count": None}


class TestRead:
    @pytest.mark.parametrize(
        ("data", "message"),
        [
            (b"", "is empty"),
            (b"  \n", "is empty"),
            (content(CODE)[:40], r"not valid JSON \(line 1, column"),
            (content(CODE).decode().encode("utf-16")[:-1], "not UTF-8"),
            ("größe".encode("latin-1"), "open it there and save it as UTF-8"),
            (b"<!DOCTYPE html>\n<title>Sign in</title>", "a web page, not a notebook .* download the notebook again"),
            (b"\n <html>", "a web page"),
            (b"PK\x03\x04\x14\x00", "a zip file; unpack it"),
            (b"PK\x03\x04\xff\xfe", "a zip file; unpack it"),
            (b"\x1f\x8b\x08\x00", "a compressed file; unpack it"),
            (b"%PDF-1.7", "a PDF file; hand in the notebook itself"),
            (b"import numpy as np\n", "a Python file, not a notebook"),
            (b"# %%\nx = 1", "a Python file, not a notebook"),
            (b"{", "probably cut off"),
            (b"Dear grader", "so it is no notebook"),
            (content(CODE, nbformat=5), "format 5, which cannot be converted, because it is newer"),
            (b"\x89PNG\r\n\x1a\n", "not UTF-8"),
            (b"[]", "not a notebook"),
            (b'"words"', "not a notebook"),
            (b'{"nbformat": "4"}', "not a notebook"),
            (content(), "has no cells"),
            (content(CODE, cells=None), "has no cells"),
            (content(CODE, "x"), "cell 2 of the notebook is damaged"),
            (content({**CODE, "source": 3}), "cell 1 of the notebook is damaged"),
            (content({**CODE, "source": [1]}), "cell 1 of the notebook is damaged"),
            (content({**CODE, "cell_type": "spreadsheet"}), "cell 1 of the notebook is damaged"),
            (content({**CODE, "cell_type": []}), "cell 1 of the notebook is damaged"),
            (b"[" * 100_000, "nested too deeply"),
            (b'{"nbformat": ' + b"9" * 5000 + b"}", "a number that is too long"),
            (content(CODE, nbformat=99), "format 99, which cannot be converted"),
            (b'{"nbformat": 3, "worksheets": 7}', "format 3, which cannot be converted"),
            (b" " * (notebook.MAX_BYTES + 1), "20.0 MB and at most 20 MB"),
            (content(*[CODE] * 1001), "has 1,001 cells and at most 1,000 can be graded; delete those"),
            (content(*[{}] * 100_000), "has 100,000 cells"),
            (content(nbformat=3, worksheets=[{"cells": [{}] * 60_000}] * 2), "has 120,000 cells"),
        ],
    )
    def test_what_is_no_notebook_gets_a_sentence(self, data: bytes, message: str) -> None:
        """A file that cannot be graded is refused with what happened and what to do."""
        with pytest.raises(NotebookError, match=message):
            notebook.read(data)

    def test_source_as_a_list_of_lines(self) -> None:
        """Both ways of writing a cell's source mean the same."""
        cell = {**CODE, "source": ["x = 1\n", "y = 2"]}
        assert notebook.read(content(cell)).cells[0].source == "x = 1\ny = 2"

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
    def test_byte_order_mark(self, encoding: str) -> None:
        """A byte order mark, which some editors write, tells the encoding and does no harm."""
        assert notebook.read(content(CODE).decode().encode(encoding)).cells[0].source == "x = 1"

    def test_format_3_is_converted(self) -> None:
        """An old notebook is graded as if it had been saved today."""
        old = nbformat.v3.new_notebook(
            worksheets=[nbformat.v3.new_worksheet(cells=[nbformat.v3.new_code_cell("x = 1")])]
        )
        old.update(nbformat=3, nbformat_minor=0)
        assert notebook.read(json.dumps(old).encode()).cells[0].source == "x = 1"

    def test_missing_metadata_and_ids(self) -> None:
        """Cells without id or metadata are completed, so that nothing later trips over them."""
        read = notebook.read(content({"cell_type": "code", "source": "x"}, metadata=None))
        nbformat.validate(read)
        assert read.cells[0].id

    def test_duplicate_ids_become_unique(self) -> None:
        """Two cells with one id, as a copy in some editors leaves them, get different ids."""
        ids = [cell.id for cell in notebook.read(content(CODE, CODE)).cells]
        assert len(set(ids)) == 2

    def test_outputs_are_dropped(self) -> None:
        """What a notebook says that it printed is no evidence, and is not kept."""
        forged = {**CODE, "outputs": [{"output_type": "stream", "name": "stdout", "text": "35 of 35"}]}
        assert notebook.read(content(forged)).cells[0].outputs == []

    def test_as_many_cells_as_may_be(self) -> None:
        """The limit itself is no more than is allowed."""
        assert len(notebook.read(content(*[CODE] * notebook.MAX_CELLS)).cells) == 1000

    @pytest.mark.parametrize("nested", ['{"a":' * 700 + "1" + "}" * 700, "[" * 700 + "]" * 700], ids=["dicts", "lists"])
    def test_metadata_may_be_nested(self, nested: str) -> None:
        """What is nested deeper than a copy can follow is left out, wherever it stands; what is known stays."""
        role = {"grade_id": "f", "grade": True, "points": 3, "solution": "DEEP", "own": "DEEP", "cell_type": None}
        cell = {**CODE, "metadata": {"nbgrader": role, "tags": ["x", "DEEP"], "deep": "DEEP"}, "outputs": ["DEEP"]}
        text = {**CODE, "cell_type": "markdown", "attachments": {"a.png": "DEEP"}, "source": "![](attachment:a.png)"}
        heads = {"kernelspec": {"name": "k", "env": "DEEP"}, "language_info": {"name": "p", "mode": "DEEP"}}
        general = {"title": "t", "deep": "DEEP", **heads}
        data = content(cell, text, metadata=general).replace(b'"DEEP"', nested.encode())
        read = notebook.read(data)
        assert copy.deepcopy(read) == read
        assert read.metadata == {"title": "t", "kernelspec": {"name": "k"}, "language_info": {"name": "p"}}
        kept = {"grade_id": "f", "grade": True, "points": 3, "cell_type": None}
        assert read.cells[0].metadata == {"nbgrader": kept, "tags": ["x"]}
        assert read.cells[1].metadata == {}

    def test_all_that_nbgrader_says_of_a_cell_is_kept(self) -> None:
        """Every key that nbgrader's own schema has, and no other."""
        text = importlib.resources.files("nbgrader").joinpath("nbgraderformat", "v3.json").read_text(encoding="utf-8")
        schema = json.loads(text)["properties"]
        role = dict.fromkeys([*schema, "other"], 1)
        kept = notebook.read(content({**CODE, "metadata": {"nbgrader": role}})).cells[0].metadata["nbgrader"]
        assert set(kept) == set(schema)

    def test_lone_surrogates(self) -> None:
        """Text that cannot be encoded again is made encodable."""
        cell = notebook.read(content({**CODE, "source": "\ud800 = 1"})).cells[0]
        assert cell.source.encode()


class TestFunctionSources:
    def test_functions_and_classes_with_decorators(self) -> None:
        """Each definition comes with its decorators and nothing that stands around it."""
        source = "import x\n\n@dec\n@other(1)\ndef f(a):\n    return a\n\n# comment\nclass G:\n    def f(self): ...\n"
        found = notebook.function_sources(source)
        assert found == {"f": "@dec\n@other(1)\ndef f(a):\n    return a", "G": "class G:\n    def f(self): ..."}


class TestDefinedNames:
    @pytest.mark.parametrize(
        ("source", "names"),
        [
            ("def f(): ...\nclass G: ...\nasync def h(): ...", {"f", "G", "h"}),
            ("if True:\n    def f(): ...", set()),
            ("f = lambda: 1", set()),
            ("def f(:", set()),
            ("\x00", set()),
            ("(" * 1000, set()),
            ("%matplotlib inline", set()),
        ],
    )
    def test_top_level_definitions_only(self, source: str, names: set[str]) -> None:
        """Broken code defines nothing, and raises nothing."""
        assert notebook.defined_names(source) == names


def test_solve_changes_only_the_named_questions() -> None:
    """Solutions go into their solution cells; the argument stays as it was."""
    cell = nbformat.v4.new_code_cell("stub", metadata={"nbgrader": {"solution": True, "grade_id": "f-solution"}})
    other = nbformat.v4.new_code_cell("stub", metadata={"nbgrader": {"solution": True, "grade_id": "g-solution"}})
    original = nbformat.v4.new_notebook(cells=[cell, other])
    solved = notebook.solve(original, {"f": "def f(): return 1", "h": "unused"})
    assert [c.source for c in solved.cells] == ["def f(): return 1", "stub"]
    assert [c.source for c in original.cells] == ["stub", "stub"]
