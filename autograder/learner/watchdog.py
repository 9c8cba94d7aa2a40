"""Ends this process when a cell or a call takes longer than grading allows, and says which, and where it was.

It also ends where nobody is there any more to be told, however that one was ended: at once where the system gives
orphans another parent, after a limit on Windows.

A thread looks at the clock. Code that keeps Python from running any other thread is ended by the system, by a timer of
processor time: then STUCK is the status of the process, and in which line of the notebook that was remains unknown.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NoReturn

from autograder.guide import TimeLimits
from autograder.learner.awake import Awake
from autograder.learner.line import Line
from autograder.learner.places import Places

ENDED = 75
"""The exit status of a process that was ended because something took too long."""
STUCK = -signal.SIGPROF if hasattr(signal, "SIGPROF") else None
"""The exit status of one that was ended by the timer, None where there is no such timer."""
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

    @property
    def left(self) -> float:
        """The seconds up to the end, below 0 after it."""
        return self.end - self.clock()


@dataclass(frozen=True)
class _Step:
    """A cell or a call and its limits, first the one to be named where nobody can look at the clocks."""

    name: str
    is_cell: bool
    limits: tuple[_Limit, ...]

    @property
    def left(self) -> float:
        """The seconds up to the last limit."""
        return max(limit.left for limit in self.limits)


class Watchdog:
    """Watches one step at a time: a cell, or a call of what is defined in `home`."""

    def __init__(self, limits: TimeLimits, home: Mapping[str, Any], line: Line, places: Places) -> None:
        self._limits = limits
        self._home = home
        self._line = line
        self._places = places
        self._step: _Step | None = None
        self._awake = Awake(_LOOK)
        self._main = threading.get_ident()
        self._listener = os.getppid()
        if STUCK is not None:
            signal.signal(signal.SIGPROF, signal.SIG_DFL)
        threading.Thread(target=self._watch, daemon=True, name="autograder watchdog").start()

    def cell(self, name: str) -> Any:
        """Let the cell that runs inside the `with` take its time."""
        return self._during(_Step(name, True, (self._on_the_clock(self._limits.cell_seconds, "the cell"),)))

    def call(self, name: str, *, seconds: float | None, training: bool) -> Any:
        """Let the call of `name` inside the `with` take its time: `seconds` where a test has set a limit."""
        limit = seconds or self._limits.call_seconds
        if not training:
            return self._during(_Step(name, False, (self._on_the_clock(limit, "the call"),)))
        allowed = self._limits.training_seconds
        end = time.process_time() + allowed
        trained = _Limit(time.process_time, end, f"used up its {allowed:g} s of processor time")
        return self._during(_Step(name, False, (trained, self._on_the_clock(limit + _PATIENCE * allowed, "the call"))))

    def _on_the_clock(self, seconds: float, what: str) -> _Limit:
        reason = f"{what} ran longer than {seconds:g} s and was stopped"
        return _Limit(self._awake.seen, self._awake.now() + seconds, reason)

    @contextmanager
    def _during(self, step: _Step) -> Iterator[None]:
        before = self._step
        self._begin(step)
        try:
            yield
        finally:
            self._begin(before)

    def _begin(self, step: _Step | None) -> None:
        """Set the timer together with the step that it is for: the one of another step would end an innocent one."""
        with self._line.lock:
            self._step = step
            if step is not None:
                self._line.tell({"begun": {"name": step.name, "reason": step.limits[0].reason}})
            self._set_timer()

    def _set_timer(self) -> None:
        """Let the system end the process where this thread cannot look for as long as the step may take.

        Processor time does not pass while the process is stopped, or while others keep the processors busy.
        """
        if STUCK is not None:
            seconds = 0.0 if self._step is None else max(self._step.left, 0.0) + _GRACE
            signal.setitimer(signal.ITIMER_PROF, seconds)

    def _watch(self) -> None:
        while True:
            time.sleep(_LOOK)
            if os.getppid() != self._listener:
                _leave()
            with self._line.lock:
                self._awake.look()
                self._set_timer()
                step = self._step
                late = [limit for limit in step.limits if limit.left < 0] if step else []
                if step and late:
                    number, text = self._place(step)
                    said = {"name": step.name, "reason": late[0].reason, "line": number, "text": text}
                    with contextlib.suppress(OSError):  # nobody is there any more
                        self._line.tell({"late": said})
                    _leave()

    def _place(self, step: _Step) -> tuple[int | None, str]:
        """Return number and text of the line of the student's own that is being run."""
        frames = []
        frame = sys._current_frames().get(self._main)
        while frame is not None:
            if frame.f_globals is self._home:
                frames.append((frame.f_code.co_filename, frame.f_lineno))
            frame = frame.f_back
        frames.reverse()
        return self._places.in_cell(frames) if step.is_cell else self._places.innermost(frames)


def _leave() -> NoReturn:
    os._exit(ENDED)
