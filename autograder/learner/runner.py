"""Runs a saved notebook and its visible checks in this process: `python -m autograder.learner.runner NOTEBOOK …`.

It is a process of its own, so that whatever the notebook does ends with it. Each result is a line of JSON on standard
output; what the notebook prints goes nowhere.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from autograder.errors import AutograderError
from autograder.failures import one_line
from autograder.guide import guide_in
from autograder.learner.cells import cells_of, is_check, source_of
from autograder.learner.results import QuestionReport, run_checks
from autograder.learner.text import as_text

_SHELL_MARKS = ("%", "!", "?")
_PICTURE_ONLY = "illustration"
_LONGEST_PROBLEM = 200


def main(arguments: Sequence[str]) -> int:
    """Run the notebook in the first argument, and check the questions in the others."""
    path, questions = Path(arguments[0]).resolve(), arguments[1:]
    with _results() as tell:
        os.chdir(path.parent)
        namespace, problems = run_cells(path, tell)
        tell({"problems": problems})
        for question in questions:
            tell({"at": f"the checks of `{question}`"})
            tell(_result(question, namespace, path.parent))
    return 0


def run_cells(path: Path, tell: Callable[[dict[str, Any]], None]) -> tuple[dict[str, Any], list[str]]:
    """Run the code cells of a notebook but for checks and figures; return its names, and what went wrong where."""
    run, namespace = _shell()
    problems = []
    for number, cell in enumerate(cells_of(path), start=1):
        tags = cell.get("metadata", {}).get("tags", [])
        if cell.get("cell_type") != "code" or is_check(cell) or _PICTURE_ONLY in tags:
            continue
        tell({"at": f"cell {number}"})
        error = run(source_of(cell))
        if error is not None:
            problems.append(f"cell {number} raised {type(error).__name__}{_first_line(error)}")
    return namespace, problems


def _first_line(error: BaseException) -> str:
    """Return what an exception says, as far as it says anything."""
    try:
        first = str(error).strip().split("\n")[0]
    except Exception:
        return ""
    return f": {one_line(first, _LONGEST_PROBLEM)}" if first else ""


def _result(question: str, namespace: dict[str, Any], folder: Path) -> dict[str, Any]:
    try:
        report = QuestionReport(question, run_checks(question, namespace, folder), guide_in(folder).hidden(question))
    except AutograderError as error:
        return {"question": question, "state": "not run", "passed": 0, "checks": 0, "message": str(error), "text": ""}
    return {
        "question": question,
        "state": report.state,
        "passed": report.passed,
        "checks": len(report.results),
        "message": report.first.message,
        "text": as_text(report),
    }


@contextlib.contextmanager
def _results() -> Any:
    """Give a function that writes a line of JSON to standard output, from which everything else is kept away."""
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as out, Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)

        def tell(result: dict[str, Any]) -> None:
            out.write(json.dumps(result) + "\n")
            out.flush()

        yield tell


def _shell() -> tuple[Callable[[str], BaseException | None], dict[str, Any]]:
    """Return a function that runs a cell and returns what it raised, and the names that cells define."""
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


def _plain_shell() -> tuple[Callable[[str], BaseException | None], dict[str, Any]]:
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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
