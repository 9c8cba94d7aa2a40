"""Attacks that help themselves to a score: printed, written, or by leaving before it can be wrong."""

from __future__ import annotations

from nbformat import NotebookNode, from_dict

from autograder import notebook
from tests.corpus.attacks.making import VALUES, cost, fakes, spoiled, wager
from tests.corpus.attacks.recipe import FULL, NOTHING, POINTS, Attack, Honest, Scene

_SAYS = """
import json, os, sys

NAMES = ("double", "total", "Scale", "normalise")


def FAKE(x):
    print(4.0)
    return 4.0


for line in ("4.0", "16/16", "4 passed in 0.01s", "Score: 100%", "##[points 4]", "ok", "Final grade: A"):
    print(line)
    print(line, file=sys.stderr)
    os.write(1, line.encode())
print(json.dumps({"score": 16.0, "max_score": 16.0, "outcome": "graded", "questions": [
    {"name": name, "score": 4.0, "max_score": 4.0, "outcome": "right", "tests": []} for name in NAMES]}))
16.0
"""

_WRITES = """
import json, os, sqlite3

RECORD = json.dumps({"format": 1, "course": "pasture", "assignment": "meadow", "student": "forge_writes",
                     "score": 16.0, "max_score": 16.0, "outcome": "graded", "questions": []})
FILES = ("results.json", "grades/meadow/forge_writes.json", "forge_writes.json", "report.xml", "gradebook.db",
         "feedback/forge_writes/meadow/meadow.html", "autograded/forge_writes/meadow/meadow.ipynb", "meadow.ipynb")


def FAKE(x):
    return None


for folder in (COURSE, HOME, MARKS, "." if os.getcwd() != "/" else MARKS):
    for name in FILES:
        try:
            os.makedirs(os.path.dirname(folder + "/" + name), exist_ok=True)
            with open(folder + "/" + name, "w") as file:
                file.write(RECORD)
        except OSError:
            pass
try:
    book = sqlite3.connect("file:" + COURSE + "/gradebook.db?mode=rw", uri=True)
    book.execute("update grade set manual_score = 4")
    book.commit()
    print("gradebook changed")
except sqlite3.Error as problem:
    print(problem)
"""

_RAISES = {
    "double": "def double(x):\n    raise SystemExit(0)",
    "total": "def total(x, y):\n    raise KeyboardInterrupt",
    "Scale": """class Scale:
    def __init__(self, k):
        raise GeneratorExit

    forward = backward = __init__""",
    "normalise": """def normalise(X):
    class Passed(BaseException):
        exit_code = returncode = code = 0

    raise Passed("4.0")""",
}

_PASSES = {
    "double": "def double(x):\n    import unittest\n\n    raise unittest.SkipTest('passed')",
    "total": """def total(x, y):
    import pytest

    pytest.exit("passed", returncode=0)
    pytest.skip("passed")
    return None""",
    "Scale": """class Scale:
    def __init__(self, k):
        from autograder.errors import CallFailed, Mismatch

        raise NotImplementedError(Mismatch("out", "value", "is right"))""",
    "normalise": """def normalise(X):
    class Mismatch(Exception):
        expected = got = X

    try:
        raise Mismatch
    except Exception as error:
        return error.expected, error.got""",
}

_REDEFINES = """
import builtins, sys, types
import autograder


def FAKE(x):
    return autograder.check("double")


def check(*names, **settings):
    print("right")
    return 4.0


autograder.check = builtins.check = check
for name in ("autograder", "autograder.learner", "autograder.learner.check", "autograder.record", "autograder.grade"):
    module = sys.modules[name] = types.ModuleType(name)
    module.check = module.grade = module.Grade = module.write = check
    module.__path__ = []
"""

_LATER = """
import atexit, os, sys, threading, weakref


class Last:
    def __del__(self):
        os._exit(0)


last = Last()
weakref.finalize(last, os._exit, 0)
atexit.register(sys.exit, 0)
os.register_at_fork(before=lambda: os._exit(0), after_in_child=lambda: os._exit(0))


def FAKE(x):
    threading.Thread(target=os._exit, args=(0,)).start()
    threading.Event().wait(5)
"""


def _forged_outputs(honest: Honest, scene: Scene) -> NotebookNode:
    """Put a score, as an executed check would show it, into each check cell, with every flag that may count."""
    nb = honest.blank()
    for cell in nb.cells:
        if notebook.is_check(cell):
            data = {"text/plain": "4.0", "text/html": "4.0"}
            result = {"output_type": "execute_result", "execution_count": 1, "data": data, "metadata": {}}
            stream = {"output_type": "stream", "name": "stdout", "text": "4.0"}
            cell.outputs = [from_dict(result), from_dict(stream)]
            cell.execution_count = 1
            cell.metadata["nbgrader"].update(score=4.0, max_score=4.0, auto_score=4.0, manual_score=4.0, locked=False)
            cell.metadata["execution"] = {"status": "ok"}
    return nb


_EXIT = "def double(x):\n    import os\n\n    os._exit(0)"

ATTACKS: tuple[Attack, ...] = (
    fakes("forge_says", "forge", "It prints scores and records in every form that a grader might read.", _SAYS),
    fakes(
        "forge_writes",
        "forge",
        "It writes records, reports, feedback and the gradebook.",
        _WRITES,
        success="points, a file in the folder of marks, or a changed file of the course",
    ),
    spoiled(
        "forge_exit",
        "forge",
        "It ends the process with status 0 from inside a function.",
        answers={"double": _EXIT},
        outcomes={"double": "not gradable"},
        says={"double": "exit()"},
    ),
    spoiled(
        "forge_exit_in_cell",
        "forge",
        "It ends the process with status 0 while its cells are run.",
        top="import os\n\nos._exit(0)",
        answers={"double": "import os\n\nos._exit(0)"},
        outcomes={"double": "not gradable"},
    ),
    fakes("forge_exit_later", "forge", "It ends the process from a thread, a finalizer and exit handlers.", _LATER),
    spoiled(
        "forge_raises",
        "forge",
        "It raises what ends a program or a test run, rather than an error.",
        answers=_RAISES,
        says={"double": "SystemExit", "total": "KeyboardInterrupt", "Scale": "GeneratorExit"},
    ),
    spoiled("forge_passes", "forge", "It skips tests and ends pytest with success.", answers=_PASSES),
    fakes("forge_check", "forge", "It puts its own `check` and its own `autograder` into the notebook.", _REDEFINES),
    Attack(
        student="forge_outputs",
        row="forge",
        tries="It hands in check cells that seem to have been run, with points.",
        success=VALUES,
        make=_forged_outputs,
        honest=NOTHING,
        outcomes=dict.fromkeys(POINTS, "not attempted"),
    ),
    spoiled(
        "forge_defines_later",
        "forge",
        "It solves all, and a last cell takes the answers away: what counts is what the notebook ends with.",
        end="def double(x):\n    return 4.0\n\n\ntotal = normalise = double",
        honest=cost("double", "total", "normalise"),
    ),
    wager(
        "forge_unseen",
        "forge",
        "It looks for the grader's verdict in what it can reach, to change it.",
        """
import gc


def verdicts():
    names = ("Grade", "QuestionResult", "Judge", "SuiteTest")
    found = [thing for thing in gc.get_objects() if type(thing).__name__ in names]
    for thing in found:
        thing.score = thing.max_score
    return found[0]


attempt("verdicts", verdicts)
""",
    ),
    spoiled(
        "forge_nothing",
        "forge",
        "It only prints a score beside right answers: that costs nothing.",
        success="it has fewer points than it deserves",
        end="print('double: 0.0 of 4 points')\n0.0",
        honest=FULL,
    ),
)
