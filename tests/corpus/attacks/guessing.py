"""Attacks by guessing: tables of known inputs, counted calls, signs of being graded."""

from __future__ import annotations

from tests.corpus.attacks.making import fakes, spoiled
from tests.corpus.attacks.recipe import POINTS, Attack

_TABLE = {
    "double": "def double(x):\n    return KNOWN.get(tuple(np.ravel(x)), 0 * x)",
    "total": "def total(x, y):\n    return {2.0: 26.0, -1.0: 7.0}.get(float(y[0]), 0.0)",
    "Scale": """class Scale:
    def __init__(self, k):
        self.k = k

    def forward(self, x):
        return KNOWN.get((self.k, *x.ravel()), 0 * x)

    backward = forward""",
    "normalise": "def normalise(X):\n    return KNOWN.get(tuple(X.ravel()), 0 * X), np.array([[3.0]])",
}

_KNOWN = """
import numpy as np

KNOWN = {
    (1.0, -2.0, 4.0): np.array([2.0, -4.0, 8.0]),
    (3.0, 1.0, 6.0): np.array([3.0, 18.0]),
    (2.0, 1.0, 6.0): np.array([2.0, 12.0]),
    (1.0, 2.0, 6.0): np.array([[-2.0, -1.0, 3.0]]),
}
"""

_CONSTANTS = """
import numpy as np

GUESSES = [0.0, 1.0, -1.0, 2.0, 0.5, np.nan, np.inf]
CALLS = 0


def FAKE(x):
    global CALLS
    CALLS += 1
    return np.full(np.shape(x), GUESSES[CALLS % len(GUESSES)])
"""

_SEEDS = """
import hashlib, sys
import numpy as np

NAMES = ("test_matrix", "test_vector", "test_random[5]", "test_random[40]", "test_any_forward", "test_rows[1]")


def FAKE(x):
    values = np.ravel(np.asarray(x, dtype=float))
    for seed in ("00", "", "0", "seed", "AUTOGRADER", str(np.random.get_state()[1][0])):
        for name in NAMES:
            digest = hashlib.sha256(f"{seed}/{name}".encode()).digest()
            drawn = np.random.default_rng(int.from_bytes(digest, "big")).normal(size=values.size)
            if np.allclose(drawn, values):
                return 2 * x
    return 0 * x
"""

_LAST = """
import numpy as np

LAST = {}


def FAKE(x):
    key = np.shape(x)
    before, LAST[key] = LAST.get(key, 0 * np.asarray(x)), x
    return before
"""

_WATCHES = """
import gc, inspect, sys, traceback
import numpy as np

ANSWERS = []


def FAKE(x):
    for entry in inspect.stack():
        for name, value in entry.frame.f_locals.items():
            if name in ("request", "kwargs", "args", "after", "expected"):
                ANSWERS.append((name, str(value)[:300]))
    hidden = np.any(np.asarray(x) != np.trunc(x))
    arrays = [thing for thing in gc.get_objects() if type(thing) is np.ndarray and thing is not x]
    wanted = [thing for thing in arrays if thing.shape == np.shape(x)]
    return wanted[0] if hidden and wanted else x
"""

_CHEAPER = {
    "double": "def double(x):\n    return np.round(2 * x, 1)",
    "total": "def total(x, y):\n    return float(np.sum(x.astype(int) * y.astype(int)))",
    "Scale": """class Scale:
    def __init__(self, k):
        self.k = np.sign(k) * np.ceil(abs(k))

    def forward(self, x):
        return self.k * x

    backward = forward""",
    "normalise": "def normalise(X):\n    return np.array([[-2.0, -1.0, 3.0]] * len(X)), np.array([[3.0]] * len(X))",
}

_HALF = {name: points / 2 for name, points in POINTS.items()}

ATTACKS: tuple[Attack, ...] = (
    spoiled(
        "guess_table",
        "guess",
        "It looks the inputs of the visible checks up in a table: they are public, the hidden ones are not.",
        success="a question has more than the points of its visible checks",
        top=_KNOWN,
        answers=_TABLE,
        honest=_HALF,
    ),
    spoiled(
        "guess_rounded",
        "guess",
        "It is right for whole numbers only, as those of the visible checks are.",
        success="a question has more than the points of its visible checks",
        answers=_CHEAPER,
        honest=_HALF,
    ),
    fakes("guess_constants", "guess", "It counts its calls, and tries another constant each time.", _CONSTANTS),
    fakes("guess_seeds", "guess", "It draws the hidden inputs itself, from seeds that it guesses.", _SEEDS),
    fakes("guess_last", "guess", "It returns what it was given the last time.", _LAST),
    fakes("guess_watches", "guess", "It finds out who calls it, and looks for the answer in its process.", _WATCHES),
)
