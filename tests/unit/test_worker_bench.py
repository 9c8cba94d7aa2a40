"""The graders that a worker keeps for a run: opened when they are needed, and closed for good."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from autograder.cluster import bench, bundle, remote
from autograder.cluster.bench import Bench, Order
from autograder.course import Course
from autograder.digests import suite_digest
from autograder.errors import AutograderError
from autograder.pipe import Reply, Request
from tests.minicourse import write_course

JOIN = 10


class Graders:
    """Stand in for graders, which grade until they are closed."""

    made: list[Graders]
    on_the_way: Callable[[], object]

    def __init__(self, root: Path, _: str, **__: object) -> None:
        type(self).on_the_way()
        self.root = root
        self.is_open = True
        self.made.append(self)

    def prepare(self, _: float) -> Reply:
        return Reply(sandbox="full")

    def ask(self, _: Request, __: float) -> Reply:
        return Reply(grade=b"{}")

    def close(self) -> None:
        self.is_open = False


@pytest.fixture(autouse=True)
def graders(monkeypatch: pytest.MonkeyPatch) -> type[Graders]:
    """Return the class that stands in for graders here."""
    monkeypatch.setattr(Graders, "made", [], raising=False)
    monkeypatch.setattr(Graders, "on_the_way", lambda: None, raising=False)
    monkeypatch.setattr(bench, "LocalPool", Graders)
    return Graders


@pytest.fixture
def order(tmp_path: Path) -> Order:
    assignment = Course.load(write_course(tmp_path / "course")).assignment("mini")
    return Order(bundle.pack(assignment), "mini", suite_digest(assignment), unsafe=False)


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    (tmp_path / "scratch").mkdir()
    return tmp_path / "scratch"


def test_rests_and_comes_back(order: Order, scratch: Path) -> None:
    """What rests leaves nothing behind, and is there again when it is asked."""
    made = Bench(order, scratch, jobs=1)
    for count in (1, 2):
        assert made.grade(Request("grade"), 1) == Reply(grade=b"{}", sandbox="full")
        assert [each.is_open for each in Graders.made] == [False] * (count - 1) + [True]
        made.rest()
        assert list(scratch.iterdir()) == []


def test_what_is_closed_stays_closed(order: Order, scratch: Path) -> None:
    """Nobody would stop the graders that a request brought back after the end."""
    made = Bench(order, scratch, jobs=1)
    made.prepare(1)
    made.close()
    for work in (lambda: made.prepare(1), lambda: made.grade(Request("grade"), 1)):
        with pytest.raises(AutograderError, match="grading was stopped"):
            work()
    assert [each.is_open for each in Graders.made] == [False]
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("kind", ["prepare", "grade"])
def test_closed_while_it_is_opened(order: Order, scratch: Path, graders: type[Graders], kind: str) -> None:
    """The end comes while a course is unpacked: neither graders nor a course are left."""
    made = Bench(order, scratch, jobs=1)
    closing = threading.Thread(target=made.close)

    def end() -> None:
        closing.start()
        closing.join(0.3)  # as far as it comes

    graders.on_the_way = end
    with pytest.raises(AutograderError, match="grading was stopped"):
        made.prepare(1) if kind == "prepare" else made.grade(Request("grade"), 1)
    closing.join(JOIN)
    assert [each.is_open for each in Graders.made] == [False]
    assert list(scratch.iterdir()) == []


def test_delivered_again_it_is_the_same(order: Order, scratch: Path) -> None:
    """A second delivery of the same run leaves the graders that are at work alone."""
    worker: Any = SimpleNamespace(
        address="tcp://one:1", local_directory=str(scratch), state=SimpleNamespace(nthreads=1)
    )
    deliveries = [remote.Delivery("run", msgspec.msgpack.encode(order)) for _ in range(2)]
    deliveries[0].setup(worker)
    kept = remote._bench("tcp://one:1", "run")
    kept.prepare(1)
    deliveries[1].setup(worker)
    assert remote._bench("tcp://one:1", "run") is kept
    asyncio.run(deliveries[1].teardown(worker))
    assert [each.is_open for each in Graders.made] == [False]
    with pytest.raises(AutograderError, match="grading was stopped"):
        remote._bench("tcp://one:1", "run")
