"""What limits a course may set."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from autograder.sandbox import Limits


def test_what_is_not_said_has_a_default() -> None:
    """A limit that is not named keeps its default."""
    limits = msgspec.convert({"call_seconds": 2}, Limits)
    assert (limits.call_seconds, limits.submission_seconds, limits.memory_mb) == (2, 120, 1024)


@pytest.mark.parametrize("name", Limits.__struct_fields__)
@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf"), True, "3", None])
def test_what_is_no_limit_is_refused(name: str, value: Any) -> None:
    """Zero, negative, endless and other values are refused where a course is read."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({name: value}, Limits)


@pytest.mark.parametrize("value", [0, -1.5, float("nan"), float("inf")])
def test_also_where_it_is_made_in_python(value: float) -> None:
    """The same holds for a Limits made by hand, with a message that names the field."""
    with pytest.raises(ValueError, match="`call_seconds` is"):
        Limits(call_seconds=value)


def test_an_unknown_limit_is_refused() -> None:
    """A misspelt name is an error."""
    with pytest.raises(msgspec.ValidationError, match="call_second"):
        msgspec.convert({"call_second": 2}, Limits)
