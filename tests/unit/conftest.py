"""What tests of several modules begin with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder import workbench
from tests.minicourse import CHECKS


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a released notebook, in which its kernel runs, and nothing of the course around it."""
    (tmp_path / "checks.py").write_text(CHECKS)
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    workbench.close_all()
