"""`losses`: what is proved of every assignment, and what is special here."""

from __future__ import annotations

from tests.course.proofs import NotebookProofs, SuiteProofs


class TestSuite(SuiteProofs):
    """Suites, slips, variants and mutants."""

    assignment = "losses"


class TestNotebook(NotebookProofs):
    """The notebook."""

    assignment = "losses"
    pictures = 5
