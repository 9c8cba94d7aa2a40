"""`check`: the visible checks of one question on the functions at hand, in words."""

from __future__ import annotations

import linecache
import os
import re
import sys
import threading
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograder
from autograder import workbench
from autograder.errors import AutograderError
from autograder.learner.check import CheckFailed
from autograder.learner.results import QuestionReport, run_checks
from autograder.learner.text import as_text
from tests.minicourse import CHECKS, write_course


def unwritten(x: Any) -> Any:
    raise NotImplementedError


@pytest.mark.parametrize(
    ("function", "outcome", "words"),
    [
        (lambda x: 2 * x, "passed", ""),
        (lambda x: x + 2, "failed", "`out`"),
        (lambda _: None, "not attempted", "did you forget `return`?"),
        (unwritten, "not attempted", "not attempted yet"),
        (lambda x: x[0], "failed", "TypeError"),
        (lambda _: np.float32(6), "passed", ""),
    ],
)
def test_three_outcomes(folder: Path, function: Callable[[Any], Any], outcome: str, words: str) -> None:
    """Right, wrong and not attempted are told apart, with something to do about it."""
    (result,) = run_checks("double", {"double": function}, folder)
    assert result.outcome == outcome
    assert words in result.message


def test_a_missing_function_is_named(folder: Path) -> None:
    """A function that is not there (yet, or after a restart of the kernel) is named."""
    (result,) = run_checks("double", {}, folder)
    assert result.outcome == "not attempted"
    assert "no function `double`" in result.message
    assert "restart" in result.message


def test_the_students_own_line_is_quoted(folder: Path) -> None:
    """Where a function raises under IPython, the message holds the line as the student wrote it."""
    source = "def double(x):\n    wanted = [1, 2]\n    return wanted[x]"
    name = "<ipython-input-1-0123456789ab>"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    namespace: dict[str, Any] = {}
    try:
        exec(compile(source, name, "exec"), namespace)
        (result,) = run_checks("double", namespace, folder)
    finally:
        del linecache.cache[name]
    assert "in your line 3: `return wanted[x]`" in result.message


@pytest.mark.parametrize(
    ("cells", "place"),
    [
        (
            ["def square(x):\n    return x['a']", "def double(x):\n    return square(x)"],
            "in line 2 of `square`: `return",
        ),
        (["def square(x):\n    return x['a']\n\ndef double(x):\n    return square(x)"], "in your line 2: `return"),
        (
            ["class Box:\n    def of(self, x):\n        return x['a']", "def double(x):\n    return Box().of(x)"],
            "in line 3 of `Box`: `return",
        ),
    ],
)
def test_a_line_of_another_answer_is_said_to_be_one(folder: Path, cells: list[str], place: str) -> None:
    """Lines count anew in each cell, so the name of the function that they belong to is part of the place."""
    namespace: dict[str, Any] = {}
    seen = np.array(1.0)
    names = [f"<ipython-input-{number}-0123456789ab>" for number in range(len(cells))]
    try:
        for name, source in zip(names, cells, strict=True):
            linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
            exec(compile(source, name, "exec"), namespace)
        shown = namespace.get("square", seen)
        (result,) = run_checks("double", {"_": shown, **namespace, "late": shown}, folder)
    finally:
        for name in names:
            linecache.cache.pop(name, None)
    assert f"`double` raised TypeError {place}" in result.message


def test_unknown_question_lists_the_nearest(folder: Path) -> None:
    """A mistyped question is answered with the one that was meant."""
    with pytest.raises(AutograderError, match=r"no question 'dubble' .* did you mean double"):
        run_checks("dubble", {}, folder)


def test_missing_checks_say_where_to_go(tmp_path: Path) -> None:
    """Outside of the assignment's folder the message says what to do."""
    with pytest.raises(AutograderError, match=r"there is no checks\.py in .* open the notebook in the folder"):
        run_checks("double", {}, tmp_path)


def test_broken_checks_are_said_to_be_ours(folder: Path) -> None:
    """A damaged checks.py is no fault in the student's answer, and a mended one is read again."""
    (folder / "checks.py").write_text("def test_(:")
    with pytest.raises(AutograderError, match=r"checks\.py cannot be read; get a fresh copy"):
        run_checks("double", {}, folder)
    (folder / "checks.py").write_text(CHECKS)
    assert [result.outcome for result in run_checks("double", {"double": lambda x: 2 * x}, folder)] == ["passed"]


@pytest.mark.parametrize(
    "line",
    ["from autograder.compare import agree, agree_more", "import autograder.comparing", "from autograder.x import y"],
)
def test_checks_of_another_version_are_said_to_be_so(folder: Path, line: str) -> None:
    """Checks that ask for what this autograder does not have call for an update, without a traceback."""
    (folder / "checks.py").write_text(f"{line}\n{CHECKS}")
    with pytest.raises(AutograderError, match=r"checks\.py was made for another version .* update") as caught:
        run_checks("double", {}, folder)
    assert "\n" not in str(caught.value)


def test_changed_checks_are_read_again(folder: Path) -> None:
    """An update of checks.py counts from the next call on; in between, the checks are collected once."""
    first = workbench.workbench(folder)
    assert workbench.workbench(folder) is first
    (folder / "checks.py").write_text(CHECKS.replace("becomes six", "turns into six"))
    (result,) = run_checks("double", {"double": lambda x: 2 * x}, folder)
    assert "turns into six" in result.title


def test_text_has_a_line_a_check_and_one_message(folder: Path) -> None:
    """The report is short: how many pass, which, and one thing to look at."""
    report = QuestionReport("double", run_checks("double", {"double": lambda x: -2 * x}, folder))
    lines = as_text(report).splitlines()
    assert lines[0] == "double: 0 of 1 visible checks pass"
    assert lines[1] == "  ✗ failed  Three becomes six."
    assert lines[2].startswith("→ ")


@pytest.mark.parametrize(
    ("function", "state"), [(lambda x: 2 * x, "right"), (lambda x: x, "wrong"), (unwritten, "not attempted")]
)
def test_a_question_has_one_of_three_states(folder: Path, function: Callable[[Any], Any], state: str) -> None:
    """The state of a question follows from its checks, and the number of hidden ones is told where it is known."""
    report = QuestionReport("double", run_checks("double", {"double": function}, folder), hidden=7)
    assert report.state == state
    assert report.headline == f"{int(state == 'right')} of 1 visible checks pass; 7 hidden ones run at grading"


def test_check_takes_the_callers_functions(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Outside of a notebook the functions are those of the file that calls."""
    exec("def double(x):\n    return 2 * x\ncheck('double')", {"check": autograder.check})
    assert "1 of 1 visible checks pass" in capsys.readouterr().out


@pytest.mark.parametrize("question", ["dubble", "", "<b>", None, 3, ["a"], {}, np.ones(2)])
def test_check_says_what_is_wrong_with_the_call(
    folder: Path, question: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """A student sees one line, and no traceback of ours."""
    exec("check(question)", {"check": autograder.check, "question": question})
    assert re.fullmatch(r"check: there is no question .*; (did you mean|there are:) .*\n", capsys.readouterr().out)


@pytest.mark.parametrize("call", ["check", "hint"])
@pytest.mark.parametrize("thing", [unwritten, CheckFailed])
def test_a_function_in_place_of_its_name(
    folder: Path, thing: Any, call: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What has to be typed is shown."""
    exec(f"{call}(thing)", {call: getattr(autograder, call), "thing": thing})
    assert capsys.readouterr().out == f'{call}: the name stands in quotes: write {call}("{thing.__name__}")\n'


@pytest.mark.parametrize("call", ["check('double')", "hint('double')", "progress()"])
def test_a_working_folder_that_is_gone(
    tmp_path: Path, call: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line says what to do."""
    name = call.partition("(")[0]
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    exec(call, {name: getattr(autograder, name)})
    assert capsys.readouterr().out.startswith(f"{name}: the folder that this was started in is gone; open the notebook")


@pytest.mark.parametrize(
    ("setting", "text"),
    [
        ("PYTEST_ADDOPTS", "--no-such-option"),
        ("PYTEST_ADDOPTS", "-k nothing"),
        ("PYTEST_PLUGINS", "no_such_plugin"),
        ("PYTEST_DISABLE_PLUGIN_AUTOLOAD", ""),
    ],
)
def test_settings_for_other_sessions_of_pytest_change_nothing(
    folder: Path, setting: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a student has set for their own tests is not about these, and stays as it is."""
    monkeypatch.setenv(setting, text)
    monkeypatch.delenv("PYTEST_CURRENT_TEST")  # pytest's own affair, which it sets and deletes for each test
    before = dict(os.environ)
    assert [result.outcome for result in run_checks("double", {"double": lambda x: 2 * x}, folder)] == ["passed"]
    assert dict(os.environ) == before


def test_a_suite_that_is_misused_says_how(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What pytest has against the suite reaches whoever has to mend it, and nothing is printed beside it."""
    root = write_course(tmp_path, checks=CHECKS.replace('"""Three becomes six."""', ""))
    with pytest.raises(AutograderError, match=r"checks\.py cannot be used; .*test_three has no docstring"):
        run_checks("double", {}, root / "assignments" / "mini")
    assert capsys.readouterr() == ("", "")


def test_check_raises_where_a_notebook_is_validated(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under `nbgrader validate` a failing check fails its cell; elsewhere it only prints."""
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    with pytest.raises(CheckFailed, match="0 of 1 visible checks pass"):
        exec("check('double')", {"check": autograder.check, "double": unwritten})
    with pytest.raises(AutograderError, match="no question 'dubble'"):
        exec("check('dubble')", {"check": autograder.check})
    monkeypatch.delenv("NBGRADER_EXECUTION")
    exec("check('double')", {"check": autograder.check, "double": unwritten})


def test_nothing_is_left_behind(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Checking leaves no files, search paths or threads behind, and a module called `checks` is what it was."""
    others = types.ModuleType("checks")
    monkeypatch.setitem(sys.modules, "checks", others)
    paths, threads = list(sys.path), threading.active_count()
    run_checks("double", {"double": lambda x: 2 * x}, folder)
    assert sys.path == paths
    assert sys.modules["checks"] is others
    assert {path.name for path in folder.iterdir()} <= {"checks.py", "__pycache__"}
    workbench.close_all()
    assert threading.active_count() == threads


def test_a_stub_whose_partner_is_not_there_yet_is_not_attempted(folder: Path) -> None:
    """In a fresh kernel a check may need a function of another cell: that is named, and nothing counts as wrong."""
    called_together = CHECKS.replace("submission.double(3.0)", "submission.double(submission.square(3.0) / 3.0)")
    (folder / "checks.py").write_text(called_together)
    (result,) = run_checks("double", {"double": unwritten}, folder)
    assert result.outcome == "not attempted"
    assert "`double` is checked together with `square`" in result.message
