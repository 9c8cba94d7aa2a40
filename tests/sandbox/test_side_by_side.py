"""Tests that run side by side ask together, pass or fail as they would alone, and leave nothing behind."""

from __future__ import annotations

import gc
import time
import tracemalloc
import weakref
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from functools import partial
from typing import Any

import numpy as np
import pytest

from autograder.datasets import Digits
from autograder.errors import CallFailed
from autograder.sandbox import Cell, Limits, Sandbox, Submission
from autograder.sandbox.parcels import Parcel
from autograder.sandbox.side_by_side import SideBySide
from autograder.together import each
from tests.sandbox.conftest import Load

outer: ContextVar[str] = ContextVar("outer", default="nobody's")


class Desk:
    """Answers parcels with their numbers, and keeps what came together."""

    def __init__(self) -> None:
        self.rounds: list[list[int]] = []
        self.beside = SideBySide(self.exchange)

    def exchange(self, parcels: Sequence[Parcel]) -> list[dict[str, Any]]:
        """Answer each parcel with its number."""
        self.rounds.append([parcel.number for parcel in parcels])
        return [{"value": parcel.number} for parcel in parcels]

    def ask(self, number: int) -> int:
        """Ask as a test does, from inside a task."""
        reply: int = self.beside.ask(Parcel(number, [], 0))["value"]
        return reply

    def asking(self, *numbers: int) -> Callable[[], Exception | None]:
        """Return a task that asks one thing after the other, and fails where an answer is not its own."""
        return lambda: None if [self.ask(number) for number in numbers] == [*numbers] else ValueError("mixed up")


class TestSideBySide:
    def test_what_is_asked_at_the_same_time_goes_together(self) -> None:
        """The longest chain of questions says how often something is sent; each task gets its own answers."""
        desk = Desk()
        assert desk.beside.all_pass([desk.asking(1, 2, 3), desk.asking(10), desk.asking(), desk.asking(20, 21)])
        assert desk.rounds == [[1, 10, 20], [2, 21], [3]]

    def test_calls_that_a_task_makes_at_once(self) -> None:
        """`each` inside a task asks for all of them together, also where one of them does so again."""
        desk, got = Desk(), []

        def nested(number: int) -> list[int]:
            return each(desk.ask, [number, number + 1]) if number == 10 else [desk.ask(number)]

        assert desk.beside.all_pass([lambda: got.append(each(nested, [10, 20])), desk.asking(5)])
        assert got == [[[10, 11], [20]]]
        assert [sorted(numbers) for numbers in desk.rounds] == [[5, 10, 11, 20]]

    def test_the_first_exception_of_calls_made_at_once(self) -> None:
        """A task sees what it would see if the calls had been made in order."""
        desk, seen = Desk(), []

        def call(number: int) -> int:
            if number > 1:
                raise ValueError(number)
            return desk.ask(number)

        def task() -> None:
            with pytest.raises(ValueError, match="2") as caught:
                each(call, [1, 2, 3])
            seen.append(caught.value.args)

        assert desk.beside.all_pass([task])
        assert seen == [(2,)]

    def test_one_that_fails_ends_all_others(self) -> None:
        """Nothing is asked after it, and what the others have begun is cleaned up."""
        desk, cleaned = Desk(), []

        def long() -> None:
            try:
                desk.ask(1)
                desk.ask(2)
            finally:
                cleaned.append("up")

        assert not desk.beside.all_pass([long, lambda: ValueError("no"), long])
        assert desk.rounds == []
        assert cleaned == ["up"]  # the last one had not begun

    @pytest.mark.parametrize("error", [CallFailed("f", "died", "it is gone"), KeyboardInterrupt(), SystemExit()])
    def test_what_is_raised_comes_out(self, error: BaseException) -> None:
        """An exception of a task, or of whoever sends, ends all tasks and is raised."""

        def broken(*_: object) -> Any:
            raise error

        for beside, tasks in ((Desk().beside, [broken]), (SideBySide(broken), [])):
            ask = [lambda beside=beside: beside.ask(Parcel(1, [], 0)) and None]
            with pytest.raises(type(error)):
                beside.all_pass([*tasks, *ask])

    def test_one_that_asks_while_it_is_ended(self) -> None:
        """It gets no answer, and the end comes all the same."""
        desk = Desk()

        def stubborn() -> None:
            for number in range(100):
                try:
                    desk.ask(number)
                except BaseException:
                    continue

        assert not desk.beside.all_pass([stubborn, lambda: ValueError("no")])
        assert desk.rounds == []
        gc.collect()
        assert Desk().beside.all_pass([])

    def test_one_that_gives_up(self) -> None:
        """Then not all have passed, also where it was one of several calls that a task made at once."""
        desk = Desk()
        assert not desk.beside.all_pass([desk.beside.give_up])
        desk = Desk()
        assert not desk.beside.all_pass(
            [lambda: each(lambda _: desk.beside.give_up(), [1, 2]) and None, desk.asking(1)]
        )

    def test_what_failed_is_not_kept(self) -> None:
        """Neither the exception that a task ended with nor what its frames held lives on."""
        kept = []

        class Large:
            pass

        def failing() -> Exception | None:
            large = Large()
            kept.append(weakref.ref(large))
            try:
                int("no")
            except ValueError as error:
                return error
            return None

        def ended(desk: Desk) -> None:
            large = Large()
            kept.append(weakref.ref(large))
            desk.ask(1)
            del large

        desk = Desk()
        assert not desk.beside.all_pass([partial(ended, desk), failing, partial(ended, desk)])
        del desk
        gc.collect()
        assert [each() for each in kept] == [None, None]

    @pytest.mark.parametrize("last", [None, ValueError()])
    def test_what_was_done_is_not_kept(self, last: Exception | None) -> None:
        """Coroutines that wait for later tasks hold nothing of earlier ones, nor of who made their calls."""
        desk = Desk()
        task = desk.asking(1, 2)
        desk.beside.all_pass([task, task, lambda: last])
        kept = weakref.ref(desk), weakref.ref(desk.beside), weakref.ref(task)
        del desk, task
        gc.collect()
        assert [each() for each in kept] == [None] * 3

    def test_contexts_are_kept_apart(self) -> None:
        """A task sees what holds where it was begun, and what it sets is its own."""
        desk, seen = Desk(), []

        def task(name: str) -> None:
            seen.append(outer.get())
            outer.set(name)
            desk.ask(1)
            seen.append(outer.get())

        token = outer.set("mine")
        try:
            assert desk.beside.all_pass([lambda: task("first"), lambda: task("second")])
            assert outer.get() == "mine"
        finally:
            outer.reset(token)
        assert seen == ["mine", "mine", "first", "second"]
        assert each(str, [1]) == ["1"]

    def test_again_and_again(self) -> None:
        """What has been used for one set of tasks is as good as new for the next, whatever became of that one."""
        for count in range(30):
            desk = Desk()
            failing = [lambda: ValueError("no")] if count % 3 == 0 else []
            tasks = [desk.asking(*range(start, start + count % 5)) for start in range(0, 100, 10)]
            assert desk.beside.all_pass([*tasks, *failing]) is (not failing)


PLAIN = """
import time, os
seen = []
def double(x):
    seen.append(x)
    return 2 * x
def count(): return len(seen)
def slow(): time.sleep(60)
def wait(seconds): time.sleep(seconds)
def crash(): os._exit(3)
def total(x): return float(x.sum())
def large(size): return __import__("numpy").zeros(size)
class Made:
    def value(self): return 5
def make(): return Made()
def broken(): raise ValueError("no")
def overflow(): return __import__("numpy").exp(1000.0)
buffer = __import__("numpy").zeros(3)
def reused(x):
    buffer[:] = x
    return buffer
"""


def doubles(submission: Submission, *numbers: int) -> Callable[[], Exception | None]:
    def task() -> Exception | None:
        return None if [submission.double(number) for number in numbers] == [2 * n for n in numbers] else ValueError()

    return task


class TestSubmission:
    def test_all_pass(self, load: Load) -> None:
        """Calls of all tests are answered right, and the process stays the same one."""
        submission = load(PLAIN)
        assert submission.all_pass([doubles(submission, *range(start, start + 4)) for start in range(20)])
        assert submission.count() == 80

    def test_answers_of_all_sizes(self, load: Load) -> None:
        """What does not go into one message goes in several, in both directions."""
        submission = load(PLAIN)
        texts = ["x" * size for size in (10, 70_000, 20, 400_000, 30_000, 30_000, 30_000)]
        tasks = [lambda text=text: None if submission.double(text) == 2 * text else ValueError() for text in texts]
        assert submission.all_pass(tasks)

    def test_an_array_that_is_used_again(self, load: Load) -> None:
        """Each answer is what the function returned then, not what became of it."""
        submission = load(PLAIN)
        tasks = [lambda x=x: None if list(submission.reused(x)) == [x] * 3 else ValueError() for x in (1.0, 2.0, 3.0)]
        assert submission.all_pass(tasks)

    @pytest.mark.parametrize("name", ["slow", "crash", "broken", "no_such_name"])
    def test_after_a_failure_nothing_has_happened(self, load: Load, name: str) -> None:
        """Whatever ends it, the next call finds a process that has seen no call at all, within a short time."""
        submission = load(PLAIN)
        start = time.monotonic()
        assert not submission.all_pass([doubles(submission, 1, 2), lambda: submission.call_target(name, None, (), {})])
        assert submission.count() == 0
        assert time.monotonic() - start < 4
        assert [run.failure for run in submission.runs] == [None]

    def test_a_test_that_fails(self, load: Load) -> None:
        """A wrong answer is found out, and the process is a new one."""
        submission = load(PLAIN)
        assert not submission.all_pass([doubles(submission, 1), lambda: ValueError(submission.double(1))])
        assert submission.count() == 0

    def test_a_failure_that_a_test_expects(self, load: Load) -> None:
        """A test may catch what a call raises, as it does alone."""
        submission = load(PLAIN)

        def task() -> None:
            with pytest.raises(CallFailed, match="ValueError"):
                submission.broken()

        assert submission.all_pass([task, doubles(submission, 1)])

    def test_strict_numbers_are_a_matter_of_one_test(self, load: Load) -> None:
        """While one test lets numbers that overflow raise, the calls of another do not."""
        submission = load(PLAIN)

        def strict() -> Exception | None:
            with submission.strict_numbers():
                submission.double(1)
                try:
                    submission.overflow()
                except CallFailed as failure:
                    return None if failure.exception == "FloatingPointError" else failure
            return ValueError("it did not raise")

        def lenient() -> None:
            submission.double(1)
            submission.overflow()

        assert submission.all_pass([strict, lenient, strict])

    def test_arrays_that_tests_share(self, load: Load) -> None:
        """Each call gets what was in the array when it was made, large or small."""
        submission = load(PLAIN)
        for size in (10, 50_000):
            shared = np.zeros(size)

            def task(value: float, shared: np.ndarray[Any, Any] = shared) -> Exception | None:
                shared[:] = value
                return None if submission.total(shared) == value * len(shared) else ValueError()

            assert submission.all_pass([partial(task, value) for value in (1.0, 2.0, 3.0)])

    def test_answers_that_are_large_together(self, load: Load) -> None:
        """More than is worth a shortcut is asked for one by one: no more than one answer is held at a time then."""
        submission = load(PLAIN)
        tasks = [lambda: None if submission.large(2 << 20).size else ValueError()] * 10
        tracemalloc.start()
        try:
            assert not submission.all_pass(tasks)
            assert tracemalloc.get_traced_memory()[1] < 200 << 20
        finally:
            tracemalloc.stop()
        assert submission.large(2 << 20).size == 2 << 20

    @pytest.mark.parametrize("limit", ["limits_of_call", "training"])
    def test_a_limit_of_its_own(self, load: Load, limit: str) -> None:
        """A call with another limit is made alone, and the limit does not outlive its test."""
        submission = load(PLAIN)

        def task() -> None:
            with submission.training() if limit == "training" else submission.limits_of_call(call_seconds=20):
                submission.double(1)

        before = submission._session.call_seconds, submission._session.cpu_seconds
        assert not submission.all_pass([task, task, doubles(submission, 1)])
        assert (submission._session.call_seconds, submission._session.cpu_seconds) == before
        assert submission.count() == 0
        task()
        assert (submission._session.call_seconds, submission._session.cpu_seconds) == before

    def test_objects_that_somebody_holds(self, load: Load) -> None:
        """While a test's object lives nothing is tried that might end its process; afterwards it is."""
        submission = load(PLAIN)
        held = submission.make()
        assert not submission.all_pass([doubles(submission, 1)])
        assert held.value() == 5
        del held
        assert submission.all_pass([doubles(submission, 1)])

    def test_what_tests_keep_on_the_submission(self, load: Load) -> None:
        """What was kept there during a trial that failed is gone with the process that it came from."""
        submission = load(PLAIN)
        vars(submission)["kept"] = "before"

        def keep() -> Exception:
            vars(submission)["kept"] = submission.make()
            vars(submission)["more"] = 1
            return ValueError()

        assert not submission.all_pass([keep])
        assert vars(submission)["kept"] == "before"
        assert "more" not in vars(submission)

    def test_a_trial_is_not_the_submissions_time(self, load: Load) -> None:
        """What a failed trial and the new process take is not counted, and after two seconds nothing is tried."""
        submission = load(PLAIN)
        tries = [0]

        def wasteful() -> Exception:
            tries[0] += 1
            submission.wait(0.4)
            return ValueError()

        session = submission._session
        start = time.monotonic()
        for _ in range(20):
            spent = session._spent
            assert not submission.all_pass([wasteful])
            session.worker("double")  # the new process
            assert session._spent == spent
            assert submission.double(1) == 2
        assert time.monotonic() - start < 6
        assert 2 <= tries[0] <= 6

    def test_cells_that_take_long(self, sandbox: Sandbox) -> None:
        """Where the cells would have to run again for long, tests are not tried side by side."""
        cells = [Cell("cell 1", f"import time; time.sleep(1.2)\n{PLAIN}")]
        with sandbox.load(cells, limits=Limits(), seed=1) as submission:
            assert not submission.all_pass([doubles(submission, 1)])
            assert submission.count() == 0
            assert submission.double(1) == 2
            assert submission.count() == 1

    def test_where_there_are_trainings(self, sandbox: Sandbox) -> None:
        """Submissions that work with digits keep models between tests, and nothing of theirs is tried."""
        digits = Digits(np.zeros((2, 784), np.uint8), np.zeros(2, np.uint8), "nowhere")
        with sandbox.load([Cell("cell 1", PLAIN)], limits=Limits(), seed=1, digits=digits) as submission:
            assert not submission.all_pass([doubles(submission, 1)])
            assert submission.count() == 0

    def test_a_closed_submission(self, load: Load) -> None:
        """There is nothing to run tests against."""
        submission = load(PLAIN)
        submission.close()
        assert not submission.all_pass([doubles(submission, 1)])
