"""The places where nbgrader's gradebook itself is touched."""

from __future__ import annotations

import os
import sysconfig
from pathlib import Path

import pytest
from nbgrader import api
from nbgrader.api import Gradebook

from autograder.nbgrader.gradebook import one_engine


def test_gradebooks_share_their_engine_for_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Inside, gradebooks at one address have one engine, which outlives each; outside, nbgrader is as it was."""
    first, second = (f"sqlite:///{tmp_path / name}.db" for name in ("first", "second"))
    make = api.create_engine
    monkeypatch.setenv("PATH", sysconfig.get_path("scripts"), prepend=os.pathsep)  # where nbgrader finds alembic
    with one_engine():
        with Gradebook(first) as gradebook:
            gradebook.add_student("ada")
            engine = gradebook.engine
        with Gradebook(first) as again, Gradebook(second) as other:
            assert again.engine is engine
            assert other.engine is not engine
            assert [student.id for student in again.students] == ["ada"]
            assert list(other.students) == []
    assert api.create_engine is make
    with Gradebook(first) as gradebook:
        assert gradebook.engine is not engine
        assert [student.id for student in gradebook.students] == ["ada"]


def test_an_error_leaves_nbgrader_as_it_was() -> None:
    """What stops a run does not leave the shared engines behind."""
    make = api.create_engine
    with pytest.raises(KeyboardInterrupt), one_engine():
        raise KeyboardInterrupt
    assert api.create_engine is make
