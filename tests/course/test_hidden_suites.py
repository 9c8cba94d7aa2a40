"""What no hidden suite may do, and what a known slip would not show: words that tell results, arguments that change."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.corpus.session import ROOT, Bench, in_session
from tests.course.suite_proofs import SEEDS

SUITES = sorted((ROOT / "tests" / "hidden").glob("test_*.py"))
NAMES = frozenset({"gate", "key", "kind", "layer", "name", "words"})
"""What may be put into a text: names of functions and arguments, and words that are written out nearby."""
GATES = {"AddGate": "test_add_gate", "MultiplyGate": "test_multiply_gate", "MaxGate": "test_max_gate"}


@pytest.mark.parametrize("path", SUITES, ids=lambda path: path.stem)
def test_no_text_of_a_hidden_suite_holds_a_result(path: Path) -> None:
    """Texts of a hidden suite are put together from names, never from numbers that a submission returned."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    values = [node.value for node in ast.walk(tree) if isinstance(node, ast.FormattedValue)]
    assert [ast.unparse(value) for value in values if not (isinstance(value, ast.Name) and value.id in NAMES)] == []
    assert [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "format"] == []


def _doubled(kind: type, method: str, place: int) -> type:
    """Return a gate that doubles an argument of one method in place, and is right otherwise."""

    def changing(self: Any, *arguments: Any) -> Any:
        returned = getattr(kind, method)(self, *(np.array(argument) for argument in arguments))
        if isinstance(arguments[place], np.ndarray):
            arguments[place][...] *= 2
        return returned

    return type(kind.__name__, (kind,), {method: changing})


@pytest.mark.parametrize(("method", "place"), [("forward", 0), ("forward", 1), ("backward", 0)])
def test_gates_that_change_their_arguments_are_seen(method: str, place: int) -> None:
    """A gate that changes an input, or the gradient from above, loses the one test that looks at these afterwards."""

    def work(bench: Bench) -> dict[str, list[str]]:
        own, lost = vars(bench.reference), {}
        for gate in GATES:
            passed = bench.passed({**own, gate: _doubled(own[gate], method, place)}, gate, SEEDS[0])
            lost[gate] = [t.item.name for t in bench.tests(gate, hidden_only=True) if t.item.name not in passed]
        return lost

    assert in_session(work) == {gate: [f"{test}_on_arrays"] for gate, test in GATES.items()}


def test_a_backward_that_looks_at_the_last_forward_is_seen() -> None:
    """A backward of the network that ignores its cache loses the test in which several forwards come first."""

    def work(bench: Bench) -> list[str]:
        answers = _with_a_common_cache(**vars(bench.reference))
        passed = bench.passed({**vars(bench.reference), **answers}, "two_layer_backward", SEEDS[0])
        tests = bench.tests("two_layer_backward", hidden_only=True)
        return [test.item.name for test in tests if test.item.name not in passed]

    assert in_session(work, "network") == ["test_two_layer_backward_of_two_caches"]


def _with_a_common_cache(
    *, two_layer_forward: Callable[..., Any], two_layer_backward: Callable[..., Any], **_others: Any
) -> dict[str, Any]:
    """Return a forward that keeps its cache where the next one overwrites it, and a backward that reads it there."""
    kept: dict[str, Any] = {}

    def forward(params: Any, X: Any) -> tuple[Any, None]:
        scores, kept["cache"] = two_layer_forward(params, X)
        return scores, None

    def backward(dscores: Any, _cache: Any) -> Any:
        return two_layer_backward(dscores, kept["cache"])

    return {"two_layer_forward": forward, "two_layer_backward": backward}
