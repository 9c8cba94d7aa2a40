"""The hostile class through `autograder grade`, in two combinations; the two beside them go through nbgrader.

So each user meets each protection once, and some of the attacks bubblewrap without Landlock; `make attack-table` has
all twelve combinations.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.attack_table.combinations import Combination
from tests.attack_table.run import run
from tests.attack_table.stage import BYSTANDERS, Workshop, workshop
from tests.corpus import attacks
from tests.corpus.attacks.recipe import ROWS


@pytest.fixture(scope="module")
def shop() -> Iterator[Workshop]:
    """The course that they attack."""
    with workshop() as made:
        yield made


@pytest.mark.parametrize(
    "combination",
    [Combination("autograder grade", "root", "one layer"), Combination("autograder grade", "ordinary user", "full")],
    ids=str,
)
def test_nothing_gets_through(shop: Workshop, combination: Combination) -> None:
    """No undeserved point, no leak, no changed file, no contact, no survivor, and no honest point lost."""
    if combination.missing:
        pytest.skip(combination.missing)
    assert run(combination, attacks.ALL, shop).findings == []


def test_nothing_gets_around_bubblewrap_alone(shop: Workshop) -> None:
    """Where Landlock is missing, nobody reads what is not theirs, or leaves anything to those who come after."""
    combination = Combination("autograder grade", "ordinary user" if os.getuid() else "root", "no Landlock")
    if combination.missing:
        pytest.skip(combination.missing)
    some = [attack for attack in attacks.ALL if attack.row in ("read", "persist")]
    assert run(combination, some, shop).findings == []


class TestTheClass:
    def test_every_row_of_the_table_of_threats_is_attacked(self) -> None:
        """At least 60 attacks, several in each row."""
        rows = [attack.row for attack in attacks.ALL]
        assert len(rows) >= 60
        assert {row: rows.count(row) for row in ROWS if rows.count(row) < 2} == {}

    def test_every_attack_can_be_told_apart(self) -> None:
        """Each one is a student of its own, and says in sentences what it tries and how a success would be seen."""
        students = [attack.student for attack in (*attacks.ALL, *BYSTANDERS)]
        assert len(set(students)) == len(students)
        assert [a.student for a in attacks.ALL if not a.tries.endswith(".") or not a.success] == []
