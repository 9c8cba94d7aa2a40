"""Proof that a suite is good: known slips, generic mutants and right variants of the reference, each on its tests."""

from __future__ import annotations

import ast
import io
import os
import resource
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Literal

import pytest

from autograder import equivalents
from autograder.course import Assignment, Course
from autograder.course_file import nearest
from autograder.errors import AutograderError, CourseError, SuiteError
from autograder.examine import no_other_plugins, silent_session
from autograder.instructor.mutation_report import Report, Verdict
from autograder.instructor.trials import Trials
from autograder.mutants import mutants
from autograder.threads import ONE_THREAD

PART = 40
"""Mutants in one piece of work, so that no process is left with a large question at the end."""
MEMORY = 3 << 30
"""Bytes that a mutant may take beyond what its process has."""

_NO_GARBAGE_COLLECTION = ("-p", "no:unraisableexception", "-p", "no:threadexception")
"""At its end a session looks five times for objects that were left alone, which takes longer than most trials."""

Kind = Literal["slips", "variants", "mutants"]


@dataclass(frozen=True)
class Task:
    """A piece of work for one process: all slips or all variants of a question, or some of its mutants."""

    root: Path
    assignment: str
    question: str
    kind: Kind
    seeds: tuple[str, ...]
    first: int = 0


def examine(
    assignment: Assignment,
    *,
    question: str | None = None,
    seeds: int = 3,
    jobs: int | None = None,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Report:
    """Return what all trials of an assignment, or of one question, show; the same whatever the number of processes.

    `progress` is called with the pieces of work that are done and how many there are. Raises SuiteError where a test
    fails on the reference itself, CourseError where something does not fit together.
    """
    questions = _questions(assignment, question)
    listed = equivalents.load(assignment.root, assignment.name)
    tasks = list(_tasks(assignment, questions, tuple(f"{number:02x}" for number in range(seeds))))
    results = _results(tasks, min(jobs or os.cpu_count() or 1, len(tasks)), progress)
    found: dict[tuple[str, str], list[Any]] = {}
    for task, result in zip(tasks, results, strict=True):
        found.setdefault((task.question, task.kind), []).extend(result)
    verdicts = []
    for name in questions:
        slips, others, changed = (tuple(found[name, kind]) for kind in ("slips", "variants", "mutants"))
        own = {mutant.id: listed[mutant.id] for mutant in changed if mutant.id in listed}
        verdicts.append(Verdict(name, slips, others, changed, own))
    return Report(assignment.name, tuple(verdicts), _gone(listed, verdicts, every=question is None))


def _questions(assignment: Assignment, question: str | None) -> list[str]:
    names = [question.name for question in assignment.questions]
    if question is not None and question not in names:
        msg = f"{assignment.name} has no question {question!r}; {nearest(question, names)}"
        raise CourseError(msg)
    tree = ast.parse(_source(assignment))
    defined = [node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    for name in names:
        if name not in defined:
            msg = f"reference/{assignment.name}.py: there is no function or class `{name}`; write the solution"
            raise CourseError(msg)
    return names if question is None else [question]


def _source(assignment: Assignment) -> str:
    try:
        return assignment.reference_path.read_text(encoding="utf-8")
    except FileNotFoundError:
        msg = f"reference/{assignment.name}.py: there is no such file; write the solutions"
        raise CourseError(msg) from None


def _gone(listed: Iterable[str], verdicts: Sequence[Verdict], *, every: bool) -> tuple[str, ...]:
    """Return the listed mutants that are none any more; for a single question, only those that name it."""
    there = {mutant.id for verdict in verdicts for mutant in verdict.mutants}
    names = {verdict.question for verdict in verdicts}
    return tuple(name for name in listed if name not in there and (every or _owner(name) in names))


def _owner(mutant: str) -> str:
    return mutant.partition(":")[0].partition(".")[0]


def _tasks(assignment: Assignment, questions: Sequence[str], seeds: tuple[str, ...]) -> Iterator[Task]:
    source = _source(assignment)
    for question in questions:
        place = assignment.root, assignment.name, question
        yield Task(*place, "slips", seeds)
        yield Task(*place, "variants", seeds)
        for first in range(0, len(mutants(source, question)), PART):
            yield Task(*place, "mutants", seeds, first)


def _results(tasks: Sequence[Task], jobs: int, progress: Callable[[int, int], None]) -> list[list[Any]]:
    """Return the result of each task, in the order of the tasks."""
    with _one_thread_each(), ProcessPoolExecutor(jobs, get_context("spawn"), initializer=_limit_memory) as pool:
        futures: dict[Future[list[Any]], Task] = {pool.submit(run, task): task for task in tasks}
        progress(0, len(tasks))
        try:
            for done, future in enumerate(as_completed(futures), start=1):
                future.result()
                progress(done, len(tasks))
        except BrokenProcessPool as error:
            msg = "a process ended in the middle of its trials; run again with --jobs 1 and --question to find out why"
            raise SuiteError(msg) from error
        finally:
            pool.shutdown(cancel_futures=True)
        return [future.result() for future in futures]


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Let numpy in the processes that start here use one thread each: their number is what uses the cores."""
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(ONE_THREAD)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value


def _limit_memory() -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + MEMORY, resource.RLIM_INFINITY))


def run(task: Task) -> list[Any]:
    """Do one piece of work in a pytest session of this process."""
    assignment = Course.load(task.root).assignment(task.assignment)
    loop = _Loop(assignment, task)
    paths = [str(assignment.checks_path), str(assignment.suite_path)]
    with no_other_plugins():
        pytest.main([*silent_session(task.root), *_NO_GARBAGE_COLLECTION, *paths], plugins=[loop])
    if loop.error is not None:
        raise loop.error
    return loop.result


class _Loop:
    """Takes the place of pytest's own loop over the tests."""

    def __init__(self, assignment: Assignment, task: Task) -> None:
        self._assignment = assignment
        self._task = task
        self.result: list[Any] = []
        self.error: AutograderError | None = SuiteError(
            f"the suites of {assignment.name} cannot be collected by pytest"
        )

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Do the trials; an error of ours is raised by `run`."""
        try:
            with _silence():
                self.result = self._trials(session.config)
        except AutograderError as error:
            self.error = error
        else:
            self.error = None
        return True

    def _trials(self, config: pytest.Config) -> list[Any]:
        task = self._task
        trials = Trials(self._assignment, task.question, config, task.seeds)
        if task.kind == "slips":
            return list(trials.slips())
        if task.kind == "variants":
            return list(trials.variants())
        some = mutants(_source(self._assignment), task.question)[task.first : task.first + PART]
        return list(trials.mutants(some, equivalents.load(task.root, task.assignment)))


@contextmanager
def _silence() -> Iterator[None]:
    """Keep what mutants print and warn of from everybody."""
    hole = io.StringIO()
    with redirect_stdout(hole), redirect_stderr(hole), warnings.catch_warnings(action="ignore"):
        yield
