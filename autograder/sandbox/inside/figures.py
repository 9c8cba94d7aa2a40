"""Matplotlib, when somebody draws: most submissions import it and draw nothing in the cells that are graded.

To load it takes as long as all else that a zygote does, and every fork after that copies a third more.
"""

from __future__ import annotations

import gc
import importlib
import os
import shutil
import tempfile
from importlib.util import find_spec

from autograder.sandbox.inside import later
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

_DRAWING = """
%matplotlib inline
import numpy as np, matplotlib.pyplot as plt
figure = plt.figure(); plt.plot([0, 1], [0, 1]); plt.title("$x$"); plt.show()
1 / 0
"""


def put_off() -> None:
    """Let `import matplotlib.pyplot as plt` load nothing until something of `plt` is used."""
    later.put_off("matplotlib", "pyplot")
    find_spec("mpl_toolkits.mplot3d")  # workers may open what lies in this folder, but not list it


def obey(shell: NotebookShell) -> None:
    """Have what notebooks ask about figures before there is a matplotlib done as soon as there is one."""
    later.afterwards(_PYPLOT, shell.show_figures_if_asked)


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
