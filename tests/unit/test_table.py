"""The table of a class: every score, the message that helps most, and nothing of a submission as markup."""

from __future__ import annotations

import pytest
from rich.cells import cell_len
from rich.console import Console

from autograder.instructor.row import headline
from autograder.instructor.table import print_table
from autograder.record import Grade, QuestionResult
from tests.unit.test_record import a_grade


def question(name: str, outcome: str, message: str = "", score: float = 0.0) -> QuestionResult:
    return QuestionResult(name=name, score=score, max_score=2, outcome=outcome, message=message)  # type: ignore[arg-type]


def printed(*grades: Grade, width: int = 120) -> str:
    console = Console(width=width)
    with console.capture() as capture:
        print_table(grades, console)
    return capture.get()


def test_scores_and_names() -> None:
    """Each question has a numbered column with its points, and its name below."""
    text = printed(
        a_grade(questions=(question("f", "right", score=2.0), question("g", "wrong", "Not so.", score=0.66)))
    )
    assert "questions: 1 f, 2 g" in text
    assert ["ada", "1.5", "2", "0.66"] in [line.split() for line in text.splitlines()]
    assert "g: Not so." in text


@pytest.mark.parametrize("width", [30, 40, 60, 80, 100, 160])
@pytest.mark.parametrize("name", ["ada", "Ana María López", "a" * 47, "名" * 30, "n" * 200])
def test_no_number_is_cut(width: int, name: str) -> None:
    """Where questions have no room beside each other there are more tables; a long name gives way, and says so."""
    scores = [round(1.01 + 0.07 * number, 2) for number in range(13)]
    questions = tuple(question(f"q{number}", "wrong", "No.", score) for number, score in enumerate(scores))
    text = printed(*(a_grade(student=who, score=33.32, questions=questions) for who in (name, "ben")), width=width)
    table = text.partition("questions:")[0].splitlines()
    rows = [line.split() for line in table if "33.32" in line]
    shown = [number for row in rows if row[0] == "ben" for number in row[2:]]
    assert shown == [f"{score:g}" for score in scores]
    assert [number for row in rows if row[0] != "ben" for number in row[row.index("33.32") + 1 :]] == shown
    assert all(cell_len(line) <= width for line in text.splitlines())
    assert all("…" not in line.replace("…", "", 1) for line in table)


def test_a_wide_class_is_one_table() -> None:
    """Questions are not parted where they fit, to the last column."""
    questions = tuple(question(f"q{number}", "right", score=2.0) for number in range(12))
    widest = a_grade(student="a" * 20, score=24.0, questions=questions)
    heads = [printed(widest, width=width).count("score") for width in (88, 66)]
    assert heads == [1, 2]


def test_a_name_has_the_room_that_is_left() -> None:
    """It is cut only where numbers need the room."""
    name = "annabel.lee.winter@students.example.edu"
    text = printed(a_grade(student=name, questions=(question("f", "right", score=2.0),)), width=80)
    assert f"{name}    1.5   2" in text


def test_names_and_messages_are_no_markup() -> None:
    """What looks like a style or a link is printed as it stands."""
    text = printed(a_grade(student="[bold]ada[/bold]", outcome="not gradable", reason="[link=x]open[/link]"))
    assert "[bold]ada[/bold]" in text
    assert "[link=x]open[/link]" in text


def test_nobody_is_no_table() -> None:
    """Without grades nothing is printed."""
    assert printed() == ""


def test_the_headline_is_what_helps_most() -> None:
    """A wrong answer comes before one that cannot be graded, and that before an open one."""
    open_, ungradable, wrong = (
        question("a", "not attempted", "open"),
        question("b", "not gradable", "loops"),
        question("c", "wrong", "sign"),
    )
    assert headline(a_grade(questions=(open_, ungradable, wrong))) == "c: sign"
    assert headline(a_grade(questions=(open_, ungradable))) == "b: loops"
    assert headline(a_grade(questions=(open_, question("d", "right", score=2)))) == "a: open"
    assert headline(a_grade(questions=(open_, open_))) == "no question is attempted yet"
    assert headline(a_grade(questions=(question("d", "right", score=2),))) == ""
    assert headline(a_grade(outcome="not gradable", reason="cut off", questions=(wrong,))) == "cut off"
