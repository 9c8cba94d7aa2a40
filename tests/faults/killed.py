"""Work that is killed before each of its file operations in turn, as by a power switch: no handler of its own runs."""

from __future__ import annotations

import os
import signal
import sys
import warnings
from collections.abc import Callable

_FILES = ("open", "os.", "shutil.", "tempfile.")


def killed_at(operation: int, work: Callable[[], object]) -> bool:
    """Do `work` in a process that is killed before this of its file operations (from 1); return whether it came to it.

    Raises AssertionError where the work ends otherwise than by itself or by the kill.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # threads of others do not live on in the child
        child = os.fork()
    if child == 0:
        _work(operation, work)
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return True
    assert os.waitstatus_to_exitcode(status) == 0
    return False


def _work(operation: int, work: Callable[[], object]) -> None:
    count = 0

    def kill(event: str, _: object) -> None:
        nonlocal count
        count += event.startswith(_FILES)
        if count == operation:
            os.kill(os.getpid(), signal.SIGKILL)

    try:
        sys.addaudithook(kill)
        work()
        os._exit(0)
    finally:
        os._exit(1)
