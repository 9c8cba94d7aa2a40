"""A notebook: stubs equal the reference's contracts, no answer leaks, and it runs, blank and solved."""

from __future__ import annotations

import ast
import re
import shutil
from pathlib import Path
from typing import Any, ClassVar

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

from autograder.course import Assignment, Course
from tests.corpus.session import ROOT

SHORT_LINE = 12
"""Lines of the reference with fewer characters than this say too little to be an answer."""
COMMONPLACE = (
    "for i in ",
    "for step in range(",
    "return out",
    "return loss",
    "import ",
    "continue",
    "raise ValueError(",
)
"""How lines begin that say nothing by themselves, however long they are."""
USUAL_IMPORTS = (
    "import numpy as np",
    "import matplotlib.pyplot as plt",
    "from autograder import check, hint, progress",
)

Definition = ast.FunctionDef | ast.ClassDef


class NotebookProofs:
    """What is shown of every notebook. A subclass says of which assignment, and how many pictures it shows."""

    assignment: ClassVar[str]
    pictures: ClassVar[int]
    builds_on: ClassVar[frozenset[tuple[str, str]]] = frozenset()
    """Pairs of questions of which the first one's solution calls the other."""

    @pytest.fixture(scope="class")
    @classmethod
    def course_assignment(cls) -> Assignment:
        """The assignment itself."""
        return Course.load(ROOT).assignment(cls.assignment)

    @pytest.fixture(scope="class")
    @classmethod
    def notebook(cls, course_assignment: Assignment) -> NotebookNode:
        """The notebook as students get it."""
        return nbformat.read(course_assignment.notebook_path, as_version=nbformat.NO_CONVERT)

    @pytest.fixture(scope="class")
    @classmethod
    def reference(cls, course_assignment: Assignment) -> str:
        """The source of the reference."""
        return course_assignment.reference_path.read_text(encoding="utf-8")

    @pytest.fixture(scope="class")
    @classmethod
    def questions(cls, course_assignment: Assignment) -> list[str]:
        """The names of the questions in the order of the notebook."""
        return [question.name for question in course_assignment.questions]

    def test_format(self, notebook: NotebookNode) -> None:
        """It is a valid notebook of format 4.5 with unique ids, a python3 kernel and no outputs."""
        nbformat.validate(notebook)
        assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
        assert notebook.metadata.kernelspec.name == "python3"
        ids = [cell.id for cell in notebook.cells]
        assert len(ids) == len(set(ids))
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        assert all(cell.outputs == [] and cell.execution_count is None for cell in code)

    def test_folder(self, course_assignment: Assignment) -> None:
        """The folder that is released holds the notebook and its checks, and nothing else."""
        names = {path.name for path in course_assignment.notebook_path.parent.iterdir()} - {"__pycache__"}
        assert names == {f"{self.assignment}.ipynb", "checks.py"}

    def test_questions(self, notebook: NotebookNode, reference: str, questions: list[str]) -> None:
        """Each question has one solution cell, with its check cell right after it, in the order of the reference."""
        graded = [index for index, cell in enumerate(notebook.cells) if role(cell).get("grade")]
        own = [name for name in definitions(reference) if name not in definitions(guards(notebook))]
        assert [role(notebook.cells[index])["grade_id"] for index in graded] == questions
        assert list(solution_cells(notebook)) == questions == own
        for index, question in zip(graded, questions, strict=True):
            assert role(notebook.cells[index - 1])["grade_id"] == f"{question}-solution"

    def test_points(self, notebook: NotebookNode, course_assignment: Assignment) -> None:
        """Points are whole numbers, 25 to 40 in all; the headings and the text say the same."""
        text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
        for number, question in enumerate(course_assignment.questions, start=1):
            assert question.points == int(question.points) > 0
            assert f"### Exercise {number} · `{question.name}` · {question.points:g} point" in text, question.name
        assert 25 <= course_assignment.max_score <= 40
        assert f"{course_assignment.max_score:g} points" in text

    def test_nbgrader_metadata(self, notebook: NotebookNode) -> None:
        """Check cells are locked and graded, solution cells are open, all else that has a role is read-only."""
        for cell in filter(role, notebook.cells):
            meta = dict(role(cell))
            name, points = meta.pop("grade_id"), meta.pop("points", None)
            graded, solution = points is not None, name.endswith("-solution")
            flags = {"grade": graded, "locked": not solution, "solution": solution, "task": False}
            assert meta == {"schema_version": 3, **flags, "cell_type": cell.cell_type}, name
            assert not graded or cell.source == f'check("{name}")'

    def test_first_code_cell(self, notebook: NotebookNode) -> None:
        """The first code cell imports what everything after it uses, and cannot be edited."""
        first = next(cell for cell in notebook.cells if cell.cell_type == "code")
        assert role(first)["grade_id"] == "imports"
        assert role(first)["locked"]
        assert set(USUAL_IMPORTS) <= set(first.source.splitlines())
        assert "%matplotlib inline" in first.source

    def test_illustrations_are_tagged(self, notebook: NotebookNode) -> None:
        """Every code cell is an exercise, a check, locked or tagged as illustration; only the last kind is left out."""
        for cell in notebook.cells:
            if cell.cell_type == "code":
                tagged = cell.metadata.get("tags", []) == ["illustration"]
                assert tagged or role(cell).get("solution") or role(cell).get("locked"), cell.id
                assert not (tagged and (role(cell).get("solution") or role(cell).get("grade"))), cell.id

    def test_stubs(self, notebook: NotebookNode, reference: str, questions: list[str]) -> None:
        """Each stub has the reference's signature and docstring, and nothing but NotImplementedError behind them."""
        right = definitions(reference)
        for question in questions:
            stub = definitions(solution_cells(notebook)[question].source)
            assert list(stub) == [question]
            assert contract(stub[question]) == contract(right[question]), question
            for function in functions_of(stub[question]):
                docstring, *rest = function.body
                assert isinstance(docstring, ast.Expr)
                assert list(map(is_raise, rest)) == [True], question

    def test_guards_are_the_references(self, notebook: NotebookNode, reference: str, questions: list[str]) -> None:
        """What the reference has beside the solutions is given to students, line by line, right after the imports."""
        ours = {name: source_of(reference, node) for name, node in definitions(reference).items()}
        cell = guards(notebook)
        given = {name: source_of(cell, node) for name, node in definitions(cell).items()}
        assert given == {name: source for name, source in ours.items() if name not in questions}
        code = [role(cell).get("grade_id") for cell in notebook.cells if cell.cell_type == "code"]
        assert not given or code[1] == "guards"

    def test_no_answer_leaks(self, notebook: NotebookNode, reference: str, questions: list[str]) -> None:
        """No line of a solution, and no comment of it, stands in any cell."""
        everything = "\n".join(cell.source for cell in notebook.cells)
        pieces = [piece for name in questions for piece in telling_pieces(reference, definitions(reference)[name])]
        assert len(pieces) > 2 * len(questions)
        assert [piece for piece in pieces if piece in everything] == []

    def test_solutions_stand_alone(self, reference: str, questions: list[str]) -> None:
        """A solution uses np and itself only, so that a slip in one exercise costs no other."""
        used = set()
        for question in questions:
            nodes = ast.walk(definitions(reference)[question])
            names = {child.id for child in nodes if isinstance(child, ast.Name)} & set(questions)
            used |= {(question, name) for name in names - {question}}
        assert used == self.builds_on

    @pytest.fixture(scope="class")
    @classmethod
    def solved(
        cls, notebook: NotebookNode, reference: str, course_assignment: Assignment, tmp_path_factory: Any
    ) -> NotebookNode:
        """The notebook with the reference's solutions after a run."""
        filled = nbformat.from_dict(notebook)
        for question, cell in solution_cells(filled).items():
            cell.source = source_of(reference, definitions(reference)[question])
        return run(filled, course_assignment, tmp_path_factory.mktemp("solved"))

    @pytest.fixture(scope="class")
    @classmethod
    def blank(cls, notebook: NotebookNode, course_assignment: Assignment, tmp_path_factory: Any) -> NotebookNode:
        """The notebook as students get it after a run."""
        return run(nbformat.from_dict(notebook), course_assignment, tmp_path_factory.mktemp("blank"))

    def test_solved_notebook(self, solved: NotebookNode) -> None:
        """With the reference's solutions it runs from top to bottom: all checks pass, figures show, no warnings."""
        for cell in solved.cells:
            if role(cell).get("grade"):
                said = displayed(cell)
                assert re.match(r"\w+: ([1-9]\d*) of \1 visible checks? pass", said), said
        assert warned(solved) == []
        assert len(pictures(solved)) == self.pictures
        assert [cell.id for cell in solved.cells if "not written yet" in printed(cell, "stdout")] == []

    def test_blank_notebook(self, blank: NotebookNode) -> None:
        """As students get it, it runs from top to bottom, too, and every check says what is left to do."""
        for cell in blank.cells:
            if role(cell).get("grade"):
                assert "not attempted" in displayed(cell)
                assert "✓" not in displayed(cell)
            if cell.id.startswith("try-"):
                assert "not written yet" in printed(cell, "stdout"), cell.id
        assert warned(blank) == []


def role(cell: NotebookNode) -> dict[str, Any]:
    """Return the nbgrader metadata of a cell."""
    metadata: dict[str, Any] = cell.metadata.get("nbgrader", {})
    return metadata


def guards(notebook: NotebookNode) -> str:
    """Return the source of the cell that gives checks of arguments to students; empty where there is none."""
    return next((cell.source for cell in notebook.cells if role(cell).get("grade_id") == "guards"), "")


def definitions(source: str) -> dict[str, Definition]:
    """Return the functions and classes at the top of a piece of code."""
    return {node.name: node for node in ast.parse(source).body if isinstance(node, Definition)}


def source_of(text: str, node: Definition) -> str:
    """Return the code of a definition as it is written."""
    return ast.get_source_segment(text, node) or ""


def solution_cells(notebook: NotebookNode) -> dict[str, NotebookNode]:
    """Return the solution cells by the name of their question."""
    cells = [cell for cell in notebook.cells if role(cell).get("solution")]
    return {role(cell)["grade_id"].removesuffix("-solution"): cell for cell in cells}


def contract(node: Definition) -> Any:
    """Return everything that a stub must have in common with the reference: names, arguments, docstrings.

    A method whose name begins with an underscore is the reference's own affair.
    """
    if isinstance(node, ast.ClassDef):
        children = [child for child in node.body if isinstance(child, ast.FunctionDef)]
        methods = [contract(child) for child in children if not re.match(r"_[^_]", child.name)]
        return node.name, [ast.dump(base) for base in node.bases], ast.get_docstring(node, clean=False), methods
    return node.name, ast.dump(node.args), ast.dump(node.returns) if node.returns else None, ast.get_docstring(node)


def functions_of(node: Definition) -> list[ast.FunctionDef]:
    """Return the function itself, or all methods of the class."""
    return [child for child in ast.walk(node) if isinstance(child, ast.FunctionDef)]


def is_raise(statement: ast.stmt) -> bool:
    """Tell whether the statement is `raise NotImplementedError("…")`."""
    return isinstance(statement, ast.Raise) and ast.unparse(statement).startswith("raise NotImplementedError(")


def telling_pieces(reference: str, node: Definition) -> list[str]:
    """Return the lines of code and the comments of a solution that would help whoever read them."""
    lines = reference.splitlines()
    bodies = [lines[function.body[0].end_lineno or 0 : function.end_lineno] for function in functions_of(node)]
    pieces = [piece.strip() for body in bodies for line in body for piece in line.strip().split("  # ")]
    own = node.name if isinstance(node, ast.FunctionDef) else "\0"
    return [
        piece
        for piece in pieces
        if len(piece) >= SHORT_LINE and not piece.startswith((*COMMONPLACE, "require_", "def ", f"return {own}"))
    ]


def run(notebook: NotebookNode, assignment: Assignment, folder: Path) -> NotebookNode:
    """Run a notebook in a kernel of its own, in a copy of the released folder; an error in a cell ends it."""
    shutil.copy(assignment.checks_path, folder)
    client = NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(folder)}})
    executed: NotebookNode = client.execute()
    return executed


def printed(cell: NotebookNode, stream: str) -> str:
    """Return what a cell wrote to one of its two streams."""
    return "".join(output.text for output in cell.get("outputs", []) if output.get("name") == stream)


def displayed(cell: NotebookNode) -> str:
    """Return what a cell displayed, as text."""
    shown = (output.data.get("text/plain", "") for output in cell.get("outputs", []) if "data" in output)
    return "".join(shown)


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
