"""One reply to one request: whatever else a worker says, no answer is ever taken for another's."""

from __future__ import annotations

import itertools
import json
import struct
import threading
from collections import namedtuple
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from autograder.errors import CallFailed, WireError
from autograder.limits import Limits
from autograder.sandbox import Submission, channel, wire
from tests.fuzz import peers
from tests.fuzz.frames import frame_of
from tests.fuzz.peers import AMPLE_SECONDS, Peer

LIMITS = Limits(call_seconds=AMPLE_SECONDS, submission_seconds=1e6)


def given_class() -> None:
    """Sent as source."""


def honest(request: dict[str, Any]) -> tuple[int, bool, Any]:
    return request["number"], True, request["arguments"][2][0] if request["operation"] == "call" else 7


def raw(*replies: Any) -> bytes:
    return b"".join(frame_of(reply).bytes() for reply in replies)


def numbered(request: dict[str, Any], number: Any) -> bytes:
    return raw((number, *honest(request)[1:]))


FORGED = {
    "the number before": lambda request: numbered(request, request["number"] - 1),
    "the number after": lambda request: numbered(request, request["number"] + 1),
    "a number that is a bool": lambda request: numbered(request, True),
    "a number that is a float": lambda request: numbered(request, float(request["number"])),
    "a number that is a scalar of numpy's": lambda request: numbered(request, np.int64(request["number"])),
    "both value and failure": lambda request: raw((*honest(request), None)),
    "neither value nor failure": lambda request: raw(honest(request)[:2]),
    "a failure that is a value": lambda request: raw((request["number"], False, 7)),
    "a list of the three": lambda request: raw(list(honest(request))),
    "a dict of the three": lambda request: raw(dict(zip(("number", "ok", "value"), honest(request), strict=True))),
    "a tuple of a class of its own": lambda request: raw(namedtuple("Answer", "n ok value")(*honest(request))),
    "one that is 1": lambda request: raw((request["number"], 1, honest(request)[2])),
    "one that is a bool of numpy's": lambda request: raw((request["number"], np.True_, honest(request)[2])),
    "nothing but a value": lambda request: raw(request["arguments"]),
    "the request itself": lambda request: raw(request),
    "a failure of no kind": lambda request: raw((request["number"], False, {"kind": "x"})),
    "a training that was slow": lambda request: raw((request["number"], False, {"kind": "slow"})),
    "a handle": lambda _: frame_of(object()).bytes(),
}
FOLLOWED = {
    "the same reply again": lambda request: raw(honest(request), honest(request)),
    "a reply to the next": lambda request: raw(honest(request)) + numbered(request, request["number"] + 1),
    "half a reply": lambda request: raw(honest(request), honest(request))[:-1],
    "one byte": lambda request: raw(honest(request)) + b"\0",
}


class Conversations(RuleBasedStateMachine):
    """Calls to a submission whose worker answers as told, honestly unless told otherwise."""

    def __init__(self) -> None:
        super().__init__()
        self.say: Any = None
        self.host = peers.Hosts(self.answer)
        self.submission = Submission(self.host, [], limits=LIMITS, seed=0)  # type: ignore[arg-type]
        self.count = itertools.count()
        self.unasked = False

    def answer(self, peer: Peer, request: dict[str, Any]) -> None:
        say, self.say = self.say, None
        peer.send(say(request) if say else raw(honest(request)))

    def call(self) -> None:
        number = next(self.count)
        assert self.submission.f(number) == number

    def refused(self) -> None:
        with pytest.raises(CallFailed) as caught:
            self.call()
        assert caught.value.kind == "refused"
        assert not self.host.peers[-1].channel.alive
        self.unasked = False

    @rule()
    def asks(self) -> None:
        """An honest reply is the answer, unless words that nobody asked for came before it."""
        if self.unasked:
            self.refused()
        self.call()

    @precondition(lambda self: not self.unasked)
    @rule(kind=st.sampled_from(sorted(FORGED)))
    def is_answered_wrongly(self, kind: str) -> None:
        """A forged reply is refused, and the worker is done with."""
        self.say = FORGED[kind]
        self.refused()

    @precondition(lambda self: not self.unasked)
    @rule(kind=st.sampled_from(sorted(FOLLOWED)))
    def is_answered_twice(self, kind: str) -> None:
        """The first reply is the answer; the rest is found before anything else is asked."""
        self.say = FOLLOWED[kind]
        self.call()
        self.unasked = True

    @precondition(lambda self: self.host.peers and self.host.peers[-1].channel.alive)
    @rule(ahead=st.integers(0, 3))
    def hears_words_that_nobody_asked_for(self, ahead: int) -> None:
        """A reply to a question that is still to come is never an answer."""
        peer = self.host.peers[-1]
        peer.reply(peer.channel._number + ahead, "forged")
        self.unasked = True

    @precondition(lambda self: not self.unasked)
    @rule(value=st.sampled_from([None, "1", True, 1.0, -1, 2**63, [1]]))
    def gets_no_number_of_an_object(self, value: Any) -> None:
        """Where the number of an object is asked for, nothing else is taken for one."""
        self.submission._defined.clear()
        self.say = lambda request: raw((request["number"], True, value))
        with pytest.raises(CallFailed) as caught:
            self.submission.define(given_class)
        assert caught.value.kind == "refused"

    @precondition(lambda self: not self.unasked)
    @rule(value=st.sampled_from([None, 1, "yes", [True], np.True_, np.ones(1, bool)]))
    def is_told_something_else_than_yes(self, value: Any) -> None:
        """Whether a name is there is True or it is not."""
        self.say = lambda request: raw((request["number"], True, value))
        assert self.submission.has("f") is False

    def teardown(self) -> None:
        """End the processes."""
        self.submission.close()
        self.host.close()


TestConversations = Conversations.TestCase
TestConversations.settings = settings(max_examples=25, stateful_step_count=25, deadline=None, database=None)


@contextmanager
def peer_that(answer: peers.Answer) -> Iterator[Peer]:
    peer = Peer(answer)
    try:
        yield peer
    finally:
        peer.close()


def ask(peer: Peer, seconds: float = AMPLE_SECONDS) -> Any:
    return peer.channel.request(
        ("has", ("f",)), name="f", seconds=seconds, late="late", refer=refuse, resolve=lambda n, _: n
    )


def refuse(value: Any) -> tuple[int, str]:
    raise WireError(f"no handle for a {type(value).__name__}")


def failure_of(peer: Peer, seconds: float = AMPLE_SECONDS) -> CallFailed:
    with pytest.raises(CallFailed) as caught:
        ask(peer, seconds)
    return caught.value


class TestChannel:
    def test_any_number_of_handles_can_be_given_back(self) -> None:
        """Numbers of freed handles go out with the next requests, however many and however long they are."""
        freed: list[int] = []

        def answer(peer: Peer, request: dict[str, Any]) -> None:
            freed.extend([] if request["free"] is None else request["free"].tolist())
            peer.reply(request["number"], None)

        with peer_that(answer) as peer:
            wanted = [wire.MAX_HANDLE - number for number in range(150_000)]
            for number in wanted:
                peer.channel.release(number)
            for _ in range(3):
                ask(peer)
            assert freed == wanted

    def test_what_cannot_be_sent_costs_no_worker(self) -> None:
        """A message that is too large is the caller's fault: the next one is answered."""
        with peer_that(lambda peer, request: peer.reply(request["number"], None)) as peer:
            with pytest.raises(WireError, match="too many separate values"):
                peer.channel.request(
                    ("has", (list(range(400_000)),)), name="f", seconds=1, late="", refer=refuse, resolve=refuse
                )
            assert ask(peer)["value"] is None

    def test_a_request_to_a_process_that_has_ended(self) -> None:
        """It is a failed call like any other."""
        with peer_that(lambda *_: None) as peer:
            peer.channel.close()
            assert failure_of(peer).kind == "died"

    def test_no_memory_for_an_answer(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where the machine has no memory for what is announced, the call fails and the process is gone."""

        def empty(*_: Any) -> Any:
            raise MemoryError

        with peer_that(lambda peer, request: peer.reply(request["number"], "x" * (1 << 17))) as peer:
            monkeypatch.setattr(channel.np, "empty", empty)
            failure = failure_of(peer)
            assert (failure.kind, "no memory" in failure.reason) == ("refused", True)
            assert not peer.channel.alive

    def test_bytes_that_never_cease_do_not_prolong_the_time(self) -> None:
        """The deadline holds where there is always something to read."""
        stop = threading.Event()

        def answer(peer: Peer, request: dict[str, Any]) -> None:
            peer.send(struct.pack("<IQ", 2, wire.MAX_BLOB))
            while not stop.is_set():
                try:
                    peer.socket.sendall(bytes(16))
                except OSError:
                    return

        with peer_that(answer) as peer:
            try:
                assert failure_of(peer, seconds=0.2).kind == "timeout"
            finally:
                stop.set()

    def test_a_handle_with_a_number_that_no_worker_gives(self) -> None:
        """A number that could not be sent back is refused when it comes."""
        header = json.dumps(["t", [1, True, ["h", 2**64, "x"]]]).encode()
        frame = struct.pack("<IQ", len(header), 0) + header
        with peer_that(lambda peer, _: peer.send(frame)) as peer:
            assert "a handle that is none" in failure_of(peer).reason
