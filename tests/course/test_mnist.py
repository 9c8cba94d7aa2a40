"""`mnist`: what is proved of every assignment, and what is special here."""

from __future__ import annotations

import pytest

from tests.course.proofs import NotebookProofs, SuiteProofs

pytestmark = pytest.mark.usefixtures("mnist_folder")  # the hidden suite reads the real test digits

CLASSIFIER = ("build_classifier", "predict_digits", "train_classifier")


class TestSuite(SuiteProofs):
    """Suites, slips, variants and mutants."""

    assignment = "mnist"
    partners = dict.fromkeys(CLASSIFIER, CLASSIFIER)


class TestNotebook(NotebookProofs):
    """The notebook."""

    assignment = "mnist"
    pictures = 11
