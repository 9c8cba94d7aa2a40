"""Cells that all submissions of an assignment begin with: run once, before there are any, and not in every worker."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from typing import Any

from autograder.sandbox.inside.cells import NotebookShell, run_cell

_TEXT_BYTES = 1 << 16


class Ahead:
    """What such cells of the assignment's own have defined, kept apart until a worker asks for it."""

    def __init__(self, shell: NotebookShell) -> None:
        self._shell = shell
        self._names: dict[str, Any] = {}

    def run(self, sources: Sequence[str]) -> bool:
        """Run the cells, in the place of those before; where one fails or shows anything, keep nothing: False."""
        namespace = self._shell.user_ns
        before = dict(namespace)
        reports = [
            run_cell(self._shell, index=index, source=source, text_bytes=_TEXT_BYTES)
            for index, source in enumerate(sources)
        ]
        is_quiet = not any(report["failure"] or report["outputs"] for report in reports)
        after = dict(namespace) if is_quiet else {}
        self._names = {name: value for name, value in after.items() if before.get(name, self) is not value}
        namespace.clear()
        namespace.update(before)
        gc.freeze()  # it stays, and workers need not look at it
        return is_quiet

    def put_in_place(self) -> None:
        """Define in this process what the cells have defined."""
        self._shell.user_ns.update(self._names)
