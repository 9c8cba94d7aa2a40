"""The grader's end of one worker: requests with deadlines, replies that are not believed, the end of the process."""

from __future__ import annotations

import contextlib
import math
import os
import select
import signal
import socket
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from autograder.errors import CallFailed, WireError
from autograder.sandbox import wire
from autograder.sandbox.endings import ended_by
from autograder.sandbox.incoming import CHUNK, SMALL, Incoming, cost
from autograder.sandbox.parcels import Parcel, portions

Message = tuple[str, tuple[Any, ...]]
"""An operation of a worker and its arguments, in order: names would be half of what is packed."""

_END_SECONDS, _LAST_SECONDS = 5.0, 0.5
_WORDS = 300
_CLOCK_SHIFT, _PROCESSOR_CLOCK = 3, 2  # how Linux makes the number of a process's clock from its pid
_MAX_RAW_OUTPUT = 64 << 20
_MAX_FREED = 1 << 16  # in one request: a worker can hand out any number of handles


class Channel:
    """One worker process. Not thread-safe. After any failure the process is gone and `alive` is False.

    `handle` is the process's pidfd, `reap` waits for it and returns its wait status, or None where that is not known;
    `ran` is how many of the submission's cells were run before it began.
    """

    def __init__(
        self, connection: socket.socket, output: int, handle: int, reap: Callable[[], int | None], *, ran: int = 0
    ) -> None:
        self.ran = ran
        self._connection = connection
        self._output = output
        self._handle = handle
        self._reap = reap
        self._number = 0
        self._status: int | None = None
        self._pid = _pid(handle)
        self._poll = select.poll()
        self._poll.register(handle, select.POLLIN)
        self._poll.register(output, select.POLLIN)
        self._poll.register(connection, select.POLLIN)
        self._incoming = Incoming(self._fill)
        self._deadline, self._most = 0.0, math.inf
        self.alive = True
        self.dropped = 0
        self.words = b""
        self._released: list[int] = []
        os.set_blocking(output, False)

    def request(
        self,
        message: Message,
        *,
        name: str,
        seconds: float,
        late: str,
        refer: wire.Refer,
        resolve: wire.Resolve,
    ) -> dict[str, Any]:
        """Send a message and return its reply: `{"ok": True, "value": …}` or `{"ok": False, "failure": …}`.

        Raises WireError where the message itself cannot be sent, CallFailed (with `name`) where no proper reply comes
        within `seconds`; `late` is its reason when the time is over.
        """
        parcel = self.packed(message, refer)
        return self.exchange([parcel], name=name, seconds=seconds, late=late, resolve=resolve)[0]

    def packed(self, message: Message, refer: wire.Refer) -> Parcel:
        """Return a message ready to be sent; raises WireError where it cannot be sent."""
        self._number += 1
        pieces = wire.pack((self._number, self._freed(), message[0], *message[1]), refer=refer)
        return Parcel(self._number, pieces, wire.size_of(pieces))

    def exchange(
        self,
        parcels: Sequence[Parcel],
        *,
        name: str,
        seconds: float,
        late: str,
        resolve: wire.Resolve,
        most: float = math.inf,
    ) -> list[dict[str, Any]]:
        """Send several messages and return their replies, all within `seconds`; raises CallFailed as `request` does.

        It does so, too, where the replies together may take more than `most` bytes.
        """
        if not self.alive:
            raise CallFailed(name, "died", "the process has ended")
        self._deadline = time.monotonic() + seconds
        try:
            self._most = most
            return [reply for portion in portions(parcels) for reply in self._replies(portion, resolve)]
        except TimeoutError:
            self.close()
            raise CallFailed(name, "timeout", late) from None
        except (EOFError, ConnectionError):
            ended = bool(select.select([self._handle], [], [], _LAST_SECONDS)[0])
            self.close()
            raise ended_by(name, self._status if ended else None) from None
        except WireError as error:
            self.close()
            raise CallFailed(name, "refused", f"the answer was refused: {error}") from None
        except MemoryError:
            self.close()
            raise CallFailed(name, "refused", "the answer was refused: there is no memory for it") from None
        except BaseException:
            self.close()
            raise

    def keep_on(self, processors: set[int]) -> bool:
        """Let the process run on these processors only; returns whether the system does so."""
        try:
            os.sched_setaffinity(self._pid or -1, processors)
        except OSError:
            return False
        return True

    def cpu_seconds(self) -> float:
        """Return the processor time that the process has used, in all its threads; 0 where the kernel does not tell."""
        try:
            return time.clock_gettime((~self._pid << _CLOCK_SHIFT) | _PROCESSOR_CLOCK) if self._pid else 0.0
        except OSError:
            return 0.0

    def release(self, number: int) -> None:
        """Tell the worker, with the next request, that nobody holds the handle of this number any more."""
        self._released.append(number)

    def close(self) -> None:
        """Kill the process, wait for its end, close what belongs to it. Harmless when done already."""
        if not self.alive:
            return
        self.alive = False
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._handle, signal.SIGKILL)
        ended = select.select([self._handle], [], [], _END_SECONDS)[0]
        self._status = self._reap() if ended else None
        self._connection.close()
        os.close(self._handle)
        os.close(self._output)

    def _freed(self) -> np.ndarray[Any, Any] | None:
        """Take the numbers of handles that nobody holds, as an array: there may be more of them than a header takes."""
        if not self._released:
            return None
        some = np.array(self._released[:_MAX_FREED], np.int64)
        del self._released[: len(some)]
        return some

    def _replies(self, parcels: Sequence[Parcel], resolve: wire.Resolve) -> list[dict[str, Any]]:
        """Send a portion as a whole, and read what is answered: the process wakes up once for it, and so does this."""
        self._refuse_early_words()
        self._send([piece for parcel in parcels for piece in parcel.pieces])
        return [_checked(self._reply(resolve), parcel.number) for parcel in parcels]

    def _reply(self, resolve: wire.Resolve) -> Any:
        header, blob = self._incoming.take(self._most)
        self._most -= cost(len(header), len(blob))
        return wire.unpack(header, blob, resolve=resolve)

    def _refuse_early_words(self) -> None:
        self._poll.modify(self._connection, select.POLLIN)
        if self._incoming.is_empty and self._connection.fileno() not in dict(self._poll.poll(0)):
            return
        with contextlib.suppress(BlockingIOError):
            if not self._incoming.is_empty or self._connection.recv(1, socket.MSG_DONTWAIT | socket.MSG_PEEK):
                raise WireError("it sent a message that nobody had asked for")
            raise EOFError

    def _send(self, pieces: list[bytes | memoryview]) -> None:
        for piece in [b"".join(pieces)] if wire.size_of(pieces) <= SMALL else pieces:
            left = memoryview(piece)
            while left:
                try:
                    left = left[self._connection.send(left[:CHUNK], socket.MSG_DONTWAIT) :]
                except BlockingIOError:
                    self._wait(select.POLLOUT)

    def _fill(self, space: memoryview) -> int:
        """Read into `space`, and return how many bytes; raises EOFError at the end of the connection."""
        while True:
            self._wait(select.POLLIN)
            try:
                count = self._connection.recv_into(space, 0, socket.MSG_DONTWAIT)
            except BlockingIOError:
                continue
            if not count:
                raise EOFError
            return count

    def _wait(self, event: int) -> None:
        """Until the connection is ready; raises TimeoutError, or EOFError when the process has ended."""
        connection = self._connection.fileno()
        self._poll.modify(connection, event)
        while True:
            left = self._deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            ready = dict(self._poll.poll(left * 1000 + 1))
            if self._output in ready:
                self._drain(ready[self._output])
            if connection in ready:
                return
            if self._handle in ready:
                raise EOFError

    def _drain(self, events: int) -> None:
        """Count and throw away what the process writes past Python's own streams."""
        if not events & select.POLLIN:
            self._poll.unregister(self._output)  # it closed its end
            return
        with contextlib.suppress(BlockingIOError):
            raw = os.read(self._output, 1 << 16)
            self.dropped += len(raw)
            self.words += raw[: _WORDS - len(self.words)]
        if self.dropped > _MAX_RAW_OUTPUT:
            raise WireError(f"it wrote more than {_MAX_RAW_OUTPUT >> 20} MB of output")


def _checked(reply: Any, number: int) -> dict[str, Any]:
    if type(reply) is not tuple or len(reply) != 3 or type(reply[1]) is not bool:
        raise WireError("it is no answer")
    answered, ok, value = reply
    if type(answered) is not int or answered != number:
        raise WireError("it answers another question")
    return {"ok": ok, "value" if ok else "failure": value}


def _pid(handle: int) -> int:
    """Return the number that this process knows another one by, given its pidfd; 0 where it is not told."""
    try:
        lines = Path(f"/proc/self/fdinfo/{handle}").read_text().splitlines()
    except OSError:
        return 0
    found = next((line.split()[1] for line in lines if line.startswith("Pid:")), "0")
    return max(int(found), 0)
