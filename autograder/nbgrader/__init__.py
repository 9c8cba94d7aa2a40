"""How the autograder sits inside nbgrader. `nbgrader_config.py` needs nothing but `configure`."""

from __future__ import annotations

from autograder.nbgrader.configure import configure

__all__ = ["configure"]
