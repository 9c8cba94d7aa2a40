"""The printed table: every attack in its row, a word in every cell, a count of each kind, an exit status."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from tests.attack_table import table
from tests.attack_table.combinations import ALL, DOORS, LAYERS, USERS
from tests.attack_table.findings import KINDS, Finding, Kind
from tests.attack_table.run import Outcome
from tests.corpus.attacks.recipe import NOTHING, Attack

MANY = len(DOORS) * len(USERS) * len(LAYERS)


def attack(student: str, row: str = "forge", **changes: object) -> Attack:
    return Attack(
        student=student, row=row, tries=f"what {student} tries", success="seen by luck", make=lambda *_: b"",
        honest=NOTHING, **changes,  # type: ignore[arg-type]
    )  # fmt: skip


def printed(attacks: list[Attack], findings: dict[int, list[Finding]]) -> tuple[str, bool]:
    outcomes = [Outcome(each, findings.get(number, []), 1.0, 1.5, 90 + number) for number, each in enumerate(ALL)]
    console = Console(file=io.StringIO(), width=200)
    held = table.show(attacks, outcomes, [], console)
    return console.file.getvalue(), held  # type: ignore[attr-defined]


def test_all_held() -> None:
    """`held` for each combination behind each attack and behind the class beside them, zeros in the last line."""
    text, held = printed([attack("bob", "read"), attack("eve")], {})
    assert held
    assert text.count("held") == 3 * MANY
    assert text.index("bob") > text.index("eve")  # in the order of the table of threats
    last = f"2 attacks × {MANY} combinations: 0 undeserved points, 0 leaks, 0 files changed or written, 0 contacts"
    assert last in " ".join(text.split())
    assert f"the largest process that grades had {90 + MANY - 1} MB" in " ".join(text.split())


@pytest.mark.parametrize("kind", KINDS)
def test_what_got_through_is_said(kind: Kind) -> None:
    """The cell says in words what it was, a line below says all of it, the summary counts it."""
    text, held = printed([attack("eve")], {4: [Finding(kind, "the very words", "eve")]})
    assert not held
    assert text.count("held") == 2 * MANY - 1
    one = KINDS[kind][0]
    assert f"nbgrader, ordinary user, one layer: eve: {one}: the very words" in " ".join(text.split())
    assert f"1 {one}" in " ".join(text.split())


def test_what_is_nobodys_has_a_row_of_its_own() -> None:
    """A finding that cannot be given to an attack fails the table as well."""
    text, held = printed([attack("eve")], {0: [Finding("survivor", "sleep")], 1: [Finding("fault", "late", "zuse")]})
    assert not held
    assert text.count("held") == 2 * MANY - 2
    assert "nbgrader, root, full: the class: survivor: sleep" in text
    assert "nbgrader, root, one layer: zuse: fault of the grader: late" in text


def test_an_attack_that_makes_no_sense_somewhere() -> None:
    """Its cell says that it was not tried."""
    text, held = printed([attack("eve", only=lambda combination: combination.door == "nbgrader")], {})
    assert held
    assert text.count("held") == MANY + MANY // 2
