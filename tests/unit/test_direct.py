"""Which tests of a suite are called without pytest's protocol, and that it makes no difference to what they show."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from autograder.direct import call, is_direct, wholes
from autograder.errors import SuiteError
from autograder.examine import Examiner, no_other_plugins
from autograder.local import LocalSubmission
from autograder.suite import trial
from tests.minicourse import write_course

HEAD = "import numpy as np\nimport pytest\nquestion = pytest.mark.question\n\n"
PLAIN = """@question("double")
def test_it(submission, reference, rng):
    \"\"\"Numbers are doubled.\"\"\"
    x = rng.normal()
    assert submission.double(x) == reference.double(x)
"""
CASES = """@question("double")
@pytest.mark.weight(2)
@pytest.mark.parametrize("x", [1.0, 2.0])
def test_it(submission, x):
    \"\"\"Numbers are doubled.\"\"\"
    assert submission.double(x) == 2 * x
"""
FIXTURE = "@pytest.fixture{}\ndef two():\n    return 2\n\n"
CONFTEST = "def pytest_runtest_call(item):\n    pass\n"


class Collected:
    """Keeps what becomes of the tests that pytest has collected."""

    def __init__(self) -> None:
        self.direct: dict[str, bool] = {}
        self.raised: dict[str, list[str]] = {}

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        examiner = Examiner(session.config)
        for item in session.items:
            self.direct[item.name] = is_direct(item)
            self.raised[item.name] = list(map(repr, self._both(session, item, examiner)))
        return True

    def _both(self, session: pytest.Session, item: pytest.Item, examiner: Examiner) -> Iterator[object]:
        for factor in (2, 3):
            submission = LocalSubmission({"double": lambda x, factor=factor: factor * x})
            examiner._direct[item] = False
            yield type(examiner.run(item, submission, "00"))
            if is_direct(item):
                with trial(session.config, submission, "00"):
                    yield type(call(item))


def collected(pytester: pytest.Pytester, hidden: str, conftest: str = "") -> Collected:
    """Return what becomes of the tests of a hidden suite that says `hidden`."""
    found = Collected()
    run(pytester, hidden, found, conftest)
    assert found.direct
    return found


def run(pytester: pytest.Pytester, hidden: str, plugin: object, conftest: str = "") -> None:
    """Collect a hidden suite that says `hidden`, and have the plugin do with it what it does."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "reference"]:
        del sys.modules[name]
    write_course(pytester.path, hidden=HEAD + hidden + '\nOTHER = question("square")\n')
    if conftest:
        (pytester.path / "tests" / "hidden" / "conftest.py").write_text(conftest)
    arguments = ["-p", "autograder.suite", "--import-mode=importlib", "tests/hidden"]
    with no_other_plugins():
        assert pytester.inline_run(*arguments, plugins=[plugin]).ret == pytest.ExitCode.OK


@pytest.mark.parametrize("hidden", [PLAIN, CASES], ids=["what a suite gives", "cases"])
def test_called_as_pytest_would(pytester: pytest.Pytester, hidden: str) -> None:
    """A right answer passes and a wrong one fails, by pytest and without it."""
    found = collected(pytester, hidden)
    assert set(found.direct.values()) == {True}
    none, failed = repr(type(None)), repr(AssertionError)
    assert set(map(tuple, found.raised.values())) == {(none, none, failed, failed)}


@pytest.mark.parametrize(
    ("hidden", "conftest"),
    [
        (FIXTURE.format("") + PLAIN.replace("rng)", "rng, two)"), ""),
        (FIXTURE.format("(autouse=True)") + PLAIN, ""),
        (FIXTURE.format("(name='rng')") + PLAIN.replace("rng.normal()", "rng"), ""),
        (PLAIN.replace("rng)", "rng, request)"), ""),
        (PLAIN.replace("@question", "@pytest.mark.xfail(strict=False)\n@question"), ""),
        (PLAIN.replace("@question", "@pytest.mark.usefixtures('tmp_path')\n@question"), ""),
        (
            FIXTURE.format("")
            + CASES.replace('"x", [', '"two", [').replace("x", "two").replace("]", "], indirect=True"),
            "",
        ),
        ("def setup_function():\n    pass\n\n" + PLAIN, ""),
        (PLAIN, CONFTEST),
        (PLAIN, FIXTURE.format("(autouse=True)").replace("@pytest", "import pytest\n@pytest")),
    ],
    ids=[
        "a fixture",
        "a fixture of its own accord",
        "a fixture in the place of ours",
        "the request",
        "a mark that changes the outcome",
        "a fixture by a mark",
        "a case that a fixture is made of",
        "setup_function",
        "a hook in conftest.py",
        "a fixture in conftest.py",
    ],
)
def test_whatever_needs_pytest_is_left_to_it(pytester: pytest.Pytester, hidden: str, conftest: str) -> None:
    """Fixtures, marks and hooks that a course brings are pytest's affair, and have their effect."""
    assert set(collected(pytester, hidden, conftest).direct.values()) == {False}


PARTS = """@question("double")
@pytest.mark.parts("part")
@pytest.mark.parametrize("part", ["sign", "size"])
@pytest.mark.parametrize("x", [[1.0], [-2.0]])
def test_it(submission, x, part):
    \"\"\"The {part} is right.\"\"\"
    ours, right = submission.double(x[0]), 2 * x[0]
    assert part == "size" or (ours > 0) == (right > 0)
    assert part == "sign" or abs(ours) == abs(right)
"""


class Wholes:
    """Keeps what the tests say, one by one and as wholes, of code that multiplies by each of some factors."""

    def __init__(self) -> None:
        self.raised: dict[float, tuple[list[bool], list[bool]]] = {}
        self.calls: list[float] = []

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        for factor in (2, -2, 3):
            submission = LocalSubmission({"double": lambda x, factor=factor: self.calls.append(x) or factor * x})
            with trial(session.config, submission, "00"):
                each = [call(item) is not None for item in session.items]
                self.calls.clear()
                whole = [call(item, as_whole=True) is not None for item in wholes(session.items)]
            self.raised[factor] = each, whole
        return True


def test_a_whole_judges_all_its_parts(pytester: pytest.Pytester) -> None:
    """Parts of one result are judged by one call for each other case, and one that fails makes the whole fail."""
    found = Wholes()
    run(pytester, PARTS, found)
    assert found.raised == {
        2: ([False] * 4, [False] * 2),
        -2: ([True, False] * 2, [True] * 2),
        3: ([False, True] * 2, [True] * 2),
    }
    assert found.calls == [1.0, -2.0]


def test_methods_are_left_to_pytest(pytester: pytest.Pytester) -> None:
    """A test in a class has an object of its own."""
    body = PLAIN.replace("(submission", "(self, submission").replace("\n", "\n    ").strip()
    assert set(collected(pytester, f"class TestIt:\n    {body}\n").direct.values()) == {False}


class Counted:
    """Counts how often a known wrong answer is called while each test is run four times, with four seeds."""

    def __init__(self) -> None:
        self.calls: dict[str, list[float]] = {}
        self.raised: set[type] = set()

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        examiner = Examiner(session.config)
        for item in session.items:
            calls: list[float] = []
            submission = LocalSubmission({"double": lambda x, calls=calls: calls.append(float(x))})
            for seed in ("00", "01", "02", "03"):
                self.raised.add(type(examiner.run_known(item, "wrong", submission, seed)))
            other = LocalSubmission({"double": lambda x: 2 * x, "square": lambda x: x * x})
            assert examiner.run_known(item, "right", other, "00") is None
            self.calls[item.name] = calls
        return True


LIMITED = "@pytest.mark.limits(call_seconds=9)\n@question"


@pytest.mark.parametrize(
    ("hidden", "numbers"),
    [
        (CASES, {1.0: 2, 2.0: 2}),
        (CASES.replace("@question", LIMITED), {1.0: 4, 2.0: 4}),
        (CASES.replace("@question", "@pytest.mark.timed\n@question"), {1.0: 4, 2.0: 4}),
        (FIXTURE.format("(autouse=True)") + CASES, {1.0: 4, 2.0: 4}),
    ],
    ids=["fixed inputs", "limits", "a matter of time", "a fixture"],
)
def test_what_is_known_is_run_twice(pytester: pytest.Pytester, hidden: str, numbers: dict[float, int]) -> None:
    """Where nothing depends on the seed or on time, a test shows the same of known code each time."""
    found = Counted()
    run(pytester, hidden, found)
    asked = [x for calls in found.calls.values() for x in calls]
    assert {x: asked.count(x) for x in asked} == numbers
    assert found.raised == {AssertionError}


def test_random_inputs_are_drawn_anew(pytester: pytest.Pytester) -> None:
    """A test with random inputs is run for each seed, on inputs of its own."""
    found = Counted()
    run(pytester, PLAIN, found)
    (asked,) = found.calls.values()
    assert len(set(asked)) == 4


class Passing:
    """Notes what known code is called with while it is asked four times, with four seeds, whether it passes."""

    def __init__(self, factor: float) -> None:
        self.factor = factor
        self.calls: list[float] = []
        self.passed: list[bool] = []

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        examiner = Examiner(session.config)
        (item,) = session.items
        for seed in ("01", "02", "03", "04"):
            self.passed.append(examiner.passes(item, "code", LocalSubmission({"double": self._double}), seed))
        return True

    def _double(self, x: float) -> float:
        self.calls.append(float(x))
        return self.factor * x


@pytest.mark.parametrize(("factor", "passes", "calls"), [(2.0, True, 1), (3.0, False, 5)])
def test_what_passes_once_passes(pytester: pytest.Pytester, factor: float, passes: bool, calls: int) -> None:
    """Known code that passes on the inputs that are always the same is asked no more, other code for each seed."""
    found = Passing(factor)
    run(pytester, PLAIN, found)
    assert found.passed == [passes] * 4
    assert len(found.calls) == len(set(found.calls)) == calls


class Unlucky:
    """Keeps what a test shows of a right answer that is called again and again."""

    def __init__(self) -> None:
        self.passed: list[bool] = []

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        examiner = Examiner(session.config)
        (item,) = (item for item in session.items if item.name == "test_it")
        for _ in range(5):
            submission = LocalSubmission({"double": lambda x: 2 * x})
            self.passed.append(examiner.run_known(item, "right", submission, "00") is None)
        return True


def test_one_unlucky_outcome_is_not_kept(pytester: pytest.Pytester) -> None:
    """A test with inputs of its own making may fail once; what it says afterwards counts again."""
    found = Unlucky()
    test = """SEEN = []\n\n@question("double")
def test_it(submission):
    \"\"\"Numbers are doubled.\"\"\"
    SEEN.append(submission.double(1.0))
    assert len(SEEN) != 1
"""
    run(pytester, test, found)
    assert found.passed == [False, True, True, True, True]


class Judged:
    """Keeps what each test of a session raises for the reference."""

    def __init__(self) -> None:
        self.raised: list[type | None] = []

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        examiner, submission = Examiner(session.config), LocalSubmission({"double": lambda x: 3 * x})
        for item in session.items:
            try:
                raised = examiner.run(item, submission, "00")
            except SuiteError as error:
                raised = error
            self.raised.append(type(raised) if raised else None)
        return True


@pytest.mark.parametrize(
    "hidden",
    [
        PLAIN.replace("assert ", "return "),
        PLAIN.replace("def test_it", "async def test_it"),
        PLAIN.replace("def test_it", "async def test_it") + "    yield\n",
    ],
    ids=["a value", "a coroutine", "an asynchronous generator"],
)
def test_what_asserts_nothing_passes_nobody(pytester: pytest.Pytester, hidden: str) -> None:
    """A test that returns a value, or something that would run later, does not let a wrong answer pass."""
    found = Judged()
    run(pytester, hidden, found)
    assert len(found.raised) == 1
    assert found.raised[0] is not None
