"""A real Dask cluster on loopback: a scheduler, and workers that come and go."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PATIENCE = 120.0


class Cluster:
    """A scheduler in a process of its own; what is started here is ended by `close`."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.file = folder / "scheduler.json"
        self._started: list[subprocess.Popen[bytes]] = []
        self.scheduler = self._start("scheduler", "--scheduler-file", str(self.file), "--port", "0", **settings)
        until(self.file.is_file)
        self.address = str(json.loads(self.file.read_text())["address"])

    def worker(self, name: str, *options: str, nanny: bool = False, **settings: str) -> subprocess.Popen[bytes]:
        """Start a worker with one thread; its files are in the folder `name`, and so is what it prints."""
        place = self.folder / name
        place.mkdir(exist_ok=True)
        fixed = (self.address, "--nthreads", "1", "--local-directory", str(place), "--name", name)
        return self._start("worker", *fixed, "--nanny" if nanny else "--no-nanny", *options, **settings)

    def workers(self, *names: str, **options: Any) -> list[subprocess.Popen[bytes]]:
        """Start several workers, and wait until they have joined."""
        started = [self.worker(name, **options) for name in names]
        until(lambda: all("Registered to" in self.log(name) for name in names))
        return started

    def log(self, name: str) -> str:
        """Return what a process has printed so far."""
        return (self.folder / f"{name}.log").read_text()

    def close(self) -> None:
        """End all processes, and wait for them."""
        for process in reversed(self._started):
            process.terminate()
        for process in self._started:
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._started.clear()

    def end_workers(self) -> None:
        """End the workers that are still there, also those that a signal has stopped."""
        left = [process for process in self._started if process is not self.scheduler and process.poll() is None]
        for process in left:
            process.send_signal(signal.SIGCONT)
        self.end(left)

    def end(self, processes: list[subprocess.Popen[bytes]]) -> None:
        """End some of the processes, and wait for them."""
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(timeout=PATIENCE)

    def _start(self, kind: str, *options: str, **settings: str) -> subprocess.Popen[bytes]:
        name = options[options.index("--name") + 1] if "--name" in options else kind
        command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", "--host", "127.0.0.1", "--no-dashboard"]
        with (self.folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                [*command, *options],
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env={**os.environ, **settings},
            )
        self._started.append(process)
        return process


def until(is_so: Callable[[], bool], *, seconds: float = PATIENCE) -> None:
    """Wait until something is so; AssertionError where it never is."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "this never happened"
        time.sleep(0.05)
