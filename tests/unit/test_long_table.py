"""A table that is printed in parts looks like the one that rich prints of all rows."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.instructor import long_table
from autograder.instructor.long_table import PLAIN, Cells, print_long

CELLS = [
    "",
    "7",
    "0.66",
    "a b c",
    "two\nlines",
    "漢字 wide",
    "\N{PILE OF POO}",
    "tab\tbed",
    "a-very-long-word" * 4,
    "w " * 50,
    "w " * 49 + "w",
    "plain words – all of them × σ one column wide, which-have hyphens",
    "[b]no markup[/b] :smile:",
    "two  spaces",
    " at both ends ",
]
Rows = list[tuple[str, str, str]]


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three rows at a time, so that a table has many parts."""
    monkeypatch.setattr(long_table, "PART", 3)


def new() -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("student", no_wrap=True)
    table.add_column("1\n/10", justify="right", no_wrap=True)
    table.add_column("what the message is")
    return table


def cells(row: tuple[str, str, str]) -> Cells:
    return [(row[0], ""), (row[1], "bold"), (row[2], "")]


def at_once(rows: Rows, console: Console) -> str:
    table = new()
    for row in rows:
        table.add_row(*(Text(text, style) for text, style in cells(row)))
    with console.capture() as capture:
        console.print(table)
    return capture.get()


def in_parts(rows: Rows, console: Console) -> str:
    with console.capture() as capture:
        print_long(new, rows, cells, console)
    return capture.get()


@pytest.mark.parametrize("width", [1, 10, 33, 80, 500])
@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 6, 40])
@pytest.mark.parametrize("colours", [False, True])
def test_it_looks_the_same(width: int, count: int, colours: bool) -> None:
    """Widths, wrapping, cut words and styles are those of one table, wherever the widest cells are."""
    draw = random.Random(count)
    rows = [(draw.choice(CELLS), draw.choice(CELLS), draw.choice(CELLS)) for _ in range(count)]
    console = Console(width=width, force_terminal=colours, color_system="standard" if colours else None)
    assert in_parts(rows, console) == at_once(rows, console)


@pytest.mark.parametrize("place", range(7))
@pytest.mark.parametrize("cell", CELLS)
def test_one_wide_cell_widens_every_part(place: int, cell: str) -> None:
    """A cell in any part gives its width to those before and after it."""
    rows = [("ada", "1", "fine")] * 7
    rows[place] = (cell, "1", cell)
    console = Console(width=60)
    assert in_parts(rows, console) == at_once(rows, console)


def test_rows_without_cells_are_left_out() -> None:
    """What has nothing to show is no empty line."""
    console = Console(width=60)
    rows: Rows = [("ada", "1", "x"), ("ben", "2", "y")] * 4
    with console.capture() as capture:
        print_long(new, rows, lambda row: cells(row) if row[0] == "ada" else [], console)
    assert capture.get() == at_once([("ada", "1", "x")] * 4, console)


def test_rows_are_not_gathered() -> None:
    """No more than a part of them is held at a time."""
    alive = 0
    most = 0

    class Counted:
        def __init__(self) -> None:
            nonlocal alive, most
            alive += 1
            most = max(most, alive)

        def __del__(self) -> None:
            nonlocal alive
            alive -= 1

    class Many:
        def __iter__(self) -> Iterator[Counted]:
            return (Counted() for _ in range(100))

    print_long(new, Many(), lambda _: cells(("ada", "1", "x")), Console(width=60, quiet=True))
    assert 0 < most <= 2 * long_table.PART


def test_plain_characters_are_one_column_wide() -> None:
    """Of all characters that are laid out without rich, rich says the same."""
    plain = [character for character in map(chr, range(0x11000)) if PLAIN.fullmatch(character)]
    assert len(plain) > 200
    assert {cell_len(character) for character in plain} == {1}
