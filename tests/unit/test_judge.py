"""The order of the tests, the points, and the outcome of a question, whatever its tests raise."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest

from autograder.course import Question
from autograder.diagnosis import DATA_MISSING
from autograder.errors import CallFailed, DataMissingError, Mismatch, SuiteError
from autograder.judge import Judge
from autograder.local import LocalSubmission
from autograder.record import QuestionResult
from autograder.suite import SuiteTest

Raised = Mapping[str, Exception]


class Item:
    """Stands for a collected test."""

    def __init__(self, name: str) -> None:
        self.nodeid = name


class Script:
    """Stands for the examiner: each test raises what the script says, for the submission; the reference passes."""

    def __init__(self, raised: Raised, on_reference: Raised) -> None:
        self.ran: list[str] = []
        self._raised = raised
        self._on_reference = on_reference

    def run(self, item: Item, submission: Any, _seed: str) -> Exception | None:
        if isinstance(submission, LocalSubmission):
            return self._on_reference.get(item.nodeid)
        self.ran.append(item.nodeid)
        return self._raised.get(item.nodeid)

    def run_known(self, item: Item, _code: object, submission: LocalSubmission, seed: str) -> Exception | None:
        return self.run(item, submission, seed)


def suite_test(name: str, question: str, *, hidden: bool, weight: float = 1.0) -> SuiteTest:
    return SuiteTest(Item(name), None, question, f"{name} holds.", weight, hidden)  # type: ignore[arg-type]


TESTS = {
    "f": [
        suite_test("f-hidden", "f", hidden=True, weight=2),
        suite_test("f-visible", "f", hidden=False),
        suite_test("f-more", "f", hidden=True),
    ],
    "g": [suite_test("g-visible", "g", hidden=False), suite_test("g-hidden", "g", hidden=True)],
}
QUESTIONS = [Question("f", 5), Question("g", 3)]


def judge_by(script: Script, *, stubs: frozenset[str] = frozenset(), **fields: Any) -> Judge:
    return Judge(
        submission=object(),
        seed="00",
        reference=ModuleType("reference"),
        misconceptions=(),
        examiner=script,  # type: ignore[arg-type]
        sources=fields.get("sources", {}),
        why_missing=fields.get("failures", {}).get,
        stubs=stubs,
        mute=fields.get("mute", frozenset()),
        pass_together=fields.get("pass_together", lambda _: ()),
    )


def judged(
    raised: Raised, *, on_reference: Raised | None = None, **fields: Any
) -> tuple[list[str], dict[str, QuestionResult]]:
    script = Script(raised, on_reference or {})
    judge = judge_by(script, **fields)
    return script.ran, {result.name: result for result in judge.questions(QUESTIONS, TESTS)}


def wrong() -> Mismatch:
    return Mismatch("dx", "value", "`dx` is wrong", path="dx", got=1.5, expected=2.5)


def failed(kind: Any, exception: str | None = None) -> CallFailed:
    return CallFailed("f", kind, "reason", exception=exception)


def test_every_visible_check_comes_before_the_first_hidden_test() -> None:
    """What a submission says in a visible check is shown: by then it must not have seen a hidden input."""
    ran, _ = judged({})
    assert ran == ["f-visible", "g-visible", "f-hidden", "f-more", "g-hidden"]


def test_all_passed_is_right_and_full() -> None:
    """Full points are the points themselves, untouched by any rounding."""
    _, results = judged({})
    assert {(r.score, r.outcome, r.message) for r in results.values()} == {(5, "right", ""), (3, "right", "")}


@pytest.mark.parametrize(
    ("tests", "score"), [(["f-hidden"], 2.5), (["f-visible"], 3.75), (["f-visible", "f-more"], 2.5), (["g-hidden"], 5)]
)
def test_points_follow_the_weights(tests: list[str], score: float) -> None:
    """The score is the share of the weight that passed, and another question's failure is none of its business."""
    assert judged({name: wrong() for name in tests})[1]["f"].score == score


def test_points_are_rounded_down() -> None:
    """Two thirds of a point are 0.66: only a right answer may look like one."""
    third = [suite_test(str(number), "h", hidden=True) for number in range(3)]
    script = Script({"0": wrong()}, {})
    judge = judge_by(script)
    (result,) = judge.questions([Question("h", 1)], {"h": third})
    assert result.score == 0.66


@pytest.mark.parametrize("kind", ["timeout", "died"])
def test_what_stops_the_program_ends_the_question(kind: str) -> None:
    """After a time-out or a crash the question's other tests are skipped, and the other question's are not."""
    ran, results = judged({"f-visible": failed(kind)})
    assert ran == ["f-visible", "g-visible", "g-hidden"]
    assert [test.outcome for test in results["f"].tests][1:] == ["skipped", "skipped"]
    assert (results["f"].score, results["f"].outcome, results["g"].outcome) == (0, "not gradable", "right")


def trying(*, passes: bool) -> tuple[list[list[str]], Callable[[Sequence[Any]], Sequence[Any]]]:
    """Return a list that fills with the tests that are tried together, and a way of trying them."""
    tried: list[list[str]] = []

    def pass_together(items: Sequence[Any]) -> Sequence[Any]:
        tried.append([item.nodeid for item in items])
        return items if passes else ()

    return tried, pass_together


def test_all_but_the_first_are_tried_together() -> None:
    """Once the first test of a question has passed, the others are tried, and those that pass are not run.

    A single one that is left is run at once.
    """
    tried, pass_together = trying(passes=True)
    ran, results = judged({}, pass_together=pass_together)
    assert ran == ["f-visible", "g-visible", "g-hidden"]
    assert tried == [["f-hidden", "f-more"]]
    assert {name: (r.score, r.outcome) for name, r in results.items()} == {"f": (5, "right"), "g": (3, "right")}


def test_what_is_not_known_to_pass_is_run() -> None:
    """A trial that came to nothing changes nothing."""
    tried, pass_together = trying(passes=False)
    ran, results = judged({"f-more": wrong()}, pass_together=pass_together)
    assert ran == ["f-visible", "g-visible", "f-hidden", "f-more", "g-hidden"]
    assert tried == [["f-hidden", "f-more"]]
    assert results["f"] == judged({"f-more": wrong()})[1]["f"]


def test_where_something_has_failed_nothing_is_tried_together() -> None:
    """One failure is enough: the others hardly all pass, and their messages are needed."""
    tried, pass_together = trying(passes=True)
    _, results = judged({"f-visible": wrong()}, pass_together=pass_together)
    assert tried == []
    assert results["f"].outcome == "wrong"


def test_a_question_without_visible_tests_shows_one_first() -> None:
    """Its first hidden test is run alone, and where that fails the others are, too."""
    tests = [suite_test(name, "h", hidden=True) for name in ("first", "second", "third")]
    for scripted, expected in ({}, [["second", "third"]]), ({"first": wrong()}, []):
        tried, pass_together = trying(passes=True)
        judge_by(Script(scripted, {}), pass_together=pass_together).questions([Question("h", 3)], {"h": tests})
        assert tried == expected


def test_what_stops_the_program_skips_what_would_pass() -> None:
    """A test that is skipped one by one is skipped, too, where it is known to pass."""
    tests = [suite_test(name, "h", hidden=True) for name in ("first", "stops", "after")]
    script = Script({"stops": failed("timeout")}, {})
    judge = judge_by(script, pass_together=lambda items: [item for item in items if item.nodeid != "stops"])
    (result,) = judge.questions([Question("h", 3)], {"h": tests})
    assert [test.outcome for test in result.tests] == ["passed", "timeout", "skipped"]
    assert script.ran == ["first", "stops"]


ALL_OF_F = ("f-visible", "f-hidden", "f-more")


@pytest.mark.parametrize(
    ("error", "stubs", "outcome"),
    [
        (wrong(), frozenset(), "wrong"),
        (AssertionError(), frozenset(), "wrong"),
        (TypeError("cannot unpack"), frozenset(), "wrong"),
        (failed("raised", "ZeroDivisionError"), frozenset(), "wrong"),
        (failed("raised", "NotImplementedError"), frozenset(), "not attempted"),
        (wrong(), frozenset({"f"}), "not attempted"),
        (failed("missing"), frozenset(), "not gradable"),
        (failed("refused"), frozenset(), "not gradable"),
    ],
)
def test_outcomes_without_a_point(error: Exception, stubs: frozenset[str], outcome: str) -> None:
    """Nothing passed: wrong, not attempted and not gradable are told apart, and something is said."""
    result = judged(dict.fromkeys(ALL_OF_F, error), stubs=stubs)[1]["f"]
    assert (result.score, result.outcome) == (0, outcome)
    assert result.message


def not_implemented(name: str = "f", cell: str | None = "f") -> CallFailed:
    return CallFailed(name, "raised", "raised NotImplementedError", exception="NotImplementedError", cell=cell, line=3)


def test_a_mute_stub_is_asked_once() -> None:
    """What it says to one check it says to all; each of them tells so, and another question is judged as ever."""
    stubs = frozenset({"f"})
    ran, results = judged(dict.fromkeys(ALL_OF_F, not_implemented()), stubs=stubs, mute=stubs)
    assert ran == ["f-visible", "g-visible", "g-hidden"]
    one_by_one = judged(dict.fromkeys(ALL_OF_F, not_implemented()), stubs=stubs)
    assert one_by_one[0] == ["f-visible", "g-visible", "f-hidden", "f-more", "g-hidden"]
    assert results == one_by_one[1]


@pytest.mark.parametrize(
    ("error", "mute"),
    [
        (not_implemented(), set()),
        (not_implemented(), {"g"}),
        (not_implemented("g"), {"f"}),
        (not_implemented("f.method"), {"f"}),
        (not_implemented(cell="g"), {"f", "g"}),
        (not_implemented(cell=None), {"f"}),
        (failed("raised", "ValueError"), {"f"}),
        (wrong(), {"f"}),
    ],
)
def test_others_are_asked_every_time(error: Exception, mute: set[str]) -> None:
    """A stub that may do more, a method, another question's stub, another error: the next check may pass."""
    ran, results = judged({"f-visible": error}, stubs=frozenset({"f", "g"}), mute=frozenset(mute))
    assert ran == ["f-visible", "g-visible", "f-hidden", "f-more", "g-hidden"]
    assert [test.outcome for test in results["f"].tests][1:] == ["passed", "passed"]


def test_a_stub_that_earns_something_is_not_open() -> None:
    """Who answers in another cell and leaves the stub as it was has attempted the question."""
    assert judged({"f-more": wrong()}, stubs=frozenset({"f"}))[1]["f"].outcome == "wrong"


def test_why_the_cell_failed_says_more_than_that_the_name_is_missing() -> None:
    """Where the function is missing because its cell failed, the message is about the cell, with its line."""
    cell = CallFailed("f", "raised", "raised SyntaxError", exception="SyntaxError", cell="f", line=2)
    fields = {"failures": {"f": cell}, "sources": {"f": "def f(x):\n    retrun x"}}
    message = judged(dict.fromkeys(ALL_OF_F, failed("missing")), **fields)[1]["f"].message
    assert "SyntaxError" in message
    assert "`retrun x`" in message


@pytest.mark.parametrize("error", [wrong(), AssertionError(), TypeError()])
def test_a_test_that_the_reference_fails_judges_nobody(error: Exception) -> None:
    """The same test on the same inputs must pass on the reference; otherwise the test is at fault."""
    with pytest.raises(SuiteError, match="f-hidden fails on the reference itself with seed 00"):
        judged({"f-hidden": error}, on_reference={"f-hidden": AssertionError("ours")})


MISSING = DataMissingError("the digits are not on this machine; set A to B")


class TestDataMissing:
    @pytest.mark.parametrize("others", [{}, {"f-visible": wrong()}, {"f-more": failed("raised", "ValueError")}])
    def test_the_question_is_not_gradable(self, others: Raised) -> None:
        """One check without its data refuses the whole question, whatever the others say; the message says why."""
        _, results = judged({"f-hidden": MISSING, **others})
        refused = results["f"]
        assert (refused.score, refused.outcome, refused.diagnosis) == (0, "not gradable", DATA_MISSING)
        assert "through no fault of yours: the digits are not on this machine; set A to B." in refused.message
        assert next(test for test in refused.tests if "f-hidden" in test.name).outcome == "skipped"
        assert (results["g"].score, results["g"].outcome) == (3, "right")

    def test_the_reference_lacks_them_too(self) -> None:
        """That the reference fails the same check for the same reason makes the suite no broken one."""
        _, results = judged({"f-hidden": MISSING}, on_reference={"f-hidden": MISSING})
        assert results["f"].outcome == "not gradable"

    @pytest.mark.parametrize(
        ("raised", "stubs"),
        [
            ({"f-visible": failed("raised", "NotImplementedError"), "f-hidden": MISSING}, frozenset()),
            ({"f-visible": wrong(), "f-more": wrong(), "f-hidden": MISSING}, frozenset({"f"})),
        ],
    )
    def test_what_was_not_attempted_needs_nobody(self, raised: Raised, stubs: frozenset[str]) -> None:
        """A question that is still open has no points with or without the data."""
        ordered = {"f-more": failed("raised", "NotImplementedError"), **raised}
        assert judged(ordered, stubs=stubs)[1]["f"].outcome == "not attempted"

    def test_an_answer_in_another_cell_is_an_attempt(self) -> None:
        """A stub left as it was hides no refusal where something of the question is right."""
        assert judged({"f-hidden": MISSING}, stubs=frozenset({"f"}))[1]["f"].outcome == "not gradable"

    def test_a_time_out_before_it_is_a_time_out(self) -> None:
        """Where the visible check already ran out of time, the data were not asked for."""
        results = judged({"f-visible": failed("timeout"), "f-hidden": MISSING})[1]
        assert (results["f"].outcome, results["f"].diagnosis) == ("not gradable", None)


def test_a_training_that_takes_too_long_ends_the_trainings_only() -> None:
    """Tests with little data are run after it; those of other trainings are not."""
    tests = [suite_test("long", "h", hidden=False), suite_test("manners", "h", hidden=True)]
    tests.append(suite_test("again", "h", hidden=True))
    tests = [replace(test, trains=test.item.nodeid != "manners") for test in tests]
    script = Script({"long": failed("timeout")}, {})
    judge = judge_by(script)
    (result,) = judge.questions([Question("h", 3)], {"h": tests})
    assert [test.outcome for test in result.tests] == ["timeout", "passed", "skipped"]
    assert result.score == 1
