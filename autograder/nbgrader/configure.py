"""The settings that make plain `nbgrader` commands in a course folder use this autograder."""

from __future__ import annotations

import inspect
import os
import re
import shutil
import sysconfig
from pathlib import Path
from typing import Any

_HERE = "autograder.nbgrader"

# nbgrader's own list, but for ClearSolutions: it would wipe every stub that has no solution region.
GENERATE = [
    "nbgrader.preprocessors.IncludeHeaderFooter",
    "nbgrader.preprocessors.InstantiateTests",
    "nbgrader.preprocessors.LockCells",
    f"{_HERE}.stubs.KeepStubs",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.SaveCells",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbgrader.preprocessors.ClearMarkScheme",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.CheckCellMetadata",
    f"{_HERE}.guides.WriteGuide",
]
# The exporter hands over a restored, graded notebook, so nothing here runs code, and ClearOutput would undo its work.
SANITIZE = [
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]
AUTOGRADE = [
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    f"{_HERE}.comments.Comments",  # after SaveAutoGrades, which resets every automatic comment
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]

FEEDBACK = Path(__file__).resolve().with_name("feedback.html.j2")


def configure(c: Any, root: Path | None = None) -> None:
    """Set up nbgrader's configuration object `c` for the course in `root` (default: the folder of the calling file).

    It never raises: nbgrader would log the error and go on with its own settings, which run submissions unprotected.
    A course.yml that is wrong is reported by `nbgrader autograde`, before it touches anything.
    """
    _put_own_commands_on_path()
    c.CourseDirectory.course_id = _course_name(root or _folder_of_caller())
    c.CourseDirectory.source_directory = "assignments"
    c.GenerateAssignment.preprocessors = list(GENERATE)
    c.Autograde.exporter_class = f"{_HERE}.exporter.GradingExporter"
    c.Autograde.sanitize_preprocessors = list(SANITIZE)
    c.Autograde.autograde_preprocessors = list(AUTOGRADE)
    c.GenerateFeedback.HTMLExporter.template_file = str(FEEDBACK)  # the formgrader's own HTMLExporter keeps its own


def _put_own_commands_on_path() -> None:
    """Let nbgrader find `alembic`, which it calls by name, where the virtual environment is not activated."""
    if shutil.which("alembic") is None:
        os.environ["PATH"] = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", os.defpath)])


def _folder_of_caller() -> Path:
    frame = inspect.currentframe()
    for _ in range(2):
        frame = frame.f_back if frame else None
    file = frame.f_globals.get("__file__") if frame else None
    return Path(file).resolve().parent if file else Path.cwd()


def _course_name(root: Path) -> str:
    try:
        text = (root / "course.yml").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        text = ""
    found = re.search(r"^name:\s*([a-z][a-z0-9_]*)\s*(#.*)?$", text, re.MULTILINE)
    return found[1] if found else "course"
