"""One command on one machine, supervised: what it printed, how it ended, and what it left behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.attack_table import supervise
from tests.machines import Machine

SECONDS = 1200.0
"""A class takes a small part of this, even where others keep the processors busy; what takes longer hangs."""
GRACE = 20.0
"""Seconds that processes of ours have to end after the command that started them, on a busy machine."""


@dataclass(frozen=True)
class Ended:
    """How a command ended. Sizes in MB: the largest process that grades, the largest of all.

    `cpu_seconds` is the processor time of all processes together.

    `excess` says why it had to be stopped, `survivors` what outlived it.
    """

    output: str
    status: int
    seconds: float
    grader_mb: int
    largest_mb: int
    cpu_seconds: float
    excess: str
    survivors: list[str]


def run(
    machine: Machine,
    *arguments: str,
    cwd: Path,
    environment: Mapping[str, str],
    seconds: float = SECONDS,
    grace: float = GRACE,
) -> Ended:
    """Run Python with these arguments on `machine`; nothing of it is left when this returns."""
    wrapper = [machine.python, str(machine.root / "tests" / "sandbox" / "blocked.py"), machine.blocked]
    with tempfile.TemporaryDirectory() as name:
        order, report, output = (Path(name) / part for part in ("order", "report", "output"))
        order.write_text(
            json.dumps(
                {
                    "command": [*(wrapper if machine.blocked else []), machine.python, *arguments],
                    "cwd": str(cwd),
                    "environment": {**os.environ, **machine.environment, "PYTHONDONTWRITEBYTECODE": "1", **environment},
                    "user": machine.user,
                    "output": str(output),
                    "seconds": seconds,
                    "grace": grace,
                }
            )
        )
        subprocess.run([sys.executable, supervise.__file__, str(order), str(report)], check=True)
        return Ended(**json.loads(report.read_text()), output=output.read_text("utf-8", "replace"))
