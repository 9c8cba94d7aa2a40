"""What was right when it was last checked in this kernel, as long as nothing that it could rest on is another now."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import FunctionType
from typing import Any

from autograder.learner.results import QuestionReport

_right: dict[tuple[Path, str], tuple[QuestionReport, dict[str, Any]]] = {}


def remember(report: QuestionReport, namespace: Mapping[str, Any], folder: Path) -> None:
    """Keep a report, if it is right, with the functions and classes that there were."""
    key = folder.resolve(), report.question
    _right.pop(key, None)
    if report.state == "right":
        _right[key] = report, _definitions(namespace)


def recall(question: str, namespace: Mapping[str, Any], folder: Path) -> QuestionReport | None:
    """Return the report that is still true, if there is one: every function and class of then is there unchanged."""
    report, before = _right.get((folder.resolve(), question), (None, {}))
    return report if all(namespace.get(name) is thing for name, thing in before.items()) else None


def _definitions(namespace: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was defined in the notebook itself."""
    home = namespace.get("__name__")
    own = (each for each in namespace.items() if isinstance(each[1], FunctionType | type))
    return {name: thing for name, thing in own if thing.__module__ == home}
