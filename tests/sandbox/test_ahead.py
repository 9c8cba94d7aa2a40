"""Cells that an assignment begins with are run once, and a submission cannot tell that it did not run them itself."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Sequence
from typing import NoReturn

import pytest

from autograder.errors import CallFailed, SandboxError
from autograder.limits import Limits
from autograder.sandbox import Cell, Sandbox, Submission, control

IMPORTS = "import numpy as np\nimport matplotlib.pyplot as plt\n\n%matplotlib inline"
GIVEN = '''"""What everybody gets."""
HIGHEST = [1.0]

def clipped(x):
    """Clip."""
    if x < 0:
        raise ValueError("negative")
    return np.minimum(x, HIGHEST[0])'''
OWN = "def twice(x):\n    return 2 * clipped(x)"
DRAWS = "def drawn():\n    return [float(np.random.rand()), __import__('random').random()]"


@pytest.fixture(scope="module")
def warm() -> Iterator[Sandbox]:
    """A sandbox that has run two cells ahead."""
    with Sandbox() as sandbox:
        assert sandbox.run_ahead([IMPORTS, GIVEN])
        yield sandbox


@pytest.fixture(params=["warm", "one layer"])
def prepared(request: pytest.FixtureRequest) -> Sandbox:
    """Such a one, with bubblewrap and without."""
    if request.param == "warm":
        found: Sandbox = request.getfixturevalue("warm")
        return found
    plain: Sandbox = request.getfixturevalue("one_layer")
    assert plain.run_ahead([IMPORTS, GIVEN])
    return plain


def loaded(sandbox: Sandbox, *sources: str) -> Submission:
    return sandbox.load([Cell(f"cell {at}", source) for at, source in enumerate(sources, 1)], seed=3)


def late(*_: object) -> NoReturn:
    raise TimeoutError


def ran_ahead(submission: Submission) -> int:
    channel = submission._session._channel
    assert channel is not None
    return channel.ran


def test_what_they_define_is_there(prepared: Sandbox) -> None:
    """Functions, values and modules are the submission's own, as if it had run the cells."""
    with loaded(prepared, IMPORTS, GIVEN, OWN, "clipped.__module__, plt.__name__") as submission:
        assert ran_ahead(submission) == 2
        assert submission.twice(5.0) == 2.0
        assert submission.has("clipped")
        assert submission.has("HIGHEST")
        assert [run.failure for run in submission.runs] == [None] * 4
        assert [run.outputs for run in submission.runs[:3]] == [[], [], []]
        (shown,) = submission.runs[3].outputs
        assert shown["data"]["text/plain"] == "('__main__', 'matplotlib.pyplot')"


@pytest.mark.parametrize(
    "sources",
    [
        (OWN,),
        ("HIGHEST = [9.0]", IMPORTS, GIVEN),
        (IMPORTS, f"{GIVEN} ", OWN),
        (IMPORTS,),
        (),
    ],
    ids=["others", "one before them", "one of them changed", "one of them only", "none"],
)
def test_whoever_begins_otherwise_has_nothing_of_them(prepared: Sandbox, sources: Sequence[str]) -> None:
    """Such a submission runs all of its own cells, in its own order."""
    with loaded(prepared, *sources) as submission:
        if sources:
            assert ran_ahead(submission) == 0
        own = "\n".join(sources)
        assert submission.has("np") == (IMPORTS in own)
        assert submission.has("clipped") == (GIVEN in own)


def test_a_failure_has_its_cell_and_line(prepared: Sandbox) -> None:
    """A line of a cell that was run ahead is named as that of any other."""
    with loaded(prepared, IMPORTS, GIVEN, OWN) as submission, pytest.raises(CallFailed) as failed:
        submission.twice(-1.0)
    assert (failed.value.cell, failed.value.line) == ("cell 2", 7)


def test_what_one_submission_changes_the_next_one_does_not_see(prepared: Sandbox) -> None:
    """Each has a copy of its own."""
    with loaded(prepared, IMPORTS, GIVEN, OWN, "HIGHEST.append(0); HIGHEST[0] = 3.0; del clipped.__doc__") as first:
        assert first.twice(5.0) == 6.0
    with loaded(prepared, IMPORTS, GIVEN, OWN, "HIGHEST, clipped.__doc__") as second:
        (shown,) = second.runs[3].outputs
    assert shown["data"]["text/plain"] == "([1.0], 'Clip.')"


def test_random_numbers_begin_at_the_same_place(warm: Sandbox, sandbox: Sandbox) -> None:
    """They come from the submission's seed, whoever has run the first cells."""
    drawn = []
    for each in (warm, sandbox):
        with loaded(each, IMPORTS, GIVEN, DRAWS) as submission:
            drawn.append((ran_ahead(submission), submission.drawn()))
    assert drawn[0][1] == drawn[1][1]
    assert [ran for ran, _ in drawn] == [2, 0]


def test_figures_are_drawn(prepared: Sandbox) -> None:
    """A module that is loaded when it is used is the one that the cells have imported."""
    with loaded(prepared, IMPORTS, GIVEN, "plt.plot([1, 2])") as submission:
        assert any("image/png" in output.get("data", {}) for output in submission.runs[2].outputs)


def test_after_a_crash_they_are_there_again(prepared: Sandbox) -> None:
    """A new process begins where the first one did."""
    with loaded(prepared, IMPORTS, GIVEN, OWN, "import os\ndef end():\n    os._exit(1)") as submission:
        with pytest.raises(CallFailed):
            submission.end()
        assert submission.twice(5.0) == 2.0
        assert ran_ahead(submission) == 2


@pytest.mark.parametrize(
    "source",
    ["print('hello')", "1 + 1", "1 / 0", "def broken(:", "raise SystemExit", f"x = '{'y' * 70_000}'"],
    ids=["prints", "shows", "fails", "is no Python", "ends", "is too long"],
)
def test_cells_that_do_more_are_left_to_the_submissions(source: str) -> None:
    """Then nothing is kept of any, and what such a cell shows is shown by each submission."""
    with Sandbox() as sandbox:
        assert not sandbox.run_ahead([GIVEN, source])
        with loaded(sandbox, GIVEN, source, "'clipped' in globals()") as submission:
            assert ran_ahead(submission) == 0
            assert submission.runs[2].outputs[0]["data"]["text/plain"] == "True"
        with loaded(sandbox, "'clipped' in globals()") as submission:
            assert submission.runs[0].outputs[0]["data"]["text/plain"] == "False"


def test_others_take_their_place() -> None:
    """What was run ahead before is gone."""
    with Sandbox() as sandbox:
        assert sandbox.run_ahead(["a = 1"])
        assert sandbox.run_ahead(["b = 2"])
        with loaded(sandbox, "b = 2", "'a' in globals(), b") as submission:
            assert ran_ahead(submission) == 1
            assert submission.runs[1].outputs[0]["data"]["text/plain"] == "(False, 2)"


def test_a_new_zygote_has_run_nothing() -> None:
    """Where the sandbox has to be started again, submissions run all of their cells."""
    with Sandbox() as sandbox:
        assert sandbox.run_ahead([GIVEN])
        started = sandbox._host._started
        assert started is not None
        os.killpg(started.process.pid, signal.SIGKILL)
        started.process.wait()
        with loaded(sandbox, GIVEN, "import numpy as np\n" + OWN) as submission:
            assert ran_ahead(submission) == 0
            assert submission.twice(5.0) == 2.0


def test_a_sandbox_that_is_closed() -> None:
    """It runs nothing."""
    with Sandbox() as sandbox:
        pass
    with pytest.raises(SandboxError, match="closed"):
        sandbox.run_ahead([GIVEN])


def test_an_answer_that_is_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that nobody waits for any more is not taken for the one that is asked for next."""
    with Sandbox() as sandbox:
        assert sandbox.run_ahead([GIVEN])
        with monkeypatch.context() as patch:
            patch.setattr(control.socket, "recv_fds", late)
            with pytest.raises(TimeoutError):
                sandbox._host._fork(Limits(), [], figures=False)
        with loaded(sandbox, GIVEN, "import numpy as np\n" + OWN) as submission:
            assert (ran_ahead(submission), sandbox.losses) == (1, 0)
            assert submission.twice(5.0) == 2.0


def test_the_same_outputs_before_and_after_somebody_has_drawn() -> None:
    """A traceback through a cell that was run ahead looks as it does where nothing was."""
    shown = []
    for ahead in (True, False):
        with Sandbox() as sandbox:
            if ahead:
                assert sandbox.run_ahead([IMPORTS, GIVEN])
            for draws in ("None", "plt.plot([1])", "None"):
                with loaded(sandbox, IMPORTS, GIVEN, draws, "clipped(-1)") as submission:
                    shown.append(submission.runs[3].outputs[0]["traceback"])
    assert "Cell In[2], line 7" in "\n".join(shown[0])
    assert all(each == shown[0] for each in shown)


def test_figures_are_asked_for_once() -> None:
    """What the magic turns on is on before matplotlib is used: who turns it off shows the figure later."""
    asks = f"{IMPORTS}\n"
    draws = "getattr(plt, 'ioff')()\ngetattr(plt, 'plot')([1])\nNone"
    with Sandbox() as sandbox:
        for ahead in (True, False):
            assert sandbox.run_ahead([asks] if ahead else []) is ahead
            with loaded(sandbox, asks, draws, "getattr(plt, 'show')()") as submission:
                assert ran_ahead(submission) == ahead
                pictures = [sum("image/png" in each.get("data", {}) for each in run.outputs) for run in submission.runs]
                assert pictures == [0, 0, 1]
