"""Attacks on the wire: what is too large, too deep, too early, or only half of an answer."""

from __future__ import annotations

from tests.corpus.attacks.making import fakes, spoiled
from tests.corpus.attacks.recipe import Attack

FRAMES = """
import json, os, struct, sys, threading, time
import numpy as np


def frame(message, blob=b""):
    header = json.dumps(message).encode() if not isinstance(message, bytes) else message
    return struct.pack("<IQ", len(header), len(blob)) + header + blob


def answer(number, value, ok=True):
    return ["t", [number, ok, value]]


def running():
    caller = sys._getframe()
    while caller is not None:
        if caller.f_code.co_name == "serve":
            return caller.f_locals["number"]
        caller = caller.f_back
    return 1


def say(data):
    view = memoryview(data)
    while view:
        view = view[os.write(3, view) :]
"""
"""Source that speaks the language of the wire on the connection to the grader."""


def _says(student: str, tries: str, body: str, **rest: object) -> Attack:
    """Return an attack that answers `double` itself, on the wire, with the lines `body`."""
    source = "def double(x):\n" + "\n".join(f"    {line}" for line in body.splitlines())
    return spoiled(
        student,
        "replies",
        tries,
        success="`double` has points, another question has fewer, or the grader stops",
        top=FRAMES,
        answers={"double": source},
        **rest,
    )


_OBJECTS = """
import numpy as np


def FAKE(x):
    return np.array([2 * x, None, [FAKE]], dtype=object)


def total(x, y):
    return np.broadcast_to(np.float64(1.0), (10**6, 10**6))


def normalise(X):
    return np.empty((0, 2**62)), np.lib.stride_tricks.as_strided(X, shape=(10**5, 10**5), strides=(0, 0))
"""

_DEEP = """
import numpy as np


def FAKE(x):
    deep = []
    for _ in range(10**5):
        deep = [deep]
    return deep


def total(x, y):
    itself = []
    itself.append(itself)
    return itself


def normalise(X):
    itself = {}
    itself["self"] = itself
    many = [0.0] * 2
    for _ in range(17):
        many = [many, many]
    return itself, many
"""

ATTACKS: tuple[Attack, ...] = (
    fakes(
        "replies_objects", "replies", "It returns object arrays and arrays of a terabyte that take no memory.", _OBJECTS
    ),
    fakes(
        "replies_deep",
        "replies",
        "It returns lists that are nested a hundred thousand deep, contain themselves or double.",
        _DEEP,
    ),
    _says(
        "replies_early",
        "It sends the answers to the next thousand questions ahead of them.",
        "for number in range(running() + 1, running() + 1000):\n"
        "    say(frame(answer(number, ['l', [2.0, -4.0, 8.0]])))\n"
        "return 0 * x",
        may_lose=frozenset({"total"}),  # what lies in the pipe is refused when the next question is asked
    ),
    _says(
        "replies_twice",
        "It answers in the place of the loop that would, and then lets that loop answer, too.",
        "say(frame(answer(running(), True)))\nreturn 2 * x if running() > 10**6 else 0 * x",
        may_lose=frozenset({"total"}),
    ),
    _says(
        "replies_other_number",
        "It answers with the number of another question.",
        "say(frame(answer(running() + 7, ['l', [2.0]])))\ntime.sleep(30)",
    ),
    _says(
        "replies_half",
        "It announces a long answer, sends half of it and falls asleep.",
        "whole = frame(answer(running(), 'x' * 1000))\nsay(whole[: len(whole) // 2])\ntime.sleep(30)",
        says={"double": "longer than 1 s"},
    ),
    _says(
        "replies_drip",
        "It sends its answer byte by byte, each a moment before one loses patience.",
        "for byte in frame(answer(running(), 'x' * 1000)):\n    os.write(3, bytes([byte]))\n    time.sleep(0.1)",
        says={"double": "longer than 1 s"},
    ),
    _says(
        "replies_lengths",
        "It announces a header of 4 GB and data of a million terabytes.",
        "say(struct.pack('<IQ', 2**32 - 1, 2**60) + bytes(1000))\ntime.sleep(30)",
        outcomes={"double": "not gradable"},
    ),
    _says(
        "replies_claims",
        "It names arrays that are larger than what it sends, and the same bytes a thousand times.",
        "claims = [['a', '<f8[16777216]']] * 1000\n"
        "say(frame(answer(running(), ['l', claims]), bytes(1 << 20)))\n"
        "time.sleep(30)",
        outcomes={"double": "not gradable"},
    ),
    _says(
        "replies_pickle",
        "It sends a pickle that writes a file where it is read.",
        "import pickle\n"
        "class Mark:\n"
        "    def __reduce__(self):\n"
        "        return os.mkdir, (MARKS + '/pickle',)\n"
        "say(frame(pickle.dumps(Mark())) + frame(answer(running(), ['a', '|O[1]']), bytes(8)))\n"
        "time.sleep(30)",
        outcomes={"double": "not gradable"},
    ),
    _says(
        "replies_flood",
        "It sends frames from a thread until the pipe is full, and goes on.",
        "def flood():\n"
        "    for number in range(10**5):\n"
        "        say(frame(answer(number, 2.0)))\n"
        "threading.Thread(target=flood, daemon=True).start()\n"
        "time.sleep(0.2)\n"
        "return 0 * x",
        may_lose=frozenset({"total"}),
    ),
    _says(
        "replies_closed",
        "It closes the connection, or puts another file into its place.",
        "os.dup2(os.open('/dev/null', os.O_RDWR), 3)\nreturn 2 * x",
        outcomes={"double": "not gradable"},
    ),
    _says(
        "replies_handles",
        "It sends a hundred thousand handles, which the grader has to give back one by one.",
        "handles = b','.join(b'[\"h\",%d,\"x\"]' % (10**17 + number) for number in range(35_000))\n"
        'head = b\'["t",[%d,true,["l",[\' % running()\n'
        "say(frame(head + handles + b']]]]'))\n"
        "return 0 * x",
        may_lose=frozenset({"total"}),
    ),
    _says(
        "replies_letters",
        "It sends what is no JSON, no Unicode, no value, or a number of a hundred thousand digits.",
        "pieces = (b'\\xff\\xfe', b'[' * 10**5, b'9' * 10**5, b'[\"s\",-5]', b'NaN', b'[\"d\",[[\"l\",[]],1]]')\n"
        "say(frame(pieces[running() % len(pieces)]))\ntime.sleep(30)",
        outcomes={"double": "not gradable"},
    ),
)
