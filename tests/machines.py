"""Other machines to run commands on: as an ordinary user, and with protections that are really blocked."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from autograder.sandbox import places

ROOT = Path(__file__).resolve().parents[1]
ORDINARY_USER = 12345
COPIED = ("autograder", "tests", "reference", "assignments", "course.yml", "nbgrader_config.py", "pyproject.toml")


@dataclass(frozen=True)
class Machine:
    """Where and as whom a command runs, and what is blocked there. The user None is this process's own."""

    python: str = sys.executable
    root: Path = ROOT
    environment: Mapping[str, str] = field(default_factory=dict)
    user: int | None = None
    blocked: str = ""

    def run(
        self, *arguments: str, cwd: Path | None = None, environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run Python with these arguments, and return what came of it."""
        return subprocess.run(
            [*self._wrapper(), self.python, *arguments],
            capture_output=True,
            text=True,
            timeout=300,
            cwd=cwd or self.root,
            env={**os.environ, **self.environment, **(environment or {}), "PYTHONDONTWRITEBYTECODE": "1"},
            user=self.user,
            group=self.user,
            extra_groups=None if self.user is None else [],
            check=False,
        )

    def _wrapper(self) -> Sequence[str]:
        script = str(self.root / "tests" / "sandbox" / "blocked.py")
        return [self.python, script, self.blocked] if self.blocked else []


@contextmanager
def ordinary_user() -> Iterator[Machine]:
    """Give a machine whose user is not root: this folder, or a copy of it where it is closed to others. Needs root."""
    here = Machine(user=ORDINARY_USER, environment={"HOME": "/nonexistent"})
    try:
        reachable = here.run("-c", "import numpy, autograder", cwd=Path("/")).returncode == 0
    except PermissionError:
        reachable = False
    if reachable:
        yield here
        return
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name)
        copy.chmod(0o755)
        for source in [*places.libraries(), *(ROOT / part for part in COPIED)]:
            shutil.copytree(source, copy / source.name) if source.is_dir() else shutil.copy2(source, copy)
        python = str(places.interpreter())
        _command(copy / "bin" / "alembic", python)
        environment = {
            "HOME": "/nonexistent",
            "PATH": os.pathsep.join([str(copy / "bin"), os.environ["PATH"]]),
            "PYTHONPATH": os.pathsep.join([str(copy / places.libraries()[0].name), str(copy)]),
        }
        yield Machine(python, copy, environment, ORDINARY_USER)


def _command(path: Path, python: str) -> None:
    """Write the command of a Python module of the same name; nbgrader calls one such by name."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(f'#!/bin/sh\nexec {python} -m {path.name} "$@"\n')
    path.chmod(0o755)
