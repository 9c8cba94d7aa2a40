"""Where a slip is to be mended first: in the answer that is wrong itself, not in those that call it.

Nothing is run to find that out: it is known of answers that were checked before and have not changed since.
"""

from __future__ import annotations

import dis
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import CodeType
from typing import Any

from autograder import builds_on
from autograder.learner.results import QuestionReport, codes

__all__ = ["amended", "culprits", "remember"]

_GLOBALS = ("LOAD_GLOBAL", "LOAD_NAME")


@dataclass(frozen=True)
class _Seen:
    """The state that an answer was last seen in, and the code of all that it rested on."""

    state: str
    code: Mapping[str, tuple[CodeType, ...]]


_seen: dict[tuple[Path, str], _Seen] = {}


def remember(report: QuestionReport, namespace: Mapping[str, Any], folder: Path) -> None:
    """Keep in mind how an answer stands."""
    names = {report.question, *builds_on.below(report.question, partial(_mentioned, namespace))}
    code = {name: tuple(codes(namespace.get(name))) for name in names}
    _seen[folder.resolve(), report.question] = _Seen(report.state, code)


def amended(report: QuestionReport, namespace: Mapping[str, Any], folder: Path) -> QuestionReport:
    """Return the report, its message with the wrong answers that its question builds on."""
    if report.state != "wrong":
        return report
    names = culprits(report.question, namespace, folder)
    told = replace(report.first, message=builds_on.amended(report.first.message, report.question, names))
    return replace(report, results=tuple(told if result is report.first else result for result in report.results))


def culprits(question: str, namespace: Mapping[str, Any], folder: Path) -> list[str]:
    """Return the answers that are wrong themselves, of those that the answer to a question builds on."""
    mentioned = partial(_mentioned, namespace)
    return builds_on.culprits(question, mentioned, _wrong(builds_on.below(question, mentioned), namespace, folder))


def _wrong(names: Collection[str], namespace: Mapping[str, Any], folder: Path) -> list[str]:
    place = folder.resolve()
    seen = ((name, _seen.get((place, name))) for name in names)
    return [name for name, last in seen if last and last.state == "wrong" and _is_as_it_was(last, namespace)]


def _is_as_it_was(last: _Seen, namespace: Mapping[str, Any]) -> bool:
    return all(tuple(codes(namespace.get(name))) == code for name, code in last.code.items())


def _mentioned(namespace: Mapping[str, Any], name: str) -> Iterator[str]:
    """Yield the names of the notebook's own that the code of a function or of a class looks up."""
    left: list[CodeType] = codes(namespace.get(name))
    while left:
        code = left.pop()
        names = (each.argval for each in dis.get_instructions(code) if each.opname in _GLOBALS)
        yield from (name for name in names if name in namespace)
        left += (each for each in code.co_consts if isinstance(each, CodeType))
