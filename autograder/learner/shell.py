"""Runs cells as a notebook would: with IPython where it is installed, else as plain Python without magics."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_SHELL_MARKS = ("%", "!", "?")

Run = Callable[[str], BaseException | None]
"""Runs the source of a cell and returns what it raised."""


def shell() -> tuple[Run, dict[str, Any]]:
    """Return a function that runs a cell, and the names that cells define."""
    try:
        from IPython.core.interactiveshell import InteractiveShell
        from traitlets.config import Config
    except ImportError:
        return _plain_shell()
    shell = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    shell.ask_exit, shell.enable_gui = _leave, _no_window

    def run(source: str) -> BaseException | None:
        result = shell.run_cell(source, store_history=False, silent=True)
        error: BaseException | None = result.error_before_exec or result.error_in_exec
        return error

    return run, shell.user_ns


def _plain_shell() -> tuple[Run, dict[str, Any]]:
    namespace: dict[str, Any] = {"__name__": "__main__"}

    def run(source: str) -> BaseException | None:
        lines = ("" if line.startswith(_SHELL_MARKS) else line for line in source.splitlines())
        try:
            exec(compile("\n".join(lines), "<cell>", "exec", dont_inherit=True), namespace)  # noqa: S102
        except (Exception, SystemExit) as error:
            return error
        return None

    return run, namespace


def _no_window(gui: str | None = None) -> None:
    """Figures are drawn, and not shown."""


def _leave() -> None:
    raise SystemExit("exit() was called")
