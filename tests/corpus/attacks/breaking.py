"""Attacks on the grader itself: what could make it raise, stop, or take a very long time."""

from __future__ import annotations

import json

from nbformat import NotebookNode

from autograder import notebook
from tests.corpus.attacks.making import cost, fakes, spoiled
from tests.corpus.attacks.recipe import FULL, NOTHING, Attack, Honest, Scene
from tests.corpus.attacks.replies import FRAMES

_STOPS = "the grader stops, another student's grade is missing, or points that are deserved are"

_REPORTS = """
number = running()
text = "x" * 70_000 + chr(0xE000) + chr(0x10FFFF) + chr(0x202E)
entry = ["d", ["kind", "stream", "name", text, "text", text]]
error = ["d", ["kind", "error", "name", text, "value", 7, "traceback", ["l", [7, None, text, ["l", []]]]]]
shown = ["d", ["kind", "display_data", "text", text, "png", ["a", "|u1[0]"], "count", -1]]
result = ["d", ["kind", "execute_result", "count", 1 << 62, "text", None, "png", 7]]
outputs = [entry, error, shown, result, 7, None, ["l", []]] * 100
say(frame(answer(number, ["d", ["outputs", ["l", outputs], "dropped", -1, "failure", ["l", []]]])))
time.sleep(5)
"""

_BIG = """
import numpy as np

COUNT = 0


def FAKE(x):
    global COUNT
    COUNT += 1
    shapes = ((1 << 24,), (1,) * 32, (0, 1 << 40), (1 << 12, 1 << 12), (3, 0, 4))
    kinds = (np.float16, np.bool_, np.uint64, np.int8, np.complex64)
    return np.zeros(shapes[COUNT % 5], kinds[COUNT // 5 % 5])


def total(x, y):
    return ["x" * (1 << 22), {number: [number] * 10 for number in range(4000)}, [[]] * 50_000][len(x) % 3]


def normalise(X):
    return [X] * 30_000, {tuple([(1 << 61) - 1] * 9 + [number]): number for number in range(4096)}
"""

_KILLS = """
import gc, os, signal, sys
import numpy as np


def FAKE(x):
    for pid in (os.getppid(), 1, 2, 3):
        for number in (signal.SIGTERM, signal.SIGKILL, signal.SIGSTOP):
            try:
                if pid > 1:
                    os.kill(pid, number)
            except OSError:
                pass
    for number in range(3, 64):
        try:
            os.close(number)
        except OSError:
            pass
    os.abort()
"""

_CRASHES = {
    "double": "def double(x):\n    import ctypes\n\n    ctypes.string_at(8)",
    "total": "def total(x, y):\n    import ctypes\n\n    ctypes.memset(id(None), 0, 64)\n"
    "    ctypes.memset(id(x) - 64, 65, 1 << 12)",
    "Scale": "class Scale:\n    def __init__(self, k):\n        import faulthandler\n\n        faulthandler._sigfpe()",
    "normalise": "def normalise(X):\n    import sys\n\n    sys.setrecursionlimit(10**9)\n"
    "    def deep(n):\n        return deep(n + 1) + deep(n)\n    return deep(0)",
}


def _many_cells(honest: Honest, scene: Scene) -> bytes:
    content = json.loads(notebook.write(honest.notebook()))
    content["cells"] += [{"cell_type": "code", "metadata": {}, "source": "", "outputs": []}] * 100_000
    return json.dumps(content).encode()


def _deep_metadata(honest: Honest, scene: Scene) -> bytes:
    """Nest the metadata deeper than a copy can follow, and shallower than the reader of JSON refuses."""
    content = json.loads(notebook.write(honest.notebook()))
    for holder in (content, *content["cells"]):
        holder["metadata"]["deep"] = "DEEP"
        holder["metadata"].setdefault("nbgrader", {})["deep"] = "DEEP"
    return json.dumps(content).replace('"DEEP"', '{"a":' * 700 + "1" + "}" * 700).encode()


def _names(honest: Honest, scene: Scene) -> NotebookNode:
    """Use names, ids and sources with newlines, quotes, slashes and nothing at all."""
    nb = honest.notebook()
    for number, text in enumerate(
        ("", "\n", "../../x", "a\nb: 4.0", "'; drop table grade; --", "\u2028\u2029\x85\x1c", "%%", "%")
    ):
        role = {"grade_id": text, "grade": True, "solution": False, "points": 9, "schema_version": 3, "task": False}
        nb.cells.append(notebook.new_cell("code", text, {"nbgrader": {**role, "locked": True}}, f"odd-{number}"))
    return nb


def _syntax(honest: Honest, scene: Scene) -> NotebookNode:
    """Leave a check out, so that the grader has to look into sources that are hard to parse."""
    nb = honest.notebook()
    sources = (
        "(" * 50_000,
        "-" * 20_000 + "1",
        "f(" * 90 + ")" * 90,
        "{" * 60 + "a=",
        "x = " + "[" * 300 + "]" * 300,
        "a" * (1 << 20),
        "x = " + "1 + " * 20_000 + "1",
        "lambda: " * 3000 + "0",
        "if 1:\n" + " " * 99 + "x\n" + " " * 98 + "y",
    )
    for number, source in enumerate(sources):
        nb.cells.append(notebook.new_cell("code", source, {}, f"hard-{number}"))
    nb.cells = [cell for cell in nb.cells if notebook.grade_id(cell) not in ("double", "normalise")]
    return nb


def _wide(honest: Honest, scene: Scene) -> NotebookNode:
    """Make cells whose text fills every output that is kept."""
    nb = honest.notebook()
    noisy = "for number in range(200):\n    print('x' * 500)\n    display('y' * 500)\nraise ValueError('z' * 10**5)"
    for number in range(6):
        nb.cells.append(notebook.new_cell("code", noisy, {}, f"noisy-{number}"))
    return nb


ATTACKS: tuple[Attack, ...] = (
    spoiled(
        "grader_reports",
        "grader",
        "It answers for its cells, with outputs that no notebook could hold.",
        success=_STOPS,
        top=FRAMES,
        end=_REPORTS,
        honest=FULL,
    ),
    fakes("grader_values", "grader", "It returns values that are dear to look at.", _BIG, success=_STOPS),
    fakes("grader_killed", "grader", "It tries to kill what is above it, and then itself.", _KILLS, success=_STOPS),
    spoiled("grader_crashes", "grader", "It crashes in every way.", success=_STOPS, answers=_CRASHES),
    Attack(
        student="grader_many_cells",
        row="grader",
        tries="It has a hundred thousand cells more than it should.",
        success=_STOPS,
        make=_many_cells,
        honest=NOTHING,
        grade="not gradable",
        reason="cells and at most 1,000 can be graded",
    ),
    Attack(
        student="grader_deep_metadata",
        row="grader",
        tries="It has metadata that are nested seven hundred deep.",
        success=_STOPS,
        make=_deep_metadata,
        honest=FULL,
    ),
    Attack(
        student="grader_names",
        row="grader",
        tries="It gives graded cells of its own names that break lines, paths and queries.",
        success=_STOPS,
        make=_names,
        honest=FULL,
    ),
    Attack(
        student="grader_syntax",
        row="grader",
        tries="It leaves checks out and holds code that parsers take long over.",
        success=_STOPS,
        make=_syntax,
        honest=FULL,
    ),
    Attack(
        student="grader_output",
        row="grader",
        tries="It fills every output that is kept, in cell after cell.",
        success=_STOPS,
        make=_wide,
        honest=FULL,
    ),
    spoiled(
        "grader_silent",
        "grader",
        "It removes what every answer needs, and leaves the process in pieces.",
        success=_STOPS,
        end="import builtins, sys\n\nsys.modules.clear()\nvars(builtins).clear()",
        honest=NOTHING,
        may_lose=frozenset(cost()),
    ),
)
