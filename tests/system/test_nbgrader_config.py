"""Without the autograder, nbgrader does nothing in a course folder: it would run submissions unprotected."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.system.conftest import MakeCourse


def test_a_broken_installation_stops_nbgrader(make_course: MakeCourse, tmp_path: Path) -> None:
    """Where the plug-in cannot be imported, `nbgrader autograde` ends with a reason before it runs any cell."""
    course = make_course()
    marker = tmp_path / "was-run"
    course.submit("ada", course.answered({"double": f"open({str(marker)!r}, 'w').close()"}))
    blocker = tmp_path / "path" / "autograder"
    blocker.mkdir(parents=True)
    (blocker / "__init__.py").write_text("raise ImportError('broken on purpose')")
    environment = {**os.environ, "PYTHONPATH": str(blocker.parent)}
    command = [sys.executable, "-m", "nbgrader", "autograde", "mini"]
    done = subprocess.run(command, cwd=course.root, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "broken on purpose" in done.stderr
    assert not marker.exists()
    assert not (course.root / "autograded").exists()
