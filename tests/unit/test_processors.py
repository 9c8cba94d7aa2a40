"""Which processors graders are given: all that may be used, and other cores before the other halves of those taken."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autograder import processors


@pytest.mark.parametrize(
    ("siblings", "allowed", "expected"),
    [
        ({0: "0-1", 1: "0-1", 2: "2-3", 3: "2-3"}, {0, 1, 2, 3}, [0, 2, 1, 3]),
        ({0: "0,4", 1: "1,5", 4: "0,4", 5: "1,5"}, {0, 1, 4, 5}, [0, 1, 4, 5]),
        ({0: "0-3", 1: "0-3", 2: "0-3", 3: "0-3", 9: "9"}, {0, 1, 2, 3, 9}, [0, 9, 1, 2, 3]),
        ({2: "2-3", 3: "2-3", 6: "6-7"}, {2, 3, 6}, [2, 6, 3]),
        ({}, {3, 1, 2}, [1, 2, 3]),
        ({0: "", 1: "nothing"}, {0, 1}, [0, 1]),
    ],
)
def test_cores_come_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, siblings: dict[int, str], allowed: set[int], expected: list[int]
) -> None:
    """Whether halves of a core are numbered side by side or far apart, and where the system does not tell."""
    for processor, text in siblings.items():
        (tmp_path / str(processor)).write_text(f"{text}\n")
    monkeypatch.setattr(processors, "_SIBLINGS", f"{tmp_path}/{{}}")
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: allowed)
    assert processors.in_order() == expected


def test_those_of_this_process() -> None:
    """All that this process may use, each once."""
    assert sorted(processors.in_order()) == sorted(os.sched_getaffinity(0))
