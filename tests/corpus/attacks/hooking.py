"""Attacks by hooks: tracing, signals, and IPython's own ways to change what a cell does."""

from __future__ import annotations

from tests.corpus.attacks.making import fakes, spoiled
from tests.corpus.attacks.recipe import FULL, Attack

_HOOKS = """
import atexit, gc, signal, sys, threading
import numpy as np


def FAKE(x):
    raise ValueError("passed")


def trace(frame, event, argument):
    for name in ("expected", "reference", "score", "points", "max_score", "passed"):
        if name in frame.f_locals:
            print("found", name, frame.f_locals[name])
    return trace


def hook(*args):
    print("4.0")


sys.settrace(trace)
sys.setprofile(trace)
threading.settrace(trace)
threading.setprofile(trace)
sys.excepthook = sys.unraisablehook = threading.excepthook = sys.breakpointhook = hook
atexit.register(hook)
gc.callbacks.append(hook)
for number in (signal.SIGTERM, signal.SIGPROF, signal.SIGXCPU, signal.SIGALRM, signal.SIGUSR1):
    signal.signal(number, hook)
sys.addaudithook(lambda event, args: None)
"""

_SHELL = """
import ast, sys
from IPython import get_ipython

shell = get_ipython()


class Rewriter(ast.NodeTransformer):
    def visit_Constant(self, node):
        return node

    def visit_Raise(self, node):
        return ast.Pass()


def harmful(*args):
    raise SystemExit("from a hook")


shell.ast_transformers.append(Rewriter())
shell.input_transformers_post.append(lambda lines: [line.replace("NotImplemented", "Implemented") for line in lines])
for event in ("post_execute", "post_run_cell"):
    shell.events.register(event, harmful)
shell.showtraceback = shell._showtraceback = shell.showsyntaxerror = lambda *args, **kwargs: None
shell.set_custom_exc((Exception,), lambda *args, **kwargs: [])
shell.display_formatter.formatters["text/plain"].for_type(float, lambda *args: args[1].text("4.0"))
shell.displayhook = lambda value: print(4.0)
sys.displayhook = shell.displayhook
"""

_MAGICS = """
!touch $MARKS/shell
listing = !ls -la $COURSE
%cd $COURSE
%pip --version
%env AUTOGRADER_UNSAFE=1
%alias steal cp -r
%sx touch $MARKS/sx
%load_ext autoreload
%logstart -o $MARKS/log.py
%save $MARKS/saved.py 1-5
%store listing
%pdb on
print(listing)
"""

_CLOCKS = """
import builtins, threading, time
import numpy as np

array_sum, wait = np.sum, time.sleep


def late(*values, **settings):
    wait(0.001)
    return array_sum(*values, **settings)


def busy():
    x = np.ones((300, 300))
    while True:
        x = x @ x / 300


def is_large(x):
    if len(x) > 1000 and threading.active_count() < 6:
        for _ in range(5):
            threading.Thread(target=busy, daemon=True).start()


np.sum = np.add.reduce = np.dot = np.einsum = late
for clock in ("time", "perf_counter", "monotonic", "process_time", "thread_time"):
    setattr(time, clock, lambda: 0.0)
    setattr(time, clock + "_ns", lambda: 0)
time.sleep = lambda seconds: None
"""

_LOOP = {
    "total": """def total(x, y):
    is_large(x)
    result = 0.0
    for a, b in zip(x, y):
        result += float(a) * float(b)
    return result""",
}

_SILENCE = """
import contextlib, warnings
import numpy as np
import numpy._core._ufunc_config as settings


def quiet(*args, **asked):
    return contextlib.nullcontext()


asking = settings._make_extobj
settings._make_extobj = lambda **asked: asking(all="ignore")
np.errstate.__enter__ = lambda self: None
np.errstate.__exit__ = lambda self, *error: None
np.seterr.__code__ = (lambda all=None, divide=None, over=None, under=None, invalid=None: {}).__code__
np.errstate = quiet
np.seterr = np.seterrcall = lambda *args, **asked: {}
"""

_OVERFLOW = {
    "normalise": """def normalise(X):
    np.exp(X * 0 + 1000)
    mean = X.mean(axis=1, keepdims=True)
    return X - mean, mean""",
}

ATTACKS: tuple[Attack, ...] = (
    fakes("patch_hooks", "patch", "It traces, profiles and hooks whatever can be, to see an expected value.", _HOOKS),
    spoiled(
        "patch_clocks",
        "patch",
        "It loops where products are asked for, stops all clocks, and keeps the machine busy while others are timed.",
        top=_CLOCKS,
        answers=_LOOP,
        success="the check that times it has passed",
        honest={**FULL, "total": 3},
    ),
    spoiled(
        "patch_errstate",
        "patch",
        "It replaces what tells numpy to raise where a number overflows.",
        top=_SILENCE,
        answers=_OVERFLOW,
        success="the checks that ask whether a number overflows have passed",
        honest={**FULL, "normalise": 2},
    ),
    spoiled(
        "patch_shell",
        "patch",
        "It lets IPython rewrite the cells that follow, and end each of them with an exit.",
        top=_SHELL,
        success="it has more than its answers deserve, or the grader stops",
        honest=FULL,
    ),
    spoiled(
        "patch_magics",
        "patch",
        "It uses magics and shell commands that write, install and list.",
        top=_MAGICS,
        success="a file in the folder of marks, or a listing of the course in an output",
        honest=FULL,
    ),
)
