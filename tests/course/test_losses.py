"""`losses`: what is proved of every assignment, and what is special here."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.corpus.session import Bench, in_session
from tests.course.proofs import NotebookProofs, SuiteProofs
from tests.course.suite_proofs import SEEDS


def _alike(X: Any, W: Any) -> Any:
    return np.repeat((np.asarray(X) @ np.asarray(W)[:, :1]) ** 2, np.shape(W)[1], axis=1)


def _svm(W: Any, _X: Any, _y: Any, reg: Any) -> Any:
    return W.shape[1] - 1 + reg * np.sum(W * W), 2 * reg * W


def _softmax(W: Any, _X: Any, _y: Any, reg: Any) -> Any:
    return np.log(W.shape[1]) + reg * np.sum(W * W), 2 * reg * W


CONSTANTS = {
    "linear_scores": _alike,
    "predict": lambda _W, X: np.zeros(len(X), dtype=int),
    "svm_loss_naive": _svm,
    "svm_loss_vectorized": _svm,
    "softmax_loss_naive": _softmax,
    "softmax_loss_vectorized": _softmax,
}
"""What scores that are the same for all classes would make of everything else."""


class TestSuite(SuiteProofs):
    """Suites, slips, variants and mutants."""

    assignment = "losses"

    def test_constants_do_not_follow_from_scores_that_say_nothing(self) -> None:
        """Whoever makes all classes score alike cannot have constants accepted as what follows from that."""

        def work(bench: Bench) -> dict[str, list[str]]:
            return {name: bench.passed({**vars(bench.reference), **CONSTANTS}, name, SEEDS[0]) for name in CONSTANTS}

        assert set(map(tuple, in_session(work, self.assignment).values())) == {()}


class TestNotebook(NotebookProofs):
    """The notebook."""

    assignment = "losses"
    pictures = 5
