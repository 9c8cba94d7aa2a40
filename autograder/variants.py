"""Right solutions in other styles, which must get full marks: reference/variants/ASSIGNMENT/STYLE.py."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.errors import CourseError
from autograder.hidden_modules import PACKAGE, import_hidden

__all__ = ["Variant", "load"]


@dataclass(frozen=True)
class Variant:
    """One style: `solutions` are its functions and classes by question, not necessarily for all of them."""

    style: str
    path: Path
    solutions: Mapping[str, Callable[..., Any]]


def load(course_root: Path, assignment: str, questions: Collection[str]) -> tuple[Variant, ...]:
    """Return the right variants of an assignment by style, in alphabetical order; none where there is no folder.

    Every public function or class of a module that has the name of a question is a solution of it. Raises CourseError
    where a module cannot be imported or solves nothing.
    """
    folder = course_root / PACKAGE / "variants" / assignment
    paths = sorted(path for path in folder.glob("*.py") if path.stem != "__init__")
    return tuple(_variant(course_root, assignment, path, questions) for path in paths)


def _variant(course_root: Path, assignment: str, path: Path, questions: Collection[str]) -> Variant:
    module = import_hidden(course_root, f"variants.{assignment}.{path.stem}", path)
    solutions = {name: value for name, value in vars(module).items() if name in questions and callable(value)}
    if not solutions:
        msg = f"{path} solves no question; a right variant has functions or classes called {', '.join(questions)}"
        raise CourseError(msg)
    return Variant(path.stem, path, solutions)
