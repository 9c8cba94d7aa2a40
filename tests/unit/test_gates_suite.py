"""The hidden suite of `gates` is tested, too: it passes what is right, catches known slips, pays nobody for nothing."""

from __future__ import annotations

import ast
import importlib
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder.course import Course
from autograder.misconceptions import Misconception, load
from autograder.record import QuestionResult
from tests.corpus.recipes import POINTS
from tests.corpus.session import ROOT, Bench, in_session

STYLES = ("loops", "einsum", "caches", "lists")
SEEDS = ("00", "2a", "c0ffee")
SLIPS = load(ROOT, "gates")
ALONE = [name for name in POINTS if not name.endswith("_backward")]


def lazy(fill: Callable[[Any], Any]) -> dict[str, Any]:
    """Return functions of the right signature and structure that make up each value with `fill` and compute nothing."""

    class Gate:
        def forward(self, x: Any, y: Any) -> Any:
            self.x, self.y = x, y
            return fill(x)

        def backward(self, _dz: Any) -> Any:
            return [fill(self.x), fill(self.y)]

    class Graph:
        def add(self, gate: Any, _inputs: Any) -> Any:
            return gate

        def forward(self, inputs: dict[str, Any]) -> Any:
            self.inputs = inputs
            return fill(next(iter(inputs.values())))

        def backward(self) -> Any:
            return {name: fill(value) for name, value in self.inputs.items()}

    return {
        "numerical_gradient": lambda _f, x, _h=1e-5: fill(x),
        "AddGate": Gate,
        "MultiplyGate": Gate,
        "MaxGate": Gate,
        "circuit": lambda x, y, z: (fill(x), (fill(x), fill(y), fill(z))),
        "sigmoid_forward": lambda x: (fill(x), x),
        "sigmoid_backward": lambda dout, _cache: fill(dout),
        "neuron_circuit": lambda w, x: (fill(w[0]), fill(w), fill(x)),
        "relu_forward": lambda x: (fill(x), x),
        "relu_backward": lambda dout, _cache: fill(dout),
        "affine_forward": lambda x, w, b: (fill(x.reshape(len(x), -1)[:, :1] + 0 * b), (x, w)),
        "affine_backward": lambda dout, cache: (fill(cache[0]), fill(cache[1]), fill(dout[0])),
        "elementwise_jacobian": lambda _name, x: fill(np.diag(x)),
        "ComputationalGraph": Graph,
    }


def _impossible(_: Any) -> Any:
    raise ValueError("I would rather not")


FILLS: dict[str, Callable[[Any], Any]] = {
    "none": lambda _: None,
    "zeros": lambda value: np.zeros(np.shape(value)),
    "ones": lambda value: np.ones(np.shape(value)),
    "halves": lambda value: np.full(np.shape(value), 0.5),
    "input": lambda value: value,
    "minus_input": lambda value: -value,
    "nan": lambda value: np.full(np.shape(value), np.nan),
    "noise": lambda value: np.random.default_rng(1).normal(size=np.shape(value)),
    "text": lambda _: "0",
    "error": _impossible,
}


def bare(result: Any) -> Callable[..., Any]:
    """Return something that can be called like any function or class and always gives `result`."""
    return lambda *_args, **_kwargs: result


BARE = {"None": None, "0": 0.0, "1": 1.0, "empty": [], "nothing at all": ()}


@pytest.fixture(scope="module")
def judged() -> dict[tuple[str, str], QuestionResult]:
    """What the grader says to every known slip, for every seed."""

    def work(bench: Bench) -> dict[tuple[str, str], QuestionResult]:
        own = vars(bench.reference)
        return {
            (slip.name, seed): bench.judged({**own, slip.question: slip.replacement}, slip.question, seed)
            for slip in SLIPS
            for seed in SEEDS
        }

    return in_session(work)


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.name)
def test_every_slip_is_caught_by_the_hidden_suite(
    slip: Misconception, judged: dict[tuple[str, str], QuestionResult]
) -> None:
    """No known slip gets full points, and it is the hidden suite that sees to it, whatever the visible checks do."""
    for seed in SEEDS:
        result = judged[slip.name, seed]
        assert any(test.hidden and test.outcome == "failed" for test in result.tests) or _raises(result)
        assert result.outcome == "wrong"
        assert result.score < result.max_score


def _raises(result: QuestionResult) -> bool:
    return any(test.hidden and test.outcome == "error" for test in result.tests)


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.name)
def test_every_slip_is_called_by_its_name(slip: Misconception, judged: dict[tuple[str, str], QuestionResult]) -> None:
    """Whoever makes a known slip gets its hint and no other's."""
    for seed in SEEDS:
        result = judged[slip.name, seed]
        assert result.diagnosis == slip.name
        assert slip.hint in result.message


def test_slips_of_every_question() -> None:
    """Each of the fourteen questions has at least three known slips."""
    counts = Counter(slip.question for slip in SLIPS)
    assert counts.keys() == POINTS.keys()
    assert min(counts.values()) >= 3


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.name)
def test_hints_name_the_slip_and_keep_the_answer(slip: Misconception) -> None:
    """A hint is one to three sentences of prose, with no line of code in it."""
    assert 1 <= len(re.findall(r"[.?](?: |$)", slip.hint)) <= 3
    assert not re.search(r"axis=|reshape\(|\*=|\*\*|@|dout \*|\* dout|dz \*|\* dz", slip.hint)


def test_the_reference_passes_whatever_is_drawn() -> None:
    """No seed makes the suite unfair: the reference passes every test with many of them."""

    def work(bench: Bench) -> list[tuple[str, str]]:
        own = vars(bench.reference)
        lost = []
        for question in POINTS:
            everything = [test.item.name for test in bench.tests(question, hidden_only=True)]
            seeds = [f"{number:04x}" for number in range(12)]
            lost += [(question, seed) for seed in seeds if bench.passed(own, question, seed) != everything]
        return lost

    assert in_session(work) == []


def test_other_right_solutions_get_full_points() -> None:
    """Loops, einsum, caches of every kind and plain lists are as good as the reference, with every seed."""

    def work(bench: Bench) -> list[tuple[str, str, str, str]]:
        lost = []
        for style in STYLES:
            own = vars(importlib.import_module(f"tests.corpus.styles.{style}"))
            for question in POINTS:
                results = [(seed, bench.judged(own, question, seed)) for seed in SEEDS]
                lost += [(style, question, seed, r.message) for seed, r in results if r.outcome != "right"]
        return lost

    assert in_session(work) == []


def test_other_right_solutions_work_alone() -> None:
    """A submission with one answer and nothing else gets full points for it: no question leans on another one."""

    def work(bench: Bench) -> list[tuple[str, str]]:
        lost = []
        for style in STYLES:
            module = vars(importlib.import_module(f"tests.corpus.styles.{style}"))
            everything = {name: len(bench.tests(name, hidden_only=True)) for name in ALONE}
            passed = {name: len(bench.passed({name: module[name]}, name, "00")) for name in ALONE}
            lost += [(style, name) for name in ALONE if passed[name] < everything[name]]
        return lost

    assert in_session(work) == []


def test_lazy_answers_earn_nothing_anywhere() -> None:
    """Whoever returns nothing, constants, noise or the input passes no hidden test at all, alone or all at once."""

    def work(bench: Bench) -> list[tuple[str, str, list[str]]]:
        own = vars(bench.reference)
        trials = [
            (title, question, namespace)
            for title, made_up in _lazy_submissions()
            for question in POINTS
            for namespace in ({**own, question: made_up[question]}, made_up)
        ]
        earned = [(title, question, bench.passed(namespace, question, "00")) for title, question, namespace in trials]
        return [one for one in earned if one[2]]

    assert in_session(work) == []


def _lazy_submissions() -> list[tuple[str, dict[str, Any]]]:
    shaped = [(title, lazy(fill)) for title, fill in FILLS.items()]
    return shaped + [(title, dict.fromkeys(POINTS, bare(result))) for title, result in BARE.items()]


def test_names_of_checks_help_and_give_nothing_away() -> None:
    """What students read as the name of a check is a sentence without a number in it, and another one every time."""
    tree = ast.parse((ROOT / "tests" / "hidden" / "test_gates.py").read_text(encoding="utf-8"))
    titles: dict[str, list[str]] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            question = next(
                ast.literal_eval(mark.args[0])
                for mark in node.decorator_list
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "question"
            )
            titles.setdefault(question, []).append((ast.get_docstring(node) or "").split("\n")[0])
    assert titles.keys() == POINTS.keys()
    for question, own in titles.items():
        assert len(set(own)) == len(own), question
        assert all(re.fullmatch(r"\D{10,100}\.", title) for title in own), question


def test_every_question_has_several_checks() -> None:
    """No question hangs on one test: the heaviest is at most a third of its weight."""
    shares = in_session(lambda bench: {q: _heaviest_share(bench, q) for q in POINTS})
    assert shares.keys() == {question.name for question in Course.load(ROOT).assignment("gates").questions}
    assert max(shares.values()) <= 1 / 3


def _heaviest_share(bench: Bench, question: str) -> float:
    weights = [test.weight for test in bench.tests(question, hidden_only=True)]
    return max(weights) / sum(weights)
