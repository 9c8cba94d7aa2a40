"""The module `autograder` as a submission sees it: every name is there and does nothing.

Notebooks begin with `from autograder import check`. While one is graded, `check` has nothing to say.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

_NAME = "autograder"


class _StandIn(ModuleType):
    """A module in which every public name is a function that does nothing."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__ = []  # a package, so that its submodules are looked for

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _nothing


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds every submodule of `autograder`, and makes it a stand-in, too."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        del path, target
        if not fullname.startswith(_NAME + "."):
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return _StandIn(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        del module


def install() -> None:
    """Put the stand-in in the place of whatever `autograder` is in this process."""
    for name in [name for name in sys.modules if name.partition(".")[0] == _NAME]:
        del sys.modules[name]
    sys.modules[_NAME] = _StandIn(_NAME)
    sys.meta_path.insert(0, _Finder())


def _nothing(*args: Any, **kwargs: Any) -> None:
    del args, kwargs
