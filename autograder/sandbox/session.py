"""The life of one submission: its worker, the cells that are run in it, and what happens after a crash."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from autograder import call_limits
from autograder.datasets import Digits
from autograder.errors import CallFailed, WireError
from autograder.limits import Limits
from autograder.sandbox import untrusted, wire
from autograder.sandbox.channel import Channel, Message
from autograder.sandbox.host import Host
from autograder.sandbox.parcels import Parcel
from autograder.sandbox.untrusted import Cell, CellRun, Room

if TYPE_CHECKING:
    from autograder.sandbox.side_by_side import SideBySide, Task

_PATIENCE = 4  # how much longer than its processor time a call may last where others keep the processors busy
_SLACK = 1.1  # of the processor time, for what is sent to and fro
_SLACK_SECONDS = 1.0
_QUICK_SECONDS = 1.0  # for cells that may have to run again, and for tests that are tried together
_PASSES_SECONDS = 2.0  # for all such trials of one submission
_MOST_TOGETHER = 64 << 20  # bytes that the answers of one moment may take
_DRAWS = re.compile(
    r"\b(plt|pyplot|matplotlib)\s*\.(?!\s*pyplot\b)|pyplot\s+as\s+(?!plt\b)|from\s+matplotlib|pylab|mpl_toolkits"
)
_CELLS_OF_TEXT = 32  # full cells of text that are kept of one submission


class Session:
    """Runs the cells once and then answers requests, in a new worker whenever the old one is gone.

    A cell at which a worker died or ran out of time is left out from then on. `generation` counts the workers.
    All time that the submission uses is added up; when it is over every request raises CallFailed.
    """

    def __init__(
        self, host: Host, cells: Sequence[Cell], *, limits: Limits, seed: int, digits: Digits | None = None
    ) -> None:
        self.limits = limits
        self._digits = digits
        self.generation = 0
        self.runs: list[CellRun] = []
        self.cells = tuple(cells)
        self._host = host
        self._figures = any(_DRAWS.search(cell.source) for cell in self.cells)
        self._seed = seed
        self._spent = 0.0
        self._skipped: set[int] = set()
        self._channel: Channel | None = None
        self._closed = False
        self._beside: SideBySide | None = None
        self._starts_free = False
        self._room = self._new_room()
        for index in range(len(self.cells)):
            self.runs.append(self._first_run(index))
        self._left_for_passes = _PASSES_SECONDS if digits is None and self._spent < _QUICK_SECONDS else 0.0

    def ask(self, name: str, message: Message, *, refer: wire.Refer, resolve: wire.Resolve) -> Any:
        """Return the worker's value for a message, within the time of a call; raises CallFailed."""
        channel = self.worker(name)
        if self._beside is not None:
            if self.cpu_seconds is not None or call_limits.seconds() is not None:
                self._beside.give_up()  # a call with a limit of its own is made alone
            return self._value(name, self._beside.ask(channel.packed(message, refer).copied()), channel)
        seconds, late = self._time(name, self.call_seconds, "the call")
        start, used = time.monotonic(), channel.cpu_seconds() if call_limits.training() else 0.0
        try:
            reply = channel.request(message, name=name, seconds=seconds, late=late, refer=refer, resolve=resolve)
        finally:
            self._spent += time.monotonic() - start
        value = self._value(name, reply, channel)
        self._require_in_time(name, channel, used)
        return value

    def all_pass(self, tasks: Sequence[Task], resolve: wire.Resolve) -> bool:
        """Tell whether all tasks return None when their requests go to the worker together, and soon.

        Otherwise they have to be done one by one, which shows why, in a new worker: this one is ended, and the time is
        not the submission's. Where that would cost more than it gains, nothing is tried.
        """
        from autograder.sandbox.side_by_side import SideBySide  # what it needs is installed where classes are graded

        channel = self._channel
        if not tasks or self._left_for_passes <= 0 or channel is None or not channel.alive:
            return False
        passed, spent, start = False, self._spent, time.monotonic()
        end = start + min(_QUICK_SECONDS, self._left_for_passes)
        self._beside = SideBySide(partial(self._together, channel, resolve, end))
        try:
            with contextlib.suppress(Exception):
                passed = self._beside.all_pass(tasks)
        finally:
            self._beside = None
            self._left_for_passes -= time.monotonic() - start
            if not passed:
                channel.close()
                self._spent, self._starts_free = spent, True
        return passed

    def _together(
        self, channel: Channel, resolve: wire.Resolve, end: float, parcels: Sequence[Parcel]
    ) -> list[dict[str, Any]]:
        start = time.monotonic()
        seconds, late = self._time("", end - start, "the calls")
        try:
            return channel.exchange(parcels, name="", seconds=seconds, late=late, resolve=resolve, most=_MOST_TOGETHER)
        finally:
            self._spent += time.monotonic() - start

    def _value(self, name: str, reply: dict[str, Any], channel: Channel) -> Any:
        """Return the value of a reply; raises CallFailed where it tells of a failure."""
        if not reply["ok"]:
            raise self._failure(name, reply["failure"], channel)
        return reply["value"]

    def _require_in_time(self, name: str, channel: Channel, before: float) -> None:
        """Raise CallFailed where a training used more than its time: a submission can switch off its own timer."""
        limit = self.cpu_seconds
        if limit is not None and channel.cpu_seconds() - before > _SLACK * limit + _SLACK_SECONDS:
            channel.close()
            raise CallFailed(name, "timeout", untrusted.used_up(limit))

    @property
    def cpu_seconds(self) -> float | None:
        """Processor time that a call may use now; None where only the clock counts."""
        return self.limits.training_seconds if call_limits.training() else None

    @property
    def call_seconds(self) -> float:
        """Seconds after which a call is stopped from outside; while training, other programs may need some, too."""
        seconds = call_limits.seconds() or self.limits.call_seconds
        return seconds + (_PATIENCE * self.limits.training_seconds if call_limits.training() else 0.0)

    def worker(self, name: str) -> Channel:
        """Return the worker, if need be a new one with the cells run again; raises CallFailed where there is none."""
        while self._channel is None or not self._channel.alive:
            if self._closed:
                raise CallFailed(name, "died", "the submission is closed")
            self._time(name, 1.0, "")
            spent = self._spent
            self._start()
            if self._starts_free:
                self._left_for_passes -= self._spent - spent
                self._spent, self._starts_free = spent, False
        return self._channel

    def close(self) -> None:
        """End the worker."""
        self._closed = True
        if self._channel is not None:
            self._host.nearby.part(self._channel)
            self._channel.close()

    def _new_room(self) -> Room:
        return Room(text_bytes=_CELLS_OF_TEXT * self.limits.output_kb << 10)

    def _start(self) -> None:
        """Start a new worker and run the cells so far in it; it is dead when one of them killed it."""
        start = time.monotonic()
        sources = [cell.source for cell in self.cells]
        self._channel = self._host.worker(self.limits, self._seed, cells=sources, figures=self._figures)
        if self._digits is None:
            self._host.nearby.join(self._channel)
        else:  # there are trainings: who works for a minute should not wait for others
            self._give(self._digits, self._channel)
        self._spent += time.monotonic() - start
        self.generation += 1
        for index in range(self._channel.ran, len(self.runs)):
            if index not in self._skipped:
                self._run(index, self._channel, self._new_room())
            if not self._channel.alive:
                return

    def _give(self, digits: Digits, channel: Channel) -> None:
        message = "digits", (digits.images, digits.labels, digits.source)
        seconds, late = self._time("load_mnist", _PATIENCE * self.limits.cell_seconds, "the start")
        channel.request(message, name="load_mnist", seconds=seconds, late=late, refer=_nothing, resolve=_no_handle)

    def _first_run(self, index: int) -> CellRun:
        cell = self.cells[index]
        try:
            channel = self.worker(cell.name)
        except CallFailed as failure:
            self._skipped.add(index)
            return CellRun(cell, [], failure)
        return CellRun(cell, [], None) if index < channel.ran else self._run(index, channel, self._room)

    def _run(self, index: int, channel: Channel, room: Room) -> CellRun:
        """Run one cell; where its worker does not survive, the cell is skipped from now on."""
        cell = self.cells[index]
        text_bytes = self.limits.output_kb << 10
        message = "cell", (index, cell.source, text_bytes)
        start = time.monotonic()
        try:
            seconds, late = self._time(cell.name, self.limits.cell_seconds, "the cell")
            reply = channel.request(
                message, name=cell.name, seconds=seconds, late=late, refer=_nothing, resolve=_no_handle
            )
            return self._report(cell, reply, text_bytes, room)
        except CallFailed as failure:
            channel.close()
            self._skipped.add(index)
            return CellRun(cell, [], failure)
        finally:
            self._spent += time.monotonic() - start

    def _report(self, cell: Cell, reply: dict[str, Any], text_bytes: int, room: Room) -> CellRun:
        try:
            report = reply["value"] if reply["ok"] else None
            outputs = untrusted.outputs(report, text_bytes=text_bytes, room=room)
            failed = report.get("failure") if type(report) is dict else None
            failure = None if failed is None else untrusted.failure(cell.name, failed, self.cells)
        except WireError as error:
            raise CallFailed(cell.name, "refused", f"the answer was refused: {error}") from None
        return CellRun(cell, outputs, failure)

    def _failure(self, name: str, report: Any, channel: Channel) -> CallFailed:
        try:
            failure = untrusted.failure(name, report, self.cells, cpu_seconds=self.cpu_seconds)
        except WireError as error:
            channel.close()
            return CallFailed(name, "refused", f"the answer was refused: {error}")
        if failure.kind == "timeout":
            channel.close()  # it was stopped anywhere: what it left behind is not to be relied upon
        return failure

    def _time(self, name: str, limit: float, what: str) -> tuple[float, str]:
        """Seconds that a step may take, and what to say when they are over; raises CallFailed when none are left."""
        total = self.limits.submission_seconds
        spent = f"the whole submission used up its {total:g} s"
        left = total - self._spent
        if left <= 0:
            raise CallFailed(name, "timeout", spent)
        return (left, spent) if left < limit else (limit, f"{what} ran longer than {limit:g} s and was stopped")


def _nothing(value: Any) -> tuple[int, str]:
    raise WireError(f"a {type(value).__name__} cannot be sent")


def _no_handle(number: int, name: str) -> None:
    del number, name
