"""Attacks by what is returned: objects that agree with everything, and values that are never what they were."""

from __future__ import annotations

from tests.corpus.attacks.making import cost, fakes, spoiled
from tests.corpus.attacks.recipe import FULL, Attack

_AGREEABLE = """
import numpy as np


class FAKE:
    dtype, ndim, size = np.dtype(float), 1, 3

    def __init__(self, like):
        self.shape = np.shape(like)

    def yes(self, *args, **kwargs):
        return True

    def same(self, *args, **kwargs):
        return self

    __eq__ = __bool__ = __contains__ = __le__ = __ge__ = __call__ = yes
    __ne__ = __lt__ = __gt__ = lambda self, other: False
    __sub__ = __rsub__ = __add__ = __radd__ = __mul__ = __rmul__ = __abs__ = __getitem__ = same
    __hash__ = lambda self: 0
    __float__ = lambda self: 0.0
    __int__ = __index__ = __len__ = lambda self: 1
    __array__ = lambda self, *args, **kwargs: np.zeros(self.shape)
    __array_priority__ = 1e9
    __array_ufunc__ = __array_function__ = yes
    __repr__ = __str__ = lambda self: "right"
    __class__ = property(lambda self: np.ndarray)
    is_handle = True
    passed = True
"""

_SUBCLASS = """
import numpy as np


class Equal(np.ndarray):
    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        return np.True_

    def __array_function__(self, function, types, args, kwargs):
        EXPECTED.append(args)
        return np.True_

    __eq__ = lambda self, other: np.True_
    __array_priority__ = 1e9


EXPECTED = []


def FAKE(x):
    return np.zeros(np.shape(x)).view(Equal)
"""

_CHANGING = """
import itertools
import numpy as np


class Changing(list):
    reads = 0

    def __iter__(self):
        Changing.reads += 1
        return iter([Changing.reads])

    def __getitem__(self, index):
        Changing.reads += 1
        return float(Changing.reads)

    def __len__(self):
        return 3

    value = property(__len__)


def FAKE(x):
    yield from itertools.repeat(0.0, 3)


class Scale:
    forward = backward = property(lambda self: Changing([1.0]))

    def __init__(self, k):
        pass


def normalise(X):
    return Changing([X, X])


def total(x, y):
    return Changing([0.0])
"""

_KINDS = """
import datetime, decimal, fractions
import numpy as np

COUNT = 0


def FAKE(x):
    global COUNT
    COUNT += 1
    plain = 2.0 * np.atleast_1d(np.asarray(x, dtype=float))
    kinds = (
        lambda: plain.astype(object),
        lambda: np.ma.masked_array(plain, mask=True),
        lambda: np.array([(1.0, 2)], dtype=[("a", "f8"), ("b", "i4")]),
        lambda: plain.astype("datetime64[s]"),
        lambda: plain.astype("timedelta64[s]"),
        lambda: plain.astype("U16"),
        lambda: plain.astype("S16"),
        lambda: plain.astype(np.complex128) + 1j,
        lambda: plain.astype(">f8"),
        lambda: np.matrix(plain),
        lambda: np.rec.fromarrays([plain]),
        lambda: np.char.array(["2.0"]),
        lambda: memoryview(plain),
        lambda: bytearray(plain.tobytes()),
        lambda: {1.0, 2.0},
        lambda: range(3),
        lambda: map(float, plain),
        lambda: fractions.Fraction(2, 3),
        lambda: decimal.Decimal("NaN"),
        lambda: np.longdouble(2),
        lambda: datetime.datetime.max,
        lambda: NotImplemented,
        lambda: ...,
    )
    return kinds[COUNT % len(kinds)]()
"""

_SCALARS = """
import numpy as np


class Text(str):
    __eq__ = lambda self, other: True
    __hash__ = str.__hash__


class Number(float):
    __eq__ = __le__ = lambda self, other: True
    __sub__ = __rsub__ = __abs__ = lambda self, *other: Number(0.0)
    __hash__ = float.__hash__


class Whole(int):
    __index__ = lambda self: 0
    __eq__ = lambda self, other: True
    __hash__ = int.__hash__


COUNT, HUGE = 0, 1 << 3_400_000


def FAKE(x):
    global COUNT
    COUNT += 1
    payload = np.array([0x7FF8DEADBEEF0001], dtype="u8").view("f8")
    values = (Text("2.0"), Number(2.0), Whole(2), HUGE, -(10**5000), payload, payload[0], float("inf"), 1j, True,
              np.nan * np.ones(np.shape(x)), np.inf * np.ones(np.shape(x)), -np.ones(np.shape(x)), np.True_, b"2.0")
    return values[COUNT % len(values)]
"""

_STRANGE = {
    "double": """def double(x):
    spread = np.empty((*np.shape(x), 2))
    spread[..., 1] = 2 * np.asarray(x)
    view = spread[..., 1]
    view.flags.writeable = False
    return view[::-1][::-1] if np.ndim(view) else view""",
    "total": "def total(x, y):\n    return np.array(np.sum(x * y))",
    "normalise": """def normalise(X):
    mean = np.lib.stride_tricks.as_strided(X.mean(axis=1).copy(), shape=(len(X), 1))
    return [np.asfortranarray(X - mean), mean]""",
}

_PAIRS = """def normalise(X):
    class Pair(tuple):
        __iter__ = lambda self: iter((X - X.mean(axis=1, keepdims=True), X.mean(axis=1, keepdims=True)))
        __getitem__ = lambda self, index: list(self)[index]
        __len__ = lambda self: 2
        __eq__ = lambda self, other: True

    return Pair((0.0 * X, 0.0 * X))"""

_HANDLES = """
import numpy as np


class Later:
    forward = backward = lambda self, *args: self
    __call__ = __getattr__ = lambda self, *args: self


def FAKE(x):
    return FAKE


Scale = Later
double = np.ndarray
total = Later()
"""

ATTACKS: tuple[Attack, ...] = (
    fakes("objects_agreeable", "objects", "It returns an object that is equal to everything.", _AGREEABLE),
    fakes("objects_subclass", "objects", "It returns arrays of a class that takes part in each comparison.", _SUBCLASS),
    fakes("objects_changing", "objects", "It returns generators, and lists that differ at each look.", _CHANGING),
    fakes("objects_kinds", "objects", "It returns every kind of thing that looks like an array and is none.", _KINDS),
    fakes(
        "objects_scalars", "objects", "It returns numbers and texts of classes of its own, NaN and huge ones.", _SCALARS
    ),
    fakes("objects_handles", "objects", "It returns functions, classes and objects that return themselves.", _HANDLES),
    spoiled(
        "objects_pair",
        "objects",
        "It returns a tuple that holds zeros and gives the right values to whoever asks it.",
        answers={"normalise": _PAIRS},
    ),
    spoiled(
        "objects_strange_views",
        "objects",
        "It returns the right numbers in views with odd strides: no attack, and no reason to lose a point.",
        success="it has fewer points than it deserves",
        answers=_STRANGE,
        honest=FULL,
    ),
    spoiled(
        "objects_arguments",
        "objects",
        "It hands back its own arguments, changed in place.",
        answers={
            "double": "def double(x):\n    x *= 0\n    return x",
            "normalise": "def normalise(X):\n    X[...] = 0\n    return X, X[:, :1]",
        },
        honest=cost("double", "normalise"),
    ),
)
