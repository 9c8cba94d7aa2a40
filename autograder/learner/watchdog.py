"""Ends this process when a cell or a call takes longer than grading allows, and says which, and where it was.

A thread looks at the clock. Code that keeps Python from running any other thread is ended by `faulthandler`, which
needs none: it writes what begins with STUCK, and in which line of the notebook that was remains unknown.
"""

from __future__ import annotations

import faulthandler
import linecache
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NoReturn

from autograder.guide import TimeLimits
from autograder.learner.line import Line

ENDED = 75
"""The exit status of a process that was ended because something took too long."""
STUCK = b"Timeout ("
_LOOK = 0.1
_GRACE = 1.0
_PATIENCE = 4
"""How much longer than its processor time a training may last where others keep the processors busy."""


@dataclass(frozen=True)
class _Limit:
    """One clock, what it may show at most, and what there is to say when it shows more."""

    clock: Callable[[], float]
    end: float
    reason: str


class Watchdog:
    """Watches one step at a time: a cell, or a call of what is defined in `home`."""

    def __init__(self, limits: TimeLimits, home: Mapping[str, Any], line: Line) -> None:
        self._limits = limits
        self._home = home
        self._line = line
        self._step: tuple[str, tuple[_Limit, ...]] | None = None
        self._main = threading.get_ident()
        self._arm()
        threading.Thread(target=self._watch, daemon=True, name="autograder watchdog").start()

    def cell(self, name: str) -> Any:
        """Let the cell that runs inside the `with` take its time."""
        return self._during(name, _on_the_clock(self._limits.cell_seconds, "the cell"))

    def call(self, name: str, *, seconds: float | None, training: bool) -> Any:
        """Let the call of `name` inside the `with` take its time: `seconds` where a test has set a limit."""
        limit = seconds or self._limits.call_seconds
        if not training:
            return self._during(name, _on_the_clock(limit, "the call"))
        allowed = self._limits.training_seconds
        end = time.process_time() + allowed
        trained = _Limit(time.process_time, end, f"used up its {allowed:g} s of processor time")
        return self._during(name, trained, _on_the_clock(limit + _PATIENCE * allowed, "the call"))

    @contextmanager
    def _during(self, name: str, *limits: _Limit) -> Iterator[None]:
        before, self._step = self._step, (name, limits)
        try:
            yield
        finally:
            self._step = before

    def _watch(self) -> None:
        while True:
            time.sleep(_LOOK)
            self._arm()
            step = self._step
            if step is None:
                continue
            for limit in step[1]:
                if limit.clock() > limit.end:
                    self._end(step, limit.reason)

    def _arm(self) -> None:
        """Let the process be ended where this thread cannot look at the clock for as long as anything may take."""
        seconds = max(self._limits.call_seconds, self._limits.cell_seconds)
        if self._step is not None:
            seconds = max(limit.end - limit.clock() for limit in self._step[1])
        faulthandler.dump_traceback_later(max(seconds, 0.0) + _GRACE, exit=True, file=self._line.file)

    def _end(self, step: tuple[str, tuple[_Limit, ...]], reason: str) -> None:
        number, text = self._place()
        with self._line.lock:
            if self._step is step:
                self._line.tell({"late": {"name": step[0], "reason": reason, "line": number, "text": text}})
                _leave()

    def _place(self) -> tuple[int | None, str]:
        """Return number and text of the line of the student's own that is being run."""
        frame = sys._current_frames().get(self._main)
        while frame is not None and frame.f_globals is not self._home:
            frame = frame.f_back
        if frame is None:
            return None, ""
        return frame.f_lineno, linecache.getline(frame.f_code.co_filename, frame.f_lineno).strip()


def _on_the_clock(seconds: float, what: str) -> _Limit:
    return _Limit(time.monotonic, time.monotonic() + seconds, f"{what} ran longer than {seconds:g} s and was stopped")


def _leave() -> NoReturn:
    os._exit(ENDED)
