"""Messages between trusted processes of ours: a length, then msgpack of a typed struct."""

from __future__ import annotations

import socket
import struct
import time
from typing import Literal, TypeVar, cast

import msgspec

from autograder import errors
from autograder.errors import AutograderError, CourseError, SandboxError, SuiteError

_LENGTH = struct.Struct("<Q")

Message = TypeVar("Message", bound=msgspec.Struct)


class Request(msgspec.Struct, frozen=True):
    """What a grader process is asked: to prepare, or to grade the notebook in `data` on inputs drawn from `seeds`.

    `earlier` is a record of the same notebook, or empty: its questions are kept where nothing that judges them differs.
    """

    kind: Literal["prepare", "grade"]
    data: bytes = b""
    student: str = ""
    seeds: tuple[str, ...] = ()
    earlier: bytes = b""


class Reply(msgspec.Struct, frozen=True):
    """What a grader process answers: a grade record and a notebook as JSON, or which error with its text.

    "Fault" is a fault of ours over this one submission: the grader has printed its traceback, or `text` says more.
    """

    grade: bytes = b""
    notebook: bytes = b""
    sandbox: str = ""
    error: Literal["", "CourseError", "SuiteError", "SandboxError", "AutograderError", "Fault"] = ""
    text: str = ""


_Kind = Literal["CourseError", "SuiteError", "SandboxError", "AutograderError"]


def error_reply(error: AutograderError) -> Reply:
    """Return the reply that tells of an error."""
    kinds = (CourseError, SuiteError, SandboxError, AutograderError)
    kind = next(kind for kind in kinds if isinstance(error, kind))
    return Reply(error=cast(_Kind, kind.__name__), text=str(error))


def raise_error(reply: Reply, where: str = "") -> None:
    """Raise the error that a reply tells of, if any, with the place in front where there is one to name."""
    if reply.error and reply.error != "Fault":
        kind: type[AutograderError] = getattr(errors, reply.error)
        raise kind(f"{where}: {reply.text}" if where else reply.text)


def send(connection: socket.socket, message: msgspec.Struct, *, seconds: float | None = None) -> None:
    """Send one message; TimeoutError where the other side has not taken it after `seconds`."""
    body = msgspec.msgpack.encode(message)
    connection.settimeout(seconds)
    connection.sendall(_LENGTH.pack(len(body)) + body)


def receive(connection: socket.socket, kind: type[Message], *, seconds: float | None = None) -> Message | None:
    """Return the next message, or None where the other side has closed; TimeoutError after `seconds`."""
    deadline = None if seconds is None else time.monotonic() + seconds
    head = _exactly(connection, _LENGTH.size, deadline)
    if head is None:
        return None
    body = _exactly(connection, _LENGTH.unpack(head)[0], deadline)
    return None if body is None else msgspec.msgpack.decode(body, type=kind)


def _exactly(connection: socket.socket, size: int, deadline: float | None) -> bytes | None:
    data = bytearray()
    while len(data) < size:
        connection.settimeout(None if deadline is None else max(0.001, deadline - time.monotonic()))
        try:
            part = connection.recv(min(size - len(data), 1 << 20))
        except ConnectionResetError:
            return None
        if not part:
            return None
        data += part
    return bytes(data)
