"""How far a call had got when its time was over: which of its numbers come first."""

from __future__ import annotations

from types import FunctionType, SimpleNamespace
from typing import Any

import pytest

from autograder.sandbox.inside import patience


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("for i in x: f(i)", {"i"}),
        ("for i in x: y = i", {"i"}),
        ("for i in x: y = 1", {"i"}),
        ("for i in x: y = z = i", {"i"}),
        ("for i, row in enumerate(x): y = row", {"i", "row"}),
        ("for i, (a, b) in enumerate(x): f(b)", {"i", "a", "b"}),
        ("for first, *others in x: f(others)", {"first", "others"}),
        ("for i in x:\n        for j in x: f(i, j)", {"i", "j"}),
        ("for i in x: i, y = y, i", {"i"}),
        ("for x[0] in x: y = 1", set()),
        ("while x: y = 1", set()),
        ("y = sum(x)", set()),
    ],
)
def test_loop_variables(lines: str, expected: set[str]) -> None:
    """The names that a `for` gives values to, and none that its body gives values to."""
    names: dict[str, Any] = {}
    exec(f"def loop(x, y=0):\n    {lines}\n", names)
    function = names["loop"]
    assert isinstance(function, FunctionType)
    assert patience._loop_variables(function.__code__) == expected


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("STORE_FAST", "i", ["i"]),
        ("STORE_FAST_LOAD_FAST", ("i", "x"), ["i"]),
        ("STORE_FAST_STORE_FAST", ("i", "row"), ["i", "row"]),
        ("UNPACK_SEQUENCE", 2, []),
    ],
)
def test_steps_that_store(name: str, value: Any, expected: list[str]) -> None:
    """One step of newer Pythons may do what two did before."""
    assert list(patience._stored(SimpleNamespace(opname=name, argval=value))) == expected  # type: ignore[arg-type]
