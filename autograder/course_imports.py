"""What suites and reference import of a course are files that judge: a change of any other one would go unseen."""

from __future__ import annotations

import sys
import sysconfig
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

from autograder.course import Assignment
from autograder.judging_files import judging_files

_PACKAGE = Path(__file__).resolve().parent
_LIBRARY_FOLDERS = {"site-packages", "dist-packages"}
_PYTHON = tuple({Path(sysconfig.get_path(name)).resolve() for name in ("stdlib", "platstdlib", "purelib", "platlib")})


def refuse_unseen(assignment: Assignment) -> None:
    """Let every import in this process from now on fail that finds a file of the course which does not judge."""
    sys.meta_path.insert(0, _Unseen(assignment))


class _Unseen(MetaPathFinder):
    """Finds nothing itself; raises ImportError where a file would be found that no digest tells of."""

    def __init__(self, assignment: Assignment) -> None:
        self._root = assignment.root.resolve()
        self._judging = frozenset(path.resolve() for path in judging_files(assignment))

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return None; ImportError says where a module would come from and where it belongs."""
        name = fullname.rpartition(".")[2]
        for place in map(Path, sys.path if path is None else path):
            if self._is_strange(place / f"{name}.py") or self._is_strange(place / name / "__init__.py"):
                self._refuse(PathFinder.find_spec(fullname, path, target))
        return None

    def _refuse(self, spec: ModuleSpec | None) -> None:
        """Raise ImportError where that is what would be imported; it may be found elsewhere before."""
        if spec is not None and spec.origin is not None and self._is_strange(Path(spec.origin)):
            shown = Path(spec.origin).resolve().relative_to(self._root)
            msg = f"{shown} does not judge: a change of it would go unseen; put it into tests/hidden or reference"
            raise ImportError(msg, name=spec.name, path=spec.origin)

    def _is_strange(self, file: Path) -> bool:
        """Tell whether it is a file of the course that does not judge: no library and not the framework itself."""
        if not file.is_file():
            return False
        real = file.resolve()
        if not real.is_relative_to(self._root) or real in self._judging:
            return False
        is_library = not _LIBRARY_FOLDERS.isdisjoint(real.relative_to(self._root).parts)
        return not is_library and not any(map(real.is_relative_to, (_PACKAGE, *_PYTHON)))
