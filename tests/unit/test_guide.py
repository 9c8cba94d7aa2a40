"""guide.json as students have it: read, sealed, and refused where it does not fit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autograder.errors import AutograderError
from autograder.guide import FORMAT, GUIDE, Guide, QuestionGuide, guide_in, label, unseal
from autograder.instructor.guides import ambiguous, seal

KEY, OTHER = b"1" * 32, b"2" * 32


@pytest.mark.parametrize("text", ["A minus too many.", "Δ – ½", "", "x" * 10_000])
def test_a_sealed_hint_opens_with_its_key_only(text: str) -> None:
    """The same behaviour opens it, another one brings nothing that can be read."""
    sealed = seal(text, KEY)
    assert unseal(sealed, KEY) == text
    assert text == "" or unseal(sealed, OTHER) != text
    assert text == "" or text not in sealed


def test_the_label_is_no_key() -> None:
    """What stands in the file beside a hint does not open it."""
    sealed = seal("A minus too many.", KEY)
    assert unseal(sealed, label(KEY).encode()) != "A minus too many."
    assert unseal(sealed, bytes.fromhex(label(KEY))) != "A minus too many."


def test_a_guide_tells_hidden_checks_and_slips() -> None:
    """Counts and hints are those of the question; what is not known is None."""
    guide = Guide(questions={"f": QuestionGuide(7, {label(KEY): seal("Look at f.", KEY)}), "g": QuestionGuide(2)})
    assert [guide.hidden(name) for name in "fgh"] == [7, 2, None]
    assert guide.slip("f", KEY) == "Look at f."
    assert [guide.slip(*known) for known in (("f", OTHER), ("g", KEY), ("h", KEY))] == [None, None, None]


def test_slips_that_cannot_be_told_apart_are_left_out() -> None:
    """The same label in one question stands for nothing; in two questions it is two labels."""
    assert ambiguous([("f", "1"), ("f", "1"), ("g", "1"), ("f", "2")]) == {("f", "1")}


def test_no_guide_is_an_empty_guide(tmp_path: Path) -> None:
    """An assignment from another place works without one."""
    assert guide_in(tmp_path) == Guide()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "guide.json cannot be read .* get a fresh copy"),
        ("", "guide.json cannot be read"),
        ("[]", "guide.json cannot be read"),
        ('{"questions": {"f": {"hidden": "seven"}}}', "guide.json cannot be read"),
        (json.dumps({"format": FORMAT + 1}), "guide.json is newer than this autograder; update"),
    ],
)
def test_a_guide_that_does_not_fit_says_what_to_do(tmp_path: Path, text: str, words: str) -> None:
    """A damaged file, or one of a later version, is named with a remedy."""
    (tmp_path / GUIDE).write_text(text)
    with pytest.raises(AutograderError, match=words):
        guide_in(tmp_path)


def test_unknown_fields_are_left_alone(tmp_path: Path) -> None:
    """A later version may say more."""
    (tmp_path / GUIDE).write_text('{"format": 1, "assignment": "gates", "colour": "blue"}')
    assert guide_in(tmp_path).assignment == "gates"
