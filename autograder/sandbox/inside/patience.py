"""A limit on the processor time of one call, and how far the call had got when it was over."""

from __future__ import annotations

import dis
import signal
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from types import CodeType, FrameType, TracebackType
from typing import Any, NoReturn

import numpy as np

from autograder.sandbox.inside import failures

_AGAIN_SECONDS = 0.2  # for code that catches every exception and goes on
_MOST_NAMES = 6
_NUMBERS = (int, float, np.int64, np.float64, np.int32, np.float32)
_UNLIMITED = nullcontext()


class OutOfTimeError(BaseException):
    """The processor time of a call is over. No Exception, so that `except Exception` does not catch it."""


def processor_time(seconds: float | None) -> AbstractContextManager[None]:
    """Raise OutOfTimeError inside the `with` when it has used this much processor time; None sets no limit.

    It is raised once more at the end where the code inside has caught it: what comes too late does not count.
    """
    return _UNLIMITED if seconds is None else _limited(seconds)


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    over: list[OutOfTimeError] = []

    def strike(number: int, frame: FrameType | None) -> NoReturn:
        del number
        error = OutOfTimeError()
        over.append(error.with_traceback(_traceback(frame)))
        raise error

    signal.signal(signal.SIGPROF, strike)
    signal.setitimer(signal.ITIMER_PROF, seconds, _AGAIN_SECONDS)
    try:
        yield
    finally:
        forget()
    if over:
        raise over[0]


def forget() -> None:
    """Let no timer strike any more."""
    signal.signal(signal.SIGPROF, signal.SIG_IGN)
    signal.setitimer(signal.ITIMER_PROF, 0)


def describe(error: OutOfTimeError) -> dict[str, Any]:
    """Return the facts that the grader gets; it checks each of them again.

    The place is the line that the called function was at, and the text the numbers that it held, without its arguments.
    """
    called = _called(error)
    cell, line, text = None, None, ""
    if called is not None:
        frame, line = called
        cell, text = failures.cell_index(frame.f_code.co_filename), _numbers(frame)
    return {"kind": "slow", "exception": "TimeoutError", "cell": cell, "line": line, "text": text}


def _traceback(frame: FrameType | None) -> TracebackType | None:
    """Return the frames from the outermost one to `frame`: an exception caught inside forgets the outer ones."""
    trace: TracebackType | None = None
    while frame is not None:
        trace = TracebackType(trace, frame, frame.f_lasti, frame.f_lineno)
        frame = frame.f_back
    return trace


def _numbers(frame: FrameType) -> str:
    code = frame.f_code
    arguments = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    own = {name: value for name, value in frame.f_locals.items() if name not in arguments and type(value) in _NUMBERS}
    loops = _loop_variables(code)
    names = sorted(own, key=lambda name: name not in loops)  # a sort keeps the order of equals
    return ", ".join(f"{name} = {_shown(own[name])}" for name in names[:_MOST_NAMES])


def _loop_variables(code: CodeType) -> set[str]:
    """Return the names that a `for` of the code gives its values to: one, or all of those that it unpacks into."""
    steps = list(dis.get_instructions(code))
    begin = [index + 1 for index, step in enumerate(steps) if step.opname == "FOR_ITER"]
    return {name for index in begin for step in _targets(steps[index:]) for name in _stored(step)}


def _targets(steps: Sequence[dis.Instruction]) -> Iterator[dis.Instruction]:
    """Yield the steps before the body of a `for`; the last may load already what the body begins with."""
    for step in steps:
        if not step.opname.startswith(("STORE_FAST", "UNPACK_")):
            return
        yield step
        if "LOAD" in step.opname:
            return


def _stored(step: dis.Instruction) -> Sequence[str]:
    """Return the names that a step stores to: since Python 3.13 it may be two, or one and a name that it loads."""
    names = step.argval if isinstance(step.argval, tuple) else (step.argval,)
    return names[: step.opname.count("STORE_FAST")]


def _called(error: BaseException) -> tuple[FrameType, int] | None:
    """Return the outermost frame that lies in a cell, and its line."""
    trace = error.__traceback__
    while trace is not None:
        if failures.cell_index(trace.tb_frame.f_code.co_filename) is not None:
            return trace.tb_frame, trace.tb_lineno
        trace = trace.tb_next
    return None


def _shown(value: Any) -> str:
    return str(int(value)) if isinstance(value, int | np.integer) else f"{float(value):.4g}"
