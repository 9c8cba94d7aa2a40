"""What was right when it was last checked in this kernel, as long as nothing that it could rest on is another now."""

from __future__ import annotations

import builtins
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from autograder.learner.results import QuestionReport
from autograder.workbench import CHECKS, version

_SHELL_NAMES = frozenset(("In", "Out"))


@dataclass(frozen=True)
class _Memory:
    """A report with the checks that it is about, and a test for each name whether it is still what it was."""

    report: QuestionReport
    checks: tuple[int, int]
    still: Mapping[str, Callable[[Any], bool]]


_right: dict[tuple[Path, str], _Memory] = {}


def remember(report: QuestionReport, namespace: Mapping[str, Any], folder: Path) -> None:
    """Keep a report, if it is right, with the names that there were."""
    key = folder.resolve(), report.question
    _right.pop(key, None)
    if report.state == "right":
        still = {name: _sameness(namespace[name]) for name in _own_names(namespace)}
        _right[key] = _Memory(report, version(folder / CHECKS), still)


def recall(question: str, namespace: Mapping[str, Any], folder: Path) -> QuestionReport | None:
    """Return the report that is still true, if there is one: every name of then is there and means the same thing."""
    memory = _right.get((folder.resolve(), question))
    if memory is None or memory.checks != version(folder / CHECKS):
        return None
    hides = any(hasattr(builtins, name) for name in _own_names(namespace) - memory.still.keys())
    same = all(name in namespace and is_same(namespace[name]) for name, is_same in memory.still.items())
    return memory.report if same and not hides else None


def _own_names(namespace: Mapping[str, Any]) -> set[str]:
    """Return the names that a notebook may have defined: a function can use any of them."""
    return {
        name
        for name, thing in list(namespace.items())
        if not name.startswith("_") and name not in _SHELL_NAMES and not isinstance(thing, ModuleType)
    }


def _sameness(thing: Any) -> Callable[[Any], bool]:
    """Return a function that tells whether something is `thing`, and does not keep it alive where that can be."""
    try:
        reference = weakref.ref(thing)
    except TypeError:
        return lambda other: other is thing
    return lambda other: other is not None and other is reference()
