"""Modules under `reference/` of a course, which only the instructor's side imports."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from autograder.errors import CourseError

PACKAGE = "reference"


def import_hidden(course_root: Path, name: str, path: Path) -> ModuleType:
    """Return the module `reference.NAME` of this course, which lies in `path`; CourseError where it does not import."""
    with _importable(course_root):
        try:
            module = importlib.import_module(f"{PACKAGE}.{name}")
        except Exception as error:
            msg = f"{path} cannot be imported: {type(error).__name__}: {error}"
            raise CourseError(msg) from error
    if Path(module.__file__ or "").resolve() != path.resolve():
        msg = f"{module.__file__} was imported in place of {path}; add the missing __init__.py under {PACKAGE}/"
        raise CourseError(msg)
    return module


@contextmanager
def _importable(course_root: Path) -> Iterator[None]:
    """Make `reference` mean the one of this course; `sys.path` is as before afterwards."""
    root = str(course_root.resolve())
    _forget_other_courses(Path(root))
    before = list(sys.path)
    sys.path.insert(0, root)
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path[:] = before


def _forget_other_courses(root: Path) -> None:
    package = sys.modules.get(PACKAGE)
    if package is None or root / PACKAGE in {Path(place).resolve() for place in getattr(package, "__path__", [])}:
        return
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]
