"""A worker's end of the wire that says what it is told to say, byte for byte, to a real Channel of the grader."""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from autograder.errors import CallFailed, WireError
from autograder.limits import Limits
from autograder.sandbox import wire
from autograder.sandbox.channel import Channel
from autograder.sandbox.nearby import Nearby
from tests.fuzz import judge
from tests.fuzz.frames import NUMBER, frame_of

AMPLE_SECONDS = 60.0
SHORT_SECONDS = 0.03

Outcome = Literal["reply", "refused", "died", "timeout"]
Answer = Callable[["Peer", dict[str, Any]], None]


@dataclass(frozen=True)
class Script:
    """What a peer sends after it has read a request: pieces, and then it hangs up or stays."""

    pieces: tuple[bytes, ...]
    hangs_up: bool
    pause: float = 0.0

    def expected(self) -> Outcome:
        """Return what has to come of it, by the rules of the format alone."""
        try:
            value = judge.read(b"".join(self.pieces))
        except EOFError:
            return "died" if self.hangs_up else "timeout"
        except WireError:
            return "refused"
        return "reply" if _is_reply(value) else "refused"

    def is_followed(self) -> bool:
        """Tell whether anything comes after the first frame."""
        raw = b"".join(self.pieces)
        return len(raw) > wire.PREFIX_BYTES + sum(wire.sizes(raw[: wire.PREFIX_BYTES]))


def _is_reply(value: Any) -> bool:
    return type(value) is tuple and list(map(type, value[:2])) == [int, bool] and value[:1] == (NUMBER,) == value[:-2]


class Peer:
    """One process's worth of descriptors. `channel` is the grader's end; `answer` is called for each request."""

    def __init__(self, answer: Answer) -> None:
        ours, self.socket = socket.socketpair()
        output, self._output = os.pipe()
        self._process = os.posix_spawn("/bin/sleep", ["sleep", "1000"], {})
        self._answer = answer
        self._handle = os.pidfd_open(self._process)
        self.channel = Channel(ours, output, os.dup(self._handle), self._reap)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def send(self, raw: bytes) -> None:
        """Send bytes as they are."""
        with contextlib.suppress(OSError):
            self.socket.sendall(raw)

    def reply(self, number: int, value: Any) -> None:
        """Send a proper reply."""
        self.send(frame_of((number, True, value)).bytes())

    def hang_up(self) -> None:
        """End process and connection; what was sent before still arrives."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._handle, signal.SIGKILL)
        self.socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """End both ends."""
        self.channel.close()
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self.socket.close()
        os.close(self._output)
        os.close(self._handle)

    def _reap(self) -> int:
        return os.waitpid(self._process, 0)[1]

    def _serve(self) -> None:
        with contextlib.suppress(OSError, EOFError):
            while True:
                header, blob = wire.sizes(self._read(wire.PREFIX_BYTES))
                request = wire.unpack(self._read(header), memoryview(self._read(blob)), resolve=lambda n, _: n)
                number, free, operation, *arguments = request
                self._answer(self, {"number": number, "free": free, "operation": operation, "arguments": arguments})

    def _read(self, size: int) -> bytes:
        raw = b""
        while len(raw) < size:
            raw += self.socket.recv(size - len(raw)) or _hung_up()
        return raw


def _hung_up() -> bytes:
    raise EOFError


def run(script: Script) -> tuple[Outcome, Outcome | None]:
    """Play a script to a channel: what came of the request, and of a second one where the first had its reply."""
    said = threading.Event()

    def answer(peer: Peer, request: dict[str, Any]) -> None:
        if request["number"] == NUMBER:
            for piece in script.pieces:
                peer.send(piece)
                time.sleep(script.pause)
            if script.hangs_up:
                peer.hang_up()
            said.set()
        elif not script.is_followed():
            peer.reply(request["number"], None)

    peer = Peer(answer)
    try:
        peer.channel._number = NUMBER - 1
        first = _ask(peer.channel, SHORT_SECONDS if script.expected() == "timeout" else AMPLE_SECONDS)
        assert peer.channel.alive == (first == "reply")
        if first != "reply":
            return first, None
        said.wait()
        return first, _ask(peer.channel, AMPLE_SECONDS)
    finally:
        peer.close()


def _ask(channel: Channel, seconds: float) -> Outcome:
    try:
        reply = channel.request(
            ("has", ("f",)), name="f", seconds=seconds, late="late", refer=_never, resolve=judge.Thing
        )
    except CallFailed as failure:
        outcome: Any = failure.kind
        return outcome
    assert reply.keys() == {"ok", "value" if reply["ok"] else "failure"}
    return "reply"


def second_of(script: Script) -> Outcome:
    """Return what has to come of a second request after a script whose first frame is a reply."""
    if script.is_followed():
        return "refused"
    return "died" if script.hangs_up else "reply"


def _never(value: Any) -> tuple[int, str]:
    raise WireError(f"no handle for a {type(value).__name__}")


def pieces_of(raw: bytes, cuts: Sequence[int]) -> tuple[bytes, ...]:
    """Return the bytes in pieces, cut at these places."""
    places = [0, *sorted({cut for cut in cuts if 0 < cut < len(raw)}), len(raw)]
    return tuple(raw[start:stop] for start, stop in itertools.pairwise(places))


class Hosts:
    """Stands where a Host does: each worker that it gives is a Peer with the same answers."""

    def __init__(self, answer: Answer) -> None:
        self.nearby = Nearby()
        self.answer = answer
        self.peers: list[Peer] = []

    def worker(self, _limits: Limits, _seed: int, *, cells: Sequence[str], figures: bool) -> Channel:  # noqa: ARG002
        """Return the grader's end of a new peer."""
        self.peers.append(Peer(self.answer))
        return self.peers[-1].channel

    def close(self) -> None:
        """End all peers."""
        for peer in self.peers:
            peer.close()


@contextlib.contextmanager
def hosts(answer: Answer) -> Iterator[Hosts]:
    """Give a host whose peers are gone afterwards."""
    host = Hosts(answer)
    try:
        yield host
    finally:
        host.close()
