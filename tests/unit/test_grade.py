"""Which cells of a submission are run, and what a grade is made with."""

from __future__ import annotations

import pytest

from autograder import grade, notebook
from tests import minicourse


def with_illustration(source: str) -> notebook.NotebookNode:
    nb = minicourse.assignment_notebook()
    nb.cells.insert(1, notebook.new_cell("code", source, {"tags": ["illustration"]}, "try-it"))
    return nb


def names(nb: notebook.NotebookNode) -> list[str]:
    return [name for name, _ in grade._cells(nb, with_illustration("print(1)"))]


def test_checks_and_illustrations_are_not_run() -> None:
    """Solution cells are called by their question, others by their place; what only illustrates is left out."""
    assert names(with_illustration("print(1)")) == ["cell 1", "double", "square"]


def test_an_illustration_that_a_student_has_written_into_is_run() -> None:
    """It may hold what an answer needs, as it does in the student's own notebook."""
    assert names(with_illustration("def helper(): ...")) == ["cell 1", "cell 2", "double", "square"]


def with_cells(*sources: str) -> notebook.NotebookNode:
    nb = minicourse.assignment_notebook()
    nb.cells[:1] = [notebook.new_cell("code", source, {}, f"given-{at}") for at, source in enumerate(sources)]
    return nb


@pytest.mark.parametrize(
    ("sources", "ahead"),
    [
        (["import math", "def given(x):\n    return x"], 2),
        (["import math", "print(1)", "def given(x):\n    return x"], 1),
        (["x = input()"], 0),
        ([], 0),
    ],
)
def test_what_is_run_ahead(sources: list[str], ahead: int) -> None:
    """It is what stands before the first answer and only defines; after a cell that does more nothing is."""
    assert grade._ahead(with_cells(*sources)) == sources[:ahead]


def test_an_illustration_keeps_nothing_from_being_run_ahead() -> None:
    """It is not run at all."""
    nb = with_cells("import math", "def given(x):\n    return x")
    nb.cells.insert(1, notebook.new_cell("code", "print(1)", {"tags": ["illustration"]}, "try-it"))
    assert grade._ahead(nb) == ["import math", "def given(x):\n    return x"]


GIVES = 'def double(x):\n    """Twice."""\n    if x == 0:\n        return 0\n    raise NotImplementedError("write")'
OWN = "first = {0}\n\n\ndef {0}(x):\n    return 2 * x if x else first(x)"


@pytest.mark.parametrize(
    ("stub", "answers", "more", "mute"),
    [
        (None, {}, "", {"double", "square"}),
        (None, {"square": "def square(x):\n    return x * x"}, "", {"double"}),
        (None, {}, "x = 3", {"double", "square"}),
        (None, {}, OWN.format("double"), {"square"}),
        (None, {"square": "def square(x):\n    return double(x)"}, "", set()),
        (GIVES, {}, "", {"square"}),
    ],
    ids=[
        "untouched",
        "one answered",
        "a cell of one's own",
        "an answer elsewhere",
        "a use elsewhere",
        "a part is given",
    ],
)
def test_stubs_that_are_mute(stub: str | None, answers: dict[str, str], more: str, mute: set[str]) -> None:
    """A stub that does something, or that the student calls or renames in another cell, may be right here and there."""
    original = minicourse.assignment_notebook()
    if stub is not None:
        original = notebook.solve(original, {"double": stub})
    whole = notebook.solve(original, answers)
    whole.cells.append(notebook.new_cell("code", more, {}, "own"))
    assert grade._mute(grade._stubs(whole, original), whole, original) == mute
