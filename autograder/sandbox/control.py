"""Questions to a zygote and its answers, one at a time: an answer that comes too late is not taken for the next one."""

from __future__ import annotations

import itertools
import json
import os
import socket
import time
from collections.abc import Sequence
from typing import Any

_MESSAGE = 1 << 16
_LEAST_SECONDS = 1e-3  # 0 would be no limit at all
_numbers = itertools.count(1)


def ask(
    control: socket.socket, question: dict[str, Any], *, seconds: float, descriptors: Sequence[int] = ()
) -> tuple[dict[str, Any], list[int]]:
    """Send a question, with file descriptors, and return the answer with the one descriptor that may come with it.

    Answers to earlier questions, which nobody waits for any more, are thrown away with what came with them. Raises
    OSError where there is no answer within `seconds`, ValueError where another thing comes or the question is too long.
    """
    number = next(_numbers)
    data = json.dumps({**question, "number": number}).encode()
    if len(data) > _MESSAGE:
        raise ValueError(f"a question to the zygote has {len(data)} bytes, {_MESSAGE} are allowed")
    deadline = time.monotonic() + seconds
    control.settimeout(seconds)
    socket.send_fds(control, [data], descriptors)
    while True:
        control.settimeout(max(deadline - time.monotonic(), _LEAST_SECONDS))
        data, received, *_ = socket.recv_fds(control, _MESSAGE, 1)
        answer = _read(data)
        if answer.get("number") == number:
            return answer, received
        for each in received:
            os.close(each)
        if not 0 < answer.get("number", 0) < number:
            raise ValueError("the zygote gave no answer")


def _read(data: bytes) -> dict[str, Any]:
    """Return an answer, an empty one where it is none."""
    try:
        answer = json.loads(data)
    except ValueError:
        return {}
    return answer if type(answer) is dict and type(answer.get("number")) is int else {}
