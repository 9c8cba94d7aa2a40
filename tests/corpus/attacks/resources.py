"""Attacks by greed: memory, processor, disk and output without end. What our limits miss is bounded here."""

from __future__ import annotations

from tests.corpus.attacks.making import cost, right_but, spoiled
from tests.corpus.attacks.recipe import FULL, Attack

_UNTOUCHED = "another question has fewer points, the machine runs out of something, or the class does not end"


def _greedy(student: str, tries: str, body: str, *, top: str = "", **rest: object) -> Attack:
    """Return an attack that does the lines `body` in each call of `double`, which is right otherwise."""
    return spoiled(
        student,
        "resources",
        tries,
        success=_UNTOUCHED,
        top=f"import os, re, threading, time\nimport numpy as np\n{top}",
        answers=right_but("double", body),
        **rest,
    )


ATTACKS: tuple[Attack, ...] = (
    _greedy(
        "resources_memory", "It takes two gigabytes at once.", "held = np.ones(2 << 27)", says={"double": "Memory"}
    ),
    _greedy(
        "resources_crumbs",
        "It takes two gigabytes in small pieces, and catches every error.",
        "held = []\n"
        "for number in range(1 << 21):\n"
        "    try:\n"
        "        held.append(bytearray(1000))\n"
        "    except BaseException:\n"
        "        time.sleep(0.01)",
        outcomes={"double": "not gradable"},
    ),
    _greedy(
        "resources_loop",
        "It loops and swallows every exception, also those that it raises itself.",
        "while True:\n    try:\n        raise KeyboardInterrupt\n    except BaseException:\n        pass",
        says={"double": "longer than 1 s"},
    ),
    _greedy("resources_sleep", "It sleeps for an hour.", "time.sleep(3600)", says={"double": "longer than 1 s"}),
    _greedy(
        "resources_regex",
        "It matches a pattern that takes longer than the world is old, without a way back to Python.",
        "re.fullmatch(r'(a|aa)+b', 'a' * 100)",
        says={"double": "longer than 1 s"},
    ),
    _greedy(
        "resources_power",
        "It computes a number of a hundred million digits in one step.",
        "str(7 ** 7 ** 9)",
        says={"double": "longer than 1 s"},
    ),
    _greedy(
        "resources_recursion",
        "It calls itself without end, with a limit that it has raised.",
        "import sys\nsys.setrecursionlimit(10**9)\ndef deeper(f=None):\n    return deeper(deeper) + 1\ndeeper()",
    ),
    _greedy(
        "resources_output",
        "It writes to every stream and descriptor, as fast as it can, for its second.",
        "line = b'all work and no play ' * 3000\n"
        "until = time.monotonic() + 30\n"
        "while time.monotonic() < until:\n"
        "    print(line)\n"
        "    os.write(1, line)\n"
        "    os.write(2, line)",
        outcomes={"double": "not gradable"},
    ),
    _greedy(
        "resources_threads",
        "It starts threads that spin, as many as it gets; each ends after two seconds.",
        "def spin(until=time.monotonic() + 2):\n"
        "    while time.monotonic() < until:\n"
        "        pass\n"
        "for number in range(100):\n"
        "    try:\n"
        "        threading.Thread(target=spin, daemon=True).start()\n"
        "    except RuntimeError:\n"
        "        break\n"
        "time.sleep(30)",
        says={"double": "longer than 1 s"},
    ),
    _greedy(
        "resources_descriptors",
        "It opens files and pipes until there are none left, and keeps them.",
        "while len(held) < 10**4:\n    held.append(os.pipe())",
        top="held = []",
        says={"double": "OSError"},
        # The answers to the other questions come through a descriptor that is open already.
    ),
    _greedy(
        "resources_disk",
        "It fills its own folder, at most two hundred megabytes.",
        "for number in range(20 if os.getcwd() != '/' else 0):\n"
        "    with open(f'filler-{number}', 'wb') as file:\n"
        "        for _ in range(10):\n"
        "            file.write(bytes(1 << 20))\n"
        "return None",
    ),
    _greedy(
        "resources_timers",
        "It interrupts itself a thousand times a second, and takes the signals that end it.",
        "import signal\n"
        "for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:\n"
        "    signal.signal(number, lambda *args: None)\n"
        "signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)\n"
        "signal.setitimer(signal.ITIMER_PROF, 0.001, 0.001)\n"
        "while True:\n    pass",
        says={"double": "longer than 1 s"},
    ),
    spoiled(
        "resources_cell",
        "resources",
        "It does all of it in cells, where the first run of the notebook has to come past it.",
        success=_UNTOUCHED,
        top="print('x' * (1 << 25))\nheld = [0] * (1 << 28)",
        end="import time\n\nwhile True:\n    try:\n        time.sleep(1000)\n    except BaseException:\n        pass",
        honest=FULL,
    ),
    spoiled(
        "resources_import",
        "resources",
        "It makes every question slow, so that the time of the whole submission is used up.",
        success="the class does not go on after it",
        top="import time",
        answers={
            "double": "def double(x):\n    time.sleep(0.95)",
            "total": "def total(x, y):\n    time.sleep(0.95)",
            "Scale": "class Scale:\n    def __init__(self, k):\n        time.sleep(0.95)\n\n    def forward(self, x):\n"
            "        time.sleep(0.95)\n\n    backward = forward",
            "normalise": "def normalise(X):\n    time.sleep(0.95)",
        },
        honest=cost("double", "total", "Scale", "normalise"),
    ),
)
