"""Crashes, time limits and hostile replies: each ends one call, says why, and costs nothing else."""

from __future__ import annotations

import os
import resource
import signal
import threading
import time
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from autograder.errors import CallFailed
from autograder.sandbox import Cell, Sandbox
from tests.sandbox.conftest import Load

CRASHES = """
import ctypes, os, signal, sys, threading, time
import numpy as np
state = []

def fine(x=1):
    state.append(x)
    return len(state)

def exits(code): os._exit(code)
def segfault(): ctypes.string_at(1)
def aborts(): os.abort()
def spin():
    while True: pass
def stubborn():
    for number in (signal.SIGXCPU, signal.SIGTERM, signal.SIGINT): signal.signal(number, lambda *a: None)
    while True:
        try:
            while True: time.sleep(0.01)
        except BaseException: pass
def sleeps(): time.sleep(60)
def deadlock():
    lock = threading.Lock()
    lock.acquire(); lock.acquire()
def busy_threads():
    busy = lambda: [np.sort(np.random.rand(1 << 20)) for _ in range(10_000)]
    for _ in range(2): threading.Thread(target=busy).start()
    time.sleep(60)
def hoards():
    x = [np.ones(1 << 20) for _ in range(10_000)]
def floods():
    while True: os.write(1, b"x" * 65536)
def make(size): return np.ones(size << 17)
"""

REPLIES = """
import json, os, struct, threading, time

def send(data): os.write(3, data)
def frame(node, blob=b"", sizes=None):
    header = node if isinstance(node, bytes) else json.dumps(node).encode()
    return struct.pack("<IQ", *(sizes or (len(header), len(blob)))) + header + blob
def reply(number, value=None):
    return frame(["t", [number, True, value]])

def fine(): return 1
def huge_header(): send(struct.pack("<IQ", 2**32 - 1, 0)); time.sleep(60)
def huge_blob(): send(struct.pack("<IQ", 2, 2**60)); time.sleep(60)
def promised_blob(): send(frame(b"[]", sizes=(2, 200 << 20))); time.sleep(60)
def wrong_number(): send(reply(10**6)); time.sleep(60)
def no_number(): send(frame(["t", [True, 1]])); time.sleep(60)
def no_answer(): send(frame(["l", [1]])); time.sleep(60)
def ok_is_a_word(): send(frame(["t", [3, "yes", 1]])); time.sleep(60)
def no_value(number): send(frame(["t", [number, True]])); time.sleep(60)
def no_json(): send(frame(b"{{{{")); time.sleep(60)
def deep(): send(frame(b"[" * 1_000_000)); time.sleep(60)
def pickled(data): send(frame(data)); time.sleep(60)
def overlapping():
    array = ["a", "<f8[131072]"]
    send(frame(["l", [array] * 2000], bytes(1 << 20))); time.sleep(60)
def bad_failure(number):
    send(frame(["t", [number, False, "no"]])); time.sleep(60)
def half_then_exit(): send(b"\\x10\\x00"); os._exit(0)
def half_then_wait(): send(b"\\x10\\x00"); time.sleep(60)
def drip():
    for byte in reply(1) * 1000: send(bytes([byte])); time.sleep(0.05)
def hang_up(): os.close(3); time.sleep(60)
def twice(number): send(reply(number, 5)); return 6
def later(): threading.Timer(0.05, send, [reply(7)]).start()
def deaf(): os.readv = lambda *a: time.sleep(60)
"""


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def rejected(call: Any, *args: Any) -> CallFailed:
    with pytest.raises(CallFailed) as caught:
        call(*args)
    return caught.value


class TestCrashes:
    @pytest.mark.parametrize(
        ("name", "args", "reason"),
        [
            ("exits", [0], "ended itself with exit code 0"),
            ("exits", [3], "ended itself with exit code 3"),
            ("segfault", [], "SIGSEGV"),
            ("aborts", [], "SIG"),
            ("floods", [], "more than 64 MB of output"),
        ],
    )
    def test_end_one_call(self, load: Load, name: str, args: list[int], reason: str) -> None:
        """A process that ends is one failed call with the reason; the next call finds a fresh process."""
        submission = load(CRASHES)
        assert submission.fine() == 1
        assert submission.fine() == 2
        failure = rejected(getattr(submission, name), *args)
        assert failure.kind in ("died", "refused")
        assert reason in failure.reason
        assert submission.fine() == 1

    def test_the_cells_are_run_again(self, load: Load) -> None:
        """After a crash every cell has been run again, and the outputs of the first time stay."""
        submission = load("print('once')\nx = [1]", CRASHES, "x.append(2)\ndef total(): return sum(x)")
        first = [run.outputs for run in submission.runs]
        rejected(submission.exits, 0)
        assert submission.total() == 3
        assert [run.outputs for run in submission.runs] == first

    def test_a_cell_that_crashes_is_left_out(self, load: Load) -> None:
        """A cell that ends the process is skipped from then on; those before and after it count."""
        submission = load("a = 1", "import os\nos._exit(0)", "b = a + 1", "def f(): return a + b")
        kinds = [run.failure.kind if run.failure else None for run in submission.runs]
        assert kinds == [None, "died", None, None]
        assert submission.f() == 3

    def test_an_object_of_the_process_that_ended_is_lost(self, load: Load) -> None:
        """A handle does not survive its process, and says so."""
        submission = load(CRASHES + "\nclass Gate:\n    def forward(self): return 1")
        gate = submission.Gate()
        rejected(submission.exits, 0)
        failure = rejected(gate.forward)
        assert failure.kind == "died"
        assert "lost" in failure.reason
        assert submission.Gate().forward() == 1

    def test_memory_without_end(self, load: Load) -> None:
        """More memory than allowed is a MemoryError of that call."""
        submission = load(CRASHES, memory_mb=128)
        assert rejected(submission.hoards).exception == "MemoryError"
        assert submission.fine() == 1

    def test_memory_within_the_limit(self, load: Load) -> None:
        """What the limit allows can be used."""
        assert load(CRASHES, memory_mb=256).make(100).nbytes == 100 << 20

    def test_the_zygote_is_started_again(self) -> None:
        """When the warm process itself has died, the next process comes from a new one."""
        with Sandbox() as sandbox:
            assert sandbox._host._started is not None
            os.killpg(sandbox._host._started.process.pid, signal.SIGKILL)
            with sandbox.load([Cell("a", "def f(): return 1")], seed=0) as submission:
                assert submission.f() == 1


class TestTime:
    @pytest.mark.parametrize("name", ["spin", "stubborn", "sleeps", "deadlock"])
    def test_a_call(self, load: Load, name: str) -> None:
        """A call ends at its limit, whatever it does to go on, and the next one works."""
        submission = load(CRASHES, call_seconds=0.3)
        start = time.monotonic()
        failure = rejected(getattr(submission, name))
        assert time.monotonic() - start < 3
        assert (failure.kind, failure.reason) == ("timeout", "the call ran longer than 0.3 s and was stopped")
        assert submission.fine() == 1

    def test_a_cell(self, load: Load) -> None:
        """A cell ends at its limit; it is skipped from then on and the others are run."""
        submission = load("a = 1", "while True: pass", "def f(): return a", cell_seconds=0.3)
        failure = submission.runs[1].failure
        assert failure is not None
        assert (failure.kind, failure.reason) == ("timeout", "the cell ran longer than 0.3 s and was stopped")
        assert submission.f() == 1

    def test_a_limit_of_its_own(self, load: Load) -> None:
        """One call may have another limit, those after it have the old one."""
        submission = load("import time\ndef f(): time.sleep(0.4); return 1", call_seconds=0.1)
        with submission.limits_of_call(call_seconds=5):
            assert submission.f() == 1
        assert "0.1 s" in rejected(submission.f).reason

    def test_the_whole_submission(self, load: Load) -> None:
        """When the time of the submission is over, every call says so at once."""
        submission = load(CRASHES, submission_seconds=2, call_seconds=60)
        assert submission.fine() == 1
        reasons = {rejected(submission.sleeps).reason, rejected(submission.fine).reason}
        assert reasons == {"the whole submission used up its 2 s"}
        seconds = []
        for _ in range(10):
            start = time.monotonic()
            assert rejected(submission.fine).kind == "timeout"
            seconds.append(time.monotonic() - start)
        assert min(seconds) < 0.1  # any one of them may have had to wait for a processor

    def test_cells_after_the_time_is_over(self, load: Load) -> None:
        """Cells for which no time is left are not run, and say why."""
        submission = load("while True: pass", "x = 1", "y = 1", submission_seconds=0.5)
        assert [run.failure.kind if run.failure else None for run in submission.runs] == ["timeout"] * 3
        assert rejected(submission.f).kind == "timeout"

    def test_processor_time(self, load: Load) -> None:
        """The kernel counts processor time by itself, of all threads, and its end is told from a crash."""
        if os.cpu_count() == 1:
            pytest.skip("one processor: the clock is always first")
        submission = load(CRASHES, submission_seconds=1, call_seconds=30)
        submission._session.limits = msgspec.structs.replace(submission._session.limits, submission_seconds=60)
        failure = rejected(submission.busy_threads)
        assert (failure.kind, failure.reason) == ("timeout", "used up the processor time of the whole submission")


class TestReplies:
    @pytest.mark.parametrize(
        ("name", "kind", "reason"),
        [
            ("huge_header", "refused", "larger than allowed"),
            ("huge_blob", "refused", "larger than allowed"),
            ("wrong_number", "refused", "another question"),
            ("no_number", "refused", "no answer"),
            ("no_answer", "refused", "no answer"),
            ("ok_is_a_word", "refused", "no answer"),
            ("no_json", "refused", "malformed"),
            ("deep", "refused", "malformed"),
            ("overlapping", "refused", "larger than the data sent"),
            ("half_then_exit", "died", "exit code 0"),
            ("half_then_wait", "timeout", "longer than"),
            ("hang_up", "died", "closed its connection"),
        ],
    )
    def test_what_is_no_reply(self, load: Load, name: str, kind: str, reason: str) -> None:
        """A malformed, foreign, half or missing reply fails that call only."""
        submission = load(REPLIES, call_seconds=0.8)
        failure = rejected(getattr(submission, name))
        assert failure.kind == kind
        assert reason in failure.reason
        assert submission.fine() == 1

    @pytest.mark.parametrize(("name", "reason"), [("no_value", "no answer"), ("bad_failure", "malformed")])
    def test_half_truths(self, load: Load, name: str, reason: str) -> None:
        """A reply with the right number and the wrong content is refused, too."""
        submission = load(REPLIES, call_seconds=0.8)
        number = submission._session.worker("fine")._number + 1
        failure = rejected(getattr(submission, name), number)
        assert failure.kind == "refused"
        assert reason in failure.reason
        assert submission.fine() == 1

    def test_a_slow_drip_ends_at_the_limit(self, load: Load) -> None:
        """Bytes that come one by one do not prolong the time."""
        submission = load(REPLIES, call_seconds=0.5)
        start = time.monotonic()
        assert rejected(submission.drip).kind == "timeout"
        assert time.monotonic() - start < 2

    def test_a_second_reply_is_found_by_the_next_call(self, load: Load) -> None:
        """An extra reply is refused; it is never the answer to another question."""
        submission = load(REPLIES)
        number = submission._session.worker("fine")._number + 1
        assert submission.twice(number) == 5
        failure = rejected(submission.fine)
        assert failure.kind == "refused"
        # Which of the two is a race: the second reply comes before the next request or after it.
        assert "nobody had asked for" in failure.reason or "another question" in failure.reason
        assert submission.fine() == 1

    def test_a_message_between_calls(self, load: Load) -> None:
        """A message that a thread sends later is refused as well."""
        submission = load(REPLIES)
        submission.later()
        time.sleep(0.2)
        assert "nobody had asked for" in rejected(submission.fine).reason

    def test_a_submission_that_does_not_listen(self, load: Load) -> None:
        """Sending a large argument to nobody ends at the limit, too."""
        submission = load(REPLIES + "\ndef size(x): return x.size", call_seconds=0.8)
        submission.deaf()
        assert rejected(submission.size, np.zeros(1 << 20)).kind == "timeout"
        assert submission.size(np.zeros(1 << 20)) == 1 << 20

    def test_pickle_is_never_read(self, load: Load, tmp_path: Path) -> None:
        """Bytes that would create a file when unpickled create none."""
        marker = tmp_path / "marker"
        data = f"cposix\nsystem\n(S'touch {marker}'\ntR.".encode()
        array = np.frombuffer(data, np.uint8)
        submission = load(REPLIES + "\ndef attack(x): pickled(x.tobytes())", call_seconds=0.8)
        assert rejected(submission.attack, array).kind == "refused"
        assert not marker.exists()

    def test_promised_bytes_take_no_memory(self, load: Load) -> None:
        """Memory is taken as bytes arrive, not as they are announced."""
        submission = load(REPLIES, call_seconds=0.5)
        sizes = [resident_bytes()]
        done = threading.Event()

        def watch() -> None:
            while not done.wait(0.05):
                sizes.append(resident_bytes())

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            assert rejected(submission.promised_blob).kind == "timeout"
        finally:
            done.set()
            watcher.join()
        assert len(sizes) > 3
        assert max(sizes) - sizes[0] < 50 << 20
