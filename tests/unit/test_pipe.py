"""Messages between our own processes arrive whole, or not at all."""

from __future__ import annotations

import socket
import threading

import pytest

from autograder.pipe import Reply, Request, receive, send


@pytest.mark.parametrize("data", [b"", b"x", bytes(range(256)) * 40_000])
def test_round_trip(data: bytes) -> None:
    """A message of any size arrives as it was sent."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        sender = threading.Thread(target=send, args=(theirs, Request("grade", data, "ada")))
        sender.start()
        assert receive(ours, Request) == Request("grade", data, "ada")
        sender.join()


def test_a_closed_connection_is_none() -> None:
    """Where the other side has gone, there is no message, whole or half."""
    ours, theirs = socket.socketpair()
    with ours:
        theirs.sendall(b"\x05\x00\x00")
        theirs.close()
        assert receive(ours, Reply) is None


def test_nobody_who_listens() -> None:
    """A message that the other side does not take has an end, too."""
    ours, theirs = socket.socketpair()
    with ours, theirs, pytest.raises(TimeoutError):
        send(ours, Request("grade", bytes(10 << 20), "ada"), seconds=0.02)


def test_silence_ends_at_its_limit() -> None:
    """Waiting has an end."""
    ours, theirs = socket.socketpair()
    with ours, theirs, pytest.raises(TimeoutError):
        receive(ours, Reply, seconds=0.02)
