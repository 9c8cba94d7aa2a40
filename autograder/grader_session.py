"""What a grader process does: one pytest session that keeps suite and reference loaded and answers requests."""

from __future__ import annotations

import contextlib
import gc
import socket
import traceback
from pathlib import Path

import pytest

from autograder import record
from autograder.course import Assignment, Course
from autograder.course_imports import refuse_unseen
from autograder.digests import suite_digest
from autograder.errors import AutograderError, SandboxError, SuiteError
from autograder.examine import no_other_plugins, silent_session
from autograder.grade import Grader
from autograder.grader_start import Opening
from autograder.pipe import Reply, Request, error_reply, receive, send
from autograder.sandbox import Sandbox
from autograder.sandbox import side_by_side as _  # noqa: F401 - where it cannot be imported nothing may be graded


def serve(root: str, name: str, connection: socket.socket, opening: Opening) -> None:
    """Serve requests on the connection until the other side closes it."""
    session = _Session(Path(root), name, connection, opening)
    try:
        session.run()
    except AutograderError as error:
        session.answer_all(error)
    finally:
        opening.close()


class _Session:
    def __init__(self, root: Path, name: str, connection: socket.socket, opening: Opening) -> None:
        self._root = root
        self._name = name
        self._connection = connection
        self._opening = opening

    def run(self) -> None:
        """Collect the suites, then serve from inside the pytest session."""
        course = Course.load(self._root)
        assignment = course.assignment(self._name)
        assignment.questions  # noqa: B018 - what does not fit is a CourseError before pytest sees it
        suite_digest(assignment)  # before the files are loaded: one that changes meanwhile must not pass for judged
        plugin = _Serve(self, course, assignment)
        suites = [str(assignment.checks_path), str(assignment.suite_path)]
        with no_other_plugins():
            status = pytest.main([*silent_session(assignment.root), *suites], plugins=[plugin])
        if plugin.broken is not None:
            raise plugin.broken
        if not plugin.served:
            msg = f"pytest ended with status {int(status)} before it collected {', '.join(suites)}; run pytest on them"
            raise SuiteError(msg)

    def serve(self, grader: Grader, sandbox: Sandbox) -> None:
        """Answer requests until the other side closes."""
        with contextlib.suppress(ConnectionError):  # it closed while we were at work
            while (request := receive(self._connection, Request)) is not None:
                send(self._connection, _answer_or_error(request, grader, sandbox))

    def open_sandbox(self) -> Sandbox:
        """Return the sandbox, started."""
        return self._opening.sandbox()

    def answer_all(self, error: AutograderError) -> None:
        """Answer every request with `error`."""
        while receive(self._connection, Request) is not None:
            send(self._connection, error_reply(error))


class _Serve:
    """Takes the place of pytest's own loop over the tests."""

    def __init__(self, session: _Session, course: Course, assignment: Assignment) -> None:
        self._session = session
        self._course = course
        self._assignment = assignment
        self.broken: AutograderError | None = None
        self.served = False

    @pytest.hookimpl(wrapper=True)
    def pytest_collection(self) -> object:
        refuse_unseen(self._assignment)
        try:
            return (yield)
        except pytest.UsageError as error:
            self.broken = SuiteError(str(error))
            raise

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed and self.broken is None:
            self.broken = SuiteError(f"{report.nodeid} cannot be collected; mend it:\n{report.longreprtext}")

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if self.broken is None:
            try:
                with self._session.open_sandbox() as sandbox:
                    grader = Grader(self._course, self._assignment, session.config, sandbox)
                    self.served = True
                    gc.freeze()
                    gc.enable()
                    self._session.serve(grader, sandbox)
            except AutograderError as error:
                self.broken = error
            except OSError as error:
                self.broken = SandboxError(f"grading is not possible on this machine as it is: {error}")
        return True


def _answer_or_error(request: Request, grader: Grader, sandbox: Sandbox) -> Reply:
    try:
        return _answer(request, grader, sandbox)
    except AutograderError as error:
        return error_reply(error)
    except Exception:  # a fault of ours over one submission must not cost another one its grade
        traceback.print_exc()
        return Reply(error="Fault")


def _answer(request: Request, grader: Grader, sandbox: Sandbox) -> Reply:
    if request.kind == "prepare":
        grader.prepare()
        return Reply(sandbox=sandbox.protection.mode)
    earlier = record.from_json(request.earlier) if request.earlier else None
    graded = grader.grade(request.data, request.student, request.seeds, earlier)
    return Reply(grade=record.to_json(graded.grade), notebook=graded.page)
