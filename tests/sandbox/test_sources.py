"""Which functions and classes of the grader may go to a submission as source."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder.errors import WireError
from autograder.sandbox.sources import source_of

FACTOR = 3.0


def square(x: Any) -> Any:
    """Square with two modules."""
    return np.square(x) * math.cos(0.0)


def factorial(n: int) -> int:
    return 1 if n < 2 else n * factorial(n - 1)


class Scale:
    """A gate with a `super` call."""

    def __init__(self, factor: float) -> None:
        super().__init__()
        self.factor = factor

    def forward(self, x: Any) -> Any:
        return self.factor * x


def uses_a_constant(x: float) -> float:
    return FACTOR * x


def uses_a_helper(x: float) -> Any:
    return square(x)


class UsesAConstant:
    def forward(self, x: float) -> float:
        return FACTOR * x


@functools.cache
def decorated(x: float) -> float:
    return x


def closure() -> Callable[[float], float]:
    y = 2.0

    def inner(x: float) -> float:
        return x * y

    return inner


@pytest.mark.parametrize("thing", [square, factorial, Scale], ids=lambda thing: thing.__name__)
def test_the_source_defines_the_same_thing(thing: Any) -> None:
    """Source and name of a def or class with numpy and math alone."""
    source, name = source_of(thing)
    namespace: dict[str, Any] = {"np": np, "math": math, "Any": Any}
    exec(source, namespace)
    assert name == thing.__name__
    assert namespace[name].__doc__ == thing.__doc__


def test_an_indented_function_is_dedented() -> None:
    """A function inside a function may be sent where it needs nothing of it."""

    def local(x: float) -> float:
        return x + 1

    assert source_of(local)[0].startswith("def local")


@pytest.mark.parametrize(
    ("thing", "reason"),
    [
        (lambda x: x, "write it as a `def`"),
        (uses_a_constant, "it uses `FACTOR`"),
        (uses_a_helper, "it uses `square`"),
        (UsesAConstant, "it uses `FACTOR`"),
        (closure(), "it uses `y`"),
        (decorated.__wrapped__, "it has a decorator"),
        (np.sin, "its source is not there"),
        (int, "its source is not there"),
    ],
    ids=["lambda", "constant", "helper", "class with a constant", "closure", "decorator", "ufunc", "builtin"],
)
def test_what_cannot_be_sent_says_why(thing: Any, reason: str) -> None:
    """Each refusal says what is in the way."""
    with pytest.raises(WireError, match=reason):
        source_of(thing)
