"""The connection to a Dask scheduler: whatever goes wrong with it is an AutograderError that says what to do."""

from __future__ import annotations

import contextlib
import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from distributed import Client, Future, KilledWorker, WorkerPlugin

from autograder.errors import AutograderError

CONNECT = 5.0
"""Seconds that a scheduler has to answer."""
WAIT = 10.0
"""Seconds to wait for the first worker."""
LOOK = 5.0
"""Seconds between two looks at whether there are workers."""
ALONE = 300.0
"""Seconds without any worker after which no further one is expected."""
FAREWELL = 3.0
"""Seconds that scheduler and workers have to take note of the end."""
_LOGGERS = ("distributed", "distributed.client", "tornado", "tornado.application")


class _Client(Client):  # type: ignore[misc]
    """A client that is closed at once where it reaches no scheduler, and by nobody but its owner otherwise.

    The garbage collector would close it at any time, also while another one starts, and both would wait for each other
    for good.
    """

    def start(self, **kwargs: Any) -> None:
        """Connect to the scheduler."""
        try:
            super().start(**kwargs)
        except BaseException:
            with contextlib.suppress(Exception):
                self.close(timeout=FAREWELL)
            self._loop_runner.stop()  # `close` leaves it running where the connection has closed itself
            raise

    def __del__(self) -> None:
        """Leave everything as it is."""


class Connection:
    """A client of the scheduler at `address` (or in the scheduler's file of that name), usable from several threads."""

    def __init__(self, address: str) -> None:
        self.address = _address(address)
        for name in _LOGGERS:
            logging.getLogger(name).setLevel(logging.CRITICAL)  # what matters of it is said in words of ours
        try:
            self._client = _Client(self.address, timeout=CONNECT, set_as_default=False)
        except (OSError, ValueError, TypeError) as error:
            msg = (
                f"no Dask scheduler answers at {self.address} ({error}); start one with `dask scheduler`, "
                "or correct the address"
            )
            raise AutograderError(msg) from error
        self._futures: set[Future] = set()
        self._lock = threading.Lock()
        self._closed = False
        self._seen = self._looked = time.monotonic()

    def workers(self) -> dict[str, int]:
        """Return how many threads each worker has, by address."""
        with self._explained():
            return dict(self._client.nthreads())

    def require_workers(self) -> None:
        """Raise AutograderError where no worker is there after a while."""
        with self._explained(), contextlib.suppress(TimeoutError):
            self._client.wait_for_workers(1, timeout=WAIT)
        if not self.workers():
            msg = f"no worker has joined {self.address}; start some with `dask worker {self.address}`"
            raise AutograderError(msg)

    def everywhere(self, function: Callable[..., Any], **arguments: Any) -> dict[str, Any]:
        """Return what the function returns on each worker, or the exception that it raised, by address."""
        with self._explained():
            return dict(self._client.run(function, on_error="return", **arguments))

    def deliver(self, plugin: WorkerPlugin) -> None:
        """Set up a plugin on every worker, and on those that join later."""
        with self._explained():
            self._client.register_plugin(plugin)

    def result(self, function: Callable[..., Any], *arguments: Any, key: tuple[str, int]) -> Any:
        """Return what the function returns on some worker; KilledWorker where several ended over it."""
        with self._explained():
            future = self._client.submit(function, *arguments, key=key, pure=False)
            with self._lock:
                self._futures.add(future)
            try:
                return self._waited(future)
            finally:
                with self._lock:
                    self._futures.discard(future)

    def close(self, plugin: str) -> None:
        """Take back what was asked, remove the plugin of that name, and end the connection."""
        with self._lock:
            self._closed = True
            futures = list(self._futures)
        last = threading.Thread(target=self._take_back, args=[futures, plugin], daemon=True)
        last.start()
        last.join(FAREWELL)  # a worker that hangs must not keep anybody waiting
        with contextlib.suppress(Exception):
            self._client.close(timeout=FAREWELL)

    def _take_back(self, futures: list[Future], plugin: str) -> None:
        with contextlib.suppress(Exception):  # the scheduler may be gone, and there is nothing left to do for it
            if self._client.status == "running":
                self._client.cancel(futures, force=True)
                self._client.unregister_worker_plugin(plugin)

    def _waited(self, future: Future) -> Any:
        while True:
            try:
                return future.result(timeout=LOOK)
            except TimeoutError:
                if future.status == "error":
                    raise
                self._look()

    def _look(self) -> None:
        """Raise AutograderError where no worker has been there for long; one thread asks for all of them."""
        with self._lock:
            now = time.monotonic()
            if now - self._looked < LOOK:
                return
            self._looked = now
        if self._client.nthreads():
            self._seen = now
        elif now - self._seen > ALONE:
            msg = f"no worker has been at {self.address} for {ALONE:.0f} s; start some, and give the same command again"
            raise AutograderError(msg)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn what Dask raises into an AutograderError, but for KilledWorker."""
        if self._closed:
            raise AutograderError(_STOPPED)
        try:
            yield
        except (AutograderError, KilledWorker):
            raise
        except Exception as error:
            if self._closed:
                raise AutograderError(_STOPPED) from error
            if isinstance(error, CancelledError) or self._client.status != "running":
                msg = (
                    f"the connection to the Dask scheduler at {self.address} is lost. Start the scheduler again, and "
                    "give the same command again: finished grades are kept"
                )
                raise AutograderError(msg) from error
            msg = f"a worker could not do what it was asked ({error!r}); its log says more"
            raise AutograderError(msg) from error


_STOPPED = "grading was stopped"


def _address(given: str) -> str:
    """Return the scheduler's address, from the file that it wrote where one is named."""
    if not given.endswith(".json"):
        return given
    try:
        return str(json.loads(Path(given).read_text(encoding="utf-8"))["address"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        msg = f"{given} is no file of a Dask scheduler ({error}); start `dask scheduler --scheduler-file {given}`"
        raise AutograderError(msg) from error
