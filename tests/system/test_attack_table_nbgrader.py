"""The hostile class through nbgrader, in the two combinations that differ most; `make attack-table` has them all."""

from __future__ import annotations

import pytest

from tests.attack_table.combinations import Combination
from tests.attack_table.run import run
from tests.attack_table.stage import workshop
from tests.corpus import attacks


@pytest.mark.parametrize(
    "combination",
    [Combination("nbgrader", "root", "full"), Combination("nbgrader", "ordinary user", "one layer")],
    ids=str,
)
def test_nothing_gets_through(combination: Combination) -> None:
    """Neither into the gradebook nor onto a feedback page, nor anywhere else."""
    if combination.missing:
        pytest.skip(combination.missing)
    with workshop() as shop:
        assert run(combination, attacks.ALL, shop).findings == []
