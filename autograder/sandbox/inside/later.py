"""Modules that are put off: they are there, and are loaded when something of them is first used."""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import module_from_spec
from types import ModuleType
from typing import Any

_ASKED_OF_MODULES = ("__path__", "__wrapped__", "__warningregistry__")
"""What Python itself looks for in any module."""
_WAIT_SECONDS = 10.0  # for another thread that loads
_IMPORT_WAIT_SECONDS = 2.0  # where that one may itself wait for what this one is importing

_one_at_a_time = threading.RLock()
_afterwards: dict[str, Callable[[], object]] = {}
"""What is done once a module has been loaded, by its name."""
_running: dict[str, int] = {}
"""The modules whose code runs now, and the thread that runs it: to it they look as they are so far."""


class _Later(ModuleType):
    """A module that is there, and is loaded when something of it is first used."""

    def __getattr__(self, name: str) -> Any:
        """Load the module into this very object, which is a plain module from then on."""
        if name not in _ASKED_OF_MODULES:
            _load(self)
        return ModuleType.__getattribute__(self, name)

    def __dir__(self) -> list[str]:
        """Return what the module holds."""
        _load(self)
        return list(ModuleType.__dir__(self))


class _ParentFirst(MetaPathFinder):
    """Has a package that is put off loaded before what lies in it: Python takes it for loaded."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        parent = fullname.rpartition(".")[0]
        is_reload = target is not None
        comes_first = is_put_off(parent) and _running.get(parent) != threading.get_ident()
        spec = PathFinder.find_spec(fullname, path) if comes_first and not is_reload else None
        if spec is not None:
            spec.loader = _AfterParent(parent)  # not here: Python holds the lock of all imports meanwhile
        return spec


class _AfterParent(Loader):
    """Loads the parent, which may import the module on its way, and then the module as always."""

    def __init__(self, parent: str) -> None:
        self._parent = parent
        self._spec: ModuleSpec | None = None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        if not _load(sys.modules[self._parent], seconds=_IMPORT_WAIT_SECONDS):
            raise ImportError(f"{self._parent!r} is being loaded by another thread", name=spec.name)
        module = importlib.import_module(spec.name)
        self._spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self._spec


def afterwards(name: str, do: Callable[[], object]) -> None:
    """Do something once the module has been loaded, before anybody gets what they asked of it."""
    _afterwards[name] = do


def put_off(name: str, *inside: str) -> None:
    """Put a package off, and some modules that lie inside it; raises ModuleNotFoundError.

    What else lies there is imported after the package.
    """
    package = _later(name, None)
    for module in inside:
        vars(package)[module] = _later(f"{name}.{module}", list(package.__path__))
    sys.meta_path.insert(0, _ParentFirst())


def is_put_off(name: str) -> bool:
    """Tell whether a module has been put off, and nothing of it was used yet."""
    return isinstance(sys.modules.get(name), _Later)


def _later(name: str, path: list[str] | None) -> ModuleType:
    spec = PathFinder.find_spec(name, path)
    if spec is None:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    module = module_from_spec(spec)
    module.__class__ = _Later
    sys.modules[name] = module
    return module


def _load(module: ModuleType, *, seconds: float = _WAIT_SECONDS) -> bool:
    """Load the module if it is put off; False where it still is, as another thread does not get done with it."""
    if not _one_at_a_time.acquire(timeout=seconds):
        return False
    try:
        spec = module.__spec__
        if isinstance(module, _Later) and spec is not None and spec.name not in _running:
            _run(module, spec)
            if do := _afterwards.get(spec.name):
                do()
    finally:
        _one_at_a_time.release()
    return True


def _run(module: ModuleType, spec: ModuleSpec) -> None:
    """Run the module's code; what was set in it before stays, and where the code fails nothing else does."""
    if spec.loader is None:
        return
    names = vars(module)
    before = dict(names)
    _running[spec.name] = threading.get_ident()
    try:
        spec.loader.exec_module(module)
        names.update((name, value) for name, value in before.items() if not name.startswith("__"))
        module.__class__ = ModuleType
    except BaseException:
        for name in names.keys() - before.keys():
            if f"{spec.name}.{name}" not in sys.modules:
                del names[name]
        names.update(before)
        raise
    finally:
        del _running[spec.name]
