"""Questions to a zygote and its answers, one at a time: an answer that comes too late is not taken for the next one."""

from __future__ import annotations

import itertools
import json
import os
import socket
from collections.abc import Sequence
from typing import Any

_MESSAGE = 1 << 16
_numbers = itertools.count(1)


def ask(
    control: socket.socket, question: dict[str, Any], *, seconds: float, descriptors: Sequence[int] = ()
) -> tuple[dict[str, Any], list[int]]:
    """Send a question, with file descriptors, and return the answer with the one descriptor that may come with it.

    Raises OSError where there is none within `seconds`, ValueError where it is not the answer to this question or the
    question is too long. What came with another answer is closed.
    """
    number = next(_numbers)
    data = json.dumps({**question, "number": number}).encode()
    if len(data) > _MESSAGE:
        raise ValueError(f"a question to the zygote has {len(data)} bytes, {_MESSAGE} are allowed")
    control.settimeout(seconds)
    socket.send_fds(control, [data], descriptors)
    data, received, *_ = socket.recv_fds(control, _MESSAGE, 1)
    answer = _read(data)
    if answer.get("number") == number:
        return answer, received
    for each in received:
        os.close(each)
    raise ValueError("the zygote gave no answer")


def _read(data: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(data)
    except ValueError:
        return {}
    return answer if type(answer) is dict else {}
