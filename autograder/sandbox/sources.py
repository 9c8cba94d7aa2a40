"""A function or class of the grader's as source text, to be run in a worker."""

from __future__ import annotations

import ast
import functools
import inspect
import textwrap
from types import FunctionType, ModuleType
from typing import Any

from autograder.errors import WireError

_MODULES = ("numpy", "math")


@functools.cache
def source_of(thing: Any) -> tuple[str, str]:
    """Return source and name of a `def` or `class` of a file; `numpy`, `np` and `math` are all that it may use.

    Raises WireError where it is a lambda, has a closure, a decorator, or uses other names of its file.
    """
    name = getattr(thing, "__name__", "it")
    try:
        source = textwrap.dedent(inspect.getsource(thing))
        statement = ast.parse(source).body[0]
    except (OSError, TypeError, SyntaxError):
        raise WireError(f"`{name}` cannot be sent to a submission: its source is not there") from None
    if not isinstance(statement, ast.FunctionDef | ast.ClassDef):
        raise WireError(f"`{name}` cannot be sent to a submission: write it as a `def`")
    if statement.decorator_list:
        raise WireError(f"`{name}` cannot be sent to a submission: it has a decorator")
    for function in _functions(thing):
        _check_names(name, function)
    return source, statement.name


def _functions(thing: Any) -> list[FunctionType]:
    if isinstance(thing, FunctionType):
        return [thing]
    members = [getattr(value, "__func__", value) for value in vars(thing).values()]
    return [member for member in members if isinstance(member, FunctionType)]


def _check_names(name: str, function: FunctionType) -> None:
    used = inspect.getclosurevars(function)
    outside = {key for key, value in used.globals.items() if not _is_given(value)} - {name, function.__name__}
    outside |= set(used.nonlocals) - {"__class__"}
    if outside:
        names = ", ".join(f"`{each}`" for each in sorted(outside))
        raise WireError(f"`{name}` cannot be sent to a submission: it uses {names} of its own file")


def _is_given(value: Any) -> bool:
    return isinstance(value, ModuleType) and value.__name__ in _MODULES
