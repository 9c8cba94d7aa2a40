"""What is proved of every assignment, as classes for `tests/course/test_NAME.py` to inherit from."""

from __future__ import annotations

from tests.course.notebook_proofs import NotebookProofs
from tests.course.suite_proofs import SuiteProofs

__all__ = ["NotebookProofs", "SuiteProofs"]
