"""How much memory the largest allowed frames cost the grader: `python -m tests.fuzz.memory` measures each in a process.

Each process may have no more address space than what it has before the frame is decoded and the bound, which Linux
enforces; how much it took, its peak of resident memory says.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import sys
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from autograder.sandbox import wire
from autograder.sandbox.frame import MAX_TEXT
from autograder.sandbox.handle import Handle
from tests.fuzz.frames import Frame

BOUND_MB = 96  # beyond the frame and one copy of its blob
_TEXT_MB = 5 * MAX_TEXT >> 20  # a character of four bytes widens the whole text, while the narrow one is still there


class Owner:
    """Stands where a Submission does."""

    def call_target(self, *what: Any) -> Any:
        """Never called."""
        raise AssertionError(what)


def _handle(number: int, name: str) -> Handle:
    handle = Handle(Owner(), number, 1, name)
    weakref.finalize(handle, _released.append, number).atexit = False
    return handle


_released: list[int] = []


def _many(item: str, between: str = ",", around: tuple[str, str] = ('["l",[', "]]")) -> Callable[[], Frame]:
    def build() -> Frame:
        count = (wire.MAX_HEADER - 20) // (len(item) + 1)
        return Frame((around[0] + between.join([item] * count) + around[1]).encode(), b"")

    return build


def _array(dtype: str, itemsize: int) -> Callable[[], Frame]:
    def build() -> Frame:
        return Frame(json.dumps(["a", f"{dtype}[{wire.MAX_BLOB // itemsize}]"]).encode(), b"\1" * wire.MAX_BLOB)

    return build


def _keys() -> Frame:
    return Frame(json.dumps({str(n): 0 for n in range(80_000)}).encode(), b"")


def _small_arrays() -> Frame:
    frame = _many('["a","|u1[1]"]')()
    return Frame(frame.header, b"\1" * frame.header.count(b"a"))


def _empty_arrays() -> Frame:
    return _many(f'["a","<f8[{",".join(["0"] * 32)}]"]')()


def _forms() -> Frame:
    nodes = [["a", f"|u1[{','.join(['0'] * 31)},{n}]"] for n in range(12_000)]
    return Frame(json.dumps(["l", nodes], separators=(",", ":")).encode(), b"")


def _wide_text() -> Frame:
    text = "\U0001f600".encode()
    return Frame(json.dumps(["s", MAX_TEXT]).encode(), b"x" * (MAX_TEXT - len(text)) + text)


def _text_too_long() -> Frame:
    return Frame(json.dumps(["s", MAX_TEXT + 16]).encode(), b"x" * (MAX_TEXT + 16))


def _many_texts() -> Frame:
    size = 1 << 20
    nodes = [["s", size]] * ((MAX_TEXT >> 20) + 8)
    return Frame(json.dumps(["l", nodes]).encode(), ("\U0001f600".encode() + b"x" * (size - 4)) * len(nodes))


# name: how to make the frame, whether it is allowed, how many MB of text (as wide as it can be) it may become
FRAMES: dict[str, tuple[Callable[[], Frame], bool, int]] = {
    "floats": (_array("<f8", 8), True, 0),
    "bools": (_array("|b1", 1), True, 0),
    "an empty array": (lambda: Frame(b'["a","<f8[0,33554432]"]', b""), True, 0),
    "an empty array too long": (lambda: Frame(b'["a","<f8[0,4611686018427387904]"]', b""), False, 0),
    "small arrays": (_small_arrays, True, 0),
    "empty arrays of many axes": (_empty_arrays, True, 0),
    "arrays of ever new forms": (_forms, True, 0),
    "a wide text": (_wide_text, True, _TEXT_MB),
    "a text too long": (_text_too_long, False, 0),
    "texts too long together": (_many_texts, False, _TEXT_MB),
    "lists": (_many('["l",[]]'), True, 0),
    "dicts": (_many('["d",[]]'), True, 0),
    "handles": (_many('["h",1,""]'), True, 0),
    "numbers": (_many("1e5"), True, 0),
    "texts of one character": (_many(r'"\u4e00"'), True, 0),
    "lists that are no values": (_many("[]"), False, 0),
    "objects": (_many("{}"), False, 0),
    "keys of an object": (_keys, False, 0),
    "brackets": (lambda: Frame(b"[" * wire.MAX_HEADER, b""), False, 0),
    "digits": (lambda: Frame(b"9" * wire.MAX_HEADER, b""), False, 0),
}


def bound_bytes(frame: Frame, text_mb: int) -> int:
    """How many bytes the decoding of a frame may take beyond the frame itself."""
    return len(frame.blob) + (BOUND_MB + text_mb << 20)


def measure(name: str) -> dict[str, Any]:
    """Decode the frame in this process, whose peak of memory is then used up: what it took, what came of it."""
    build, allowed, text_mb = FRAMES[name]
    frame = build()
    bound = bound_bytes(frame, text_mb)
    wire.unpack(b'["a","<f8[2]"]', memoryview(bytes(16)), resolve=_handle)
    gc.collect()
    before = _status("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts from here
    space = _status("VmSize") + bound
    resource.setrlimit(resource.RLIMIT_AS, (space, space))
    try:
        value = wire.unpack(frame.header, memoryview(frame.blob), resolve=_handle)
        outcome = "value" if value is not None else "nothing"
    except wire.WireError as error:
        outcome = str(error)
    return {"name": name, "allowed": allowed, "outcome": outcome, "took": _status("VmHWM") - before, "bound": bound}


def _status(field: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field)) << 10


def main(names: list[str]) -> None:
    """Measure each frame in a fork of this process; one line of JSON for each."""
    np.zeros(1)
    for name in names or FRAMES:
        child = os.fork()
        if not child:
            print(json.dumps(measure(name)), flush=True)
            os._exit(0)
        status = os.waitpid(child, 0)[1]
        if status:
            raise SystemExit(f"{name}: the process ended with {status}")


if __name__ == "__main__":
    main(sys.argv[1:])
