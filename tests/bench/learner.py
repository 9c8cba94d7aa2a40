"""What a student waits for: `check` in a live kernel, the commands, and the peers' way to the same answer."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

from rich.table import Table

from autograder import notebook
from autograder.course import Course

QUESTION = "sigmoid_backward"
CALLS, STARTS = 50, 7
_LIVE = """
import contextlib, io, json, sys, time
from autograder import check

spent = [0.0]

def timed(function):
    def call(*args):
        start = time.perf_counter()
        try:
            return function(*args)
        finally:
            spent[0] += time.perf_counter() - start
    return call

exec(open(sys.argv[1]).read())
for name in ("sigmoid_forward", "sigmoid_backward"):
    globals()[name] = timed(globals()[name])
beyond = []
for _ in range(int(sys.argv[2])):
    spent[0], start = 0.0, time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()):
        check("sigmoid_backward")
    beyond.append(time.perf_counter() - start - spent[0])
print(json.dumps(beyond))
"""

Seconds = list[float]


def table(course: Course) -> Table:
    """Measure, and return the table."""
    table = Table("a student waits for", "min ms", "median ms", "max ms", "runs", show_edge=False)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        solved = _solved(course, folder)
        reference = str(course.root / "reference" / "gates.py")
        live = json.loads(_output([sys.executable, "-c", _LIVE, reference, str(CALLS)], folder))
        _add(table, f"first check({QUESTION!r}) in a kernel", live[:1])
        _add(table, "each further one, beyond the student's own code", live[1:])
        python, scripts = sys.executable, sysconfig.get_path("scripts")
        for name, command in {
            "import autograder": [python, "-c", "import autograder"],
            "from autograder import check": [python, "-c", "from autograder import check"],
            "autograder --help": [f"{scripts}/autograder", "--help"],
            f"autograder check {QUESTION}": [f"{scripts}/autograder", "check", QUESTION],
            "autograder check (14 questions)": [f"{scripts}/autograder", "check"],
            "nbgrader validate (14 questions)": [f"{scripts}/nbgrader", "validate", str(solved)],
        }.items():
            _add(table, name, [_seconds(command, folder) for _ in range(STARTS)])
        _add_otter(table, course, folder)
    return table


def _solved(course: Course, folder: Path) -> Path:
    assignment = course.assignment("gates")
    sources = notebook.function_sources(assignment.reference_path.read_text(encoding="utf-8"))
    path = folder / "gates.ipynb"
    path.write_text(notebook.write(notebook.solve(assignment.notebook, sources)), encoding="utf-8")
    shutil.copy(assignment.checks_path, folder / "checks.py")
    return path


def _add_otter(table: Table, course: Course, folder: Path) -> None:
    """Add `otter check` on the same functions, where Otter is installed."""
    otter = shutil.which("otter")
    if otter is None:
        table.add_row("otter check", "not installed", "", "", "")
        return
    tests = folder / "tests"
    tests.mkdir()
    (tests / f"{QUESTION}.py").write_text(_OTTER)
    shutil.copy(course.root / "reference" / "gates.py", folder / "answers.py")
    command = [otter, "check", "answers.py", "-q", QUESTION]
    _add(table, f"otter check -q {QUESTION}", [_seconds(command, folder) for _ in range(STARTS)])


_OTTER = """\
OK_FORMAT = True
test = {
    "name": "sigmoid_backward",
    "points": 1,
    "suites": [{
        "cases": [{"code": ">>> import numpy as np\\n>>> out, cache = sigmoid_forward(np.array([0.0, 1.0]))\\n"
                           ">>> np.allclose(sigmoid_backward(np.ones(2), cache), [0.25, 0.19661193])\\nTrue"}],
        "scored": True, "setup": "", "teardown": "", "type": "doctest",
    }],
}
"""


def _seconds(command: list[str], folder: Path) -> float:
    start = time.perf_counter()
    _output(command, folder)
    return time.perf_counter() - start


def _output(command: list[str], folder: Path) -> str:
    environment = {**os.environ, "PATH": os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command[:3])} ended with status {done.returncode}:\n{done.stderr[-3000:]}")
    return done.stdout


def _add(table: Table, name: str, seconds: Seconds) -> None:
    low, median, high = (1000 * value for value in (min(seconds), statistics.median(seconds), max(seconds)))
    table.add_row(name, f"{low:.0f}", f"{median:.0f}", f"{high:.0f}", str(len(seconds)))
