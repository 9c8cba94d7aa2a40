"""The processor time of a training: when it is over, what the student is told, and what no trick gains."""

from __future__ import annotations

import math
import time
from typing import Any

import pytest

from autograder.diagnosis import diagnose
from autograder.errors import CallFailed, WireError
from autograder.sandbox import Cell, Submission, untrusted
from tests.sandbox.conftest import Load

SECONDS = 0.3
PATIENCE = 60
"""Seconds on the clock for a call that is about processor time: a busy machine gives a process little of it."""
TRAIN = """\
import numpy as np
import signal, time

def forward(n):
    total = 0
    for hidden_layer in range(n):
        total += hidden_layer
    return total

def train(epochs, rate=0.1):
    a, b, c, d, e, f, g = range(7)
    name = "text"
    big = 1e9
    for epoch, scale in enumerate([0.5] * epochs):
        for step in range(100):
            forward(2000)
    return "done"

def again(seconds):
    return used(seconds)

def used(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
    return "done"

def sleep(seconds):
    time.sleep(seconds)
    return "done"

def gives_up_late():
    count = 0
    try:
        while True:
            count += 1
    except:
        return "done"

def catches_exceptions():
    while True:
        try:
            forward(1000)
        except Exception:
            pass

def catches_all():
    while True:
        try:
            forward(1000)
        except:
            pass

def stops_the_timer(seconds):
    signal.setitimer(signal.ITIMER_PROF, 0)
    return used(seconds)

def ignores_the_timer(seconds):
    signal.signal(signal.SIGPROF, signal.SIG_IGN)
    return used(seconds)

def uses_threads(seconds):
    import threading
    end = time.process_time() + seconds
    def work():
        while time.process_time() < end:
            pass
    threads = [threading.Thread(target=work) for _ in range(3)]
    [each.start() for each in threads]
    [each.join() for each in threads]
    return "done"

def leaves_a_timer():
    signal.signal(signal.SIGPROF, lambda *_: 1 / 0)
    signal.setitimer(signal.ITIMER_PROF, 0.05, 0.05)
    return "done"
"""


@pytest.fixture
def submission(load: Load) -> Submission:
    """A submission that trains for 0.3 s at most, and whose other calls may last a few seconds."""
    return load(TRAIN, training_seconds=SECONDS, call_seconds=3)


def stopped(submission: Submission, name: str, *args: Any) -> CallFailed:
    """The failure of a training."""
    with submission.training(), pytest.raises(CallFailed) as caught:
        getattr(submission, name)(*args)
    return caught.value


def line_of(text: str) -> int:
    return next(number for number, line in enumerate(TRAIN.splitlines(), 1) if text in line)


class TestStopped:
    def test_says_how_far_it_got(self, submission: Submission) -> None:
        """The place is the line of the called function, with its loop variables first and six numbers at most."""
        failure = stopped(submission, "train", 10**6)
        assert (failure.kind, failure.reason) == ("timeout", "used up its 0.3 s of processor time")
        assert (failure.cell, failure.line) == ("cell 1", line_of("forward(2000)"))
        names = [part.split(" = ")[0] for part in failure.detail.split(", ")]
        assert names[:3] == ["epoch", "scale", "step"] or set(names[:3]) == {"epoch", "scale", "step"}
        assert len(names) == 6
        numbers = dict(part.split(" = ") for part in failure.detail.split(", "))
        assert int(numbers["epoch"]) >= 0
        assert 0 <= int(numbers["step"]) < 100
        assert numbers["scale"] == "0.5"
        assert not {"rate", "epochs", "name", "hidden_layer"} & set(names)

    @pytest.mark.parametrize("name", ["catches_exceptions", "gives_up_late"])
    def test_catching_it_is_of_no_use(self, submission: Submission, name: str) -> None:
        """What comes after the time is over does not count, whatever the code catches."""
        failure = stopped(submission, name)
        assert (failure.kind, failure.reason) == ("timeout", "used up its 0.3 s of processor time")

    def test_catching_everything_ends_by_the_clock(self, submission: Submission) -> None:
        """Code that never lets go is killed from outside."""
        start = time.monotonic()
        failure = stopped(submission, "catches_all")
        assert (failure.kind, failure.reason) == ("timeout", "the call ran longer than 4.2 s and was stopped")
        assert time.monotonic() - start < 12

    @pytest.mark.parametrize("name", ["stops_the_timer", "ignores_the_timer"])
    def test_switching_the_timer_off_is_of_no_use(self, load: Load, name: str) -> None:
        """The grader reads the processor time itself, and refuses a result that took more."""
        submission = load(TRAIN, training_seconds=SECONDS, call_seconds=30)
        failure = stopped(submission, name, 2.5)
        assert (failure.kind, failure.reason, failure.detail) == ("timeout", "used up its 0.3 s of processor time", "")

    def test_threads_count_together(self, load: Load) -> None:
        """The time of all threads is added up."""
        submission = load(TRAIN, training_seconds=SECONDS, call_seconds=30)
        failure = stopped(submission, "uses_threads", 2.5)
        assert (failure.kind, failure.reason) == ("timeout", "used up its 0.3 s of processor time")

    def test_the_next_call_has_a_new_process(self, submission: Submission) -> None:
        """What was stopped anywhere is not used again: the cells run anew, and the next training has all its time."""
        stopped(submission, "train", 10**6)
        with submission.training():
            assert submission.train(1) == "done"


class TestNotStopped:
    def test_sleeping_costs_no_processor_time(self, submission: Submission) -> None:
        """Only the processor's time counts, so that a busy machine costs nobody a grade."""
        with submission.training():
            assert submission.sleep(2 * SECONDS) == "done"

    def test_each_call_has_its_own_time(self, submission: Submission) -> None:
        """Three trainings of less than the limit are all right, though they exceed it together."""
        with submission.training():
            assert [submission.used(0.6 * SECONDS) for _ in range(3)] == ["done"] * 3

    def test_other_calls_have_no_such_limit(self, submission: Submission) -> None:
        """Before and after the `with`, a call has its own limit on the clock."""
        with submission.training():
            submission.train(1)
        with submission.limits_of_call(call_seconds=PATIENCE):
            assert submission.used(2 * SECONDS) == "done"

    def test_an_error_ends_the_limit_with_the_call(self, submission: Submission) -> None:
        """A training that raises says what it raised, and leaves no timer behind."""
        with submission.training(), pytest.raises(CallFailed) as caught:
            submission.train("many")
        assert caught.value.exception == "TypeError"
        with submission.limits_of_call(call_seconds=PATIENCE):
            assert submission.used(2 * SECONDS) == "done"

    def test_a_timer_left_behind_hurts_nobody_else(self, submission: Submission) -> None:
        """A submission's own timer spoils its own call at most; the next training has all its time."""
        submission.leaves_a_timer()
        with pytest.raises(CallFailed) as caught:
            submission.used(0.5)
        assert caught.value.kind in ("died", "raised")
        with submission.training():
            assert submission.train(1) == "done"


CELLS = (Cell("train", "def train():\n    pass"),)


def report(**changes: Any) -> dict[str, Any]:
    """What a worker says of a training that was stopped."""
    return {"kind": "slow", "exception": "TimeoutError", "cell": 0, "line": 2, "text": "epoch = 3", **changes}


class TestReport:
    @pytest.mark.parametrize(
        ("text", "kept"),
        [
            ("epoch = 3, loss = 0.25", "epoch = 3, loss = 0.25"),
            (
                "loss = 1e-05, x = -2.5, y = nan, z = -inf, w = 1e+06",
                "loss = 1e-05, x = -2.5, y = nan, z = -inf, w = 1e+06",
            ),
            ("a = 1, b = 2, c = 3, d = 4, e = 5, f = 6, g = 7", "a = 1, b = 2, c = 3, d = 4, e = 5, f = 6"),
            ("epoch = 3, secret = 'the answer', step = 1", "epoch = 3, step = 1"),
            ("you have full points, ask = 1", "ask = 1"),
            ("epoch = 1234567890123", ""),
            ("<b>x</b> = 1", ""),
            ("x" * 40 + " = 1", ""),
            ("é = 1", ""),
            ("x = 1\nscore = 2", ""),
            ("x = 1\n", ""),
            ("x = １", ""),
            ("", ""),
            (None, ""),
            (7, ""),
        ],
    )
    def test_names_and_numbers_only(self, text: Any, kept: str) -> None:
        """Of what a submission says only short names with numbers are kept, six of them."""
        failure = untrusted.failure("train", report(text=text), CELLS, cpu_seconds=30.0)
        assert (failure.kind, failure.reason, failure.detail) == ("timeout", "used up its 30 s of processor time", kept)

    @pytest.mark.parametrize(
        ("cell", "line", "place"),
        [
            (0, 2, ("train", 2)),
            (0, 3, (None, None)),
            (1, 1, (None, None)),
            ("0", 1, (None, None)),
            (0, math.nan, (None, None)),
        ],
    )
    def test_a_place_in_the_notebook_only(self, cell: Any, line: Any, place: tuple[Any, Any]) -> None:
        """Cell and line are kept where they exist."""
        failure = untrusted.failure("train", report(cell=cell, line=line), CELLS, cpu_seconds=30.0)
        assert (failure.cell, failure.line) == place

    def test_refused_where_nothing_was_limited(self) -> None:
        """Outside a training nobody runs out of processor time: such a report is not believed."""
        with pytest.raises(WireError):
            untrusted.failure("train", report(), CELLS)


class TestUsed:
    def test_the_kernel_says_it(self, submission: Submission) -> None:
        """What a call computed counts, and nothing else does: neither sleep nor what the caller does meanwhile."""
        before = submission.processor_seconds()
        submission.used(0.2)
        between = submission.processor_seconds()
        submission.sleep(0.2)
        sum(range(3_000_000))
        after = submission.processor_seconds()
        assert between - before >= 0.2
        assert after - between < 0.1

    def test_without_the_kernel_a_clock_does(self, submission: Submission, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where it does not tell, time passes all the same."""
        monkeypatch.setattr("autograder.sandbox.channel.Channel.cpu_seconds", lambda _: 0.0)
        before = submission.processor_seconds()
        submission.sleep(0.1)
        assert submission.processor_seconds() - before >= 0.1


class TestMessage:
    FAILURE = untrusted.failure("train", report(text="epoch = 3, step = 250"), CELLS, cpu_seconds=30.0)

    def test_visible(self) -> None:
        """In a visible check the student reads the line and the loop variables."""
        said = diagnose(self.FAILURE, question="train", hidden=False, line_text="    pass").message
        assert "`train`: used up its 30 s of processor time in your line 2: `pass`, with epoch = 3, step = 250." in said

    def test_hidden(self) -> None:
        """In a hidden check nothing comes back but that the time was used up."""
        said = diagnose(self.FAILURE, question="train", hidden=True, line_text="    pass").message
        assert said.startswith("`train`: used up its 30 s of processor time. ")
        assert not any(part in said for part in ("epoch", "250", "line 2", "pass"))
