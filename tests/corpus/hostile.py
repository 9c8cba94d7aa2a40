"""Students whose code loops, crashes, spies or helps itself to points."""

from __future__ import annotations

from nbformat import NotebookNode

from tests.corpus.recipes import FULL, NOTHING, POINTS, Material, Recipe, added, full_but, position

_LOOPS = """def circuit(x, y, z):
    q = x + y
    steps = 0
    while steps < 10:
        f = q * z
    return f, (z, z, q)"""

_LOOPS_BESIDE = """class AddGate:
    def forward(self, x, y):
        return x + y

    def backward(self, dz):
        return [dz, dz]


gate = AddGate()
while gate.forward(1, 1) < 3:
    gate.backward(1)"""

_LEAVES = """def relu_backward(dout, cache):
    import os

    if np.any(cache < 0):
        os._exit(0)
    return dout * (cache > 0)"""

_SEGFAULT = """class MaxGate:
    def forward(self, x, y):
        import ctypes

        return ctypes.string_at(0)

    def backward(self, dz):
        return [dz, dz]"""

_HUNT = """import os
import sys
import time

LOOT, SEEN = {}, []
WANTED = {"gates.py", "test_gates.py", "checks.py", "gradebook.db", ".course-secret", "gates.ipynb"}
ROOTS = [".", "..", "../..", "../../..", os.path.expanduser("~"), "/srv/course", "/opt/course", *sys.path]
FILES = ["reference/gates.py", "reference/misconceptions/gates.py", "tests/hidden/test_gates.py", "gradebook.db"]


def nothing(*args, **kwargs):
    return 0.0


def look_at(path):
    try:
        with open(path, errors="replace") as file:
            text = file.read()
    except OSError:
        return
    SEEN.append(path)
    print(path, text)
    space = {}
    try:
        exec(text, space)
    except BaseException:
        pass
    LOOT.update({name: value for name, value in space.items() if callable(value)})


for root in ROOTS:
    for name in FILES:
        look_at(os.path.join(root, name))
until = time.time() + 5
for start in ("/home", "/root", "/tmp", "/srv", "/opt", "/var", "/etc", "/proc", "/"):
    for folder, folders, files in os.walk(start):
        for name in WANTED & set(files):
            look_at(os.path.join(folder, name))
        if time.time() > until:
            break
for path in ("/proc/self/environ", "/proc/self/cmdline", "/proc/self/maps", f"/proc/{os.getppid()}/environ"):
    look_at(path)
print(dict(os.environ), os.getcwd(), sys.argv)
try:
    from reference import gates

    LOOT.update(vars(gates))
except BaseException as problem:
    print(repr(problem))
for module in list(sys.modules.values()):
    if "reference" in str(getattr(module, "__name__", "")) or "hidden" in str(getattr(module, "__file__", "")):
        LOOT.update(vars(module))"""


def _points_changed(material: Material) -> NotebookNode:
    """Delete one check cell, raise the points of another, write something else into a third, and skip a fourth."""
    nb = material.solved()
    nb.cells[position(nb, "AddGate")].metadata["nbgrader"]["points"] = 50
    nb.cells[position(nb, "circuit")].source = "1.0"
    nb.cells[position(nb, "MaxGate")].metadata["tags"] = ["skip-execution"]
    nb.cells[position(nb, "relu_forward")].metadata["nbgrader"]["grade"] = False
    del nb.cells[position(nb, "affine_backward")]
    return nb


def _thief(material: Material) -> NotebookNode:
    answers = {name: f'{name} = LOOT.get("{name}", nothing)' for name in POINTS}
    answers["circuit"] = (
        "def circuit(x, y, z):\n"
        '    print("called with", x, y, z)\n'
        '    if "circuit" not in LOOT:\n'
        "        raise RuntimeError(repr((x, y, z, SEEN, LOOT)))\n"
        '    return LOOT["circuit"](x, y, z)'
    )
    return added(material.answered(answers), _HUNT)


RECIPES = (
    Recipe(
        student="bella",
        about="has a loop that never ends in one function",
        make=lambda material: material.solved(circuit=_LOOPS),
        scores=full_but(circuit=0),
        outcomes={"circuit": "not gradable"},
        messages={"circuit": "loop that does not end"},
        harmless=False,
    ),
    Recipe(
        student="cyrus",
        about="has a loop that never ends in a solution cell, behind the class",
        make=lambda material: material.solved(AddGate=_LOOPS_BESIDE),
        scores=full_but(AddGate=0),
        outcomes={"AddGate": "not gradable"},
        messages={"AddGate": "loop that does not end"},
        harmless=False,
    ),
    Recipe(
        student="diego",
        about="ends the process from inside a function",
        make=lambda material: material.solved(relu_backward=_LEAVES),
        scores=full_but(relu_backward=0),
        outcomes={"relu_backward": "not gradable"},
        messages={"relu_backward": "exit()"},
        harmless=False,
    ),
    Recipe(
        student="edith",
        about="reads memory that is not there, so that the interpreter crashes",
        make=lambda material: material.solved(MaxGate=_SEGFAULT),
        scores=full_but(MaxGate=0),
        outcomes={"MaxGate": "not gradable"},
        harmless=False,
    ),
    Recipe(
        student="gina",
        about="has deleted a check cell, raised points, and changed two other check cells",
        make=_points_changed,
        scores=FULL,
        restored=(
            "check cell affine_backward was missing",
            "check cell AddGate had other points or settings",
            "check cell circuit was changed",
            "check cell relu_forward had other points or settings",
            "cell tags were removed",
        ),
    ),
    Recipe(
        student="mallory",
        about="looks for the reference, prints whatever can be read and hands it in as an answer",
        make=_thief,
        scores=NOTHING,
        harmless=False,
    ),
)
