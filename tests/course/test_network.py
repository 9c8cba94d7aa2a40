"""`network`: what is proved of every assignment, and what is special here."""

from __future__ import annotations

from tests.course.proofs import NotebookProofs, SuiteProofs


class TestSuite(SuiteProofs):
    """Suites, slips, variants and mutants."""

    assignment = "network"


class TestNotebook(NotebookProofs):
    """The notebook."""

    assignment = "network"
    pictures = 7
    builds_on = frozenset(
        {
            ("two_layer_loss", "two_layer_forward"),
            ("two_layer_loss", "two_layer_backward"),
            ("two_layer_predict", "two_layer_forward"),
            ("train_two_layer", "two_layer_loss"),
            ("train_two_layer", "two_layer_predict"),
        }
    )
