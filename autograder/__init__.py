"""What a notebook imports: `from autograder import check, hint, progress`."""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"
__all__ = ["__version__", "check", "hint", "progress"]

_FUNCTIONS = ("check", "hint", "progress")


def __getattr__(name: str) -> Any:
    """Import a function when it is first asked for, so that importing the package stays fast."""
    if name in _FUNCTIONS:
        return getattr(import_module(f"autograder.learner.{name}"), name)
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)
