"""A submission is called as if it stood in the same process."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from autograder.errors import CallFailed, WireError
from autograder.sandbox import Cell, Handle, Limits, Sandbox
from tests.sandbox.conftest import Load

GATES = """
import numpy as np

def double(x, *, factor=2):
    return factor * x

def echo(*args, **kwargs):
    return args, kwargs

class MultiplyGate:
    def forward(self, x, y):
        self.x, self.y = x, y
        return x * y
    def backward(self, dout):
        return dout * self.y, dout * self.x

def product_of(gate, x, y):
    return gate.forward(x, y)

class Cache:
    def __init__(self, x):
        self.x = x

def forward(x):
    return x + 1, Cache(x)

def backward(dout, cache):
    return dout * cache.x

def spoil(x, y):
    x += 1
    y.append(3)

def slope(f, x, h=1e-4):
    return (f(x + h) - f(x - h)) / (2 * h)

def cube(x):
    return x ** 3

def what(kind):
    x = np.arange(4.0)
    return {
        "subclass": type("Fake", (np.ndarray,), {})(3),
        "matrix": np.matrix([[1.0]]),
        "objects": np.array([None, x], dtype=object),
        "masked": np.ma.masked_less(x, 2),
        "instance": Cache(1),
        "generator": (n for n in x),
        "evil": type("<b>É" + "x" * 99, (), {"__eq__": lambda a, b: True})(),
    }[kind]

def fails(how):
    if how == "raise":
        raise ValueError("the input was [3.25]")
    if how == "own":
        raise type("Secret is 3.25", (KeyError,), {})("x")
    if how == "lying":
        raise type("Liar", (Exception,), {"__str__": lambda self: 1 / 0})()
    if how == "exit":
        import sys; sys.exit(0)
    if how == "interrupt":
        raise KeyboardInterrupt
    if how == "generator":
        raise GeneratorExit
    if how == "linalg":
        np.linalg.inv(np.zeros((2, 2)))
    if how == "recursion":
        return fails(how)
    if how == "memory":
        return np.ones((1 << 40,))
"""


def cubic(x: Any) -> Any:
    return np.power(x, 3)


class Square:
    def forward(self, x: Any, y: Any) -> Any:
        return np.square(x) + y


def rejected(call: Any, *args: Any) -> CallFailed:
    with pytest.raises(CallFailed) as caught:
        call(*args)
    return caught.value


class TestValues:
    def test_arguments_and_results(self, load: Load) -> None:
        """Positional and keyword arguments go there, the result comes back as a plain array."""
        x = np.arange(6.0).reshape(2, 3)
        result = load(GATES).double(x, factor=3)
        assert type(result) is np.ndarray
        assert result.tolist() == (3 * x).tolist()

    @pytest.mark.parametrize("value", [None, True, 3, 2.5, "text", [1, (2, None)], {"W1": [1.0]}, 1j, np.float32(0.1)])
    def test_plain_values_come_back_as_they_were(self, load: Load, value: Any) -> None:
        """What is sent and returned is the same value of the same type."""
        (result,), _ = load(GATES).echo(value)
        assert type(result) is type(value)
        assert result == value

    @pytest.mark.parametrize(
        ("kind", "name"),
        [
            ("subclass", "Fake"),
            ("matrix", "matrix"),
            ("objects", "ndarray"),
            ("masked", "MaskedArray"),
            ("instance", "Cache"),
            ("generator", "generator"),
            ("evil", "b" + "x" * 39),
        ],
    )
    def test_what_is_no_plain_value_is_a_handle(self, load: Load, kind: str, name: str) -> None:
        """Subclasses of arrays, object arrays and instances stay where they are; their type's name is sanitised."""
        result = load(GATES).what(kind)
        assert type(result) is Handle
        assert result.type_name == name

    def test_arguments_are_copies(self, load: Load) -> None:
        """A submission that changes its argument changes its own copy."""
        x, y = np.zeros(2), [1]
        load(GATES).spoil(x, y)
        assert (x.tolist(), y) == ([0, 0], [1])

    def test_arguments_after_the_call(self, load: Load) -> None:
        """The arguments as the call left them can be asked for."""
        x, y = load(GATES).arguments_after("spoil", np.zeros(2), [1])
        assert (x.tolist(), y) == ([1, 1], [1, 3])

    @pytest.mark.parametrize(
        ("name", "there"), [("double", True), ("np", True), ("nothing", False), ("In", False), ("print", False)]
    )
    def test_has(self, load: Load, name: str, there: bool) -> None:
        """`has` is about what the notebook itself defines."""
        assert load(GATES).has(name) is there

    def test_what_cannot_be_sent_is_the_tests_own_mistake(self, load: Load) -> None:
        """An argument that is no plain value is a WireError, and the submission lives on."""
        submission = load(GATES)
        with pytest.raises(WireError, match="a set cannot be sent"):
            submission.double({1})
        assert submission.double(2) == 4

    def test_random_numbers_start_from_the_seed(self, load: Load) -> None:
        """Both random modules draw the same numbers for the same seed, others for another."""
        source = "import numpy as np, random\ndef draw(): return np.random.rand(), random.random()"
        first, again, other = (load(source, seed=seed).draw() for seed in (5, 5, 6))
        assert first == again
        assert first[0] != other[0]
        assert first[1] != other[1]

    def test_seeds_of_any_size(self, load: Load) -> None:
        """A seed may have hundreds of bits."""
        assert 0 <= load("import numpy as np\ndef draw(): return np.random.rand()", seed=2**255).draw() < 1


class TestHandles:
    def test_methods_are_called_there(self, load: Load) -> None:
        """An instance of the notebook's class keeps its state between calls."""
        gate = load(GATES).MultiplyGate()
        assert gate.forward(3.0, 4.0) == 12.0
        assert gate.backward(2.0) == (8.0, 6.0)

    def test_a_handle_may_be_passed_back(self, load: Load) -> None:
        """A cache that is no plain data goes through the grader and comes back as itself."""
        submission = load(GATES)
        _, cache = submission.forward(np.array([1.0, 2.0]))
        assert submission.backward(3.0, cache).tolist() == [3.0, 6.0]
        assert submission.product_of(submission.MultiplyGate(), 2, 5) == 10

    def test_attributes(self, load: Load) -> None:
        """The value of an attribute can be asked for."""
        submission = load(GATES)
        assert submission.attribute(submission.Cache(7), "x") == 7
        assert rejected(submission.attribute, submission.Cache(7), "y").exception == "AttributeError"

    def test_comparing_two_handles_asks_nobody(self, load: Load) -> None:
        """An `__eq__` of the submission is never run: handles are only told apart."""
        submission = load(GATES)
        assert submission.what("evil") != submission.what("evil")
        assert repr(submission.what("instance")) == "<Cache in the submission>"

    def test_a_handle_of_another_submission_is_refused(self, load: Load) -> None:
        """An object of one submission means nothing to another one."""
        cache = load(GATES).Cache(1)
        assert rejected(load(GATES).backward, 1.0, cache).kind == "died"

    def test_objects_without_a_handle_are_forgotten(self, load: Load) -> None:
        """A thousand large caches do not fill the submission's memory when nobody holds them."""
        submission = load(
            "import numpy as np\nclass Cache:\n    def __init__(self): self.x = np.ones(1 << 20)", memory_mb=256
        )
        for _ in range(100):
            assert submission.Cache().type_name == "Cache"

    def test_a_name_that_python_asks_for_is_no_function(self, load: Load) -> None:
        """Double-underscore names are not sent to the submission."""
        submission = load(GATES)
        assert not hasattr(submission, "__array__")
        assert not hasattr(submission.Cache(1), "__array_interface__")


class TestSentAsSource:
    def test_a_function(self, load: Load) -> None:
        """A function of the grader's is called by the submission, there."""
        assert load(GATES).slope(cubic, 2.0) == pytest.approx(12, rel=1e-6)

    def test_a_class(self, load: Load) -> None:
        """A class of the grader's becomes one there, with instances."""
        submission = load(GATES)
        gate = submission.define(Square)()
        assert gate.type_name == "Square"
        assert submission.product_of(gate, 3.0, 1.0) == 10.0

    def test_inside_lists_and_dicts(self, load: Load) -> None:
        """Functions may stand in containers."""
        (functions,), named = load(GATES).echo([cubic, cubic], key=cubic)
        assert [type(each) for each in [*functions, named["key"]]] == [Handle] * 3

    def test_a_function_of_the_notebook_itself(self, load: Load) -> None:
        """`submission.f` may be passed to another function of the submission."""
        submission = load(GATES)
        assert submission.slope(submission.cube, 2.0) == pytest.approx(12, rel=1e-6)
        assert rejected(submission.slope, submission.nothing, 2.0).kind == "missing"

    def test_is_sent_again_after_a_restart(self, load: Load) -> None:
        """A new process gets the source anew."""
        submission = load(GATES + "\nimport os\ndef end(): os._exit(0)")
        submission.slope(cubic, 2.0)
        rejected(submission.end)
        assert submission.slope(cubic, 2.0) == pytest.approx(12, rel=1e-6)


class TestFailures:
    @pytest.mark.parametrize(
        ("how", "exception"),
        [
            ("raise", "ValueError"),
            ("own", "KeyError"),
            ("lying", "Exception"),
            ("exit", "SystemExit"),
            ("interrupt", "KeyboardInterrupt"),
            ("generator", "GeneratorExit"),
            ("linalg", "LinAlgError"),
            ("recursion", "RecursionError"),
            ("memory", "MemoryError"),
        ],
    )
    def test_what_a_function_raises(self, load: Load, how: str, exception: str) -> None:
        """Whatever is raised is a CallFailed with the type that Python or numpy knows, and the submission lives on."""
        submission = load(GATES)
        failure = rejected(submission.fails, how)
        assert (failure.kind, failure.exception, failure.cell) == ("raised", exception, "cell 1")
        assert "3.25" not in failure.reason
        assert submission.double(2) == 4

    def test_the_line_is_the_innermost_one_in_the_notebook(self, load: Load) -> None:
        """An error inside numpy points to the line of the notebook that called it."""
        source = "import numpy as np\n\n\ndef f(x):\n    y = x\n    return np.linalg.inv(y)"
        submission = load("z = 1", source)
        failure = rejected(submission.f, np.zeros((2, 3)))
        assert (failure.cell, failure.line, failure.exception) == ("cell 2", 6, "LinAlgError")
        assert failure.reason == "raised LinAlgError in the cell `cell 2`, line 6"

    def test_a_wrong_number_of_arguments_has_no_line(self, load: Load) -> None:
        """A call that never reaches the notebook points nowhere."""
        failure = rejected(load(GATES).double, 1, 2, 3)
        assert (failure.exception, failure.cell, failure.line) == ("TypeError", None, None)

    def test_a_name_that_is_not_there(self, load: Load) -> None:
        """A missing function is missing, not wrong."""
        failure = rejected(load(GATES).sigmoid)
        assert (failure.kind, failure.reason) == ("missing", "there is no `sigmoid` in the notebook")

    def test_what_is_no_function(self, load: Load) -> None:
        """A number of that name, and a method that a class lacks, are missing as well."""
        submission = load(GATES + "\nlearning_rate = 0.1")
        failures = [rejected(submission.learning_rate), rejected(submission.MultiplyGate().update)]
        assert [(failure.kind, failure.reason) for failure in failures] == [
            ("missing", "`learning_rate` in the notebook is no function"),
            ("missing", "there is no method `MultiplyGate.update` in the notebook"),
        ]

    @pytest.mark.parametrize("source", ["x = []\nx.append(x)", "x = list(range(400_000))", "x = np.zeros(1 << 26)"])
    def test_what_is_too_large_to_send(self, load: Load, source: str) -> None:
        """A result that cannot be sent is refused, and the submission lives on."""
        submission = load("import numpy as np\n" + source + "\ndef f(): return x\ndef g(): return 1")
        assert rejected(submission.f).kind == "refused"
        assert submission.g() == 1

    def test_calls_after_the_end(self, load: Load) -> None:
        """A closed submission says so, and closing it twice is harmless."""
        submission = load(GATES)
        submission.close()
        submission.close()
        assert rejected(submission.double, 1).reason == "the submission is closed"


def test_submissions_in_several_threads(sandbox: Sandbox) -> None:
    """Threads may load, crash and call submissions of one sandbox at the same time."""

    def work(number: int) -> list[Any]:
        source = f"import os\ndef f(): return {number}\ndef end(): os._exit(0)"
        with sandbox.load([Cell("a", source)], limits=Limits(call_seconds=30), seed=number) as submission:
            found = []
            for _ in range(5):
                found.append(submission.f())
                rejected(submission.end)
            return found

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(work, range(8))) == [[number] * 5 for number in range(8)]


def test_two_submissions_share_nothing(sandbox: Sandbox, load: Load) -> None:
    """What one submission changes in its process, the other does not see."""
    first = load("import numpy as np\nnp.sum = None\nshared = 1")
    second = load("import numpy as np\ndef f(): return np.sum([1, 2]), 'shared' in globals()")
    assert first.has("shared")
    assert second.f() == (3, False)
