"""Cells that are one definition and nothing else, as most solutions are: run without what IPython does around a cell.

Such a cell has no value to show and waits for nothing. IPython would parse it, turn the tree around and compile each
statement of it, which takes five times as long.
"""

from __future__ import annotations

import contextlib
import re
import warnings
from types import CodeType
from typing import TYPE_CHECKING

from IPython.core.interactiveshell import ExecutionInfo, ExecutionResult

if TYPE_CHECKING:
    from autograder.sandbox.inside.cells import NotebookShell

_ONE_DEFINITION = re.compile(r"(?:[ \t]*\n|#.*\n)*(?:def|class)\b.*\n(?:[ \t][^\f\n]*\n|#.*\n|\n)*\Z")
"""All lines below the first are indented: whatever they are, they belong to it. A form feed would end that."""


def run(shell: NotebookShell, source: str) -> ExecutionResult | None:
    """Run a cell that is one definition, as IPython would; None where it is none, or somebody wants to be told of it.

    What Python has something to say of before it runs is left to IPython, too.
    """
    text = source if source.endswith("\n") else f"{source}\n"
    if not _ONE_DEFINITION.match(text) or shell.has_more_than_python(text) or _is_watched(shell):
        return None
    code = _compiled(shell, text)
    if code is None:
        return None
    result = ExecutionResult(ExecutionInfo(source, False, False, True, None))
    try:
        shell.events.trigger("pre_execute")
        # What waits for nothing ends in StopIteration.
        with shell.builtin_trap, shell.display_trap, contextlib.suppress(StopIteration):
            shell.run_code(code, result).send(None)
    finally:
        shell.last_execution_result, shell.last_execution_succeeded = result, result.success
        shell.events.trigger("post_execute")
    return result


def _is_watched(shell: NotebookShell) -> bool:
    """Tell whether the submission wants to see cells, or to change them, before they run or afterwards."""
    callbacks = shell.events.callbacks
    transformers = shell.ast_transformers or shell.input_transformers_post
    return bool(callbacks["pre_run_cell"] or callbacks["post_run_cell"] or transformers)


def _compiled(shell: NotebookShell, text: str) -> CodeType | None:
    try:
        with warnings.catch_warnings(action="error"):
            code: CodeType = shell.compile(text, shell.compile.cache(text, shell.execution_count), "exec")
    except (SyntaxError, ValueError, OverflowError, TypeError, RecursionError, MemoryError, Warning):
        return None
    return code
