"""`autograder init`: working copies of the assignments, for who does the course alone."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from autograder.course import Assignment, Course
from autograder.errors import AutograderError
from autograder.guide import GUIDE
from autograder.instructor.guides import as_file, guide_of
from autograder.instructor.saying import say as note


def make(course: Course, folder: Path, say: Callable[[str], None] = print) -> None:
    """Write notebook, checks and guide of each assignment to `folder/NAME`; what is there already is left alone."""
    inside = [course.root / part for part in ("assignments", "reference", "tests", "autograder")]
    if any(folder.resolve().is_relative_to(place) for place in inside):
        msg = f"{folder} is a folder of the course itself; name one of your own, such as my-course"
        raise AutograderError(msg)
    for assignment in course.assignments:
        target = folder / assignment.name
        if target.exists():
            say(f"{target} is there already, and stays as it is")
            continue
        note(f"{assignment.name}: preparing notebook, checks and hints")  # where hints need trainings it takes minutes
        _write(assignment, target)
        say(f"{target / assignment.notebook_path.name} is ready")


def _write(assignment: Assignment, target: Path) -> None:
    guide = as_file(guide_of(assignment))
    unfinished = target.with_name(f".{target.name}.part")  # so that a copy that was cut short is never taken for whole
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    for path in (assignment.notebook_path, assignment.checks_path):
        shutil.copyfile(path, unfinished / path.name)
    (unfinished / GUIDE).write_bytes(guide)
    unfinished.rename(target)
