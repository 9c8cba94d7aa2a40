"""Known wrong variants of a reference function, each with the hint that a student gets who wrote the same."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from autograder.errors import CourseError
from autograder.hidden_modules import PACKAGE, import_hidden

__all__ = ["Misconception", "load", "misconception"]

_MARK = "__misconception__"

Variant = TypeVar("Variant", bound=Callable[..., Any])


@dataclass(frozen=True)
class Misconception:
    """A wrong variant of one question; `replacement` is the function or class that takes the reference's place."""

    question: str
    name: str
    hint: str
    replacement: Callable[..., Any]


def misconception(question: str, hint: str) -> Callable[[Variant], Variant]:
    """Mark a function or class in reference/misconceptions/NAME.py as a wrong variant of `question`.

    `hint` is one or two sentences to the student that name the slip and do not give the line away.
    """

    def mark(replacement: Variant) -> Variant:
        setattr(replacement, _MARK, (question, hint))
        return replacement

    return mark


def load(course_root: Path, assignment: str) -> tuple[Misconception, ...]:
    """Return the misconceptions of an assignment in the order of their file; none where there is no such file.

    Raises CourseError where the file cannot be imported or a misconception is incomplete.
    """
    path = course_root / PACKAGE / "misconceptions" / f"{assignment}.py"
    if not path.is_file():
        return ()
    _require_unique_names(path)
    module = import_hidden(course_root, f"misconceptions.{assignment}", path)
    return tuple(_checked(path, name, value) for name, value in vars(module).items() if _is_marked_in(module, value))


def _require_unique_names(path: Path) -> None:
    """Refuse two variants with one name: the second would replace the first without a trace."""
    try:
        tree = ast.parse(path.read_bytes(), filename=str(path))
    except (SyntaxError, ValueError) as error:
        msg = f"{path} is not valid Python: {error}"
        raise CourseError(msg) from error
    names = Counter(node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef))
    for name, count in names.items():
        if count > 1:
            msg = f"{path} defines `{name}` {count} times; give every misconception a name of its own"
            raise CourseError(msg)


def _is_marked_in(module: ModuleType, value: object) -> bool:
    own = getattr(value, "__module__", None) == module.__name__
    return own and callable(value) and _MARK in vars(value)


def _checked(path: Path, name: str, replacement: Callable[..., Any]) -> Misconception:
    question, hint = getattr(replacement, _MARK)
    where = f"{path}: misconception `{name}`"
    if not isinstance(question, str) or not question.strip():
        msg = f"{where} does not say which question it belongs to: @misconception(question, hint=…)"
        raise CourseError(msg)
    if not isinstance(hint, str) or not hint.strip().endswith("."):
        msg = f"{where} needs a hint for the student: a sentence that ends in a full stop"
        raise CourseError(msg)
    return Misconception(question, name, hint.strip(), replacement)
