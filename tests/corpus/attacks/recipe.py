"""What a recipe of the hostile class is: a notebook, what it tries, and what must come of it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from nbformat import NotebookNode

from autograder import notebook

if TYPE_CHECKING:
    from tests.attack_table.combinations import Combination

CONTRABAND = "CONTRABAND"
"""A recipe that puts a hidden input into a message says this word in front of it; nothing else ever says it.

In the source of a cell it stands in two pieces, `"CONTRA" "BAND"`: students see their own code again. A recipe says it
for hidden inputs alone: those of visible checks, VISIBLE_INPUTS, are public, and what is said of them comes back.
"""

SMUGGLED = "smuggled"
"""Markup that must not work carries this word: as plain text it is harmless, but never inside of a tag, of one of its
attributes, of a script or of a style on a page, and never on a line with control characters.
"""

ROWS: Mapping[str, str] = {
    "patch": "patch numpy, pytest, builtins, assert, tracing or IPython hooks",
    "objects": "return array subclasses, lazy or self-changing values",
    "replies": "return object arrays, huge shapes, deep nesting, early, half or slow replies",
    "forge": "print or write a score, write result files, leave early",
    "read": "read suites, reference, other submissions, gradebook, home, environment, /proc, memory",
    "channel": "use messages as a channel for hidden inputs or file contents",
    "metadata": "change tags, metadata, checksums, cells, the kernel",
    "network": "open network or unix sockets",
    "processes": "fork, exec, threads without end, signals, ptrace, limits",
    "resources": "use memory, processor, disk or output without end",
    "persist": "change files that later submissions or commands use",
    "guess": "guess inputs, or find out that it is being graded",
    "grader": "make the grader look wrong: kill it, fill its disk, make it raise",
    "markup": "HTML, script, ANSI, Markdown or formulas in names, strings and outputs",
    "bomb": "a file that is no notebook, too large, or made to blow up",
}
"""The rows of the table of threats, by the short name that a recipe gives."""

POINTS: Mapping[str, float] = {"double": 4, "total": 4, "Scale": 4, "normalise": 4}
"""The questions of the course that the class is graded in, and their points."""

VISIBLE_INPUTS: Mapping[str, tuple[float, ...]] = {
    "double": (1.0, -2.0, 4.0),
    "total": (3.0, 5.0),
    "Scale": (1.0, 6.0),
    "normalise": (1.0, 2.0, 6.0),
}
"""The numbers that the visible checks put into a call (the first argument's); hidden tests never use whole numbers."""

FULL = POINTS
NOTHING: Mapping[str, float] = dict.fromkeys(POINTS, 0)

RIGHT: Mapping[str, str] = {
    "double": "def double(x):\n    return 2 * x",
    "total": "def total(x, y):\n    return float(np.sum(x * y))",
    "Scale": """class Scale:
    def __init__(self, k):
        self.k = k

    def forward(self, x):
        return self.k * x

    def backward(self, dout):
        return self.k * dout""",
    "normalise": """def normalise(X):
    mean = X.mean(axis=1, keepdims=True)
    return X - mean, mean""",
}
"""A right answer to each question."""


@dataclass(frozen=True)
class Scene:
    """What an attack may know about the machine: where the prey is, and where a success would be seen.

    `course` has reference, hidden suite, gradebook, submissions and secret; `home` is that of whoever grades. `marks`
    is a folder outside of the course that everybody may write to. Listeners wait at the ports `tcp` and `udp` of
    127.0.0.1, at the socket file `unix` and at the `abstract` name (without its leading zero byte).
    """

    course: Path
    home: Path
    marks: Path
    tcp: int
    udp: int
    unix: str
    abstract: str


@dataclass(frozen=True)
class Honest:
    """The notebook as it was handed out, to begin with."""

    released: NotebookNode

    def notebook(self, **answers: str) -> NotebookNode:
        """Return it with all four questions solved rightly but for `answers` (question to source of its cell)."""
        return notebook.solve(self.released, {**RIGHT, **answers})

    def blank(self, **answers: str) -> NotebookNode:
        """Return it with stubs but for `answers`."""
        return notebook.solve(self.released, answers)

    def with_cell(self, nb: NotebookNode, source: str, *, at: Literal["start", "end"] = "start") -> NotebookNode:
        """Return a copy of `nb` with one more code cell: behind the imports, or after everything else."""
        changed = copy.deepcopy(nb)
        place = len(changed.cells)
        if at == "start":
            place = next(i for i, cell in enumerate(changed.cells) if notebook.grade_id(cell) == "imports") + 1
        taken = {cell.id for cell in changed.cells}
        name = next(f"own-{number}" for number in range(len(taken) + 1) if f"own-{number}" not in taken)
        changed.cells.insert(place, notebook.new_cell("code", source, {}, name))
        return changed


Make = Callable[[Honest, Scene], NotebookNode | bytes]


@dataclass(frozen=True, kw_only=True)
class Attack:
    """A hostile submission and the outcome that is required of it.

    `honest` are the points that each question deserves: more is a success of the attack, less a fault of the
    grader's but where `may_lose` names the question. `outcomes` and `says` (a part of the message) are by question.
    For a submission that is to be refused as a whole `grade` is "not gradable" and `reason` a part of the reason.
    `files` are handed in beside the notebook (name to content), `links` too (name to a path in the course). `only`
    says where the attack makes sense; everywhere by default.
    """

    student: str
    row: str
    tries: str
    success: str
    make: Make
    honest: Mapping[str, float]
    outcomes: Mapping[str, str] = field(default_factory=dict)
    says: Mapping[str, str] = field(default_factory=dict)
    grade: Literal["graded", "not gradable"] = "graded"
    reason: str = ""
    may_lose: frozenset[str] = frozenset()
    files: Mapping[str, bytes] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    only: Callable[[Combination], bool] | None = None

    def __post_init__(self) -> None:
        """Refuse a recipe that the table could not show or judge."""
        if self.row not in ROWS:
            msg = f"{self.student}: {self.row} is no row of the table; take one of {', '.join(ROWS)}"
            raise ValueError(msg)
        if set(self.honest) != set(POINTS):
            msg = f"{self.student}: `honest` has to give the points of {', '.join(POINTS)}"
            raise ValueError(msg)
