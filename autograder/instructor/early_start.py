"""Graders that start while it is still being found out how much they have to do."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Self

from autograder.course import Assignment
from autograder.mnist_files import locate

if TYPE_CHECKING:
    from autograder.local_pool import LocalPool


class EarlyStart:
    """Up to `jobs` graders on this machine, none for a submission whose record stands; they end with the `with` block.

    `count` says how many submissions are due; `pool` is None as long as no grader has started.
    """

    def __init__(self, assignment: Assignment, *, jobs: int, unsafe: bool) -> None:
        self._assignment = assignment
        self._jobs = jobs
        self._unsafe = unsafe
        self.count = 0
        self.pool: LocalPool | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.pool is not None:
            self.pool.close()

    def due(self) -> None:
        """Take note that one more submission has to be graded, and start a grader for it where there may be more."""
        self.count += 1
        if self.count > self._jobs:
            return
        if self.pool is None:
            self.pool = self._new_pool()
        self.pool.grow()

    def over(self) -> None:
        """Let the graders end by themselves: nothing else is due."""
        if self.pool is not None:
            self.pool.dismiss()

    def _new_pool(self) -> LocalPool:
        from autograder.local_pool import LocalPool  # takes time that a class without anything new does not have

        if self._assignment.data is not None:
            locate()  # fetched once, before every process does
        return LocalPool(self._assignment.root, self._assignment.name, jobs=0, unsafe=self._unsafe)
