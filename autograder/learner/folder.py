"""Where the assignment of a running notebook lies, whichever program runs it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from autograder.errors import AutograderError
from autograder.workbench import CHECKS


def folder_of(namespace: Mapping[str, Any], question: str | None = None, start: Path | None = None) -> Path:
    """Return the folder with the `checks.py` of the notebook whose names are in `namespace`; AutograderError where not.

    That is the folder of the notebook, as far as its program says where that is, or the working folder; or else the one
    folder below or beside it whose checks know `question`.
    """
    start = start or here()
    for folder in _candidates(namespace, start):
        if (folder / CHECKS).is_file():
            return folder
    near = [path.parent for pattern in ("*", "*/*", "../*") for path in sorted(start.glob(f"{pattern}/{CHECKS}"))]
    fitting = [folder for folder in dict.fromkeys(near) if isinstance(question, str) and _asks(folder, question)]
    if len(fitting) == 1:
        return fitting[0]
    found = f"; {CHECKS} lies in {', '.join(str(folder) for folder in near[:3])}" if near else ""
    msg = (
        f"there is no {CHECKS} in {start}{found}; open the notebook in the folder that it was released in, or go there "
        "first with %cd"
    )
    raise AutograderError(msg)


def here() -> Path:
    """Return the working folder; AutograderError where it was removed."""
    try:
        return Path.cwd()
    except OSError:
        msg = "the folder that this was started in is gone; open the notebook again in the folder that it is in now"
        raise AutograderError(msg) from None


def _candidates(namespace: Mapping[str, Any], start: Path) -> Iterator[Path]:
    yield start
    for name in ("__vsc_ipynb_file__", "__session__"):  # VS Code and Jupyter say here which notebook it is
        path = namespace.get(name)
        if isinstance(path, str) and path.endswith(".ipynb"):
            yield start / Path(path).parent
    session = os.environ.get("JPY_SESSION_NAME", "")
    if session.endswith(".ipynb"):
        yield start / Path(session).parent


def _asks(folder: Path, question: str) -> bool:
    try:
        text = (folder / CHECKS).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    return re.search(rf"question\(\s*[\"']{re.escape(question)}[\"']", text) is not None
