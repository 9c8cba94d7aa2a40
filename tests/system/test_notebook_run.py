"""A saved notebook in a process of its own, and how that ends when somebody presses Ctrl-C."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.learner.assignments import OwnAssignment, assignment_in
from autograder.learner.notebook_run import NotebookRun
from tests import minicourse
from tests.command import started
from tests.faults.running import alive

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
LOOPS = "def square(x):\n    open('begun', 'w').close()\n    while True: pass"


@pytest.fixture
def own(tmp_path: Path) -> Callable[..., OwnAssignment]:
    """A function that saves the notebook with these answers."""

    def saved(**answers: str) -> OwnAssignment:
        folder = minicourse.write_course(tmp_path) / "assignments" / "mini"
        (folder / "mini.ipynb").write_bytes(minicourse.answered({**minicourse.RIGHT, **answers}))
        return assignment_in(folder)

    return saved


def until(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.01)


def has_pending(process: int, number: int) -> bool:
    """Tell whether the system keeps this signal back from the process."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    pending = next(line for line in lines if line.startswith("ShdPnd"))
    return bool(int(pending.split()[1], 16) >> (number - 1) & 1)


def test_what_was_said_last_is_heard_where_a_run_is_stopped(own: Callable[..., OwnAssignment]) -> None:
    """Nobody has listened yet, and the place and the question that is done are known all the same."""
    assignment = own(square=LOOPS)
    with NotebookRun(assignment, []) as run:
        until((assignment.folder / "begun").exists)
        rows = run.stop()
        place = run.place
    assert [(row.question, row.state) for row in rows] == [("double", "right")]
    assert place == "the checks of `square`"


def test_a_program_that_is_left_running_does_not_hold_up_who_stops(own: Callable[..., OwnAssignment]) -> None:
    """It keeps the line open on which there is nothing more to hear."""
    assignment = own(double=f"{LEAVES}\n{SLEEPS}")
    with NotebookRun(assignment, []) as run:
        until((assignment.folder / "begun").exists)
        try:
            assert run.stop() == []
        finally:
            os.kill(int((assignment.folder / "left").read_text()), signal.SIGKILL)
        assert run.place == "the cell of `double`"


def test_a_notebook_gets_no_interrupt(own: Callable[..., OwnAssignment]) -> None:
    """It is for whoever shows the results, who gets it as ever; the cell at work does not end by it."""
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, [])
    assignment = own(double=SLEEPS)
    with NotebookRun(assignment, []) as run:
        assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == mask
        until((assignment.folder / "begun").exists)
        os.kill(run._process.pid, signal.SIGINT)
        assert has_pending(run._process.pid, signal.SIGINT)
        run.stop()
    assert (run.place, run.problems) == ("the cell of `double`", ())


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
    with started(folder, "check") as process:
        until((folder / "begun").exists)
        process.send_signal(number)
    assert process.returncode == -number
    worker = int((folder / "worker").readlink().name)
    until(lambda: not alive([worker]))
