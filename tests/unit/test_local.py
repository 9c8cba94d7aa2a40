"""A submission in this process is called like one in a sandbox: values are copied, failures are CallFailed."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

from autograder.errors import CallFailed
from autograder.local import LocalSubmission

GRID = np.arange(12.0).reshape(3, 4)


class OddError(Exception):
    """An exception that nobody else knows."""


class SilentError(ValueError):
    """An exception whose text cannot be had."""

    def __str__(self) -> str:
        raise RuntimeError("no text")


class Counter:
    """An object with state, as a gate has."""

    def __init__(self, start: int = 0) -> None:
        self.count = start
        if start < 0:
            raise ValueError("counts start at 0")

    def add(self, number: int) -> int:
        self.count += number
        return self.count

    def twin(self) -> Counter:
        return Counter(self.count)

    def fail(self) -> None:
        raise KeyError("nothing here")

    def __call__(self, number: int) -> int:
        return self.count * number


class Strange:
    """An object whose class has a name that is not to be shown."""


Strange.__name__ = "<b>x</b>" + "y" * 100


def submission(*functions: Any, **names: Any) -> LocalSubmission:
    """Return a submission that defines the given functions."""
    return LocalSubmission({**{function.__name__: function for function in functions}, **names})


def failure(call: Any, *args: Any) -> CallFailed:
    """Return the failure of a call; fail where there is none."""
    with pytest.raises(CallFailed) as caught:
        call(*args)
    return caught.value


def identity(x: Any) -> Any:
    return x


def overwrite(x: Any, *others: Any) -> Any:
    x[...] = 0
    for other in others:
        other["W"][...] = 0
    return x


def divide(x: Any) -> Any:
    return helper(x)


def helper(x: Any) -> Any:
    return np.linalg.inv(x)


def test_calls_by_attribute():
    """Functions are called with positional and keyword arguments."""
    local = submission(power=lambda x, exponent=2: x**exponent)
    assert local.power(3) == 9
    assert local.power(3, exponent=3) == 27


def test_has():
    """`has` tells what is defined without calling it."""
    local = submission(identity, constant=3)
    assert local.has("identity")
    assert local.has("constant")
    assert not local.has("helper")


def test_the_namespace_may_grow():
    """What a student defines later is found, as in a running notebook."""
    namespace: dict[str, Any] = {}
    local = LocalSubmission(namespace)
    assert failure(local.identity, 1).kind == "missing"
    namespace["identity"] = identity
    assert local.identity(1) == 1


def test_surface():
    """What a sandboxed submission has is there and harmless."""
    with submission(identity) as local:
        assert local.runs == []
        with local.limits_of_call(call_seconds=0.001):
            assert local.identity(1) == 1
    local.close()


@pytest.mark.parametrize("name", ["_private", "__wrapped__", "__len__", "_pytestfixturefunction"])
def test_private_names_are_no_calls(name):
    """Whoever looks for special names on a submission or a handle finds none."""
    local = submission(Counter)
    assert not hasattr(local, name)
    assert not hasattr(local.Counter(), name)


@pytest.mark.parametrize(
    "array",
    [
        GRID,
        GRID.T,
        GRID[:, ::2],
        GRID[::2],
        GRID[::-1],
        GRID[:, 1],
        np.asfortranarray(GRID),
        GRID[None, :, ::3],
        np.array(2.0),
        np.zeros((0, 3)),
        np.arange(24.0).reshape(2, 3, 4).transpose(1, 0, 2),
        GRID.astype(np.float32),
    ],
)
def test_arrays_are_copied_with_their_layout(array):
    """The called code gets an array of its own, contiguous or not as the original is."""
    seen: list[Any] = []
    result = submission(keep=lambda x: (seen.append(x), x)[1]).keep(array)
    for copy in (seen[0], result):
        assert np.array_equal(copy, array)
        assert copy.dtype == array.dtype
        assert not np.shares_memory(copy, array)
        assert copy.flags.writeable
        assert copy.flags.c_contiguous == array.flags.c_contiguous
        assert copy.flags.f_contiguous == array.flags.f_contiguous
    assert not np.shares_memory(seen[0], result)


def test_arguments_are_left_alone():
    """A function that overwrites its arguments changes its own copies, at any depth."""
    x, params = GRID.copy(), {"W": GRID.copy()}
    local = submission(overwrite)
    assert not local.overwrite(x, params).any()
    assert np.array_equal(x, GRID)
    assert np.array_equal(params["W"], GRID)
    x.flags.writeable = False
    assert not local.overwrite(x).any()


def test_arguments_after():
    """The positional arguments come back as the call left them."""
    x, params = GRID.copy(), {"W": GRID.copy()}
    after = submission(overwrite).arguments_after("overwrite", x, params)
    assert isinstance(after, list)
    assert not after[0].any()
    assert not after[1]["W"].any()
    assert np.array_equal(x, GRID)
    assert np.array_equal(params["W"], GRID)


def test_arguments_after_a_call_that_fails():
    """A call that raises brings no arguments."""
    assert failure(submission(divide).arguments_after, "divide", np.zeros((2, 2))).exception == "LinAlgError"
    assert failure(submission().arguments_after, "divide", 1).kind == "missing"


def test_results_are_snapshots():
    """A result does not change when the submission goes on working on it."""
    state = np.zeros(3)

    def step() -> Any:
        state[:] += 1
        return state, [state], {"state": state}

    local = submission(step)
    first = local.step()
    local.step()
    assert all(np.array_equal(value, np.ones(3)) for value in (first[0], first[1][0], first[2]["state"]))


@pytest.mark.parametrize(
    "value",
    [None, True, 3, 2.5, 1j, "text", np.float32(2), np.int8(3), np.bool_(True), [], (), {}, [1, (2.0, {"a": None})]],
)
def test_plain_values_come_back_as_they_are(value):
    """Plain data passes through in both directions, type included."""
    result = submission(identity).identity(value)
    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize(
    "value",
    [
        object(),
        lambda: 1,
        {1, 2},
        range(3),
        b"x",
        np.ma.masked_array([1.0]),
        np.array([None]),
        Counter,
        OddError("x"),
        np,
        np.zeros(2, dtype=[("a", float)]),
        type("Tuple", (tuple,), {})((1, 2)),
        type("Real", (float,), {})(1.0),
    ],
)
def test_everything_else_becomes_a_handle(value):
    """What is no plain data comes back as a handle, alone or inside of plain data."""
    local = submission(give=lambda: value, nest=lambda: [(1, value)])
    for handle in (local.give(), local.nest()[0][1]):
        assert type(handle).is_handle is True
        assert handle.type_name.isidentifier()


def test_methods_of_a_handle():
    """An instance keeps its state between calls of its methods."""
    counter = submission(Counter).Counter(5)
    assert counter.type_name == "Counter"
    assert counter.add(2) == 7
    assert counter.add(number=1) == 8
    assert counter.twin().add(1) == 9
    assert counter.add(0) == 8
    assert counter(10) == 80


def test_a_handle_as_an_argument():
    """A handle that is passed back is the very object, also inside of a list."""
    seen: list[Any] = []
    local = submission(Counter, keep=lambda *things: seen.extend(things))
    counter = local.Counter(1)
    counter.add(1)
    local.keep(counter, [counter], {"c": counter})
    assert isinstance(seen[0], Counter)
    assert seen[0].count == 2
    assert seen[0] is seen[1][0] is seen[2]["c"]


def test_functions_as_arguments():
    """A function or class passes through, and a function of the submission is handed on itself."""
    seen: list[Any] = []
    local = submission(identity, Counter, apply=lambda f, x: (seen.append(f), f(x))[1])
    assert local.apply(np.sum, [1, 2]) == 3
    assert local.apply(local.identity, 5) == 5
    assert local.apply(local.Counter, 4).add(0) == 4
    assert seen == [np.sum, identity, Counter]


def test_handles_are_named_after_the_question():
    """A variant of a class goes by the name that it was called by, as the class that it stands for would."""
    handle = submission(MultiplyGate=Counter).MultiplyGate()
    assert handle.type_name == "MultiplyGate"
    assert failure(handle.fail).name == "MultiplyGate.fail"


def test_names_of_classes_are_sanitised():
    """A type name is identifier characters, forty at most."""
    name = submission(give=Strange, make=lambda: Strange()).make().type_name
    assert name == ("bxb" + "y" * 37)


def test_missing_names():
    """A name that is not there, or is no function, is said to be missing."""
    local = submission(Counter, constant=3)
    for call in (local.nothing, local.constant, local.Counter().nothing, local.Counter().count):
        assert failure(call).kind == "missing"
    assert failure(local.nothing).name == "nothing"


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (ValueError("bad"), "ValueError"),
        (NotImplementedError("later"), "NotImplementedError"),
        (RecursionError("deep"), "RecursionError"),
        (SystemExit("bye"), "SystemExit"),
        (AssertionError("no"), "AssertionError"),
        (np.linalg.LinAlgError("singular"), "LinAlgError"),
        (np.exceptions.AxisError(3, 2), "AxisError"),
        (OddError("odd"), "Exception"),
        (type("UFuncTypeError", (TypeError,), {})("no cast"), "TypeError"),
        (type("ValueError", (Exception,), {})("fake"), "Exception"),
    ],
)
def test_exceptions_become_failures(error, name):
    """A well-known exception is named, any other by the nearest one above it; its text is kept apart."""

    def fail() -> None:
        raise error

    found = failure(submission(fail).fail)
    assert (found.name, found.kind, found.exception) == ("fail", "raised", name)
    assert found.detail == str(error)
    assert str(error) not in found.reason
    assert found.line == fail.__code__.co_firstlineno + 1


def test_an_exception_without_text():
    """An exception that cannot be printed is a failure like any other."""

    def fail() -> None:
        raise SilentError

    assert failure(submission(fail).fail).detail == ""


def test_the_keyboard_interrupts():
    """Ctrl-C belongs to the student, not to the check."""

    def fail() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        submission(fail).fail()


def test_the_line_is_the_innermost_of_their_own():
    """The line is where their own code went wrong, not where numpy noticed."""
    found = failure(submission(divide).divide, np.zeros((2, 2)))
    assert found.line == helper.__code__.co_firstlineno + 1
    assert found.cell is None


def test_the_line_in_a_method():
    """Methods have lines, too."""
    found = failure(submission(Counter).Counter().fail)
    assert found.line == Counter.fail.__code__.co_firstlineno + 1


def test_the_line_in_a_constructor():
    """What goes wrong while an object is made has a line as well."""
    found = failure(submission(Counter).Counter, -1)
    assert (found.name, found.exception) == ("Counter", "ValueError")
    assert found.line == Counter.__init__.__code__.co_firstlineno + 3


def test_a_call_with_wrong_arguments_has_no_line():
    """What fails before the first line of theirs has no place."""
    found = failure(submission(identity).identity, 1, 2)
    assert (found.exception, found.line) == ("TypeError", None)


@pytest.mark.parametrize("filename", ["/tmp/ipykernel_17/42.py", "<ipython-input-3-abc>"])
def test_cells_of_a_kernel(filename):
    """Under IPython the file name says which cell it was."""
    namespace: dict[str, Any] = {}
    exec(compile("def f(x):\n\n    return 1 / x", filename, "exec"), namespace)
    found = failure(LocalSubmission(namespace).f, 0)
    assert (found.cell, found.line) == (filename, 3)


def test_failures_pass_through():
    """A failure inside of a function that a test passed in is not wrapped again."""
    original = CallFailed("inner", "timeout", "too slow")

    def fail() -> None:
        raise original

    assert failure(submission(fail).fail) is original


def test_warnings_are_not_errors():
    """Warnings of numpy, and those that the code gives itself, disturb nobody; settings are as before afterwards."""

    def noisy() -> Any:
        warnings.warn("look out", stacklevel=1)
        return np.log(np.zeros(1)) * 0 + np.exp(np.full(1, 1e4))

    before, filters = np.geterr(), list(warnings.filters)
    assert np.isnan(submission(noisy).noisy()).all()
    assert np.geterr() == before
    assert warnings.filters == filters


@pytest.mark.parametrize("depth", [100_000])
def test_endless_lists_are_refused(depth):
    """A result that contains itself, or is nested without end, is refused."""

    def nested() -> Any:
        value: list[Any] = []
        for _ in range(depth):
            value = [value]
        return value

    def endless() -> Any:
        value: list[Any] = []
        value.append(value)
        return value

    local = submission(nested, endless)
    assert failure(local.nested).kind == "refused"
    assert failure(local.endless).kind == "refused"


def test_functions_of_the_test():
    """A function or class of the test's own is called like one of the submission, and may call those of it."""

    def twice(function: Any, x: Any) -> Any:
        return 2 * function(x)

    local = submission(lambda x: x + 1)
    np.testing.assert_array_equal(local.define(twice)(getattr(local, "<lambda>"), np.ones(2)), [4.0, 4.0])
    assert local.define(Counter)(3).add(1) == 4


async def waits(x):
    """Return x, later."""
    return x


def yields(x):
    """Yield x."""
    yield x


async def yields_later(x):
    """Yield x, later."""
    yield x


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (yields, "`f` is a generator (it has `yield`): return the value"),
        (yields_later, "`f` is an `async` generator"),
    ],
)
def test_a_generator_is_no_value(function, words):
    """A function that yields gets a sentence of its own, not one about an object of some class."""
    found = failure(LocalSubmission({"f": function}).f, 1)
    assert found.kind == "refused"
    assert words in found.advice


def test_an_async_function_is_no_value():
    """A function that would have to be awaited gets a sentence of its own."""
    assert "write `def` without `async`" in failure(LocalSubmission({"f": waits}).f, 1).advice
