"""Questions to a zygote: each gets its own answer, or none."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.sandbox import control

Ends = tuple[socket.socket, socket.socket]


@pytest.fixture
def ends() -> Iterator[Ends]:
    """The grader's end and the zygote's."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        yield ours, theirs


def answer(theirs: socket.socket, **facts: object) -> None:
    """Answer the next question that will be asked."""
    number = next(control._numbers) + 1
    theirs.send(json.dumps({"number": number, **facts}).encode())


def open_files() -> int:
    return len([*Path("/proc/self/fd").iterdir()])


def test_an_answer(ends: Ends) -> None:
    """What was asked arrives as it is, with its descriptors, and so does what is answered."""
    ours, theirs = ends
    read, write = os.pipe()
    answer(theirs, pid=7)
    said, received = control.ask(ours, {"reap": 1}, seconds=5, descriptors=[write])
    assert (said["pid"], received) == (7, [])
    data, descriptors, *_ = socket.recv_fds(theirs, 1000, 2)
    assert json.loads(data)["reap"] == 1
    os.write(descriptors[0], b"here")
    assert os.read(read, 10) == b"here"
    for each in (read, write, *descriptors):
        os.close(each)


NONE = [
    b'{"number": 0}',
    b'{"number": "1"}',
    b'{"number": 1e9}',
    b'{"number": 999999999}',
    b'{"pid": 7}',
    b"{}",
    b"[7]",
    b"7 x",
]


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_answer(ends: Ends, text: bytes) -> None:
    """It is refused, and what came with it is closed."""
    ours, theirs = ends
    before = open_files()
    with Path(os.devnull).open("rb") as file:
        socket.send_fds(theirs, [text], [file.fileno()])
    with pytest.raises(ValueError, match="no answer"):
        control.ask(ours, {}, seconds=5)
    assert open_files() == before


def test_answers_that_came_too_late(ends: Ends) -> None:
    """What answers a question of before is thrown away with what came with it, and the right answer is waited for."""
    ours, theirs = ends
    with pytest.raises(TimeoutError):
        control.ask(ours, {"reap": 1}, seconds=0.01)
    before = open_files()
    late = json.loads(theirs.recv(1000))["number"]
    with Path(os.devnull).open("rb") as file:
        socket.send_fds(theirs, [json.dumps({"number": late, "pid": 1}).encode()], [file.fileno()])
    answer(theirs, pid=2)
    assert control.ask(ours, {"reap": 2}, seconds=5)[0]["pid"] == 2
    assert open_files() == before


def test_no_answer(ends: Ends) -> None:
    """Whoever says nothing is not waited for any longer than that."""
    with pytest.raises(TimeoutError):
        control.ask(ends[0], {}, seconds=0.01)


def test_nobody_there(ends: Ends) -> None:
    """An end that is closed is an error of the system's."""
    ends[1].close()
    with pytest.raises(BrokenPipeError):
        control.ask(ends[0], {}, seconds=5)


def test_a_question_that_is_too_long(ends: Ends) -> None:
    """It is not sent: the zygote would read half of it."""
    with pytest.raises(ValueError, match="65536 are allowed"):
        control.ask(ends[0], {"ahead": ["x" * (1 << 16)]}, seconds=5)
    ends[1].setblocking(False)
    with pytest.raises(BlockingIOError):
        ends[1].recv(1)
