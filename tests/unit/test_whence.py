"""What an exception is called, in this process and by the sandbox."""

from __future__ import annotations

import builtins

import numpy as np
import pytest

from autograder.sandbox.inside import failures
from autograder.whence import exception_name

OF_PYTHON_ITSELF = type("_OpenError", (SyntaxError,), {"__module__": "builtins"})


class _OwnError(ValueError):
    """A student's own."""


@pytest.mark.parametrize(
    ("error", "known", "text"),
    [
        (ZeroDivisionError("by zero"), "ZeroDivisionError", "ZeroDivisionError: by zero"),
        (np.exceptions.AxisError("no axis 3"), "AxisError", "AxisError: no axis 3"),
        (np.linalg.LinAlgError("singular"), "LinAlgError", "LinAlgError: singular"),
        (_OwnError("mine"), "ValueError", "_OwnError: mine"),
        (_OwnError(), "ValueError", "_OwnError"),
        (OF_PYTHON_ITSELF("incomplete input"), "SyntaxError", "SyntaxError: incomplete input"),
    ],
)
def test_names(error: BaseException, known: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The nearest type that everybody knows; one that Python keeps to itself is not shown to students."""
    monkeypatch.setattr(builtins, "_OpenError", OF_PYTHON_ITSELF, raising=False)
    assert exception_name(error) == known
    facts = failures.describe(error)
    assert (facts["exception"], facts["text"]) == (known, text)


def test_an_open_bracket() -> None:
    """Whatever this Python calls it inside, it is a SyntaxError."""
    with pytest.raises(SyntaxError) as caught:
        compile("f(", "cell", "exec", flags=0x4000)  # PyCF_ALLOW_INCOMPLETE_INPUT, with which IPython compiles
    assert exception_name(caught.value) == failures.describe(caught.value)["exception"] == "SyntaxError"
