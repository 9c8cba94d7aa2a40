"""Listeners on this machine alone, which write down whatever reaches them."""

from __future__ import annotations

import contextlib
import secrets
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

_BYTES = 4096
_PATIENCE = 2.0


class Listeners:
    """Four open doors: a TCP and a UDP port of 127.0.0.1, a socket file, and an abstract socket."""

    def __init__(self, folder: Path) -> None:
        self.heard: list[str] = []
        self.unix = str(folder / "socket")
        self.abstract = f"listener-{secrets.token_hex(8)}"
        self._datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._datagrams.bind(("127.0.0.1", 0))
        self._streams = {
            "the TCP port": _listening(socket.AF_INET, ("127.0.0.1", 0)),
            "the socket file": _listening(socket.AF_UNIX, self.unix),
            "the abstract socket": _listening(socket.AF_UNIX, f"\0{self.abstract}"),
        }
        Path(self.unix).chmod(0o777)
        self.tcp = int(self._streams["the TCP port"].getsockname()[1])
        self.udp = int(self._datagrams.getsockname()[1])
        self._threads = [threading.Thread(target=self._answer, args=item) for item in self._streams.items()]
        self._threads.append(threading.Thread(target=self._receive))
        for thread in self._threads:
            thread.start()

    def _answer(self, name: str, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):  # it was closed
            while True:
                connection, _ = listener.accept()
                with connection:
                    connection.settimeout(_PATIENCE)
                    said = b""
                    with contextlib.suppress(OSError):
                        said = connection.recv(_BYTES)
                    self.heard.append(f"{name} was reached: {said!r}")

    def _receive(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                said, sender = self._datagrams.recvfrom(_BYTES)
                if sender == self._datagrams.getsockname():
                    return
                self.heard.append(f"the UDP port was reached: {said!r}")

    def close(self) -> None:
        """Close the doors; what came in before is in `heard`."""
        for listener in self._streams.values():
            listener.shutdown(socket.SHUT_RDWR)
        self._datagrams.sendto(b"", self._datagrams.getsockname())  # a datagram socket is not woken up by its end
        for thread in self._threads:
            thread.join()
        for listener in (*self._streams.values(), self._datagrams):
            listener.close()
        Path(self.unix).unlink()


def _listening(family: socket.AddressFamily, address: tuple[str, int] | str) -> socket.socket:
    listener = socket.socket(family)
    listener.bind(address)
    listener.listen()
    return listener


@contextlib.contextmanager
def listening(folder: Path) -> Iterator[Listeners]:
    """Open listeners, the socket file in `folder`, and close them at the end."""
    listeners = Listeners(folder)
    try:
        yield listeners
    finally:
        listeners.close()
