"""The pytest plugin: what makes an ordinary pytest file the suite of an assignment.

A suite is `tests/hidden/test_NAME.py` or `assignments/NAME/checks.py`. Each of its tests says which question it belongs
to and calls the submission as if it stood in the same process:

    @pytest.mark.question("sigmoid_backward")
    def test_random_values(submission, reference, rng): ...

Where nothing else is said, `submission` is the reference itself, so `pytest tests/hidden` grades the reference.
"""

from __future__ import annotations

import hashlib
import importlib
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.random.bit_generator import ISpawnableSeedSequence

from autograder import marks
from autograder.course_file import COURSE_FILE, nearest
from autograder.errors import CourseError, SuiteError
from autograder.local import LocalSubmission
from autograder.titles import numbered

if TYPE_CHECKING:
    from autograder.course import Assignment, Course

REFERENCE_SEED = "00"


class _Seed(ISpawnableSeedSequence):
    """Starts random numbers with a digest as it is: mixing its bits once more takes longer than to draw the numbers."""

    def __init__(self, digest: bytes) -> None:
        self._digest = digest
        self._children = 0

    def spawn(self, n_children: int) -> list[_Seed]:
        """Return seeds of their own for other random numbers, each time new ones."""
        numbers = range(self._children, self._children + n_children)
        self._children = numbers.stop
        return [_Seed(hashlib.sha256(b"%b/%d" % (self._digest, number)).digest()) for number in numbers]

    def generate_state(self, n_words: int, dtype: Any = np.uint32) -> Any:
        """Return the first words of the digest."""
        return np.frombuffer(self._digest, dtype=dtype, count=n_words)


@dataclass(frozen=True)
class Trial:
    """What the tests run against: a submission, and the seed (hex) of their random inputs."""

    submission: Any
    seed: str


@dataclass(frozen=True)
class SuiteTest:
    """One collected test of a suite: which question it judges, with which weight, and what students call it.

    `promise` is the title without the number that tells the cases of a test apart. `trains` tells whether its calls
    have the processor time of a training, `timed` whether its outcome is a matter of measured time, which is never
    twice the same.
    """

    item: pytest.Item
    assignment: Assignment
    question: str
    title: str
    weight: float
    hidden: bool
    trains: bool = False
    timed: bool = False
    promise: str = ""


TRIAL = pytest.StashKey[Trial]()
TESTS = pytest.StashKey[dict[str, SuiteTest]]()


def pytest_configure(config: pytest.Config) -> None:
    """Make the marks of a suite known."""
    marks.make_known(config)
    config.stash[TESTS] = {}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Refuse a suite in which a test has no question, an unknown one, or no sentence that says what it checks."""
    courses: dict[Path, Course | None] = {}
    tests: dict[str, SuiteTest] = {}
    try:
        for item in items:
            assignment = _assignment_of(item.path, courses)
            if assignment is not None:
                tests[item.nodeid] = _suite_test(item, assignment)
    except CourseError as error:
        raise pytest.UsageError(str(error)) from error
    _number_cases(tests)
    config.stash[TESTS] = tests


def tests_of(config: pytest.Config) -> dict[str, SuiteTest]:
    """Return the collected tests of suites by their pytest id, in order."""
    return config.stash[TESTS]


@contextmanager
def trial(config: pytest.Config, submission: Any, seed: str) -> Iterator[None]:
    """Run the tests inside the `with` block against `submission`, their inputs drawn from `seed`."""
    before = config.stash.get(TRIAL, None)
    config.stash[TRIAL] = Trial(submission, seed)
    try:
        yield
    finally:
        if before is None:
            del config.stash[TRIAL]
        else:
            config.stash[TRIAL] = before


@pytest.fixture
def submission(request: pytest.FixtureRequest) -> Generator[Any]:
    """Give the submission under test: called like a module, `submission.sigmoid_forward(x)`."""
    target = submission_of(request.node)
    with limits_of(request.node, target):
        yield target


@pytest.fixture
def reference(request: pytest.FixtureRequest) -> ModuleType:
    """Give the reference module of the suite's assignment."""
    return reference_for(request.node)


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> np.random.Generator:
    """Give random numbers that depend on the submission's seed and on the test, and on nothing else."""
    return rng_for(request.node)


def submission_of(node: pytest.Item) -> Any:
    """Return the submission under test."""
    current = node.config.stash.get(TRIAL, None)
    return current.submission if current else LocalSubmission(vars(reference_for(node)))


@contextmanager
def limits_of(node: pytest.Item, submission: Any) -> Iterator[None]:
    """Let the submission have, inside the `with` block, the limits that the marks of a test set."""
    mark = node.get_closest_marker(marks.LIMITS)
    trains = node.get_closest_marker(marks.TRAINING) is not None
    with (
        submission.limits_of_call(**mark.kwargs) if mark else nullcontext(),
        submission.training() if trains else nullcontext(),
    ):
        yield


def reference_for(node: pytest.Item) -> ModuleType:
    """Return the reference module of a test's assignment; SuiteError where the test is in no suite."""
    test = node.config.stash[TESTS].get(node.nodeid)
    if test is None:
        msg = f"{node.nodeid} is not in a suite of a course, so there is no reference; give it its own `submission`"
        raise SuiteError(msg)
    return load_reference(test.assignment)


def rng_for(node: pytest.Item) -> np.random.Generator:
    """Return the random numbers of a test, always the same for the same seed."""
    current = node.config.stash.get(TRIAL, None)
    seed = current.seed if current else REFERENCE_SEED
    digest = hashlib.sha256(f"{seed}/{node.name}".encode()).digest()
    return np.random.Generator(np.random.PCG64(_Seed(digest)))  # type: ignore[arg-type]  # its stub knows one class


def load_reference(assignment: Assignment) -> ModuleType:
    """Return the reference module of an assignment; CourseError where it cannot be imported."""
    name = f"reference.{assignment.name}"
    if name in sys.modules:
        return sys.modules[name]
    sys.path.insert(0, str(assignment.root))
    try:
        return importlib.import_module(name)
    except Exception as error:
        shown = assignment.reference_path.relative_to(assignment.root)
        msg = f"{shown}: cannot be imported ({type(error).__name__}: {error}); mend it"
        raise CourseError(msg) from error
    finally:
        sys.path.remove(str(assignment.root))


def _assignment_of(path: Path, courses: dict[Path, Course | None]) -> Assignment | None:
    """Return the assignment whose hidden or visible suite the file is, or None for any other test file."""
    root = path.parents[2] if len(path.parents) > 2 else path.parent
    if root not in courses:
        courses[root] = _course_in(root)
    course = courses[root]
    if course is None:
        return None
    for assignment in course.assignments:
        if path in (assignment.suite_path, assignment.checks_path):
            return assignment
    if path.parent == root / "tests" / "hidden":
        names = [assignment.name for assignment in course.assignments]
        msg = f"{path.relative_to(root)}: no assignment in {COURSE_FILE} has this suite; {nearest(path.stem, names)}"
        raise pytest.UsageError(msg)
    return None


def _course_in(root: Path) -> Course | None:
    if not (root / COURSE_FILE).is_file():
        return None
    from autograder.course import Course  # where tests are no suite there need not be a course

    return Course.load(root)


def _suite_test(item: pytest.Item, assignment: Assignment) -> SuiteTest:
    question, names = marks.question_of(item), [question.name for question in assignment.questions]
    if question is None:
        raise marks.misuse(item, f'needs exactly one mark like @pytest.mark.question("{names[0]}")')
    if question not in names:
        raise marks.misuse(item, f"names the question {question!r}; {nearest(str(question), names)}")
    title = (getattr(item, "obj", None).__doc__ or "").strip().split("\n")[0]
    if not title:
        raise marks.misuse(item, "has no docstring; its first line is what students read as the name of the check")
    part = marks.part_of(item)
    if part is not None:
        title = title.replace(f"{{{part}}}", str(item.callspec.params[part]))  # type: ignore[attr-defined]
    hidden = item.path == assignment.suite_path
    trains, timed = (item.get_closest_marker(mark) is not None for mark in (marks.TRAINING, marks.TIMED))
    return SuiteTest(item, assignment, question, title, marks.weight_of(item), hidden, trains, timed)


def _number_cases(tests: dict[str, SuiteTest]) -> None:
    by_question: dict[tuple[Path, str], list[str]] = {}
    for nodeid, test in tests.items():
        by_question.setdefault((test.item.path, test.question), []).append(nodeid)
    for nodeids in by_question.values():
        for nodeid, title in zip(nodeids, numbered([tests[nodeid].title for nodeid in nodeids]), strict=True):
            tests[nodeid] = replace(tests[nodeid], title=title, promise=tests[nodeid].title)
