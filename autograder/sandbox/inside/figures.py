"""Matplotlib, when somebody draws: most submissions import it and draw nothing in the cells that are graded.

To load it takes as long as all else that a zygote does, and every fork after that copies a third more.
"""

from __future__ import annotations

import gc
import importlib
import os
import shutil
import sys
import tempfile
from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any

from autograder.sandbox.inside.cells import NotebookShell, warm_up

PACKAGES = [
    "matplotlib",
    "mpl_toolkits",
    "pylab",
    "matplotlib_inline",
    "PIL",
    "contourpy",
    "fontTools",
    "cycler",
    "kiwisolver",
    "pyparsing",
    "dateutil",
    "six",
    "packaging",
]
"""What drawing needs besides numpy and Python's own modules."""

_PYPLOT = "matplotlib.pyplot"
_LOADED = ["matplotlib.patches", "PIL", "contourpy", "fontTools", "mpl_toolkits", "pylab"]
_ASKED_OF_MODULES = ("__path__", "__wrapped__", "__warningregistry__")
"""What Python itself looks for in any module."""

_DRAWING = """
%matplotlib inline
import numpy as np, matplotlib.pyplot as plt
figure = plt.figure(); plt.plot([0, 1], [0, 1]); plt.title("$x$"); plt.show()
1 / 0
"""


class _Later(ModuleType):
    """A module that is there, and is loaded when something of it is first used."""

    def __getattr__(self, name: str) -> Any:
        """Load the module into this very object, which is a plain module from then on."""
        if name in _ASKED_OF_MODULES or not self._load():
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        return getattr(self, name)

    def __dir__(self) -> list[str]:
        """Return what the module holds."""
        return dir(self) if self._load() else []

    def _load(self) -> bool:
        spec = self.__spec__
        if spec is None or spec.loader is None:
            return False
        self.__class__ = ModuleType  # type: ignore[assignment]
        spec.loader.exec_module(self)
        return True


def put_off() -> None:
    """Let `import matplotlib.pyplot as plt` load nothing until something of `plt` is used."""
    package = _later("matplotlib", None)
    vars(package)["pyplot"] = _later(_PYPLOT, list(package.__path__))
    find_spec("mpl_toolkits.mplot3d")  # workers may open what lies in this folder, but not list it


def load(shell: NotebookShell) -> None:
    """Import matplotlib and draw once, so that it costs the processes that are forked from now on nothing."""
    folder = tempfile.mkdtemp(prefix="autograder-")
    os.environ["MPLCONFIGDIR"] = folder
    gc.disable()
    try:
        importlib.import_module(_PYPLOT).figure  # noqa: B018 - loads what was put off
        for name in _LOADED:
            importlib.import_module(name)
        warm_up(shell, _DRAWING)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        gc.freeze()
        gc.enable()


def _later(name: str, path: list[str] | None) -> ModuleType:
    spec = PathFinder.find_spec(name, path)
    if spec is None:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    module = module_from_spec(spec)
    module.__class__ = _Later
    sys.modules[name] = module
    return module
