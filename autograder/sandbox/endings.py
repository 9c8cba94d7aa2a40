"""How a worker ended, in words for the student whose code ran in it."""

from __future__ import annotations

import os
import signal

from autograder.errors import CallFailed

_ENDINGS = {
    signal.SIGSEGV: "the process crashed: it touched memory that is not its own (SIGSEGV)",
    signal.SIGABRT: "the process crashed: it gave up (SIGABRT)",
    signal.SIGTRAP: "the process crashed: it gave up (SIGTRAP)",  # abort() on arm64, where SIGABRT is refused
    signal.SIGFPE: "the process crashed: an integer division the machine cannot do (SIGFPE)",
    signal.SIGBUS: "the process crashed: it touched memory that is not there (SIGBUS)",
    signal.SIGKILL: "the process was killed by the system: too much memory or processor time (SIGKILL)",
    signal.SIGSYS: "the process was stopped at a system call of another architecture (SIGSYS)",
}


def ended_by(name: str, status: int | None) -> CallFailed:
    """Return the failure of the call over which a process ended; its wait status is None where that is not known."""
    if status is None:
        return CallFailed(name, "died", "the process closed its connection")
    if not os.WIFSIGNALED(status):
        code = os.waitstatus_to_exitcode(status)
        return CallFailed(name, "died", f"the process ended itself with exit code {code}")
    number = os.WTERMSIG(status)
    if number == signal.SIGXCPU:
        return CallFailed(name, "timeout", "used up the processor time of the whole submission")
    reason = _ENDINGS.get(signal.Signals(number)) if number in set(signal.Signals) else None
    return CallFailed(name, "died", reason or f"the process was ended by signal {number}")
