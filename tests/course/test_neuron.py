"""`neuron`: what is proved of every assignment, and what is special here."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.corpus.session import Bench, in_session
from tests.course.proofs import NotebookProofs, SuiteProofs
from tests.course.suite_proofs import SEEDS


def _warns(x: Any) -> Any:
    return 1.0 / (1.0 + np.exp(np.negative(x)))


class _WarningNeuron:
    def __init__(self, weights: Any, bias: Any) -> None:
        self.weights, self.bias = weights, bias

    def forward(self, inputs: Any) -> Any:
        return _warns(inputs @ self.weights + self.bias)


def _warning_loss(w: Any, b: Any, X: Any, y: Any) -> tuple[Any, Any, Any]:
    scores = X @ w + b
    dscores = (_warns(scores) - y) / len(y)
    return np.mean(np.logaddexp(0.0, scores) - y * scores), X.T @ dscores, np.sum(dscores)


BUILT_ON_SIGMOID = {
    "sigmoid": _warns,
    "sigmoid_derivative": lambda x: _warns(x) * (1.0 - _warns(x)),
    "tanh": lambda x: 2.0 * _warns(np.multiply(2.0, x)) - 1.0,
    "Neuron": _WarningNeuron,
    "logistic_loss": _warning_loss,
}
LARGE = {"Neuron": "test_neuron_of_large_scores", "logistic_loss": "test_logistic_loss_of_large_scores"}


class TestSuite(SuiteProofs):
    """Suites, slips, variants and mutants."""

    assignment = "neuron"

    def test_an_overflow_in_the_sigmoid_is_charged_once(self) -> None:
        """What is built on it warns, too; where only that overflows, the points are lost there."""

        def work(bench: Bench) -> dict[str, tuple[list[str], list[str]]]:
            right = {name: bench.passed(vars(bench.reference), name, SEEDS[0]) for name in BUILT_ON_SIGMOID}
            found = {}
            for name in BUILT_ON_SIGMOID:
                by_all = bench.passed({**vars(bench.reference), **BUILT_ON_SIGMOID}, name, SEEDS[0])
                alone = bench.passed({**vars(bench.reference), name: BUILT_ON_SIGMOID[name]}, name, SEEDS[0])
                found[name] = ([t for t in right[name] if t not in by_all], [t for t in right[name] if t not in alone])
            return found

        lost = in_session(work, self.assignment)
        large = {name: [LARGE.get(name, f"test_{name}_of_large_numbers")] for name in BUILT_ON_SIGMOID}
        assert {name: alone for name, (_, alone) in lost.items()} == large
        assert {name: by_all for name, (by_all, _) in lost.items()} == {
            "sigmoid": large["sigmoid"],
            "sigmoid_derivative": [],
            "tanh": [],
            "Neuron": [],
            "logistic_loss": [],
        }


class TestNotebook(NotebookProofs):
    """The notebook."""

    assignment = "neuron"
    pictures = 11
    builds_on = frozenset(
        {("fit_logistic_regression", "logistic_loss"), ("fit_logistic_regression", "gradient_descent")}
    )
