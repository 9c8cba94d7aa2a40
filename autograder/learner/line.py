"""The line of JSON messages from the process that runs a notebook to the one that shows the results."""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO


class Line:
    """Writes messages, a line each; whoever holds `lock` is the only one who does."""

    def __init__(self, file: TextIO) -> None:
        self.file = file
        self.lock = threading.RLock()

    def tell(self, said: dict[str, Any]) -> None:
        """Write one message at once."""
        with self.lock:
            self.file.write(json.dumps(said) + "\n")
            self.file.flush()


@contextlib.contextmanager
def standard_output() -> Iterator[Line]:
    """Give a line on standard output, from which everything else is kept away."""
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as out, Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
        yield Line(out)
