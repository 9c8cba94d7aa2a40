"""Tests side by side: each runs until it calls the submission, and what all of them ask then goes there together.

Two processes that take turns wake each other up for every call, and each finds its caches full of the other's data.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextvars import Context, copy_context
from dataclasses import dataclass
from functools import partial
from typing import Any, NoReturn

from greenlet import GreenletExit, getcurrent, greenlet

from autograder.sandbox.parcels import Parcel
from autograder.together import calling

Exchange = Callable[[list[Parcel]], list[dict[str, Any]]]
Task = Callable[[], BaseException | None]

_ATTEMPTS = 3  # at ending a task: one that cleans up may ask once more
_MOST_IDLE = 256


class _Coroutine:
    """Does one task after the other, and goes back to the hub whenever one asks or has ended.

    To make one takes as long as fifty calls of a function, so it stays for later tasks.
    """

    def __init__(self, hub: greenlet) -> None:
        self._hub = hub
        self._greenlet = greenlet(self._work, parent=hub)
        self.busy = self.failed = False

    def begin(self, task: Callable[[], Any], context: Context) -> None:
        if not self._greenlet:
            self._greenlet.switch()  # begun without a task: it would keep what it was begun with
        self._greenlet.gr_context = context
        self.busy, self.failed = True, False
        self._greenlet.switch(task)

    def go_on(self, *reply: Any) -> None:
        self._greenlet.switch(*reply)

    def end(self) -> bool:
        """End the task where it is; tell whether another one may follow."""
        for _ in range(_ATTEMPTS):
            if self.busy and not self._greenlet.dead:
                self._greenlet.throw(GreenletExit)
        if not self._greenlet.dead:
            self._greenlet.gr_context = None
        return not self.busy

    def _work(self) -> None:
        while True:
            task = self._hub.switch()
            self.failed = task() is not None
            self.busy = False
            del task


class _Idle(threading.local):
    """The coroutines of a thread that have nothing to do."""

    def __init__(self) -> None:
        self.hub = getcurrent()
        self.coroutines: list[_Coroutine] = []

    def of(self, hub: greenlet) -> list[_Coroutine]:
        if self.hub is not hub:
            self.hub, self.coroutines = hub, []
        return self.coroutines


_idle = _Idle()


@dataclass
class _Group:
    """Calls that one task makes at once, and what came of them: a result or an exception."""

    asks: _Coroutine
    results: list[tuple[Any, Exception | None]]
    left: int


class SideBySide:
    """Runs tasks as coroutines. `exchange` sends what they ask and returns the replies in order."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._hub = getcurrent()
        self._running: _Coroutine  # whoever asks, asks for it
        self._ready: deque[tuple[_Coroutine, Callable[[], None]]] = deque()
        self._asking: list[tuple[_Coroutine, Parcel]] = []
        self._begun: list[_Coroutine] = []

    def all_pass(self, tasks: Sequence[Task]) -> bool:
        """Run the tasks until all have returned None, or one has returned something else.

        What a task or the exchange raises is raised. Tasks that have not ended are ended where they are.
        """
        with calling(self._each):
            for task in tasks:
                self._begin(task)
        try:
            while self._ready or self._asking:
                if not self._ready:
                    self._fetch()
                self._running, go_on = self._ready.popleft()
                go_on()
                if self._running.failed:
                    return False
            return not any(each.busy for each in self._begun)
        finally:
            idle = _idle.of(self._hub)
            idle += [each for each in self._begun if each.end()]
            del idle[_MOST_IDLE:]

    def ask(self, parcel: Parcel) -> dict[str, Any]:
        """Return the reply to what a task asks; the others go on in the meantime."""
        self._asking.append((self._running, parcel))
        reply: dict[str, Any] = self._hub.switch()
        return reply

    def give_up(self) -> NoReturn:
        """End the task that calls this, and the tasks have not all passed."""
        raise GreenletExit

    def _each(self, function: Callable[[Any], Any], arguments: Sequence[Any]) -> list[Any]:
        """Make calls of one task side by side, too."""
        if not arguments:
            return []
        group = _Group(self._running, [(None, None)] * len(arguments), len(arguments))
        for index, argument in enumerate(arguments):
            self._begin(partial(self._one, group, index, function, argument))
        self._hub.switch()
        for _, error in group.results:
            if error is not None:
                raise error
        return [result for result, _ in group.results]

    def _one(self, group: _Group, index: int, function: Callable[[Any], Any], argument: Any) -> None:
        try:
            group.results[index] = (function(argument), None)
        except Exception as error:
            group.results[index] = (None, error)
        group.left -= 1
        if not group.left:
            self._ready.append((group.asks, group.asks.go_on))

    def _begin(self, task: Callable[[], Any]) -> None:
        idle = _idle.of(self._hub)
        begun = idle.pop() if idle else _Coroutine(self._hub)
        self._begun.append(begun)
        # what holds around the beginning holds in the task
        self._ready.append((begun, partial(begun.begin, task, copy_context())))

    def _fetch(self) -> None:
        asking, self._asking = self._asking, []
        replies = self._exchange([parcel for _, parcel in asking])
        self._ready.extend((each, partial(each.go_on, reply)) for (each, _), reply in zip(asking, replies, strict=True))
