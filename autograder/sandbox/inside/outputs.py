"""What a cell writes and shows, collected in order and capped."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from typing import Any

import numpy as np

MAX_IMAGES = 20
MAX_IMAGE_BYTES = 4 << 20
MAX_OUTPUTS = 500

_FIRST_LINES, _LAST_LINES = 20, 80  # of a traceback: enough to see a recursion


class Collector:
    """The outputs of the running cell; with no cell running everything is thrown away.

    `hidden` are folders that are cut from paths in the text: where packages lie on the grading machine is of no use.
    """

    def __init__(self) -> None:
        self.hidden: tuple[str, ...] = ()
        self.outputs: list[dict[str, Any]] | None = None
        self.room = 0
        self.dropped = 0
        self.images = 0

    def start(self, *, text_bytes: int) -> None:
        """Begin a cell, with room for this many bytes of text."""
        self.outputs, self.room, self.dropped, self.images = [], text_bytes, 0, 0

    def finish(self) -> dict[str, Any]:
        """End the cell: its outputs, and how many bytes of text were dropped."""
        outputs, self.outputs = self.outputs or [], None
        for output in outputs:
            if "pieces" in output:
                output["text"] = "".join(output.pop("pieces"))
        return {"outputs": outputs, "dropped": self.dropped}

    def write(self, stream: str, text: str) -> None:
        """Text on stdout or stderr."""
        if self.outputs is None:
            return
        kept = self._cut(text)
        if not kept:
            return
        last = self.outputs[-1] if self.outputs else None
        if last is not None and last["kind"] == "stream" and last["name"] == stream:
            last["pieces"].append(kept)
        else:
            self._add({"kind": "stream", "name": stream, "pieces": [kept]})

    def show(self, kind: str, data: Mapping[str, Any], count: int | None = None) -> None:
        """Collect a displayed object or a cell's result: its plain text, and its figure where it has one."""
        if self.outputs is None:
            return
        text = data.get("text/plain")
        output: dict[str, Any] = {"kind": kind, "count": count}
        if isinstance(text, str):
            output["text"] = self._cut(text)
        image = _png(data.get("image/png"))
        if image is not None and self.images < MAX_IMAGES:
            self.images += 1
            output["png"] = image
        if "text" in output or "png" in output:
            self._add(output)

    def error(self, name: str, text: str, traceback: list[str]) -> None:
        """Collect an exception that ended the cell."""
        if self.outputs is not None:
            if len(traceback) > _FIRST_LINES + _LAST_LINES:
                traceback = [*traceback[:_FIRST_LINES], "…", *traceback[-_LAST_LINES:]]
            lines = [self._cut(line) for line in traceback]
            self._add({"kind": "error", "name": name[:200], "value": self._cut(text), "traceback": lines})

    def _add(self, output: dict[str, Any]) -> None:
        if self.outputs is not None and len(self.outputs) < MAX_OUTPUTS:
            self.outputs.append(output)

    def _cut(self, text: str) -> str:
        text = str(text)
        for folder in self.hidden:
            text = text.replace(folder, "")
        raw = text.encode("utf-8", "replace")
        kept = raw[: self.room].decode("utf-8", "ignore")
        self.room -= min(self.room, len(raw))
        self.dropped += max(0, len(raw) - len(kept.encode()))
        return kept


class Stream(io.TextIOBase):
    """What `sys.stdout` and `sys.stderr` are in a worker."""

    def __init__(self, collector: Collector, name: str) -> None:
        self._collector = collector
        self._name = name

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """Text goes out as UTF-8."""
        return "utf-8"

    def writable(self) -> bool:
        """Tell that it can be written to."""
        return True

    def write(self, text: str) -> int:
        """Collect the text."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._collector.write(self._name, text)
        return len(text)


def _png(image: Any) -> np.ndarray[Any, Any] | None:
    """Return the bytes of a figure as an array (what the wire carries), None where there is none of a sensible size."""
    if isinstance(image, str):
        image = base64.b64decode(image)
    if not isinstance(image, bytes) or len(image) > MAX_IMAGE_BYTES:
        return None
    return np.frombuffer(image, np.uint8)
