"""Calls that do not need each other's results."""

from __future__ import annotations

import pytest

from autograder.together import calling, each


def test_one_after_the_other() -> None:
    """Where nobody knows better, each is called in order, and the arguments are left alone."""
    order: list[int] = []
    arguments = [3, 1, 2]
    assert each(lambda x: order.append(x) or 10 * x, arguments) == [30, 10, 20]
    assert order == arguments == [3, 1, 2]


def test_none_at_all() -> None:
    """No arguments, no calls."""
    assert each(lambda _: pytest.fail("called"), []) == []


def test_the_first_exception() -> None:
    """What a call raises is raised, and no further call is made."""
    order: list[int] = []

    def call(x: int) -> None:
        order.append(x)
        raise ValueError(x)

    with pytest.raises(ValueError, match=r"^1$"):
        each(call, [1, 2])
    assert order == [1]


def test_another_way_of_calling() -> None:
    """Inside the block it is up to the given way, and only there, also when the block ends in an exception."""
    with calling(lambda function, arguments: [function(x) for x in reversed(arguments)]):
        assert each(str, [1, 2]) == ["2", "1"]
    assert each(str, [1, 2]) == ["1", "2"]


def test_another_way_ends_with_its_block() -> None:
    """Also where the block ends in an exception."""

    def broken() -> None:
        with calling(lambda *_: []):
            assert each(str, [1, 2]) == []
            raise KeyError

    with pytest.raises(KeyError):
        broken()
    assert each(str, [1, 2]) == ["1", "2"]
