"""The command `autograder`, run as a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

_SECONDS = 300
_PAUSE = 0.05


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


def started(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start the command in a folder, in a group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "autograder.cli", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
    )


def interrupt(process: subprocess.Popen[str], begun: Path) -> tuple[str, str]:
    """Press Ctrl-C as soon as the file `begun` is there, which is removed; return what was printed since."""
    while not begun.exists():
        assert process.poll() is None
        time.sleep(_PAUSE)
    os.killpg(process.pid, signal.SIGINT)
    said, complaint = process.communicate(timeout=_SECONDS)
    begun.unlink()
    return said, complaint
