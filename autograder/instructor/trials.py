"""What the suites say to known slips, mutants and right variants of one question, inside a live pytest session."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from autograder import matching, misconceptions, variants
from autograder.course import Assignment
from autograder.equivalents import Equivalent
from autograder.errors import DataMissingError, SuiteError
from autograder.examine import Examiner
from autograder.instructor import wholes
from autograder.judge import Judge
from autograder.local import LocalSubmission, definitions
from autograder.mutants import Mutant, installed
from autograder.record import QuestionResult
from autograder.suite import SuiteTest, load_reference, tests_of

LEAST_SECONDS, PATIENCE = 1.0, 20.0
"""A test of a mutant may take one second of processor time, or twenty times as long as on the reference."""


@dataclass(frozen=True)
class SlipTrial:
    """What came of a known slip: with how many seeds the hidden suite caught it, and what it was called.

    `passed_as_whole` are tests that pass it when they are asked for all parts, though one of these fails.
    """

    name: str
    killed: int
    names: tuple[str | None, ...]
    passed_as_whole: tuple[str, ...] = ()

    @property
    def caught(self) -> bool:
        """Whether it failed a hidden test with every seed."""
        return self.killed == len(self.names)

    @property
    def recognised(self) -> bool:
        """Whether it got its own name with every seed."""
        return set(self.names) == {self.name}


@dataclass(frozen=True)
class MutantTrial:
    """With how many of how many seeds a mutant was killed; seeds after the one that decided are not counted.

    `escaped` is the question whose tests were said to catch it, and did not.
    """

    id: str
    line: int
    statement: str
    killed: int
    seeds: int
    escaped: str | None = None


@dataclass(frozen=True)
class VariantTrial:
    """What came of a right solution in another style: the messages where it lost points, one a seed."""

    style: str
    messages: tuple[str, ...]


class Trials:
    """Tries submissions to one question on its tests, with each of the seeds."""

    def __init__(self, assignment: Assignment, question: str, config: pytest.Config, seeds: Sequence[str]) -> None:
        self.question = next(q for q in assignment.questions if q.name == question)
        self._assignment = assignment
        self._config = config
        self._reference = load_reference(assignment)
        self._examiner = _Memory(config, [q.name for q in assignment.questions])
        self._every_test = tuple(tests_of(config).values())
        self._tests = [test for test in self._every_test if test.question == question]
        self._items = [test.item for test in self._tests]
        trains = any(test.item.get_closest_marker("training") for test in self._tests)
        self._seeds = seeds[:1] if trains else seeds  # what the inputs are matters little there, and takes long

    def slips(self) -> list[SlipTrial]:
        """Try the known slips of the question; SuiteError where a test refuses the reference only as a whole."""
        reference = LocalSubmission(vars(self._reference))
        for item in wholes.failing_only_as_a_whole(self._config, self._items, reference, self._seeds[0]):
            msg = f"{item.nodeid} refuses the reference when it is asked with None for all its parts; mend the test"
            raise SuiteError(msg)
        known = misconceptions.load(self._assignment.root, self._assignment.name)
        trials = []
        for slip in (slip for slip in known if slip.question == self.question.name):
            results = [self._judged({slip.question: slip.replacement}, seed, known) for seed in self._seeds]
            killed = sum(any(test.hidden and test.outcome != "passed" for test in result.tests) for result in results)
            wrong = matching.variant(self._reference, slip)
            passed = wholes.passing_only_as_a_whole(self._config, self._items, wrong, self._seeds[0])
            names = tuple(result.diagnosis for result in results)
            trials.append(SlipTrial(slip.name, killed, names, tuple(item.nodeid for item in passed)))
        return trials

    def variants(self) -> list[VariantTrial]:
        """Try the right variants that solve the question."""
        questions = [question.name for question in self._assignment.questions]
        trials = []
        for variant in variants.load(self._assignment.root, self._assignment.name, questions):
            if self.question.name in variant.solutions:
                results = [self._judged(variant.solutions, seed, ()) for seed in self._seeds]
                messages = tuple(result.message for result in results if result.outcome != "right")
                trials.append(VariantTrial(variant.style, messages))
        return trials

    def mutants(self, mutants: Sequence[Mutant], equivalents: Mapping[str, Equivalent]) -> list[MutantTrial]:
        """Try mutants on the hidden tests until one fails; the cheapest tests come first."""
        tests = self._cheapest_first(self.question.name)
        return [self._mutant(mutant, tests, equivalents.get(mutant.id)) for mutant in mutants]

    def _judged(
        self, solutions: Mapping[str, Any], seed: str, known: Sequence[misconceptions.Misconception]
    ) -> QuestionResult:
        own = self._examiner.on_trial = LocalSubmission({**vars(self._reference), **solutions})
        judge = Judge(
            submission=own,
            seed=seed,
            reference=self._reference,
            misconceptions=known,
            examiner=self._examiner,
            sources={},
            why_missing=lambda _: None,
            stubs=frozenset(),
        )
        (result,) = judge.questions([self.question], {self.question.name: self._tests})
        return result

    def _cheapest_first(self, question: str) -> list[tuple[SuiteTest, float]]:
        """Return the hidden tests of a question with the seconds that each may take, by their cost on the reference."""
        tests = [test for test in self._every_test if test.hidden and test.question == question]
        costs = [self._cost(test) for test in tests]
        order = sorted(range(len(tests)), key=costs.__getitem__)
        return [(tests[place], max(LEAST_SECONDS, PATIENCE * costs[place])) for place in order]

    def _cost(self, test: SuiteTest) -> float:
        """Return the seconds of processor time that a test takes on the reference, which has to pass it."""
        start = time.process_time()
        for seed in self._seeds:
            error = self._examiner.run_anew(test.item, LocalSubmission(vars(self._reference)), seed)
            if isinstance(error, DataMissingError):
                raise error
            if error is not None:
                msg = f"{test.item.nodeid} fails on the reference itself with seed {seed} ({error}); mend the test"
                raise SuiteError(msg) from error
        return (time.process_time() - start) / len(self._seeds)

    def _mutant(
        self, mutant: Mutant, tests: Sequence[tuple[SuiteTest, float]], equivalent: Equivalent | None
    ) -> MutantTrial:
        """Return on how many seeds it dies; the first seed at odds with what is listed decides."""
        trial = MutantTrial(mutant.id, mutant.line, mutant.statement, 0, 0)
        for number, seed in enumerate(self._seeds, start=1):
            died = self._dies(mutant, tests, seed)
            trial = replace(trial, killed=trial.killed + died, seeds=number)
            if died is (equivalent is not None):
                return trial
        if equivalent and equivalent.caught_by:
            elsewhere = self._cheapest_first(equivalent.caught_by)
            if not self._dies(mutant, elsewhere, self._seeds[0]):
                return replace(trial, escaped=equivalent.caught_by)
        return trial

    def _dies(self, mutant: Mutant, tests: Sequence[tuple[SuiteTest, float]], seed: str) -> bool:
        own = LocalSubmission(installed(mutant, vars(self._reference)))
        return any(not self._passes(test, own, seed, seconds) for test, seconds in tests)

    def _passes(self, test: SuiteTest, submission: LocalSubmission, seed: str, seconds: float) -> bool:
        """Tell whether a test passes within so many seconds of processor time."""
        with _Deadline(seconds) as deadline:
            try:
                return self._examiner.run_anew(test.item, submission, seed) is None and not deadline.over
            except SuiteError:
                if deadline.over:
                    return False
                raise


class _Memory(Examiner):
    """Runs a test once on the same solutions with the same seed: to name one slip, all of them have to be run.

    What is `on_trial` is run all the same: a slip that is another one every time cannot be named, and must not seem so.
    """

    def __init__(self, config: pytest.Config, questions: Sequence[str]) -> None:
        super().__init__(config)
        self._questions = questions
        self._known: dict[Any, Exception | None] = {}
        self.on_trial: Any = None
        self.run_anew = super().run

    def run(self, item: pytest.Item, submission: Any, seed: str) -> Exception | None:
        """Return what the test raised, now or when it was run before."""
        if submission is self.on_trial:
            return self.run_anew(item, submission, seed)
        solutions = definitions(submission, self._questions)
        key = item.nodeid, seed, solutions
        if key not in self._known:
            error = self.run_anew(item, submission, seed)
            self._known[key] = error and error.with_traceback(None)
        return self._known[key]


class _TimeIsUp(BaseException):
    """Ends a test that does not end; no `except Exception` of a mutant holds it up."""


class _Deadline(contextlib.AbstractContextManager["_Deadline"]):
    """Raises inside the `with` block once it has used so many seconds of processor time, again and again."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.over = False

    def __enter__(self) -> _Deadline:
        self._before = signal.signal(signal.SIGPROF, self._ring)
        signal.setitimer(signal.ITIMER_PROF, self._seconds, LEAST_SECONDS)
        return self

    def __exit__(self, *_exception: object) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, self._before)

    def _ring(self, _signal: int, _frame: object) -> None:
        self.over = True
        raise _TimeIsUp
