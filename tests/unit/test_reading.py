"""What the source of a submission shows of why a call failed, without a line of it being run."""

from __future__ import annotations

from typing import Any

import pytest

from autograder.errors import CallFailed
from autograder.reading import Reading

STUB = "def f(x, y):\n    raise NotImplementedError"
GATE = "class Gate:\n    def forward(self, x):\n        raise NotImplementedError"
GIVEN = {"cell 1": "import numpy as np", "f": STUB, "Gate": GATE}


class Handle:
    """What stands for an object that stayed in the sandbox."""

    is_handle = True

    def __init__(self, type_name: str) -> None:
        self.type_name = type_name


def reading(*cells: tuple[str, ...], failed: dict[str, CallFailed] | None = None) -> Reading:
    """Return the reading of cells (name, source) or (name, source, kind)."""
    full = [(name, kind[0] if kind else "code", source) for name, source, *kind in cells]
    return Reading(full, GIVEN, failed or {})


def raised(exception: str, *, name: str = "f", cell: str | None = "f", line: int | None = None) -> CallFailed:
    return CallFailed(name, "raised", f"raised {exception}", exception=exception, cell=cell, line=line)


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ([("f", "def f_(x, y): ...")], None),
        ([("f", "def F(x, y): ...")], "there is `F`: was it renamed? Give it the name `f` again"),
        ([("f", "def outer():\n    def f(x, y): ...")], "`f` stands inside `outer`: move it to the left margin"),
        ([("f", "def f(x, y): ...\nf = f(1, 2)")], "`f` is given another value in line 2 of the cell of `f`"),
        ([("cell 3", "for f in [1]: pass")], "`f` is given another value in line 1 of cell 3"),
        ([("f", "%%writefile f.py\ndef f(x, y): ...")], "`%%writefile` puts the cell into a file and does not run it"),
        ([("f", "%%bash\ndef f(x, y): ...")], "`%%bash` does not run it as Python"),
        ([("f", ""), ("cell 4", "def f(x, y): ...", "markdown")], "The code of `f` stands in a Markdown cell"),
        ([("f", ""), ("cell 4", "  def f(x, y): ...", "raw")], "The code of `f` stands in a raw cell"),
        ([("f", "def something_else(): ...")], None),
        ([("f", "")], None),
        ([("cell 2", "%%bash\nls"), ("f", "")], None),
    ],
)
def test_a_name_that_is_missing(cells: list[tuple[str, ...]], words: str | None) -> None:
    """The reason is found where it can be seen; otherwise nothing is made up."""
    found = reading(*cells).why_missing("f")
    assert (found.kind == "missing" and words in found.advice) if words else found is None
    told = reading(*cells).explained(CallFailed("f", "missing", "there is no `f`")).advice
    assert (words or "") in told
    assert bool(told) == bool(words)


def test_a_cell_that_failed_gives_its_own_failure() -> None:
    """The failure of the cell that would have defined the name stands for the name, with its place and advice."""
    cells = ("f", "def f(x, y)\n    return x"), ("cell 3", "import torch\ndef g(): ...")
    failed = {
        "f": raised("SyntaxError", line=1),
        "cell 3": raised("ModuleNotFoundError", name="cell 3", cell="cell 3", line=1),
    }
    f, g = map(reading(*cells, failed=failed).why_missing, "fg")
    assert (f.exception, f.line, f.advice) == ("SyntaxError", 1, "Put a colon at its end.")
    assert (g.name, g.exception, g.cell) == ("g", "ModuleNotFoundError", "cell 3")
    other = reading(*cells, failed=failed).explained(CallFailed("f", "missing", "there is no `f`"))
    assert (other.kind, other.advice) == ("missing", "There is no `f`, because its cell failed.")


@pytest.mark.parametrize(
    ("source", "failure", "words"),
    [
        ("def f(x): ...", raised("TypeError"), "`f(x)`, and the assignment calls `f(x, y)`: take that one back."),
        ("def f(x, y, z): ...", raised("TypeError"), "`f(x, y, z)`, and the assignment calls `f(x, y)`"),
        ("def f(*, x: int, y=3): ...", raised("TypeError"), "`f(*, x, y=…)`, and the assignment calls `f(x, y)`"),
        ("def f(x, y): ...", raised("TypeError"), ""),
        ("f = lambda x: x", raised("TypeError"), ""),
        ("@functools.lru_cache\ndef f(x, y): ...", raised("TypeError"), "`lru_cache` cannot remember arrays"),
        ("@cache\ndef f(x, y): ...", raised("TypeError"), "`cache` cannot remember arrays"),
        ("def f(x, y): ...", raised("ValueError"), ""),
        ("class Gate:\n    def forward(x): ...", raised("TypeError", name="Gate.forward"), "you forgot `self`"),
        ("def f(x, y):\n    return input()", raised("RuntimeError", line=2), "nobody can be asked for input"),
        ("def f(x, y):\n    return getpass.getpass()", raised("RuntimeError", line=2), "nobody can be asked for input"),
        ("def f(x, y):\n    return g(x)", raised("RuntimeError", line=2), ""),
        ("def f(x, y):\n    return k * x", raised("NameError", line=2), "`k` is defined in no cell of the notebook"),
        ("del k\ndef f(x, y):\n    return k", raised("NameError", line=3), "`k` is deleted in the cell of `f`, line 1"),
        ("k = 1\ndef f(x, y):\n    return k", raised("NameError", line=3), ""),
        ("def f(x, y):\n    return x", raised("NameError", line=2), ""),
        ("sum = 0\ndef f(x, y):\n    return sum([x])", raised("TypeError", line=3), "`sum` stands for something else"),
        ("def f(x, y):\n    sum = 0\n    return sum([x])", raised("TypeError", line=3), ""),
        ("k = 0\ndef f(x, y):\n    return k([x])", raised("TypeError", line=3), ""),
    ],
)
def test_why_a_call_failed(source: str, failure: CallFailed, words: str) -> None:
    """What the source shows is said, and only where it fits the exception and the line."""
    told = reading((failure.name.partition(".")[0] if failure.line is None else "f", source)).explained(failure)
    assert words in told.advice
    assert bool(told.advice) == bool(words)
    assert (told.kind, told.exception, told.line) == (failure.kind, failure.exception, failure.line)


def test_a_helper_whose_cell_failed() -> None:
    """A name that a failed cell would have defined leads to that cell."""
    failed = {"cell 3": raised("ModuleNotFoundError", name="cell 3")}
    cells = ("cell 3", "import pandas as pd"), ("f", "def f(x, y):\n    return pd.Series(x)")
    told = reading(*cells, failed=failed).explained(raised("NameError", line=2))
    assert told.advice == "`pd` is not there, because the cell that defines it failed: see what cell 3 says."


@pytest.mark.parametrize(
    ("source", "line", "exception", "words"),
    [
        ("def f(x, y):\n    z = x + y\n    raise NotImplementedError", 3, None, "delete the line"),
        ("def f(x, y):\n    raise NotImplementedError('todo')\n    return x", 2, None, "delete the line"),
        (STUB, 2, "NotImplementedError", ""),
        ('def f(x, y):\n    """Doc."""\n    pass\n    raise NotImplementedError', 4, "NotImplementedError", ""),
        ("def f(x, y):\n    if x:\n        raise NotImplementedError\n    return y", 3, "NotImplementedError", ""),
    ],
)
def test_a_raise_that_was_left(source: str, line: int, exception: str | None, words: str) -> None:
    """Code beside the stub's `raise` is an answer that is wrong; a stub without code is not attempted."""
    told = reading(("f", source)).explained(raised("NotImplementedError", line=line))
    assert told.exception == exception
    assert words in told.advice


@pytest.mark.parametrize(
    ("name", "source", "value", "words"),
    [
        ("f", "def f(x, y): yield x", Handle("generator"), "is a generator (it has `yield`): return the value"),
        ("f", "async def f(x, y): ...", Handle("coroutine"), "write `def` without `async`"),
        ("f", "async def f(x, y): yield x", Handle("async_generator"), "`async` generator"),
        ("f", "class f: ...", Handle("f"), "`f` is a class in your notebook, and has to be a function"),
        ("Gate", "def Gate(): ...", 3.0, "`Gate` is a function in your notebook, and has to be a class"),
        ("f", "def f(x, y): ...", 3.0, None),
        ("f", "def f(x, y): ...", Handle("Cache"), None),
        ("f", "class f: ...", (1.0, 2.0), None),
        ("Gate", "def Gate(): return _Gate()", Handle("_Gate"), None),
        ("Gate", "class Gate: ...", Handle("Gate"), None),
    ],
)
def test_what_a_call_returns(name: str, source: str, value: Any, words: str | None) -> None:
    """What is no value of the kind that was asked for ends the call with a sentence; everything else passes."""
    read = reading((name, source))
    if words is None:
        read.require_usable(name, value)
        return
    with pytest.raises(CallFailed) as caught:
        read.require_usable(name, value)
    assert caught.value.kind == "refused"
    assert words in caught.value.advice


@pytest.mark.parametrize(
    ("source", "failed", "words"),
    [
        (
            "def f(x, y): ...\n\n\ndef f(x, y): ...",
            {},
            "`f` is defined twice in its cell, and the last one (line 4) counts",
        ),
        ("def f(x, y): ...", {}, ""),
        (
            "def f(x, y):\n    x + y\nreturn x",
            {"f": raised("SyntaxError", line=3)},
            "The `return` in line 3 stands outside of a function: indent it.",
        ),
    ],
)
def test_remarks(source: str, failed: dict[str, CallFailed], words: str) -> None:
    """What is worth knowing besides is said of a question whose function is there."""
    told = reading(("f", source), failed=failed).remark("f")
    assert told.startswith(words)
    assert bool(told) == bool(words)


def test_calls() -> None:
    """A last definition mentions what it does not define itself, as an argument, a function or an import of its own."""
    cells = [
        ("f", "def f(x, y=zero):\n    x = g(x)\n    return [h(k) for k in x]"),
        ("cell 2", "class Gate(Base):\n    def forward(self, f):\n        return f + np.exp(g)\ntotal = f(1)"),
        ("cell 3", "def f(x): return one(x) + g(x)\ndef g(x):\n    def h(y): return f(y)\n    return h(x)"),
        ("cell 4", "def h(x):\n    from lib import f\n    import lib.g as g\n    return f(x) + Gate(g)\nBase = 1"),
        ("cell 5", "def broken(:"),
    ]
    told = {name: reading(*cells).mentioned(name) for name in ("f", "Gate", "g", "h", "broken", "one")}
    assert told == {"f": {"g"}, "Gate": {"g"}, "g": {"f"}, "h": {"Gate"}, "broken": set(), "one": set()}


@pytest.mark.parametrize(
    "source",
    [
        "x = " + "+".join(["1"] * 20_000),
        "x = " + "-" * 5_000 + "1",
        "f" + "(1)" * 5_000,
        "\n".join(f"def f{number}(): ..." for number in range(3_000)),
        "\n" * 90_000 + "?",
        "a" * 90_000,
        "\0",
        "def f(x, y=" + "-" * 80 + "1): ...",
    ],
    ids=["long sum", "deep minus", "deep calls", "many names", "blank lines", "one word", "NUL", "deep default"],
)
def test_no_source_is_too_much(source: str) -> None:
    """A source that is made to be hard to read brings no exception."""
    failure = raised("SyntaxError", line=1)
    read = reading(("f", source), failed={"f": failure})
    for name in ("f", "Gate"):
        read.why_missing(name)
    read.remark("f")
    assert read.mentioned("f") == set()
    for exception in ("NameError", "TypeError", "NotImplementedError"):
        assert read.explained(raised(exception, line=1)).kind == "raised"
        assert read.explained(raised(exception)).kind == "raised"
