"""The repository's own course through `nbgrader generate_assignment` and `nbgrader validate`."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from nbformat import NotebookNode

from autograder import misconceptions, notebook
from autograder.behaviour import VISIBLE_SEED, behaviour
from autograder.course import Course
from autograder.guide import guide_in
from autograder.suite import load_reference
from autograder.workbench import Workbench
from tests.system.conftest import ROOT, CourseFolder, copy_course

SHORT = 24  # characters; a shorter statement may well stand in a stub or a lesson, too
COMMONPLACE = "rng = np.random.default_rng("
"""How statements begin that say nothing, however long they are."""


NAMES = [assignment.name for assignment in Course.load(ROOT).assignments]


@pytest.fixture(scope="module", params=NAMES)
def course(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> CourseFolder:
    """The course after `nbgrader generate_assignment`."""
    course = copy_course(tmp_path_factory.mktemp("course"), request.param)
    course.nbgrader("generate_assignment", course.assignment)
    return course


def stubs(nb: NotebookNode) -> dict[str | None, str]:
    return {notebook.question_of(cell): cell.source for cell in nb.cells if notebook.is_solution(cell)}


def answers(path: Path, given: set[str]) -> Iterator[str]:
    """Yield each statement of the functions in a Python file, but for docstrings and what stubs have as well.

    `given` are the functions that the notebook hands out.
    """
    text = path.read_text(encoding="utf-8")
    for function in functions(text):
        if function.name in given:
            continue
        for node in ast.walk(ast.Module(function.body, [])):
            is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            if isinstance(node, ast.stmt) and not is_text and not isinstance(node, ast.FunctionDef | ast.Raise):
                yield str(ast.get_source_segment(text, node))


def functions(text: str) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]


def test_the_release_holds_the_notebook_and_its_checks(course: CourseFolder) -> None:
    """Nothing else is handed out."""
    folder = course.root / "release" / course.assignment
    assert {path.name for path in folder.rglob("*")} == {"checks.py", "guide.json", f"{course.assignment}.ipynb"}


def test_every_stub_is_released_as_it_was_written(course: CourseFolder) -> None:
    """Signature, docstring and `raise` stay: students are told what to write by nothing else."""
    name = course.assignment
    source = notebook.read((ROOT / "assignments" / name / f"{name}.ipynb").read_bytes())
    assert stubs(course.released()) == stubs(source)
    assert list(stubs(source)) == [question.name for question in Course.load(ROOT).assignment(name).questions]


def released_text(course: CourseFolder) -> str:
    cells = "\n".join(cell.source for cell in course.released().cells)
    folder = course.root / "release" / course.assignment
    return cells + "".join((folder / name).read_text(encoding="utf-8") for name in ("checks.py", "guide.json"))


def given(course: CourseFolder) -> set[str]:
    """Return the names of the functions that the notebook hands out ready made."""
    cells = [cell.source for cell in course.released().cells if notebook.grade_id(cell) == "guards"]
    return {function.name for source in cells for function in functions(source)}


@pytest.mark.parametrize("folder", ["reference", "reference/misconceptions"])
def test_no_answer_is_released(course: CourseFolder, folder: str) -> None:
    """No statement of reference or misconceptions stands in any released file, but for what is handed out."""
    released, path = released_text(course), ROOT / folder / f"{course.assignment}.py"
    telling = [text for text in answers(path, given(course)) if len(text) > SHORT and not text.startswith(COMMONPLACE)]
    assert [text for text in telling if text in released] == []


def test_no_hidden_test_is_released(course: CourseFolder) -> None:
    """No test of the hidden suite stands in any released file, and no path says where they are."""
    suite = (ROOT / "tests" / "hidden" / f"test_{course.assignment}.py").read_text(encoding="utf-8")
    released = released_text(course)
    bodies = [str(ast.get_source_segment(suite, node)) for node in functions(suite) if node.name.startswith("test_")]
    assert len(bodies) > len(stubs(course.released()))
    assert [text for text in bodies if text in released] == []
    assert not re.search(rf"tests[/.]hidden|reference[/.]\w|\btest_{course.assignment}\b", released)


def test_the_guide_counts_hidden_checks_and_seals_hints(course: CourseFolder) -> None:
    """Labels, base64 and numbers: no hint can be read from the file, and most known slips have one."""
    guide = guide_in(course.root / "release" / course.assignment)
    known = misconceptions.load(ROOT, course.assignment)
    questions = Course.load(ROOT).assignment(course.assignment).questions
    assert list(guide.questions) == [question.name for question in questions]
    assert all(entry.hidden >= 3 for entry in guide.questions.values())
    sealed = [text for entry in guide.questions.values() for text in entry.slips.values()]
    assert len(sealed) > 0.7 * len(known)
    assert all(re.fullmatch(r"[A-Za-z0-9+/]+=*", text) for text in sealed)
    text = released_text(course)
    assert [slip.name for slip in known if slip.hint in text or slip.name in guide_text(course)] == []


def guide_text(course: CourseFolder) -> str:
    return (course.root / "release" / course.assignment / "guide.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("course", ["gates"], indirect=True)
def test_a_hint_opens_for_its_slip_only(course: CourseFolder) -> None:
    """Whoever makes a slip has the key to its hint, to no other's, and to a right answer's there is none."""
    folder = course.root / "release" / "gates"
    guide, reference = guide_in(folder), vars(load_reference(Course.load(ROOT).assignment("gates")))
    bench, opened = Workbench(folder / "checks.py"), 0
    for slip in misconceptions.load(ROOT, "gates"):
        raised = bench.run(slip.question, {**reference, slip.question: slip.replacement}, VISIBLE_SEED)
        key = behaviour([error for _, error in raised])
        hint = key and guide.slip(slip.question, key)
        assert hint in (slip.hint, None)
        opened += hint is not None
    bench.close()
    assert opened == sum(len(entry.slips) for entry in guide.questions.values())


def test_the_released_notebook_has_no_outputs(course: CourseFolder) -> None:
    """What the author's kernel printed stays with the author."""
    assert not any(json.loads(path.read_bytes()).get("outputs") for path in course.root.glob("release/*.ipynb"))
    name = course.assignment
    cells = json.loads((course.root / "release" / name / f"{name}.ipynb").read_bytes())["cells"]
    assert not any(cell.get("outputs") for cell in cells)


@pytest.mark.parametrize("course", ["gates"], indirect=True)
def test_validate_fails_on_the_released_notebook(course: CourseFolder) -> None:
    """Every question is still to be written, and the message is that of `check`."""
    said = course.nbgrader("validate", "release/gates/gates.ipynb")
    assert "VALIDATION FAILED ON 14 CELL(S)" in said
    assert 'check("sigmoid_backward")' in said


@pytest.mark.parametrize("course", ["gates"], indirect=True)
def test_validate_passes_on_a_right_notebook(course: CourseFolder) -> None:
    """With the reference's answers put in, nbgrader is content."""
    answers = notebook.function_sources((course.root / "reference" / "gates.py").read_text(encoding="utf-8"))
    path = course.root / "release" / "gates" / "answered.ipynb"
    path.write_text(notebook.write(course.answered(answers)), encoding="utf-8")
    try:
        assert "Success! Your notebook passes all the tests." in course.nbgrader("validate", str(path))
    finally:
        path.unlink()
