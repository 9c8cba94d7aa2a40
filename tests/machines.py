"""Other machines to run commands on: as an ordinary user, and with protections that are really blocked."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from autograder.sandbox import places

ROOT = Path(__file__).resolve().parents[1]
ORDINARY_USER = 12345
COPIED = ("autograder", "tests", "reference", "assignments", "course.yml", "nbgrader_config.py", "pyproject.toml")


@dataclass(frozen=True)
class Machine:
    """Where and as whom a command runs, and what is blocked there. The user None is this process's own.

    `inside` is a command that runs the rest of its arguments in other surroundings, such as `container(…)`.
    """

    python: str = sys.executable
    root: Path = ROOT
    environment: Mapping[str, str] = field(default_factory=dict)
    user: int | None = None
    blocked: str = ""
    inside: tuple[str, ...] = ()

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
        return [*self.inside, *([self.python, script, self.blocked] if self.blocked else [])]


def container(*options: str) -> tuple[str, ...]:
    """Return the command for a container that has all of this machine but for what bwrap's options change. Needs root.

    No option may name a place that is not there: bwrap would make it outside, too.
    """
    program = shutil.which("bwrap") or "bwrap"
    return (program, "--dev-bind", "/", "/", "--cap-add", "ALL", "--die-with-parent", *options, "--")


def without(folder: Path, *patterns: str) -> list[str]:
    """Return the options of a container in which a folder lacks what these patterns match."""
    gone = {path for pattern in patterns for path in folder.glob(pattern)}
    assert gone, f"nothing in {folder} matches {patterns}"
    return ["--tmpfs", str(folder), *bound((path for path in folder.iterdir() if path not in gone), folder)]


def bound(paths: Iterable[Path], folder: Path) -> list[str]:
    """Return the options of a container that has each of these in a folder."""
    return [option for path in sorted(paths) for option in ("--ro-bind", str(path), str(folder / path.name))]


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
