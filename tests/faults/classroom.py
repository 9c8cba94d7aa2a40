"""A class of the tiny course, and what its records are to be, whatever happened on the way."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests import minicourse
from tests.faults.running import Running

ROOT = Path(__file__).parents[2]
SECRET = "the same for all runs that are compared"
NO_NOTEBOOK = b'{"nbformat": 4'
RIGHT, WRONG = minicourse.RIGHT, {**minicourse.RIGHT, "double": "def double(x):\n    return x + 2"}
ANSWERS: tuple[Mapping[str, str] | bytes, ...] = (
    RIGHT,
    WRONG,
    {},
    {**RIGHT, "square": "def square(x):\n    raise ValueError(x)"},
    {**RIGHT, "double": "import os\ndef double(x):\n    os._exit(3)"},
    {**RIGHT, "square": "def square(x):\n    return x * x * x"},
    NO_NOTEBOOK,
)


@dataclass(frozen=True)
class Classroom:
    """A course folder with its submissions."""

    root: Path

    def grade(self, *arguments: str, environment: Mapping[str, str] | None = None) -> Running:
        """Start `autograder grade` on the whole class."""
        command = ["-m", "autograder.cli", "grade", "mini", *self.notebooks(), *arguments]
        return self.python(*command, **(environment or {}))

    def nbgrader(self, *arguments: str) -> Running:
        """Start an nbgrader command."""
        return self.python("-m", "nbgrader", *arguments)

    def python(self, *arguments: str, stdin: int = subprocess.DEVNULL, **environment: str) -> Running:
        """Start Python here, in this environment and more; an empty value takes a variable out of it."""
        together = {**os.environ, "AUTOGRADER_SECRET": SECRET, "PYTHONPATH": str(ROOT), "COLUMNS": "200", **environment}
        return Running([sys.executable, *arguments], self.root, {k: v for k, v in together.items() if v}, stdin)

    def notebooks(self) -> list[str]:
        """Return the paths of all submissions, from here."""
        return [str(path.relative_to(self.root)) for path in sorted(self.root.glob("submitted/*/mini/mini.ipynb"))]

    def records(self, folder: str = "grades/mini") -> dict[str, str]:
        """Return the text of every file in the folder of records, hidden ones too, without the time of grading."""
        return {path.name: timeless(path.read_text()) for path in sorted((self.root / folder).iterdir())}


def write_class(root: Path, size: int, answers: tuple[Mapping[str, str] | bytes, ...] = ANSWERS) -> Classroom:
    """Write the course and `size` submissions, no two of them the same, into the folder `root`."""
    minicourse.write_course(root)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    for number in range(size):
        hand_in(root, f"student{number:02}", answers[number % len(answers)])
    return Classroom(root)


def hand_in(root: Path, student: str, answer: Mapping[str, str] | bytes) -> Path:
    """Write one submission and return its path."""
    signed = {name: f"{source}\n# {student}" for name, source in answer.items()} if isinstance(answer, Mapping) else {}
    path = root / "submitted" / student / "mini" / "mini.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(answer + student.encode() if isinstance(answer, bytes) else minicourse.answered(signed))
    return path


def timeless(text: str) -> str:
    """Return a record without the time at which it was made."""
    return re.sub(r'"graded_at": "[^"]+"', '"graded_at": ""', text)


def scores(records: Mapping[str, str]) -> dict[str, float]:
    """Return each student's score."""
    return {json.loads(text)["student"]: json.loads(text)["score"] for text in records.values()}
