"""A submission in this process: the reference, a misconception, or the notebook of a student's own kernel."""

from __future__ import annotations

import inspect
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Literal, NoReturn

import numpy as np

from autograder import call_limits, timed
from autograder.bound import bound
from autograder.errors import CallFailed
from autograder.failures import unusable
from autograder.snapshot import base_form, snapshot
from autograder.whence import exception_name, place_of

__all__ = ["LocalHandle", "LocalSubmission", "calls_without_value", "definitions"]

_DETAIL_LENGTH = 2_000
_TYPE_NAME_LENGTH = 40
_without_value: ContextVar[list[str] | None] = ContextVar("calls that returned None", default=None)


@contextmanager
def calls_without_value() -> Iterator[list[str]]:
    """Give the list of the names of calls that returned None, which grows inside the `with` block."""
    calls: list[str] = []
    with bound(_without_value, calls):
        yield calls


class LocalSubmission:
    """Calls by attribute, `submission.sigmoid_forward(x)`, with the surface that a sandboxed submission has.

    Arguments and results are copied, so that neither side sees what the other does to its arrays later. What is not
    plain data comes back as a handle with methods to call. Exceptions of the called code become CallFailed.
    """

    def __init__(self, namespace: Mapping[str, Any]) -> None:
        self._namespace = namespace
        self.runs: list[Any] = []

    def __getattr__(self, name: str) -> _LocalFunction:
        if name.startswith("_"):
            raise AttributeError(name)
        return _LocalFunction(self, name)

    def has(self, name: str) -> bool:
        """Tell whether the submission defines `name`."""
        return name in self._namespace

    def arguments_after(self, name: str, *args: Any) -> list[Any]:
        """Call `name` and return its positional arguments as they are after the call."""
        called, copies = self._lookup(name), _copied(args)
        _guarded(name, called, copies, {})
        return [_returned(copy, name, called) for copy in copies]

    def define(self, thing: Callable[..., Any]) -> LocalHandle:
        """Return a function or class of the test's own as an object of the submission, to be called there."""
        return LocalHandle(thing, thing.__name__)

    @contextmanager
    def limits_of_call(self, *, call_seconds: float) -> Iterator[LocalSubmission]:
        """Let each call inside the `with` take so many seconds, where anybody watches the time."""
        with call_limits.within(call_seconds):
            yield self

    @contextmanager
    def training(self) -> Iterator[LocalSubmission]:
        """Let calls inside the `with` have the processor time of a training, where anybody watches the time."""
        with call_limits.as_training():
            yield self

    @contextmanager
    def strict_numbers(self) -> Iterator[LocalSubmission]:
        """Let the calls inside the `with` raise FloatingPointError where numpy would warn of overflow or NaN."""
        with call_limits.strictly():
            yield self

    def processor_seconds(self) -> float:
        """Return the processor time that this process has used."""
        return time.process_time()

    def close(self) -> None:
        """Do nothing: there is no process to end."""

    def __enter__(self) -> LocalSubmission:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def _lookup(self, name: str) -> Callable[..., Any]:
        if name not in self._namespace:
            raise CallFailed(name, "missing", f"there is no `{name}` in the notebook")
        called = self._namespace[name]
        if not callable(called):
            raise CallFailed(name, "missing", f"`{name}` in the notebook is no function")
        return called  # type: ignore[no-any-return]


def definitions(submission: LocalSubmission, names: Sequence[str]) -> tuple[Any, ...]:
    """Return the objects that the submission has under these names, None for those it has not."""
    return tuple(submission._namespace.get(name) for name in names)


class _LocalFunction:
    """A function of the submission: to be called, or to be handed to another one."""

    def __init__(self, submission: LocalSubmission, name: str) -> None:
        self._submission = submission
        self._name = name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        called = self._target
        result = _guarded(self._name, called, _copied(args), _copied(kwargs))
        value = _returned(result, self._name, called)
        words = unusable(self._name, value.type_name) if isinstance(value, LocalHandle) else ""
        if words:
            if inspect.iscoroutine(result):
                result.close()  # or Python warns that it was never awaited
            raise CallFailed(self._name, "refused", "it returned no value", advice=words)
        return value

    @property
    def _target(self) -> Callable[..., Any]:
        return self._submission._lookup(self._name)


class LocalHandle:
    """An object that a submission returned and that is no plain data: its methods can be called, nothing else."""

    is_handle = True

    def __init__(self, target: Any, type_name: str, contents: Any = None) -> None:
        self._target = target
        self._contents = contents
        self.type_name = type_name

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)

        def call(*args: Any, **kwargs: Any) -> Any:
            return self._call(f"{self.type_name}.{name}", getattr(self._target, name, None), args, kwargs)

        return call

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the object itself."""
        return self._call(f"{self.type_name}.__call__", self._target, args, kwargs)

    def _call(self, name: str, method: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if not callable(method):
            raise CallFailed(name, "missing", f"there is no method `{name}` in the notebook")
        return _returned(_guarded(name, method, _copied(args), _copied(kwargs)), name, method)


def _copied(arguments: Any) -> Any:
    """Copy plain data all the way down, take handles apart, and hand on everything else as it is."""
    ours = (LocalHandle, _LocalFunction)
    return snapshot(arguments, lambda value: value._target if isinstance(value, ours) else value)


def _guarded(name: str, called: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call code that may do anything; numpy's warnings are its own affair, unless a test asks for strict numbers."""
    try:
        numbers: Literal["raise", "ignore"] = "raise" if call_limits.strict() else "ignore"
        with timed.call(name), warnings.catch_warnings(), np.errstate(all=numbers, under="ignore"):
            warnings.simplefilter("ignore")
            return called(*args, **kwargs)
    except CallFailed:
        raise
    except (Exception, SystemExit) as error:
        _raise_failure(name, called, error)


def _raise_failure(name: str, called: Callable[..., Any], error: BaseException) -> NoReturn:
    cell, line = place_of(error, called)
    kind = exception_name(error)
    reason = f"raised {kind}" + (f" in line {line}" if line else "")
    raise CallFailed(name, "raised", reason, exception=kind, cell=cell, line=line, detail=_text_of(error)) from error


def _text_of(error: BaseException) -> str:
    try:
        return str(error)[:_DETAIL_LENGTH]
    except Exception:
        return ""


def _returned(value: Any, name: str, called: Callable[..., Any]) -> Any:
    """Return a copy of the plain data in `value`, with handles for everything else."""

    def handle(target: Any) -> LocalHandle:
        is_instance = isinstance(called, type) and type(target) is called
        base = base_form(target)
        contents = None if base is None else snapshot(base, handle)
        return LocalHandle(target, name if is_instance else _type_name(target), contents)

    calls = _without_value.get()
    if value is None and calls is not None:
        calls.append(name)
    try:
        return snapshot(value, handle)
    except RecursionError as error:
        raise CallFailed(name, "refused", "returned something nested too deeply") from error


def _type_name(target: Any) -> str:
    name = "".join(c for c in type(target).__name__ if c == "_" or (c.isascii() and c.isalnum()))
    return name[:_TYPE_NAME_LENGTH] or "object"
