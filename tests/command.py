"""The command `autograder`, run as a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_SECONDS = 300


def autograder(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder, and return what it printed."""
    return subprocess.run(
        [sys.executable, "-m", "autograder.cli", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
