"""course.yml as validated entries: whatever is wrong with it is a CourseError with line and remedy."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import yaml

from autograder.errors import CourseError
from autograder.limits import Limits

COURSE_FILE = "course.yml"
NAME = r"[a-z][a-z0-9_]*"
DATA_SETS = ("mnist",)
HINTS = range(4)

Where = tuple[str | int, ...]


class AssignmentEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One assignment as course.yml has it: `limits` and `hints` where they differ, `data` names a data set."""

    name: str
    title: str
    data: str | None = None
    hints: int | None = None
    limits: dict[str, Any] = {}


class CourseEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """course.yml as it stands; `limits` holds what differs from the defaults."""

    name: str
    title: str
    hints: int = HINTS[-1]
    limits: dict[str, Any] = {}
    assignments: list[AssignmentEntry]

    def limits_of(self, assignment: AssignmentEntry) -> Limits:
        """Return the limits of an assignment: the defaults, the course's changes, its own changes."""
        merged = {**msgspec.structs.asdict(Limits()), **self.limits, **assignment.limits}
        return msgspec.convert(merged, Limits, strict=False)


def read(root: Path) -> CourseEntry:
    """Return the validated content of course.yml in the folder `root`."""
    text = _text(root / COURSE_FILE)
    lines = _Lines(text)
    try:
        entry = msgspec.convert(yaml.safe_load(text), CourseEntry)
    except msgspec.ValidationError as error:
        raise _located(error, lines) from None
    _require_name(entry.name, ("name",), lines)
    _require_hints(entry.hints, ("hints",), lines)
    _require_limits(entry.limits, ("limits",), lines)
    seen: set[str] = set()
    for index, assignment in enumerate(entry.assignments):
        where = ("assignments", index)
        _require_name(assignment.name, (*where, "name"), lines)
        if assignment.name in seen:
            raise lines.error((*where, "name"), f"assignment {assignment.name!r} stands here twice; remove one")
        seen.add(assignment.name)
        if assignment.data is not None and assignment.data not in DATA_SETS:
            remedy = nearest(assignment.data, DATA_SETS)
            raise lines.error((*where, "data"), f"unknown data set {assignment.data!r}; {remedy}")
        _require_hints(assignment.hints, (*where, "hints"), lines)
        _require_limits(assignment.limits, (*where, "limits"), lines)
    return entry


def nearest(name: str, names: Iterable[str]) -> str:
    """Return a remedy that lists the names closest to `name`, or all where none is close."""
    names = list(names)
    close = difflib.get_close_matches(name, names, n=3)
    return f"did you mean {' or '.join(close)}?" if close else f"there are: {', '.join(names) or 'none'}"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        msg = f"{path}: there is no such file; run this in a course folder"
        raise CourseError(msg) from None
    except UnicodeDecodeError as error:
        msg = f"{path}: not UTF-8 ({error.reason} at byte {error.start}); save it as UTF-8"
        raise CourseError(msg) from None


def _require_name(name: str, where: Where, lines: _Lines) -> None:
    if not re.fullmatch(NAME, name):
        raise lines.error(where, f"{name!r} is not a name; use lower-case letters, digits and _")


def _require_hints(hints: int | None, where: Where, lines: _Lines) -> None:
    if hints is not None and hints not in HINTS:
        raise lines.error(where, f"hints is {hints}; it is the last step that `hint` gives: {HINTS[0]} to {HINTS[-1]}")


def _require_limits(changes: dict[str, Any], where: Where, lines: _Lines) -> None:
    defaults = msgspec.structs.asdict(Limits())
    for key, value in changes.items():
        if key not in defaults:
            raise lines.error((*where, key), f"unknown limit {key!r}; {nearest(key, defaults)}")
        whole = isinstance(defaults[key], int)
        kind = "whole number" if whole else "number"
        valid = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
        if not valid or not 0 < value < float("inf"):
            raise lines.error((*where, key), f"{key} is {value!r}; a limit is a {kind} greater than 0")


class _Lines:
    """Where each key of a YAML text stands, so that a message can name the line."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Where, int] = {}
        try:
            node = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            msg = f"{COURSE_FILE}:{line}: not YAML: {error.problem}; check indentation and quotes"
            raise CourseError(msg) from None
        except yaml.YAMLError as error:
            msg = f"{COURSE_FILE}: not YAML: {error}; save it as plain text"
            raise CourseError(msg) from None
        if node is not None:
            self._walk(node, ())

    def _walk(self, node: Any, path: Where) -> None:
        self._lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                inner = (*path, key.value)
                if inner in self._lines:
                    again = key.start_mark.line + 1
                    raise self.error(inner, f"{key.value!r} stands twice (again in line {again}); remove one")
                self._lines[inner] = key.start_mark.line + 1
                self._walk(value, inner)
        elif isinstance(node, yaml.SequenceNode):
            for index, value in enumerate(node.value):
                self._walk(value, (*path, index))

    def error(self, path: Where, text: str) -> CourseError:
        """Return a CourseError that points at the line of `path`, or of the nearest thing around it."""
        while path and path not in self._lines:
            path = path[:-1]
        return CourseError(f"{COURSE_FILE}:{self._lines.get(path, 1)}: {text}")


def _located(error: msgspec.ValidationError, lines: _Lines) -> CourseError:
    """Turn msgspec's `… - at `$.assignments[0].title`` into a message with a line and a remedy."""
    text, _, where = str(error).partition(" - at ")
    parts = re.findall(r"\.(\w+)|\[(\d+)\]", where)
    path: Where = tuple(int(index) if index else key for key, index in parts)
    shown = ".".join(map(str, path)) or "the file"
    if unknown := re.search(r"unknown field `(.+)`", text):
        known = AssignmentEntry if path[:1] == ("assignments",) else CourseEntry
        remedy = nearest(unknown[1], known.__struct_fields__)
        return lines.error((*path, unknown[1]), f"unknown key {unknown[1]!r}; {remedy}")
    if missing := re.search(r"required field `(.+)`", text):
        return lines.error(path, f"{shown} has no {missing[1]!r}; add it")
    return lines.error(path, f"{shown}: {text[:1].lower()}{text[1:]}; change it")
