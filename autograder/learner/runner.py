"""Runs a saved notebook and its visible checks in this process: `python -m autograder.learner.runner NOTEBOOK WORK`.

It is a process of its own, so that whatever the notebook does ends with it. WORK is JSON: all `questions`, those that
are `asked`, and the cells that were `late` in an earlier process. What there is to say goes to standard output, a line
of JSON each; what the notebook prints goes nowhere.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from autograder import datasets, timed
from autograder.errors import AutograderError, DataMissingError
from autograder.guide import guide_in
from autograder.learner import culprits
from autograder.learner.cell_runs import CellRuns
from autograder.learner.cells import cells_of, source_of
from autograder.learner.line import Line, standard_output
from autograder.learner.places import Places
from autograder.learner.results import CheckResult, QuestionReport, result_of
from autograder.learner.rows import Row, row_of
from autograder.learner.shell import shell
from autograder.learner.watchdog import Watchdog
from autograder.workbench import workbench


def main(arguments: Sequence[str]) -> int:
    """Run the notebook in the first argument, and check what the second one asks."""
    _end_by_interrupts()
    path, work = Path(arguments[0]).resolve(), json.loads(arguments[1])
    with standard_output() as line:
        os.chdir(path.parent)
        # A notebook may import what lies beside it; nothing there takes the place of a module of our own.
        sys.path.append(str(path.parent))
        places = Places()
        run, namespace = shell(places)
        saved = cells_of(path)
        _provide_digits(saved, line)
        watchdog = Watchdog(guide_in(path.parent).limits, namespace, line, places)
        cells = CellRuns(saved, work["questions"], namespace, line, places)
        cells.run(run, watchdog, work["late"])
        with timed.watched_by(watchdog):
            checks = _Checks(namespace, path.parent, cells, line, places)
            for question in work["asked"]:
                line.tell({"row": asdict(checks.row(question))})
    return 0


def _end_by_interrupts() -> None:
    """Let Ctrl-C end this process at once, together with the programs that the notebook has started.

    As an exception it would be told of as the fault of a cell, and the next cell would be begun. Where it was ignored
    before, as under `nohup`, it still is.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})  # it was blocked while Python started


def _provide_digits(cells: Sequence[dict[str, Any]], line: Line) -> None:
    """Fetch MNIST where a cell loads it: that may take longer than a cell, and where it is graded it is there."""
    if any("load_mnist" in source_of(cell) for cell in cells):
        line.tell({"at": "the download of MNIST", "cell": None})
        with contextlib.suppress(DataMissingError):  # the cell says so itself
            datasets.locate()


class _Checks:
    """The checks of a notebook that has run in `namespace`; of each, `line` tells as soon as it has run."""

    def __init__(self, namespace: dict[str, Any], folder: Path, cells: CellRuns, line: Line, places: Places) -> None:
        self._namespace = namespace
        self._folder = folder
        self._cells = cells
        self._line = line
        self._places = places

    def row(self, question: str) -> Row:
        """Return how a question stands."""
        self._line.tell({"at": f"the checks of `{question}`", "cell": None})
        try:
            report = self._report(question)
        except AutograderError as error:
            return Row(question, "not run", message=str(error))
        culprits.remember(report, self._namespace, self._folder)
        return row_of(culprits.amended(report, self._namespace, self._folder))

    def _report(self, question: str) -> QuestionReport:
        bench = workbench(self._folder)
        hidden = guide_in(self._folder).hidden(question)
        titles = [check.title for check in bench.checks(question)]
        self._line.tell({"asked": question, "checks": titles, "hidden": hidden})
        results: list[CheckResult] = []
        for check, error in bench.each(question, self._namespace, os.urandom(16).hex()):
            results.append(result_of(check, self._places.corrected(error), self._namespace, self._cells.absent))
            self._line.tell({"check": [check.title, results[-1].outcome, results[-1].message]})
        return QuestionReport(question, tuple(results), hidden)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
