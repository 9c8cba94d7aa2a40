"""The module `autograder` as a submission sees it: every name is there and does nothing.

Notebooks begin with `from autograder import check`. While one is graded, `check` has nothing to say.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any, NamedTuple

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


class Digits(NamedTuple):
    """What `load_mnist` returns, here as in the package itself."""

    images: Any
    labels: Any
    source: str


def give_digits(images: Any, labels: Any, source: str) -> None:
    """Let `autograder.datasets` hand out these training digits, as the package itself does outside."""
    module: Any = _StandIn(f"{_NAME}.datasets")

    def load_mnist(count: int = len(labels)) -> Digits:
        if count < 1:
            raise ValueError(f"count is {count}; it is the number of images, 1 or more")
        return Digits(images[:count].copy(), labels[:count].copy(), source)

    module.load_mnist, module.load_test_digits = load_mnist, _no_test_digits
    sys.modules[module.__name__] = module
    vars(sys.modules[_NAME])["datasets"] = module


def _no_test_digits() -> None:
    raise FileNotFoundError("there are no test digits where a notebook is graded: set some training digits aside")


def _nothing(*args: Any, **kwargs: Any) -> None:
    del args, kwargs
