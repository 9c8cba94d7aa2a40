"""Tests that need nothing of pytest but their arguments: these are called, without the protocol around a test.

The protocol sets up fixtures, asks some thirty hooks and tears down, a quarter of a millisecond for each test. Most
tests of a suite take no longer than that.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Hashable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import pytest

from autograder import marks, suite
from autograder.errors import SuiteError

_GIVEN: dict[str, Callable[[pytest.Item], Any]] = {
    "submission": suite.submission_of,
    "reference": suite.reference_for,
    "rng": suite.rng_for,
}
_MARKS_WITHOUT_TIME = frozenset({marks.QUESTION, marks.WEIGHT, marks.PARTS, "parametrize"})
_MARKS = _MARKS_WITHOUT_TIME | {marks.LIMITS, marks.TRAINING, marks.TIMED}
_HOOKS = (
    "pytest_runtest_protocol",
    "pytest_runtest_setup",
    "pytest_runtest_call",
    "pytest_runtest_teardown",
    "pytest_runtest_makereport",
    "pytest_fixture_setup",
    "pytest_pyfunc_call",
)
_PYTEST_OR_OURS = ("_pytest.", "pluggy.", "autograder.")
_REQUEST = "request"
_HANDED_OVER = "get_direct_param_fixture_func"  # what pytest makes of a parameter that is not indirect


@dataclass(frozen=True)
class _Needs:
    """What a test is called with: its parameters, what a suite gives it, and whether its marks set limits.

    `part` is the parameter that says which part of a whole the test judges, if any; all parts of it have one `whole`.
    """

    parameters: dict[str, Any]
    given: dict[str, Callable[[pytest.Item], Any]]
    has_limits: bool
    part: str | None
    whole: Hashable


_NEEDS = pytest.StashKey[_Needs]()


def is_direct(item: pytest.Item) -> bool:
    """Tell whether a test is a plain function of parameters and of what a suite gives, and no plugin has a say in it.

    Not so with a fixture of the suite's own, a mark of pytest's such as `skipif`, or a conftest.py with hooks.
    """
    if type(item) is not pytest.Function or item.cls is not None or _waits(item.function):
        return False
    names = {mark.name for mark in item.iter_markers()}
    return names <= _MARKS and all(_is_ours(item, name) for name in item.fixturenames) and not _is_watched(item)


def may_overlap(item: pytest.Item) -> bool:
    """Tell whether a direct test may wait for an answer while others ask: not where it has time limits of its own."""
    return not _needs(item).has_limits


def is_fixed(item: pytest.Item) -> bool:
    """Tell whether a direct test has the same inputs for every seed, and an outcome that is no matter of time."""
    needs = _needs(item)
    return "rng" not in needs.given and not needs.has_limits


def wholes(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Return one direct test for each whole, in order: called as a whole, it judges all parts of it."""
    found: dict[Hashable, pytest.Item] = {}
    for item in items:
        found.setdefault(_needs(item).whole, item)
    return list(found.values())


def call(item: Any, *, as_whole: bool = False, as_part: pytest.Item | None = None) -> BaseException | None:
    """Call a direct test and return what it raises; an interrupt is raised, and what its arguments raise is, too.

    `as_whole` has it judge the other parts of its whole, too, `as_part` only what another test of it judges, on the
    inputs of this one. A test that returns something has asked nothing that counts: SuiteError.
    """
    needs = _needs(item)
    parameters = needs.parameters if as_part is None else _needs(as_part).parameters
    arguments = {**parameters, **{name: give(item) for name, give in needs.given.items()}}
    if as_whole and needs.part is not None:
        arguments[needs.part] = None
    has_limits = needs.has_limits and "submission" in arguments
    limits = suite.limits_of(item, arguments["submission"]) if has_limits else nullcontext()
    with limits:
        try:
            returned = item.obj(**arguments)
        except (KeyboardInterrupt, pytest.exit.Exception):
            raise
        except BaseException as error:
            return error
    if returned is not None:
        msg = f"{item.nodeid} returns a {type(returned).__name__}; a test says what is wrong with `assert` or `agree`"
        raise SuiteError(msg)
    return None


def _needs(item: Any) -> _Needs:
    """Return what a test needs, found out once."""
    if _NEEDS not in item.stash:
        parameters = dict(item.callspec.params) if hasattr(item, "callspec") else {}
        given = {name: give for name, give in _GIVEN.items() if name in item.fixturenames}
        names = {mark.name for mark in item.iter_markers()}
        item.stash[_NEEDS] = _Needs(parameters, given, not names <= _MARKS_WITHOUT_TIME, *_part_and_whole(item))
    needs: _Needs = item.stash[_NEEDS]
    return needs


def _part_and_whole(item: Any) -> tuple[str | None, Hashable]:
    """Return the parameter that tells parts, and what tests have in common that differ in nothing else."""
    part = marks.part_of(item)
    if part is None:
        return None, item
    others = ((name, id(value)) for name, value in item.callspec.params.items() if name != part)
    return part, (item.function, *others)  # cases share their values, which need not be hashable


def _waits(function: object) -> bool:
    """Tell whether calling the function only makes something that runs later."""
    later = inspect.iscoroutinefunction, inspect.isasyncgenfunction, inspect.isgeneratorfunction
    return any(is_later(function) for is_later in later)


def _is_ours(item: Any, name: str) -> bool:
    """Tell whether a fixture is one that a suite gives, or a parameter that is handed over as it is."""
    if name == _REQUEST:
        return name not in item._fixtureinfo.argnames  # then only what a suite gives has asked for it
    definitions = item._fixtureinfo.name2fixturedefs.get(name)
    function = definitions[-1].func if definitions else None
    if name in _GIVEN:
        return getattr(function, "__module__", "") == suite.__name__
    return getattr(function, "__name__", "") == _HANDED_OVER and name in item.callspec.params


def _is_watched(item: pytest.Item) -> bool:
    found = [each for hook in _HOOKS for each in getattr(item.ihook, hook).get_hookimpls()]
    return any(not implementation.function.__module__.startswith(_PYTEST_OR_OURS) for implementation in found)
