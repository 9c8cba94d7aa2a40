"""`hint`: a ladder of steps, each of which says more, none of which gives the answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

import autograder
from autograder import workbench
from autograder.behaviour import VISIBLE_SEED, behaviour
from autograder.guide import GUIDE, Guide, QuestionGuide, label
from autograder.instructor.guides import seal
from autograder.learner.hint import next_step
from tests.minicourse import CHECKS

SLIP = "You added a constant instead of scaling."
PROSE = {"cell_type": "markdown", "source": "# Numbers\nText.\n## Doubling\nMore."}
STUB = {"cell_type": "code", "source": ["def double(x):\n", "    raise NotImplementedError"]}


def added_two(x: Any) -> Any:
    return x + 2


def half_of_it(x: Any) -> Any:
    return 1.0 * x


def unwritten(x: Any) -> Any:
    raise NotImplementedError


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A released assignment with a guide that knows one slip."""
    (tmp_path / "checks.py").write_text(CHECKS)
    (tmp_path / "mini.ipynb").write_text(json.dumps({"cells": [PROSE, STUB]}))
    write_guide(tmp_path, ceiling=3)
    yield tmp_path
    workbench.close_all()


def write_guide(folder: Path, *, ceiling: int) -> None:
    raised = workbench.workbench(folder).run("double", {"double": added_two}, VISIBLE_SEED)
    key = behaviour([error for _, error in raised])
    assert key is not None
    guide = Guide(ceiling=ceiling, questions={"double": QuestionGuide(2, {label(key): seal(SLIP, key)})})
    (folder / GUIDE).write_bytes(msgspec.json.encode(guide))


def steps(folder: Path, function: Any, count: int) -> list[str]:
    return [next_step("double", {"double": function}, folder) for _ in range(count)]


def test_the_ladder_of_a_known_slip(folder: Path) -> None:
    """First what fails, then the slip, then where to read; the last step stays."""
    first, second, third, again = steps(folder, added_two, 4)
    assert first.startswith("`double`, hint 1 of 3: The first thing that does not hold: three becomes six")
    assert SLIP not in first
    assert second.startswith(f"`double`, hint 2 of 3: {SLIP}")
    assert "hint 3 of 3: Read the section “Doubling”" in third
    assert again == third
    assert not any("6" in step.replace("of 3", "") for step in (first, second, third))  # the expected number


def test_an_unknown_slip_is_told_by_its_values(folder: Path) -> None:
    """Where no known slip fits, the second step says what can be seen."""
    _, second, _ = steps(folder, half_of_it, 3)
    assert "`out` is half as large as it should be" in second
    assert SLIP not in second


def test_another_answer_begins_the_ladder_anew(folder: Path) -> None:
    """Whoever changes the answer gets the first step for the new one."""
    steps(folder, added_two, 2)
    (text,) = steps(folder, half_of_it, 1)
    assert "hint 1 of 3" in text


def test_a_right_answer_needs_no_hint(folder: Path) -> None:
    """Nothing is said to who has nothing to mend."""
    assert steps(folder, lambda x: 2 * x, 1) == ["double: all visible checks pass, so there is nothing to hint at."]


def test_a_stub_is_sent_to_the_chapter(folder: Path) -> None:
    """Before anything is written, docstring and chapter are all that is pointed at."""
    first, second = steps(folder, unwritten, 2)
    assert "still the stub" in first
    assert "hint 2 of 2: Read the section “Doubling”" in second


@pytest.mark.parametrize(("ceiling", "count"), [(1, 1), (2, 2), (3, 3)])
def test_the_course_sets_the_ceiling(folder: Path, ceiling: int, count: int) -> None:
    """No more steps than the course allows."""
    write_guide(folder, ceiling=ceiling)
    assert f"hint 1 of {count}:" in steps(folder, added_two, 1)[0]


def test_a_course_may_give_no_hints(folder: Path) -> None:
    """The message says so, and what is left."""
    write_guide(folder, ceiling=0)
    assert "your course gives no hints" in steps(folder, added_two, 1)[0]


def test_hint_in_a_notebook_prints(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The function takes the names of the caller, and a wrong name brings one line."""
    monkeypatch.chdir(folder)
    exec("hint('double')\nhint('dubble')", {"hint": autograder.hint, "double": lambda x: x + 2})
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("`double`, hint 1 of 3:")
    assert said[1].startswith("hint: there is no question 'dubble'")
