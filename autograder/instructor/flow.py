"""A class on its way through the graders and to the disk: a grader goes on while records are written."""

from __future__ import annotations

import queue
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import partial

from autograder.batch import Graders
from autograder.record import Grade

MOST_WRITERS = 8
"""Threads that write records: they wait for one disk, and each has a file open, of which there may be a thousand."""

Judge = Callable[[str], Grade | None]
Keep = Callable[[Grade], Grade]


def writers(width: int) -> ThreadPoolExecutor:
    """Return the threads that write records beside so many graders; they are to end after the graders."""
    return ThreadPoolExecutor(_writers(width), thread_name_prefix="records")


def graded(
    graders: Graders, writing: Executor, students: Collection[str], judge: Judge, keep: Keep
) -> Iterator[Grade | None]:
    """Yield what `keep` returns for what `judge` says of each student, as they come; None is for nobody.

    `judge` is called in threads of the graders and `keep` in those of `writing`, which no interrupt reaches: what has
    been judged is kept. What they raise is raised here. No more is under way than all of them can be busy with.
    """
    done: queue.SimpleQueue[Future[Grade | None]] = queue.SimpleQueue()
    most = graders.width + _writers(graders.width)
    for count, student in enumerate(students):
        graders.submit(partial(_judge_and_keep, student, judge, keep, writing, done))
        if count >= most:
            yield done.get().result()
    for _ in range(min(most, len(students))):
        yield done.get().result()


def _judge_and_keep(
    student: str, judge: Judge, keep: Keep, writing: Executor, done: queue.SimpleQueue[Future[Grade | None]]
) -> None:
    """Judge, and put into `done` what comes of keeping it, once that is over."""
    try:
        kept = writing.submit(_kept, judge(student), keep)
    except BaseException as error:  # whoever waits for it gets it
        kept = Future()
        kept.set_exception(error)
    kept.add_done_callback(done.put)


def _kept(grade: Grade | None, keep: Keep) -> Grade | None:
    return None if grade is None else keep(grade)


def _writers(width: int) -> int:
    return min(width, MOST_WRITERS)
