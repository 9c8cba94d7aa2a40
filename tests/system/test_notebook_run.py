"""A saved notebook in a process of its own, and how that ends when somebody presses Ctrl-C."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from autograder.guide import GUIDE, Guide, TimeLimits
from autograder.learner.assignments import OwnAssignment, assignment_in
from autograder.learner.notebook_run import NotebookRun
from tests import minicourse
from tests.command import interrupt, started
from tests.faults.running import alive, until

WAITS = """\
import os, time
open('waiting', 'w').close()
while not os.path.exists('go'):
    time.sleep(0.01)
def double(x):
    return 2 * x"""
SLEEPS = "def double(x):\n    return 2 * x\nopen('begun', 'w').close()\nimport time\ntime.sleep(600)"
LEAVES = """\
import contextlib, os, subprocess
for number in map(int, os.listdir('/proc/self/fd')):
    with contextlib.suppress(OSError):
        os.set_inheritable(number, True)
with open('left', 'w') as file:
    file.write(str(subprocess.Popen(['sleep', '600'], close_fds=False).pid))"""
PROGRAM = "import os, subprocess\nos.symlink(str(subprocess.Popen(['sleep', '600']).pid), 'child')"
FORK = """\
import multiprocessing, os, time
child = multiprocessing.get_context('fork').Process(target=time.sleep, args=(600,))
child.start()
os.symlink(str(child.pid), 'child')"""
LOOPS = "def square(x):\n    open('begun', 'w').close()\n    while True: pass"


@pytest.fixture
def own(tmp_path: Path) -> Callable[..., OwnAssignment]:
    """A function that saves the notebook with these answers."""

    def saved(**answers: str) -> OwnAssignment:
        folder = minicourse.write_course(tmp_path) / "assignments" / "mini"
        (folder / "mini.ipynb").write_bytes(minicourse.answered({**minicourse.RIGHT, **answers}))
        return assignment_in(folder)

    return saved


def set_limits(folder: Path, limits: TimeLimits) -> None:
    """Let the assignment in this folder have these limits."""
    (folder / GUIDE).write_bytes(msgspec.json.encode(Guide(assignment="mini", limits=limits)))


def catches(process: int, number: int) -> bool:
    """Tell whether the process has a handler for the signal."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    caught = next(line for line in lines if line.startswith("SigCgt"))
    return bool(int(caught.split()[1], 16) >> (number - 1) & 1)


def test_what_was_said_last_is_heard_where_a_run_is_stopped(own: Callable[..., OwnAssignment]) -> None:
    """Nobody has listened yet, and the place and the question that is done are known all the same."""
    assignment = own(square=LOOPS)
    with NotebookRun(assignment, []) as run:
        until((assignment.folder / "begun").exists)
        rows = list(run.stop())
        place = run.place
    assert [(row.question, row.state) for row in rows] == [("double", "right")]
    assert place == "the checks of `square`"


def test_rows_that_were_heard_come_again_where_a_run_is_stopped(own: Callable[..., OwnAssignment]) -> None:
    """Ctrl-C may come before it was shown."""
    with NotebookRun(own(square=LOOPS), []) as run:
        row = next(run.rows())
        assert list(run.stop()) == [row]
    assert row.question == "double"


def test_a_program_that_is_left_running_does_not_hold_up_who_stops(own: Callable[..., OwnAssignment]) -> None:
    """It keeps the line open on which there is nothing more to hear."""
    assignment = own(double=f"{LEAVES}\n{SLEEPS}")
    with NotebookRun(assignment, []) as run:
        until((assignment.folder / "begun").exists)
        try:
            assert list(run.stop()) == []
        finally:
            os.kill(int((assignment.folder / "left").read_text()), signal.SIGKILL)
        assert run.place == "the cell of `double`"


def test_a_call_that_took_too_long_is_heard_where_a_run_is_stopped(own: Callable[..., OwnAssignment]) -> None:
    """It was told of before the interrupt, so the question is shown with the reason."""
    assignment = own(square=LOOPS)
    set_limits(assignment.folder, TimeLimits(call_seconds=0.5))
    with NotebookRun(assignment, []) as run:
        run._process.wait()
        rows = list(run.stop())
        assert run.place == "the checks of `square`"
    assert [(row.question, row.state) for row in rows] == [("double", "right"), ("square", "wrong")]
    assert "ran longer than 0.5 s" in rows[1].message


def test_an_interrupt_ends_a_notebook_and_is_no_fault_of_its_cell(own: Callable[..., OwnAssignment]) -> None:
    """The process says nothing more, and begins no other cell."""
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, [])
    assignment = own(double=SLEEPS)
    with NotebookRun(assignment, []) as run:
        assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == mask
        until((assignment.folder / "begun").exists)
        os.kill(run._process.pid, signal.SIGINT)
        assert run._process.wait() == -signal.SIGINT
        assert list(run.stop()) == []
    assert (run.place, run.problems) == ("the cell of `double`", ())


def test_an_interrupt_while_python_starts_is_not_told_of(
    own: Callable[..., OwnAssignment], capfd: pytest.CaptureFixture[str]
) -> None:
    """Nobody wants to know which module was being imported just then."""
    with NotebookRun(own(), []) as run:
        until(lambda: catches(run._process.pid, signal.SIGINT))
        os.kill(run._process.pid, signal.SIGINT)
        assert run._process.wait() == -signal.SIGINT
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("starts", [PROGRAM, FORK])
def test_ctrl_c_ends_what_a_cell_has_started(own: Callable[..., OwnAssignment], starts: str) -> None:
    """As it would without the command between them."""
    folder = own(double=f"{starts}\n{SLEEPS}").folder
    with started(folder, "check") as process:
        interrupt(process, folder / "begun")
    assert process.returncode == 130
    child = int((folder / "child").readlink().name)
    until(lambda: not alive([child]))


def test_results_that_nobody_had_seen_are_shown_after_ctrl_c(own: Callable[..., OwnAssignment]) -> None:
    """The command is busy elsewhere while a question is found right, and is interrupted at the next."""
    folder = own(double=WAITS, square=LOOPS).folder
    with started(folder, "check") as process:
        try:
            until((folder / "waiting").exists)
            os.kill(process.pid, signal.SIGSTOP)
            (folder / "go").touch()
            until((folder / "begun").exists)
            os.killpg(process.pid, signal.SIGINT)
            os.kill(process.pid, signal.SIGCONT)
            said, complaint = process.communicate(timeout=60)
        finally:
            process.kill()
    assert said.splitlines()[1] == "  ✓ double  1 of 1"
    assert "stopped at the checks of `square`; " in said
    assert (process.returncode, complaint) == (130, "autograder: stopped\n")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_notebook_ends_with_the_command(own: Callable[..., OwnAssignment], number: signal.Signals) -> None:
    """Whoever is to be told the results is gone, so a cell that sleeps for long is not waited for."""
    folder = own(double=f"import os\nos.symlink(str(os.getpid()), 'worker')\n{SLEEPS}").folder
    set_limits(folder, TimeLimits(cell_seconds=600))
    with started(folder, "check") as process:
        until((folder / "begun").exists)
        process.send_signal(number)
    assert process.returncode == -number
    worker = int((folder / "worker").readlink().name)
    until(lambda: not alive([worker]))
