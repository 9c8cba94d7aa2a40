"""What is the assignment's comes from the assignment; what is the student's stays; and each repair is told."""

from __future__ import annotations

import copy
from collections.abc import Callable

import nbformat
import pytest
from nbformat import NotebookNode

from autograder.errors import NotebookError
from autograder.restore import require_own_notebook, restore


def graded(name: str, source: str, **role: object) -> NotebookNode:
    plain = {"schema_version": 3, "grade": False, "locked": False, "solution": False, "task": False, "grade_id": name}
    return nbformat.v4.new_code_cell(source, id=f"id-{name}", metadata={"nbgrader": {**plain, **role}})


def assignment() -> NotebookNode:
    return nbformat.v4.new_notebook(
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        cells=[
            nbformat.v4.new_markdown_cell("Welcome", id="prose"),
            graded("imports", "import numpy as np", locked=True),
            graded("f-solution", "def f(): raise NotImplementedError", solution=True),
            graded("f", 'check("f")', grade=True, locked=True, points=2),
            graded("g-solution", "def g(): raise NotImplementedError", solution=True),
            graded("g", 'check("g")', grade=True, locked=True, points=3),
        ],
    )


def answered() -> NotebookNode:
    nb = assignment()
    nb.cells[2].source = "def f(): return 1"
    nb.cells[4].source = "def g(): return 2"
    return nb


def sources(nb: NotebookNode) -> list[str]:
    return [cell.source for cell in nb.cells]


def roles(nb: NotebookNode) -> list[str | None]:
    return [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in nb.cells]


def delete_check(nb: NotebookNode) -> None:
    del nb.cells[3]


def delete_solution(nb: NotebookNode) -> None:
    del nb.cells[4]


def change_check(nb: NotebookNode) -> None:
    nb.cells[3].source = "print(35)"


def raise_points(nb: NotebookNode) -> None:
    nb.cells[3].metadata.nbgrader["points"] = 100


def switch_grading_off(nb: NotebookNode) -> None:
    nb.cells[3].metadata.nbgrader["grade"] = False


def check_to_markdown(nb: NotebookNode) -> None:
    nb.cells[3] = nbformat.v4.new_markdown_cell(nb.cells[3].source, metadata=nb.cells[3].metadata)


def change_imports(nb: NotebookNode) -> None:
    nb.cells[1].source = "import os"


def add_tag(nb: NotebookNode) -> None:
    nb.cells[2].metadata["tags"] = ["skip-execution"]


def add_tag_to_prose(nb: NotebookNode) -> None:
    nb.cells[0].metadata["tags"] = ["hide-input"]


def lose_metadata(nb: NotebookNode) -> None:
    del nb.cells[2].metadata["nbgrader"]


def lose_metadata_and_id(nb: NotebookNode) -> None:
    nb.cells[2] = nbformat.v4.new_code_cell(nb.cells[2].source)


def garble_metadata(nb: NotebookNode) -> None:
    nb.cells[2].metadata["nbgrader"] = {"grade_id": ["f"], "grade": "yes"}


def solution_to_markdown(nb: NotebookNode) -> None:
    nb.cells[2] = nbformat.v4.new_markdown_cell(nb.cells[2].source, metadata=nb.cells[2].metadata)


CHANGES: list[tuple[Callable[[NotebookNode], None], str | None]] = [
    (delete_check, "check cell f was missing"),
    (change_check, "check cell f was changed"),
    (raise_points, "check cell f had other points or settings"),
    (switch_grading_off, "check cell f had other points or settings"),
    (check_to_markdown, "check cell f was changed"),
    (change_imports, "locked cell imports was changed"),
    (add_tag, "cell tags were removed"),
    (add_tag_to_prose, "cell tags were removed"),
    (lose_metadata, "solution cell f had lost its metadata"),
    (lose_metadata_and_id, "solution cell f had lost its metadata"),
    (garble_metadata, "solution cell f had lost its metadata"),
    (solution_to_markdown, "solution cell f was turned into a markdown cell"),
]


@pytest.mark.parametrize(("change", "note"), CHANGES, ids=lambda value: getattr(value, "__name__", ""))
def test_repairs(change: Callable[[NotebookNode], None], note: str | None) -> None:
    """After a repair the notebook is the assignment's with the student's answers, whatever was done to it."""
    nb = answered()
    change(nb)
    before = copy.deepcopy(nb)
    result = restore(nb, assignment())
    assert sources(result.notebook) == sources(answered())
    assert [cell.metadata for cell in result.notebook.cells] == [cell.metadata for cell in assignment().cells]
    assert [cell.cell_type for cell in result.notebook.cells] == [cell.cell_type for cell in assignment().cells]
    assert list(result.restored) == ([note] if note else [])
    assert nb == before


def test_an_untouched_notebook_needs_no_repair() -> None:
    """Nothing is said where nothing was put back."""
    result = restore(answered(), assignment())
    assert result.restored == ()
    assert sources(result.notebook) == sources(answered())


def test_a_deleted_solution_cell_comes_back_as_the_stub() -> None:
    """The stub stands at its old place, so that nbgrader finds every cell."""
    nb = answered()
    delete_solution(nb)
    result = restore(nb, assignment())
    assert roles(result.notebook) == roles(assignment())
    assert result.notebook.cells[4].source == "def g(): raise NotImplementedError"
    assert result.restored == ("solution cell g was missing",)


def test_a_stub_never_comes_back_behind_an_answer() -> None:
    """With two answers in one cell, the other cell's stub goes before it: the answer has the last word."""
    nb = answered()
    nb.cells[2].source = "def f(): return 1\n\ndef g(): return 2"
    delete_solution(nb)
    result = restore(nb, assignment()).notebook
    assert sources(result).index("def g(): raise NotImplementedError") < sources(result).index(nb.cells[2].source)
    assert sorted(filter(None, roles(result))) == sorted(filter(None, roles(assignment())))


def test_of_copied_cells_the_last_one_counts() -> None:
    """Both copies still run in their order, and only one of them is the solution cell."""
    nb = answered()
    copied = copy.deepcopy(nb.cells[2])
    copied.source = "def f(): return 'second'"
    nb.cells.insert(3, copied)
    result = restore(nb, assignment())
    assert sources(result.notebook)[2:4] == ["def f(): return 1", "def f(): return 'second'"]
    assert roles(result.notebook)[2:4] == [None, "f-solution"]
    assert result.restored == ("solution cell f stood there more than once; the last one counts",)
    assert len({cell.id for cell in result.notebook.cells}) == len(result.notebook.cells)


def test_added_cells_stay_without_claims() -> None:
    """A cell of the student's own keeps its code and loses every grading claim."""
    nb = answered()
    nb.cells.append(graded("bonus", "x = 1", grade=True, points=50))
    result = restore(nb, assignment())
    assert result.notebook.cells[-1].source == "x = 1"
    assert result.notebook.cells[-1].metadata == {}


def test_empty_submission_gets_every_protected_cell_in_order() -> None:
    """Even from one stray cell the whole assignment can be made up again."""
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")])
    result = restore(nb, assignment())
    assert [role for role in roles(result.notebook) if role] == ["imports", "f-solution", "f", "g-solution", "g"]


def test_kernelspec_comes_from_the_assignment() -> None:
    """Another kernel in the submission has no say."""
    nb = answered()
    nb.metadata = nbformat.from_dict({"kernelspec": {"name": "evil"}})
    assert restore(nb, assignment()).notebook.metadata.kernelspec.name == "python3"


def test_moved_cells_keep_the_students_order() -> None:
    """Cells that a student moved are still theirs and run in the order in which they stand."""
    nb = answered()
    nb.cells[2], nb.cells[4] = nb.cells[4], nb.cells[2]
    result = restore(nb, assignment())
    assert sources(result.notebook)[2] == "def g(): return 2"
    assert result.restored == ()


def of_another_assignment() -> NotebookNode:
    cells = [
        graded("imports", "import numpy as np", locked=True),
        graded("other-solution", "def other(): ...", solution=True),
    ]
    return nbformat.v4.new_notebook(cells=cells)


def test_the_notebook_of_another_assignment_is_told() -> None:
    """What answers other questions only is refused, with one of its questions and one of those that were asked."""
    with pytest.raises(NotebookError, match=r"another assignment: it answers `other` .* no cell for `f`"):
        require_own_notebook(of_another_assignment(), assignment())


@pytest.mark.parametrize(
    "add",
    [
        nbformat.v4.new_code_cell("def f(): return 1"),
        graded("g-solution", "def g(): return 2", solution=True),
    ],
    ids=["an answer without metadata", "an answer"],
)
def test_one_answer_makes_it_the_right_notebook(add: NotebookNode) -> None:
    """Who pasted other cells into the right notebook, or answers into another, is graded."""
    nb = of_another_assignment()
    nb.cells.append(add)
    require_own_notebook(nb, assignment())


@pytest.mark.parametrize("cells", [[], [nbformat.v4.new_code_cell("x = 1")]], ids=["no cells", "cells of their own"])
def test_a_notebook_without_answers_is_no_other_one(cells: list[NotebookNode]) -> None:
    """Nothing tells that a notebook without any solution cell belongs to another assignment."""
    require_own_notebook(nbformat.v4.new_notebook(cells=cells), assignment())
