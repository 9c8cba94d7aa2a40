"""One test of a suite against one submission, inside a live pytest session."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from _pytest.runner import runtestprotocol  # what plugins that rerun tests use; pytest has no public name for it

from autograder import direct
from autograder.errors import AutograderError, SuiteError
from autograder.suite import REFERENCE_SEED, trial

if TYPE_CHECKING:
    from autograder.sandbox import Submission

_NO_AUTOLOAD = "PYTEST_DISABLE_PLUGIN_AUTOLOAD"
_SETTINGS = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", _NO_AUTOLOAD)


def silent_session(root: Path) -> list[str]:
    """Return pytest arguments for a session that prints nothing and asks no settings of the folder it runs in."""
    off = ("cacheprovider", "terminal", "warnings", "logging", "faulthandler")
    quiet = [part for name in off for part in ("-p", f"no:{name}")]
    where = [f"--rootdir={root}", f"--config-file={os.devnull}", "--import-mode=importlib", "--capture=no"]
    where.append(f"--confcutdir={root}")  # a conftest.py above is none of the course
    return [*where, *quiet, "-p", "autograder.suite"]


@contextlib.contextmanager
def no_other_plugins() -> Iterator[None]:
    """Keep options and plugins that the environment names, or that happen to be installed, out of a new session."""
    before = {name: os.environ.pop(name, None) for name in _SETTINGS}
    os.environ[_NO_AUTOLOAD] = "1"
    try:
        yield
    finally:
        del os.environ[_NO_AUTOLOAD]
        os.environ.update({name: text for name, text in before.items() if text is not None})


@dataclass(frozen=True)
class _Outcome:
    """What a test raised, and whether it did so twice."""

    error: Exception | None
    is_sure: bool


class Examiner:
    """Runs collected tests, as often as wanted, and hands back what they raised instead of printing it."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._catcher = _Catcher()
        config.pluginmanager.register(self._catcher)
        self._direct: dict[pytest.Item, bool] = {}
        self._fixed: dict[tuple[pytest.Item, Hashable], _Outcome] = {}
        self._passes: dict[tuple[pytest.Item, Hashable], bool] = {}

    def run(self, item: pytest.Item, submission: Any, seed: str) -> Exception | None:
        """Return None where the test passes against `submission`, otherwise the exception that ended it.

        A test that skips itself, or a fixture of the suite that fails, raises SuiteError: a grade cannot rest on it.
        """
        with trial(self._config, submission, seed):
            error = self._called(item) if self._is_direct(item) else self._protocol(item)
        if error is not None and not isinstance(error, Exception):
            msg = f"{item.nodeid}: ended by {type(error).__name__} ({error}); a suite's test passes or fails"
            raise SuiteError(msg) from error
        return error and _without_frames(error)

    def run_known(self, item: pytest.Item, code: Hashable, submission: Any, seed: str) -> Exception | None:
        """Do the same as `run` for `code` of the course's own: where the inputs are fixed, the outcome is, too.

        That is believed once it has come twice the same: a suite may draw inputs in ways of its own.
        """
        if not self._is_direct(item) or not direct.is_fixed(item):
            return self.run(item, submission, seed)
        known = self._fixed.get((item, code))
        if known is not None and known.is_sure:
            return known.error
        error = self.run(item, submission, seed)
        self._fixed[item, code] = _Outcome(error, known is not None and _looks(known.error) == _looks(error))
        return error

    def passes(self, item: pytest.Item, code: Hashable, submission: Any, seed: str) -> bool:
        """Tell whether `code` of the course's own passes a test, on one draw of inputs for all or on those of `seed`.

        The former is found out once.
        """
        if (item, code) not in self._passes:
            self._passes[item, code] = self.run(item, submission, REFERENCE_SEED) is None
        return self._passes[item, code] or self.run_known(item, code, submission, seed) is None

    def pass_together(self, items: Sequence[pytest.Item], submission: Submission, seed: str) -> Sequence[pytest.Item]:
        """Run those tests side by side that may be, and return them if all pass; if not, running each one tells why.

        The parts of a whole are judged by the same calls.
        """
        chosen = [item for item in items if self._is_direct(item) and direct.may_overlap(item)]
        with trial(self._config, submission, seed):
            passed = submission.all_pass([partial(direct.call, item, as_whole=True) for item in direct.wholes(chosen)])
        return chosen if passed else ()

    def _is_direct(self, item: pytest.Item) -> bool:
        if item not in self._direct:
            self._direct[item] = direct.is_direct(item)
        return self._direct[item]

    def _called(self, item: pytest.Item) -> BaseException | None:
        """Return what a test raises that is called without pytest's protocol."""
        try:
            return direct.call(item)
        except SuiteError:
            raise
        except Exception as error:
            raise _broken(item, "setup", error) from error

    def _protocol(self, item: pytest.Item) -> BaseException | None:
        """Return what a test raises that pytest sets up, calls and tears down."""
        self._catcher.raised = {}
        _run(item)
        for when in ("setup", "teardown"):
            if error := self._catcher.raised.get(when):
                raise _broken(item, when, error) from error
        return self._catcher.raised.get("call")


def _looks(error: Exception | None) -> tuple[type, str]:
    """Return what two outcomes have in common that are the same; what `assert` says may hold an address."""
    return type(error), str(error) if isinstance(error, AutograderError) else ""


def _broken(item: pytest.Item, when: str, error: BaseException) -> SuiteError:
    return SuiteError(f"{item.nodeid}: {when} failed ({type(error).__name__}: {error}); mend the suite's fixtures")


def _run(item: pytest.Item) -> None:
    """Run a test; what stops it from outside leaves nothing set up that would be in the way of the next one."""
    try:
        runtestprotocol(item, log=False, nextitem=None)
    except BaseException:
        with contextlib.suppress(Exception):
            item.session._setupstate.teardown_exact(None)
        raise


def _without_frames(error: Exception) -> Exception:
    """Return the error without the frames that it came through: they hold all that the test worked with."""
    link: BaseException | None = error
    while link is not None and link.__traceback__ is not None:
        link.__traceback__ = None
        link = link.__cause__ or link.__context__
    return error


class _Catcher:
    """Keeps what a phase of a test raised; the report is a bare one, because formatting a traceback costs 10 ms."""

    def __init__(self) -> None:
        self.raised: dict[str, BaseException] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> pytest.TestReport:
        if call.excinfo is not None:
            self.raised[call.when] = call.excinfo.value
        outcome = "failed" if call.excinfo else "passed"
        return pytest.TestReport(item.nodeid, item.location, {}, outcome, None, call.when)  # type: ignore[arg-type]
