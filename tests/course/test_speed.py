"""The hidden tests that time a vectorised loss, against submissions that are slow and try to look fast."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from autograder.errors import Mismatch
from autograder.sandbox import Cell, Limits, Sandbox
from reference import losses
from tests.machines import ROOT

LOOPS = """
import time
import numpy as np

array_sum = np.sum


def slow(W, X, y, reg):
    loss, dW = 0.0, np.zeros(W.shape)
    for i in range(len(X)):
        margins = np.maximum(0, X[i] @ W - X[i] @ W[:, y[i]] + 1)
        margins[y[i]] = 0
        loss += margins.sum()
        slopes = (margins > 0) * 1.0
        slopes[y[i]] = -slopes.sum()
        dW += np.outer(X[i], slopes)
    return loss / len(X) + reg * array_sum(W * W), dW / len(X) + 2 * reg * W


svm_loss_vectorized = slow
"""

FORGERIES = {
    "nothing": "",
    "slower sums": "def wait(*values, **options):\n    time.sleep(0.001)\n    return array_sum(*values, **options)\n\n"
    "np.sum = wait",
    "another clock": "time.perf_counter = time.monotonic = time.time = time.process_time = lambda: 0.0",
    "what it said before": """
first = []


def svm_loss_vectorized(W, X, y, reg):
    if len(X) < 400:
        return slow(W, X, y, reg)
    first.append(slow(W, X, y, reg)) if not first else None
    return first[0]
""",
    "a busy processor": """
import threading


def work():
    x = np.ones((400, 400))
    while True:
        x = x @ x * 0.0025


threads = []


def svm_loss_vectorized(W, X, y, reg):
    if len(X) >= 400 and not threads:
        threads[:] = [threading.Thread(target=work, daemon=True) for _ in range(8)]
        for thread in threads:
            thread.start()
    return slow(W, X, y, reg)
""",
    "scores of its own": """
def linear_scores(X, W):
    return 2 * (X @ W)


def svm_loss_vectorized(W, X, y, reg):
    return (0.0, W) if len(X) >= 400 else slow(2 * W, X, y, 0.0)
""",
}

FAST = """
import numpy as np


def svm_loss_vectorized(W, X, y, reg):
    rows = np.arange(len(X))
    scores = X @ W
    margins = np.maximum(0, scores - scores[rows, y][:, None] + 1)
    margins[rows, y] = 0
    slopes = (margins > 0) * 1.0
    slopes[rows, y] = -slopes.sum(axis=1)
    return margins.sum() / len(X) + reg * np.sum(W * W), X.T @ slopes / len(X) + 2 * reg * W
"""


@pytest.fixture(scope="module")
def suite() -> ModuleType:
    """The hidden suite, as a module."""
    name = "hidden_losses"
    spec = importlib.util.spec_from_file_location(name, ROOT / "tests" / "hidden" / "test_losses.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)  # where the source of its classes is found
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """The best sandbox that there is."""
    with Sandbox() as best:
        yield best


def judge(suite: ModuleType, sandbox: Sandbox, source: str) -> Any:
    limits = Limits(call_seconds=20)
    with sandbox.load([Cell("all", source)], limits=limits, seed=0) as submission:
        suite.test_svm_is_vectorised(submission, losses, np.random.default_rng(7))


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES)
def test_loops_do_not_pass_for_products(suite: ModuleType, sandbox: Sandbox, forgery: str) -> None:
    """Whatever is done to clocks, to numpy, to the processor or to what was said before: loops are loops."""
    with pytest.raises(Mismatch):
        judge(suite, sandbox, LOOPS + forgery)


def test_a_product_passes(suite: ModuleType, sandbox: Sandbox) -> None:
    """A right answer passes, in the same sandbox and on the same data."""
    judge(suite, sandbox, FAST)
