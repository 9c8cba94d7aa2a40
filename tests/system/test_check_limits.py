"""`autograder check` on what takes too long: grading's limits and words, and what is told meanwhile."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from autograder import record
from autograder.guide import guide_in
from tests import minicourse
from tests.command import autograder, interrupt, started

RIGHT = minicourse.RIGHT
LOOK = "Look for a loop that does not end, or for far more work than is needed."
ENDLESS = "def double(x):\n    while True: pass"
STUBBORN = "def double(x):\n    try:\n        while True: x = x + 1\n    except BaseException: double(x)"
UNINTERRUPTED = "def double(x):\n    return sum(range(10 ** 15))"
HANGS = "def double(x):\n    return 2 * x\nimport time\ntime.sleep(600)"

Write = Callable[[Mapping[str, str]], Path]


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny course, with its working copies in `my-course`."""
    root = minicourse.write_course(tmp_path_factory.mktemp("course"))
    assert autograder(root, "init").returncode == 0
    return root


@pytest.fixture
def write(course: Path) -> Write:
    """A function that saves the notebook with these answers."""

    def save(answers: Mapping[str, str]) -> Path:
        path = course / "my-course" / "mini" / "mini.ipynb"
        path.write_bytes(minicourse.answered(answers))
        return path

    return save


def one_line(text: str) -> str:
    return " ".join(text.split())


def test_the_limits_are_those_of_the_course(course: Path) -> None:
    """They come with the released notebook: students have no course.yml."""
    limits = guide_in(course / "my-course" / "mini").limits
    assert (limits.call_seconds, limits.cell_seconds, limits.training_seconds) == (1, 2, 60)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (ENDLESS, "`double`: the call ran longer than 1 s and was stopped in your line 2: `while True: pass`."),
        (STUBBORN, "`double`: the call ran longer than 1 s and was stopped in your line 3: `while True: x = x + 1`."),
        (UNINTERRUPTED, "`double`: the call ran longer than 1 s and was stopped."),
        (HANGS, "`double`: the cell ran longer than 2 s and was stopped in your line 4: `time.sleep(600)`."),
        (
            f"\n\n{ENDLESS}",
            "`double`: the call ran longer than 1 s and was stopped in your line 4: `while True: pass`.",
        ),
        (f"%%time\n{ENDLESS}", "`double`: the call ran longer than 1 s and was stopped."),
    ],
)
def test_what_takes_too_long_ends_its_question_only(write: Write, course: Path, answer: str, words: str) -> None:
    """Whatever the code does against it, it is ended and named, and the question after it is checked."""
    write({**RIGHT, "double": answer})
    done = autograder(course, "check")
    title, first, *message, square, standing = done.stdout.splitlines()
    assert (title, first) == ("mini: Tiny", "  ✗ double  0 of 1")
    told = one_line(" ".join(message))
    assert told == f"→ {words} {LOOK}"
    assert (square, standing) == ("  ✓ square  1 of 1", "  1 of 2 questions right so far")
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.parametrize("answer", [ENDLESS, HANGS])
def test_grading_says_the_same(write: Write, course: Path, tmp_path: Path, answer: str) -> None:
    """But for the line: one sentence for one fault, in the terminal and on the feedback page."""
    path = write({**RIGHT, "double": answer})
    assert autograder(course, "grade", "mini", str(path), "--out", str(tmp_path)).returncode == 0
    (graded,) = [record.read(file) for file in tmp_path.glob("*.json")]
    said = one_line(autograder(course, "check", "double").stdout).partition("→ ")[2]
    what = graded.questions[0].message.removesuffix(f". {LOOK}")
    assert "and was stopped" in what
    assert said.startswith(f"{what} in your line ")
    assert LOOK in said


def test_checks_before_and_after_the_one_that_took_too_long(write: Write, course: Path) -> None:
    """What had passed has passed; what comes after it was not run, as in grading."""
    checks = course / "my-course" / "mini" / "checks.py"
    text = checks.read_text()
    more = 'def test_{0}(submission):\n    """It is {0}."""\n    agree("out", submission.double({1}), {2})\n'
    mark = '\n\n@pytest.mark.question("double")\n'
    checks.write_text(text + mark + more.format("zero", 0.0, 0.0) + mark + more.format("five", 5.0, 10.0))
    write({**RIGHT, "double": "def double(x):\n    while x == 0: pass\n    return 2 * x"})
    try:
        shown = autograder(course, "check", "double").stdout.splitlines()
    finally:
        checks.write_text(text)
    assert shown[2:5] == ["    ✓ passed  Three becomes six.", "    ✗ failed  It is zero.", "    · not run  It is five."]


@pytest.mark.parametrize(
    ("mark", "seconds"),
    [("@pytest.mark.limits(call_seconds=3)\n", "the call ran longer than 3 s"), ("@pytest.mark.training\n", "used up")],
)
def test_a_check_may_have_a_limit_of_its_own(write: Write, course: Path, mark: str, seconds: str) -> None:
    """What a check allows is allowed here, too."""
    folder = course / "my-course" / "mini"
    kept = {path: path.read_text() for path in (folder / "checks.py", folder / "guide.json")}
    (folder / "checks.py").write_text(kept[folder / "checks.py"].replace("def test_three", f"{mark}def test_three"))
    guide = json.loads(kept[folder / "guide.json"])
    guide["limits"]["training_seconds"] = 2
    (folder / "guide.json").write_text(json.dumps(guide))
    try:
        write({**RIGHT, "double": "import time\ndef double(x):\n    time.sleep(1.5)\n    return 2 * x"})
        assert "✓ double  1 of 1" in autograder(course, "check").stdout
        write({**RIGHT, "double": ENDLESS})
        assert seconds in one_line(autograder(course, "check").stdout)
    finally:
        for path, text in kept.items():
            path.write_text(text)


def _insert(path: Path, *sources: str) -> None:
    """Put cells of the student's own below the first one."""
    whole = json.loads(path.read_text())
    own = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    whole["cells"][1:1] = [{**own, "source": source} for source in sources]
    path.write_text(json.dumps(whole))


def test_a_step_that_nearly_took_too_long_takes_nothing_from_the_next(write: Write, course: Path) -> None:
    """The next one has all its time, also where it lets nobody look at the clock."""
    held = (
        "from collections import deque\nfrom itertools import takewhile\nimport time\nend = time.process_time() + 1.6\n"
    )
    held += "deque(takewhile(end.__gt__, iter(time.process_time, None)), maxlen=0)"
    _insert(write(RIGHT), "import time\ntime.sleep(1.85)", held)
    done = autograder(course, "check")
    assert done.stdout.splitlines()[1:] == [
        "  ✓ double  1 of 1",
        "  ✓ square  1 of 1",
        "  2 of 2 questions right so far",
    ]


def test_time_in_which_the_program_was_stopped_does_not_count(write: Write, course: Path) -> None:
    """As by Ctrl-Z and `fg`: the cell has the time that is left to it."""
    _insert(write(RIGHT), "import time\nopen('begun', 'w').close()\ntime.sleep(0.8)")
    begun = course / "my-course" / "mini" / "begun"
    command = [sys.executable, "-m", "autograder.cli", "check"]
    with subprocess.Popen(command, cwd=course, stdout=subprocess.PIPE, text=True, process_group=0) as process:
        while not begun.exists():
            assert process.poll() is None
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGSTOP)
        time.sleep(4)
        os.killpg(process.pid, signal.SIGCONT)
        said, _ = process.communicate(timeout=60)
    begun.unlink()
    assert "!" not in said
    assert said.endswith("  2 of 2 questions right so far\n")


def test_a_thread_that_goes_on_holds_nothing_up(write: Write, course: Path) -> None:
    """A notebook may leave something running; all is known by then."""
    thread = "import threading, time\nthreading.Thread(target=time.sleep, args=(600,)).start()"
    write({**RIGHT, "double": f"{RIGHT['double']}\n{thread}"})
    done = autograder(course, "check")
    assert "2 of 2 questions right so far" in done.stdout
    assert done.returncode == 0


def test_a_terminal_shows_where_it_is(write: Write, course: Path) -> None:
    """One line, written over itself and gone at the end; standard output holds none of it."""
    write({**RIGHT, "double": HANGS})
    terminal, theirs = pty.openpty()
    command = [sys.executable, "-m", "autograder.cli", "check"]
    with subprocess.Popen(command, cwd=course, stdout=subprocess.PIPE, stderr=theirs, text=True) as process:
        os.close(theirs)
        said, _ = process.communicate(timeout=60)
    shown = os.read(terminal, 1 << 16).decode()
    os.close(terminal)
    *lines, last = [text for text in shown.split("\r") if text]
    at_work = [text for text in lines if text.strip() and "at the start" not in text]  # which may take long, too
    assert re.fullmatch(r"  … at the cell of `double`, for \d s \(Ctrl-C stops\)", at_work[0])
    assert last.strip() == ""
    assert "\n" not in shown
    assert "…" not in said


def test_ctrl_c_tells_first_what_is_known(write: Write, course: Path) -> None:
    """A cell that has failed by then is named, before the words about the interruption."""
    begun = course / "my-course" / "mini" / "begun"
    slow = "import time\nopen('begun', 'w').close()\ntime.sleep(600)"
    write({"double": "def double(x):\n    return 2 * (x", "square": slow})
    with started(course, "check") as process:
        said, complaint = interrupt(process, begun)
    title, problem, stopped = said.splitlines()
    assert title == "mini: Tiny"
    assert problem.startswith("  ! the cell of `double` could not be run, because of a SyntaxError in line 2: ")
    assert stopped.startswith("  ! stopped at the cell of `square`; ")
    assert (process.returncode, complaint) == (130, "autograder: stopped\n")
