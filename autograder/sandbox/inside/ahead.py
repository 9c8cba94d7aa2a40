"""Cells that all submissions of an assignment begin with: run once, before there are any, and not in every worker."""

from __future__ import annotations

import gc
from collections.abc import Mapping, Sequence
from typing import Any

from autograder.sandbox.inside.cells import NotebookShell, run_cell

_TEXT_BYTES = 1 << 16


class Ahead:
    """What such cells of the assignment's own have left in the shell, kept apart until a worker asks for it."""

    def __init__(self, shell: NotebookShell) -> None:
        self._shell = shell
        self._names: dict[str, Any] = {}
        self._files: dict[str, int] = {}
        self._figures = False

    def run(self, sources: Sequence[str]) -> bool:
        """Run the cells, in the place of those before; where one fails or shows anything, keep nothing: False."""
        shell = self._shell
        names, files, asked = dict(shell.user_ns), dict(shell.compile._filename_map), shell.asks_for_figures
        shell.asks_for_figures = False
        reports = [
            run_cell(shell, index=index, source=source, text_bytes=_TEXT_BYTES) for index, source in enumerate(sources)
        ]
        is_quiet = not any(report["failure"] or report["outputs"] for report in reports)
        self._names = _changed(names, shell.user_ns) if is_quiet else {}
        self._files = _changed(files, shell.compile._filename_map) if is_quiet else {}
        self._figures = is_quiet and shell.asks_for_figures
        for place, before in ((shell.user_ns, names), (shell.compile._filename_map, files)):
            place.clear()
            place.update(before)
        shell.asks_for_figures = asked
        gc.freeze()  # it stays, and workers need not look at it
        return is_quiet

    def put_in_place(self) -> None:
        """Leave in this process's shell what the cells have left."""
        self._shell.user_ns.update(self._names)
        self._shell.compile._filename_map.update(self._files)
        if self._figures:
            self._shell.enable_matplotlib()


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in after.items() if name not in before or before[name] is not value}
