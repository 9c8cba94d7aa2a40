"""A cell that is one definition shows and leaves what IPython has it show and leave, and is run without it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

PROGRAM = """
import json, os, sys

from autograder.sandbox.inside import cells, one_definition

sources, alone = json.load(sys.stdin), one_definition.run
shell = cells.start_shell([])
ways = []


def run(index, source, way):
    taken = []
    one_definition.run = lambda *given: taken.append(way(*given)) or taken[-1]
    report = cells.run_cell(shell, index=index, source=source, text_bytes=1 << 16)
    report["outputs"] = repr(report["outputs"])
    return report, taken[-1] is not None


for way in (alone, lambda shell, source: None):
    reader, writer = os.pipe()
    if not os.fork():
        reports, taken = zip(*(run(index, source, way) for index, source in enumerate(sources)))
        names = sorted(name for name in shell.user_ns if not name.startswith("_"))
        os.write(writer, json.dumps([reports, taken, names], default=repr).encode())
        os._exit(0)
    os.close(writer)
    with open(reader) as answer:
        ways.append(json.load(answer))
print(json.dumps(ways), file=sys.__stdout__, flush=True)
"""

ASK = "\nlast = get_ipython().last_execution_result\nprint(last.success, last.info.raw_cell)\n_ = f()"
"""A cell that is more than one definition, and uses the one before."""


def both_ways(*sources: str) -> tuple[list[bool], list[object], list[object]]:
    """Return which cells are run alone, and what comes of all of them so and by IPython."""
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, input=json.dumps(sources), capture_output=True, text=True, check=True)
    (reports, taken, names), (by_ipython, _, names_by_ipython) = json.loads(done.stdout)
    return taken, [reports, names], [by_ipython, names_by_ipython]


@pytest.mark.parametrize(
    "source",
    [
        "def f(x=1):\n    return x",
        "# a comment\n\n  \n# one more\ndef f(x=1):\n    '''Text\n\n    in lines.'''\n\n# here, too\n    return x\n\n",
        "#" + "\n" * 10_000 + "def f():\n    return 1" + "\n" * 10_000,
        "def f(): return 1",
        "class f:\n    print('made')\n    display(3)\n",
        "class f:\n    1 / 0\n",
        "def f(x=nothing):\n    return x\n",
        "class f:\n    exit()\n",
        "def f():\n    return {}['key']\n",
        "def f():\n    import inspect\n    print(inspect.getsource(f))\n",
        "class f:\n    import warnings\n    warnings.warn('mind')\n",
        "class f:\n    raise KeyboardInterrupt\n",
        "def f():\n\treturn 1\n",
    ],
)
def test_one_definition(source: str) -> None:
    """What it shows, how it fails, what it defines and where that fails later is the same."""
    taken, ours, by_ipython = both_ways(source, ASK)
    assert taken == [True, False]
    assert ours == by_ipython


@pytest.mark.parametrize(
    "source",
    [
        "def f(x):\n    return x\n'''a value'''",
        "def f(x):\n    return x\n3\n",
        "def f(\n    x,\n):\n    return x\n",
        "@staticmethod\ndef f(x):\n    return x\n",
        "def f(x):\n    return x is 3\n",
        "def f(x):\n    return '\\d'\n",
        "def f(x):\n    return (\n",
        "def f(x):\n  if x:\n      return 1\n    return 2\n",
        "def f(x):\n    %timeit 1\n",
        "def f(x):\n    !ls\n",
        "    def f(x):\n        return x\n",
        "def f(x):\n    return x\n\f4\n",
        "def f(x):\n    return x\n  \f4\n",
        "\n" * 100_000 + "3\n",
        "async def f(x):\n    return x\n",
        "%%time\ndef f(x):\n    return x\n",
        "f = 3",
        "",
    ],
)
def test_whatever_else_is_for_ipython(source: str) -> None:
    """Values, magics, errors and warnings of the compiler, and more than one statement."""
    taken, _, _ = both_ways(source)
    assert taken == [False]


@pytest.mark.parametrize(
    "first",
    [
        "from __future__ import annotations\nx = 1",
        "import warnings\nwarnings.simplefilter('error')",
        "get_ipython().set_custom_exc((ZeroDivisionError,), lambda *args, **rest: print('caught'))\n",
        "get_ipython().events.register('pre_execute', lambda: print('before'))\n",
        "get_ipython().events.register('post_execute', lambda: print('after'))\n",
    ],
)
def test_what_earlier_cells_have_set(first: str) -> None:
    """Flags of the compiler, filters of warnings and what is to happen around a cell or at an error still hold."""
    cell = "def f(x: missing = 1):\n    return x\n"
    taken, ours, by_ipython = both_ways(first, cell, "class g:\n    print(f.__annotations__)\n    1 / 0\n", ASK)
    assert taken == [False, True, True, False]
    assert ours == by_ipython


@pytest.mark.parametrize(
    "watch",
    [
        "get_ipython().events.register('pre_run_cell', lambda seen: print(seen.raw_cell))\n",
        "get_ipython().events.register('post_run_cell', lambda seen: print(seen.success))\n",
        "get_ipython().input_transformers_post.append(lambda lines: ['x = 2\\n'])\n",
        "import ast\nget_ipython().ast_transformers.append(ast.NodeTransformer())\n",
    ],
)
def test_who_watches_cells_sees_all_of_them(watch: str) -> None:
    """A submission that wants to be told of each cell is."""
    taken, ours, by_ipython = both_ways(watch, "def f():\n    return 1\n")
    assert taken == [False, False]
    assert ours == by_ipython
