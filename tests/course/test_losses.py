"""`losses`: what is proved of every assignment, and what is special here."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

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

FORMS = ("svm_loss_naive", "svm_loss_vectorized", "softmax_loss_naive", "softmax_loss_vectorized")
Loss = Callable[..., tuple[Any, Any]]


def _first_hundred(loss: Loss, W: Any, X: Any, y: Any, reg: Any) -> tuple[Any, Any]:
    return loss(W, X[:100], y[:100], reg)


def _whole_chunks(loss: Loss, W: Any, X: Any, y: Any, reg: Any) -> tuple[Any, Any]:
    """Work in chunks of a hundred and drop the rest, where there is at least one chunk."""
    n = len(X) // 100 * 100 or len(X)
    return loss(W, X[:n], y[:n], reg)


def _in_8_bits(loss: Loss, W: Any, X: Any, y: Any, reg: Any) -> tuple[Any, Any]:
    """Divide by the number of examples as 8 bits count it."""
    n = len(X)
    wrong = n / (n % 256 or 256)
    value, dW = loss(W, X, y, 0.0)
    return value * wrong + reg * np.sum(np.square(W)), dW * wrong + 2 * reg * W


def _passes_large(bench: Bench, functions: dict[str, Any], name: str, seed: str) -> bool:
    return any(test.startswith("test_loss_of_a_large_batch") for test in bench.passed(functions, name, seed))


class TestSuite(SuiteProofs):
    """Suites, slips, variants and mutants."""

    assignment = "losses"

    def test_constants_do_not_follow_from_scores_that_say_nothing(self) -> None:
        """Whoever makes all classes score alike cannot have constants accepted as what follows from that."""

        def work(bench: Bench) -> dict[str, list[str]]:
            return {name: bench.passed({**vars(bench.reference), **CONSTANTS}, name, SEEDS[0]) for name in CONSTANTS}

        assert set(map(tuple, in_session(work, self.assignment).values())) == {()}

    @pytest.mark.parametrize("wrong", [_first_hundred, _whole_chunks, _in_8_bits])
    def test_what_only_a_large_batch_shows(self, wrong: Callable[..., tuple[Any, Any]]) -> None:
        """Whoever is right about small batches only does not pass the test of a large one, whatever is drawn."""

        def work(bench: Bench) -> set[str]:
            functions = vars(bench.reference)
            wrongs = {**functions, **{name: partial(wrong, functions[name]) for name in FORMS}}
            trials = [(name, seed) for name in FORMS for seed in SEEDS[:4]]
            return {f"{name} {seed}" for name, seed in trials if _passes_large(bench, wrongs, name, seed)}

        assert in_session(work, self.assignment) == set()


class TestNotebook(NotebookProofs):
    """The notebook."""

    assignment = "losses"
    pictures = 5
