"""The notebook of `gates`: stubs equal the reference's contracts, no answer leaks, and it runs, blank and solved."""

from __future__ import annotations

import ast
import re
import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

from autograder.examine import Examiner, silent_session
from autograder.local import LocalSubmission
from autograder.misconceptions import load
from reference import gates

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "assignments" / "gates"
REFERENCE = (ROOT / "reference" / "gates.py").read_text(encoding="utf-8")
POINTS = {
    "numerical_gradient": 3,
    "AddGate": 1,
    "MultiplyGate": 2,
    "MaxGate": 2,
    "circuit": 2,
    "sigmoid_forward": 2,
    "sigmoid_backward": 3,
    "neuron_circuit": 4,
    "relu_forward": 1,
    "relu_backward": 2,
    "affine_forward": 2,
    "affine_backward": 4,
    "elementwise_jacobian": 2,
    "ComputationalGraph": 5,
}
SHORT_LINE = 12
"""Lines of the reference with fewer characters than this say too little to be an answer."""

Definition = ast.FunctionDef | ast.ClassDef


@pytest.fixture(scope="module")
def notebook() -> NotebookNode:
    """Return the notebook as students get it."""
    return nbformat.read(FOLDER / "gates.ipynb", as_version=nbformat.NO_CONVERT)


def role(cell: NotebookNode) -> dict[str, Any]:
    """Return the nbgrader metadata of a cell."""
    return cell.metadata.get("nbgrader", {})


def definitions(source: str) -> dict[str, Definition]:
    """Return the functions and classes at the top of a piece of code."""
    return {node.name: node for node in ast.parse(source).body if isinstance(node, Definition)}


def solution_cells(notebook: NotebookNode) -> dict[str, NotebookNode]:
    """Return the solution cells by the name of their question."""
    cells = [cell for cell in notebook.cells if role(cell).get("solution")]
    return {role(cell)["grade_id"].removesuffix("-solution"): cell for cell in cells}


def contract(node: Definition) -> Any:
    """Return everything that a stub must have in common with the reference: names, arguments, docstrings."""
    if isinstance(node, ast.ClassDef):
        methods = [contract(child) for child in node.body if isinstance(child, ast.FunctionDef)]
        return node.name, [ast.dump(base) for base in node.bases], ast.get_docstring(node, clean=False), methods
    return node.name, ast.dump(node.args), ast.dump(node.returns) if node.returns else None, ast.get_docstring(node)


def functions_of(node: Definition) -> list[ast.FunctionDef]:
    """Return the function itself, or all methods of the class."""
    return [child for child in ast.walk(node) if isinstance(child, ast.FunctionDef)]


def is_raise(statement: ast.stmt) -> bool:
    """Tell whether the statement is `raise NotImplementedError("…")`."""
    return isinstance(statement, ast.Raise) and ast.unparse(statement).startswith("raise NotImplementedError(")


def test_format(notebook: NotebookNode) -> None:
    """It is a valid notebook of format 4.5 with unique ids, a python3 kernel and no outputs."""
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.kernelspec.name == "python3"
    ids = [cell.id for cell in notebook.cells]
    assert len(ids) == len(set(ids))
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)


def test_folder() -> None:
    """The folder that is released holds the notebook and its checks, and nothing else."""
    assert {path.name for path in FOLDER.iterdir()} - {"__pycache__"} == {"gates.ipynb", "checks.py"}


def test_questions(notebook: NotebookNode) -> None:
    """Each question has one solution cell, with its check cell right after it, in the order of the reference."""
    graded = [index for index, cell in enumerate(notebook.cells) if role(cell).get("grade")]
    assert [role(notebook.cells[index])["grade_id"] for index in graded] == list(POINTS)
    assert list(solution_cells(notebook)) == list(POINTS) == list(definitions(REFERENCE))
    for index, question in zip(graded, POINTS, strict=True):
        assert role(notebook.cells[index - 1])["grade_id"] == f"{question}-solution"


def test_points(notebook: NotebookNode) -> None:
    """The check cells hold the points that the course promises, 35 in all, and the headings say the same."""
    points = {role(cell)["grade_id"]: role(cell)["points"] for cell in notebook.cells if role(cell).get("grade")}
    assert points == POINTS
    assert sum(points.values()) == 35
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    assert "35 points" in text
    for number, (question, value) in enumerate(POINTS.items(), start=1):
        assert f"### Exercise {number} · `{question}` · {value} point" in text


def test_nbgrader_metadata(notebook: NotebookNode) -> None:
    """Check cells are locked and graded, solution cells are open, all else that has a role is read-only."""
    for cell in filter(role, notebook.cells):
        meta = dict(role(cell))
        name, points = meta.pop("grade_id"), meta.pop("points", None)
        graded, solution = points is not None, name.endswith("-solution")
        assert meta == {
            "schema_version": 3,
            "grade": graded,
            "locked": not solution,
            "solution": solution,
            "task": False,
            "cell_type": "code",
        }
        assert cell.cell_type == "code"
        assert not graded or cell.source == f'check("{name}")'


def test_first_code_cell(notebook: NotebookNode) -> None:
    """The first code cell imports what everything after it uses, and cannot be edited."""
    first = next(cell for cell in notebook.cells if cell.cell_type == "code")
    assert role(first)["grade_id"] == "imports"
    assert role(first)["locked"]
    for line in ("import numpy as np", "import matplotlib.pyplot as plt", "from autograder import check"):
        assert line in first.source.splitlines()
    assert "%matplotlib inline" in first.source


def test_illustrations_are_tagged(notebook: NotebookNode) -> None:
    """Every code cell is an exercise, a check, the imports or tagged as illustration; only these draw or try things."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            tagged = cell.metadata.get("tags", []) == ["illustration"]
            known = role(cell).get("solution") or role(cell).get("grade") or role(cell).get("grade_id") == "imports"
            assert tagged != bool(known), cell.id


@pytest.mark.parametrize("question", POINTS)
def test_stub(notebook: NotebookNode, question: str) -> None:
    """The stub has the reference's signature and docstring, and nothing but NotImplementedError behind them."""
    stub = definitions(solution_cells(notebook)[question].source)
    assert list(stub) == [question]
    assert contract(stub[question]) == contract(definitions(REFERENCE)[question])
    for function in functions_of(stub[question]):
        docstring, *rest = function.body
        assert isinstance(docstring, ast.Expr)
        assert len(rest) == 1
        assert is_raise(rest[0])


def test_no_answer_leaks(notebook: NotebookNode) -> None:
    """No line of a solution, and no comment of it, stands in any cell."""
    everything = "\n".join(cell.source for cell in notebook.cells)
    lines = REFERENCE.splitlines()
    checked = 0
    for node in definitions(REFERENCE).values():
        for function in functions_of(node):
            body = [line.strip() for line in lines[function.body[0].end_lineno or 0 : function.end_lineno]]
            pieces = [piece.strip() for line in body for piece in line.split("  # ")]
            for piece in pieces:
                if len(piece) >= SHORT_LINE and not piece.startswith("for i in np.ndindex"):
                    assert piece not in everything
                    checked += 1
    assert checked > 50


@pytest.mark.parametrize("question", POINTS)
def test_solutions_stand_alone(question: str) -> None:
    """A solution uses np and itself only, so that a slip in one exercise costs no other."""
    node = definitions(REFERENCE)[question]
    names = {child.id for child in ast.walk(node) if isinstance(child, ast.Name)}
    assert not names & (definitions(REFERENCE).keys() - {question})


def run(notebook: NotebookNode, folder: Path) -> NotebookNode:
    """Run a notebook in a kernel of its own, in a copy of the released folder; an error in a cell ends it."""
    shutil.copy(FOLDER / "checks.py", folder)
    client = NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(folder)}})
    executed: NotebookNode = client.execute()
    return executed


def printed(cell: NotebookNode, stream: str) -> str:
    """Return what a cell wrote to one of its two streams."""
    return "".join(output.text for output in cell.get("outputs", []) if output.get("name") == stream)


def warned(notebook: NotebookNode) -> list[str]:
    """Return what was written to stderr, but for matplotlib's note that it looks for fonts the first time."""
    texts = [printed(cell, "stderr") for cell in notebook.cells]
    return [text for text in texts if text and "font cache" not in text]


def pictures(notebook: NotebookNode) -> list[str]:
    """Return the ids of the cells that show a picture, once for each."""
    return [
        cell.id
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "image/png" in output.get("data", {})
    ]


FIGURES = ["figure-step-error", "figure-circuit", "figure-sigmoid", "figure-neuron", "figure-branch"]


def test_solved_notebook(notebook: NotebookNode, tmp_path: Path) -> None:
    """With the reference's solutions it runs from top to bottom: all checks pass, all figures show, no warnings."""
    solved = nbformat.from_dict(notebook)
    for question, cell in solution_cells(solved).items():
        cell.source = ast.get_source_segment(REFERENCE, definitions(REFERENCE)[question])
    executed = run(solved, tmp_path)
    for cell in executed.cells:
        if role(cell).get("grade"):
            assert re.match(r"\w+: ([2-9]) of \1 visible checks pass\n", printed(cell, "stdout")), printed(
                cell, "stdout"
            )
    assert warned(executed) == []
    assert pictures(executed) == FIGURES
    tried = {cell.id: printed(cell, "stdout") for cell in executed.cells if cell.id.startswith("try-")}
    assert tried["try-ComputationalGraph"].startswith("1.0\n")
    assert not any("not written yet" in text for text in tried.values())


def test_blank_notebook(notebook: NotebookNode, tmp_path: Path) -> None:
    """As students get it, it runs from top to bottom, too: figures show, and every check says what is left to do."""
    executed = run(nbformat.from_dict(notebook), tmp_path)
    for cell in executed.cells:
        if role(cell).get("grade"):
            assert "not attempted" in printed(cell, "stdout")
            assert "✓" not in printed(cell, "stdout")
        if cell.id.startswith("try-"):
            assert "not written yet" in printed(cell, "stdout")
    assert warned(executed) == []
    assert pictures(executed) == FIGURES


class SlipHunt:
    """Takes the place of pytest's loop: runs the visible checks of each question on each known slip of it."""

    def __init__(self) -> None:
        self.caught: dict[str, list[bool]] = {}

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Note for each slip whether any check of its question fails."""
        examiner = Examiner(session.config)
        for slip in load(ROOT, "gates"):
            wrong = LocalSubmission({**vars(gates), slip.question: slip.replacement})
            checks = [item for item in session.items if item.get_closest_marker("question").args == (slip.question,)]
            failed = any(examiner.run(item, wrong, "00") is not None for item in checks)
            self.caught.setdefault(slip.question, []).append(failed)
        return True


def test_checks_catch_slips() -> None:
    """The visible checks catch most of the known slips of every question; the hidden suite has to catch them all."""
    hunt = SlipHunt()
    pytest.main([*silent_session(FOLDER), str(FOLDER / "checks.py")], plugins=[hunt])
    assert hunt.caught.keys() == POINTS.keys()
    for question, caught in hunt.caught.items():
        assert sum(caught) > len(caught) / 2, question
