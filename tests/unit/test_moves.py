"""What moves between two records: points, tests, and what else has changed; and how it is said."""

from __future__ import annotations

from typing import Any

import pytest
from rich.console import Console

from autograder.instructor.moves import Points, case_of, compare
from autograder.instructor.moves_table import MOST_TESTS, lines_of, print_moves, summary
from autograder.record import Grade, QuestionResult, TestResult
from tests.unit.test_record import a_grade as a_record

Told = tuple[str, str, float]
"""A test as sentence, outcome and weight; all of them are hidden but those that end in `?`."""


def a_grade(*questions: QuestionResult, **changes: Any) -> Grade:
    score, of = sum(q.score for q in questions), sum(q.max_score for q in questions)
    return a_record(**{"questions": questions, "score": score, "max_score": of, **changes})


def f(score: float, *tests: Told, of: float = 5.0, name: str = "f", by: str = "aa") -> QuestionResult:
    made = tuple(
        TestResult(name=sentence, outcome=outcome, weight=weight, hidden=not sentence.endswith("?"))  # type: ignore[arg-type]
        for sentence, outcome, weight in tests
    )
    return QuestionResult(name=name, score=score, max_score=of, outcome="wrong", tests=made, judged_by=by)


def printed(*moves: Any, width: int = 80) -> str:
    console = Console(width=width)
    with console.capture() as capture:
        print_moves(moves, console)
    return capture.get()


@pytest.mark.parametrize(
    ("before", "after", "kind", "loses"),
    [
        (a_grade(f(3)), a_grade(f(3)), "same", False),
        (a_grade(f(3)), a_grade(f(3), graded_at="2999"), "same", False),
        (a_grade(f(3)), a_grade(f(3), suite="22"), "rewritten", False),
        (a_grade(f(3)), a_grade(f(4)), "up", False),
        (a_grade(f(3)), a_grade(f(2.99)), "down", True),
        (a_grade(f(3), f(1, name="g")), a_grade(f(2), f(2, name="g")), "shifted", False),
        (a_grade(f(5)), a_grade(f(7, of=7)), "up", False),
        (a_grade(f(7, of=7)), a_grade(f(5)), "down", True),
        (a_grade(f(5)), a_grade(f(5, of=7)), "down", True),
        (a_grade(f(5, of=7)), a_grade(f(5)), "up", False),
        (a_grade(f(0)), a_grade(f(0, of=7)), "rewritten", False),
        (a_grade(f(0)), a_grade(f(0), outcome="not gradable", reason="cut off"), "not gradable", True),
        (a_grade(f(0), outcome="not gradable", reason="cut off"), a_grade(f(1)), "up", False),
        (a_grade(f(0), outcome="not gradable", reason="x"), a_grade(f(0), outcome="not gradable"), "rewritten", False),
        (None, a_grade(f(0)), "new", False),
        (a_grade(f(0)), None, "removed", True),
    ],
)
def test_kinds(before: Grade | None, after: Grade | None, kind: str, loses: bool) -> None:
    """Whoever has fewer points or a smaller share, no grade any more or no record any more, loses."""
    move = compare(before, after)
    assert (move.kind, move.loses, move.moves) == (kind, loses, kind not in ("same", "rewritten"))
    assert move.student == "ada"


def test_nobody_at_all() -> None:
    """Where there is no record on either side, nothing is said about any."""
    assert summary([]) == "0 students"


def test_nothing_is_compared_with_nothing() -> None:
    """That is a mistake of the caller."""
    with pytest.raises(ValueError, match="no record to compare"):
        compare(None, None)


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ([("A.", "passed", 1)], [("A.", "failed", 1)], ["fails now: A. [hidden]"]),
        ([("A?", "passed", 1)], [("A?", "error", 1)], ["fails now: A? [visible]"]),
        ([("A.", "failed", 1)], [("A.", "passed", 1)], ["passes now: A. [hidden]"]),
        ([("A.", "passed", 1)], [("A.", "timeout", 1)], ["runs out of time now: A. [hidden]"]),
        ([("A.", "passed", 1)], [("A.", "skipped", 1)], ["is not run any more: A. [hidden]"]),
        ([], [("A.", "failed", 1)], ["new, failed: A. [hidden]"]),
        ([], [("A.", "passed", 1)], ["new, passed: A. [hidden]"]),
        ([("A.", "passed", 1)], [], ["gone, had passed: A. [hidden]"]),
        ([("A.", "timeout", 1)], [], ["gone, had failed: A. [hidden]"]),
        ([("A.", "passed", 1)], [("A.", "passed", 2.5)], ["passes, counts 2.5 instead of 1: A. [hidden]"]),
        ([("A.", "failed", 2)], [("A.", "timeout", 1)], ["fails, counts 1 instead of 2: A. [hidden]"]),
        ([("A.", "passed", 2)], [("A.", "failed", 1)], ["fails now, counts 1 instead of 2: A. [hidden]"]),
        ([("A.", "failed", 1)], [("A.", "timeout", 1)], []),
        ([("A.", "passed", 1)], [("A.", "passed", 1)], []),
        ([("A.", "passed", 1)] * 2, [("A.", "passed", 1), ("A.", "failed", 1)], ["fails now: A. [hidden]"]),
        ([("A.", "passed", 1)], [("A?", "passed", 1)], ["new, passed: A? [visible]", "gone, had passed: A. [hidden]"]),
        (
            [(f"A. (case {n} of 3)", "passed", 1) for n in (1, 2, 3)],
            [(f"A. (case {n} of 3)", "passed" if n == 1 else "failed", 1) for n in (1, 2, 3)],
            ["fails now: A. (2 of 3 cases) [hidden]"],
        ),
        (
            [("A.", "passed", 1)],
            [("A. (case 1 of 2)", "passed", 1), ("A. (case 2 of 2)", "failed", 1)],
            ["new, failed: A. (1 of 2 cases) [hidden]"],
        ),
        (
            [(f"A. (case {n} of 3)", "passed", 1) for n in (1, 2, 3)],
            [(f"A. (case {n} of 2)", "passed", 1) for n in (1, 2)],
            ["gone, had passed: A. (1 of 3 cases) [hidden]"],
        ),
    ],
)
def test_tests(before: list[Told], after: list[Told], lines: list[str]) -> None:
    """Each test that has another say is named with what became of it; the others are not."""
    move = compare(a_grade(f(3, *before)), a_grade(f(2, *after)))
    (question,) = move.questions
    assert (question.name, question.before, question.after) == ("f", Points(3, 5), Points(2, 5))
    assert lines_of(question) == lines


def test_a_question_that_stays_is_not_shown() -> None:
    """Tests that change no points of a question are left out."""
    before = a_grade(f(5, ("A.", "passed", 1)), f(2, name="g"))
    after = a_grade(f(5, ("A.", "passed", 3)), f(1, name="g"))
    assert [question.name for question in compare(before, after).questions] == ["g"]


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ((f(5),), (f(5), f(0, name="g", of=3)), ("g", None, Points(0, 3))),
        ((f(5), f(2, name="g", of=3)), (f(5),), ("g", Points(2, 3), None)),
    ],
)
def test_questions_that_come_and_go(before: Any, after: Any, shown: Any) -> None:
    """A question that only one of the records has moves, whatever its points."""
    (question,) = compare(a_grade(*before), a_grade(*after)).questions
    assert (question.name, question.before, question.after) == shown


@pytest.mark.parametrize(
    ("before", "after", "cause"),
    [
        ({}, {"submission": "33"}, "judged on another notebook"),
        (
            {"framework": "0.1"},
            {"framework": "0.2"},
            "judged by another version of the autograder (0.1 → 0.2)",
        ),
        ({}, {"seed": "44"}, "judged on other random inputs"),
        ({}, {"sandbox": "none"}, "judged with other protection (full → none)"),
        ({}, {"outcome": "not gradable", "reason": "cut off", "seed": "", "sandbox": "none"}, "cut off"),
        ({}, {}, "nothing has changed that judges it"),
    ],
)
def test_causes_beside_the_tests(before: dict[str, Any], after: dict[str, Any], cause: str) -> None:
    """Another submission, framework, secret or protection is said, and nothing else; as is that nothing has changed."""
    (found,) = compare(a_grade(f(3), **before), a_grade(f(2), **after)).causes
    assert found.startswith(cause)


@pytest.mark.parametrize(
    ("before", "after", "causes"),
    [
        (("aa", "bb"), ("aa", "cc"), 0),
        (("aa", "bb"), ("cc", "dd"), 1),
        (("", ""), ("cc", "dd"), 0),
        (("aa", ""), ("aa", "dd"), 0),
    ],
)
def test_what_all_questions_share(before: tuple[str, str], after: tuple[str, str], causes: int) -> None:
    """Where all questions are judged anew it may be limits, data or helpers; where one is, its tests say it all."""
    old, new = (a_grade(f(5, by=one), f(n, name="g", by=two)) for n, (one, two) in ((2, before), (1, after)))
    said = [cause for cause in compare(old, new).causes if cause.startswith("every question is judged anew: limits")]
    assert len(said) == causes


def test_no_causes_where_nobody_moves() -> None:
    """A new version of the framework that changes no points is no news."""
    move = compare(a_grade(f(3), framework="1"), a_grade(f(3), framework="2"))
    assert (move.kind, move.causes) == ("rewritten", ())


def test_cases_are_read() -> None:
    """The number of a case is told from the sentence, and a sentence about cases is left alone."""
    assert case_of("`dx` is right. (case 2 of 13)") == ("`dx` is right.", 2, 13)
    assert case_of("Right (in case 2 of 3).") == ("Right (in case 2 of 3).", 1, 1)


class TestTable:
    def test_a_row(self) -> None:
        """Student, points, difference, question and test, within 80 columns."""
        long = "Where a value feeds several gates, the gradients that come back are put together rightly."
        move = compare(a_grade(f(3, (long, "passed", 1))), a_grade(f(1.5, (long, "failed", 1), by="bb")))
        text = printed(move)
        assert max(map(len, text.splitlines())) <= 80
        assert ["ada", "3", "→", "1.5", "−1.5", "f", "3", "→", "1.5"] in [line.split() for line in text.splitlines()]
        assert f"fails now: {long} [hidden]" in " ".join(text.split())
        assert text.splitlines()[-1] == "1 student: 1 loses points"

    def test_other_points_are_said_in_full(self) -> None:
        """Where the question has other points, both numbers are there."""
        text = " ".join(printed(compare(a_grade(f(5)), a_grade(f(7, of=7)))).split())
        assert "ada 5 of 5 → 7 of 7 +2" in text

    def test_those_who_stay_are_counted_only(self) -> None:
        """A class in which nobody moves has one line."""
        same, texts = compare(a_grade(f(3)), a_grade(f(3))), compare(a_grade(f(3)), a_grade(f(3), suite="22"))
        assert printed(same, texts, texts, width=120) == (
            "3 students: 2 keep their points and get other texts or digests, 1 stays as it is\n"
        )

    def test_what_several_have_in_common(self) -> None:
        """A cause of everybody's is said once, below, and a test that moves several students is counted."""
        pair = a_grade(f(3, ("A.", "passed", 1)), framework="1"), a_grade(f(2, ("A.", "failed", 1)), framework="2")
        text = printed(*[compare(*pair)] * 3)
        assert text.count("another version") == 1
        rows = [line.split() for line in text.splitlines()]
        assert ["3", "f", "fails", "now:", "A.", "[hidden]"] in rows
        assert text.splitlines()[-1] == "3 students: 3 lose points"

    def test_many_tests_of_one_question(self) -> None:
        """The first few sentences are shown, and how many more there are."""
        old, new = ([(f"{n}.", outcome, 1.0) for n in range(9)] for outcome in ("passed", "skipped"))
        text = printed(compare(a_grade(f(3, *old)), a_grade(f(0, *new))))
        assert text.count("is not run any more") == MOST_TESTS
        assert f"and {9 - MOST_TESTS} more" in text

    def test_not_gradable_has_one_reason(self) -> None:
        """The reason stands for all the questions that are lost with it."""
        after = a_grade(f(0), outcome="not gradable", reason="it was cut off")
        text = printed(compare(a_grade(f(3, ("A.", "passed", 1))), after))
        assert "it was cut off" in text
        assert "A." not in text
        assert text.splitlines()[-1] == "1 student: 1 is no longer gradable"

    def test_names_and_reasons_are_no_markup(self) -> None:
        """What looks like a style or a link is printed as it stands."""
        after = a_grade(f(0, name="[red]f"), outcome="not gradable", reason="[link=x]open[/link]", student="[bold]ada")
        text = printed(compare(a_grade(f(3), student="[bold]ada"), after))
        assert "[bold]ada" in text
        assert "[link=x]open[/link]" in text

    def test_the_summary_says_the_worst_first(self) -> None:
        """Who loses points is what an instructor has to see."""
        moves = [compare(None, a_grade(f(1))), compare(a_grade(f(1)), a_grade(f(2))), compare(a_grade(f(1)), None)]
        moves += [compare(a_grade(f(2)), a_grade(f(1)))] * 2
        assert summary(moves) == "5 students: 2 lose points, 1 gains points, 1 is new, 1 loses the record"
