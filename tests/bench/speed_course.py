"""The assignment that speed is measured with: four questions of the real course, put together in a scratch course.

Nothing is written anew: stubs, tests, reference and known slips are picked out of a copy of the course.
"""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

import yaml
from nbformat import NotebookNode

from autograder import notebook
from autograder.course import Course

NAME = "speed"
QUESTIONS = {
    "sigmoid_backward": "gates",
    "two_layer_forward": "network",
    "svm_loss_naive": "losses",
    "softmax_loss_naive": "losses",
}
"""Each question, and the assignment that it is of. The vectorised losses are left out: one of their tests is timed."""
GIVEN = {"sigmoid_forward": "gates", "require_shapes": "network", "require_batch": "losses"}
"""What the four need, and students of this assignment are given."""
BEHIND = {"svm_loss_vectorized": "losses", "softmax_loss_vectorized": "losses"}
"""What the hidden tests ask of the reference besides."""
COPIED = ("nbgrader_config.py", "assignments", "reference", "tests/hidden")
IMPORTS = "import numpy as np"
CHECK = "\n\nfrom autograder import check"

_SUITE = '''\
"""The tests of four questions, picked out of the suites that they are written in."""

import importlib.util

import pytest

question = pytest.mark.question
WANTED = {{
{wanted}
}}


def load(name, path):
    found = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def names_of(marks):
    return {{mark.args[0] for mark in marks if mark.name == "question"}}


def is_wanted(test, names):
    """Tell whether a test judges one of these questions, and leave it only the cases that do."""
    wanted, marks = bool(names_of(test.pytestmark) & names), []
    for mark in test.pytestmark:
        if mark.name == "parametrize":
            of = [names_of(getattr(case, "marks", ())) for case in mark.args[1]]
            cases = [case for case, its in zip(mark.args[1], of) if its & names or not its]
            wanted = wanted or any(its & names for its in of)
            mark = pytest.mark.parametrize(mark.args[0], cases, **mark.kwargs).mark
        marks.append(mark)
    test.pytestmark = marks
    return wanted


def picked():
    """Yield each wanted test under a name of its own."""
    for part, (path, marks) in enumerate(WANTED.items()):
        for name, test in vars(load(f"speed_part{{part}}", path)).items():
            if name.startswith("test_") and is_wanted(test, names_of(marks)):
                yield f"{{name}}_{{part}}", test


globals().update(picked())
'''

_MISCONCEPTIONS = '''\
"""The known slips of four questions."""

from reference.misconceptions import gates, losses, network

def picked():
    """Yield each wanted slip, as one of this module's own: it counts where it is defined."""
    for module in (gates, network, losses):
        for name, variant in vars(module).items():
            if getattr(variant, "__misconception__", ("", ""))[0] in {questions}:
                variant.__module__ = __name__
                yield name, variant


globals().update(picked())
'''


def write(course: Course, folder: Path) -> Course:
    """Write the scratch course into `folder` and return it."""
    for name in COPIED:
        _copy(course.root / name, folder / name)
    settings = yaml.safe_load((course.root / "course.yml").read_text(encoding="utf-8"))
    settings["assignments"] = [{"name": NAME, "title": "Four questions"}]
    (folder / "course.yml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    (folder / "assignments" / NAME).mkdir()
    text = notebook.write(_notebook(course))
    _put(folder / "assignments" / NAME / f"{NAME}.ipynb", text)
    _put(folder / "assignments" / NAME / "checks.py", _suite(folder / "assignments", "{0}/checks.py"))
    _put(folder / "tests" / "hidden" / f"test_{NAME}.py", _suite(folder / "tests" / "hidden", "test_{0}.py"))
    _put(folder / "reference" / f"{NAME}.py", _reference(course))
    _put(folder / "reference" / "misconceptions" / f"{NAME}.py", _MISCONCEPTIONS.format(questions=set(QUESTIONS)))
    return Course.load(folder)


def sources(course: Course) -> dict[str, str]:
    """Return the reference's source of each question, of what is given, and of what the tests ask for."""
    found = {}
    for name, assignment in (GIVEN | QUESTIONS | BEHIND).items():
        path = course.assignment(assignment).reference_path
        found[name] = notebook.function_sources(path.read_text(encoding="utf-8"))[name]
    return found


def _put(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy2(source, target)


def _suite(folder: Path, pattern: str) -> str:
    by_part: dict[str, list[str]] = {}
    for name, part in QUESTIONS.items():
        by_part.setdefault(str(folder / pattern.format(part)), []).append(f'question("{name}")')
    wanted = [f"    {path!r}: [{', '.join(marks)}]," for path, marks in by_part.items()]
    text = _SUITE.format(wanted="\n".join(wanted))
    ast.parse(text)
    return text


def _reference(course: Course) -> str:
    return (
        f'"""Four questions, and what they need."""\n\n{IMPORTS}\n\n\n' + "\n\n\n".join(sources(course).values()) + "\n"
    )


def _notebook(course: Course) -> NotebookNode:
    given = sources(course)
    cells = [
        notebook.new_cell("markdown", "# Four questions", {}, "title"),
        _locked("imports", IMPORTS + CHECK),
        _locked("given", "\n\n\n".join(given[name] for name in GIVEN)),
    ]
    for question, assignment in QUESTIONS.items():
        cells += _cells_of(question, course.assignment(assignment).notebook)
    return notebook.new_notebook(cells, course.assignment(next(iter(QUESTIONS.values()))).notebook.metadata)


def _locked(name: str, source: str) -> NotebookNode:
    role = {"schema_version": 3, "grade": False, "locked": True, "solution": False, "task": False}
    return notebook.new_cell("code", source, {"nbgrader": {**role, "grade_id": name, "cell_type": "code"}}, name)


def _cells_of(question: str, whole: NotebookNode) -> list[NotebookNode]:
    """Return the text of an exercise, its stub and its check cell."""
    index = next(index for index, cell in enumerate(whole.cells) if notebook.question_of(cell) == question)
    cells: list[NotebookNode] = whole.cells[index - 1 : index + 2]
    return [notebook.new_cell(cell.cell_type, cell.source, cell.metadata, cell.id) for cell in cells]
