"""A submission as the tests see it: its functions are called as if they stood in the same process."""

from __future__ import annotations

import time
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from types import FunctionType, TracebackType
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from autograder import call_limits
from autograder.datasets import Digits
from autograder.errors import CallFailed, WireError
from autograder.limits import Limits
from autograder.sandbox import untrusted, wire
from autograder.sandbox.channel import Message
from autograder.sandbox.handle import Handle, Remote
from autograder.sandbox.host import Host
from autograder.sandbox.session import Session
from autograder.sandbox.sources import source_of
from autograder.sandbox.untrusted import Cell, CellRun

if TYPE_CHECKING:
    from autograder.reading import Reading
    from autograder.sandbox.side_by_side import Task

_AS_THEY_ARE = frozenset([np.ndarray, float, int, bool, str, type(None)])
_LOST = "an object that it needs was lost when the submission's process had to be started again"


class Submission:
    """The code of one submission in its own process. `submission.name(…)` calls the notebook's function of that name.

    A plain value comes back as itself, anything else as a Handle. Every failure is a CallFailed. After a crash or a
    time-out the next call starts a new process and runs the cells again, without those that crashed or ran too long.
    A function or class passed as an argument is sent as source (WireError where that is not possible). Not thread-safe.
    """

    def __init__(
        self, host: Host, cells: Sequence[Cell], *, limits: Limits, seed: int, digits: Digits | None = None
    ) -> None:
        self._defined: dict[Any, Handle] = {}
        self._handles: weakref.WeakSet[Handle] = weakref.WeakSet()
        self._reading: Reading | None = None
        self._session = Session(host, cells, limits=limits, seed=seed, digits=digits)

    def __getattr__(self, name: str) -> Remote:
        if name.startswith("__"):
            raise AttributeError(name)
        return Remote(self, name)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def runs(self) -> list[CellRun]:
        """The cells, with outputs and failures, of the first time that they were run."""
        return list(self._session.runs)

    def close(self) -> None:
        """End the process. Calls after this raise CallFailed."""
        self._session.close()

    def explain_by(self, reading: Reading) -> None:
        """Let the failures of all further calls have the advice that the submission's source gives."""
        self._reading = reading

    def has(self, name: str) -> bool:
        """Whether the notebook defines the name."""
        return self._ask(name, ("has", (name,))) is True

    def arguments_after(self, name: str, *args: Any) -> list[Any]:
        """Call the notebook's function `name` and return the positional arguments as they are after the call."""
        after = self._call(name, None, args, {}, after=True)
        if type(after) is not list or len(after) != len(args):
            raise CallFailed(name, "refused", "the answer was refused: it is not the list of the arguments")
        return after

    def attribute(self, handle: Handle, name: str) -> Any:
        """Return the value of an attribute of an object."""
        self._session.worker(name)
        return self._ask(name, ("attribute", (handle, name)))

    def define(self, thing: Any) -> Handle:
        """Send a function or class of the grader's as source; what it defines lives in the submission's process.

        Raises WireError where it cannot be sent: a lambda, a closure, a decorator, or names of its own file in it.
        """
        source, name = source_of(thing)
        self._session.worker(name)
        known = self._defined.get(thing)
        if known is None or known._generation != self._session.generation:
            known = self._handle_of(("define", (source, name)), name)
            self._defined[thing] = known
        return known

    @contextmanager
    def limits_of_call(self, *, call_seconds: float) -> Iterator[Self]:
        """Another time limit for the calls that are made inside the `with`."""
        with call_limits.within(call_seconds):
            yield self

    @contextmanager
    def training(self) -> Iterator[Self]:
        """Limit the calls inside the `with` by the processor time of a training; the clock's limit is longer."""
        with call_limits.as_training():
            yield self

    @contextmanager
    def strict_numbers(self) -> Iterator[Self]:
        """Let the calls inside the `with` raise FloatingPointError where numpy would warn of overflow or NaN."""
        with call_limits.strictly():
            yield self

    def all_pass(self, tasks: Sequence[Task]) -> bool:
        """Tell whether all tasks, tests of this submission, return None when they run side by side.

        Where they do not, running them one by one shows why, in a process that has seen nothing of this. It is not
        tried while somebody holds an object of the submission, which a new process would not have.
        """
        if len(self._handles) > len(self._defined):
            return False
        before = dict(vars(self))
        passed = self._session.all_pass(tasks, self._handle)
        if not passed:  # what tests keep here may be of the process that is gone
            vars(self).clear()
            vars(self).update(before)
        return passed

    def processor_seconds(self) -> float:
        """Return the processor time that its process has used, as the kernel says: it has no say in that itself.

        Where the kernel does not tell, it is the time of a clock.
        """
        return self._session.worker("processor_seconds").cpu_seconds() or time.perf_counter()

    def call_target(
        self, target: str | Handle, method: str | None, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        """Call a function of the notebook, an object there or a method of it."""
        return self._call(target, method, args, kwargs, after=False)

    def _call(
        self, target: str | Handle, method: str | None, args: tuple[Any, ...], kwargs: dict[str, Any], *, after: bool
    ) -> Any:
        name = target if isinstance(target, str) else f"{target.type_name}.{method or '__call__'}"
        sent = [each if type(each) in _AS_THEY_ARE else self._sendable(each) for each in args]
        by_keyword = {key: self._sendable(each) for key, each in kwargs.items()}
        message = "call", (target, method, sent, by_keyword, after, self._session.cpu_seconds, call_limits.strict())
        if self._reading is None:
            return self._ask(name, message)
        try:
            value = self._ask(name, message)
        except CallFailed as failure:
            raise self._reading.explained(failure) from None
        self._reading.require_usable(name, value)
        return value

    def _sendable(self, value: Any) -> Any:
        """Return the value, with handles in the place of functions, classes and names of the notebook."""
        if isinstance(value, Remote):
            return self._looked_up(value)
        if isinstance(value, FunctionType | type):
            return self.define(value)
        if type(value) in (list, tuple):
            return type(value)(self._sendable(each) for each in value)
        if type(value) is dict:
            return {key: self._sendable(each) for key, each in value.items()}
        return value

    def _looked_up(self, remote: Remote) -> Handle:
        target, method = remote._target, remote._method
        if method is not None:
            raise WireError("the method of an object cannot be sent to a submission: send the object")
        if isinstance(target, Handle):
            return target
        return self._handle_of(("name", (target,)), target)

    def _handle_of(self, message: Message, name: str) -> Handle:
        number = self._ask(name, message)
        if type(number) is not int or not 0 <= number <= wire.MAX_HANDLE:
            raise CallFailed(name, "refused", "the answer was refused: it is not the number of an object")
        return self._handle(number, name)

    def _ask(self, name: str, message: Message) -> Any:
        return self._session.ask(name, message, refer=partial(self._refer, name), resolve=self._handle)

    def _refer(self, name: str, value: Any) -> tuple[int, str]:
        if not isinstance(value, Handle):
            raise WireError(f"a {type(value).__name__} cannot be sent to a submission: only plain values can")
        if value._owner is not self or value._generation != self._session.generation:
            raise CallFailed(name, "died", _LOST)
        return value._number, value.type_name

    def _handle(self, number: int, name: str) -> Handle:
        """Make a handle; the worker may forget the object when the handle is gone."""
        channel = self._session.worker(name)
        handle = Handle(self, number, self._session.generation, untrusted.type_name(name))
        weakref.finalize(handle, channel.release, number).atexit = False
        self._handles.add(handle)
        return handle
