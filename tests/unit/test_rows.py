"""Rows that are kept compressed: all of them come back, by student, whatever the order in which they came."""

from __future__ import annotations

import random
import tracemalloc
import zlib

import pytest

from autograder.instructor.row import Row
from autograder.instructor.rows import BLOCK, Rows
from tests.unit.test_record import a_grade


def a_row(student: str) -> Row:
    return Row(
        student=student, score="1.5", scores=("1", "0.5"), right=(True, False), said=f"{student}: x", missed=("y",)
    )


@pytest.mark.parametrize("count", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 9 * BLOCK + 5])
@pytest.mark.parametrize("order", ["as it is", "backwards", "any"])
def test_all_come_back_by_student(count: int, order: str) -> None:
    """None is lost, none comes twice, and they can be gone through again."""
    names = [f"student{number:04}" for number in range(count)]
    given = {"as it is": names, "backwards": names[::-1], "any": random.Random(1).sample(names, count)}[order]
    rows = Rows()
    for name in given:
        rows.add(a_row(name))
    assert list(rows) == list(rows) == [a_row(name) for name in names]


def test_strange_names_and_sentences() -> None:
    """Names are ordered as strings are, and every character comes back."""
    names = ["Žofie", "ada", "Ada", "", "\N{PILE OF POO}", "x" * 250, "a\nb", "[bold]"]
    rows = Rows()
    for name in names:
        rows.add(a_row(name))
    assert list(rows) == [a_row(name) for name in sorted(names)]


def test_going_through_them_while_they_grow_does_not_change_them() -> None:
    """What is kept after a look is there in the next one."""
    rows = Rows()
    rows.add(a_row("ben"))
    assert [row.student for row in rows] == ["ben"]
    rows.add(a_row("ada"))
    assert [row.student for row in rows] == ["ada", "ben"]


def test_going_through_them_is_cheap_in_any_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first look decompresses each block a few times, every later one once, until rows come in another order."""
    count, blocks = 40 * BLOCK + 1, 40
    rows = Rows()
    for number in random.Random(1).sample(range(count), count):
        rows.add(a_row(f"student{number:05}"))
    looked_at: list[bytes] = []
    real = zlib.decompress
    monkeypatch.setattr(zlib, "decompress", lambda block: looked_at.append(block) or real(block))
    expected = [f"student{number:05}" for number in range(count)]
    for most in (14 * blocks, blocks, blocks):
        assert [row.student for row in rows] == expected
        assert len(looked_at) <= most
        looked_at.clear()
    rows.add(a_row("ada"))
    assert [row.student for row in rows] == ["ada", *expected]


def peak_of_a_look(count: int) -> int:
    """Return how many bytes Python holds at most while rows that came in any order are gone through."""
    rows = Rows()
    for number in random.Random(1).sample(range(count), count):
        said = f"`dW1[{number}]` is wrong. " + "Look at the sign. " * 9
        name = f"student{number:05}"
        rows.add(Row(student=name, score="3", scores=("1.25",) * 14, right=(True,) * 14, said=said, missed=()))
    tracemalloc.start(1)
    try:
        assert sum(1 for _ in rows) == count
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_sorting_them_takes_little_memory() -> None:
    """Each thousand rows more take less than 200 kB more at any time, where not compressed they would take 2 MB."""
    few, many = 10 * BLOCK, 40 * BLOCK
    assert peak_of_a_look(many) - peak_of_a_look(few) < (many - few) * 200


def test_what_a_row_says_of_a_grade() -> None:
    """It holds the texts of the table and nothing of the tests."""
    row = Row.of(a_grade())
    assert row == Row(student="ada", score="1.5", scores=("1.5",), right=(False,), said="f: m", missed=())
    assert Row.of(a_grade(outcome="not gradable", reason="cut off")).missed == ("cut off",)


def test_a_row_is_a_few_bytes() -> None:
    """With messages of a usual length that name different entries, ten thousand rows take less than a megabyte."""
    rows = Rows()
    for number in range(1000):
        message = (
            f"`dW1[{number % 7}, {number % 31}]` is wrong. One factor of the derivative is missing: look at line 3."
        )
        grade = a_grade(student=f"student{number:05}", reason=message, outcome="not gradable")
        rows.add(Row.of(grade))
    packed = sum(len(block) for block in rows._blocks)
    assert packed < 100 * 1000
    assert all(zlib.decompress(block) for block in rows._blocks)
