"""One submission to one Grade, inside a live pytest session that has collected the assignment's suites."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import takewhile
from pathlib import Path

import msgspec
import pytest

from autograder import notebook
from autograder.course import Assignment, Course
from autograder.datasets import Digits, load_mnist, locate
from autograder.definitions import only_defines, only_raises
from autograder.digests import question_digests
from autograder.errors import DataMissingError, NotebookError, SandboxError, SuiteError, UnluckySeedError
from autograder.examine import Examiner
from autograder.explaining import imports_again, reading_of, with_remarks
from autograder.graded import Graded, Mode, Results, new_grade, not_gradable
from autograder.judge import Judge
from autograder.local import LocalSubmission
from autograder.misconceptions import load as load_misconceptions
from autograder.nodes import NotebookNode
from autograder.record import Grade, QuestionResult
from autograder.restore import require_own_notebook, restore
from autograder.sandbox import Cell, Sandbox, Submission, places
from autograder.standing import PROTECTION, standing_questions
from autograder.suite import REFERENCE_SEED, SuiteTest, load_reference, tests_of

TRIES = 2
"""How often a submission is judged where the sandbox as a whole has died over it, which says nothing of its code."""


@dataclass(frozen=True)
class _Work:
    """A notebook made whole, its cells to run with their names, and the seed of what they draw themselves.

    That seed is the same in every run, and says nothing of ours.
    """

    whole: NotebookNode
    cells: Sequence[tuple[str, NotebookNode]]
    seed: int


class Grader:
    """Grades submissions to one assignment, one after the other."""

    def __init__(self, course: Course, assignment: Assignment, config: pytest.Config, sandbox: Sandbox) -> None:
        self.course = course
        self.assignment = assignment
        self._sandbox = sandbox
        self._digits = training_digits(assignment)
        self._imports = imports_again(assignment.notebook)
        self._examiner = Examiner(config)
        self._reference = load_reference(assignment)
        self._misconceptions = load_misconceptions(course.root, assignment.name)
        self._tests: dict[str, list[SuiteTest]] = {question.name: [] for question in assignment.questions}
        for test in tests_of(config).values():
            self._tests[test.question].append(test)
        if self._digits is None:  # to a process that has not been given them yet they are not there
            sandbox.run_ahead(_ahead(assignment.notebook))
        slips = {name: [slip.name for slip in self._misconceptions if slip.question == name] for name in self._tests}
        places = {name: _places(tests) for name, tests in self._tests.items()}
        self._digests = question_digests(assignment, places, slips)

    def prepare(self) -> None:
        """Raise SuiteError where the suite fails on the reference: then it must not judge anybody.

        A test whose data are not on this machine says nothing of the suite; its question is not graded here.
        """
        own = LocalSubmission(vars(self._reference))
        for test in (test for tests in self._tests.values() for test in tests):
            error = self._examiner.run(test.item, own, REFERENCE_SEED)
            if error is not None and not isinstance(error, DataMissingError):
                msg = f"{test.item.nodeid} fails on the reference itself ({error}); mend the test or the reference"
                raise SuiteError(msg) from error

    def grade(self, data: bytes, student: str, seeds: Sequence[str], earlier: Grade | None = None) -> Graded:
        """Return the grade of the notebook in `data`; a submission's fault never raises, a fault of ours does.

        Inputs are drawn from the first of the `seeds`, the next one where they suit no judgement. Of an `earlier` grade
        of the same notebook the questions are kept that the same tests have judged.
        """
        digest = hashlib.sha256(data).hexdigest()
        try:
            submitted = notebook.read(data)
            require_own_notebook(submitted, self.assignment.notebook)
        except NotebookError as error:
            return not_gradable(self.course, self.assignment, digest, student, str(error))
        whole = restore(submitted, self.assignment.notebook)
        work = _Work(whole.notebook, _cells(whole.notebook, self.assignment.notebook), int(digest[:8], 16))
        for _ in range(TRIES):
            losses = self._sandbox.losses
            seed, questions = self._judged(work, seeds, earlier)
            if self._sandbox.losses == losses:
                break
        else:
            reason = "the sandbox stopped while it ran this notebook; please tell your instructor"
            return not_gradable(self.course, self.assignment, digest, student, reason)
        grade = new_grade(
            self.course,
            self.assignment,
            digest,
            student,
            seed=seed,
            sandbox=self._protection(earlier),
            outcome="graded",
            restored=whole.restored,
            questions=questions,
        )
        return Graded.of(grade, whole.notebook)

    def _protection(self, earlier: Grade | None) -> Mode:
        """Return the least protection that any part of the grade was given with."""
        modes = [self._sandbox.protection.mode, *([earlier.sandbox] if earlier else [])]
        return min(modes, key=PROTECTION.index)

    def _judged(self, work: _Work, seeds: Sequence[str], earlier: Grade | None) -> tuple[str, Results]:
        """Return the first seed on whose inputs the suite passes on the reference, and the results with it."""
        if earlier is not None:
            standing = standing_questions(earlier, self._digests)
            with contextlib.suppress(UnluckySeedError):
                return earlier.seed, self._run(work, earlier.seed, standing)
        for seed in seeds[:-1]:
            with contextlib.suppress(UnluckySeedError):
                return seed, self._run(work, seed)
        return seeds[-1], self._run(work, seeds[-1])

    def _run(self, work: _Work, seed: str, standing: Mapping[str, QuestionResult] | None = None) -> Results:
        """Run the cells, keep what they print, and judge what does not stand already on inputs drawn from `seed`."""
        own = [Cell(name, cell.source) for name, cell in work.cells]
        to_run = [*own, *self._imports]
        limits = self.assignment.limits
        with self._sandbox.load(to_run, limits=limits, seed=work.seed, digits=self._digits) as submission:
            for (_, cell), run in zip(work.cells, submission.runs[: len(own)], strict=True):
                cell.outputs = [NotebookNode(output) for output in run.outputs]
            sources = {cell.name: cell.source for cell in own}
            return self._questions(submission, work.whole, sources, seed, standing or {})

    def _questions(
        self,
        submission: Submission,
        whole: NotebookNode,
        sources: Mapping[str, str],
        seed: str,
        standing: Mapping[str, QuestionResult],
    ) -> Results:
        reading = reading_of(whole, self.assignment.notebook, submission.runs)
        submission.explain_by(reading)
        stubs = _stubs(whole, self.assignment.notebook)
        judge = Judge(
            submission=submission,
            seed=seed,
            reference=self._reference,
            misconceptions=self._misconceptions,
            examiner=self._examiner,
            sources=sources,
            why_missing=reading.why_missing,
            stubs=stubs,
            mute=_mute(stubs, whole, self.assignment.notebook),
            pass_together=partial(self._examiner.pass_together, submission=submission, seed=seed),
        )
        due = [question for question in self.assignment.questions if question.name not in standing]
        results = dict(standing)
        for result in judge.questions(due, self._tests):
            results[result.name] = msgspec.structs.replace(result, judged_by=self._digests[result.name])
        in_order = [results[question.name] for question in self.assignment.questions]
        return with_remarks(in_order, reading, {slip.name for slip in self._misconceptions})


def training_digits(assignment: Assignment) -> Digits | None:
    """Return the digits that the submissions of an assignment work with, None where it needs none.

    Raises SandboxError where they lie in a folder that submissions may read: the test digits would be there, too.
    """
    if assignment.data is None:
        return None
    folder = locate()
    if folder is not None and places.is_readable(folder):
        raise SandboxError(f"{folder} lies among the files that submissions may read; move the digits elsewhere")
    return load_mnist()


def _cells(whole: NotebookNode, original: NotebookNode) -> list[tuple[str, NotebookNode]]:
    """Return the cells to run, each with the name that messages call it by.

    A cell that only illustrates is left out as long as it is the assignment's; once a student has written into it, it
    may hold what others need.
    """
    illustrations = {cell.source for cell in original.cells if notebook.is_illustration(cell)}
    return [
        (notebook.name_of(cell, number), cell)
        for number, cell in enumerate(whole.cells, start=1)
        if cell.cell_type == "code" and not notebook.is_check(cell) and cell.source not in illustrations
    ]


def _ahead(original: NotebookNode) -> list[str]:
    """Return the sources of the cells that every notebook begins with and that only define what all others use."""
    first = takewhile(lambda cell: not notebook.is_solution(cell[1]), _cells(original, original))
    return [cell.source for _, cell in takewhile(lambda cell: only_defines(cell[1].source), first)]


def _places(tests: Sequence[SuiteTest]) -> dict[Path, set[str]]:
    """Return the names under which the file of a test has it, or the class that it belongs to, by file."""
    found: dict[Path, set[str]] = {}
    for test in tests:
        _, name, *_ = test.item.nodeid.split("::")
        found.setdefault(test.item.path, set()).add(name.partition("[")[0])
    return found


def _stubs(whole: NotebookNode, original: NotebookNode) -> frozenset[str]:
    """Return the questions whose solution cell is still the assignment's stub."""
    stubs = {notebook.question_of(cell): cell.source.strip() for cell in original.cells}
    answers = ((notebook.question_of(cell), cell.source.strip()) for cell in whole.cells)
    return frozenset(question for question, source in answers if question and stubs.get(question) == source)


def _mute(stubs: Collection[str], whole: NotebookNode, original: NotebookNode) -> frozenset[str]:
    """Return the stubs that can only raise: nothing else is in them, and no cell of the student's mentions them."""
    given = {cell.source for cell in original.cells}
    own = [cell.source for cell in whole.cells if cell.cell_type == "code" and cell.source not in given]
    sources = {notebook.question_of(cell): cell.source for cell in original.cells}
    unmentioned = (name for name in stubs if not any(name in source for source in own))
    return frozenset(name for name in unmentioned if only_raises(sources[name], name))
