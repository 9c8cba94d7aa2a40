"""What the driver makes of what workers say, with workers that say anything."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from distributed import KilledWorker

from autograder.cluster import dask_pool, remote
from autograder.cluster.dask_pool import KILLERS, MOST, DaskPool
from autograder.cluster.packed import packed
from autograder.course import Course
from autograder.digests import framework_label
from autograder.errors import AutograderError, SandboxError, SuiteError
from autograder.pipe import Reply, Request
from tests.minicourse import write_course

ONE, TWO = "tcp://one:1", "tcp://two:1"


class Scripted:
    """Stands in for a connection: workers with these labels and replies, and answers one after the other."""

    def __init__(self, _: str) -> None:
        self.labels: dict[str, Any] = {ONE: framework_label(), TWO: framework_label()}
        self.replies: dict[str, Any] = {ONE: Reply(sandbox="full"), TWO: Reply(sandbox="full")}
        self.answers: list[Any] = []
        self.delivered: list[Any] = []
        self.threads = 1

    def workers(self) -> dict[str, int]:
        return dict.fromkeys(self.labels, self.threads)

    def require_workers(self) -> None:
        """Say that there are some."""

    def everywhere(self, function: Callable[..., Any], **_: Any) -> dict[str, Any]:
        if function is remote.about:
            return self.labels
        return {name: r if isinstance(r, Exception) else packed(r) for name, r in self.replies.items()}

    def deliver(self, plugin: Any) -> None:
        self.delivered.append(plugin)

    def result(self, *_: object, **__: object) -> Any:
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[DaskPool, Any]]:
    """Return a function that makes a pool and its scripted connection."""
    monkeypatch.setattr(dask_pool, "Connection", Scripted)

    def made(*, unsafe: bool = False) -> tuple[DaskPool, Any]:
        pool = DaskPool("tcp://scheduler:1", Course.load(write_course(tmp_path)), "mini", unsafe=unsafe)
        return pool, pool._connection

    return made


Make = Callable[..., tuple[DaskPool, Any]]


class TestPrepare:
    def test_the_weakest_protection_is_reported(self, make: Make) -> None:
        """A class is as well protected as on the worker that protects it least."""
        pool, connection = make()
        connection.replies[TWO] = Reply(sandbox="one layer")
        assert pool.prepare(1).sandbox == "one layer"

    @pytest.mark.parametrize(
        ("label", "words"),
        [
            ("0.0.9-abc", f"worker {TWO} has autograder 0.0.9-abc, and here is "),
            (ModuleNotFoundError("No module named 'autograder'"), f"worker {TWO} cannot import autograder"),
        ],
    )
    def test_another_framework_gets_nothing_of_the_course(self, make: Make, label: Any, words: str) -> None:
        """The worker is named, and what to install there; no hidden file has left this machine."""
        pool, connection = make()
        connection.labels[TWO] = label
        with pytest.raises(AutograderError, match=words) as caught:
            pool.prepare(1)
        assert "nstall" in str(caught.value)
        assert connection.delivered == []

    @pytest.mark.parametrize(
        ("reply", "kind", "words"),
        [
            (Reply(error="SandboxError", text="no filter here"), SandboxError, f"worker {TWO}: no filter here"),
            (Reply(error="SuiteError", text="a test fails"), SuiteError, f"worker {TWO}: a test fails"),
            (OSError("disk"), AutograderError, f"worker {TWO} could not be prepared"),
            (Reply(error="Fault"), AutograderError, f"worker {TWO} could not be prepared"),
        ],
    )
    def test_every_worker_has_to_be_in_order(self, make: Make, reply: Any, kind: type[Exception], words: str) -> None:
        """What is wrong with one of them is said with its address."""
        pool, connection = make()
        connection.replies[TWO] = reply
        with pytest.raises(kind, match=words):
            pool.prepare(1)

    def test_a_course_is_delivered_once(self, make: Make) -> None:
        """Dask takes away what comes under the same name before it brings it again, and graders at work would end."""
        pool, connection = make()
        for _ in range(3):
            assert pool.prepare(1).sandbox == "full"
        assert len(connection.delivered) == 1

    @pytest.mark.parametrize(("unsafe", "stops"), [(False, True), (True, False)])
    def test_the_protection_of_the_beginning_holds(self, make: Make, *, unsafe: bool, stops: bool) -> None:
        """Asked again, a worker with less stops the run, and its answers count no more than before."""
        pool, connection = make(unsafe=unsafe)
        pool.prepare(1)
        late = "tcp://late:1"
        connection.labels[late], connection.replies[late] = framework_label(), Reply(sandbox="one layer")
        with pytest.raises(AutograderError, match=f"worker {late} has joined with") if stops else nullcontext():
            assert pool.prepare(1).sandbox == "full"
        connection.answers = [(late, framework_label(), packed(Reply(sandbox="one layer")))]
        with pytest.raises(AutograderError, match=f"worker {late} has joined with") if stops else nullcontext():
            assert pool.ask(Request("grade"), 1) == Reply(sandbox="one layer")

    @pytest.mark.parametrize(("threads", "width"), [(1, 64), (100, 400), (1000, MOST)])
    def test_how_much_is_under_way(self, make: Make, monkeypatch: pytest.MonkeyPatch, threads: int, width: int) -> None:
        """Two for each thread of both workers, and neither too few for workers to come nor too many to hold."""
        workers = dict.fromkeys((ONE, TWO), threads)
        monkeypatch.setattr(Scripted, "workers", lambda _: workers)
        assert make()[0].width == width


class TestAsk:
    def test_an_answer_is_handed_on(self, make: Make) -> None:
        """What the grader said is what comes out."""
        pool, connection = make()
        pool.prepare(1)
        reply = Reply(grade=b"{}", notebook=b"{}", sandbox="full")
        connection.answers = [(ONE, framework_label(), packed(reply))]
        assert pool.ask(Request("grade"), 1) == reply

    def test_a_fault_there_is_handed_on(self, make: Make) -> None:
        """It says nothing of the worker's protection, and stops nobody else."""
        pool, connection = make()
        pool.prepare(1)
        connection.answers = [(ONE, framework_label(), packed(Reply(error="Fault")))]
        assert pool.ask(Request("grade"), 1) == Reply(error="Fault")

    def test_a_dead_grader_is_no_answer(self, make: Make) -> None:
        """Whoever asks decides whether to ask again."""
        pool, connection = make()
        connection.answers = [(ONE, framework_label(), b"")]
        assert pool.ask(Request("grade"), 1) is None

    @pytest.mark.parametrize(
        ("answer", "kind", "words"),
        [
            (("tcp://late:1", "0.0.9-abc", b""), AutograderError, "worker tcp://late:1 has autograder 0.0.9"),
            (
                ("tcp://late:1", framework_label(), packed(Reply(sandbox="one layer"))),
                AutograderError,
                "worker tcp://late:1 has joined with the protection 'one layer', less than the others' 'full'",
            ),
            (
                ("tcp://late:1", framework_label(), packed(Reply(error="SuiteError", text="broken"))),
                SuiteError,
                "worker tcp://late:1: broken",
            ),
        ],
    )
    def test_a_worker_that_joins_later_has_to_be_like_the_others(
        self, make: Make, answer: Any, kind: type[Exception], words: str
    ) -> None:
        """Its first answer does not count where version, protection or suite are not those of the others.

        Version and protection stop the run at once; a suite may be broken over one submission alone.
        """
        pool, connection = make()
        pool.prepare(1)
        connection.answers = [answer]
        with pytest.raises(kind, match=words) as caught:
            pool.ask(Request("grade"), 1)
        assert caught.type is kind

    def test_less_protection_may_be_accepted(self, make: Make) -> None:
        """With the flag that accepts the risk, such an answer counts; its record says how it was given."""
        pool, connection = make(unsafe=True)
        pool.prepare(1)
        connection.answers = [(ONE, framework_label(), packed(Reply(sandbox="none")))]
        assert pool.ask(Request("grade"), 1) == Reply(sandbox="none")

    def test_who_was_killed_with_others_is_asked_alone(self, make: Make) -> None:
        """Workers may have died of a neighbour: the second time there is none, and the answer counts."""
        pool, connection = make()
        pool.prepare(1)
        died = KilledWorker("key", None, 3)
        connection.answers = [died, (ONE, framework_label(), packed(Reply(sandbox="full")))]
        assert pool.ask(Request("grade"), 1) == Reply(sandbox="full")
        connection.answers = [died, died]
        assert pool.ask(Request("grade"), 1) == Reply(error="Fault", text=KILLERS)
