"""What the source of a cell defines, told without running it."""

from __future__ import annotations

import pytest

from autograder.definitions import begun_in_text, only_defines, only_raises, without_figures

DEFINES = {
    "imports": "import numpy as np\nfrom itertools import pairwise",
    "imports and figures": "import numpy as np\n\n%matplotlib inline",
    "functions": "def f(x, y=None, *, z: int = 3) -> float:\n    print(x)\n    return [y for y in x]",
    "a coroutine": "async def f():\n    await g()",
    "a class": 'class A(B, C.D):\n    """A."""\n    x: int = 1\n    def f(self): return g()\n'
    "    @property\n    def p(self): ...\n    @staticmethod\n    def s(): ...",
    "several names": "a, (b, *c) = [d] = e = 1, (2, 3)\nf: int\ng: int = 1",
    "a text that warns": "X = '\\d'",
    "constants": "EPS = 1e-5\nNAMES = ['a', ('b', 2)]\nPI = np.pi\nTWO = 1 + 1",
    "text": '"""Notes."""\npass',
}
DOES_MORE = {
    "nothing": "",
    "a comment": "# nothing",
    "a part of a module": "np.pi = 3",
    "an entry": "plt.rcParams['figure.figsize'] = (2, 1)",
    "a slice": "sys.path[:0] = ['.']",
    "one of several": "a, os.environ['A'] = 1, '1'",
    "a part with a type": "np.pi: float = 3",
    "an entry in a class": "class A:\n    b[0] = 1",
    "a call": "print(1)",
    "a call in a value": "x = f(1)",
    "a call in a default": "def f(x=np.random.rand()): ...",
    "a call in an annotation": "def f(x: g()): ...",
    "a call in a base": "class A(namedtuple('A', 'x')): ...",
    "a call in a class": "class A:\n    x = f()",
    "a metaclass": "class A(metaclass=B): ...",
    "a decorator": "@cache\ndef f(): ...",
    "a decorator in a class": "class A:\n    @cached_property\n    def f(self): ...",
    "much memory": "x = [0] * 10**9",
    "a loop": "for i in range(3): pass",
    "a loop in a value": "x = [i for i in y]",
    "a condition": "if True:\n    x = 1",
    "an assertion": "assert x",
    "a change": "x += 1",
    "a deletion": "del x",
    "a magic": "%pylab inline\nimport numpy as np",
    "another kind of figures": "%matplotlib notebook",
    "figures in a text": 'x = f("""\n%matplotlib inline\n""")',
    "a shell command": "!ls",
    "how others are compiled": "from __future__ import annotations",
    "a name at the same time": "x = (y := 1)",
    "no Python": "def f(:",
    "a null byte": "x = 1\0",
}


@pytest.mark.parametrize("source", DEFINES.values(), ids=DEFINES.keys())
def test_cells_that_only_define(source: str) -> None:
    """They may be run at any time, and once for all."""
    assert only_defines(source)


@pytest.mark.parametrize("source", DOES_MORE.values(), ids=DOES_MORE.keys())
def test_cells_that_do_more(source: str) -> None:
    """Whatever may run, change or show anything is left where it stands."""
    assert not only_defines(source)


RAISES = 'raise NotImplementedError("write your code here")'


@pytest.mark.parametrize(
    ("source", "only"),
    [
        (f'def f(x):\n    """Return x."""\n    {RAISES}', True),
        ("def f(x=g()): raise NotImplementedError", True),
        (f"# Yours:\ndef f(x):\n    {RAISES}", True),
        (f"def f(x):\n    if x < 0:\n        return 2 * x\n    {RAISES}", False),
        (f"def f(x):\n    y = 2\n    {RAISES}", False),
        ("def f(x):\n    raise ValueError('no')", False),
        ("def f(x):\n    return NotImplementedError", False),
        ('def f(x):\n    """Return x."""', False),
        (f"def g(x):\n    {RAISES}", False),
        (f"@cache\ndef f(x):\n    {RAISES}", False),
        (f"async def f(x):\n    {RAISES}", False),
        (f"class f:\n    def g(self):\n        {RAISES}", False),
        (f"def f(x):\n    {RAISES}\nf = abs", False),
        (f"def f(x):\n    {RAISES}\ndef f(x): return 2", False),
        ("def f(:", False),
        ("", False),
    ],
)
def test_stubs_that_only_raise(source: str, only: bool) -> None:
    """Whatever such a function is called with, it says that it has not been written."""
    assert only_raises(source, "f") is only


@pytest.mark.parametrize(
    ("source", "bare"),
    [
        ("%matplotlib inline", ""),
        ("import a\n%matplotlib inline  \nimport b", "import a\n\nimport b"),
        ("%matplotlib notebook", "%matplotlib notebook"),
        ("# %matplotlib inline", "# %matplotlib inline"),
        ("x = 1", "x = 1"),
    ],
)
def test_the_magic_of_figures_is_left_out(source: str, bare: str) -> None:
    """Lines keep their numbers."""
    assert without_figures(source) == bare


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("def f(): ...\nclass A: ...\nasync  def g(): ...", ["f", "A", "g"]),
        ("    def inner(): ...\nx = 'def no(): ...'", []),
        ("def broken(:\n\tdef f(): ...\nclass  B", ["broken", "B"]),
        ("define = 1\nclassy = 2", []),
        ("", []),
    ],
)
def test_names_that_seem_to_be_defined(text: str, names: list[str]) -> None:
    """A text need not be Python for that, and only what stands at the left margin counts."""
    assert begun_in_text(text) == names
