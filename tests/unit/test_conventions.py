"""What readers of this repository may rely on, wherever they look."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]


def python_files(*folders: str) -> Iterator[tuple[Path, ast.Module]]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"))


def test_every_test_says_in_a_sentence_what_it_shows() -> None:
    """The tests read as the specification, so each one has a docstring that ends in a full stop."""
    silent = [
        f"{path}:{node.lineno} {node.name}"
        for path, tree in python_files("tests", "assignments")
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
        if not (ast.get_docstring(node) or "").split("\n")[0].endswith((".", "…", "`."))
    ]
    assert silent == []


def test_imports_point_one_way() -> None:
    """The core knows nothing of nbgrader, pytest or commands; learner and nbgrader know nothing of each other."""
    forbidden = {
        "autograder/sandbox": ("nbgrader", "pytest", "autograder.cli", "autograder.nbgrader", "autograder.suite"),
        "autograder/compare.py": ("nbgrader", "pytest", "autograder.cli", "autograder.suite"),
        "autograder/gradients.py": ("nbgrader", "pytest", "autograder.cli", "autograder.suite"),
        "autograder/record.py": ("nbgrader", "pytest", "autograder.cli", "autograder.suite"),
        "autograder/learner": ("nbgrader", "autograder.nbgrader", "autograder.grade", "autograder.instructor"),
        "autograder/nbgrader": ("autograder.learner", "autograder.cli"),
        "autograder/instructor": ("autograder.learner", "autograder.cli"),
    }
    seen = []
    for path, tree in python_files("autograder"):
        names = [name for node in ast.walk(tree) for name in imported(node)]
        for place, banned in forbidden.items():
            if str(path).startswith(place):
                seen += [f"{path}: {n}" for n in names for b in banned if n == b or n.startswith(f"{b}.")]
    assert seen == []


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        return [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return []


def test_the_wheel_takes_the_framework_only() -> None:
    """Nothing but the package `autograder` is named for the wheel."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert settings["tool"]["hatch"]["build"]["targets"]["wheel"] == {"packages": ["autograder"]}
