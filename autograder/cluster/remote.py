"""What a Dask worker runs. Only plain values come and go: a worker may have another version of this package."""

from __future__ import annotations

import asyncio
import threading
import traceback
from collections.abc import Callable
from pathlib import Path

import msgspec
from distributed import Worker, WorkerPlugin, get_worker

from autograder.cluster.bench import Bench, Order
from autograder.cluster.packed import packed, unpacked
from autograder.digests import framework_label
from autograder.errors import AutograderError, SandboxError
from autograder.pipe import Reply, Request, error_reply

KEPT = 4
"""How many runs have graders ready on a worker; those of the one that came first rest when there are more."""
_benches: dict[tuple[str, str], Bench] = {}
_lock = threading.Lock()


class Delivery(WorkerPlugin):  # type: ignore[misc]
    """Brings a run's order to every worker, also to those that join later, and takes it away in the end."""

    def __init__(self, run: str, order: bytes) -> None:
        self.name = f"autograder-{run}"
        self.run = run
        self.order = order

    def setup(self, worker: Worker) -> None:
        """Keep the order, unless it is here already; nothing is started yet."""
        order = msgspec.msgpack.decode(self.order, type=Order)
        bench = Bench(order, Path(worker.local_directory), jobs=worker.state.nthreads)
        with _lock:
            _benches.setdefault((worker.address, self.run), bench)
            older = [bench for (address, _), bench in _benches.items() if address == worker.address][:-KEPT]
        for bench in older:
            bench.rest()

    async def teardown(self, worker: Worker) -> None:
        """Stop the run's graders and remove its course."""
        with _lock:
            bench = _benches.pop((worker.address, self.run), None)
        if bench is not None:
            await asyncio.to_thread(bench.close)


def about() -> str:
    """Return the framework's label on this worker."""
    return framework_label()


async def prepare(run: str, seconds: float, dask_worker: Worker) -> bytes:
    """Return the packed reply of this worker: its sandbox mode, or what is not in order."""
    address = dask_worker.address
    reply = await asyncio.to_thread(_reply, lambda: _bench(address, run).prepare(seconds))
    return packed(reply)


def answer(run: str, label: str, request: bytes, seconds: float) -> tuple[str, str, bytes]:
    """Return this worker's address, its framework's label, and the packed reply to a packed request.

    The last is empty where the framework is not that of `label`, and where a grader has died.
    """
    address = get_worker().address
    if framework_label() != label:
        return address, framework_label(), b""
    reply = _reply(lambda: _bench(address, run).grade(unpacked(request, Request), seconds))
    return address, label, packed(reply)


def _bench(address: str, run: str) -> Bench:
    with _lock:
        bench = _benches.get((address, run))
    if bench is None:
        msg = "grading was stopped"
        raise AutograderError(msg)
    return bench


def _reply(work: Callable[[], Reply | None]) -> Reply | None:
    try:
        return work()
    except AutograderError as error:
        return error_reply(error)
    except OSError as error:
        return error_reply(SandboxError(f"grading is not possible on this machine as it is: {error}"))
    except Exception:  # a fault of ours over one submission must not cost another one its grade
        traceback.print_exc()
        return Reply(error="Fault")
