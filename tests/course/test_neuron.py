"""`neuron`: what is proved of every assignment, and what is special here."""

from __future__ import annotations

from tests.course.proofs import NotebookProofs, SuiteProofs


class TestSuite(SuiteProofs):
    """Suites, slips, variants and mutants."""

    assignment = "neuron"


class TestNotebook(NotebookProofs):
    """The notebook."""

    assignment = "neuron"
    pictures = 11
    builds_on = frozenset(
        {("fit_logistic_regression", "logistic_loss"), ("fit_logistic_regression", "gradient_descent")}
    )
