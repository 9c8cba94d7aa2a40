"""A suite is tested, too: it passes what is right, catches known slips, pays nobody for nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any, ClassVar

import pytest

from autograder import misconceptions, variants
from autograder.course import Assignment, Course
from autograder.instructor.mutate import examine
from autograder.instructor.mutation_report import Report
from autograder.instructor.mutation_table import markdown
from tests.corpus.lazy import BARE, FILLS, bare, lazy, remembered
from tests.corpus.session import ROOT, Bench, in_session

SEEDS = tuple(f"{number:04x}" for number in range(12))
FEW_SEEDS = 2
LEAST_SLIPS, LEAST_STYLES, LEAST_STYLES_OF_A_QUESTION = 3, 5, 2
CODE = r"axis=|reshape\(|\*=|\*\*|@|dout \*|\* dout|dz \*|\* dz|keepdims|np\.\w+\("
"""What would be a piece of an answer in a hint."""


class SuiteProofs:
    """What is shown of every hidden suite. A subclass says of which assignment."""

    assignment: ClassVar[str]
    partners: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """Questions that cannot be tested without the student's answers to others; a backward has its forward anyway."""

    @pytest.fixture(scope="class")
    @classmethod
    def course_assignment(cls) -> Assignment:
        """The assignment itself."""
        return Course.load(ROOT).assignment(cls.assignment)

    @pytest.fixture(scope="class")
    @classmethod
    def report(cls, course_assignment: Assignment) -> Report:
        """What `autograder mutate` found out."""
        return examine(course_assignment)

    def test_every_slip_is_caught_by_the_hidden_suite(self, report: Report) -> None:
        """No known slip passes the hidden suite, whatever the visible checks do and whatever is drawn."""
        assert [slip.name for verdict in report.verdicts for slip in verdict.slips if not slip.caught] == []

    def test_every_slip_is_called_by_its_name(self, report: Report) -> None:
        """Whoever makes a known slip gets its hint and no other's."""
        slips = [slip for verdict in report.verdicts for slip in verdict.slips]
        assert {slip.name: slip.names for slip in slips if not slip.recognised} == {}

    def test_slips_of_every_question(self, report: Report) -> None:
        """Each question has at least three known slips."""
        assert [verdict.question for verdict in report.verdicts if len(verdict.slips) < LEAST_SLIPS] == []

    def test_hints_name_the_slip_and_keep_the_answer(self) -> None:
        """A hint is one to three sentences of prose, with no line of code in it."""
        for slip in misconceptions.load(ROOT, self.assignment):
            assert 1 <= len(re.findall(r"[.?!](?: |$)", slip.hint)) <= 3, slip.name
            assert not re.search(CODE, slip.hint), slip.name

    def test_mutants_die(self, report: Report) -> None:
        """Each small change of the reference fails a hidden test, or is listed as right with a reason."""
        assert [mutant.id for verdict in report.verdicts for mutant in verdict.survivors] == []

    def test_equivalent_mutants_are_what_they_are_said_to_be(self, report: Report) -> None:
        """Every listed mutant exists and passes the hidden suite."""
        assert [mutant.id for verdict in report.verdicts for mutant in verdict.unlike] == []
        assert report.gone == ()

    def test_other_right_solutions_get_full_points(self, report: Report) -> None:
        """Loops, einsum, single precision and whatever else is right are as good as the reference."""
        trials = [(verdict.question, trial) for verdict in report.verdicts for trial in verdict.variants]
        assert [(question, trial) for question, trial in trials if trial.messages] == []
        assert len({trial.style for _, trial in trials}) >= LEAST_STYLES
        counts = Counter(question for question, _ in trials)
        assert [v.question for v in report.verdicts if counts[v.question] < LEAST_STYLES_OF_A_QUESTION] == []

    def test_the_documentation_has_these_numbers(self, course_assignment: Assignment, report: Report) -> None:
        """The page on the suites says what `autograder mutate --markdown` prints today."""
        page = (ROOT / "docs" / "suites.md").read_text(encoding="utf-8")
        (section,) = re.findall(rf"^## `{self.assignment}`.*?(?=^## |\Z)", page, flags=re.MULTILINE | re.DOTALL)
        assert section.strip() == markdown(course_assignment, report).strip()

    def test_the_reference_passes_whatever_is_drawn(self) -> None:
        """No seed makes the suite unfair: the reference passes every test with many of them."""

        def work(bench: Bench) -> list[tuple[str, str]]:
            own = vars(bench.reference)
            return [
                (name, seed)
                for name in bench.questions
                for seed in _seeds(bench, name)
                if _lost(bench, own, name, seed)
            ]

        assert in_session(work, self.assignment) == []

    def test_titles_are_filled_in(self) -> None:
        """No name of a check has braces left in it, which stand for a part where a test has parts."""

        def work(bench: Bench) -> list[str]:
            return [test.title for name in bench.questions for test in bench.tests(name) if "{" in test.title]

        assert in_session(work, self.assignment) == []

    def test_a_whole_fails_where_a_part_does(self, report: Report) -> None:
        """Tests that judge parts of one result, asked for all of it, fail the slips that one of them fails."""
        slips = [slip for verdict in report.verdicts for slip in verdict.slips]
        assert {slip.name: slip.passed_as_whole for slip in slips if slip.passed_as_whole} == {}

    def test_other_right_solutions_work_alone(self) -> None:
        """A submission with one answer and nothing else gets full points for it: no question leans on another one."""

        def work(bench: Bench) -> list[tuple[str, str, list[str]]]:
            own, lost = vars(bench.reference), []
            for variant in variants.load(ROOT, self.assignment, bench.questions):
                for name in variant.solutions:
                    needed = {name, *self._partners(name)}
                    alone = {name: variant.solutions.get(name, own[name]) for name in needed}
                    lost.append((variant.style, name, _lost(bench, alone, name, SEEDS[0])))
            return [one for one in lost if one[2]]

        assert in_session(work, self.assignment) == []

    def _partners(self, question: str) -> tuple[str, ...]:
        usual = (question.replace("_backward", "_forward"),) if question.endswith("_backward") else ()
        return self.partners.get(question, usual)

    def test_lazy_answers_earn_nothing_anywhere(self) -> None:
        """Whoever returns nothing, constants, noise or the input passes no hidden test at all, alone or all at once."""

        def work(bench: Bench) -> list[tuple[str, str, list[str]]]:
            own = {**vars(bench.reference), **{q: remembered(vars(bench.reference)[q]) for q in bench.questions}}
            trials = [
                (title, name, namespace)
                for title, made_up in _lazy_submissions(bench)
                for name in bench.questions
                for namespace in ({**own, name: made_up[name]}, {**own, **made_up})
            ]
            earned = [(title, name, bench.passed(namespace, name, SEEDS[0])) for title, name, namespace in trials]
            return [one for one in earned if one[2]]

        assert in_session(work, self.assignment) == []

    def test_visible_checks_catch_slips(self) -> None:
        """The visible checks catch at least half of the known slips of every question."""

        def work(bench: Bench) -> dict[str, list[bool]]:
            own, caught = vars(bench.reference), dict[str, list[bool]]()
            for slip in bench.misconceptions:
                failed = not bench.checked({**own, slip.question: slip.replacement}, slip.question, SEEDS[0])
                caught.setdefault(slip.question, []).append(failed)
            return caught

        caught = in_session(work, self.assignment)
        assert [question for question, failed in caught.items() if sum(failed) < len(failed) / 2] == []

    def test_a_stub_is_not_attempted(self) -> None:
        """Who has written nothing yet is told so, for every question."""

        def work(bench: Bench) -> dict[str, str]:
            stubs = dict.fromkeys(bench.questions, _stub)
            return {name: bench.judged(stubs, name, SEEDS[0]).outcome for name in bench.questions}

        assert set(in_session(work, self.assignment).values()) == {"not attempted"}

    def test_names_of_checks_help_and_give_nothing_away(self) -> None:
        """What students read as the name of a check is a sentence without a number in it, a new one every time."""

        def work(bench: Bench) -> dict[str, set[tuple[str, str]]]:
            return {name: {_title(test) for test in bench.tests(name, hidden_only=True)} for name in bench.questions}

        for question, tests in in_session(work, self.assignment).items():
            titles = [title for _, title in tests]
            assert len(set(titles)) == len(titles), question
            assert all(re.fullmatch(r"\D{10,100}\.", title) for title in titles), question

    def test_every_question_has_several_checks(self) -> None:
        """No question hangs on one test: the heaviest is at most a third of its weight."""

        def work(bench: Bench) -> dict[str, float]:
            weights = {q: [test.weight for test in bench.tests(q, hidden_only=True)] for q in bench.questions}
            return {question: max(each) / sum(each) for question, each in weights.items()}

        shares = in_session(work, self.assignment)
        assert {question: share for question, share in shares.items() if share > 1 / 3} == {}


def _seeds(bench: Bench, question: str) -> tuple[str, ...]:
    """Return the seeds to try a question with: few where its tests train on real data, which takes long."""
    trains = any(test.item.get_closest_marker("training") for test in bench.tests(question))
    return SEEDS[:FEW_SEEDS] if trains else SEEDS


def _lost(bench: Bench, namespace: Mapping[str, Any], question: str, seed: str) -> list[str]:
    """Return the names of the hidden tests that these functions do not pass."""
    passed = bench.passed(dict(namespace), question, seed)
    return [test.item.name for test in bench.tests(question, hidden_only=True) if test.item.name not in passed]


def _lazy_submissions(bench: Bench) -> list[tuple[str, dict[str, Any]]]:
    own = vars(bench.reference)
    shaped = [(title, {q: lazy(q, own[q], fill) for q in bench.questions}) for title, fill in FILLS.items()]
    return shaped + [(title, dict.fromkeys(bench.questions, bare(result))) for title, result in BARE.items()]


def _stub(*_args: Any, **_kwargs: Any) -> Any:
    raise NotImplementedError("write your code here")


def _title(test: Any) -> tuple[str, str]:
    """Return the function of a test, whatever its parameters, and its sentence."""
    return test.item.originalname, (test.item.obj.__doc__ or "").split("\n")[0]
