"""The visible checks of one assignment folder, collected once and kept ready for many calls of `check`."""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from autograder.course_file import nearest
from autograder.errors import AutograderError, Mismatch
from autograder.examine import Examiner, no_other_plugins, silent_session
from autograder.local import LocalSubmission, calls_without_value
from autograder.titles import numbered

CHECKS = "checks.py"


@dataclass(frozen=True)
class VisibleCheck:
    """One collected check: the question it belongs to and the sentence that says what should be the case."""

    item: pytest.Item
    question: str
    title: str


Raised = tuple[VisibleCheck, Exception | None]
"""A check with what it raised."""


class Workbench:
    """A live pytest session of the suite in the file `path`; AutograderError where it cannot be read.

    The session waits in a thread of its own, because pytest ends a session when its loop is over, and to begin one anew
    takes longer than the checks. The checks themselves run in the thread that asks for them.
    """

    def __init__(self, path: Path) -> None:
        self.version = version(path)
        self._session = _LiveSession(path.name)
        arguments = [*silent_session(path.parent), str(path)]
        self._thread = threading.Thread(target=self._live, args=(arguments,), daemon=True, name="autograder checks")
        with _fresh_module(path.stem), no_other_plugins():
            self._thread.start()
            self._wait()
        if self._session.problem or self._session.config is None:
            self.close()
            raise AutograderError(self._session.problem or f"{path.name} could not be run; get a fresh copy of it")
        self._name = path.name
        self._examiner = Examiner(self._session.config)
        self._checks = _by_question(self._session.items)

    @property
    def questions(self) -> tuple[str, ...]:
        """The questions in the order of the file."""
        return tuple(self._checks)

    def checks(self, question: str) -> list[VisibleCheck]:
        """Return the checks of a question; AutograderError names the nearest one where there is none."""
        if not isinstance(question, str) or question not in self._checks:
            msg = f"there is no question {question!r} in {self._name}; {nearest(str(question), self._checks)}"
            raise AutograderError(msg)
        return self._checks[question]

    def run(self, question: str, namespace: Mapping[str, Any], seed: str) -> list[Raised]:
        """Return each check of a question with what it raised on the functions in `namespace`."""
        return list(self.each(question, namespace, seed))

    def each(self, question: str, namespace: Mapping[str, Any], seed: str) -> Iterator[Raised]:
        """Yield each check of a question, as soon as it has run, with what it raised."""
        submission = LocalSubmission(namespace)
        for check in self.checks(question):
            yield check, self._run(check, submission, seed)

    def _run(self, check: VisibleCheck, submission: LocalSubmission, seed: str) -> Exception | None:
        with calls_without_value() as calls:
            error = self._examiner.run(check.item, submission, seed)
        if isinstance(error, Mismatch) and error.got is None:
            error.no_value = check.question in {name.partition(".")[0] for name in calls}
        return error

    def close(self) -> None:
        """End the session."""
        self._session.over.set()
        self._thread.join()

    def _wait(self) -> None:
        try:
            self._session.ready.wait()
        except BaseException:  # an interrupt: nobody will ask for this session, so it ends as soon as it is there
            self._session.over.set()
            raise

    def _live(self, arguments: list[str]) -> None:
        try:
            pytest.main(arguments, plugins=[self._session])
        finally:
            self._session.ready.set()


_open: dict[Path, Workbench] = {}


def workbench(folder: Path) -> Workbench:
    """Return the workbench of a folder, a new one where `checks.py` has changed since; AutograderError without one."""
    folder = folder.resolve()
    if not (folder / CHECKS).is_file():
        msg = f"there is no {CHECKS} in {folder}; open the notebook in the folder that it was released in"
        raise AutograderError(msg)
    path = folder / CHECKS
    if folder not in _open or _open[folder].version != version(path):
        close_all()
        _open[folder] = Workbench(path)
    return _open[folder]


def close_all() -> None:
    """End the sessions that are kept."""
    for bench in _open.values():
        bench.close()
    _open.clear()


def version(path: Path) -> tuple[int, int]:
    """Return what changes when a file is written anew."""
    status = path.stat()
    return status.st_mtime_ns, status.st_size


class _LiveSession:
    """Takes the place of pytest's own loop over the tests: hands them out, and waits until nobody needs them."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.ready, self.over = threading.Event(), threading.Event()
        self.problem = ""
        self.config: pytest.Config | None = None
        self.items: list[pytest.Item] = []

    @pytest.hookimpl(wrapper=True)
    def pytest_collection(self) -> Generator[None, object, object]:
        try:
            return (yield)
        except pytest.UsageError as error:
            self.problem = f"{self._name} cannot be used; get a fresh copy of it ({error})"
            return True  # raised, it would be printed into the student's output

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.problem = _unreadable(self._name, report.longreprtext)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.config, self.items = session.config, session.items
        self.ready.set()
        self.over.wait()
        return True


def _unreadable(name: str, text: str) -> str:
    """Say what to do about a suite that cannot be imported; of pytest's report only the reason is of use to anybody."""
    reasons = [line.removeprefix("E").strip() for line in text.splitlines() if line.startswith("E ")]
    reason = next((line for line in reversed(reasons) if "Error" in line), reasons[-1] if reasons else text.strip())
    if re.search(r"cannot import name .* from 'autograder|No module named 'autograder\.", reason):
        return (
            f"{name} was made for another version of the autograder ({reason}); update the autograder, or get both anew"
        )
    return f"{name} cannot be read; get a fresh copy of it ({reason})"


def _by_question(items: list[pytest.Item]) -> dict[str, list[VisibleCheck]]:
    marked = [(item, mark.args[0]) for item in items if (mark := item.get_closest_marker("question")) and mark.args]
    checks: dict[str, list[VisibleCheck]] = {}
    for question in dict.fromkeys(question for _, question in marked):
        own = [item for item, other in marked if other == question]
        titles = numbered([(getattr(item, "obj", None).__doc__ or item.name).strip().split("\n")[0] for item in own])
        checks[question] = [VisibleCheck(item, question, title) for item, title in zip(own, titles, strict=True)]
    return checks


@contextmanager
def _fresh_module(name: str) -> Iterator[None]:
    """Let the file be read anew: an older one, or another folder's, may have been imported under this name."""
    before = sys.modules.pop(name, None)
    try:
        yield
    finally:
        sys.modules.pop(name, None)
        if before is not None:
            sys.modules[name] = before
