"""Runs cells as a notebook would: with IPython where it is installed, else as plain Python without magics."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from autograder.learner.places import Places

_SHELL_MARKS = ("%", "!", "?")
_CELL_MAGIC = "%%"


@dataclass(frozen=True)
class Raised:
    """What a cell raised; where it was not `read` it did not begin."""

    error: BaseException
    read: bool = True


Run = Callable[[str], Raised | None]
"""Runs the source of a cell and returns what it raised."""


def shell(places: Places) -> tuple[Run, dict[str, Any]]:
    """Return a function that runs a cell, and the names that cells define; `places` gets to know the cells."""
    try:
        from IPython.core.inputtransformer2 import leading_empty_lines
        from IPython.core.interactiveshell import InteractiveShell
        from traitlets.config import Config
    except ImportError:
        return _plain_shell(places)
    shell = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    shell.ask_exit, shell.enable_gui = _leave, _no_window
    # Lines keep their numbers.
    shell.input_transformer_manager.cleanup_transforms.remove(leading_empty_lines)
    cached = shell.compile.cache

    def cache(code: str, number: int = 0, raw_code: str | None = None) -> str:
        file = str(cached(code, number, raw_code))
        places.compiled(file, code if raw_code is None else raw_code, code)
        return file

    shell.compile.cache = cache

    def run(source: str) -> Raised | None:
        places.begin(source)
        magic = source.lstrip()
        result = shell.run_cell(magic if magic.startswith(_CELL_MAGIC) else source, store_history=False, silent=True)
        if result.error_before_exec:
            return Raised(result.error_before_exec, read=False)
        return Raised(result.error_in_exec) if result.error_in_exec else None

    return run, shell.user_ns


def _plain_shell(places: Places) -> tuple[Run, dict[str, Any]]:
    namespace: dict[str, Any] = {"__name__": "__main__"}
    numbers = itertools.count(1)

    def run(source: str) -> Raised | None:
        places.begin(source)
        text = "\n".join("" if line.startswith(_SHELL_MARKS) else line for line in source.splitlines())
        file = f"<ipython-input-{next(numbers)}>"  # as IPython calls it
        places.compiled(file, source, text)
        try:
            code = compile(text, file, "exec", dont_inherit=True)
        except Exception as error:
            return Raised(error, read=False)
        try:
            exec(code, namespace)  # noqa: S102 - the student's own
        except (Exception, SystemExit) as error:
            return Raised(error)
        return None

    return run, namespace


def _no_window(gui: str | None = None) -> None:
    """Figures are drawn, and not shown."""


def _leave() -> None:
    raise SystemExit("exit() was called")
