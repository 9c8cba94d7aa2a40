"""What stands in the grader for things that live in a worker: functions, methods, objects that are no plain data."""

from __future__ import annotations

from typing import Any, ClassVar, Protocol


class Owner(Protocol):
    """Who makes the calls: a Submission."""

    def call_target(
        self, target: str | Handle, method: str | None, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        """Return the result of the call."""


class Handle:
    """An object that stays in the worker. Opaque: it has a type name, methods to call, and may be passed back.

    `_contents` is the plain form of what is a tuple, list or dict of a class of its own, as it was when it came.

    `handle.method(…)` calls a method, `handle(…)` the object itself. Two handles are never compared, only told apart.
    """

    is_handle: ClassVar[bool] = True  # how others tell it without importing this package

    __slots__ = ("__weakref__", "_contents", "_generation", "_number", "_owner", "type_name")

    def __init__(self, owner: Owner, number: int, generation: int, type_name: str) -> None:
        self._owner = owner
        self._number = number
        self._generation = generation
        self.type_name = type_name
        self._contents: Any = None

    def __getattr__(self, name: str) -> Remote:
        if name.startswith("__"):
            raise AttributeError(name)
        return Remote(self._owner, self, name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the object."""
        return self._owner.call_target(self, None, args, kwargs)

    def __repr__(self) -> str:
        return f"<{self.type_name} in the submission>"


class Remote:
    """A function of the notebook (`target` is its name) or a method of an object there. Calling it calls it there."""

    __slots__ = ("_method", "_owner", "_target")

    def __init__(self, owner: Owner, target: str | Handle, method: str | None = None) -> None:
        self._owner = owner
        self._target = target
        self._method = method

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function or method."""
        return self._owner.call_target(self._target, self._method, args, kwargs)

    def __repr__(self) -> str:
        return f"<{self._method or self._target} of the submission>"
