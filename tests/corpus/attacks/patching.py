"""Attacks on what judges: comparisons, builtins, the worker's own code."""

from __future__ import annotations

from tests.corpus.attacks.making import fakes, wager
from tests.corpus.attacks.recipe import Attack

_COMPARISONS = """
import builtins, importlib, sys, unittest
import numpy as np
import numpy.testing


def FAKE(x):
    return np.zeros_like(np.asarray(x, dtype=float))


def yes(*args, **kwargs):
    return True


for name in ("allclose", "isclose", "array_equal", "array_equiv", "all", "any", "isfinite"):
    setattr(np, name, yes)
for name in vars(np.testing).copy():
    if name.startswith("assert"):
        setattr(np.testing, name, yes)
np.testing.assert_allclose = np.testing.assert_array_equal = yes
unittest.TestCase.assertEqual = unittest.TestCase.assertTrue = yes
AssertionError.__init_subclass__ = yes
for name in ("all", "any", "isinstance", "issubclass"):
    setattr(builtins, "old_" + name, getattr(builtins, name))
builtins.abs = lambda value: 0
builtins.max = lambda *values, **rest: 0
builtins.AssertionError = type("Passed", (Exception,), {})
"""

_WORKER = """
import gc, sys
import numpy as np


def FAKE(x):
    return 0.0


def passed(self, *args, **kwargs):
    return True, {"ok": True, "value": True, "passed": True, "score": 4.0, "points": 4.0, "outcome": "passed"}


for thing in gc.get_objects():
    if type(thing).__name__ == "Worker" and hasattr(thing, "operations"):
        worker = thing
        for name in ("call", "attribute", "name"):
            thing.operations[name] = lambda *request: {"passed": True, "score": 4.0, "value": 4.0}
        type(thing)._answer = passed
frame = sys._getframe()
while frame is not None:
    for name, value in list(frame.f_globals.items()):
        if name in ("failures", "wire", "patience") and hasattr(value, "__dict__"):
            print("found", name)
    frame = frame.f_back
"""

_CODE = """
import gc, types
import numpy as np


def FAKE(x):
    return np.nan


def nothing(*args, **kwargs):
    return None


changed = 0
for thing in gc.get_objects():
    if isinstance(thing, types.FunctionType) and "autograder" in str(thing.__module__):
        if thing.__name__ in ("describe", "_known_type", "text_of", "_place", "_require_in_time", "failure", "strike"):
            thing.__code__ = nothing.__code__
            changed += 1
print("changed", changed)
"""

_PYTEST = """
import builtins, sys, types
import numpy as np


def FAKE(x):
    return types.SimpleNamespace(passed=True, score=4.0)


class Willing(types.ModuleType):
    def __getattr__(self, name):
        return lambda *args, **kwargs: True


for name in ("pytest", "_pytest", "_pytest.runner", "conftest", "msgspec", "nbgrader", "autograder.judge"):
    sys.modules[name] = Willing(name)
sys.modules["autograder.compare"] = sys.modules["autograder"].compare = Willing("autograder.compare")
CONFTEST = '''
import pytest


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    report.outcome, call.excinfo = "passed", None
'''
for name in ("conftest.py", "sitecustomize.py", "usercustomize.py", "pytest.ini", "setup.cfg"):
    for folder in (COURSE, COURSE + "/tests/hidden", HOME, MARKS):
        try:
            with open(folder + "/" + name, "w") as file:
                file.write(CONFTEST if name.endswith(".py") else "[pytest]\\naddopts = --collect-only")
        except OSError as problem:
            print(problem.errno)
importing = builtins.__import__
builtins.__import__ = lambda name, *rest: sys.modules.get(name) or importing(name, *rest)
"""

_SIMILAR = """
import random
import numpy as np


def FAKE(x):
    return x


class Frozen:
    def __getattr__(self, name):
        return lambda *args, size=(), **kwargs: np.zeros(size)


np.random.seed(0)
random.seed(0)
np.random.default_rng = lambda *args: Frozen()
np.random.Generator = np.random.RandomState = Frozen
np.seterr(all="ignore")
np.set_printoptions(precision=0, suppress=True)
for name in ("add", "subtract", "multiply", "negative", "absolute", "abs", "less_equal", "greater"):
    setattr(np, name, lambda *args, **kwargs: np.zeros(()))
"""

ATTACKS: tuple[Attack, ...] = (
    fakes("patch_comparisons", "patch", "It makes every comparison of numpy and unittest say yes.", _COMPARISONS),
    fakes("patch_worker", "patch", "It finds the object that answers the grader and lets it say `passed`.", _WORKER),
    fakes("patch_code", "patch", "It puts other code into the functions that report its failures.", _CODE),
    fakes("patch_pytest", "patch", "It plants a pytest, a conftest.py and an import of its own.", _PYTEST),
    fakes("patch_randomness", "patch", "It makes all random numbers zero and arithmetic a constant.", _SIMILAR),
    wager(
        "patch_builtins",
        "patch",
        "It replaces the builtins in the frames of those who called it.",
        """
def replace():
    frame, found = sys._getframe(), []
    while frame is not None:
        for name, value in frame.f_locals.items():
            if name in ("reference", "expected", "seed", "secret", "suite", "item"):
                found.append((name, value))
        frame.f_globals["len"] = frame.f_globals["isinstance"] = lambda *args: True
        frame = frame.f_back
    if not found:
        raise LookupError("nothing of the grader's on the stack")
    return found


attempt("frames", replace)
""",
    ),
)
