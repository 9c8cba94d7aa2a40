"""What a submission may import: Python's own modules, numpy, matplotlib, and what those need.

Whatever else is installed where grading happens, such as scikit-learn, is not part of an exercise in numpy. Its files
are out of reach anyhow: this says so in a sentence, and is no barrier.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Iterable, Sequence
from types import ModuleType


class _Refuser(importlib.abc.MetaPathFinder):
    """Says that a package is not there unless it was loaded before, or is Python's own."""

    def __init__(self, also: Iterable[str]) -> None:
        loaded = {name.partition(".")[0] for name in sys.modules}
        self._allowed = loaded | sys.stdlib_module_names | {*also}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        del path, target
        package = fullname.partition(".")[0]
        if package in self._allowed:
            return None
        raise ModuleNotFoundError(f"No module named {package!r}: exercises are solved with numpy", name=package)


def restrict(also: Iterable[str]) -> None:
    """Let only what is loaded now be imported from here on, Python's own modules and these packages."""
    sys.meta_path.insert(0, _Refuser(also))
