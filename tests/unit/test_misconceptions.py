"""Misconceptions are read from the course's own reference package, and incomplete ones are refused."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.errors import CourseError
from autograder.misconceptions import Misconception, load, misconception

HEAD = "from autograder.misconceptions import misconception\n"
GOOD = (
    HEAD
    + """
from reference import gates

LIMIT = 3


@misconception("relu_backward", hint="Which inputs did ReLU let through?  Look at the mask. ")
def forgot_the_mask(dout, cache):
    return dout


def helper(x):
    return x


@misconception("MultiplyGate", hint="Each input gets the other one.")
class kept_its_own:
    factor = gates.FACTOR


imported = gates.right
"""
)


@pytest.fixture(autouse=True)
def own_modules() -> Iterator[None]:
    """Give the test a process in which no reference package is imported, and put everything back afterwards."""
    saved = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "reference"}
    for name in saved:
        del sys.modules[name]
    yield
    for name in [name for name in sys.modules if name.partition(".")[0] == "reference"]:
        del sys.modules[name]
    sys.modules.update(saved)


def course(root: Path, source: str | None, *, factor: int = 7, packages: bool = True) -> Path:
    """Write a course of one assignment, `gates`, with `source` as its misconceptions."""
    folder = root / "reference" / "misconceptions"
    folder.mkdir(parents=True)
    (root / "reference" / "gates.py").write_text(f"FACTOR = {factor}\n\ndef right(x):\n    return x\n")
    if packages:
        (root / "reference" / "__init__.py").touch()
        (folder / "__init__.py").touch()
    if source is not None:
        (folder / "gates.py").write_text(source)
    return root


def test_load(tmp_path):
    """Marked functions and classes come in the order of the file, helpers and imports do not."""
    found = load(course(tmp_path, GOOD), "gates")
    assert [(m.question, m.name) for m in found] == [
        ("relu_backward", "forgot_the_mask"),
        ("MultiplyGate", "kept_its_own"),
    ]
    assert found[0].hint == "Which inputs did ReLU let through?  Look at the mask."
    assert found[0].replacement(3.0, None) == 3.0
    assert found[1].replacement.factor == 7


def test_load_leaves_the_path_alone(tmp_path):
    """The course is importable while its file is read and not afterwards."""
    before = list(sys.path)
    load(course(tmp_path, GOOD), "gates")
    assert sys.path == before


def test_load_leaves_the_path_alone_after_an_error(tmp_path):
    """A file that cannot be read leaves nothing behind on the path."""
    before = list(sys.path)
    with pytest.raises(CourseError):
        load(course(tmp_path, "import no_such_module_at_all"), "gates")
    assert sys.path == before


def test_two_courses_in_one_process(tmp_path):
    """Each course gets its own reference package, also when it is read again."""
    one = course(tmp_path / "one", GOOD, factor=1)
    two = course(tmp_path / "two", GOOD, factor=2)
    for root, factor in ((one, 1), (two, 2), (one, 1)):
        assert load(root, "gates")[1].replacement.factor == factor


def test_reading_a_course_twice_gives_the_same_functions(tmp_path):
    """The modules of a course are imported once."""
    root = course(tmp_path, GOOD)
    assert load(root, "gates") == load(root, "gates")


def test_the_source_of_a_variant_can_be_read(tmp_path):
    """A variant can be sent to a sandbox as source: its file is known."""
    for found in load(course(tmp_path, GOOD), "gates"):
        assert found.name in inspect.getsource(found.replacement)


def test_no_misconceptions(tmp_path):
    """An assignment may have none."""
    assert load(course(tmp_path, None), "gates") == ()


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("def broken(:", "not valid Python"),
        ("x = \0", "not valid Python"),
        ("import no_such_module_at_all", "ModuleNotFoundError"),
        ("1 / 0", "ZeroDivisionError"),
        (HEAD + '@misconception("", hint="A hint.")\ndef wrong(x): pass', "which question"),
        (HEAD + '@misconception(" ", hint="A hint.")\ndef wrong(x): pass', "which question"),
        (HEAD + '@misconception(None, hint="A hint.")\ndef wrong(x): pass', "which question"),
        (HEAD + '@misconception("relu", hint="")\ndef wrong(x): pass', "`wrong` needs a hint"),
        (HEAD + '@misconception("relu", hint="  ")\ndef wrong(x): pass', "`wrong` needs a hint"),
        (HEAD + '@misconception("relu", hint=None)\ndef wrong(x): pass', "`wrong` needs a hint"),
        (HEAD + '@misconception("relu", hint="no full stop")\ndef wrong(x): pass', "full stop"),
        (HEAD + '@misconception("relu")\ndef wrong(x): pass', "TypeError"),
        (HEAD + 'm = misconception("relu", hint="A hint.")\n@m\ndef a(): pass\n@m\ndef a(): pass', "`a` 2 times"),
        (HEAD + 'm = misconception("relu", hint="A hint.")\n@m\ndef a(): pass\n@m\nclass a: pass', "`a` 2 times"),
    ],
)
def test_files_that_are_refused(tmp_path, source, words):
    """An incomplete misconception is an error that names the file, not one hint fewer."""
    root = course(tmp_path, source)
    with pytest.raises(CourseError) as caught:
        load(root, "gates")
    assert words in str(caught.value)
    assert str(root / "reference" / "misconceptions" / "gates.py") in str(caught.value)


def test_a_folder_that_is_no_package(tmp_path, monkeypatch):
    """Without __init__.py another reference package on the path could come first; that is noticed."""
    other = course(tmp_path / "other", GOOD)
    monkeypatch.syspath_prepend(str(other))
    root = course(tmp_path / "root", GOOD, packages=False)
    with pytest.raises(CourseError, match=r"__init__\.py"):
        load(root, "gates")


def test_a_subclass_of_a_variant_is_none(tmp_path):
    """What inherits from a variant is not one itself."""
    source = HEAD + '@misconception("g", hint="A hint.")\nclass one: pass\n\n\nclass two(one): pass\n'
    assert [m.name for m in load(course(tmp_path, source), "gates")] == ["one"]


def test_the_decorator_returns_what_it_was_given():
    """A variant stays the function that it is."""

    def wrong(x: float) -> float:
        return -x

    assert misconception("negate", hint="A hint.")(wrong) is wrong
    assert wrong(2.0) == -2.0
    assert Misconception("negate", "wrong", "A hint.", wrong).replacement is wrong
