"""The repository's own course through `nbgrader generate_assignment` and `nbgrader validate`."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from nbformat import NotebookNode

from autograder import notebook
from tests.system.conftest import ROOT, CourseFolder, copy_course

SHORT = 24  # characters; a shorter statement may well stand in a stub or a lesson, too


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> CourseFolder:
    """The course after `nbgrader generate_assignment gates`."""
    course = copy_course(tmp_path_factory.mktemp("course"), "gates")
    course.nbgrader("generate_assignment", "gates")
    return course


def stubs(nb: NotebookNode) -> dict[str | None, str]:
    return {notebook.question_of(cell): cell.source for cell in nb.cells if notebook.is_solution(cell)}


def answers(path: Path) -> Iterator[str]:
    """Yield each statement of the functions in a Python file, but for docstrings and what stubs have as well."""
    text = path.read_text(encoding="utf-8")
    for function in functions(text):
        for node in ast.walk(ast.Module(function.body, [])):
            is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            if isinstance(node, ast.stmt) and not is_text and not isinstance(node, ast.FunctionDef | ast.Raise):
                yield str(ast.get_source_segment(text, node))


def functions(text: str) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]


def test_the_release_holds_the_notebook_and_its_checks(course: CourseFolder) -> None:
    """Nothing else is handed out."""
    folder = course.root / "release" / "gates"
    assert sorted(path.name for path in folder.rglob("*")) == ["checks.py", "gates.ipynb"]


def test_every_stub_is_released_as_it_was_written(course: CourseFolder) -> None:
    """Signature, docstring and `raise` stay: students are told what to write by nothing else."""
    source = notebook.read((ROOT / "assignments" / "gates" / "gates.ipynb").read_bytes())
    assert stubs(course.released()) == stubs(source)
    assert len(stubs(source)) == 14


def released_text(course: CourseFolder) -> str:
    cells = "\n".join(cell.source for cell in course.released().cells)
    return cells + (course.root / "release" / "gates" / "checks.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("file", ["reference/gates.py", "reference/misconceptions/gates.py"])
def test_no_answer_is_released(course: CourseFolder, file: str) -> None:
    """No statement of reference or misconceptions stands in any released file."""
    released = released_text(course)
    assert [text for text in answers(ROOT / file) if len(text) > SHORT and text in released] == []


def test_no_hidden_test_is_released(course: CourseFolder) -> None:
    """No test of the hidden suite stands in any released file, and no path says where they are."""
    suite, released = (ROOT / "tests" / "hidden" / "test_gates.py").read_text(encoding="utf-8"), released_text(course)
    bodies = [str(ast.get_source_segment(suite, node)) for node in functions(suite) if node.name.startswith("test_")]
    assert len(bodies) > 14
    assert [text for text in bodies if text in released] == []
    assert "hidden" not in released


def test_the_released_notebook_has_no_outputs(course: CourseFolder) -> None:
    """What the author's kernel printed stays with the author."""
    assert not any(json.loads(path.read_bytes()).get("outputs") for path in course.root.glob("release/*.ipynb"))
    cells = json.loads((course.root / "release" / "gates" / "gates.ipynb").read_bytes())["cells"]
    assert not any(cell.get("outputs") for cell in cells)


def test_validate_fails_on_the_released_notebook(course: CourseFolder) -> None:
    """Every question is still to be written, and the message is that of `check`."""
    said = course.nbgrader("validate", "release/gates/gates.ipynb")
    assert "VALIDATION FAILED ON 14 CELL(S)" in said
    assert 'check("sigmoid_backward")' in said


def test_validate_passes_on_a_right_notebook(course: CourseFolder) -> None:
    """With the reference's answers put in, nbgrader is content."""
    answers = notebook.function_sources((course.root / "reference" / "gates.py").read_text(encoding="utf-8"))
    path = course.root / "release" / "gates" / "answered.ipynb"
    path.write_text(notebook.write(course.answered(answers)), encoding="utf-8")
    try:
        assert "Success! Your notebook passes all the tests." in course.nbgrader("validate", str(path))
    finally:
        path.unlink()
