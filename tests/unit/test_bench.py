"""Tests of what the measuring of speed rests on: the figures, and a class that is what it says."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from autograder import notebook
from autograder.course import Course
from tests.bench import __main__ as bench
from tests.bench import plain_course, speed_class, speed_course
from tests.bench.rows import Ratio, further, ratios
from tests.bench.speed_class import CRASH, RIGHT, SLIP, STUB, kind_of
from tests.bench.speed_course import NAME, QUESTIONS
from tests.bench.tree import Usage

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("slow", "fast", "expected"),
    [
        ([10.0, 30.0], [1.0, 2.0], [10.0, 15.0]),
        ([10.0], [1.0, 2.0, 4.0], [10.0, 5.0, 2.5]),
        ([10.0, 20.0], [1.0, 2.0, 4.0], [10.0, 10.0, 5.0]),
    ],
)
def test_ratios(slow, fast, expected):
    """A round is compared with the slow run of the same round, or with the last one there was."""
    assert ratios(slow, fast) == expected


def test_ratio_of_noise():
    """A difference of two runs that is not above 0 has no ratio, and no goal is reached with it."""
    values = ratios([1.5, 1.5], [0.1, -0.05])
    assert values[0] == pytest.approx(15)
    assert np.isnan(values[1])
    assert Ratio("", 8.0, values, values).verdict == "too few submissions to tell"


def test_further():
    """What each further submission takes leaves out what the start takes."""
    assert further([5.0, 7.0], [23.0, 43.0], 18) == [1.0, 2.0]
    assert further([5.0, 6.0], [14.0], 9) == [1.0]


def test_every_ratio_is_of_what_it_says():
    """Each row divides the slow command by the fast one, with the start-up or without it."""
    few_and_many = {
        "autograder grade --jobs 2": (1, 11),
        "autograder grade --jobs 1": (1, 26),
        "autograder grade again": (1, 0.5),
        "nbgrader autograde alone": (22, 222),
        "nbgrader autograde with the plug-in": (5, 25),
    }
    costs = {}
    for name, (few, many) in few_and_many.items():
        costs |= {f"{name}, 2": [Usage(few, 10 * few)], f"{name}, 12": [Usage(many, 10 * many)]}
    costs[bench.OTTER] = [Usage(4, 1)]
    rows = bench._ratios(costs, bench._further(costs, 2, 12), 2, 12)
    assert [(row.label, row.values) for row in rows] == [
        ("autograder grade than nbgrader alone, 12", [222 / 11]),
        ("with the plug-in than alone, 2", [22 / 5]),
        ("with the plug-in than alone, each further", [10]),
        ("two jobs than one, 12", [26 / 11]),
        ("two jobs than one, each further", [2.5]),
        ("graded again than the first time, 12", [22]),
        ("with the plug-in than Otter, each", [2]),
    ]
    assert rows[-1].processor == [0.05]
    del costs[bench.OTTER]
    assert len(bench._ratios(costs, bench._further(costs, 2, 12), 2, 12)) == len(rows) - 1


@pytest.mark.parametrize(("values", "verdict"), [([1.0, 3.0, 9.0], "reached"), ([9.0, 1.0, 2.9], "not reached")])
def test_verdict(values, verdict):
    """A goal is reached where the median reaches it."""
    assert Ratio("", 3.0, values, values).verdict == verdict


def test_class_is_mixed():
    """Half of a class is right, and every question has its slip and its stub."""
    kinds = [kind_of(number) for number in range(16)]
    assert sum(kind.outcome == RIGHT for kind in kinds) == 8
    for outcome in (SLIP, STUB):
        assert [kind.question for kind in kinds if kind.outcome == outcome] == list(QUESTIONS)


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    """Give the course with the four questions."""
    return speed_course.write(Course.load(ROOT), tmp_path_factory.mktemp("speed"))


def _handed_in(scratch, folder, count, **options):
    sources = speed_course.sources(Course.load(ROOT))
    return [folder / path for path in speed_class.hand_in(scratch.assignment(NAME), sources, folder, count, **options)]


def test_scratch_course_holds_together(scratch):
    """The four questions have their points, and both suites and the known slips fit them."""
    assert [question.name for question in scratch.assignment(NAME).questions] == list(QUESTIONS)
    assert speed_class.SLIPS.keys() == QUESTIONS.keys()


def test_no_two_submissions_are_alike(scratch, tmp_path):
    """Submissions differ in their bytes, in both forms of the assignment."""
    for form, options in {"ours": {}, "plain": {"changed": plain_course.with_tests}}.items():
        contents = {path.read_bytes() for path in _handed_in(scratch, tmp_path / form, 8, **options)}
        assert len(contents) == 8


@pytest.mark.parametrize("outcome", [SLIP, STUB, CRASH])
def test_one_answer_is_not_right(scratch, tmp_path, outcome):
    """Apart from the one question that a submission has wrong, its answers are the reference's."""
    right, other = _handed_in(scratch, tmp_path, 2, mixture=(RIGHT, outcome))
    answers = [
        {notebook.question_of(cell): cell.source.split("\n", 1)[-1] for cell in notebook.read(path.read_bytes()).cells}
        for path in (right, other)
    ]
    different = {name for name in QUESTIONS if answers[0][name] != answers[1][name]}
    assert different == {kind_of(1, (RIGHT, outcome)).question}


def test_plain_notebook_has_no_check(scratch):
    """The notebook for nbgrader alone runs the tests in its check cells, and does not import the autograder."""
    text = scratch.assignment(NAME).notebook_path.read_text(encoding="utf-8")
    changed = notebook.read(plain_course.with_tests(text).encode())
    sources = [cell.source for cell in changed.cells if notebook.is_check(cell)]
    assert sources == [f'from runner import run\nrun("{name}", globals())' for name in QUESTIONS]
    assert "autograder" not in notebook.write(changed)


_RUN = """
import json, sys
from pathlib import Path
import numpy as np
names = {"np": np}
for source in json.loads(sys.argv[1]):
    exec(source, names)
from runner import run
for question in json.loads(sys.argv[2]):
    try:
        run(question, names)
    except Exception as error:
        print("failed")
"""


def test_runner_runs_every_test(scratch, tmp_path):
    """In nbgrader's form as many tests run for each question as pytest collects, and a slip fails."""
    collect = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "autograder.suite", "--rootdir=."]
    suites = [f"assignments/{NAME}/checks.py", f"tests/hidden/test_{NAME}.py"]
    collected = subprocess.run([*collect, *suites], cwd=scratch.root, capture_output=True, text=True, check=True)
    (tmp_path / "runner.py").write_text(plain_course.runner(scratch.root))
    shown = []
    for path in _handed_in(scratch, tmp_path, 2, mixture=(RIGHT, SLIP)):
        cells = notebook.read(path.read_bytes()).cells
        sources = [
            cell.source.removesuffix(speed_course.CHECK)
            for cell in cells
            if cell.cell_type == "code" and not notebook.is_check(cell)
        ]
        command = [sys.executable, "-c", _RUN, json.dumps(sources), json.dumps(list(QUESTIONS))]
        ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
        shown.append(ran.stdout.splitlines())
    right, wrong = shown
    total = sum("::" in line for line in collected.stdout.splitlines())
    assert sum(int(line.split()[0]) for line in right) == total > 50
    assert wrong == ["failed", *right[1:]]


_TREE = """
import os, sys, time
block = bytearray(60_000_000)
if os.fork() == 0:
    if os.fork() == 0:            # an orphan soon, in a session of its own
        os.setsid()
        busy = time.process_time() + 0.3
        while time.process_time() < busy:
            pass
        os.kill(os.getpid(), 9)
    os._exit(0)
os.wait()
time.sleep(1)
"""


_MEASURED = """
import json, os, sys
from pathlib import Path
from tests.bench import tree
found = getattr(tree, sys.argv[1])([sys.executable, "-c", sys.argv[2]], Path(sys.argv[3]))
try:
    os.waitpid(-1, os.WNOHANG)
except ChildProcessError:
    print(json.dumps(found, default=vars))
"""


def _measured(how, code, folder):
    """Measure in a process of its own: it waits for all children that it has."""
    command = [sys.executable, "-c", _MEASURED, how, code, str(folder)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_whole_tree_is_measured(tmp_path):
    """The processor time of an orphan that is killed counts, memory that two processes share counts once."""
    usage = Usage(**json.loads(_measured("cost", _TREE, tmp_path).stdout))
    assert 0.3 <= usage.processor < 1.5
    assert usage.seconds >= 0.3
    assert 60 < json.loads(_measured("peak", _TREE, tmp_path).stdout) < 115


@pytest.mark.parametrize("how", ["cost", "peak"])
def test_a_command_that_fails_ends_the_program(tmp_path, how):
    """What a failing command printed is shown."""
    done = _measured(how, "print('no such luck'); raise SystemExit(3)", tmp_path)
    assert done.returncode == 1
    assert "ended with status 3" in done.stderr
    assert "no such luck" in done.stderr
