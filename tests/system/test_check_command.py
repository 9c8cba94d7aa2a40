"""`autograder check` and `autograder init`, as typed in a terminal."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO

import pytest

from autograder.guide import guide_in
from tests import minicourse
from tests.command import autograder, interrupt, started

RIGHT = minicourse.RIGHT
BEGIN = "open('begun', 'w').close()"
UNSPEAKABLE = """\
class Unspeakable(Exception):
    def __str__(self):
        raise ValueError
raise Unspeakable"""
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
        "mini: Tiny",
        "  · double  not attempted",
        "  · square  not attempted",
        "  0 of 2 questions right so far",
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


def test_the_answer_to_mend_first_is_named(write: Callable[[Mapping[str, str]], Path], copies: Path) -> None:
    """In the overview, an answer that calls a wrong one says so."""
    write({"double": "def double(x):\n    return x + 2", "square": "def square(x):\n    return double(x) * x / 2"})
    done = autograder(copies, "check", "mini")
    assert "`square` builds on your `double`, which is not right yet: mend that one first" in " ".join(
        done.stdout.split()
    )


UNREADABLE = (
    "    → The cell of `double` could not be run, because of a SyntaxError in your line 2: `return 2 * (x`. The `(` in"
)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("def double(x):\n    return 2 * (x", UNREADABLE),
        ("def double(x):\n    x = = 2", "Python cannot read line 2 (invalid syntax): look there, and at the end"),
        (
            "def double(x):\n    return 2 * x\n  y",
            "because of an IndentationError in your line 3: `y`. Line 3 begins where no line above begins",
        ),
        ("1 / 0", "`double` raised ZeroDivisionError in your line 1: `1 / 0`. It says: division by zero."),
        ("exit()", "`double` raised SystemExit in your line 1: `exit()`."),
        ("raise ValueError('x' * 100_000 + '\\x1b[31m')", f"{'x' * 50}"),
        (UNSPEAKABLE, "`double` raised Exception in your line 4: `raise Unspeakable`."),
        ("def doubel(x):\n    return 2 * x", "there is `doubel`: was it renamed?"),
    ],
)
def test_a_question_whose_cell_does_not_run_says_why(
    write: Callable[[Mapping[str, str]], Path], copies: Path, source: str, words: str
) -> None:
    """The message names the cell by its question, the line and what to do; the other questions are checked."""
    write({**RIGHT, "double": source})
    done = autograder(copies, "check")
    assert (done.returncode, done.stderr) == (1, "")
    title, first, *_ = lines = done.stdout.splitlines()
    assert (title, first) == ("mini: Tiny", "  ✗ double  0 of 1")
    assert lines[-2:] == ["  ✓ square  1 of 1", "  1 of 2 questions right so far"]
    assert words.strip() in " ".join(line.strip() for line in lines)
    assert not any(word in done.stdout for word in ("ipython-input", "cell 2", "Traceback", "!"))
    shown = autograder(copies, "check", "double").stdout
    assert "✗ failed  Three becomes six." in shown


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("\n1 / 0", "the cell of `double` raised ZeroDivisionError in line 4: `1 / 0`: division by zero"),
        ("\nexit()", "the cell of `double` raised SystemExit in line 4: `exit()`: exit() was called"),
        (f"\n{UNSPEAKABLE}", "the cell of `double` raised Unspeakable in line 7: `raise Unspeakable`"),
        ("\nimport os\nos._exit(3)", "the notebook ended Python itself (status 3); look for exit()"),
        ("\n%matplotlib inline\nfrom matplotlib import pyplot\npyplot.figure(); pyplot.show()\n!true", ""),
    ],
)
def test_what_fails_below_an_answer_is_told_at_the_end(
    write: Callable[[Mapping[str, str]], Path], copies: Path, source: str, problem: str
) -> None:
    """The answer is there, and is checked where Python is, too; the error of its cell is named all the same."""
    write({**RIGHT, "double": f"{RIGHT['double']}\n{source}"})
    done = autograder(copies, "check")
    assert (f"\n  ! {problem}\n" in done.stdout) is bool(problem)
    assert "ended" in problem or "2 of 2 questions right so far" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_a_cell_of_ones_own_that_fails_is_named(write: Callable[[Mapping[str, str]], Path], copies: Path) -> None:
    """It has no question, so its place and its line say which it is; nothing else stops for it."""
    path = write(RIGHT)
    whole = json.loads(path.read_text())
    own = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    whole["cells"][1:1] = [{**own, "source": "x = 1\nx = (x"}, {**own, "source": "x = 1\nx / 0"}]
    path.write_text(json.dumps(whole))
    done = autograder(copies, "check", "square")
    told = [line for line in done.stdout.splitlines() if line.startswith("  !")]
    assert told == [
        "  ! cell 2 could not be run, because of a SyntaxError in line 2: `x = (x`. The `(` in line 2 is never closed.",
        "  ! cell 3 raised ZeroDivisionError in line 2: `x / 0`: division by zero",
    ]
    assert done.returncode == 0


def test_the_line_that_failed_is_quoted_as_it_stands(write: Callable[[Mapping[str, str]], Path], copies: Path) -> None:
    """Whatever stands around it: empty lines, magics, another cell; a SyntaxError need not be one of the cell's own."""
    sources = {
        "\n\nx = 1\n1 / 0": "raised ZeroDivisionError in line 4: `1 / 0`: division by zero",
        "%%time\nx = 1\n1 / 0": "raised ZeroDivisionError: division by zero",
        "%%time\nx = (1": "could not be run, because of a SyntaxError. The `(` in line 2 is never closed.",
        "def halve(x):\n    y = 0\n    return x / y": "",
        "x = 1\nhalve(x)": "raised ZeroDivisionError in line 2: `halve(x)`: division by zero",
        "\neval('1 +')": "raised SyntaxError in line 2: `eval('1 +')`: invalid syntax",
        "class Own(SyntaxError): pass\nraise Own('no')": "raised Own in line 2: `raise Own('no')`: no",
    }
    path = write(RIGHT)
    whole = json.loads(path.read_text())
    own = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    whole["cells"][1:1] = [{**own, "source": source} for source in sources]
    path.write_text(json.dumps(whole))
    done = autograder(copies, "check", "square")
    told = [line for line in done.stdout.splitlines() if line.startswith("  !")]
    assert told == [f"  ! cell {number} {words}" for number, words in enumerate(sources.values(), 2) if words]
    assert done.returncode == 0


@pytest.mark.parametrize("kind", ["markdown", "code"])
def test_a_copy_of_an_answer_below_it_is_not_quoted(
    write: Callable[[Mapping[str, str]], Path], copies: Path, kind: str
) -> None:
    """Neither one in prose nor a first try: the line is one of the cell that failed."""
    path = write({**RIGHT, "double": "y = 1\n1 / 0\ndef double(x):\n    return 2 * x"})
    whole = json.loads(path.read_text())
    copy = {
        "cell_type": kind,
        "metadata": {},
        "source": "a = 1\nb = 2\nif 0:\n  pass\ndef double(x): return x\ndel double",
    }
    whole["cells"].append(copy | ({"outputs": [], "execution_count": None} if kind == "code" else {}))
    path.write_text(json.dumps(whole))
    said = autograder(copies, "check", "double").stdout
    assert "`double` raised ZeroDivisionError in your line 2: `1 / 0`. It says: division by zero." in said


def test_the_cell_of_another_question_is_told_of_where_that_is_not_asked(
    write: Callable[[Mapping[str, str]], Path], copies: Path
) -> None:
    """Its row would have said it."""
    write({**RIGHT, "double": "def double(x): return 2 * (x"})
    done = autograder(copies, "check", "square")
    assert "  ! the cell of `double` could not be run, because of a SyntaxError in line 1: `" in done.stdout
    assert done.returncode == 0


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


def test_at_the_root_of_the_course_the_copies_are_checked(
    write: Callable[[Mapping[str, str]], Path], copies: Path
) -> None:
    """As the page for self-learners says: what is answered is in my-course, the course's own stubs are not."""
    write(RIGHT)
    for words in ((), ("my-course",), ("mini",), ("my-course", "double")):
        done = autograder(copies.parent, "check", *words)
        assert (done.returncode, done.stderr) == (0, "")
    copies.rename(copies.parent / "elsewhere")
    try:
        done = autograder(copies.parent, "check")
        assert (done.returncode, done.stdout) == (2, "")
        assert "make copies with `autograder init`" in done.stderr
    finally:
        (copies.parent / "elsewhere").rename(copies)


def test_a_process_that_dies_in_a_check_leaves_questions_open(
    write: Callable[[Mapping[str, str]], Path], copies: Path
) -> None:
    """What was found out before is told, what was not reached is not right."""
    write({**RIGHT, "square": "import os\ndef square(x):\n    os._exit(0)"})
    done = autograder(copies, "check")
    assert done.returncode == 1
    assert done.stdout.splitlines()[1:] == [
        "  ✓ double  1 of 1",
        "  ? square  not reached",
        "  1 of 2 questions right so far",
    ]
    assert autograder(copies, "check", "square").returncode == 1


@pytest.mark.parametrize("text", ["", "{", '{"cells": 3}', "[]"])
@pytest.mark.parametrize("words", [(), ("mini",), ("mini/mini.ipynb",), ("double",)])
def test_a_notebook_that_cannot_be_read(
    write: Callable[[Mapping[str, str]], Path], copies: Path, words: tuple[str, ...], text: str
) -> None:
    """There is nothing to check, which is not to say that all is right."""
    write(RIGHT).write_text(text)
    done = autograder(copies, "check", *words)
    assert done.returncode == 2
    said = done.stdout + done.stderr
    assert ("no question, notebook or assignment 'double'" if words == ("double",) else "cannot be read as") in said


def test_check_cells_of_ones_own(write: Callable[[Mapping[str, str]], Path], copies: Path) -> None:
    """A copy, a mistyped one, one with a comment: each question is asked once."""
    path = write(RIGHT)
    whole = json.loads(path.read_text())
    for cell in whole["cells"]:
        if cell["source"] == 'check("square")':
            cell["source"] = '# at last\ncheck("square")'
    extra = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    whole["cells"] += [{**extra, "source": f'check("{name}")'} for name in ("double", "dubble")]
    path.write_text(json.dumps(whole))
    done = autograder(copies, "check")
    assert done.stdout.splitlines()[1:] == [
        "  ✓ double  1 of 1",
        "  ✓ square  1 of 1",
        "  2 of 2 questions right so far",
    ]
    assert done.returncode == 0


@pytest.mark.parametrize("below", [".", "mini"])
def test_modules_beside_a_notebook(write: Callable[[Mapping[str, str]], Path], copies: Path, below: str) -> None:
    """A notebook may import them, wherever the command was started; those called like others take no one's place."""
    path = write(
        {**RIGHT, "double": "import twofold\nfrom queue import Queue\ndef double(x):\n    return twofold.of(x)"}
    )
    beside = {"twofold": "def of(x):\n    return 2 * x", "queue": "Queue = 1 / 0", "msgspec": "1 / 0", "wave": "1 / 0"}
    for place in {path.parent, copies / below}:
        for name in sorted(beside):
            (place / f"{name}.py").write_text(beside[name])
    # As its script does: `python -m` alone would import from the folder itself.
    command = [sys.executable, "-P", "-m", "autograder.cli", "check"]
    done = subprocess.run(command, cwd=copies / below, capture_output=True, text=True, check=False, timeout=300)
    for place in {path.parent, copies / below}:
        for name in beside:
            (place / f"{name}.py").unlink()
    assert done.stdout.splitlines()[1:] == [
        "  ✓ double  1 of 1",
        "  ✓ square  1 of 1",
        "  2 of 2 questions right so far",
    ]
    assert done.stderr == ""


def test_one_bad_folder_leaves_the_others(write: Callable[[Mapping[str, str]], Path], copies: Path) -> None:
    """It is told of, and the rest is checked."""
    write(RIGHT)
    bad = copies / "bad"
    bad.mkdir()
    try:
        (bad / "checks.py").write_text(minicourse.CHECKS)
        done = autograder(copies, "check")
    finally:
        shutil.rmtree(bad)
    assert done.returncode == 1
    assert "2 of 2 questions right so far" in done.stdout
    assert "there is no notebook with check cells" in done.stdout


@pytest.mark.parametrize(
    ("question", "answer", "told", "place"),
    [
        ("double", f"{BEGIN}\n{HANGS}", "mini: Tiny", "the cell of `double`"),
        ("square", f"def square(x):\n    {BEGIN}\n    while True: pass", "✓ double  1 of 1", "the checks of `square`"),
    ],
)
def test_ctrl_c_says_where_it_was(
    write: Callable[[Mapping[str, str]], Path], copies: Path, question: str, answer: str, told: str, place: str
) -> None:
    """Results come as they are found, and whoever stops an endless loop is told where it is."""
    begun = write({**RIGHT, question: answer}).parent / "begun"
    with started(copies, "check") as process:
        assert process.stdout is not None
        until(process.stdout, told)
        said, complaint = interrupt(process, begun)
    assert process.returncode == 130
    assert f"  ! stopped at {place}; " in said
    assert complaint == "autograder: stopped\n"


def test_much_output_holds_nothing_up(write: Callable[[Mapping[str, str]], Path], copies: Path) -> None:
    """Watching reads what the process says at once, however much it is."""
    path = write({**RIGHT, "double": "def double(x):\n    raise ValueError('long ' * 50_000)"})
    whole = json.loads(path.read_text())
    failing = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    whole["cells"] += [{**failing, "source": f"raise ValueError('{number:0>500}')"} for number in range(400)]
    path.write_text(json.dumps(whole))
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "autograder.cli", "check", "--watch"],
        cwd=copies,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            until(process.stdout, "watching; save the notebook")
        finally:
            process.send_signal(signal.SIGINT)
        process.stdout.read()


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
