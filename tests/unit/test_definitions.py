"""What the source of a cell defines, told without running it."""

from __future__ import annotations

import pytest

from autograder.definitions import begun_in_text, only_defines, without_figures

DEFINES = {
    "imports": "import numpy as np\nfrom itertools import pairwise",
    "imports and figures": "import numpy as np\n\n%matplotlib inline",
    "functions": "def f(x, y=None, *, z: int = 3) -> float:\n    print(x)\n    return [y for y in x]",
    "a coroutine": "async def f():\n    await g()",
    "a class": 'class A(B, C.D):\n    """A."""\n    x: int = 1\n    def f(self): return g()\n'
    "    @property\n    def p(self): ...\n    @staticmethod\n    def s(): ...",
    "constants": "EPS = 1e-5\nNAMES = ['a', ('b', 2)]\nPI = np.pi\nTWO = 1 + 1",
    "text": '"""Notes."""\npass',
}
DOES_MORE = {
    "nothing": "",
    "a comment": "# nothing",
    "a call": "print(1)",
    "a call in a value": "x = f(1)",
    "a call in a default": "def f(x=np.random.rand()): ...",
    "a call in an annotation": "def f(x: g()): ...",
    "a call in a base": "class A(namedtuple('A', 'x')): ...",
    "a call in a class": "class A:\n    x = f()",
    "a metaclass": "class A(metaclass=B): ...",
    "a decorator": "@cache\ndef f(): ...",
    "a decorator in a class": "class A:\n    @cached_property\n    def f(self): ...",
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
