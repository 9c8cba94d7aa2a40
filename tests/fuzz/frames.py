"""Valid frames to start from: a reply of each kind that a worker can send, made by the worker's own code."""

from __future__ import annotations

import json
from collections import OrderedDict, namedtuple
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from autograder.sandbox import frame, wire
from autograder.sandbox.inside import failures, outputs, patience
from tests.pictures import picture

NUMBER = 5  # of the request that all of these answer
PNG = picture("PNG")

_Pair = namedtuple("_Pair", "left right")


class Frame(NamedTuple):
    """The two parts of a frame as they come after its sizes."""

    header: bytes
    blob: bytes

    def bytes(self) -> bytes:
        """Return the frame as it is sent."""
        return frame.PREFIX.pack(len(self.header), len(self.blob)) + self.header + self.blob


def frame_of(value: Any) -> Frame:
    """Return the frame of a value; what is no plain data is given the numbers from 1 on, as a worker does."""
    count = iter(range(1, 1 << 20))
    raw = b"".join(wire.pack(value, refer=lambda each: (next(count), type(each).__name__)))
    header, _ = wire.sizes(raw[: wire.PREFIX_BYTES])
    rest = raw[wire.PREFIX_BYTES :]
    return Frame(rest[:header], rest[header:])


def corpus() -> tuple[Frame, ...]:
    """Return the frames: answers, failures of all kinds, reports of cells."""
    answers = [(NUMBER, True, value) for value in _values()]
    failed = [(NUMBER, False, report) for report in _failures()]
    cells = [(NUMBER, True, report) for report in _cells()]
    return tuple(map(frame_of, [*answers, *failed, *cells]))


def _values() -> Iterator[Any]:
    for dtype in frame.DTYPES.values():
        yield np.arange(6).reshape(2, 3).astype(dtype)
    for shape in ((), (0,), (3,), (2, 0, 5), (1, 1, 1, 2), (40, 30)):
        yield np.ones(shape)
    for dtype in frame.SCALARS.values():
        yield dtype.type(1)
    yield from (None, True, 7, -(2**63), 2**70, -(2**4000), 0.5, -0.0, float("inf"), float("nan"), 1j, complex("nan"))
    yield from ("", "text", "π\x00\U0001f600", "long " * 300, "\U0001f600" * 400)
    yield from ([], (), {}, [1, 2.5, "x"], (np.ones(3), {"W": np.ones((2, 2)), "b": None}), [[[[1]]]])
    yield {"a": 1, 2: "b", (1, None): [], None: 0.5, 1.5: True, np.int8(3): 4, 2**70: 5}
    yield from (object(), {1, 2}, b"bytes", np.array(["text"]), [object(), (object(), 1)])
    yield from (_Pair(1.0, np.ones(2)), OrderedDict(a=1), type("Weights", (list,), {})([np.ones(2)]))


def _failures() -> Iterator[dict[str, Any]]:
    sources = ["1 / 0", "raise ValueError('no \\x1b[31m')", "undefined", "def f(:\n  pass", "raise SystemExit(3)"]
    for source in sources:
        try:
            exec(compile(source, failures.file_name(0), "exec"), {})
        except BaseException as error:
            yield failures.describe(error)
    for kind in ("missing", "no function", "no method", "refused"):
        yield failures.describe(NameError(kind), kind=kind)
    yield patience.describe(patience.OutOfTimeError("used up"))


def _cells() -> Iterator[dict[str, Any]]:
    yield {**_collected(), "failure": None}
    yield {**_collected(), "failure": failures.describe(KeyError("W"))}
    yield {"outputs": [], "dropped": 0, "failure": None}


def _collected() -> dict[str, Any]:
    collector = outputs.Collector()
    collector.start(text_bytes=2000)
    collector.write("stdout", "hello\n")
    collector.write("stderr", "a warning é\n")
    collector.show("execute_result", {"text/plain": "array([1., 2.])"}, 3)
    collector.show("display_data", {"text/plain": "<Figure>", "image/png": PNG})
    collector.error("KeyError", "'W'", ["Traceback", "  one line", "KeyError: 'W'"])
    collector.write("stdout", "x" * 3000)
    return collector.finish()


def nodes_of(header: bytes) -> Any:
    """Return a new copy of the header's nodes."""
    return json.loads(header)
