"""What a run of a saved notebook does before the first cell."""

from __future__ import annotations

import io

import pytest

from autograder import datasets
from autograder.errors import DataMissingError
from autograder.learner import runner
from autograder.learner.line import Line

LOADS = [{"cell_type": "code", "source": ["from autograder.datasets import load_mnist\n", "load_mnist()"]}]
LOADS_NOT = [{"cell_type": "code", "source": "x = 1"}, {}]


@pytest.mark.parametrize(
    ("cells", "said"), [(LOADS, '{"at": "the download of MNIST", "cell": null}\n'), (LOADS_NOT, "")]
)
@pytest.mark.parametrize("fails", [False, True])
def test_digits_are_fetched_before_any_limit_holds(
    monkeypatch: pytest.MonkeyPatch, cells: list[dict[str, object]], said: str, fails: bool
) -> None:
    """Only where a cell loads them; where they are missing the cell says so, and not this."""
    asked: list[str] = []

    def locate() -> None:
        asked.append("located")
        if fails:
            raise DataMissingError("no such folder")

    monkeypatch.setattr(datasets, "locate", locate)
    file = io.StringIO()
    runner._provide_digits(cells, Line(file))
    assert file.getvalue() == said
    assert len(asked) == bool(said)
