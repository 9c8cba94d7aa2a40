"""The cells of a notebook, run by IPython without a kernel around it."""

from __future__ import annotations

import ast
import builtins
import gc
import getpass
import re
import site
import sys
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from IPython.core.compilerop import CachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.inputtransformer2 import leading_empty_lines
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from autograder.sandbox.inside import failures, later, one_definition
from autograder.sandbox.inside.outputs import Collector, Stream

_NO_SHELL = (
    "`{}` was not run: while a notebook is graded there are no shell commands and nothing can be installed; "
    "numpy, matplotlib and Python's own modules are there.\n"
)
_NO_INPUT = "{}() has nobody to ask while a notebook is graded: write the value into the cell"
_PROMPTS = ("In [", "In[", ">>>", "...")  # pasted from a terminal
_MORE_THAN_PYTHON = re.compile(r"\A\s|^[^\S\n]*(?:[%!?,;/]|>>>|\.\.\.|In ?\[)|[?\r]|=[^\S\n]*[%!]", re.MULTILINE)
"""What may be IPython's own: magics, shell commands, questions, prompts, an indented cell. Most cells have none."""
_WAITS = re.compile(r"\b(?:await|async)\b")
_INLINE = "inline"  # what matplotlib is set to from the start
_WARM_UP = "import numpy as np\n1 / 0"


class _Compiler(CachingCompiler):  # type: ignore[misc]
    """Compiles a cell under a file name that tells which cell it is."""

    cell = 0

    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
        """Return the file name of the running cell."""
        del raw_code, transformed_code, number
        return failures.file_name(self.cell)


class _Results(DisplayHook):  # type: ignore[misc]
    """Takes the value of a cell's last line."""

    def write_output_prompt(self) -> None:
        """No prompt: results are collected, not printed."""

    def write_format_data(self, format_dict: Mapping[str, Any], md_dict: Any = None) -> None:
        """Collect the result."""
        del md_dict
        self.shell.collector.show("execute_result", format_dict, self.shell.execution_count)

    def log_output(self, format_dict: Mapping[str, Any]) -> None:
        """Keep no log."""

    def quiet(self) -> bool:
        """Whether the cell ends in a semicolon."""
        return bool(self.semicolon_at_end_of_expression(self.shell.source))

    def finish_displayhook(self) -> None:
        """Nothing to end."""
        self._is_active = False


class _Displays(DisplayPublisher):  # type: ignore[misc]
    """Takes what `display` and figures publish."""

    def publish(self, data: Mapping[str, Any], metadata: Any = None, **rest: Any) -> None:
        """Collect the displayed object."""
        del metadata, rest
        self.shell.collector.show("display_data", data)

    def clear_output(self, wait: bool = False) -> None:
        """Keep what was shown, for whoever reads the graded notebook."""


class NotebookShell(InteractiveShell):  # type: ignore[misc]
    """An IPython that runs one notebook's cells and collects their outputs."""

    collector: Collector
    source = ""
    asks_for_figures = False

    @staticmethod
    def has_more_than_python(source: str) -> bool:
        """Whether there may be magics, shell commands or the like in a cell."""
        return bool(_MORE_THAN_PYTHON.search(source))

    def transform_cell(self, raw_cell: str) -> str:
        """Return the cell as Python: what is Python already holds no magics, and is not tokenized to find that out.

        Single lines may be Python and a magic at once: `pwd`.
        """
        is_python = "\n" in raw_cell.strip() and (not self.has_more_than_python(raw_cell) or _parses(raw_cell))
        if not is_python:
            return str(super().transform_cell(raw_cell))
        return raw_cell if raw_cell.endswith("\n") else f"{raw_cell}\n"

    def should_run_async(self, raw_cell: str, *, transformed_cell: str | None = None, **rest: Any) -> bool:
        """Whether the cell waits for something outside of a function; without the words it is not compiled to see."""
        if transformed_cell is not None and not _WAITS.search(transformed_cell):
            return False
        return bool(super().should_run_async(raw_cell, transformed_cell=transformed_cell, **rest))

    def enable_gui(self, gui: Any = None) -> None:
        """No event loop here."""

    def enable_matplotlib(self, gui: Any = None) -> Any:
        """Figures are shown in the notebook, whatever it asks for; nothing is loaded before there are any."""
        del gui
        self.asks_for_figures = True
        return (_INLINE, _INLINE) if later.is_put_off("matplotlib") else super().enable_matplotlib(_INLINE)

    def show_figures_if_asked(self) -> None:
        """Do what was put off until there is a matplotlib."""
        if self.asks_for_figures:
            self.enable_matplotlib()

    def system(self, cmd: str) -> None:
        """Say that `!command` is not run; the cell goes on."""
        print(_NO_SHELL.format(cmd.strip()[:80]), end="", file=sys.stderr)  # noqa: T201

    system_piped = system_raw = system

    def getoutput(self, cmd: str, split: bool = True, depth: int = 0) -> Any:
        """Say that `x = !command` is not run: its output is empty."""
        del depth
        self.system(cmd)
        return [] if split else ""

    def ask_exit(self) -> None:
        """`exit()` ends its cell, not the notebook."""
        raise SystemExit("exit() was called")

    def _showtraceback(self, etype: type, evalue: BaseException, stb: list[str]) -> None:
        self.collector.error(etype.__name__, failures.text_of(evalue), "\n".join(stb).split("\n"))


def start_shell(hidden_folders: Sequence[str]) -> NotebookShell:
    """Make the shell of this process and warm it up: what is imported and cached now costs the workers nothing."""
    quiet = {"HistoryManager": {"enabled": False}, "InteractiveShell": {"colors": "nocolor", "xmode": "Plain"}}
    NotebookShell.compiler_class = _Compiler
    NotebookShell.displayhook_class = _Results
    NotebookShell.display_pub_class = _Displays
    NotebookShell.collector = Collector()
    NotebookShell.collector.hidden = tuple(f"{folder}/" for folder in hidden_folders)
    shell: NotebookShell = NotebookShell.instance(config=Config(quiet))
    # Lines keep their numbers.
    shell.input_transformer_manager.cleanup_transforms.remove(leading_empty_lines)
    warnings.filterwarnings("ignore", message="To exit: use")
    builtins.input = _no_input
    getpass.getpass = _no_password
    site.sethelper()  # the interpreter is started without `site`
    sys.stdout, sys.stderr = Stream(shell.collector, "stdout"), Stream(shell.collector, "stderr")
    warm_up(shell, _WARM_UP)
    return shell


def warm_up(shell: NotebookShell, source: str) -> None:
    """Run a cell that ends in a division by zero, and leave nothing of it but what was imported and cached."""
    report = run_cell(shell, index=0, source=source, text_bytes=1 << 16)
    if report["failure"] is None or report["failure"]["exception"] != "ZeroDivisionError":
        raise RuntimeError(f"the warm-up failed: {report['failure']}")
    gc.freeze()  # the shell collects garbage when it is reset, and need not look at what stays
    shell.reset(new_session=True, aggressive=False)
    shell.compile._filename_map.clear()


def run_cell(shell: NotebookShell, *, index: int, source: str, text_bytes: int) -> dict[str, Any]:
    """Run one cell: its outputs, what was dropped of them, and the failure or None."""
    if source.lstrip().startswith("%%"):
        source = source.lstrip()
    shell.source = source
    shell.compile.cell = index
    shell.execution_count = index + 1
    shell.collector.start(text_bytes=text_bytes)
    error: BaseException | None
    try:
        result = one_definition.run(shell, source) or shell.run_cell(source, store_history=False)
        error = result.error_before_exec or result.error_in_exec
    except BaseException as uncaught:  # a hook that the submission installed
        error = uncaught
    report = shell.collector.finish()
    report["failure"] = None if error is None else failures.describe(error)
    return report


def _parses(source: str) -> bool:
    if source.lstrip().startswith(_PROMPTS):
        return False
    try:
        with warnings.catch_warnings(action="ignore"):  # the same ones come when the cell is run
            ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _no_input(prompt: object = "") -> str:
    del prompt
    raise RuntimeError(_NO_INPUT.format("input"))


def _no_password(prompt: str = "", stream: Any = None, **rest: Any) -> str:
    del prompt, stream, rest
    raise RuntimeError(_NO_INPUT.format("getpass"))
