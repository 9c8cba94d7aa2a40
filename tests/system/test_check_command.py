"""`autograder check` and `autograder init`, as typed in a terminal."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO

import pytest

from autograder.guide import guide_in
from tests import minicourse

RIGHT = minicourse.RIGHT
HANGS = "import time\ndef double(x):\n    return 2 * x\ntime.sleep(600)"


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that `autograder init` has made in a tiny course."""
    course = minicourse.write_course(tmp_path_factory.mktemp("course"))
    done = autograder(course, "init")
    assert (done.returncode, done.stdout) == (0, "my-course/mini/mini.ipynb is ready\n")
    return course / "my-course"


@pytest.fixture
def write(copies: Path) -> Iterator[Callable[[Mapping[str, str]], Path]]:
    """A function that saves the notebook with these answers."""
    path = copies / "mini" / "mini.ipynb"
    released = path.read_bytes()

    def save(answers: Mapping[str, str]) -> Path:
        unsaved = path.with_suffix(".tmp")
        unsaved.write_bytes(minicourse.answered(answers))
        unsaved.replace(path)
        return path

    yield save
    path.write_bytes(released)


def autograder(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "autograder.cli", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_init_copies_and_keeps(copies: Path) -> None:
    """Notebook, checks and guide are there; a second time nothing that a student wrote is touched."""
    assert sorted(path.name for path in (copies / "mini").iterdir()) == ["checks.py", "guide.json", "mini.ipynb"]
    (copies / "mini" / "notes.txt").write_text("mine")
    done = autograder(copies.parent, "init")
    assert "is there already, and stays as it is" in done.stdout
    assert (copies / "mini" / "notes.txt").read_text() == "mine"
    assert [path.name for path in copies.iterdir()] == ["mini"]


def test_slips_of_a_question_that_is_not_asked_are_left_out(tmp_path: Path) -> None:
    """A question that was taken out of an assignment may keep its slips: the others are sealed as before."""
    gone = '@misconception("gone", hint="Nobody asks.")\ndef other(x):\n    return x\n'
    guides = []
    for name, text in (("whole", minicourse.MISCONCEPTIONS), ("more", f"{minicourse.MISCONCEPTIONS}\n\n{gone}")):
        course = minicourse.write_course(tmp_path / name, misconceptions=text)
        assert autograder(course, "init").returncode == 0
        guides.append(guide_in(course / "my-course" / "mini"))
    assert guides[0] == guides[1]
    assert {name: len(question.slips) for name, question in guides[0].questions.items()} == {"double": 1, "square": 1}


@pytest.mark.parametrize("folder", ["assignments", "assignments/mine", "reference/x", "tests"])
def test_init_refuses_folders_of_the_course(copies: Path, folder: str) -> None:
    """Working copies do not mix with the course itself."""
    done = autograder(copies.parent, "init", folder)
    assert done.returncode == 2
    assert "is a folder of the course itself; name one of your own" in done.stderr


def test_stubs_are_not_attempted(copies: Path) -> None:
    """The first look: nothing done, status 1, no complaint."""
    done = autograder(copies, "check")
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "mini: Tiny – 0 of 2 questions right so far",
        "  · double  not attempted",
        "  · square  not attempted",
    ]
    assert done.stderr == ""


def test_right_answers_have_status_0(write: Callable[[Mapping[str, str]], Path], copies: Path) -> None:
    """Every visible check passes."""
    write(RIGHT)
    done = autograder(copies / "mini", "check")
    assert (done.returncode, done.stderr) == (0, "")
    assert "2 of 2 questions right so far" in done.stdout


def test_a_wrong_answer_has_one_message(write: Callable[[Mapping[str, str]], Path], copies: Path) -> None:
    """The overview says what to look at first; a question that is named shows all its checks."""
    write({**RIGHT, "double": "def double(x):\n    print('hello')\n    return x + 2"})
    done = autograder(copies, "check", "mini")
    assert done.returncode == 1
    assert "✗ double  0 of 1" in done.stdout
    assert "    → " in done.stdout
    assert "hello" not in done.stdout
    named = autograder(copies, "check", "double")
    assert "✗ failed  Three becomes six." in named.stdout
    assert "2 hidden ones run at grading" in named.stdout
    assert autograder(copies, "check", "square").returncode == 0


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("def double(x):\n    return 2 * (x", "cell 2 raised SyntaxError"),
        ("1 / 0", "cell 2 raised ZeroDivisionError: division by zero"),
        ("exit()", "cell 2 raised SystemExit"),
        ("import os\nos._exit(3)", "the notebook ended Python itself (status 3)"),
        ("%matplotlib inline\nfrom matplotlib import pyplot\npyplot.figure(); pyplot.show()\n!true", ""),
    ],
)
def test_cells_that_do_not_run(
    write: Callable[[Mapping[str, str]], Path], copies: Path, source: str, problem: str
) -> None:
    """A cell that fails is named, and the others are checked where Python is still there."""
    write({**RIGHT, "double": source})
    done = autograder(copies, "check")
    assert done.returncode == 1
    assert (f"  ! {problem}" in done.stdout) is bool(problem)
    assert "square" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("dubble",), "did you mean double"),
        (("gone.ipynb",), "there is no such file"),
    ],
)
def test_usage(copies: Path, words: tuple[str, ...], message: str) -> None:
    """What cannot be checked has status 2 and says what to do."""
    done = autograder(copies, "check", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr


def test_watching_says_what_changed(write: Callable[[Mapping[str, str]], Path], copies: Path) -> None:
    """Each time the notebook is saved its changes are told, a newer save ends an older check, Ctrl-C ends it all."""
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "autograder.cli", "check", "--watch"],
        cwd=copies,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:
        try:
            assert process.stdout is not None
            assert until(process.stdout, "watching; save the notebook")[0].endswith("0 of 2 questions right so far\n")
            write({"double": RIGHT["double"]})
            assert until(process.stdout, "✓ double")[-1] == "  ✓ double: not attempted → 1 of 1\n"
            write({**RIGHT, "double": HANGS})
            write({**RIGHT, "double": "def double(x):\n    return x"})
            until(process.stdout, "✗ double: 1 of 1 → 0 of 1")
            until(process.stdout, "✓ square: not attempted → 1 of 1")
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0


def until(lines: IO[str], words: str) -> list[str]:
    """Return the lines up to the one that holds `words`."""
    read = []
    for line in lines:
        read.append(line)
        if words in line:
            return read
    pytest.fail(f"{words!r} was never said: {read}")
