"""`autograder demo`: the main job on a sample class, in a scratch copy of the course."""

from __future__ import annotations

import csv
import importlib
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

from rich.console import Console
from rich.text import Text

from autograder import record
from autograder.course import Course
from autograder.course_file import COURSE_FILE
from autograder.errors import AutograderError
from autograder.instructor.table import print_table, wide_console

ASSIGNMENT = "gates"
COPIED = (COURSE_FILE, "nbgrader_config.py", "pyproject.toml", "assignments", "reference", "tests/hidden")
MARKER = ".autograder-demo"


def run(course: Course, folder: Path) -> int:
    """Release, hand in, autograde, give feedback and export in `folder`; return 0 where both front doors agree."""
    console = wide_console()
    folder = folder.absolute()
    _scratch_copy(course, folder)
    _nbgrader(folder, console, "generate_assignment", ASSIGNMENT)
    students = _hand_in(course, folder, console)
    _nbgrader(folder, console, "autograde", ASSIGNMENT, accepted=(0, 1))  # 1: some submission is not gradable
    with ThreadPoolExecutor(1) as aside:  # the other front door, while nbgrader writes pages on one processor
        again = aside.submit(_grade_again, folder, console)
        _nbgrader(folder, console, "generate_feedback", ASSIGNMENT)
        _nbgrader(folder, console, "export", "--to=grades.csv")
        grades = again.result()
    print_table(grades, console)
    console.print(Text(f"feedback pages: {folder}/feedback/STUDENT/{ASSIGNMENT}/{ASSIGNMENT}.html"))
    console.print(Text(f"grades: {folder}/grades.csv    records: {folder}/grades/{ASSIGNMENT}"))
    status = _compare(folder / "grades.csv", grades, students, console)
    page = _page_to_open(folder, grades)
    if page is not None:
        console.print(Text(f"now open {page} in a browser"), soft_wrap=True)
    return status


def _scratch_copy(course: Course, folder: Path) -> None:
    """Copy what grading needs; an older demonstration is replaced, anything else is left alone."""
    if folder.exists() and any(folder.iterdir()) and not (folder / MARKER).exists():
        msg = f"{folder} is not empty and not an earlier demonstration; name another one with --folder"
        raise AutograderError(msg)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / MARKER).touch()
    for name in COPIED:
        source, target = course.root / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"))
        else:
            shutil.copy2(source, target)


def _hand_in(course: Course, folder: Path, console: Console) -> list[str]:
    """Write the sample class's notebooks to `submitted/` and return the students."""
    students = _corpus(course).write_class(folder, folder / "submitted")
    console.print(f"▸ {len(students)} submissions handed in")
    return list(students)


def _corpus(course: Course) -> ModuleType:
    """Return the course's sample class, which lies among the tests and is in no wheel."""
    if not (course.root / "tests" / "corpus" / "students.py").is_file():
        msg = f"{course.root} has no sample class (tests/corpus); run this in a clone of the course"
        raise AutograderError(msg)
    sys.path.insert(0, str(course.root))
    try:
        return importlib.import_module("tests.corpus.students")
    finally:
        sys.path.remove(str(course.root))


def _nbgrader(folder: Path, console: Console, *arguments: str, accepted: Sequence[int] = (0,)) -> None:
    _command([sys.executable, "-m", "nbgrader", *arguments], "nbgrader", folder, console, accepted)


def _grade_again(folder: Path, console: Console) -> list[record.Grade]:
    """Grade the same files through the other front door and return the records."""
    notebooks = sorted(map(str, folder.glob(f"submitted/*/{ASSIGNMENT}/*.ipynb")))
    command = [sys.executable, "-m", "autograder.cli", "grade", ASSIGNMENT, *notebooks, "--jobs", "2"]
    _command(command, "autograder", folder, console, (0, 1))
    return [record.read(path) for path in sorted((folder / "grades" / ASSIGNMENT).glob("*.json"))]


def _command(command: Sequence[str], name: str, folder: Path, console: Console, accepted: Sequence[int]) -> None:
    shown = " ".join(argument for argument in command[3:] if not argument.startswith(str(folder)))
    started = time.monotonic()
    with (folder / "demo.log").open("ab") as log:
        log.write(f"$ {name} {shown}\n".encode())
        log.flush()
        status = subprocess.run(command, cwd=folder, stdout=log, stderr=log, check=False).returncode  # noqa: S603 - ours
    console.print(Text(f"▸ {name} {shown}  ({time.monotonic() - started:.1f} s)"))
    if status not in accepted:
        msg = f"`{name} {shown}` ended with status {status}; read {folder}/demo.log"
        raise AutograderError(msg)


def _page_to_open(folder: Path, grades: Sequence[record.Grade]) -> Path | None:
    """Return a feedback page on which there is a wrong answer, if possible one with a known slip."""
    pages = {grade.student: folder / "feedback" / grade.student / ASSIGNMENT / f"{ASSIGNMENT}.html" for grade in grades}
    wrong = [
        (question.diagnosis is None, pages[grade.student])
        for grade in grades
        for question in grade.questions
        if question.outcome == "wrong" and pages[grade.student].is_file()
    ]
    return min(wrong, default=(True, None), key=lambda each: each[0])[1]


def _compare(exported: Path, grades: Sequence[record.Grade], students: Sequence[str], console: Console) -> int:
    """Say whether nbgrader's gradebook and the records agree on every student; return 0 where they do."""
    with exported.open(newline="") as file:
        scores = {row["student_id"]: float(row["raw_score"]) for row in csv.DictReader(file)}
    # nbgrader adds floats; each score is in hundredths of a point, and so is the sum
    differing = [g.student for g in grades if round(scores.get(g.student, -1.0), 2) != g.score]
    missing = sorted(set(students) - {grade.student for grade in grades})
    if differing or missing:
        console.print(Text(f"the two front doors differ: {', '.join([*differing, *missing])}", style="bold"))
        return 1
    console.print(f"nbgrader's gradebook and `autograder grade` agree on all {len(grades)} students")
    return 0
