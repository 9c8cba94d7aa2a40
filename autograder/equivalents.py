"""Mutants that are right solutions themselves, each with the reason: reference/equivalents/ASSIGNMENT.yml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec
import yaml

from autograder.errors import CourseError
from autograder.hidden_modules import PACKAGE


@dataclass(frozen=True)
class Equivalent:
    """Why a mutant is right as an answer to its own question, and perhaps another question whose tests catch it."""

    reason: str
    caught_by: str | None = None


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One or several mutants with one reason, as the file has it."""

    mutant: str | list[str]
    reason: str
    caught_by: str | None = None


def equivalents_path(course_root: Path, assignment: str) -> Path:
    """Return where the equivalent mutants of an assignment are listed."""
    return course_root / PACKAGE / "equivalents" / f"{assignment}.yml"


def load(course_root: Path, assignment: str) -> Mapping[str, Equivalent]:
    """Return the equivalent mutants by their ids, in the order of the file; none where there is no file.

    Raises CourseError where the file is no list of entries {mutant, reason}, or one has no sentence as its reason.
    """
    path = equivalents_path(course_root, assignment)
    if not path.is_file():
        return {}
    shown = path.relative_to(course_root)
    try:
        entries = msgspec.convert(yaml.safe_load(path.read_text(encoding="utf-8")) or [], list[_Entry])
    except (msgspec.ValidationError, yaml.YAMLError, UnicodeDecodeError) as error:
        msg = f"{shown}: {error}; write a list of entries `- mutant: …` and `reason: …`"
        raise CourseError(msg) from error
    known: dict[str, Equivalent] = {}
    for entry in entries:
        for mutant in [entry.mutant] if isinstance(entry.mutant, str) else entry.mutant:
            _require(mutant not in known, f"{shown}: `{mutant}` stands there twice; remove one")
            _require(entry.reason.strip().endswith("."), f"{shown}: `{mutant}` needs a sentence as its reason")
            known[mutant] = Equivalent(entry.reason.strip(), entry.caught_by)
    return known


def _require(right: bool, message: str) -> None:
    if not right:
        raise CourseError(message)
