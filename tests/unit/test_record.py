"""The grade record: written whole or not at all, read with tolerance, always with finite numbers."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from autograder import record
from autograder.errors import AutograderError
from autograder.record import Grade, QuestionResult, TestResult


def a_grade(**changes: Any) -> Grade:
    test = TestResult(name="Right on random inputs.", outcome="failed", weight=2, hidden=True, message="`dx` is wrong.")
    question = QuestionResult(
        name="f", score=1.5, max_score=3, outcome="wrong", diagnosis="sign", message="m", tests=(test,)
    )
    fields: dict[str, Any] = {
        "course": "nn",
        "assignment": "gates",
        "student": "ada",
        "submission": "00" * 32,
        "suite": "11" * 32,
        "framework": "0.1.0",
        "graded_at": "2026-01-01T00:00:00+00:00",
        "seed": "22",
        "sandbox": "full",
        "outcome": "graded",
        "score": 1.5,
        "max_score": 3.0,
        "questions": (question,),
    }
    return Grade(**{**fields, **changes})


def test_round_trip(tmp_path: Path) -> None:
    """What was written is read again, to the last digit."""
    grade = a_grade(score=0.1 + 0.2, restored=("check cell f was changed",), student="Žofie; =1+1 <b>")
    record.write(grade, tmp_path / "new" / "ada.json")
    assert record.read(tmp_path / "new" / "ada.json") == grade


def test_the_file_has_the_fields_of_the_contract(tmp_path: Path) -> None:
    """Other programs find the names that the contract promises."""
    record.write(a_grade(), tmp_path / "ada.json")
    content = json.loads((tmp_path / "ada.json").read_text())
    assert set(content) == {
        *("format", "course", "assignment", "student", "submission", "suite", "framework", "graded_at", "seed"),
        *("sandbox", "outcome", "reason", "score", "max_score", "restored", "questions"),
    }
    question = content["questions"][0]
    assert set(question) == {"name", "score", "max_score", "outcome", "diagnosis", "message", "tests", "judged_by"}
    assert set(question["tests"][0]) == {"name", "outcome", "weight", "hidden", "message"}
    assert (content["format"], content["reason"]) == (1, None)


def test_unknown_fields_are_accepted() -> None:
    """A record of a later version can still be read."""
    content = json.loads(record.to_json(a_grade()))
    content["later"] = content["questions"][0]["later"] = 1
    assert record.from_json(json.dumps(content).encode()) == a_grade()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not a grade record"),
        (b"[]", "not a grade record"),
        (record.to_json(a_grade()).replace(b'"graded"', b'"fine"'), r"\$\.outcome"),
        (record.to_json(a_grade()).replace(b'"max_score":3.0', b'"max_score":"3"'), r"\$\.max_score"),
        (record.to_json(a_grade())[:-5], "not a grade record"),
    ],
)
def test_a_damaged_record_is_refused_with_its_path(tmp_path: Path, data: bytes, message: str) -> None:
    """The message names the file and the field."""
    (tmp_path / "ada.json").write_bytes(data)
    with pytest.raises(AutograderError, match=message) as caught:
        record.read(tmp_path / "ada.json")
    assert str(tmp_path / "ada.json") in str(caught.value)


def test_drafts_of_killed_writers_are_swept_away(tmp_path: Path) -> None:
    """A draft goes; every record stays, also that of a student whose name looks like a draft's."""
    for name in (".record-a1b2.draft", "ada.json", ".record-x.draft.json", ".lock"):
        (tmp_path / name).touch()
    record.sweep(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".lock", ".record-x.draft.json", "ada.json"]


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_numbers_are_finite(number: float) -> None:
    """A score that is no number never reaches a gradebook."""
    with pytest.raises(ValueError, match="not finite"):
        a_grade(score=number)


def test_a_failed_write_leaves_the_earlier_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk costs neither the record that was there nor leaves a piece behind."""
    path = tmp_path / "ada.json"
    record.write(a_grade(score=1.0), path)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        record.write(a_grade(score=2.0), path)
    assert record.read(path).score == 1.0
    assert [p.name for p in tmp_path.iterdir()] == ["ada.json"]
