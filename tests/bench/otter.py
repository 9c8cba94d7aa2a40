"""The same assignment for Otter: `otter run` grades one notebook, with the same tests in the kernel that runs it."""

from __future__ import annotations

import json
import shutil
import sys
import sysconfig
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import autograder
from tests.bench import plain_course, tree
from tests.bench.speed_class import RIGHT, kind_of
from tests.bench.speed_course import QUESTIONS

T = TypeVar("T")

ZIP = "autograder.zip"
_CASE = """\
>>> import sys
>>> sys.path += {places!r}
>>> from runner import run
>>> run({question!r}, globals())
{count} tests passed"""
_TEST = """\
OK_FORMAT = True
test = {{
    "name": {question!r},
    "points": 1,
    "suites": [{{"cases": [{{"code": {code!r}}}], "scored": True, "setup": "", "teardown": "", "type": "doctest"}}],
}}
"""


def installed() -> str | None:
    """Return the path of Otter's command, or None."""
    return shutil.which("otter")


def prepare(command: str, scratch: Path, folder: Path, tests: Mapping[str, int]) -> None:
    """Write the autograder of the assignment into `folder`, each question with so many tests."""
    (folder / "tests").mkdir()
    (folder / "runner.py").write_text(plain_course.runner(scratch))
    # Otter may have a virtual environment of its own, in which the tests' modules are missing
    places = [str(folder), str(Path(autograder.__file__).parents[1]), sysconfig.get_path("purelib")]
    for question in QUESTIONS:
        code = _CASE.format(places=places, question=question, count=tests[question])
        (folder / "tests" / f"{question}.py").write_text(_TEST.format(question=question, code=code))
    generate = [command, "generate", "-t", "tests", "-o", ZIP, "--no-environment", "--no-requirements"]
    tree.cost(generate, folder)


def grade(measure: Callable[[Sequence[str], Path], T], command: str, folder: Path, path: Path, number: int) -> T:
    """Measure the grading of the notebook at `path`; this program ends where its result is not right."""
    output = folder / f"results{number}"
    output.mkdir()
    measured = measure([command, "run", "--no-logo", "-a", ZIP, "-o", str(output), str(path)], folder)
    results = json.loads((output / "results.json").read_text())["tests"]
    found = {result["name"]: result["score"] for result in results if result["name"] in QUESTIONS}
    expected = {name: float(outcome == RIGHT) for name, outcome in kind_of(number).outcomes().items()}
    if found != expected:
        sys.exit(f"Otter gives {found} for submission {number}, which is worth {expected}")
    return measured
