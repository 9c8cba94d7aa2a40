"""Attacks that carry hidden inputs out of the sandbox, in whatever the student gets to see."""

from __future__ import annotations

from tests.corpus.attacks.making import cost, prey, spoiled
from tests.corpus.attacks.recipe import NOTHING, Attack, Honest, Scene
from tests.corpus.attacks.replies import FRAMES

_SMUGGLE = """
import sys, threading, warnings
import numpy as np

WORD = "CONTRA" "BAND"
SEEN = []


def secret(*values):
    # Hidden inputs have fractions; the visible ones are whole, and public.
    numbers = np.concatenate([np.ravel(np.asarray(value, dtype=float)) for value in values])
    if not np.any(numbers != np.trunc(numbers)):
        return "public"
    SEEN.append(WORD + "_" + "_".join(f"{abs(number):.3f}".replace(".", "p") for number in numbers[:20]))
    return SEEN[-1]
"""

_LEAKS = "the word that stands before hidden inputs comes out in an output, a record, a page or a log"


def _smuggler(student: str, tries: str, deed: str, *, top: str = "", **rest: object) -> Attack:
    """Return an attack that runs `deed`, which knows the arguments as `given`, in each call of each question."""
    body = "\n".join(f"    {line}" for line in deed.strip().splitlines())
    leak = f"{_SMUGGLE}\n{top}\n\ndef leak(*given):\n    said = secret(*given)\n{body}\n"
    answers = {
        "double": "def double(x):\n    return leak(x)",
        "total": "def total(x, y):\n    return leak(x, y)",
        "Scale": "class Scale:\n    def __init__(self, k):\n        self.k = k\n\n"
        "    def forward(self, x):\n        return leak(self.k, x)\n\n    backward = forward",
        "normalise": "def normalise(X):\n    return leak(X)",
    }

    def make(honest: Honest, scene: Scene) -> object:
        return honest.with_cell(honest.blank(**answers), f"{prey(scene)}\n{leak}")

    return Attack(
        student=student,
        row="channel",
        tries=tries,
        success=_LEAKS,
        make=make,  # type: ignore[arg-type]
        honest=NOTHING,
        **rest,  # type: ignore[arg-type]
    )


_PRINTS = """
print(said)
print(said, file=sys.stderr)
print(said, file=sys.__stderr__)
os.write(1, said.encode())
os.write(2, said.encode())
warnings.warn(said)
logging.critical(said)
sys.stdout.write(said)
threading.Timer(0.01, print, [said]).start()
"""

_CHAINS = """
problem = ValueError("no")
problem.add_note(said)
problem.__cause__ = KeyError(said)
problem.__context__ = OSError(5, said, said)
problem.args = (said, said)
group = ExceptionGroup(said, [problem, type(said, (Exception,), {})(said)])
raise group from problem
"""

_TYPES = """
made = type(said[:200], (ValueError,), {"__module__": "builtins", "__qualname__": said[:200], "__doc__": said})
made.__name__ = said[:200]
raise made(said)
"""

_SYNTAX = """
file = f"<cell {len(said) % 7}>" if len(SEEN) % 2 else said
raise SyntaxError(said, (file, 1 + len(said) % 5, 3, said, 1, 9))
"""

_FORGED_LINES = """
code = compile("\\n" * (len(said) % 9) + "raise ValueError(said)", said if len(SEEN) % 3 else "<cell 2>", "exec")
exec(code, {"said": said, "__name__": said})
"""

_SHOWS = """
shell = get_ipython()
display(HTML(said), Image(data=PNG + said.encode(), format="png"), {"text/plain": said}, raw=False)
shell.display_pub.publish({"text/plain": said, "image/png": said})
shell.displayhook(said)
plt.figure()
plt.title(said)
plt.plot([1, 2])
plt.show()
shell.showtraceback()
shell.set_next_input(said)
collector = shell.collector
if collector.outputs is None:
    collector.start(text_bytes=10**5)
collector.write("stdout", said)
return said
"""

_STORES = """
for path in (MARKS + "/stored", HOME + "/stored", "stored" if os.getcwd() != "/" else MARKS + "/also"):
    try:
        with open(path, "a") as file:
            file.write(said)
    except OSError:
        pass
os.environ["STORED"] = said
if said != "public":
    os._exit(17)
return None
"""

_LOOKS = """
import glob, os

FOUND = [os.environ.get("STORED", "")]
for path in glob.glob("/scratch/*/*") + glob.glob("stored") + [MARKS + "/stored", HOME + "/stored"]:
    try:
        FOUND.append(open(path).read())
    except OSError:
        pass
print(FOUND)
"""

_RETURNS = """
kind = type(said[:200], (), {"__repr__": lambda self: said, "__str__": lambda self: said, "__name__": said})
values = (said, [said], {said: said}, kind(), kind, {"out": said, "mean": said}, np.array([said]), (said, said))
return values[len(SEEN) % len(values)]
"""

_REPORT = """
number = running()
if said == "public":
    return None
place = ["d", ["kind", "raised", "exception", said, "cell", 1, "line", len(said), "text", said]]
slow = ["d", ["kind", "slow", "exception", "TimeoutError", "cell", 2, "line", 1, "text", said + " = 1.5"]]
other = ["d", ["kind", said, "exception", "ValueError", "cell", said, "line", said, "text", said]]
missing, refused = (["d", ["kind", kind, "text", said]] for kind in ("missing", "refused"))
reports = (place, slow, other, said, missing, refused)
say(frame(answer(number, reports[len(SEEN) % len(reports)], ok=False)))
time.sleep(30)
"""

_OBJECTS_OWN = """class Scale:
    def __new__(cls, k):
        kind = type(secret(k) if k != int(k) else "Scale", (), {"forward": lambda self, x: x.nothing})
        return kind()"""

ATTACKS: tuple[Attack, ...] = (
    _smuggler("channel_text", "It raises errors that say what it was given.", "raise ValueError(said)"),
    _smuggler("channel_types", "It raises errors whose type has the input for a name.", _TYPES),
    _smuggler("channel_chains", "It hides the input in notes, causes, groups and arguments of an error.", _CHAINS),
    _smuggler("channel_syntax", "It raises a SyntaxError whose file, line and text are the input.", _SYNTAX),
    _smuggler("channel_lines", "It raises from code whose file name and line are made of the input.", _FORGED_LINES),
    _smuggler(
        "channel_prints",
        "It prints, warns and logs what it was given, at once and later.",
        _PRINTS,
        top="import logging, os",
    ),
    _smuggler(
        "channel_shows",
        "It displays, plots and collects what it was given.",
        _SHOWS,
        top="import matplotlib.pyplot as plt\nfrom IPython.display import HTML, Image, display\n\n"
        "PNG = bytes([137]) + b'PNG'",
    ),
    _smuggler(
        "channel_stores",
        "It stores hidden inputs, crashes, and prints them when its cells are run again.",
        _STORES,
        top=_LOOKS,
    ),
    _smuggler("channel_returns", "It returns what it was given as text, keys and names of types.", _RETURNS),
    _smuggler(
        "channel_reports",
        "It writes the reports of its own failures, with the input in each field.",
        _REPORT,
        top=FRAMES,
    ),
    _smuggler(
        "channel_codes",
        "It ends the process with a part of the input as exit code and the rest on stderr.",
        "os.write(2, said.encode())\nos._exit(3 + len(said) % 200)",
        top="import os",
    ),
    _smuggler(
        "channel_late",
        "It collects hidden inputs in one question and says them in the checks of the next that are public.",
        "if said == 'public':\n    raise ValueError(' '.join(SEEN))\nreturn None",
    ),
    spoiled(
        "channel_type_of_object",
        "channel",
        "It gives its object a class that has the hidden factor for a name.",
        success=_LEAKS,
        top=_SMUGGLE,
        answers={"Scale": _OBJECTS_OWN},
        honest=cost("Scale"),
    ),
    spoiled(
        "channel_training",
        "channel",
        "It runs out of time with numbers in its variables.",
        success=_LEAKS,
        top=_SMUGGLE,
        answers={
            "total": "def total(x, y):\n    said = secret(x, y)\n    vars()[said] = epoch = float(x[0])\n"
            "    for number in map(float, x):\n        while said != 'public':\n            epoch += number\n"
            "    return 0.0"
        },
    ),
)
