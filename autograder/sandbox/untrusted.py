"""What a worker says, checked piece by piece: outputs become notebook outputs, failures become CallFailed.

Everything here was written by a submission: types, sizes and names are checked, what does not fit is dropped.
"""

from __future__ import annotations

import base64
import builtins
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.errors import CallFailed, WireError
from autograder.images import Picture, picture_in
from autograder.sandbox.inside.outputs import MAX_IMAGE_BYTES, MAX_OUTPUTS

MAX_IMAGES_BYTES = 32 << 20
MAX_IMAGES_PIXELS = 500_000_000

_MAX_DETAIL = 4000
_MAX_TRACEBACK = 400
_MAX_TYPE_NAME = 40
_MAX_NUMBERS = 6
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_NOT_IDENTIFIER = re.compile(r"[^0-9A-Za-z_]")
_NUMBER = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,30} = (-?[0-9]{1,12}(\.[0-9]{1,6})?(e[+-][0-9]{1,3})?|nan|-?inf)")
_MISSING = {
    "missing": "there is no `{}` in the notebook",
    "no function": "`{}` in the notebook is no function",
    "no method": "there is no method `{}` in the notebook",
}


def _exception_names() -> frozenset[str]:
    found = [value for place in (builtins, np.exceptions, np.linalg) for value in vars(place).values()]
    return frozenset(value.__name__ for value in found if isinstance(value, type) and issubclass(value, BaseException))


_EXCEPTIONS = _exception_names()


@dataclass(frozen=True)
class Cell:
    """A code cell of a submission; `name` is how messages call it."""

    name: str
    source: str


@dataclass(frozen=True)
class CellRun:
    """What running a cell brought: its outputs as a notebook holds them, and the failure that ended it, if any."""

    cell: Cell
    outputs: list[dict[str, Any]]
    failure: CallFailed | None


@dataclass
class Room:
    """How many bytes of text, and how many bytes and pixels of figures, a submission may still bring."""

    text_bytes: int
    image_bytes: int = MAX_IMAGES_BYTES
    image_pixels: int = MAX_IMAGES_PIXELS


def clean(text: Any, limit: int) -> str:
    """Return the text without control characters, at most `limit` characters; anything but a str is the empty text."""
    return _CONTROL.sub("", text[:limit]) if type(text) is str else ""


def type_name(name: str) -> str:
    """Return a type's name as identifier characters, at most 40."""
    return _NOT_IDENTIFIER.sub("", name)[:_MAX_TYPE_NAME] or "object"


def failure(name: str, report: Any, cells: Sequence[Cell], *, cpu_seconds: float | None = None) -> CallFailed:
    """Return the failure that a worker reports; raises WireError where the report is none.

    `cpu_seconds` is the processor time that the call had, None where it had no limit that it could exceed.
    """
    if type(report) is not dict:
        raise WireError("the report of a failure is malformed")
    detail = clean(report.get("text"), _MAX_DETAIL)
    kind = _word(report, "kind")
    if kind in _MISSING:
        return CallFailed(name, "missing", _MISSING[kind].format(name))
    if kind == "refused":
        return CallFailed(
            name, "refused", "returned something too large or too deeply nested to look at", detail=detail
        )
    cell, line = _place(report.get("cell"), report.get("line"), cells)
    if kind == "slow" and cpu_seconds is not None:
        numbers = _numbers(detail)
        return CallFailed(name, "timeout", used_up(cpu_seconds), cell=cell, line=line, detail=numbers)
    if kind != "raised":
        raise WireError("the report of a failure is malformed")
    named = _word(report, "exception")
    exception = named if named in _EXCEPTIONS else None
    where = f" in the cell `{cell}`, line {line}" if cell is not None else ""
    reason = f"raised {exception or 'an exception'}{where}"
    return CallFailed(name, "raised", reason, exception=exception, cell=cell, line=line, detail=detail)


def used_up(cpu_seconds: float) -> str:
    """Say that a training took longer than it may."""
    return f"used up its {cpu_seconds:g} s of processor time"


def outputs(report: Any, *, text_bytes: int, room: Room) -> list[dict[str, Any]]:
    """Return the notebook outputs of a cell's report; raises WireError where it is malformed."""
    if type(report) is not dict or type(report.get("outputs")) is not list:
        raise WireError("the report of a cell is malformed")
    reader = _OutputReader(text_bytes, room)
    found = [reader.output(each) for each in report["outputs"][:MAX_OUTPUTS]]
    kept = [each for each in found if each is not None]
    dropped = report.get("dropped")
    if type(dropped) is int and dropped > 0:
        kept.append(_stream("stderr", f"\n[{min(dropped, 1 << 60)} more bytes of output were dropped]\n"))
    return kept


class _OutputReader:
    """Reads the outputs of one cell while there is room for them."""

    def __init__(self, text_bytes: int, room: Room) -> None:
        self.text_bytes = min(text_bytes, room.text_bytes)
        self.room = room

    def output(self, report: Any) -> dict[str, Any] | None:
        if type(report) is not dict:
            raise WireError("the report of a cell is malformed")
        match _word(report, "kind"):
            case "stream":
                name = "stderr" if _word(report, "name") == "stderr" else "stdout"
                text = self._text(report.get("text"))
                return _stream(name, text) if text else None
            case "error":
                return self._error(report)
            case "display_data":
                return self._display(report, {"output_type": "display_data"})
            case "execute_result":
                count = report.get("count")
                number = count if type(count) is int and 0 < count < 1 << 31 else None
                return self._display(report, {"output_type": "execute_result", "execution_count": number})
        return None

    def _display(self, report: dict[str, Any], output: dict[str, Any]) -> dict[str, Any] | None:
        data = {}
        if type(report.get("text")) is str:
            data["text/plain"] = self._text(report["text"])
        image = _picture_bytes(report.get("png"))
        figure = picture_in(image)
        if figure and figure.mime == "image/png":
            if self._has_room(image, figure):
                data[figure.mime] = base64.b64encode(image).decode()
            else:
                data["text/plain"] = "\n".join([*data.values(), self._text(_left_out(image, figure))])
        return {**output, "data": data, "metadata": {}} if data else None

    def _error(self, report: dict[str, Any]) -> dict[str, Any]:
        lines = report.get("traceback")
        lines = lines[:_MAX_TRACEBACK] if type(lines) is list else []
        return {
            "output_type": "error",
            "ename": type_name(_word(report, "name") or "Exception"),
            "evalue": self._text(report.get("value")),
            "traceback": [self._text(line) for line in lines],
        }

    def _text(self, text: Any) -> str:
        if type(text) is not str:
            return ""
        kept = clean(text, self.text_bytes).encode()[: self.text_bytes].decode("utf-8", "ignore")
        size = len(kept.encode())
        self.text_bytes -= size
        self.room.text_bytes -= size
        return kept

    def _has_room(self, image: bytes, figure: Picture) -> bool:
        """Return whether the figure may be shown, and if so count it: its header says what a browser has to hold."""
        room = self.room
        if len(image) > room.image_bytes or figure.pixels > room.image_pixels or figure.is_too_large:
            return False
        room.image_bytes -= len(image)
        room.image_pixels -= figure.pixels
        return True


def _picture_bytes(image: Any) -> bytes:
    """Return what should be the bytes of a figure; none where it is no array of bytes, or too many."""
    if type(image) is not np.ndarray or image.dtype != np.uint8 or image.ndim != 1 or image.nbytes > MAX_IMAGE_BYTES:
        return b""
    return image.tobytes()


def _left_out(image: bytes, figure: Picture) -> str:
    size = f"{figure.width:,} × {figure.height:,} pixels, {len(image):,} bytes"
    return f"[a figure of {size} was left out: it is too large, or there were too many]"


def _numbers(text: str) -> str:
    """Return the parts of `epoch = 3, loss = 0.25` that are a name and a number, and no other."""
    parts = (part for part in text.split(", ") if _NUMBER.fullmatch(part))
    return ", ".join(itertools.islice(parts, _MAX_NUMBERS))


def _word(report: dict[str, Any], key: str) -> str:
    """Return a text of the report, "" where it is none: an array, compared with a text, would be another array."""
    value = report.get(key)
    return value if type(value) is str else ""


def _stream(name: str, text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def _place(index: Any, line: Any, cells: Sequence[Cell]) -> tuple[str | None, int | None]:
    """Cell name and line where they exist in the notebook; a submission can claim any other."""
    if type(index) is not int or not 0 <= index < len(cells):
        return None, None
    if type(line) is not int or not 1 <= line <= len(cells[index].source.splitlines()):
        return None, None
    return cells[index].name, line
